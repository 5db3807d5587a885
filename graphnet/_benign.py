"""What else could explain the communities: every benign explanation, weighed for every community."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa

from graphnet import registry
from graphnet.explanations import Clue, support
from graphnet.schema import BENIGN
from graphnet.study import Step

if TYPE_CHECKING:
    from graphnet.crowds import Crowds

__all__ = ["verdict", "weigh"]

CLEAR = 0.25
"""Support beyond this, in either direction, is called for or against."""


def weigh(step: Step, groups: Crowds, width: int) -> dict[str, dict[str, int]]:
    """Weigh every installed explanation for every community; writes the table ``benign``.

    Args:
        step: The running step.
        groups: The communities.
        width: Accounts of the study.

    Returns:
        For each explanation, for how many communities the data speak for it, against it, both ways, or not at all.
    """
    from graphnet.explanations._facts import Facts  # noqa: PLC0415  (SQL that `import graphnet` should not build)

    facts = Facts(step.study, groups, width)
    rows, summary = [], {}
    for name, make in registry.find("explanations").items():
        with step.timed(f"{name}: explanation"):
            clues = list(make().clues(facts))
            figures = support(clues)
            rows += [_row(int(groups.label[i]), name, figures[i], clues, i) for i in range(len(groups))]
            summary[name] = dict(Counter(verdict(_known(v)) for v in figures.tolist()))
    rows.sort(key=lambda row: (row["community"], row["code"]))
    step.write("benign", pa.Table.from_pylist(rows, schema=BENIGN.arrow))
    return summary


def verdict(value: float | None) -> str:
    """What a support means in a word.

    Example:
        >>> [verdict(v) for v in (0.8, 0.0, -0.8, None)]
        ['for', 'both', 'against', 'unknown']
    """
    if value is None:
        return "unknown"
    return "for" if value >= CLEAR else "against" if value <= -CLEAR else "both"


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)


def _row(community: int, code: str, value: float, clues: Sequence[Clue], place: int) -> dict[str, Any]:
    told = [
        {"says": verdict(speaks), "speaks": speaks, "role": clue.role, "words": clue.words[place]}
        for clue in clues
        for speaks in [_known(clue.speaks[place])]
    ]
    return {
        "community": community,
        "code": code,
        "support": _known(value),
        "verdict": verdict(_known(value)),
        "reason": _reason(told, _known(value)),
        "evidence": orjson.dumps(told).decode(),
    }


def _reason(told: Sequence[dict[str, Any]], value: float | None) -> str:
    """The strongest words for it and against it, in one sentence."""
    if value is None:
        return f"{next(t['words'] for t in told if t['role'] == 'core')}."
    ranked = sorted((t for t in told if t["speaks"] is not None), key=lambda t: -abs(t["speaks"]))
    sides = {
        side: [t["words"] for t in ranked if t["says"] == side][:2]
        for side in (("for", "against") if value >= 0 else ("against", "for"))
    }
    said = [f"{side} it: {', and '.join(words)}" for side, words in sides.items() if words]
    return "; ".join(said or [f"neither for nor against it: {ranked[0]['words']}"]) + "."
