"""What ``read --append`` leaves for the next `project`, so that this need not count every pair again.

Three tables, which that `project` drops: ``staged_pairs``, the pairs as they were (files of before, by reference);
``staged_moves``, which account became which; and ``staged_actions``, the actions that came. They are left only where
the actions of before are still there, all of them, and differ in nothing but their numbers.

A layer can make use of them if each of its rows is made of one action and, at most, of that action's object: then what
came brings rows and changes none. That is read off its SQL, see `row_by_row`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphnet import _splice, registry
from graphnet._splice import Longs
from graphnet._splice_actions import Changes
from graphnet.errors import GraphnetError
from graphnet.layers import Layer
from graphnet.schema import ACTIONS
from graphnet.study import Step, Study

__all__ = [
    "ACTIONS_CAME",
    "MOVES",
    "PAIRS_WERE",
    "Earlier",
    "digest",
    "drop",
    "found",
    "hand_over",
    "moves",
    "of_those_that_came",
    "pairs_before",
    "reads_objects",
    "row_by_row",
]

PAIRS_WERE, MOVES, ACTIONS_CAME = "staged_pairs", "staged_moves", "staged_actions"
NOTE = "pairs_before"
"""What the manifest says about the pairs as they were, in the summary of the step that left them."""

FROM = r"from actions(?P<alias> (?!join\b|where\b)\w+)?"
SHAPE = re.compile(rf"select (?P<columns>.+?) {FROM}(?P<objects> join objects .+?)?(?: where .+)?", re.DOTALL)
"""Rows of actions, each perhaps with its object."""
TOGETHER = re.compile(
    r"select .*\bselect\b|\b(join .*join|distinct|group|having|over|limit|union|except|intersect|left|right|full|cross"
    r"|min|max|sum|avg|count|random|unnest|explode)\b",
    re.DOTALL | re.IGNORECASE,
)
"""What makes a row of several rows, several rows of one, or a row that depends on others."""
OBJECTS = re.compile(r" join objects (?:as )?(\w+) on \1\.object = \w+\.object")


def row_by_row(sql: str) -> bool:
    """Whether each row of this query is made of one row of ``actions`` and, at most, its object.

    Example:
        >>> row_by_row("select account, target as object, time, post from actions where kind = 'follow'")
        True
        >>> row_by_row("select account, max(time) as time from actions group by account")
        False
    """
    shape = SHAPE.fullmatch(" ".join(sql.split()))
    if shape is None or TOGETHER.search(sql):
        return False
    return shape["objects"] is None or OBJECTS.fullmatch(shape["objects"]) is not None


def reads_objects(sql: str) -> bool:
    """Whether a query also looks at what is told of the objects."""
    return re.search(r"\bobjects\b", sql) is not None


def of_those_that_came(sql: str) -> str:
    """The same query over the actions that came alone.

    Example:
        >>> of_those_that_came("select account, object from actions where kind = 'link'")
        "select account, object from staged_actions actions where kind = 'link'"
    """
    return re.sub(FROM, lambda m: f"from {ACTIONS_CAME}{m['alias'] or ' actions'}", sql, count=1)


def digest(layer: Layer) -> str:
    """What a layer's query is known by: somebody's own layer may have another one now, and be called the same."""
    return hashlib.sha256(layer.rows().encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Earlier:
    """How the pairs of a layer were made before.

    Attributes:
        layer: The layer with all its parameters, as text.
        about: Its part of the summary of `graphnet.project`.
        basis: What else is known of what they were made of, see there.
        version: The version of graphnet that made them.
    """

    layer: str
    about: Mapping[str, Any]
    basis: Mapping[str, Any]
    version: str


def hand_over(step: Step, came: pa.Table, changes: Changes, *, told_of_objects: bool) -> None:
    """Leave for the next `project` what it can go on from; nothing, where stored actions have changed.

    Args:
        step: The running step of ``read``.
        came: The actions that came, with their numbers.
        changes: What became of those that were there.
        told_of_objects: Whether something else is told of objects that were there.
    """
    if changes.disorder:
        return
    pairs, notes, since, before = _left(step.study)
    usable = {
        name: note
        for name, note in notes.items()
        if note["about"] and _usable(note["layer"], told_of_objects=told_of_objects)
    }
    parts = [name for name, file in step.study.files(pairs).items() if name in usable and _single(step.study, file)]
    if not parts:
        return
    accounts = changes.numbers["account"]
    step.carry(pairs, PAIRS_WERE, parts)
    step.write(MOVES, pa.table({"account": accounts if since is None else accounts[since]}))
    step.write(ACTIONS_CAME, [came] if before is None else [_renumbered(before, changes), came])
    step.summary[NOTE] = {name: usable[name] for name in parts}


def _left(study: Study) -> tuple[str, dict[str, Any], Longs | None, pa.Table | None]:
    """The table of the pairs as they were, how they were made, and what came since then if `project` was not run."""
    if study.has("pairs"):
        return "pairs", _notes(study), None, None
    if not study.has(PAIRS_WERE):
        return "pairs", {}, None, None
    return PAIRS_WERE, study.last("read")["summary"][NOTE], moves(study), study.rows(f"select * from {ACTIONS_CAME}")


def _notes(study: Study) -> dict[str, Any]:
    notes = {}
    for step in (s for s in study.manifest["steps"] if s["verb"] == "project"):
        told = step["summary"].get("layers", {})
        for layer in step["parameters"].get("layers", ()):
            name = layer.partition(":")[0]
            notes[name] = {
                "layer": layer,
                "about": told.get(name),
                "basis": step["summary"].get("basis", {}).get(name, {}),
                "version": step["versions"]["graphnet"],
            }
    return notes


def _usable(layer: str, *, told_of_objects: bool) -> bool:
    try:
        sql = registry.make("layers", layer).rows()
    except GraphnetError:  # a layer of somebody's own, which is not there now
        return False
    return row_by_row(sql) and not (told_of_objects and reads_objects(sql))


def _single(study: Study, file: str) -> bool:
    path = study.path / file
    return isinstance(path, Path) and path.is_file()


def _renumbered(came: pa.Table, changes: Changes) -> pa.Table:
    for column, new in changes.numbers.items():
        values = _splice.nullable(_splice.renumbered(_splice.number(came[column]), new))
        came = came.set_column(came.column_names.index(column), column, values)
    return came.select(ACTIONS.names)


def found(study: Study, layer: Layer) -> Earlier | None:
    """How this layer's pairs were made before the study grew, if they were left for it."""
    if study.engine.spread or not isinstance(study.path, Path) or layer.name not in study.files(PAIRS_WERE):
        return None
    note = study.last("read")["summary"].get(NOTE, {}).get(layer.name)
    return Earlier(**note) if note else None


def pairs_before(study: Study, layer: Layer) -> dict[str, Any]:
    """Its pairs as they were, in their order, with the numbers that accounts had then; no gap is -1."""
    columns = {"source": np.int32, "target": np.int32, "shared": np.int64, "quickest": np.int64, "weight": np.float64}
    with pq.ParquetFile(study.path / study.files(PAIRS_WERE)[layer.name]) as file:
        made = {name: np.empty(file.metadata.num_rows, kind) for name, kind in columns.items()}
        first = 0
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group, [*columns], use_threads=False)
            for name, values in made.items():
                values[first : first + len(rows)] = pc.fill_null(rows[name], -1).to_numpy()
            first += len(rows)
    return made


def moves(study: Study) -> Longs:
    """The number of each account now, in the order of before."""
    (file,) = study.files(MOVES).values()
    return np.asarray(pq.read_table(study.path / file, use_threads=False)["account"].to_numpy(), np.int64)


def drop(step: Step, made: Iterable[str]) -> None:
    """Let go of the pairs of layers as they were, since they were made anew; and of the rest with the last of them."""
    there = set(step.study.files(PAIRS_WERE))
    for layer in there & set(made):
        step.drop(PAIRS_WERE, layer)
    if there and there <= set(made):
        step.drop(MOVES)
        step.drop(ACTIONS_CAME)
