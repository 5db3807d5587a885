"""Accounts of both sides that were made on the same days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.audits._chance import interval
from graphnet.crowds import Ints, Numbers
from graphnet.plots import Lines, Plot, Series
from graphnet.rows import FEW, Row, Side
from graphnet.rows._nulls import GROUPS, LEAST, NO_CONTROLS, chance
from graphnet.safe import show

__all__ = ["Creation"]

DAY = 86_400
NEAR = DAY
"""Two accounts this near were made on the same day."""
AWAY = 30 * DAY
"""By how much runs of dates are moved: whoever makes accounts for one event makes them in the same weeks."""
GAP = 2 * DAY
"""Dates of one side with less than this between them are one run, and are moved together."""


class Creation(Row):
    """Were accounts of both sides made within a day of one another, more than the same weeks explain?"""

    name: ClassVar[str] = "creation"
    title: ClassVar[str] = "accounts made on the same days"
    family: ClassVar[str] = "made"
    null: ClassVar[str] = (
        "the larger of two: each run of one side's dates is moved by up to 30 days within its time, both ways "
        f"round; and {GROUPS}"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        if why := super().missing(a, b):
            return why
        known = [int((~np.isnan(_dates(side))).sum()) for side in (a, b)]
        if min(known) < FEW:
            return f"not applicable: creation dates of {known[0]:,} and {known[1]:,} accounts are known"
        return None

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        common = a.common
        one, two = (_known(_dates(side)) for side in (a, b))
        value = near(one, two)
        groups = [common.controls(side.own, side.place) for side in (a, b)]
        exchanged = [common.exchanged(side.own, side.place) for side in (a, b)]
        if not all(map(len, [*groups, *(one.groups for one in exchanged)])):
            return self.answer(NO_CONTROLS)
        p, expected = moved(one, two, common.rounds, common.seed)
        made = [common.created(side.place)[g] for side, g in zip((a, b), groups, strict=True)]
        ways = [[near(_known(g), two) for g in made[0]], [near(one, _known(g)) for g in made[1]]]
        like = max(chance(value, np.array(way)) for way in ways)
        like = max(like, *(_chance(*turn) for turn in ((a, b, exchanged[0].groups), (b, a, exchanged[1].groups))))
        expected = max(expected, *(float(np.mean(way)) for way in ways))
        n = len(one) + len(two)
        low, high = interval(value, n)
        return self.answer(
            f"{value:,} of {n:,} accounts were made within a day of one of the other side; {expected:,.1f} expected",
            float(value), "accounts", low=low * n, high=high * n, reference=expected,
            compared_with="expected of the same weeks, or of like accounts", p=max(p, like) if value >= LEAST else 1.0,
            evidence=_shown(a, b),
        )  # fmt: skip

    def plots(self, a: Side, b: Side) -> Sequence[Plot]:
        """Accounts made up to each date."""
        series = []
        for side in (a, b):
            dates = _known(_dates(side))
            share = tuple((np.arange(len(dates)) + 1) / max(len(dates), 1))
            series.append(Series(show(side.name, 40), tuple(map(float, dates)), tuple(map(float, share))))
        note = "Where both lines rise steeply on the same day, accounts of both were made then."
        return (
            Lines("When the accounts were made", "date", "share of accounts", note, series=tuple(series), times=True),
        )


def _dates(side: Side) -> Numbers:
    found: Numbers = side.common.created(side.place)[side.own]
    return found


def _known(dates: Numbers) -> Ints:
    return np.sort(dates[~np.isnan(dates)]).astype(np.int64)


def near(one: Ints, two: Ints) -> int:
    """How many dates of either have one of the other within a day.

    Example:
        >>> near(np.array([0, 500_000]), np.array([10, 20]))
        3
    """
    return int(_close(one, two).sum() + _close(two, one).sum())


def _chance(side: Side, other: Side, exchanged: Ints) -> float:
    """P of so many accounts of a side made near one of the other, where they and others change places."""
    close = _close(np.nan_to_num(side.common.created(side.place), nan=-np.inf), _known(_dates(other)))
    return chance(float(close[side.own].sum()), close[exchanged].sum(axis=1))


def _close(one: Ints, two: Ints) -> np.ndarray:
    if not len(two):
        return np.zeros(len(one), dtype=np.bool_)
    at = np.searchsorted(two, one)
    left, right = two[np.maximum(at - 1, 0)], two[np.minimum(at, len(two) - 1)]
    return np.asarray(np.minimum(np.abs(one - left), np.abs(right - one)) <= NEAR)


def moved(one: Ints, two: Ints, rounds: int, seed: int) -> tuple[float, float]:
    """P of so many dates near one another where runs of dates are moved by up to 30 days, and the expected number."""
    value, p, expected = near(one, two), 0.0, 0.0
    rng = np.random.default_rng((seed, 4))
    for fixed, free in ((one, two), (two, one)):
        run = np.cumsum(np.diff(free, prepend=free[:1]) >= GAP)
        steps = rng.integers(-AWAY, AWAY + 1, (rounds, int(run.max(initial=0)) + 1))
        found = np.array([near(fixed, np.sort(_within(free + step[run], free))) for step in steps])
        p = max(p, (1 + int((found >= value).sum())) / (1 + rounds))
        expected = max(expected, float(found.mean()))
    return p, expected


def _within(dates: Ints, of: Ints) -> Ints:
    """Dates mirrored at the first and last of some: moved beyond, they would meet fewer of the other side's by that."""
    low, high = of[0], of[-1]
    mirrored = np.where(dates < low, 2 * low - dates, np.where(dates > high, 2 * high - dates, dates))
    return np.asarray(np.clip(mirrored, low, high))


def _shown(a: Side, b: Side) -> list[dict[str, object]]:
    """Days on which accounts of both were made, those with the most first."""
    days = [np.floor(_known(_dates(side)) / DAY).astype(np.int64) for side in (a, b)]
    rows = [
        (d, int((days[0] == d).sum()), int((days[1] == d).sum())) for d in np.intersect1d(days[0], days[1]).tolist()
    ]
    rows.sort(key=lambda r: (-min(r[1], r[2]), r[0]))
    names = [f"accounts of {show(side.name, 40)}" for side in (a, b)]
    return [{"day": str(np.datetime64(d, "D")), names[0]: x, names[1]: y} for d, x, y in rows[:25]]
