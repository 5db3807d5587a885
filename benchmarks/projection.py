"""Shares to pairs, side by side: graphnet, the SQL slot join, coordination-network-toolkit, CooRTweet.

All get the same generated shares (`benchmarks/worlds.py`) and look for pairs of accounts that shared the same object
within a minute at least three times. Each runs in a process of its own, the contestants of one size in turn, round
after round; the ratio is taken round by round and its median printed, since a ratio of neighbours in time survives a
busy machine and a number of seconds does not. Memory is the peak of the largest process.

    python benchmarks/projection.py                         # 100k, 1M, 5M shares; what is not installed is left out
    python benchmarks/projection.py --sizes 30000000 --only graphnet-csv --rounds 1
    python benchmarks/projection.py --toolkit other-venv/bin/python
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
WINDOW, LEAST = 60, 3
SIZES = (100_000, 1_000_000, 5_000_000)


# The contestants: each is given a folder with the inputs, and says how many pairs it found ---------------------------


def _engine(folder: Path) -> Any:
    """DuckDB with a limit that leaves room for the rest of the process: within 1.5 GB at 5M shares, 8 GB at 30M."""
    from graphnet.engines import DuckDB  # noqa: PLC0415

    return DuckDB(memory="1GB" if (folder / "shares.csv").stat().st_size < 10**9 else "4GB")


def graphnet_csv(folder: Path) -> int:
    """CSV to pairs: read the file into a study, project."""
    import graphnet as gn  # noqa: PLC0415

    study = gn.read(folder / "shares.csv", folder / "study-csv", kind="retweet", engine=_engine(folder))
    return _project(study)


def graphnet_tables(folder: Path) -> int:
    """Tables to pairs: project a study that was read before."""
    import graphnet as gn  # noqa: PLC0415

    return _project(gn.Study.open(folder / "study", _engine(folder)))


def _project(study: Any) -> int:
    import graphnet as gn  # noqa: PLC0415

    kind = next(iter(study.last("read")["summary"]["actions"]))
    layer = {"retweet": gn.layers.CoRetweet, "share": gn.layers.CoShare}[kind]
    made = gn.project(study, layer(window=WINDOW, min_shared=LEAST))
    return int(made["layers"][layer.name]["pairs"])


SLOT_JOIN = f"""
copy (
    with s as (select account, object, time, time // {WINDOW} as slot from shares)
    select a.account as source, b.account as target, count(distinct a.object) as shared,
        min(abs(a.time - b.time)) as quickest
    from s a join (
        select account, object, time, slot + 1 as slot from s
        union all select account, object, time, slot from s
        union all select account, object, time, slot - 1 from s
    ) b on a.object = b.object and a.slot = b.slot and a.account < b.account and abs(a.time - b.time) <= {WINDOW}
    group by all having count(distinct a.object) >= {LEAST} order by source, target
) to '{{out}}' (format parquet)"""


def slot_join(folder: Path) -> int:
    """Tables to pairs in SQL: an equality join on slots as wide as the window, then the exact gap."""
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as connection:
        connection.execute(f"create view shares as from '{next((folder / 'study').glob('actions.*.parquet'))}'")
        out = folder / "slot-join.parquet"
        return int(connection.execute(SLOT_JOIN.format(out=out)).fetchone()[0])


def toolkit(folder: Path) -> int:
    """CSV to pairs with coordination-network-toolkit (it counts posts, in both directions)."""
    from coordination_network_toolkit.compute_networks import compute_co_retweet_parallel  # noqa: PLC0415
    from coordination_network_toolkit.preprocess import preprocess_csv_files  # noqa: PLC0415

    database = str(folder / "toolkit.db")
    preprocess_csv_files(database, [str(folder / "toolkit.csv")])
    compute_co_retweet_parallel(database, WINDOW, min_edge_weight=LEAST, n_threads=os.cpu_count() or 1)
    with sqlite3.connect(database) as connection:
        sql = "select count(*) from co_retweet_network where user_1 <> user_2"
        return int(connection.execute(sql).fetchone()[0])


def coortweet(folder: Path) -> int:
    """CSV to pairs with CooRTweet in R (it counts rows, of accounts with two shares and more)."""
    script = (
        "suppressMessages(library(CooRTweet)); a <- commandArgs(TRUE);"
        "x <- data.table::fread(a[1], colClasses = list(character = c(1, 2, 4)));"
        f"r <- detect_groups(x, time_window = {WINDOW}, min_participation = 2);"
        "cat(nrow(unique(r[, .(pmin(account_id, account_id_y), pmax(account_id, account_id_y))])))"
    )
    done = subprocess.run(
        ["Rscript", "-e", script, str(folder / "shares.csv")], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1])


@dataclass(frozen=True)
class Contestant:
    """One way to do it: what is run, from what, against whom, and up to how many shares it can be waited for."""

    title: str
    run: Callable[[Path], int]
    against: str
    most: int = 10**9


CONTESTANTS = {
    "graphnet-csv": Contestant("graphnet, CSV to pairs", graphnet_csv, "graphnet-csv"),
    "toolkit": Contestant("coordination-network-toolkit, CSV to pairs", toolkit, "graphnet-csv", 1_000_000),
    "coortweet": Contestant("CooRTweet, CSV to pairs", coortweet, "graphnet-csv", 100_000),
    "graphnet-tables": Contestant("graphnet, tables to pairs", graphnet_tables, "graphnet-tables"),
    "slot-join": Contestant("SQL slot join, tables to pairs", slot_join, "graphnet-tables", 5_000_000),
}


# Running them --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One run: wall-clock seconds, peak memory of the largest process in MiB, pairs found."""

    seconds: float
    mebibytes: float
    pairs: int


def present(name: str, python: str) -> bool:
    """Whether a contestant is installed."""
    tests = {
        "coortweet": ["Rscript", "-e", "library(CooRTweet)"],
        "toolkit": [python, "-c", "import coordination_network_toolkit"],
    }
    if name not in tests:
        return True
    program = shutil.which(tests[name][0])
    return program is not None and subprocess.run(tests[name], capture_output=True, check=False).returncode == 0


def prepare(folder: Path, size: int) -> None:
    """Write the inputs: the shares as CSV, the same in the toolkit's columns, and a study that was read.

    Projecting that study once also lets numba compile what it has not compiled yet on this machine.
    """
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415
    from worlds import shares  # noqa: PLC0415

    import graphnet as gn  # noqa: PLC0415

    made = shares(size)
    csv.write_csv(made, folder / "shares.csv")
    blank = pa.array([""] * size)
    columns = {
        "message_id": made["content_id"], "user_id": made["account_id"], "username": made["account_id"],
        "repost_id": made["object_id"], "reply_id": blank, "message": blank,
        "timestamp": made["timestamp_share"], "urls": blank,
    }  # fmt: skip
    if size <= CONTESTANTS["toolkit"].most:
        csv.write_csv(pa.table(columns), folder / "toolkit.csv")
    del made, columns
    _project(gn.read(folder / "shares.csv", folder / "study", kind="retweet", engine=_engine(folder)))


def measure(name: str, folder: Path, python: str) -> Run:
    """Run one contestant in a process of its own."""
    for left in ("toolkit.db", "study-csv"):
        path = folder / left
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    command = [python if name == "toolkit" else sys.executable, str(Path(__file__)), "--run", name, str(folder)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{name} failed")
    return Run(seconds, usage.ru_maxrss / 1024, json.loads(said.splitlines()[-1])["pairs"])


def rounds_of(size: int, names: list[str], rounds: int, python: str) -> dict[str, list[Run]]:
    """The runs of each contestant that can be waited for at this number of shares, round after round."""
    names = [n for n in names if size <= CONTESTANTS[n].most]
    with tempfile.TemporaryDirectory(prefix="graphnet-bench-") as where:
        # in a process of its own: a child's peak memory, as the system counts it, starts with its parent's
        subprocess.run([sys.executable, __file__, "--prepare", str(size), where], check=True)
        done: dict[str, list[Run]] = {name: [] for name in names}
        for number in range(rounds):
            for name in names:
                done[name].append(measure(name, Path(where), python))
                print(f"{size:,} round {number + 1}: {name} {done[name][-1]}", file=sys.stderr)
    return done


def compare(size: int, names: list[str], rounds: int, python: str) -> list[list[str]]:
    """Rows of the table for one number of shares."""
    done = rounds_of(size, names, rounds, python)
    return [_row(size, name, done) for name in done]


def _row(size: int, name: str, done: dict[str, list[Run]]) -> list[str]:
    contestant, runs = CONTESTANTS[name], done[name]
    base = done.get(contestant.against, [])
    ratio = f"{median(r.seconds / b.seconds for r, b in zip(runs, base, strict=True)):.1f}" if base else "-"
    seconds, mebibytes = median(r.seconds for r in runs), max(r.mebibytes for r in runs)
    return [f"{size:,}", contestant.title, f"{seconds:.1f}", ratio, f"{mebibytes:,.0f}", f"{runs[0].pairs:,}"]


HEAD = ["shares", "what", "seconds (median)", "times graphnet's", "peak memory, MiB", "pairs"]


def table(rows: list[list[str]]) -> str:
    """The rows as a Markdown table."""
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of shares")
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--toolkit", default=sys.executable, help="python that has coordination-network-toolkit")
    parser.add_argument("--prepare", nargs=2, metavar=("SIZE", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--run", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.prepare:
        prepare(Path(given.prepare[1]), int(given.prepare[0]))
        return
    if given.run:
        print(json.dumps({"pairs": CONTESTANTS[given.run[0]].run(Path(given.run[1]))}))
        return
    names = [name for name in given.only if present(name, given.toolkit)]
    for name in sorted(set(given.only) - set(names)):
        print(f"not installed, left out: {name}", file=sys.stderr)
    print(table([row for size in given.sizes for row in compare(size, names, given.rounds, given.toolkit)]))


if __name__ == "__main__":
    main()
