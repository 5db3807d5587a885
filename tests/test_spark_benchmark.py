"""What the benchmark of Spark says is what Spark's event log and the tables say."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_study import small_study

from benchmarks.spark import _measured, differences, processor, table_of_steps, table_of_tasks, tasks_of
from graphnet.study import Study


def job(stages: list[int], group: str) -> dict[str, Any]:
    named = {"spark.jobGroup.id": group} if group else {}
    return {"Event": "SparkListenerJobStart", "Stage IDs": stages, "Properties": named}


def task(stage: int, milliseconds: int, size: int = 0, rows: int = 0) -> dict[str, Any]:
    wrote = {"Shuffle Bytes Written": size, "Shuffle Records Written": rows}
    told = {"Executor Run Time": milliseconds, "Executor CPU Time": 5 * 10**8, "Shuffle Write Metrics": wrote}
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Task Metrics": told}


def test_tasks_are_told_by_the_group_of_their_job() -> None:
    events = [
        {"Event": "SparkListenerApplicationStart"},
        job([0, 1], "read"), task(0, 100, 10, 1), task(1, 2000, 20, 2), task(1, 4000),
        job([2], "match"), task(2, 300), {"Event": "SparkListenerTaskEnd", "Stage ID": 2},
        job([3], ""), task(3, 9000),
    ]  # fmt: skip
    found = tasks_of(map(json.dumps, events))
    assert set(found) == {"read", "match", ""}
    assert (found["read"].shuffled, found["read"].records, found["read"].cpu) == (30, 3, 1.5)
    assert found["read"].slowest() == [2.0, 4.0]
    # a task that failed has no figures
    assert found["match"].seconds == {2: [0.3, 0.0]}


def study(folder: Path) -> Study:
    actions = [{"account": i, "kind": "retweet", "object": i, "time": i, "weight": i / 3} for i in range(5)]
    return small_study(folder, 5, actions=actions)


def changed(study: Study, folder: Path, weight: float) -> Study:
    """A copy whose first action has another weight, and whose rows come in another order."""
    shutil.copytree(study.path, folder)
    file = folder / next(iter(study.files("actions").values()))
    rows = pq.read_table(file).sort_by([("account", "descending")])
    weights = [*rows["weight"].to_pylist()[:-1], weight]
    pq.write_table(rows.set_column(rows.column_names.index("weight"), "weight", pa.array(weights, pa.float64())), file)
    return Study.open(folder)


def test_tables_are_compared_whatever_their_order(tmp_path: Path) -> None:
    ours = study(tmp_path / "ours")
    rows, unlike = differences(ours, changed(ours, tmp_path / "same", 0.0))
    assert rows["actions"] == 5
    assert unlike == []
    assert differences(ours, changed(ours, tmp_path / "near", 1e-13))[1] == []
    assert differences(ours, changed(ours, tmp_path / "other", 1e-6))[1] == ["actions"]


def test_processor_time_counts_processes_below() -> None:
    before = processor()
    code = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as child:
        end = time.monotonic() + 60
        while processor() - before < 0.3 and time.monotonic() < end:
            time.sleep(0.05)
        running = processor() - before
        child.communicate(b"\n")
    assert running >= 0.3
    assert processor() - before >= 0.3


def test_figures_become_tables_and_ratios() -> None:
    verb = {"cpu": 2.0, "wall": 4.0}
    spark = {"cpu": 10.0, "wall": 20.0, "tasks": 7, "shuffled": 1_500_000, "records": 1000}
    about = {"tasks": 4.0, "sum": 8.0, "median": 1.0, "largest": 5.0, "ratio": 2.5, "records": 12}
    steps = {"duckdb": {"read": verb}, "spark": {"read": spark}}
    found = {"posts": 100, "steps": steps, "tasks": {"by account": about, "by object": about | {"largest": 20.0}}}
    assert list(table_of_steps(steps))[2] == "| read | 2.0 s | 10.0 s | 4.0 s | 20.0 s | 7 | 1.5 MB, 1,000 rows |"
    assert list(table_of_tasks(found["tasks"]))[2] == "| by account | 4 | 5.00 s | 1.00 s | 2.5 | 8.0 s | 12 |"
    assert [row["values"] for row in _measured(found)] == [[4.0], [pytest.approx(5.0)]]
