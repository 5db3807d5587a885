"""How time and memory of every step grow with the number of posts: files in, report out.

    python benchmarks/scale.py                                        # 100k to 3M posts, every step
    python benchmarks/scale.py --sizes 30M --steps read,project,validate
    python benchmarks/scale.py --page                                 # the tables of docs/scale.md, from the figures

Each step is the command a user types, in a process of its own, on a study that the steps before it have left. Measured
are wall time, processor time (that of worker processes too), peak memory of all its processes together, and what it
wrote. Figures go to ``benchmarks/scale.json``, one entry a size; a size measured again replaces its steps there. Growth
exponents are slopes of log time and log memory over log posts, from half a million posts on: below, starting Python is
most of it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
STEPS = ("read", "match", "project", "validate", "detect", "confirm", "score", "report")
LIMITED = ("read", "match", "project", "validate", "confirm")
"""Steps whose engine takes a memory limit on the command line."""
OUT = ROOT / "benchmarks" / "scale.json"
PAGE = ROOT / "docs" / "scale.md"
MARKS = ("<!-- figures -->\n", "<!-- end of figures -->\n")
FITTED = 500_000
"""Fewest posts of a size that counts for the exponents."""
EVERY = 0.2
"""Seconds between two looks at the memory."""

CLUSTER = (20, 16, 64)
"""Nodes, cores of each, GB of memory of each, that the cost model reckons with."""
BILLION = 1_000_000_000

Figures = dict[str, Any]


# Running -------------------------------------------------------------------------------------------------------------


def measure(
    n: int, steps: Sequence[str], cache: Path, form: str = "csv", memory: str | None = None
) -> Iterator[tuple[str, Figures]]:
    """Run the steps on a world of ``n`` posts; yields each step's name and figures.

    Raises:
        RuntimeError: A step failed.
    """
    inputs, study = _inputs(n, cache, form), cache / f"study-{form}-{n}"
    for step in steps:
        given = {"read": [*map(str, inputs), "--into", str(study)], "report": [str(study), "--out", f"{study}.html"]}
        limit = ["--memory", memory] if memory and step in LIMITED else []
        yield step, _timed([step, *given.get(step, [str(study)]), *limit], study, step)


def _inputs(n: int, cache: Path, form: str) -> list[Path]:
    folder = cache / f"{form}-{n}"
    done = folder / "done"
    if not done.exists():
        # in a process of its own: what making them needs is not to count for any step
        code = "import sys; from pathlib import Path; from benchmarks.posts_world import write; "
        code += "write(Path(sys.argv[1]), int(sys.argv[2]), form=sys.argv[3])"
        subprocess.run([sys.executable, "-c", code, str(folder), str(n), form], cwd=ROOT, check=True)
        done.touch()
    return sorted(p for p in folder.iterdir() if p != done)


def _timed(arguments: Sequence[str], study: Path, step: str) -> Figures:
    start = time.perf_counter()
    command = [sys.executable, "-m", "graphnet", *arguments, "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT) as process:
        os.set_blocking(process.stderr.fileno(), False)  # type: ignore[union-attr]
        peak, said = 0, b""
        while (done := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, _memory(process.pid))
            said = (said + (process.stderr.read() or b""))[-2000:]  # type: ignore[union-attr]
            time.sleep(EVERY)
        said += process.stderr.read() or b""  # type: ignore[union-attr]
        process.returncode = os.waitstatus_to_exitcode(done[1])
    wall, usage = time.perf_counter() - start, done[2]
    if process.returncode:
        raise RuntimeError(f"graphnet {step} failed on {study}:\n{said.decode(errors='replace')}")
    last = _last(study, step)
    return {
        "wall": round(wall, 2),
        "cpu": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(max(peak, usage.ru_maxrss / 1024)),
        "rows": last.get("rows", {}),
        "seconds_of": last.get("seconds_of", {}),
        "study_mb": round(sum(f.stat().st_size for f in study.glob("*.parquet")) / 1e6, 1),
    }


def _last(study: Path, step: str) -> Figures:
    steps = json.loads((study / "manifest.json").read_text())["steps"]
    return next((dict(s) for s in reversed(steps) if s["verb"] == step), {})


def _memory(pid: int) -> int:
    """MB that a process and its children hold, shared pages counted once."""
    total = 0
    for one in [pid, *_children(pid)]:
        try:
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:  # it has just ended
            continue
        total += int(found[1]) // 1024 if found else 0
    return total


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in below:
            yield child
            yield from _children(child)


# Figures -------------------------------------------------------------------------------------------------------------


def exponents(sizes: Mapping[str, Mapping[str, Figures]]) -> dict[str, dict[str, float]]:
    """For each step the growth exponents of processor time, wall time and memory; steps with two sizes at least.

    Args:
        sizes: Posts (as text) -> step -> figures.
    """
    found = {}
    for step in STEPS:
        points = [(int(n), steps[step]) for n, steps in sizes.items() if int(n) >= FITTED and step in steps]
        if len(points) > 1:
            x = np.log([n for n, _ in points])
            found[step] = {
                what: round(float(np.polyfit(x, np.log([f[what] for _, f in points]), 1)[0]), 2)
                for what in ("cpu", "wall", "peak_mb")
            }
    return found


def machine() -> Figures:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"cores": os.cpu_count(), "memory_gib": round(memory), "python": platform.python_version()}


def number(text: str) -> int:
    """A number such as 30M or 100k.

    Example:
        >>> number("30M"), number("100k"), number("7")
        (30000000, 100000, 7)
    """
    factor = {"k": 1_000, "M": 1_000_000}.get(text[-1:], 1)
    return int(float(text[:-1] if factor > 1 else text) * factor)


def short(n: int) -> str:
    """30000000 -> 30M."""
    return f"{n / 1e6:g}M" if n >= 1_000_000 else f"{n // 1000}k"


def tables(figures: Figures) -> str:
    """The figures as tables of Markdown: seconds (processor seconds), and peak memory."""
    sizes = {n: figures["sizes"][n] for n in sorted(figures["sizes"], key=int)}
    growth = exponents(sizes)
    about = figures["machine"]
    head = f"{about['cores']} cores, {about['memory_gib']} GiB, Python {about['python']}."
    time_ = _table(sizes, lambda f: f"{f['wall']:,.0f} ({f['cpu']:,.0f})", growth, "cpu", total=True)
    memory = _table(sizes, lambda f: f"{f['peak_mb'] / 1000:.1f}", growth, "peak_mb")
    rows = _rows(sizes)
    return (
        f"{head}\n\nSeconds (processor seconds in brackets), and the exponent of processor time:\n\n{time_}\n"
        f"Peak memory in GB, all processes of the step together, and its exponent:\n\n{memory}\nRows:\n\n{rows}"
        f"\nWhat a post more costs, and a billion of them if that goes on:\n\n{model(figures)}"
    )


def _table(
    sizes: Mapping[str, Any], cell: Any, growth: Mapping[str, Mapping[str, float]], what: str, *, total: bool = False
) -> str:
    head = ["step", *map(short, map(int, sizes)), "exponent"]
    body = [
        [s, *(cell(f[s]) if s in f else "" for f in sizes.values()), str(growth.get(s, {}).get(what, ""))]
        for s in STEPS
    ]
    if total:
        body.append(["all", *(cell(_total(f)) if len(f) == len(STEPS) else "" for f in sizes.values()), ""])
    return _markdown([head, *body])


def _total(steps: Mapping[str, Figures]) -> Figures:
    return {what: sum(f[what] for f in steps.values()) for what in ("wall", "cpu")}


def model(figures: Figures) -> str:
    """What a post more costs (between the two largest sizes), times a billion, as a table of Markdown.

    The two columns on the right are no measurement: they assume that costs go on growing as they did, that work divides
    evenly over the cores of `CLUSTER`, and that nothing has to be sent.
    """
    nodes, cores, _ = CLUSTER
    head = [
        "step",
        "processor time a post, µs",
        "memory a post, bytes",
        f"minutes on {nodes * cores} cores",
        "memory, GB",
    ]
    body = []
    for step in STEPS:
        points = sorted((int(n), steps[step]) for n, steps in figures["sizes"].items() if step in steps)[-2:]
        if len(points) == 2:
            (small, less), (large, more) = points
            cpu, memory = ((more[k] - less[k]) / (large - small) for k in ("cpu", "peak_mb"))
            minutes = cpu * BILLION / (nodes * cores) / 60
            body.append(
                [step, f"{cpu * 1e6:.1f}", f"{memory * 1e6:,.0f}", f"{minutes:.1f}", f"{memory * BILLION / 1e3:,.0f}"]
            )
    return _markdown([head, *body])


def _rows(sizes: Mapping[str, Mapping[str, Figures]]) -> str:
    """How many rows the tables have."""
    made = [{k: v for s in STEPS for k, v in steps.get(s, {}).get("rows", {}).items()} for steps in sizes.values()]
    names = ["posts", "actions", "accounts", "objects", "texts"]
    found = [[name, *(f"{rows[name]:,}" if name in rows else "" for rows in made)] for name in names]
    for group in ("pairs", "ties"):
        sums = [sum(v for k, v in rows.items() if k.startswith(group + "/")) for rows in made]
        found.append([group, *(f"{s:,}" if s else "" for s in sums)])
    return _markdown([["table", *map(short, map(int, sizes))], *found])


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" + "|--:" * (len(rows[0]) - 1) + "|", *lines[1:]]) + "\n"


# From the command line -----------------------------------------------------------------------------------------------


def main() -> None:
    """Measure, print, and keep the figures; or write the page."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--sizes", default="100k,1M,3M", help="posts, such as 100k,1M,30M")
    parse.add_argument("--steps", default=",".join(STEPS), help="steps; those left out must have been run before")
    parse.add_argument("--cache", type=Path, default=Path("scale-cache"), help="folder for generated files and studies")
    parse.add_argument("--out", type=Path, default=OUT, help="file of the figures")
    parse.add_argument("--form", choices=("csv", "jsonl"), default="csv", help="format of the posts")
    parse.add_argument("--memory", help="limit of the engine, such as 8GB; Python's own memory is not in it")
    parse.add_argument("--page", action="store_true", help="write the tables of docs/scale.md and measure nothing")
    given = parse.parse_args()
    figures: Figures = json.loads(given.out.read_text()) if given.out.exists() else {"sizes": {}}
    if not given.page:
        for n in map(number, given.sizes.split(",")):
            _measured(n, given, figures)
        print(json.dumps(exponents(figures["sizes"]), indent=1))
    else:
        page(figures)


def _measured(n: int, given: argparse.Namespace, figures: Figures) -> None:
    for step, found in measure(n, given.steps.split(","), given.cache.resolve(), given.form, given.memory):
        print(f"{short(n):>5} {step:9} {found['wall']:8.1f} s {found['cpu']:8.1f} s cpu {found['peak_mb']:7,} MB")
        sys.stdout.flush()
        figures["machine"] = machine()
        figures["sizes"].setdefault(str(n), {})[step] = found
        given.out.write_text(json.dumps(figures, indent=1) + "\n")


def page(figures: Figures) -> None:
    """Put the tables between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(MARKS[0])[0], text.partition(MARKS[1])[2]
    PAGE.write_text(before + MARKS[0] + "\n" + tables(figures) + "\n" + MARKS[1] + after, encoding="utf-8")


if __name__ == "__main__":
    main()
