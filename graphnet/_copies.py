"""``explain`` for texts: the posts of a cluster of near-identical texts, and two posts side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from graphnet._explanation import Explanation, Row
from graphnet.differences import differences, together
from graphnet.errors import InputError
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import HIDDEN, count, iso, span

__all__ = ["cluster", "side_by_side"]


def side_by_side(posts: Sequence[Row]) -> list[Row]:
    """Two posts with ``pieces``: what their texts share and what only one has (`graphnet.differences`).

    Args:
        posts: Rows with a ``text``. Other than two, or one without a text, and they come back as they are.
    """
    if len(posts) != 2 or not all(post["text"] for post in posts):
        return list(posts)
    pieces = differences(posts[0]["text"], posts[1]["text"])
    return [post | {"pieces": some} for post, some in zip(posts, pieces, strict=True)]


def cluster(study: Study, number: int, limit: int) -> Explanation:
    """The posts of a cluster in the order of time, each with what differs from the text in the middle.

    Args:
        study: A study in which ``match`` was run.
        number: Number of the cluster.
        limit: Most posts.

    Raises:
        MissingTable: Texts were not matched yet.
        InputError: There is no such cluster.
    """
    study.require("clusters")
    found = study.rows(
        "select k.*, a.id, a.name from clusters k left join accounts a on a.account = k.leader "
        f"where k.cluster = {number}"
    ).to_pylist()
    if not found:
        most = study.rows("select max(cluster) as most from clusters")["most"][0].as_py()
        have = f"1 to {most:,}" if most else "none: no two accounts wrote nearly the same words"
        raise InputError(f"there is no cluster {number} in this study. There are: {have}")
    middle = _middle(study, number, found[0]["medoid"])
    return Explanation(f"cluster {number}", _told(study, found[0], middle), _rows(study, number, middle, limit))


def _told(study: Study, about: Mapping[str, Any], middle: str) -> list[str]:
    what = f"{count(about['posts'], 'post')} by {count(about['accounts'], 'account')}, {count(about['texts'], 'text')}"
    sentences = [what, f"in the middle: {show(middle, 600)}"]
    if about["first"] is not None:
        gap = "" if about["gap"] is None else f"; {span(about['gap'])} between accounts (median)"
        sentences.append(f"first at {iso(about['first'])}, last {span(about['last'] - about['first'])} later{gap}")
    if about["leader"] is not None:
        sentences.append(f"{show('@' + about['name'] if about['name'] else about['id'], 60)} posted it first")
    if about["template"] is not None:
        sentences.append(f"no evidence by itself: {about['reason'] or about['template']}")
    return sentences + _where(study, about["cluster"])


def _where(study: Study, number: int) -> list[str]:
    """Which communities its accounts are in."""
    if not study.has("members"):
        return []
    rows = study.rows(
        "select m.community, count(distinct c.account) as n from copies c join members m on m.account = c.account "
        f"where c.cluster = {number} group by m.community order by n desc, m.community limit 5"
    ).to_pylist()
    return ["accounts in communities: " + ", ".join(f"{r['n']:,} in C{r['community']}" for r in rows)] if rows else []


def _middle(study: Study, number: int, text: int) -> str:
    """The text in the middle as it was first posted."""
    rows = study.rows(
        "select p.text from copies c join posts p on p.post = c.post "
        f"where c.cluster = {number} and c.text = {text} order by c.time is null, c.time, c.post limit 1"
    )
    return str(rows["text"][0].as_py())


def _rows(study: Study, number: int, middle: str, limit: int) -> list[Row]:
    hidden = ", ".join(f"h.{kind}" for kind in HIDDEN)
    rows = study.rows(
        f"select c.post, c.time, c.how, c.similarity, p.id, p.text, a.id as account, a.name, {hidden} from copies c "
        "join posts p on p.post = c.post join accounts a on a.account = c.account "
        f"left join obfuscations h on h.post = c.post where c.cluster = {number} "
        f"order by c.time is null, c.time, c.post limit {limit}"
    ).to_pylist()
    links = _links(study, [row["post"] for row in rows])
    first = rows[0]["time"]
    return [_row(row, middle, first, links[row["post"]]) for row in rows]


def _row(row: Mapping[str, Any], middle: str, first: int | None, links: list[str]) -> Row:
    post = {"id": row["id"], "account": row["account"], "name": row["name"], "time": iso(row["time"])}
    post |= {"text": row["text"], "pieces": together(middle, row["text"])}
    return {
        "after": None if first is None or row["time"] is None else row["time"] - first,
        "words": row["how"],
        "similarity": row["similarity"],
        "links": " ".join(links) or None,
        "hidden": "; ".join(f"{told}: {row[kind]:,}" for kind, told in HIDDEN.items() if row[kind]) or None,
        "posts": [post],
    }


def _links(study: Study, posts: Sequence[int]) -> dict[int, list[str]]:
    rows = study.rows(
        "select distinct a.post, o.id from actions a join objects o on o.object = a.object "
        f"where a.kind = 'link' and a.post in ({', '.join(map(str, posts))}) order by a.post, o.id"
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows.to_pylist():
        found[row["post"]].append(row["id"])
    return found
