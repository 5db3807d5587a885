"""``run``: the usual chain, from files to a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from graphnet import _pages
from graphnet._confirm import confirm
from graphnet._detect import detect
from graphnet._draw import draw
from graphnet._map import map as map_
from graphnet._match import match
from graphnet._project import project
from graphnet._read import read
from graphnet._report import report
from graphnet._score import score
from graphnet._validate import validate
from graphnet.detectors import Detector
from graphnet.engines import Engine
from graphnet.errors import InputError
from graphnet.layers import Layer
from graphnet.log import logger
from graphnet.places import Place
from graphnet.study import Study

__all__ = ["pages", "run"]


def run(
    source: Any,
    into: str | Place,
    out: str | Path | None = None,
    *,
    layers: Sequence[Layer] = (),
    detector: Detector | None = None,
    top: int = 3,
    validated: bool = True,
    format: str | None = None,  # noqa: A002  (the word users type)
    columns: Mapping[str, str] | None = None,
    kind: str | None = None,
    options: Mapping[str, str] | None = None,
    engine: Engine | None = None,
) -> Study:
    """Read, match, project, validate, detect, confirm, score, and write the report with its cluster views beside it.

    Where nothing can be validated (only direct ties, say), that is said, and the communities have no level.

    Args:
        source: What `graphnet.read` takes: paths, globs, DataFrames, graphs.
        into: The study folder, also as a URL such as ``s3://bucket/study``.
        out: The report page, such as ``x.html``; ``x.map.html`` and ``x.clusters.html`` are written beside it. None:
            no pages.
        layers: Ways of acting together; none: all that apply to the data, with their defaults.
        detector: How communities are found; None: Leiden.
        top: How many communities the cluster view shows.
        validated: Test the ties against chance, shared interest and breaking news, and the communities on other days.
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
    page = None if out is None else _page(Path(out), into)
    study = read(source, into, format=format, columns=columns, kind=kind, options=options, engine=engine)
    if study.rows("select 1 as one from posts where text is not null limit 1").num_rows:
        match(study)
    project(study, *layers)
    if validated:
        _validate(study)
    detect(study, detector)
    if study.has("ties"):
        confirm(study)
    score(study)
    if page is not None:
        _write(study, page, top)
    return study


def _page(out: Path, into: str | Place) -> Path:
    """The report's path after a look at whether it can be written."""
    if isinstance(into, str | Path) and out.parent == Path(into).parent:
        with suppress(OSError):  # then the check says what is wrong
            out.parent.mkdir(
                parents=True, exist_ok=True
            )  # the study's folder lies there, too, and reading would make it
    return _pages.checked(out, "report")


def pages(study: Study, out: Path) -> list[Path]:
    """The files that `run` writes for a study when ``out`` is its report."""
    beside = [_pages.named(out, what) for what in ("map", "clusters")] if len(study.communities) else []
    return [out, out.with_suffix(".json"), *beside]


def _write(study: Study, page: Path, top: int) -> None:
    """Write the pages.

    Raises:
        InputError: One of them cannot be written; the steps are done all the same, and the message says so.
    """
    try:
        if len(study.communities):
            draw(study, _pages.named(page, "clusters"), top=top)
            map_(study, _pages.named(page, "map"), report=page.name)
        report(study, page)
    except (OSError, InputError) as error:
        told = error if isinstance(error, InputError) else f"{error.filename or page}: {error.strerror or error}"
        raise InputError(
            f"the pages could not be written ({told}). The study in {study.path} is whole, so no step is needed again. "
            f"Run: graphnet report {study.path} --out FILE"
        ) from None


def _validate(study: Study) -> None:
    skipped = validate(study)["skipped"]
    if not study.has("ties"):
        why = "; ".join(f"{name}: {reason}" for name, reason in sorted(skipped.items()))
        logger.warning("nothing could be validated, so the communities have no level (%s)", why)
