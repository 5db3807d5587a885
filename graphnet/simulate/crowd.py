"""How everybody reacts: retweets, quotes and replies, of their own accord."""

from __future__ import annotations

import numpy as np

from graphnet.simulate.designs import World
from graphnet.simulate.dice import Dice, Ints
from graphnet.simulate.ledger import QUOTE, REPLY, RETWEET, Columns, Ledger, Timelines
from graphnet.simulate.people import DAY, FAVOURITES, People, awake, moments
from graphnet.simulate.voices import Events
from graphnet.simulate.words import sentences

__all__ = ["react"]

FAVOUR = 28
"""How much rather somebody takes up a post of the own topic."""
DIGEST = 10
"""Posts in a digest."""
POD = 12
"""Members of an engagement pod."""


def react(world: World, people: People, seed: int, ledger: Ledger, events: Events, timelines: Timelines) -> None:
    """Add the reactions of all accounts to the posts so far, the coordinated ones excepted."""
    posts = ledger.columns()
    topic = Dice(seed, "topics of posts").below(max(world.topics, 1), len(posts.account))
    _everyday(world, people, ledger, timelines, topic, Dice(seed, "reactions"))
    _news(world, people, ledger, events.news, posts, Dice(seed, "news reactions"))
    _fans(world, people, ledger, timelines, posts, Dice(seed, "fans"))
    _pods(world, people, ledger, timelines, posts, Dice(seed, "pods"))
    _digest(world, people, ledger, timelines, Dice(seed, "digest"))
    _storm(world, people, ledger, events.storm, posts, Dice(seed, "storm reactions"))
    _trends(world, people, ledger, events.trends, posts, Dice(seed, "trend reactions"))


def _everyday(world: World, people: People, ledger: Ledger, timelines: Timelines, topic: Ints, dice: Dice) -> None:
    """In a sitting, people meet recent posts of their favourites, and pass over most of other topics than theirs."""
    who, when = moments(world, people, people.reactions, dice)
    author = people.favourites[who, dice.pick(FAVOURITES, len(who))]
    ref = timelines.before(author, when, dice)
    kind = np.array([RETWEET, QUOTE, REPLY])[dice.pick((0.74, 0.07, 0.19), len(who))]
    kind = np.where(people.sleeps[who], kind, RETWEET)
    seen = (ref >= 0) & (author != who)
    if world.topics:
        seen &= (topic[ref] == people.topic[who]) | dice.chance(1 / FAVOUR, len(who))
    who, when, ref, kind = who[seen], when[seen], ref[seen], kind[seen]
    text = sentences(people.lang[who], dice)
    text[kind == RETWEET] = ""
    ledger.add(who, when, kind=kind, ref=ref, text=text)


def _retweet(world: World, people: People, ledger: Ledger, who: Ints, when: Ints, ref: Ints) -> None:
    """Add retweets by those who are awake, as long as the world lasts."""
    inside = np.flatnonzero(when < world.days * DAY)
    there = inside[awake(people, who[inside], when[inside])]
    ledger.add(who[there], when[there], kind=RETWEET, ref=ref[there])


def _news(world: World, people: People, ledger: Ledger, news: list[Ints], posts: Columns, dice: Dice) -> None:
    """Breaking news is shared by many within minutes; who posts much anyway shares more of it."""
    n = int(world.news_share * world.accounts)
    for first in news:
        who = np.unique(dice.pick(people.reactions, n))
        ref = dice.choose(first, len(who))
        delay = np.ceil(dice.lognormal(420.0, 1.0, len(who))).astype(np.int64)
        _retweet(world, people, ledger, who, posts.time[ref] + delay, ref)


def _fans(world: World, people: People, ledger: Ledger, timelines: Timelines, posts: Columns, dice: Dice) -> None:
    """Fans with notifications on retweet half of their idol's posts within seconds, while they are awake."""
    fans, authors = people.of("fan"), people.of("author")
    if not len(fans):
        return
    idols = dice.sample(authors, max(1, len(fans) // 12))
    for number, idol in enumerate(idols):
        mine = fans[number :: len(idols)]
        post, fan = np.divmod(np.arange(len(timelines.of(int(idol))) * len(mine)), len(mine))
        ref, who = timelines.of(int(idol))[post], mine[fan]
        taken = dice.chance(0.5, len(who))
        delay = 2 + np.ceil(dice.lognormal(9.0, 0.8, len(who))).astype(np.int64)
        _retweet(world, people, ledger, who[taken], (posts.time[ref] + delay)[taken], ref[taken])


def _pods(world: World, people: People, ledger: Ledger, timelines: Timelines, posts: Columns, dice: Dice) -> None:
    """In a pod, everybody retweets half of what the others post, when they next look into the chat."""
    members = people.of("pod")
    for first in range(0, len(members), POD):
        pod = members[first : first + POD]
        theirs = np.concatenate([timelines.of(int(member)) for member in pod])
        post, other = np.divmod(np.arange(len(theirs) * len(pod)), len(pod))
        ref, who = theirs[post], pod[other]
        taken = dice.chance(0.5, len(who)) & (who != posts.account[ref])
        delay = 30 + np.ceil(dice.lognormal(1500.0, 1.2, len(who))).astype(np.int64)
        _retweet(world, people, ledger, who[taken], (posts.time[ref] + delay)[taken], ref[taken])


def _digest(world: World, people: People, ledger: Ledger, timelines: Timelines, dice: Dice) -> None:
    """Readers of a digest open it when it comes or later in the evening, and retweet one in five of its posts."""
    readers = dice.sample(people.of("ordinary"), int(world.digest * world.accounts))
    for day in range(1, world.days):
        noon = np.full(DIGEST, day * DAY + 12 * 3600)
        listed = np.unique(timelines.before(dice.choose(people.of("author"), DIGEST), noon, dice))
        listed = listed[listed >= 0]
        ref, who = np.tile(listed, len(readers)), np.repeat(readers, len(listed))
        opened = np.repeat(np.ceil(dice.lognormal(900.0, 1.3, len(readers))).astype(np.int64), len(listed))
        when = day * DAY + 18 * 3600 + opened + dice.below(60, len(who))
        taken = dice.chance(0.2, len(who))
        _retweet(world, people, ledger, who[taken], when[taken], ref[taken])


def _storm(world: World, people: People, ledger: Ledger, storm: Ints, posts: Columns, dice: Dice) -> None:
    """In the storm, fans retweet each other."""
    if not len(storm):
        return
    n = 2 * len(storm)
    ref, who = dice.choose(storm, n), dice.choose(people.of("storm"), n)
    late = posts.time[ref] + 5 + np.ceil(dice.lognormal(240.0, 1.0, n)).astype(np.int64)
    other = (who != posts.account[ref]) & (late < world.days * DAY)
    ledger.add(who[other], late[other], kind=RETWEET, ref=ref[other])


def _trends(world: World, people: People, ledger: Ledger, trends: dict[int, Ints], posts: Columns, dice: Dice) -> None:
    """Whoever looks up a hashtag retweets a few of its posts, whoever wrote them; a few posts get most of it."""
    ordinary = np.flatnonzero(people.group < 0)
    for number in trends:
        tag = world.groups[number].hashtags[0]
        tagged = np.flatnonzero(np.array([tag in tags.split() for tags in posts.tags.tolist()]))
        liked = dice.lognormal(1.0, 1.5, len(tagged))
        n = 2 * int(world.trend * world.accounts)
        ref, who = tagged[dice.pick(liked, n)], dice.choose(ordinary, n)
        delay = np.ceil(dice.lognormal(3 * 3600.0, 1.2, n)).astype(np.int64)
        _retweet(world, people, ledger, who, posts.time[ref] + delay, ref)
