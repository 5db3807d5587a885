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
from graphnet.engines import Engine, count, files, remove, whole_groups
from graphnet.engines.duckdb import DuckDB
from graphnet.engines.spark import Spark
from graphnet.errors import InputError, StudyError
from graphnet.schema import INT, STUDY, TEXT, TEXTS
from tests.mapped import NUMBERS, less, nothing, refuses, saw, squares, sums, total
from tests.sparked import spark

ENGINES: dict[str, Callable[[], Engine]] = {
    "duckdb": lambda: DuckDB(memory="500MB", threads=2),
    "spark": spark,
}


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


@pytest.mark.parametrize("by", [None, "group"])
def test_map_calls_the_function_once_even_without_rows(engine: Engine, tmp_path: Path, by: str | None) -> None:
    engine.open(_numbers(tmp_path / "none.parquet", []), "nothing")
    assert engine.map("select * from nothing", saw, tmp_path / "out.parquet", NUMBERS, by) == 1
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == [{"group": 0, "value": 0}]


def test_map_may_give_no_rows(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "some.parquet", [(1, 2)]), "something")
    assert engine.map("select * from something", nothing, tmp_path / "out.parquet", NUMBERS) == 0
    assert pq.read_table(tmp_path / "out.parquet").schema.names == NUMBERS.names


def test_map_gives_the_function_the_types_of_the_columns(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "some.parquet", [(1, 2), (1, 3)]), "typed")
    sql = 'select "group", sum(value) as value, count(*) as n from typed group by "group"'
    assert engine.map(sql, sums, tmp_path / "out.parquet", NUMBERS) == 1


def test_an_error_of_the_function_keeps_its_sentence_and_the_engine_works_on(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "some.parquet", [(1, 2)]), "refused")
    with pytest.raises(InputError, match=r"^these rows are no good \(it's 2 > 1\)\. Mend them\.$"):
        engine.map("select * from refused", refuses, tmp_path / "out.parquet", NUMBERS)
    assert engine.rows("select value from refused")["value"].to_pylist() == [2]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_each_calls_the_function_for_each_number_in_order(engine: Engine, count: int) -> None:
    made = list(engine.each(count, squares, NUMBERS))
    assert all(piece.schema.equals(NUMBERS.arrow) for piece in made)
    rows = [(row["group"], row["value"]) for piece in made for row in piece.to_pylist()]
    assert rows == [(number, number**2) for number in range(count) for _ in range(number)]


def test_each_says_what_the_function_says(engine: Engine) -> None:
    assert sum(piece.num_rows for piece in engine.each(1, less, NUMBERS)) == 0
    with pytest.raises(InputError, match=r"^number 1 is too much\. Name less\.$"):
        list(engine.each(2, less, NUMBERS))


def test_each_number_is_a_task_of_spark() -> None:
    engine = spark()
    context = engine._session.sparkContext
    context.setJobGroup("each", "each")
    list(engine.each(5, squares, NUMBERS))
    context.setLocalProperty("spark.jobGroup.id", None)
    told = context.statusTracker()
    stages = [stage for job in told.getJobIdsForGroup("each") for stage in told.getJobInfo(job).stageIds]
    assert [told.getStageInfo(stage).numTasks for stage in stages] == [5]
    engine.close()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 9)), max_size=40), piece=st.integers(1, 7))
def test_map_by_never_splits_a_group(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[int, int]], piece: int
) -> None:
    """Whole groups come together in one piece, however small the engine's own pieces are."""
    if isinstance(engine, Spark):
        engine._session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(piece))
    else:
        monkeypatch.setattr("graphnet.engines.duckdb.BATCH", piece)
    engine.open(_numbers(tmp_path / "in.parquet", rows), "grouped")
    engine.map("select * from grouped", total, tmp_path / "out.parquet", NUMBERS, by="group")
    expected: dict[int, int] = {}
    for group, value in rows:
        expected[group] = expected.get(group, 0) + value
    out = pq.read_table(tmp_path / "out.parquet")
    # a group that came in two pieces would have two rows
    assert sorted(zip(out["group"].to_pylist(), out["value"].to_pylist(), strict=True)) == sorted(expected.items())


@given(st.lists(st.lists(st.integers(0, 4) | st.none(), min_size=1, max_size=6), max_size=8))
def test_whole_groups_of_a_stream(cuts: list[list[int | None]]) -> None:
    keys = sorted((k for cut in cuts for k in cut), key=lambda k: -1 if k is None else k)
    stream, start = [], 0
    for cut in cuts:
        stream.append(pa.table({"k": pa.array(keys[start : start + len(cut)], INT)}))
        start += len(cut)
    pieces = [piece["k"].to_pylist() for piece in whole_groups(stream, "k")]
    assert [k for piece in pieces for k in piece] == keys
    assert all(pieces)
    assert all(not set(a) & set(b) for i, a in enumerate(pieces) for b in pieces[i + 1 :])


def test_a_folder_of_files_is_a_table(engine: Engine, tmp_path: Path) -> None:
    """Whatever an engine writes, another one opens: Spark writes folders, with files beside that hold no rows."""
    folder = tmp_path / "a [1] {x}* 'b'.parquet"
    folder.mkdir()
    _numbers(folder / "part-00000.parquet", [(1, 10)])
    _numbers(folder / "part-00001.parquet", [(2, 20)])
    (folder / "_SUCCESS").touch()
    (folder / ".part-00009.parquet.crc").write_bytes(b"\0")
    engine.open([folder, _numbers(tmp_path / "c.parquet", [(3, 30)])], "folded")
    assert engine.rows('select "group" from folded order by "group"')["group"].to_pylist() == [1, 2, 3]
    assert count(folder) == 2
    out = tmp_path / "out [2].parquet"
    for _ in range(2):  # a second time over what is there
        assert engine.save('select * from folded where "group" > 1', out, NUMBERS) == 2
        assert count(out) == 2
    engine.open(out, "again")
    assert engine.rows("select value from again order by value")["value"].to_pylist() == [20, 30]
    remove(out)
    remove(folder)
    assert not out.exists()
    assert not folder.exists()


def test_save_keeps_the_order_across_files(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "in.parquet", [(i * 7 % 1000, i) for i in range(1000)]), "mixed")
    engine.save('select * from mixed order by "group"', tmp_path / "out.parquet", NUMBERS)
    stored = [k for file in files(tmp_path / "out.parquet") for k in pq.read_table(file)["group"].to_pylist()]
    assert stored == list(range(1000))


def test_a_table_that_is_gone_is_said(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="the study's table 'pairs' cannot be read") as said:
        engine.open(tmp_path / "gone.parquet", "pairs")
    assert "\n" not in str(said.value)
    (tmp_path / "broken.parquet").write_bytes(b"no Parquet")
    with pytest.raises(StudyError, match="cannot be read"):
        engine.open(tmp_path / "broken.parquet", "pairs")


def test_tables_without_files_have_the_columns_of_the_schema(engine: Engine) -> None:
    for name in ("actions", "posts", "texts", "staged_posts", "ties"):
        table = STUDY[name]
        engine.open([], name)
        assert engine.rows(f"select * from {name}").schema.equals(table.arrow)


def test_an_engine_beside_has_tables_of_its_own(engine: Engine, tmp_path: Path) -> None:
    engine.open(_numbers(tmp_path / "a.parquet", [(1, 10)]), "own")
    other = engine.beside()
    other.open(_numbers(tmp_path / "b.parquet", [(1, 11)]), "own")
    assert (other.name, other.spread) == (engine.name, engine.spread)
    assert other.rows("select value from own")["value"].to_pylist() == [11]
    other.close()
    assert engine.rows("select value from own")["value"].to_pylist() == [10]


NULL_LAST = "select row_number() over (order by a nulls last) as n, a from (values (1), (null)) t(a)"
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
    "a quote in a text": ("select 'it''s' as x", "it's"),
    "a backslash in a text": (r"select '\' || '\''n\\' as x", r"\\'n\\"),
    "a variable in a text": ("select '${x} :y ? {z}' as x", "${x} :y ? {z}"),
    "a quoted name": ("""select "it's" as x from (select 5 as "it's") t""", 5),
    "nulls last": (f"select max(n) as x from ({NULL_LAST}) u where a is null", 2),
    "sums are whole": ("select sum(a) as x from (values (9007199254740993), (2)) as t(a)", 9007199254740995),
    "length in characters": ("select length('aé\U0001f600') as x", 3),
    "md5": ("select substr(md5('a'), 1, 2) as x", "0c"),
    "remainder of a negative number": ("select -7 % 4 as x", -3),
    "division": ("select 7 / 2 as x", 3.5),
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
