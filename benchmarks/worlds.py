"""Generated shares for the benchmarks: heavy-tailed accounts and objects, bursts, and a few planted groups.

Example:
    >>> from benchmarks.worlds import shares
    >>> table = shares(1000, seed=1)
    >>> table.num_rows, table.column_names
    (1000, ['account_id', 'object_id', 'timestamp_share', 'content_id'])
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["DAYS", "START", "heavy", "shares", "shares_of"]

DAYS = 30
START = 1_700_000_000


def shares(n: int, seed: int = 1) -> pa.Table:
    """``n`` shares in random order, with CooRTweet's columns: ``account_id, object_id, timestamp_share, content_id``.

    There is one account for ten shares and one object for six; both activity and popularity are heavy-tailed, up to
    some 1,500 shares of one account and 8,000 of one object, however many shares there are. Shares of an
    object follow its birth with a log-normal delay: half within an hour, a fiftieth within 2 minutes. 2 % of the
    shares belong to groups of 25 accounts that share the same things within a minute.
    """
    random = np.random.default_rng(seed)
    accounts, objects = max(n // 10, 10), max(n // 6, 10)
    planted = n // 50 // 25 * 25
    account = heavy(random, accounts, n - planted, 1.3, 1_500)
    thing = heavy(random, objects, n - planted, 1.1, 8_000)
    birth = START + random.integers(0, DAYS * 86_400, objects)
    time = birth[thing] + random.lognormal(np.log(3600), 1.7, n - planted).astype(np.int64)
    ours, theirs, when = _groups(random, planted, accounts, objects)
    account, thing, time = (np.concatenate(c) for c in ((account, ours), (thing, theirs), (time, birth[theirs] + when)))
    order = random.permutation(n)
    # names as long as those of real platforms, so that files are as large as real ones
    return pa.table(
        {
            "account_id": _names(7 * 10**11, account[order]),
            "object_id": _names(14 * 10**17, thing[order]),
            "timestamp_share": pa.array(time[order]),
            "content_id": _names(15 * 10**17, np.arange(n)),
        }
    )


def heavy(random: np.random.Generator, n: int, size: int, tail: float, most: int) -> NDArray[np.int64]:
    """``size`` draws of ``n`` things of Pareto popularity with this tail; none is expected over ``most`` times."""
    return random.choice(n, size, p=shares_of(random, n, size, tail, most))


def shares_of(random: np.random.Generator, n: int, size: int, tail: float, most: int) -> NDArray[np.float64]:
    """The shares of ``n`` things in ``size`` draws as `heavy` makes them; they sum to 1."""
    popularity = random.pareto(tail, n) + 1
    for _ in range(20):  # cutting the top raises everything else, which may need cutting again
        popularity = np.minimum(popularity / popularity.sum(), most / size)
    return np.asarray(popularity / popularity.sum())


def _groups(random: np.random.Generator, planted: int, accounts: int, objects: int) -> tuple[NDArray[np.int64], ...]:
    """Groups of 25 accounts; each time, all of one group share one object within a minute of each other."""
    rounds = planted // 25
    groups = random.integers(0, accounts, (max(rounds // 40, 1), 25))
    ours = groups[random.integers(0, len(groups), rounds)].ravel()
    theirs = np.repeat(random.integers(0, objects, rounds), 25)
    when = np.repeat(random.integers(60, 7200, rounds), 25) + random.integers(0, 60, len(theirs))
    return ours, theirs, when


def _names(first: int, numbers: NDArray[np.int64]) -> pa.Array:
    """Ids as text, counted from ``first``."""
    return pa.array(first + numbers).cast(pa.string())
