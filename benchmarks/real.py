"""Runs ``graphnet run`` on real public collections and prints what came out, the seconds and the peak memory.

    GRAPHNET_REAL_DATA=… python benchmarks/real.py [--pages FOLDER] [NAME …]

Each collection runs in a process of its own, so that the peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLLECTIONS: dict[str, list[str]] = {
    "coortweet russian": ["coortweet/russian_coord_tweets.csv", "--kind", "retweet"],
    "coortweet german": ["coortweet/german_elections.csv"],
    "gilani ego edges": ["gilani_ego_edges/*.parquet"],
    "io_rna_0621": [
        "io_rna_0621/raw/memgraph/import-data/*_hashed_201[0-9].csv",
        "io_rna_0621/raw/memgraph/import-data/*users*.csv",
    ],
    "academictwitter v2": ["payload_fixtures/academictwitter_v2/**/*_*.json"],
    "twarc network": ["payload_fixtures/twarc_network/**/*.jsonl"],
    "jackattack": ["jackattack/retweets-segments/*.csv"],
    "ira troll tweets": ["ira_troll_tweets/**/*.parquet"],
}


def run(name: str, data: Path, pages: Path) -> dict[str, object]:
    """One collection, start to report, in this process's child; seconds and peak memory are the child's."""
    folder = pages / name.replace(" ", "_")
    folder.mkdir(parents=True, exist_ok=True)
    words = [str(data / w) if "/" in w else w for w in COLLECTIONS[name]]
    command = [sys.executable, "-m", "graphnet", "run", *words, "--json"]
    command += ["--into", str(folder / "study"), "--out", str(folder / "report.html")]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.communicate()
    seconds = time.perf_counter() - start
    if process.returncode:
        return {"name": name, "error": err.strip().splitlines()[-1] if err.strip() else process.returncode}
    steps = {s["verb"]: s for s in json.loads(out)["steps"]}
    return {"name": name, "seconds": round(seconds, 1), "steps": steps, "warnings": err.strip().splitlines()[:5]}


def main() -> None:
    """Run the named collections (all without names), each in a fresh interpreter, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*COLLECTIONS, []])
    parser.add_argument("--pages", type=Path, help="keep studies and pages here")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    data = Path(os.environ["GRAPHNET_REAL_DATA"])
    pages = given.pages or Path(tempfile.mkdtemp(prefix="graphnet-real-"))
    if given.one:
        result = run(given.one, data, pages)
        result["peak_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(json.dumps(result))
        return
    for name in given.names or COLLECTIONS:
        command = [sys.executable, __file__, "--one", name, "--pages", str(pages)]
        said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(line(said), flush=True)


def line(said: dict[str, object]) -> str:
    """One collection in a line or two."""
    if "error" in said:
        return f"{said['name']}: {said['error']}"
    steps = said["steps"]
    assert isinstance(steps, dict)
    read, detect = steps["read"]["summary"], steps["detect"]["summary"]
    sizes = " ".join(f"{verb} {step['seconds']:.1f}" for verb, step in steps.items())
    return (
        f"{said['name']}: {said['seconds']} s ({sizes}), {said['peak_mb']} MB; {read['rows']:,} rows, "
        f"{read['rejected']:,} rejected, {read['accounts']:,} accounts, actions {read['actions']}\n"
        f"    pairs {steps['project']['rows']}\n    communities {detect}"
    )


if __name__ == "__main__":
    main()
