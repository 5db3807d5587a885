"""``run``: the usual chain, from files to a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graphnet._detect import detect
from graphnet._draw import draw
from graphnet._project import project
from graphnet._read import read
from graphnet._report import report
from graphnet._score import score
from graphnet.detectors import Detector
from graphnet.engines import Engine
from graphnet.layers import Layer
from graphnet.study import Study

__all__ = ["run"]


def run(
    source: Any,
    into: str | Path,
    out: str | Path | None = None,
    *,
    layers: Sequence[Layer] = (),
    detector: Detector | None = None,
    top: int = 3,
    format: str | None = None,  # noqa: A002  (the word users type)
    columns: Mapping[str, str] | None = None,
    kind: str | None = None,
    options: Mapping[str, str] | None = None,
    engine: Engine | None = None,
) -> Study:
    """Read, project, detect, score, and write the report with its cluster views beside it.

    Args:
        source: What `graphnet.read` takes: paths, globs, DataFrames, graphs.
        into: The study folder.
        out: The report page; ``clusters.html`` is written beside it. None: no pages.
        layers: Ways of acting together; none: all that apply to the data, with their defaults.
        detector: How communities are found; None: Leiden.
        top: How many communities the cluster view shows.
        format: Reader for all inputs; None: told from each input.
        columns: Column map, our field -> column of the input.
        kind: Kind of edges where the input does not say.
        options: Further settings of the readers; see `graphnet.read`.
        engine: Where to run; None: DuckDB in this process.

    Returns:
        The study.

    Raises:
        GraphnetError: An input or a parameter is not usable; the message says which and what to do.
    """
    study = read(source, into, format=format, columns=columns, kind=kind, options=options, engine=engine)
    project(study, *layers)
    detect(study, detector)
    score(study)
    if out is not None:
        page = Path(out)
        if len(study.communities):
            draw(study, page.with_name("clusters.html"), top=top)
        report(study, page)
    return study
