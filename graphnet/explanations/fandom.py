"""Fans: many who need not know each other, and the same few idols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.crowds import Crowds, Ints, Numbers
from graphnet.explanations import Benign, Clue, lean, share
from graphnet.explanations._facts import DAY, TIES, Facts, Ranked
from graphnet.words import count, percent

__all__ = ["Fandom"]

WINDOW = 120 * DAY
KNOWN = 5
"""Fewest members whose creation date must be known."""
TALKS = 3
"""Different accounts that somebody answers or mentions who talks to people at all."""
FANS = """
select f.community, count(distinct case when m.account is null then a.account end) as others,
    count(distinct case when m.community = f.community then a.account end) as members
from (values {}) as f(community, author)
join actions a on a.target = f.author and a.kind in ('retweet', 'quote') and a.account <> a.target
left join members m on m.account = a.account
group by f.community
"""


@dataclass(frozen=True)
class Fandom(Benign):
    """Members like the same few authors, as many others do, and otherwise live their own lives.

    Args:
        idols: How many authors are a few.
    """

    name: ClassVar[str] = "fandom"
    title: ClassVar[str] = "fans or supporters of the same few accounts"
    idols: int = 3

    def clues(self, facts: Facts) -> Iterator[Clue]:
        """See `Benign.clues`."""
        things = facts.things.of(*TIES)
        repeated = things.of("retweet", "quote")
        repeated = repeated.take(repeated.author >= 0)
        foreign = repeated.take(facts.place[repeated.author] != repeated.group)
        ranked = facts.heaviest(foreign.group, foreign.author, foreign.weight)
        few = ranked.take(ranked.rank < self.idols)
        part = facts.add(few.group, few.weight) / facts.tied
        part[facts.add(repeated.group) == 0] = np.nan
        idols = facts.add(few.group).astype(np.int64)
        yield Clue.of(
            "core",
            lean(part, 0.2, 0.6),
            lambda i: (
                f"posts of {count(int(idols[i]), 'author')} outside the group make {percent(part[i])} of the pairs of "
                "members who share posts, links or texts"
            ),
            "members repeat no posts of known authors, or hardly share anything",
        )
        yield _audience(facts, few)
        yield _copied(facts)
        yield _created(facts)
        yield _present(facts)
        yield _talks(facts)


def _audience(facts: Facts, few: Ranked) -> Clue:
    """Whether others repeat the same authors too."""
    pairs = zip(facts.groups.label[few.group].tolist(), few.value.tolist(), strict=True)
    # a table without rows cannot be written down
    rows = facts.rows(FANS.format(", ".join(f"({c}, {a})" for c, a in pairs) or "(-1, -1)"))
    members, others = (facts.add(rows["group"], rows[name]) for name in ("members", "others"))
    part = share(others, members + others)
    return Clue.of(
        "limit",
        lean(part, 0.3, 0.7),
        lambda i: (
            f"{count(int(others[i]), 'account')} elsewhere repeat these authors too, beside {members[i]:,.0f} members"
        ),
        "members repeat no posts of authors outside the group",
    )


def _copied(facts: Facts) -> Clue:
    """Whether members also post the same words: what they like does not put words into their mouths."""
    own = facts.texts.take(facts.things.closed[facts.texts.thing])
    copying, writing = facts.distinct(own.group, own.account), facts.groups.total((facts.doing["text"] > 0) * 1.0)
    return Clue.of(
        "limit",
        lean(share(copying, writing), 0.5, 0.1),
        lambda i: f"{copying[i]:,.0f} of {writing[i]:,.0f} members who write post a text that hardly anybody else uses",
        "no texts in this data",
    )


def _created(facts: Facts) -> Clue:
    """Whether the members' accounts are of all ages, as those elsewhere are."""
    created = facts.profiles["created"]
    start, inside, known = _densest(created, facts.groups)
    out = np.sort(created[facts.elsewhere & ~np.isnan(created)])
    usual = share(
        np.searchsorted(out, start + WINDOW, "right") - np.searchsorted(out, start), np.full(len(start), len(out))
    )
    part = np.where(known >= KNOWN, share(inside, known), np.nan)
    # a site that everybody joined in one season is no sign of a ring
    return Clue.of(
        "sign",
        lean(part - np.nan_to_num(usual), 0.5, 0.25),
        lambda i: (
            f"{percent(part[i])} of the members' accounts were made within one stretch of 120 days"
            + ("" if np.isnan(usual[i]) else f", {percent(usual[i])} of those elsewhere")
        ),
        lambda i: f"{count(int(known[i]), 'member')} with a known creation date",
    )


def _densest(values: Numbers, groups: Crowds) -> tuple[Numbers, Ints, Ints]:
    """For each group where the window with most values starts, how many are in it, and how many are known."""
    held, rows = values[groups.account], groups.rows
    keep = ~np.isnan(held)
    held, rows = held[keep], rows[keep]
    order = np.lexsort((held, rows))
    held, rows = held[order], rows[order]
    # whole seconds below 2^36 and group numbers below 2^17 fit a float exactly together
    shifted = held - held.min(initial=0) + rows * (held.max(initial=0) - held.min(initial=0) + 2 * WINDOW)
    inside = np.searchsorted(shifted, shifted + WINDOW, "right") - np.arange(len(held))
    best = np.lexsort((held, -inside, rows))
    first = best[np.unique(rows[best], return_index=True)[1]]
    start, most = np.full(len(groups), np.nan), np.zeros(len(groups), dtype=np.int64)
    start[rows[first]], most[rows[first]] = held[first], inside[first]
    return start, most, np.bincount(rows, minlength=len(groups))


def _present(facts: Facts) -> Clue:
    """Whether the members are there as often as others, not for the occasion only."""
    days = np.where(facts.days > 0, facts.days, np.nan)
    inside, out = facts.groups.median(days), days[facts.elsewhere & ~np.isnan(days)]
    usual = float(np.median(out)) if len(out) else np.nan
    return Clue.of(
        "sign",
        lean(inside / usual, 0.3, 0.8),
        lambda i: f"the members act on {inside[i]:,.0f} different days (median), accounts elsewhere on {usual:,.0f}",
        "no times are known" if not facts.span else "no other accounts to compare with",
    )


def _talks(facts: Facts) -> Clue:
    """Whether the members talk to people."""
    spoken = np.maximum(facts.doing["reply_targets"], facts.doing["mention_targets"])
    inside, usual = facts.both((spoken >= TALKS) * 1.0, np.ones(facts.width))
    known = bool(spoken.any())
    return Clue.of(
        "sign",
        lean(inside / usual if known and usual else inside * np.nan, 0.3, 0.9),
        lambda i: (
            f"{percent(inside[i])} of the members answer or mention {TALKS} different accounts or more, "
            f"{percent(usual)} of those elsewhere"
        ),
        "no replies or mentions elsewhere to compare with",
    )
