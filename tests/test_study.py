"""The study folder: atomic, locked, and honest about what is missing or outdated."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from graphnet import schema
from graphnet.errors import InputError, MissingTable, StudyBusy, StudyError
from graphnet.study import MANIFEST, Study


def members(*accounts: int) -> pa.Table:
    n = len(accounts)
    return pa.table([list(accounts), [1] * n, [1.0] * n, [None] * n], schema=schema.MEMBERS.arrow)


def pairs(layer: str, n: int) -> pa.Table:
    rows = [{"layer": layer, "source": i, "target": i + 1, "shared": 2, "weight": 2.0} for i in range(n)]
    return pa.Table.from_pylist(rows, schema=schema.PAIRS.arrow)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study.create(tmp_path / "study")


def test_a_step_that_ends_is_kept_and_recorded(study: Study) -> None:
    with study.step("detect", {"detector": "leiden"}) as step:
        step.write("members", members(3, 4))
        step.summary["communities"] = 1
    again = Study.open(study.path)
    assert again.members["account"].tolist() == [3, 4]
    record = again.last("detect")
    assert record["parameters"] == {"detector": "leiden"}
    assert record["rows"] == {"members": 2}
    assert record["summary"] == {"communities": 1}
    assert record["seconds"] >= 0
    assert record["versions"]["duckdb"]


def test_an_interrupted_step_leaves_the_last_good_state(study: Study) -> None:
    with study.step("detect", {}) as step:
        step.write("members", members(3, 4))
    before = (study.path / MANIFEST).read_bytes()
    with pytest.raises(KeyboardInterrupt), study.step("detect", {}) as step:
        step.write("members", members(9))
        raise KeyboardInterrupt
    assert (study.path / MANIFEST).read_bytes() == before
    assert study.members["account"].tolist() == [3, 4]
    assert Study.open(study.path).members["account"].tolist() == [3, 4]


def test_a_killed_process_leaves_the_last_good_state_and_no_lock(study: Study) -> None:
    with study.step("detect", {}) as step:
        step.write("members", members(3, 4))
    code = (
        "import os, sys, pyarrow as pa; from graphnet import schema; from graphnet.study import Study\n"
        "study = Study.open(sys.argv[1])\n"
        "with study.step('detect', {}) as step:\n"
        "    step.write('members', schema.MEMBERS.empty())\n"
        "    os._exit(9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(study.path)], check=False, timeout=60)
    assert ended.returncode == 9
    again = Study.open(study.path)
    assert again.members["account"].tolist() == [3, 4]
    with again.step("detect", {}) as step:
        step.write("members", members(5))
    assert again.members["account"].tolist() == [5]
    assert sorted(f.name for f in study.path.glob("members*")) == ["members.1.parquet", "members.2.parquet"]


def test_old_files_go_with_the_next_step(study: Study) -> None:
    for account in (1, 2, 3):
        with study.step("detect", {}) as step:
            step.write("members", members(account))
    # the newest, and the one before it, which another process may still be reading
    assert sorted(f.name for f in study.path.glob("members*")) == ["members.2.parquet", "members.3.parquet"]


def test_a_second_writer_is_told(study: Study) -> None:
    other = Study.open(study.path)
    with study.step("detect", {}) as step:
        with pytest.raises(StudyBusy, match="another process is writing"), other.step("detect", {}):
            pass
        step.write("members", members(1))
    assert Study.open(study.path).members["account"].tolist() == [1]


def test_parts_are_kept_when_asked_and_replaced_otherwise(study: Study) -> None:
    with study.step("project", {}) as step:
        step.write("pairs", pairs("a", 2), part="a")
        step.write("pairs", pairs("b", 3), part="b")
        assert study.rows("select count(*) as n from pairs")["n"].to_pylist() == [5]
    with study.step("project", {}, keep=True) as step:
        step.write("pairs", pairs("a", 1), part="a")
    assert study.parts("pairs") == ["a", "b"]
    assert study.pairs["layer"].tolist() == ["a", "b", "b", "b"]
    with study.step("project", {}) as step:
        step.write("pairs", pairs("c", 1), part="c")
    assert study.parts("pairs") == ["c"]


def test_of_outdated_audits_each_question_is_named(study: Study) -> None:
    steps = [{"verb": "audit", "parameters": {"audit": text}} for text in ("rhythm:community=1", "rhythm", "campaign")]
    assert study._commands("audit", [*steps, {"verb": "match", "parameters": {}}]) == [
        "graphnet campaign",
        "graphnet audit rhythm",
    ]
    assert study._commands("project", steps) == ["graphnet project"]


def test_an_earlier_step_drops_what_it_makes_outdated(study: Study) -> None:
    with study.step("detect", {}) as step:
        step.write("members", members(1))
    with study.step("project", {}) as step:
        step.write("pairs", pairs("a", 1), part="a")
    assert not study.has("members")
    assert [s["verb"] for s in study.manifest["steps"]] == ["project"]
    with pytest.raises(MissingTable, match="graphnet detect"):
        _ = study.members


def test_a_missing_table_names_the_command(study: Study) -> None:
    with pytest.raises(MissingTable, match=r"graphnet read FILES --into"):
        _ = study.actions
    with pytest.raises(MissingTable, match="graphnet score"):
        study.last("score")


def test_a_folder_that_is_no_study_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(StudyError, match="is not a study"):
        Study.create(tmp_path)
    with pytest.raises(StudyError, match="there is no study"):
        Study.open(tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_broken_or_foreign_manifest_is_said(study: Study) -> None:
    (study.path / MANIFEST).write_text("{half")
    with pytest.raises(StudyError, match="not readable"):
        Study.open(study.path)
    (study.path / MANIFEST).write_text(json.dumps({"format": 99}))
    with pytest.raises(StudyError, match="format 99"):
        Study.open(study.path)


def test_account_by_id_and_handle(study: Study) -> None:
    rows = [
        {"account": 0, "id": "10", "name": "Ann"},
        {"account": 1, "id": "11", "name": "twin"},
        {"account": 2, "id": "12", "name": "Twin"},
        {"account": 3, "id": "o'hara", "name": None},
    ]
    with study.step("read", {}) as step:
        step.write("accounts", pa.Table.from_pylist(rows, schema=schema.ACCOUNTS.arrow))
    assert study.account("10") == study.account("@ANN") == study.account("ann") == 0
    assert study.account("o'hara") == 3
    with pytest.raises(InputError, match="2 accounts are called 'twin'"):
        study.account("twin")
    with pytest.raises(InputError, match="Close: Ann"):
        study.account("@anne")


def test_frames_keep_whole_numbers_whole(study: Study) -> None:
    """Times with gaps must not turn into floats: 2^53 is not far from a nanosecond time or a platform id."""
    rows = [{"account": 0, "kind": "follow", "time": None}, {"account": 1, "kind": "follow", "time": 1_600_000_001}]
    with study.step("read", {}) as step:
        step.write("actions", pa.Table.from_pylist(rows, schema=schema.ACTIONS.arrow))
    assert str(study.actions["time"].dtype) == "Int64"


def test_a_notebook_shows_the_tables(study: Study) -> None:
    with study.step("detect", {}) as step:
        step.write("members", members(1, 2))
    assert "<td>members</td>" in study._repr_html_()
