"""Tables of shades as SVG; see `graphnet.view.plots`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from graphnet.plots import Heat
from graphnet.safe import show
from graphnet.view import drawing, plot_data
from graphnet.view.drawing import WIDTH, Frame, element, number, text
from graphnet.view.evidence import plain
from graphnet.view.plot_data import MOST_COLUMNS, MOST_ROWS, finite, name

__all__ = ["heat"]

MOST_TITLED = 400
"""Cells with their figure as a tooltip; more are drawn as one path a shade."""
SHADES = 7


def heat(plot: Heat) -> tuple[list[Markup], float]:
    """The elements of the picture, and its height."""
    rows, columns = plot.rows[:MOST_ROWS], plot.columns[:MOST_COLUMNS]
    values = [[finite(v) for v in row[: len(columns)]] for row in plot.values[: len(rows)]]
    known = [v for row in values for v in row if v is not None]
    if not known:
        return drawing.empty(plot)
    low, high = min(0.0, *known), max(known)
    left = min(200.0, 14 + max(plot_data.width_of(name(r)) for r in rows))
    wide = (WIDTH - left - 6) / len(columns)
    tall = min(26.0, max(12.0, wide))
    keys, top = drawing.legend(_heat_keys(plot, low, high, any(v is None for row in values for v in row)), 24)
    box = Frame(left, top + 2, WIDTH - left - 6, tall * len(rows), (0, len(columns)), (0, len(rows)))
    parts = [*keys, text(2, 13, plot.y, "p-name"), *_cells(box, plot, values, (low, high))]
    parts += [
        text(left - 7, box.top + (i + 0.5) * tall + 4, name(r), "p-tick p-data", "end") for i, r in enumerate(rows)
    ]
    for tick in plot_data.every_name(columns, box.width):
        parts.append(text(box.px(tick.at), box.bottom + 16, tick.text, "p-tick p-data", "middle"))
    left_out = _left_out(plot, len(rows), len(columns))
    parts.append(text(box.right, box.bottom + 34, plot.x + left_out, "p-name", "end"))
    return parts, box.bottom + 42


def _left_out(plot: Heat, rows: int, columns: int) -> str:
    if (rows, columns) == (len(plot.rows), len(plot.columns)):
        return ""
    return f" (shown: {rows:,} of {len(plot.rows):,} rows, {columns:,} of {len(plot.columns):,} columns)"


def _shade(value: float, low: float, high: float) -> int:
    return min(SHADES - 1, int((value - low) / (high - low) * SHADES)) if high > low else 0


def _heat_keys(plot: Heat, low: float, high: float, gaps: bool) -> list[tuple[Markup, str]]:
    scale = [element("rect", {"class": f"p-h{i}", **drawing.rectangle(4.4 * i, 0, 4.4, 12)}) for i in range(SHADES)]
    keys = [(Markup("").join(scale), f"{plain(low)} to {plain(high)} {show(plot.unit, 30)}".rstrip())]
    if gaps:
        keys.append((element("path", {"class": "p-gap", "d": "M9 12L21 0"}), "unknown"))
    return keys


def _cells(
    box: Frame, plot: Heat, values: Sequence[Sequence[float | None]], axis: tuple[float, float]
) -> Iterator[Markup]:
    wide, tall = box.width / box.x[1], box.height / box.y[1]
    titled = sum(map(len, values)) <= MOST_TITLED
    paths: dict[str, list[str]] = defaultdict(list)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            x, y = box.left + j * wide, box.top + i * tall
            kind = "p-gap" if value is None else f"p-h{_shade(value, *axis)}"
            if value is None:
                paths[kind].append(
                    f"M{number(x + wide / 3)} {number(y + tall * 2 / 3)}l{number(wide / 3)} {number(-tall / 3)}"
                )
            elif titled:
                said = f"{name(plot.rows[i])}, {name(plot.columns[j])}: {plain(value)} {show(plot.unit, 30)}"
                yield element(
                    "rect", {"class": kind, **drawing.rectangle(x, y, wide - 1, tall - 1)}, element("title", {}, said)
                )
                if plot_data.width_of(plain(value)) * 0.75 < wide and value:
                    inner = f"p-in p-i{_shade(value, *axis)}"
                    yield text(x + wide / 2 - 0.5, y + tall / 2 + 3, plain(value), inner, "middle")
            else:
                paths[kind].append(f"M{number(x)} {number(y)}h{number(wide)}v{number(tall)}h{number(-wide)}z")
    for kind, path in sorted(paths.items()):
        yield element("path", {"class": kind, "d": "".join(path)})
