"""Texts side by side: nothing is lost, no visible character is cut, and what differs is what is marked."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from graphnet.differences import Piece, brief, differences, marked, together

MIXED = "ab cd,é\u0301 می\u200cخو שלום 今天 ไทย👍🏽👩\u200d👩\u200d👧🇮🇷❤️\u200b\u202e\n"
TEXTS = st.text(alphabet=st.sampled_from(MIXED), max_size=40) | st.text(max_size=25)


def whole(pieces: list[Piece]) -> str:
    return "".join(p.text for p in pieces)


def sides(a: str, b: str) -> tuple[str, str]:
    left, right = differences(a, b)
    return marked(left), marked(right)


@given(TEXTS, TEXTS)
def test_pieces_put_together_are_the_texts(a: str, b: str) -> None:
    left, right = differences(a, b)
    assert (whole(left), whole(right)) == (a, b)
    assert all(p.text for p in left + right)
    assert all(x.kind != y.kind for side in (left, right) for x, y in pairwise(side))


@given(TEXTS, TEXTS)
def test_no_visible_character_is_cut(a: str, b: str) -> None:
    for text, pieces in zip((a, b), differences(a, b), strict=True):
        borders = {m.end() for m in regex.finditer(r"\X", text)} | {0}
        place = 0
        for piece in pieces:
            place += len(piece.text)
            assert place in borders


@given(TEXTS, TEXTS)
def test_what_both_share_is_the_same_in_both(a: str, b: str) -> None:
    def plain(text: str) -> str:
        return "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))

    left, right = ("".join(plain(p.text) for p in side if p.kind == "same") for side in differences(a, b))
    # a run of blanks counts as one blank only where nothing but blanks is its own word
    assert left.replace(" ", "") == right.replace(" ", "")


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    for side in differences(text, text):
        assert [p.kind for p in side] == ["same"] * bool(text)
    assert [p.kind for p in together(text, text)] == ["same"] * bool(text)


@given(TEXTS, TEXTS)
def test_together_holds_all_of_both(a: str, b: str) -> None:
    pieces = together(a, b)
    assert {p.kind for p in pieces} <= {"same", "gone", "new"}
    shown = [p.shown for p in differences(a, b)[1]]
    assert "".join(p.text for p in pieces if p.kind != "gone") == "".join(shown)


@pytest.mark.parametrize(
    ("a", "b", "left", "right"),
    [
        ("Vote on Sunday, friends", "Vote on sunday", "Vote on [~S~]unday[+, friends+]", "Vote on [~s~]unday"),
        ("one two three", "one three", "one [+two +]three", "one three"),
        ("one cat", "one elephant", "one [~cat~]", "one [~elephant~]"),
        ("a b", "a\nb", "a b", "a b"),
        ("caf\u00e9 noir", "cafe\u0301 noir", "caf\u00e9 noir", "cafe\u0301 noir"),
        ("می\u200cخواهم بروم", "میخواهم بروم", "م[?ی<U+200C>?]خواهم بروم", "م[?ی?]خواهم بروم"),
        ("كتاب خوب", "کتاب خوب", "[~ك~]تاب خوب", "[~ک~]تاب خوب"),
        ("مردم شهر", "ملت شهر", "[~مردم~] شهر", "[~ملت~] شهر"),
        ("שלום לכולם", "\u200fשלום לכולם", "שלום לכולם", "[+<U+200F>+]שלום לכולם"),
        ("a vo\u200bte", "a vote", "a vo[+<U+200B>+]te", "a vote"),
        ("pаy now", "pay now", "p[~а~]y now", "p[~a~]y now"),
        ("今天天气很好", "今天天氣很好", "今天天[~气~]很好", "今天天[~氣~]很好"),
        ("ภาษาไทยง่าย", "ภาษาไทยยาก", "ภาษาไทย[~ง่~]า[~ย~]", "ภาษาไทย[~ย~]า[~ก~]"),
        ("ok 👍🏽", "ok 👍🏿", "ok [~👍🏽~]", "ok [~👍🏿~]"),
        ("❤️ you", "❤ you", "[?❤<U+FE0F>?] you", "[?❤?] you"),
        ("👩‍👩‍👧 us", "👩‍👩‍👦 us", "[~👩‍👩‍👧~] us", "[~👩‍👩‍👦~] us"),
        ("किताब", "किताबें", "किता[~ब~]", "किता[~बें~]"),
        ("", "new", "", "[+new+]"),
        ("", "", "", ""),
    ],
)
def test_what_is_marked(a: str, b: str, left: str, right: str) -> None:
    assert sides(a, b) == (left, right)


def test_blanks_alone_do_not_cut_a_change_in_many() -> None:
    assert marked(together("the new bridge", "THE NEW BRIDGE")) == "[-the new bridge-][+THE NEW BRIDGE+]"


def test_signs_that_turn_a_terminal_are_written_out() -> None:
    text = marked(together("a b", "a \u202e\x1b[31mb"), colour=False)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<U+001B>" in text
    coloured = marked(together("a b", "a c"), colour=True)
    assert coloured == "a \x1b[31m[-b-]\x1b[0m\x1b[32m[+c+]\x1b[0m"


@given(TEXTS, TEXTS, st.integers(10, 60))
def test_brief_keeps_to_its_limit_and_shows_the_first_difference(a: str, b: str, limit: int) -> None:
    pieces = differences(a * 5, b * 5)[0]
    cut = brief(pieces, limit)
    same = sum(p.kind == "same" for p in pieces)
    assert sum(len(p.text) for p in cut) <= limit + 8 * same + 70
    if sum(len(p.text) for p in pieces) <= limit:
        assert cut == pieces
    if any(p.kind != "same" for p in pieces[:2]):
        assert any(p.kind != "same" for p in cut[:2])


WORDS = [f"w{i % 3011}" for i in range(15_000)]
LONG = {
    "a tenth left out": (" ".join(WORDS), " ".join(w for i, w in enumerate(WORDS) if i % 10)),
    "nothing shared": ("a" * 100_000, "今" * 100_000),
    "other characters": ("今天" * 50_000, "天气好" * 33_000),
    "marks without end": ("e" + "\u0301" * 100_000, "e"),
    "hidden without end": ("\u200b" * 100_000, "\u200d" * 100_000),
    "words in each other's place": ("ab " * 33_000, "ba " * 33_000),
}


@pytest.mark.parametrize(("a", "b"), LONG.values(), ids=LONG)
def test_texts_of_a_hundred_thousand_characters_take_bounded_time(a: str, b: str) -> None:
    started = time.process_time()
    left, right = differences(a, b)
    assert (whole(left), whole(right)) == (a, b)
    assert time.process_time() - started < 30


def test_in_a_long_text_the_change_is_still_found() -> None:
    other = [*WORDS[:7000], "elephant", *WORDS[7001:]]
    right = differences(" ".join(WORDS), " ".join(other))[1]
    assert [p for p in right if p.kind != "same"] == [Piece("changed", "elephant")]
