"""How often two networks of different owners are called consistent with common control, and how often two of one are.

    python benchmarks/compare.py                         # 50 seeds, three sizes; writes docs/compare-results.md
    python benchmarks/compare.py --seeds 4 --sizes 40    # a look
    GRAPHNET_REAL_DATA=FOLDER python benchmarks/compare.py real
    python benchmarks/compare.py large                   # two studies of a million actions each

Generated worlds have a known answer. In each organic world five pairs are planted or chosen: one operator with two
topics, two operators on one topic, one network cut in two by time, two fandoms, two halves of one fandom. Coordinated
groups come from `graphnet.simulate`; what an operator leaves behind beside its operations is put on top of them here:
batches of accounts, accounts that all are told to follow, handles after a pattern, working sessions, filler texts. One
operator's two networks share each of these with a chance of .7; two operators on one topic make their accounts in the
same months, work the same hours of the same zone, use the same hashtag, attack the same account and follow it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import graphnet as gn  # noqa: E402
from graphnet import registry  # noqa: E402
from graphnet.intervals import wilson  # noqa: E402
from graphnet.simulate.collection import build  # noqa: E402
from graphnet.simulate.designs import Group, World  # noqa: E402
from graphnet.simulate.people import populate  # noqa: E402

DAY = 86_400
TRAITS = ("batches", "hubs", "handles", "sessions", "fillers")
SHARED = 0.7
"""Chance that one operator's two networks share a trait."""
KINDS = (
    "one operator, two topics",
    "two operators, one topic",
    "one network, two periods",
    "two fandoms",
    "one fandom",
)
POWER = KINDS[0], KINDS[2]
SIZES = (20, 40, 80)
YES = "consistent with common control"
ATTACK = {"retweet": 0.5, "post": 0.3, "reply": 0.1, "link": 0.1}


def world(size: int) -> World:
    """An organic world with the groups of all pairs."""
    half = {"size": size, "window": 120, "operations": 40, "cover": 2.0, "participation": 0.4}
    topic = {"target": "AlderHarbourTrust", "hashtags": ("StopAlderHarbour",), "acts": ATTACK, "hours": (9, 18)}
    return World(
        accounts=max(1500, 25 * size), days=28, pace=1.5, fandoms=5, authors=8, celebrities=8, outlets=4, news=12,
        fans=20, chain=4, storm=60, hostile=False, follows=12.0,
        groups=(
            Group("one_a", lang="en", seeds="own", hashtags=("BetterBuses",), acts=ATTACK | {"reply": 0.0}, **half),
            Group("one_b", lang="fa", seeds="own", hashtags=("آب_پاک",), acts=ATTACK | {"reply": 0.0}, **half),
            Group("two_a", lang="en", seeds="authors", created=("2022-10-01", "2023-01-31"), **half, **topic),
            Group("two_b", lang="en", seeds="authors", created=("2022-10-01", "2023-01-31"), **half, **topic),
            Group("split", lang="en", seeds="own", hashtags=("OpenTheGates",), acts=ATTACK | {"reply": 0.0},
                  **(half | {"operations": 60})),
        ),
    )  # fmt: skip


# What operators leave behind -----------------------------------------------------------------------------------------


def said(rng: np.random.Generator) -> str:
    """A sentence in words that nobody else uses."""
    return " ".join("".join(rng.choice(list("bdfgklmnprstvz"), 4)) + str(rng.choice(list("aeiou"))) for _ in range(9))


class Operator:
    """One operator's ways; two networks that share a trait are given the same one."""

    def __init__(self, rng: np.random.Generator, start: int, days: int, ordinary: list[str]) -> None:
        first = start - 210 * DAY
        self.batches = first + rng.integers(0, 120, 6) * DAY
        self.hubs = rng.choice(ordinary, 10, replace=False).tolist()
        self.handles = str(rng.choice(["{w}{d2}_{v}", "{w}_{d3}", "_{w}{v}{d2}", "{w}.{v}", "x{w}{d4}", "{w}__{v}"]))
        hours = 9 + rng.integers(0, 9, 50)
        self.sessions = start + rng.integers(0, days, 50) * DAY + hours * 3600 + rng.integers(0, 3600, 50)
        self.fillers = [said(rng) for _ in range(14)]


def ways(rng: np.random.Generator, made: Any, start: int, days: int, shared: set[str]) -> list[dict[str, Any]]:
    """The traits of two networks; those in ``shared`` are the same."""
    one, two = (vars(Operator(rng, start, days, made)) for _ in range(2))
    return [one, {t: (one if t in shared else two)[t] for t in TRAITS}]


def leave(frames: dict[str, pd.DataFrame], members: list[str], way: dict[str, Any], rng: np.random.Generator) -> None:
    """Put one network's traits on its accounts."""
    profiles, n = frames["profiles"], len(members)
    at = profiles.index[profiles["id"].isin(members)]
    batch = rng.choice(way["batches"], n) + rng.integers(0, 12 * 3600, n)
    profiles.loc[at, "created"] = np.where(rng.random(n) < 0.7, batch, profiles.loc[at, "created"])
    words = ["maple", "river", "stone", "cloud", "amber", "willow", "falcon", "meadow", "harbor", "cedar"]
    for i in at[rng.random(n) < 0.6]:
        w, v = rng.choice(words, 2)
        name = way["handles"].format(w=w, v=v, d2=rng.integers(10, 99), d3=rng.integers(100, 999),
                                     d4=rng.integers(1000, 9999))  # fmt: skip
        profiles.loc[i, "name"] = f"{name}{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676 % 26)}"
    told = [(m, h) for m in members for h in way["hubs"] if rng.random() < 0.5]
    frames["follows"] = pd.concat([frames["follows"], pd.DataFrame(told, columns=["source", "target"])])
    rows = []
    for moment in way["sessions"].tolist():
        there = [m for m in members if rng.random() < 0.2]
        rows += [(m, moment + int(rng.integers(0, 600)), said(rng)) for m in there]
    first, last = int(min(way["sessions"])), int(max(way["sessions"]))
    for m in members:
        rows += [(m, int(rng.integers(first, last)), str(text)) for text in rng.choice(way["fillers"], 2)]
    more = pd.DataFrame(rows, columns=["account", "time", "text"])
    more["id"] = [f"x{members[0]}{i}" for i in range(len(more))]
    frames["posts"] = pd.concat([frames["posts"], more], ignore_index=True)


# Pairs ---------------------------------------------------------------------------------------------------------------


def one_world(size: int, seed: int, folder: Path) -> Iterator[dict[str, Any]]:
    """The result of each pair of one world."""
    design = world(size)
    made = build(design, seed)
    rng = np.random.default_rng((seed, size))
    truth = made.truth.to_pandas()
    frames = {
        "posts": made.posts.to_pandas(),
        "profiles": made.profiles.to_pandas(),
        "follows": made.follows.to_pandas(),
    }
    members = {g.name: truth.loc[truth["group"] == g.name, "account"].tolist() for g in design.groups}
    ordinary = truth.loc[truth["role"] == "ordinary", "account"].tolist()
    shared = {t for t in TRAITS if rng.random() < SHARED}
    for names, both in ((("one_a", "one_b"), shared), (("two_a", "two_b"), set()), (("split", "split"), set())):
        for name, way in zip(dict.fromkeys(names), ways(rng, ordinary, design.begin, 28, both), strict=False):
            leave(frames, members[name], way, rng)
    frames["posts"]["name"] = frames["posts"]["account"].map(frames["profiles"].set_index("id")["name"])
    study = _read(frames, folder / "all")
    people = populate(design, seed)
    ids = made.profiles["id"].to_pylist()
    fans = [[ids[i] for i in np.flatnonzero((people.fandom == f) & (people.role == "ordinary"))] for f in (0, 3)]
    halves = rng.permutation(fans[0]).tolist()
    sides = {
        KINDS[0]: (members["one_a"], members["one_b"]),
        KINDS[1]: (members["two_a"], members["two_b"]),
        KINDS[3]: tuple(rng.choice(f, min(size, len(f)), replace=False).tolist() for f in fans),
        KINDS[4]: (halves[:size], halves[size : 2 * size]),
    }
    for kind, (a, b) in sides.items():
        found = gn.compare(study, a=_list(folder / "a.csv", a), b=_list(folder / "b.csv", b))
        yield _result(kind, size, seed, found, sorted(shared) if kind == KINDS[0] else [])
    yield _result(KINDS[2], size, seed, _halves(design, frames, members["split"], rng, folder), [])


def _halves(
    design: World, frames: dict[str, pd.DataFrame], members: list[str], rng: np.random.Generator, folder: Path
) -> Any:
    """The network in two successive collections; a third of its members is missing from each."""
    parts, middle = [], design.begin + 14 * DAY
    for k in (0, 1):
        some = set(rng.permutation(members)[: round(0.65 * len(members))].tolist())
        posts = frames["posts"]
        inside = (posts["time"] < middle) == (k == 0)
        kept = inside & (~posts["account"].isin(members) | posts["account"].isin(some))
        study = _read(frames | {"posts": posts[kept]}, folder / f"half{k}")
        parts.append((study, _list(folder / f"half{k}.csv", sorted(some))))
    return gn.compare(parts[0][0], parts[1][0], a=parts[0][1], b=parts[1][1])


def _read(frames: dict[str, pd.DataFrame], into: Path) -> Any:
    follows = frames["follows"].drop_duplicates().assign(kind="follow")
    study = gn.read([frames["posts"], frames["profiles"], follows], into=into)
    gn.match(study)
    return study


def _list(path: Path, accounts: list[str]) -> str:
    path.write_text("id\n" + "\n".join(accounts) + "\n", encoding="utf-8")
    return str(path)


def _result(kind: str, size: int, seed: int, found: Any, shared: list[str]) -> dict[str, Any]:
    rows = {r["row"]: (r["p"], r["q"]) for r in found.tables["rows"] if r["p"] is not None}
    return {"kind": kind, "size": size, "seed": seed, "verdict": found.summary["verdict"], "shared": shared,
            "ways": found.summary["ways_that_speak"], "rows": rows}  # fmt: skip


# The page ------------------------------------------------------------------------------------------------------------


def page(results: list[dict[str, Any]], extra: str) -> str:
    """The results as a document."""
    seeds = sorted({r["seed"] for r in results})
    sizes = sorted({r["size"] for r in results})
    what = (
        f"Written by `python benchmarks/compare.py`: seeds {seeds[0]} to {seeds[-1]} (1 to 25 were used while the "
        f"rows were made), groups of {', '.join(map(str, sizes))} accounts in "
        "organic worlds of at least 1,500 accounts and 28 days. What is planted stands at the top of that file. 999 "
        "random groups for each p.\n"
    )
    out = [
        "# Two networks side by side: results\n",
        what,
        "## How often the sentence is *consistent with common control*\n",
        "| pair | size | pairs | said | share | 95 % interval | reads as |\n|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        for size in [*sizes, "all"]:
            some = [r for r in results if r["kind"] == kind and size in (r["size"], "all")]
            said = sum(r["verdict"] == YES for r in some)
            out.append(f"| {kind} | {size} | {len(some)} | {said} | {_share(said, len(some))} | "
                       f"{'power' if kind in POWER else 'false'} |")  # fmt: skip
    wrong = [r for r in results if r["kind"] not in POWER]
    said = sum(r["verdict"] == YES for r in wrong)
    out.append(
        f"\nFalse over all {len(wrong)} pairs of different owners: {said}, {_share(said, len(wrong), ' (', ')')}.\n"
    )
    out += [_by_traits(results), _by_way(results), _by_row(results)]
    return "\n".join(out) + "\n" + extra


def _share(x: int, n: int, before: str = " | ", after: str = "") -> str:
    low, high = wilson(np.array([float(x)]), np.array([float(max(n, 1))]))
    return f"{x / max(n, 1):.1%}{before}{low[0]:.1%} to {high[0]:.1%}{after}"


def _by_traits(results: list[dict[str, Any]]) -> str:
    held: dict[int, list[bool]] = defaultdict(list)
    for r in results:
        if r["kind"] == KINDS[0]:
            held[len(r["shared"])].append(r["verdict"] == YES)
    rows = [f"| {k} of {len(TRAITS)} | {len(v)} | {sum(v)} |" for k, v in sorted(held.items())]
    return (
        "## One operator, by how many traits its two networks share\n\n| traits | pairs | said |\n|---|---|---|\n"
        + ("\n".join(rows) + "\n")
    )


def _by_way(results: list[dict[str, Any]]) -> str:
    out = ["## Ways that speak\n", f"| way | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 1) + "|"]
    counts = {k: Counter(w for r in results if r["kind"] == k for w in r["ways"]) for k in KINDS}
    total = Counter(r["kind"] for r in results)
    spoke = [way for way in gn.rows.FAMILIES if any(c[way] for c in counts.values())]
    shares = {way: [f"{counts[k][way] / max(total[k], 1):.1%}" for k in KINDS] for way in spoke}
    out += [f"| {way} | {' | '.join(row)} |" for way, row in shares.items()]
    return "\n".join(out) + "\n"


def _by_row(results: list[dict[str, Any]]) -> str:
    wrong = [r for r in results if r["kind"] not in POWER]
    out = ["## Each row where the owners differ: how often its p is small\n",
           "| row | tested | p <= .05 | p <= .01 | p <= .002 |", "|---|---|---|---|---|"]  # fmt: skip
    for name in sorted({n for r in wrong for n in r["rows"]}):
        p = np.array([r["rows"][name][0] for r in wrong if name in r["rows"]])
        out += [f"| {name} | {len(p)} | " + " | ".join(f"{(p <= at).mean():.1%}" for at in (0.05, 0.01, 0.002)) + " |"]
    return "\n".join(out) + "\n"


def run(seeds: range, sizes: list[int], into: Path | None) -> list[dict[str, Any]]:
    """All pairs; what is done already is read from ``into``."""
    results = [json.loads(line) for line in into.read_text().splitlines()] if into and into.exists() else []
    done = {(r["size"], r["seed"]) for r in results if r["kind"] == KINDS[2]}
    results = [r for r in results if (r["size"], r["seed"]) in done]
    for seed, size in [(k, n) for k in seeds for n in sizes if (n, k) not in done]:
        with tempfile.TemporaryDirectory() as folder:
            found = list(one_world(size, seed, Path(folder)))
        results += found
        if into:
            with into.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(r) + "\n" for r in found)
        print(
            seed, size, {r["kind"]: (len(r["ways"]), r["verdict"] == YES) for r in found}, file=sys.stderr, flush=True
        )
    return results


# Real data -----------------------------------------------------------------------------------------------------------


def real(folder: Path) -> Iterator[tuple[str, Any]]:
    """What is compared, and what was found."""
    with tempfile.TemporaryDirectory() as held:
        into = Path(held)
        yield from _ira(folder / "ira_troll_tweets" / "tweets.parquet", into)
        yield from _german(folder / "coortweet" / "german_elections.csv", into)
        yield from _hashtags(folder / "controversy_garimella" / "retweet", into)


def _ira(file: Path, into: Path) -> Iterator[tuple[str, Any]]:
    """Thirds of one category of accounts of the Internet Research Agency, and of another."""
    raw = pd.read_parquet(file)
    seconds = pd.to_datetime(raw["publish_date"]).to_numpy().astype("datetime64[s]").astype("int64")
    frame = pd.DataFrame(
        {"id": [f"t{n}" for n in range(len(raw))], "account": raw["author"], "time": seconds,
         "text": raw["content"].where(raw["retweet"] != "1", None), "lang": raw["language"]}
    )  # fmt: skip
    study = gn.read(frame, into=into / "ira")
    often = raw.groupby("author").agg(category=("account_category", "first"), n=("author", "size")).query("n >= 36")
    rng = np.random.default_rng(7)
    right = rng.permutation(sorted(often.index[often["category"] == "RightTroll"])).tolist()
    left = sorted(often.index[often["category"] == "LeftTroll"])
    third = len(right) // 3
    parts = [right[k * third : (k + 1) * third] for k in range(3)]
    files = [_list(into / f"right{k + 1}.csv", part) for k, part in enumerate(parts)]
    files.append(_list(into / "left.csv", rng.choice(left, min(third, len(left)), replace=False).tolist()))
    for one, two in ((0, 1), (0, 2), (1, 2), (0, 3)):
        names = ["RightTroll 1", "RightTroll 2", "RightTroll 3", "LeftTroll"]
        yield f"IRA: {names[one]} and {names[two]}", gn.compare(study, a=files[one], b=files[two])


def _german(file: Path, into: Path) -> Iterator[tuple[str, Any]]:
    """The three largest communities by links and by images, of two platforms; the very largest are the same."""
    study = gn.read(file, into=into / "german")
    files = []
    for layer in ("co_link", "co_media"):
        gn.project(study, registry.make("layers", layer))
        gn.detect(study)
        rows = study.rows("select a.id from members m join accounts a on a.account = m.account where m.community <= 3")
        files.append(_list(into / f"{layer}.csv", sorted(rows["id"].to_pylist())))
    yield "German election: links and images", gn.compare(study, a=files[0], b=files[1])


def _hashtags(folder: Path, into: Path) -> Iterator[tuple[str, Any]]:
    """Communities of retweets of two organic hashtags, and two communities of one."""
    studies = []
    for name in ("beefban", "onedirection_threshold"):
        edges = pd.read_csv(
            folder / f"retweet_graph_{name}_largest_CC.txt", names=["source", "target", "weight"], dtype=str
        )
        study = gn.read(edges.assign(kind="retweet", weight=edges["weight"].astype(float)), into=into / name)
        gn.project(study, registry.make("layers", "retweet"))
        gn.detect(study)
        studies.append(study)
    yield "Hashtags: #beefban and #onedirection, largest communities", gn.compare(*studies, a="C1", b="C1")
    yield "Hashtags: two communities of #beefban", gn.compare(studies[0], a="C1", b="C2")


def real_page(found: Iterator[tuple[str, Any]]) -> str:
    """The findings on public data as a part of the page."""
    out = ["\n## Public data\n", "| pair | sentence | ways that speak | ways tested |", "|---|---|---|---|"]
    for name, result in found:
        facts = result.summary
        print(name, facts["verdict"], facts["ways_that_speak"], facts["ways_tested"], file=sys.stderr, flush=True)
        out.append(
            f"| {name} ({facts['first'].rpartition(': ')[2]}, {facts['second'].rpartition(': ')[2]}) | "
            f"{facts['verdict']} | {', '.join(facts['ways_that_speak']) or 'none'} | "
            f"{', '.join(facts['ways_tested']) or 'none'} |"
        )
    return "\n".join(out) + "\n"


# Large ---------------------------------------------------------------------------------------------------------------


def large(actions: int = 1_000_000) -> str:
    """Time and memory for two studies of so many actions each."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        for seed in (1, 2):
            study = _retweets(seed, actions, folder / f"study{seed}")
            ids = study.rows("select id from accounts where id like 'u%' order by id")["id"].to_pylist()
            _list(folder / f"{seed}.csv", [i for i in ids if int(i[1:]) % 40 == 3 and int(i[1:]) % 3 == 0])
        wall, cpu = time.perf_counter(), time.process_time()
        found = gn.compare(folder / "study1", folder / "study2", a=str(folder / "1.csv"), b=str(folder / "2.csv"))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return (
        f"\n## Two studies of {actions:,} actions each\n\n{wall:.0f} s on the clock, {cpu:.0f} s of the processor, "
        f"{peak:.1f} GB at most with the making of the studies; {found.summary['rows_tested']} counted rows tested.\n"
    )


def _retweets(seed: int, n: int, into: Path) -> Any:
    """Retweets with texts, links and follows by accounts of 40 interests."""
    rng = np.random.default_rng(seed)
    k = n // 4
    account = rng.integers(0, 60_000, n)
    author = account % 40 * 50 + rng.zipf(1.5, n) % 50
    when = 1_680_000_000 + rng.integers(0, 28, n) * DAY + rng.integers(0, DAY, n)
    post = author * 1000 + (when // DAY) % 28 * 30 + rng.integers(0, 6, n)
    edges = pd.DataFrame({"source": account, "target": author, "object": post, "time": when, "kind": "retweet"})
    follow = pd.DataFrame({"source": account[:k], "target": author[:k], "kind": "follow"})
    links = pd.DataFrame(
        {"source": account[k : 2 * k], "object": post[k : 2 * k], "time": when[k : 2 * k], "kind": "link"}
    )
    for frame in (edges, follow, links):
        frame["source"] = "u" + frame["source"].astype(str)
        if "target" in frame:
            frame["target"] = "s" + frame["target"].astype(str)
    edges["object"] = "p" + edges["object"].astype(str)
    links["object"] = "https://site" + (links["object"] % 300).astype(str) + ".example/" + links["object"].astype(str)
    return gn.read([edges.iloc[: n - 2 * k], follow, links], into=into)


def main() -> None:
    """Run what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("all", "worlds", "real", "large"), default="all")
    parser.add_argument("--seeds", type=int, default=50, help="how many")
    parser.add_argument("--first", type=int, default=101, help="first seed; 1 to 25 were used while the rows were made")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--keep", type=Path, help="file of results: what is in it is not done again")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "compare-results.md")
    given = parser.parse_args()
    data = os.environ.get("GRAPHNET_REAL_DATA")
    public = real_page(real(Path(data))) if data and given.what in ("all", "real") else ""
    if given.what in ("all", "real") and not data:
        public = "\n## Public data\n\nNot run: GRAPHNET_REAL_DATA is not set.\n"
    size = large() if given.what in ("all", "large") else ""
    if given.what in ("real", "large"):
        print(public + size)
        return
    seeds = range(given.first, given.first + given.seeds)
    given.out.write_text(page(run(seeds, given.sizes, given.keep), public + size), encoding="utf-8")


if __name__ == "__main__":
    main()
