"""Plots as figures for print: every kind, whatever the data, on one or two columns."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import made_plots
import pytest

from graphnet.errors import InputError
from graphnet.plots import Plot
from graphnet.view import print_plots

ALL = [*made_plots.every(), *made_plots.hostile(), *made_plots.empty()]
SVG = "{http://www.w3.org/2000/svg}"


def said(plot: Plot, columns: int = 1) -> str:
    """The texts of a figure: matplotlib writes each beside its outlines as a comment."""
    made = print_plots.figure(plot, columns).bytes("svg", "t", "n").decode()
    return "\n".join(re.findall(r"<!-- (.*?) -->", made, re.DOTALL))


@pytest.mark.parametrize("plot", ALL, ids=range(len(ALL)))
@pytest.mark.parametrize("columns", [1, 2])
def test_every_kind_can_be_drawn_whatever_the_data(plot: Plot, columns: int, tmp_path: Path) -> None:
    file = print_plots.write(plot, tmp_path / "plot.svg", columns)
    root = ElementTree.fromstring(file.read_bytes())
    assert root.findtext(f"{SVG}title")
    assert float(root.get("height", "").removesuffix("pt")) < 280 / 25.4 * 72
    assert not re.search(r'[ "]nan[ "]', file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("plot", made_plots.every(), ids=range(7))
def test_axes_title_and_reference_lines_are_named(plot: Plot) -> None:
    found = said(plot, columns=2)
    for text in (plot.title, plot.x, plot.y, *(mark.label for mark in plot.marks)):
        assert text.replace("--", "- -") in found


@pytest.mark.parametrize("plot", made_plots.empty(), ids=range(7))
def test_nothing_to_draw_is_said(plot: Plot) -> None:
    assert "no data" in said(plot)


def test_what_stands_out_is_hatched_and_flagged() -> None:
    made = print_plots.figure(made_plots.week()).bytes("svg", "t", "n").decode()
    assert "<pattern" in made
    assert "stands out" in said(made_plots.week())


def test_lines_differ_in_dash_and_mark() -> None:
    made = print_plots.figure(made_plots.lines()).bytes("svg", "t", "n").decode()
    dashes = set(re.findall(r"stroke-dasharray: ([^;\"]+)", made))
    assert len(dashes) >= 3  # two lines and the reference lines
    assert "suspected" in said(made_plots.lines())


def test_thousands_of_dots_are_a_picture() -> None:
    many, few = (print_plots.figure(made_plots.points(n)).bytes("svg", "t", "n") for n in (15_000, 200))
    assert b"data:image/png" in many
    assert len(many) < 600_000
    assert b"data:image/png" not in few


def test_the_ending_says_the_format(tmp_path: Path) -> None:
    heads = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}
    for kind, head in heads.items():
        assert print_plots.write(made_plots.week(), tmp_path / f"x.{kind}").read_bytes().startswith(head)
    with pytest.raises(InputError, match=r"end its name in \.svg"):
        print_plots.write(made_plots.week(), tmp_path / "x.doc")
    with pytest.raises(InputError, match="folder that exists"):
        print_plots.write(made_plots.week(), tmp_path / "none" / "x.svg")
    with pytest.raises(InputError, match="1 or 2 columns"):
        print_plots.write(made_plots.week(), tmp_path / "x.svg", columns=4)


def test_all_plots_of_an_audit_go_into_a_folder(tmp_path: Path) -> None:
    files = print_plots.write_all(made_plots.every()[1:3], tmp_path / "new" / "figures", "followers")
    assert [f.name for f in files] == [f"followers-{i}.{kind}" for i in (1, 2) for kind in ("svg", "pdf", "png")]
    assert all(f.stat().st_size > 1_000 for f in files)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot make the folder"):
        print_plots.write_all([], tmp_path / "file" / "x", "a")


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be drawn"):
        print_plots.figure(Plot("a", "b", "c", "d"))
