"""Plots as SVG for pages: well-formed, harmless, readable without colour, and small whatever the data."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import made_plots
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.plots import Bars, Heat, Lines, Plot, Points, Series
from graphnet.view import plots

ALL = [*made_plots.every(), *made_plots.hostile(), *made_plots.empty()]
SVG = {"svg", "title", "desc", "path", "rect", "text", "g"}
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def parsed(plot: Plot) -> ElementTree.Element:
    return ElementTree.fromstring(plots.svg(plot))


def texts(plot: Plot) -> list[str]:
    return [e.text or "" for e in parsed(plot).iter("text")]


def of_class(plot: Plot, name: str) -> list[ElementTree.Element]:
    return [e for e in parsed(plot).iter() if name in e.get("class", "").split()]


@pytest.mark.parametrize("plot", ALL, ids=range(len(ALL)))
def test_it_is_xml_of_our_own_elements_only(plot: Plot) -> None:
    for element in parsed(plot).iter():
        assert element.tag in SVG
        assert not set(element.attrib) & {"style", "id", "href", "onload"}
        assert not [name for name in element.attrib if name.startswith("on") or ":" in name]


@pytest.mark.parametrize("plot", ALL, ids=range(len(ALL)))
def test_every_position_is_a_number_in_the_picture(plot: Plot) -> None:
    root = parsed(plot)
    *_, width, height = map(float, root.get("viewBox", "").split())
    for element in root.iter():
        for name in ("x", "y", "width", "height", "d"):
            said = element.get(name, "")
            assert "nan" not in said
            assert "inf" not in said
        if element.tag in ("rect", "text") and element.get("x") is not None:
            assert -1 <= float(element.get("x", "")) <= width + 1
            assert -1 <= float(element.get("y", "")) <= height + 1


@pytest.mark.parametrize("plot", ALL, ids=range(len(ALL)))
def test_a_screen_reader_hears_title_and_note(plot: Plot) -> None:
    root = parsed(plot)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert root[0].text
    assert root[1].text


@pytest.mark.parametrize("plot", made_plots.hostile(), ids=range(7))
def test_hostile_texts_are_shown_as_text(plot: Plot) -> None:
    for picture in (plots.svg(plot), plots.figure(plot)):
        assert "<script" not in picture
        assert "\u202e" not in picture
        assert "&lt;script&gt;" in picture
        assert "x" * 100 not in picture


@pytest.mark.parametrize("plot", made_plots.empty(), ids=range(7))
def test_nothing_to_draw_is_said(plot: Plot) -> None:
    assert "no data" in texts(plot)


@pytest.mark.parametrize("plot", made_plots.every(), ids=range(7))
def test_something_to_draw_is_drawn_and_named(plot: Plot) -> None:
    assert "no data" not in texts(plot)
    assert {plot.x, plot.y} <= set(texts(plot))
    assert {mark.label for mark in plot.marks} <= set(texts(plot))


def test_bars_stand_as_high_as_their_figures() -> None:
    heights = [float(bar.get("height", "")) for bar in of_class(made_plots.week(), "p-bar")]
    assert [h / heights[0] for h in heights] == pytest.approx([h / 3 for h in (3, 5, 2, 1, 0, 4)], abs=0.01)


def test_what_stands_out_has_a_hatch_and_a_flag_too() -> None:
    # a bar each, and one sample in the legend
    assert len(of_class(made_plots.bars(), "p-out")) == 3
    assert len(of_class(made_plots.bars(), "p-hatch")) == 3
    assert len(of_class(made_plots.bars(), "p-flag")) == 2
    titles = [t.text for bar in of_class(made_plots.bars(), "p-out") for t in bar.iter("title")]
    assert titles == [
        "11 Dec 2017: 3,199, expected 253.5, stands out",
        "12 Dec 2017: 3,240, expected 253.5, stands out",
    ]


def test_long_names_lie_and_what_is_unknown_says_so() -> None:
    shown = texts(made_plots.named())
    assert {*made_plots.named().labels, "unknown", "0.588 ◂"} <= set(shown)


def test_lines_are_told_apart_by_dash_and_mark_and_broken_at_gaps() -> None:
    plot = made_plots.lines()
    drawn = [e.get("class") for e in of_class(plot, "p-line")]
    assert drawn == ["p-line p-s0", "p-line p-s1", "p-line p-s2"] * 2  # samples first, then the lines
    broken = of_class(plot, "p-s1")[1]
    assert broken.get("d", "").count("M") == 2
    css = plots.css()
    dashes = re.findall(r"\.p-s\d \{[^}]*?(?:stroke-dasharray: ([^;]+);)? \}", css)
    assert len(dashes) == len(set(dashes)) == 6


def test_shades_follow_the_figures_and_unknown_cells_are_struck() -> None:
    plot = made_plots.heat()
    shade = {}
    for i in range(7):
        for cell in of_class(plot, f"p-h{i}"):
            for title in cell.iter("title"):
                shade[title.text] = i
    assert len(shade) == 7 * 24 - 1
    assert shade["Mon, 13: 40 posts"] == 6
    assert shade["Mon, 0: 0 posts"] == 0
    assert len(of_class(plot, "p-gap")) == 2  # in the table and in the legend
    assert "unknown" in texts(plot)


def test_thousands_of_dots_become_shades() -> None:
    assert len(of_class(made_plots.points(200), "p-dots")) == 1
    assert of_class(made_plots.points(200), "p-dots")[0].get("d", "").count("M") == 200
    many = made_plots.points(15_000)
    assert of_class(many, "p-dots") == []
    squares = [e.get("d", "").count("M") for i in range(5) for e in of_class(many, f"p-d{i}") if e.tag == "path"]
    assert 1_000 < sum(squares) < 15_000
    assert "1 dot in a square" in texts(many)


@pytest.mark.parametrize(
    "plot",
    [
        Bars("a", "b", "c", "d", edges=tuple(range(20_001)), heights=tuple(range(20_000))),
        Lines("a", "b", "c", "d", series=(Series("a", tuple(range(200_000)), tuple(map(math.sin, range(200_000)))),)),
        Points("a", "b", "c", "d", at_x=tuple(range(100_000)), at_y=tuple((i * 7919) % 99_991 for i in range(100_000))),
        Heat(
            "a",
            "b",
            "c",
            "d",
            rows=tuple(map(str, range(500))),
            columns=tuple(map(str, range(600))),
            values=tuple(tuple(float(i * j % 13) for j in range(600)) for i in range(500)),
        ),
    ],
    ids=["bars", "lines", "points", "heat"],
)
def test_the_picture_stays_small(plot: Plot) -> None:
    assert len(plots.svg(plot)) < 1_500_000


def test_what_a_table_of_shades_leaves_out_is_said() -> None:
    rows = tuple(map(str, range(130)))
    values = tuple((1.0,) for _ in rows)
    plot = Heat("a", "b", "c", "d", rows=rows, columns=("x",), values=values)
    assert any("120 of 130 rows" in said for said in texts(plot))


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be drawn"):
        plots.svg(Plot("a", "b", "c", "d"))


def test_the_style_sheet_has_every_class_that_is_drawn_with() -> None:
    used = {name for plot in ALL for e in parsed(plot).iter() for name in e.get("class", "").split()}
    known = set(re.findall(r"\.([\w-]+)", plots.css()))
    assert used - known - {"p-tick", "p-i0", "p-i1", "p-i2", "p-i3"} == set()


figures = st.floats() | st.sampled_from([0.0, 1e-320, 1e300, -1e300, math.nan])


@settings(max_examples=60, deadline=None)
@given(st.lists(figures, max_size=12), st.lists(figures, max_size=13), st.booleans())
def test_no_figures_break_a_picture(heights: Sequence[float], edges: Sequence[float], times: bool) -> None:
    made = [
        Bars("a", "b", "c", "d", heights=tuple(heights), edges=tuple(edges), times=times, expected=tuple(edges)),
        Lines("a", "b", "c", "d", series=(Series("s", tuple(edges), tuple(heights)),), times=times),
        Points("a", "b", "c", "d", at_x=tuple(heights), at_y=tuple(edges), y_times=times),
        Heat("a", "b", "c", "d", rows=("r",), columns=("c",) * len(heights), values=(tuple(heights),)),
    ]
    for plot in made:
        picture = plots.svg(plot)
        ElementTree.fromstring(picture)
        assert "nan" not in picture.replace("unknown", "")
        assert "inf" not in picture
