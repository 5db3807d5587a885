"""Open campaigns and tweetstorms: people who agree in public to say the same thing at the same hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.crowds import distinct
from graphnet.explanations import Benign, Clue, lean, share
from graphnet.explanations._facts import DAY, HOUR, KINDS, Facts, Words
from graphnet.safe import show
from graphnet.words import count, iso, percent

__all__ = ["Campaign"]

QUARTER = HOUR // 4
FEW = 3
"""Hours that a tweetstorm lasts."""
ONCE = 2
"""Days on which somebody takes part for whom it is an occasion."""
SEEN = 10
"""Fewest posts, or uses around a full hour, by which anything can be told."""
CROWD = f"""
with acts as (
    select kind, object, account, cast(floor(time / {HOUR}e0) as bigint) as hour from actions
    where kind in ('text', 'hashtag') and object is not null and time is not null
    group by kind, object, account, cast(floor(time / {HOUR}e0) as bigint)
), slots as (
    select m.community, a.kind, a.object, a.hour from acts a join members m on m.account = a.account
    group by m.community, a.kind, a.object, a.hour having count(*) >= 2
)
select s.community, s.kind, count(distinct s.object) as things,
    count(distinct case when m.account is null then s.object end) as common,
    count(distinct case when m.community = s.community then a.account end) as members,
    count(distinct case when m.account is null then a.account end) as others
from slots s
join acts a on a.kind = s.kind and a.object = s.object and a.hour = s.hour
left join members m on m.account = a.account
group by s.community, s.kind
"""
"""Texts and hashtags that two members used within one hour: who else used them in that hour."""
TOGETHER = f"""
with acts as (
    select distinct a.kind, a.object, a.account, m.community, cast(floor(a.time / {HOUR}e0) as bigint) as hour
    from actions a join members m on m.account = a.account
    where a.kind in ({KINDS}) and a.object is not null and a.time is not null
), slots as (
    select community, kind, object, hour, count(*) as n from acts group by community, kind, object, hour
)
select community, cast(sum(n * (n - 1) / 2e0) as double) as pairs,
    cast(sum(case when kind in ('text', 'hashtag') then n * (n - 1) / 2e0 else 0e0 end) as double) as words
from slots group by community
"""
"""Pairs of members who did the same within one hour, and those of them who used the same words or hashtag."""


@dataclass(frozen=True)
class Campaign(Benign):
    """Members take part in something public: others join in, in words of their own, at an hour that was announced."""

    name: ClassVar[str] = "campaign"
    title: ClassVar[str] = "an open campaign or a tweetstorm"

    def clues(self, facts: Facts) -> Iterator[Clue]:
        """See `Benign.clues`."""
        crowd = facts.rows(CROWD)
        yield _others(facts, crowd, "text")
        yield _others(facts, crowd, "hashtag")
        slots = _slots(facts)
        yield from _own_words(facts, slots)
        yield _taking(facts, slots)
        yield _matter(facts)
        yield from _hours(facts, slots)
        yield _clients(facts, slots)


def _others(facts: Facts, crowd: dict[str, np.ndarray], kind: str) -> Clue:
    """Whether accounts elsewhere used the same words in the same hours."""
    of = crowd["kind"] == kind
    things, common, members, others = (
        facts.add(crowd["group"][of], crowd[n][of]) for n in ("things", "common", "members", "others")
    )
    return Clue.of(
        "core",
        lean(share(others, members + others), 0.2, 0.6),
        lambda i: (
            f"{common[i]:,.0f} of {count(int(things[i]), kind)} that members used within the same hour were then also "
            f"used by {count(int(others[i]), 'account')} elsewhere, beside {members[i]:,.0f} members"
        ),
        f"no {kind} was used by two members within an hour",
    )


def _slots(facts: Facts) -> Words:
    """Members' uses of words and hashtags in hours in which another member used them too."""
    shared = facts.words.take((facts.words.thing >= 0) & (facts.words.time >= 0))
    rows, place = distinct(shared.thing, shared.time // HOUR, shared.account)
    _, slot = distinct(*rows[:2])
    return shared.take(np.bincount(slot)[slot][place] >= 2)


def _own_words(facts: Facts, slots: Words) -> Iterator[Clue]:
    """How many posts of these hours were in words of their own, and how many in words that only members use."""
    known = slots.post >= 0
    posts = facts.distinct(slots.group[known], slots.post[known])
    texts = facts.texts.take(np.isin(facts.texts.post, slots.post[known]))
    closed = facts.add(texts.group[facts.things.closed[texts.thing]])
    own = posts - facts.add(texts.group)
    posts = np.where(posts >= SEEN, posts, 0)
    why = f"fewer than {SEEN} posts with a text or hashtag that two members used within an hour"
    yield Clue.of(
        "core",
        lean(share(own, posts), 0.1, 0.4),
        lambda i: f"{own[i]:,.0f} of {count(int(posts[i]), 'post')} in these hours are in words of their own",
        why,
    )
    yield Clue.of(
        "limit",
        lean(share(closed, posts), 0.8, 0.4),
        lambda i: f"{closed[i]:,.0f} of {count(int(posts[i]), 'post')} copy a text that hardly anybody else uses",
        why,
    )


def _taking(facts: Facts, slots: Words) -> Clue:
    taking = facts.distinct(slots.group, slots.account)
    part = share(taking, facts.groups.sizes) if len(facts.words.time) else np.full(len(facts), np.nan)
    return Clue.of(
        "limit",
        lean(part, 0.2, 0.6),
        lambda i: f"{taking[i]:,.0f} of {facts.groups.sizes[i]:,} members took part in these hours",
        "no texts and hashtags in this data",
    )


def _matter(facts: Facts) -> Clue:
    """Whether words and hashtags are what the members have in common at all."""
    rows = facts.rows(TOGETHER)
    pairs, words = (facts.add(rows["group"], rows[name]) for name in ("pairs", "words"))
    part = share(words, pairs)
    return Clue.of(
        "limit",
        lean(part, 0.1, 0.4),
        lambda i: f"texts and hashtags make {percent(part[i])} of the pairs of members who did the same within an hour",
        "no two members did the same within an hour",
    )


def _hours(facts: Facts, slots: Words) -> Iterator[Clue]:
    """Whether it was over in a few hours, began at a full hour, and was an occasion rather than a habit."""
    hour = slots.time // HOUR
    ranked = facts.heaviest(slots.group, hour, np.ones(len(hour)))
    uses = facts.add(slots.group)
    busiest = facts.add(ranked.group[ranked.rank < FEW], ranked.weight[ranked.rank < FEW])
    why = "no text or hashtag was used by two members within an hour"
    yield Clue.of(
        "sign",
        lean(share(busiest, uses), 0.3, 0.7),
        lambda i: f"{busiest[i]:,.0f} of {count(int(uses[i]), 'use')} fall into the {FEW} busiest hours",
        why,
    )
    peak = np.full(len(facts), -1)
    peak[ranked.group[ranked.rank == 0]] = ranked.value[ranked.rank == 0]
    after = slots.time - peak[slots.group] * HOUR
    late, early = (facts.add(slots.group[(after >= a) & (after < b)]) for a, b in ((0, QUARTER), (-QUARTER, 0)))
    yield Clue.of(
        "sign",
        lean(np.where(late + early >= SEEN, share(late, late + early), np.nan), 0.5, 0.9),
        lambda i: (
            f"{late[i]:,.0f} uses in the quarter of an hour after {_clock(int(peak[i]))}, "
            f"{early[i]:,.0f} in the one before"
        ),
        lambda i: "too few uses around a full hour" if uses[i] else why,
    )
    days, _ = distinct(slots.group, slots.account, slots.time // DAY)
    members, which = distinct(*days[:2])
    once, taking = facts.add(members[0][np.bincount(which) <= ONCE]), facts.add(members[0])
    known = (taking > 0) & (facts.span > 2 * ONCE)
    yield Clue.of(
        "sign",
        lean(np.where(known, share(once, taking), np.nan), 0.4, 0.8),
        lambda i: f"{once[i]:,.0f} of {taking[i]:,.0f} members took part on {ONCE} days or fewer",
        lambda i: f"the data cover only {count(facts.span, 'day')}" if taking[i] else why,
    )


def _clock(hour: int) -> str:
    return (iso(hour * HOUR) or "")[:16].replace("T", " ") + " UTC"


def _clients(facts: Facts, slots: Words) -> Clue:
    """Whether these posts were made with as many programs as others are."""
    known = slots.take(slots.client >= 0)
    client, most = facts.leading(known.group, known.client, np.ones(len(known.group)))
    posts, usual = facts.add(known.group), facts.clients.elsewhere(client)
    return Clue.of(
        "sign",
        lean(share(most, posts) - usual, 0.4, 0.15),
        lambda i: (
            f"{percent(most[i] / posts[i])} of these posts were made with {show(facts.clients.names[client[i]], 40)}, "
            f"mostly used by {percent(usual[i])} of the accounts elsewhere"
        ),
        lambda i: f"no programs of {'posts elsewhere' if posts[i] else 'such posts'} in this data",
    )
