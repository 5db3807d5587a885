"""Figures as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.words import count, iso, percent, span


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


def test_times():
    assert iso(1_700_000_000) == "2023-11-14T22:13:20Z"
    assert iso(-1) == "1969-12-31T23:59:59Z"
    assert iso(None) is None
    assert iso(10**15) is None


def test_counts():
    assert (count(1, "tie"), count(0, "tie"), count(1500, "reply", "replies")) == ("1 tie", "0 ties", "1,500 replies")
