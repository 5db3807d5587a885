"""How often `graphnet compare` finds two random groups of harmless accounts alike, row by row.

    python benchmarks/random_pairs.py                          # 600, 1,000 and 2,000 accounts; prints a table
    python benchmarks/random_pairs.py --accounts 600 --worlds 1 --draws 2      # a look

Two groups that do not overlap are drawn in organic worlds from all accounts that act: evenly, busy ones rather (by the
root of activity), busiest ones (by activity itself). Nothing but activity tells them apart from others, so that
p <= .05 should come once in twenty. With 99 random groups for each p; ties beyond chance (`cross_ties`) are not sought.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import graphnet as gn  # noqa: E402
from benchmarks.compare import _list, _read  # noqa: E402
from graphnet.simulate.collection import build  # noqa: E402
from graphnet.simulate.designs import World  # noqa: E402

LEANS = {0.0: "evenly", 0.5: "busy rather", 1.0: "busiest"}
SIZES = (50, 100)


def world(accounts: int, seed: int, folder: Path) -> Any:
    """A study of an organic world."""
    design = World(
        accounts=accounts, days=28, pace=1.5, fandoms=4 if accounts < 800 else 5, authors=8, celebrities=8, outlets=4,
        news=12, fans=20, chain=4, storm=60, hostile=False, follows=12.0,
    )  # fmt: skip
    made = build(design, seed)
    names = ("posts", "profiles", "follows")
    frames = {name: getattr(made, name).to_pandas() for name in names}
    frames["posts"]["name"] = frames["posts"]["account"].map(frames["profiles"].set_index("id")["name"])
    return _read(frames, folder / "study")


def pairs(study: Any, seed: int, draws: int, folder: Path) -> Iterator[dict[str, Any]]:
    """The p of each row for random pairs of one world."""
    sql = (
        "select a.id, count(*) as n from actions x join accounts a on a.account = x.account group by a.id order by a.id"
    )
    rows = study.rows(sql).to_pydict()
    acts = np.array(rows["n"], dtype=np.float64)
    for lean, size, draw in [(x, n, d) for x in LEANS for n in SIZES for d in range(draws)]:
        rng = np.random.default_rng((seed, int(2 * lean), size, draw))
        some = rng.choice(len(acts), (2, size), replace=False, p=acts**lean / (acts**lean).sum())
        one, two = (_list(folder / f"{k}.csv", [rows["id"][i] for i in side]) for k, side in enumerate(some))
        found = gn.compare(study, a=one, b=two, rounds=99)
        p = {row["row"]: row["p"] for row in found.tables["rows"] if row["p"] is not None}
        yield {"lean": lean, "size": size, "verdict": found.summary["verdict"], "p": p}


def table(results: list[dict[str, Any]]) -> str:
    """How many pairs had p <= .05, of how many that could be tested."""
    cells = [(n, lean, size) for n in sorted({r["accounts"] for r in results}) for lean in LEANS for size in SIZES]
    tested, small = Counter[Any](), Counter[Any]()
    for r in results:
        for name, p in r["p"].items():
            key = (name, r["accounts"], r["lean"], r["size"])
            tested[key] += 1
            small[key] += p <= 0.05
    heads = [f"{size} of {n:,}, {LEANS[lean]}" for n, lean, size in cells]
    out = [f"| row | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name in sorted({key[0] for key in tested}):
        some = [(small[name, *cell], tested[name, *cell]) for cell in cells]
        out.append(f"| {name} | {' | '.join(f'{x} of {n}' if n else '-' for x, n in some)} |")
    return "\n".join(out)


def main() -> None:
    """Draw, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, nargs="+", default=[600, 1000, 2000])
    parser.add_argument("--worlds", type=int, default=6)
    parser.add_argument("--draws", type=int, default=10, help="of each world, for each way of drawing and each size")
    parser.add_argument("--keep", type=Path, help="file to add the results to, one a line")
    given = parser.parse_args()
    results = []
    for accounts, seed in [(n, seed) for seed in range(given.worlds) for n in given.accounts]:
        with tempfile.TemporaryDirectory() as held:
            study = world(accounts, seed, Path(held))
            found = [{"accounts": accounts, **r} for r in pairs(study, seed, given.draws, Path(held))]
        results += found
        if given.keep:
            with given.keep.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(r) + "\n" for r in found)
    print(table(results))


if __name__ == "__main__":
    main()
