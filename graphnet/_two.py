"""Two networks side by side as a figure for print, through the figure formats of ``exports``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphnet import registry
from graphnet.errors import InputError
from graphnet.printing import file_format
from graphnet.view.two_data import union

if TYPE_CHECKING:
    from graphnet.view.two_data import Side

__all__ = ["picture"]

CAPTION = (
    "Two networks: {first}, and {second}. Each account stands in the same place in both panels; positions come from "
    "the ties of both networks, and gaps are not evidence. The picture shows who is in which, not who runs them."
)


def picture(first: Side, second: Side, path: str | Path, columns: int = 2) -> Path:
    """Draw two networks at the same positions, a panel each.

    Args:
        first: A network: ``study``, ``accounts`` (our numbers), ``name``.
        second: Another, of the same or another study.
        path: The figure, ``.svg``, ``.pdf`` or ``.png``.
        columns: 1 (85 mm wide) or 2 (180 mm).

    Raises:
        InputError: A network has no accounts, the ending says no format, or the file cannot be written.
        MissingTable: A study has no pairs yet.
    """
    target = Path(path)
    kind = registry.get("exports", file_format(target))
    both = union(first, second)
    caption = CAPTION.format(first=both.names[0], second=both.names[1])
    try:
        kind(columns=columns, panels="side", caption=caption).write(both.to_graph(), [target])
    except OSError as error:
        raise InputError(
            f"cannot write {target}: {error.strerror or error}. Name a file in a folder that exists."
        ) from None
    return target
