"""The scan statistic against a naive search, and its p on lists that chance made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels.windows import null_maxima, windows
from graphnet.scan import bursts


def statistic(c, e, total):
    if c <= e:
        return 0.0
    rest = (total - c) * np.log((total - c) / (total - e)) if c < total else 0.0
    return c * np.log(c / e) + rest


def naive(listed, controls, width):
    """The largest statistic of all windows of at most ``width`` days."""
    best = 0.0
    for low in range(41):
        for high in range(low, min(low + width, 41)):
            c = sum(low <= d <= high for d in listed)
            m = sum(low <= d <= high for d in controls)
            best = max(best, statistic(c, len(listed) * (m + 0.5) / (len(controls) + 0.5), len(listed)))
    return best


DAYS = st.lists(st.integers(0, 40), min_size=1, max_size=12)


@given(DAYS, DAYS, st.integers(1, 12))
def test_the_strongest_window_is_found(listed, controls, width):
    best = naive(listed, controls, width)
    found = bursts(np.array(listed), np.array(controls), width=width, draws=19)
    assert (found[0].statistic if found else 0.0) == pytest.approx(best)
    for burst in found:
        assert burst.last - burst.first < width
        assert burst.accounts == sum(burst.first <= d <= burst.last for d in listed)


def test_the_largest_of_each_split_is_that_of_a_full_search():
    """The short cut of the null model and the listing of all windows agree."""
    day = np.arange(30)
    rng = np.random.default_rng(0)
    pooled = rng.integers(0, 6, 30)
    # all are listed but one: one split is like another, up to which one is the control
    found = null_maxima(day, pooled, int(pooled.sum()) - 1, 5, 50, 3)
    possible = []
    for i in np.flatnonzero(pooled):
        listed = pooled.copy()
        listed[i] -= 1
        _, values = windows(day, listed, pooled, 5, 0.0)
        possible.append(values.max() if len(values) else 0.0)
    for value in found.tolist():
        assert any(value == pytest.approx(p) for p in possible)


@pytest.mark.parametrize("controls", [100, 500])
def test_p_is_honest(controls):
    """Dates with seasons, the same for both sides: one list in twenty has p <= .05, not more.

    Less often than one in two has p <= .5, as many windows of few accounts are equal.
    """
    rng = np.random.default_rng(1)

    def seasonal(n):
        return np.where(rng.random(n) < 0.3, rng.normal(1000, 60, n), rng.integers(0, 3000, n)).astype(int)

    p = [found[0].p for _ in range(120) if (found := bursts(seasonal(80), seasonal(controls), draws=199))]
    assert np.mean(np.array(p) <= 0.05) <= 0.12
    assert np.mean(np.array(p) <= 0.5) <= 0.62


def test_several_bursts_are_told_apart():
    rng = np.random.default_rng(2)
    listed = np.concatenate([rng.integers(0, 3000, 60), rng.integers(500, 510, 25), rng.integers(2000, 2025, 30)])
    found = [b for b in bursts(listed, rng.integers(0, 3000, 1000), draws=499) if b.p <= 0.05]
    assert [(b.first > 480 and b.last < 530) or (b.first > 1980 and b.last < 2040) for b in found] == [True, True]
    assert found[0].statistic >= found[1].statistic
    assert sum(b.accounts for b in found) >= 50


def test_the_order_of_accounts_makes_no_difference():
    rng = np.random.default_rng(3)
    listed, controls = rng.integers(0, 500, 60), rng.integers(0, 500, 300)
    first = bursts(listed, controls, draws=99)
    assert bursts(rng.permutation(listed), rng.permutation(controls), draws=99) == first
    assert bursts(listed, controls, draws=99, seed=8) is not first


def test_numpys_random_numbers_are_left_alone():
    np.random.seed(5)
    before = np.random.get_state()[1].tolist()
    bursts(np.arange(30), np.arange(300), draws=19)
    assert np.random.get_state()[1].tolist() == before


def test_nothing_to_scan():
    none = np.zeros(0, dtype=np.int64)
    assert bursts(none, np.arange(5)) == []
    assert bursts(np.arange(5), none) == []
