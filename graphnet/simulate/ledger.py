"""The growing list of posts of a world, kept as columns, and who posted what lately."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from graphnet.simulate.dice import Dice, Flags, Ints, Reals, Things

__all__ = ["ORIGINAL", "QUOTE", "REPLY", "RETWEET", "Columns", "Ledger", "Timelines", "distinct_retweets"]

ORIGINAL, RETWEET, QUOTE, REPLY = range(4)


@dataclass(frozen=True)
class Columns:
    """Posts, one position in each array a post.

    Attributes:
        account: Author (position in `People`).
        time: Seconds since the world's begin.
        kind: `ORIGINAL`, `RETWEET`, `QUOTE` or `REPLY`.
        ref: Position of the post that is retweeted, quoted or answered, or -1.
        text: The words, without hashtags, mention and link; "" for retweets.
        tags: Hashtags, parted by spaces.
        mention: Account that is mentioned at the end, or -1.
        link: Link at the end, or "".
        operation: Number of the joint operation it belongs to, or -1.
    """

    account: Ints
    time: Ints
    kind: Ints
    ref: Ints
    text: Things
    tags: Things
    mention: Ints
    link: Things
    operation: Ints


class Ledger:
    """Collects posts; positions never change."""

    def __init__(self) -> None:
        self._pieces: list[Columns] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(
        self,
        account: ArrayLike,
        time: ArrayLike,
        *,
        kind: ArrayLike = ORIGINAL,
        ref: ArrayLike = -1,
        text: ArrayLike = "",
        tags: ArrayLike = "",
        mention: ArrayLike = -1,
        link: ArrayLike = "",
        operation: ArrayLike = -1,
    ) -> Ints:
        """Add posts (single values hold for all of them); returns their positions."""
        n = max(np.size(account), np.size(time))

        def whole(value: ArrayLike) -> Ints:
            return np.broadcast_to(np.asarray(value, dtype=np.int64), n)

        def thing(value: ArrayLike) -> Things:
            return np.broadcast_to(np.asarray(value, dtype=object), n)

        self._pieces.append(
            Columns(
                account=whole(account),
                time=whole(time),
                kind=whole(kind),
                ref=whole(ref),
                text=thing(text),
                tags=thing(tags),
                mention=whole(mention),
                link=thing(link),
                operation=whole(operation),
            )
        )
        self._size += n
        return np.arange(self._size - n, self._size)

    def columns(self) -> Columns:
        """All posts so far."""
        names = [f.name for f in fields(Columns)]
        joined = Columns(**{name: np.concatenate([getattr(p, name) for p in self._pieces]) for name in names})
        self._pieces = [joined]
        return joined


class Timelines:
    """Finds what somebody posted shortly before a moment.

    Args:
        posts: The posts so far; only originals can be found.
        appeal: How much each post is liked (any positive number).
    """

    LOOK_BACK = 6
    TOO_OLD = 3 * 86_400
    FADES = 6 * 3600.0

    def __init__(self, posts: Columns, appeal: Reals) -> None:
        self._span = int(posts.time.max(initial=0)) + 1
        self._all_times = posts.time
        originals = np.flatnonzero(posts.kind == ORIGINAL)
        key = posts.account[originals] * self._span + posts.time[originals]
        order = np.argsort(key, kind="stable")
        self.position = originals[order]
        self._key = key[order]
        self._author, self._time = posts.account[self.position], posts.time[self.position]
        self._appeal = appeal[self.position]

    def before(self, author: Ints, when: Ints, dice: Dice) -> Ints:
        """One of the author's last posts before each moment, the liked and fresh ones first; -1 where there is none."""
        if not len(self._key):
            return np.full(len(author), -1)
        last = np.searchsorted(self._key, author * self._span + np.minimum(when, self._span - 1)) - 1
        rows = last[:, None] - np.arange(self.LOOK_BACK)
        known = np.maximum(rows, 0)
        age = when[:, None] - self._time[known]
        usable = (rows >= 0) & (self._author[known] == author[:, None]) & (age > 0) & (age < self.TOO_OLD)
        weight = np.where(usable, self._appeal[known] * np.exp(-np.maximum(age, 0) / self.FADES) + 1e-9, 0.0)
        edges = np.cumsum(weight, axis=1)
        choice = (edges < (dice.uniform(len(author)) * edges[:, -1])[:, None]).sum(axis=1)
        found = self.position[known[np.arange(len(author)), np.minimum(choice, self.LOOK_BACK - 1)]]
        return np.where(usable.any(axis=1), found, -1)

    def when(self, posts: Ints) -> Ints:
        """When these posts (-1: none, any time) were made."""
        return np.asarray(self._all_times[posts])

    def of(self, author: int) -> Ints:
        """All posts of one author, oldest first."""
        return np.asarray(self.position[self._author == author])


def distinct_retweets(posts: Columns) -> Flags:
    """Which posts a platform would have let through: nobody retweets a post twice, or retweets before it was posted.

    Of repeated retweets the first one stays; a coordinated one counts as first, so that no operation is lost.
    """
    rows = np.flatnonzero(posts.kind == RETWEET)
    account, ref, time = posts.account[rows], posts.ref[rows], posts.time[rows]
    order = np.lexsort((time, posts.operation[rows] < 0, ref, account))
    again = np.zeros(len(rows), dtype=bool)
    again[order[1:]] = (np.diff(account[order]) == 0) & (np.diff(ref[order]) == 0)
    keep = np.ones(len(posts.account), dtype=bool)
    keep[rows] = ~again & (time > posts.time[ref])
    return keep
