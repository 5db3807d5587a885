"""What `track` keeps of each of several times: communities, their ties, and who was there, by the accounts' own ids."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphnet import graph
from graphnet._periods import cut, periods, steps_of
from graphnet.errors import InputError
from graphnet.graph import Graph
from graphnet.study import Study
from graphnet.words import iso

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Snapshot", "of_periods", "of_studies"]

MEMBERS_SQL = """
select a.id, m.community from members m join accounts a on a.account = m.account order by m.community, m.account"""
EVERYBODY_SQL = "select id, name, status from accounts order by account"
ACTIVE_SQL = """
select id, name, status from accounts a
join (select distinct account from actions) s on s.account = a.account order by a.account"""
SPAN_SQL = "select min(time) as first, max(time) as last from actions"


@dataclass(frozen=True)
class Snapshot:
    """One time.

    Attributes:
        name: What it is called in tables and plots.
        span: First and last time of its actions, as text; None without times.
        groups: Ids of the members of each community.
        ties: The members and the ties among them in which the communities were found.
        there: Columns ``id, name, status`` of everybody who was there.
        study: The study; of a period it lasts as long as the periods are open.
    """

    name: str
    span: tuple[str | None, str | None]
    groups: Mapping[int, Sequence[str]]
    ties: Graph
    there: pa.Table
    study: Study


def of_studies(studies: Sequence[Study]) -> list[Snapshot]:
    """One snapshot a study.

    Raises:
        InputError: There are fewer than two.
        MissingTable: Nobody has looked for communities in one of them.
    """
    if len(studies) < 2:
        raise InputError("name two studies or more, in the order of time; or one with --by day or --by week")
    for study in studies:
        study.require("pairs", "members")
    plain = [study.path.resolve().name for study in studies]
    names = plain if len(set(plain)) == len(plain) else [str(study.path) for study in studies]
    if len(set(names)) < len(names):
        raise InputError(f"a study is named twice: {', '.join(names)}. Name each once, in the order of time")
    return [_snapshot(study, name, EVERYBODY_SQL) for study, name in zip(studies, names, strict=True)]


@contextmanager
def of_periods(study: Study, by: str) -> Iterator[list[Snapshot]]:
    """One snapshot a day or week of a study; the studies of the periods are gone when the block ends.

    Raises:
        InputError: The study cannot be cut.
        MissingTable: Nobody has looked for communities in it.
    """
    found, steps = periods(study, by), steps_of(study)
    with tempfile.TemporaryDirectory(prefix="graphnet-") as folder:
        made = [cut(study, period, steps, Path(folder) / str(i)) for i, period in enumerate(found)]
        try:
            yield [_snapshot(one, period.name, ACTIVE_SQL) for one, period in zip(made, found, strict=True)]
        finally:
            for one in made:
                one.engine.close()


def _snapshot(study: Study, name: str, there: str) -> Snapshot:
    groups: dict[int, list[str]] = {}
    ties = Graph.of(graph.EDGES.empty_table())
    if study.has("members"):
        for row in study.rows(MEMBERS_SQL).to_pylist():
            groups.setdefault(row["community"], []).append(row["id"])
        members = study.rows("select account from members")["account"].to_pylist()
        ties = graph.load(study, accounts=members, **graph.detected(study))
    span = study.rows(SPAN_SQL).to_pylist()[0] if study.has("actions") else {"first": None, "last": None}
    return Snapshot(name, (iso(span["first"]), iso(span["last"])), groups, ties, study.rows(there), study)
