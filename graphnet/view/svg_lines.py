"""Lines with limits around them as SVG; see `graphnet.view.plots`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from graphnet.plots import Lines
from graphnet.view import drawing, plot_data, ticks
from graphnet.view.drawing import WIDTH, Frame, element, number
from graphnet.view.figure import mark_path
from graphnet.view.plot_data import Known, name

__all__ = ["line", "lines", "sample"]

LOOKS = ("dot", "square", "triangle", "diamond", "triangleDown", "star")
"""Marks of the first lines, as many as there are colours and dashes (classes ``p-s0`` …)."""
MARKED = 60
"""Points of a line with a mark each; with more, marks would hide the line."""


def lines(plot: Lines) -> tuple[list[Markup], float]:
    """The elements of the picture, and its height."""
    runs = [plot_data.runs_of(series, plot.times) for series in plot.series]
    known = [point for series in runs for run in series for point in run]
    if not known:
        return drawing.empty(plot)
    bands = [plot_data.band_of(series, plot.times) for series in plot.series]
    limits = [v for band in bands for _, low, high in band for v in (low, high)]
    x = plot_data.widened(plot_data.reach(plot, "x", [p[0] for p in known]))
    y = ticks.rounded(*plot_data.reach(plot, "y", [*(p[1] for p in known), *limits]))

    def draw(box: Frame) -> Iterator[Markup]:
        for i, band in enumerate(bands):
            yield from _shaded(box, band, i)
        for i, series in enumerate(runs):
            yield from line(box, series, i)

    several = len(plot.series) > 1 or bool(limits)
    entries = [(sample(i), name(s.name)) for i, s in enumerate(plot.series)] if several else []
    return drawing.framed(plot, x, y, draw, entries)


def _look(i: int) -> int:
    return i % len(LOOKS)


def _shaded(box: Frame, band: Sequence[tuple[float, float, float]], i: int) -> Iterator[Markup]:
    if not band:
        return
    upper = [(x, high) for x, _, high in band]
    lower = [(x, low) for x, low, _ in reversed(band)]
    path = "L".join(f"{number(box.px(x))} {number(box.py(y))}" for x, y in (*upper, *lower))
    yield element("path", {"class": f"p-b{_look(i)}", "d": f"M{path}Z"})


def line(box: Frame, runs: Sequence[Known], i: int) -> Iterator[Markup]:
    """One line in the look of place ``i``, with marks where its points are few."""
    path = "".join("M" + "L".join(f"{number(x)} {number(y)}" for x, y in _thinned(box, run)) for run in runs)
    if path:
        yield element("path", {"class": f"p-line p-s{_look(i)}", "d": path})
    points = [point for run in runs for point in run]
    # a point between two gaps has no line to be seen by
    shown = points if len(points) <= MARKED else [run[0] for run in runs if len(run) == 1]
    marks = "".join(mark_path(LOOKS[_look(i)], box.px(x), box.py(y), 3) for x, y in shown)
    if marks:
        yield element("path", {"class": f"p-m{_look(i)}", "d": marks})


def _thinned(box: Frame, run: Known) -> Known:
    """The positions of a line; of thousands, the first, lowest, highest and last one of each unit of width."""
    placed = [(box.px(x), box.py(y)) for x, y in run]
    if len(placed) <= 4 * WIDTH:
        return placed
    columns: dict[int, Known] = defaultdict(list)
    for point in placed:
        columns[int(point[0])].append(point)
    kept: Known = []
    for column in columns.values():
        low, high = min(column, key=lambda p: p[1]), max(column, key=lambda p: p[1])
        kept += dict.fromkeys((column[0], low, high, column[-1]))
    return kept


def sample(i: int) -> Markup:
    """A short piece of such a line, for the legend."""
    line = element("path", {"class": f"p-line p-s{_look(i)}", "d": "M0 6H30"})
    return line + element("path", {"class": f"p-m{_look(i)}", "d": mark_path(LOOKS[_look(i)], 15, 6, 3.5)})
