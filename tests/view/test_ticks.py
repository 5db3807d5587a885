"""Ticks of axes: round, few, inside the axis, and readable."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.view.ticks import EARLIEST, LATEST, date, dates, numbers, rounded

amounts = st.floats(-1e12, 1e12, allow_nan=False)


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]


@given(amounts, amounts, st.integers(2, 12))
def test_figures_lie_inside_and_are_few_and_told_apart(a: float, b: float, most: int) -> None:
    low, high = min(a, b), max(a, b)
    if high - low < 1e-9 * max(1.0, abs(low), abs(high)):
        return
    found = numbers(low, high, most)
    slack = 1e-6 * (high - low)
    assert len(found) <= most + 1
    assert all(low - slack <= t.at <= high + slack for t in found)
    assert len({t.text for t in found}) == len(found)


@given(amounts, amounts)
def test_rounded_axes_hold_what_they_are_given(a: float, b: float) -> None:
    low, high = rounded(min(a, b), max(a, b))
    slack = 1e-6 * (high - low)
    assert low - slack <= min(a, b)
    assert high + slack >= max(a, b)
    assert high > low


@pytest.mark.parametrize(
    ("axis", "said"),
    [
        ((0, 1), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((0, 0.09), ["0", "0.02", "0.04", "0.06", "0.08"]),
        ((-5, 17), ["-5", "0", "5", "10", "15"]),
        ((0, 120_000), ["0", "25,000", "50,000", "75,000", "100,000"]),
        ((0, 2_400_000), ["0", "0.5 m", "1 m", "1.5 m", "2 m"]),
        ((0, 5e9), ["0", "1 bn", "2 bn", "3 bn", "4 bn", "5 bn"]),
    ],
)
def test_figures_have_the_digits_that_tell_them_apart(axis: tuple[float, float], said: list[str]) -> None:
    assert [t.text for t in numbers(*axis)] == said


def test_counts_have_no_halves() -> None:
    assert [t.text for t in numbers(0, 2, whole=True)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (at(2023, 11, 14, 22), at(2023, 11, 15, 2), ["22:00 14 Nov 2023", "23:00", "00:00 15 Nov", "01:00", "02:00"]),
        (at(2023, 12, 30), at(2024, 1, 2), ["30 Dec 2023", "31 Dec", "1 Jan 2024", "2 Jan"]),
        (at(2023, 9, 6), at(2024, 2, 3), ["Oct 2023", "Nov", "Dec", "Jan 2024", "Feb"]),
        (at(2008, 3, 1), at(2024, 1, 1), ["2010", "2015", "2020"]),
        (at(2024, 1, 1), at(2024, 1, 1, 0, 0, 50), ["00:00 1 Jan 2024", "00:00:15", "00:00:30", "00:00:45"]),
    ],
)
def test_dates_say_day_and_year_where_they_change(low: float, high: float, said: list[str]) -> None:
    assert [f"{t.text} {t.under}".strip() for t in dates(low, high)] == said


def test_weeks_start_on_mondays() -> None:
    found = dates(at(2024, 1, 1), at(2024, 2, 1))
    assert len(found) > 2
    assert {datetime.fromtimestamp(t.at, UTC).weekday() for t in found} == {0}


@given(st.floats(EARLIEST - 1e12, LATEST + 1e12), st.floats(0, 1e12))
def test_no_time_breaks_the_calendar(low: float, span: float) -> None:
    found = dates(low, low + span)
    assert len(found) <= 8
    assert all(math.isfinite(t.at) and t.text for t in found)
    assert date(low)
