"""The ladder of evidence: how much is known of a group beyond chance, shared interest and breaking news.

====  =========================  ==================================================================================
level  word                       what it takes
====  =========================  ==================================================================================
L0    shared audience            nothing beyond what chance and shared interest give, or it cannot be told
L1    candidate                  one way of acting together beyond chance
L2    suspected coordination     two independent ways, or one way that shows itself on separate days
L3    suspected, reviewed        L2 and a note by a person who looked at it
====  =========================  ==================================================================================

A *layer is beyond chance* for a group if at least half of its members have a kept tie to another member in it. A family
of layers is, too, if other days confirm the group in it. One way *shows itself on separate days* if kept ties go with a
confirmation, or if each half of the days confirms what was found on the other. What a
group does is counted once: layers of one *family* (`FAMILIES`) are one way of acting together, and so are two families
if most of the posts that make up the smaller are posts of the larger, too (the same text with the same link).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphnet._scratch import layers_of, uncapped
from graphnet.study import Study

__all__ = ["FAMILIES", "LEVELS", "TOGETHER", "Acting", "Evidence", "acting", "caps", "family", "independent", "level"]

FAMILIES = {
    "co_retweet": "retweets",
    "fast_retweet": "retweets",
    "co_retweet_account": "retweets",
    "co_quote": "retweets",
    "same_text": "texts",
    "near_text": "texts",
    "co_media": "images",
    "co_link": "links",
    "co_domain": "links",
    "co_hashtag": "hashtags",
    "hashtag_sequence": "hashtags",
    "co_follow": "follows",
    "co_reply": "replies",
    "co_mention": "replies",
    "co_share": "shares",
}
"""What was amplified. A layer that is not named here (a plugin's) is a family of its own."""
LEVELS = {"L0": "shared audience", "L1": "candidate", "L2": "suspected", "L3": "suspected, reviewed"}
TOGETHER = "all layers together"


def family(layer: str) -> str:
    """The family of a layer."""
    return FAMILIES.get(layer, layer)


@dataclass(frozen=True)
class Evidence:
    """What is known of one group.

    Attributes:
        layers: Layers beyond chance, and `TOGETHER` where only all of them together are.
        held_out: Families in which other days confirm the group.
        twice: Those in which each half of the days confirms what was found on the other.
    """

    layers: Sequence[str] = ()
    held_out: Sequence[str] = ()
    twice: Sequence[str] = ()

    @property
    def families(self) -> list[str]:
        """All families beyond chance; what only all layers together keep is none of its own beside others."""
        named = {family(name) for name in self.layers} | set(self.held_out)
        return sorted(named - {TOGETHER} or named)


def level(evidence: Evidence, ways: int) -> str:
    """The level of a group that acts together in so many independent ways.

    Example:
        >>> level(Evidence(), 0), level(Evidence(["co_retweet"]), 1), level(Evidence(["co_retweet", "same_text"]), 2)
        ('L0', 'L1', 'L2')
        >>> level(Evidence([], ["retweets"]), 1), level(Evidence(["co_retweet"], ["retweets"]), 1)
        ('L1', 'L2')
        >>> level(Evidence([], ["retweets"], twice=["retweets"]), 1)
        'L2'
    """
    if ways == 0:
        return "L0"
    confirmed = bool(evidence.held_out) and bool(evidence.layers or evidence.twice)
    return "L2" if ways > 1 or confirmed else "L1"


# Of a study ----------------------------------------------------------------------------------------------------------

INSIDE_SQL = """
with tied as (
    select t.layer, a.community, t.source, t.target from ({ties}) t
    join members a on a.account = t.source
    join members b on b.account = t.target and b.community = a.community
), ends as (
    select layer, community, source as account from tied union select layer, community, target as account from tied
), counted as (
    select layer, community, count(*) as n from ends group by layer, community
)
select e.layer, e.community from counted e join communities c on c.community = e.community
where 2 * e.n >= c.size order by e.community, e.layer"""

ACTS_SQL = """
with acts as (
    select m.community, s.account, s.object, s.post from ({rows}) s
    join members m on m.account = s.account where s.post is not null and s.object is not null
), common as (
    select community, object from acts group by community, object having count(distinct account) > 1
)
select distinct a.community, a.post from acts a
join common c on c.community = a.community and c.object = a.object"""


@dataclass(frozen=True)
class Acting:
    """The layers in which at least half of a group's members are tied inside.

    Attributes:
        beyond: By kept ties, shared interest excluded; `TOGETHER` where only all layers together keep them.
        unsure: By kept ties, where nothing better than a screen could be used.
    """

    beyond: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def acting(study: Study) -> dict[int, Acting]:
    """In which layers each community acts together; those in none are left out."""
    proven = set(uncapped(study))
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(proven)) or "null"
    ties = (
        f"select layer, source, target from ties where kept union all select '{TOGETHER}' as layer, source, target "
        f"from merged where kept and strongest in ({names})"
    )
    found: dict[int, Acting] = {}
    for row in study.rows(INSIDE_SQL.format(ties=ties)).to_pylist():
        of, layer = found.setdefault(int(row["community"]), Acting()), row["layer"]
        (of.beyond if layer in proven or layer == TOGETHER else of.unsure).append(layer)
    for of in found.values():
        if len(of.beyond) > 1 and TOGETHER in of.beyond:
            of.beyond.remove(TOGETHER)
    return found


def caps(study: Study) -> dict[str, str]:
    """Why shared interest cannot be excluded in some layers."""
    reasons = {}
    for step in study.manifest["steps"]:
        if step["verb"] == "validate":
            for name, about in step["summary"]["layers"].items():
                whys = sorted(set(about["not_applicable"].values()))
                reasons[name] = "; ".join(whys) or "only a screen was used" if about["cap"] == "L0" else ""
    return {name: why for name, why in sorted(reasons.items()) if why}


def independent(study: Study, evidence: Mapping[int, Evidence]) -> dict[int, int]:
    """In how many independent ways each group acts together."""
    many = {community for community, e in evidence.items() if len(e.families) > 1}
    names = {name for c in many for name in evidence[c].families}
    acts: dict[str, dict[int, set[int]]] = {name: {} for name in names}
    tested = study.parts("ties")
    for layer in layers_of(study, tested) if many else []:
        if family(layer.name) in names:
            rows = study.rows(ACTS_SQL.format(rows=layer.rows()))
            for community, post in zip(rows["community"].to_pylist(), rows["post"].to_pylist(), strict=True):
                acts[family(layer.name)].setdefault(community, set()).add(post)
    return {
        c: _ways([acts[name].get(c, set()) for name in e.families]) if c in many else len(e.families)
        for c, e in evidence.items()
    }


def _ways(acts: Iterable[set[Any]]) -> int:
    """How many of these sets of posts are different acts: not mostly in another one that is larger.

    Example:
        >>> _ways([{1, 2, 3, 4}, {1, 2, 3}, {7, 8}, set()])
        3
    """
    different: list[set[Any]] = []
    for posts in sorted(acts, key=len, reverse=True):
        if not posts or all(2 * len(posts & other) <= len(posts) for other in different):
            different.append(posts)
    return len(different)
