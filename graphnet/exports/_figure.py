"""The network as a figure for print: one map, or one a community or layer side by side, with legend and caption.

Marks, dashes and names say what the colours say. What is drawn is what the graph has: positions, looks and inks come
with its columns, so that a figure shows what the pages show.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa

from graphnet.errors import InputError
from graphnet.exports import Export
from graphnet.graph import Graph
from graphnet.printing import INK, PAPER, SOFT, Sheet, drawable, font, named, text_width, width
from graphnet.safe import show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["Picture"]

MARKS = {
    "dot": "o",
    "square": "s",
    "triangle": "^",
    "diamond": "D",
    "triangleDown": "v",
    "star": "*",
    "hexagon": "H",
}
"""Our names of marks, as matplotlib writes them."""
MOST_VECTORS, MOST_MARKS = 5_000, 20_000
"""More ties, or more accounts, are drawn as a picture: every one as a line would make files of tens of MB."""
CROWDED = (500, MOST_VECTORS)
"""From so many ties on lines are thinner and fainter, and again."""
MOST_PANELS, MOST_KEYS, MOST_DISCS, MOST_NAMED = 9, 18, 40, 250
"""Panels side by side, communities in the legend, names of communities, accounts of a panel that has names."""
THIN, THICK = 0.25, 2.2
"""Width in points of the lightest and of the heaviest tie."""
SMALLEST, LARGEST = 0.45, 4.5
"""Radius in points that a mark never goes below or above."""
MARGIN, GAP, LINE, TEXT = 2.0, 4.0, 3.3, 6.5
"""Of the sheet and between panels in mm; height of a line of text in mm and of its letters in points."""


@dataclass(frozen=True)
class Picture(Export):
    """A figure of a journal's column width.

    Attributes:
        columns: 1 (85 mm) or 2 (180 mm).
        panels: One map, or the same accounts a community or a layer each, side by side; ``side``: a panel for each of
            two networks, of which the columns ``sides`` and ``layers`` say who is in which (`graphnet.view.two_data`).
        names: So many of the strongest accounts are named where a panel has at most 250; 0: none.
        caption: What stands below; None: what the study says of itself.
    """

    columns: int = 2
    panels: Literal["one", "community", "layer", "side"] = "one"
    names: int = 12
    caption: str | None = None

    drawn: ClassVar[bool] = True
    picture: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Refuse a width that there is not."""
        width(self.columns)

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`.

        Raises:
            InputError: The graph has no positions, or too many panels would be needed.
        """
        if not {"x", "y", "colour", "size"} <= set(graph.nodes.column_names):
            raise InputError(f"{self.name} shows positions and colours, and this graph has none: use gn.export")
        sheet = _Map(graph, self).sheet()
        files[0].write_bytes(sheet.bytes(self.name, _title(graph), self.caption or _title(graph)))


def _title(graph: Graph) -> str:
    groups = len(set(_communities(graph).tolist()) - {0})
    inside = f" in {groups:,} candidate communit{'y' if groups == 1 else 'ies'}" if groups else ""
    return f"{len(graph.accounts):,} accounts{inside} and the {len(graph.ends):,} ties between them"


def _communities(graph: Graph) -> NDArray[np.int64]:
    """Number of each account's community, 0 for none."""
    if "community" not in graph.nodes.column_names:
        return np.zeros(len(graph.accounts), dtype=np.int64)
    return np.asarray(graph.nodes["community"].fill_null(0).to_numpy(), dtype=np.int64)


def _figures(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.nan_to_num(np.asarray(column.fill_null(0).to_numpy(), dtype=np.float64), posinf=0.0, neginf=0.0)


@dataclass(frozen=True)
class _Panel:
    """One map: its title, and which accounts and ties it shows (a flag each)."""

    title: str
    nodes: NDArray[np.bool_]
    edges: NDArray[np.bool_]


class _Map:
    """A graph's columns as arrays, and how they become a sheet."""

    def __init__(self, graph: Graph, how: Picture) -> None:
        self.how, self.ends = how, graph.ends
        self.at = np.stack([_figures(graph.nodes["x"]), _figures(graph.nodes["y"])], axis=1)
        self.size, self.weight = _figures(graph.nodes["size"]), np.maximum(np.nan_to_num(graph.weight), 0)
        self.community = _communities(graph)
        nodes, edges = (set(t.column_names) for t in (graph.nodes, graph.edges))
        n, m = len(graph.accounts), len(self.ends)
        self.colour = np.array(graph.nodes["colour"].to_pylist(), dtype=object)
        self.mark = graph.nodes["mark"].to_pylist() if "mark" in nodes else ["dot"] * n
        self.ink = graph.edges["ink"].to_pylist() if "ink" in edges else [SOFT] * m
        self.dash = graph.edges["dash"].to_pylist() if "dash" in edges else [""] * m
        self.layers = graph.edges["layers"].to_pylist() if "layers" in edges else [""] * m
        self.sides = graph.nodes["sides"].to_pylist() if "sides" in nodes else [""] * n
        self.group = graph.nodes["group"].to_pylist() if "group" in nodes else [""] * n
        self.label = _labels(graph)
        self.heaviest = float(self.weight.max(initial=0)) or 1.0
        # many lines have to be thin and faint to leave something to see
        self.crowded = sum(len(self.ends) >= most for most in CROWDED)

    # The sheet

    def sheet(self) -> Sheet:
        """Panels, legend and caption on a sheet that is as high as they need."""
        panels = self.shown()
        wide = width(self.how.columns)
        row = min(len(panels), 1 if len(panels) == 1 else 1 + self.how.columns)
        each = (wide - 2 * MARGIN - GAP * (row - 1)) / row
        tall = each * self.flatness(panels)
        titled = LINE + 1 if any(p.title for p in panels) else 0
        caption = self.how.caption or ""
        said = Sheet(self.how.columns, 10).lines(caption, TEXT, wide - 2 * MARGIN)
        keys = list(_rows(self.keys(), wide - 2 * MARGIN))
        below = LINE * (len(said) + len(keys)) + (2 if keys else 0) + (2 if said else 0) + MARGIN
        lines = math.ceil(len(panels) / row)
        sheet = Sheet(self.how.columns, below + MARGIN + lines * (tall + titled) + GAP * (lines - 1))
        for i, panel in enumerate(panels):
            left = MARGIN + i % row * (each + GAP)
            top = sheet.height - MARGIN - i // row * (tall + titled + GAP)
            sheet.write_text(left, top, panel.title, size=7.5, bold=True)
            self.draw(sheet.axes(left, top - titled - tall, each, tall, bare=True), panel, each, tall)
        self.legend(sheet, keys, below - 2)
        for i, line in enumerate(said):
            sheet.write_text(MARGIN, MARGIN + LINE * (len(said) - i) - 0.5, line, size=TEXT, color=SOFT)
        return sheet

    def shown(self) -> list[_Panel]:
        """The panels.

        Raises:
            InputError: There would be more than fit.
        """
        everyone, every = np.ones(len(self.at), dtype=bool), np.ones(len(self.ends), dtype=bool)
        if self.how.panels == "community":
            return self.fit([self.inside(c) for c in sorted(set(self.community.tolist()) - {0})], every)
        if self.how.panels == "side":
            return self.fit(list(self.of_sides(every)), every)
        if self.how.panels == "layer":
            of = [set(text.split("+")) for text in self.layers]
            flags = {name: np.array([name in tied for tied in of], dtype=bool) for name in sorted(set().union(*of))}
            return self.fit([_Panel(f"{name}: {_ties(f)}", everyone, f) for name, f in flags.items()], every)
        return [_Panel("", everyone, every)]

    def inside(self, community: int) -> _Panel:
        """The panel of one community and the ties within it."""
        nodes = self.community == community
        edges = nodes[self.ends].all(axis=1) if len(self.ends) else np.zeros(0, dtype=bool)
        return _Panel(f"C{community}: {int(nodes.sum()):,} accounts, {_ties(edges)}", nodes, edges)

    def of_sides(self, every: NDArray[np.bool_]) -> Iterator[_Panel]:
        """The accounts and ties of each network, then the ties that are in neither, over everybody.

        Raises:
            InputError: The graph does not say who is in which network.
        """
        if not any(self.sides):
            raise InputError("panels=side shows two networks, and this is one: graphnet track A B --figure two.pdf")
        inside = [set(text.split("+")) for text in self.sides]
        tied = [set(text.split("+")) for text in self.layers]
        # accounts in both name both, the first network first; without any, the kinds of accounts are in that order
        kinds = sorted(set(zip(self.community.tolist(), self.sides, strict=True)), key=lambda k: ("+" not in k[1], k))
        names = list(dict.fromkeys(name for _, text in kinds for name in text.split("+")))
        for name in names:
            edges = np.array([name in of for of in tied], dtype=bool).reshape(every.shape)
            # a name from right to left at the start would turn the whole line
            yield _Panel(f"{_ties(edges)} in {show(name, 40)}", np.array([name in of for of in inside]), edges)
        rest = np.array([not of & set(names) for of in tied], dtype=bool).reshape(every.shape)
        if rest.any():
            yield _Panel(f"{_ties(rest)} between the two", np.ones(len(self.at), dtype=bool), rest)

    def fit(self, panels: list[_Panel], every: NDArray[np.bool_]) -> list[_Panel]:
        """The panels, or the whole where there is nothing to tell apart."""
        if len(panels) > MOST_PANELS:
            raise InputError(
                f"a figure has room for {MOST_PANELS} panels, and there are {len(panels)} to show a {self.how.panels} "
                "each. Choose some: graphnet export --community N or --use LAYER, each repeatable"
            )
        return panels or [_Panel("", np.ones(len(self.at), dtype=bool), every)]

    def flatness(self, panels: Sequence[_Panel]) -> float:
        """Height of a panel as a share of its width, so that the flattest of the maps fills it."""
        shapes = [np.ptp(self.at[self.framed(p)], axis=0) for p in panels if p.nodes.any()]
        found = max((high / max(wide, 1e-9) for wide, high in shapes), default=0.4)
        return float(min(max(found, 0.45), 1.1 if self.how.columns == 1 else 0.9))

    # One panel

    def draw(self, axes: Axes, panel: _Panel, wide: float, tall: float) -> None:
        """Ties, marks and names of one panel of so many mm."""
        if not panel.nodes.any():
            axes.text(0.5, 0.5, "no accounts", transform=axes.transAxes, ha="center", va="center", color=SOFT, size=8)
            return
        frame = self.framed(panel)
        per_mm = _view(axes, self.at[frame], self.size[frame], wide, tall)
        self.draw_ties(axes, panel)
        self.draw_marks(axes, panel, 72 / 25.4 / per_mm)
        self.draw_names(axes, panel, per_mm)

    def framed(self, panel: _Panel) -> NDArray[np.bool_]:
        """The accounts that a panel has room for: of two networks all of both, so that places are the same in each."""
        return np.ones(len(self.at), dtype=bool) if self.how.panels == "side" else panel.nodes

    def draw_ties(self, axes: Axes, panel: _Panel) -> None:
        """Lines, the heavier ones wider and on top; thousands of them as a picture."""
        from matplotlib.collections import LineCollection  # noqa: PLC0415

        chosen = np.flatnonzero(panel.edges)
        chosen = chosen[np.argsort(self.weight[chosen], kind="stable")]
        looks: dict[tuple[str, str], list[int]] = {}
        for i in chosen.tolist():
            looks.setdefault((self.ink[i], self.dash[i]), []).append(i)
        faint = sum(len(chosen) >= most for most in CROWDED)
        for (ink, dash), which in sorted(looks.items()):
            lines = LineCollection(
                list(self.at[self.ends[which]]),
                linewidths=self.line_width(self.weight[which]),
                colors=ink,
                linestyles=_dashes(dash),
                alpha=(0.5, 0.3, 0.1)[faint],
                capstyle="butt",
                zorder=1,
            )
            lines.set_rasterized(len(chosen) > MOST_VECTORS)
            axes.add_collection(lines, autolim=False)

    def line_width(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Width in points of lines of these weights."""
        widths: NDArray[np.float64] = THIN + (THICK * (1.0, 0.7, 0.45)[self.crowded] - THIN) * np.sqrt(
            weight / self.heaviest
        )
        return widths

    def draw_marks(self, axes: Axes, panel: _Panel, points: float) -> None:
        """The accounts, a collection for each look; ``points`` are the points of print a unit of the layout."""
        chosen = np.flatnonzero(panel.nodes)
        # steps that the eye cannot tell let marks of one size share an outline: half the file
        radius = np.round(np.clip(self.size * points, SMALLEST, LARGEST) * 5) / 5
        looks: dict[tuple[str, str], list[int]] = {}
        for i in chosen.tolist():
            looks.setdefault((self.colour[i], self.mark[i]), []).append(i)
        # an edge tells marks that touch apart, and would hide the colour of those that are specks
        edge = 0.3 if float(np.median(radius[chosen])) > 1.2 else 0.0
        for (colour, mark), which in sorted(looks.items()):
            axes.scatter(
                self.at[which, 0],
                self.at[which, 1],
                s=(2 * radius[which]) ** 2,
                marker=MARKS.get(mark, "o"),
                c=colour,
                linewidths=edge,
                edgecolors=INK if edge else "none",
                zorder=2,
                rasterized=len(chosen) > MOST_MARKS,
            )

    def draw_names(self, axes: Axes, panel: _Panel, per_mm: float) -> None:
        """Names of communities on a map, then of the strongest accounts, as far as they do not cover one another."""
        taken: list[tuple[float, float, float, float]] = []
        if not panel.title or self.how.panels == "layer":
            for x, y, said in self.discs(panel, per_mm):
                _placed(axes, (x, y, said), per_mm, taken, bold=True)
        if panel.nodes.sum() > MOST_NAMED:
            return
        chosen = np.flatnonzero(panel.nodes)
        for i in chosen[np.argsort(-self.size[chosen], kind="stable")][: self.how.names].tolist():
            reach = (LARGEST / 72 * 25.4 + 0.4) * per_mm
            _placed(
                axes,
                (self.at[i, 0], self.at[i, 1] - min(self.size[i], reach) - 1.2 * per_mm, self.label[i]),
                per_mm,
                taken,
            )

    def discs(self, panel: _Panel, per_mm: float) -> Iterator[tuple[float, float, str]]:
        """Where the names of the largest communities go: above each."""
        sizes = Counter(self.community[panel.nodes].tolist())
        for community, _ in sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:MOST_DISCS]:
            if community:
                at = self.at[(self.community == community) & panel.nodes]
                yield float(at[:, 0].mean()), float(at[:, 1].max()) + 2.2 * per_mm, f"C{community}"

    # The legend

    def keys(self) -> list[tuple[dict[str, Any], str]]:
        """Entries of the legend: how a sample is drawn, and what it stands for."""
        return [*self.community_keys(), *self.layer_keys(), *self.weight_keys()]

    def community_keys(self) -> Iterator[tuple[dict[str, Any], str]]:
        """A mark for each of the largest communities."""
        sizes = Counter(self.community.tolist())
        ranked = sorted((c for c in sizes if c), key=lambda c: (-sizes[c], c))
        first = {c: int(np.argmax(self.community == c)) for c in [*ranked[:MOST_KEYS], 0] if sizes[c]}
        for community, i in first.items():
            said = f"C{community} ({sizes[community]:,})" if community else f"in no community ({sizes[0]:,})"
            if self.group[i]:
                said = f"{sizes[community]:,} {show(self.group[i], 60)}"
            yield {"marker": MARKS.get(self.mark[i], "o"), "color": self.colour[i]}, said
        if len(ranked) > MOST_KEYS:
            yield {}, f"and {len(ranked) - MOST_KEYS:,} more communities"

    def layer_keys(self) -> Iterator[tuple[dict[str, Any], str]]:
        """A line for each ink, where there are several."""
        looks: dict[tuple[str, str], set[str]] = {}
        for ink, dash, layers in zip(self.ink, self.dash, self.layers, strict=True):
            looks.setdefault((ink, dash), set()).add(layers)
        for (ink, dash), layers in sorted(looks.items(), key=lambda item: sorted(item[1])):
            said = next(iter(layers)) if len(layers) == 1 else "several layers at once"
            if self.how.panels == "side" and said != "between":
                said = "ties in both" if "+" in said else f"ties only in {said}"
            if said:
                yield {"color": ink, "linestyle": _dashes(dash), "linewidth": 1.0}, show(said, 60)

    def weight_keys(self) -> Iterator[tuple[dict[str, Any], str]]:
        """Lines as wide as a light, a middling and the heaviest tie; none where all weigh the same."""
        if not len(self.weight) or self.weight.min() == self.weight.max():
            return
        for share in (0.05, 0.3, 1.0):
            look = {
                "color": SOFT,
                "linestyle": "-",
                "linewidth": float(self.line_width(np.array([share * self.heaviest]))[0]),
            }
            yield look, f"weight {_round(share * self.heaviest)}"

    def legend(self, sheet: Sheet, rows: Sequence[Sequence[tuple[float, dict[str, Any], str]]], top: float) -> None:
        """Draw the legend in rows from ``top`` mm downwards."""
        axes = sheet.axes(0, 0, sheet.width, sheet.height, bare=True)
        axes.set(xlim=(0, sheet.width), ylim=(0, sheet.height))
        for i, row in enumerate(rows):
            y = top - LINE * (i + 0.5)
            for x, look, said in row:
                at = MARGIN + x
                if "marker" in look:
                    axes.plot([at + 1.5], [y], markersize=4.5, markeredgecolor=INK, markeredgewidth=0.3, **look)
                elif look:
                    axes.plot([at, at + 5], [y, y], solid_capstyle="butt", **look)
                sheet.write_text(at + _sample_width(look), y, said, size=TEXT, va="center")


def _labels(graph: Graph) -> list[str]:
    names = graph.nodes["name"].to_pylist() if "name" in graph.nodes.column_names else [None] * len(graph.accounts)
    ids = graph.nodes["id"].to_pylist() if "id" in graph.nodes.column_names else graph.accounts.tolist()
    return [show(name, 24) or show(identifier, 24) or "(no name)" for name, identifier in zip(names, ids, strict=True)]


def _ties(flags: NDArray[np.bool_]) -> str:
    n = int(flags.sum())
    return f"{n:,} tie{'' if n == 1 else 's'}"


def _view(axes: Axes, at: NDArray[np.float64], size: NDArray[np.float64], wide: float, tall: float) -> float:
    """Set the limits of a map of so many mm so that all of it is seen; returns units of the layout a mm."""
    room = float(size.max(initial=1.0))
    low, high = at.min(axis=0) - room, at.max(axis=0) + room
    middle, reach = (low + high) / 2, np.maximum(high - low, 1e-9)
    # 7 mm are for names at the sides and above
    per_mm = float(max(reach[0] / (wide - 7), reach[1] / (tall - 7)))
    axes.set(
        xlim=middle[0] + per_mm * wide * np.array([-0.5, 0.5]), ylim=middle[1] + per_mm * tall * np.array([-0.5, 0.5])
    )
    return per_mm


def _dashes(dash: str) -> Any:
    """A dash as matplotlib takes it, in line widths; ours are in pixels of a line about two wide."""
    parts = [float(part) / 2 for part in dash.split()]
    return (0, parts) if parts else "-"


def _round(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _placed(
    axes: Axes,
    wanted: tuple[float, float, str],
    per_mm: float,
    taken: list[tuple[float, float, float, float]],
    *,
    bold: bool = False,
) -> None:
    """Write a name centred at a place, unless it would cover one that is there, or leave the panel."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415

    x, y = wanted[:2]
    # signs that no font has become codes, and a name of codes would be long
    said = named(show(drawable(wanted[2]), 30))
    size = 7.5 if bold else 6.0
    half, tall = text_width(said, size, bold=bold) * per_mm / 2, 1.4 * per_mm
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    x = min(max(x, left + half), max(right - half, left + half))
    box = (x - half, y - tall, x + half, y + tall)
    if y - tall < bottom or y + tall > top:
        return
    if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
        return
    taken.append(box)
    axes.text(
        x,
        y,
        said,
        fontproperties=font(said, size, bold=bold),
        ha="center",
        va="center",
        color=INK,
        zorder=3,
        parse_math=False,
        path_effects=[withStroke(linewidth=1.2, foreground=PAPER)],
    )


def _sample_width(look: dict[str, Any]) -> float:
    return 4.0 if "marker" in look else 6.2 if look else 0.0


def _rows(keys: Sequence[tuple[dict[str, Any], str]], room: float) -> Iterator[list[tuple[float, dict[str, Any], str]]]:
    """Entries of the legend in rows of so many mm, each with where it starts; another kind starts another row."""
    row: list[tuple[float, dict[str, Any], str]] = []
    x, before = 0.0, ""
    for look, said in keys:
        needs = _sample_width(look) + text_width(said, TEXT) + 4
        kind = "mark" if "marker" in look or not look else "line" if not said.startswith("weight") else "weight"
        if row and (x + needs - 4 > room or kind != before):
            yield row
            row, x = [], 0.0
        row.append((x, look, said))
        x, before = x + needs, kind
    if row:
        yield row
