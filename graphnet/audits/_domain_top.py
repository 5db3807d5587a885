"""The sites linked most: which of them share something, and how many would by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.audits import Answer
from graphnet.audits._attributes import FAMILIES, Attributes
from graphnet.audits._domain_ties import Tied
from graphnet.audits._sites import readable
from graphnet.crowds import Ints

__all__ = ["top_sharing"]

DRAWS = 9_999


def top_sharing(
    leading: Sequence[str], attributes: Attributes, tied: Tied, top: int, seed: int
) -> tuple[list[str], list[Answer]]:
    """Which of the most linked sites share something with another of them, and how many would by chance.

    Args:
        leading: The sites linked most.
        attributes: What is known of domains; the random domains are drawn from these.
        tied: Their ties.
        top: How many were asked for.
        seed: Of the draws.
    """
    subject = f"top {top}"
    if not attributes.domains or not leading:
        why = "no table of attributes" if leading else "no links, so no site is linked more than another"
        return [], [Answer("top_sharing", subject, None, "sites", f"not applicable: {why}")]
    inside = [t for t in tied.ties if t.first in leading and t.second in leading]
    sharing = [s for s in leading if any(s in (t.first, t.second) for t in inside)]
    families = [f for f in FAMILIES if any(s.family == f for t in inside for s in t.shared)]
    what = " or ".join(FAMILIES[f].word for f in families) or "an attribute"
    told = f"{len(sharing)} of the top {len(leading)} sites by links share {what} with another of them"
    mean, p, compared = _chance(leading, sorted(attributes.domains), tied, len(sharing), seed)
    evidence = [{"site": s, "shares": _shared_with(s, inside)} for s in sharing]
    reason = f"{told}; {compared}"
    words = f"mean of {DRAWS:,} random draws of as many domains of the table of attributes" if p is not None else ""
    return sharing, [
        Answer(
            "top_sharing", subject, float(len(sharing)), "sites", reason,
            reference=mean, compared_with=words, p=p, evidence=evidence,
        )
    ]  # fmt: skip


def _shared_with(site: str, inside: Sequence[Any]) -> str:
    told = []
    for tie in inside:
        if site in (tie.first, tie.second):
            other = tie.second if site == tie.first else tie.first
            told.append(f"{readable(other)}: {tie.shared[0].words}")
    return "; ".join(told)


def _chance(
    leading: Sequence[str], domains: Sequence[str], tied: Tied, seen: int, seed: int
) -> tuple[float | None, float | None, str]:
    """How many of as many random domains share something: the mean, how often as many, and that in words."""
    size = len(leading)
    if len(domains) < 2 * size:
        return None, None, f"too few domains with attributes ({len(domains):,}) to draw others from"
    place = {domain: i for i, domain in enumerate(domains)}
    tied_pairs = np.array(sorted(place[t.first] * len(domains) + place[t.second] for t in tied.ties), dtype=np.int64)
    rng = np.random.default_rng(seed)
    drawn = np.array([rng.choice(len(domains), size, replace=False) for _ in range(DRAWS)], dtype=np.int64)
    found = _sharing(np.sort(drawn, axis=1), tied_pairs, len(domains))
    mean, p = float(found.mean()), float((1 + (found >= seen).sum()) / (1 + DRAWS))
    return mean, p, f"of {size} random domains of the table of attributes {mean:.1f} do on average (p {p:.4f})"


def _sharing(drawn: Ints, tied_pairs: Ints, width: int) -> Ints:
    """How many of each row's domains (sorted places) are tied to another of the row; pairs are first * width + second.

    Example:
        >>> _sharing(np.array([[0, 2, 3], [1, 2, 4]]), np.array([0 * 5 + 2, 1 * 5 + 3]), 5).tolist()
        [2, 0]
    """
    first, second = np.triu_indices(drawn.shape[1], 1)
    tied = np.isin(drawn[:, first] * width + drawn[:, second], tied_pairs)
    sharing = np.zeros(drawn.shape, dtype=bool)
    for pair, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        sharing[:, a] |= tied[:, pair]
        sharing[:, b] |= tied[:, pair]
    return np.asarray(sharing.sum(axis=1), dtype=np.int64)
