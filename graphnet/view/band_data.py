"""Where the blocks and ribbons of a plot of bands stand, apart from how they are drawn.

Bands keep their order from the top in every column, so that one that goes on is nearly level; between two that are
next to each other is a gap. Everything is in shares of the picture's width and height, y downwards.

Example:
    >>> plot = Bands("t", "x", "y", "n", columns=("a", "b"), bands=("I1",), sizes=((2, 4),), flows=(Flow(0, 0, 0, 2),))
    >>> found = placed(plot)
    >>> [(b.column, round(b.height, 2)) for b in found.blocks], len(found.ribbons)
    ([(0, 0.5), (1, 1.0)], 1)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphnet.plots import Bands, Flow
from graphnet.view.plot_data import MOST_COLUMNS, finite

__all__ = ["MOST_BANDS", "Block", "Placed", "Ribbon", "named", "placed"]

MOST_BANDS = 60
GAP = 0.3
"""Height of all gaps of the fullest column together, as a share of the picture, where there are many bands."""
TINY = 1e-250
BLOCK, WIDEST = 0.14, 0.03
"""Width of a block, as a share of its column's and of the whole picture's."""


@dataclass(frozen=True)
class Block:
    """One band in one column.

    Attributes:
        column, band: Places.
        size: What it stands for.
        left, width, top, height: Where it is.
        first: Whether the band is not in the column before.
    """

    column: int
    band: int
    size: float
    left: float
    width: float
    top: float
    height: float
    first: bool


@dataclass(frozen=True)
class Ribbon:
    """What flows from one block to another: a strip from (left, top) to (right, end), ``height`` high all along."""

    flow: Flow
    left: float
    top: float
    right: float
    end: float
    height: float


@dataclass(frozen=True)
class Placed:
    """All of them; ``scale`` is the height of one unit."""

    blocks: list[Block]
    ribbons: list[Ribbon]
    scale: float


def placed(plot: Bands) -> Placed:
    """Place a plot's blocks and ribbons; sizes that are no positive figure have none."""
    columns, rows = plot.columns[:MOST_COLUMNS], plot.sizes[: min(len(plot.bands), MOST_BANDS)]
    table = [[_amount(v) for v in [*row, *[None] * len(columns)][: len(columns)]] for row in rows]
    most = max((sum(1 for row in table if row[c]) for c in range(len(columns))), default=0)
    gap = min(0.035, GAP / most) if most > 1 else 0.0
    totals = [(sum(row[c] for row in table), sum(1 for row in table if row[c])) for c in range(len(columns))]
    scale = min(((1 - gap * (n - 1)) / total for total, n in totals if total), default=0.0)
    blocks = list(_blocks(table, len(columns), scale, gap))
    return Placed(blocks, list(_ribbons(plot, {(b.column, b.band): b for b in blocks}, scale)), scale)


def _amount(value: float | None) -> float:
    """The value where it is a positive figure whose inverse is one, too; else 0."""
    found = finite(value) or 0.0
    return found if found > TINY else 0.0


def named(found: Placed, letter: float) -> list[Block]:
    """The blocks beside which a band's name fits: where it starts, the higher ones first.

    Args:
        found: What `placed` gave.
        letter: Height of a line of letters, as a share of the picture's height.
    """
    kept: list[Block] = []
    for block in sorted((b for b in found.blocks if b.first), key=lambda b: (-b.height, b.column, b.band)):
        middle = block.top + block.height / 2
        rest = (b for b in kept if b.column == block.column)
        if all(abs(b.top + b.height / 2 - middle) >= letter for b in rest):
            kept.append(block)
    return kept


def _blocks(table: list[list[float]], columns: int, scale: float, gap: float) -> Iterator[Block]:
    pitch = 1 / max(columns, 1)
    wide = min(BLOCK * pitch, WIDEST)
    for column in range(columns):
        there = [(i, row[column]) for i, row in enumerate(table) if row[column]]
        # each column in the middle of the height
        top = (1 - sum(size for _, size in there) * scale - gap * (len(there) - 1)) / 2
        for band, size in there:
            left = (column + 0.5) * pitch - wide / 2
            first = not column or not table[band][column - 1]
            yield Block(column, band, size, left, wide, top, size * scale, first)
            top += size * scale + gap


def _ribbons(plot: Bands, at: dict[tuple[int, int], Block], scale: float) -> Iterator[Ribbon]:
    """Ribbons leave and enter a block in the order of the bands at their other end, so that few cross."""
    good = [f for f in plot.flows if finite(f.size) and f.size > 0]
    good = [f for f in good if (f.column, f.source) in at and (f.column + 1, f.target) in at]
    out = {key: block.top for key, block in at.items()}
    into = dict(out)
    starts: dict[Flow, float] = {}
    for flow in sorted(good, key=lambda f: (f.column, f.source, f.target)):
        starts[flow] = out[flow.column, flow.source]
        out[flow.column, flow.source] += flow.size * scale
    for flow in sorted(good, key=lambda f: (f.column, f.target, f.source)):
        here, there = at[flow.column, flow.source], at[flow.column + 1, flow.target]
        end = into[flow.column + 1, flow.target]
        into[flow.column + 1, flow.target] += flow.size * scale
        yield Ribbon(flow, here.left + here.width, starts[flow], there.left, end, flow.size * scale)
