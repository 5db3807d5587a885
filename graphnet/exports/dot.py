"""DOT, the language of Graphviz."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from graphnet.exports import Export, attributes, cells, keys, printable
from graphnet.graph import Graph

__all__ = ["DOT"]

DRAWN = ("x", "y", "colour", "size")
POINTS = 72.0
"""Points an inch: Graphviz gives positions in points and widths in inches."""


@dataclass(frozen=True)
class DOT(Export):
    """DOT with positions for ``neato -n``; every text is a quoted string, so that none of it is markup."""

    name: ClassVar[str] = "dot"
    title: ClassVar[str] = "DOT for Graphviz, with positions and colours"
    suffixes: ClassVar[tuple[str, ...]] = (".dot", ".gv")
    drawn: ClassVar[bool] = True

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        with files[0].open("w", encoding="utf-8", newline="\n") as file:
            file.write(f"{'digraph' if graph.directed else 'graph'} graphnet {{\n")
            file.write('charset="UTF-8"; node [style=filled];\n')
            file.writelines(_nodes(graph))
            file.writelines(_edges(graph))
            file.write("}\n")


def _nodes(graph: Graph) -> Iterator[str]:
    ids = keys(graph, _line)
    names = graph.nodes["name"].to_pylist() if "name" in graph.nodes.column_names else ids
    columns = list(attributes(graph.nodes, but=("id", "name", *DRAWN)))
    rows = cells(graph.nodes, columns)
    looks = _looks(graph)
    for key, name, row, look in zip(ids, names, rows, looks, strict=True):
        yield f"{_text(key)} [{_list(['label', *columns], [name or key, *row])}{look}];\n"


def _looks(graph: Graph) -> list[str]:
    if not set(DRAWN) <= set(graph.nodes.column_names):
        return [""] * graph.nodes.num_rows
    return [
        f', pos="{x!r},{y!r}!", fillcolor="{colour}", width="{size / POINTS:.3f}", fixedsize="true"'
        for x, y, colour, size in cells(graph.nodes, DRAWN)
    ]


def _edges(graph: Graph) -> Iterator[str]:
    ids = [_text(key) for key in keys(graph, _line)]
    columns = list(attributes(graph.edges, but=("source", "target")))
    joint = "->" if graph.directed else "--"
    for (a, b), row in zip(graph.ends.tolist(), cells(graph.edges, columns), strict=True):
        yield f"{ids[a]} {joint} {ids[b]} [{_list(columns, row)}];\n"


def _list(names: Sequence[str], values: Sequence[Any]) -> str:
    return ", ".join(f"{_text(n)}={_text(v)}" for n, v in zip(names, values, strict=True) if v is not None)


def _line(text: str) -> str:
    r"""Signs that a program may take for the end of a line, but for the usual one, as codes."""
    return re.sub("[\r\v\f\x1c-\x1e\x85\u2028\u2029]", lambda sign: f"<U+{ord(sign[0]):04X}>", printable(text))


def _text(value: Any) -> str:
    r"""A value as a quoted string; Graphviz reads ``\n`` and the like in labels, so backslashes are doubled.

    Example:
        >>> print(_text('a "b" \\N'))
        "a \"b\" \\N"
    """
    text = _line(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
