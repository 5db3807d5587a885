"""Signatures of texts that were matched before the study grew: what is known of a text is not worked out again.

A signature depends on the words of its text alone. Texts that share a band with no other are never compared, so with
the signatures at hand their shingles are not needed either; that is where most of the time goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.schema import TEXT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.kernels.shingles import Sets
    from graphnet.study import Study

    Numbers = NDArray[np.uint32]
    Flags = NDArray[np.bool_]

__all__ = ["KEPT", "Kept", "kept", "signed"]

KEPT = "staged_signatures"
SAMPLE = 50
"""Kept signatures that are worked out again, to see that they were made in the same way."""


@dataclass(frozen=True)
class Kept:
    """Texts whose signatures are known.

    Attributes:
        keys: Their normalised words.
        signatures: One row a text.
    """

    keys: pa.Array
    signatures: Numbers


def kept(study: Study) -> Kept | None:
    """What an earlier `match` of the study, before it grew, found out; None: nothing, or nothing that can be used."""
    if not study.has(KEPT):
        return None
    from graphnet.kernels.minhash import BANDS, bands  # noqa: PLC0415  (numba)
    from graphnet.kernels.shingles import shingles  # noqa: PLC0415

    rows = study.rows(f"select key, signature from {KEPT} order by key")
    raw = b"".join(rows["signature"].to_pylist())
    if not raw or len(raw) != 4 * BANDS * rows.num_rows:
        return None
    signatures = np.frombuffer(raw, "<u4").astype(np.uint32).reshape(-1, BANDS)
    some = slice(None, None, max(rows.num_rows // SAMPLE, 1))
    again = bands(shingles(rows["key"].to_pylist()[some]))
    # another version of the hash would make other signatures
    return Kept(rows["key"].combine_chunks(), signatures) if (again == signatures[some]).all() else None


def signed(keys: Sequence[str], known: Kept | None, threads: int | None, *, everything: bool) -> tuple[Sets, Numbers]:
    """Shingles and signatures of distinct texts.

    Args:
        keys: Their normalised words.
        known: Texts whose signatures are not worked out again.
        threads: Number of threads; the answer does not depend on it.
        everything: Whether the shingles of all texts are needed; otherwise only those of texts that share a band with
            another one are there, and the sets of the others are empty.
    """
    from graphnet.kernels.minhash import bands  # noqa: PLC0415
    from graphnet.kernels.shingles import shingles  # noqa: PLC0415

    if known is None:
        sets = shingles(keys)
        return sets, bands(sets, threads)
    place = pc.fill_null(pc.index_in(pa.array(keys, TEXT), known.keys), -1).to_numpy(zero_copy_only=False)
    new = np.flatnonzero(place < 0)
    signatures = known.signatures[np.maximum(place, 0)]
    signatures[new] = bands(shingles([keys[i] for i in new.tolist()]), threads)
    if everything:
        return shingles(keys), signatures
    needed = _sharing(signatures).tolist()
    return shingles([key if used else "" for key, used in zip(keys, needed, strict=True)]), signatures


def _sharing(signatures: Numbers) -> Flags:
    """Which texts have a band in common with another one."""
    found = np.zeros(len(signatures), np.bool_)
    for band in signatures.T:
        order = np.argsort(band)
        same = band[order][1:] == band[order][:-1]
        found[order[1:][same]] = True
        found[order[:-1][same]] = True
    return found
