"""Engagement pods: accounts that promote each other, and say so among themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers
from graphnet.explanations import Benign, Clue, lean, share
from graphnet.explanations._facts import Facts
from graphnet.words import count, percent

__all__ = ["Pod"]

INSIDE = """
select m.community, a.account, a.target, count(*) as n
from actions a join members m on m.account = a.account join members t on t.account = a.target
where a.kind in ({kinds}) and a.account <> a.target and m.community = t.community
group by m.community, a.account, a.target
"""
ALL = """
select m.community, count(*) as n from actions a join members m on m.account = a.account
where a.kind in ('retweet', 'quote') and a.target is not null and a.account <> a.target group by m.community
"""
REPEATED = "select distinct target from actions where kind in ('retweet', 'quote') and target <> account"
STRANGERS = -0.5
"""Members of a pod meet in a chat: that they do not follow each other says little."""


@dataclass(frozen=True)
class Pod(Benign):
    """Members repeat each other's posts, and the favour is returned."""

    name: ClassVar[str] = "pod"
    title: ClassVar[str] = "an engagement pod: members promote each other"

    def clues(self, facts: Facts) -> Iterator[Clue]:
        """See `Benign.clues`."""
        inside, made = facts.rows(INSIDE.format(kinds="'retweet', 'quote'")), facts.rows(ALL)
        of, own = facts.add(made["group"], made["n"]), facts.add(inside["group"], inside["n"])
        yield Clue.of(
            "core",
            lean(share(own, of), 0.1, 0.5),
            lambda i: f"{own[i]:,.0f} of {of[i]:,.0f} retweets and quotes by members are of other members' posts",
            "no retweets or quotes of known authors",
        )
        yield from _favours(facts, inside)
        yield _follows(facts)


def _favours(facts: Facts, inside: dict[str, Ints]) -> Iterator[Clue]:
    """Whether favours are returned, by those who post anything that can be repeated."""
    posting = facts.doing["text"] > 0
    posting[facts.rows(REPEATED)["target"]] = True
    pairs, returned = _returned(facts, inside, posting)
    yield Clue.of(
        "limit",
        lean(share(returned, pairs), 0.1, 0.5),
        lambda i: (
            f"{returned[i]:,.0f} of {count(int(pairs[i]), 'tie')} by which one member repeats another are returned"
        ),
        "no member who posts repeats another",
    )
    targets, able = facts.distinct(inside["group"], inside["target"]), facts.groups.total(posting * 1.0)
    yield Clue.of(
        "sign",
        lean(share(targets, able), 0.3, 0.8),
        lambda i: f"{targets[i]:,.0f} of {able[i]:,.0f} members who post are repeated by another member",
        "no member posts anything that can be repeated",
    )


def _returned(facts: Facts, inside: dict[str, Ints], able: Flags) -> tuple[Numbers, Numbers]:
    """Directed pairs inside each community (from those who are able), and those that go in the other direction too."""
    forth = inside["account"] * facts.width + inside["target"]
    back = inside["target"] * facts.width + inside["account"]
    kept = able[inside["account"]]
    return facts.add(inside["group"][kept]), facts.add(inside["group"][kept], np.isin(forth, back)[kept] * 1.0)


def _follows(facts: Facts) -> Clue:
    inside = facts.rows(INSIDE.format(kinds="'follow'"))
    any_at_all = facts.study.rows("select 1 from actions where kind = 'follow' limit 1").num_rows
    _, returned = _returned(facts, inside, np.full(facts.width, fill_value=True))
    sizes = facts.groups.sizes
    part = share(returned, sizes * (sizes - 1)) if any_at_all else np.full(len(facts), np.nan)
    return Clue.of(
        "sign",
        np.maximum(lean(part, 0.05, 0.4), STRANGERS),
        lambda i: f"{percent(part[i])} of the pairs of members follow each other",
        "no follows in this data",
    )
