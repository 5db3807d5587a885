"""Makes timelines of people and of machines, and studies of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from small_study import shuffled, small_study

from graphnet.study import Study

START = 1_699_833_600
"""Midnight UTC of a Monday."""
DAY = 86_400


def person(seed: int, days: int = 21, sittings: int = 2) -> list[int]:
    """Sittings of about three posts in the waking hours of one time zone."""
    rng = np.random.default_rng((1, seed))
    wake = int(rng.integers(0, 96)) * 900
    begin = np.repeat(np.arange(days), sittings) * DAY + rng.integers(0, 15 * 3600, days * sittings) + wake
    posts = [b + np.cumsum(rng.lognormal(4.5, 1.1, int(rng.integers(1, 6)))) for b in begin]
    return sorted(np.concatenate(posts).astype(np.int64).tolist())


def clock(seed: int, days: int = 21, period: int = 7200) -> list[int]:
    """A post every two hours, a few seconds after the full minute, day and night."""
    rng = np.random.default_rng((2, seed))
    ticks = np.arange(int(rng.integers(0, period)) // 60 * 60, days * DAY, period)
    return sorted((ticks + rng.integers(0, 3, len(ticks))).tolist())


def cyborg(seed: int, days: int = 21) -> list[int]:
    """A person who sleeps, with a program that posts every half hour of the waking day on the full minute."""
    rng = np.random.default_rng((1, seed))
    wake = int(rng.integers(0, 96)) * 900
    times = person(seed, days)
    scheduled = [d * DAY + wake + t for d in range(days) for t in range(0, 15 * 3600, 1800)]
    return sorted([*times, *scheduled])


def rhythmic(
    folder: Path,
    lines: Sequence[Iterable[int]],
    groups: Mapping[int, Iterable[int]],
    *,
    order: int = 0,
    accounts: Mapping[int, Mapping[str, Any]] | None = None,
    client: Mapping[int, str] | None = None,
) -> Study:
    """A study with one account a timeline (seconds after `START`); ``order`` above 0: rows in another order."""
    rows = [
        {
            "account": account, "time": START + t, "text": f"words {account} {n}", "repost": False,
            "client": (client or {}).get(account),
        }
        for account, times in enumerate(lines)
        for n, t in enumerate(times)
    ]  # fmt: skip
    posts = [{"post": i, "id": f"p{i}", **row} for i, row in enumerate(rows)]
    people = [{"account": a, **(accounts or {}).get(a, {})} for a in range(len(lines))]
    held = shuffled(posts, order) if order else posts
    return small_study(folder, people, groups=groups, posts=held)
