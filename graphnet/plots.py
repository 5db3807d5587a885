"""Plots as plain data: what is drawn, apart from how. Pages draw them as SVG, figures for print with matplotlib.

Every plot has a title, axes with their units, and a sentence that says what is to be seen in it (its text
alternative). Axes with ``times`` hold seconds since 1970 (UTC).

Example:
    >>> plot = Bars("Gained a day", "day", "followers", "Ten a day.", edges=(0, 86400, 172800), heights=(9, 11))
    >>> plot.heights[1]
    11
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Area", "Bands", "Bars", "Flow", "Heat", "Lines", "Mark", "Plot", "Points", "Series"]


@dataclass(frozen=True)
class Mark:
    """A reference: a line across the plot at one value, with its name.

    Attributes:
        at: Where on the axis.
        label: What it stands for.
        axis: Which axis it is a value of, ``x`` or ``y``.
    """

    at: float
    label: str
    axis: str = "x"


@dataclass(frozen=True)
class Plot:
    """What all plots have.

    Attributes:
        title: What is shown, without a full stop.
        x: What the horizontal axis counts, with its unit.
        y: What the vertical axis counts, with its unit.
        note: What is to be seen, in a sentence; read aloud in place of the picture.
        times: Whether the horizontal axis holds seconds since 1970.
        marks: Reference lines.
    """

    title: str
    x: str
    y: str
    note: str
    times: bool = field(default=False, kw_only=True)
    marks: tuple[Mark, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Bars(Plot):
    """A histogram (with ``edges``) or one bar a label (with ``labels``).

    Attributes:
        heights: Height of each bar.
        edges: One more than the bars: where each starts and ends; empty where there are labels.
        labels: Name of each bar; empty where there are edges.
        standing_out: Places of the bars that stand out; they are marked by more than colour.
        expected: What each bar would be expected to be; empty: nothing to compare with.
    """

    heights: tuple[float, ...] = field(kw_only=True)
    edges: tuple[float, ...] = field(default=(), kw_only=True)
    labels: tuple[str, ...] = field(default=(), kw_only=True)
    standing_out: tuple[int, ...] = field(default=(), kw_only=True)
    expected: tuple[float, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Series:
    """One line: its name, its points, and limits around it where known."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Lines(Plot):
    """Lines over a common axis, told apart by dashes and names as well as colour."""

    series: tuple[Series, ...] = field(kw_only=True)


@dataclass(frozen=True)
class Heat(Plot):
    """A table of figures as shades, such as hour by weekday.

    Attributes:
        rows: Name of each row, from the top.
        columns: Name of each column, from the left.
        values: One row of figures a row; None where nothing is known.
        unit: What a figure counts.
    """

    rows: tuple[str, ...] = field(kw_only=True)
    columns: tuple[str, ...] = field(kw_only=True)
    values: tuple[tuple[float | None, ...], ...] = field(kw_only=True)
    unit: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Area:
    """A rectangle that stands out in a plot of points, with its name."""

    left: float
    right: float
    bottom: float
    top: float
    label: str


@dataclass(frozen=True)
class Points(Plot):
    """Dots, such as the order of followers by creation date; thousands are drawn as a picture of their density.

    Attributes:
        at_x, at_y: Where each dot is.
        areas: Rectangles that stand out.
        y_times: Whether the vertical axis holds seconds since 1970.
        lines: Lines over the dots, such as a running maximum.
    """

    at_x: tuple[float, ...] = field(kw_only=True)
    at_y: tuple[float, ...] = field(kw_only=True)
    areas: tuple[Area, ...] = field(default=(), kw_only=True)
    y_times: bool = field(default=False, kw_only=True)
    lines: tuple[Series, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Flow:
    """What passes from one band to another, or stays in one, between a column and the next.

    Attributes:
        column: Place of the earlier column.
        source, target: Places of the bands.
        size: How much.
    """

    column: int
    source: int
    target: int
    size: float


@dataclass(frozen=True)
class Bands(Plot):
    """Amounts over successive columns and what flows between them, such as communities over days.

    Attributes:
        columns: Name of each column, from the left.
        bands: Name of each band, from the top.
        sizes: One row of figures a band, one a column; 0 or None: it is not there.
        flows: What passes from one column to the next.
    """

    columns: tuple[str, ...] = field(kw_only=True)
    bands: tuple[str, ...] = field(kw_only=True)
    sizes: tuple[tuple[float | None, ...], ...] = field(kw_only=True)
    flows: tuple[Flow, ...] = field(default=(), kw_only=True)
