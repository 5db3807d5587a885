"""How well the follower and creation audits tell bought or automated accounts from others, on labelled public profiles.

    GRAPHNET_REAL_DATA=… python benchmarks/followers.py

Prints the tables of docs/audit-followers.md and docs/audit-creation.md. Needs fake_followers_mib and
cresci2017_profiles (see docs/audit-followers.md for what these are).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

import graphnet as gn
from graphnet.audits._chance import benjamini_hochberg, two_shares
from graphnet.audits._dates import collected, usable
from graphnet.audits._follower_mix import CHECKS, marks
from graphnet.audits._handles import DEFAULT, templates
from graphnet.audits._lists import FollowerList
from graphnet.crowds import Crowds
from graphnet.intervals import wilson
from graphnet.scan import DAY, bursts, densest

MIB, CRESCI = "fake_followers_mib/raw/data", "cresci2017_profiles/raw"
ROUNDS, SIZE, SEED = 400, 500, 7
GROUPS, MEMBERS = 60, 50
CLASSES = {
    "fake followers": "fake_followers",
    "social spambots 1": "social_spambot_users_1",
    "social spambots 2": "social_spambot_users_2",
    "social spambots 3": "social_spambot_users_3",
    "traditional spambots 1": "spambots_1",
    "traditional spambots 3": "spambots_3",
    "traditional spambots 4": "spambots_4",
}
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def profiles(path: Path) -> FollowerList:
    """One file's accounts; their order says nothing and is not used."""
    rows = gn.followers(path, order="oldest").given.lists[0]  # type: ignore[union-attr]
    as_of = collected(rows.created, rows.followed)
    assert as_of is not None
    return FollowerList(**{**vars(rows), "created": usable(rows.created, as_of).time, "order": ""})


def auc(bad: Numbers, good: Numbers) -> float:
    """Chance that a bad one has the higher figure than a good one; equal ones count half; unknown ones are left out."""
    bad, good = bad[~np.isnan(bad)], good[~np.isnan(good)]
    if not len(bad) or not len(good):
        return float("nan")
    ranks = rankdata(np.concatenate([bad, good]))[: len(bad)]
    return float((ranks.sum() - len(bad) * (len(bad) + 1) / 2) / (len(bad) * len(good)))


def table(rows: list[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return "\n".join(lines + ["| " + " | ".join(_cell(r[n]) for n in names) + " |" for r in rows])


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "unknown" if np.isnan(value) else f"{value:.3f}".removeprefix("0")
    return str(value)


def share(values: Numbers) -> str:
    """A share in percent with its interval."""
    known = values[~np.isnan(values)]
    if not len(known):
        return "unknown"
    low, high = wilson(np.array([known.sum()]), np.array([float(len(known))]))
    return f"{known.mean():.1%} ({low[0]:.1%}-{high[0]:.1%})"


def counted(yes: Mapping[str, Numbers]) -> Numbers:
    """How many of the checks that are known an account answers with yes, as a share."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nanmean(np.array(list(yes.values())), axis=0), dtype=np.float64)


def accounts(bad: FollowerList, good: FollowerList) -> str:
    """Each check, and all together, on single accounts."""
    marked = [marks(rows, collected(rows.created, rows.followed) or 0.0) for rows in (bad, good)]
    rows: list[Mapping[str, Any]] = [
        {"check": code, "bought": share(marked[0][code]), "genuine": share(marked[1][code]),
         "AUC": auc(marked[0][code], marked[1][code])}
        for code in CHECKS
    ]  # fmt: skip
    whole = [counted(m) for m in marked]
    rows.append({"check": "share of checks", "bought": f"{whole[0].mean():.2f}", "genuine": f"{whole[1].mean():.2f}",
                 "AUC": auc(*whole)})  # fmt: skip
    return table(rows)


def lists(bad: FollowerList, good: FollowerList) -> str:
    """How often a list of newest followers with some bought ones differs from other genuine followers."""
    rng = np.random.default_rng(SEED)
    marked = [marks(rows, collected(rows.created, rows.followed) or 0.0) for rows in (bad, good)]
    found = []
    for bought in (0.0, 0.05, 0.1, 0.2, 0.5):
        hits = np.zeros(ROUNDS, dtype=bool)
        for i in range(ROUNDS):
            mixed = rng.choice(len(bad), int(bought * SIZE), replace=len(bad) < bought * SIZE)
            drawn = rng.permutation(len(good))
            newest, older = drawn[: SIZE - len(mixed)], drawn[SIZE - len(mixed) :][:SIZE]
            p = [_p(np.append(marked[0][c][mixed], marked[1][c][newest]), marked[1][c][older]) for c in CHECKS]
            hits[i] = (benjamini_hochberg(np.array([x for x in p if x is not None])) <= 0.01).any()
        found.append({"bought among the newest 500": f"{bought:.0%}", "lists with a difference": share(hits * 1.0)})
    return table(found)


def _p(newest: Numbers, older: Numbers) -> float | None:
    a, b = newest[~np.isnan(newest)], older[~np.isnan(older)]
    return two_shares(int(a.sum()), len(a), int(b.sum()), len(b)) if len(a) and len(b) else None


def false_alarms(good: FollowerList, languages: Mapping[str, str]) -> str:
    """Share of genuine accounts with three and more checks answered yes, by activity and language."""
    yes = marks(good, collected(good.created, good.followed) or 0.0)
    many = (np.nansum(np.array(list(yes.values())), axis=0) >= 3).astype(np.float64)
    bins = {"under 10 posts": (0, 10), "10 to 99": (10, 100), "100 to 999": (100, 1000), "1,000 and more": (1000, 1e18)}
    found = [
        {"genuine accounts": name, "number": int(w.sum()), "three checks or more": share(many[w])}
        for name, (low, high) in bins.items()
        if (w := (good.posts >= low) & (good.posts < high)).any()
    ]
    language = np.array([languages.get(i, "") for i in good.ids.tolist()])
    for name in sorted(set(languages.values())):
        where = language == name
        if where.sum() < 30:
            continue
        found.append({"genuine accounts": f"language {name}", "number": int(where.sum()),
                      "three checks or more": share(many[where])})  # fmt: skip
    return table(found)


def groups(rows: FollowerList, rng: np.random.Generator) -> Iterator[Any]:
    """Random groups of accounts with a date."""
    known = np.flatnonzero(~np.isnan(rows.created))
    for _ in range(GROUPS):
        yield rng.choice(known, MEMBERS, replace=False)


def creation(data: Path) -> str:
    """Random groups of 50 accounts of each class, against the dates of 1,000 other genuine accounts."""
    rng = np.random.default_rng(SEED)
    good = profiles(data / CRESCI / "genuine_users.csv")
    rest = rng.permutation(np.flatnonzero(~np.isnan(good.created)))
    controls, own = rest[:1000], rest[1000:]
    usual = [
        _scanned(good.created[rng.choice(own, MEMBERS, replace=False)], good.created[controls]) for _ in range(GROUPS)
    ]
    found = [_row("genuine, other accounts", usual, usual)]
    for name, file in CLASSES.items():
        rows = profiles(data / CRESCI / f"{file}.csv")
        for part in (1.0, 0.2) if name != "fake followers" else (1.0, 0.5, 0.2, 0.1):
            scanned = [
                _scanned(
                    np.append(rows.created[g[: int(part * MEMBERS)]], good.created[rng.choice(own, MEMBERS)])[:MEMBERS],
                    good.created[controls],
                )
                for g in groups(rows, rng)
            ]
            found.append(_row(name if part == 1 else f"… {part:.0%} of them, the rest genuine", scanned, usual))
    return table(found)


def _scanned(time: Numbers, controls: Numbers) -> tuple[float, float]:
    """P of the strongest burst, and the share in the densest 30 days."""
    held = bursts((time // DAY).astype(np.int64), (controls // DAY).astype(np.int64), draws=999, seed=SEED)
    crowd = Crowds(np.array([0]), np.array([0, len(time)]), np.arange(len(time)))
    return (held[0].p if held else 1.0), float(densest(time, crowd, 30)[1][0] / len(time))


def _row(name: str, scanned: list[tuple[float, float]], usual: list[tuple[float, float]]) -> Mapping[str, Any]:
    p, dense = np.array([s[0] for s in scanned]), np.array([s[1] for s in scanned])
    return {
        "groups of 50": name,
        "with a burst (p <= .05)": share((p <= 0.05) * 1.0),
        "median share in densest 30 days": f"{np.median(dense):.0%}",
        "AUC of that share": auc(dense, np.array([s[1] for s in usual])) if scanned is not usual else ".500",
    }


def handles(data: Path) -> str:
    """Single accounts: handles, pictures, followers of each class against genuine accounts, as AUC."""
    held = {"genuine": profiles(data / CRESCI / "genuine_users.csv")}
    held |= {name: profiles(data / CRESCI / f"{file}.csv") for name, file in CLASSES.items()}
    signals = {name: _signals(rows) for name, rows in held.items()}
    good = signals.pop("genuine")
    return table([{"class": name} | {code: auc(v, good[code]) for code, v in s.items()} for name, s in signals.items()])


def _signals(rows: FollowerList) -> dict[str, Numbers]:
    names = [templates(n) if n else set() for n in rows.names.tolist()]
    as_of = collected(rows.created, rows.followed) or 0.0
    return {
        **{d: np.array([d in t for t in names], dtype=np.float64) for d in sorted(DEFAULT)},
        "24 to 999 followers": ((rows.followers >= 24) & (rows.followers <= 999)) * 1.0,
        "default picture": rows.default_image,
        "empty description": 1 - rows.described,
        "youth": -(as_of - rows.created),
    }


def main() -> None:
    """Print every table."""
    data = Path(os.environ["GRAPHNET_REAL_DATA"])
    pairs = {
        "MIB 2015: bought followers (INT) and verified people (E13)": (f"{MIB}/fusers.csv", f"{MIB}/users.csv"),
        "Cresci 2017: fake followers and genuine accounts": (
            f"{CRESCI}/fake_followers.csv", f"{CRESCI}/genuine_users.csv"),
    }  # fmt: skip
    for title, (bad_file, good_file) in pairs.items():
        bad, good = profiles(data / bad_file), profiles(data / good_file)
        languages = pd.read_csv(data / good_file, dtype=str).set_index("id")["lang"].dropna().to_dict()
        print(
            f"\n## {title}\n\n{accounts(bad, good)}\n\n{lists(bad, good)}\n\n{false_alarms(good, languages)}",
            flush=True,
        )
    print(f"\n## Creation bursts\n\n{creation(data)}\n\n{handles(data)}")


if __name__ == "__main__":
    main()
