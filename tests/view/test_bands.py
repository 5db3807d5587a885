"""Bands that flow from column to column: where they stand, as SVG and for print."""

from __future__ import annotations

import math
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.plots import Bands, Flow
from graphnet.view import band_data, plots, print_plots

EVIL = "</title></svg><script>window.__ran=1</script>"


def made(sizes: list[list[float]], flows: tuple[Flow, ...] = (), name: str = "I{}") -> Bands:
    columns, bands = (len(sizes[0]) if sizes else 0), len(sizes)
    return Bands(
        "Over time", "day", "accounts", "Two bands.", columns=tuple(f"day {i}" for i in range(columns)),
        bands=tuple(name.format(i) for i in range(bands)), sizes=tuple(map(tuple, sizes)), flows=flows,
    )  # fmt: skip


TWO = made([[4, 2, 0], [2, 6, 3]], (Flow(0, 0, 1, 2), Flow(0, 0, 0, 2), Flow(0, 1, 1, 2), Flow(1, 1, 1, 3)))


def test_blocks_are_as_high_as_their_sizes_and_do_not_overlap() -> None:
    found = band_data.placed(TWO)
    high = {(b.column, b.band): b.height for b in found.blocks}
    assert set(high) == {(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)}
    assert high[1, 1] / high[0, 1] == pytest.approx(3)
    by_place = sorted(found.blocks, key=lambda b: (b.column, b.band))
    for one, two in pairwise(by_place):
        assert one.column != two.column or one.top + one.height < two.top
    assert [(b.column, b.band) for b in found.blocks if b.first] == [(0, 0), (0, 1)]


def test_ribbons_join_blocks_in_order() -> None:
    found = band_data.placed(TWO)
    at = {(b.column, b.band): b for b in found.blocks}
    stays, leaves = (next(r for r in found.ribbons if r.flow == f) for f in (Flow(0, 0, 0, 2), Flow(0, 0, 1, 2)))
    assert stays.top == pytest.approx(at[0, 0].top)
    assert leaves.top == pytest.approx(stays.top + stays.height)
    assert leaves.end == pytest.approx(at[1, 1].top)


numbers = st.one_of(st.floats(0, 1e6), st.sampled_from([0.0, math.nan, math.inf, -3.0]))


@given(
    sizes=st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), max_size=70)),
    flows=st.lists(st.builds(Flow, st.integers(-1, 6), st.integers(-1, 6), st.integers(-1, 6), numbers), max_size=8),
)
def test_any_figures_stay_in_the_picture(sizes: list[list[float]], flows: list[Flow]) -> None:
    plot = made(sizes, tuple(flows))
    found = band_data.placed(plot)
    for block in found.blocks:
        assert -1e-9 <= block.top <= block.top + block.height <= 1 + 1e-9
        assert 0 <= block.left <= block.left + block.width <= 1
    ET.fromstring(str(plots.svg(plot)))


def test_svg_says_everything_again_in_words() -> None:
    picture = str(plots.svg(TWO))
    assert "day 0 to day 1: I0 to I1, 2" in picture
    assert "day 1 to day 2: I1 stays, 3" in picture
    assert ">I0</text>" in picture


def test_nothing_from_data_gets_out() -> None:
    picture = str(plots.figure(made([[1, 1]], (Flow(0, 0, 0, 1),), EVIL)))
    assert "<script" not in picture
    ET.fromstring(picture)


def test_without_figures_it_says_so() -> None:
    assert "no data" in str(plots.svg(made([])))
    assert "no data" in str(plots.svg(made([[0, math.nan]])))


@pytest.mark.parametrize("plot", [TWO, made([]), made([[1, 1]], (), "فارسی")], ids=["two", "none", "persian"])
@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_print(plot: Bands, kind: str) -> None:
    one, two = (print_plots.figure(plot, columns).bytes(kind, "t", "n") for columns in (1, 2))
    assert len(one) > 1_000
    assert one != two
    assert one == print_plots.figure(plot, 1).bytes(kind, "t", "n")


def test_many_names_do_not_cover_one_another() -> None:
    found = band_data.placed(made([[1.0]] * 50))
    kept = sorted(b.top for b in band_data.named(found, 0.05))
    assert 10 < len(kept) < 21
    assert all(b - a >= 0.05 - 1e-9 for a, b in pairwise(kept))
