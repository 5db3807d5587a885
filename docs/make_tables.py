"""Writes docs/tables.md from graphnet/schema.py: ``python docs/make_tables.py``."""

from __future__ import annotations

from pathlib import Path

from graphnet import schema

INTRO = """# The tables of a study

Written from `graphnet/schema.py` by `python docs/make_tables.py`. Every table is one or more Parquet files in the study
folder; read them with any Parquet reader, or as DataFrames: `study.accounts`, `study.pairs`, ….

Ids inside are integers in the order of the platform's own ids, which stay beside them as text. Times are seconds
since 1970-01-01 UTC. Direction: source acts, target receives.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRO]
    for table in schema.STUDY.values():
        parts.append(f"\n## {table.name}\n\n| column | type | meaning |\n|---|---|---|\n")
        for c in table.columns:
            unit = f" ({c.unit})" if c.unit else ""
            parts.append(f"| `{c.name}` | {c.type} | {c.meaning}{unit} |\n")
    return "".join(parts)


if __name__ == "__main__":
    Path(__file__).with_name("tables.md").write_text(page(), encoding="utf-8")
