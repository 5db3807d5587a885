"""Histograms and named bars as SVG; see `graphnet.view.plots`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from graphnet.plots import Bars
from graphnet.view import drawing, plot_data, ticks
from graphnet.view.drawing import WIDTH, Frame, element, number, text
from graphnet.view.evidence import plain
from graphnet.view.figure import mark_path
from graphnet.view.plot_data import finite, name

__all__ = ["bars"]

MOST_TITLED = 400
"""Bars with their figure as a tooltip; more are drawn as one path, their figures are in the tables."""


def bars(plot: Bars) -> tuple[list[Markup], float]:
    """The elements of the picture, and its height; bars with long names lie, one a row."""
    heights = [finite(h) for h in plot.heights]
    expected = [finite(h) for h in plot.expected]
    known = [h for h in (*heights, *expected) if h is not None]
    if not any(h is not None for h in heights):
        return drawing.empty(plot)
    if plot.labels and plot_data.long_names(plot.labels):
        return _rows(plot, heights, expected)
    whole = all(h == int(h) for h in known)
    low, high = plot_data.reach(plot, "y", [0, *known])
    y = ticks.rounded(low, high, 6, whole=whole)
    edges, ticks_x = plot_data.bar_edges(plot)
    x = (edges[0], edges[-1]) if ticks_x is not None else plot_data.reach(plot, "x", edges)
    return drawing.framed(
        plot,
        x,
        y,
        lambda box: _upright(box, plot, edges, heights, expected),
        _bar_keys(plot),
        ticks_x,
        plot_data.figure_ticks(y, 6, times=False, whole=whole),
    )


def _bar_keys(plot: Bars) -> list[tuple[Markup, str]]:
    """Says what a hatched bar and a dashed line mean, where there are any."""
    keys = []
    if any(0 <= i < len(plot.heights) for i in plot.standing_out):
        keys.append((Markup("").join(_stands_out(0, 0, 30, 12)), "stands out"))
    if plot.expected:
        keys.append((element("path", {"class": "p-expected", "d": "M0 6H30"}), "expected"))
    return keys


def _upright(
    box: Frame, plot: Bars, edges: Sequence[float], heights: Sequence[float | None], expected: Sequence[float | None]
) -> Iterator[Markup]:
    slim: list[str] = []
    out = set(plot.standing_out)
    for i, height in enumerate(heights):
        if height is None:
            continue
        left, right = sorted((box.px(edges[i]), box.px(edges[i + 1])))
        gap = 1.0 if right - left > 3 else 0.0
        top, bottom = sorted((box.py(height), box.py(0)))
        if i in out:
            yield from _stands_out(left, top, max(right - left - gap, 1), bottom - top, _said(plot, i, height))
            yield element("path", {"class": "p-flag", "d": mark_path("triangleDown", (left + right) / 2, top - 5, 3.5)})
        elif len(heights) <= MOST_TITLED:
            title = element("title", {}, _said(plot, i, height))
            yield element(
                "rect", {"class": "p-bar", **drawing.rectangle(left, top, right - left - gap, bottom - top)}, title
            )
        else:
            slim.append(f"M{number(left)} {number(bottom)}V{number(top)}H{number(right)}V{number(bottom)}Z")
    if slim:
        yield element("path", {"class": "p-bar", "d": "".join(slim)})
    steps = [(i, e) for i, e in enumerate(expected[: len(heights)]) if e is not None]
    line = "".join(f"M{number(box.px(edges[i]))} {number(box.py(e))}H{number(box.px(edges[i + 1]))}" for i, e in steps)
    if line:
        yield element("path", {"class": "p-expected", "d": line})


def _said(plot: Bars, i: int, height: float) -> str:
    """What a bar says when pointed at."""
    if i < len(plot.labels):
        where = name(plot.labels[i])
    else:
        where = _place(plot_data.in_time(plot.edges[i : i + 2], plot.times), plot.times) or str(i + 1)
    reference = finite(plot.expected[i]) if i < len(plot.expected) else None
    against = "" if reference is None else f", expected {plain(reference)}"
    return f"{where}: {plain(height)}{against}" + (", stands out" if i in plot.standing_out else "")


def _place(edges: Sequence[float | None], times: bool) -> str:
    """From where to where a bar reaches; nothing where that is not known."""
    match edges:
        case [float(left), float(right)] if times and right - left == ticks.DAY:
            return ticks.date(left)
        case [float(left), float(right)]:
            return " to ".join(map(ticks.date if times else plain, (left, right)))
    return ""


def _stands_out(left: float, top: float, width: float, height: float, said: str = "") -> list[Markup]:
    """A bar in another colour with a hatch over it, so that it is told apart in grey as well."""
    title = [element("title", {}, said)] if said else []
    bar = element("rect", {"class": "p-out", **drawing.rectangle(left, top, width, height)}, *title)
    lines = "".join(_hatch(left, top, width, height))
    return [bar, element("path", {"class": "p-hatch", "d": lines})] if lines else [bar]


def _hatch(left: float, top: float, width: float, height: float, gap: float = 5) -> Iterator[str]:
    """Slanted lines cut at the sides of a rectangle."""
    for i in range(1, math.ceil((width + height) / gap)):
        c = i * gap
        x1, y1 = (left + c, top) if c <= width else (left + width, top + c - width)
        x2, y2 = (left, top + c) if c <= height else (left + c - height, top + height)
        yield f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"


def _rows(plot: Bars, heights: Sequence[float | None], expected: Sequence[float | None]) -> tuple[list[Markup], float]:
    """Bars that lie, one a row, each with its name on the left and its figure behind it."""
    keys, top = drawing.legend(_bar_keys(plot), 24)
    left = min(270.0, 14 + max(plot_data.width_of(name(s)) for s in plot.labels))
    low, high = plot_data.reach(plot, "y", [0, *(h for h in (*heights, *expected) if h is not None)])
    box = Frame(left, top, WIDTH - left - 70, 20.0 * len(heights), (low, high if high > low else low + 1), (0, 1))
    parts = [*keys, text(2, 13, name(plot.x), "p-name"), text(WIDTH - 2, 13, name(plot.y), "p-name", "end")]
    for i, height in enumerate(heights):
        parts += _row(box, plot, i, height, expected[i] if i < len(expected) else None)
    parts.append(
        element("path", {"class": "p-axis", "d": f"M{number(box.px(0))} {number(box.top)}V{number(box.bottom)}"})
    )
    return parts, box.bottom + 12


def _row(box: Frame, plot: Bars, i: int, height: float | None, reference: float | None) -> Iterator[Markup]:
    y = box.top + 20 * i
    said = name(plot.labels[i]) if i < len(plot.labels) else str(i + 1)
    yield text(box.left - 8, y + 14, said, "p-tick p-data", "end")
    if height is None:
        yield text(box.px(0) + 5, y + 14, "unknown", "p-none")
        return
    left, right = sorted((box.px(0), box.px(height)))
    if i in plot.standing_out:
        yield from _stands_out(left, y + 3, right - left, 14, _said(plot, i, height))
    else:
        title = element("title", {}, _said(plot, i, height))
        yield element("rect", {"class": "p-bar", **drawing.rectangle(left, y + 3, right - left, 14)}, title)
    if reference is not None:
        yield element("path", {"class": "p-expected", "d": f"M{number(box.px(reference))} {number(y + 1)}v18"})
    flag = " ◂" if i in plot.standing_out else ""
    yield text(max(right, box.px(reference or 0)) + 5, y + 14, plain(height) + flag, "p-tick")
