"""What a plot shows and how far it reaches, apart from how it is drawn: pages and print start from this.

Values that are not finite, and times that no calendar holds, are dropped here and nowhere else.

Example:
    >>> finite(float("nan")), finite(3)
    (None, 3.0)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from graphnet.plots import Area, Bars, Mark, Plot, Points, Series
from graphnet.safe import show
from graphnet.view import ticks
from graphnet.view.ticks import Tick

__all__ = [
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Known",
    "areas_of",
    "band_of",
    "bar_edges",
    "dots_of",
    "drawable",
    "every_name",
    "figure_ticks",
    "finite",
    "in_time",
    "long_names",
    "name",
    "reach",
    "reach_of_points",
    "runs_of",
    "widened",
    "width_of",
]

Known = list[tuple[float, float]]
Span = tuple[float, float]

LETTER = 6.6
"""Width of a letter 12 units high on average; CJK letters are wider."""
NAME = 40
"""Longest label from data, in signs."""
MOST_LABELS = 60
"""Bars with long names that are drawn lying, one a row."""
MOST_ROWS, MOST_COLUMNS = 120, 400
"""Of a table of shades."""


def finite(value: float | None) -> float | None:
    """The value as a float that can be drawn; None for what is no number, or none that a screen could tell."""
    if value is None:
        return None
    figure = float(value)
    return figure if math.isfinite(figure) and abs(figure) < 1e250 else None


def in_time(values: Iterable[float | None], times: bool) -> list[float | None]:
    """The values that can be drawn; times that no calendar holds are none."""
    kept = [finite(v) for v in values]
    return [v if v is None or not times or ticks.EARLIEST <= v <= ticks.LATEST else None for v in kept]


def name(said: str) -> str:
    """A label from data, cleaned and cut; never empty."""
    return show(said, NAME) or "(no name)"


def width_of(said: str) -> float:
    """About how wide a text is drawn."""
    wide = sum(1 for sign in said if ord(sign) >= 0x1100)
    return LETTER * (len(said) + 0.7 * wide)


def drawable(marks: Iterable[Mark], axis: str) -> list[Mark]:
    """The marks of one axis that stand somewhere, in order."""
    return sorted((m for m in marks if m.axis == axis and finite(m.at) is not None), key=lambda m: (m.at, m.label))


def figure_ticks(axis: tuple[float, float], most: int, *, times: bool, whole: bool = False) -> list[Tick]:
    """The ticks of an axis: dates or figures."""
    return ticks.dates(*axis, most) if times else ticks.numbers(*axis, most, whole=whole)


def reach(plot: Plot, axis: str, values: Iterable[float]) -> tuple[float, float]:
    """From where to where an axis has to go: the values and the reference lines."""
    there = [*values, *(mark.at for mark in drawable(plot.marks, axis))]
    return min(there), max(there)


def widened(axis: tuple[float, float]) -> tuple[float, float]:
    """The axis, or one round it where it has no length."""
    room = max(1.0, abs(axis[0]) * 1e-9)
    return axis if axis[1] > axis[0] else (axis[0] - room, axis[1] + room)


def runs_of(series: Series, times: bool) -> list[Known]:
    """The points of a line in pieces without a gap; a point that cannot be drawn is one."""
    runs: list[Known] = [[]]
    for x, y in zip(in_time(series.x, times), map(finite, series.y), strict=False):
        if x is None or y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def band_of(series: Series, times: bool) -> list[tuple[float, float, float]]:
    """Place, lower and upper limit, where all three are known."""
    rows = zip(in_time(series.x, times), map(finite, series.low), map(finite, series.high), strict=False)
    return [(x, low, high) for x, low, high in rows if x is not None and low is not None and high is not None]


def long_names(labels: Sequence[str], room: float = 540) -> bool:
    """Whether names are too long to stand below upright bars in so much room."""
    return len(labels) <= MOST_LABELS and max(width_of(name(s)) for s in labels) > room / len(labels)


def every_name(labels: Sequence[str], room: float = 560) -> list[Tick]:
    """Every name, or every second or third one where all of them would not fit."""
    widest = max(width_of(name(s)) for s in labels) + 4
    step = max(1, math.ceil(widest * len(labels) / room))
    return [Tick(i + 0.5, name(s)) for i, s in enumerate(labels) if i % step == 0]


def bar_edges(plot: Bars, room: float = 560) -> tuple[list[float], list[Tick] | None]:
    """Where bars start and end, and the ticks with their names; no ticks for a histogram, whose axis has figures."""
    bars = len(plot.heights)
    edges = [v for v in in_time(plot.edges, plot.times) if v is not None]
    if not plot.labels and len(edges) == bars + 1:
        return edges, None
    return [float(i) for i in range(bars + 1)], every_name(plot.labels or [str(i + 1) for i in range(bars)], room)


def dots_of(plot: Points) -> Known:
    """The dots that can be drawn."""
    pairs = zip(in_time(plot.at_x, plot.times), in_time(plot.at_y, plot.y_times), strict=False)
    return [(x, y) for x, y in pairs if x is not None and y is not None]


def areas_of(plot: Points) -> list[Area]:
    """The areas that can be drawn."""
    return [a for a in plot.areas if all(finite(v) is not None for v in (a.left, a.right, a.bottom, a.top))]


def reach_of_points(plot: Points, points: Known, areas: Sequence[Area]) -> tuple[Span, Span]:
    """How far both axes of a plot of points reach."""
    x = reach(plot, "x", [*(p[0] for p in points), *(v for a in areas for v in (a.left, a.right))])
    y = reach(plot, "y", [*(p[1] for p in points), *(v for a in areas for v in (a.bottom, a.top))])
    return widened(x), widened(y) if plot.y_times else ticks.rounded(*y)
