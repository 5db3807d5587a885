"""Intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from graphnet.intervals import ratio, wilson

Z = 1.959963984540054


def numbers(*values):
    return [np.array([float(v)]) for v in values]


def test_wilson_against_scipy():
    for x, n in [(0, 10), (3, 10), (10, 10), (250, 1000)]:
        low, high = wilson(*numbers(x, n))
        known = binomtest(x, n).proportion_ci(method="wilson")
        assert (low[0], high[0]) == pytest.approx((known.low, known.high), abs=1e-12)


def test_ratio_is_the_formula_as_published():
    x1, n1, x2, n2 = 12, 40, 30, 500
    p, q = x1 / n1, x2 / n2

    def limits(x, n):
        share = x / n
        middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
        return middle - half, middle + half

    (a, b), (c, d) = limits(x1, n1), limits(x2, n2)
    low = (p * q - np.sqrt((p * q) ** 2 - a * d * (2 * p - a) * (2 * q - d))) / (d * (2 * q - d))
    high = (p * q + np.sqrt((p * q) ** 2 - b * c * (2 * p - b) * (2 * q - c))) / (c * (2 * q - c))
    found = ratio(*numbers(x1, n1, x2, n2))
    assert (found[0][0], found[1][0]) == pytest.approx((low, high))


def test_ratio_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    n1, n2 = np.full(20_000, 40.0), np.full(20_000, 1000.0)
    for p, q in [(0.3, 0.3), (0.5, 0.05), (0.9, 0.02)]:
        low, high = ratio(rng.binomial(40, p, 20_000) * 1.0, n1, rng.binomial(1000, q, 20_000) * 1.0, n2)
        assert 0.93 < np.mean((low <= p / q) & (p / q <= high)) < 0.98


@given(st.integers(1, 40), st.integers(0, 500), st.integers(1, 5000))
def test_ratio_holds_the_estimate_and_widens_with_what_was_looked_at(x1, x2, looked_at):
    low, high = ratio(*numbers(x1, 40, x2, 500))
    wide_low, wide_high = ratio(*numbers(x1, 40, x2, 500), looked_at=looked_at)
    assert wide_low[0] <= low[0] * (1 + 1e-12)
    assert wide_high[0] >= high[0] * (1 - 1e-12)
    estimate = np.inf if x2 == 0 else (x1 / 40) / (x2 / 500)
    assert low[0] <= estimate * (1 + 1e-12)
    assert estimate <= high[0] * (1 + 1e-12)


def test_the_fewer_outside_the_higher_the_lower_end():
    lows = [ratio(*numbers(19, 20, x2, 280))[0][0] for x2 in range(280)]
    assert all(np.diff(lows) < 0)


def test_nothing_to_compare_with_is_unknown():
    assert np.isnan(ratio(*numbers(5, 10, 0, 0))).all()
    assert np.isnan(wilson(*numbers(0, 0))[1]).all()
