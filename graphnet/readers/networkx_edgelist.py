"""Edge lists as networkx writes them: ``source target {'weight': 2, 'time': '…'}``, a Python dict in each line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from graphnet import schema
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._cells import shortened
from graphnet.readers._edges import read_edges
from graphnet.readers._input import Memory
from graphnet.readers._rows import Piece

__all__ = ["NetworkxEdgelist"]

LINE = re.compile(r"^\s*(\S+)[ \t]+(\S+)[ \t]+(\{.*\})\s*$")
NAN = re.compile(r"(?<=: )nan(?=[,}])")
"""Python writes a missing number as ``nan``, which it cannot read again."""
USEFUL = {n for field, names in columns.EDGES.items() if field not in ("source", "target") for n in names}


@dataclass(frozen=True)
class NetworkxEdgelist(Reader):
    """What ``networkx.write_edgelist`` writes when edges have attributes.

    Attributes are told by their names, as columns are.
    """

    name: ClassVar[str] = "networkx_edgelist"
    title: ClassVar[str] = "networkx edge list with attributes: source target {'created_at': …}"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_EDGES)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        lines = [line for line in source.head.splitlines()[:20] if line.strip()]
        # the last line may be cut by the end of the head
        return 0.9 if lines and all(LINE.match(line) for line in lines[:-1] or lines) else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        records, places = [], []
        with source.reading() as file:
            for number, line in enumerate(file, start=1):
                record = _record(source, number, line)
                if record:
                    records.append(record)
                    places.append(number)
        if records:
            yield from read_edges(source, Memory.of_records(records, places), several=False)


def _record(source: Source, number: int, line: bytes) -> dict[str, Any] | None:
    """The edge in one line; None, and rejected, if there is none."""
    text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace")
    found = LINE.match(text)
    if found is None:
        if text.strip():
            source.reject(number, f"not 'source target {{…}}' but {shortened(text.strip())}")
        return None
    try:
        attributes = ast.literal_eval(NAN.sub("None", found[3]))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        source.reject(number, f"the attributes are no Python dict: {shortened(found[3])}")
        return None
    useful = {k: v for k, v in attributes.items() if isinstance(k, str) and columns.normal(k) in USEFUL}
    return {"source": found[1], "target": found[2], **useful}
