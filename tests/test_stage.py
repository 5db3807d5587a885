"""Rows prepared by worker processes are those that one process prepares, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import graphnet as gn
from graphnet import _stage
from graphnet.errors import GraphnetError
from graphnet.readers import Source
from graphnet.schema import RAW_ACCOUNTS, RAW_EDGES, RAW_POSTS

TEXT = "RT @amy: look at this #Vote #now with @Bob on https://www.example.org/page/{}?utm_source=x and ever so on"


def pieces(count: int = 8, rows: int = 5) -> Iterator[_stage.Piece]:
    """Posts, now and then profiles and edges between them; one piece in two is a slice of a larger table."""
    for i in range(count):
        some = [{"id": f"{i}-{j}" if j else None, "account": f"a{j}", "text": TEXT.format(j % 2)} for j in range(rows)]
        posts = pa.Table.from_pylist([*some, {"id": "cut off", "account": "x"}], RAW_POSTS.arrow)
        yield RAW_POSTS.name, f"file {i % 2}:{i * rows}", posts.slice(i % 2, rows)
        yield RAW_ACCOUNTS.name, "users:0", pa.Table.from_pylist([{"id": f"a{i}", "name": "Amy"}], RAW_ACCOUNTS.arrow)
        edge = {"source": f"a{i}", "kind": "follow", "target": "b"}
        yield RAW_EDGES.name, "edges:0", pa.Table.from_pylist([edge], RAW_EDGES.arrow)


def all_of(workers: int, count: int = 8) -> list[tuple[int, list[tuple[str, list[object]]]]]:
    return [
        (rows, [(name, table.to_pylist()) for name, table in staged])
        for rows, staged in _stage.prepared(pieces(count), workers)
    ]


def test_workers_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = all_of(1)
    monkeypatch.setattr(_stage, "ALONE", 3)
    monkeypatch.setattr(_stage, "WORTH", 1)
    assert all_of(3) == alone
    assert len(alone) == 24
    assert [rows for rows, _ in alone[:3]] == [5, 1, 1]


def test_a_small_input_starts_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stage, "_worker", lambda: pytest.fail("a worker was started"))
    assert len(all_of(2, count=3)) == 9
    monkeypatch.setattr(_stage, "ALONE", 3)
    monkeypatch.setattr(_stage, "WORTH", 22)  # one more than there are left
    assert len(all_of(2)) == 24


def test_an_error_in_a_worker_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stage, "ALONE", 0)
    monkeypatch.setattr(_stage, "WORTH", 1)
    bad = pa.table({"id": ["1"]})
    with pytest.raises(KeyError):
        list(_stage.prepared([(RAW_POSTS.name, "f:0", bad)], 2))


def test_a_worker_that_ends_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stage, "ALONE", 0)
    monkeypatch.setattr(_stage, "WORTH", 1)
    monkeypatch.setattr(_stage, "SERVE", "raise SystemExit(3)")
    with pytest.raises(GraphnetError, match="--threads 1"):
        list(_stage.prepared(pieces(), 2))


def test_leaving_early_ends_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[_stage.Worker] = []
    popen = _stage.subprocess.Popen

    def noted(*args: object, **kwargs: object) -> _stage.Worker:
        started.append(popen(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(_stage, "ALONE", 0)
    monkeypatch.setattr(_stage, "WORTH", 1)
    monkeypatch.setattr(_stage.subprocess, "Popen", noted)
    rows = _stage.prepared(pieces(), 2)
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert [worker.poll() is not None for worker in started] == [True, True]


def test_a_worker_finds_nothing_in_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_stage, "ALONE", 0)
    monkeypatch.setattr(_stage, "WORTH", 1)
    assert sum(rows for rows, _ in _stage.prepared(pieces(2), 1)) == 14


def test_what_is_staged_is_written_as_it_comes(tmp_path: Path) -> None:
    told: list[int] = []
    names = _stage.write(_stage.prepared(pieces(), 1), lambda name: tmp_path / name, told.append)
    assert names == ["staged_edges", "staged_names", "staged_posts", "staged_profiles"]
    assert told == [5, 1, 1] * 8
    for name in names:
        rows = [row for _, staged in all_of(1) for table, some in staged if table == name for row in some]
        assert pq.read_table(tmp_path / name).to_pylist() == rows


def test_a_file_is_known_by_its_sum_and_size(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert _stage.fingerprint(Source("abc", tmp_path / "abc")) == {"sha256": known, "bytes": 3}
    assert _stage.fingerprint(Source("in memory", data=object())) == {}


def test_a_study_does_not_depend_on_the_threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = [{"id": str(i), "account": f"u{i % 7}", "time": i, "text": TEXT.format(i % 5)} for i in range(60)]
    monkeypatch.setattr(_stage, "ALONE", 1)
    monkeypatch.setattr(_stage, "WORTH", 1)
    files = []
    for part in range(3):
        files.append(str(tmp_path / f"{part}.csv"))
        pd.DataFrame(rows[20 * part : 20 * part + 20]).to_csv(files[-1], index=False)
    one, three = (gn.read(files, tmp_path / str(n), engine=gn.engines.DuckDB(threads=n)) for n in (1, 3))
    for table in ("actions", "posts", "objects", "accounts"):
        assert one.rows(f"select * from {table}").equals(three.rows(f"select * from {table}"))
