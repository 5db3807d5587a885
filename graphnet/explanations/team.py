"""One team of one organisation, with a scheduling tool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.explanations import Benign, Clue, lean, share
from graphnet.explanations._facts import Facts
from graphnet.explanations._profiles import named
from graphnet.safe import show
from graphnet.words import percent

__all__ = ["Team"]

LEAST = 20
"""Fewest own posts of a group whose clock can be read."""
ROUNDED = 0.5
"""Where so many posts elsewhere are on five full minutes, times were rounded or everybody schedules."""
CLOCK = """
select coalesce(m.community, -1) as community, cast(floor(p.time / 3600e0) as bigint) % 168 as hour,
    count(*) as n,
    count(case when cast(floor(p.time / 60e0) as bigint) % 5 = 0 then 1 end) as marks
from posts p left join members m on m.account = p.account
where p.time is not null and not coalesce(p.repost, false)
group by coalesce(m.community, -1), cast(floor(p.time / 3600e0) as bigint) % 168
"""
KNOWN = 3
"""Fewest members whose program must be known."""
RARE = 0.3
"""A program with a larger share of the posts elsewhere is everybody's."""
OFFICE = 10
"""Hours of a working day."""
WEEKDAYS = [(hour // 24 + 3) % 7 < 5 for hour in range(168)]
"""Of the hours since 1970 modulo a week, which began on a Thursday: whether they lie on Monday to Friday."""
TARGETS = """
select m.community, a.target, count(*) as n from actions a join members m on m.account = a.account
where a.kind = 'retweet' and a.target is not null and a.account <> a.target group by m.community, a.target
"""


@dataclass(frozen=True)
class Team(Benign):
    """The accounts are run by one team that plans its posts and says who it is."""

    name: ClassVar[str] = "team"
    title: ClassVar[str] = "one organisation's team with a scheduling tool"

    def clues(self, facts: Facts) -> Iterator[Clue]:
        """See `Benign.clues`."""
        clock = facts.rows(CLOCK)
        yield _minutes(facts, clock)
        yield _client(facts)
        yield named(facts)
        yield _hours(facts, clock)
        yield _one_account(facts)


def _minutes(facts: Facts, clock: dict[str, np.ndarray]) -> Clue:
    """Whether posts come at full five minutes, where people post one in five."""
    inside = clock["group"] >= 0
    posts, marks = (facts.add(clock["group"][inside], clock[n][inside]) for n in ("n", "marks"))
    out = share(clock["marks"][~inside].sum(keepdims=True), clock["n"][~inside].sum(keepdims=True))
    usual = float(out[0])
    rounded = usual > ROUNDED
    part = np.where((posts >= LEAST) & (not rounded), share(marks, posts), np.nan)
    few = f"fewer than {LEAST} own posts with a time"
    return Clue.of(
        "core",
        lean(part, 0.3, 0.7),
        lambda i: (
            f"{percent(part[i])} of {posts[i]:,.0f} own posts were made within a minute that divides by five "
            f"(by chance 20 %{'' if np.isnan(usual) else f'; elsewhere {percent(usual)}'})"
        ),
        "most posts elsewhere are at full five minutes too: the times are rounded" if rounded else few,
    )


def _client(facts: Facts) -> Clue:
    """Whether most members post with a program that few others use."""
    accounts = facts.clients.accounts[:-1]
    client = accounts.argmax(axis=1) if accounts.shape[1] else np.full(len(facts), -1)
    most, total = accounts.max(axis=1, initial=0), accounts.sum(axis=1)
    usual = facts.clients.elsewhere(client) if accounts.shape[1] else np.full(len(facts), np.nan)
    speaks = lean(np.where(total >= KNOWN, share(most, total), np.nan), 0.4, 0.8)
    return Clue.of(
        "core",
        np.where(usual > RARE, np.minimum(speaks, 0), speaks),
        lambda i: (
            f"{most[i]:,.0f} of {total[i]:,.0f} members mostly post with {show(facts.clients.names[client[i]], 40)}"
            + ("" if np.isnan(usual[i]) else f", {percent(usual[i])} of the accounts elsewhere")
        ),
        "the programs of fewer than three members are in this data",
    )


def _hours(facts: Facts, clock: dict[str, np.ndarray]) -> Clue:
    """Whether posts keep office hours: the same ten hours of Monday to Friday."""
    week = np.zeros((len(facts) + 1, 168))
    np.add.at(week, (clock["group"], clock["hour"]), clock["n"])
    office = (week * np.array(WEEKDAYS)).reshape(-1, 7, 24).sum(axis=1)
    around = np.concatenate([office, office[:, : OFFICE - 1]], axis=1)
    runs = np.lib.stride_tricks.sliding_window_view(around, OFFICE, axis=1).sum(axis=2)
    part = share(runs.max(axis=1), week.sum(axis=1))
    posts, usual, start = week.sum(axis=1), part[-1], runs.argmax(axis=1)
    return Clue.of(
        "sign",
        lean(np.where(posts >= LEAST, part, np.nan)[:-1], 0.4, 0.8),
        lambda i: (
            f"{percent(part[i])} of the own posts fall into the same ten hours of Monday to Friday ({start[i]}:00 to "
            f"{(start[i] + OFFICE) % 24}:00 UTC)" + ("" if np.isnan(usual) else f", elsewhere {percent(usual)}")
        ),
        f"fewer than {LEAST} own posts with a time",
    )


def _one_account(facts: Facts) -> Clue:
    """Whether the members repeat one account, as teams do with the organisation's own."""
    rows = facts.rows(TARGETS)
    target, most = facts.leading(rows["group"], rows["target"], rows["n"].astype(np.float64))
    total = facts.add(rows["group"], rows["n"])
    part = np.where(total >= LEAST, share(most, total), np.nan)
    return Clue.of(
        "sign",
        lean(part, 0.1, 0.5),
        lambda i: (
            f"{percent(part[i])} of {total[i]:,.0f} retweets by members are of one account, "
            f"{show(_handle(facts, int(target[i])), 40)}"
        ),
        f"fewer than {LEAST} retweets of known authors",
    )


def _handle(facts: Facts, account: int) -> str:
    name = facts.profiles["name"][account].as_py()
    return f"@{name}" if name else "an account without a known handle"
