"""One viral post on a spread engine: how long the buckets of `project` take, and how long they would take by object.

Makes shares of which 40 % are of one object, most of them within a few hours, and projects them (co_retweet, 60 s). The
pieces of work are timed inside the function that Spark's workers run. By object, the same shares are dealt to as many
buckets by their object, which is what a plain group by object does; that timing leaves out that such counts are partial
and would have to be written, sorted and added up, so it flatters.

Run: ``python benchmarks/skew.py [--shares 2000000] [--engine spark|duckdb] [--threads 2]``
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

import graphnet as gn
from graphnet import _spread
from graphnet.engines import MapFunction
from graphnet.engines.duckdb import DuckDB
from graphnet.engines.spark import Spark
from graphnet.schema import Column, Table
from graphnet.study import Study

DAY = 86_400
CLOCKED = Table(
    "clocked",
    (
        Column("bucket", pa.int64(), ""),
        Column("rows", pa.int64(), ""),
        Column("visited", pa.int64(), ""),
        Column("seconds", pa.float64(), "", "s"),
    ),
)


@dataclass(frozen=True)
class Clocked:
    """Times the function bucket by bucket, and tells that instead of what it found."""

    function: MapFunction

    def __call__(self, rows: pa.Table) -> pa.Table:
        """One row a bucket."""
        self.function(rows.slice(0, 0))  # what is compiled is loaded now, not while the clock runs
        pieces = ((b, rows.filter(pc.equal(rows["bucket"], b))) for b in pc.unique(rows["bucket"]).to_pylist())
        return pa.Table.from_pylist([self._told(*piece) for piece in pieces], CLOCKED.arrow)

    def _told(self, bucket: int, rows: pa.Table) -> dict[str, Any]:
        start = time.perf_counter()
        found = self.function(rows)
        seconds = time.perf_counter() - start
        visited = pc.sum(found.filter(found["target"].is_null())["shared"]).as_py()
        return {"bucket": bucket, "rows": rows.num_rows, "visited": visited, "seconds": seconds}


class Watching:
    """Has an engine run each `map` in buckets with a clock first, by account and by object."""

    clocks: ClassVar[dict[str, pa.Table]] = {}
    folder: ClassVar[Path]

    def map(self, sql: str, function: MapFunction, path: Any, table: Table, by: str | None = None) -> int:
        """As the engine's own, after the timings."""
        engine: Any = super()
        if by == "bucket":
            buckets = f"select count(*) as n from (select distinct bucket from ({sql}) r) d"
            n = engine.rows(buckets)["n"][0].as_py()
            plain = f"select account, object, time, post, object % {n} as bucket, true as ours from spread_near"
            for name, query in (("by account", sql), ("by object", plain)):
                told = self.folder / f"{name}.parquet"
                engine.map(query, Clocked(function), told, CLOCKED, by)
                self.clocks[name] = ds.dataset(told).to_table()
        return int(engine.map(sql, function, path, table, by))


class WatchedSpark(Watching, Spark):
    """Spark with a clock."""


class WatchedDuckDB(Watching, DuckDB):
    """DuckDB with a clock, taken for an engine that is spread."""

    spread: ClassVar[bool] = True


def shares(n: int, seed: int = 1) -> pd.DataFrame:
    """``n`` retweets by ``n / 10`` accounts in 30 days; 40 % are of one post, half of them within six hours."""
    random = np.random.default_rng(seed)
    viral = n * 2 // 5
    thing = np.concatenate((np.zeros(viral, np.int64), random.integers(1, n // 6, n - viral)))
    time_ = random.integers(0, 30 * DAY, n)
    time_[:viral] = 10 * DAY + random.integers(0, 2 * DAY, viral)
    time_[: viral // 2] = 10 * DAY + random.integers(0, DAY // 4, viral // 2)
    planted = n // 50
    # a fiftieth is of groups of 20 who share the same things within a minute
    group = np.arange(planted) // 20
    thing[-planted:] = group % (n // 6) + 1
    time_[-planted:] = group * 60 % (30 * DAY) + random.integers(0, 60, planted)
    account = random.integers(0, n // 10, n)
    account[-planted:] = group % 50 * 20 + np.arange(planted) % 20
    return pd.DataFrame({"source": account, "object": thing, "time": 1_700_000_000 + time_})


def run(n: int, engine: str, threads: int) -> None:
    """Project on one process and on the engine; print the pairs of both and the clocks."""
    with tempfile.TemporaryDirectory() as folder:
        Watching.folder = Path(folder)
        study = gn.read(shares(n), into=Path(folder) / "study", kind="retweet")
        layer = gn.layers.CoRetweet(window=60, min_shared=3)
        told = gn.project(study, layer)["layers"]["co_retweet"]
        expected = study.rows("select * from pairs order by source, target")
        print(f"one process: {told['pairs']:,} pairs, {told['visited']:,} neighbours, {told['seconds']} s")
        made = WatchedSpark(threads=threads, memory="1GB") if engine == "spark" else WatchedDuckDB(threads=threads)
        spread = Study.open(study.path, made)
        told = gn.project(spread, layer)["layers"]["co_retweet"]
        same = spread.rows("select * from pairs order by source, target").equals(expected)
        print(f"{engine}: {told['pairs']:,} pairs ({'the same' if same else 'NOT THE SAME'})")
        for name, clock in Watching.clocks.items():
            print(f"{name}: {clock.num_rows} buckets, " + ", ".join(_spoken(clock, c) for c in CLOCKED.names[1:]))


def _spoken(clock: pa.Table, column: str) -> str:
    values = clock[column].to_numpy()
    return f"{column} {values.sum():,.2f} (largest {values.max():,.2f}, {values.max() / values.mean():.1f} x the mean)"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shares", type=int, default=2_000_000)
    parser.add_argument("--engine", choices=("spark", "duckdb"), default="spark")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bucket", type=float, default=_spread.BUCKET, help="work of a bucket")
    given = parser.parse_args()
    _spread.BUCKET = given.bucket
    run(given.shares, given.engine, given.threads)


if __name__ == "__main__":
    main()
