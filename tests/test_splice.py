"""Rows that come to stored tables, against tables made at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet import _splice
from graphnet._splice import NOTHING, Changes, Incoming
from graphnet.engines.duckdb import DuckDB
from graphnet.schema import ACTIONS, OBJECTS

Row = dict[str, Any]


@pytest.fixture(autouse=True, scope="module")
def _small_groups() -> Any:
    """Row groups of a few rows, so that tables have several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_splice, "GROUP", 3)
        yield


objects = st.dictionaries(
    st.tuples(st.sampled_from(["hashtag", "hashtags", "post"]), st.text("ab1é", max_size=2)),
    st.none() | st.integers(0, 3),
    max_size=12,
)


def table_of(things: dict[tuple[str, str], int | None]) -> pa.Table:
    order = sorted(things, key=lambda key: (key[0].encode(), key[1].encode()))
    rows = [
        {"object": i, "kind": kind, "id": id_, "author": things[kind, id_], "created": None}
        for i, (kind, id_) in enumerate(order)
    ]
    return pa.Table.from_pylist(rows, OBJECTS.arrow)


@given(old=objects, new=objects)
def test_objects_come_to_objects(
    old: dict[tuple[str, str], int | None], new: dict[tuple[str, str], int | None], tmp_path_factory: Any
) -> None:
    path: Path = tmp_path_factory.mktemp("objects") / "objects.parquet"
    _splice.write([table_of(old)], path, OBJECTS)
    accounts = np.array([1, 2, 3, 5])
    comes = table_of(new).drop_columns(["object"])
    places, seen = _splice.located(path, comes.select(["kind", "id"]), ["author"])
    incoming = Incoming(comes, places, seen["found"].to_numpy())
    whole = table_of({key: a if a is None else int(accounts[a]) for key, a in old.items()} | new)
    made = path.with_name("made.parquet")
    assert _splice.splice(path, made, OBJECTS, incoming, {"author": accounts}) == len(whole)
    assert pq.read_table(made).equals(whole)
    assert DuckDB().rows(f"select * from '{made}' order by object").to_pylist() == whole.to_pylist()
    moved, mine = _splice.shifted(len(old), incoming)
    ids = list(zip(whole["kind"].to_pylist(), whole["id"].to_pylist(), strict=True))
    assert [ids[i] for i in moved] == [(r["kind"], r["id"]) for r in table_of(old).to_pylist()]
    assert [ids[i] for i in mine] == [(r["kind"], r["id"]) for r in comes.to_pylist()]
    authors = dict(zip(old, old.values(), strict=True))
    assert seen["author"].to_pylist() == [authors.get((r["kind"], r["id"])) for r in comes.to_pylist()]


@given(old=objects, new=objects)
def test_objects_come_to_those_that_the_engine_wrote(
    old: dict[tuple[str, str], int | None], new: dict[tuple[str, str], int | None], tmp_path_factory: Any
) -> None:
    folder: Path = tmp_path_factory.mktemp("objects")
    stored, path, made = (folder / f"{name}.parquet" for name in ("stored", "engine", "made"))
    _splice.write([table_of(old)], stored, OBJECTS)
    # where nothing is null the engine writes columns that cannot be
    engine = DuckDB()
    engine.open(stored, "stored")
    engine.save("select * from stored order by object", path, OBJECTS)
    comes = table_of(new).drop_columns(["object"])
    places, seen = _splice.located(path, comes.select(["kind", "id"]), ["author"])
    incoming = Incoming(comes, places, seen["found"].to_numpy())
    _splice.splice(path, made, OBJECTS, incoming, {"author": np.arange(4)})
    assert pq.read_table(made).equals(table_of(old | new))


few = st.none() | st.integers(0, 3)
actions = st.lists(
    st.fixed_dictionaries(
        {
            "account": st.integers(0, 3),
            "kind": st.sampled_from(["follow", "mention", "retweet"]),
            "object": few,
            "target": few,
            "time": few,
            "post": few,
            "weight": st.sampled_from([-1.5, 0.5, 1.0, 2.0]),
        }
    ),
    max_size=14,
)


def in_order(rows: list[Row]) -> list[Row]:
    def key(row: Row) -> tuple[Any, ...]:
        return tuple(NOTHING if row[name] is None else row[name] for name in _splice.ORDER)

    return sorted(rows, key=key)


@given(old=actions, new=actions, merging=st.booleans(), author=few)
def test_actions_come_to_actions(
    old: list[Row], new: list[Row], merging: bool, author: int | None, tmp_path_factory: Any
) -> None:
    path: Path = tmp_path_factory.mktemp("actions") / "actions.parquet"
    _splice.write([pa.Table.from_pylist(in_order(old), ACTIONS.arrow)], path, ACTIONS)
    accounts = np.array([2, 1, 3, 5]) if merging else np.array([0, 1, 3, 5])
    numbers = {"account": accounts, "target": accounts, "object": np.array([0, 2, 3, 7]), "post": np.arange(4) + 1}
    authors = np.array([NOTHING, NOTHING, NOTHING if author is None else author, NOTHING])
    changes = Changes(numbers, np.array([merging, False, False, False]), authors)

    def now(row: Row) -> Row:
        made = {n: v if v is None or n not in numbers else int(numbers[n][v]) for n, v in row.items()}
        return made | ({"target": author} if row["object"] == 2 and row["target"] is None else {})

    made = _splice.merged(path, pa.Table.from_pylist(new, ACTIONS.arrow), changes)
    found = pa.concat_tables(made).select(ACTIONS.names).to_pylist()
    assert found == [{n: row[n] for n in ACTIONS.names} for row in in_order([now(r) for r in old] + new)]


def test_groups_stay_of_one_size(tmp_path: Path) -> None:
    pieces = [table_of({("post", str(i)): None for i in range(n)}) for n in (1, 1, 1, 20, 0, 2)]
    assert _splice.write(pieces, tmp_path / "x.parquet", OBJECTS) == 25
    about = pq.read_metadata(tmp_path / "x.parquet")
    assert [about.row_group(i).num_rows for i in range(about.num_row_groups)] == [3, 6, 6, 6, 2, 2]
