"""What Spark costs beside DuckDB on one machine, and how even its tasks are when one post has gone viral.

Steps: files of a generated world of posts (`posts_world`) are read, matched, projected and validated on both engines,
each in a process of its own; afterwards every table is compared, row by row. Tasks: 40 % of all shares are of one
object (`skew`); the pieces of work of `project` are run as Spark's tasks, dealt by account as graphnet does and by
object as a plain group by object would.

Processor time is that of the process with Java and the Python workers (``/proc``, so Linux only). What tasks took and
what was shuffled is read from Spark's event log, which Spark writes itself.

    python benchmarks/spark.py                                   # both parts: 100,000 posts, 500,000 shares
    python benchmarks/spark.py --posts 1000000 --only steps
    python benchmarks/spark.py --json                            # last line: the figures for `suite.py`
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import graphnet as gn  # noqa: E402
from graphnet import _spread  # noqa: E402
from graphnet.engines import Engine, MapFunction  # noqa: E402
from graphnet.engines.duckdb import DuckDB  # noqa: E402
from graphnet.engines.spark import Spark  # noqa: E402
from graphnet.schema import Table  # noqa: E402

__all__ = ["Tasks", "differences", "processor", "tasks_of"]

ENGINES = ("duckdb", "spark")
MEMORY = "1GB"
THREADS = 2
CHILD = "from benchmarks.spark import contestant; contestant()"
TICKS = os.sysconf("SC_CLK_TCK")

Figures = dict[str, Any]


# What Spark says -----------------------------------------------------------------------------------------------------


@dataclass
class Tasks:
    """Tasks of Spark.

    Attributes:
        seconds: How long each took, by stage.
        cpu: Seconds of Java's processor, without Python workers.
        shuffled: Bytes written for a shuffle.
        records: Rows written for a shuffle.
        spilled: Bytes that did not fit memory.
    """

    seconds: dict[int, list[float]] = field(default_factory=dict)
    cpu: float = 0.0
    shuffled: int = 0
    records: int = 0
    spilled: int = 0

    def add(self, event: Mapping[str, Any]) -> None:
        """Count one event ``SparkListenerTaskEnd``."""
        told = event.get("Task Metrics") or {}
        wrote = told.get("Shuffle Write Metrics", {})
        self.seconds.setdefault(event["Stage ID"], []).append(told.get("Executor Run Time", 0) / 1e3)
        self.cpu += (told.get("Executor CPU Time", 0) + told.get("Executor Deserialize CPU Time", 0)) / 1e9
        self.shuffled += wrote.get("Shuffle Bytes Written", 0)
        self.records += wrote.get("Shuffle Records Written", 0)
        self.spilled += told.get("Disk Bytes Spilled", 0)

    def slowest(self) -> list[float]:
        """Seconds of the tasks of the stage that took most in all."""
        return max(self.seconds.values(), key=sum, default=[])


def tasks_of(lines: Iterable[str]) -> dict[str, Tasks]:
    """The tasks of an event log, by the group of jobs (`SparkContext.setJobGroup`) that they were run for.

    Example:
        >>> start = {"Event": "SparkListenerJobStart", "Stage IDs": [3], "Properties": {"spark.jobGroup.id": "read"}}
        >>> end = {"Event": "SparkListenerTaskEnd", "Stage ID": 3, "Task Metrics": {"Executor Run Time": 1500}}
        >>> tasks_of(map(json.dumps, (start, end)))["read"].seconds
        {3: [1.5]}
    """
    found: dict[str, Tasks] = {}
    group_of: dict[int, str] = {}
    for line in lines:
        event = json.loads(line)
        if event["Event"] == "SparkListenerJobStart":
            group = event.get("Properties", {}).get("spark.jobGroup.id", "")
            group_of |= dict.fromkeys(event["Stage IDs"], group)
        elif event["Event"] == "SparkListenerTaskEnd":
            found.setdefault(group_of.get(event["Stage ID"], ""), Tasks()).add(event)
    return found


def _logging(folder: Path) -> None:
    """Have the Java that is started next write its event log there."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"enabled": "true", "dir": f"file://{folder}", "compress": "false", "rolling.enabled": "false"}
    os.environ["JDK_JAVA_OPTIONS"] = " ".join(f"-Dspark.eventLog.{name}={value}" for name, value in said.items())


def _log(folder: Path) -> dict[str, Tasks]:
    (file,) = (path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")
    with file.open(encoding="utf-8") as lines:
        return tasks_of(lines)


def _group(engine: Engine, name: str) -> None:
    if isinstance(engine, Spark):
        engine._session.sparkContext.setJobGroup(name, name)


# Steps ---------------------------------------------------------------------------------------------------------------


def _verbs(files: list[str], into: str, engine: Engine) -> dict[str, Callable[[Any], Any]]:
    """Each verb as a function of the study that is there by then."""
    return {
        "read": lambda _: gn.read(files, into, engine=engine),
        "match": gn.match,
        "project": lambda study: gn.project(study, gn.layers.CoRetweet(window=60), gn.layers.NearText(min_shared=1)),
        "validate": lambda study: gn.validate(
            study, gn.nulls.Popularity(), gn.nulls.Diffusion(), layers=["co_retweet"]
        ),
    }


def contestant() -> None:
    """Run the steps on one engine; prints what each took."""
    name, into, log, *files = sys.argv[1:]
    if name == "spark":
        _logging(Path(log))
    engine = {"duckdb": DuckDB, "spark": Spark}[name](memory=MEMORY, threads=THREADS)
    study, about = None, {}
    for verb, step in _verbs(files, into, engine).items():
        _group(engine, verb)
        wall, cpu = time.perf_counter(), processor()
        made = step(study)
        study = made if verb == "read" else study
        about[verb] = {"wall": time.perf_counter() - wall, "cpu": processor() - cpu}
    engine.close()
    print(json.dumps(about))


def processor(pid: int | None = None) -> float:
    """Seconds of processor that a process and all below it have used, with those that have ended."""
    pid = pid or os.getpid()
    try:
        # after the name, which stands in brackets and may have anything in it
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        below = [int(p) for t in Path(f"/proc/{pid}/task").iterdir() for p in (t / "children").read_text().split()]
    except OSError:  # it has just ended
        return 0.0
    return sum(map(int, told[11:15])) / TICKS + sum(map(processor, below))


def steps(posts: int, folder: Path) -> Figures:
    """Run the steps on both engines, and compare what they wrote."""
    from benchmarks.posts_world import write  # noqa: PLC0415

    files = [str(path) for path in write(folder / "files", posts)]
    found: Figures = {}
    for name in ENGINES:
        command = [sys.executable, "-c", CHILD, name, str(folder / name), str(folder / "log"), *files]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        found[name] = json.loads(done.stdout.splitlines()[-1])
    for verb, tasks in _log(folder / "log").items():
        if verb in found["spark"]:
            counts = {n: getattr(tasks, n) for n in ("shuffled", "records", "spilled")}
            found["spark"][verb] |= counts | {"tasks": sum(map(len, tasks.seconds.values())), "java": tasks.cpu}
    found["rows"], found["unlike"] = differences(*(gn.Study.open(folder / name) for name in ENGINES))
    return found


def differences(ours: gn.Study, theirs: gn.Study) -> tuple[dict[str, int], list[str]]:
    """How many rows each table of a study has, and which tables of another study are not the same.

    Real numbers may differ by 1e-9 of their value: sums are added up in another order.
    """
    tables = sorted({*ours.manifest["tables"], *theirs.manifest["tables"]})
    rows = {table: int(ours.rows(f"select count(*) as n from {table}")["n"][0].as_py()) for table in tables}
    return rows, [table for table in tables if not _same(ours, theirs, table)]


def _same(ours: gn.Study, theirs: gn.Study, table: str) -> bool:
    columns = ours.rows(f"select * from {table} limit 0").schema
    # by all columns but the real numbers
    by = ", ".join(f'"{c.name}"' for c in columns if not pa.types.is_floating(c.type))
    one, other = (study.rows(f"select * from {table} order by {by}") for study in (ours, theirs))
    if one.num_rows != other.num_rows or one.column_names != other.column_names:
        return False
    return all(_equal(one[name], other[name]) for name in one.column_names)


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    if not pa.types.is_floating(one.type):
        return bool(one.equals(other))
    return bool(np.allclose(one.to_numpy(), other.to_numpy(), rtol=1e-9, atol=1e-12, equal_nan=True))


# Tasks ---------------------------------------------------------------------------------------------------------------


class Dealing(Spark):
    """Spark that runs the pieces of `project` once more, dealt by object."""

    def map(self, sql: str, function: MapFunction, path: Any, table: Table, by: str | None = None) -> int:
        """As Spark's own, after the pieces by object."""
        if by == "bucket":
            buckets = f"select count(*) as n from (select distinct bucket from ({sql}) r) d"
            n = self.rows(buckets)["n"][0].as_py()
            print(f"{n} buckets", file=sys.stderr, flush=True)
            plain = f"select account, object, time, post, object % {n} as bucket, true as ours from spread_near"
            # the first time, workers start and load what is compiled
            for name, query in (("warming up", plain), ("by object", plain), ("by account", sql)):
                _group(self, name)
                super().map(query, function, path, table, by)
            _group(self, "")
        return super().map(sql, function, path, table, by)


def viral(shares: int, partitions: int, bucket: float, folder: Path) -> Figures:
    """How long the tasks of `project` take, by account and by object, where 40 % of the shares are of one object."""
    from benchmarks import skew  # noqa: PLC0415

    _spread.BUCKET = bucket
    study = gn.read(skew.shares(shares), into=folder / "skewed", kind="retweet")
    _logging(folder / "log")
    engine = Dealing(memory=MEMORY, threads=THREADS)
    engine._session.conf.set("spark.sql.shuffle.partitions", str(partitions))
    engine._session.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "false")
    gn.project(gn.Study.open(study.path, engine), gn.layers.CoRetweet(window=60, min_shared=3))
    engine.close()
    log = _log(folder / "log")
    return {name: _figures(log[name]) for name in ("by account", "by object")}


def _figures(tasks: Tasks) -> Figures:
    seconds = np.array(tasks.slowest())
    about = {"tasks": len(seconds), "sum": seconds.sum(), "mean": seconds.mean(), "median": np.median(seconds)}
    about |= {"largest": seconds.max(), "ratio": seconds.max() / seconds.mean()}
    return {k: float(v) for k, v in about.items()} | {"shuffled": tasks.shuffled, "records": tasks.records}


# Said ----------------------------------------------------------------------------------------------------------------


def table_of_steps(found: Figures) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| step | DuckDB CPU | Spark CPU | DuckDB wall | Spark wall | tasks | shuffled |"
    yield "|---|---|---|---|---|---|---|"
    for verb, ours in found["duckdb"].items():
        theirs = found["spark"][verb]
        times = (ours["cpu"], theirs["cpu"], ours["wall"], theirs["wall"])
        cells = [f"{seconds:.1f} s" for seconds in times]
        shuffled = f"{theirs['shuffled'] / 1e6:,.1f} MB, {theirs['records']:,} rows"
        yield f"| {verb} | {' | '.join(cells)} | {theirs['tasks']:,} | {shuffled} |"


def table_of_tasks(found: Figures) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| dealt | tasks | largest | median | largest / mean | all | rows sent |"
    yield "|---|---|---|---|---|---|---|"
    for name, about in found.items():
        cells = [f"{about[n]:.2f} s" for n in ("largest", "median")]
        cells += [f"{about['ratio']:.1f}", f"{about['sum']:.1f} s", f"{about['records']:,}"]
        yield f"| {name} | {about['tasks']:.0f} | {' | '.join(cells)} |"


def _measured(found: Figures) -> Iterator[Figures]:
    if "tasks" in found:
        slowest = [found["tasks"][name]["largest"] for name in ("by object", "by account")]
        title = "Spark, one viral post: slowest task, dealt by object / by account"
        yield {"name": title, "values": [slowest[0] / slowest[1]], "unit": "times", "better": "more"}
    if "steps" in found:
        used = [sum(verb["cpu"] for verb in found["steps"][name].values()) for name in ENGINES]
        title = f"{found['posts']:,} posts, read to validate: processor time of Spark / DuckDB"
        yield {"name": title, "values": [used[1] / used[0]], "unit": "times", "better": "less"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--shares", type=int, default=500_000)
    parser.add_argument("--partitions", type=int, default=16, help="parts of a shuffle, so tasks, of the skewed shares")
    parser.add_argument("--bucket", type=float, default=_spread.BUCKET, help="work of a bucket of accounts")
    parser.add_argument("--only", choices=("steps", "tasks"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found: Figures = {"posts": given.posts, "shares": given.shares}
    for part in ("tasks", "steps"):
        if given.only in (None, part):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                found[part] = (
                    steps(given.posts, folder)
                    if part == "steps"
                    else viral(given.shares, given.partitions, given.bucket, folder)
                )
            print("\n".join({"steps": table_of_steps, "tasks": table_of_tasks}[part](found[part])), flush=True)
    if "steps" in found:
        print(f"rows: {found['steps']['rows']}; unlike: {', '.join(found['steps']['unlike']) or 'none'}")
    if given.json:
        print(json.dumps({"measured": list(_measured(found))} | found))


if __name__ == "__main__":
    main()
