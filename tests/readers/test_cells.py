"""Ids, numbers, flags and lists out of cells."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.readers import _cells as cells


def ids(values, kind=None):
    column, damage = cells.ids(pa.array(values, kind))
    return column.to_pylist(), [reason for bad, reason in damage for b in bad if b]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("1198473762313818113", "1198473762313818113"),
        ("98336677.0", "98336677"),
        ("98336677.", "98336677"),
        (" 12 ", "12"),
        ("@jack", "jack"),
        ("pfvkod3V6dXppwrPrVwjEEtT74Ny7k0VikIGbe6HdWs=", "pfvkod3V6dXppwrPrVwjEEtT74Ny7k0VikIGbe6HdWs="),
        ("1e17", "1e17"),
        ("v1.5e3x", "v1.5e3x"),
        ("8.8.8.8", "8.8.8.8"),
        ("", None),
        ("nan", None),
        ("None", None),
        ("0", "0"),
        ("007", "007"),
    ],
)
def test_an_id_stays_what_it_is(text, id_):
    assert ids([text, "x"]) == ([id_, "x"], [])


@pytest.mark.parametrize(
    "text",
    [
        "1.198473762313818e+18",
        "3.65082069254156E+017",
        "7.6E+17",
        "1198473762313818112.0",
        "1e+18",
        "9007199254740993.0",
        "1,198473762313818E+18",
    ],
)
def test_an_id_that_a_spreadsheet_rounded_is_none(text):
    assert ids([text, "x"]) == ([None, "x"], ["a spreadsheet rounded the id {value}"])


def test_ids_that_nearly_all_end_in_zeros_after_the_fifteenth_digit_were_cut_by_a_spreadsheet():
    cut = [f"{176300000000000 + i}0000" for i in range(9)]
    values, reasons = ids([*cut, "1763000000000000123", "12", "100"])
    assert values == [None] * 9 + ["1763000000000000123", "12", "100"]
    assert reasons == [cells.CUT_REASON] * 9
    # a few of many, or a few in all, end so by chance
    for kept in ([*cut, "1763000000000000123", "1763000000000000124"], cut[:4], [c[:16] for c in cut]):
        assert ids(kept) == (kept, [])


def test_an_id_with_control_characters_is_none():
    assert ids(["a\0b", "a\nb", "ok"]) == ([None, None, "ok"], ["the id {value} has control characters"] * 2)


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([2**63 - 1, None], pa.int64(), ["9223372036854775807", None]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([3575972834.0, float("nan"), None], pa.float64(), ["3575972834", None, None]),
        (["a"], pa.large_string(), ["a"]),
        ([None], pa.null(), [None]),
    ],
)
def test_typed_ids_are_text_to_the_last_digit(values, kind, expected):
    assert ids(values, kind) == (expected, [])


@pytest.mark.parametrize("value", [1.5, 7.63431270089159e17, float("inf"), -(2.0**53)])
def test_a_float_that_cannot_be_an_id_is_none(value):
    assert ids([value]) == ([None], ["the id {value} is a number that lost digits: keep ids as text"])


def test_slices_and_nulls_do_not_matter():
    column = pa.array([None, "1.5e+18", "@a", None, " b "])
    whole = cells.ids(column)[0].to_pylist()
    assert cells.ids(column.slice(1, 3))[0].to_pylist() == whole[1:4]


def test_bytes_that_are_no_utf8_cost_one_value():
    column, damage = cells.text(pa.array([b"a", b"\xff", b"\xd9\x85"], pa.binary()))
    assert column.to_pylist() == ["a", None, "م"]
    assert [bad.tolist() for bad, _ in damage] == [[False, True, False]]


def test_numbers():
    values = ["12", "1,234", "1.0", " 7 ", "", "absent", "-3", "1e3", "inf", "1,2"]
    assert cells.numbers(pa.array(values)).to_pylist() == [12, 1234, 1, 7, None, None, -3, 1000, None, None]
    assert cells.numbers(pa.array([1.0, None, float("nan"), float("inf"), 1e300])).to_pylist() == [1] + [None] * 4
    assert cells.numbers(pa.array([[1]])).to_pylist() == [None]


def test_flags():
    assert cells.flags(pa.array(["True", "FALSE", "1", "0", "", "x", None])).to_pylist() == [
        True, False, True, False, None, None, None,
    ]  # fmt: skip
    assert cells.flags(pa.array([True, None])).to_pylist() == [True, None]
    assert cells.flags(pa.array([1, 0, 2])).to_pylist() == [True, False, None]


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("['UN', 'Darfur']", ["UN", "Darfur"]),
        ('["UN","Darfur"]', ["UN", "Darfur"]),
        ("[2572896396]", ["2572896396"]),
        ("{a,b}", ["a", "b"]),
        ("#a #b", ["a", "b"]),
        ("a|b;c", ["a", "b", "c"]),
        ("ترامب #تست", ["ترامب", "تست"]),
        ("[]", []),
        ("", []),
        ("nan", []),
        (None, []),
        ('[{"text": "a"}]', None),
    ],
)
def test_lists_in_a_cell(cell, items):
    assert cells.words(pa.array([cell, "x"])).to_pylist() == [items, ["x"]]


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("['http://a.org/x,y', 'https://b.org']", ["http://a.org/x,y", "https://b.org"]),
        ("[http://ru-open.livejournal.com/374284.html]", ["http://ru-open.livejournal.com/374284.html"]),
        ("http://a.org|http://b.org", ["http://a.org", "http://b.org"]),
        ("http://a.org,http://b.org/?q=1;2", ["http://a.org", "http://b.org/?q=1;2"]),
        ("example.org/a example.org/b", ["example.org/a", "example.org/b"]),
        ("", []),
        ("[]", []),
    ],
)
def test_links_in_a_cell(cell, items):
    assert cells.links(pa.array([cell, "http://x"])).to_pylist() == [items, ["http://x"]]


def test_lists_that_are_lists_already():
    assert cells.words(pa.array([["a", None, "b"], [], None])).to_pylist() == [["a", "b"], [], []]
    assert cells.words(pa.array([[1, 2**62]])).to_pylist() == [["1", str(2**62)]]
    assert cells.words(pa.array([[{"x": 1}]])).to_pylist() == [None]


def test_what_is_shown_of_a_value_is_safe():
    assert cells.shortened("\u202eevil\x1b[31m\n") == '"�evil�[31m�"'
    assert len(cells.shortened("a" * 10**6)) == 43


@settings(deadline=None)
@given(st.lists(st.lists(st.from_regex(r"\A\w{1,10}\Z").filter(lambda w: w not in ("nan", "None")), max_size=4)))
def test_a_python_list_is_read_as_it_was(lists):
    column = pa.array([str([w.strip("_") or "x" for w in items]) for items in lists], pa.string())
    assert cells.words(column).to_pylist() == [[w.strip("_") or "x" for w in items] for items in lists]


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text())))
def test_no_text_is_a_crash(values):
    column = pa.array(values, pa.string())
    for function in (cells.words, cells.links, cells.numbers, cells.weights, cells.flags, lambda c: cells.ids(c)[0]):
        assert len(function(column)) == len(values)
