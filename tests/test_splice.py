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

from graphnet import _splice, _splice_actions
from graphnet._splice import NOTHING, Code, Incoming
from graphnet._splice_actions import ORDER, Changes
from graphnet.engines.duckdb import DuckDB
from graphnet.schema import ACTIONS, HANDLES, OBJECTS, Table

Row = dict[str, Any]


@pytest.fixture(autouse=True, scope="module")
def _small_groups() -> Any:
    """Row groups of a few rows, so that tables have several; and actions that come go to their places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_splice, "GROUP", 3)
        patch.setattr(_splice_actions, "RECENT", 0)
        yield


def stored_as(rows: pa.Table, path: Path, table: Table) -> None:
    """Write a table to row groups of a few rows."""
    pq.write_table(rows.cast(table.arrow), path, row_group_size=_splice.GROUP)


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
    stored_as(table_of(old), path, OBJECTS)
    accounts = np.array([1, 2, 3, 5])
    comes = table_of(new).drop_columns(["object"])
    places, seen = _splice.located(path, comes, ["author"], code=Code.of_kinds(path, comes))
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
    stored_as(table_of(old), stored, OBJECTS)
    # where nothing is null the engine writes columns that cannot be
    engine = DuckDB()
    engine.open(stored, "stored")
    engine.save("select * from stored order by object", path, OBJECTS)
    comes = table_of(new).drop_columns(["object"])
    places, seen = _splice.located(path, comes, ["author"], code=Code.of_kinds(path, comes))
    incoming = Incoming(comes, places, seen["found"].to_numpy())
    _splice.splice(path, made, OBJECTS, incoming, {"author": np.arange(4)})
    assert pq.read_table(made).cast(OBJECTS.arrow).equals(table_of(old | new))


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
        return tuple(NOTHING if row[name] is None else row[name] for name in ORDER)

    return sorted(rows, key=key)


@given(old=actions, new=actions, merging=st.booleans(), author=few)
def test_actions_come_to_actions(
    old: list[Row], new: list[Row], merging: bool, author: int | None, tmp_path_factory: Any
) -> None:
    path: Path = tmp_path_factory.mktemp("actions") / "actions.parquet"
    stored_as(pa.Table.from_pylist(in_order(old), ACTIONS.arrow), path, ACTIONS)
    accounts = np.array([2, 1, 3, 5]) if merging else np.array([0, 1, 3, 5])
    numbers = {"account": accounts, "target": accounts, "object": np.array([0, 2, 3, 7]), "post": np.arange(4) + 1}
    authors = np.array([NOTHING, NOTHING, NOTHING if author is None else author, NOTHING])
    changes = Changes(numbers, np.array([merging, False, False, False]), authors)

    def now(row: Row) -> Row:
        made = {n: v if v is None or n not in numbers else int(numbers[n][v]) for n, v in row.items()}
        return made | ({"target": author} if row["object"] == 2 and row["target"] is None else {})

    assert merged(path, new, changes) == [
        {n: row[n] for n in ACTIONS.names} for row in in_order([*map(now, old), *new])
    ]


def merged(path: Path, new: list[Row], changes: Changes) -> list[Row]:
    """The actions once new ones came, as two readers read them."""
    made = path.with_name("made.parquet")
    count = _splice_actions.merge(path, made, pa.Table.from_pylist(new, ACTIONS.arrow), changes)
    found: list[Row] = pq.read_table(made).to_pylist()
    assert count == len(found)
    assert DuckDB().rows(f"select * from '{made}'").to_pylist() == found
    return found


def runs(path: Path) -> tuple[list[Row], list[Row]]:
    """The actions that are sorted, and those behind them."""
    with pq.ParquetFile(path) as file:
        first = int((file.metadata.metadata or {}).get(_splice_actions.SORTED.encode(), file.num_row_groups))
        groups = [range(first), range(first, file.num_row_groups)]
        one, two = (file.read_row_groups(some).to_pylist() if some else [] for some in groups)
        return one, two


@given(
    days=st.lists(actions, min_size=2, max_size=4),
    most=st.sampled_from([0.3, 1.0, 9.0]),
    comes=st.integers(0, 4),
    odd=st.booleans(),
)
def test_actions_come_behind_the_others_until_they_are_many(
    days: list[list[Row]], most: float, comes: int, odd: bool, tmp_path_factory: Any
) -> None:
    path: Path = tmp_path_factory.mktemp("actions") / "0.parquet"
    whole = in_order(days[0])
    stored_as(pa.Table.from_pylist(whole, ACTIONS.arrow), path, ACTIONS)
    for number, day in enumerate(days[1:]):
        # one comes between the others; on the last day two accounts turn out to be one, and an author is known
        turns = odd and number == len(days) - 2
        moved = np.arange(64) + (np.arange(64) >= comes)
        accounts = np.where(np.arange(64) == 0, moved[1], moved) if turns else moved
        numbers = {"account": accounts, "target": accounts, "object": moved, "post": moved}
        authors = np.where((np.arange(64) == 1) & turns, 5, NOTHING)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_splice_actions, "RECENT", most)
            found = merged(path, day, Changes(numbers, (np.arange(64) == 0) & turns, authors))
        rows = [{n: int(numbers[n][v]) if n in numbers and v is not None else v for n, v in r.items()} for r in whole]
        for row, was in zip(rows, whole, strict=True):
            if turns and was["object"] == 1 and was["target"] is None:
                row["target"] = 5
        whole = in_order([*rows, *day])
        assert in_order(found) == in_order([{n: row[n] for n in ACTIONS.names} for row in whole])
        path = path.with_name("made.parquet").rename(path.with_name(f"{number + 1}.parquet"))
        first, behind = runs(path)
        assert first == in_order(first)
        assert behind == in_order(behind)
        assert len(behind) <= (0 if turns else most * len(first))


@given(old=actions, new=actions)
def test_actions_come_to_those_that_the_engine_wrote(old: list[Row], new: list[Row], tmp_path_factory: Any) -> None:
    folder: Path = tmp_path_factory.mktemp("actions")
    engine = DuckDB()
    # what has no null there cannot be null in its file
    constant = {"account": 1, "weight": 1.0}
    old, new = ([row | constant for row in rows] for rows in (old, new))
    stored_as(pa.Table.from_pylist(in_order(old), ACTIONS.arrow), folder / "stored.parquet", ACTIONS)
    engine.open(folder / "stored.parquet", "stored")
    names = ", ".join("coalesce(account, 1) as account" if n == "account" else n for n in ACTIONS.names)
    engine.save(f"select {names} from stored", folder / "actions.parquet", ACTIONS)
    plain = np.arange(4)
    numbers = dict.fromkeys(("account", "target", "object", "post"), plain)
    changes = Changes(numbers, np.zeros(4, np.bool_), np.full(4, NOTHING))
    assert merged(folder / "actions.parquet", new, changes) == [
        {n: row[n] for n in ACTIONS.names} for row in in_order(old + new)
    ]


def test_groups_to_which_nothing_comes_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of follows and the last retweets only the numbers are written anew; of none what is the same in all rows."""
    row: Row = {"object": None, "time": None, "post": None, "weight": 1.0}
    old: list[Row] = [{"account": i, "kind": "follow", "target": i} | row for i in range(6)]
    old += [{"account": 0, "kind": "retweet", "target": 0} | row | {"object": i} for i in range(6)]
    stored_as(pa.Table.from_pylist(old, ACTIONS.arrow), tmp_path / "a", ACTIONS)
    written = []
    add = _splice.Groups.add

    def counted(made: Any, rows: pa.Table, stored: Any) -> None:
        written.append(rows.column_names)
        add(made, rows, stored)

    monkeypatch.setattr(_splice.Groups, "add", counted)
    accounts = np.array([0, 1, 2, 3, 4, 6])
    numbers = {"account": accounts, "target": accounts, "object": np.arange(6), "post": np.arange(0)}
    new = [{"account": 5, "kind": "retweet", "target": 0} | row | {"object": 1}]
    changes = Changes(numbers, np.zeros(6, np.bool_), np.full(6, NOTHING))
    moved: list[Row] = [r | {n: int(accounts[r[n]]) for n in ("account", "target")} for r in old]
    assert merged(tmp_path / "a", new, changes) == [{n: r[n] for n in ACTIONS.names} for r in in_order(moved + new)]
    some = [n for n in ACTIONS.names if n in ("account", "target")]
    assert written == [some, some, [n for n in ACTIONS.names if n not in ("kind", "weight")], some]


@given(old=objects, data=st.data())
def test_rows_go(old: dict[tuple[str, str], int | None], data: st.DataObject, tmp_path_factory: Any) -> None:
    path: Path = tmp_path_factory.mktemp("objects") / "objects.parquet"
    table = table_of(old)
    stored_as(table, path, OBJECTS)
    flags = st.lists(st.booleans(), min_size=len(old), max_size=len(old))
    gone, replaced = (np.array(data.draw(flags), np.bool_) for _ in range(2))
    replaced &= ~gone
    comes = table.drop_columns(["object"]).filter(pa.array(replaced))
    comes = comes.set_column(2, "author", pa.array([7] * len(comes), pa.int64()))
    incoming = Incoming(comes, np.flatnonzero(replaced), np.ones(len(comes), np.bool_), np.flatnonzero(gone))
    made = path.with_name("made.parquet")
    keys = [(row["kind"], row["id"]) for row in table.to_pylist()]
    left = {key: 7 if replaced[i] else old[key] for i, key in enumerate(keys) if not gone[i]}
    assert _splice.splice(path, made, OBJECTS, incoming, {}) == len(left)
    assert pq.read_table(made).equals(table_of(left))
    moved, mine = _splice.shifted(len(old), incoming)
    assert moved[~gone].tolist() == list(range(len(left)))
    assert mine.tolist() == moved[replaced].tolist()


names = st.dictionaries(st.tuples(st.integers(0, 3), st.text("ab", max_size=2)), st.integers(0, 9), max_size=9)


@given(old=names, new=names)
def test_handles_come_to_handles(
    old: dict[tuple[int, str], int], new: dict[tuple[int, str], int], tmp_path_factory: Any
) -> None:
    """A table that has no numbers of its own, with columns as an engine writes them that has seen no null in them."""
    path: Path = tmp_path_factory.mktemp("handles") / "handles.parquet"

    def table(rows: dict[tuple[int, str], int]) -> pa.Table:
        made = [{"account": a, "name": n, "first": rows[a, n], "last": None} for a, n in sorted(rows)]
        return pa.Table.from_pylist(made, HANDLES.arrow)

    pq.write_table(
        table(old).cast(pa.schema([HANDLES.arrow.field(0).with_nullable(False), *list(HANDLES.arrow)[1:]])),
        path,
        row_group_size=3,
    )
    comes = table(new)
    accounts = np.array([1, 2, 4, 5])
    code = Code("account", _splice.number, _splice.number(comes["account"]))
    places, seen = _splice.located(path, comes, ["first"], text="name", code=code)
    comes = comes.set_column(0, "account", pa.array(accounts[comes["account"].to_numpy()]))
    incoming = Incoming(comes, places, seen["found"].to_numpy())
    made = path.with_name("made.parquet")
    _splice.splice(path, made, HANDLES, incoming, {"account": accounts}, own=False)
    whole = {(int(accounts[a]), n): first for (a, n), first in (old | new).items()}
    assert pq.read_table(made).cast(HANDLES.arrow).equals(table(whole))
    assert seen["first"].to_pylist() == [old.get(key) for key in sorted(new)]


@pytest.mark.parametrize(
    ("numbers", "told", "right"),
    [
        ([], True, True),
        (range(7), True, True),
        (range(7), False, False),
        (range(1, 8), True, False),
        ([3, 4, 5, 0, 1, 2, 6], True, False),
        ([0, 1, 2, 3, 5, 4], True, False),
        ([0, 1, 2, 3, 3, 5], True, False),
    ],
)
def test_other_orders_are_told(numbers: Any, told: bool, right: bool, tmp_path: Path) -> None:
    rows = pa.table({"post": pa.array(list(numbers), pa.int64())})
    pq.write_table(rows, tmp_path / "posts.parquet", row_group_size=3, write_statistics=told)
    assert _splice.in_order(tmp_path / "posts.parquet") is right


@given(stored=st.sets(st.text("ab\0é", max_size=3)), sought=st.sets(st.text("ab\0é", max_size=3)))
def test_groups_that_have_none_of_the_texts_are_passed_over(
    stored: set[str], sought: set[str], tmp_path_factory: Any
) -> None:
    path: Path = tmp_path_factory.mktemp("texts") / "texts.parquet"
    ids, wanted = (sorted(texts, key=str.encode) for texts in (stored, sought))
    pq.write_table(pa.table({"id": pa.array(ids, pa.string())}), path, row_group_size=2)
    places, seen = _splice.located(path, pa.table({"id": pa.array(wanted, pa.string())}), [])
    assert places.tolist() == [sum(i.encode() < w.encode() for i in ids) for w in wanted]
    assert seen["found"].to_pylist() == [w in stored for w in wanted]


def test_groups_stay_of_one_size(tmp_path: Path) -> None:
    stored_as(table_of({("post", str(i)): None for i in range(5)}), tmp_path / "x.parquet", OBJECTS)
    comes = table_of({("post", f"1{i:02}"): None for i in range(17)}).drop_columns(["object"])
    incoming = Incoming(comes, np.full(17, 2), np.zeros(17, np.bool_))
    assert _splice.splice(tmp_path / "x.parquet", tmp_path / "y.parquet", OBJECTS, incoming, {}) == 22
    about = pq.read_metadata(tmp_path / "y.parquet")
    assert [about.row_group(i).num_rows for i in range(about.num_row_groups)] == [6, 6, 6, 2, 2]
