"""Text from data, made safe for a terminal and a spreadsheet."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.safe import cell, show


@given(st.text(st.characters(exclude_categories=[])), st.integers(1, 50))
def test_nothing_shown_can_steer_a_terminal_or_turn_the_reading_direction(text, limit):
    shown = show(text, limit)
    assert len(shown) <= limit
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [c for c in shown if unicodedata.category(c) in hidden and c not in "\u200c\u200d"]


def test_what_is_hidden_is_written_out():
    assert show("a\u202eb\u2066c\x07d\ud800e") == "a<U+202E>b<U+2066>c<U+0007>d<U+D800>e"


@pytest.mark.parametrize("text", ["سلام‌علیکم", "שלום", "👩‍👩‍👧", "e\u0301te\u0301", "日本語"])
def test_ordinary_writing_stays_as_it_is(text):
    assert show(text) == text


def test_a_pile_of_accents_is_cut():
    assert show("a" + "\u0300" * 50) == "a\u0300\u0300\u0300"


def test_nothing_becomes_an_empty_text_and_a_huge_text_is_cut():
    assert show(None) == ""
    assert show("x" * 10**7, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\ufeff=", "＝", "＋", "－", "＠", "|", "%"]
)
def test_a_cell_that_a_spreadsheet_would_compute_gets_an_apostrophe(start):
    assert cell(start + "cmd") == "'" + start + "cmd"


@pytest.mark.parametrize("text", ["alice", "a=b", "1+1", "", None, "'=1", "12", "_x"])
def test_other_cells_stay_as_they_are(text):
    assert cell(text) == text
