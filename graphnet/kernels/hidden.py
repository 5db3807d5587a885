"""What is hidden in a post's words, counted: signs nobody sees and letters that pass for others, compiled.

Only what is unusual where it stands is counted. Persian and Indic scripts need joiners, emoji are held together by
them, Thai marks its words by zero-width spaces, Hebrew and Arabic keyboards type direction marks, phones wrap handles
in isolates, typesetters divide long words by soft hyphens: none of these counts. The rules are those of the functions
below; they look at the neighbours of a sign, never at the language a platform names.

Example:
    >>> import pyarrow as pa
    >>> texts = pa.array(["می‌خواهم 👩‍👩‍👧 ok", "vo\u200bte fr\u200bee", "p\u0430yp\u0430l", None])
    >>> found = counts(texts)
    >>> found[:, KINDS.index("invisible")].tolist(), found[:, KINDS.index("look_alikes")].tolist()
    ([0, 2, 0, 0], [0, 0, 2, 0])
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

__all__ = ["KINDS", "counts"]

KINDS = ("invisible", "bidi", "selectors", "soft_hyphens", "tatweel", "look_alikes", "marks")
"""What is counted, in the order of the columns; what each means stands in `graphnet.schema.OBFUSCATIONS`."""
INVISIBLE, BIDI, SELECTORS, SOFT_HYPHENS, TATWEELS, LOOK_ALIKES, MARKS = range(7)

Signs = npt.NDArray[np.int32]

# What a character is, one bit each ----------------------------------------------------------------------------------

LETTER, LATIN, CYRILLIC, GREEK, ARABIC = (1 << i for i in range(5))
LIKE_LATIN, LIKE_CYRILLIC, LIKE_GREEK = (1 << i for i in range(5, 8))
JOINS, UNSPACED, RIGHT_TO_LEFT, PICTURE, VARIES, NAMES, NUMBERS = (1 << i for i in range(8, 15))
"""Scripts with joiners; scripts without spaces; emoji and other pictures; letters that have variants; @ and #."""
JOINER, ZERO, BLANK, SELECTOR, TAG, SOFT, TATWEEL, STACKED = (1 << i for i in range(15, 23))
MARK, OPEN, FORWARD, BACKWARD, CLOSE = (1 << i for i in range(23, 28))
"""Direction: marks, embeddings and isolates, overrides to the right and to the left, and what ends any of them."""
TURNS = MARK | OPEN | FORWARD | BACKWARD | CLOSE
UNSEEN = JOINER | ZERO | BLANK | SELECTOR | TAG | TURNS

RANGES: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (CYRILLIC, ((0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F))),
    (GREEK, ((0x370, 0x3FF), (0x1F00, 0x1FFF))),
    (LATIN, ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF))),
    (ARABIC, ((0x620, 0x63F), (0x641, 0x64A), (0x66E, 0x6D3), (0x750, 0x77F), (0x8A0, 0x8C9))),
    (JOINS, ((0x600, 0x85F), (0x870, 0xDFF), (0xF00, 0x109F), (0x1780, 0x18AF), (0x1900, 0x1CFF))),
    (JOINS, ((0xA800, 0xABFF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE), (0x11000, 0x115FF))),
    (UNSPACED, ((0xE00, 0x109F), (0x1780, 0x17FF), (0x1980, 0x19DF), (0x1A20, 0x1AAF), (0x2E80, 0x31FF))),
    (UNSPACED, ((0x3400, 0x9FFF), (0xA000, 0xA4CF), (0xF900, 0xFAFF), (0xFF00, 0xFF9F), (0x20000, 0x3FFFF))),
    (RIGHT_TO_LEFT, ((0x590, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFE), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF))),
    (VARIES, ((0x1000, 0x109F), (0x1800, 0x18AF), (0x2E80, 0x9FFF), (0xA840, 0xA87F), (0xF900, 0xFAFF))),
    (VARIES, ((0x20000, 0x3FFFF), (0x2139, 0x2139), (0x24C2, 0x24C2))),
    (NAMES, ((0x23, 0x23), (0x40, 0x40), (0xFF03, 0xFF03), (0xFF20, 0xFF20))),
    (NUMBERS, ((0x28, 0x28), (0x2B, 0x2B), (0x30, 0x39))),
    (JOINER, ((0x200C, 0x200D),)),
    (ZERO, ((0x34F, 0x34F), (0x200B, 0x200B), (0x2060, 0x2065), (0x206A, 0x206F), (0xFEFF, 0xFEFF))),
    (BLANK, ((0x115F, 0x1160), (0x2800, 0x2800), (0x3164, 0x3164), (0xFFA0, 0xFFA0))),
    (SELECTOR, ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))),
    (TAG, ((0xE0000, 0xE007F),)),
    (SOFT, ((0xAD, 0xAD),)),
    (TATWEEL, ((0x640, 0x640),)),
    (STACKED, ((0x300, 0x34E), (0x350, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF))),
    (MARK, ((0x200E, 0x200F), (0x61C, 0x61C))),
    (OPEN, ((0x202A, 0x202B), (0x2066, 0x2068))),
    (CLOSE, ((0x202C, 0x202C), (0x2069, 0x2069))),
    (FORWARD, ((0x202D, 0x202D),)),
    (BACKWARD, ((0x202E, 0x202E),)),
)
LETTERS_ONLY = CYRILLIC | GREEK | ARABIC | LATIN | RIGHT_TO_LEFT
"""Bits of a range that only its letters have."""
# twins in the shape they are written in: small к, в, т look like small capitals, not like k, b, t
TWINS = (
    (CYRILLIC, LIKE_CYRILLIC, "аеорсухіјѕһԁԛԝӏАВЕКМНОРСТХУІЈЅԚԜ", "aeopcyxijshdqwlABEKMHOPCTXYIJSQW"),
    (GREEK, LIKE_GREEK, "αονριυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aovpiuABEZHIKMNOPTYX"),
)
ASSIGNED = 0x33480
"""No letter, mark or picture stands above, only selectors and tags."""


@cache
def _table() -> Signs:
    """The bits of every code point (4 MB, made once in a fifth of a second)."""
    table = np.zeros(0x110000, np.int32)
    for bit, ranges in RANGES:
        for low, high in ranges:
            table[low : high + 1] |= bit
    category = np.array([unicodedata.category(chr(c)) for c in range(ASSIGNED)])
    letters = np.char.startswith(category, "L")
    table[:ASSIGNED][letters] |= LETTER
    table[:ASSIGNED][~letters] &= ~np.int32(LETTERS_ONLY)
    table[:ASSIGNED][np.isin(category, ("So", "Sk", "Sm"))] |= PICTURE
    for bits in (JOINER | ZERO | BLANK | SELECTOR | TAG | SOFT | TATWEEL | TURNS,):
        hidden = (table & bits) != 0
        table[hidden] &= bits
    for _, like, other, latin in TWINS:
        table[[ord(c) for c in other]] |= LIKE_LATIN
        table[[ord(c) for c in latin]] |= like
    return table


def counts(texts: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int32]:
    """How much of each kind is hidden in each text: one row a text, one column for each of `KINDS`.

    Args:
        texts: Strings; null counts as empty.
    """
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    held = pc.fill_null(whole.cast(pa.large_string()), "")
    if not len(held):
        return np.zeros((0, len(KINDS)), np.int32)
    _, places, data = held.buffers()
    offsets = np.frombuffer(places, np.int64)[held.offset : held.offset + len(held) + 1]
    bytes_ = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
    return np.asarray(_counts(bytes_, offsets, _table()))


# Compiled -----------------------------------------------------------------------------------------------------------


@njit(nogil=True, cache=True)
def _counts(data: Any, offsets: Any, table: Signs) -> Any:
    found = np.zeros((len(offsets) - 1, 7), np.int32)
    sign = np.empty(max(1, (offsets[1:] - offsets[:-1]).max()), np.int32)
    for row in range(len(offsets) - 1):
        length, seen = _decode(data[offsets[row] : offsets[row + 1]], table, sign)
        if seen & UNSEEN:
            _unseen(sign[:length], seen & RIGHT_TO_LEFT, found[row])
        if seen & SOFT:
            found[row, SOFT_HYPHENS] = _soft_hyphens(sign[:length])
        if seen & TATWEEL:
            found[row, TATWEELS] = _tatweels(sign[:length])
        if seen & LATIN and seen & (CYRILLIC | GREEK):
            found[row, LOOK_ALIKES] = _look_alikes(sign[:length])
        if seen & STACKED:
            found[row, MARKS] = _stacked(sign[:length])
    return found


@njit(nogil=True, cache=True)
def _decode(data: Any, table: Signs, sign: Signs) -> Any:
    """The bits of each character of one UTF-8 text; how many, and all bits that occur."""
    n, seen, i = 0, 0, 0
    while i < len(data):
        byte = data[i]
        size = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        code = np.int64(byte) if size == 1 else np.int64(byte) & (0x7F >> size)
        for k in range(1, size):
            code = (code << 6) | (data[i + k] & 0x3F)
        sign[n] = table[code]
        seen |= sign[n]
        n += 1
        i += size
    return n, seen


@njit(nogil=True, cache=True)
def _unseen(sign: Signs, right_to_left: int, found: Any) -> None:
    """Runs of signs that cannot be seen, each judged by the visible signs around its run."""
    i, wrapped = 0, 0
    while i < len(sign):
        if not sign[i] & UNSEEN:
            i += 1
            continue
        end = i
        while end < len(sign) and sign[end] & UNSEEN:
            end += 1
        before = sign[i - 1] if i else 0
        after = sign[end] if end < len(sign) else 0
        wrapped = _run(sign[i:end], before, after, right_to_left, wrapped, found)
        if i == 0 and sign[0] & ZERO and not (before | after) & UNSPACED:
            found[INVISIBLE] -= 1  # a byte order mark, or what a copied line starts with
        i = end


@njit(nogil=True, cache=True)
def _run(run: Signs, before: int, after: int, right_to_left: int, wrapped: int, found: Any) -> int:
    """Count what is unusual in one run; returns how many usual signs that open a direction still wait to be closed."""
    joiners = selectors = tags = 0
    for sign in run:
        if sign & JOINER:
            joiners += 1
            # a third in a row does nothing in any script
            found[INVISIBLE] += joiners > 2 or not (before | after) & (JOINS | PICTURE)
        elif sign & ZERO:
            found[INVISIBLE] += not (before | after) & UNSPACED
        elif sign & BLANK:
            # line breaks and pictures are made of them; inside a word they only break it
            found[INVISIBLE] += before & LETTER and after & LETTER
        elif sign & SELECTOR:
            selectors += 1
            found[SELECTORS] += selectors > 2 or (before & LETTER and not before & VARIES)
        elif sign & TAG:
            tags += 1
            # the flags of regions are a picture with six tags at most
            found[SELECTORS] += tags > 7 or not before & PICTURE
        else:
            usual = _usual_turn(sign, after, right_to_left, wrapped)
            found[BIDI] += not usual
            wrapped += usual * (1 if sign & (OPEN | FORWARD) else -1 if sign & CLOSE and wrapped else 0)
    return wrapped


@njit(nogil=True, cache=True)
def _usual_turn(sign: int, after: int, right_to_left: int, wrapped: int) -> bool:
    """Whether a sign that turns the reading direction is one that keyboards and phones put there themselves."""
    if sign & BACKWARD:
        return False
    if sign & FORWARD:
        return after & NUMBERS != 0  # phone numbers copied from an address book
    if sign & CLOSE and wrapped:
        return True
    return right_to_left != 0 or (sign & OPEN and after & NAMES) != 0


@njit(nogil=True, cache=True)
def _soft_hyphens(sign: Signs) -> int:
    """Soft hyphens inside words that no typesetter divides: of under 7 letters, or with a part of one letter."""
    found = letters = part = inner = short = 0
    for i in range(len(sign) + 1):
        now = sign[i] if i < len(sign) else 0
        if now & LETTER:
            letters += 1
            part += 1
        elif now & SOFT:
            short += part == 1 or (i > 0 and sign[i - 1] & SOFT != 0)
            inner += i + 1 < len(sign) and letters > 0 and sign[i + 1] & (LETTER | SOFT) != 0
            part = 0
        elif not now & (UNSEEN | STACKED):
            short += inner > 0 and part == 1
            found += inner if short or letters < 7 else 0
            letters = part = inner = short = 0
    return found


@njit(nogil=True, cache=True)
def _tatweels(sign: Signs) -> int:
    """Tatweels between letters, where most words have them; one stretched name or line is decoration."""
    words = stretched = inside = 0
    letters = held = waiting = 0
    for i in range(len(sign) + 1):
        now = sign[i] if i < len(sign) else 0
        if now & ARABIC:
            letters += 1
            held += waiting
            waiting = 0
        elif now & TATWEEL:
            waiting += letters > 0
        elif not now & (JOINS | UNSEEN):
            words += letters > 1
            stretched += held > 0
            inside += held
            letters = held = waiting = 0
    return inside if stretched >= 4 and 2 * stretched >= words else 0


@njit(nogil=True, cache=True)
def _look_alikes(sign: Signs) -> int:
    """Letters that pass for those of the alphabet around them, in words of four letters or more.

    The alphabets have to change twice, or right after the first letter: endings in another alphabet are grammar (a
    Russian case after a Latin abbreviation), and so are names of substances (``TNF`` with an alpha).
    """
    found = total = latin = other = turns = 0
    first = last = 0
    like_latin = like_other = True
    for i in range(len(sign) + 1):
        now = sign[i] if i < len(sign) else 0
        if now & LETTER:
            script = 1 if now & LATIN else 2 if now & (CYRILLIC | GREEK) else 3
            total += 1
            turns += last not in (0, script)
            first += turns == 0
            last = script
            latin += script == 1
            other += script == 2
            like_latin = like_latin and (script == 1 or now & LIKE_LATIN != 0)
            like_other = like_other and (script == 2 or now & (LIKE_CYRILLIC | LIKE_GREEK) != 0)
        elif not now & (UNSEEN | STACKED | SOFT):
            if total >= 4 and latin and other and (turns > 1 or first == 1):
                found += min(latin, other) if like_latin and like_other else other * like_latin + latin * like_other
            total = latin = other = turns = first = last = 0
            like_latin = like_other = True
    return found


@njit(nogil=True, cache=True)
def _stacked(sign: Signs) -> int:
    """Accents beyond three on one letter."""
    found = run = 0
    for now in sign:
        run = run + 1 if now & STACKED else 0
        found += run > 3
    return found
