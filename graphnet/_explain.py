"""``explain``: the posts behind a pair of accounts, an account, a community or a finding.

The posts of a pair are not stored with it (there may be a hundred million pairs): the layer is run again for the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphnet import _copies, registry
from graphnet._explanation import Explanation, Row
from graphnet.errors import InputError, UnknownName
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import chance, count, figure, iso, percent, span

__all__ = ["Explanation", "explain"]

EXAMPLES = 3
"""Posts shown for one row of a finding's evidence that names none itself."""


def explain(
    study: Study,
    *who: str,
    community: int | None = None,
    cluster: int | None = None,
    finding: str | None = None,
    layer: str | None = None,
    limit: int = 20,
) -> Explanation:
    """The posts behind a pair of accounts, an account, a community, a cluster of near-identical texts or a finding.

    Args:
        study: A study with pairs.
        who: Two accounts: what ties them, with both posts. One account: its community, findings and strongest ties.
            By id or handle.
        community: Number of a community: its card, findings, members and ties.
        cluster: Number of a cluster of near-identical texts (see `graphnet.match`): its posts in the order of time,
            with what differs from the text in the middle.
        finding: Code of one finding of that community (or account): its evidence with the posts.
        layer: Only this layer.
        limit: Most rows; for two accounts, of each layer.

    Returns:
        Sentences and rows of evidence; ``print`` shows them in a terminal.

    Raises:
        InputError: Nothing, too much or something unknown is asked for.
        MissingTable: The step that makes what is asked for was not run.

    Example:
        >>> import graphnet as gn
        >>> print(gn.explain(study, "@alice", "@bob"))  # doctest: +SKIP
        @alice and @bob
        - tied in co_retweet: 12 shared, quickest gap 4 s
        …
    """
    _check(who, community, cluster, finding, limit)
    if cluster is not None:
        return _copies.cluster(study, cluster, limit)
    study.require("pairs")
    _check_layer(study, layer)
    accounts = [study.account(name) for name in who]
    if len(accounts) == 2:
        return _pair(study, accounts[0], accounts[1], layer, limit)
    if finding is not None:
        scope, subject = ("community", community) if community is not None else ("account", accounts[0])
        return _finding(study, scope, int(subject or 0), finding, layer, limit)
    if accounts:
        return _account(study, accounts[0], layer, limit)
    return _community(study, int(community or 0), layer, limit)


def _check(who: tuple[str, ...], community: int | None, cluster: int | None, finding: str | None, limit: int) -> None:
    if limit < 1:
        raise InputError(f"limit is {limit}, it has to be 1 or more")
    if len(who) > 2:
        raise InputError(f"explain takes one account or two, these are {len(who)}: {', '.join(who)}")
    if bool(who) + (community is not None) + (cluster is not None) != 1:
        raise InputError(
            "name one account, two accounts, or a community (--community 1), or a cluster of texts (--cluster 1)"
        )
    if finding is not None and (len(who) == 2 or cluster is not None):
        raise InputError("a finding is about one account or a community, not about two accounts or a cluster")


def _check_layer(study: Study, layer: str | None) -> None:
    if layer is not None and layer not in study.parts("pairs"):
        raise UnknownName("layer of this study", layer, study.parts("pairs"))


# Two accounts --------------------------------------------------------------------------------------------------------


def _pair(study: Study, a: int, b: int, layer: str | None, limit: int) -> Explanation:
    if a == b:
        raise InputError(f"{_name(study, a)} is one account: name two, or ask for it alone")
    title = f"{_name(study, a)} and {_name(study, b)}"
    ties = study.rows(
        f"select * from pairs where ((source = {a} and target = {b}) or (source = {b} and target = {a})) "
        f"{_only(layer)}order by layer, source"
    ).to_pylist()
    sentences = [_tie_sentence(study, tie) for tie in ties]
    if not ties:
        sentences = [
            f"not tied in {layer or 'any layer'}: they share less than the layers ask for, or nothing",
            _instead(study, a, b),
        ]
    made = {m.name: m for m in _layers(study, layer)}
    ends = [(t["layer"], t["source"], t["target"]) for t in ties]
    if not ties:
        # they may still share something, less than a layer asks for
        ends = [(name, *way) for name, m in made.items() for way in ((a, b), (b, a)) if m.directed or way == (a, b)]
    rows = [row for name, one, two in ends if name in made for row in _shared(study, made[name], one, two, limit)]
    return Explanation(title, sentences, rows)


def _instead(study: Study, a: int, b: int) -> str:
    """What to ask where two accounts are not tied."""
    return (
        f"whom each is tied to: `graphnet explain {study.path} {_name(study, a)}`, and the same for {_name(study, b)}; "
        f"what the layers ask for: `graphnet layers`; to ask for less: `graphnet project {study.path} --layer "
        "LAYER:min_shared=1`"
    )


def _tie_sentence(study: Study, tie: Mapping[str, Any]) -> str:
    layers = registry.find("layers")
    directed = tie["layer"] in layers and layers[tie["layer"]].directed
    way = f" (by {_name(study, tie['source'])})" if directed else ""
    quickest = "" if tie["quickest"] is None else f", quickest gap {span(tie['quickest'])}"
    known = tie["expected"] is not None
    by_chance = f", {figure(tie['expected'])} expected by chance (p {chance(tie['p'])})" if known else ""
    times = count(tie["shared"], "time") if directed else f"{tie['shared']:,} shared"
    return f"tied in {tie['layer']}{way}: {times}{quickest}, weight {figure(tie['weight'])}{by_chance}"


def _layers(study: Study, only: str | None) -> Iterator[Any]:
    """The study's layers as they were made, with their parameters; those that are not installed are passed over."""
    made: dict[str, Any] = {}
    for step in study.manifest["steps"]:
        for text in step["parameters"].get("layers", []) if step["verb"] == "project" else []:
            name = text.partition(":")[0]
            if name in registry.find("layers") and only in (None, name):
                made[name] = registry.make("layers", text)
    yield from (made[name] for name in sorted(made))


def _shared(study: Study, layer: Any, a: int, b: int, limit: int) -> list[Row]:
    """What two accounts share in a layer, the quickest first, with both posts."""
    from graphnet._project import evidence  # noqa: PLC0415  (kernels, which other explanations do not need)

    found = evidence(study, layer, a, b).to_pylist()
    found.sort(key=lambda r: (r["gap"] is None, r["gap"], r["time_a"] or 0, str(r["object_id"])))
    found = found[:limit]
    posts = _posts(study, [row[side] for row in found for side in ("post_a", "post_b")])
    return [_match(study, layer, row, posts, a, b) for row in found]


def _match(study: Study, layer: Any, found: Row, posts: Mapping[str, Row], a: int, b: int) -> Row:
    """One thing that two accounts share, with both posts, the earlier first."""
    ends = [(found[f"time_{side}"], found[f"post_{side}"], who) for side, who in (("a", a), ("b", b))]
    known = sorted((e for e in ends if e[:2] != (None, None)), key=lambda e: (e[0] is None, e[0] or 0))
    row = {"layer": layer.name, "what": found["object_kind"], "object": found["object_id"], "gap": found["gap"]}
    if row["what"] == "account":
        row["name"] = _about(study, _by_id(study, row["object"]))["name"]
    shown = [_post(study, posts, who, post, time) for time, post, who in known]
    return row | {"posts": _copies.side_by_side(shown) if row["what"] == "text" else shown}


def _post(study: Study, posts: Mapping[str, Row], who: int, post: str | None, time: int | None) -> Row:
    """The post, or, where the input knows none, who did it when."""
    if post is not None and post in posts:
        return posts[post]
    about = _about(study, who)
    return {"id": post, "account": about["id"], "name": about["name"], "time": iso(time), "text": None}


def _posts(study: Study, ids: Iterable[str | None]) -> dict[str, Row]:
    """Posts by the platform's id, as rows for people."""
    wanted = sorted({i for i in ids if i is not None})
    if not wanted:
        return {}
    some = ", ".join(map(_text, wanted))
    rows = study.rows(
        "select p.id, a.id as account, a.name, p.time, p.text from posts p join accounts a on a.account = p.account "
        f"where p.id in ({some})"
    )
    return {row["id"]: {**row, "time": iso(row["time"])} for row in rows.to_pylist()}


# One account ---------------------------------------------------------------------------------------------------------


def _account(study: Study, account: int, layer: str | None, limit: int) -> Explanation:
    about = _about(study, account)
    sentences = [_profile(about), _place(study, account), *_reasons(study, "account", account)]
    ends = f"(select layer, target as other, 'to' as way, shared, quickest, weight from pairs where source = {account} "
    ends += f"union all select layer, source, 'from', shared, quickest, weight from pairs where target = {account})"
    ties = study.rows(
        f"select t.layer, t.way, a.id as other, a.name, t.shared, t.quickest, t.weight from {ends} t "
        f"join accounts a on a.account = t.other where true {_only(layer)}"
        f"order by t.quickest is null, t.shared desc, t.quickest, t.layer, a.id, t.way limit {limit}"
    ).to_pylist()
    return Explanation(_name(study, account), sentences, [_tie(tie) for tie in ties])


def _tie(tie: Row) -> Row:
    """The tie, with its direction only where the layer has one."""
    layer = registry.find("layers").get(tie["layer"])
    return tie if layer is not None and layer.directed else {k: v for k, v in tie.items() if k != "way"}


def _profile(about: Mapping[str, Any]) -> str:
    facts = [f"id {about['id']}"]
    facts += [f"made {(iso(about['created']) or '?')[:10]}"] if about["created"] is not None else []
    facts += [f"{about[k]:,} {k}" for k in ("followers", "following", "posts") if about[k] is not None]
    facts += [str(about["status"])] if about["status"] else []
    return ", ".join(facts)


def _place(study: Study, account: int) -> str:
    if not study.has("members"):
        return "communities were not sought yet"
    found = study.rows(f"select community, strength from members where account = {account}").to_pylist()
    if not found:
        return "in no community"
    return f"in community C{found[0]['community']}, with ties of weight {figure(found[0]['strength'])} inside it"


def _reasons(study: Study, scope: str, subject: int) -> list[str]:
    """What was found, each sentence with the code under which its evidence can be asked for."""
    if not study.has("findings"):
        return []
    rows = study.rows(
        f"select code, reason from findings where scope = '{scope}' and subject = {subject} order by code"
    )
    return [f"{row['code']}: {row['reason']}" for row in rows.to_pylist()]


# A community ---------------------------------------------------------------------------------------------------------


def _community(study: Study, number: int, layer: str | None, limit: int) -> Explanation:
    _check_community(study, number)
    inside = f"from members where community = {number}"
    members = study.rows(
        f"select a.id as member, a.name, m.strength from (select account, strength {inside}) m "
        f"join accounts a on a.account = m.account order by m.strength desc, a.id limit {limit}"
    ).to_pylist()
    ties = study.rows(
        "select p.layer, a.id as a, a.name as a_name, b.id as b, b.name as b_name, p.shared, p.quickest, p.weight "
        f"from pairs p join (select account {inside}) s on s.account = p.source "
        f"join (select account {inside}) t on t.account = p.target "
        "join accounts a on a.account = p.source join accounts b on b.account = p.target "
        f"where true {_only(layer)}order by p.quickest is null, p.shared desc, p.quickest, a.id, b.id, p.layer "
        f"limit {limit}"
    ).to_pylist()
    told = [
        _card(study, number),
        *_level(study, number),
        *_harmless(study, number),
        *_reasons(study, "community", number),
    ]
    return Explanation(f"C{number}", told, [*members, *ties])


def _level(study: Study, number: int) -> list[str]:
    """How far the community can be told from chance; empty where no step has looked."""
    if not study.has("levels"):
        return []
    rows = study.rows(f"select level, reason from levels where community = {number}").to_pylist()
    return [f"level {row['level']}: {row['reason']}" for row in rows]


def _harmless(study: Study, number: int) -> list[str]:
    """Which harmless explanations fit the community, the best first; empty where none fits or was weighed."""
    if not study.has("benign"):
        return []
    rows = study.rows(
        f"select code, verdict from benign where community = {number} order by support desc nulls last, code"
    ).to_pylist()
    known = registry.find("explanations")
    fit = [
        (known[r["code"]].title, r["verdict"]) for r in rows if r["verdict"] in ("for", "both") and r["code"] in known
    ]
    named = "; ".join(f"{title} (fits {'the data' if verdict == 'for' else 'in part'})" for title, verdict in fit)
    return [f"could also be: {named}"] if fit else []


def _check_community(study: Study, number: int) -> None:
    study.require("communities")
    known = study.rows("select community from communities order by community")["community"].to_pylist()
    if number not in known:
        have = f"C1 to C{known[-1]}" if known else "none"
        raise InputError(f"there is no community C{number} in this study. There are: {have}")


def _card(study: Study, number: int) -> str:
    card = study.rows(f"select * from communities where community = {number}").to_pylist()[0]
    facts = [count(card["size"], "account")]
    facts += [count(card["ties"], "tie") + " inside"] if card["ties"] is not None else []
    shares = {
        "density": "of the possible ties are there",
        "half_tied": "of the members are tied to at least half of the others",
        "conductance": "of the ties' weight leaves the group",
        "reciprocity": "of the directed ties are returned",
    }
    facts += [f"{percent(card[k])} {words}" for k, words in shares.items() if card[k] is not None]
    return "; ".join(facts)


# A finding -----------------------------------------------------------------------------------------------------------


def _finding(study: Study, scope: str, subject: int, code: str, layer: str | None, limit: int) -> Explanation:
    study.require("findings")
    if scope == "community":
        _check_community(study, subject)
    title = f"C{subject}" if scope == "community" else _name(study, subject)
    rows = study.rows(f"select code, reason, evidence from findings where scope = '{scope}' and subject = {subject}")
    found = {row["code"]: row for row in rows.to_pylist()}
    if code not in found:
        known = f"There are: {', '.join(sorted(found))}" if found else "There are none about it."
        raise InputError(f"there is no finding {code!r} about {title}. {known}")
    who = f"select account from members where community = {subject}" if scope == "community" else f"select {subject}"
    evidence = _resolved(study, json.loads(found[code]["evidence"])[:limit], who, layer)
    return Explanation(f"{title}: {code}", [found[code]["reason"]], evidence)


def _resolved(study: Study, rows: list[Row], who: str, layer: str | None) -> list[Row]:
    """Rows of evidence with the posts they speak of: those they name, those of a pair, or those on a target."""
    named = _posts(study, [i for row in rows for i in row.get("posts", ())])
    acting = _acting(study, rows, who)
    found = []
    for n, row in enumerate(rows):
        if "posts" in row:
            found.append({**row, "posts": [named[i] for i in row["posts"] if i in named]})
        elif {"a", "b"} <= row.keys():
            found.append({**row, "posts": _quickest(study, row, layer)})
        else:
            found.append({**row, "posts": acting[n]} if {"kind", "target"} <= row.keys() else row)
    return found


def _quickest(study: Study, row: Row, layer: str | None) -> list[Row]:
    """The two posts of a pair that were closest in time."""
    a, b = (_by_id(study, row[side]) for side in ("a", "b"))
    tied = study.rows(
        f"select layer, source, target from pairs where quickest is not null {_only(layer)}"
        f"and ((source = {a} and target = {b}) or (source = {b} and target = {a})) order by quickest, layer, source"
    ).to_pylist()
    made = {m.name: m for m in _layers(study, layer)}
    for tie in tied:
        if tie["layer"] in made:
            shared = _shared(study, made[tie["layer"]], tie["source"], tie["target"], 1)
            return [post for s in shared for post in s["posts"]]
    return []


def _by_id(study: Study, account: str) -> int:
    return int(study.rows(f"select account from accounts where id = {_text(account)}")["account"][0].as_py())


ACTING = """
with wanted as ({wanted}),
done as (
    select w.n, a.account, a.post from wanted w
    join accounts t on w.what = 'account' and t.id = w.id
    join actions a on a.kind = w.kind and a.target = t.account
    union all
    select w.n, a.account, a.post from wanted w
    join objects t on t.kind = w.what and t.id = w.id
    join actions a on a.kind = w.kind and a.object = t.object and a.target is null
),
firsts as (
    select d.n, p.id, p.time, row_number() over (partition by d.n, d.account order by p.time nulls last, p.id) as nth
    from done d join ({who}) g on g.account = d.account join posts p on p.post = d.post
)
select n, id from (
    select n, id, time, row_number() over (partition by n order by time nulls last, id) as nth from firsts where nth = 1
) where nth <= {examples} order by n, time nulls last, id
"""


def _acting(study: Study, rows: list[Row], who: str) -> dict[int, list[Row]]:
    """By place of the row: the first posts by which these accounts acted on its target, one of each account."""
    wanted = [
        f"select {n} as n, {_text(row['kind'])} as kind, {_text(row['what'])} as what, {_text(row['target'])} as id"
        for n, row in enumerate(rows)
        if {"kind", "what", "target"} <= row.keys()
    ]
    found: dict[int, list[Row]] = {n: [] for n in range(len(rows))}
    if wanted:
        sql = ACTING.format(wanted=" union all ".join(wanted), who=who, examples=EXAMPLES)
        ids = [(row["n"], row["id"]) for row in study.rows(sql).to_pylist()]
        posts = _posts(study, [i for _, i in ids])
        for n, i in ids:
            found[n].append(posts[i])
    return found


def _text(value: Any) -> str:
    """A text as SQL."""
    return "'" + str(value).replace("'", "''") + "'"


# Words ---------------------------------------------------------------------------------------------------------------


def _only(layer: str | None) -> str:
    return "" if layer is None else f"and layer = {_text(layer)} "


def _about(study: Study, account: int) -> Row:
    return dict(study.rows(f"select * from accounts where account = {account}").to_pylist()[0])


def _name(study: Study, account: int) -> str:
    about = _about(study, account)
    return show(f"@{about['name']}" if about["name"] else about["id"], 60)
