"""Communities of interest among lasting things (accounts, domains, hashtags), told from who acts on them.

The things are halved again and again, each time along the direction that best separates those with different accounts
behind them (the second singular vector of the scaled account-thing matrix, as in Dhillon 2001), until parts are small.

Roads not taken: communities by modularity are few and large; in follow networks of organic topics they left hundreds of
accounts tied that only share a finer interest. Finer modularity falls apart into crumbs, and what to do with crumbs
decides the result. Halves of equal size have neither fault: every part is as fine as the next, and none is so small
that a ring of a few accounts is an interest of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csc_array

    from graphnet.nulls._shares import Shares

__all__ = ["SMALLEST", "communities"]

Reals = NDArray[np.float64]

SMALLEST = 30
"""Fewest things of a community: a ring that acts on 20 obscure accounts is not an interest of its own."""
ROUNDS = 12
"""Power iterations: enough to tell the halves apart, and no more digits are needed."""


def communities(shares: Shares, seed: int = 1, smallest: int = SMALLEST) -> NDArray[np.int32]:
    """The community of interest of each thing.

    Args:
        shares: Who acted on what.
        seed: Seed of the directions to start from.
        smallest: Fewest things of a community; there are fewer than twice as many in each.

    Returns:
        Number of each thing's community, -1 for things that nobody acts on. Shape (things,).

    Example:
        >>> import numpy as np
        >>> from graphnet.nulls._shares import Shares
        >>> account = np.repeat(np.arange(20), 30)  # even accounts act on the first 30 things, odd ones on the others
        >>> thing = np.tile(np.arange(30), 20) + 30 * (account % 2)
        >>> found = communities(Shares.of(account, thing))
        >>> sorted({len(set(found[:30].tolist())), len(set(found[30:].tolist())), len(set(found.tolist()))})
        [1, 2]
    """
    from scipy.sparse import csc_array  # noqa: PLC0415  (0.2 s that `import graphnet` should not pay)

    start = np.random.default_rng(seed).standard_normal(shares.objects)
    label = np.full(shares.objects, -1, np.int32)
    things = np.flatnonzero(shares.popularity)
    column = np.cumsum(shares.popularity > 0) - 1
    ends = (shares.account, column[shares.object])
    waiting = [(things, csc_array((np.ones(len(shares)), ends), shape=(shares.accounts, len(things))))]
    parts = 0
    while waiting:
        things, table = waiting.pop()
        if len(things) < 2 * smallest:
            label[things] = parts
            parts += 1
            continue
        # accounts with one thing here have nothing to say about which belong together
        table = table[np.bincount(table.indices, minlength=table.shape[0]) > 1]
        order = np.argsort(_direction(table, start[things]), kind="stable")
        for half in (order[len(order) // 2 :], order[: len(order) // 2]):
            columns = np.sort(half)
            waiting.append((things[columns], table[:, columns]))
    return label


def _direction(table: csc_array, start: Reals) -> Reals:
    """Where each thing lies on the line that best separates things with different accounts behind them."""
    active, popular = (np.asarray(table.sum(axis), np.float64) for axis in (1, 0))
    scaled = table.multiply(1 / np.sqrt(active)[:, None]).multiply(_inverse_root(popular)[None, :]).tocsr()
    back = scaled.T.tocsr()
    # the first singular vector only says how popular a thing is
    first = np.sqrt(popular) / max(np.sqrt(popular.sum()), 1.0)
    line = start
    # sums, not BLAS: its last digits, and its speed on short vectors, depend on the number of threads
    for _ in range(ROUNDS):
        line = line - first * (first * line).sum()
        turned = back @ (scaled @ line)
        length = float(np.sqrt((turned**2).sum()))
        if length < 1e-12:
            break
        line = turned / length
    return np.asarray(line * _inverse_root(popular), np.float64)


def _inverse_root(values: Reals) -> Reals:
    return np.where(values > 0, 1 / np.sqrt(np.maximum(values, 1)), 0.0)
