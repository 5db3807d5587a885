"""Near-identical texts: how many are found, how fast, beside other tools; and what is in a published collection.

Public collections are looked for in the folder that GRAPHNET_REAL_DATA names. Each contestant runs in a process of its
own; times are of the processor, since a busy machine does not change them; memory is the peak of the process.

    python benchmarks/text.py recall        # against the exact join, 50,000 tweets
    python benchmarks/text.py peers         # beside datasketch and rensa, 200,000 texts
    python benchmarks/text.py toolkit --toolkit other-venv/bin/python
    python benchmarks/text.py growth        # 100,000 to 2 million generated texts
    python benchmarks/text.py chain         # all tweets, from Parquet to clusters
    python benchmarks/text.py published     # a published set of copies, rewordings and translations
    python benchmarks/text.py found         # the largest clusters, and which accounts copy each other
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SEED = 1
ROUNDS = 3
SIZES = (100_000, 200_000, 500_000, 1_000_000, 2_000_000)
TWEETS = "ira_troll_tweets/tweets.parquet"
COLUMNS = {"account": "author", "text": "content", "time": "publish_date"}
Ends = np.ndarray[Any, Any]


# The contestants: each is given the texts, and gives pairs (one, two) ------------------------------------------------


def graphnet(keys: list[str]) -> Ends:
    """Pairs, checked exactly: the way of `graphnet.match`, but for the edit distance."""
    from graphnet import _alike  # noqa: PLC0415
    from graphnet.kernels import near  # noqa: PLC0415

    search, words = _alike.letters(0.7), pa.array(keys, pa.large_string())
    length = pc.utf8_length(words).to_numpy()
    likeness = search.likeness(length)
    maybe = near.suspects(search.signatures(words), search.sketch(words, length), likeness)
    some = np.unique(np.append(maybe.one, maybe.two))
    place = np.zeros(len(keys), np.int64)
    place[some] = np.arange(len(some))
    pairs = near.compared(search.sets(words.take(pa.array(some))), maybe.of(place), search.likeness(length[some]))
    return np.column_stack((some[pairs.one], some[pairs.two]))


def exact(keys: list[str]) -> Ends:
    """All pairs there are."""
    from graphnet.kernels import near, shingles  # noqa: PLC0415

    pairs = near.joined(shingles.shingles(keys), _likeness(keys))
    return np.column_stack((pairs.one, pairs.two))


def _likeness(keys: Sequence[str]) -> Any:
    from graphnet.kernels import near  # noqa: PLC0415

    return near.Likeness(0.7, 0.8, np.array([len(key) < 50 for key in keys]))


def _threes(key: str) -> list[str]:
    return sorted({key[i : i + 3] for i in range(len(key) - 2)})


def datasketch(keys: list[str]) -> Ends:
    """Candidates, not checked."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

    lsh = MinHashLSH(params=(25, 5), num_perm=125)
    made = MinHash.bulk(([three.encode() for three in _threes(key)] for key in keys), num_perm=125, seed=SEED)
    for i, one in enumerate(made):
        lsh.insert(i, one, check_duplication=False)
    return _pairs(lsh.query(one) for one in made)


def rensa(keys: list[str]) -> Ends:
    """Candidates, not checked."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415

    made = RMinHash.from_token_sets([_threes(key) for key in keys], 125, SEED)
    lsh = RMinHashLSH(0.7, 125, 25)
    lsh.insert_many(made)
    return _pairs(lsh.query_all(made))


def _pairs(found: Iterable[Iterable[int]]) -> Ends:
    pairs = [(i, j) for i, others in enumerate(found) for j in others if i < j]
    return np.array(pairs, np.int64).reshape(-1, 2)


CONTESTANTS: dict[str, Callable[[list[str]], Ends]] = {
    "graphnet": graphnet, "datasketch": datasketch, "rensa": rensa, "exact": exact,
}  # fmt: skip


def one_run(name: str, folder: Path) -> None:
    """Run a contestant on the texts of a folder, write its pairs there, print what it took."""
    keys = pq.read_table(folder / "keys.parquet")["key"].to_pylist()
    CONTESTANTS[name](keys[:300])  # what is compiled or loaded at the first call
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = CONTESTANTS[name](keys)
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "pairs": len(pairs)}
    np.save(folder / f"{name}.npy", pairs)
    print(json.dumps(took | {"gb": peak()}))


def peak() -> float:
    """Most memory of this process, in GB; what `resource` gives is that of its parent, if that was larger."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 2**20


def run(name: str, folder: Path) -> dict[str, float]:
    """The same in a process of its own, on one core."""
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    command = [sys.executable, str(Path(__file__).resolve()), "--run", name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | one_core)
    return dict(json.loads(done.stdout.splitlines()[-1]))


# Texts ----------------------------------------------------------------------------------------------------------------


def tweets(data: Path, size: int | None = None) -> list[str]:
    """Distinct keys of the tweets, or so many of them drawn at random, in their order."""
    from graphnet.kernels import text  # noqa: PLC0415

    raw = set(pq.read_table(data / TWEETS, columns=["content"])["content"].to_pylist()) - {None}
    keys = sorted({key for words in raw if (key := text.key(words))})
    return keys if size is None else sorted(np.random.default_rng(SEED).permutation(keys)[:size].tolist())


def generated(size: int) -> list[str]:
    """Sentences of frequent and rare words; one in five is another one with a word changed."""
    random = np.random.default_rng(SEED)
    letters = np.array(list("etaoinshrdlucmfw"))
    words = np.array(["".join(letters[random.integers(0, 16, n)]) for n in random.integers(2, 10, 50_000)])
    found: list[str] = []
    length = random.integers(8, 20, size)
    drawn = words[np.minimum((50_000 ** random.random(int(length.sum()))).astype(np.int64), 49_999)].tolist()
    start = 0
    for i, n in enumerate(length.tolist()):
        said = drawn[start : start + n]
        if i % 5 == 4:
            said = found[i * 7919 % i].split()
            said[i % len(said)] = drawn[start]
        found.append(" ".join(said))
        start += n
    return sorted(set(found))


def store(keys: list[str], folder: Path) -> Path:
    """Write the texts where the contestants find them."""
    pq.write_table(pa.table({"key": keys}), folder / "keys.parquet")
    return folder


def table(rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table; the first row is its head."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


# What is measured -----------------------------------------------------------------------------------------------------


def _shared(name: str, folder: Path) -> float:
    """Share of the pairs of the exact join that a contestant found."""
    codes = [np.load(folder / f"{n}.npy") @ np.array([2**32, 1]) for n in ("exact", name)]
    return float(np.isin(codes[0], codes[1]).mean())


def recall(data: Path, size: int = 50_000) -> str:
    """Against the exact join."""
    with tempfile.TemporaryDirectory() as name:
        folder = store(tweets(data, size), Path(name))
        took = {n: run(n, folder) for n in ("exact", "graphnet")}
        rows: list[list[Any]] = [["", "CPU s", "pairs", "recall"]]
        rows += [[n, f"{t['cpu']:.2f}", f"{t['pairs']:,}", f"{_shared(n, folder):.4f}"] for n, t in took.items()]
    return table(rows)


def peers(data: Path, size: int = 200_000) -> str:
    """Beside datasketch and rensa: 25 bands of 5 rows all; theirs are candidates, ours pairs checked exactly."""
    rows: list[list[Any]] = [
        ["", "CPU s", "wall s", "times graphnet's CPU", "memory GB", "pairs or candidates", "recall"]
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = store(tweets(data, size), Path(name))
        run("exact", folder)
        names = ("graphnet", "rensa", "datasketch")
        rounds = [{n: run(n, folder) for n in names} for _ in range(ROUNDS)]
        for n in names:
            took = {k: median(r[n][k] for r in rounds) for k in ("cpu", "wall", "gb", "pairs")}
            ratio = median(r[n]["cpu"] / r["graphnet"]["cpu"] for r in rounds)
            rows.append(
                [n, f"{took['cpu']:.2f}", f"{took['wall']:.2f}", f"{ratio:.1f}", f"{took['gb']:.2f}",
                 f"{took['pairs']:,.0f}", f"{_shared(n, folder):.4f}"]
            )  # fmt: skip
    return table(rows)


def growth(_: Path) -> str:
    """From 100,000 to 2 million generated texts."""
    rows: list[list[Any]] = [["texts", "CPU s", "microseconds a text", "memory GB", "pairs"]]
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            keys = generated(size)
            took = run("graphnet", store(keys, Path(name)))
        each = took["cpu"] / len(keys) * 1e6
        rows.append([f"{len(keys):,}", f"{took['cpu']:.1f}", f"{each:.1f}", f"{took['gb']:.2f}", f"{took['pairs']:,}"])
    return table(rows)


def chain(data: Path) -> str:
    """All tweets, from Parquet to clusters: `read` and `match`."""
    code = (
        "import sys, time, json, graphnet as gn\n"
        "from graphnet.engines import DuckDB\n"
        "took = {}\n"
        "def timed(name, step):\n"
        "    wall, cpu = time.perf_counter(), time.process_time()\n"
        "    made = step()\n"
        "    took[name] = [time.process_time() - cpu, time.perf_counter() - wall]\n"
        "    return made\n"
        "engine = DuckDB(threads=1, memory='2GB')\n"
        "columns = json.loads(sys.argv[3])\n"
        "study = timed('read', lambda: gn.read(sys.argv[1], sys.argv[2], columns=columns, engine=engine))\n"
        "about = timed('match', lambda: gn.match(study, threads=1))\n"
        "peak = int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0]) / 2**20\n"
        "print(json.dumps([took, peak, about]))\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", code, str(data / TWEETS), f"{folder}/study", json.dumps(COLUMNS)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    took, peak, about = json.loads(done.stdout.splitlines()[-1])
    rows: list[list[Any]] = [["step", "CPU s", "wall s"]]
    rows += [[step, f"{cpu:.0f}", f"{wall:.0f}"] for step, (cpu, wall) in took.items()]
    counts = {n: about[n] for n in ("own_posts", "texts", "clusters", "copies", "accounts", "templates")}
    return f"{table(rows)}\n\npeak memory {peak:.1f} GB; {counts}; {about['search']}"


TOOLKIT = """
import json, sqlite3, sys, time
from coordination_network_toolkit.compute_networks import compute_co_similar_tweet
from coordination_network_toolkit.preprocess import preprocess_csv_files

database, posts = sys.argv[1:]
start = time.perf_counter()
preprocess_csv_files(database, [posts])
compute_co_similar_tweet(database, 10**7, n_threads=1, similarity_threshold=0.7, min_edge_weight=1)
wall = time.perf_counter() - start
sql = "select count(*) from co_similar_tweet_network where user_1 < user_2"
print(json.dumps({"wall": wall, "pairs": sqlite3.connect(database).execute(sql).fetchone()[0]}))
"""
"""Runs in the toolkit's own environment, which need not have what this file imports."""


def toolkit(data: Path, python: str, size: int = 3000) -> str:
    """Beside the co-similarity of coordination-network-toolkit: the same tweets, compared at any distance in time."""
    rows = pq.read_table(data / TWEETS, columns=["author", "content"]).to_pylist()
    chosen = [rows[i] for i in np.random.default_rng(SEED).permutation(len(rows))[:size].tolist()]
    with tempfile.TemporaryDirectory() as name:
        with (Path(name) / "posts.csv").open("w", newline="", encoding="utf-8") as file:
            written = csv.writer(file)
            written.writerow(
                ["message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls"]
            )
            for i, row in enumerate(chosen):
                written.writerow([i, row["author"], row["author"], "", "", row["content"] or "", 1_000_000 + i, ""])
        command = [python, "-c", TOOLKIT, f"{name}/toolkit.db", f"{name}/posts.csv"]
        theirs = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
        ours = _ours(chosen, Path(name))
    head = ["", "wall s", "pairs of accounts with near-identical posts"]
    rows_ = [[n, f"{t['wall']:.1f}", t["pairs"]] for n, t in (("graphnet, read to pairs", ours), ("toolkit", theirs))]
    times = theirs["wall"] / ours["wall"]
    return f"{size:,} tweets; the toolkit takes {times:.0f} times as long\n\n{table([head, *rows_])}"


def _ours(rows: Sequence[dict[str, Any]], folder: Path) -> dict[str, Any]:
    import graphnet as gn  # noqa: PLC0415

    columns = {"id": [str(i) for i in range(len(rows))], "account": [r["author"] for r in rows]}
    columns |= {"text": [r["content"] for r in rows], "time": list(range(len(rows)))}
    start = time.perf_counter()
    study = gn.read(pa.table(columns).to_pandas(), folder / "study")
    gn.match(study)
    gn.project(study, gn.layers.NearText(min_shared=1))
    return {"wall": time.perf_counter() - start, "pairs": len(study.pairs)}


def published(data: Path) -> str:
    """Pairs found in a set of seed texts with nine variants each, by what the set's makers say each pair is.

    Two texts are a pair if they are in one cluster. Of pairs across seeds there should be none.
    """
    import pandas as pd  # noqa: PLC0415

    import graphnet as gn  # noqa: PLC0415

    folder = data / "d3lta_synthetic"
    texts = pd.read_csv(folder / "documents_matched.csv", dtype=str)
    pairs = pd.read_csv(folder / "d3lta_pairs.csv", dtype=str)
    seed = dict(zip(texts.doc_id, texts.true_cluster, strict=True))
    sorts = {frozenset(p): s for *p, s in zip(pairs.source, pairs.target, pairs.d3lta_dup_type, strict=True)}
    named = ("copy-pasta", "rewording", "translation")
    head = ["settings", *(f"{n} ({list(sorts.values()).count(n):,})" for n in named), "pairs found", "of one seed"]
    rows: list[list[Any]] = [head]
    with tempfile.TemporaryDirectory() as name:
        frame = pd.DataFrame({"id": texts.doc_id, "account": "a" + texts.doc_id, "text": texts.text})
        study = gn.read(frame, Path(name) / "study")
        settings: list[dict[str, Any]] = [
            {"jaccard": j, "reworded": r} for j in (0.7, 0.6, 0.45) for r in (False, True)
        ]
        settings += [{"jaccard": j, "semantic": "wordllama"} for j in (0.7, 0.45)]
        for options in settings:
            gn.match(study, **options)
            clusters = defaultdict(list)
            for row in study.rows("select p.id, c.cluster from copies c join posts p on p.post = c.post").to_pylist():
                clusters[row["cluster"]].append(row["id"])
            found = [(a, b) for some in clusters.values() for i, a in enumerate(some) for b in some[:i]]
            hits = Counter(sorts.get(frozenset(pair)) for pair in found)
            right = sum(seed[a] == seed[b] for a, b in found) / len(found)
            shares = [f"{hits[n] / list(sorts.values()).count(n):.3f}" for n in named]
            words = f"jaccard {options['jaccard']}" + "".join(
                f", {n}" for n in options if n != "jaccard" and options[n]
            )
            rows.append([words, *shares, f"{len(found):,}", f"{right:.4f}"])
    return table(rows)


# What is in the collection --------------------------------------------------------------------------------------------


def found(data: Path) -> str:
    """The largest clusters, and which categories of accounts copy each other, in counts."""
    import graphnet as gn  # noqa: PLC0415

    about = pq.read_table(data / TWEETS, columns=["author", "account_category", "language"])
    category = dict(zip(about["author"].to_pylist(), about["account_category"].to_pylist(), strict=True))
    with tempfile.TemporaryDirectory() as name:
        study = gn.read(data / TWEETS, Path(name) / "study", columns=COLUMNS)
        told = gn.match(study)
        clusters = study.rows("select * from clusters order by cluster").to_pylist()
        rows = study.rows(
            "select distinct c.cluster, a.id from copies c join accounts a on a.account = c.account order by 1, 2"
        ).to_pylist()
    of: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        of[row["cluster"]].add(category[row["id"]])
    summary = ", ".join(f"{told[n]:,} {n}" for n in ("own_posts", "texts", "clusters", "copies", "accounts"))
    parts = [summary, str(told["templates"]), _sizes(clusters), _largest(clusters, of), _matrix(of)]
    return "\n\n".join(parts)


def _sizes(clusters: Sequence[dict[str, Any]]) -> str:
    steps = ((2, 2), (3, 4), (5, 9), (10, 19), (20, 10**9))
    rows: list[list[Any]] = [["accounts", "clusters", "posts", "within a minute (median gap)"]]
    for low, high in steps:
        some = [c for c in clusters if low <= c["accounts"] <= high]
        quick = sum(c["gap"] is not None and c["gap"] <= 60 for c in some)
        rows.append([f"{low} to {high}" if high < 10**9 else f"{low} and more", f"{len(some):,}",
                     f"{sum(c['posts'] for c in some):,}", f"{quick:,}"])  # fmt: skip
    return table(rows)


def _largest(clusters: Sequence[dict[str, Any]], of: dict[int, set[str]]) -> str:
    rows: list[list[Any]] = [["cluster", "accounts", "posts", "texts", "median gap", "first to last", "categories"]]
    for c in clusters[:15]:
        gap, days = f"{c['gap'] / 60:.0f} min", f"{(c['last'] - c['first']) / 86400:.1f} days"
        words = ", ".join(sorted(of[c["cluster"]]))
        rows.append([c["cluster"], c["accounts"], c["posts"], c["texts"], gap, days, words])
    return table(rows)


def _matrix(of: dict[int, set[str]]) -> str:
    """Clusters in which accounts of both categories wrote; on the diagonal those of one category alone."""
    counts: Counter[tuple[str, str]] = Counter()
    for some in of.values():
        ends = sorted(some)
        counts.update(combinations_with_replacement(ends, 2) if len(ends) == 1 else (
            (a, b) for a, b in combinations_with_replacement(ends, 2) if a != b
        ))  # fmt: skip
    names = sorted({name for some in of.values() for name in some})
    rows: list[list[Any]] = [["", *names]]
    rows += [[a, *(f"{counts[min(a, b), max(a, b)]:,}" for b in names)] for a in names]
    return table(rows)


MEASURES = {
    "recall": recall, "peers": peers, "growth": growth, "chain": chain, "published": published, "found": found,
}  # fmt: skip


def main() -> None:
    """Print what was asked for."""
    if sys.argv[1:2] == ["--run"]:
        one_run(sys.argv[2], Path(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=[*MEASURES, "toolkit"])
    parser.add_argument("--toolkit", default=sys.executable, help="python that has coordination-network-toolkit")
    given = parser.parse_args()
    data = Path(os.environ.get("GRAPHNET_REAL_DATA", "."))
    for what in given.what:
        print(f"## {what}\n", flush=True)
        print(toolkit(data, given.toolkit) if what == "toolkit" else MEASURES[what](data), "\n", flush=True)


if __name__ == "__main__":
    main()
