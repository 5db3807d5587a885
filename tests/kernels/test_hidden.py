"""What counts as hidden in a text, and what every keyboard, phone and script puts there without hiding anything."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet import schema
from graphnet.kernels.hidden import KINDS, counts

ZWSP, ZWNJ, ZWJ, RLM, LRM, SHY = "\u200b", "\u200c", "\u200d", "\u200f", "\u200e", "\u00ad"

USUAL = {
    "Persian joiners": "می‌خواهم به خانه‌ی او بروم، نمی‌شود",
    "Persian joiner before a blank": f"می{ZWNJ} خواهم",
    "two joiners in a row": f"می{ZWNJ}{ZWNJ}خواهم",
    "joiner after an Arabic mark": f"بِ{ZWNJ}رو",
    "Hindi joiners": f"क्{ZWJ}ष और र्{ZWJ}य र्{ZWNJ}क",
    "Sinhala joiner": f"ශ්{ZWJ}රී",
    "family, heart on fire, pirate": "👩‍👩‍👧‍👦 ❤️‍🔥 🏴‍☠️",
    "skin, keycap, flag, rainbow": "👍🏽 1️⃣ #️⃣ 🇮🇷 🏳️‍🌈",
    "flag of a region": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f wins",
    "joiner left by a cut emoji": f"done 👩{ZWJ}",
    "text style of signs": "©️ ™️ ℹ️ ☎︎ ❤️️",
    "selector without its emoji": "so good \ufe0f!",
    "Hebrew typing": f"{RLM}שלום abc{RLM}, {LRM}1-2{LRM}",
    "Arabic embedding": "قال \u202bمرحبا\u202c ثم \u2067ذهب\u2069",
    "handle in isolates": "thanks \u2066@BBC\u2069 and \u2066\u202a@CNN\u202c\u2069",
    "phone number of an address book": "call \u202d+1 (555) 010\u202c now",
    "Thai words": f"ภาษา{ZWSP}ไทย{ZWSP}ง่าย",
    "Khmer words": f"ភាសា{ZWSP}ខ្មែរ",
    "Japanese line": f"今日{ZWSP}は",
    "ideograph variants": "葛\U000e0100城 齋\ufe00",
    "Mongolian selectors": "ᠮᠣᠩᠭᠣᠯ\u180b ᠬᠡᠯᠡ\u180e",
    "soft hyphens of a typesetter": f"Donau{SHY}dampf{SHY}schiff{SHY}fahrt, inter{SHY}national",
    "soft hyphen at the end of a line": f"Auf{SHY} gabe",
    "one word stretched": "ســـــلام عليكم ورحمة الله",
    "a stretched greeting": "مـبـروك يـا صـديـقـي",
    "tatweel as a line": "الخبر ـــــــــ الأول",
    "Hijri year": "عام 1445 هـ",
    "Russian endings on Latin names": "SMSка VIPов iPhoneа e-mailом BMWа",
    "Greek letters of science": "TNFα NFκB IL-1β μm αvβ3 PPARγ Δx",
    "Latin beside Cyrillic": "я люблю New York и Wi-Fi",
    "Serbian, Ukrainian, Kazakh": "љубав їжак қазақ",
    "byte order mark": "\ufeffhello",
    "zero-width space that a copied line starts with": f"{ZWSP}hello",
    "blanks of pictures": "⠀⠀⣿⣿⠀⠀\n⠀ hello ⠀",
    "Vietnamese": "Tiếng Việt " + unicodedata.normalize("NFD", "Tiếng Việt"),
    "a face": "( ͡° ͜ʖ ͡°)",
    "pointed Hebrew and Arabic": "שָׁלוֹם מُحَمَّدٌ",
    "Tibetan stacks": "རྒྱལ་པོ",
    "plain": "Nothing to see here, 100 %!",
}
UNUSUAL = [
    (f"vo{ZWSP}te n{ZWSP}ow", {"invisible": 2}),
    (f"the end{ZWSP}{ZWSP}", {"invisible": 2}),
    (f"a{ZWNJ}b fr{ZWJ}ee", {"invisible": 2}),
    (f"го{ZWNJ}лос", {"invisible": 1}),
    (f"של{ZWNJ}ום", {"invisible": 1}),
    (f"می{ZWNJ * 5}خواهم", {"invisible": 3}),
    ("a\u2060b c\u2063d e\ufefff", {"invisible": 3}),
    ("a\u3164b c\u2800d", {"invisible": 2}),
    ("abc\u202edef", {"bidi": 1}),
    ("abc\u202edef\u202c", {"bidi": 2}),
    ("שלום \u202eabc", {"bidi": 1}),
    ("\u2066x\u2069", {"bidi": 2}),
    (f"hello{RLM} world{LRM}", {"bidi": 2}),
    ("a\u202d b", {"bidi": 1}),
    ("a\ufe0fb\ufe00", {"selectors": 2}),
    ("😀" + "\ufe01" * 9, {"selectors": 7}),
    ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "run"), {"selectors": 3}),
    (f"v{SHY}o{SHY}te", {"soft_hyphens": 2}),
    (f"vo{SHY}te", {"soft_hyphens": 1}),
    (f"inter{SHY}n{SHY}ational", {"soft_hyphens": 2}),
    ("مـحـمد رسـول الـله عـلى الـناس", {"tatweel": 6}),
    ("p\u0430yp\u0430l", {"look_alikes": 2}),
    ("\u0420utin", {"look_alikes": 1}),
    ("М\u006fсква", {"look_alikes": 1}),
    ("p\u03b1yp\u03b1l fr\u03bfm", {"look_alikes": 3}),
    (f"p\u0430{ZWSP}yp\u0430l", {"look_alikes": 2, "invisible": 1}),
    ("e" + "\u0301" * 6 + "x", {"marks": 3}),
]


def found(text: str) -> dict[str, int]:
    row = counts(pa.array([text]))[0].tolist()
    return {kind: n for kind, n in zip(KINDS, row, strict=True) if n}


@pytest.mark.parametrize("text", USUAL.values(), ids=USUAL)
def test_what_is_usual_where_it_stands_is_not_counted(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(("text", "expected"), UNUSUAL, ids=[ascii(t)[:30] for t, _ in UNUSUAL])
def test_what_is_hidden_is_counted(text: str, expected: dict[str, int]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(("text", "expected"), UNUSUAL, ids=[ascii(t)[:30] for t, _ in UNUSUAL])
def test_it_is_counted_inside_a_longer_text_too(text: str, expected: dict[str, int]) -> None:
    assert found(f"One. {text} Two.") == expected


def test_the_columns_are_those_of_the_table() -> None:
    assert (*KINDS,) == tuple(schema.OBFUSCATIONS.names[1:])


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_null_empty_sliced_and_chunked_columns(kind: pa.DataType) -> None:
    column = pa.array(["x", None, f"a{ZWSP}b", "", f"c{ZWSP}{ZWSP}d"], kind)
    assert counts(column)[:, 0].tolist() == [0, 0, 1, 0, 2]
    assert counts(column.slice(2))[:, 0].tolist() == [1, 0, 2]
    assert counts(pa.chunked_array([column, column.slice(4)]))[:, 0].tolist() == [0, 0, 1, 0, 2, 2]
    assert counts(pa.array([], kind)).shape == (0, len(KINDS))
    assert counts(pa.array([None, None], kind)).sum() == 0
    assert counts(pa.chunked_array([], kind)).shape == (0, len(KINDS))


HIDING = ZWSP + ZWNJ + ZWJ + RLM + SHY + "\u2066\u2069\u202e\u202c\u202d\ufe0f\u0301\u3164ـab1@ рαشع今ไ👩\U000e0041"


@given(st.lists(st.text(alphabet=st.sampled_from(HIDING), max_size=30) | st.text(max_size=30)))
def test_counts_are_possible_and_a_text_counts_the_same_among_others(texts: list[str]) -> None:
    texts = [t.encode("utf-8", "replace").decode() for t in texts]
    rows = counts(pa.array(texts, pa.string()))
    assert (rows >= 0).all()
    for text, row in zip(texts, rows, strict=True):
        assert row.sum() <= 2 * len(text)
        np.testing.assert_array_equal(row, counts(pa.array([text]))[0])
        if text.isascii():
            assert not row.any()


def test_a_hostile_text_takes_no_longer_than_its_length() -> None:
    for sign in (ZWSP, ZWNJ, "\u2066", "\ufe0f", SHY, "ـ", "\u0301", "a\u0430"):
        text = sign * 300_000
        assert counts(pa.array([text])).shape == (1, len(KINDS))
