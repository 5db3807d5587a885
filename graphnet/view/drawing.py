"""What every plot of a page has in common: SVG elements that cannot be broken out of, a frame, axes and a legend.

Nothing here has a colour: classes do (``templates/plots.css``), so that a plot follows light, dark and print.

Example:
    >>> print(element("text", {"class": "p-tick", "x": 1.25}, "<b>"))
    <text class="p-tick" x="1.2">&lt;b&gt;</text>
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from graphnet.plots import Mark, Plot
from graphnet.safe import show
from graphnet.view.plot_data import drawable, figure_ticks, name, width_of
from graphnet.view.ticks import Tick

__all__ = ["HEIGHT", "WIDTH", "Frame", "across", "element", "empty", "framed", "legend", "number", "rectangle", "text"]

WIDTH = 640
"""Width of every plot in its own units; letters are 12 of them high."""
ROW = 16
HEIGHT = 210
"""Height of the frame of bars, lines and points."""

Draw = Callable[["Frame"], Iterator[Markup]]


def number(value: float) -> str:
    """A position with one digit, without a trailing zero."""
    said = f"{value:.1f}".removesuffix(".0")
    return "0" if said == "-0" else said


def element(tag: str, attributes: Mapping[str, str | float], *inside: str) -> Markup:
    """An SVG element; attributes and contents that are not Markup are escaped."""
    said = Markup("").join(
        Markup(' {}="{}"').format(key, value if isinstance(value, str) else number(value))
        for key, value in attributes.items()
    )
    contents = Markup("").join(escape(part) for part in inside)
    # `tag` is a literal of this package
    return Markup(f"<{tag}{said}>{contents}</{tag}>" if inside else f"<{tag}{said}/>")  # noqa: S704


def text(x: float, y: float, said: str, kind: str = "p-tick", anchor: str = "start") -> Markup:
    """A line of text; ``said`` comes from data or from us, and is cleaned all the same."""
    return element("text", {"class": kind, "x": x, "y": y, "text-anchor": anchor}, show(said, 120))


@dataclass(frozen=True)
class Frame:
    """The rectangle that data is drawn in, and which values its sides stand for.

    Attributes:
        left, top, width, height: In the units of the drawing.
        x, y: Lowest and highest value of each axis.
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def right(self) -> float:
        """Where the rectangle ends on the right."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.top + self.height

    def px(self, x: float) -> float:
        """Where a value of the horizontal axis stands; what lies outside stands at the side."""
        return self.left + self.width * _share(x, self.x)

    def py(self, y: float) -> float:
        """Where a value of the vertical axis stands."""
        return self.bottom - self.height * _share(y, self.y)


def _share(value: float, axis: tuple[float, float]) -> float:
    low, high = axis
    # halved first: the difference of two huge figures may not be one
    return min(max((value / 2 - low / 2) / (high / 2 - low / 2), 0.0), 1.0) if high > low else 0.5


def frame(x: tuple[float, float], y: tuple[float, float], ticks_y: Sequence[Tick], height: float, top: float) -> Frame:
    """A frame with room for the tick labels on its left."""
    left = 14 + max((width_of(tick.text) for tick in ticks_y), default=20)
    left = max(left, *(width_of(tick.under) + 14 for tick in ticks_y), 40) if ticks_y else 40
    return Frame(left, top, WIDTH - left - 14, height, x, y)


def across(box: Frame, ticks_x: Sequence[Tick], ticks_y: Sequence[Tick], names: tuple[str, str]) -> Iterator[Markup]:
    """Grid, tick labels and the names of both axes."""
    for tick in ticks_y:
        y = box.py(tick.at)
        yield element("path", {"class": "p-grid", "d": f"M{number(box.left)} {number(y)}H{number(box.right)}"})
        yield text(box.left - 7, y + (-1 if tick.under else 4), tick.text, anchor="end")
        if tick.under:
            yield text(box.left - 7, y + 12, tick.under, "p-tick p-under", "end")
    for tick in ticks_x:
        x = box.px(tick.at)
        yield element("path", {"class": "p-axis", "d": f"M{number(x)} {number(box.bottom)}v5"})
        yield from _below(box, x, tick)
    base = f"M{number(box.left)} {number(box.bottom)}H{number(box.right)}"
    yield element("path", {"class": "p-axis", "d": base})
    yield text(box.right, box.bottom + 42, show(names[0], 70), "p-name", "end")
    yield text(2, 13, show(names[1], 70), "p-name")


def _below(box: Frame, x: float, tick: Tick) -> Iterator[Markup]:
    for said, y, kind in ((tick.text, 18, "p-tick"), (tick.under, 31, "p-tick p-under")):
        if said:
            half = width_of(said) / 2
            yield text(min(max(x, half), WIDTH - half), box.bottom + y, said, kind, "middle")


def legend(entries: Sequence[tuple[Markup, str]], y: float) -> tuple[list[Markup], float]:
    """Samples with their names in rows, from ``y`` downwards; a sample is drawn in a box of 30 by 12 at (0, 0).

    Returns:
        The elements, and where the last row ends.
    """
    made: list[Markup] = []
    x = 2.0
    for sample, said in entries:
        needs = 36 + width_of(said) + 18
        if x > 2 and x + needs > WIDTH:
            x, y = 2.0, y + ROW + 2
        moved = element("g", {"transform": f"translate({number(x)} {number(y)})"}, sample)
        made += [moved, text(x + 36, y + 10, said, "p-key")]
        x += needs
    return made, y + ROW + 4 if entries else y


@dataclass(frozen=True)
class References:
    """Lines at fixed values with their names; names of upright lines stand in rows above the frame."""

    marks: Sequence[Mark]
    rows: Sequence[int]

    @property
    def height(self) -> float:
        """Room that the names need above the frame."""
        return ROW * (max(self.rows, default=-1) + 1)


def references(marks: Iterable[Mark], left: float, x: tuple[float, float]) -> References:
    """Where the names of the upright lines go so that they do not cover one another."""
    upright = drawable(marks, "x")
    box = Frame(left, 0, WIDTH - left - 14, 1, x, (0, 1))
    ends: list[float] = []
    rows = []
    for mark in upright:
        start, end = _span(box, mark)
        row = next((i for i, taken in enumerate(ends) if taken < start), len(ends))
        ends[row : row + 1] = [end]
        rows.append(row)
    return References(upright, rows)


def _span(box: Frame, mark: Mark) -> tuple[float, float]:
    """From where to where the name of an upright line reaches: right of it, or left of it where the room ends."""
    x, wide = box.px(mark.at), width_of(name(mark.label)) + 6
    return (x, x + wide) if x + wide <= WIDTH else (max(x - wide, 0), x)


def marked(box: Frame, upright: References, marks: Iterable[Mark]) -> Iterator[Markup]:
    """The reference lines of both axes with their names."""
    for mark, row in zip(upright.marks, upright.rows, strict=True):
        start, _ = _span(box, mark)
        x, y = box.px(mark.at), box.top - 4 - ROW * (max(upright.rows) - row)
        yield element("path", {"class": "p-mark", "d": f"M{number(x)} {number(y - 11)}V{number(box.bottom)}"})
        after = start == x
        yield text(x + (4 if after else -4), y, name(mark.label), "p-marked", "start" if after else "end")
    for mark in drawable(marks, "y"):
        y = box.py(mark.at)
        yield element("path", {"class": "p-mark", "d": f"M{number(box.left)} {number(y)}H{number(box.right)}"})
        yield text(box.right - 3, y - 4, name(mark.label), "p-marked p-halo", "end")


def empty(plot: Plot) -> tuple[list[Markup], float]:
    """A frame that says there is nothing to draw."""
    box = Frame(40, 24, WIDTH - 54, 80, (0, 1), (0, 1))
    rectangle: dict[str, str | float] = {
        "class": "p-frame",
        "x": box.left,
        "y": box.top,
        "width": box.width,
        "height": box.height,
    }
    said = [text(2, 13, plot.y, "p-name"), text(WIDTH / 2, 68, "no data", "p-none", "middle")]
    return [element("rect", rectangle), *said], 116


def framed(
    plot: Plot,
    x: tuple[float, float],
    y: tuple[float, float],
    draw: Draw,
    entries: Sequence[tuple[Markup, str]] = (),
    ticks_x: Sequence[Tick] | None = None,
    ticks_y: Sequence[Tick] | None = None,
) -> tuple[list[Markup], float]:
    """Axes, legend and reference lines around what ``draw`` puts into the frame."""
    keys, top = legend(entries, 24)
    ticks_y = figure_ticks(y, 6, times=False) if ticks_y is None else ticks_y
    shown_x = figure_ticks(x, 8, times=plot.times) if ticks_x is None else ticks_x
    narrow = frame(x, y, ticks_y, HEIGHT, top)
    upright = references(plot.marks, narrow.left, x)
    box = frame(x, y, ticks_y, HEIGHT, top + 6 + upright.height)
    parts = [*keys, *across(box, shown_x, ticks_y, (plot.x, plot.y)), *draw(box)]
    return [*parts, *marked(box, upright, plot.marks)], box.bottom + 48


def rectangle(left: float, top: float, width: float, height: float) -> dict[str, float]:
    """Attributes of a rectangle; one of no width is still seen."""
    return {"x": left, "y": top, "width": max(width, 0.5), "height": max(height, 0)}
