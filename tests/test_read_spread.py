"""`read` on an engine whose workers read the files: the same tables and records as in one process, which parses
nothing then."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet import _read, _stage, registry
from graphnet.engines import EachFunction
from graphnet.engines.duckdb import DuckDB
from graphnet.errors import GraphnetError, InputError, StudyError
from graphnet.places import remove
from graphnet.schema import STAGED, Table
from tests.spread import Spread

TABLES = ("accounts", "posts", "objects", "actions", "handles", "rejected")
GROUPED = ("staged_names", "staged_profiles", "staged_keys", "staged_signatures")
WORDS = "RT @amy: look at this #Vote #now with @Bob on https://www.example.org/page/{}?utm_source=x and ever so on"


def posts(first: int, count: int) -> list[dict[str, Any]]:
    """Posts of a few accounts."""
    return [
        {"id": f"p{i}", "account": f"u{i % 4}", "time": 1_700_000_000 + i, "text": WORDS.format(i % 5),
         "name": f"Name{i % 4}"}
        for i in range(first, first + count)
    ]  # fmt: skip


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


@pytest.fixture
def inputs(tmp_path: Path) -> list[Any]:
    """Files of several formats, two with bad rows, one without ids, one twice, and a DataFrame between them."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(lines(posts(0, 40))))
    (folder / "b.jsonl").write_bytes(lines(posts(30, 40)) + b"{not json\n" + lines([{"id": "x", "time": "yesterday"}]))
    (folder / "profiles.csv").write_text("screen_name,followers_count,statuses_count\nName1,7,1\nzoe,3,1\n")
    (folder / "follows.csv").write_text("source,target,time\nu1,u2,2026-03-01\n,u3,2026-03-01\nu1,u4,yesterday\n")
    # without ids posts are named by their file and row; an id in the last column was rounded by a spreadsheet
    table = pd.DataFrame(posts(60, 20)).drop(columns="id").assign(reply_to=["9", "1.198473762313818e+18"] * 10)
    table.to_csv(folder / "c.csv", index=False)
    pd.DataFrame(posts(70, 30)).to_parquet(folder / "d.parquet", index=False)
    names = ("a.jsonl.gz", "b.jsonl", "profiles.csv", "follows.csv", "c.csv", "d.parquet", "a.jsonl.gz")
    found: list[Any] = [str(folder / name) for name in names]
    return [*found[:3], pd.DataFrame(posts(95, 20)), *found[3:]]


def rows_of(study: gn.Study, tables: tuple[str, ...] = TABLES) -> dict[str, list[dict[str, Any]]]:
    found = {table: study.rows(f"select * from {table}").to_pylist() for table in tables}
    # what was grouped on the stage has no order of its own
    return {table: sorted(rows, key=repr) if table in GROUPED else rows for table, rows in found.items()}


def same(ours: gn.Study, theirs: gn.Study) -> None:
    """Whether two studies hold the same rows in the same order, and say the same of them."""
    tables = tuple(table for table in (*TABLES, *STAGED) if ours.has(table))
    assert tables == tuple(table for table in (*TABLES, *STAGED) if theirs.has(table))
    mine, other = rows_of(ours, tables), rows_of(theirs, tables)
    for table in tables:
        assert mine[table] == other[table], table
    assert ours.manifest["inputs"] == theirs.manifest["inputs"]
    for about in ("rows", "summary", "parameters"):
        assert ours.last("read")[about] == theirs.last("read")[about]


@pytest.mark.parametrize("grow", [False, True])
def test_every_table_is_the_same(inputs: list[Any], tmp_path: Path, grow: bool) -> None:
    ours = gn.read(inputs, tmp_path / "ours", grow=grow, kind="follow")
    theirs = gn.read(inputs, tmp_path / "theirs", grow=grow, kind="follow", engine=Spread())
    same(ours, theirs)
    summary = theirs.last("read")["summary"]
    assert summary["rejected"] == 4
    assert summary["duplicate_posts"] > 20
    assert summary["notes"]
    readers = {entry["reader"] for entry in theirs.manifest["inputs"]}
    assert readers == {"posts_json", "posts_table", "edge_list", "profiles", "frames"}


people = st.sampled_from(["1", "2", "33", "@ghost", "ann"])
some = st.fixed_dictionaries(
    {"account": people, "time": st.integers(0, 9)},
    optional={
        "id": st.integers(1, 9).map(str),
        "name": st.sampled_from(["ann", "Bob"]),
        "text": st.sampled_from(["hello @ann #tag", "https://x.example/a @Bob", "سلام دنیا #tag"]),
        "retweet_of": st.integers(1, 9).map(str),
    },
)


@settings(max_examples=12, deadline=None)
@given(parts=st.lists(st.lists(some | st.just({"account": None}), min_size=1, max_size=6), min_size=1, max_size=12))
def test_any_posts_in_any_files(parts: list[list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    files = [folder / f"{i}.jsonl" for i in range(len(parts))]
    for file, part in zip(files, [[*parts[0], {"account": "1", "time": 1}], *parts[1:]], strict=True):
        file.write_bytes(lines(part))
    ours, theirs = (
        gn.read(files, folder / name, grow=True, format="posts_json", engine=engine)
        for name, engine in (("ours", DuckDB()), ("theirs", Spread()))
    )
    same(ours, theirs)


def test_rows_keep_the_order_of_many_files(tmp_path: Path) -> None:
    files = [tmp_path / f"{letter}.jsonl" for letter in "lkjihgfedcba"]
    for number, file in enumerate(files):
        file.write_bytes(lines(posts(100 - number, 1)))
    study = gn.read(files, tmp_path / "study", grow=True, engine=Spread())
    staged = study.rows("select id from staged_posts")["id"].to_pylist()
    assert staged == [f"p{100 - number}" for number in range(len(files))]


def test_a_study_behind_a_url(inputs: list[Any], tmp_path: Path) -> None:
    theirs = gn.read(inputs, "memory://read-spread/study", grow=True, kind="follow", engine=Spread())
    same(gn.read(inputs, tmp_path / "ours", grow=True, kind="follow"), theirs)
    assert (theirs.path / theirs.files("staged_edges")["1"]).is_dir()
    remove(theirs.path)


# Where it runs -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Elsewhere(Spread):
    """Work is done by another process, which has another current folder."""

    def each(self, count: int, function: EachFunction, table: Table) -> Iterator[pa.Table]:
        """As in `Spread`, in a process that shares nothing with this one."""
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn, initializer=os.chdir, initargs=("/",)) as pool:
            yield from pool.map(function, range(count))


def test_nothing_is_parsed_or_hashed_here(inputs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [os.path.relpath(name, tmp_path) for name in inputs if isinstance(name, str)]
    monkeypatch.chdir(tmp_path)
    ours = gn.read(files, tmp_path / "ours", kind="follow")
    for readable in registry.find("readers").values():
        monkeypatch.setattr(readable, "read", lambda *_: pytest.fail("a file was read here"))
    monkeypatch.setattr(_stage, "prepare", lambda *_: pytest.fail("rows were prepared here"))
    monkeypatch.setattr(_stage, "sha256", lambda *_: pytest.fail("a file was hashed here"))
    same(ours, gn.read(files, "theirs", kind="follow", engine=Elsewhere()))


def test_each_file_is_one_task_and_rows_are_told_as_they_come(
    inputs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks, told = [], []
    each = Spread.each

    def noted(self: Spread, count: int, function: EachFunction, table: Table) -> Iterator[pa.Table]:
        for number, made in enumerate(each(self, count, function, table)):
            tasks.append((number, len(told)))
            yield made

    @contextmanager
    def progress(*_: Any, **__: Any) -> Iterator[Any]:
        yield told.append

    monkeypatch.setattr(Spread, "each", noted)
    monkeypatch.setattr(_read, "progress", progress)
    study = gn.read(inputs, tmp_path / "study", kind="follow", engine=Spread())
    # the DataFrame is the fourth of eight inputs, and none of the tasks
    assert tasks == [(0, 0), (1, 1), (2, 2), (3, 4), (4, 5), (5, 6), (6, 7)]
    assert sum(told) == study.last("read")["summary"]["rows"]


@dataclass(frozen=True)
class Doubled(Spread):
    """Every task is run three times: cut off, then in another order, then as it counts."""

    def each(self, count: int, function: EachFunction, table: Table) -> Iterator[pa.Table]:
        """As in `Spread`, after attempts that do not count."""
        for number in reversed(range(count)):
            with pytest.MonkeyPatch.context() as patch, suppress(OSError):
                patch.setattr(Path, "replace", _cut_off)
                function(number)
            function(number)
        yield from super().each(count, function, table)


def _cut_off(*_: Any) -> None:
    raise OSError(5, "this machine is going down")


def test_a_task_that_is_run_again_changes_nothing(inputs: list[Any], tmp_path: Path) -> None:
    files = [name for name in inputs if isinstance(name, str)]
    ours = gn.read(files, tmp_path / "ours", grow=True, kind="follow")
    theirs = gn.read(files, tmp_path / "theirs", grow=True, kind="follow", engine=Doubled())
    same(ours, theirs)
    (stored,) = theirs.files("staged_posts").values()
    assert [entry.name for entry in sorted((tmp_path / "theirs" / stored).iterdir())] == [
        f"part-{number:08}.parquet" for number in (0, 1, 4, 5, 6)
    ]


# What goes wrong -----------------------------------------------------------------------------------------------------


@pytest.fixture
def bad(tmp_path: Path) -> tuple[Path, Path]:
    """Files that start well, so that a reader is chosen for them, and cannot be read to the end."""
    table = pd.DataFrame(post | {"text": os.urandom(60).hex()} for post in posts(0, 3000))
    cut, typed = tmp_path / "cut.csv.gz", tmp_path / "typed.parquet"
    cut.write_bytes(gzip.compress(table.to_csv(index=False).encode())[:-5000])
    pd.DataFrame(posts(0, 5)).assign(account=pd.Series([{"id": "u1"}] * 5)).to_parquet(typed)
    return cut, typed


def refusal(files: list[Path], into: Path, engine: DuckDB) -> GraphnetError:
    with pytest.raises(GraphnetError) as said:
        gn.read(files, into, engine=engine)
    return said.value


@pytest.mark.parametrize("which", [[0], [1], [0, 1], [1, 0]])
def test_the_first_bad_file_is_said_as_elsewhere_and_the_study_stays(
    tmp_path: Path, bad: tuple[Path, Path], which: list[int]
) -> None:
    good = tmp_path / "good.jsonl"
    good.write_bytes(lines(posts(0, 5)))
    study = gn.read(good, tmp_path / "study", engine=Spread())
    files = [good, *(bad[i] for i in which)]
    ours, theirs = refusal(files, tmp_path / "ours", DuckDB()), refusal(files, tmp_path / "study", Spread())
    assert (type(ours), str(ours)) == (type(theirs), str(theirs))
    assert type(theirs) is InputError
    assert files[1].name in str(theirs)
    assert len(gn.Study.open(study.path).posts) == 5


def test_files_without_a_usable_row_are_said_with_reasons(tmp_path: Path) -> None:
    file = tmp_path / "follows.csv"
    file.write_text("source,target\n,b\na,\n")
    ours, theirs = refusal([file], tmp_path / "ours", DuckDB()), refusal([file], tmp_path / "theirs", Spread())
    assert str(ours) == str(theirs)
    assert "line 2" in str(theirs)


@dataclass(frozen=True)
class Blind(Spread):
    """Workers see another disk."""

    hidden: tuple[Path, ...] = ()

    def each(self, count: int, function: EachFunction, table: Table) -> Iterator[pa.Table]:
        """As in `Spread`, on machines where some files and folders are not."""
        away = [path.rename(path.with_name(path.name + " away")) for path in self.hidden]
        try:
            yield from list(super().each(count, function, table))
        finally:
            for path, back in zip(away, self.hidden, strict=True):
                path.rename(back)


def test_a_file_that_workers_do_not_see_is_said(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(lines(posts(0, 5)))
    said = refusal([file], tmp_path / "study", Blind(hidden=(file,)))
    assert isinstance(said, InputError)
    assert "posts.jsonl is not seen by the workers" in str(said)
    assert "a disk that all machines see" in str(said)


def test_a_study_that_workers_do_not_see_is_said(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(lines(posts(0, 5)))
    scratch = tmp_path / "study" / ".scratch"
    said = refusal([file], tmp_path / "study", Blind(hidden=(scratch,)))
    assert isinstance(said, StudyError)
    assert str(scratch) in str(said)


# Appending -----------------------------------------------------------------------------------------------------------


def test_appended_files_are_as_if_read_at_once(
    inputs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = gn.read(inputs, tmp_path / "ours", grow=True, kind="follow")
    gn.read(inputs[:2], tmp_path / "theirs", grow=True, kind="follow", engine=Spread())
    hashed, sha256 = [], _stage.sha256

    def noted(path: Path) -> str:
        hashed.append(path.name)
        return sha256(path)

    monkeypatch.setattr(_stage, "sha256", noted)
    # the last file is the first one again: passed over
    theirs = gn.read(inputs[2:], tmp_path / "theirs", append=True, kind="follow", engine=Spread())
    mine, other = rows_of(ours), rows_of(theirs)
    assert theirs.last("read")["summary"]["made"] == "anew because the rows may be on several machines"
    for table in ("accounts", "posts", "objects", "actions", "handles", "rejected"):
        assert mine[table] == other[table], table
    assert theirs.manifest["inputs"] == ours.manifest["inputs"][:-1]
    # the new files where they are read, and here only the one of a size that is known
    assert sorted(hashed) == sorted(Path(name).name for name in inputs[2:] if isinstance(name, str))
