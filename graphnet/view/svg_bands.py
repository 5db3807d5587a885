"""Bands that flow from column to column, as SVG; see `graphnet.view.plots`."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from graphnet.plots import Bands
from graphnet.view import band_data, drawing, plot_data
from graphnet.view.band_data import Block, Placed, Ribbon
from graphnet.view.drawing import WIDTH, element, number, text
from graphnet.view.evidence import plain
from graphnet.view.plot_data import name

__all__ = ["bands"]

LOOKS = 6
TOP, LEFT = 24.0, 4.0
LEAST, A_BAND, MOST = 150.0, 34.0, 420.0
"""Height of the picture: least, for each band, and most."""
LETTER, NARROW = 11.5, 22.0
"""Height of a name; columns narrower than this have no room for any: ribbons say it when pointed at."""


def bands(plot: Bands) -> tuple[list[Markup], float]:
    """The elements of the picture, and its height."""
    found = band_data.placed(plot)
    if not found.blocks:
        return drawing.empty(plot)
    high = min(max(LEAST, A_BAND * len({b.band for b in found.blocks})), MOST)
    wide = WIDTH - 2 * LEFT
    parts = [text(2, 13, plot.y, "p-name")]
    parts += [_ribbon(plot, r, wide, high) for r in found.ribbons]
    parts += [part for b in found.blocks for part in _block(plot, b, wide, high)]
    parts += _names(plot, found, wide, high)
    for tick in plot_data.every_name(plot.columns, wide):
        if tick.at < plot_data.MOST_COLUMNS:
            half = plot_data.width_of(tick.text) / 2
            x = min(max(LEFT + wide * tick.at / len(plot.columns), half), WIDTH - half)
            parts.append(text(x, TOP + high + 18, tick.text, "p-tick p-data", "middle"))
    left_out = max(len(plot.bands) - band_data.MOST_BANDS, 0)
    said = plot.x + (f" (not shown: {left_out:,} more bands)" if left_out else "")
    parts.append(text(WIDTH - LEFT, TOP + high + 36, said, "p-name", "end"))
    return parts, TOP + high + 44


def _ribbon(plot: Bands, ribbon: Ribbon, wide: float, high: float) -> Markup:
    left, right = LEFT + wide * ribbon.left, LEFT + wide * ribbon.right
    middle = (left + right) / 2
    top, end, tall = TOP + high * ribbon.top, TOP + high * ribbon.end, max(high * ribbon.height, 0.6)
    x0, x1, xm, y0, y1 = number(left), number(right), number(middle), number(top), number(end)
    z0, z1 = number(top + tall), number(end + tall)
    flow = ribbon.flow
    path = f"M{x0} {y0}C{xm} {y0} {xm} {y1} {x1} {y1}V{z1}C{xm} {z1} {xm} {z0} {x0} {z0}Z"
    source, target = (name(plot.bands[i]) for i in (flow.source, flow.target))
    way = f"{source} stays" if flow.source == flow.target else f"{source} to {target}"
    times = f"{name(plot.columns[flow.column])} to {name(plot.columns[flow.column + 1])}"
    return element(
        "path",
        {"class": f"p-r{flow.source % LOOKS}", "d": path},
        element("title", {}, f"{times}: {way}, {plain(flow.size)}"),
    )


def _block(plot: Bands, block: Block, wide: float, high: float) -> Iterator[Markup]:
    box = drawing.rectangle(
        LEFT + wide * block.left, TOP + high * block.top, max(wide * block.width, 2), max(high * block.height, 1)
    )
    said = f"{name(plot.columns[block.column])}: {name(plot.bands[block.band])}, {plain(block.size)}"
    yield element("rect", {"class": f"p-m{block.band % LOOKS}", **box}, element("title", {}, said))


def _names(plot: Bands, found: Placed, wide: float, high: float) -> Iterator[Markup]:
    """The name of each band where it starts, to the right of its block."""
    if wide / len(plot.columns) >= NARROW:
        for block in band_data.named(found, LETTER / high):
            x = LEFT + wide * (block.left + block.width) + 4
            said, kind, anchor = name(plot.bands[block.band]), "p-key p-halo", "start"
            if x + plot_data.width_of(said) > WIDTH:
                x, anchor = LEFT + wide * block.left - 4, "end"
            yield text(x, TOP + high * (block.top + block.height / 2) + 4, said, kind, anchor)
