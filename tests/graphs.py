"""Small studies and graphs for tests, made from the ties alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graphnet import schema
from graphnet.graph import Graph
from graphnet.study import Study

Row = tuple[Any, ...]


def tied_study(
    folder: Path, pairs: Iterable[Row], names: dict[int, str | None] | None = None, made: Sequence[str] | None = None
) -> Study:
    """A study whose pairs are these rows (layer, source, target[, shared[, quickest[, weight]]]), a part a layer.

    Account n has the id ``a<n>`` and the given name. ``made`` says with which parameters the layers were made.
    """
    full = [(*row, *(1, None, None)[len(row) - 3 :]) for row in pairs]
    known = names or {}
    last = max([max(r[1], r[2]) for r in full] + [*known, -1])
    study = Study.create(folder)
    with study.step("read", {}) as step:
        accounts = [{"account": n, "id": f"a{n}", "name": known.get(n)} for n in range(last + 1)]
        step.write("accounts", _table(accounts, schema.ACCOUNTS))
    with study.step("project", {"layers": made or sorted({r[0] for r in full})}) as step:
        for layer in sorted({r[0] for r in full}):
            mine = [r for r in full if r[0] == layer]
            step.write("pairs", pairs_table(mine), part=layer)
    return study


def pairs_table(rows: Iterable[Row]) -> pa.Table:
    """Rows (layer, source, target, shared, quickest, weight) as a table of pairs; without a weight it is ``shared``."""
    fields = ("layer", "source", "target", "shared", "quickest", "weight")
    made = [dict(zip(fields, r, strict=True)) for r in rows]
    return _table([r | {"weight": r["shared"] if r["weight"] is None else r["weight"]} for r in made], schema.PAIRS)


def _table(rows: list[dict[str, Any]], table: schema.Table) -> pa.Table:
    return pa.table({c.name: pa.array([r.get(c.name) for r in rows], c.type) for c in table.columns})


def graph_of(
    pairs: Sequence[tuple[int, int]], weights: Sequence[float] | None = None, *, directed: bool = False
) -> Graph:
    """The graph of these ties, each once, in canonical order."""
    weight = dict(zip(pairs, weights or [1.0] * len(pairs), strict=True))
    kept = sorted(weight)
    source, target = np.array(kept, dtype=np.int64).reshape(-1, 2).T
    columns = {"source": source, "target": target, "weight": [weight[p] for p in kept]}
    return Graph.of(
        pa.table(columns, schema=pa.schema([("source", pa.int64()), ("target", pa.int64()), ("weight", pa.float64())])),
        directed,
    )


def cliques(sizes: Sequence[int], bridges: Iterable[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """The ties of disjoint cliques, numbered one after the other, and these further ties."""
    ties, start = [], 0
    for size in sizes:
        ties += [(a, b) for a in range(start, start + size) for b in range(a + 1, start + size)]
        start += size
    return sorted({*ties, *bridges})
