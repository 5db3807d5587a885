"""One study cut into successive periods, each a study of its own that gives what a separate read of it would give.

Only what has a time can be cut: actions without one (most follow lists) and handles are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphnet import registry, schema
from graphnet._detect import detect
from graphnet._match import match
from graphnet._project import project
from graphnet.errors import InputError
from graphnet.study import Study
from graphnet.words import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphnet.layers import Layer

__all__ = ["MOST", "Period", "Steps", "cut", "periods", "steps_of"]

DAY = 86_400
LENGTHS = {"day": (DAY, 0), "week": (7 * DAY, 4 * DAY)}
"""Seconds of a period, and where one starts: 5 January 1970 was a Monday."""
MOST = 400
"""More periods than this are refused: each is projected by itself, and nobody reads so many columns."""

SPAN_SQL = "select min(time) as first, max(time) as last from actions where time is not null"
COPIED = {
    "accounts": "select * from accounts",
    "posts": "select * from posts where time >= {0} and time < {1}",
    "actions": "select * from actions where time >= {0} and time < {1}",
    "objects": (
        "select o.* from objects o join (select distinct object from actions where time >= {0} and time < {1}) a "
        "on a.object = o.object order by o.object"
    ),
}


@dataclass(frozen=True)
class Period:
    """From ``start`` to before ``end``, in seconds since 1970; a day or week of UTC."""

    name: str
    start: int
    end: int


def periods(study: Study, by: str) -> list[Period]:
    """All days or weeks (from Monday) from a study's first action to its last, also those without any.

    Raises:
        InputError: There is no such length, no action has a time, or the periods would be too many.
    """
    if by not in LENGTHS:
        raise InputError(f"periods are by {' or '.join(LENGTHS)}, not by {by!r}")
    study.require("actions")
    row = study.rows(SPAN_SQL).to_pylist()[0]
    if row["first"] is None:
        raise InputError(f"no action in {study.path} has a time, so it cannot be cut into periods")
    length, shift = LENGTHS[by]
    first, last = ((row[name] - shift) // length for name in ("first", "last"))
    if last - first >= MOST:
        raise InputError(
            f"{study.path} spans {last - first + 1:,} {by}s, and {MOST} can be followed. "
            f"{'Take --by week, or read' if by == 'day' else 'Read'} a shorter time into a study of its own"
        )
    starts = [i * length + shift for i in range(first, last + 1)]
    return [Period((iso(start) or "")[:10], start, start + length) for start in starts]


@dataclass(frozen=True)
class Steps:
    """How each period is worked on: as the whole study was.

    Attributes:
        layers: With their parameters.
        detect: Arguments of `detect`.
        match: Arguments of `match`; None: no layer needs it.
    """

    layers: Sequence[Layer]
    detect: dict[str, Any]
    match: dict[str, Any] | None


def steps_of(study: Study) -> Steps:
    """How a study's communities were found, to do it again in its periods.

    In a period only plain pairs are used: a day has too little data to test them against chance.

    Raises:
        MissingTable: Nobody has looked for communities yet.
    """
    study.require("pairs", "members")
    used = study.last("detect")["parameters"]
    names = used["pairs_of"] or used["ties_of"]
    texts = [t for s in study.manifest["steps"] if s["verb"] == "project" for t in s["parameters"]["layers"]]
    newest = {text.partition(":")[0]: text for text in texts}
    how = {name: used[name] for name in ("min_size", "core", "min_shared", "min_layers", "backbone")}
    how["detector"] = registry.make("detectors", used["detector"])
    layers = [registry.make("layers", newest.get(name, name)) for name in names]
    matched = study.last("match")["parameters"] if any(x.of == "clusters" for x in layers if not x.directed) else None
    return Steps(layers, how, matched)


def cut(study: Study, period: Period, steps: Steps, folder: Path) -> Study:
    """One period as a study in ``folder``, with its pairs and communities; without a tie it has neither.

    It works on an engine like the study's, which the caller closes.
    """
    made = Study.create(folder, study.engine.beside())
    with made.step("read", {"period": [period.start, period.end]}) as step:
        for table, sql in COPIED.items():
            # rows go from file to file: a day of many may be more than this process can hold
            file = step.scratch / f"{table}.parquet"
            study.engine.save(sql.format(period.start, period.end), file, schema.STUDY[table])
            step.adopt(table, file)
        step.write("handles", schema.HANDLES.empty())
    if steps.match is not None:
        match(made, **steps.match)
    layers = [layer for layer in steps.layers if layer.missing(made) is None]
    if layers:
        project(made, *layers)
    if made.has("pairs") and made.rows("select 1 as one from pairs limit 1").num_rows:
        detect(made, layers=[layer.name for layer in layers], validated=False, **steps.detect)
    return made
