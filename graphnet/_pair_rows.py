"""Pairs on their way into the ``pairs`` table, and those of before on their way out of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphnet.schema import PAIRS
from graphnet.study import Step

if TYPE_CHECKING:
    from graphnet.kernels.coaction import Found

__all__ = ["SLICE", "store", "write"]

SLICE = 1_000_000
"""Pairs a piece when they are written: what is in memory twice."""
HOW = {
    "compression": "zstd",
    # accounts are stored as differences: half the time, and smaller
    "column_encoding": dict.fromkeys(("source", "target"), "DELTA_BINARY_PACKED"),
    "use_dictionary": [name for name in PAIRS.names if name not in ("source", "target")],
    "store_schema": False,
}
LAYER = pa.dictionary(pa.int32(), pa.string())


def write(step: Step, layer: str, found: Found) -> int:
    """Write the pairs of a layer as its part of the table; returns how many."""
    path: Path = step.scratch / f"pairs.{layer}.parquet"
    store(path, layer, found)
    return step.adopt("pairs", path, layer)


def store(path: Path, layer: str, found: Found) -> None:
    """Write the pairs of a layer to a file."""
    schema = PAIRS.arrow.set(0, pa.field("layer", LAYER))
    with pq.ParquetWriter(path, schema, **HOW) as file:
        for piece in _rows(layer, found):
            file.write_table(piece.select(PAIRS.names).cast(schema))


def _rows(layer: str, found: Found) -> Iterator[pa.Table]:
    """The pairs as rows of the ``pairs`` table, in pieces."""
    for first in range(0, max(len(found), 1), SLICE):
        part = slice(first, first + SLICE)
        source, gap = found.source[part], found.quickest[part]
        name = pa.DictionaryArray.from_arrays(np.zeros(len(source), np.int32), pa.array([layer]))
        columns: dict[str, Any] = {
            "layer": name,
            "source": source,
            "target": found.target[part],
            "shared": found.shared[part],
            "quickest": pa.array(gap, mask=gap < 0),
            "weight": found.weight[part],
        }
        blank = pa.nulls(len(source), pa.float64())
        yield pa.table(columns | {name: blank for name in PAIRS.names if name not in columns})
