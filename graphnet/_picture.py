"""What ``export`` adds to a graph that becomes a figure: the looks that the pages give it, and a caption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from graphnet.graph import Graph
    from graphnet.study import Study
    from graphnet.view.scene import Look

__all__ = ["captioned", "everyone", "looks"]


def everyone(study: Study) -> list[int] | None:
    """All communities, since a figure shows what the pages show; None where there are none.

    Accounts in no community would take most of the room.
    """
    if not study.has("members"):
        return None
    found = study.rows("select distinct community from members order by community")["community"].to_pylist()
    return found or None


def looks(found: Graph, look: Mapping[int, Look]) -> Graph:
    """The graph with the ``mark`` of each account and the ``ink`` and ``dash`` of each tie, as on the pages."""
    from graphnet.view.scene import tie_styles  # noqa: PLC0415  (loaded for formats that draw)

    community = found.nodes["community"].to_pylist()
    marked = found.with_columns(mark=pa.array([look[c].shape if c else "dot" for c in community], pa.string()))
    joined = found.edges["layers"].to_pylist()
    styles, style_of = tie_styles(set(joined))
    drawn = [styles[style_of[text]] for text in joined]
    edges = marked.edges.append_column("ink", pa.array([str(s["colour"]) for s in drawn], pa.string()))
    dashes = [" ".join(map(str, s["dash"])) for s in drawn]
    return replace(marked, edges=edges.append_column("dash", pa.array(dashes, pa.string())))


def captioned(study: Study, chosen: Any, found: Graph) -> Any:
    """The picture format with the study's own caption, unless it was given one."""
    from graphnet.view.caption import caption  # noqa: PLC0415

    return chosen if chosen.caption is not None else replace(chosen, caption=caption(study, found))
