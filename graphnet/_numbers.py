"""Numbers in the order of ids, where there may be more ids than one task should sort.

One window over all rows gives them, and that is one task on an engine that is spread. There, ids are cut by how they
begin: the number of an id is how many ids begin with something smaller, plus its place among those that begin alike.
Beginnings are as long as needed, kind by kind: ids of posts have their first digits in common, words have not.

The numbers are the same either way.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from graphnet.engines import Engine, write
from graphnet.schema import INT, TEXT, Column, Table

__all__ = ["MOST", "numbers", "whole"]

MOST = 2_000_000
"""Ids that one task sorts: a few seconds, and some hundred megabytes."""
LENGTHS = (3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 128, 256, 1024)
"""Letters of a beginning, in the order in which they are tried. Ids that are alike that far are one task."""

LETTERS = Table("id_letters", (Column("kind", TEXT, ""), Column("letters", INT, "")))
HEADS = Table("id_heads", (Column("kind", TEXT, ""), Column("head", TEXT, ""), Column("earlier", INT, "")))

LARGEST_SQL = """
select kind, max(n) as n from (
    select kind, substr(id, 1, {letters}) as head, count(*) as n from ({ids}) i group by kind, substr(id, 1, {letters})
) h group by kind"""

HEAD = "substr({row}.id, 1, cast(l.letters as int))"
HEADS_SQL = f"""
select kind, head, cast(
    sum(n) over (order by kind, head rows between unbounded preceding and current row) - n as bigint) as earlier
from (
    select i.kind, {HEAD.format(row="i")} as head, count(*) as n from ({{ids}}) i join id_letters l on l.kind = i.kind
    group by i.kind, {HEAD.format(row="i")}
) h"""
JOIN_SQL = "join id_letters l on l.kind = {kind} join id_heads b on b.kind = l.kind and b.head = {head}"


def whole(row: str, kind: str | None = None) -> dict[str, str]:
    """The SQL of `numbers` with one window over all rows.

    Example:
        >>> whole("i")
        {'number': 'row_number() over (order by i.id) - 1', 'heads': ''}
    """
    order = ", ".join(f"{row}.{name}" for name in (kind, "id") if name)
    return {"number": f"row_number() over (order by {order}) - 1", "heads": ""}


def numbers(engine: Engine, folder: Path, ids: str, row: str, kind: str | None = None, *, bound: int) -> dict[str, str]:
    """SQL for the numbers of rows in the order of their ids, from 0.

    Args:
        engine: Where the rows are. It knows tables ``id_letters`` and ``id_heads`` afterwards, until the next call.
        folder: Where to save these.
        ids: SQL for the ids, each once: columns ``kind`` (an empty text if there are no kinds) and ``id``.
        row: The name that stands for a row in the query that shall have the numbers; it has a column ``id``.
        kind: A column of it that comes before the id in the order.
        bound: There are no more ids than this.

    Returns:
        ``number``, the expression, and ``heads``, joins that the query needs for it.
    """
    if not engine.spread or bound <= MOST:
        return whole(row, kind)
    # kinds come from data, so they are rows, never a part of SQL
    letters, heads = folder / "id_letters.parquet", folder / "id_heads.parquet"
    write([_letters(engine, ids)], letters, LETTERS)
    engine.open(letters, LETTERS.name)
    engine.save(HEADS_SQL.format(ids=ids), heads, HEADS)
    engine.open(heads, HEADS.name)
    place = f"row_number() over (partition by b.kind, b.head order by {row}.id)"
    column, head = f"{row}.{kind}" if kind else "''", HEAD.format(row=row)
    return {"number": f"b.earlier + {place} - 1", "heads": JOIN_SQL.format(kind=column, head=head)}


def _letters(engine: Engine, ids: str) -> pa.Table:
    """For each kind the fewest letters so that few enough ids begin alike."""
    found: dict[str, int] = {}
    for letters in LENGTHS:
        largest = engine.rows(LARGEST_SQL.format(letters=letters, ids=ids)).to_pylist()
        enough = [row["kind"] for row in largest if row["n"] <= MOST or letters == LENGTHS[-1]]
        found |= {kind: letters for kind in enough if kind not in found}
        if len(found) == len(largest):
            break
    return pa.table({"kind": pa.array(found, TEXT), "letters": pa.array(found.values(), INT)})
