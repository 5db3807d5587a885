"""Followers that audited accounts share, beyond chance.

Example:
    >>> strata(np.array([1.0, 3.0, 90.0, np.nan])).tolist()
    [1, 4, 13, 0]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import corrected, overlap
from graphnet.audits._parts import Part
from graphnet.crowds import Flags, Ints, Numbers
from graphnet.words import count

__all__ = ["Population", "shared", "strata"]

LEAST = 100
"""Fewest accounts that have to be known for another reason."""
TIMES = 1.3
"""Ratio to the expectation from which on a pair is counted as beyond chance. Of large lists any ratio is significant,
and how many accounts somebody follows is known roughly only: independent lists of thousands came out at 1.1 to 1.25
with q <= .01 where a study knows one to three other accounts that each follows."""
MOST = 40
"""Accounts whose followers are compared two by two."""


@dataclass(frozen=True, eq=False)
class Population:
    """Accounts that follow somebody, and which of the audited accounts each follows.

    Attributes:
        ids: Ids of the population.
        follows: For each audited account, who of the population follows it.
        total: How many accounts each is known to follow: lists that it is on, or follow actions in a study.
        busy: How many accounts each follows by its profile, NaN where unknown; None: take ``total``.
        words: Where they are known from.
    """

    ids: Any
    follows: Mapping[str, Flags]
    total: Ints
    busy: Numbers | None
    words: str

    def frame(self, first: str, second: str) -> tuple[Flags, Ints]:
        """Who is known for following somebody else than these two, and the strata of those alike.

        Whoever is known for following one of the two only says nothing of how many others there are; among those
        known for another reason, the two lists can be compared without counting anybody in for being on them.
        """
        others = self.total - self.follows[first].astype(np.int64) - self.follows[second].astype(np.int64)
        return others > 0, strata(others.astype(np.float64) if self.busy is None else self.busy)


def strata(follows: Numbers) -> Ints:
    """Accounts alike in how many accounts they follow: factors of 1.41, apart from those not known (0).

    Who follows thousands shares followed accounts with anybody; without strata that would look like coordination.
    """
    known = np.maximum(np.nan_to_num(follows, nan=0.0), 1.0)
    level = np.floor(2 * np.log2(known)).astype(np.int64) + 1
    return np.where(np.isnan(follows), 0, level)


def shared(population: Population | None) -> Part:
    """Every two audited accounts: followers in common, as many as expected by chance, and p.

    Args:
        population: None where nothing says who else could have followed.
    """
    if population is None:
        why = (
            "not applicable: two lists alone do not say how many others could have followed; give a third list, or a "
            "study of who follows whom"
        )
        return Part([Answer("shared_followers", "all", None, "followers", why)])
    names = sorted(population.follows, key=lambda n: (-int(population.follows[n].sum()), n))
    held = sorted(names[:MOST])
    found = corrected([_pair(population, first, second) for first, second in combinations(held, 2)])
    found = sorted(found, key=lambda a: (1.0 if a.p is None else a.p, a.subject))
    notes = [f"shared followers: the {MOST} most followed of {len(names)} accounts"] if len(names) > MOST else []
    return Part(found, tables={"shared": [_row(a) for a in found]}, notes=notes, summary=_summary(found))


def _pair(population: Population, first: str, second: str) -> Answer:
    a, b = population.follows[first], population.follows[second]
    frame, stratum = population.frame(first, second)
    if frame.sum() < LEAST:
        why = f"insufficient data: {int(frame.sum()):,} accounts known to follow somebody else, {LEAST} needed"
        return Answer("shared_followers", f"{first} + {second}", None, "followers", why)
    both = np.flatnonzero(a & b & frame)
    expected, p = overlap(stratum[frame], a[frame], b[frame])
    one, other = int(a[frame].sum()), int(b[frame].sum())
    reason = (
        f"of {int(frame.sum()):,} accounts that follow others than these two ({population.words}) {one:,} follow "
        f"{first}, {other:,} {second} and {len(both):,} both, where {expected:,.1f} are expected if who follows the "
        "one says nothing of the other, among accounts that follow about as many (stratified hypergeometric, "
        f"Benjamini-Hochberg); in all {count(int((a & b).sum()), 'account')} on both lists"
    )
    return Answer(
        "shared_followers", f"{first} + {second}", float(len(both)), "followers", reason, reference=expected,
        compared_with="expected by chance", p=p, evidence=[{"account": i} for i in population.ids[both[:EVIDENCE]]],
    )  # fmt: skip


def _row(answer: Answer) -> dict[str, Any]:
    return {
        "accounts": answer.subject,
        "shared": answer.value,
        "expected": round(answer.reference or 0.0, 2),
        "ratio": round((answer.value or 0.0) / answer.reference, 3) if answer.reference else None,
        "p": answer.p,
        "q": answer.q,
    }


def _summary(found: Sequence[Answer]) -> dict[str, Any]:
    clear = [a for a in found if a.q is not None and a.q <= 0.01 and float(a.value or 0) >= TIMES * (a.reference or 0)]
    return {"pairs_sharing_beyond_chance": len(clear), "pairs": len(found)}
