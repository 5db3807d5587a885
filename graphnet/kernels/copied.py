"""What several members of a group wrote alike, for many groups at once: how much, and how quickly after each other.

*Common phrases* are not counted: those that too many accounts outside of all communities use. Which these are is judged
for each group without its own accounts: they cannot make their own words common, neither as a community nor as one of
the random groups it is compared with. For such a group the other members of the community judge in turn, as any other
accounts do. (Not where it has members of several communities.)

Example:
    >>> import numpy as np
    >>> from graphnet.kernels.copied import copied, repeated
    >>> start, account = np.array([0, 3]), np.array([0, 1, 2])  # one group of three accounts
    >>> indptr, text = np.array([0, 2, 4, 5]), np.array([0, 1, 0, 1, 0])  # which wrote texts 0 and 1, 0 and 1, 0
    >>> first = np.array([100, 200, 160, 205, 190])
    >>> judges = np.zeros(3, int), np.array([0, 3]), account, np.array([0, 0]), 6  # nobody else is there to judge
    >>> texts, gap = copied(start, account, indptr, text, first, 3, *judges)
    >>> texts.tolist(), gap.tolist()  # text 0 by all three; gaps of 60, 30 and 5 s
    ([1], [30.0])
    >>> posts = np.array([1.0, 4.0, 1.0, 1.0, 2.0])
    >>> repeated(start, account, indptr, text, posts, *judges).tolist()
    [9.0]
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["copied", "repeated"]

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@njit(nogil=True, cache=True)
def repeated(
    start: Ints,
    account: Ints,
    indptr: Ints,
    text: Ints,
    posts: Numbers,
    place: Ints,
    first: Ints,
    fellow: Ints,
    users: Ints,
    common: int,
) -> Numbers:
    """Posts of each group with a text that two of its accounts or more used.

    Args:
        start: Where each group starts in ``account``; one longer than their number.
        account: The groups' accounts.
        indptr: Where the texts of each account start.
        text: The texts of each account, each once.
        posts: How many posts of the account have the text.
        place: Community of each account, from 0; -1: none, such accounts judge what is common.
        first: Where each community starts in ``fellow``.
        fellow: The accounts of all communities.
        users: How many accounts without a community use each text.
        common: How many of them make a text common.
    """
    found = np.zeros(len(start) - 1)
    held, members = np.zeros(len(users)), np.zeros(len(users), np.int64)
    touched = np.empty(len(users), np.int64)
    left, inside, every = users.copy(), np.zeros(len(place), np.bool_), (place < 0).sum()
    for group in range(len(start) - 1):
        own = account[start[group] : start[group + 1]]
        count = 0
        for a in own:
            for entry in range(indptr[a], indptr[a + 1]):
                what = text[entry]
                if members[what] == 0:
                    touched[count] = what
                    count += 1
                members[what] += 1
                held[what] += posts[entry]
        judges = every + _turn(left, 1, own, inside, indptr, text, place, first, fellow)
        for what in touched[:count]:
            if members[what] >= 2 and not _common(left[what], judges, every, common):
                found[group] += held[what]
            members[what], held[what] = 0, 0
        _turn(left, -1, own, inside, indptr, text, place, first, fellow)
    return found


@njit(nogil=True, cache=True)
def copied(
    start: Ints,
    account: Ints,
    indptr: Ints,
    text: Ints,
    time: Ints,
    least: int,
    place: Ints,
    first: Ints,
    fellow: Ints,
    users: Ints,
    common: int,
) -> tuple[Ints, Numbers]:
    """Texts that ``least`` members or more wrote, and the median gap between members who wrote the same text.

    Args:
        start: Where each group starts in ``account``; one longer than their number.
        account: The groups' accounts.
        indptr: Where the texts of each account start.
        text: The texts of each account, each once.
        time: When the account wrote it first, in seconds; negative: unknown.
        least: Fewest members of a text that is counted; gaps are of all that two or more wrote.
        place: Community of each account, from 0; -1: none, such accounts judge what is common.
        first: Where each community starts in ``fellow``.
        fellow: The accounts of all communities.
        users: How many accounts without a community use each text.
        common: How many of them make a text common.

    Returns:
        One number of texts a group, and one gap in seconds; NaN where no two members wrote a text at known times.
    """
    texts, gap = np.zeros(len(start) - 1, np.int64), np.full(len(start) - 1, np.nan)
    left, inside, every = users.copy(), np.zeros(len(place), np.bool_), (place < 0).sum()
    for group in range(len(start) - 1):
        own = account[start[group] : start[group + 1]]
        what, when = _written(own, indptr, text, time)
        judges = every + _turn(left, 1, own, inside, indptr, text, place, first, fellow)
        gaps = np.empty(len(what), np.int64)
        n = low = 0
        while low < len(what):
            high = low + 1
            while high < len(what) and what[high] == what[low]:
                high += 1
            if not _common(left[what[low]], judges, every, common):
                texts[group] += high - low >= least
                for k in range(low + 1, high):
                    if when[k - 1] >= 0:
                        gaps[n] = when[k] - when[k - 1]
                        n += 1
            low = high
        if n:
            gap[group] = np.median(gaps[:n])
        _turn(left, -1, own, inside, indptr, text, place, first, fellow)
    return texts, gap


@njit(nogil=True, cache=True)
def _written(members: Ints, indptr: Ints, text: Ints, time: Ints) -> tuple[Ints, Ints]:
    """Text and time of all that members wrote, in the order of texts and times."""
    size = 0
    for a in members:
        size += indptr[a + 1] - indptr[a]
    what, when = np.empty(size, np.int64), np.empty(size, np.int64)
    n = 0
    for a in members:
        for entry in range(indptr[a], indptr[a + 1]):
            what[n], when[n] = text[entry], time[entry]
            n += 1
    by_time = np.argsort(when, kind="mergesort")
    order = by_time[np.argsort(what[by_time], kind="mergesort")]
    return what[order], when[order]


@njit(nogil=True, cache=True)
def _turn(
    left: Ints,
    by: int,
    members: Ints,
    inside: Flags,
    indptr: Ints,
    text: Ints,
    place: Ints,
    first: Ints,
    fellow: Ints,
) -> int:
    """Take a group's accounts off the users of each text, and add the others of its community; ``by`` -1: undo that.

    Returns:
        By how many the judges are more.
    """
    more, own = 0, -1
    for a in members:
        inside[a] = True
        if place[a] >= 0:
            own = place[a] if own == -1 or own == place[a] else -2
            continue
        more -= 1
        for entry in range(indptr[a], indptr[a + 1]):
            left[text[entry]] -= by
    if own >= 0:
        for a in fellow[first[own] : first[own + 1]]:
            if not inside[a]:
                more += 1
                for entry in range(indptr[a], indptr[a + 1]):
                    left[text[entry]] += by
    inside[members] = False
    return more


@njit(nogil=True, cache=True)
def _common(users: int, judges: int, every: int, common: int) -> bool:
    """Whether a text is common, by ``users`` of ``judges`` accounts, if ``common`` of ``every`` make it so."""
    return judges > 0 and users * every >= common * judges
