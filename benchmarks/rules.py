"""Rules by which others take two accounts for coordinated, written from their published definitions.

Each rule takes who shared what when and answers with the pairs that it keeps. Definitions:

- ``coortweet``: CooRTweet (Righetti & Balluff): all rows of two accounts on one object within the window, accounts of
  two rows or more; kept are pairs with more such rows than a quantile of all pairs.
- ``cosine``: TF-IDF vectors (sublinear, objects of three accounts or more), cosine, the highest half per cent of all
  pairs that are alike at all (Pacheco et al. 2021; Luceri et al. 2024).
- ``disparity``: the same cosine network, disparity filter (Serrano et al. 2009; Nizzoli et al. 2021).
- ``hypergeometric``: statistically validated network (Tumminello et al. 2011): shared objects against a hypergeometric
  law for all pairs, Benjamini-Hochberg.
- ``minute``: at least ten objects shared within one minute.

Example:
    >>> acts = Acts.of([0, 1, 0, 1, 2, 3, 4], [0, 0, 1, 1, 1, 2, 3], [0, 5, 100, 104, 900, 0, 0])
    >>> coortweet(acts, window=10, quantile=0.0).tolist()
    []
    >>> minute(acts, fewest=2).tolist()
    [[0, 1]]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["RULES", "Acts", "coortweet", "cosine", "disparity", "hypergeometric", "minute"]

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Acts:
    """Who shared what when; sorted by object and time.

    Attributes:
        account: From 0.
        thing: From 0.
        time: Seconds.
    """

    account: Ints
    thing: Ints
    time: Ints

    @classmethod
    def of(cls, account: ArrayLike, thing: ArrayLike, time: ArrayLike) -> Acts:
        """From rows in any order."""
        rows = [np.asarray(values, dtype=np.int64) for values in (account, thing, time)]
        order = np.lexsort((rows[0], rows[2], rows[1]))
        return cls(*(values[order] for values in rows))

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return int(self.account.max(initial=-1)) + 1

    def among(self, some: NDArray[np.bool_]) -> Acts:
        """These rows only."""
        return Acts(self.account[some], self.thing[some], self.time[some])

    def matrix(self) -> csr_array:
        """How often each account (row) shared each object (column)."""
        from scipy.sparse import csr_array  # noqa: PLC0415  (slow to load)

        shape = (self.accounts, int(self.thing.max(initial=-1)) + 1)
        return csr_array((np.ones(len(self.account)), (self.account, self.thing)), shape=shape)


def _meetings(acts: Acts, window: int) -> tuple[Ints, Ints, Ints]:
    """All pairs of rows of two accounts on one object within the window: smaller account, larger account, object."""
    span = int(acts.time.max(initial=0) - acts.time.min(initial=0)) + window + 2
    place = acts.thing * span + acts.time - acts.time.min(initial=0)
    later = np.searchsorted(place, place + window, side="right") - np.arange(len(place)) - 1
    one = np.repeat(np.arange(len(place)), later)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(later) - later, later)
    a, b, thing = acts.account[one], acts.account[other], acts.thing[one]
    two = a != b
    return np.minimum(a, b)[two], np.maximum(a, b)[two], thing[two]


def _counted(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """The distinct pairs, and how often each occurs."""
    pairs, times = np.unique(np.column_stack((low, high)), axis=0, return_counts=True)
    return pairs.reshape(-1, 2), times


def coortweet(acts: Acts, *, window: int, quantile: float) -> Ints:
    """Pairs of accounts whose rows within ``window`` seconds are more than that quantile of all such pairs."""
    rows = np.bincount(acts.account, minlength=acts.accounts)
    low, high, _ = _meetings(acts.among(rows[acts.account] >= 2), window)
    pairs, weight = _counted(low, high)
    return pairs[weight > np.quantile(weight, quantile)] if len(pairs) else pairs


def minute(acts: Acts, *, window: int = 60, fewest: int = 10) -> Ints:
    """Pairs that shared at least ``fewest`` different objects within ``window`` seconds of each other."""
    met = np.unique(np.column_stack(_meetings(acts, window)), axis=0)
    pairs, things = _counted(met[:, 0], met[:, 1])
    return pairs[things >= fewest]


def similarity(acts: Acts, fewest: int = 3) -> tuple[Ints, Reals]:
    """All pairs whose TF-IDF vectors have anything in common, and their cosine.

    Args:
        acts: Who shared what.
        fewest: Accounts that an object needs.
    """
    from scipy.sparse import triu  # noqa: PLC0415

    times = acts.matrix()
    users = np.bincount(times.indices, minlength=times.shape[1])
    times = times[:, users >= fewest]
    rarity = np.log((1 + times.shape[0]) / (1 + users[users >= fewest])) + 1
    times.data = (1 + np.log(times.data)) * rarity[times.indices]
    length = np.sqrt((times * times).sum(axis=1))
    times.data /= np.repeat(length, np.diff(times.indptr))
    alike = triu(times @ times.T, k=1).tocoo()
    return np.column_stack((alike.row, alike.col)).astype(np.int64), np.asarray(alike.data)


def cosine(acts: Acts, *, quantile: float = 0.995) -> Ints:
    """The pairs that are most alike by TF-IDF cosine."""
    pairs, alike = similarity(acts)
    return pairs[alike >= np.quantile(alike, quantile)] if len(pairs) else pairs


def disparity(acts: Acts, *, alpha: float = 0.05) -> Ints:
    """The pairs whose cosine stands out among those of one of its ends."""
    pairs, alike = similarity(acts)
    return pairs[standing_out(pairs, alike) < alpha]


def standing_out(pairs: Ints, weight: Reals) -> Reals:
    """Disparity p of each tie, the smaller one of both ends; 1 where an end has no other tie."""
    n = int(pairs.max(initial=-1)) + 1
    ties = np.bincount(pairs.ravel(), minlength=n)
    total = np.bincount(pairs.ravel(), np.repeat(weight, 2), minlength=n)
    return np.asarray(((1 - weight[:, None] / total[pairs]) ** (ties[pairs] - 1)).min(axis=1))


def hypergeometric(acts: Acts, *, rate: float = 0.01) -> Ints:
    """Pairs that share more objects than two random sets of that size would, among all pairs of accounts."""
    from scipy.sparse import triu  # noqa: PLC0415

    matrix = (acts.matrix() > 0).astype(np.float64)
    shared = triu(matrix @ matrix.T, k=1).tocoo()
    k = np.diff(matrix.indptr)
    things = int(np.count_nonzero(np.bincount(acts.thing)))
    p = tail(shared.data, k[shared.row], k[shared.col], things)
    people = int(np.count_nonzero(k))
    found = np.column_stack((shared.row, shared.col)).astype(np.int64)
    return found[_benjamini_hochberg(p, people * (people - 1) // 2, rate)]


def tail(shared: Reals, one: Ints, other: Ints, things: int) -> Reals:
    """Hypergeometric chance that random sets of ``one`` and ``other`` of all things share as many or more."""
    from scipy.special import gammaln  # noqa: PLC0415

    def ways(n: Any, k: Any) -> Any:
        return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)

    # sets so large that they cannot but share more
    certain = one + other - shared > things
    v = np.where(certain, 0.0, shared)
    one, other = np.where(certain, 0, one), np.where(certain, 0, other)
    term = np.exp(ways(one, v) + ways(things - one, other - v) - ways(things, other))
    total = term.copy()
    while (term > 1e-12 * total).any():
        v = v + 1
        term = term * np.maximum(one - v + 1, 0) * np.maximum(other - v + 1, 0) / (v * (things - one - other + v))
        total += term
    return np.asarray(np.minimum(total, 1.0))


def _benjamini_hochberg(p: Reals, tests: int, rate: float) -> NDArray[np.bool_]:
    ordered = np.sort(p)
    good = np.flatnonzero(ordered <= rate * np.arange(1, len(p) + 1) / max(tests, 1))
    return p <= (ordered[good[-1]] if len(good) else -1.0)


RULES: dict[str, Callable[[Acts], Any]] = {
    "CooRTweet, 10 s, quantile .9": partial(coortweet, window=10, quantile=0.9),
    "CooRTweet, 60 s, quantile .5": partial(coortweet, window=60, quantile=0.5),
    "TF-IDF cosine, top 0.5 %": cosine,
    "disparity filter, .05": disparity,
    "hypergeometric (SVN), BH .01": hypergeometric,
    "1 minute, 10 objects or more": minute,
}
"""The rules with the settings that are compared."""
