"""Writes the pages that are read off the code: ``python docs/make_pages.py``.

``tables.md`` from `graphnet.schema`, ``reference.md`` from the drop-ins the registry finds and from the command line.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from graphnet import commands, registry, schema

TABLES = """# The tables of a study

Written from `graphnet/schema.py` by `python docs/make_pages.py`. Every table is one or more Parquet files in the study
folder; read them with pandas (its pyarrow engine; fastparquet cannot), polars, DuckDB or Spark, or as DataFrames:
`study.accounts`, `study.pairs`, ….

Ids inside are integers in the order of the platform's own ids, which stay beside them as text. Times are seconds
since 1970-01-01 UTC. Direction: source acts, target receives.
"""
REFERENCE = """# Formats, layers, detectors, signals, exports, commands

Written from the code by `python docs/make_pages.py`. Parameters stand with their defaults; on the command line they are
given as `--layer co_retweet:window=60,min_shared=3`, in Python as `gn.layers.CoRetweet(window=60, min_shared=3)`.
"""
KINDS = {
    "readers": "Formats that are read",
    "layers": "Layers: ways of acting together",
    "nulls": "Null models",
    "detectors": "Detectors of communities",
    "signals": "Signals",
    "explanations": "Benign explanations",
    "audits": "Audits",
    "rows": "Rows of a comparison",
    "exports": "Formats that are written",
}


def tables() -> str:
    """The page of the tables."""
    return TABLES + "".join(_table(table) for table in schema.STUDY.values())


def _table(table: schema.Table) -> str:
    rows = "".join(
        f"| `{c.name}` | {c.type} | {c.meaning}{f' ({c.unit})' if c.unit else ''} |\n" for c in table.columns
    )
    return f"\n## {table.name}\n\n| column | type | meaning |\n|---|---|---|\n{rows}"


def reference() -> str:
    """The page of the drop-ins and commands."""
    parts = [REFERENCE]
    for kind, title in KINDS.items():
        parts.append(f"\n## {title}\n\n")
        parts += [_drop_in(name, cls) for name, cls in registry.find(kind).items()]
    parts.append("\n## Commands\n\n")
    parts += [f"- `graphnet {name}`: {command.get_short_help_str(200)}\n" for name, command in _commands()]
    return "".join(parts)


def _drop_in(name: str, cls: type) -> str:
    about = registry.about(cls)
    takes = f" Parameters: `{about['takes']}`." if about["takes"] else ""
    first = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")
    return f"- `{name}`: {about['title']}. {first}{takes}\n"


def _commands() -> Iterator[tuple[str, click.Command]]:
    yield from sorted((c.name or "", c) for c in commands.commands())


PAGES = {"tables.md": tables, "reference.md": reference}

if __name__ == "__main__":
    for name, page in PAGES.items():
        Path(__file__).with_name(name).write_text(page(), encoding="utf-8")
