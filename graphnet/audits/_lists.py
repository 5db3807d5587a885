"""What a follower audit works on: lists of followers in follow order, and dated counts of followers.

Example:
    >>> made = np.array([50.0, 20.0, 40.0, 10.0, 30.0])
    >>> bounds(made, np.full(5, np.nan), 100.0)[0].tolist()
    [50.0, 50.0, 50.0, 50.0, 50.0]
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from graphnet.crowds import Ints, Numbers
from graphnet.errors import InputError

__all__ = ["Counts", "FollowerList", "Given", "Order", "bounds", "counted", "in_order", "records"]

Texts = npt.NDArray[Any]
Order = Literal["newest", "oldest"]
Rejected = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, eq=False)
class FollowerList:
    """The followers of one account, one element each.

    Attributes:
        name: The account, as the user calls it.
        ids: The followers' ids (their handles where there are no ids), as text.
        names: Their handles; None where unknown.
        created: When each account was made, in seconds; this and the following are NaN where unknown.
        followers, following, posts: Counts in their profiles.
        default_image: 1 with the platform's default picture, else 0.
        described: 1 with a description, 0 with an empty one.
        followed: When each followed, in seconds.
        order: What the order means, and how that was told; empty where there is none. The oldest stands first.
        rejected: Rows of the file left out: (file, line, reason).
        notes: What else was left out.
    """

    name: str
    ids: Texts
    names: Texts
    created: Numbers
    followers: Numbers
    following: Numbers
    posts: Numbers
    default_image: Numbers
    described: Numbers
    followed: Numbers
    order: str = ""
    rejected: Rejected = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, places: Any) -> FollowerList:
        """The followers at these places, in this order."""
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{n: v[places] for n, v in held.items() if isinstance(v, np.ndarray)})


@dataclass(frozen=True, eq=False)
class Counts:
    """Dated counts of one account's followers.

    Attributes:
        name: The account.
        day: Day of each count, since 1970 (UTC).
        followers: The count.
        rejected: Rows of the file left out: (file, line, reason).
    """

    name: str
    day: Ints
    followers: Numbers
    rejected: Rejected = ()


@dataclass(frozen=True, eq=False)
class Given:
    """What the user gave: lists, counts, and a list to compare the newest followers with."""

    lists: tuple[FollowerList, ...] = ()
    counts: tuple[Counts, ...] = ()
    against: FollowerList | None = None

    def __str__(self) -> str:
        return "+".join([f"{len(x)} followers of {x.name}" for x in self.lists] + [x.name for x in self.counts])


def in_order(rows: FollowerList, order: Order | None = None) -> FollowerList:
    """The list with its oldest follower first.

    Follow dates decide where every row has one. Else the user's word does. Else the creation dates tell: nobody follows
    before being made, so read from the oldest follower on, accounts that are younger than all before keep coming; read
    from the newest on, they end soon.

    Raises:
        InputError: The user has not said it, and the dates do not tell.
    """
    if len(rows) and not np.isnan(rows.followed).any():
        return replace(rows.take(np.argsort(rows.followed, kind="stable")), order="by follow date")
    told = order or _told(rows)
    words = "as you said" if order else _words(rows.created)
    return replace(
        rows if told == "oldest" else rows.take(slice(None, None, -1)), order=f"{told} first in the file, {words}"
    )


def records(created: Numbers) -> int:
    """How many accounts are younger than all before them.

    Example:
        >>> records(np.array([1.0, 5.0, np.nan, 3.0, 6.0]))
        3
    """
    known = created[~np.isnan(created)]
    return int((np.diff(np.maximum.accumulate(known)) > 0).sum()) + 1 if len(known) else 0


def _told(rows: FollowerList) -> Order:
    dated = ~np.isnan(rows.followed)
    if dated.sum() > 1:
        steps = np.sign(np.diff(rows.followed[dated]))
        if (steps >= 0).all() != (steps <= 0).all():
            return "oldest" if (steps >= 0).all() else "newest"
    forward, backward = records(rows.created), records(rows.created[::-1])
    known = max(int((~np.isnan(rows.created)).sum()), 1)
    # in an order without meaning there are ln n + .58 such accounts, give or take sqrt(ln n)
    chance = np.log(known) + 0.58 + 4 * np.sqrt(np.log(known))
    if max(forward, backward) < max(chance, 2 * min(forward, backward)):
        raise InputError(
            f"are the newest followers of {rows.name} first in the file, or the oldest? There are no follow dates, and "
            f"the creation dates do not tell ({forward:,} accounts younger than all before them read downwards, "
            f"{backward:,} upwards). Say it: --order newest or --order oldest"
        )
    return "oldest" if forward > backward else "newest"


def _words(created: Numbers) -> str:
    return (
        f"told from the creation dates ({records(created):,} accounts younger than all before them read downwards, "
        f"{records(created[::-1]):,} upwards)"
    )


def counted(counts: Counts, size: int, as_of: float) -> Numbers:
    """Earliest moment at which each follower can have followed, by the counts: after the last count below its place.

    Whoever has left since makes this too early, never too late: at least so many as the count has grown have followed.

    Args:
        counts: Counts of the same account; those after the list was collected are not used.
        size: Followers in the list, the oldest first, the newest one complete.
        as_of: When the list was collected.

    Returns:
        Start of the day of that count, in seconds; NaN for followers who came before the first count, and for all
        where there is no count of the day of collection or the day before it.

    Example:
        >>> counts = Counts("a", np.array([10, 11, 12]), np.array([100.0, 102.0, 105.0]))
        >>> (counted(counts, 7, 12.5 * 86400) / 86400).tolist()
        [nan, nan, 10.0, 10.0, 11.0, 11.0, 11.0]
    """
    order = np.argsort(counts.day, kind="stable")
    day, held = counts.day[order], counts.followers[order]
    known = day * 86400 <= as_of
    if not known.any() or day[known][-1] < as_of // 86400 - 1:
        return np.full(size, np.nan)
    day, held = day[known], np.minimum.accumulate(held[known][::-1])[::-1]
    place = held[-1] - np.arange(size)[::-1]
    below = np.searchsorted(held, place, side="left") - 1
    return np.where(below >= 0, day[below] * 86400.0, np.nan)


def bounds(created: Numbers, followed: Numbers, as_of: float) -> tuple[Numbers, Numbers]:
    """Earliest and latest moment at which each follower can have followed; the oldest stands first.

    An account follows after it was made, and after those before it in the list followed: so the running maximum of the
    creation dates (and of known follow dates) bounds it from below. Those behind it bound it from above, by their
    follow dates, and the moment of collection.

    Args:
        created: Creation dates that can be used; NaN where unknown.
        followed: Follow dates; NaN where unknown.
        as_of: When the list was collected.

    Returns:
        Two arrays in seconds; the lower one is NaN before the first known date.
    """
    floor = np.fmax(created, followed)
    low = np.maximum.accumulate(np.where(np.isnan(floor), -np.inf, floor))
    ceiling = np.where(np.isnan(followed), as_of, followed)
    high = np.minimum.accumulate(ceiling[::-1])[::-1]
    return np.where(np.isinf(low), np.nan, low), np.maximum(high, np.where(np.isinf(low), high, low))
