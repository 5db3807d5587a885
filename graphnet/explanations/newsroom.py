"""Newsrooms and other accounts of one owner that publish the same articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from graphnet.crowds import distinct
from graphnet.explanations import Benign, Clue, lean, share
from graphnet.explanations._facts import DAY, Facts
from graphnet.explanations._profiles import named
from graphnet.kernels import links
from graphnet.safe import show
from graphnet.words import count, iso, percent

__all__ = ["Newsroom"]

KNOWN = 3
"""Fewest members of whom something must be known."""
HOST = """case when o.id like 'http%' then split_part(o.id, '/', 3) else split_part(o.id, '/', 1) end"""
SITES = f"""
select m.community, a.account, {HOST} as host, a.object
from actions a join objects o on o.object = a.object join members m on m.account = a.account where a.kind = 'link'
"""
ELSEWHERE = f"""
select {HOST} as host, count(*) as n from actions a join objects o on o.object = a.object
where a.kind = 'link' and not exists (select 1 from members m where m.account = a.account) group by {HOST}
"""
LIFT = 3
"""A site is the group's own if its share of the links is this many times that elsewhere."""
SHORT = 4
"""Of fewer days nothing can be said about day after day."""


@dataclass(frozen=True)
class Newsroom(Benign):
    """The accounts publish the articles of the same few sites, each article with its headline."""

    name: ClassVar[str] = "newsroom"
    title: ClassVar[str] = "a newsroom, or several accounts of one owner"

    def clues(self, facts: Facts) -> Iterator[Clue]:
        """See `Benign.clues`."""
        yield from _site(facts)
        yield _headlines(facts)
        yield named(facts, "sign")
        yield _verified(facts)
        yield _age(facts)
        yield _repeats(facts)
        yield _days(facts)


def _site(facts: Facts) -> Iterator[Clue]:
    """Whether most links of most members lead to one site, and to many different pages of it."""
    rows, others = facts.rows(SITES), facts.rows(ELSEWHERE)
    group, account, page = rows["group"], rows["account"], rows["object"]
    known, site = np.unique(_domains(rows["host"]), return_inverse=True)
    users, _ = distinct(group, site, account)
    best, members = facts.leading(users[0], users[1], np.ones(len(users[0])))
    mine = best[group] == site
    on, of = facts.add(group[mine]), facts.add(group)
    everywhere = dict.fromkeys(known.tolist(), 0)
    for name, n in zip(_domains(others["host"]).tolist(), others["n"].tolist(), strict=True):
        if name in everywhere:
            everywhere[name] += n
    usual = share(np.array([*everywhere.values(), 0])[best], np.full(len(facts), others["n"].sum()))
    part, taking = share(on, of), share(members, facts.groups.sizes)
    special = np.where(part > LIFT * np.nan_to_num(usual), 1.0, 0.0)
    yield Clue.of(
        "core",
        np.minimum(np.minimum(lean(part, 0.3, 0.7), lean(taking, 0.3, 0.7)), special),
        lambda i: (
            f"{on[i]:,.0f} of {count(int(of[i]), 'link')} that members posted lead to "
            f"{show(known[best[i]], 60)}/…, by {members[i]:,.0f} of {facts.groups.sizes[i]:,} members"
            + ("" if np.isnan(usual[i]) else f"; elsewhere {percent(usual[i])} of the links do")
        ),
        "the members post no links" if len(known) or len(others["n"]) else "no links in this data",
    )
    pages = facts.distinct(group[mine], page[mine])
    yield Clue.of(
        "sign",
        lean(np.where(on > 0, pages, np.nan), 3, 12),
        lambda i: f"they lead to {count(int(pages[i]), 'different page')} there",
        "the members post no links",
    )


def _domains(hosts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The domain of each host."""
    # as texts of Python: one long name would make all of them as long otherwise
    names, place = np.unique(hosts, return_inverse=True)
    return np.array([links.domain(name) or name for name in names.tolist()], dtype=object)[place]


def _headlines(facts: Facts) -> Clue:
    """Whether the texts that members share come with links, as headlines do."""
    linked, posts = facts.add(facts.texts.group, facts.texts.link * 1.0), facts.add(facts.texts.group)
    return Clue.of(
        "limit",
        lean(share(linked, posts), 0.2, 0.8),
        lambda i: f"{linked[i]:,.0f} of {count(int(posts[i]), 'post')} with a text that members share carry a link",
        "no two members share a text",
    )


def _verified(facts: Facts) -> Clue:
    """Whether members are verified; where few are, that says little."""
    verified = facts.profiles["verified"]
    told = ~np.isnan(verified)
    part, usual = facts.both(np.nan_to_num(verified), told * 1.0)
    few = facts.groups.total(told * 1.0) < KNOWN
    return Clue.of(
        "sign",
        lean(np.where(few, np.nan, part) - np.nan_to_num(usual), -0.3, 0.3),
        lambda i: (
            f"{percent(part[i])} of the members are verified, {percent(np.nan_to_num(usual))} of the accounts elsewhere"
        ),
        "whether members are verified is not in this data",
    )


def _age(facts: Facts) -> Clue:
    """Whether the members' accounts are as old as others."""
    created = facts.profiles["created"]
    out = created[facts.elsewhere & ~np.isnan(created)]
    mine = facts.groups.median(created, KNOWN)
    usual = np.median(out) if len(out) else np.nan
    older = (usual - mine) / (365.25 * DAY)
    return Clue.of(
        "sign",
        lean(older, -1.5, 0.5),
        lambda i: (
            f"half of the members' accounts were made before {(iso(int(mine[i])) or '')[:10]}, half of those elsewhere "
            f"before {(iso(int(usual)) or '')[:10]}"
        ),
        "creation dates are not known",
    )


def _repeats(facts: Facts) -> Clue:
    """Whether members publish rather than repeat."""
    doing = facts.doing
    part, usual = facts.both(doing["retweet"], doing["retweet"] + doing["text"])
    return Clue.of(
        "sign",
        lean(part, 0.6, 0.2),
        lambda i: (
            f"{percent(part[i])} of what members post are retweets"
            + ("" if np.isnan(usual) else f", elsewhere {percent(usual)}")
        ),
        "no posts in this data",
    )


def _days(facts: Facts) -> Clue:
    """Whether it goes on day after day."""
    words = facts.texts.take(facts.texts.time >= 0)
    days = facts.distinct(words.group, words.time // DAY)
    known = (days > 0) & (facts.span >= SHORT)
    return Clue.of(
        "sign",
        lean(np.where(known, days / max(facts.span, 1), np.nan), 0.3, 0.8),
        lambda i: f"texts that members share were posted on {days[i]:,.0f} of {facts.span:,} days",
        f"the data cover only {count(facts.span, 'day')}" if facts.span < SHORT else "no two members share a text",
    )
