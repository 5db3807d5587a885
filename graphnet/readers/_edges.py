"""Rows of any table to `graphnet.schema.RAW_EDGES`, and the kind of edges where no column says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet import schema
from graphnet.readers import Source
from graphnet.readers import _cells as cells
from graphnet.readers import _columns as columns
from graphnet.readers._input import Input
from graphnet.readers._rows import Piece, Plan, Rows, raw, run
from graphnet.readers._times import looks_like_time

__all__ = ["UNKNOWN", "Edges", "base", "default_kind", "kind_of", "read_edges", "shares"]

UNKNOWN = "tie"
"""The kind of edges of which nothing says what they are: not one of `schema.KINDS`, so that no layer mistakes them."""

WORDS = {
    "retweet": ("retweet", "rt", "rts", "repost", "reblog", "boost"),
    "quote": ("quote", "quoting"),
    "reply": ("reply", "repli", "inreply", "comment", "answer"),
    "mention": ("mention",),
    "follow": ("follow", "friend"),
    "like": ("like", "liking", "fav"),
}
SHORT = frozenset({"rt", "rts"})
"""Words that count only when they stand alone."""
SEVERAL = " \t\n;|,["
NO_END = "neither a target nor an object"
NUMBER = re.compile(r"^[-+]?\d+(\.\d*)?$")


# Which columns, which kind -------------------------------------------------------------------------------------------


def read_edges(source: Source, table: Input, *, several: bool | None = None) -> Iterator[Piece]:
    """Read a table as edges.

    Args:
        source: The input.
        table: Its table.
        several: Whether a cell of targets may hold several; None: told from the sources.

    Raises:
        InputError: There is no source, or neither a target nor an object.
    """
    chosen = {} if table.names is not None or source.columns else _by_place(table)
    chosen = chosen or columns.needed(table.columns, columns.EDGES, source, ("source",), ("target", "object"))
    told = [table.columns[chosen[f]] for f in ("target", "source", "object") if f in chosen]
    kind = default_kind(source, told, has_target="target" in chosen)
    if several is None:
        several = _may_hold_several(source, table.sample(chosen["source"]))
    edges = Edges(kind, several=several)
    return run(Plan(source, table, chosen), lambda rows: iter([(schema.RAW_EDGES, edges(rows))]))


def _may_hold_several(source: Source, sources: Iterable[str]) -> bool:
    """Whether a cell of targets may hold several: not where the sources are names with spaces in them."""
    if source.options.get("split") in ("yes", "no"):
        return source.options["split"] == "yes"
    return not any(" " in cell.strip() for cell in sources)


def _by_place(table: Input) -> dict[str, int]:
    """The columns of a table without header: source, target, then what the values look like."""
    chosen = {"source": 0, "target": 1} if table.width > 1 else {}
    for position in range(2, table.width):
        field = _guess(table.sample(position))
        if field and field not in chosen:
            chosen[field] = position
    return chosen


def _guess(cells: Sequence[str]) -> str | None:
    values = [c.strip() for c in cells if c.strip()]
    if not values:
        return None
    if all(looks_like_time(v) for v in values):
        return "time"
    if all(NUMBER.match(v) for v in values):
        return "weight"
    return "kind" if all(kind_of(v) for v in values) else None


def kind_of(words: str) -> str | None:
    """The kind that a file, column or cell names, or None.

    Example:
        >>> kind_of("higgs-reply_network.edgelist"), kind_of("Retweeted User"), kind_of("network")
        ('reply', 'retweet', None)
    """
    tokens = re.findall(r"[a-z]+", words.lower())
    for kind, starts in WORDS.items():
        if any(t == s or (s not in SHORT and t.startswith(s)) for t in tokens for s in starts):
            return kind
    return None


def default_kind(source: Source, names: Iterable[str], *, has_target: bool) -> str:
    """The kind of edges where no column says it.

    In this order: the option ``kind``; the file's name, then its folder's; the names of the columns; ``share`` for
    objects; `UNKNOWN`.
    """
    if source.options.get("kind"):
        return source.options["kind"].strip().lower()
    # no further up: what a home folder is called says nothing
    places = [*reversed(PurePath(source.name).parts[-2:]), *names] if source.path is not None else list(names)
    told = next((k for k in map(kind_of, places) if k), None)
    return told or (UNKNOWN if has_target else "share")


# Rows ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edges:
    """Turns rows into edges.

    Args:
        kind: The kind where no column says it.
        several: Whether a cell of targets may hold several, separated by spaces, ``;``, ``|`` or ``,``.
    """

    kind: str
    several: bool = True

    def __call__(self, rows: Rows) -> pa.Table:
        """Rows as `graphnet.schema.RAW_EDGES`."""
        common = base(rows, self.kind)
        split = next((f for f in ("target", "object") if f in rows.columns and self._several(rows.columns[f], f)), None)
        return _single(rows, common) if split is None else _apart(rows, common, split)

    def _several(self, column: Any, of: str) -> bool:
        """Whether some cell holds several ids. Objects are links, which hold any separator: there only lists count."""
        if pa.types.is_nested(column.type):
            return True
        if not (self.several and pa.types.is_string(column.type)):
            return False
        trimmed = pc.utf8_trim_whitespace(column)
        if of == "target":
            return cells.has_any(trimmed, SEVERAL)
        return cells.has_any(trimmed, "[") and bool(pc.any(pc.starts_with(trimmed, "[")).as_py())


def base(rows: Rows, kind: str) -> dict[str, Any]:
    """What every edge has: source, kind, time, post, weight."""
    return {
        "source": rows.needed_ids("source", "source"),
        "kind": _kinds(rows, kind),
        "time": rows.times("time"),
        "post": rows.ids("post"),
        "weight": _weights(rows),
    }


def shares(rows: Rows, common: dict[str, Any], kind: str, objects: Any) -> pa.Table:
    """Edges of one kind to objects; rows without an object give none."""
    ends = {"kind": _repeated(kind, rows.count), "target": rows.nothing(pa.string()), "object": objects}
    there = cells.mask(pc.is_valid(objects)) & rows.kept
    return raw(schema.RAW_EDGES, common | ends).filter(pa.array(there))


def _kinds(rows: Rows, kind: str) -> Any:
    if "kind" not in rows.columns:
        return _repeated(kind, rows.count)
    said = rows.label("kind").dictionary_encode()
    lower = [w.strip().lower() for w in said.dictionary.to_pylist()]
    names = pa.array([w if w in schema.KINDS else kind_of(w) or w for w in lower], pa.string())
    return pc.fill_null(pa.DictionaryArray.from_arrays(said.indices, names).dictionary_decode(), kind)


def _repeated(word: str, count: int) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int8)), pa.array([word])).dictionary_decode()


def _weights(rows: Rows) -> Any:
    """How often; a weight that is no number above 0 rejects its row."""
    if "weight" not in rows.columns:
        return rows.nothing(pa.float64())
    column = rows.columns["weight"]
    values = cells.weights(column)
    usable = cells.mask(pc.and_(pc.is_finite(values), pc.greater(values, 0)))
    said = cells.mask(pc.is_valid(cells.present(cells.text(column)[0])))
    rows.reject(said & ~usable, "the weight {value} is not a number above 0", "weight")
    return values


def _single(rows: Rows, common: dict[str, Any]) -> pa.Table:
    """The edges of rows with one target or object each."""
    found = {f: cells.ids(rows.columns[f]) for f in ("target", "object") if f in rows.columns}
    none = rows.nothing(pa.string())
    ends = {f: found[f][0] if f in found else none for f in ("target", "object")}
    empty = _empty(ends)
    for of, (_, damage) in found.items():
        for bad, reason in damage:
            rows.reject(bad & empty, reason, of)
        rows.note_damage(of, [(bad & ~empty, reason) for bad, reason in damage])
    rows.reject(empty, NO_END)
    return rows.kept_of(raw(schema.RAW_EDGES, common | ends))


def _apart(rows: Rows, common: dict[str, Any], of: str) -> pa.Table:
    """The edges of rows with several targets (or objects) each: one for each of them."""
    lists = cells.words(rows.columns[of]) if of == "target" else cells.links(rows.columns[of])
    values, damage = cells.ids(lists.flatten())
    rows.note_damage(of, damage)
    index, values = _with_empty_rows(pc.list_parent_indices(lists), values, rows.count)
    take = pa.array(index)
    other = "object" if of == "target" else "target"
    ends = {of: values, other: rows.ids(other).take(take)}
    lost = np.zeros(rows.count, dtype=np.bool_)
    lost[index[_empty(ends)]] = True
    rows.reject(lost, NO_END)
    table = raw(schema.RAW_EDGES, {n: c.take(take) for n, c in common.items()} | ends)
    return table.filter(pa.array(rows.kept[index]))


def _with_empty_rows(parents: Any, values: Any, count: int) -> tuple[Any, Any]:
    """The row of each value, and the values; a row without any keeps one null, so that it is not lost here."""
    valid = cells.mask(pc.is_valid(values))
    index = parents.to_numpy(zero_copy_only=False).astype(np.int64)[valid]
    without = np.setdiff1d(np.arange(count), index)
    order = np.argsort(np.concatenate((index, without)), kind="stable")
    values = pa.concat_arrays([values.filter(pa.array(valid)), pa.nulls(len(without), pa.string())])
    return np.concatenate((index, without))[order], values.take(pa.array(order))


def _empty(ends: Mapping[str, Any]) -> cells.Mask:
    return cells.mask(pc.and_(pc.is_null(ends["target"]), pc.is_null(ends["object"])))
