"""Breaking news: everybody shares the same few things on the same day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.explanations import Benign, Clue, lean
from graphnet.explanations._facts import DAY, TIES, Facts
from graphnet.words import count, percent

__all__ = ["BreakingNews"]

LEAST = 5
"""Fewest accounts elsewhere that share a thing for it to be among the most shared of its day."""
SHORT = 4
"""In a collection of fewer days everything is in one burst."""
POPULAR = f"""
with held as (
    select a.kind, a.object, cast(floor(min(a.time) / {DAY}e0) as bigint) as day,
        count(distinct case when m.account is null then a.account end) as elsewhere
    from actions a left join members m on m.account = a.account
    where a.kind in ('retweet', 'quote', 'link') and a.object is not null
    group by a.kind, a.object
), ranked as (
    select kind, object, day, elsewhere, rank() over (partition by kind, day order by elsewhere desc) as place,
        count(*) over (partition by kind, day) as things
    from held
)
select r.kind, r.object, r.day, case when r.elsewhere >= {LEAST} and r.place <= {{top}} * r.things + 2 then 1 else 0 end
    as popular
from ranked r
where exists (select 1 from actions a join members m on m.account = a.account
    where a.kind = r.kind and a.object = r.object)
"""
"""Of what members share: the day it was first seen, and whether it was among the most shared of that day."""


@dataclass(frozen=True)
class BreakingNews(Benign):
    """Members did what everybody did when something happened.

    Args:
        top: The most shared things of a day are this share of them (and two).
    """

    name: ClassVar[str] = "breaking_news"
    title: ClassVar[str] = "breaking news that everybody shared"
    top: float = 0.01

    def clues(self, facts: Facts) -> Iterator[Clue]:
        """See `Benign.clues`."""
        things = facts.things.of(*TIES)
        rows = facts.rows(POPULAR.format(top=self.top))
        day, popular = facts.of_things(things, rows, rows["day"]), facts.of_things(things, rows, rows["popular"])
        part = facts.add(things.group, things.weight * (popular > 0)) / facts.tied
        number, of = facts.add(things.group[popular > 0]), facts.add(things.group)
        yield Clue.of(
            "core",
            lean(part, 0.2, 0.6),
            lambda i: (
                f"{number[i]:,.0f} of {count(int(of[i]), 'thing')} that members share ({percent(part[i])} of the pairs "
                f"they tie) were among the {percent(self.top)} most shared of their day elsewhere"
            ),
            "members hardly share posts, links or texts",
        )
        yield _burst(facts, things.group, day, things.weight)
        needed, of_all = facts.needed(things.group, things.object, things.weight, 0.8)
        yield Clue.of(
            "sign",
            lean(np.where(np.isnan(part), np.nan, needed), 30, 5),
            lambda i: f"{count(int(needed[i]), 'thing')} of {of_all[i]:,} make 80 % of the pairs tied",
            "members hardly share posts, links or texts",
        )


def _burst(facts: Facts, group: np.ndarray, day: np.ndarray, weight: np.ndarray) -> Clue:
    dated = ~np.isnan(day)
    needed, of = facts.needed(group[dated], day[dated].astype(np.int64), weight[dated], 0.8)
    known = (of > 0) & (facts.span >= SHORT)
    return Clue.of(
        "limit",
        lean(np.where(known, needed, np.nan), 6, 2),
        lambda i: f"80 % of the pairs are tied on {count(int(needed[i]), 'day')} of {facts.span:,}",
        "no times are known" if not facts.span else f"the data cover only {count(facts.span, 'day')}",
    )
