"""How well the automation indicators tell machines from people, and how often they take people for machines.

    python benchmarks/signals.py                         # writes docs/signals-results.md
    GRAPHNET_REAL_DATA=FOLDER python benchmarks/signals.py

Generated worlds have a known answer. Real data is read from the folder that GRAPHNET_REAL_DATA names; without it that
part of the page says so. Most ordinary accounts calibrate; some are asked about like the machines.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import graphnet as gn  # noqa: E402
from graphnet import automation  # noqa: E402
from graphnet.automation import CLASSES, FAMILIES, FEATURES, Automation  # noqa: E402
from graphnet.kernels.rhythm import rhythms  # noqa: E402
from graphnet.simulate.collection import build  # noqa: E402
from graphnet.simulate.designs import ready  # noqa: E402

STRATA = ((36, 70), (71, 140), (141, 280), (281, 10**9))
LEVELS = ("several", "some", "none", "insufficient data")
HELD = 0.15
"""Share of the accounts outside planted groups that are asked about."""
SCHEDULED = 60
"""Ordinary accounts of a world that get a schedule beside their own posts."""
LOW = (10, 3)
"""Posts and days of the lower gate, where hardly any account passes the usual one."""

Array = Any


@dataclass(frozen=True)
class Judged:
    """Accounts of one or more studies, one row each: what they are, and what the indicators say."""

    label: Array
    lang: Array
    control: Array
    judged: Array
    level: Array
    kind: Array
    values: Array
    p: Array
    family: Array
    score: Array
    posts: Array

    @classmethod
    def of(cls, found: Automation, label: Array, lang: Array) -> Judged:
        """What was found in one study."""
        level, kind = np.array(found.level), np.array(CLASSES)[found.place]
        compared = found.compared
        return cls(
            label, lang, found.control, found.judged, level, kind, found.values, compared.p, compared.family,
            compared.score, found.lines.rhythms.posts,
        )  # fmt: skip

    @classmethod
    def joined(cls, some: Sequence[Judged]) -> Judged:
        """Several studies as one."""
        names = cls.__dataclass_fields__
        return cls(**{n: np.concatenate([getattr(s, n) for s in some]) for n in names})


def auc(positive: Array, negative: Array) -> tuple[float, int, int]:
    """Chance that a positive stands above a negative (ties count half), and how many of each are known."""
    positive, negative = positive[~np.isnan(positive)], negative[~np.isnan(negative)]
    n, m = len(positive), len(negative)
    if not n or not m:
        return float("nan"), n, m
    ranks = rankdata(np.concatenate([positive, negative]))
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m)), n, m


# Generated worlds -----------------------------------------------------------------------------------------------------


def world(name: str, seed: int, folder: Path) -> Judged:
    """One world; some of its ordinary accounts get a schedule, and half of the others calibrate."""
    made = build(replace(ready(name, 3000, 28), pace=4.0), seed)
    rng = np.random.default_rng(seed)
    truth = {r["account"]: (r["group"], r["role"]) for r in made.truth.to_pylist()}
    posts = made.posts.to_pandas()
    often = posts["account"].value_counts()
    able = sorted(a for a, n in often.items() if n >= 36 and truth[a] == ("", "ordinary"))
    chosen = set(rng.choice(able, SCHEDULED, replace=False).tolist())
    frame = pd.concat([posts, _schedule(posts, chosen, rng)], ignore_index=True)
    study = gn.read([frame, made.profiles.to_pandas()], into=folder / f"{name}{seed}")
    ids = study.rows("select id from accounts order by account")["id"].to_pylist()
    label = np.array(["scheduled person" if i in chosen else truth[i][1] for i in ids], dtype=object)
    most = posts.groupby("account")["lang"].agg(lambda s: s.mode().iloc[0]).to_dict()
    lang = np.array([most.get(i, "") for i in ids], dtype=object)
    outside = np.array([truth[i][0] == "" and i not in chosen for i in ids])
    control = outside & (rng.random(len(ids)) >= HELD)
    return Judged.of(automation.judge(study, ~control, control), label, lang)


def _schedule(posts: pd.DataFrame, chosen: set[str], rng: np.random.Generator) -> pd.DataFrame:
    """A post on each of eight fixed full minutes of every day, within the hours in which the person is awake."""
    rows: list[dict[str, Any]] = []
    for account in sorted(chosen):
        times = posts.loc[posts["account"] == account, "time"].to_numpy()
        hours = np.bincount(times % 86_400 // 3600, minlength=24)
        awake = np.flatnonzero(hours >= np.sort(hours)[-12])
        slots = [int(h) * 3600 + int(rng.integers(0, 12)) * 300 for h in rng.choice(awake, 8)]
        for day in range(int(times.min()) // 86_400, int(times.max()) // 86_400):
            rows += [
                {"id": f"s{account}{day}{n}", "account": account, "time": day * 86_400 + slot,
                 "text": f"Planned post number {day * 8 + n} of this account about today", "lang": "en"}
                for n, slot in enumerate(slots)
            ]  # fmt: skip
    return pd.DataFrame(rows)


# Real data ------------------------------------------------------------------------------------------------------------


def ira(folder: Path, into: Path) -> tuple[Any, Array, Array]:
    """The study of the Internet Research Agency's accounts, with the researchers' category and main language."""
    raw = pd.read_parquet(folder / "ira_troll_tweets" / "tweets.parquet")
    seconds = pd.to_datetime(raw["publish_date"]).to_numpy().astype("datetime64[s]").astype("int64")
    own = raw["retweet"] != "1"
    frame = pd.DataFrame(
        {"id": [f"t{n}" for n in range(len(raw))], "account": raw["author"], "time": seconds,
         "text": raw["content"].where(own, None), "lang": raw["language"]}
    )  # fmt: skip
    study = gn.read(frame, into=into / "ira")
    ids = study.rows("select id from accounts order by account")["id"].to_pylist()
    category = raw.groupby("author")["account_category"].first().to_dict()
    lang = raw.groupby("author")["language"].agg(lambda s: s.value_counts().index[0]).to_dict()
    pick = [np.array([of.get(i, "") for i in ids], dtype=object) for of in (category, lang)]
    return study, pick[0], pick[1]


def ordinary(folder: Path, into: Path) -> Any:
    """The study of ordinary accounts, of searches for hashtags."""
    files = sorted((folder / "payload_fixtures" / "academictwitter_v2").rglob("data_*.json"))
    rows = {}
    for file in files:
        for post in json.loads(file.read_text(encoding="utf-8")):
            if isinstance(post, dict) and {"author_id", "created_at", "id"} <= set(post):
                rows[post["id"]] = {
                    "id": post["id"], "account": post["author_id"], "time": post["created_at"],
                    "text": None if post.get("text", "").startswith("RT @") else post.get("text"),
                    "lang": post.get("lang"),
                }  # fmt: skip
    return gn.read(pd.DataFrame([rows[i] for i in sorted(rows)]), into=into / "ordinary")


def profiles(folder: Path) -> dict[str, dict[str, Array]]:
    """Profile figures of each class of cresci-2017."""
    found = {}
    for file in sorted((folder / "cresci2017_profiles" / "raw").glob("*.csv")):
        if "crowdflower" in file.name:
            continue
        raw = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8", on_bad_lines="skip")
        count = {n: pd.to_numeric(raw[f"{n}_count"], errors="coerce") for n in ("statuses", "followers", "friends")}
        created = pd.to_datetime(raw["created_at"], errors="coerce", utc=True, format="mixed")
        age = (pd.Timestamp("2015-06-01", tz="UTC") - created).dt.total_seconds() / 86_400
        found[file.stem] = {
            "lifetime": (count["statuses"] / age.clip(lower=1)).to_numpy(dtype=float),
            "follows": ((count["friends"] + 1) / (count["followers"] + 1)).to_numpy(dtype=float),
            "default_image": _flag(raw["default_profile_image"]),
            "no_description": raw["description"].isin(["", "NULL"]).to_numpy(dtype=float),
        }
    return found


def _flag(cells: pd.Series[str]) -> Array:
    return cells.isin(["1", "True", "true"]).to_numpy(dtype=float)


def gilani(folder: Path) -> tuple[Array, Array]:
    """Accounts followed for each follower, of egos labelled as a bot and as a person."""
    found: dict[str, dict[int, float]] = {"bot": {}, "human": {}}
    for name in ("mentions", "likes", "follows"):
        rows = pd.read_parquet(folder / "gilani_ego_edges" / f"{name}.parquet")
        for side in ("originating", "receiving"):
            own = rows[rows["ego_id"] == rows[f"{side}_id"]]
            own = own.dropna(subset=[f"{side}_follower_count", f"{side}_following_count"])
            ratio = (own[f"{side}_following_count"] + 1) / (own[f"{side}_follower_count"] + 1)
            for ego, label, value in zip(own["ego_id"], own["ego_label"], ratio, strict=True):
                found[label].setdefault(ego, float(value))
    return tuple(np.array(sorted(some.values())) for some in found.values())  # type: ignore[return-value]


# Tables ---------------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(r) + " |" for r in rows)]
    return "\n".join(lines) + "\n"


def figure(found: tuple[float, int, int]) -> str:
    """An area under the curve, with the numbers of accounts where they are few."""
    value, n, m = found
    return "-" if np.isnan(value) else f"{value:.2f}" + (f" ({n} : {m})" if min(n, m) < 100 else "")


def aucs(found: Judged, positives: Mapping[str, Array], negative: Array) -> str:
    """One row a figure, family and the score; one column a sort of positives."""
    rows = []
    for i, feature in enumerate(FEATURES):
        value = feature.tail * found.values[:, i]
        rows.append([f"`{feature.name}` ({feature.family})", *_row(value, positives, negative)])
    for i, name in enumerate(FAMILIES):
        rows.append([f"family {name}", *_row(-found.family[:, i], positives, negative)])
    rows.append(["**combined score**", *_row(found.score, positives, negative)])
    return table(["figure", *positives], rows)


def _row(value: Array, positives: Mapping[str, Array], negative: Array) -> list[str]:
    return [figure(auc(value[some], value[negative])) for some in positives.values()]


def rates(found: Judged, by: Sequence[tuple[str, Array]]) -> str:
    """Shares of levels and classes, one row a sort of accounts (judged ones, and how many cannot be)."""
    rows = []
    for name, which in by:
        able = which & found.judged
        n = max(int(able.sum()), 1)
        flagged = int((able & np.isin(found.level, LEVELS[:2])).sum())
        kinds = [f"{int((able & (found.kind == k)).sum()) / n:.1%}" for k in CLASSES[:4]]
        rows.append([name, f"{able.sum():,}", f"{(which & ~found.judged).sum():,}", f"{flagged / n:.1%}", *kinds])
    return table(["accounts", "judged", "not judged", "with indicators", *CLASSES[:4]], rows)


def strata(found: Judged, which: Array) -> list[tuple[str, Array]]:
    """The accounts by number of posts."""
    names = [f"{low} to {high} posts" if high < 10**9 else f"{low} posts and more" for low, high in STRATA]
    return [
        (n, which & (found.posts >= a) & (found.posts <= b)) for n, (a, b) in zip(names, STRATA, strict=True)
    ]  # fmt: skip


def languages(found: Judged, which: Array, least: int = 20) -> list[tuple[str, Array]]:
    """The accounts by language, of languages with so many judged ones."""
    known, counts = np.unique(found.lang[which & found.judged].astype(str), return_counts=True)
    return [(str(k), which & (found.lang == k)) for k, n in zip(known, counts, strict=True) if n >= least]


# The page -------------------------------------------------------------------------------------------------------------


def generated(seeds: int, folder: Path) -> Iterator[str]:
    """The part of the page about generated worlds."""
    some = [world(name, seed, folder) for name in ("weekend", "four") for seed in range(1, seeds + 1)]
    found = Judged.joined(some)
    asked = found.judged & ~found.control
    people = asked & (found.label == "ordinary")
    sorts = {name: asked & (found.label == name) for name in ("bot", "scheduled person", "cyborg", "person")}
    yield (
        f"{2 * seeds} worlds (`weekend` and `four`, {seeds} seed{'s' * (seeds > 1)} each) of 3,000 ordinary accounts "
        f"over 28 days and the planted groups. {HELD:.0%} of the accounts outside these are asked about, the others "
        "calibrate, fans and newsrooms among them.\n\n"
        "- *bot*: no sleep, half of them by schedule.\n"
        "- *scheduled person*: an ordinary account to which this benchmark adds eight posts a day at full minutes.\n"
        "- *cyborg*, *person*: members of planted groups who join operations within minutes, and otherwise live by a "
        "human clock: there is no machine in their rhythm to be found.\n\n### Area under the curve against ordinary "
        "accounts\n\nOf judged accounts; .5 is chance, below .5 the figure points the other way.\n"
    )
    yield aucs(found, sorts, people)
    hard = ("fan", "chain", "outlet", "celebrity", "author", "storm")
    yield "\n### What is said of each sort of account\n"
    every = [(n, found.label == n) for n in ("bot", "scheduled person", "cyborg", "person", "ordinary", *hard)]
    yield rates(found, [(n, w & ~found.control) for n, w in every])
    yield "\n### Ordinary accounts by activity\n\nAll with indicators are false positives.\n"
    yield rates(found, strata(found, (found.label == "ordinary") & ~found.control))
    yield "\n### Ordinary accounts by language\n"
    yield rates(found, languages(found, (found.label == "ordinary") & ~found.control))


def real(folder: Path, into: Path) -> Iterator[str]:
    """The part of the page about real data."""
    study, category, lang = ira(folder, into)
    rng = np.random.default_rng(7)
    office = np.isin(category, ("RightTroll", "LeftTroll", "HashtagGamer"))
    control = office & (rng.random(len(category)) >= 0.3)
    found = Judged.of(automation.judge(study, ~control, control), category, lang)
    asked = found.judged & ~found.control
    rest = asked & office
    feeds = {name: asked & (category == name) for name in ("NewsFeed", "Commercial", "Fearmonger", "NonEnglish")}
    yield (
        "\n### Troll tweets: news feeds against accounts played by people\n\n"
        "All accounts are of one agency, at minute resolution (so nothing is said of seconds and quick retweets). The "
        "researchers' category is not a label of automation: news feeds were automated, the others were written in "
        "an office, which is itself no ordinary rhythm. 70 % of RightTroll, LeftTroll and HashtagGamer calibrate, "
        "the others stand for people here.\n"
    )
    yield aucs(found, feeds, rest)
    yield "\n"
    yield rates(found, [*feeds_of(found), ("people not calibrated on", office & ~found.control)])
    yield "\nThe people not calibrated on, by activity and by language:\n"
    yield rates(found, strata(found, office & ~found.control) + languages(found, office & ~found.control))
    yield from _against_ordinary(study, ordinary(folder, into))
    yield from _profile_tables(folder)


def feeds_of(found: Judged) -> list[tuple[str, Array]]:
    """The accounts of each category that is not played by people."""
    names = ("NewsFeed", "Commercial", "Fearmonger", "NonEnglish")
    return [(n, (found.label == n) & ~found.control) for n in names]


def _against_ordinary(trolls: Any, people: Any) -> Iterator[str]:
    both = []
    for study in (trolls, people):
        lines = automation.timelines.load(study)
        # the trolls' times have no seconds: neither must those of the others
        time = lines.time // 60 * 60
        lines = replace(lines, time=time, rhythms=rhythms(lines.start, time))
        values = automation.figures(study, lines, np.zeros(len(lines.untimed), dtype=bool))
        both.append((values, lines.rhythms.posts, lines.rhythms.days))
    rows, counts = [], []
    for posts, days in ((automation.POSTS, automation.DAYS), LOW):
        kept = [v[(p >= posts) & (d >= days)] for v, p, d in both]
        counts.append(f"{len(kept[0]):,} against {len(kept[1]):,} from {posts} posts on {days} days on")
        rows.append([figure(auc(f.tail * kept[0][:, i], f.tail * kept[1][:, i])) for i, f in enumerate(FEATURES)])
    yield (
        "\n### Troll accounts against ordinary accounts\n\n"
        f"Accounts that pass: {'; '.join(counts)}. The ordinary accounts come from searches for hashtags over days, "
        "the trolls' posts from their whole timelines over years: the figures below show that difference as much as "
        "any other, and no rate can be given from so few.\n"
    )
    told = [[f"`{f.name}`", a, b] for f, a, b in zip(FEATURES, *rows, strict=True) if (a, b) != ("-", "-")]
    yield table(["figure", "usual gate", "lower gate"], told)


def _profile_tables(folder: Path) -> Iterator[str]:
    found = profiles(folder)
    genuine = found.pop("genuine_users")
    yield (
        "\n### Profiles only (cresci-2017)\n\nWithout posts every account is *insufficient data*, whatever its profile "
        f"says; these are the figures of a profile alone, against {len(genuine['lifetime']):,} genuine accounts (age "
        "on 1 June 2015).\n"
    )
    rows = [
        [f"{name} ({len(of['lifetime']):,})", *(figure(auc(of[k], genuine[k])) for k in genuine)]
        for name, of in found.items()
    ]
    yield table(["class", *(f"`{k}`" for k in genuine)], rows)
    machine, people = gilani(folder)
    yield (
        "\n### Ego networks (gilani-2017)\n\nEdges without times: nothing but `follows` (accounts followed for each "
        f"follower) is known, of {len(machine)} accounts labelled bot and {len(people)} labelled human: area under the "
        f"curve {auc(machine, people)[0]:.2f}.\n"
    )


def page(seeds: int, folder: Path) -> str:
    """The whole page."""
    parts = [HEAD, *generated(seeds, folder), "\n## Real data\n"]
    named = os.environ.get("GRAPHNET_REAL_DATA")
    parts += real(Path(named), folder) if named else ["\nNot run: GRAPHNET_REAL_DATA was not set.\n"]
    return "\n".join(p.rstrip("\n") for p in parts) + "\n"


HEAD = """# Automation indicators: what they find and whom they wrong

Written by `python benchmarks/signals.py`; [audit-rhythm.md](audit-rhythm.md) says what the figures are. Pairs in
brackets are how many accounts were compared where one side has fewer than 100.

## Generated worlds
"""

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "signals-results.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        options.out.write_text(page(options.seeds, Path(scratch)), encoding="utf-8")
    print(f"wrote {options.out}")
