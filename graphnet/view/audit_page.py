"""What an audit found, as files: a page to read and mail, its figures as JSON, its tables as CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphnet import safe

if TYPE_CHECKING:
    from graphnet.audits import Audited

__all__ = ["write"]


def write(found: Audited, path: Path) -> list[Path]:
    """Write the figures and tables of an audit beside the page ``path``.

    Args:
        found: What the audit found.
        path: The page, such as ``followers.html``; ``followers.json`` and ``followers.TABLE.csv`` go beside it.

    Returns:
        The files written.
    """
    figures = path.with_suffix(".json")
    text = json.dumps(asdict(found), ensure_ascii=False, indent=1, default=float)
    figures.write_text(text + "\n", encoding="utf-8", newline="\n")
    return [figures, *(_table(rows, path.with_suffix(f".{name}.csv")) for name, rows in found.tables.items())]


def _table(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """One table as CSV; cells that a spreadsheet would run as formulas are neutralised."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return path


def _cell(value: Any) -> Any:
    return safe.cell(value) if isinstance(value, str) else value
