"""How often graphnet, and the rules of others, take ordinary accounts for coordinated, and how much they find.

    python benchmarks/validity.py                       # all worlds; writes docs/validity-results.md and its plot
    python benchmarks/validity.py --seeds 2 --pages FOLDER

Every world is made, read, projected, validated and cut into groups, and each rule runs on its co-retweets. What came
out is kept as JSON in ``--cache``, a folder for each state of the program, so that a run can be broken off and resumed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import graphnet as gn  # noqa: E402
from benchmarks.rules import RULES, Acts  # noqa: E402
from benchmarks.validity_page import page, plot  # noqa: E402
from benchmarks.validity_worlds import ORGANIC, PLANTED  # noqa: E402
from graphnet._benign import verdict  # noqa: E402
from graphnet._confirm import confirm  # noqa: E402
from graphnet._validate import validate  # noqa: E402
from graphnet.detectors import canonical  # noqa: E402
from graphnet.detectors.leiden import Leiden  # noqa: E402
from graphnet.graph import Graph  # noqa: E402
from graphnet.simulate import Group, World  # noqa: E402
from graphnet.simulate.collection import Collection, build  # noqa: E402
from graphnet.study import Study  # noqa: E402

FLOOR = 5
"""Fewest posts of an account that can be judged at all."""
MANY = 15
"""Co-actions of a member from which on it should be found."""


class Explained(frozenset[str]):
    """The accounts of a group, and the benign explanations that the data speak for."""

    said: tuple[str, ...]

    def __new__(cls, accounts: Iterable[str], said: Iterable[str] = ()) -> Explained:
        """With these accounts and explanations."""
        made = super().__new__(cls, accounts)
        made.said = tuple(said)
        return made


Groups = list[Explained]


# One world ------------------------------------------------------------------------------------------------------------


def judge(world: World, seed: int) -> dict[str, Any]:
    """Make a world, run everything on it, and compare with the truth."""
    start = time.perf_counter()
    made = build(world, seed)
    truth = {row["account"]: (row["group"], row["role"]) for row in made.truth.to_pylist()}
    posts = Counter(made.posts["account"].to_pylist())
    ordinary = {a for a, (group, _) in truth.items() if not group and posts[a] >= FLOOR}
    members = {name: _members(made, truth, name) for name in sorted({g for g, _ in truth.values()} - {""})}
    methods = {}
    for name, (flagged, groups) in (_rules(made) | _graphnet(made)).items():
        methods[name] = {
            "flagged": len(flagged & ordinary),
            "roles": dict(Counter(truth[a][1] for a in sorted(flagged & ordinary))),
            "groups": [_described(group, truth) for group in groups],
            "planted": {g: _found(groups, m) for g, m in members.items()},
        }
    designs = {group.name: group for group in world.groups}
    return {
        "ordinary": len(ordinary),
        "posts": made.posts.num_rows,
        "planted": {g: _design(designs[g]) | {"members": len(m), "together": _together(m)} for g, m in members.items()},
        "methods": methods,
        "seconds": round(time.perf_counter() - start, 1),
    }


def _design(group: Group) -> dict[str, Any]:
    shape = {name: getattr(group, name) for name in ("size", "window", "cover", "participation", "operations")}
    return {"kind": group.name.split()[0]} | shape


def _members(made: Collection, truth: Mapping[str, tuple[str, str]], group: str) -> dict[str, int]:
    """The co-actions of each member of a group that posted at all: operations in which it acted with another one."""
    author = dict(zip(made.posts["id"].to_pylist(), made.posts["account"].to_pylist(), strict=True))
    joined = defaultdict(set)
    for row in made.operations.to_pylist():
        if row["group"] == group:
            joined[row["operation"]].add(author[row["post"]])
    times = Counter(a for some in joined.values() if len(some) > 1 for a in some)
    return {a: times[a] for a in sorted(set(author.values())) if truth[a][0] == group}


def _together(members: Mapping[str, int]) -> float:
    return float(np.median(list(members.values()))) if members else 0.0


def _described(group: Explained, truth: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Size, the planted group that most members are of ("" for none), and how many; roles of the others."""
    planted = Counter(truth[a][0] for a in sorted(group) if truth[a][0])
    main, of_main = planted.most_common(1)[0] if planted else ("", 0)
    return {
        "size": len(group),
        "main": main if 2 * of_main > len(group) else "",
        "of_main": of_main,
        "roles": dict(Counter(truth[a][1] for a in sorted(group))),
        "explained": list(group.said),
    }


def _found(groups: Groups, members: Mapping[str, int]) -> dict[str, int]:
    """How much of a planted group is in the groups that are mostly its own, and who else is."""
    mine = [group for group in groups if 2 * len(group & set(members)) > len(group)]
    inside = set().union(*mine)
    often = {a for a, n in members.items() if n >= MANY}
    return {
        "found": len(inside & set(members)),
        "often": len(often),
        "found_often": len(inside & often),
        "inside": len(inside),
        "pieces": len(mine),
    }


# What is compared -----------------------------------------------------------------------------------------------------


def _rules(made: Collection) -> dict[str, tuple[set[str], Groups]]:
    """What each rule flags among the co-retweets."""
    rows = made.posts.filter(made.posts["retweet_of"].is_valid())
    accounts, who = np.unique(rows["account"].to_numpy(), return_inverse=True)
    what = np.unique(rows["retweet_of"].to_numpy(), return_inverse=True)[1]
    acts = Acts.of(who, what, rows["time"].to_numpy())
    return {name: _tied(rule(acts), accounts) for name, rule in RULES.items()}


def _tied(pairs: np.ndarray[Any, Any], accounts: np.ndarray[Any, Any]) -> tuple[set[str], Groups]:
    """The accounts in these pairs, and the groups that they make: cut in the same way for every rule."""
    if not len(pairs):
        return set(), []
    ends = {"source": pairs[:, 0], "target": pairs[:, 1], "weight": np.ones(len(pairs))}
    graph = Graph.of(pa.table(ends).sort_by([("source", "ascending"), ("target", "ascending")]))
    inner = np.asarray(graph.skeleton().coreness()) >= 2
    community = np.zeros(len(graph.accounts), dtype=np.int64)
    community[inner] = canonical(Leiden().communities(graph.within(inner)), 5)
    ids = accounts[graph.accounts]
    return set(ids.tolist()), [Explained(ids[community == c].tolist()) for c in range(1, community.max(initial=0) + 1)]


def _graphnet(made: Collection) -> dict[str, tuple[set[str], Groups]]:
    """The kept pairs of co-retweets alone, and the groups of the whole chain by their level."""
    with tempfile.TemporaryDirectory(prefix="graphnet-validity-") as folder:
        study = gn.read(_inputs(made), into=Path(folder) / "study")
        gn.match(study)
        gn.project(study)
        validate(study)
        gn.detect(study)
        confirm(study)
        gn.score(study, controls=0)
        ids = study.rows("select id from accounts order by account")["id"].to_numpy()
        ties = study.rows("select source, target from ties where kept and layer = 'co_retweet' order by source, target")
        pairs = np.column_stack([ties[end].to_numpy() for end in ("source", "target")])
        found = {"graphnet, pairs": _tied(pairs, ids)}
        for level in ("L1", "L2"):
            groups = _groups(study, level)
            found[f"graphnet, {level}"] = (set().union(*groups), groups)
        return found


def _groups(study: Study, level: str) -> Groups:
    """The groups of this level or above, each with the benign explanations that the data speak for."""
    members = study.rows(
        "select m.community, a.id from members m join levels l on l.community = m.community "
        f"join accounts a on a.account = m.account where l.level >= '{level}' order by m.community, a.id"
    ).to_pylist()
    said = defaultdict(list)
    for row in study.rows("select community, code, support from benign order by community, code").to_pylist():
        if verdict(row["support"]) == "for":
            said[row["community"]].append(row["code"])
    accounts = defaultdict(set)
    for row in members:
        accounts[row["community"]].add(row["id"])
    return [Explained(ids, said[c]) for c, ids in accounts.items()]


def _inputs(made: Collection) -> list[pa.Table]:
    follows = made.follows.append_column("kind", pa.array(["follow"] * made.follows.num_rows))
    return [made.posts, follows, made.profiles]


# All worlds -----------------------------------------------------------------------------------------------------------


def state() -> str:
    """A short name of all source that a record depends on: the same source, the same name."""
    names = ("rules", "validity", "validity_worlds")
    files = sorted([*(ROOT / "graphnet").rglob("*.py"), *(ROOT / "benchmarks" / f"{name}.py" for name in names)])
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:10]


def _job(name: str, seed: int, cache: Path) -> dict[str, Any]:
    file = cache / f"{name.replace(' ', '_')}-{seed}.json"
    if not file.exists():
        found = {"world": name, "seed": seed} | judge((ORGANIC | PLANTED)[name], seed)
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(found), encoding="utf-8")
        part.rename(file)
    return dict(json.loads(file.read_text(encoding="utf-8")))


def run(names: Iterable[str], seeds: Sequence[int], cache: Path, processes: int) -> list[dict[str, Any]]:
    """Judge these worlds with these seeds; what is in the cache is not made again."""
    cache.mkdir(parents=True, exist_ok=True)
    jobs = [(name, seed, cache) for seed in seeds for name in names]
    found = []
    with ProcessPoolExecutor(processes) as pool:
        for record in pool.map(_job, *zip(*jobs, strict=True)):
            found.append(record)
            print(f"{len(found)} of {len(jobs)}: {record['world']}, {record['seconds']} s", file=sys.stderr, flush=True)
    return found


def versions() -> str:
    """What this was run with."""
    packages = ("numpy", "scipy", "igraph", "duckdb", "numba")
    named = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"graphnet {version('graphnet-analyzer')} (source {state()}), Python {platform.python_version()}, {named}"


def main() -> None:
    """Run what is asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="worlds of each organic kind (default 20)")
    parser.add_argument("--planted-seeds", type=int, default=1, help="worlds of each planted kind (default 1)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "graphnet-validity")
    parser.add_argument("--pages", type=Path, default=ROOT / "docs")
    given = parser.parse_args()
    cache = given.cache / state()
    organic = run(ORGANIC, range(1, given.seeds + 1), cache, given.processes)
    planted = run(PLANTED, range(1, given.planted_seeds + 1), cache, given.processes)
    about = {
        "made with": f"`python benchmarks/validity.py --seeds {given.seeds} --planted-seeds {given.planted_seeds}`",
        "seeds": f"1 to {given.seeds} (organic), 1 to {given.planted_seeds} (planted)",
        "versions": versions(),
    }
    (given.pages / "images").mkdir(parents=True, exist_ok=True)
    (given.pages / "validity-results.md").write_text(page(organic, planted, about), encoding="utf-8")
    (given.pages / "images" / "validity.svg").write_text(plot(organic, planted), encoding="utf-8")


if __name__ == "__main__":
    main()
