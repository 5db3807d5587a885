"""The second half of ``read``: staged rows with text ids become the study's tables with small integer ids.

Who is who. Inputs name accounts by id, by handle, or both. An account's *key* is its id, or ``@handle`` where only the
handle is known. A key that is not an id seen with a profile or an author is resolved to the one account seen with that
handle; where no account, or more than one, was seen with it (handles are re-used), the key stays an account of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphnet._numbers import numbers, whole
from graphnet.engines import Engine
from graphnet.log import logger
from graphnet.schema import FLAG, INT, RAW_ACCOUNTS, REAL, STAGED, TEXT, TEXTS, Column, Table
from graphnet.study import Step
from graphnet.words import count

__all__ = ["COMPACT", "Stage", "instead", "intern", "names", "note_copies", "prepare_posts", "unique"]

PARENTS = ("retweet", "quote", "reply")

POSTS = STAGED["staged_posts"].arrow
NAMES = STAGED["staged_names"].arrow


def _table(name: str, **columns: pa.DataType) -> Table:
    return Table(name, tuple(Column(column, type_, "") for column, type_ in columns.items()))


POST_SHARES = _table(
    "post_shares",
    source=TEXT,
    kind=TEXT,
    target=TEXT,
    object_kind=TEXT,
    object=TEXT,
    created=INT,
    time=INT,
    post=TEXT,
    weight=REAL,
)
SHARE_NAMES = ", ".join(POST_SHARES.names)
EDGE_POSTS = _table("edge_posts", id=TEXT, account=TEXT, time=INT, repost=FLAG)
RESOLVED = _table("resolved", key=TEXT, id=TEXT)
KEYS = _table("keys", key=TEXT, account=INT)


@dataclass
class Stage:
    """Staged Parquet files.

    Attributes:
        folder: Where they are.
        rows: How many rows each input gave to each raw table.
        inputs: What each input is known by later (`graphnet._stage.fingerprint`).
        names: The staged tables that got rows.
        grown: Whether they come to rows that the study has staged before.
    """

    folder: Path
    rows: list[Counter[str]] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    grown: bool = False

    def path(self, name: str) -> Path:
        """The file of one staged table, or the folder of its files."""
        return self.folder / f"{name}.parquet"


GROUP = 100_000
"""Rows of a row group on the stage: an engine reads as many groups at once as it has threads."""


def writer(path: Path, columns: pa.Schema) -> pq.ParquetWriter:
    """A writer for the stage, which is read once or twice and thrown away: quick rather than small."""
    return pq.ParquetWriter(path, columns, compression="lz4", use_dictionary=["kind"], write_statistics=False)


# Rows on their way to the stage --------------------------------------------------------------------------------------


def prepare_posts(rows: pa.Table, origin: str) -> Iterable[tuple[str, pa.Table]]:
    """What is staged of a piece of `RAW_POSTS`: the posts themselves and the handles seen in it.

    Args:
        rows: The piece.
        origin: File and row where the piece starts; posts without an id are named by it.
    """
    from graphnet.kernels import derive  # noqa: PLC0415

    posts = derive.enrich(rows)
    ids = posts["id"]
    if ids.null_count:
        start = origin.rpartition(":")
        made = pa.array([f"#{start[0]}:{int(start[2]) + i + 1}" for i in range(posts.num_rows)])
        ids = pc.coalesce(ids, made)
    columns = {name: posts[name] for name in POSTS.names if name in posts.column_names}
    columns |= {"id": ids, "account": key(posts["account"], posts["name"]), "mentions": _mentions(posts)}
    for parent, of in (("retweet", "retweet_of"), ("quote", "quote_of"), ("reply", "reply_to")):
        columns[f"{parent}_of"] = posts[of]
        columns[f"{parent}_key"] = key(posts[f"{parent}_account"], posts[f"{parent}_name"])
    columns["reply_time"] = pa.nulls(posts.num_rows, INT)
    staged = pa.table({n: columns[n] for n in POSTS.names}).cast(POSTS)
    seen = [
        names(posts[f"{who}account"], posts[f"{who}name"], posts["time"]) for who in ("", *(p + "_" for p in PARENTS))
    ]
    flat = pc.list_parent_indices(posts["mentions"].combine_chunks()) if _aligned(posts) else None
    if flat is not None:
        seen.append(names(_flat(posts["mentions"]), _flat(posts["mention_names"]), posts["time"].take(flat)))
    return [("staged_posts", staged), ("staged_names", pa.concat_tables(seen))]


def prepare_profiles(rows: pa.Table) -> Iterable[tuple[str, pa.Table]]:
    """What is staged of a piece of `RAW_ACCOUNTS`: profiles under their account's key, and the handles seen."""
    keyed = rows.set_column(0, "id", key(rows["id"], rows["name"])).cast(RAW_ACCOUNTS.arrow)
    return [("staged_profiles", keyed), ("staged_names", names(rows["id"], rows["name"]))]


def names(ids: pa.ChunkedArray, handles: pa.ChunkedArray, times: pa.ChunkedArray | None = None) -> pa.Table:
    """Each id with each handle it was seen with, once, and when it was seen so first and last."""
    when = pa.nulls(len(ids), INT) if times is None else times
    rows = pa.table({"id": ids, "name": handles, "time": when})
    rows = rows.filter(pc.is_valid(rows["id"]))
    grouped = rows.group_by(["id", "name"]).aggregate([("time", "min"), ("time", "max")])
    return grouped.rename_columns(["id", "name", "first", "last"]).cast(NAMES)


def key(ids: pa.ChunkedArray, handles: pa.ChunkedArray) -> pa.ChunkedArray:
    """The id, or ``@handle`` in lower case where there is none."""
    if not ids.null_count or handles.null_count == len(handles):
        return ids
    return pc.coalesce(ids, pc.binary_join_element_wise("@", pc.utf8_lower(handles), ""))


def _mentions(posts: pa.Table) -> pa.Array:
    """Keys of the accounts each post mentions, each once."""
    ids, handles = posts["mentions"], posts["mention_names"]
    if ids.null_count == len(ids) and handles.null_count == len(handles):
        return pa.nulls(len(ids), TEXTS)
    from graphnet.kernels import derive  # noqa: PLC0415

    return derive.mention_keys(ids.combine_chunks(), handles.combine_chunks())


def _aligned(posts: pa.Table) -> bool:
    return bool(posts["mentions"].null_count == posts["mention_names"].null_count < posts.num_rows)


def _flat(lists: pa.ChunkedArray) -> pa.Array:
    return pc.list_flatten(lists.combine_chunks())


# The stage becomes the study -----------------------------------------------------------------------------------------


def intern(step: Step, stage: Stage, *, repost_content: bool, grow: bool = False) -> None:
    """Write accounts, posts, objects, actions and handles from the staged rows.

    Args:
        step: The running step.
        stage: What was staged in this step. Rows that an earlier step staged and this one carries come to it.
        repost_content: See `graphnet.read`.
        grow: Keep the staged rows in the study, so that later ones can come to them.
    """
    engine = step.study.engine
    _open_stage(step, stage, grow=grow)

    def keep(table: Table, sql: str) -> int:
        rows = engine.save(sql, stage.path(table.name), table)
        engine.open(stage.path(table.name), table.name)
        return rows

    posts = _unique_posts(step, stage)
    most = keep(POST_SHARES, post_shares(engine, repost_content))
    edges = engine.rows("select count(*) as n, count(post) as posts from staged_edges").to_pylist()[0]
    # an action that the input says twice is one action; where every row has a post of its own there is nothing to find
    named = keep(EDGE_POSTS, EDGE_POSTS_SQL)
    twice = named < edges["posts"]
    shares = f"({TWICE_SQL if twice else EDGES_SQL} union all select {SHARE_NAMES} from post_shares)"
    keys = keep(RESOLVED, RESOLVED_SQL.format(keys=NAMED_SQL.format(shares=shares)))
    if grow:
        step.save("staged_keys", "select key, id from resolved")

    def numbered(ids: str, row: str, bound: int, kind: str | None = None) -> dict[str, str]:
        return numbers(engine, stage.folder, ids.format(shares=shares), row, kind, bound=bound)

    step.save("accounts", ACCOUNTS_NUMBERED_SQL.format(**numbered(ACCOUNT_IDS_SQL, "i", keys)))
    keep(KEYS, KEYS_SQL.format(accounts="accounts"))
    step.save("handles", HANDLES_SQL)
    step.save("posts", POSTS_SQL.format(**numbered(POST_IDS_SQL, "n", posts + named)))
    objects = numbered(OBJECT_IDS_SQL, "t", most + edges["n"], "kind")
    step.save("objects", OBJECTS_SQL.format(shares=shares, **objects))
    step.save("actions", ACTIONS_SQL.format(shares=shares, objects="objects", posts="posts"))


def _open_stage(step: Step, stage: Stage, *, grow: bool) -> None:
    engine = step.study.engine
    for name, table in STAGED.items():
        if name in LATER:
            continue
        if name not in stage.names:
            pq.write_table(table.empty(), stage.path(name))
        if name in COMPACT:
            stored = [step.study.path / file for file in step.study.files(name).values()] if stage.grown else []
            engine.open([*stored, stage.path(name)], name)
            engine.save(COMPACT[name], stage.path(f"compact_{name}"), table)
            engine.open(stage.path(f"compact_{name}"), name)
            if grow:
                step.adopt(name, stage.path(f"compact_{name}"))
        elif grow:
            step.adopt(name, stage.path(name), str(step.number))
        else:
            engine.open(stage.path(name), name)


def _unique_posts(step: Step, stage: Stage) -> int:
    """Keep one row of a post that came several times; how many are left."""
    engine = step.study.engine
    counts = engine.rows("select count(*) as n, count(distinct id) as ids from staged_posts").to_pylist()[0]
    if counts["n"] == counts["ids"]:
        note_copies(step, 0, 0)
    else:
        note_copies(step, counts["n"] - counts["ids"], engine.rows(DIFFERING_SQL)["n"][0].as_py())
        engine.save(unique("staged_posts"), stage.path("unique_posts"), STAGED["staged_posts"])
        engine.open(stage.path("unique_posts"), "staged_posts")
    return int(counts["ids"])


def note_copies(step: Step, again: int, differing: int, before: Mapping[str, Any] | None = None) -> None:
    """Note in the summary how many rows of posts came again, and how many posts did so with something else.

    Args:
        step: The running step.
        again: Rows that were left out.
        differing: Posts of which copies differ.
        before: The summary of an earlier step, to whose numbers these come.
    """
    if differing:
        logger.warning(
            "%s of posts came again; %s came with different authors, times or texts: the longest text was kept",
            count(again, "row"),
            count(differing, "post"),
        )
    earlier = before or {}
    step.summary["duplicate_posts"] = earlier.get("duplicate_posts", 0) + again
    if total := earlier.get("differing_posts", 0) + differing:
        step.summary["differing_posts"] = total


def unique(posts: str) -> str:
    """SQL for one row of each post that came several times (pages overlap): the longest text, then smallest values.

    All columns take part, so that it is the same row whatever the order in which they came.
    """
    kept = ", ".join(POSTS.names)
    first = ("time", "account", "text", "retweet_of", "quote_of", "reply_of", "client", "lang")
    order = ", ".join(f"{name} nulls last" for name in dict.fromkeys((*first, *POSTS.names)))
    ranked = (
        f"select {kept}, row_number() over (partition by id order by length(text) desc nulls last, {order}) as place "
        f"from {posts} p"
    )
    return f"select {kept} from ({ranked}) r where place = 1"


def post_shares(engine: Engine, repost_content: bool) -> str:
    """Every action that the staged posts hold, one row each, still with text ids."""
    own = "" if repost_content else "where not is_repost"

    def items(column: str, rows: str) -> str:
        return f"(select account, time, id, {engine.explode(column)} as item from staged_posts {rows})"

    parts = [PARENT_SQL.format(p=parent) for parent in PARENTS]
    parts += [_objects_of(kind, items(kind + "s", own)) for kind in ("hashtag", "link", "domain")]
    parts += [_objects_of("media", items("media", own))]
    parts += [_objects_of("hashtags", f"(select account, time, id, sequence as item from staged_posts {own})")]
    parts += [_objects_of("text", "(select account, time, id, text_key as item from staged_posts)")]
    parts += [MENTION_SQL.format(items=items("mentions", own))]
    return " union all ".join(parts)


def _objects_of(kind: str, items: str) -> str:
    # a tag used twice in one post is one action
    return (
        f"select distinct account as source, '{kind}' as kind, cast(null as varchar(1)) as target, "
        f"'{kind}' as object_kind, item as object, cast(null as bigint) as created, time, id as post, 1e0 as weight "
        f"from {items} where item is not null"
    )


def instead(sql: str, other: Mapping[str, str]) -> str:
    """The query with other words in it, each of which has to be there.

    Raises:
        ValueError: A word is not in the query, so that it would go on asking what it asked.

    Example:
        >>> instead("select id from a", {"from a": "from b"})
        'select id from b'
    """
    for old, new in other.items():
        if old not in sql:
            raise ValueError(f"not in the query: {old}")
        sql = sql.replace(old, new)
    return sql


DIFFERING_SQL = """
select count(*) as n from (
    select id from staged_posts
    where id in (select id from staged_posts group by id having count(*) > 1)
    group by id
    having min(account) <> max(account) or min(time) <> max(time) or min(text) <> max(text)
) d"""

PARENT_SQL = """
select account as source, '{p}' as kind, {p}_key as target, 'post' as object_kind, {p}_of as object,
    {p}_time as created, time, id as post, 1e0 as weight
from staged_posts where {p}_of is not null or {p}_key is not null"""

MENTION_SQL = """
select account as source, 'mention' as kind, item as target, cast(null as varchar(1)) as object_kind,
    cast(null as varchar(1)) as object, cast(null as bigint) as created, time, id as post, 1e0 as weight
from {items}"""

EDGE = """source, kind, target,
    case when object is null then null
         when kind in ('retweet', 'quote', 'reply', 'like') then 'post' else kind end as object_kind,
    object, cast(null as bigint) as created, time, post, coalesce(weight, 1e0) as weight"""
EDGES_SQL = f"select {EDGE} from staged_edges"
TWICE_SQL = f"""
select {EDGE} from staged_edges where post is null
union all select distinct {EDGE} from staged_edges where post is not null"""

EDGE_POSTS_SQL = """
select post as id, min(source) as account, min(time) as time,
    max(case when kind = 'retweet' then 1 else 0 end) = 1 as repost
from staged_edges where post is not null group by post
"""

NAMED_SQL = """
select source as key from {shares} s
union select target as key from {shares} t where target is not null
union select account as key from staged_posts
union select id as key from staged_names
union select id as key from staged_profiles"""

RESOLVED_SQL = """
with keys as (
    {keys}
), known as (
    select distinct id from staged_names
), unknown as (
    select k.key from keys k left join known n on n.id = k.key where n.id is null
), by_handle as (
    select lower(name) as handle, min(id) as id from staged_names
    where name is not null group by lower(name) having min(id) = max(id)
), by_bare_id as (
    select lower(key) as handle, min(key) as id from unknown
    where substr(key, 1, 1) <> '@' group by lower(key) having min(key) = max(key)
)
select id as key, id from known
union all
select u.key, coalesce(case when try_cast(u.key as bigint) is null then h.id end, b.id, u.key) as id
from unknown u
left join by_handle h on h.handle = case when substr(u.key, 1, 1) = '@' then substr(u.key, 2) else lower(u.key) end
left join by_bare_id b on substr(u.key, 1, 1) = '@' and b.handle = substr(u.key, 2)
"""

NEWEST = (
    "posts desc nulls last, followers desc nulls last, following desc nulls last, created nulls last, name nulls last, "
    "description nulls last, status nulls last, verified nulls last, default_image nulls last"
)
"""Which of an account's profiles is taken: they carry no date, but posts only become more."""
PROFILE = ", ".join(RAW_ACCOUNTS.names)
COMPACT = {
    "staged_names": "select id, name, min(first) as first, max(last) as last from staged_names group by id, name",
    "staged_profiles": (
        f"select {PROFILE} from (select {PROFILE}, row_number() over (partition by id order by {NEWEST}) as place "
        "from staged_profiles) p where place = 1"
    ),
}
"""What is left of staged rows of which only the first, the last or the newest count."""
LATER = ("staged_keys", "staged_pairs", "staged_moves", "staged_actions")
"""Staged tables that no reader gives rows to."""

ACCOUNT_IDS_SQL = "select distinct '' as kind, id from resolved"
ACCOUNTS_NUMBERED_SQL = f"""
with ids as (
    select distinct id from resolved
), profiles as (
    select k.id, p.name, p.created, p.followers, p.following, p.posts, p.verified, p.default_image, p.description,
        p.status
    from staged_profiles p join resolved k on k.key = p.id
), ranked as (
    select id, name, created, followers, following, posts, verified, default_image, description, status,
        row_number() over (partition by id order by {NEWEST}) as place
    from profiles
), newest as (
    select id, name, row_number() over (partition by id order by last desc nulls last, name) as place
    from staged_names where name is not null
)
select {{number}} as account, i.id,
    coalesce(r.name, n.name, case when substr(i.id, 1, 1) = '@' then substr(i.id, 2) end) as name,
    r.created, r.followers, r.following, r.posts, r.verified, r.default_image, r.description, r.status
from ids i {{heads}}
left join ranked r on r.id = i.id and r.place = 1
left join newest n on n.id = i.id and n.place = 1
"""
ACCOUNTS_SQL = ACCOUNTS_NUMBERED_SQL.format(**whole("i"))
"""With numbers from one window: for no more accounts than one task sorts."""

KEYS_SQL = "select r.key, a.account from resolved r join {accounts} a on a.id = r.id"

HANDLES_SQL = """
select k.account, s.name, min(s.first) as first, max(s.last) as last
from staged_names s join keys k on k.key = s.id
where s.name is not null group by k.account, s.name order by k.account, s.name
"""

POST_IDS_SQL = "select '' as kind, id from staged_posts union select '' as kind, id from edge_posts"
POSTS_SQL = """
with named as (
    select id, account, time, text, lang, client, is_repost as repost from staged_posts
    union all
    select e.id, e.account, e.time, cast(null as varchar(1)) as text, cast(null as varchar(1)) as lang,
        cast(null as varchar(1)) as client, e.repost
    from edge_posts e left join staged_posts p on p.id = e.id where p.id is null
)
select {number} as post, n.id, k.account, n.time, n.text, n.lang, n.client, n.repost
from named n {heads} join keys k on k.key = n.account
"""

OBJECT_IDS_SQL = "select distinct object_kind as kind, object as id from {shares} s where object is not null"
OBJECTS_SQL = """
with things as (
    select object_kind as kind, object as id, min(created) as created,
        min(case when object_kind = 'post' then target end) as author
    from {shares} s where object is not null group by object_kind, object
)
select {number} as object, t.kind, t.id,
    coalesce(p.account, k.account) as author, coalesce(p.time, t.created) as created
from things t {heads}
left join keys k on k.key = t.author
left join posts p on t.kind = 'post' and p.id = t.id
"""

# sorted as the projection reads them: by kind, object and time
ACTIONS_SQL = """
select k.account, s.kind, o.object, coalesce(t.account, case when s.object_kind = 'post' then o.author end) as target,
    s.time, p.post, s.weight
from {shares} s
join keys k on k.key = s.source
left join keys t on t.key = s.target
left join {objects} o on o.kind = s.object_kind and o.id = s.object
left join {posts} p on p.id = s.post
order by s.kind, o.object nulls last, s.time nulls last, k.account, p.post nulls last, target nulls last, s.weight
"""
