"""Dots, and the picture of their density where they are thousands, as SVG; see `graphnet.view.plots`."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from markupsafe import Markup

from graphnet.plots import Area, Points
from graphnet.view import drawing, plot_data
from graphnet.view.drawing import HEIGHT, WIDTH, Frame, element, number, text
from graphnet.view.plot_data import Known, name
from graphnet.view.svg_lines import line, sample

__all__ = ["points"]

MOST_DOTS, CELL = 1_500, 4
"""More dots than this are drawn as shades of how many there are in each square of so many units."""


def points(plot: Points) -> tuple[list[Markup], float]:
    """The elements of the picture, and its height."""
    dots = plot_data.dots_of(plot)
    runs = [plot_data.runs_of(series, plot.times) for series in plot.lines]
    along = [point for series in runs for run in series for point in run]
    if not dots and not along:
        return drawing.empty(plot)
    areas = plot_data.areas_of(plot)
    x, y = plot_data.reach_of_points(plot, [*dots, *along], areas)
    most = max(_density(Frame(0, 0, WIDTH, HEIGHT, x, y), dots).values(), default=0) if len(dots) > MOST_DOTS else 0

    def draw(box: Frame) -> Iterator[Markup]:
        yield from _dots(box, dots)
        for i, series in enumerate(runs):
            yield from line(box, series, i + 1)
        for area in areas:
            yield from _area(box, area)

    entries = [*_dot_keys(most), *((sample(i + 1), name(s.name)) for i, s in enumerate(plot.lines))]
    ticks_y = plot_data.figure_ticks(y, 6, times=plot.y_times)
    return drawing.framed(plot, x, y, draw, entries, None, ticks_y)


def _dots(box: Frame, dots: Known) -> Iterator[Markup]:
    if len(dots) <= MOST_DOTS:
        # a dot is a line of no length with round ends: one element for all
        path = "".join(f"M{number(box.px(x))} {number(box.py(y))}h0" for x, y in dots)
        if path:
            yield element("path", {"class": "p-dots", "d": path})
        return
    shades: dict[int, list[str]] = defaultdict(list)
    for (column, row), count in sorted(_density(box, dots).items()):
        at = f"M{number(box.left + column * CELL)} {number(box.top + row * CELL)}"
        shades[_level(count)].append(f"{at}h{CELL}v{CELL}h-{CELL}z")
    for level, squares in sorted(shades.items()):
        yield element("path", {"class": f"p-d{level}", "d": "".join(squares)})


def _density(box: Frame, dots: Known) -> dict[tuple[int, int], int]:
    """How many dots there are in each square that has any."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    columns, rows = math.ceil(box.width / CELL), math.ceil(box.height / CELL)
    for x, y in dots:
        column, row = int((box.px(x) - box.left) / CELL), int((box.py(y) - box.top) / CELL)
        found[min(column, columns - 1), min(row, rows - 1)] += 1
    return found


def _level(count: int) -> int:
    """Shade of a square: 1, 2-3, 4-9, 10-29, 30 or more dots."""
    return sum(count >= least for least in (2, 4, 10, 30))


def _dot_keys(most: int) -> list[tuple[Markup, str]]:
    if not most:
        return []
    names = ("1", "2–3", "4–9", "10–29", "30+")[: _level(most) + 1]
    keys = [
        (element("rect", {"class": f"p-d{i}", **drawing.rectangle(10, 0, 14, 12)}), said)
        for i, said in enumerate(names)
    ]
    return [(keys[0][0], "1 dot in a square"), *keys[1:]]


def _area(box: Frame, area: Area) -> Iterator[Markup]:
    left, right = sorted((box.px(area.left), box.px(area.right)))
    top, bottom = sorted((box.py(area.bottom), box.py(area.top)))
    yield element("rect", {"class": "p-area", **drawing.rectangle(left, top, right - left, max(bottom - top, 2))})
    said = name(area.label)
    above = top - 4 if top - box.top > 14 else min(bottom + 13, box.bottom - 3)
    if left + plot_data.width_of(said) > WIDTH - 6:
        yield text(right, above, said, "p-marked p-halo", "end")
    else:
        yield text(left, above, said, "p-marked p-halo")
