"""The posts that show a figure of an account: those at its favourite second, in its quiet hours, of its busiest day.

Example:
    >>> import numpy as np
    >>> busiest(np.array([5, 90_000, 90_001, 200_000])).tolist()
    [1, 2]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from graphnet.automation import FAST, FEATURES, Automation
from graphnet.crowds import Ints
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import iso

__all__ = ["busiest", "places", "posts"]

SHOWN = 3
"""Posts shown for a figure."""
LETTERS = 100
"""Signs of a post's text that are shown."""
ACCOUNTS = 5_000
"""Accounts looked up at once."""
FASTEST = f"""
select account, post, time, late, place from (
    select a.account, a.post, a.time, a.time - o.created as late,
        row_number() over (partition by a.account order by a.time - o.created, a.time, a.object) as place
    from actions a join objects o on a.object = o.object
    where a.kind = 'retweet' and o.kind = 'post' and a.time >= o.created and a.time - o.created < {FAST}
        and a.account in ({{accounts}})
) where place <= {SHOWN} order by account, place
"""
REPEATED = f"""
select account, post, time, place from (
    select a.account, a.post, a.time,
        row_number() over (
            partition by a.account order by r.n desc, a.object, a.time nulls last, a.post nulls last
        ) as place
    from actions a join (
        select account, object, count(*) as n from actions where kind = 'text' and account in ({{accounts}})
        group by account, object having count(*) > 1
    ) r on a.account = r.account and a.object = r.object
    where a.kind = 'text' and a.account in ({{accounts}})
) where place <= {SHOWN} order by account, place
"""


def posts(study: Study, found: Automation, accounts: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Figures that speak, each followed by posts that show it, for each of these accounts with indicators.

    Args:
        study: The study.
        found: What the indicators say.
        accounts: Our numbers of accounts; those without indicators get no rows.
    """
    wanted = [int(a) for a in accounts if found.flagged[a]]
    rows: dict[int, list[dict[str, Any]]] = {}
    for low in range(0, len(wanted), ACCOUNTS):
        some = wanted[low : low + ACCOUNTS]
        chosen = {a: [(FEATURES[i].name, i) for i in found.strongest(a)] for a in some}
        shown = _chosen(study, found, chosen)
        texts = _texts(study, [post for some_posts in shown.values() for _, post, _ in some_posts])
        for account in some:
            rows[account] = []
            for name, i in chosen[account]:
                rows[account] += found.figures(account, [i])
                rows[account] += [_row(texts, *post, name) for post in shown.get((account, name), ())]
    return rows


Shown = tuple[int, int, str]
"""Time, our number of the post (-1: an edge without one), and what is to be seen in it."""


def _chosen(
    study: Study, found: Automation, features: Mapping[int, Sequence[tuple[str, int]]]
) -> dict[tuple[int, str], list[Shown]]:
    lines = found.lines
    shown: dict[tuple[int, str], list[Shown]] = {}
    for account, some in features.items():
        start, times = int(lines.start[account]), lines.of(account)
        for name, _ in some:
            at = places(name, times, int(lines.rhythms.step[account]))[:SHOWN]
            shown[account, name] = [(int(times[i]), int(lines.post[start + i]), "") for i in at.tolist()]
    for name, sql in (("fast", FASTEST), ("repeats", REPEATED)):
        asked = [a for a, some in features.items() if name in dict(some)]
        rows = study.rows(sql.format(accounts=", ".join(map(str, asked)))).to_pylist() if asked else []
        for row in rows:
            late = f"{row['late']} s after the post" if name == "fast" else ""
            post = -1 if row["post"] is None else row["post"]
            shown.setdefault((row["account"], name), []).append((row["time"], post, late))
    return shown


def places(feature: str, times: Ints, step: int) -> Ints:
    """Places of the posts that show a figure; empty where no post does.

    Args:
        feature: Name of the figure.
        times: Sorted times of the account, at least one.
        step: Resolution of the times in seconds.
    """
    from graphnet.kernels.rhythm import DAY, longest_run, windows  # noqa: PLC0415  (numba, half a second)

    if feature == "quiet":
        quarter = times % DAY // 900
        first = windows(np.bincount(quarter, minlength=96).astype(np.int32)).argmin()
        return np.flatnonzero((quarter - first) % 96 < 24)
    if feature == "longest":
        return np.array(longest_run(times))
    if feature in ("burstiness", "entropy", "modal"):
        return _alike(np.diff(times), 10 * step)
    if feature in ("second", "minute"):
        return _usual(times % 60 if feature == "second" else times % 3600 // 60)
    if feature == "even":
        return _even(times, step)
    return busiest(times) if feature in ("per_day", "most") else np.zeros(0, dtype=np.int64)


def busiest(times: Ints) -> Ints:
    """Places of the posts of the busiest day (UTC), the first of equals."""
    return _usual(times // 86_400)


def _usual(values: Ints) -> Ints:
    """Places of the most common value, the smallest of equals."""
    known, count = np.unique(values, return_counts=True)
    return np.flatnonzero(values == known[count.argmax()])


def _alike(gaps: Ints, least: int) -> Ints:
    """Both ends of the gaps of the most common length."""
    counted = np.flatnonzero(gaps >= least)
    if not len(counted):
        return counted
    of = counted[_usual(gaps[counted])]
    return np.unique(np.concatenate([of, of + 1]))


def _even(times: Ints, step: int) -> Ints:
    """The longest of the even sessions."""
    from graphnet.kernels.rhythm import PAUSE, even_session  # noqa: PLC0415

    bounds = np.concatenate([[0], np.flatnonzero(np.diff(times) > PAUSE) + 1, [len(times)]])
    even = [(int(b - a), -int(a)) for a, b in pairwise(bounds) if even_session(times[a:b], step) > 0]
    length, start = max(even, default=(0, 0))
    return np.arange(-start, length - start)


def _texts(study: Study, numbers: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    wanted = sorted({n for n in numbers if n >= 0})
    found: dict[int, Mapping[str, Any]] = {}
    for low in range(0, len(wanted), ACCOUNTS):
        some = ", ".join(map(str, wanted[low : low + ACCOUNTS]))
        rows = study.rows(f"select post, id, text, client from posts where post in ({some})").to_pylist()
        found |= {row["post"]: row for row in rows}
    return found


def _row(texts: Mapping[int, Mapping[str, Any]], time: int, post: int, note: str, feature: str) -> dict[str, Any]:
    about = texts.get(post, {})
    row = {"shows": feature, "time": iso(time), "post": about.get("id"), "text": show(about.get("text"), LETTERS)}
    return row | ({"note": note} if note else {})
