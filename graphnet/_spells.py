"""When two tied accounts acted together: the first and the last time, and how often within a period.

Ties are summed over the whole collection and carry no times. Here the layers are run again in SQL for the accounts and
ties of one graph only, which is what an export of a part of the network needs: Gephi's timeline, and ties of a period.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphnet import registry
from graphnet.errors import InputError
from graphnet.graph import Graph
from graphnet.layers import CoAction, Direct, Layer
from graphnet.study import Study

__all__ = ["timed", "within_period"]

Period = tuple[int | None, int | None]

MET_SQL = """
with acts as (
    select r.account, r.object, r.time from ({rows}) r join chosen_accounts c on c.account = r.account
    where r.object is not null and r.time is not null{period}
)
select t.source, t.target, count(distinct a.object) as n,
    min(least(a.time, b.time)) as first, max(greatest(a.time, b.time)) as last
from chosen_ties t
join acts a on a.account = t.source
join acts b on b.account = t.target and b.object = a.object{window}
group by t.source, t.target"""

DID_SQL = """
select t.source, t.target, count(*) as n, min(r.time) as first, max(r.time) as last
from chosen_ties t
join ({rows}) r on (r.source = t.source and r.target = t.target){back}
where r.time is not null{period}
group by t.source, t.target"""


def timed(study: Study, graph: Graph, period: Period = (None, None)) -> Graph:
    """The graph with ``first``, ``last`` (s since 1970) and ``times`` for each tie; null where no time is known.

    Args:
        study: The study it was loaded from.
        graph: The graph.
        period: Only acts from the first to the second time, both inclusive; None: open.

    Returns:
        The graph with three more edge columns: the first and the last time that the two acted together in one of the
        tie's layers, and the number of things shared then (for direct layers: acts), summed over the layers.
    """
    found = _met(study, graph, period)
    code = graph.ends @ np.array([len(graph.accounts) or 1, 1])
    known = found["code"].to_numpy()
    place = np.minimum(np.searchsorted(known, code), max(len(known) - 1, 0))
    there = known[place] == code if len(known) else np.zeros(len(code), dtype=bool)
    edges = graph.edges
    for name in ("first", "last", "times"):
        values = found[name].to_numpy()[place] if len(known) else np.zeros(len(code), dtype=np.int64)
        edges = edges.append_column(name, pa.array(values, pa.int64(), mask=~there))
    return Graph(graph.nodes, edges, graph.directed)


def within_period(study: Study, graph: Graph, period: Period) -> Graph:
    """The ties with an act of both accounts in the period; ``shared`` and ``weight`` count these alone."""
    found = timed(study, graph, period)
    found = found.only(np.asarray(found.edges["times"].is_valid()))
    edges, times = found.edges, found.edges["times"]
    for name in ("shared", "weight"):
        place = edges.schema.get_field_index(name)
        edges = edges.set_column(place, name, times.cast(edges.schema.field(name).type))
    return Graph(found.nodes, edges, found.directed)


def _met(study: Study, graph: Graph, period: Period) -> pa.Table:
    """Per tie that has any: ``code`` (place of the source times the number of accounts, plus that of the target)."""
    with tempfile.TemporaryDirectory(prefix="graphnet-") as folder:
        accounts, ties = Path(folder) / "accounts.parquet", Path(folder) / "ties.parquet"
        pq.write_table(graph.nodes.select(["account"]), accounts)
        pq.write_table(graph.edges.select(["source", "target"]), ties)
        study.engine.open(accounts, "chosen_accounts")
        study.engine.open(ties, "chosen_ties")
        parts = [study.rows(sql) for sql in _queries(study, graph, period)]
    rows = pa.concat_tables(parts) if parts else pa.table({n: pa.array([], pa.int64()) for n in COLUMNS})
    ends = [np.searchsorted(graph.accounts, rows[end].to_numpy()) for end in ("source", "target")]
    coded = rows.append_column("code", pa.array(ends[0] * len(graph.accounts) + ends[1], pa.int64()))
    summed = coded.group_by("code").aggregate([("first", "min"), ("last", "max"), ("n", "sum")])
    return summed.rename_columns(["code", "first", "last", "times"]).sort_by("code")


COLUMNS = ("source", "target", "n", "first", "last")


def _queries(study: Study, graph: Graph, period: Period) -> Iterator[str]:
    names = {name for layers in graph.edges["layers"].unique().to_pylist() for name in layers.split("+")}
    low, high = period
    within = (f" and r.time >= {low}" if low is not None else "") + (
        f" and r.time <= {high}" if high is not None else ""
    )
    for layer in _made(study, sorted(names)):
        if isinstance(layer, Direct):
            back = "" if graph.directed else " or (r.source = t.target and r.target = t.source)"
            yield DID_SQL.format(rows=layer.rows(), back=back, period=within)
        elif isinstance(layer, CoAction):
            near = "" if layer.window is None else f" and abs(a.time - b.time) <= {layer.window}"
            yield MET_SQL.format(rows=layer.rows(), period=within, window=near)


def _made(study: Study, names: list[str]) -> Iterator[Layer]:
    """The layers with the parameters they were last made with.

    Raises:
        InputError: A layer is not installed here, so that it cannot be run again.
    """
    texts = [t for s in study.manifest["steps"] if s["verb"] == "project" for t in s["parameters"]["layers"]]
    newest = {text.partition(":")[0]: text for text in texts}
    for name in names:
        if name not in registry.find("layers"):
            raise InputError(f"layer {name!r} is not installed here, so its times cannot be looked up. Leave it out.")
        yield registry.make("layers", newest.get(name, name))
