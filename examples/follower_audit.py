"""Did these followers come like others? An audit of generated followers in the shape of a published case.

Makes two files: the number of followers on each day, and the profiles of the newest 24,000 followers, the newest first,
as platforms list them (without follow dates). From September to November 253.5 followers came a day; on 11 and 12
December about 3,200 did. Of the newest 15,000, 8,821 were created that year, 6,170 in the past 40 days, 5,192 have
fewer than 10 posts, 6,418 follow fewer than 10 accounts, 4,179 have fewer than 10 followers. Every name and number is
made up by this script.

Run: python examples/follower_audit.py [FOLDER]
"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import graphnet as gn
from graphnet.audits import Audited

DAY = 86400
FIRST = int(datetime(2021, 9, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2021, 12, 20, tzinfo=UTC).timestamp())
PEAK = {"2021-12-11": 3_204, "2021-12-12": 3_196}
NEWEST, LISTED = 15_000, 24_000
PUBLISHED = {
    "created_this_year": 8_821,
    "created_last_40_days": 6_170,
    "few_posts": 5_192,
    "follows_few": 6_418,
    "few_followers": 4_179,
}
"""What was counted among the newest 15,000 …"""
OF_PEAK = {
    "created_this_year": 6_180,
    "created_last_40_days": 5_900,
    "few_posts": 4_700,
    "follows_few": 5_900,
    "few_followers": 3_900,
}
"""… and how many of these this script puts into the two days; the published figures do not say."""
OLDER = {"created_this_year": 0.3, "few_posts": 0.06, "follows_few": 0.06, "few_followers": 0.03}
"""Shares among older followers."""

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def date(seconds: float) -> str:
    """The day."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d}"


def daily(rng: np.random.Generator) -> dict[str, int]:
    """Followers gained each day: quiet days in pairs as far above 253.5 as below, so that this is mean and median."""
    days = [date(t) for t in range(FIRST + DAY, LAST + DAY, DAY)]
    away = np.repeat(rng.integers(0, 30, len(days) // 2), 2)
    pairs = np.where(np.arange(len(away)) % 2, 254 + away, 253 - away)
    pairs[:90] = rng.permutation(pairs[:90])  # September to November
    quiet = iter(pairs.tolist())
    return {day: PEAK[day] if day in PEAK else next(quiet) for day in days}


def times(rng: np.random.Generator, gained: dict[str, int]) -> Numbers:
    """When each of the listed followers followed, the newest first."""
    starts = np.repeat([datetime.fromisoformat(d).replace(tzinfo=UTC).timestamp() for d in gained], [*gained.values()])
    return np.sort(starts + rng.random(len(starts)) * DAY)[::-1][:LISTED]


def some(rng: np.random.Generator, who: Flags, number: int) -> Flags:
    """So many of those, at random."""
    found = np.zeros(len(who), dtype=bool)
    found[rng.choice(np.flatnonzero(who), number, replace=False)] = True
    return found


def answers(rng: np.random.Generator, peak: Flags) -> dict[str, Flags]:
    """Who answers yes to each question: exactly as many of the newest as published."""
    newest = np.arange(LISTED) < NEWEST
    parts = (newest & peak, OF_PEAK), (newest & ~peak, {k: PUBLISHED[k] - OF_PEAK[k] for k in PUBLISHED})
    found = {}
    for code, older in OLDER.items():
        found[code] = ~newest & (rng.random(LISTED) < older)
        for who, numbers in parts:
            found[code] |= some(rng, who, numbers[code])
    this_year = found["created_this_year"]
    new = [some(rng, who & this_year, numbers["created_last_40_days"]) for who, numbers in parts]
    return found | {"created_last_40_days": new[0] | new[1]}


def created(rng: np.random.Generator, followed: Numbers, yes: dict[str, Flags]) -> Numbers:
    """When each account was made: before it followed, and when the answers say."""
    recent, january = LAST + DAY - 40 * DAY, datetime(2021, 1, 1, tzinfo=UTC).timestamp()
    new, this_year = yes["created_last_40_days"], yes["created_this_year"]
    low = np.where(new, recent, np.where(this_year, january, datetime(2008, 1, 1, tzinfo=UTC).timestamp()))
    high = np.where(new, followed, np.where(this_year, np.minimum(followed, recent - 1), january - 1))
    return np.floor(low + rng.beta(1.3, 1.0, LISTED) * (high - low))


def write(folder: Path) -> tuple[Path, Path]:
    """The two files: counts and profiles."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2021)
    gained = daily(rng)
    followed = times(rng, gained)
    yes = answers(rng, np.array([date(t) in PEAK for t in followed.tolist()]))
    made = created(rng, followed, yes)
    columns = {
        "posts": np.where(yes["few_posts"], rng.integers(0, 10, LISTED), 10 + rng.pareto(0.6, LISTED) * 20),
        "following": np.where(yes["follows_few"], rng.integers(1, 10, LISTED), 10 + rng.pareto(1.0, LISTED) * 80),
        "followers": np.where(yes["few_followers"], rng.integers(0, 10, LISTED), 10 + rng.pareto(0.7, LISTED) * 30),
    }
    counts, profiles = folder / "counts.csv", folder / "followers.csv"
    with counts.open("w", newline="", encoding="utf-8") as file:
        totals = 60_000 + np.cumsum([0, *gained.values()])
        csv.writer(file).writerows([("date", "followers"), *zip([date(FIRST), *gained], totals.tolist(), strict=True)])
    with profiles.open("w", newline="", encoding="utf-8") as file:
        numbers = (np.minimum(c, 1e6).astype(int).tolist() for c in columns.values())
        ids = [str(7_000_000_000_000_000_000 + i) for i in range(LISTED)]
        dates = [f"{datetime.fromtimestamp(int(t), UTC):%Y-%m-%d %H:%M:%S}" for t in made.tolist()]
        rows = zip(ids, (f"reader{i}" for i in range(LISTED)), dates, *numbers, strict=True)
        csv.writer(file).writerows([("user_id", "screen_name", "created_at", *columns), *rows])
    return counts, profiles


def main(folder: Path = Path("demo/follower_audit")) -> Audited:
    """Make the files, audit them, print what was found."""
    counts, profiles = write(folder)
    question = gn.followers(profiles, counts, newest=NEWEST, as_of=date(LAST), baseline="2021-09-02/2021-11-30")
    page = folder / "followers.html"
    found = gn.audit(None, question, page)
    wanted = ("baseline", "change", *PUBLISHED, "new_when_following", "block")
    for answer in found.answers:
        if answer.code.startswith(wanted):
            print(f"{answer.code:22} {answer.reason}.")
    print(f"map and tables: {page.resolve().as_uri()}")
    return found


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
