"""Sketches: 256 bits a text, by which most pairs of texts are told to be far apart without comparing their sets.

Every token of a set sets one bit. A bit that two sketches do not share stands for a token, at least one, that the two
sets do not share. So from the number of such bits follows the largest Jaccard similarity that the two can have: nothing
that is near is ever lost, and what is left is compared exactly. Comparing two sketches takes a few nanoseconds, merging
two sets some hundred.

Example:
    >>> one, two, other = sketches(["we shall meet at dawn", "we shall meet at dawn!", "nothing of the kind"])
    >>> [int(np.bitwise_count(one ^ some).sum()) for some in (two, other)]
    [1, 31]
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.kernels.shingles import BITS, WINDOW, Keys, Longs, Sets, character, encoded

__all__ = ["WORDS", "Bits", "differing", "sketched", "sketches"]

Bits = NDArray[np.uint64]

WORDS = 4
"""Numbers of 64 bits in a sketch."""
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def sketches(keys: Keys) -> Bits:
    """The sketches of texts as sets of character 3-shingles, shape (texts, 4): `sketched` of them, without the sets.

    Args:
        keys: The texts.

    Example:
        >>> from graphnet.kernels.shingles import shingles
        >>> keys = ["we shall meet at dawn", "nothing of the kind"]
        >>> bool((sketches(keys) == sketched(shingles(keys))).all())
        True
    """
    found = np.zeros((len(keys), WORDS), np.uint64)
    for low, data, ends in encoded(keys):
        _letters(data, ends, found[low:])
    return found


@njit(nogil=True, cache=True)
def _letters(data: NDArray[np.uint8], ends: Longs, found: Bits) -> None:
    """Set the bits of the 3-shingles of UTF-8 texts."""
    for row in range(len(ends) - 1):
        i, seen, three = ends[row], 0, np.uint64(0)
        while i < ends[row + 1]:
            code, i = character(data, i)
            three = ((three << BITS) | code) & WINDOW
            seen += 1
            if seen > 2:
                _put(found, row, three)


def sketched(sets: Sets) -> Bits:
    """The sketches of sets, shape (sets, 4)."""
    found = np.zeros((len(sets), WORDS), np.uint64)
    _tokens(sets.start, sets.token, sets.code, found)
    return found


@njit(nogil=True, cache=True)
def _tokens(start: Longs, token: NDArray[np.uint32], code: NDArray[np.uint64], found: Bits) -> None:
    for row in range(len(start) - 1):
        for k in range(start[row], start[row + 1]):
            _put(found, row, code[token[k]])


@njit(nogil=True, cache=True)
def _put(found: Bits, row: int, code: np.uint64) -> None:
    bit = (code * GOLDEN) >> np.uint64(56)
    found[row, bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))


@njit(nogil=True, cache=True)
def differing(bits: Bits, a: int, b: int) -> Any:
    """How many bits two sketches do not share: so many tokens, at least, do their sets not share."""
    found = np.uint64(0)
    for k in range(WORDS):
        x = bits[a, k] ^ bits[b, k]
        # ones are added up side by side; compilers make one instruction of it
        x -= (x >> np.uint64(1)) & np.uint64(0x5555555555555555)
        x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
        x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
        found += (x * np.uint64(0x0101010101010101)) >> np.uint64(56)
    return np.int64(found)
