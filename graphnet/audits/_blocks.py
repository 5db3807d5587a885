"""Runs of followers that are unlike the others: how old the accounts were when they followed, window by window.

Example:
    >>> ages = np.arange(8400) * 7919 % 9973.0
    >>> ages[6048:6440] = 3
    >>> [(b.start, b.end) for b in blocks(ages)]
    [(6048, 6440)]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers
from graphnet.discovery import benjamini_hochberg

__all__ = ["Block", "blocks"]

KINDS = 10
"""Classes of age, each with as many followers; with fewer a narrow band of ages is not seen."""
SMALLEST, LARGEST, WINDOWS = 50, 200, 150
"""Followers in a window: a list is cut into some 150, within these bounds; five are expected of each kind at 50."""
LEAST = 8
"""Windows that are needed to say what is usual."""
APART = 0.4
"""Share of a window's followers that would have to change class to make it usual (total variation) from which on it is
worth a look; chance alone gives about .1. Without this bound, lists whose windows differ by 30 % in their typical age
gave a block in 74 of 100 cases, with .3 in 43, with .4 in 1."""


@dataclass(frozen=True)
class Block:
    """Neighbouring windows that stand out.

    Attributes:
        start, end: First follower, and the one behind the last (0 is the oldest).
        p: The smallest p of its windows.
        q: The smallest q.
        young, old: The class of ages, in seconds, that is most over-represented.
        share: Share of the block's followers in that class.
        usual: Share of the usual window's.
        median: Median age of the block's followers when they followed, in seconds.
        others: That of all other followers.
        width: Followers in a window: the block's ends are not known any better.
    """

    start: int
    end: int
    p: float
    q: float
    young: float
    old: float
    share: float
    usual: float
    median: float
    others: float
    width: int


def blocks(age: Numbers, fdr: float = 0.01) -> list[Block]:
    """Runs of followers whose ages at following differ from the usual window's.

    Each window of followers is compared by chi-squared with the usual one (the median share of each class of ages over
    all windows). Windows differ by more than chance everywhere (a post goes round, a school joins), so the statistics
    are divided by how much the middle window's exceeds what chance gives; and a window has to differ by `APART` at
    least, as with some thousand followers any difference is significant. Benjamini-Hochberg over all windows;
    neighbours are joined. Nothing is drawn at random: the same list gives the same blocks.

    Args:
        age: Age of each account when it followed, in seconds, the oldest follower first; NaN where unknown.
        fdr: False discovery rate.

    Returns:
        The blocks in order; empty where there are too few followers to say what is usual.
    """
    cut = _cut(age)
    if cut is None:
        return []
    p = cut.p()
    q = benjamini_hochberg(p)
    odd = (q <= fdr) & (cut.apart >= APART)
    return [_block(cut, low, high, p, q) for low, high in _runs(odd)]


@dataclass(frozen=True, eq=False)
class _Cut:
    """The list cut into windows.

    Attributes:
        age: Age of each account when it followed.
        known: Places of the accounts whose age is known.
        edges: Where each window starts among these; one longer than their number.
        kind: Class of age of each of these.
        limits: The limits of the classes, in seconds.
        counts: Followers of each class in each window.
        usual: Share of each class in the usual window.
    """

    age: Numbers
    known: Ints
    edges: Ints
    kind: Ints
    limits: Numbers
    counts: Ints
    usual: Numbers

    @property
    def apart(self) -> Numbers:
        """How far each window is from the usual one: total variation."""
        share = self.counts / self.counts.sum(axis=1, keepdims=True)
        return np.asarray(np.abs(share - self.usual).sum(axis=1) / 2, dtype=np.float64)

    def p(self) -> Numbers:
        """P of each window."""
        from scipy.stats import chi2  # noqa: PLC0415  (0.4 s that `import graphnet` should not pay)

        hoped = self.counts.sum(axis=1, keepdims=True) * self.usual
        statistic = ((self.counts - hoped) ** 2 / hoped).sum(axis=1)
        free = len(self.usual) - 1
        # genomic control: the middle window is taken to be an ordinary one
        inflation = max(float(np.median(statistic) / chi2.median(free)), 1.0) if free else 1.0
        return np.asarray(chi2.sf(statistic / inflation, free) if free else np.ones(len(statistic)), dtype=np.float64)


def _cut(age: Numbers) -> _Cut | None:
    """The windows; None where there are too few to say what is usual."""
    known = np.flatnonzero(~np.isnan(age))
    width = int(np.clip(len(known) // WINDOWS, SMALLEST, LARGEST))
    edges = np.arange(0, len(known) + 1, width)
    if len(edges) - 1 < LEAST:
        return None
    edges[-1] = len(known)  # what is left over joins the last window
    kind, limits = _kinds(age[known])
    counts = np.array([np.bincount(k, minlength=len(limits) - 1) for k in np.split(kind, edges[1:-1])])
    return _Cut(age, known, edges, kind, limits, counts, _usual(counts))


def _kinds(age: Numbers) -> tuple[Ints, Numbers]:
    """Class of each age, and the limits of the classes (about equally many in each)."""
    limits = np.unique(np.quantile(age, np.linspace(0, 1, KINDS + 1), method="inverted_cdf"))
    kind = np.clip(np.searchsorted(limits, age, side="right") - 1, 0, max(len(limits) - 2, 0))
    return kind.astype(np.int64), limits if len(limits) > 1 else np.array([limits[0], limits[0] + 1])


def _usual(counts: Ints) -> Numbers:
    """Share of each class in the usual window; a median stays what it is when up to half of the windows are odd."""
    middle = np.median(counts / counts.sum(axis=1, keepdims=True), axis=0)
    # a class that the usual window has not is still possible
    middle = np.maximum(middle, 0.5 / counts.sum(axis=1).max())
    return np.asarray(middle / middle.sum(), dtype=np.float64)


def _runs(odd: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], odd, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _block(cut: _Cut, low: int, high: int, p: Numbers, q: Numbers) -> Block:
    mine = np.zeros(len(cut.known), dtype=np.bool_)
    mine[cut.edges[low] : cut.edges[high]] = True
    share = np.bincount(cut.kind[mine], minlength=len(cut.usual)) / mine.sum()
    most = int(np.argmax(share - cut.usual))
    return Block(
        start=int(cut.known[cut.edges[low]]),
        end=int(cut.known[cut.edges[high] - 1]) + 1,
        p=float(p[low:high].min()),
        q=float(q[low:high].min()),
        young=float(cut.limits[most]),
        old=float(cut.limits[most + 1]),
        share=float(share[most]),
        usual=float(cut.usual[most]),
        median=float(np.median(cut.age[cut.known[mine]])),
        others=float(np.median(cut.age[cut.known[~mine]])) if not mine.all() else float("nan"),
        width=int(cut.edges[1]),
    )
