"""When a community acts and when its accounts were made, beside all other accounts: plots for its section.

Example:
    >>> bins(0, 86_400 * 90).tolist()[:3]
    [0, 86400, 172800]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphnet.plots import Bars, Plot
from graphnet.week import hours_kept
from graphnet.words import count, iso, percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["bins", "portraits"]

Ints = NDArray[np.int64]
HOUR, DAY = 3600, 86_400
LENGTHS = (HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY, 91 * DAY, 364 * DAY)
MOST = 100
"""Most bars of a plot: more are thinner than a line."""
FEWEST = 5
"""Fewest known dates for a histogram."""

# nearly all actions are those of a post: only what no post stands for is sorted out, not the whole table
TIMES_SQL = """
with acts as (
    select account, time from posts where time is not null
    union all
    select account, time from (
        select distinct a.account, a.time, a.post from actions a where a.time is not null and not exists (
            select 1 from posts p where p.post = a.post and p.account = a.account and p.time = a.time)
    ) other
)
select coalesce(m.community, 0) as community, x.time from acts x left join members m on m.account = x.account"""


def portraits(study: Study, communities: Sequence[int]) -> dict[int, list[Plot]]:
    """Plots of each community: acts over time, hours of the week, creation dates.

    Args:
        study: A study with members.
        communities: Which communities.

    Returns:
        For each the plots that its data allow; what is expected is the share of all accounts in no community.
    """
    acts = study.rows(TIMES_SQL)
    community, time = acts["community"].to_numpy(), acts["time"].to_numpy()
    made = study.rows(
        "select coalesce(m.community, 0) as community, a.created from accounts a "
        "left join members m on m.account = a.account where a.created is not null"
    )
    of, created = made["community"].to_numpy(), made["created"].to_numpy()
    # sorted once: a histogram of millions of times for each community would sort them for each
    others, theirs = np.sort(time[community == 0]), np.sort(created[of == 0])
    time, community = time[community > 0], community[community > 0]
    found: dict[int, list[Plot]] = {}
    for number in communities:
        mine = time[community == number]
        plots = [_timeline(mine, others), hours_kept(f"C{number}", mine, "acts")] if len(mine) else []
        if (of == number).sum() >= FEWEST:
            plots.append(_creation(created[of == number], theirs))
        found[number] = plots
    return found


def bins(first: int, last: int) -> Ints:
    """Edges of bins from ``first`` to ``last`` (s), of the shortest usual length that gives at most `MOST` of them."""
    length = next((size for size in LENGTHS if (last - first) // size < MOST), LENGTHS[-1])
    start = first // length * length
    edges: Ints = np.arange(start, last + length + 1, length)
    return edges if edges[-2] <= last else edges[:-1]


def _timeline(mine: Ints, others: Ints) -> Bars:
    edges = bins(int(mine.min()), int(mine.max()))
    heights, expected = np.histogram(mine, edges)[0], _scaled(others, edges, len(mine))
    top = int(heights.argmax())
    length = int(edges[1] - edges[0])
    unit = {HOUR: "hour", 6 * HOUR: "6 hours", DAY: "day"}.get(length, f"{length // DAY} days")
    busiest = f"the fullest begins {_when(int(edges[top]), length)} and has {percent(heights[top] / len(mine))} of them"
    note = (
        f"{count(len(mine), 'act')}, {count(len(heights), 'bar')} of {unit}; {busiest}{_beside(expected, top, mine)}."
    )
    return Bars(
        "Acts over time", "time (UTC)", f"acts per {unit}", note,
        times=True, heights=tuple(heights.tolist()), edges=tuple(edges.tolist()), expected=expected,
    )  # fmt: skip


def _creation(mine: Ints, others: Ints) -> Bars:
    edges = bins(int(mine.min()), int(mine.max()))
    heights, expected = np.histogram(mine, edges)[0], _scaled(others, edges, len(mine))
    top, length = int(heights.argmax()), int(edges[1] - edges[0])
    note = (
        f"{count(len(mine), 'creation date')} known; most accounts in one bar: {heights[top]:,}, from "
        f"{_when(int(edges[top]), length)}{_beside(expected, top, mine)}."
    )
    return Bars(
        "When the accounts were made", "date (UTC)", "accounts", note,
        times=True, heights=tuple(heights.tolist()), edges=tuple(edges.tolist()), expected=expected,
    )  # fmt: skip


def _scaled(others: Ints, edges: Ints, total: int) -> tuple[float, ...]:
    """What the accounts in no community (sorted) would give, for as many in all; empty where they are too few."""
    if len(others) < MOST:
        return ()
    below = np.searchsorted(others, edges)
    below[-1] = np.searchsorted(others, edges[-1], side="right")  # the last bin has both its ends
    shares = np.diff(below) / len(others)
    return tuple((shares * total).tolist())


def _beside(expected: tuple[float, ...], top: int, mine: Ints) -> str:
    if not expected:
        return "; there are too few other accounts to compare with"
    return f"; the accounts in no community have {percent(min(expected[top] / len(mine), 1.0))} of theirs in it"


def _when(time: int, length: int) -> str:
    text = iso(time) or ""
    return text[:16].replace("T", " ") if length < DAY else text[:10]
