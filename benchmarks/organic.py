"""How many accounts of real public collections, in which nobody is known to coordinate, reach which level.

    GRAPHNET_REAL_DATA=… python benchmarks/organic.py                # prints the table
    GRAPHNET_REAL_DATA=… python benchmarks/organic.py --page FILE    # … and writes it as a page
    GRAPHNET_REAL_DATA=… python benchmarks/organic.py jackattack     # collections whose name begins so, with all groups

Only counts leave this script; accounts are shown as the study's own numbers.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import graphnet as gn  # noqa: E402
from graphnet._benign import verdict  # noqa: E402
from graphnet._confirm import confirm  # noqa: E402
from graphnet._validate import validate  # noqa: E402
from graphnet.study import Study  # noqa: E402

COLLECTIONS: dict[str, tuple[str, str | None]] = {
    "jackattack, retweets (pile-on)": ("jackattack/retweets-segments/*.csv", None),
    "jackattack, mentions": ("jackattack/mentions.csv", None),
    "jackattack, hashtags": ("jackattack/hashtags.csv", None),
    "mayweather_mcgregor (live event)": ("mayweather_mcgregor_tweets/raw/mayweather-mcgregor/tweets.csv", None),
    "us2016 retweets": ("us2016_retweets/raw/data/retweets_smaller.csv", None),
    "us2016 retweets, minimised": ("us2016_retweets/raw/data/retweets_graph_minimized.csv", None),
    "higgs, mentions": ("higgs_mention_reply/raw/data/higgs-mention_network.edgelist", "mention"),
    "kpop payload": ("payload_fixtures/twarc_csv/test-data/kpop.jsonl", None),
    "brexit payload": ("payload_fixtures/twarc_csv/test-data/brexit.jsonl", None),
}
"""Name -> files, and the kind of the edges where the files do not say."""
NETWORKS = {"follow": "controversy_garimella/follow", "retweet": "controversy_garimella/retweet"}


def collections(data: Path) -> Iterator[tuple[str, str, str | None]]:
    """Name, files and kind of every collection; each network of the controversy data is one."""
    yield from ((name, str(data / files), kind) for name, (files, kind) in COLLECTIONS.items())
    for kind, folder in NETWORKS.items():
        for file in sorted((data / folder).glob("*.txt")):
            topic = file.stem.removeprefix("retweet_graph_").removesuffix("_largest_CC").removesuffix("_part")
            yield f"controversy {kind}, {topic.removesuffix('_followers_network')}", str(file), kind


def judge(files: str, kind: str | None, folder: Path) -> dict[str, Any]:
    """Run the whole chain on one collection."""
    start = time.perf_counter()
    study = gn.read(files, into=folder, kind=kind)
    # edges without times: mentions of the same account at any time
    timeless = study.actions.time.isna().all() and (study.actions.kind == "mention").all()
    gn.project(study, *[gn.layers.CoMention(window=None)] * int(timeless))
    layers = validate(study)["layers"]
    about: dict[str, Any] = {"levels": {"L1": 0, "L2": 0}, "accounts": {"L2": 0}}
    if layers:
        gn.detect(study)
        about = confirm(study)
        if len(study.communities):
            gn.score(study, controls=0)
    return {
        "accounts": len(study.accounts),
        "judged": max((of["accounts"] for of in layers.values()), default=0),
        "tests": sum(of["tests"] for of in layers.values()),
        "kept": sum(of["kept"] for of in layers.values()),
        "layers": sorted(layers),
        "levels": about["levels"],
        "in_level": about["accounts"],
        "groups": list(_groups(study)) if layers else [],
        "seconds": time.perf_counter() - start,
    }


def _groups(study: Study) -> Iterator[dict[str, Any]]:
    """The groups above L0, with what carries them."""
    rows = study.rows(
        "select l.*, c.size from levels l join communities c on c.community = l.community "
        "where l.level > 'L0' order by l.community"
    ).to_pylist()
    said = study.rows("select community, code, support from benign").to_pylist() if rows else []
    for row in rows:
        benign = [s["code"] for s in said if s["community"] == row["community"] and verdict(s["support"]) == "for"]
        yield row | {"benign": sorted(benign)}


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """One line a collection."""
    head = ("collection", "accounts", "judged", "pairs tested", "pairs kept", "groups L1", "groups L2", "accounts L2")
    rows = [
        (
            name,
            *(f"{r[k]:,}" for k in ("accounts", "judged", "tests", "kept")),
            str(r["levels"]["L1"]),
            str(r["levels"]["L2"]),
            str(r["in_level"]["L2"]),
        )
        for name, r in found.items()
    ]
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)]
    return "\n".join(lines) + "\n"


def described(name: str, group: Mapping[str, Any]) -> str:
    """A group above L0 in one sentence."""
    benign = ", ".join(group["benign"]) or "none"
    return (
        f"- {name}, C{group['community']}, {group['size']} accounts, {group['level']}: {group['reason']}. "
        f"Benign explanations that the data speak for: {benign}.\n"
    )


def page(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The table and the groups as a page."""
    groups = "".join(described(name, group) for name, r in found.items() for group in r["groups"])
    suspected = sum(r["in_level"]["L2"] for r in found.values())
    return f"""# Real collections in which nobody is known to coordinate

Written by `benchmarks/organic.py`. Public collections of ordinary accounts: a pile-on, a live event, an election
evening, a scientific announcement, follow and retweet networks of hashtag topics, two small payloads. *Judged* are
accounts with at least five things in a layer. Accounts in all: {sum(r["accounts"] for r in found.values()):,}; of them
at L2: {suspected:,}.

{table(found)}
Groups above L0:

{groups or "None." + chr(10)}"""


def main() -> None:
    """Run the collections and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("begins", nargs="?", default="", help="only collections whose name begins so")
    parser.add_argument("--page", type=Path, help="write the results here")
    given = parser.parse_args()
    found = {}
    for name, files, kind in collections(Path(os.environ["GRAPHNET_REAL_DATA"])):
        if name.startswith(given.begins):
            with tempfile.TemporaryDirectory(prefix="graphnet-organic-") as folder:
                found[name] = judge(files, kind, Path(folder) / "study")
            print(f"{name}: {found[name]['levels']}, {found[name]['seconds']:.1f} s", file=sys.stderr, flush=True)
            print("".join(described(name, group) for group in found[name]["groups"]), end="", file=sys.stderr)
    print(table(found))
    if given.page:
        given.page.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
