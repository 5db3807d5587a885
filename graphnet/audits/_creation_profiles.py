"""What the profiles and handles of some accounts have in common, against accounts of the same creation years.

A young account has few followers, the default picture and a handle that the platform proposed. So each share is
compared with accounts *made in the same years*: the reference is the controls' share in each year, weighted as the
accounts in question are; p is exact (hypergeometric in each year, the years added up).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import corrected, interval, overlap
from graphnet.audits._handles import DEFAULT, candidates, enough, templates
from graphnet.audits._parts import Part
from graphnet.crowds import Flags, Ints, Numbers
from graphnet.words import percent

__all__ = ["People", "handles", "profiles", "share"]

LEAST = 10
"""Fewest accounts of which a share is told."""
DOZENS, HUNDREDS = 24, 999
"""A few dozen to a few hundred followers."""
SHOWN = 20
"""Patterns of handles of which an answer is given; the table has all."""


@dataclass(frozen=True, eq=False)
class People:
    """The accounts in question and their controls.

    Attributes:
        subject: What to call those in question.
        mine: Which are in question.
        year: Year of creation, from 1970; -1 where unknown.
        id, name: As text.
        followers: Number of followers; this and the following are NaN where unknown.
        default_image: 1 with the default picture, else 0.
        described: 1 with a description, else 0.
        words: What the controls are.
    """

    subject: str
    mine: Flags
    year: Ints
    id: Any
    name: Any
    followers: Numbers
    default_image: Numbers
    described: Numbers
    words: str

    def rows(self, places: Ints) -> list[dict[str, Any]]:
        """Some accounts as rows to show."""
        return [{"account": self.id[i], "name": self.name[i]} for i in places[:EVIDENCE].tolist()]


def profiles(people: People) -> Part:
    """Shares with few followers, the default picture, no description."""
    some = np.where(np.isnan(people.followers), np.nan, (people.followers >= DOZENS) & (people.followers <= HUNDREDS))
    words = f"have a few dozen to a few hundred followers ({DOZENS} to {HUNDREDS})"
    asked = (
        ("dozens_to_hundreds_of_followers", words, some, "numbers of followers"),
        ("default_image", "have the default picture", people.default_image, "pictures"),
        ("empty_description", "have an empty description", 1 - people.described, "descriptions"),
    )
    return Part(corrected([share(people, code, words, yes, needs) for code, words, yes, needs in asked]))


def share(people: People, code: str, words: str, yes: Numbers, needs: str) -> Answer:
    """One share, against controls of the same years.

    Args:
        people: The accounts.
        code: Of the answer.
        words: What those who answer yes do.
        yes: 1, 0 or NaN (unknown) of each account.
        needs: What has to be known.
    """
    known = ~np.isnan(yes)
    n, controls = int((known & people.mine).sum()), int((known & ~people.mine).sum())
    if n < LEAST:
        why = (
            f"not applicable: the {needs} are not known"
            if not n
            else f"insufficient data: {n} known {needs}, {LEAST} needed"
        )
        return Answer(code, people.subject, None, "share", why)
    x = int(yes[known & people.mine].sum())
    low, high = interval(x, n)
    reason = f"{x:,} of {n:,} accounts {words} ({percent(x / n)})"
    evidence = people.rows(np.flatnonzero(people.mine & (yes == 1)))
    if controls < LEAST:
        why = f"{reason}; too few controls with known {needs} to compare with ({controls})"
        return Answer(code, people.subject, x / n, "share", why, low, high, evidence=evidence)
    stratum = np.unique(people.year[known], return_inverse=True)[1]
    mine, marked = people.mine[known], yes[known] == 1
    _, p = overlap(stratum, marked, mine)
    usual = _standardised(stratum, marked, mine)
    where = f"{people.words}, made in the same years"
    reason += f", against {percent(usual)} of {where}; exact within years of creation, Benjamini-Hochberg"
    return Answer(code, people.subject, x / n, "share", reason, low, high, usual, where, p, evidence=evidence)


def _standardised(stratum: Ints, marked: Flags, mine: Flags) -> float:
    """The controls' share, weighted over the strata as those in question are; strata without controls are left out."""
    wanted = np.bincount(stratum[mine], minlength=stratum.max() + 1)
    controls = np.bincount(stratum[~mine], minlength=len(wanted))
    hits = np.bincount(stratum[~mine], weights=marked[~mine], minlength=len(wanted))
    both = (controls > 0) & (wanted > 0)
    if not both.any():
        return float(marked[~mine].mean())
    return float((wanted[both] * hits[both] / controls[both]).sum() / wanted[both].sum())


def handles(people: People) -> Part:
    """Patterns of handles that are more frequent than among controls."""
    names: list[str | None] = people.name.tolist()
    mine = [n for n, m in zip(names, people.mine.tolist(), strict=True) if m]
    fits = [templates(n) if n else set() for n in names]
    unknown = np.array([n is None for n in names])
    answers = []
    for pattern in candidates(mine):
        yes = np.where(unknown, np.nan, np.array([pattern in f for f in fits], dtype=np.float64))
        suggested = ", as platforms propose it" if pattern in DEFAULT else ""
        answers.append(
            share(people, f"handle {pattern}", f"have a handle that {_verb(pattern)}{suggested}", yes, "handles")
        )
    # patterns are picked because many of the accounts in question have them: those that as many of all accounts have
    # count as tested, too. Without, 17 of 150 harmless lists of 100 among 1,500 accounts had one at q <= .05; now 8
    some = max(len(answers), len(candidates(names, enough(mine))))
    found = sorted(corrected(answers, some), key=lambda a: (a.q if a.q is not None else 2.0, a.p or 0.0, a.code))
    shown = [a for a in found if a.code.removeprefix("handle ") in DEFAULT or (a.q is not None and a.q <= 0.05)]
    return Part(shown[:SHOWN], tables={"handles": list(_rows(found))}, summary={"handle_patterns": _beyond(found)})


def _verb(pattern: str) -> str:
    if pattern.startswith("begins"):
        return pattern
    return f"has the {pattern} (a letters, 9(n) n digits)" if pattern.startswith("shape") else f"has {pattern}"


def _beyond(found: Sequence[Answer]) -> int:
    return sum(a.q is not None and a.q <= 0.05 for a in found)


def _rows(found: Sequence[Answer]) -> Iterator[dict[str, Any]]:
    for a in found:
        if a.value is not None:
            yield {
                "pattern": a.code.removeprefix("handle "),
                "share": a.value,
                "controls": a.reference,
                "p": a.p,
                "q": a.q,
            }
