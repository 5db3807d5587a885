"""Worlds and planted groups as plain data.

Example:
    >>> from graphnet.simulate.designs import Group, World
    >>> World(accounts=500, storm=0, groups=(Group("echo", size=12, window=30),)).groups[0].size
    12
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from graphnet.errors import InputError, UnknownName

__all__ = ["ACTS", "DESIGNS", "LANGUAGES", "Group", "World", "as_record", "ready", "seconds"]

LANGUAGES = ("en", "fa", "ar", "he")
ACTS = ("retweet", "post", "reply", "link")
EXTRA = MappingProxyType({"extra": True})
"""Marks a part of worlds that is off unless asked for; a world without it is described without it."""


@dataclass(frozen=True)
class Group:
    """A planted group: accounts that act together in *operations*, and otherwise look like everybody.

    Args:
        name: Name in truth.csv.
        size: Accounts.
        window: Seconds within which the members of one operation act (people drawn in come later).
        operations: Joint operations over the whole time.
        participation: Mean share of the operations that a member takes part in; members differ (0.3 to 1.7 times).
        cover: Organic-looking posts for each coordinated one.
        period: First and last day (from 0; the last is not included) of the operations; None: the whole time.
        outside: Share of the operations that falls outside the period, over the whole time.
        hours: Local hours in which operations begin.
        zone: Minutes by which the group's local time is ahead of UTC.
        acts: Kinds of operation and their weights: ``retweet`` the same post, ``post`` near-identical texts, ``reply``
            to the target, post the same ``link``.
        seeds: Whose posts are retweeted: the members' ``own``, those of a few ``authors`` of fandoms, or every new
            post of one ``author``.
        bots: Share of members without sleep, posting at a steady pace or by schedule.
        people: Share of members who are drawn in: they join less often, late, and while they are awake.
        texts: How many texts the near-identical posts are copied from.
        lang: Language of the texts.
        hashtags: Hashtags of the coordinated posts.
        target: Handle of the organisation that is attacked, or None.
        created: First and last date of creation of some members, or None: all are spread over the years.
        created_share: Share of members created between these dates.
        follows: How many accounts the members follow in common.
        ring: Share of fellow members that a member follows.

    Raises:
        InputError: A value is out of range.
    """

    name: str
    size: int = 20
    window: int = 60
    operations: int = 40
    participation: float = 0.6
    cover: float = 3.0
    period: tuple[float, float] | None = None
    outside: float = 0.0
    hours: tuple[float, float] = (8.0, 23.0)
    zone: int = 0
    acts: Mapping[str, float] = field(default_factory=lambda: {"retweet": 1.0})
    seeds: Literal["own", "authors", "author"] = "authors"
    bots: float = 0.4
    people: float = 0.0
    texts: int = 12
    lang: str = "en"
    hashtags: tuple[str, ...] = ()
    target: str | None = None
    created: tuple[str, str] | None = None
    created_share: float = 0.7
    follows: int = 6
    ring: float = 0.05

    def __post_init__(self) -> None:
        for name, low, high in (
            ("size", 2, 100_000), ("window", 0, 86_400), ("operations", 1, 100_000), ("participation", 0.01, 1.0),
            ("cover", 0.0, 1000.0), ("outside", 0.0, 1.0), ("bots", 0.0, 1.0), ("people", 0.0, 1.0), ("texts", 1, 1000),
            ("created_share", 0.0, 1.0), ("follows", 0, 1000), ("ring", 0.0, 1.0),
        ):  # fmt: skip
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(f"group {self.name!r}: {name} is {value}, it has to be from {low} to {high}")
        if self.bots + self.people > 1:
            raise InputError(f"group {self.name!r}: bots and people together are more than 1")
        if unknown := sorted(set(self.acts) - set(ACTS)):
            raise InputError(f"group {self.name!r}: unknown acts {', '.join(unknown)}. There are: {', '.join(ACTS)}")
        if self.lang not in LANGUAGES:
            raise InputError(f"group {self.name!r}: no texts in {self.lang!r}. There are: {', '.join(LANGUAGES)}")
        if self.acts.get("reply") and not self.target:
            raise InputError(f"group {self.name!r}: to reply it needs a target")


@dataclass(frozen=True)
class World:
    """Ordinary accounts with their habits, and the groups planted among them. A count of 0 switches a part off.

    Args:
        accounts: Ordinary accounts, everything below included but the members of groups.
        days: Length of the collection.
        start: Its first day (midnight UTC).
        pace: Mean posts of an ordinary account a day (the median is about half of it).
        fandoms: Communities of interest; each has its own authors, language and hashtag.
        authors: Authors of each fandom whom its fans retweet.
        celebrities: Accounts that everybody follows and retweets.
        outlets: News accounts.
        news: Breaking news, each shared by ``news_share`` of all accounts within minutes.
        news_share: See there.
        fans: Accounts that retweet one author within seconds of each post.
        chain: Accounts of one newsroom that post the same headlines.
        storm: Fans of one fandom who meet for two hours to raise its hashtag, half of them with suggested texts.
        trend: Share of ordinary accounts that join the hashtags of planted groups in words of their own.
        part_time: Share of accounts that are there on some days only.
        pods: Accounts in engagement pods: they ask a dozen others for a retweet of what they post, and return it.
        topics: Hidden sub-topics: every post is of one, and every account passes over most posts of other ones than its
            own, whoever wrote them.
        digest: Share of ordinary accounts that are shown a list of older posts every evening, and retweet some of them.
        follows: Mean number of accounts an ordinary account follows.
        hostile: Names such as ``=cmd…`` and ``</script>…`` among the accounts.
        groups: The planted groups.

    Raises:
        InputError: A value is out of range, or two groups have one name.
    """

    accounts: int = 3000
    days: int = 14
    start: str = "2023-05-04"
    pace: float = 1.5
    fandoms: int = 12
    authors: int = 10
    celebrities: int = 20
    outlets: int = 8
    news: int = 8
    news_share: float = 0.1
    fans: int = 60
    chain: int = 8
    storm: int = 150
    trend: float = 0.06
    part_time: float = 0.25
    follows: float = 15.0
    hostile: bool = True
    pods: int = field(default=0, metadata=EXTRA)
    topics: int = field(default=0, metadata=EXTRA)
    digest: float = field(default=0.0, metadata=EXTRA)
    groups: tuple[Group, ...] = ()

    def __post_init__(self) -> None:
        for name, low, high in (
            ("accounts", 100, 5_000_000), ("days", 2, 1000), ("pace", 0.05, 200.0), ("fandoms", 1, 50_000),
            ("authors", 2, 1000), ("celebrities", 1, 10_000), ("outlets", 1, 10_000), ("news", 0, 10_000),
            ("news_share", 0.0, 1.0), ("fans", 0, 100_000), ("chain", 0, 1000), ("storm", 0, 100_000),
            ("trend", 0.0, 1.0), ("part_time", 0.0, 1.0), ("follows", 1.0, 1000.0), ("pods", 0, 100_000),
            ("topics", 0, 1000), ("digest", 0.0, 1.0),
        ):  # fmt: skip
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(f"{name} is {value}, it has to be from {low} to {high}")
        seconds(self.start)
        names = [group.name for group in self.groups]
        if len(set(names)) < len(names) or "" in names:
            raise InputError(f"each group needs a name of its own; these are: {', '.join(names)}")
        for group in self.groups:
            first, last = group.period or (0, self.days)
            if not 0 <= first < last <= self.days:
                raise InputError(
                    f"group {group.name!r}: period is ({first:g}, {last:g}), the world has days 0 to {self.days}"
                )
        special = self.celebrities + self.outlets + self.chain + self.fandoms * self.authors + len(self.targets)
        if special + self.fans + self.storm + self.pods > self.accounts * 0.8:
            raise InputError(
                f"{self.accounts} accounts are too few for {special} celebrities, outlets and authors, {self.fans} "
                f"fans, {self.storm} in the storm and {self.pods} in pods: raise accounts or lower those"
            )

    @property
    def targets(self) -> list[str]:
        """Handles of the organisations that groups attack."""
        return sorted({group.target for group in self.groups if group.target})

    @property
    def begin(self) -> int:
        """First second."""
        return seconds(self.start)

    @property
    def end(self) -> int:
        """The second after the last."""
        return self.begin + self.days * 86_400


def seconds(date: str) -> int:
    """Midnight (UTC) of a date such as ``2023-05-04``.

    Raises:
        InputError: It is no such date.
    """
    try:
        return int(datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise InputError(f"{date!r} is no date; write it as 2023-05-04") from None


def _organic(accounts: int, days: int, groups: tuple[Group, ...] = ()) -> World:
    """A world whose parts grow with the number of accounts."""
    fandoms = max(3, accounts // 250)
    return World(
        accounts=accounts,
        days=days,
        fandoms=fandoms,
        authors=max(3, min(10, accounts // 12 // fandoms)),
        celebrities=min(60, max(3, accounts // 150)),
        outlets=min(40, max(3, accounts // 375)),
        news=max(1, days * 4 // 7),
        fans=accounts // 50,
        chain=min(12, max(4, accounts // 375)),
        storm=min(2000, accounts // 20),
        groups=groups,
    )


ATTACK = MappingProxyType({"retweet": 0.5, "post": 0.25, "reply": 0.15, "link": 0.1})


def _weekend(accounts: int, days: int) -> World:
    """A hashtag attack on one organisation over one weekend, by two networks that have nothing else in common."""
    first = max(0.0, days * 5 // 7 - 1.0)
    north = Group(
        "north", size=350, window=120, operations=64, participation=0.3, cover=2.5, outside=0.2,
        period=(first, first + 2), hours=(8, 19), zone=210, acts=ATTACK, seeds="own", bots=0.35, people=0.2,
        lang="fa", texts=14, hashtags=("StopAlderHarbour", "بندر_را_ببندید"), target="AlderHarbourTrust",
        created=("2022-10-03", "2023-01-28"),
    )  # fmt: skip
    south = Group(
        "south", size=75, window=600, operations=50, participation=0.45, cover=3.0, outside=0.15,
        period=(first, first + 2), hours=(17, 24), zone=-300, acts=ATTACK, seeds="authors", bots=0.2, people=0.2,
        lang="en", texts=8, hashtags=("StopAlderHarbour",), target="AlderHarbourTrust",
        created=("2021-06-01", "2021-09-20"), created_share=0.5,
    )  # fmt: skip
    return _organic(accounts, days, (north, south))


def _four(accounts: int, days: int) -> World:
    """Four groups from easy to hard: 2 minutes, 5 minutes, 4 hours, and always within 10 s of one author."""
    return _organic(
        accounts,
        days,
        (
            Group("minutes", size=40, window=120),
            Group("five_minutes", size=30, window=300, cover=5.0),
            Group("hours", size=25, window=4 * 3600, operations=50),
            Group("one_author", size=20, window=10, operations=50, seeds="author"),
        ),
    )


DESIGNS: Mapping[str, Callable[[int, int], World]] = MappingProxyType(
    {"four": _four, "organic": _organic, "weekend": _weekend}
)
"""Ready worlds: functions of the number of ordinary accounts and of days."""


def ready(name: str, accounts: int = 3000, days: int = 14) -> World:
    """The ready world of that name.

    Raises:
        UnknownName: There is none; the message names those that exist.

    Example:
        >>> [group.size for group in ready("weekend").groups]
        [350, 75]
    """
    if name not in DESIGNS:
        raise UnknownName("design", name, DESIGNS)
    return DESIGNS[name](accounts, days)


def as_record(record: World | Group) -> dict[str, object]:
    """A world or group as a JSON-able dict."""
    values = {f.name: getattr(record, f.name) for f in fields(record)}
    off = {f.name for f in fields(record) if f.metadata == EXTRA and not values[f.name]}
    return {name: _plain(value) for name, value in values.items() if name not in off}


def _plain(value: object) -> object:
    if isinstance(value, World | Group):
        return as_record(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return dict(value) if isinstance(value, Mapping) else value
