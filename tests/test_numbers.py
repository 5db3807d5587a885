"""Numbers in the order of ids: cut by how ids begin they are those of one sorted list."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet import _numbers
from graphnet.engines import Engine, write
from graphnet.engines.duckdb import DuckDB
from graphnet.schema import TEXT, Column, Table
from graphnet.simulate import World
from tests.spread import Spread

IDS = Table("ids", (Column("kind", TEXT, ""), Column("id", TEXT, "")))
SNOWFLAKES = st.integers(15 * 10**17, 15 * 10**17 + 5_000).map(str)
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
ALIKE = st.text("ab", max_size=40)
ROWS = st.sets(st.tuples(st.sampled_from(["", "post", "posts", "it's \\ a"]), SNOWFLAKES | ANY | ALIKE), max_size=60)


def numbered(engine: Engine, rows: set[tuple[str, str]], folder: Path, *, kinds: bool) -> list[tuple[int, str, str]]:
    kind, ids = ([row[i] for row in sorted(rows, reverse=True)] for i in (0, 1))
    write([pa.table({"kind": kind, "id": ids}, IDS.arrow)], folder / "ids.parquet", IDS)
    engine.open(folder / "ids.parquet", "ids")
    source = "select kind, id from ids"
    made = _numbers.numbers(engine, folder, source, "i", "kind" if kinds else None, bound=len(rows))
    query = "select {number} as number, i.kind, i.id from ids i {heads} order by number".format(**made)
    return [tuple(row.values()) for row in engine.rows(query).to_pylist()]


def in_bytes(row: tuple[str, str]) -> tuple[bytes, bytes]:
    return row[0].encode(), row[1].encode()


@given(rows=ROWS, most=st.integers(1, 10), kinds=st.booleans())
@settings(max_examples=60, deadline=None)
def test_numbers_are_places_in_the_sorted_list(rows: set[tuple[str, str]], most: int, kinds: bool) -> None:
    rows = rows if kinds else {("", row) for _, row in rows}
    expected = [(i, *row) for i, row in enumerate(sorted(rows, key=in_bytes))]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(_numbers, "MOST", most)
        engine = Spread(memory="200MB", threads=1)
        assert numbered(engine, rows, Path(folder), kinds=kinds) == expected
        engine.close()


def test_ids_that_begin_alike_are_cut_further_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_numbers, "MOST", 20)
    rows = {("post", str(15 * 10**17 + i)) for i in range(100)} | {("word", f"{i:02}") for i in range(100)}
    engine = Spread(memory="200MB", threads=1)
    numbered(engine, rows, tmp_path, kinds=True)
    assert sorted(engine.rows("select kind, letters from id_letters").to_pydict()["letters"]) == [3, 20]
    sizes = engine.rows("select kind, count(*) as n from id_heads group by kind order by kind").to_pydict()
    assert sizes == {"kind": ["post", "word"], "n": [100, 100]}
    engine.close()


def test_ids_alike_all_the_way_are_one_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_numbers, "MOST", 1)
    rows = {("", "x" * 2_000 + end) for end in "cab"}
    engine = Spread(memory="200MB", threads=1)
    assert [row[2][-1] for row in numbered(engine, rows, tmp_path, kinds=False)] == ["a", "b", "c"]
    engine.close()


@pytest.mark.parametrize(("engine", "bound"), [(DuckDB, 10**9), (Spread, 10)])
def test_few_ids_or_one_process_have_one_window(engine: type[DuckDB], bound: int, tmp_path: Path) -> None:
    made = engine(memory="200MB", threads=1)
    assert _numbers.numbers(made, tmp_path, "no such query", "i", bound=bound) == _numbers.whole("i")
    made.close()


def test_a_study_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_numbers, "MOST", 5)
    world = World(
        accounts=100, days=2, fandoms=2, authors=3, celebrities=2, outlets=2, news=2, fans=8, chain=3, storm=8
    )
    gn.simulate(tmp_path / "world", seed=3, design=world)
    edges = tmp_path / "edges.csv"
    edges.write_text("source,target,object,kind,time\na,b,x,it's,1600000000\nc,b,y,it's,1600000100\n", encoding="utf-8")
    files = [tmp_path / "world" / "posts.jsonl.zst", tmp_path / "world" / "profiles.csv.gz", edges]
    ours = gn.read(files, tmp_path / "ours")
    theirs = gn.read(files, tmp_path / "theirs", engine=Spread(memory="500MB", threads=2))
    for table in ours.manifest["tables"]:
        rows = [study.rows(f"select * from {table} order by all") for study in (ours, theirs)]
        assert rows[0].equals(rows[1]), table
    assert ours.rows("select count(*) as n from objects where kind = 'it''s'")["n"][0].as_py() == 2
