"""What benchmarks measured, kept from run to run: one line of JSON a run, the next run compared with the last.

A second on one machine is no second on another, nor on the same one an hour later. So what is kept are ratios of two
things that ran in turn in one run (a value a round), growth exponents, and memory; and with them the machine, the
versions and the state of the code.

    python benchmarks/record.py          # the table of docs/benchmarks.md anew, from the lines that are there

Example:
    >>> old = Run("2026-01-01", "abc", {}, {}, (Measured("pairs / SQL", (3.0, 3.2), "times", "more"),))
    >>> new = Run("2026-02-01", "def", {}, {}, (Measured("pairs / SQL", (2.0, 2.1), "times", "more"),))
    >>> compared(old, new)
    ['worse: pairs / SQL: 2.05 times, was 3.1']
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

__all__ = ["HISTORY", "Measured", "Run", "compared", "last", "machine", "now", "page", "stored"]

HERE = Path(__file__).resolve().parent
HISTORY = HERE / "history.jsonl"
PAGE = HERE.parent / "docs" / "benchmarks.md"
START, END = "<!-- made by benchmarks/record.py: start -->", "<!-- end -->"
SLACK = 0.2
"""A change of the median by less than this is no news: the same run twice on a shared machine differs as much."""
SHOWN = 4
"""Runs in the table of the docs."""
LIBRARIES = (
    "duckdb", "numba", "numpy", "pyarrow", "pyspark", "igraph", "scipy", "rapidfuzz", "pyvis",
    "coordination-network-toolkit", "datasketch", "rensa",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One thing that was measured.

    Attributes:
        name: What it is, such as ``1M shares, CSV to pairs: coordination-network-toolkit / graphnet``.
        values: One value a round.
        unit: ``times``, ``GB``, ``exponent``.
        better: Whether ``more`` or ``less`` is better.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    better: Literal["more", "less"]

    @property
    def median(self) -> float:
        """The middle value."""
        return median(self.values)


@dataclass(frozen=True)
class Run:
    """One run of the suite: when, on what state of the code, where, with what, and what came out."""

    when: str
    commit: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    measured: tuple[Measured, ...]

    @classmethod
    def parsed(cls, line: str) -> Run:
        """From a line of the history."""
        row = json.loads(line)
        found = tuple(Measured(m["name"], tuple(m["values"]), m["unit"], m["better"]) for m in row.pop("measured"))
        return cls(**row, measured=found)


def machine() -> dict[str, Any]:
    """What the machine is, as far as it bears on the figures; nothing that names it."""
    about = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(":")[2].strip() for line in about.splitlines() if line.startswith("model name")), "")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    system = f"{platform.system()} {platform.machine()}"
    return {"system": system, "processor": model, "cores": os.cpu_count(), "memory_gb": round(pages / 2**30, 1)}


def versions() -> dict[str, str]:
    """Python's version, and that of every library that takes part and is installed."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def now(when: str, measured: Iterable[Measured]) -> Run:
    """A run on this machine, with this state of the code."""
    git = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    said = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return Run(when, said, machine(), versions(), tuple(measured))


def stored(run: Run, history: Path = HISTORY) -> None:
    """Add a run to the history."""
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(run)) + "\n")


def runs(history: Path = HISTORY) -> list[Run]:
    """All runs, the oldest first."""
    if not history.exists():
        return []
    return [Run.parsed(line) for line in history.read_text(encoding="utf-8").splitlines() if line.strip()]


def last(history: Path = HISTORY) -> Run | None:
    """The newest run."""
    return next(reversed(runs(history)), None)


def compared(old: Run, new: Run) -> list[str]:
    """A sentence for each thing that got worse or better, or was not measured again; worse ones first.

    A change counts if the median moved by more than `SLACK` and the rounds of the two runs do not overlap.
    """
    before = {m.name: m for m in old.measured}
    said = [_changed(before[m.name], m) for m in new.measured if m.name in before]
    missing = sorted(set(before) - {m.name for m in new.measured})
    return sorted((s for s in said if s), reverse=True) + [f"not measured this time: {name}" for name in missing]


def _changed(old: Measured, new: Measured) -> str | None:
    apart = min(new.values) > max(old.values) or max(new.values) < min(old.values)
    if not apart or abs(new.median - old.median) <= SLACK * abs(old.median):
        return None
    word = "better" if (new.median > old.median) == (new.better == "more") else "worse"
    return f"{word}: {new.name}: {new.median:.3g} {new.unit}, was {old.median:.3g}"


# The page ------------------------------------------------------------------------------------------------------------


def page(some: Sequence[Run]) -> str:
    """The newest runs as a table in Markdown, the newest last."""
    shown = list(some)[-SHOWN:]
    names = list(dict.fromkeys(m.name for run in reversed(shown) for m in run.measured))
    rows = [["", "unit", "better", *(f"{run.when} ({run.commit})" for run in shown)]]
    for name in names:
        found = [next((m for m in run.measured if m.name == name), None) for run in shown]
        about = next(m for m in reversed(found) if m)
        rows.append([name, about.unit, about.better, *(_cell(m) for m in found)])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:], "", _where(shown[-1])])


def _cell(measured: Measured | None) -> str:
    if measured is None:
        return ""
    low, high = min(measured.values), max(measured.values)
    return f"{measured.median:.3g}" + (f" ({low:.3g} to {high:.3g})" if low < high else "")


def _where(run: Run) -> str:
    about = run.machine
    versions_ = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        f"Newest run: {about['processor'] or about['system']}, {about['cores']} cores, {about['memory_gb']} GB; "
        f"{versions_}."
    )


def written(text: str, table: str) -> str:
    """The page with another table between its marks."""
    head, _, rest = text.partition(START)
    return f"{head}{START}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write the table into the docs."""
    found = runs()
    if not found:
        raise SystemExit("nothing was measured yet; run: make bench")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), page(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
