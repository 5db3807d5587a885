"""Runs of followers unlike the rest: found where planted, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from graphnet.audits._blocks import SMALLEST, blocks

DAY = 86400.0


def ages(rng, size=12_000):
    return rng.exponential(600 * DAY, size)


@pytest.mark.parametrize("low", [0, 5000, 11_400])
def test_a_planted_block_is_found_within_a_window(low):
    held = ages(np.random.default_rng(2))
    held[low : low + 600] = np.random.default_rng(3).uniform(0, 20 * DAY, 600)
    (found,) = blocks(held)
    assert abs(found.start - low) <= found.width
    assert abs(found.end - low - 600) <= found.width
    assert found.median < 20 * DAY < found.others
    assert found.q < 1e-6


def test_old_accounts_of_one_season_stand_out_too():
    """Accounts made together years ago: nothing new about them, but all of one age."""
    held = ages(np.random.default_rng(4))
    held[8000:8800] = np.random.default_rng(5).uniform(895 * DAY, 905 * DAY, 800)
    (found,) = blocks(held)
    assert found.young <= 900 * DAY <= found.old
    assert abs(found.start - 8000) <= found.width


def test_ordinary_lists_have_none():
    """… also where stretches differ a little everywhere."""
    rng = np.random.default_rng(6)
    uneven = [ages(rng) * np.repeat(np.exp(0.2 * rng.normal(size=200)), 60) for _ in range(40)]
    assert sum(bool(blocks(held)) for held in uneven) <= 1


def test_unknown_ages_are_passed_over():
    held = ages(np.random.default_rng(7))
    held[6000:6500] = DAY
    known = blocks(held)
    gaps = np.insert(held, np.arange(0, 12_000, 10), np.nan)
    (found,) = blocks(gaps)
    assert (found.end - found.start) == pytest.approx((known[0].end - known[0].start) * 1.1, rel=0.05)


def test_too_few_or_all_alike_say_nothing():
    assert blocks(np.arange(7.0 * SMALLEST)) == []
    assert blocks(np.zeros(2000)) == []
    assert blocks(np.full(2000, np.nan)) == []
