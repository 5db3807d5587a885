"""Edge lists: one row for each time (or each number of times) that one account acts on another, or shares something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet import schema
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._edges import read_edges
from graphnet.readers._input import Input
from graphnet.readers._rows import Piece
from graphnet.readers._tables import open_input, opened

__all__ = ["EdgeList", "score"]

ID = re.compile(r"^@?[\w.:+/=~-]{1,128}$")


@dataclass(frozen=True)
class EdgeList(Reader):
    """CSV, TSV or Parquet with a source and a target (or an object) in each row.

    Without a header the first column acts and the second receives; further columns are told from their values: times,
    then a weight. A cell may hold several targets. What the edges are is said by a column ``kind``, by the option
    ``kind``, or by the name of the file or of its columns; where nothing says it they are ``tie``.
    """

    name: ClassVar[str] = "edge_list"
    title: ClassVar[str] = "Edge list (CSV, TSV, Parquet): source, target, optional kind, time, weight"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_EDGES)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        table = opened(source)
        if table is None:
            return 0.0
        if table.names is None and not source.columns:
            return 0.25 if _pairs(table) else 0.0
        return score(columns.choose(table.columns, columns.EDGES, source, strict=False))

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        return read_edges(source, open_input(source))


def score(chosen: Mapping[str, int]) -> float:
    """How much a table with these fields looks like edges."""
    if "source" not in chosen:
        return 0.0
    # an account and a link may be a post as well, two accounts are an edge
    return 0.48 if "target" in chosen else 0.3 if "object" in chosen else 0.0


def _pairs(table: Input) -> bool:
    """Whether a table without header looks like edges: two columns of ids first."""
    first = table.sample(0)
    if not 1 < table.width <= 5 or not first:
        return False
    cells = [c.strip() for c in first] + [p for c in table.sample(1) for p in re.split(r"""[\s;|,'"[\]]+""", c)]
    there = [c for c in cells if c]
    return bool(there) and sum(bool(ID.match(c)) for c in there) >= 0.9 * len(there)
