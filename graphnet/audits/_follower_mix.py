"""What the newest followers are like, against other followers.

Example:
    >>> CHECKS["few_posts"].words
    'have fewer than 10 posts'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import corrected, interval, two_shares
from graphnet.audits._dates import day, moment
from graphnet.audits._lists import FollowerList, bounds
from graphnet.audits._parts import Part
from graphnet.crowds import Numbers
from graphnet.scan import DAY
from graphnet.words import iso, percent

__all__ = ["CHECKS", "RECENT", "Check", "composition", "marks", "row_of"]

RECENT = 40
"""Days within which an account is called new."""
FEW = 10
LEAST = 30
"""Fewest followers of which a share is told."""
NEWEST = 15_000
"""Followers looked at by default, where there are as many older ones."""


@dataclass(frozen=True)
class Check:
    """One question about a profile.

    Attributes:
        words: What those who answer yes do; ``{year}`` stands for the year of collection.
        of: 1 yes, 0 no, NaN unknown, of each follower, given when the list was collected.
        needs: What has to be known.
    """

    words: str
    of: Callable[[FollowerList, float], Numbers]
    needs: str


def _below(field: str) -> Callable[[FollowerList, float], Numbers]:
    def of(rows: FollowerList, _: float) -> Numbers:
        values: Numbers = getattr(rows, field)
        return np.where(np.isnan(values), np.nan, values < FEW)

    return of


def _since(rows: FollowerList, start: float) -> Numbers:
    return np.where(np.isnan(rows.created), np.nan, rows.created >= start)


def _this_year(rows: FollowerList, as_of: float) -> Numbers:
    return _since(rows, moment(f"{day(as_of)[:4]}-01-01", "as_of"))


def _recent(rows: FollowerList, as_of: float) -> Numbers:
    return _since(rows, as_of - RECENT * DAY)


def _young(rows: FollowerList, as_of: float) -> Numbers:
    """Made within 40 days before following: before the follow date, or the earliest moment it can have been."""
    low, _ = bounds(rows.created, rows.followed, as_of)
    return _under(np.where(np.isnan(rows.followed), low, rows.followed) - rows.created, RECENT * DAY)


def _under(values: Numbers, limit: float) -> Numbers:
    return np.where(np.isnan(values), np.nan, values < limit)


CHECKS: Mapping[str, Check] = {
    "created_this_year": Check("were created in {year}", _this_year, "creation dates"),
    "created_last_40_days": Check(f"were created in the past {RECENT} days", _recent, "creation dates"),
    "few_posts": Check(f"have fewer than {FEW} posts", _below("posts"), "numbers of posts"),
    "follows_few": Check(f"follow fewer than {FEW} accounts", _below("following"), "numbers of accounts followed"),
    "few_followers": Check(f"have fewer than {FEW} followers", _below("followers"), "numbers of followers"),
    "default_image": Check("have the default picture", lambda rows, _: rows.default_image, "pictures"),
    "empty_description": Check("have an empty description", lambda rows, _: 1 - rows.described, "descriptions"),
}
YOUNG = Check(f"were created within {RECENT} days before following", _young, "creation dates in follow order")


def marks(rows: FollowerList, as_of: float) -> dict[str, Numbers]:
    """Every check for every follower: 1 yes, 0 no, NaN unknown."""
    return {code: check.of(rows, as_of) for code, check in CHECKS.items()}


@dataclass(frozen=True, eq=False)
class _Sides:
    """The followers looked at, and those they are compared with.

    Attributes:
        rows: The whole list.
        place: Where those looked at begin.
        told, words: What the two sides are called.
        mine, theirs: Every check for both.
    """

    rows: FollowerList
    place: int
    told: str
    words: str
    mine: Mapping[str, Numbers]
    theirs: Mapping[str, Numbers]


def composition(rows: FollowerList, newest: int | None, as_of: float, against: FollowerList | None) -> Part:
    """The newest followers of a list against the older ones, or against another list.

    Args:
        rows: The list, oldest first; without an order all its followers are looked at.
        newest: How many; None: half of the list, 15,000 at most.
        as_of: When the list was collected.
        against: What to compare with; None: the older followers.
    """
    sides = _sides(rows, newest, as_of, against)
    checks = dict(CHECKS) | ({"new_when_following": YOUNG} if rows.order else {})
    year = day(as_of)[:4]
    held = {code: replace(check, words=check.words.format(year=year)) for code, check in checks.items()}
    answers = corrected([_answer(code, check, sides) for code, check in held.items()])
    return Part(answers, summary={"newest": {"looked_at": len(rows) - sides.place} | dict(_counts(sides.mine))})


def _sides(rows: FollowerList, newest: int | None, as_of: float, against: FollowerList | None) -> _Sides:
    ordered = bool(rows.order)
    size = min(newest or min(NEWEST, len(rows) // 2), len(rows)) if ordered else len(rows)
    place = len(rows) - size
    # who was new when following depends on who followed before: found for the whole list, then cut
    all_ = marks(rows, as_of) | ({"new_when_following": YOUNG.of(rows, as_of)} if ordered else {})
    if against is not None:
        theirs, words = marks(against, as_of), f"the {len(against):,} {against.name}"
    else:
        theirs, words = {code: values[:place] for code, values in all_.items()}, f"the {place:,} older followers"
    told = f"the newest {size:,}" if ordered else f"all {size:,}"
    return _Sides(rows, place, told, words, {code: values[place:] for code, values in all_.items()}, theirs)


def _counts(mine: Mapping[str, Numbers]) -> Iterator[tuple[str, int | None]]:
    for code, values in mine.items():
        yield code, int(np.nansum(values)) if not np.isnan(values).all() else None


def _answer(code: str, check: Check, sides: _Sides) -> Answer:
    name, mine, theirs = sides.rows.name, sides.mine[code], sides.theirs.get(code, np.zeros(0))
    n, x = int((~np.isnan(mine)).sum()), int(np.nansum(mine))
    if n < LEAST:
        why = f"insufficient data: {n:,} {check.needs} known, {LEAST} needed"
        return Answer(code, name, None, "share", why if n else f"not applicable: the {check.needs} are not known")
    low, high = interval(x, n)
    known = f"{n:,} known of " * (n < len(mine))
    reason = f"{x:,} of {known}{sides.told} followers {check.words} ({percent(x / n)})"
    answer = Answer(code, name, x / n, "share", reason, low, high, evidence=_evidence(sides.rows, sides.place, mine))
    n2, x2 = int((~np.isnan(theirs)).sum()), int(np.nansum(theirs))
    if n2 < LEAST:
        return answer
    whom = sides.words if n2 == len(theirs) else f"the {n2:,} known of {sides.words}"
    return replace(
        answer,
        reason=f"{reason}, against {x2:,} ({percent(x2 / n2)}) of {whom}; Fisher's exact test, Benjamini-Hochberg",
        reference=x2 / n2,
        compared_with=sides.words,
        p=two_shares(x, n, x2, n2),
    )


def _evidence(rows: FollowerList, place: int, mine: Numbers) -> list[dict[str, object]]:
    """The newest of those who answer yes."""
    places = (place + np.flatnonzero(mine == 1)[::-1][:EVIDENCE]).tolist()
    return [row_of(rows, i) for i in places]


def row_of(rows: FollowerList, i: int) -> dict[str, object]:
    """A follower as a row to show."""

    def whole(values: Numbers) -> int | None:
        return None if np.isnan(values[i]) else int(values[i])

    return {
        "place": i + 1,
        "account": rows.ids[i],
        "name": rows.names[i],
        "created": iso(whole(rows.created)),
        "followed": iso(whole(rows.followed)),
        "posts": whole(rows.posts),
        "following": whole(rows.following),
        "followers": whole(rows.followers),
    }
