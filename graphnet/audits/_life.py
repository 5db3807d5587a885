"""What the uses of one thing are like: whose they are, how they spread, how concentrated they are.

Shares of posts have intervals that allow for accounts that post much: the spread of the share is that of a ratio over
accounts (linearised), turned into an effective number of posts for Wilson's interval.

Example:
    >>> share(np.array([True] * 30 + [False] * 30), np.arange(60)).low > 0.37
    True
    >>> share(np.array([True] * 30 + [False] * 30), np.repeat([1, 2], 30)).low < 0.1
    True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits._uses import Uses
from graphnet.crowds import Flags, Ints, Numbers
from graphnet.intervals import wilson
from graphnet.words import count, percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = [
    "FEW",
    "FRESH",
    "LEVELS",
    "NAMES",
    "UNITS",
    "Figure",
    "Known",
    "gini",
    "known",
    "levels",
    "measure",
    "share",
]

FEW = 20
"""Posts below which no share is given."""
TEN = 10
LEVELS = ("none", "L0", "L1", "L2", "L3")
"""Levels of a community, that of accounts in none before them."""
SUSPECTED = 3
FRESH = ("created_share", "first_seen_share")
"""Figures that depend on the date, and are compared in the same hours."""
NAMES = {
    "suspected_share": "share of posts from communities that are suspected of coordination (L2, L3)",
    "created_share": "share of posts from accounts created within the window or shortly before",
    "first_seen_share": "share of posts from accounts that the collection has not seen before the window",
    "repost_share": "share of posts that repeat another one",
    "near_identical_share": "share of own posts whose words another account wrote, too",
    "top_ten_share": "share of posts from the ten busiest accounts",
    "gini": "how unequally the posts are spread over the accounts (0: evenly, 1: all from one)",
    "top_ten_originals": "share of the reposts that repeat the ten most repeated posts",
    "ten_accounts_after": "time from the first post until ten accounts have joined",
}
UNITS = {"gini": "Gini coefficient", "ten_accounts_after": "s"}


@dataclass(frozen=True)
class Figure:
    """A figure with its interval, or why there is none.

    Attributes:
        value: None: cannot be given.
        low, high: 95 % interval, where there is one.
        x, n: How many of how many, for shares.
        why: Why there is no value.
        note: What a reader of the value has to know, beginning with a semicolon.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    x: int = 0
    n: int = 0
    why: str = ""
    note: str = ""


@dataclass(frozen=True)
class Known:
    """What the study knows of accounts and posts, by their numbers.

    Attributes:
        created: When each account was made; NaN where unknown.
        first: When it was first seen in this collection; NaN: never with a time.
        community: Its community; 0: in none.
        level: Place in `LEVELS`; None where no levels were found out.
        copied: Whether each post's words are near-identical with another account's; None: not looked into.
        phrases: Whether they are, but are a common phrase or those of an app or a share button, and not in ``copied``.
        begin: First time in the collection.
    """

    created: Numbers
    first: Numbers
    community: Ints
    level: Ints | None
    copied: Flags | None
    phrases: Flags | None
    begin: int


def known(study: Study) -> Known:
    """Fetch what is known."""
    rows = study.rows("select account, created from accounts order by account")
    width = rows.num_rows
    created = rows["created"].cast("double").to_numpy().astype(np.float64)
    first = np.full(width, np.nan)
    seen = study.rows(
        "select account, min(time) as first from actions where time is not null and kind <> 'follow' group by account"
    )
    first[seen["account"].to_numpy()] = seen["first"].to_numpy()
    community = np.zeros(width, dtype=np.int64)
    level = None
    if study.has("members"):
        held = study.rows("select account, community from members")
        community[held["account"].to_numpy()] = held["community"].to_numpy()
    if study.has("levels"):
        names = study.rows("select community, level from levels").to_pylist()
        of = np.zeros(int(community.max(initial=0)) + 1, dtype=np.int64)
        for row in names:
            of[row["community"]] = LEVELS.index(row["level"])
        level = of[community]
    begin = float(np.nanmin(first)) if np.isfinite(first).any() else 0.0
    copied, phrases = _copied(study)
    return Known(created, first, community, level, copied, phrases, int(begin))


def _copied(study: Study) -> tuple[Flags, Flags] | tuple[None, None]:
    """Posts in a text cluster, and apart those of share buttons, apps and common phrases: these are no evidence."""
    if not (study.has("copies") and study.has("clusters")):
        return None, None
    width = study.rows("select coalesce(max(post), -1) + 1 as n from posts")["n"][0].as_py()
    rows = study.rows(
        "select c.post, case when k.template is null then 1 else 0 end as counts "
        "from copies c join clusters k on k.cluster = c.cluster"
    )
    found = np.zeros((2, width), dtype=np.bool_)
    found[1 - rows["counts"].to_numpy(), rows["post"].to_numpy()] = True
    return found[0], found[1] & ~found[0]


# Figures -------------------------------------------------------------------------------------------------------------


def share(flags: Flags, account: Ints) -> Figure:
    """Share of posts for which something holds."""
    n, x = len(flags), int(flags.sum())
    if n < FEW:
        return Figure(x=x, n=n, why=f"insufficient data: {n} posts, {FEW} are needed")
    _, of = np.unique(account, return_inverse=True)
    posts, hits = np.bincount(of), np.bincount(of, weights=flags)
    value, accounts = x / n, len(posts)
    variance = float(((hits - value * posts) ** 2).sum()) / n**2 * accounts / max(accounts - 1, 1)
    effective = min(n, value * (1 - value) / variance) if variance > 0 else accounts
    low, high = wilson(np.array([value * effective]), np.array([effective]))
    return Figure(value, float(low[0]), float(high[0]), x, n)


def gini(counts: Ints) -> float:
    """Gini coefficient of counts above 0.

    Example:
        >>> gini(np.array([5, 5, 5])), round(gini(np.array([1, 1, 98])), 2)
        (0.0, 0.65)
    """
    ordered = np.sort(counts)
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def measure(found: Uses, facts: Known, start: int, end: int, fresh: int) -> dict[str, Figure]:
    """All figures of uses.

    Args:
        found: Uses of one thing.
        facts: What is known of the accounts.
        start: Where the window begins, in seconds.
        end: Where it ends.
        fresh: Seconds before the window in which an account counts as new.
    """
    figures: Mapping[str, Callable[[], Figure]] = {
        "suspected_share": lambda: _suspected(found, facts),
        "created_share": lambda: _created(found, facts, start - fresh, end),
        "first_seen_share": lambda: _first_seen(found, facts, start),
        "repost_share": lambda: share(found.repost, found.account),
        "near_identical_share": lambda: _near(found, facts),
        "top_ten_share": lambda: _top(found.account, "posts"),
        "gini": lambda: _spread(found.account),
        "top_ten_originals": lambda: _top(found.original[found.repost & (found.original >= 0)], "reposts"),
        "ten_accounts_after": lambda: ten_accounts(found),
    }
    return {code: figure() for code, figure in figures.items()}


def _suspected(found: Uses, facts: Known) -> Figure:
    if facts.level is None:
        return Figure(why="not applicable: no levels yet; run graphnet confirm")
    return share(facts.level[found.account] >= SUSPECTED, found.account)


def _created(found: Uses, facts: Known, start: int, end: int) -> Figure:
    created = facts.created[found.account]
    dated = ~np.isnan(created)
    if dated.sum() < max(FEW, len(found) / 2):
        return Figure(why=f"insufficient data: creation dates are known for {dated.sum():,} of {len(found):,} posts")
    return share((created[dated] >= start) & (created[dated] < end), found.account[dated])


def _first_seen(found: Uses, facts: Known, start: int) -> Figure:
    if start - facts.begin < 2 * 86400:
        return Figure(why="not applicable: the collection begins less than two days before")
    return share(facts.first[found.account] >= start, found.account)


def _near(found: Uses, facts: Known) -> Figure:
    if facts.copied is None or facts.phrases is None:
        return Figure(why="not applicable: texts were not compared yet; run graphnet match")
    own = found.take(~found.repost & (found.post >= 0))
    figure, aside = share(facts.copied[own.post], own.account), int(facts.phrases[own.post].sum())
    if figure.value is None or not aside:
        return figure
    posts = count(aside, "more post repeats", "more posts repeat")
    whole = f"with them {percent((figure.x + aside) / figure.n)}"
    note = f"; {posts} words that others wrote, too, not counted as a common phrase or those of an app: {whole}"
    return replace(figure, note=note)


def _top(values: Ints, noun: str) -> Figure:
    if len(values) < FEW:
        return Figure(why=f"insufficient data: {len(values)} {noun}, {FEW} are needed")
    counts = np.sort(np.unique(values, return_counts=True)[1])
    x = int(counts[-TEN:].sum())
    return Figure(x / len(values), x=x, n=len(values))


def _spread(account: Ints) -> Figure:
    if len(account) < FEW:
        return Figure(why=f"insufficient data: {len(account)} posts, {FEW} are needed")
    return Figure(gini(np.unique(account, return_counts=True)[1]), n=len(account))


def ten_accounts(found: Uses) -> Figure:
    """Seconds from the first use until ten accounts have joined (uses stand in the order of time)."""
    dated = found.take(found.time >= 0)
    _, first = np.unique(dated.account, return_index=True)
    if len(first) < TEN:
        return Figure(why=f"insufficient data: {len(first)} accounts, {TEN} are needed")
    times = dated.time[np.sort(first)]
    return Figure(float(times[TEN - 1] - times[0]), n=len(first))


def levels(found: Uses, facts: Known) -> list[dict[str, Any]]:
    """Posts and accounts by level and community, the most posts first."""
    level = np.zeros(len(facts.community), dtype=np.int64) if facts.level is None else facts.level
    rows = np.array([level[found.account], facts.community[found.account]])
    kinds, place = np.unique(rows, axis=1, return_inverse=True)
    posts = np.bincount(place.ravel(), minlength=kinds.shape[1])
    made = [
        {
            "community": f"C{community}" if community else "(in none)",
            "level": LEVELS[int(kinds[0, i])] if community else "",
            "posts": int(posts[i]),
            "share": float(posts[i] / max(len(found), 1)),
            "accounts": len(np.unique(found.account[place.ravel() == i])),
        }
        for i, community in enumerate(kinds[1].tolist())
    ]
    return sorted(made, key=lambda row: (-row["posts"], row["community"]))
