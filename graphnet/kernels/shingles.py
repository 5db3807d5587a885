"""Texts as sets of small numbers: their character 3-shingles, or their words.

A shingle is three characters in a row. Every distinct one gets a number, so that two texts are compared exactly by
merging two sorted arrays of numbers; no hash can make two different shingles look the same. Texts go through the
compiled loop in pieces, so that beside the sets only one piece of the text is in memory.

Example:
    >>> from graphnet.kernels.shingles import shingles
    >>> sets = shingles(["banana", "bandana"])
    >>> sets.sizes.tolist()  # ban ana nan, ban and nda dan ana
    [3, 5]
    >>> sorted(set(sets.of(0)) & set(sets.of(1)))
    [0, 1]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

__all__ = ["WINDOW", "Keys", "Sets", "character", "encoded", "listed", "shingles", "words"]

Longs = NDArray[np.int64]
Numbers = NDArray[np.uint32]
Codes = NDArray[np.uint64]
Keys: TypeAlias = Sequence[str] | pa.Array
"""Texts; as an Arrow array they take a third of the memory."""

PIECE = 100_000
"""Texts that go through the compiled loop at once."""
BITS = np.uint64(21)
"""Bits that any character of Unicode fits in: three of them fill 63."""
WINDOW = np.uint64((1 << 63) - 1)
SLOTS = 1 << 16
"""Places of the table of shingles at the beginning; it grows."""


@dataclass(frozen=True)
class Sets:
    """One set of tokens a text.

    Attributes:
        start: Where each set starts in ``token``; one longer than the number of texts.
        token: Numbers of the tokens, ascending within each set.
        code: What each token is, as 64 bits that do not depend on the other texts: what is hashed.
    """

    start: Longs
    token: Numbers
    code: Codes

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def sizes(self) -> Longs:
        """Tokens of each text."""
        return np.diff(self.start)

    def of(self, text: int) -> list[int]:
        """The tokens of one text."""
        found: list[int] = self.token[self.start[text] : self.start[text + 1]].tolist()
        return found


def listed(keys: Keys, places: Longs | slice) -> list[str]:
    """Some of the texts, as Python has them.

    Example:
        >>> listed(pa.array(["a", "b", "c"]), np.array([2, 0])), listed("abc", slice(1, 3))
        (['c', 'a'], ['b', 'c'])
    """
    if isinstance(keys, pa.Array | pa.ChunkedArray):
        some = keys[places] if isinstance(places, slice) else keys.take(pa.array(places))
        return list(some.to_pylist())
    return list(keys[places]) if isinstance(places, slice) else [keys[i] for i in places.tolist()]


def encoded(keys: Keys) -> Iterator[tuple[int, NDArray[np.uint8], Longs]]:
    r"""Texts as compiled loops read them: the place of the first one, bytes of UTF-8, and where each text ends.

    Args:
        keys: The texts. The first of the ends is where the first text starts. Null is an empty text.

    Example:
        >>> [(low, bytes(data), ends.tolist()) for low, data, ends in encoded(pa.array(["ab", "é"]))]
        [(0, b'ab\xc3\xa9', [0, 2, 4])]
    """
    column = keys if isinstance(keys, pa.ChunkedArray) else pa.chunked_array([pa.array(keys, pa.large_string())])
    low = 0
    for chunk in column.cast(pa.large_string()).chunks:
        _, places, data = chunk.buffers()
        if len(chunk) and data is not None and data.size:
            ends = np.frombuffer(places, np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
            yield low, np.frombuffer(data, np.uint8), ends
        low += len(chunk)


@njit(nogil=True, cache=True)
def character(data: NDArray[np.uint8], place: int) -> tuple[Any, int]:
    """The character of UTF-8 at a place, and where the next one starts."""
    byte = data[place]
    size = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
    code = np.uint64(byte) if size == 1 else np.uint64(byte) & np.uint64(0x7F >> size)
    for k in range(1, size):
        code = (code << np.uint64(6)) | np.uint64(data[place + k] & 0x3F)
    return code, place + size


def shingles(keys: Keys) -> Sets:
    """The sets of character 3-shingles of normalised texts.

    Args:
        keys: The texts; those of fewer than three characters have an empty set.
    """
    start = np.zeros(len(keys) + 1, np.int64)
    token = np.empty(_room(keys), np.uint32)
    table = np.zeros(SLOTS, np.uint32), np.zeros(SLOTS // 2, np.uint64), np.full(SLOTS // 2, -1), 0
    for low in range(0, len(keys), PIECE):
        some = listed(keys, slice(low, low + PIECE))
        lengths = np.fromiter(map(len, some), np.int64, len(some))
        piece = np.frombuffer("".join(some).encode("utf-32-le", "surrogatepass"), np.uint32)
        table = _shingled(piece, lengths, low, token, start, *table)
    _, code, _, known = table
    # what lies behind the last token was never written to, so it takes no memory
    return Sets(start, token[: start[-1]], code[:known].copy())


def _room(keys: Keys) -> int:
    """At most so many shingles do the texts have together."""
    if isinstance(keys, pa.Array | pa.ChunkedArray):
        import pyarrow.compute as pc  # noqa: PLC0415

        return pc.sum(pc.utf8_length(keys)).as_py() or 0
    return sum(map(len, keys))


@njit(nogil=True, cache=True)
def _shingled(
    chars: Numbers, lengths: Longs, low: int, token: Numbers, start: Longs, slots: Numbers, code: Codes, seen: Longs,
    known: int,
) -> tuple[Numbers, Codes, Longs, int]:  # fmt: skip
    """Write the sets of one piece of texts; gives back the table of shingles, larger if need be.

    ``slots`` is a hash table with open addresses that holds 1 + the number of a shingle, ``code`` its three characters,
    ``seen`` the last text it was in.
    """
    place = np.int64(0)
    for i in range(len(lengths)):
        text = low + i
        first = last = start[text]
        for k in range(place, place + lengths[i] - 2):
            three = ((np.uint64(chars[k]) << BITS | np.uint64(chars[k + 1])) << BITS) | np.uint64(chars[k + 2])
            slot = _find(slots, code, three)
            if slots[slot] == 0:
                if 2 * (known + 1) > len(slots):
                    slots, code, seen = _grown(slots, code, seen, known)
                    slot = _find(slots, code, three)
                code[known] = three
                known += 1
                slots[slot] = known
            number = np.int64(slots[slot]) - 1
            if seen[number] != text:
                seen[number] = text
                token[last] = number
                last += 1
        token[first:last].sort()
        start[text + 1] = last
        place += lengths[i]
    return slots, code, seen, known


@njit(nogil=True, cache=True)
def _find(slots: Numbers, code: Codes, three: Any) -> Any:
    """The place of a shingle in the table, or the empty one where it belongs."""
    mask = np.uint64(len(slots) - 1)
    slot = ((three * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & mask
    while slots[slot] != 0 and code[slots[slot] - 1] != three:
        slot = (slot + np.uint64(1)) & mask
    return slot


@njit(nogil=True, cache=True)
def _grown(slots: Numbers, code: Codes, seen: Longs, known: int) -> tuple[Numbers, Codes, Longs]:
    """The table with twice the places."""
    wide = np.zeros(2 * len(slots), np.uint32)
    codes, texts = np.zeros(len(slots), np.uint64), np.full(len(slots), -1)
    codes[:known], texts[:known] = code[:known], seen[:known]
    for number in range(known):
        wide[_find(wide, codes, codes[number])] = number + 1
    return wide, codes, texts


def words(keys: Keys) -> Sets:
    """The words of each text, whatever their order; one that comes twice counts twice.

    Example:
        >>> sets = words(["we want bread bread", "bread we want"])
        >>> sets.sizes.tolist(), sorted(set(sets.of(0)) & set(sets.of(1)))
        ([4, 3], [0, 1, 2])
    """
    numbers: dict[tuple[str, int], int] = {}
    token: list[NDArray[np.uint32]] = []
    start = np.zeros(len(keys) + 1, np.int64)
    for i, key in enumerate(listed(keys, slice(None))):
        token.append(np.array(sorted(numbers.setdefault(word, len(numbers)) for word in _counted(key)), np.uint32))
        start[i + 1] = start[i] + len(token[-1])
    return Sets(start, np.concatenate([np.empty(0, np.uint32), *token]), _codes(numbers))


def _counted(key: str) -> Iterator[tuple[str, int]]:
    """Each word with how often it came before."""
    times: dict[str, int] = {}
    for word in key.split():
        times[word] = times.get(word, -1) + 1
        yield word, times[word]


def _codes(numbers: dict[tuple[str, int], int]) -> Codes:
    from hashlib import blake2b  # noqa: PLC0415

    raw = (blake2b(f"{n} {word}".encode("utf-8", "replace"), digest_size=8).digest() for word, n in numbers)
    return np.frombuffer(b"".join(raw), "<u8").astype(np.uint64)
