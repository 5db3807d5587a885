"""Near-identical texts of a community as a page shows them: who wrote what when, and where a copy differs.

What comes out is plain JSON data of cleaned text: links defanged, signs that cannot be seen written as codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphnet import words
from graphnet.differences import together
from graphnet.safe import show
from graphnet.view import safe
from graphnet.view.scene import account_label

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["clusters"]

COPIES, LINKS = 12, 3
"""Copies shown of a cluster, the first of each member and the earliest first; and links of a copy."""
LONGEST = 600
"""Characters of a text that are shown and compared."""
BARS = 30
"""Most bars of a timeline."""
STEPS = (1, 10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400, 30 * 86400, 365 * 86400)
"""Widths of a bar, in seconds."""
HOW = {
    "same": "the same words",
    "near": "nearly the same words",
    "reworded": "the same words in another order",
    "semantic": "other words, alike in meaning",
}


def clusters(study: Study, community: int, n: int = 5) -> list[dict[str, Any]]:
    """The clusters of near-identical texts that members of a community share.

    Clusters that nothing explains as a template come first, then those of most members, then of most posts.

    Args:
        study: A study; where ``match`` was not run the answer is empty.
        community: Number of the community.
        n: Most clusters.

    Returns:
        For each cluster a dict of ``cluster`` (its number), ``text`` and ``direction`` of the text in the middle,
        ``members`` and ``posts`` (how many members wrote how many of its posts), ``others`` (accounts outside that
        wrote some), ``template`` (why it is no evidence, as a sentence, or None), ``gap`` (median seconds from one
        member's first copy to the next member's, or None), ``span`` (seconds from the first copy to the last),
        ``first`` (who posted first, a sentence, or None), ``copies`` and ``timeline``. A copy has ``account``,
        ``time`` (ISO 8601), ``after`` (seconds since the first copy shown, or None), ``how``, ``direction``,
        ``pieces`` (pairs of ``same``, ``gone`` or ``new`` and the part, against the text in the middle), ``hidden``
        (what is hidden in it, in words), ``id`` of the post and ``links``. A bar of the timeline has ``text``,
        ``members`` and ``others`` (posts).
    """
    if not (study.has("copies") and study.has("members")):
        return []
    chosen = _chosen(study, int(community), n)
    if not chosen:
        return []
    some = ", ".join(str(c["cluster"]) for c in chosen)
    middles, copies = _middles(study, some), _copies(study, int(community), some)
    links = _links(study, [copy["post"] for held in copies.values() for copy in held])
    bars = _timelines(study, int(community), chosen)
    first = _first(study, int(community), some)
    return [
        _cluster(about, middles.get(about["cluster"]), copies[about["cluster"]], links)
        | {"first": first.get(about["cluster"]), "timeline": bars.get(about["cluster"], [])}
        for about in chosen
    ]


def _chosen(study: Study, community: int, n: int) -> list[dict[str, Any]]:
    """The clusters shown, with their figures inside the community."""
    rows = study.rows(
        "with own as (select c.cluster, c.account, min(c.time) as first, max(c.time) as last, count(*) as posts "
        f"from copies c join members m on m.account = c.account where m.community = {community} "
        "group by c.cluster, c.account), "
        "gaps as (select cluster, account, posts, first, last, "
        "first - lag(first) over (partition by cluster order by first nulls last, account) as gap from own) "
        "select g.cluster, k.template, k.reason, k.texts, k.accounts, count(*) as members, sum(g.posts) as posts, "
        "median(g.gap) as gap, max(g.last) - min(g.first) as span "
        "from gaps g join clusters k on k.cluster = g.cluster "
        "group by g.cluster, k.template, k.reason, k.texts, k.accounts having count(*) > 1 "
        f"order by k.template is not null, members desc, posts desc, g.cluster limit {int(n)}"
    )
    return [dict(row) for row in rows.to_pylist()]


def _middles(study: Study, some: str) -> dict[int, str]:
    """The text in the middle of each cluster as it was first posted."""
    rows = study.rows(
        "select cluster, post from (select c.cluster, c.post, row_number() over (partition by c.cluster "
        "order by c.time is null, c.time, c.post) as place from copies c join clusters k on k.cluster = c.cluster "
        f"where c.text = k.medoid and c.cluster in ({some}) and c.post in (select post from posts)) as r "
        "where place = 1"
    ).to_pylist()
    posts = _posts(study, [row["post"] for row in rows])
    return {row["cluster"]: posts[row["post"]]["words"] for row in rows}


def _copies(study: Study, community: int, some: str) -> dict[int, list[dict[str, Any]]]:
    """The first copies of each cluster by members: first each member's first one, in order of time."""
    hidden = ", ".join(f"h.{kind}" for kind in words.HIDDEN)
    rows = study.rows(
        "with own as (select c.cluster, c.post, c.account, c.time, c.how, row_number() over (partition by c.cluster, "
        "c.account order by c.time is null, c.time, c.post) as nth from copies c join members m on "
        f"m.account = c.account where m.community = {community} and c.cluster in ({some})), "
        "placed as (select cluster, post, account, time, how, row_number() over (partition by cluster "
        "order by nth, time is null, time, post) as place from own) "
        f"select o.cluster, o.post, o.time, o.how, a.id, a.name, {hidden} "
        "from placed o join accounts a on a.account = o.account left join obfuscations h on h.post = o.post "
        f"where o.place <= {COPIES} order by o.cluster, o.time is null, o.time, o.post"
    ).to_pylist()
    posts = _posts(study, [row["post"] for row in rows])
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["post"] in posts:
            found[row["cluster"]].append(row | posts[row["post"]])
    return found


def _posts(study: Study, posts: Sequence[int | None]) -> dict[int, dict[str, Any]]:
    """The platform's id of some posts, and their words; a join would read the words of all posts."""
    some = ", ".join(map(str, sorted({post for post in posts if post is not None}))) or "null"
    rows = study.rows(f"select post, id as post_id, text as words from posts where post in ({some})")
    return {row["post"]: row for row in rows.to_pylist()}


def _links(study: Study, posts: Sequence[int]) -> dict[int, list[str]]:
    """The links of some posts, defanged."""
    if not posts:
        return {}
    rows = study.rows(
        "select distinct a.post, o.id from actions a join objects o on o.object = a.object "
        f"where a.kind = 'link' and a.post in ({', '.join(map(str, posts))}) order by a.post, o.id"
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows.to_pylist():
        if len(found[row["post"]]) < LINKS:
            found[row["post"]].append(safe.defang(show(row["id"], 160)))
    return found


def _first(study: Study, community: int, some: str) -> dict[int, str]:
    """Who posted each cluster's first copy, where one account did so alone."""
    rows = study.rows(
        "select k.cluster, k.first, a.id, a.name, m.community, f.first as own from clusters k "
        "join accounts a on a.account = k.leader left join members m on m.account = k.leader "
        "join (select c.cluster, min(c.time) as first from copies c join members m on m.account = c.account "
        f"where m.community = {community} group by c.cluster) f on f.cluster = k.cluster where k.cluster in ({some})"
    )
    found = {}
    for row in rows.to_pylist():
        inside = row["community"] == community
        after = "" if inside or row["own"] is None else f", {words.span(row['own'] - row['first'])} before any member"
        who = "a member" if inside else "not a member"
        found[row["cluster"]] = f"{account_label(row['name'], row['id'])} ({who}) posted it first{after}."
    return found


def _timelines(study: Study, community: int, chosen: Sequence[Mapping[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Posts of each cluster over time, in at most `BARS` bars, those of members apart."""
    some = ", ".join(str(c["cluster"]) for c in chosen)
    ends = study.rows(f"select cluster, first, last from clusters where cluster in ({some}) and first is not null")
    widths = {r["cluster"]: (r["first"], r["last"], _width(r["last"] - r["first"])) for r in ends.to_pylist()}
    found: dict[int, list[dict[str, Any]]] = {}
    for cluster, (first, last, width) in widths.items():
        start = first - first % width
        bar = f"cast(floor((c.time - {start}) / {width}) as bigint)"
        rows = study.rows(
            f"select {bar} as bar, count(m.account) as members, count(*) - count(m.account) as others from copies c "
            f"left join (select account from members where community = {community}) m on m.account = c.account "
            f"where c.cluster = {cluster} and c.time is not null group by {bar}"
        )
        counted = {row["bar"]: row for row in rows.to_pylist()}
        found[cluster] = [_bar(start + i * width, width, counted.get(i)) for i in range((last - start) // width + 1)]
    return found


def _width(length: int) -> int:
    """The narrowest bar with which a timeline has at most `BARS`.

    Example:
        >>> _width(0), _width(100), _width(86400), _width(10**8)
        (1, 10, 3600, 31536000)
    """
    return next((step for step in STEPS if length < step * (BARS - 1)), length // (BARS - 1) + 1)


def _bar(start: int, width: int, counted: Mapping[str, Any] | None) -> dict[str, Any]:
    members, others = (int(counted[side]) if counted else 0 for side in ("members", "others"))
    when = (words.iso(start) or "").replace("T", " ").replace("Z", " UTC")
    told = f"{words.span(width)} from {when}: {words.count(members, 'post')} by members, {others:,} by others"
    return {"text": told, "members": members, "others": others}


def _cluster(
    about: Mapping[str, Any], middle: str | None, copies: Sequence[Mapping[str, Any]], links: Mapping[int, list[str]]
) -> dict[str, Any]:
    text = _cut(middle)
    known = [copy["time"] for copy in copies if copy["time"] is not None]
    first = known[0] if known else None
    return {
        "cluster": about["cluster"],
        "text": "".join(part for _, part in together(text, text)),
        "direction": safe.direction(text),
        "members": about["members"],
        "posts": int(about["posts"]),
        "others": about["accounts"] - about["members"],
        "template": None if about["template"] is None else safe.passage(about["reason"] or about["template"], 300),
        "gap": None if about["gap"] is None else safe.number(about["gap"], 0),
        "span": about["span"],
        "copies": [_copy(copy, text, first, links.get(copy["post"], [])) for copy in copies],
    }


def _copy(copy: Mapping[str, Any], middle: str, first: int | None, links: list[str]) -> dict[str, Any]:
    text = _cut(copy["words"])
    known = first is not None and copy["time"] is not None
    return {
        "account": account_label(copy["name"], copy["id"]),
        "time": words.iso(copy["time"]),
        "after": copy["time"] - first if known else None,
        "how": HOW.get(copy["how"], ""),
        "direction": safe.direction(text),
        "pieces": [list(piece) for piece in together(middle, text)],
        "hidden": [f"{told}: {copy[kind]:,}" for kind, told in words.HIDDEN.items() if copy[kind]],
        "id": show(copy["post_id"], 64),
        "links": links,
    }


def _cut(text: str | None) -> str:
    """The start of a text, its links defanged before it is compared: a difference may cut a link in two."""
    whole = text or ""
    return safe.defang(whole[:LONGEST]) + ("…" if len(whole) > LONGEST else "")
