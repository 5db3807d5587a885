"""``export``: the network, or a part of it, as a file for another program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphnet import _picture, graph, registry
from graphnet._spells import timed, within_period
from graphnet.errors import InputError
from graphnet.exports import Export
from graphnet.graph import Graph
from graphnet.study import Study
from graphnet.view import judgement
from graphnet.view.scene import SPACING, Look, looks_of

__all__ = ["export"]

SMALLEST, LARGEST = 4.0, 20.0
"""Size of a vertex, for strength 0 and for the largest strength."""
NO_COMMUNITY = "#c8cbd0"


def export(
    study: Study,
    path: str | Path,
    *,
    format: str | Export | None = None,  # noqa: A002  (the word users type)
    layers: Iterable[str] | None = None,
    communities: Iterable[int] | None = None,
    accounts: Iterable[int] | None = None,
    min_weight: float | None = None,
    ego: Iterable[int] | None = None,
    steps: int = 1,
    period: tuple[int | None, int | None] | None = None,
    times: bool = False,
) -> list[Path]:
    """Write the accounts and their ties for Gephi, a spreadsheet or a program.

    Args:
        study: A study with pairs.
        path: Where to; its ending says the format.
        format: Name of the format, where the ending does not say it; also with settings
            (``svg:columns=1,panels=layer``) or made (``gn.exports.SVG(columns=1)``).
        layers: All ties of these layers; None: the ties in which the communities were found (as many layers and shared
            things as ``detect`` asked for), or all ties if nobody looked for communities.
        communities: Only members of these communities.
        accounts: Only these accounts (our numbers; `Study.account` gives them for an id or handle).
        min_weight: Only ties of this weight or more.
        ego: Only these accounts, those within ``steps`` ties of them, and the ties among all of these.
        steps: See ``ego``.
        period: Only ties of accounts that acted together between these times (s since 1970, inclusive; None: open);
            ``shared`` and ``weight`` then count what they shared in the period.
        times: Give each tie the ``first`` and ``last`` time that the two acted together; makes GEXF dynamic.

    Returns:
        The files written. They appear when they are complete: an export that fails leaves what was there before.

    Raises:
        InputError: No format has that ending or name, or the file cannot be written.
        MissingTable: The study has no pairs yet.
    """
    chosen = _format(Path(path), format)
    ties = graph.detected(study) if layers is None else {"layers": layers}
    if chosen.picture and communities is None and accounts is None and ego is None:
        communities = _picture.everyone(study)
    found = graph.load(study, communities=communities, accounts=accounts, min_weight=min_weight or 0, **ties)
    if ego is not None:
        found = _around(found, list(ego), steps)
    if period is not None:
        found = within_period(study, found, period)
    elif times or chosen.timed:
        found = timed(study, found)
    found = _with_levels(study, found)
    look = looks_of(study) if chosen.drawn else {}
    if chosen.picture:
        chosen, found = _picture.captioned(study, chosen, found), _picture.looks(found, look)
    files = chosen.files(Path(path))
    _write(chosen, _drawn(found, look) if chosen.drawn else found, files)
    return files


def _around(found: Graph, ego: list[int], steps: int) -> Graph:
    """The accounts within so many ties of the given ones.

    Raises:
        InputError: ``steps`` is negative, or none of the accounts is in the graph.
    """
    if steps < 0:
        raise InputError(f"steps is {steps}, it has to be 0 or more")
    places = np.flatnonzero(np.isin(found.accounts, ego))
    if not len(places):
        raise InputError("none of the accounts named has a tie here; choose other layers, or a smaller weight")
    near = found.skeleton().neighborhood(places.tolist(), order=steps)
    keep = np.zeros(len(found.accounts), dtype=bool)
    keep[[place for of in near for place in of]] = True
    return found.within(keep)


def _with_levels(study: Study, found: Graph) -> Graph:
    """The graph with the level of each account's community, and what fits as well, where the study has levels."""
    if not study.has("levels"):
        return found
    rows = study.rows("select community, level from levels")
    levels = dict(zip(rows["community"].to_pylist(), rows["level"].to_pylist(), strict=True))
    benign = {community: "; ".join(fits) for community, fits in judgement.explained(study).items()}
    of = found.nodes["community"].to_pylist()
    return found.with_columns(
        level=pa.array([levels.get(c) for c in of], pa.string()),
        benign=pa.array([benign.get(c) for c in of], pa.string()),
    )


def _format(path: Path, name: str | Export | None) -> Export:
    known: dict[str, type[Export]] = registry.find("exports")
    if isinstance(name, Export):
        return name
    if name is not None:
        named: Export = registry.make("exports", name)
        return named
    ends = {suffix: cls for cls in known.values() for suffix in cls.suffixes if path.name.lower().endswith(suffix)}
    if ends:
        return ends[max(ends, key=len)]()  # .stix.json before .json
    endings = ", ".join(f"{cls.suffixes[0]} ({cls.title})" for cls in known.values())
    raise InputError(
        f"no format is known for {path.name!r}. Use one of these endings: {endings}; or name it: --format NAME"
    )


def _write(chosen: Export, found: Graph, files: list[Path]) -> None:
    new = [file.with_name(f".{file.name}.new") for file in files]
    try:
        chosen.write(found, new)
        for made, file in zip(new, files, strict=True):
            made.replace(file)
    except OSError as error:
        raise InputError(
            f"cannot write {files[0]}: {error.strerror or error}. Name a file in a folder that exists."
        ) from None
    finally:
        for made in new:
            made.unlink(missing_ok=True)


def _drawn(found: Graph, look: Mapping[int, Look]) -> Graph:
    """The graph with positions, colours and sizes; accounts in no community stand apart, in grey."""
    from graphnet.view.layout import positions  # noqa: PLC0415  (loaded for formats that draw)

    community = _numbers(found.nodes["community"], 0).astype(np.int64)
    strength = _numbers(found.nodes["strength"], 0)
    # each of them is a group of its own: together they would be drawn as one more community
    alone = -1 - np.arange(len(community))
    points = positions(len(community), found.ends, found.weight, np.where(community > 0, community, alone))
    colours = {c: look[c].colour if c else NO_COMMUNITY for c in np.unique(community).tolist()}
    return found.with_columns(
        x=np.round(points[:, 0] * SPACING, 2),
        y=np.round(points[:, 1] * SPACING, 2),
        colour=[colours[c] for c in community.tolist()],
        size=np.round(SMALLEST + (LARGEST - SMALLEST) * np.sqrt(strength / max(strength.max(initial=0), 1e-300)), 2),
    )


def _numbers(column: pa.ChunkedArray, missing: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(column.fill_null(missing).to_numpy(), dtype=np.float64)
