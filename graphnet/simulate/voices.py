"""Posts that others may retweet: what authors, news outlets and everybody else writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphnet.simulate.designs import World
from graphnet.simulate.dice import Dice, Ints, Things
from graphnet.simulate.ledger import Ledger
from graphnet.simulate.people import DAY, FAVOURITES, People, awake, moments, target_of
from graphnet.simulate.words import attack_texts, fandom_tag, greetings, headlines, sentences

__all__ = ["Events", "speak"]


@dataclass(frozen=True)
class Events:
    """What everybody will react to, as positions in the ledger.

    Attributes:
        news: For each piece of breaking news, the first posts about it.
        storm: Posts of the tweetstorm.
        trends: For each group with hashtags, the posts of ordinary accounts with its first hashtag.
    """

    news: list[Ints]
    storm: Ints
    trends: dict[int, Ints]


def speak(world: World, people: People, seed: int, ledger: Ledger) -> Events:
    """Write the original posts of all accounts, the coordinated ones excepted."""
    _chatter(world, people, ledger, Dice(seed, "chatter"))
    _newsroom(world, people, ledger, Dice(seed, "newsroom"))
    return Events(
        news=_news(world, people, ledger, Dice(seed, "news")),
        storm=_storm(world, people, ledger, Dice(seed, "storm")),
        trends=_trends(world, people, ledger, Dice(seed, "trends")),
    )


def link(site: str, dice: Dice, n: int) -> Things:
    """``n`` links to articles of one site."""
    numbers = dice.below(900_000, n) + 100_000
    return np.array([f"https://{site}.example/a/{number}" for number in numbers.tolist()], dtype=object)


def _chatter(world: World, people: People, ledger: Ledger, dice: Dice) -> None:
    """Everyday posts: a sentence, now and then a hashtag, a link to an article, a greeting everybody uses."""
    who, when = moments(world, people, people.originals, dice)
    n = len(who)
    text = sentences(people.lang[who], dice)
    hello = np.flatnonzero(dice.chance(0.01, n) & (people.group[who] < 0))
    text[hello] = greetings(people.lang[who[hello]], dice)
    fandom_tags = np.array([fandom_tag(f) for f in range(world.fandoms)], dtype=object)
    tags = np.where(dice.chance(0.3, n), fandom_tags[people.fandom[who]], "")
    tags[hello] = ""
    friend = np.where(dice.chance(0.06, n), people.favourites[who, dice.below(len(FAVOURITES), n)], -1)
    ledger.add(who, when, text=text, tags=tags, link=_articles(people, who, when, dice), mention=friend)


def _articles(people: People, who: Ints, when: Ints, dice: Dice) -> Things:
    """Links: to the few articles of each site and day that many read."""
    n = len(who)
    share = np.where(people.role[who] == "outlet", 0.9, 0.12)
    article = (people.favourites[who, 10] * 1000 + when // DAY) * 10 + dice.pick(1 / (1.0 + np.arange(10)), n)
    site = [f"https://paper{number // 10_000}.example/story/{number % 10_000}" for number in article.tolist()]
    return np.where(dice.chance(share, n), np.array(site, dtype=object), "")


def _newsroom(world: World, people: People, ledger: Ledger, dice: Dice) -> None:
    """The accounts of one owner post each headline, with its link, within two minutes."""
    chain = people.of("chain")
    if not len(chain):
        return
    stories = 5 * world.days
    when = np.sort(dice.below(DAY * world.days // 300 - 1, stories) * 300)
    story, account = np.divmod(np.arange(stories * len(chain)), len(chain))
    taken = dice.chance(0.85, len(story))
    text, url = headlines(stories, dice), link("harbourmedia", dice, stories)
    late = dice.below(121, len(story))
    ledger.add(chain[account[taken]], (when[story] + late)[taken], text=text[story[taken]], link=url[story[taken]])


def _news(world: World, people: People, ledger: Ledger, dice: Dice) -> list[Ints]:
    """Breaking news: outlets and a few celebrities post it within ten minutes, with one link."""
    sources = np.concatenate([people.of("outlet"), people.of("celebrity")])
    text, url = headlines(world.news, dice), link("breaking", dice, world.news)
    start = dice.below(DAY * world.days - 4 * 3600, world.news)
    posts = []
    for number in range(world.news):
        first = dice.sample(sources, 5)
        when = start[number] + np.sort(dice.below(600, len(first)))
        lead = dice.choose(np.array(["BREAKING:", "Just in:", "We hear:", "Now:"], dtype=object), len(first))
        posts.append(ledger.add(first, when, text=lead + " " + text[number], link=url[number], tags="breaking"))
    return posts


def _storm(world: World, people: People, ledger: Ledger, dice: Dice) -> Ints:
    """An authentic tweetstorm: fans agree on two evening hours, half of the posts are suggested texts."""
    fans = people.of("storm")
    if not len(fans):
        return np.empty(0, dtype=np.int64)
    day = world.days // 3
    slots = np.array([day * DAY + 18 * 3600, (day + 1) * DAY + 18 * 3600])
    author = np.repeat(fans, dice.geometric(3.0, len(fans)))
    n = len(author)
    lang = people.lang[fans[0]]
    suggested = sentences(np.full(20, lang), dice)
    text = np.where(dice.chance(0.5, n), dice.choose(suggested, n), sentences(np.full(n, lang), dice))
    when = dice.choose(slots, n) + dice.below(3600, n)
    tag = fandom_tag(int(people.fandom[fans[0]]))
    return ledger.add(author, when, text=text, tags=f"{tag} SaveOurShow")


def _trends(world: World, people: People, ledger: Ledger, dice: Dice) -> dict[int, Ints]:
    """Ordinary accounts join the hashtag of a group in words of their own, most of them against it or beside it."""
    ordinary = np.flatnonzero(people.group < 0)
    found = {}
    for number, group in enumerate(world.groups):
        crowd = dice.sample(ordinary, int(world.trend * world.accounts))
        if not group.hashtags or not len(crowd):
            continue
        first, last = group.period or (0.0, float(world.days))
        author = np.repeat(crowd, dice.geometric(1.5, len(crowd)))
        when = np.asarray((first + dice.uniform(len(author)) * (last - first)) * DAY + 3 * 3600, dtype=np.int64)
        there = (when < world.days * DAY) & awake(people, author, np.minimum(when, world.days * DAY - 1))
        author, when = author[there], when[there]
        text = sentences(people.lang[author], dice)
        angry = np.flatnonzero(dice.chance(0.2, len(author)))
        text[angry] = np.array(attack_texts(len(angry), group.lang, group.target, dice), dtype=object)
        mention = np.full(len(author), -1)
        mention[angry] = target_of(world, people, group)
        found[number] = ledger.add(author, when, text=text, tags=group.hashtags[0], mention=mention)
    return found
