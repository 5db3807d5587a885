"""What appending a day to a study costs beside reading everything at once.

The world is that of `posts_world`; its last posts (3 % of all) come as a file of their own. Each contestant runs in a
process of its own: processor time (children included, since a busy machine does not change it), wall time, and the
peak of memory.

    python benchmarks/append.py                                # a million posts
    python benchmarks/append.py --posts 10000000 --cache DIR   # what the documentation says; DIR keeps files and study
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.posts_world import write  # noqa: E402

NEW = 0.03
CHILD = "from benchmarks.append import contestant; contestant()"


def days(folder: Path, posts: int) -> tuple[list[str], str]:
    """The files of all posts but the last, and the file of these."""
    old, new = folder / "old", folder / "new.csv"
    if not new.exists():
        shutil.rmtree(old, ignore_errors=True)
        last = write(old, posts)[-1]
        lines = last.read_bytes().splitlines(keepends=True)
        cut = len(lines) - int(posts * NEW)
        last.write_bytes(b"".join(lines[:cut]))
        new.write_bytes(b"".join([lines[0], *lines[cut:]]))
    return sorted(str(file) for file in old.iterdir()), str(new)


def contestant() -> None:
    """Read into a study (or add to it) and project it; prints what that took."""
    import graphnet as gn  # noqa: PLC0415

    append, into, *files = sys.argv[1:]
    about: dict[str, Any] = {}
    study = None
    for part in ("read", "project"):
        wall, cpu = time.perf_counter(), _cpu()
        study = gn.project(study) and study if study else gn.read(files, into, append=append == "yes", grow=True)
        about[part] = {"cpu": round(_cpu() - cpu, 1), "wall": round(time.perf_counter() - wall, 1)}
        about[part]["parts"] = study.last(part)["seconds_of"]
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps(about | {"peak_mb": peak >> 10, "made": study.last("read")["summary"]["made"]}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def run(name: str, into: Path, files: list[str], *, append: bool = False) -> dict[str, Any]:
    """One contestant in its own process."""
    command = [sys.executable, "-c", CHILD, "yes" if append else "no", str(into), *files]
    found = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    about: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    print(name, json.dumps(about), flush=True)
    return about


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--cache", type=Path, help="folder for the files and the study that is appended to")
    parser.add_argument("--json", action="store_true", help="say at the end what `suite.py` keeps")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.cache or Path(temporary)) / str(options.posts)
        folder.mkdir(parents=True, exist_ok=True)
        old, new = days(folder, options.posts)
        if not (folder / "base" / "manifest.json").exists():
            run("the posts before", folder / "base", old)
        shutil.copytree(folder / "base", folder / "grown", dirs_exist_ok=True)
        grown = run("appending the last", folder / "grown", [new], append=True)
        whole = run("everything at once", folder / "whole", [*old, new])
        ratios = {}
        for what in ("wall", "cpu"):
            parts = [sum(about[part][what] for part in ("read", "project")) for about in (grown, whole)]
            ratios[what] = parts[0] / parts[1]
            print(f"{what}: {parts[0]:.1f} of {parts[1]:.1f} s, {ratios[what]:.1%}")
        if options.json:
            name = f"{options.posts:,} posts, the last {NEW:.0%} appended / all at once: CPU of read and project"
            told = {"name": name, "values": [round(ratios["cpu"], 4)], "unit": "times", "better": "less"}
            print(json.dumps({"measured": [told]}))
        for made in ("grown", "whole"):
            shutil.rmtree(folder / made)


if __name__ == "__main__":
    main()
