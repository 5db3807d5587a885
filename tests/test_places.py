"""Studies behind URLs: the same tables as on disk, nothing half-written, nothing said of credentials."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hostile_world
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet import cli, engines, places, schema
from graphnet.engines import Engine
from graphnet.engines.duckdb import DuckDB
from graphnet.errors import InputError, StudyBusy, StudyError
from graphnet.places import Remote
from graphnet.study import MANIFEST, Study
from tests.sparked import spark

for package in ("fsspec", "s3fs", "moto"):
    pytest.importorskip(package, reason=f"{package} is not installed (pip install -e .[dev])")

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from fsspec.implementations.memory import MemoryFileSystem  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "key-of-the-tests",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """URL of a bucket on a server that speaks S3, in this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (ENVIRONMENT | {"AWS_ENDPOINT_URL": endpoint}).items():
            patch.setenv(name, value)
        client = boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))
        client.create_bucket(Bucket="studies")
        client.close()
        yield "s3://studies"
    server.stop()


@pytest.fixture
def memory() -> Iterator[str]:
    """URL of a new folder in memory."""
    url = f"memory://{secrets.token_hex(4)}"
    yield url
    places.remove(places.place(url))


def members(*accounts: int) -> pa.Table:
    n = len(accounts)
    return pa.table([list(accounts), [1] * n, [1.0] * n, [None] * n], schema=schema.MEMBERS.arrow)


# The whole chain -----------------------------------------------------------------------------------------------------


def chain(into: str | Path, out: Path) -> Study:
    """From two days of posts to the report, the second day appended."""
    posts = hostile_world.posts()
    gn.read(posts.iloc[:70], into, grow=True)
    study = gn.read(posts.iloc[70:], into, append=True)
    gn.match(study)
    gn.project(study)
    gn.validate(study)
    gn.detect(study)
    gn.confirm(study, controls=499)
    gn.score(study, controls=19)
    gn.report(study, out)
    return study


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    folder = tmp_path_factory.mktemp("disk")
    return chain(folder / "study", folder / "report.html"), folder / "report.html"


def rows(study: Study, table: str) -> list[dict[str, Any]]:
    """The rows in their order; staged rows lie as they came, in any."""
    found: list[dict[str, Any]] = study.rows(f"select * from {table}").to_pylist()
    return sorted(found, key=repr) if table in schema.STAGED else found


def facts(file: Path) -> str:
    """What a report says, but for when and how fast it was made."""
    text = file.read_text(encoding="utf-8")
    return re.sub(r'"(when|seconds|time)": ("[^"]*"|[0-9.]+)', "", text)


@pytest.mark.parametrize("kind", ["memory", "s3"])
def test_a_study_behind_a_url_is_the_study_on_disk(
    kind: str, request: pytest.FixtureRequest, on_disk: tuple[Study, Path], tmp_path: Path
) -> None:
    url = request.getfixturevalue(kind) + "/some folder/study"
    disk, page = on_disk
    made = chain(url, tmp_path / "report.html")
    opened = Study.open(url)
    for study in (made, opened):
        assert sorted(study.manifest["tables"]) == sorted(disk.manifest["tables"])
        for table in disk.manifest["tables"]:
            assert rows(study, table) == rows(disk, table), table
            assert study.files(table) == disk.files(table)
    assert facts(tmp_path / "report.json") == facts(page.with_suffix(".json"))
    there = set(places.names(places.place(url)))
    assert places.LOCK not in there
    assert {f for parts in made.manifest["tables"].values() for f in parts.values()} <= there


def test_the_command_line_takes_urls(s3: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "edges.csv"
    file.write_text("source,target,kind\n" + "".join(f"a{i},b{j},follow\n" for i in range(9) for j in range(9)))

    def run(*arguments: object) -> tuple[int, str]:
        try:
            cli.main([str(a) for a in arguments])
        except SystemExit as end:
            return int(end.code or 0), capsys.readouterr().err
        return 0, capsys.readouterr().out

    status, out = run("run", file, "--into", f"{s3}/cli", "--out", tmp_path / "report.html", "--no-validate")
    assert (status, f"study: {s3}/cli" in out) == (0, True)
    assert (tmp_path / "report.html").exists()
    assert run("export", f"{s3}/cli", tmp_path / "ties.csv")[0] == 0
    status, error = run("detect", f"{s3}/nothing")
    assert status == 3
    assert error.startswith(f"graphnet: there is no study in {s3}/nothing. Make one: graphnet read")
    status, error = run("read", file, "--into", "nowhere://me:secret@host/study")
    assert status == 2
    assert "no file system is known by nowhere://" in error


def test_a_pseudonymised_copy_can_go_to_a_url_and_come_from_one(on_disk: tuple[Study, Path], tmp_path: Path,
                                                                memory: str) -> None:  # fmt: skip
    key = gn.new_key(tmp_path / "key")
    there = gn.pseudonymise(on_disk[0], f"{memory}/copy", key)
    places.copy(on_disk[0].path, places.place(f"{memory}/whole"))
    back = gn.pseudonymise(Study.open(f"{memory}/whole"), tmp_path / "back", key)
    assert there.accounts.equals(back.accounts)
    assert there.findings.equals(back.findings)
    with there.step("detect", {}) as step:
        step.write("members", members(1))
    with pytest.raises(StudyError, match="exists"):
        gn.pseudonymise(on_disk[0], f"{memory}/copy", key)


@pytest.fixture
def engine() -> Iterator[Engine]:
    held = spark()
    yield held
    held.close()


def test_spark_reads_and_writes_through_its_workers(engine: Engine, on_disk: tuple[Study, Path],
                                                    tmp_path: Path) -> None:  # fmt: skip
    # through fsspec, and yet seen by the workers, which are other processes
    url = Remote(f"file://{tmp_path}/study")
    study = gn.read(hostile_world.posts(), url, engine=engine)
    with study.step("detect", {}) as step:
        step.save("members", "select account, 1 as community, 1e0 as strength, 1e0 as stability from accounts")
    opened = Study.open(url)
    for table in ("accounts", "posts", "objects", "actions", "handles"):
        found, known = (sorted(rows(s, table), key=repr) for s in (opened, on_disk[0]))
        assert found == known, table
    assert (
        sorted(opened.members["account"])
        == study.rows("select account from accounts order by account")["account"].to_pylist()
    )
    assert (tmp_path / "study" / study.files("actions")[""]).is_dir()
    with pytest.raises(KeyboardInterrupt), study.step("detect", {}) as step:
        step.save("members", "select * from members")
        raise KeyboardInterrupt
    study.clean()
    named = {file for parts in study.manifest["tables"].values() for file in parts.values()}
    assert {name for name in places.names(url) if name.endswith(".parquet")} == named


@pytest.mark.parametrize("rows", [0, 1, 5000])
def test_spark_keeps_types_order_and_only_what_a_query_names(engine: Engine, tmp_path: Path, rows: int) -> None:
    url = Remote(f"file://{tmp_path}/posts")
    places.made(url)
    made = pa.table({"post": range(rows), "id": [f"p{i}" for i in range(rows)], "account": range(rows)})
    blank = {c.name: pa.nulls(rows, c.type) for c in schema.POSTS.columns}
    engines.write([pa.table(blank | {n: made[n] for n in made.column_names})], url / "first.parquet", schema.POSTS)
    engine.open(url / "first.parquet", "posts")
    assert engine.columns("posts") == schema.POSTS.names
    assert engine.rows("select count(*) as n from posts")["n"].to_pylist() == [rows]
    assert engine.rows("select sum(account) as n from posts where id <> 'p3'")["n"].to_pylist() == [
        sum(i for i in range(rows) if i != 3) if rows else None
    ]
    assert engine.save("select * from posts order by post desc", url / "again", schema.POSTS) == rows
    engine.open(url / "again", "posts")
    kept = [row for file in engines.files(url / "again") for row in _parquet(file).to_pylist()]
    assert [row["post"] for row in kept] == list(range(rows))[::-1]
    assert _parquet(engines.files(url / "again")[0]).schema.names == schema.POSTS.names
    assert engines.count(url / "again") == rows


def _parquet(file: places.Place) -> pa.Table:
    with places.reading(file) as source:
        return pq.read_table(source)


# All or nothing ------------------------------------------------------------------------------------------------------


def _broken(_rows: pa.Table) -> pa.Table:
    raise KeyboardInterrupt


@pytest.mark.parametrize("kind", ["memory", "s3"])
def test_an_interrupted_step_leaves_the_last_good_state(kind: str, request: pytest.FixtureRequest) -> None:
    study = Study.create(request.getfixturevalue(kind) + "/interrupted")
    with study.step("detect", {}) as step:
        step.write("members", members(3, 4))
    before = (study.path / MANIFEST).read_bytes()
    with pytest.raises(KeyboardInterrupt), study.step("detect", {}) as step:
        step.write("members", members(9))
        step.map("communities", "select * from members", _broken)
    assert (study.path / MANIFEST).read_bytes() == before
    assert study.members["account"].tolist() == [3, 4]
    assert Study.open(study.path).members["account"].tolist() == [3, 4]
    # the next step has the number, and so the file names, of the interrupted one
    with study.step("detect", {}) as step:
        assert places.names(study.path) == [places.LOCK, MANIFEST, "members.1.parquet"]
        step.write("members", members(5))
    assert study.members["account"].tolist() == [5]
    study.clean()
    assert places.names(study.path) == [MANIFEST, "members.2.parquet"]


def test_a_killed_writer_leaves_a_lock_that_says_who_it_was(s3: str) -> None:
    study = Study.create(f"{s3}/killed")
    with study.step("detect", {}) as step:
        step.write("members", members(3, 4))
    code = (
        "import os, sys; from graphnet import schema; from graphnet.study import Study\n"
        "with Study.open(sys.argv[1]).step('detect', {}) as step:\n"
        "    step.write('members', schema.MEMBERS.empty())\n"
        "    print(os.getpid(), flush=True)\n"
        "    os._exit(9)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(study.path)], capture_output=True, text=True, timeout=60, check=False
    )
    with pytest.raises(StudyBusy) as told, study.step("detect", {}):
        pass
    assert f"process {ended.stdout.strip()} since 20" in str(told.value)
    assert f"delete {s3}/killed/.lock and run the command again" in str(told.value)
    assert Study.open(study.path).members["account"].tolist() == [3, 4]
    places.remove(study.path / places.LOCK)
    with study.step("detect", {}) as step:
        step.write("members", members(5))
    assert study.members["account"].tolist() == [5]


@pytest.mark.parametrize("kind", ["memory", "s3"])
def test_a_second_writer_is_told(kind: str, request: pytest.FixtureRequest) -> None:
    study = Study.create(request.getfixturevalue(kind) + "/busy")
    other = Study.open(study.path)
    with study.step("detect", {}) as step:
        with pytest.raises(StudyBusy, match="another process is writing"), other.step("detect", {}):
            pass
        step.write("members", members(1))
    with other.step("detect", {}) as step:
        assert other.members["account"].tolist() == [1]
        step.write("members", members(2))


def test_two_who_make_a_file_at_once_are_told_apart(s3: str, memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in (s3, memory):
        lock = Remote(f"{url}/race")
        monkeypatch.setattr(Remote, "exists", lambda _self: False)
        assert lock.create(b"mine")
        assert not lock.create(b"yours")
        monkeypatch.undo()
        assert lock.read_bytes() == b"mine"


def test_a_step_whose_lock_was_taken_away_is_not_kept(memory: str) -> None:
    study = Study.create(f"{memory}/study")
    with study.step("detect", {}) as step:
        step.write("members", members(1))
    before = (study.path / MANIFEST).read_bytes()
    lock = study.path / places.LOCK
    with pytest.raises(StudyBusy, match="taken away"), study.step("detect", {}) as step:
        step.write("members", members(2))
        lock.write_bytes(b"another's")
    assert (study.path / MANIFEST).read_bytes() == before
    assert lock.read_bytes() == b"another's"
    with pytest.raises(StudyBusy, match="does not say who"), study.step("detect", {}):
        pass


def test_a_file_system_that_writes_over_everything_still_has_a_lock(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pipe_file(self: Any, path: str, value: bytes) -> None:
        with self.open(path, "wb") as file:
            file.write(value)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", pipe_file)
    study = Study.create(f"{memory}/study")
    with study.step("detect", {}) as step:
        with pytest.raises(StudyBusy), Study.open(study.path).step("detect", {}):
            pass
        step.write("members", members(1))
    assert places.names(study.path) == [MANIFEST, "members.1.parquet"]


def test_a_folder_that_is_no_study_is_left_alone(memory: str) -> None:
    thesis = Remote(f"{memory}/thesis.docx")
    thesis.write_bytes(b"years of work")
    with pytest.raises(StudyError, match="is not a study"):
        Study.create(memory)
    with pytest.raises(StudyError, match="is a file"):
        Study.create(f"{memory}/thesis.docx")
    with pytest.raises(StudyError, match="there is no study"):
        Study.open(memory)
    assert places.names(places.place(memory)) == ["thesis.docx"]


# How much is read ----------------------------------------------------------------------------------------------------

WIDE = schema.Table("actions", tuple(schema.Column(c, schema.INT, "") for c in "abcdefgh"))


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of each read of a remote file."""
    sizes: list[int] = []
    whole = Remote.read_bytes

    def counted(self: Remote, start: int | None = None, end: int | None = None) -> bytes:
        found = whole(self, start, end)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(Remote, "read_bytes", counted)
    return sizes


def test_a_query_reads_the_columns_and_rows_it_needs(memory: str, fetched: list[int]) -> None:
    rng = np.random.default_rng(1)
    columns = {name: rng.integers(0, 1 << 60, 400_000) for name in "bcdefgh"}
    table = pa.table({"a": np.arange(400_000), **columns})
    file = Remote(f"{memory}/wide.parquet")
    with places.writing(file) as sink:
        pq.write_table(table, sink, row_group_size=50_000)
    size, engine = file.size(), DuckDB(threads=2)
    engine.open(file, "wide")
    assert sum(fetched) < size / 20
    fetched.clear()
    assert engine.rows("select sum(b % 7) as n from wide")["n"].to_pylist() == [int((columns["b"] % 7).sum())]
    assert 0 < sum(fetched) < size / 5
    fetched.clear()
    assert engine.rows("select c from wide where a = 123456")["c"].to_pylist() == [int(columns["c"][123_456])]
    assert 0 < sum(fetched) < size / 20
    fetched.clear()
    engine.rows("select sum(b % 5) as n from wide")
    assert sum(fetched) == 0  # kept within the engine's memory limit
    # the same place with other bytes is another file
    with places.writing(file) as sink:
        pq.write_table(table.slice(0, 10), sink)
    engine.open(file, "wide")
    assert engine.rows("select count(b) as n from wide")["n"].to_pylist() == [10]
    engine.close()


def test_a_folder_of_files_is_a_table(memory: str) -> None:
    folder = Remote(f"{memory}/members.1.parquet")
    for i in range(3):
        with places.writing(folder / f"part-{i}.parquet") as sink:
            pq.write_table(members(i), sink)
    (folder / "_SUCCESS").write_bytes(b"")
    assert engines.count(folder) == 3
    engine = DuckDB(threads=1)
    engine.open([folder], "members")
    assert engine.rows("select account from members order by account")["account"].to_pylist() == [0, 1, 2]
    engine.close()
    engines.remove(folder)
    assert places.names(places.place(memory)) == []


# Names and errors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../outside.parquet", "/etc/passwd", "a/b.parquet", "..", ".lock", "*.parquet", "a?b", "a::b", "x\\y", ""]
)
def test_a_manifest_cannot_name_files_outside_of_the_study(memory: str, tmp_path: Path, name: str) -> None:
    for where in (f"{memory}/study", tmp_path / "study"):
        study = Study.create(where)
        with study.step("detect", {}) as step:
            step.write("members", members(1))
        manifest = json.loads((study.path / MANIFEST).read_text(encoding="utf-8"))
        manifest["tables"]["members"][""] = name
        places.replace(study.path / MANIFEST, json.dumps(manifest))
        with pytest.raises(StudyError, match="outside"):
            Study.open(where)


def test_a_missing_or_damaged_table_is_told(memory: str) -> None:
    study = Study.create(f"{memory}/study")
    with study.step("detect", {}) as step:
        step.write("members", members(1))
    (study.path / "members.1.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(StudyError, match="members"):
        Study.open(study.path)
    places.remove(study.path / "members.1.parquet")
    with pytest.raises(StudyError, match="members"):
        Study.open(study.path)


SECRETS = ("secret", "hunter2", "signature", "key-of-the-tests")
URLS = [
    "s3://me:hunter2@bucket/study?signature=secret",
    "https://hunter2@host/a/study?sig=secret&x=signature",
    "abfs://me:hunter2@account.example/study",
    "sftp://me:hunter2@127.0.0.1:1/study",
    "ftp://me:hunter2@127.0.0.1:1/study?secret",
    "nowhere://me:hunter2@host/study?secret",
    "s3://no such bucket!/study?secret",
    "memory://?secret",
    "simplecache::s3://me:hunter2@bucket/study",
    "zip://x::s3://me:hunter2@bucket/study",
]


@pytest.mark.parametrize("url", URLS)
def test_what_cannot_be_reached_is_told_in_a_sentence_without_secrets(s3: str, url: str) -> None:
    with pytest.raises((InputError, StudyError)) as told:
        Study.create(url)
    text = str(told.value)
    assert not [word for word in SECRETS if word in text]
    assert "Traceback" not in text
    assert "\n" not in text


def test_a_place_is_shown_without_secrets_and_used_with_them() -> None:
    study = places.place("s3://me:hunter2@bucket/study/?signature=secret")
    file = study / "a.parquet"
    assert isinstance(file, Remote)
    assert file.url == "s3://me:hunter2@bucket/study/a.parquet?signature=secret"
    assert [str(study), repr(study), str(file)] == [
        "s3://bucket/study/", "Remote('s3://bucket/study/')", "s3://bucket/study/a.parquet",
    ]  # fmt: skip
    assert (study.name, file.name, study.resolve()) == ("study", "a.parquet", study)
    assert str(places.place("abfss://container@account.example/study")) == "abfss://container@account.example/study"


@given(st.text(max_size=30), st.text(min_size=1, max_size=20), st.sampled_from(["s3", "sftp", "abfs"]))
def test_no_password_is_ever_shown(path: str, password: str, scheme: str) -> None:
    word = f"<x{password}y>"
    for url in (
        f"{scheme}://me:{word}@bucket/study",
        f"{scheme}://bucket/study?{word}",
        f"{scheme}://c:{word}@host/{path}",
    ):
        shown = str(Remote(url)) + repr(Remote(url))
        assert word not in shown
        assert "<x" not in shown.replace(path, "")


def test_a_url_in_a_path_is_told(memory: str) -> None:
    with pytest.raises(InputError, match="give it as text"):
        Study.open(Path("s3://bucket/study"))
    assert places.place("file:///tmp/x") == Path("/tmp/x")
    assert places.place("c:/x") == Path("c:/x")


def test_neither_the_bucket_nor_the_permission_is_there(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StudyError, match="no such bucket"):
        Study.create("s3://missing/study")
    study = Study.create(f"{s3}/mine")
    fs, _ = study.path.reach()  # type: ignore[union-attr]

    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(fs, "pipe_file", refused)
    with pytest.raises(StudyError, match=r"\.lock cannot be written: no permission") as told, study.step("detect", {}):
        pass
    assert "AWS" not in str(told.value)


@pytest.mark.parametrize("failing", ["cat_file", "open"])
def test_a_store_that_goes_away_is_told(memory: str, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """Also where the error comes back through DuckDB or Arrow."""
    study = Study.create(f"{memory}/study")
    with study.step("detect", {}) as step:
        step.write("members", members(*range(9)))
    study = Study.open(study.path)

    def gone(*_: Any, **__: Any) -> None:
        raise ConnectionResetError("the other side at https://me:hunter2@host/x?sig=secret is gone")

    with pytest.raises(StudyError, match="the other side at https://host/x is gone") as told, study.step("detect", {}) as step:  # noqa: E501  # fmt: skip
        monkeypatch.setattr(MemoryFileSystem, failing, gone)
        if failing == "cat_file":
            study.rows("select strength from members")
        else:
            step.save("members", "select * from members")
    monkeypatch.undo()
    assert "Traceback" not in str(told.value)
    places.remove(study.path / places.LOCK)
    assert Study.open(study.path).members["account"].tolist() == list(range(9))


def test_without_fsspec_studies_on_disk_work_and_others_are_told(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['fsspec'] = None\n"
        "import graphnet as gn; from graphnet.errors import StudyError\n"
        "gn.Study.create(sys.argv[1])\n"
        "try: gn.Study.create('memory://x/study')\n"
        "except StudyError as error: print(error)\n"
        "from graphnet.cli import main\n"
        "main(['read', sys.argv[2], '--into', sys.argv[3]])\n"
    )
    posts = tmp_path / "posts.csv"
    posts.write_text("id,account,time,text\n1,a,1700000000,one word\n")
    paths = [str(tmp_path / "study"), str(posts), str(tmp_path / "second")]
    ended = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, timeout=120, check=True
    )
    assert "pip install 'graphnet-analyzer[remote]'" in ended.stdout
    assert "Traceback" not in ended.stderr
    assert len(Study.open(paths[2]).posts) == 1


def test_a_process_that_used_a_remote_study_ends_quietly(s3: str) -> None:
    """DuckDB writes to stderr about a file system that nobody gave back."""
    code = "import sys, graphnet as gn; study = gn.Study.create(sys.argv[1]); print(len(study.manifest['tables']))"
    study = Study.create(f"{s3}/quiet")
    with study.step("detect", {}) as step:
        step.write("members", members(1))
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, f"{s3}/quiet"], capture_output=True, text=True, timeout=60,
        check=True, env=dict(os.environ),
    )  # fmt: skip
    assert (ended.stdout, ended.stderr) == ("1\n", "")


@given(size=st.integers(0, 3000), cuts=st.lists(st.tuples(st.integers(0, 3100), st.integers(0, 900)), max_size=6))
def test_reading_in_pieces_is_reading(size: int, cuts: list[tuple[int, int]]) -> None:
    data = np.random.default_rng(size).bytes(size)
    file = Remote("memory://pieces/file")
    with file.writing() as sink:
        for start in range(0, size, 700):
            sink.write(data[start : start + 700])
    held = file.ranges()
    for start, length in cuts:
        held.seek(start)
        assert held.read(length) == data[start : start + length]
    assert held.seek(0) == 0
    assert held.read() == data


def test_a_file_that_was_given_up_is_not_there_where_the_store_allows(s3: str) -> None:
    file = Remote(f"{s3}/given-up")
    with pytest.raises(ZeroDivisionError), file.writing() as sink:
        sink.write(b"half")
        raise ZeroDivisionError
    assert not file.exists()
