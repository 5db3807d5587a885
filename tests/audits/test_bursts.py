"""Windows of burst: found where they were put, none where nothing was, the same for steps of other length."""

from __future__ import annotations

import numpy as np
import pytest

from graphnet.audits._bursts import CLEAR, LEAST, exposure, find

HOURS = 14 * 24


def calm(seed: int, mean: float = 4.0, spread: float = 0.5) -> np.ndarray:
    """Hourly counts of something that always goes on: negative binomial."""
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(1 / spread, mean * spread, HOURS))


def test_a_planted_burst_is_found_to_the_hour() -> None:
    holds = 0
    for seed in range(40):
        counts = calm(seed)
        counts[200:212] += 80
        (window,) = find(counts, np.ones(HOURS)).windows
        assert window.start == 200
        assert 212 <= window.end <= 213  # a busy hour may follow by chance
        holds += window.low < 80 / 4 + 1 < window.high
        assert window.posts == counts[200 : window.end].sum()
    assert holds >= 34  # of a 95 % interval: 38 expected


def test_ordinary_goings_on_have_no_burst() -> None:
    found = [w for seed in range(100) for w in find(calm(seed, mean=6.0), np.ones(HOURS)).windows]
    assert len(found) <= 5  # of 33,600 hours in a hundred collections


def test_what_everything_else_does_too_is_no_burst() -> None:
    """Everybody posts ten times as much by day: counts that follow it are usual."""
    rng = np.random.default_rng(3)
    daily = np.tile(np.where(np.arange(24) < 12, 10.0, 1.0), 14)
    counts, others = rng.poisson(4 * daily), rng.poisson(400 * daily)
    exposed, words = exposure(others, counts)
    assert "what else was posted" in words
    assert not find(counts, exposed).windows
    assert find(rng.poisson(np.where(np.arange(HOURS) // 24 == 9, 40, 4) * daily), exposed).windows


def test_a_gap_of_the_collector_is_no_pause() -> None:
    rng = np.random.default_rng(4)
    open_ = (np.arange(HOURS) // 24) % 2 == 0
    counts, others = rng.poisson(6 * open_), rng.poisson(300 * open_)
    assert not find(counts, exposure(others, counts)[0]).windows


def test_nights_do_not_part_a_window_and_days_do() -> None:
    counts = calm(5, mean=1.0)
    counts[100:110] += 50
    counts[116:126] += 50  # six hours later
    counts[180:190] += 50  # two days later
    found = sorted((w.start, w.end) for w in find(counts, np.ones(HOURS)).windows)
    assert found == [(100, 126), (180, 190)]


def test_something_new_has_a_finite_ratio() -> None:
    counts = np.zeros(HOURS, dtype=np.int64)
    counts[50:52] = 300
    (window,) = find(counts, np.ones(HOURS)).windows
    assert (window.start, window.end) == (50, 52)
    assert np.isfinite([window.ratio, window.low, window.high]).all()
    assert window.expected < 1


def test_a_smaller_burst_beside_a_huge_one_is_found_too() -> None:
    counts = calm(6, mean=1.0)
    counts[100:104] += 5000
    counts[250:254] += 40
    found = find(counts, np.ones(HOURS)).windows
    assert [(w.start, w.end) for w in found] == [(100, 104), (250, 254)]


@pytest.mark.parametrize("counts", [np.zeros(HOURS, np.int64), np.full(HOURS, 7), np.array([5]), np.array([100])])
def test_nothing_to_compare_with_is_no_burst(counts: np.ndarray) -> None:
    assert not find(counts, np.ones(len(counts))).windows


def test_windows_are_large_and_clear() -> None:
    for seed in range(30):
        counts = calm(seed, mean=0.5, spread=3.0)
        for window in find(counts, np.ones(HOURS)).windows:
            assert window.posts >= LEAST
            assert window.low > CLEAR
            assert window.expected < window.posts


def test_longer_steps_join_over_fewer_of_them() -> None:
    counts = np.ones(200, dtype=np.int64)
    counts[[50, 52]] = 60
    hours, days = find(counts, np.ones(200), 3600).windows, find(counts, np.ones(200), 86400).windows
    assert [(w.start, w.end) for w in hours] == [(50, 53)]
    assert sorted((w.start, w.end) for w in days) == [(50, 51), (52, 53)]
