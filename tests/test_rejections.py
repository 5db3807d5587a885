"""Reasons of rows that were left out, by kind."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from graphnet.readers._cells import shortened
from graphnet.rejections import kinds, said


@given(st.lists(st.tuples(st.sampled_from(["the time {v} is not understood", "the id {v}"]), st.text(max_size=60))))
def test_the_quoted_cell_is_no_part_of_the_kind(drawn):
    rows = [("f", i, form.format(v=shortened(cell))) for i, (form, cell) in enumerate(drawn, start=2)]
    found = kinds(rows)
    assert {k.what.replace(" …", " {v}", 1) if "…" in k.what else f"{k.what} {{v}}": k.rows for k in found} == Counter(
        form for form, _ in drawn
    )
    assert [k.rows for k in found] == sorted((k.rows for k in found), reverse=True)
    assert all(rows[k.line - 2][2] == k.reason for k in found)


def test_figures_and_single_quotes_are_no_part_of_the_kind_either():
    reasons = [
        "4 columns instead of 3",
        "5 columns instead of 3",
        "a sheet's id '1.2e+18'",
        "a sheet's id '2'",
    ]
    found = kinds(("f", line, reason) for line, reason in enumerate(reasons))
    assert [(k.what, k.rows) for k in found] == [("4 columns instead of 3", 2), ("a sheet's id", 2)]


def test_what_is_said_of_many_kinds():
    rows = [("f", line, "a" * (1 + line // 2)) for line in range(20)]
    lines = said(kinds(rows), most=3)
    assert lines == ["2 (first line 0): a", "2 (first line 2): aa", "16 for 8 other reasons"]
    assert len(said(kinds(rows), most=10)) == 10
    assert said([]) == []
