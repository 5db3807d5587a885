"""The first half of ``read`` on engines whose rows may be on several machines: each input file is a task of a worker.

The worker runs the reader that was chosen for the file, prepares its rows and writes them as one file of each staged
table; a short report of it comes back. These files are named by the input's place among the inputs, so that rows stand
in the order in which one process would read them. Inputs in memory are staged in the same way by the process that has
them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa

from graphnet import _stage
from graphnet._intern import Stage
from graphnet.engines import Engine
from graphnet.errors import FormatError, GraphnetError, InputError, StudyError
from graphnet.log import logger
from graphnet.readers import Reader, Source
from graphnet.schema import TEXT, Column, Table

__all__ = ["REPORTS", "Files", "read"]

REPORTS = Table("reports", (Column("report", TEXT, "what reading one input file has come to, as JSON"),))
KINDS = {kind.__name__: kind for kind in (FormatError, InputError, StudyError, GraphnetError)}
"""What an error of a worker is raised as again: the first that it is one of."""

Report = dict[str, Any]
"""``rows`` of each raw table, ``names`` of the staged tables, ``rejected``, ``notes``, ``known``; or an ``error``."""


def read(
    engine: Engine,
    stage: Stage,
    sources: list[Source],
    readers: list[Reader],
    threads: int,
    advance: Callable[[int], None],
) -> None:
    """Have the workers bring the input files to the stage.

    Args:
        engine: The engine with the workers.
        stage: Where to; gets the rows and names, and what the inputs are known by.
        sources: The inputs; get the rows that were left out, and notes.
        readers: The reader of each.
        threads: Processes that may work here on what is in memory.
        advance: Is told of rows when they are staged.

    Raises:
        GraphnetError: What is wrong with the first input that cannot be read.
    """
    folder = stage.folder.absolute()
    tasks = tuple(
        # workers have another current folder, and no use for what was found out while sniffing
        (number, Source(s.name, s.path.absolute(), columns=dict(s.columns), options=dict(s.options)), reader)
        for number, (s, reader) in enumerate(zip(sources, readers, strict=True))
        if s.path is not None
    )
    told = engine.each(len(tasks), Files(folder, tasks), REPORTS)
    reports = (json.loads(report) for rows in told for report in rows["report"].to_pylist())
    names: set[str] = set()
    for number, (source, reader) in enumerate(zip(sources, readers, strict=True)):
        logger.info("%s: %s", source.name, reader.title)
        if source.path is None:
            rows, written = _staged(folder, number, source, reader, threads)
            stage.inputs.append({})
        else:
            report = next(reports)
            rows, written = Counter(_told(report, source)), report["names"]
            stage.inputs.append(report["known"])
        stage.rows.append(rows)
        names.update(written)
        advance(sum(rows.values()))
    stage.names = sorted(names)


def _told(report: Report, source: Source) -> dict[str, int]:
    """Note what a worker says of an input; the rows of each raw table in it."""
    if "error" in report:
        kind, words = report["error"]
        raise KINDS[kind](words)
    source.rejected.extend((line, reason) for line, reason in report["rejected"])
    for what, times in report["notes"].items():
        source.note(what, times)
    rows: dict[str, int] = report["rows"]
    return rows


@dataclass(frozen=True)
class Files:
    """What runs on the workers: the number of a task in, a report of the file that was read out.

    Attributes:
        folder: Where the stage is.
        tasks: Place among the inputs, file and reader of each task.
    """

    folder: Path
    tasks: tuple[tuple[int, Source, Reader], ...]

    def __call__(self, task: int) -> pa.Table:
        """Read the file of one task."""
        number, given, reader = self.tasks[task]
        # a task that is run again notes again what it leaves out
        source = Source(given.name, given.path, columns=given.columns, options=given.options)
        try:
            report = self._report(number, source, reader)
        except GraphnetError as error:
            # not raised: the engine would run the task again, and tell of it in its own words
            report = {"error": (next(name for name, kind in KINDS.items() if isinstance(error, kind)), str(error))}
        return pa.table([[json.dumps(report)]], schema=REPORTS.arrow)

    def _report(self, number: int, source: Source, reader: Reader) -> Report:
        seen = "seen by the workers, or may not be used by them. Put it on a disk that all machines see as"
        if not os.access(self.folder, os.W_OK):
            raise StudyError(f"the folder for what is read is not {seen} {self.folder}")
        if source.path is None or not os.access(source.path, os.R_OK):
            raise InputError(f"{source.name} is not {seen} {source.path}")
        rows, names = _staged(self.folder, number, source, reader, 1)
        about = {"rejected": source.rejected, "notes": source.notes, "known": _stage.fingerprint(source)}
        return about | {"rows": rows, "names": names}


def _staged(folder: Path, number: int, source: Source, reader: Reader, workers: int) -> tuple[Counter[str], list[str]]:
    """Write what is staged of one input; the rows of each raw table, and the names of the staged tables."""
    rows: Counter[str] = Counter()
    # under names of its own, then moved in one go: the same task may run elsewhere, or have been cut off
    new = f".{number}-{uuid4().hex}-"
    pieces = _stage.prepared(_stage.pieces(source, reader, rows), workers)
    names = _stage.write(pieces, lambda name: folder / f"{new}{name}")
    for name in names:
        target = Stage(folder).path(name)
        target.mkdir(exist_ok=True)
        (folder / f"{new}{name}").replace(target / f"part-{number:08}.parquet")
    return rows, names
