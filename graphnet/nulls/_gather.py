"""From a study whose rows may be on several machines to `Whole`: the same shares as `_cells.load`, left where they are.

Example:
    >>> bounds([0, 10, 20, 30], [5, 1, 1, 5], groups=2)
    (20,)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from graphnet.engines import Engine
from graphnet.nulls._cells import CLUSTERS_SQL, LASTING, OBJECTS_SQL, PLATFORMS_SQL, SHARES_SQL, named
from graphnet.nulls._whole import Whole, shape

__all__ = ["AT_ONCE", "bounds", "gather"]

AT_ONCE = 20_000_000
"""Shares that one task holds, of some 150 bytes each."""
GRAIN = 4096
"""Ranges of account numbers whose shares are counted to cut them into groups."""

RAW = shape("spread_raw", ints="account object time")
ABOUT = shape("spread_about", ints="object created", texts="kind author")
THINGS = shape("spread_things", ints="object author created first_seen born popularity")
SHARES = shape("spread_shares", ints="account object time author created first_seen born popularity", flags="active")

THINGS_SQL = """
with counted as (
    select object, count(*) as popularity, min(time) as first_seen from spread_raw group by object
), named as (
    select author, min(object) as number from spread_about where author is not null group by author
)
select c.object, n.number as author, a.created, c.first_seen, c.popularity,
    case when a.created is null or c.first_seen < a.created then c.first_seen else a.created end as born
from counted c left join spread_about a on a.object = c.object left join named n on n.author = a.author"""

ALL_SQL = """
with acted as (
    select account, count(*) as acts from spread_raw group by account
)
select r.account, r.object, r.time, t.author, t.created, t.first_seen, t.born, t.popularity,
    a.acts >= {floor} as active
from spread_raw r join spread_things t on t.object = r.object join acted a on a.account = r.account"""

SIZES_SQL = """
select account - account % {width} as low, count(*) as n from spread_shares
where active and popularity > 1 group by account - account % {width} order by low"""


def gather(
    engine: Engine, folder: Path, rows: str, of: Literal["objects", "clusters"], *, floor: int, at_once: int
) -> tuple[Whole, str] | None:
    """The shares of a layer as a table of the engine, and what the objects are (``posts``, ``links``, …).

    Args:
        engine: Has the study's tables.
        folder: Where tables for the length of the step are written.
        rows: The layer's SQL, with columns ``account, object, time``.
        of: What the numbers in ``object`` are.
        floor: Fewest objects of an active account.
        at_once: Most shares that one task should hold.

    Returns:
        None where the objects are there all the time: telling their communities of interest takes all shares at once.
    """
    whole = Whole(engine, folder, SHARES.name)
    whole.save(SHARES_SQL.format(rows=rows), RAW)
    about = CLUSTERS_SQL if of == "clusters" else OBJECTS_SQL
    whole.save(about.format(rows=rows, platforms=PLATFORMS_SQL), ABOUT)
    kinds = set(whole.rows(f"select distinct kind from {ABOUT.name}")["kind"].to_pylist())
    if kinds and kinds <= set(LASTING):
        return None
    whole.save(THINGS_SQL, THINGS)
    whole.save(ALL_SQL.format(floor=floor), SHARES)
    most = whole.one(f"select coalesce(max(account), 0) as account from {SHARES.name}")["account"]
    sizes = whole.rows(SIZES_SQL.format(width=-(-(most + 1) // GRAIN))).to_pydict()
    total = sum(sizes["n"])
    groups = 1 if total <= at_once else -(-2 * total // at_once)
    return replace(whole, bounds=bounds(sizes["low"], sizes["n"], groups)), named(kinds)


def bounds(low: Sequence[int], n: Sequence[int], groups: int) -> tuple[int, ...]:
    """The first account of each group but the first, so that all have about as many shares.

    Args:
        low: First account of each range, ascending.
        n: Shares of each range.
        groups: Number of groups; there are fewer where the ranges are too coarse for that.
    """
    total, before, found = sum(n), 0, []
    for start, some in zip(low, n, strict=True):
        # by its middle, so that a range of many shares is counted to neither side alone
        group = (2 * before + some) * groups // (2 * total)
        found.append((group, start))
        before += some
    firsts = [start for (group, start), (last, _) in zip(found[1:], found, strict=False) if group != last]
    return tuple(firsts)
