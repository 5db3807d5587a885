"""Bursts of creation dates as rows and as a histogram."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphnet.audits._creation_profiles import People
from graphnet.audits._dates import day
from graphnet.crowds import Ints, Numbers
from graphnet.plots import Bars, Mark
from graphnet.scan import DAY, Burst
from graphnet.words import iso

__all__ = ["members", "plot", "row"]


def _inside(time: Numbers, burst: Burst) -> Any:
    with np.errstate(invalid="ignore"):
        return (time >= burst.first * DAY) & (time < (burst.last + 1) * DAY)


def members(people: People, time: Numbers, burst: Burst, number: int) -> list[dict[str, Any]]:
    """The accounts of a burst, the oldest first."""
    held = np.flatnonzero(people.mine & _inside(time, burst))
    order = held[np.argsort(time[held], kind="stable")].tolist()
    return [
        {"burst": number, "account": people.id[i], "name": people.name[i], "created": iso(int(time[i]))} for i in order
    ]


def row(burst: Burst, number: int) -> dict[str, Any]:
    """A burst as a row of a table."""
    return {
        "burst": number,
        "first": day(burst.first * DAY),
        "last": day(burst.last * DAY),
        "accounts": burst.accounts,
        "expected": round(burst.expected, 2),
        "statistic": round(burst.statistic, 2),
        "p": burst.p,
    }


def plot(people: People, mine: Ints, controls: Ints, real: list[Burst]) -> Bars:
    """Accounts made in each month, and as many as expected.

    Args:
        people: The accounts.
        mine: Days on which those in question were made, since 1970.
        controls: The same of the controls.
        real: Bursts that chance does not explain.
    """
    months = [d.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) for d in (mine, controls)]
    low, high = int(min(m.min() for m in months)), int(max(m.max() for m in months))
    heights, others = (np.bincount(m - low, minlength=high - low + 1) for m in months)
    edges = np.arange(low, high + 2).astype("datetime64[M]").astype("datetime64[s]").astype(np.float64)
    out = [
        i
        for i in range(len(heights))
        if any(edges[i] < (b.last + 1) * DAY and b.first * DAY < edges[i + 1] for b in real)
    ]
    said = "; ".join(f"{b.accounts:,} from {day(b.first * DAY)} to {day(b.last * DAY)}" for b in real[:5])
    return Bars(
        f"Accounts made a month: {people.subject}",
        "month (UTC)",
        "accounts",
        f"Accounts of {people.subject} by month of creation beside what the controls' dates lead to expect. "
        + (f"Bursts: {said}." if real else "No burst."),
        times=True,
        heights=tuple(heights.astype(float).tolist()),
        edges=tuple(edges.tolist()),
        standing_out=tuple(out),
        expected=tuple((others * len(mine) / len(controls)).tolist()),
        marks=tuple(Mark(float(b.first * DAY), f"burst {i}") for i, b in enumerate(real[:10], start=1)),
    )
