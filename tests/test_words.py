"""Figures as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.words import amount, chance, count, figure, iso, percent, span


@given(st.floats(0, 1))
def test_only_nothing_is_called_nothing_and_only_all_is_called_all(share):
    assert (percent(share) == "0 %") == (share == 0)
    assert (percent(share) == "100 %") == (share == 1)


@pytest.mark.parametrize(
    ("share", "words"), [(0.5, "50 %"), (0.032, "3.2 %"), (0.00001, "under 0.1 %"), (0.9961, "99.6 %")]
)
def test_shares(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (5400, "90 min"), (7200, "2 h"), (86400, "24 h"), (432000, "5 days")],
)
def test_spans(seconds, words):
    assert span(seconds) == words


@given(st.floats(-1e15, 1e15))
def test_no_figure_is_written_in_powers_of_ten(value):
    told = figure(value)
    assert "e" not in told.removeprefix("under")
    if abs(value) >= 0.0001:
        assert float(told.replace(",", "")) == pytest.approx(value, rel=0.006)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3190.2, "3,190"),
        (53799.5, "53,800"),
        (253.46, "253.5"),
        (99.96, "100"),
        (2.5, "2.5"),
        (0.02, "0.02"),
        (-3.25, "-3.25"),
    ],
)
def test_figures(value, words):
    assert figure(value) == words


@pytest.mark.parametrize(("p", "words"), [(0, "< 0.001"), (2.33e-300, "< 0.001"), (0.001, "= 0.001"), (0.25, "= 0.25")])
def test_chances(p, words):
    assert chance(p) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1, "blocks", "1 block"), (2, "blocks", "2 blocks"), (1, "acts a day", "1 act a day"),
        (1, "families", "1 family"),
        (1, "times the usual", "1 times the usual"), (1, "s", "1 s"), (0.5, "share", "50 %"), (7, "", "7"),
        (0, "yes or no: has it", "no"), (1, "share of posts", "100 % of posts"),
    ],
)  # fmt: skip
def test_amounts(value, unit, words):
    assert amount(value, unit) == words


def test_times():
    assert iso(1_700_000_000) == "2023-11-14T22:13:20Z"
    assert iso(-1) == "1969-12-31T23:59:59Z"
    assert iso(None) is None
    assert iso(10**15) is None


def test_counts():
    assert (count(1, "tie"), count(0, "tie"), count(1500, "reply", "replies")) == ("1 tie", "0 ties", "1,500 replies")
