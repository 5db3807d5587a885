"""What the tests of the JSON readers share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphnet import schema
from graphnet.readers import Reader, Source

POSTS, ACCOUNTS = schema.RAW_POSTS.name, schema.RAW_ACCOUNTS.name


def source(folder: Path, content: str | bytes, name: str = "in.json", **given: Any) -> Source:
    """A file of that content."""
    path = folder / name
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    return Source(name, path, **given)


def read(reader: Reader, file: Source) -> dict[str, list[dict[str, Any]]]:
    """All rows a reader yields, by table; every piece is checked against its schema."""
    found: dict[str, list[dict[str, Any]]] = {POSTS: [], ACCOUNTS: []}
    for table, rows in reader.read(file):
        schema.check(table, rows)
        assert rows.num_rows
        found[table.name] += rows.to_pylist()
    return found
