"""Groups that shared interest would explain whatever they do: most acts of their interests are their own.

The null of interest asks how much two accounts would share, given what everybody with the same interests shares (whose
posts, which sites, which hashtags; see docs/validity.md). Where nobody but the group has an interest, such as a hashtag
that only its members use, there is nobody to learn that from but the group itself: it is told to do what it does. That
its ties are explained says nothing then, neither for it nor against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphnet._ladder import INSIDE_SQL, family
from graphnet._scratch import layers_of, uncapped
from graphnet.layers import CoAction
from graphnet.nulls._cells import CLUSTERS_SQL, OBJECTS_SQL, PLATFORMS_SQL, SHARES_SQL
from graphnet.study import Study
from graphnet.view.judgement import UNTOLD
from graphnet.words import percent

__all__ = ["OWN", "kept_down", "own", "reason"]

OWN = 0.5
"""Share of all acts of an interest from which on interest explains even a ring that makes them (docs/validity.md)."""

OWN_SQL = """
with known as (
    select m.community, a.author, u.object from ({used}) u
    join ({about}) a on a.object = u.object left join members m on m.account = u.account where a.author is not null
), sizes as (
    select author, count(*) as n from known group by author
), things as (
    select community, author, object, count(*) as m from known where community is not null
    group by community, author, object
), held as (
    select community, author, sum(m) as own, sum(m * (m - 1)) as joint from things group by community, author
)
select h.community, cast(sum(h.joint * (h.own * 1e0 / s.n)) / sum(h.joint) as double) as part
from held h join sizes s on s.author = h.author where h.joint > 0 group by h.community order by h.community"""


def own(study: Study) -> dict[int, dict[str, float]]:
    """The layers in which it cannot be told whether a community acts together beyond shared interest.

    Looked at are layers in which at least half of the members share with another member as many things as an account
    needs to be tested at all. Of a family all of these have to be such that the community's own acts are most of all
    acts of the interests behind what its members share. Layers of lasting things (accounts, domains, hashtags) are left
    out: their interests are themselves found from who acts on what, and the halves of a divided network make nearly all
    acts of theirs.

    Args:
        study: A validated study with communities.

    Returns:
        For each community that has any: layer -> the community's share of all acts of those interests, each weighted
        by the pairs of members that share something of it.
    """
    floor = study.last("validate")["parameters"]["floor"]
    tested = {layer.name: layer for layer in layers_of(study, uncapped(study)) if isinstance(layer, CoAction)}
    inside: dict[str, set[int]] = {}
    for row in study.rows(INSIDE_SQL.format(ties=_pairs(tested, floor))).to_pylist():
        inside.setdefault(row["layer"], set()).add(int(row["community"]))
    parts = {name: _parts(study, tested[name]) for name in sorted(inside)}
    found: dict[int, dict[str, float]] = {}
    for community in sorted(set().union(*inside.values())):
        of = {name: parts[name].get(community, 0.0) for name in parts if community in inside[name]}
        told = {family(name) for name, part in of.items() if part < OWN}
        if some := {name: part for name, part in of.items() if family(name) not in told}:
            found[community] = some
    return found


def reason(parts: Mapping[str, float]) -> str:
    r"""Why a community without ties beyond chance has none.

    Args:
        parts: What `own` says of it; not empty.

    Example:
        >>> print(reason({"same_text": 0.79}).replace(" (", "\n("))
        cannot be told: too few others share what they act on
        (same_text: 79 % of all acts of the interests behind it are their own), so there is nobody to compare them with
    """
    least, most = min(parts.values()), max(parts.values())
    who, much = ("nobody else shares", "all") if least == 1 else ("too few others share", f"{percent(least)} of all")
    much = much if least == most else f"at least {much}"
    own_acts = f"{', '.join(sorted(parts))}: {much} acts of the interests behind it are their own"
    return f"{UNTOLD}: {who} what they act on ({own_acts}), so there is nobody to compare them with"


def kept_down(parts: Mapping[str, float]) -> str:
    """The same, shortly, as what keeps a level down.

    Example:
        >>> kept_down({"same_text": 0.79, "near_text": 1.0})
        'near_text, same_text: nobody to compare the group with'
    """
    return f"{', '.join(sorted(parts))}: nobody to compare the group with"


def _pairs(layers: Iterable[str], floor: int) -> str:
    """SQL for the plain pairs that share so many things, in these layers."""
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(layers)) or "null"
    return f"select layer, source, target from pairs where shared >= {floor} and layer in ({names})"


def _parts(study: Study, layer: CoAction) -> dict[int, float]:
    """Each community's share of all acts of the interests behind what its members share in a layer."""
    if layer.of not in {"objects", "clusters"}:
        return {}
    about = CLUSTERS_SQL if layer.of == "clusters" else OBJECTS_SQL
    rows = layer.rows()
    used = SHARES_SQL.format(rows=rows)
    found = study.rows(OWN_SQL.format(used=used, about=about.format(rows=rows, platforms=PLATFORMS_SQL)))
    # rounded, since engines add in an order of their own
    return {row["community"]: round(row["part"], 9) for row in found.to_pylist()}
