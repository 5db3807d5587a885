"""All that is kept from run to run: ratios to other tools and to other ways, growth exponents, peak memory.

Each part is a benchmark of its own in this folder, run in processes of its own, its contestants in turn; what is not
installed is left out and said. Takes about a quarter of an hour on two cores.

    python benchmarks/suite.py                     # all; adds a line to history.jsonl, renews docs/benchmarks.md
    python benchmarks/suite.py --only texts --dry  # some of it, and nothing is kept
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import log
from pathlib import Path

import projection
import record
import scale
import text
from record import Measured

HERE = Path(__file__).resolve().parent
ROUNDS = 3
SHARES = 1_000_000
TEXTS = 50_000
POSTS = (500_000, 2_000_000)


def pairs() -> Iterator[Measured]:
    """From shares to pairs: beside coordination-network-toolkit, CooRTweet and the best SQL; peak memory."""
    names = [name for name in projection.CONTESTANTS if projection.present(name, sys.executable)]
    for name in sorted(set(projection.CONTESTANTS) - set(names)):
        print(f"not installed, left out: {name}", file=sys.stderr)
    for size in (SHARES // 10, SHARES):
        done = projection.rounds_of(size, names, ROUNDS, sys.executable)
        for name, runs in done.items():
            about = projection.CONTESTANTS[name]
            base = done[about.against]
            if name != about.against:
                ratios = tuple(r.seconds / b.seconds for r, b in zip(runs, base, strict=True))
                yield Measured(f"{size:,} shares: {about.title} / graphnet", ratios, "times", "more")
            elif size == SHARES:
                gb = tuple(run.mebibytes / 1024 for run in runs)
                yield Measured(f"{size:,} shares: {about.title}, peak memory", gb, "GB", "less")


def texts() -> Iterator[Measured]:
    """Near-identical texts: beside datasketch and rensa (CPU on one core), and growth."""
    names = ["graphnet", *(n for n in ("rensa", "datasketch") if importlib.util.find_spec(n))]
    with tempfile.TemporaryDirectory() as name:
        folder = text.store(text.generated(TEXTS), Path(name))
        rounds = [{n: text.run(n, folder)["cpu"] for n in names} for _ in range(ROUNDS)]
    for other in names[1:]:
        ratios = tuple(r[other] / r["graphnet"] for r in rounds)
        yield Measured(f"{TEXTS:,} texts to pairs: {other} / graphnet", ratios, "times", "more")
    took = []
    for size in (TEXTS, 4 * TEXTS):
        with tempfile.TemporaryDirectory() as name:
            folder = text.store(text.generated(size), Path(name))
            took.append(min(text.run("graphnet", folder)["cpu"] for _ in range(2)))
    (exponent,) = (log(b / a) / log(4) for a, b in pairwise(took))
    yield Measured(f"{TEXTS:,} to {4 * TEXTS:,} texts: growth of CPU", (exponent,), "exponent", "less")


def growth() -> Iterator[Measured]:
    """Files to report at two sizes: how the processor time of each step grows, and the most memory any needs."""
    with tempfile.TemporaryDirectory() as name:
        figures = {str(n): dict(scale.measure(n, scale.STEPS, Path(name))) for n in POSTS}
    small, large = (f"{n:,}" for n in POSTS)
    for step, found in scale.exponents(figures).items():
        yield Measured(f"{small} to {large} posts, {step}: growth of CPU", (found["cpu"],), "exponent", "less")
    gb = max(step["peak_mb"] for step in figures[str(POSTS[1])].values()) / 1024
    yield Measured(f"{large} posts, files to report: peak memory", (gb,), "GB", "less")


def told(script: str, *options: str) -> Callable[[], Iterator[Measured]]:
    """A part that another script measures; its last line says what came out, as JSON in the shape of `Measured`."""

    def part() -> Iterator[Measured]:
        command = [sys.executable, str(HERE / script), *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(f"failed, left out: {script} {' '.join(options)}", file=sys.stderr)
            return
        for row in json.loads(done.stdout.splitlines()[-1])["measured"]:
            yield Measured(row["name"], tuple(row["values"]), row["unit"], row["better"])

    return part


PARTS: dict[str, Callable[[], Iterator[Measured]]] = {
    "pairs": pairs,
    "texts": texts,
    "growth": growth,
    "append": told("append.py", "--json"),
    "spark": told("spark.py", "--json"),
}


def main() -> None:
    """Measure, compare with the last run, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--dry", action="store_true", help="print only, keep nothing")
    given = parser.parse_args()
    found = []
    for name in given.only:
        for measured in PARTS[name]():
            print(f"{measured.name}: {measured.median:.3g} {measured.unit}", file=sys.stderr, flush=True)
            found.append(measured)
    run, before = record.now(datetime.datetime.now(datetime.UTC).date().isoformat(), found), record.last()
    print(record.page([*([before] if before else []), run]))
    for sentence in record.compared(before, run) if before else ():
        print(sentence)
    if not given.dry:
        record.stored(run)
        record.main()


if __name__ == "__main__":
    main()
