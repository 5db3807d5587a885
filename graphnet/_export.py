"""``export``: the network, or a part of it, as a file for another program."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphnet import graph, registry
from graphnet.errors import InputError
from graphnet.exports import Export
from graphnet.graph import Graph
from graphnet.study import Study

__all__ = ["export"]

SMALLEST, LARGEST = 4.0, 20.0
"""Size of a vertex, for strength 0 and for the largest strength."""
NO_COMMUNITY = "#c8cbd0"


def export(
    study: Study,
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002  (the word users type)
    layers: Iterable[str] | None = None,
    communities: Iterable[int] | None = None,
    accounts: Iterable[int] | None = None,
    min_weight: float | None = None,
) -> list[Path]:
    """Write the accounts and their ties for Gephi, a spreadsheet or a program.

    Args:
        study: A study with pairs.
        path: Where to; its ending says the format.
        format: Name of the format, where the ending does not say it.
        layers: All ties of these layers; None: the ties in which the communities were found (as many layers and shared
            things as ``detect`` asked for), or all ties if nobody looked for communities.
        communities: Only members of these communities.
        accounts: Only these accounts (our numbers; `Study.account` gives them for an id or handle).
        min_weight: Only ties of this weight or more.

    Returns:
        The files written. They appear when they are complete: an export that fails leaves what was there before.

    Raises:
        InputError: No format has that ending or name, or the file cannot be written.
        MissingTable: The study has no pairs yet.
    """
    chosen = _format(Path(path), format)
    ties = graph.detected(study) if layers is None else {"layers": layers}
    found = graph.load(study, communities=communities, accounts=accounts, min_weight=min_weight or 0, **ties)
    files = chosen.files(Path(path))
    _write(chosen, _drawn(found) if chosen.drawn else found, files)
    return files


def _format(path: Path, name: str | None) -> Export:
    known: dict[str, type[Export]] = registry.find("exports")
    if name is not None:
        named: Export = registry.get("exports", name)()
        return named
    for cls in known.values():
        if path.suffix.lower() in cls.suffixes:
            return cls()
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


def _drawn(found: Graph) -> Graph:
    """The graph with positions, colours and sizes; accounts in no community stand apart, in grey."""
    from graphnet.view.layout import positions  # noqa: PLC0415  (loaded for formats that draw)
    from graphnet.view.scene import SPACING, palette  # noqa: PLC0415

    community = _numbers(found.nodes["community"], 0).astype(np.int64)
    strength = _numbers(found.nodes["strength"], 0)
    # each of them is a group of its own: together they would be drawn as one more community
    alone = -1 - np.arange(len(community))
    points = positions(len(community), found.ends, found.weight, np.where(community > 0, community, alone))
    colours = {c: palette(c - 1).colour if c else NO_COMMUNITY for c in np.unique(community).tolist()}
    return found.with_columns(
        x=np.round(points[:, 0] * SPACING, 2),
        y=np.round(points[:, 1] * SPACING, 2),
        colour=[colours[c] for c in community.tolist()],
        size=np.round(SMALLEST + (LARGEST - SMALLEST) * np.sqrt(strength / max(strength.max(initial=0), 1e-300)), 2),
    )


def _numbers(column: pa.ChunkedArray, missing: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(column.fill_null(missing).to_numpy(), dtype=np.float64)
