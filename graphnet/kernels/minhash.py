"""MinHash signatures: 25 numbers a text, by which near-identical texts are found without comparing all with all.

The hash is fixed, so that signatures written today fit those of next week: token ``t`` (its 64-bit code) is mixed to 32
bits ``x`` (the finaliser of SplitMix64, upper half); row ``r`` orders all tokens by ``a_r x + b_r`` modulo 2**32 with
odd ``a_r``, the constants drawn by the same SplitMix64 from `SEED`; the five smallest values of the rows of a band are
folded to the 32 bits of that band. Two texts of Jaccard similarity ``s`` agree in a band with probability ``s**5``, so
in one of the 25 with ``1 - (1 - s**5)**25``: .99 at .7, .55 at .5, .06 at .3. For looser comparisons the same rows
are taken three a band, in 41 bands: .98 at .45.

Example:
    >>> from graphnet.kernels.minhash import bands
    >>> from graphnet.kernels.shingles import shingles
    >>> one, two, other = bands(shingles(["we shall meet at dawn", "we shall meet at dawn!", "nothing of the kind"]))
    >>> bool((one == two).any()), bool((one == other).any())
    (True, False)
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from graphnet.kernels.shingles import BITS, WINDOW, Keys, Longs, Sets, character, encoded, listed, shingles

__all__ = ["BANDS", "LOOSE", "ROWS", "bands", "packed", "signatures", "unpacked"]

BANDS, ROWS = 25, 5
LOOSE = 3
"""Rows a band where texts may differ more."""
SEED = 20_240_229
PIECE = 20_000
"""Texts that a thread takes at once."""

Numbers = NDArray[np.uint32]
Codes = NDArray[np.uint64]


def _mixed(codes: Codes) -> Codes:
    """The finaliser of SplitMix64."""
    z = codes + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _constants() -> tuple[Numbers, Numbers]:
    drawn = _mixed(np.uint64(SEED) + np.arange(2 * BANDS * ROWS, dtype=np.uint64))
    numbers = (drawn >> np.uint64(32)).astype(np.uint32)
    return numbers[: BANDS * ROWS] | np.uint32(1), numbers[BANDS * ROWS :]


def bands(sets: Sets, threads: int | None = 1, rows: int = ROWS) -> Numbers:
    """The signature of each text, shape (texts, `BANDS`); with other rows a band, as many bands as they make.

    Args:
        sets: The tokens of the texts; an empty set has the signature of no other text but the empty ones.
        threads: Number of threads; the answer does not depend on it.
        rows: Rows a band.
    """
    hashes = (_mixed(sets.code) >> np.uint64(32)).astype(np.uint32)
    found = np.empty((len(sets), BANDS * ROWS // rows), np.uint32)
    factor, plus = _constants()

    def some(low: int) -> None:
        _signed(sets.start[low : low + PIECE + 1], sets.token, hashes, factor, plus, rows, found[low : low + PIECE])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, range(0, len(sets), PIECE)))
    return found


@njit(nogil=True, cache=True)
def _signed(
    start: NDArray[np.int64], token: Numbers, hashes: Numbers, factor: Numbers, plus: Numbers, rows: int, found: Numbers
) -> None:
    least = np.empty(BANDS * ROWS, np.uint32)
    for i in range(len(start) - 1):
        least[:] = np.uint32(0xFFFFFFFF)
        for k in range(start[i], start[i + 1]):
            x = hashes[token[k]]
            for r in range(BANDS * ROWS):
                least[r] = min(least[r], np.uint32(factor[r] * x + plus[r]))
        _fold(least, rows, found[i])


@njit(nogil=True, cache=True)
def _fold(least: Numbers, rows: int, found: Numbers) -> None:
    """The bands of one text."""
    for b in range(len(found)):
        folded = np.uint64(b + 1)
        for r in range(b * rows, (b + 1) * rows):
            folded = (folded ^ np.uint64(least[r])) * np.uint64(0x9E3779B97F4A7C15)
            folded ^= folded >> np.uint64(29)
        found[b] = np.uint32(folded >> np.uint64(32))


def signatures(
    keys: Keys, threads: int | None = 1, rows: int = ROWS, tokens: Callable[[Keys], Sets] | None = None
) -> Numbers:
    """What `bands` gives for the sets of texts, which are in memory for some texts at a time only.

    Args:
        keys: The texts.
        threads: Number of threads; the answer does not depend on it.
        rows: Rows a band.
        tokens: What makes sets of texts; None: they are sets of 3-shingles. These are read off the text, without any
            set: one that comes twice changes no minimum.

    Example:
        >>> keys = ["we shall meet at dawn", "nothing of the kind"]
        >>> bool((signatures(keys) == bands(shingles(keys))).all())
        True
    """
    found = np.empty((len(keys), BANDS * ROWS // rows), np.uint32)

    def some(low: int) -> None:
        part = slice(low, low + PIECE)
        found[part] = _letters(keys[part], rows) if tokens is None else bands(tokens(listed(keys, part)), 1, rows)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, range(0, len(keys), PIECE)))
    return found


def _letters(keys: Keys, rows: int) -> Numbers:
    """The signatures of texts as sets of 3-shingles."""
    # what an empty set has
    found = np.repeat(bands(shingles([""]), 1, rows), len(keys), axis=0)
    for low, data, ends in encoded(keys):
        _read(data, ends, *_constants(), rows, found[low:])
    return found


_mixed_one = njit(_mixed, nogil=True, cache=True)


@njit(nogil=True, cache=True)
def _read(data: NDArray[np.uint8], ends: Longs, factor: Numbers, plus: Numbers, rows: int, found: Numbers) -> None:
    """Sign the 3-shingles of UTF-8 texts."""
    least = np.empty(BANDS * ROWS, np.uint32)
    for row in range(len(ends) - 1):
        least[:] = np.uint32(0xFFFFFFFF)
        i, seen, three = ends[row], 0, np.uint64(0)
        while i < ends[row + 1]:
            code, i = character(data, i)
            three = ((three << BITS) | code) & WINDOW
            seen += 1
            if seen > 2:
                x = np.uint32(_mixed_one(three) >> np.uint64(32))
                for r in range(BANDS * ROWS):
                    least[r] = min(least[r], np.uint32(factor[r] * x + plus[r]))
        _fold(least, rows, found[row])


def packed(signatures: Numbers) -> pa.Array:
    """Signatures as bytes, as the table ``texts`` keeps them (25 little-endian numbers of 32 bits)."""
    data = np.ascontiguousarray(signatures, "<u4")
    ends = np.arange(len(data) + 1, dtype=np.int32) * (4 * data.shape[1])
    return pa.Array.from_buffers(pa.binary(), len(data), [None, pa.py_buffer(ends), pa.py_buffer(data)])


def unpacked(rows: Any, bands: int = BANDS) -> Numbers:
    """What `packed` made: one value a text, an Arrow column or anything that it can be made of.

    Example:
        >>> unpacked(packed(np.arange(50, dtype=np.uint32).reshape(2, 25)))[1, :3].tolist()
        [25, 26, 27]
    """
    column = rows if isinstance(rows, pa.Array | pa.ChunkedArray) else pa.array(rows, pa.binary())
    found, low = np.empty((len(column), bands), np.uint32), 0
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        raw = chunk.cast(pa.binary(4 * bands))
        data = np.frombuffer(raw.buffers()[1] or b"", "<u4").reshape(-1, bands)
        found[low : low + len(raw)] = data[raw.offset : raw.offset + len(raw)]
        low += len(raw)
    return found
