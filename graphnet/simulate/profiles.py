"""Names, creation dates, follows and profile rows of the accounts of a world."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphnet import schema
from graphnet.simulate.designs import World, seconds
from graphnet.simulate.dice import Dice, Ints, Reals, Things
from graphnet.simulate.people import DAY, People, target_of
from graphnet.simulate.words import sentences

__all__ = ["created", "follows", "names", "profile_rows", "snowflakes"]

EPOCH = seconds("2000-01-01") * 1000
FOUNDED = "2009-03-01"

FIRST = (
    "amber", "basil", "cleo", "dario", "edda", "farid", "gita", "hanno", "ines", "jamal", "kira", "laleh", "milo",
    "nadia", "omid", "petra", "quill", "rana", "soren", "tamar", "ulla", "viggo", "wren", "yael", "zubin",
)  # fmt: skip
LAST = (
    "ash", "brook", "cove", "dune", "elm", "fjord", "grove", "heath", "isle", "jay", "kelp", "loch", "moss", "nook",
    "oak", "pine", "quay", "reed", "stone", "tarn", "vale", "wold", "yarrow",
)  # fmt: skip
HOSTILE = (
    "=cmd|'/C calc'!A0", "</script><img src=x onerror=alert(1)>", "\u202egnp.tnuocca", "نسیم_سحر", "שקט_בבית",
    "☕🌙morning", 'comma,"quote"', "+SUM(A1:A9)", "زمستان\u200cسرد", "-2+3", "<b>bold</b>", "x" * 90,
    "Z\u0351\u036b\u0343a\u034a\u0306l\u0357\u0350g\u0308o", "javascript:alert(1)", "{{7*7}}", "𝓯𝓪𝓷𝓬𝔂",
)  # fmt: skip
"""Names as accounts really have them, and as an attacker would choose them."""


def snowflakes(moment: Ints, low: Ints) -> Things:
    """Ids of 19 digits that grow with time, as large platforms give them.

    Args:
        moment: Milliseconds since 1970.
        low: Numbers that tell apart what happens in one millisecond (below 4,194,304).
    """
    return np.array(list(map(str, ((moment - EPOCH) * (1 << 22) + low).tolist())), dtype=object)


def created(world: World, people: People, dice: Dice) -> Ints:
    """When each account was made (seconds): over the years, more in later ones; some groups in a window."""
    n = len(people.role)
    first, last = seconds(FOUNDED), world.begin - 20 * DAY
    made = first + np.sqrt(dice.uniform(n)) * (last - first)
    for number, group in enumerate(world.groups):
        if group.created:
            start, end = map(seconds, group.created)
            inside = (people.group == number) & dice.chance(group.created_share, n)
            made = np.where(inside, start + dice.uniform(n) * (end - start), made)
    return made.astype(np.int64)


def names(world: World, people: People, dice: Dice) -> Things:
    """A handle for each account, all different."""
    n = len(people.role)
    first, last = dice.below(len(FIRST), n), dice.below(len(LAST), n)
    style, number = dice.pick((3, 2, 2, 2), n), dice.below(10**8, n)
    number[people.role == "bot"] += 10**8
    taken: set[str] = set()
    found = np.empty(n, dtype=object)
    for i in range(n):
        name = _handle(str(people.role[i]), i, FIRST[first[i]], LAST[last[i]], int(style[i]), int(number[i]))
        found[i] = name if name.casefold() not in taken else f"{name}_{i}"
        taken.add(found[i].casefold())
    found[people.of("target")] = world.targets
    if world.hostile:
        _rename(people, found, dice)
    return found


def _handle(role: str, i: int, first: str, last: str, style: int, number: int) -> str:
    if role == "outlet":
        return f"{last.title()}Gazette{i}"
    if role == "chain":
        return f"Harbour{last.title()}News"
    if role == "celebrity":
        return f"The{first.title()}{last.title()}"
    if number >= 10**8 or style == 3:
        return f"{first}{number % 10**8:08d}"
    return (f"{first}_{last}", f"{first}{last}{number % 100}", f"{last}_{first}{1950 + number % 60}")[style]


def _rename(people: People, found: Things, dice: Dice) -> None:
    """Give the hostile names to ordinary accounts and members of groups in turn."""
    ordinary = dice.sample(people.of("ordinary"), len(HOSTILE))
    members = dice.sample(np.flatnonzero(people.group >= 0), len(HOSTILE) // 2)
    for i, name in enumerate(HOSTILE):
        crowd = members if i % 2 and len(members) else ordinary
        found[crowd[i // 2 % len(crowd)]] = name


def follows(world: World, people: People, dice: Dice) -> tuple[Ints, Ints]:
    """Who follows whom: favourites, celebrities, the same fandom; members of groups also what the group follows.

    Returns:
        Sources and targets, in order.
    """
    n = len(people.role)
    kept = np.nonzero(dice.chance(0.9, people.favourites.shape))
    source, target = [kept[0]], [people.favourites[kept]]
    more = np.floor(dice.lognormal(max(world.follows - 9.0, 0.5) * 0.7, 0.9, n)).astype(np.int64)
    who = np.repeat(np.arange(n), np.minimum(more, n // 10))
    stars = people.of("celebrity")
    star = stars[dice.pick(1 / (1.0 + np.arange(len(stars))), len(who))]
    # whom the accounts that one follows are fond of: near in interest
    near = people.favourites[people.favourites[who, dice.below(6, len(who))], dice.below(12, len(who))]
    anybody = dice.below(n, len(who))
    draw = dice.uniform(len(who))
    source.append(who)
    target.append(np.where(draw < 0.1, star, np.where(draw < 0.85, near, anybody)))
    for number in range(len(world.groups)):
        for pair in _group_follows(world, people, number, dice):
            source.append(pair[0])
            target.append(pair[1])
    key = np.unique(np.concatenate(source) * n + np.concatenate(target))
    who, whom = np.divmod(key, n)
    return who[who != whom], whom[who != whom]


def _group_follows(world: World, people: People, number: int, dice: Dice) -> list[tuple[Ints, Ints]]:
    group, members = world.groups[number], people.members(number)
    shared = dice.sample(people.of("author", "ordinary"), group.follows)
    if group.target and group.follows:
        shared[0] = target_of(world, people, group)
    who, whom = np.nonzero(dice.chance(0.7, (len(members), len(shared))))
    near = dice.chance(group.ring, (len(members), len(members)))
    follower, fellow = np.nonzero(near)
    return [(members[who], shared[whom]), (members[follower], members[fellow])]


def profile_rows(
    people: People, ids: Things, name: Things, made: Ints, following: tuple[Ints, Ints], posted: Ints, dice: Dice
) -> pa.Table:
    """The profiles, as `graphnet.schema.RAW_ACCOUNTS`."""
    n = len(ids)
    audience = np.bincount(following[1], minlength=n) * _reach(people, dice)
    friends = np.bincount(following[0], minlength=n) * dice.lognormal(8.0, 0.6, n)
    before = dice.lognormal(900.0, 1.3, n) * np.where(people.group >= 0, 0.3, 1.0)
    machine = ~people.sleeps
    text = sentences(people.lang, dice)
    silent = dice.chance(np.where(machine, 0.5, 0.2), n)
    values = {
        "id": ids,
        "name": name,
        "created": made,
        "followers": np.floor(audience).astype(np.int64),
        "following": np.floor(friends).astype(np.int64),
        "posts": np.floor(before).astype(np.int64) + posted,
        "verified": np.isin(people.role.astype(str), ("celebrity", "outlet", "target")),
        "default_image": dice.chance(np.where(machine, 0.35, 0.08), n),
        "description": np.where(silent, "", text),
        "status": np.full(n, "active", dtype=object),
    }
    return pa.table({c.name: pa.array(values[c.name], c.type) for c in schema.RAW_ACCOUNTS.columns})


def _reach(people: People, dice: Dice) -> Reals:
    """Followers outside of the collection for each one in it."""
    famous = np.where(people.role == "celebrity", 900.0, np.where(people.role == "outlet", 300.0, 12.0))
    return dice.lognormal(famous, 0.8, len(people.role))
