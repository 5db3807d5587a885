"""Plots (`graphnet.plots`) as inline SVG for pages: no script, no style attribute, no id, every text escaped.

Colours, dashes and letters come from classes in ``templates/plots.css``; a page puts that file (`css`) among its
styles. Whatever a colour says is said again by a hatch, a dash, a mark or a figure. A screen reader hears title and
note.

Example:
    >>> from graphnet.plots import Bars
    >>> picture = svg(Bars("Gained", "day", "accounts", "Two bars.", labels=("Mon", "Tue"), heights=(3, 5)))
    >>> picture.startswith('<svg class="plot" viewBox="0 0 640 '), "<title>Gained</title>" in picture
    (True, True)
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

from markupsafe import Markup

from graphnet.plots import Bands, Bars, Heat, Lines, Plot, Points
from graphnet.safe import show
from graphnet.view.drawing import WIDTH, element, number
from graphnet.view.svg_bands import bands
from graphnet.view.svg_bars import bars
from graphnet.view.svg_heat import heat
from graphnet.view.svg_lines import lines
from graphnet.view.svg_points import points

__all__ = ["css", "figure", "svg"]

DRAWN_BY: dict[type[Plot], Callable[[Any], tuple[list[Markup], float]]] = {
    Bands: bands,
    Bars: bars,
    Heat: heat,
    Lines: lines,
    Points: points,
}


def css() -> str:
    """The style sheet that every page with plots needs."""
    return (resources.files("graphnet.view") / "templates" / "plots.css").read_text(encoding="utf-8")


def svg(plot: Plot) -> Markup:
    """The plot as an SVG element of at most 640 by some 300 units that grows and shrinks with its box.

    Args:
        plot: A record of `graphnet.plots`; values that are not finite are left out, and without any value the
            picture says "no data".

    Raises:
        TypeError: It is a kind of plot that is not known here.
    """
    if type(plot) not in DRAWN_BY:
        raise TypeError(f"{type(plot).__name__} is a kind of plot that cannot be drawn")
    contents, height = DRAWN_BY[type(plot)](plot)
    return element(
        "svg",
        {"class": "plot", "viewBox": f"0 0 {WIDTH} {number(height)}", "role": "img"},
        element("title", {}, show(plot.title, 200)),
        element("desc", {}, show(plot.note, 1_000)),
        *contents,
    )


def figure(plot: Plot) -> Markup:
    """The plot with its title and note, as a ``figure`` that scrolls in its own box where a screen is narrow."""
    title = show(plot.title, 200)
    head = element("strong", {"dir": "auto"}, title)
    note = element("span", {"dir": "auto"}, show(plot.note, 1_000))
    box = element("div", {"class": "plot-box", "tabindex": "0", "role": "region", "aria-label": title}, svg(plot))
    return element("figure", {"class": "plot-figure"}, element("figcaption", {}, head, " ", note), box)
