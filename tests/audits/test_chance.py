"""Overlaps within strata against enumeration and simulation."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import hypergeom

from graphnet.audits import Answer
from graphnet.audits._chance import corrected, overlap, two_shares
from graphnet.discovery import benjamini_hochberg


def test_one_stratum_is_the_hypergeometric_distribution():
    marked, drawn = np.arange(50) < 20, (np.arange(50) % 4 == 0) | (np.arange(50) < 8)
    expected, p = overlap(np.zeros(50, int), marked, drawn)
    observed, n = int((marked & drawn).sum()), int(drawn.sum())
    assert expected == pytest.approx(20 * n / 50)
    assert p == pytest.approx(hypergeom.sf(observed - 1, 50, 20, n))


def test_strata_are_added_up_exactly():
    """Against all ways to draw within each stratum."""
    stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    marked = np.array([1, 1, 0, 0, 1, 1, 1, 0, 0], bool)
    drawn = np.array([1, 1, 0, 0, 1, 1, 0, 0, 0], bool)
    ways = [
        sum(marked[list(a)]) + sum(marked[list(b)])
        for a, b in product(combinations(range(4), 2), combinations(range(4, 9), 2))
    ]
    expected, p = overlap(stratum, marked, drawn)
    assert expected == pytest.approx(np.mean(ways))
    assert p == pytest.approx(np.mean(np.array(ways) >= 4))


def test_strata_take_a_common_cause_away():
    """Two lists that both hold the busy accounts overlap more than chance over all, not within busy and quiet."""
    rng = np.random.default_rng(1)
    busy = np.arange(2000) < 400
    first, second = (rng.random(2000) < np.where(busy, 0.5, 0.02) for _ in range(2))
    assert overlap(np.zeros(2000, int), first, second)[1] < 1e-6
    assert overlap(busy.astype(int), first, second)[1] > 0.01


def test_nothing_drawn_or_nothing_marked():
    none, all_ = np.zeros(4, bool), np.ones(4, bool)
    assert overlap(np.zeros(4, int), none, all_) == (0.0, 1.0)
    expected, p = overlap(np.zeros(4, int), all_, all_)
    assert (expected, p) == (4.0, pytest.approx(1.0))


def test_two_shares_and_correction():
    assert two_shares(5, 100, 5, 100) == 1.0
    assert two_shares(60, 100, 5, 100) < 1e-10
    assert benjamini_hochberg(np.array([0.04, 0.01, 0.03])).tolist() == pytest.approx([0.04, 0.03, 0.04])
    answers = corrected([Answer("a", "s", 1.0, "u", "r", p=0.02), Answer("b", "s", 1.0, "u", "r")])
    assert [a.q for a in answers] == [0.02, None]
