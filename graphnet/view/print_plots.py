"""Plots (`graphnet.plots`) as figures for print: the same records that pages show, on one or two columns of a journal.

Colours are those that everybody can tell apart, and whatever a colour says a hatch, a dash or a mark says again.

Example:
    >>> from graphnet.plots import Bars
    >>> sheet = figure(Bars("Gained", "day", "accounts", "Two bars.", labels=("Mon", "Tue"), heights=(3, 5)))
    >>> sheet.bytes("svg", "Gained", "Two bars.").startswith(b"<?xml")
    True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphnet.errors import InputError
from graphnet.plots import Bands, Bars, Heat, Lines, Plot, Points, Series
from graphnet.printing import FORMATS, INK, PAPER, SOFT, Sheet, drawable, file_format, font, text_width, width
from graphnet.safe import show
from graphnet.view import band_data, plot_data, ticks
from graphnet.view.evidence import plain
from graphnet.view.plot_data import finite, name
from graphnet.view.ticks import Tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["figure", "write", "write_all"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#000000")
"""Okabe and Ito's colours, for lines told apart by dash and mark as well."""
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1.5)), (0, (1, 3)))
MARKS = ("o", "s", "^", "D", "v", "*")
BAR, OUT, REFERENCE = "#5b93bd", "#d55e00", "#7a1f3d"
SHADES = ("#eef3f8", "#d3e2ef", "#b0cde4", "#82b1d6", "#4f8fc0", "#246a9f", "#0b4472")
MARGIN, LINE, TEXT = 2.0, 3.3, 6.5
ROOM = {1: 290.0, 2: 730.0}
"""Width of the axes for names, in the units of `plot_data.width_of`, over one and two columns."""
MOST_DOTS, MARKED = 2_000, 60
"""More dots are drawn as a picture, more points of a line without marks."""


def write(plot: Plot, path: str | Path, columns: int = 1) -> Path:
    """Write a plot as SVG, PDF or PNG, as the ending of the name says.

    Args:
        plot: A record of `graphnet.plots`.
        path: The file; the same plot gives the same bytes.
        columns: 1 (85 mm wide) or 2 (180 mm).

    Raises:
        InputError: The ending says no format, there is no such width, or the file cannot be written.
    """
    target = Path(path)
    made = figure(plot, columns).bytes(file_format(target), show(plot.title, 200), show(plot.note, 1_000))
    try:
        target.write_bytes(made)
    except OSError as error:
        raise InputError(
            f"cannot write {target}: {error.strerror or error}. Name a file in a folder that exists."
        ) from None
    return target


def write_all(plots: Iterable[Plot], folder: str | Path, stem: str, columns: int = 1) -> list[Path]:
    """Write each plot as SVG, PDF and PNG: ``STEM-1.svg``, ``STEM-1.pdf`` … in a folder, which is made.

    Args:
        plots: Records of `graphnet.plots`.
        folder: Where to.
        stem: What the names start with; never text from data.
        columns: 1 (85 mm wide) or 2 (180 mm).

    Raises:
        InputError: The folder cannot be made or written to.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {target}: {error.strerror or error}") from None
    names = [(plot, target / f"{stem}-{i}.{kind}") for i, plot in enumerate(plots, 1) for kind in FORMATS]
    return [write(plot, path, columns) for plot, path in names]


def figure(plot: Plot, columns: int = 1) -> Sheet:
    """The plot on a sheet; values that are not finite are left out, and without any the sheet says "no data".

    Args:
        plot: A record of `graphnet.plots`.
        columns: 1 (85 mm wide) or 2 (180 mm).

    Raises:
        InputError: There is no such width.
        TypeError: It is a kind of plot that is not known here.
    """
    if type(plot) not in DRAWN_BY:
        raise TypeError(f"{type(plot).__name__} is a kind of plot that cannot be drawn")
    wide = width(columns)
    return _sheet(plot, DRAWN_BY[type(plot)](plot, ROOM[columns]), wide, columns)


@dataclass
class _Inside:
    """What goes into the axes of one plot.

    Attributes:
        draw: Draws the data; None: there is none.
        x, y: Limits of the axes.
        ticks_x, ticks_y: Their ticks.
        keys: Entries of the legend: the look of a sample, and its name.
        height: Of the axes in mm; None: as its width asks for.
        lying: Whether the plot's vertical axis is drawn lying.
    """

    draw: Callable[[Axes], None] | None
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    ticks_x: Sequence[Tick] = ()
    ticks_y: Sequence[Tick] = ()
    keys: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    height: float | None = None
    lying: bool = False


def _sheet(plot: Plot, inside: _Inside, wide: float, columns: int) -> Sheet:
    """Title, legend, axes and note on a sheet that is as high as they need."""
    measure = Sheet(columns, 10)
    # bold letters are wider than those that are measured
    title = measure.lines(show(plot.title, 200), 8.8, wide - 2 * MARGIN)
    note = measure.lines(show(plot.note, 1_000), TEXT, wide - 2 * MARGIN)
    rows = _key_rows(inside.keys, wide - 2 * MARGIN)
    inside.ticks_y = [Tick(t.at, _cut(name(t.text), 0.4 * wide), t.under) for t in inside.ticks_y]
    named = [said for tick in inside.ticks_y for said in (name(tick.text), tick.under)]
    left = MARGIN + 1.5 + max((text_width(said, 6.5) for said in named), default=3)
    upright = [m for m in plot_data.drawable(plot.marks, "x") if inside.draw]
    head = MARGIN + 3.8 * len(title) + LINE * (len(rows) + 1) + 1 + LINE * len(upright)
    tall = inside.height or min(0.5 * wide, 62.0)
    foot = 11.5 + LINE * len(note) + MARGIN
    sheet = Sheet(columns, head + tall + foot)
    for i, line in enumerate(title):
        sheet.write_text(MARGIN, sheet.height - MARGIN - 3.8 * i, line, size=8, bold=True)
    y = sheet.height - MARGIN - 3.8 * len(title) - 0.5
    _legend(sheet, rows, y)
    sheet.write_text(MARGIN, y - LINE * len(rows) - 0.3, show(plot.x if inside.lying else plot.y, 70), size=TEXT)
    for i, line in enumerate(note):
        sheet.write_text(MARGIN, MARGIN + LINE * (len(note) - i) - 0.5, line, size=TEXT, color=SOFT)
    right = max((text_width(name(t.text), 6.5) / 2 for t in inside.ticks_x[-1:]), default=0)
    axes = sheet.axes(left, foot, wide - left - MARGIN - max(1.5, right), tall)
    _axes(axes, plot, inside, upright, tall)
    sheet.write_text(
        wide - MARGIN - 1.5, foot - 7.6, show(plot.y if inside.lying else plot.x, 70), size=TEXT, ha="right"
    )
    return sheet


def _cut(said: str, room: float) -> str:
    """A name in so many mm."""
    if text_width(said, 6.5) <= room:
        return said
    most = next(n for n in range(len(said) - 1, 0, -1) if n == 1 or text_width(said[:n] + "…", 6.5) <= room)
    return said[:most] + "…"


def _axes(axes: Axes, plot: Plot, inside: _Inside, upright: Sequence[Any], tall: float) -> None:
    axes.set(xlim=inside.x, ylim=inside.y)
    for axis, found in ((axes.xaxis, inside.ticks_x), (axes.yaxis, inside.ticks_y)):
        said = [drawable(f"{name(t.text)}\n{t.under}" if t.under else name(t.text)) for t in found]
        axis.set_ticks([t.at for t in found], said)
        for label, text in zip(axis.get_ticklabels(), said, strict=True):
            label.set_fontproperties(font(text, 6.5))
            label.set_parse_math(False)
    if inside.draw is None:
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", va="center", color=SOFT, size=8)
        return
    inside.draw(axes)
    for i, mark in enumerate(upright):
        # names stand above the axes, each a row higher, so that they never cover one another
        reach = 1 + LINE * (len(upright) - i) / tall
        axes.plot([mark.at, mark.at], [0, reach], transform=axes.get_xaxis_transform(), clip_on=False, **_REFERENCE)
        _said(axes, mark, reach)
    for mark in plot_data.drawable(plot.marks, "y"):
        axes.axhline(mark.at, **_REFERENCE)
        told = drawable(name(mark.label))
        where: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "bottom"}
        axes.text(0.995, mark.at, told, fontproperties=font(told, 6), color=REFERENCE, parse_math=False, **where)


_REFERENCE: dict[str, Any] = {"color": REFERENCE, "linewidth": 0.7, "linestyle": (0, (4, 2)), "zorder": 4}


def _said(axes: Axes, mark: Any, reach: float) -> None:
    """The name of an upright line, on the side where there is room."""
    said = drawable(name(mark.label))
    low, high = axes.get_xlim()
    late = (mark.at - low) > 0.55 * (high - low)
    shift = "  "
    axes.text(
        mark.at,
        reach,
        said + shift if late else shift + said,
        transform=axes.get_xaxis_transform(),
        ha="right" if late else "left",
        va="top",
        fontproperties=font(said, 6),
        color=REFERENCE,
        parse_math=False,
    )


def _key_rows(keys: Sequence[tuple[dict[str, Any], str]], room: float) -> list[list[tuple[float, dict[str, Any], str]]]:
    rows: list[list[tuple[float, dict[str, Any], str]]] = []
    x = room + 1
    for look, said in keys:
        needs = 8 + text_width(said, TEXT) + 4
        if x + needs - 4 > room:
            rows.append([])
            x = 0.0
        rows[-1].append((x, look, said))
        x += needs
    return rows


def _legend(sheet: Sheet, rows: Sequence[Sequence[tuple[float, dict[str, Any], str]]], top: float) -> None:
    axes = sheet.axes(0, 0, sheet.width, sheet.height, bare=True)
    axes.set(xlim=(0, sheet.width), ylim=(0, sheet.height))
    for i, row in enumerate(rows):
        y = top - LINE * (i + 0.5)
        for x, look, said in row:
            at = MARGIN + x
            if "hatch" in look or "facecolor" in look:
                axes.bar([at], [2.0], 6, y - 1.0, align="edge", **look)
            else:
                axes.plot([at, at + 3, at + 6], [y] * 3, markevery=[1], markersize=3, **look)
            sheet.write_text(at + 7.2, y, said, size=TEXT, va="center")


def _most(room: float) -> int:
    """Ticks that the horizontal axis has room for."""
    return max(3, int(room / 60) + 1)


# Bars ----------------------------------------------------------------------------------------------------------------


def _bars(plot: Bars, room: float) -> _Inside:
    heights, expected = ([finite(v) for v in values] for values in (plot.heights, plot.expected))
    known = [v for v in (*heights, *expected) if v is not None]
    if not any(h is not None for h in heights):
        return _Inside(None)
    if plot.labels and plot_data.long_names(plot.labels, room):
        return _lying(plot, heights, expected)
    low, high = plot_data.reach(plot, "y", [0, *known])
    whole = all(v == int(v) for v in known)
    y = ticks.rounded(low, high, 6, whole=whole)
    edges, ticks_x = plot_data.bar_edges(plot, room)
    x = (edges[0], edges[-1]) if ticks_x else plot_data.reach(plot, "x", edges)
    shown = ticks_x or plot_data.figure_ticks(x, _most(room), times=plot.times)

    def draw(axes: Axes) -> None:
        for out in (False, True):
            bars = [i for i, h in enumerate(heights) if h is not None and (i in plot.standing_out) is out]
            if bars:
                wide = [edges[i + 1] - edges[i] for i in bars]
                look = _OUT if out else _bar_look(len(heights))
                tops = [heights[i] or 0.0 for i in bars]
                axes.bar([edges[i] for i in bars], tops, wide, align="edge", **look)
                if out:  # bars may be too slim for their hatch to be seen
                    middles = [edges[i] + w / 2 for i, w in zip(bars, wide, strict=True)]
                    raised = [max(top, 0.0) + 0.025 * (y[1] - y[0]) for top in tops]
                    axes.plot(middles, raised, linestyle="", marker="v", markersize=2.2, color=OUT, clip_on=False)
        known_ones = [(i, v) for i, v in enumerate(expected[: len(heights)]) if v is not None]
        starts, ends = [edges[i] for i, _ in known_ones], [edges[i + 1] for i, _ in known_ones]
        axes.hlines([v for _, v in known_ones], starts, ends, **_LEVEL)
        axes.axhline(0, color=SOFT, linewidth=0.5)

    return _Inside(draw, x, y, shown, plot_data.figure_ticks(y, 6, times=False, whole=whole), _bar_keys(plot))


_EXPECTED: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (3, 1.5)), "zorder": 3}
_LEVEL: dict[str, Any] = {"colors": INK, "linewidths": 1.0, "linestyles": [(0, (3, 1.5))], "zorder": 3}
_OUT: dict[str, Any] = {"facecolor": OUT, "hatch": "/////", "edgecolor": "#5c2800", "linewidth": 0.0}


def _bar_look(bars: int) -> dict[str, Any]:
    """Of an ordinary bar; edges would hide bars that are slim."""
    return {"facecolor": BAR, "edgecolor": PAPER, "linewidth": 0.3 if bars <= 60 else 0.0}


def _bar_keys(plot: Bars) -> list[tuple[dict[str, Any], str]]:
    keys: list[tuple[dict[str, Any], str]] = []
    if any(0 <= i < len(plot.heights) for i in plot.standing_out):
        keys.append((_OUT, "stands out"))
    return [*keys, (_EXPECTED, "expected")] if plot.expected else keys


def _lying(plot: Bars, heights: Sequence[float | None], expected: Sequence[float | None]) -> _Inside:
    """Bars that lie, one a row, their figures behind them."""
    low, high = plot_data.reach(plot, "y", [0, *(v for v in (*heights, *expected) if v is not None)])
    room = max(high - low, 1e-12)

    def draw(axes: Axes) -> None:
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        for i, height in enumerate(heights):
            if height is None:
                axes.text(0, i, " unknown", va="center", size=6, color=SOFT)
                continue
            axes.barh(i, height, 0.7, **(_OUT if i in plot.standing_out else _bar_look(1)))
            flag = " ◂" if i in plot.standing_out else ""
            said = f" {plain(height)}{flag}"
            axes.text(max(height, 0), i, said, va="center", fontproperties=font(said, 6), color=INK)
        for i, value in enumerate(expected[: len(heights)]):
            if value is not None and heights[i] is not None:
                axes.plot([value, value], [i - 0.45, i + 0.45], **_EXPECTED)
        axes.axvline(0, color=SOFT, linewidth=0.5)

    names = [Tick(i, said) for i, said in enumerate(plot.labels[: len(heights)])]
    x = (low - 0.02 * room, high + 0.16 * room)
    shown = plot_data.figure_ticks((low, high if high > low else low + 1), 5, times=False)
    return _Inside(draw, x, (len(heights) - 0.4, -0.6), shown, names, _bar_keys(plot), 4.2 * len(heights) + 2, True)


# Lines ---------------------------------------------------------------------------------------------------------------


def _lines(plot: Lines, room: float) -> _Inside:
    runs = [plot_data.runs_of(series, plot.times) for series in plot.series]
    known = [point for series in runs for run in series for point in run]
    if not known:
        return _Inside(None)
    bands = [plot_data.band_of(series, plot.times) for series in plot.series]
    limits = [v for band in bands for _, low, high in band for v in (low, high)]
    x = plot_data.widened(plot_data.reach(plot, "x", [p[0] for p in known]))
    y = ticks.rounded(*plot_data.reach(plot, "y", [*(p[1] for p in known), *limits]))

    def draw(axes: Axes) -> None:
        for i, band in enumerate(bands):
            if band:
                x_of, low, high = zip(*band, strict=True)
                axes.fill_between(x_of, low, high, color=COLOURS[i % 6], alpha=0.15, linewidth=0)
        for i, series in enumerate(runs):
            _line(axes, series, i)

    keys = _line_keys(plot.series, 0) if len(plot.series) > 1 or limits else []
    shown = plot_data.figure_ticks(x, _most(room), times=plot.times)
    return _Inside(draw, x, y, shown, plot_data.figure_ticks(y, 6, times=False), keys)


def _look(i: int) -> dict[str, Any]:
    return {"color": COLOURS[i % 6], "linestyle": DASHES[i % 6], "marker": MARKS[i % 6], "linewidth": 1.0}


def _line(axes: Axes, runs: Iterable[plot_data.Known], i: int) -> None:
    runs = list(runs)
    few = sum(map(len, runs)) <= MARKED
    for run in runs:
        mark = MARKS[i % 6] if few or len(run) == 1 else ""
        axes.plot(*zip(*run, strict=True), markersize=2.2, **(_look(i) | {"marker": mark}))


def _line_keys(series: Sequence[Series], first: int) -> list[tuple[dict[str, Any], str]]:
    return [(_look(first + i), name(s.name)) for i, s in enumerate(series)]


# Heat ----------------------------------------------------------------------------------------------------------------


def _heat(plot: Heat, room: float) -> _Inside:
    rows, columns = plot.rows[: plot_data.MOST_ROWS], plot.columns[: plot_data.MOST_COLUMNS]
    values = [[finite(v) for v in row[: len(columns)]] for row in plot.values[: len(rows)]]
    known = [v for row in values for v in row if v is not None]
    if not known:
        return _Inside(None)
    low, high = min(0.0, *known), max(known)
    table = [[math.nan if v is None else v for v in (*row, *[None] * (len(columns) - len(row)))] for row in values]

    def draw(axes: Axes) -> None:
        box = (0.0, float(len(columns)), float(len(table)), 0.0)
        picture = [[_shade(v, low, high) for v in row] for row in table]
        axes.imshow(picture, aspect="auto", extent=box, interpolation="nearest")
        gaps = [(j + 0.5, i + 0.5) for i, row in enumerate(table) for j, v in enumerate(row) if math.isnan(v)]
        if gaps:
            axes.plot(*zip(*gaps, strict=True), linestyle="", marker="x", markersize=2, color=SOFT, markeredgewidth=0.4)

    shown = plot_data.every_name(columns, room)
    named = [Tick(i + 0.5, name(r)) for i, r in enumerate(rows)]
    most = f"{plain(high)} {show(plot.unit, 30)}".rstrip()
    ends = [{"facecolor": shade, "edgecolor": SOFT, "linewidth": 0.3} for shade in (SHADES[0], SHADES[-1])]
    keys: list[tuple[dict[str, Any], str]] = list(zip(ends, (plain(low), most), strict=True))
    if any(v is None for row in values for v in row):
        keys.append(({"linestyle": "", "marker": "x", "color": SOFT}, "unknown"))
    return _Inside(draw, (0, len(columns)), (len(table), 0), shown, named, keys, min(3.4 * len(table) + 2, 150.0))


def _shade(value: float, low: float, high: float) -> tuple[float, float, float]:
    """The colour of a cell, as shares of red, green and blue; white where nothing is known."""
    if math.isnan(value):
        return 1.0, 1.0, 1.0
    step = int((value - low) / (high - low) * len(SHADES)) if high > low else 0
    shade = SHADES[min(step, len(SHADES) - 1)]
    return int(shade[1:3], 16) / 255, int(shade[3:5], 16) / 255, int(shade[5:7], 16) / 255


# Points --------------------------------------------------------------------------------------------------------------


def _points(plot: Points, room: float) -> _Inside:
    dots = plot_data.dots_of(plot)
    runs = [plot_data.runs_of(series, plot.times) for series in plot.lines]
    along = [point for series in runs for run in series for point in run]
    if not dots and not along:
        return _Inside(None)
    areas = plot_data.areas_of(plot)
    x, y = plot_data.reach_of_points(plot, [*dots, *along], areas)

    def draw(axes: Axes) -> None:
        many = len(dots) > MOST_DOTS
        if dots:
            look: dict[str, Any] = {
                "s": 0.4 if many else 3,
                "alpha": 0.35 if many else 0.6,
                "linewidths": 0,
                "color": COLOURS[0],
            }
            axes.scatter([p[0] for p in dots], [p[1] for p in dots], rasterized=many, **look)
        for i, series in enumerate(runs):
            _line(axes, series, i + 1)
        for area in areas:
            left, right = sorted((area.left, area.right))
            low, high = sorted((area.bottom, area.top))
            axes.plot([left, right, right, left, left], [low, low, high, high, low], **_REFERENCE)
            said = drawable(name(area.label))
            late = (left - x[0]) > 0.5 * (x[1] - x[0])
            where: dict[str, Any] = {"ha": "right" if late else "left", "va": "bottom", "parse_math": False}
            axes.text(right if late else left, high, said, fontproperties=font(said, 6), color=REFERENCE, **where)

    shown = plot_data.figure_ticks(x, _most(room), times=plot.times), plot_data.figure_ticks(y, 6, times=plot.y_times)
    return _Inside(draw, x, y, *shown, _line_keys(plot.lines, 1))


# Bands ---------------------------------------------------------------------------------------------------------------


def _bands(plot: Bands, room: float) -> _Inside:
    found = band_data.placed(plot)
    if not found.blocks:
        return _Inside(None)
    tall = min(max(40.0, 8.5 * len({b.band for b in found.blocks})), 110.0)

    def draw(axes: Axes) -> None:
        from matplotlib.patches import PathPatch, Rectangle  # noqa: PLC0415
        from matplotlib.path import Path as Outline  # noqa: PLC0415

        axes.spines["left"].set_visible(False)
        for ribbon in found.ribbons:
            left, right, high = ribbon.left, ribbon.right, ribbon.height
            half = (left + right) / 2
            there = [(left, ribbon.top), (half, ribbon.top), (half, ribbon.end), (right, ribbon.end)]
            back = [(x, y + high) for x, y in reversed(there)]
            curve = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3]
            look: dict[str, Any] = {"facecolor": COLOURS[ribbon.flow.source % 6], "alpha": 0.3, "linewidth": 0}
            axes.add_patch(PathPatch(Outline([*there, *back], curve), **look))
        for block in found.blocks:
            box = (block.left, block.top), block.width, block.height
            axes.add_patch(Rectangle(*box, facecolor=COLOURS[block.band % 6], linewidth=0))
        for block in band_data.named(found, 2.6 / tall):
            _band_name(axes, name(plot.bands[block.band]), block)

    columns = len(plot.columns)
    shown = [Tick(tick.at / columns, tick.text) for tick in plot_data.every_name(plot.columns, room)]
    return _Inside(draw, (0, 1), (1, 0), shown, (), height=tall)


def _band_name(axes: Axes, said: str, block: band_data.Block) -> None:
    """Beside the block: to its right, or in the last column to its left."""
    late = block.left > 0.85
    x = block.left - 0.006 if late else block.left + block.width + 0.006
    where: dict[str, Any] = {"ha": "right" if late else "left", "va": "center", "parse_math": False}
    told = drawable(said)
    axes.text(x, block.top + block.height / 2, told, fontproperties=font(told, 6.5), color=INK, **where)


DRAWN_BY: dict[type[Plot], Callable[[Any, float], _Inside]] = {
    Bands: _bands,
    Bars: _bars,
    Heat: _heat,
    Lines: _lines,
    Points: _points,
}
