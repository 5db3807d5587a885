"""What every engine has to do; a new engine joins by adding a line to ``ENGINES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphnet import registry
from graphnet.engines import Engine
from graphnet.engines.duckdb import DuckDB
from graphnet.schema import INT, TEXT, TEXTS, Column, Table

ENGINES: dict[str, Callable[[], Engine]] = {
    "duckdb": lambda: DuckDB(memory="500MB", threads=2),
}
NUMBERS = Table("numbers", (Column("group", INT, ""), Column("value", INT, "")))


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = ENGINES[request.param]()
    yield made
    made.close()


def _numbers(path: Path, rows: list[tuple[int, int]]) -> Path:
    groups, values = zip(*rows, strict=True) if rows else ((), ())
    pq.write_table(pa.table([groups, values], schema=NUMBERS.arrow), path)
    return path


def test_every_engine_the_registry_finds_is_tested() -> None:
    assert set(registry.find("engines")) == set(ENGINES)


def test_open_reads_several_files_as_one_table(engine: Engine, tmp_path: Path) -> None:
    files = [_numbers(tmp_path / "a.parquet", [(1, 10)]), _numbers(tmp_path / "b's.parquet", [(2, 20)])]
    engine.open(files, "several")
    assert engine.rows("select value from several order by value")["value"].to_pylist() == [10, 20]
    assert engine.columns("several") == ["group", "value"]


def test_open_again_replaces(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "a.parquet", [(1, 10)]), "again")
    engine.open(_numbers(tmp_path / "b.parquet", [(1, 11)]), "again")
    assert engine.rows("select value from again")["value"].to_pylist() == [11]


def test_open_without_files_is_an_empty_table_of_the_schema(engine: Engine) -> None:
    engine.open([], "pairs")
    assert engine.rows("select * from pairs").num_rows == 0
    assert engine.columns("pairs")[:3] == ["layer", "source", "target"]


def test_save_casts_to_the_tables_types_and_counts(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "a.parquet", [(1, 10), (1, 5), (2, 7)]), "input")
    sql = 'select sum(value) as value, "group" from input group by "group"'
    assert engine.save(sql, tmp_path / "out.parquet", NUMBERS) == 2
    saved = pq.read_table(tmp_path / "out.parquet")
    assert (saved.schema.names, saved.schema.types) == (NUMBERS.arrow.names, NUMBERS.arrow.types)
    assert sorted(saved["value"].to_pylist()) == [7, 15]


def test_explode_gives_a_row_an_element_and_none_for_empty_lists(engine: Engine, tmp_path: Path) -> None:
    lists = pa.table({"k": [1, 2, 3], "items": pa.array([["a", "b"], [], None], TEXTS)})
    pq.write_table(lists, tmp_path / "lists.parquet")
    engine.open(tmp_path / "lists.parquet", "lists")
    rows = engine.rows(f"select k, {engine.explode('items')} as item from lists").to_pylist()
    assert sorted((r["k"], r["item"]) for r in rows) == [(1, "a"), (1, "b")]


def test_map_calls_the_function_once_even_without_rows(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "none.parquet", []), "nothing")
    seen: list[int] = []

    def count(rows: pa.Table) -> pa.Table:
        seen.append(rows.num_rows)
        return rows

    assert engine.map("select * from nothing", count, tmp_path / "out.parquet", NUMBERS) == 0
    assert seen == [0]
    assert pq.read_table(tmp_path / "out.parquet").schema.equals(NUMBERS.arrow)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 9)), max_size=40), piece=st.integers(1, 7))
def test_map_by_never_splits_a_group(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[int, int]], piece: int
) -> None:
    """Whole groups come together in one piece, however small the engine's own pieces are."""
    if engine.name == "duckdb":
        monkeypatch.setattr("graphnet.engines.duckdb.BATCH", piece)
    engine.open(_numbers(tmp_path / "in.parquet", rows), "grouped")
    seen: list[set[int]] = []

    def total(piece: pa.Table) -> pa.Table:
        seen.append(set(piece["group"].to_pylist()))
        sums = piece.group_by("group").aggregate([("value", "sum")])
        return sums.rename_columns(["group", "value"]).cast(NUMBERS.arrow)

    engine.map("select * from grouped", total, tmp_path / "out.parquet", NUMBERS, by="group")
    for i, one in enumerate(seen):
        assert all(not one & other for other in seen[i + 1 :])
    expected: dict[int, int] = {}
    for group, value in rows:
        expected[group] = expected.get(group, 0) + value
    out = pq.read_table(tmp_path / "out.parquet")
    assert dict(zip(out["group"].to_pylist(), out["value"].to_pylist(), strict=True)) == expected


SUBSET = {
    "integer division": ("select cast(floor(7 / 2) as bigint) as x", 3),
    "natural logarithm": ("select cast(round(ln(exp(2e0))) as bigint) as x", 2),
    "try_cast": ("select coalesce(try_cast('x' as bigint), -1) as x", -1),
    "substr": ("select substr('@name', 2) as x", "name"),
    "row_number": (
        "select max(n) as x from (select row_number() over (order by a) as n from (values (1), (2)) as t(a)) u",
        2,
    ),
    "union distinct": ("select count(*) as x from (select 1 as a union select 1 as a) t", 1),
    "min skips null": ("select min(a) as x from (select 2 as a union all select cast(null as int) as a) t", 2),
}


@pytest.mark.parametrize("name", SUBSET)
def test_the_sql_subset_means_the_same_everywhere(engine: Engine, name: str) -> None:
    sql, expected = SUBSET[name]
    assert engine.rows(sql)["x"].to_pylist() == [expected]


def test_text_sorts_by_code_point(engine: Engine, tmp_path: Path) -> None:
    words = ["b", "a", "B", "é", "ا", "Z"]
    pq.write_table(pa.table({"w": pa.array(words, TEXT)}), tmp_path / "w.parquet")
    engine.open(tmp_path / "w.parquet", "words")
    assert engine.rows("select w from words order by w")["w"].to_pylist() == sorted(words)
