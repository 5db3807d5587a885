"""What pages do to hostile text, numbers and colours beyond escaping."""

from __future__ import annotations

import json
import math
import re

import made_study
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.view import safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://example.org/a.b?c=d.e", "hxxps://example[.]org/a.b?c=d.e"),
        ("HTTP://A.B", "HxxP://A[.]B"),
        ("see www.example.org now", "see www[.]example[.]org now"),
        ("t.co/abc", "t[.]co/abc"),
        ("صدا https://t.co/x لطفاً", "صدا hxxps://t[.]co/x لطفاً"),
        ("end of.a sentence", "end of.a sentence"),
        ("3.5/5 and a.m./p.m.", "3.5/5 and a.m./p.m."),
    ],
)
def test_defang(text: str, shown: str) -> None:
    assert safe.defang(text) == shown


def test_passage_keeps_lines_and_cuts() -> None:
    assert safe.passage("one\r\n\n two\tthree", 40) == "one\ntwo three"
    assert safe.passage("x" * 1_000_000, 10) == "xxxxxxxxx…"
    assert safe.passage(None, 10) == ""


@given(st.text())
def test_passage_has_no_invisible_sign_and_no_live_link(text: str) -> None:
    shown = safe.passage(text + " http://a.bc/d", 400)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert "http://" not in shown


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "no", 1e300, "7"])
def test_number_is_finite_and_bounded(value: object) -> None:
    assert -5 <= safe.number(value, -5, 5) <= 5


def test_number_keeps_figures() -> None:
    assert safe.number(2.5) == 2.5
    assert safe.number(math.nan, default=3) == 3
    assert safe.number(math.inf, 0, 9) == 9


@pytest.mark.parametrize("value", ["red", "#fff", "#12345g", "url(http://x)", "#123456;x:y", "#123456\n", ""])
def test_colour_refuses_all_but_rrggbb(value: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        safe.colour(value)


def test_colour_keeps_rrggbb() -> None:
    assert safe.colour("#0072B2") == "#0072B2"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("@AlderHarbourTrust هیچ‌کس نمی‌خواهد #StopAlderHarbour https://example.org/long/path", "rtl"),
        ("משתמש says שלום עליכם", "rtl"),
        ("hello #سلام_دنیا", "ltr"),
        ("12:30 🙏", "auto"),
        ("", "auto"),
    ],
)
def test_direction_is_that_of_most_letters(text: str, way: str) -> None:
    assert safe.direction(text) == way


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_inert_reads_back_and_cannot_close_its_element(data: object) -> None:
    text = str(safe.inert(data))
    assert text.isascii()
    assert not set(text) & set("<>&")
    assert json.loads(text) == data


def test_inert_takes_all_hostile_names_and_refuses_nan() -> None:
    assert json.loads(safe.inert(made_study.HOSTILE)) == made_study.HOSTILE
    with pytest.raises(ValueError, match="JSON"):
        safe.inert([math.nan])


def test_policy_names_shipped_files_only() -> None:
    policy = safe.content_security_policy(["a"], [])
    # echo -n a | openssl dgst -sha256 -binary | base64
    assert "script-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='" in policy
    assert "style-src 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
