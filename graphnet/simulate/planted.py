"""What planted groups do together: plan their operations, write their posts, then amplify."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphnet.simulate.designs import ACTS, LANGUAGES, Group, World
from graphnet.simulate.dice import Dice, Flags, Ints, Things
from graphnet.simulate.ledger import REPLY, RETWEET, Ledger, Timelines
from graphnet.simulate.people import DAY, People, awake, target_of
from graphnet.simulate.voices import link
from graphnet.simulate.words import attack_texts, sentences, vary

__all__ = ["Plan", "amplify", "plan", "write"]

LEAD = 300
"""A group's own post appears at most so many seconds before it is amplified."""


@dataclass(frozen=True)
class Plan:
    """The operations of one group.

    Attributes:
        group: Its design.
        first: Number of its first operation; the others follow.
        members: Its accounts.
        late: Which of them are people who were drawn in.
        when: Begin of each operation (seconds since the world's begin), in order.
        act: What is done in it (position in `ACTS`).
        joined: Who takes part: operations x members.
    """

    group: Group
    first: int
    members: Ints
    late: Flags
    when: Ints
    act: Ints
    joined: Flags


def plan(world: World, people: People, seed: int) -> list[Plan]:
    """Plan the operations of all groups."""
    plans = []
    first = 0
    for number, group in enumerate(world.groups):
        dice = Dice(seed, f"plan of {group.name}")
        members = people.members(number)
        when = _times(world, group, dice)
        shape = (len(when), len(members))
        weights = [group.acts.get(act, 0.0) for act in ACTS]
        plans.append(
            Plan(
                group=group,
                first=first,
                members=members,
                late=people.role[members] == "person",
                when=when,
                act=dice.pick(weights, len(when)),
                joined=dice.chance(people.rate[members], shape),
            )
        )
        first += len(when)
    return plans


def _times(world: World, group: Group, dice: Dice) -> Ints:
    """Begin of each operation: in the group's hours of the days of its period; some outside the period."""
    n = group.operations
    first, last = group.period or (0.0, float(world.days))
    outside = dice.chance(group.outside, n)
    day = np.floor(np.where(outside, 0.0, first) + dice.uniform(n) * np.where(outside, world.days, last - first))
    hour = group.hours[0] + dice.uniform(n) * (group.hours[1] - group.hours[0])
    second = np.floor(hour * 3600).astype(np.int64) - group.zone * 60
    when = day.astype(np.int64) * DAY + second % DAY
    return np.sort(np.clip(when, 2 * LEAD, world.days * DAY - group.window - 2))


def _joiners(
    world: World, people: People, plan: Plan, operations: Ints, when: Ints, dice: Dice
) -> tuple[Ints, Ints, Ints]:
    """Who acts when in these operations: positions in ``operations``, accounts, times.

    Members act within the window, people who were drawn in some hours later and only while awake.
    """
    row, column = np.nonzero(plan.joined[operations])
    who, late = plan.members[column], plan.late[column]
    soon = dice.below(plan.group.window + 1, len(row))
    hours = plan.group.window + np.ceil(dice.lognormal(2 * 3600.0, 1.0, len(row))).astype(np.int64)
    time = when[row] + np.where(late, hours, soon)
    there = np.flatnonzero(time < world.days * DAY)
    there = there[~late[there] | awake(people, who[there], time[there])]
    return row[there], who[there], time[there]


def write(world: World, people: People, plan: Plan, seed: int, ledger: Ledger) -> Ints:
    """Write the near-identical posts, the shared links, and the group's own posts that it will retweet.

    Returns:
        For each operation the position of the group's own post that is retweeted in it, or -1.
    """
    group = plan.group
    dice = Dice(seed, f"words of {group.name}")
    bases = attack_texts(group.texts, group.lang, group.target, dice)
    target = target_of(world, people, group)
    tags = " ".join(group.hashtags)
    _copies(world, people, plan, bases, ledger, dice)
    _links(world, people, plan, ledger, dice)
    seeds = np.full(len(plan.when), -1)
    if group.seeds == "own":
        mine = np.flatnonzero(plan.act == ACTS.index("retweet"))
        leaders = dice.choose(plan.members[:5], len(mine))
        texts = [vary(text, group.lang, 4 + 8 * i) for i, text in enumerate(dice.choose(np.array(bases), len(mine)))]
        when = plan.when[mine] - 1 - dice.below(LEAD, len(mine))
        seeds[mine] = ledger.add(leaders, when, text=np.array(texts, dtype=object), tags=tags, mention=target)
    return seeds


def _copies(world: World, people: People, plan: Plan, bases: list[str], ledger: Ledger, dice: Dice) -> None:
    """In an operation, everybody posts one text, more or less changed."""
    group = plan.group
    mine = np.flatnonzero(plan.act == ACTS.index("post"))
    row, who, time = _joiners(world, people, plan, mine, plan.when[mine], dice)
    base = dice.below(len(bases), len(mine))
    how = dice.below(64, len(row)).tolist()
    texts = [vary(bases[b], group.lang, h) for b, h in zip(base[row].tolist(), how, strict=True)]
    ledger.add(
        who,
        time,
        text=np.array(texts, dtype=object),
        tags=_tags(group, len(row), dice),
        mention=target_of(world, people, group),
        operation=plan.first + mine[row],
    )


def _tags(group: Group, n: int, dice: Dice) -> Things:
    """The group's hashtags: now and then only the first, or none."""
    options = np.array([" ".join(group.hashtags), *group.hashtags[:1], ""], dtype=object)
    return np.asarray(options[np.minimum(dice.pick((8, 2, 1), n), len(options) - 1)])


def _links(world: World, people: People, plan: Plan, ledger: Ledger, dice: Dice) -> None:
    """In an operation, everybody posts one link with words of their own."""
    group = plan.group
    mine = np.flatnonzero(plan.act == ACTS.index("link"))
    row, who, time = _joiners(world, people, plan, mine, plan.when[mine], dice)
    urls = link("truth-about-it", dice, len(mine))
    text = sentences(np.full(len(row), LANGUAGES.index(group.lang)), dice)
    ledger.add(
        who, time, text=text, tags=_tags(group, len(row), dice), link=urls[row], operation=plan.first + mine[row]
    )


def amplify(
    world: World, people: People, plan: Plan, seeds: Ints, seed: int, ledger: Ledger, timelines: Timelines
) -> None:
    """Add the coordinated retweets and replies.

    Args:
        world: The world.
        people: Its accounts.
        plan: The group's operations.
        seeds: What `write` returned.
        seed: The world's seed.
        ledger: Where the posts go.
        timelines: The posts that can be retweeted.
    """
    dice = Dice(seed, f"amplification by {plan.group.name}")
    mine = np.flatnonzero(plan.act == ACTS.index("retweet"))
    ref, when = _seeds(people, plan, seeds, mine, timelines, dice)
    mine, ref, when = mine[ref >= 0], ref[ref >= 0], when[ref >= 0]
    row, who, time = _joiners(world, people, plan, mine, when, dice)
    others = who != ledger.columns().account[ref[row]]
    row, who, time = row[others], who[others], time[others]
    ledger.add(who, time, kind=RETWEET, ref=ref[row], operation=plan.first + mine[row])
    _replies(world, people, plan, ledger, timelines, dice)


def _seeds(people: People, plan: Plan, seeds: Ints, mine: Ints, timelines: Timelines, dice: Dice) -> tuple[Ints, Ints]:
    """The post that is retweeted in each operation, and when the operation begins."""
    if plan.group.seeds == "own":
        return seeds[mine], plan.when[mine]
    same = people.of("author")
    same = same[people.lang[same] == LANGUAGES.index(plan.group.lang)] if len(same) else same
    authors = dice.sample(same if len(same) else people.of("author"), 6)
    if plan.group.seeds == "author":
        theirs = timelines.of(int(max(authors, key=lambda a: len(timelines.of(int(a))))))
        ref = np.sort(dice.sample(theirs, len(mine)))
        ref = np.concatenate([ref, np.full(len(mine) - len(ref), -1)])
        return ref, np.where(ref >= 0, timelines.when(ref) + 2, 0)
    ref = timelines.before(dice.choose(authors, len(mine)), plan.when[mine], dice)
    again = np.ones(len(ref), dtype=bool)
    again[np.unique(ref, return_index=True)[1]] = False
    return np.where(again, -1, ref), plan.when[mine]


def _replies(world: World, people: People, plan: Plan, ledger: Ledger, timelines: Timelines, dice: Dice) -> None:
    """In an operation, everybody answers the target's newest post with one of few texts."""
    group = plan.group
    if not group.target:
        return
    mine = np.flatnonzero(plan.act == ACTS.index("reply"))
    target = np.full(len(mine), target_of(world, people, group))
    ref = timelines.before(target, plan.when[mine], dice)
    mine, ref = mine[ref >= 0], ref[ref >= 0]
    row, who, time = _joiners(world, people, plan, mine, plan.when[mine], dice)
    bases = [text.replace(f"@{group.target} ", "") for text in attack_texts(4, group.lang, group.target, dice)]
    base, how = dice.below(len(bases), len(mine))[row].tolist(), dice.below(64, len(row)).tolist()
    texts = [vary(bases[b], group.lang, h) for b, h in zip(base, how, strict=True)]
    ledger.add(
        who,
        time,
        kind=REPLY,
        ref=ref[row],
        text=np.array(texts, dtype=object),
        tags=_tags(group, len(row), dice),
        operation=plan.first + mine[row],
    )
