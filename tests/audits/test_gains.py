"""Change points against a naive optimum, and what becomes of gaps, losses and doubled days."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.audits._gains import PENALTY, Gains, _Cost, changes, from_counts, from_dates, level, segments, usual

DAY = 86400


def naive(gain, days):
    """The cheapest of all ways to cut the series."""
    n, cost = len(gain), _Cost.of(gain, days)
    best = None
    for size in range(n):
        for cuts in combinations(range(1, n), size):
            ends = [0, *cuts, n]
            total = sum(float(cost(a, b)) for a, b in pairwise(ends))
            total += PENALTY * np.log(n) * size
            if best is None or total < best[0] - 1e-9:
                best = (total, cuts)
    return best


@given(st.lists(st.integers(0, 400), min_size=2, max_size=8), st.lists(st.integers(1, 4), min_size=8, max_size=8))
def test_the_optimum_is_found(gain, days):
    gain, days = np.array(gain, float), np.array(days[: len(gain)], float)
    found, cost = changes(gain, days), _Cost.of(gain, days)
    ends = [0, *found, len(gain)]
    total = sum(float(cost(a, b)) for a, b in pairwise(ends))
    total += PENALTY * np.log(len(gain)) * len(found)
    assert total == pytest.approx(naive(gain, days)[0], abs=1e-6)


def test_a_gap_of_days_is_no_jump():
    """Seven days of the usual gain in one figure are the usual gain."""
    gain = np.array([250.0] * 20 + [1750.0] + [250.0] * 20)
    days = np.array([1.0] * 20 + [7.0] + [1.0] * 20)
    assert changes(gain, days) == []
    assert changes(gain, np.ones(41)) == [20, 21]


@pytest.mark.parametrize(("mean", "size"), [(250, 40), (250, 5), (20, 10), (2, 2)])
def test_quiet_series_rarely_change_and_jumps_are_dated_to_the_day(mean, size):
    rng = np.random.default_rng(3)
    false, right = 0, 0
    for _ in range(60):
        quiet = rng.negative_binomial(size, size / (size + mean), 90).astype(float)
        false += bool(changes(quiet, np.ones(90)))
        quiet[60:62] = rng.negative_binomial(size, size / (size + 12.6 * mean), 2)
        right += {60, 62} <= set(changes(quiet, np.ones(90)))
    assert false <= 6
    assert right >= (50 if mean > 10 else 20)


def test_counts_become_gains():
    day = np.array([14, 11, 10, 11, 13])
    gains = from_counts(day, np.array([150.0, 100.0, 90.0, 112.0, 130.0]))
    # the second count of day 11 is the one that stands; day 12 is missing
    assert gains.day.tolist() == [11, 12, 14]
    assert gains.days.tolist() == [1, 2, 1]
    assert gains.gain.tolist() == [22, 18, 20]
    assert gains.rate.tolist() == [22, 9, 20]


def test_the_first_and_last_day_of_follow_dates_are_left_out():
    followed = np.array([0.5, 1.1, 1.9, 3.2, 4.9, np.nan]) * DAY
    gains = from_dates(followed)
    assert gains.day.tolist() == [1, 2, 3]
    assert gains.gain.tolist() == [2, 0, 1]
    assert len(from_dates(np.array([np.nan])).gain) == 0


def test_the_usual_level_leaves_jumps_out():
    gain = np.array([100.0, 104, 96, 100] * 10 + [1000.0, 1100] + [100.0, 96, 104, 100] * 3)
    gains = Gains(np.arange(len(gain)), np.ones(len(gain)), gain)
    found = segments(gains)
    assert [(s.start, s.end) for s in found] == [(0, 40), (40, 42), (42, 54)]
    assert usual(gains, found).tolist() == [True] * 40 + [False] * 2 + [True] * 12
    assert (found[1].earliest, found[1].latest) == (40, 40)
    assert found[1].low < 1050 < found[1].high


def test_the_interval_of_the_median_holds_nineteen_times_of_twenty():
    rng = np.random.default_rng(0)
    held = [level(rng.lognormal(3, 1, 60)) for _ in range(400)]
    inside = np.mean([x.low <= np.exp(3) <= x.high for x in held if x])
    assert 0.92 < inside < 0.99
    assert level(np.arange(5.0)) is None


def test_losses_are_no_gain():
    assert changes(np.array([10.0, -5000, 10, 11, 9, 10]), np.ones(6)) == changes(
        np.array([10.0, 0, 10, 11, 9, 10]), np.ones(6)
    )
