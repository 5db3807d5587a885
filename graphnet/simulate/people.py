"""Who lives in a world: interests, habits, clocks, and the members of planted groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphnet.simulate.designs import LANGUAGES, Group, World
from graphnet.simulate.dice import Dice, Flags, Ints, Reals, Things
from graphnet.simulate.words import FANDOMS

__all__ = ["DAY", "People", "awake", "moments", "populate", "target_of"]

DAY = 86_400
ZONES = np.array([-480, -300, -180, 0, 60, 120, 210, 330, 480])
ZONE_WEIGHTS = (2, 5, 2, 6, 5, 5, 3, 2, 1)
ZONES_OF = {"fa": (210,), "ar": (120, 180), "he": (120, 180)}
"""Minutes ahead of UTC: where people of a language mostly live; others are spread over `ZONES`."""

HOURS = np.array((
    0.9, 0.35, 0.15, 0.08, 0.08, 0.15, 0.5, 1.5, 2.5, 3, 3, 3,
    3.6, 3.6, 3, 3, 3.2, 3.6, 4.2, 5, 6, 6, 4, 1.6,
))  # fmt: skip
"""How much people post in each hour of their day."""

FAVOURITES = (0.20, 0.13, 0.10, 0.07, 0.05, 0.04, 0.06, 0.03, 0.12, 0.07, 0.07, 0.06)
"""How often an account turns to each of its favourites: six authors of its fandom, two of a second one, two
celebrities, a news outlet, a friend."""


@dataclass(frozen=True)
class People:
    """All accounts, one position in each array an account. The members of groups come last.

    Attributes:
        role: What the account is: celebrity, outlet, chain, target, author, fan, storm, pod, ordinary; bot, cyborg,
            person.
        group: Position of its group in ``world.groups``, or -1.
        fandom: What it is interested in.
        topic: The hidden sub-topic that it favours; 0 where the world has none.
        lang: Position in `LANGUAGES`.
        shift: Seconds by which its clock is ahead of UTC (its zone and its habit of rising early or late).
        sleeps: Lives by day and night; the others never rest.
        scheduled: Posts by a schedule, on full five minutes.
        days: On which days it is there.
        favourites: The accounts it follows most closely (see `FAVOURITES`).
        originals: Expected number of own posts over the whole time.
        reactions: Expected number of retweets, quotes and replies.
        rate: Share of its group's operations that it joins.
    """

    role: Things
    group: Ints
    fandom: Ints
    topic: Ints
    lang: Ints
    shift: Ints
    sleeps: Flags
    scheduled: Flags
    days: Flags
    favourites: Ints
    originals: Reals
    reactions: Reals
    rate: Reals

    def of(self, *roles: str) -> Ints:
        """Positions of the accounts with one of these roles."""
        return np.flatnonzero(np.isin(self.role.astype(str), roles))

    def members(self, group: int) -> Ints:
        """Positions of the members of one group."""
        return np.flatnonzero(self.group == group)


def populate(world: World, seed: int) -> People:
    """Make the accounts of a world."""
    role, group = _roles(world)
    n = len(role)
    dice = Dice(seed, "people")
    fandom = _fandoms(world, role, group, Dice(seed, "fandoms"))
    lang = np.array([LANGUAGES.index(FANDOMS[f % len(FANDOMS)][0]) for f in range(world.fandoms)])[fandom]
    lang = np.where(np.isin(role.astype(str), ("celebrity", "outlet", "chain", "target")), 0, lang)
    for number, planted in enumerate(world.groups):
        lang[group == number] = LANGUAGES.index(planted.lang)
    sleeps = role != "bot"
    rate = _rates(world, role, group, Dice(seed, "participation"))
    originals, reactions = _paces(world, role, group, rate, Dice(seed, "pace"))
    return People(
        role=role,
        group=group,
        fandom=fandom,
        topic=Dice(seed, "topics").below(max(world.topics, 1), n),
        lang=lang,
        shift=_clocks(world, lang, group, Dice(seed, "clocks")),
        sleeps=sleeps,
        scheduled=(role == "chain") | (~sleeps & dice.chance(0.5, n)),
        days=_presence(world, role, Dice(seed, "presence")),
        favourites=_favourites(world, role, fandom, Dice(seed, "favourites")),
        originals=originals,
        reactions=reactions,
        rate=rate,
    )


def _roles(world: World) -> tuple[Things, Ints]:
    counts = {
        "celebrity": world.celebrities,
        "outlet": world.outlets,
        "chain": world.chain,
        "target": len(world.targets),
        "author": world.fandoms * world.authors,
        "fan": world.fans,
        "storm": world.storm,
        "pod": world.pods,
    }
    roles = [role for role, count in counts.items() for _ in range(count)]
    roles += ["ordinary"] * (world.accounts - len(roles))
    groups = [-1] * world.accounts
    for number, group in enumerate(world.groups):
        bots, people = round(group.size * group.bots), round(group.size * group.people)
        roles += ["cyborg"] * (group.size - bots - people) + ["bot"] * bots + ["person"] * people
        groups += [number] * group.size
    return np.array(roles, dtype=object), np.array(groups)


def _fandoms(world: World, role: Things, group: Ints, dice: Dice) -> Ints:
    """Authors are dealt out evenly; the fans of each fandom are as many as chance and its rank say."""
    fandom = dice.pick(1 / (3.0 + np.arange(world.fandoms)), len(role))
    fandom[role == "author"] = np.arange(world.fandoms * world.authors) % world.fandoms
    fandom[role == "storm"] = min(1, world.fandoms - 1)
    for number, planted in enumerate(world.groups):
        same = [f for f in range(world.fandoms) if FANDOMS[f % len(FANDOMS)][0] == planted.lang]
        members = np.flatnonzero(group == number)
        fandom[members] = dice.choose(np.array(same or range(world.fandoms)), len(members))
    return fandom


def _clocks(world: World, lang: Ints, group: Ints, dice: Dice) -> Ints:
    minutes = ZONES[dice.pick(ZONE_WEIGHTS, len(lang))]
    for language, zones in ZONES_OF.items():
        here = np.flatnonzero((lang == LANGUAGES.index(language)) & dice.chance(0.8, len(lang)))
        minutes[here] = dice.choose(np.array(zones), len(here))
    for number, planted in enumerate(world.groups):
        minutes[group == number] = planted.zone
    habit = np.clip(dice.normal(len(lang)), -2.5, 2.5) * 1.1 * 3600
    return np.asarray(minutes * 60 - habit, dtype=np.int64)


def _presence(world: World, role: Things, dice: Dice) -> Flags:
    """Part-time accounts are there on a third of the days, the others on nine of ten; nobody is always away."""
    busy = np.isin(role.astype(str), ("ordinary", "storm", "pod", "person"))
    share = np.where(busy & dice.chance(world.part_time, len(role)), 0.33, 0.9)
    share[np.isin(role.astype(str), ("bot", "outlet", "chain"))] = 1.0
    days = dice.chance(share[:, None], (len(role), world.days))
    days[np.arange(len(role)), dice.below(world.days, len(role))] = True
    return days


def _favourites(world: World, role: Things, fandom: Ints, dice: Dice) -> Ints:
    """The closely followed accounts, one column for each of `FAVOURITES`."""
    n = len(role)
    authors = np.flatnonzero(role == "author")
    celebrities, outlets = np.flatnonzero(role == "celebrity"), np.flatnonzero(role == "outlet")
    popular = 1 / (1.0 + np.arange(world.authors))
    second = dice.below(world.fandoms, n)
    # authors are dealt out in turn: the one of rank r in fandom f is number r * fandoms + f
    own = [authors[dice.pick(popular, n) * world.fandoms + fandom] for _ in range(6)]
    other = [authors[dice.pick(popular, n) * world.fandoms + second] for _ in range(2)]
    stars = [celebrities[dice.pick(1 / (1.0 + np.arange(len(celebrities))), n)] for _ in range(2)]
    return np.stack([*own, *other, *stars, dice.choose(outlets, n), _friends(fandom, dice)], axis=1)


def _friends(fandom: Ints, dice: Dice) -> Ints:
    """Somebody of the same fandom."""
    order = np.argsort(fandom, kind="stable")
    sizes = np.bincount(fandom)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.asarray(order[first[fandom] + dice.below(sizes[fandom], len(fandom))])


def _rates(world: World, role: Things, group: Ints, dice: Dice) -> Reals:
    """Members differ in zeal; people who were drawn in join half as often."""
    zeal = dice.uniform(len(role)) * 1.4 + 0.3
    rate = np.zeros(len(role))
    for number, planted in enumerate(world.groups):
        rate = np.where(group == number, np.clip(planted.participation * zeal, 0.02, 0.97), rate)
    return np.where(role == "person", rate / 2, rate)


def _paces(world: World, role: Things, group: Ints, rate: Reals, dice: Dice) -> tuple[Reals, Reals]:
    """Expected own posts and reactions of each account over the whole time."""
    sigma = 1.2
    pace = world.days * np.clip(dice.lognormal(world.pace / np.exp(sigma**2 / 2), sigma, len(role)), 0, 70)
    for number, planted in enumerate(world.groups):
        busy = dice.lognormal(0.9, 0.4, len(role))
        pace = np.where(group == number, planted.cover * planted.operations * rate * busy, pace)
    own = np.clip(0.28 + 0.15 * dice.normal(len(role)), 0.02, 0.8)
    own = np.where(role == "bot", own / 3, own)
    originals, reactions = pace * own, pace * (1 - own)
    for kind, daily in (("celebrity", 2.5), ("author", 3.5), ("target", 3.0), ("outlet", 9.0), ("chain", 0.5)):
        originals[role == kind] = daily * world.days
        reactions[role == kind] = daily * world.days / 8
    return originals, reactions


def awake(people: People, who: Ints, when: Ints) -> Flags:
    """Whether these accounts are there and not asleep at these seconds (since the world's begin)."""
    local = (when + people.shift[who]) // 3600 % 24
    present = people.days[who, np.minimum(when // DAY, people.days.shape[1] - 1)]
    return np.asarray(present & ((HOURS[local] >= 1.0) | ~people.sleeps[who]))


def moments(world: World, people: People, expected: Reals, dice: Dice) -> tuple[Ints, Ints]:
    """When accounts sit down and post: who and when (seconds since the world's begin), in order of time.

    People post in sittings of a few posts by their own clock, machines one post at a time around the clock.

    Args:
        world: The world.
        people: Its accounts.
        expected: How many posts of each account are expected.
        dice: The draws.
    """
    mean = np.where(people.sleeps, 3.0, 1.0)
    sittings = int(np.sum(expected / mean))
    if not sittings:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    who = dice.pick(expected / mean, sittings)
    when = _days(people, who, dice) * DAY + (_minutes(people, who, dice) - people.shift[who]) % DAY
    posts = np.where(people.sleeps[who], dice.geometric(3.0, sittings), 1)
    who, when = np.repeat(who, posts), np.repeat(when, posts)
    when = when + _pauses(posts, dice)
    inside = when < world.days * DAY
    who, when = who[inside], when[inside]
    order = np.lexsort((who, when))
    return who[order], when[order]


def _days(people: People, who: Ints, dice: Dice) -> Ints:
    present_first = np.argsort(~people.days, axis=1, kind="stable")
    return np.asarray(present_first[who, dice.below(people.days.sum(axis=1)[who], len(who))])


def _minutes(people: People, who: Ints, dice: Dice) -> Ints:
    """Second of the account's own day."""
    hour = dice.pick(HOURS, len(who))
    by_day = hour * 3600 + dice.below(3600, len(who))
    around = dice.below(DAY, len(who))
    second = np.where(people.sleeps[who], by_day, around)
    punctual = people.scheduled[who] & dice.chance(0.7, len(who))
    return np.where(punctual, second // 300 * 300 + people.shift[who] % 300, second)


def _pauses(posts: Ints, dice: Dice) -> Ints:
    """Seconds since the start of the sitting, for each post of each sitting."""
    total = int(posts.sum())
    gaps = np.ceil(dice.lognormal(45.0, 1.1, total)).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(posts)[:-1]])
    gaps[starts] = 0
    passed = np.cumsum(gaps)
    return np.asarray(passed - np.repeat(passed[starts], posts))


def target_of(world: World, people: People, group: Group) -> int:
    """Position of the organisation that a group attacks, or -1."""
    return int(people.of("target")[world.targets.index(group.target)]) if group.target else -1
