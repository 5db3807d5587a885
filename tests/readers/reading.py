"""Reads small inputs for the tests of the readers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphnet import registry, schema
from graphnet.readers import Source


@dataclass
class Got:
    """What a reader made of an input: rows as dicts without their nulls."""

    reader: str
    posts: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)


def surest(source: Source) -> Any:
    """The reader that is surest of a source."""
    return max((c() for c in registry.find("readers").values()), key=lambda r: r.sniff(source))


def read_source(source: Source, reader: str | None = None) -> Got:
    """Read a source to its end, checking every piece."""
    made = registry.get("readers", reader)() if reader else surest(source)
    found = defaultdict(list)
    for table, rows in made.read(source):
        schema.check(table, rows)
        rows.validate(full=True)
        found[table.name].extend({k: v for k, v in row.items() if v is not None} for row in rows.to_pylist())
    tables = (found[f"raw_{name}"] for name in ("posts", "edges", "accounts"))
    return Got(made.name, *tables, source.rejected, source.notes)


def read(folder: Path, content: str | bytes, name: str = "in.csv", reader: str | None = None, **more: Any) -> Got:
    """Read a file with this content; the file's name in messages is ``name``."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_source(Source(name=name, path=path, **more), reader)
