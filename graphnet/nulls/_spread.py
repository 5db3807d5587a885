"""`assess` where no process holds all shares: the same nulls, the same pairs, the same p, by tasks of the engine.

What it costs, with G groups of accounts: what all shares tell (counts, fits, curves) is worked out once. There are
G (G + 1) / 2 tasks, and the shares of active accounts on things that two of them share travel to G tasks each; a task
holds at most about as many shares as it is allowed to, so that G grows with the number of shares, and what travels with
its square. The pairs of a thing that very many share fall to all tasks alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.nulls import Model, Outcome, Pairs, Shares
from graphnet.nulls._whole import ROWS, Columns, Part, Scattered, Spreadable, Whole, shape, stream
from graphnet.nulls.assess import Assessment, Seen, Side, cap, concluded, look, screens_first
from graphnet.schema import Table

__all__ = ["assess_whole"]

ACTIVE_SQL = "(select distinct account from {whole} where active) a"

# rows of a group travel to its task with each group, itself among them
TASKS_SQL = """
select case when grp < peer then peer * {groups} + grp else grp * {groups} + peer end as task, stream, {columns}
from (
    select grp, stream, {columns}, cast(peer as bigint) as peer
    from (select grp, stream, {columns}, {peers} as peer from ({streams}) s) t
) r"""

PAIRS_SQL = "select {columns} from {found} f where tally is null order by source, target"
TALLIES_SQL = """
select owner, tally, cast(sum(shared) as bigint) as n from {found} f where tally is not null group by owner, tally"""
LOOKED = "looked_at"


def assess_whole(
    whole: Whole, nulls: Sequence[Spreadable], *, fdr: float = 0.01, method: Literal["bh", "by"] = "bh"
) -> Assessment:
    """Test all pairs of active accounts; see `graphnet.nulls.assess.assess`.

    Args:
        whole: Who shared what.
        nulls: The nulls.
        fdr: False discovery rate.
        method: How it is held.

    Returns:
        The same, but that the accounts of the pairs have the study's own numbers.
    """
    census = whole.census()
    reasons = {null.name: why for null in nulls if (why := null.lacking(census))}
    usable = [null for null in nulls if null.name not in reasons]
    what, when = (_Side.of([n for n in usable if n.side == side], whole) for side in ("what", "when"))
    found = _tested(whole, what, when)
    tallies = _tallies(whole, found)
    scattered = what.scattered | when.scattered
    about = {
        "left_out": {
            side: census.shares - sifted.whole.census().shares
            for side, sifted in (("what", what), ("when", when))
            if sifted.nulls
        },
        "not_applicable": reasons,
        "notes": {name: made.notes | tallies.get(name, {}) for name, made in scattered.items()},
        "cap": cap(usable),
    }
    seen = _collected(whole, found, list(scattered), tallies[LOOKED])
    accounts = whole.one(f"select count(*) as n from {ACTIVE_SQL.format(whole=whole.table)}")["n"]
    return concluded(seen, accounts, about, fdr=fdr, method=method)


@dataclass(frozen=True)
class _Side:
    """The nulls of one side, screens first, fitted to the shares that all of them can judge."""

    whole: Whole
    nulls: Sequence[Spreadable]
    scattered: dict[str, Scattered]

    @classmethod
    def of(cls, nulls: Sequence[Spreadable], whole: Whole) -> _Side:
        ordered = screens_first(nulls)
        judged = reduce(lambda some, null: null.sifted(some), reversed(ordered), whole)
        return cls(judged, ordered, {null.name: null.scatter(judged) for null in ordered})


# Tasks ---------------------------------------------------------------------------------------------------------------


def _tested(whole: Whole, what: _Side, when: _Side) -> str:
    """Run the tasks; returns the name of the table of what they found (see `_shape`)."""
    scattered = what.scattered | when.scattered
    streams = {
        ("", "accounts"): stream(ACTIVE_SQL.format(whole=whole.table), grp=whole.group(), one="account"),
        ("", "shares"): stream(f"{what.whole.tied} s", grp=whole.group(), one="account", two="object"),
    }
    streams |= {(name, label): sql for name, made in scattered.items() for label, sql in made.streams.items()}
    columns = ", ".join(c.name for c in ROWS.columns if c.name != "grp")
    numbered = [f"select grp, {n} as stream, {columns} from ({sql}) s{n}" for n, sql in enumerate(streams.values())]
    peers = whole.engine.explode(f"split('{','.join(map(str, range(whole.groups)))}', ',')")
    sql = TASKS_SQL.format(groups=whole.groups, columns=columns, peers=peers, streams=" union all ".join(numbered))
    models = {name: made.model for name, made in scattered.items()}
    return whole.map(sql, _Tasks(tuple(what.nulls), tuple(when.nulls), models, tuple(streams), whole.bounds),
                     _shape(models), by="task")  # fmt: skip


def _shape(names: Mapping[str, Any]) -> Table:
    """One row a pair; and how much was counted on the way, where ``tally`` says what."""
    seen, others = ([f"{kind}_{name}" for name in names for kind in kinds] for kinds in (("seen",), ("expected", "p")))
    ints = ["source", "target", "shared", *seen]
    return shape("spread_found", texts="owner tally", ints=" ".join(ints), reals=" ".join(["p", *others]))


@dataclass(frozen=True)
class _Tasks:
    """Tests the pairs of one or several tasks, from all rows of each.

    Attributes:
        what: Nulls of this side, screens first.
        when: Nulls of the other.
        models: How each is made of its rows.
        streams: For the number of each stream: whose it is, and its name.
        bounds: First account of each group but the first.
    """

    what: tuple[Spreadable, ...]
    when: tuple[Spreadable, ...]
    models: Mapping[str, Callable[[Part, Mapping[str, Columns]], Model]]
    streams: tuple[tuple[str, str], ...]
    bounds: tuple[int, ...]

    def __call__(self, rows: pa.Table) -> pa.Table:
        return pa.concat_tables([self._run(task, some) for task, some in _each(rows)])

    def _run(self, task: int, rows: pa.Table) -> pa.Table:
        held: dict[str, dict[str, Columns]] = {name: {} for name in self.models}
        for number, (owner, name) in enumerate(self.streams):
            held.setdefault(owner, {})[name] = _columns(rows.filter(pc.equal(rows["stream"], number)))
        part = self._part(task, **held.pop(""))
        models = {name: make(part, held.pop(name)) for name, make in self.models.items()}
        what, when = (
            Side(side, part.shares, nulls, {null.name: models[null.name] for null in nulls})
            for side, nulls in (("what", self.what), ("when", self.when))
        )
        # the engine runs as many tasks at once as there are cores
        seen = look(what, when, np.ones(len(part.accounts), np.bool_), threads=1, cut=part.cut)
        return _rows(part, seen, models)

    def _part(self, task: int, accounts: Columns, shares: Columns) -> Part:
        numbers = np.sort(accounts["one"])
        second, first = divmod(task, len(self.bounds) + 1)
        cut = None if first == second else int(np.searchsorted(numbers, self.bounds[second - 1]))
        thing = np.unique(shares["two"], return_inverse=True)[1]
        who = np.searchsorted(numbers, shares["one"])
        return Part(numbers, Shares.of(who, thing, accounts=len(numbers)), cut)


def _each(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """The tasks of a piece, which come one after the other; no rows at all are a task too, in which nobody is."""
    task = rows["task"].to_numpy()
    starts = [0, *(np.flatnonzero(np.diff(task)) + 1).tolist(), len(task)]
    for start, stop in pairwise(starts):
        yield int(task[start]) if len(task) else 0, rows.slice(start, stop - start)


def _columns(rows: pa.Table) -> Columns:
    """The columns that have values, as arrays; of no rows: all."""
    names = [c.name for c in ROWS.columns if c.name != "grp"]
    return {name: rows[name].to_numpy() for name in names if not rows.num_rows or not rows[name].null_count}


def _rows(part: Part, seen: Seen, models: Mapping[str, Model]) -> pa.Table:
    """What a task found, as rows of `_shape`."""
    source, target = (part.accounts[ends] for ends in (seen.pairs.source, seen.pairs.target))
    columns = {"source": source, "target": target, "shared": seen.pairs.shared, "p": seen.p}
    for name, tested in seen.tested.items():
        columns |= {f"seen_{name}": tested.seen, f"expected_{name}": tested.expected, f"p_{name}": tested.p}
    tallies = [(LOOKED, side, n) for side, n in seen.looked_at.items()]
    tallies += [(name, label, n) for name, model in models.items() for label, n in model.notes.items()]
    owner, tally, counted = (list(column) for column in zip(*tallies, strict=True))
    empty = _shape(models)
    pairs = pa.table([_filled(columns.get(c.name), len(source), c.type) for c in empty.columns], schema=empty.arrow)
    said = {"owner": owner, "tally": tally, "shared": counted}
    counts = pa.table([_filled(said.get(c.name), len(owner), c.type) for c in empty.columns], schema=empty.arrow)
    return pa.concat_tables([pairs, counts])


def _filled(values: Any, n: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(n, kind) if values is None else pa.array(values).cast(kind)


# What they found -----------------------------------------------------------------------------------------------------


def _tallies(whole: Whole, found: str) -> dict[str, dict[str, int]]:
    """What the tasks counted, added up: for each owner what it counted."""
    tallies: dict[str, dict[str, int]] = {}
    for row in whole.rows(TALLIES_SQL.format(found=found)).to_pylist():
        tallies.setdefault(row["owner"], {})[row["tally"]] = row["n"]
    return tallies


def _collected(whole: Whole, found: str, names: Sequence[str], looked_at: Mapping[str, int]) -> Seen:
    """The pairs that are unexplained, in order."""
    columns = ", ".join(c.name for c in _shape(dict.fromkeys(names)).columns if c.name not in ("owner", "tally"))
    rows = whole.rows(PAIRS_SQL.format(columns=columns, found=found))
    held = {name: rows[name].to_numpy() for name in rows.column_names}
    ends = (held[name].astype(np.int32) for name in ("source", "target", "shared"))
    tested = {n: Outcome(held[f"seen_{n}"], held[f"expected_{n}"], held[f"p_{n}"]) for n in names}
    return Seen(Pairs(*ends), tested, held["p"], looked_at)
