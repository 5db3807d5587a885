"""The second half of ``read --append``: staged rows come to the tables of a study without these being made anew.

Only the new rows are derived, resolved and sorted. The stored tables stream through once, to take them up
(`graphnet._splice`). The tables are those of a study that read everything at once; where that cannot be had in this
way, it is said why, and the caller makes the tables anew from all staged rows:

- a post came again with other content, and the new one counts;
- a handle that stood for one account turned out to be of two, so that what was one account is now several;
- the author of a post that others shared turned out to be another one than they said.

While it runs, the engine knows the new rows as ``fresh_…``, the staged rows of before as ``kept_…``, and of posts and
objects as ``near_…`` those that the new rows speak of, with their new numbers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphnet import _append_names, _intern, _splice, engines
from graphnet._intern import Stage
from graphnet._signatures import KEPT
from graphnet._splice import NOTHING, Changes, Flags, Incoming, Longs
from graphnet.schema import FLAG, HANDLES, INT, STAGED, STUDY, TEXT, Column, Table
from graphnet.study import Step

__all__ = ["append"]

MOST = 0.5
"""New rows per stored one above which making everything anew is as quick, and needs less memory."""
ROWS = ("staged_posts", "staged_edges")
"""Staged tables that are kept row by row."""
POST = STAGED["staged_posts"]


def _table(name: str, **columns: pa.DataType) -> Table:
    return Table(name, tuple(Column(column, type_, "") for column, type_ in columns.items()))


SEEN_POSTS = _table("seen_posts", id=TEXT)
NEAR_POSTS = _table("near_posts", id=TEXT, post=INT, account=INT, time=INT, before=INT, named=FLAG)
SEEN_OBJECTS = _table("seen_objects", kind=TEXT, id=TEXT, place=INT, author=INT, created=INT, found=FLAG)
NEAR_OBJECTS = _table("near_objects", kind=TEXT, id=TEXT, object=INT, author=INT)
SHARES = Table("shares", _intern.POST_SHARES.columns)


class Anew(Exception):  # noqa: N818  (a reason, no error)
    """Why the tables have to be made anew."""


def append(step: Step, stage: Stage, *, repost_content: bool, duplicates: int) -> str | None:
    """Bring what was staged in this step into the study's tables.

    Args:
        step: The running step; its study has the tables and staged rows of what was read before.
        stage: What was staged in this step.
        repost_content: See `graphnet.read`; as the study was read.
        duplicates: How many rows of posts that came again were left out before.

    Returns:
        None; or why the tables have to be made anew: then nothing of the step was written.
    """
    work = _Append(step, stage)
    try:
        work.check()
        with step.timed("tables: who and what"):
            work.open()
            near = work.near_posts()
            again = work.leave_out_known(near)
            work.shares(repost_content)
            accounts = work.accounts()
            posts = work.posts(near, accounts)
            objects, authors = work.objects(accounts)
        with step.timed("tables: merged"):
            numbers = {"account": accounts, "target": accounts, "object": objects.moved, "post": posts.moved}
            work.write(posts, objects, Changes(numbers, work.merged, authors), accounts)
    except Anew as reason:
        return str(reason)
    step.summary["duplicate_posts"] = duplicates + again
    return None


@dataclass(frozen=True)
class _Joined:
    """Rows that come to a stored table, and the new number of each row that is there."""

    incoming: Incoming
    moved: Longs


@dataclass
class _Append:
    """The parts of one append, to be called in this order.

    Attributes:
        merged: Accounts (old numbers) that turned out to be another one.
    """

    step: Step
    stage: Stage
    merged: Flags = field(default_factory=lambda: np.empty(0, np.bool_))

    def check(self) -> None:
        """Raises `Anew` where this study cannot be added to."""
        study = self.step.study
        if study.engine.spread or not isinstance(study.path, Path):
            raise Anew("the rows may be on several machines")
        if not all(study.has(table) for table in ("staged_keys", "staged_names", "staged_posts")):
            raise Anew("the study was read by an earlier version, which kept less")
        if any(len(study.files(t)) != 1 or not self._stored(t).is_file() for t in ("posts", "objects", "actions")):
            raise Anew("its tables are in several files")
        new = sum(engines.count(self.stage.path(t)) for t in ROWS if t in self.stage.names)
        old = sum(engines.count(study.path / file) for t in ROWS for file in study.files(t).values())
        if new > MOST * old:
            raise Anew(f"{new:,} rows came to {old:,}")

    def _stored(self, table: str) -> Path:
        return Path(str(self.step.study.path), *self.step.study.files(table).values())

    def _made(self, name: str) -> Path:
        return self.stage.path(f"made_{name}")

    def _keep(self, table: Table, sql: str, name: str = "") -> None:
        """Write the rows of a query; the engine then knows them by the table's name, or by this one."""
        path = self._made(name or table.name)
        self.step.study.engine.save(sql, path, table)
        self.step.study.engine.open(path, name or table.name)

    def _put(self, table: Table, rows: pa.Table) -> None:
        """The same for rows in memory."""
        path = self._made(table.name)
        engines.write([rows], path, table)
        self.step.study.engine.open(path, table.name)

    def open(self) -> None:
        """Make what is there known to the engine."""
        study = self.step.study
        for name, table in STAGED.items():
            fresh, nothing = self.stage.path(name), self._made(f"no_{name}")
            pq.write_table(table.empty(), nothing)
            fresh = fresh if fresh.exists() else nothing
            kept = [study.path / file for file in study.files(name).values()] or [nothing]
            study.engine.open(fresh, name.replace("staged", "fresh"))
            study.engine.open(kept, name.replace("staged", "kept"))
            if name in _intern.COMPACT and name in self.stage.names:
                study.engine.open([*kept, fresh], name)
                self._keep(table, _intern.COMPACT[name], name)

    # Posts -----------------------------------------------------------------------------------------------------------

    def near_posts(self) -> pa.Table:
        """All posts that the new rows speak of: ``id, place``, and the stored ``account, time`` where ``found``."""
        sought = self.step.study.rows(NEAR_SQL)
        places, rows = _splice.located(self._stored("posts"), sought, ["account", "time"])
        return rows.append_column("id", sought["id"]).append_column("place", pa.array(places))

    def leave_out_known(self, near: pa.Table) -> int:
        """Leave out posts that the study has; how many rows that were.

        Raises:
            Anew: One of them would take the place of the stored one.
        """
        engine = self.step.study.engine
        self._keep(POST, _intern.unique("fresh_posts"), "staged_posts")
        self._put(SEEN_POSTS, near.filter(near["found"]))
        # of posts that only edges told of, the words are new
        self._keep(_table("known", id=TEXT), KNOWN_SQL)
        if engine.rows(f"select 1 as one from {AGAIN} a limit 1").num_rows:
            self._refuse_others()
            self._keep(POST, NOT_KNOWN_SQL, "new_posts")
            engine.open(self._made("new_posts"), "staged_posts")
        rows = engine.rows("select (select count(*) from fresh_posts) - (select count(*) from staged_posts) as n")
        return int(rows["n"][0].as_py())

    def _refuse_others(self) -> None:
        mine = ", ".join(f"p.{name}" for name in POST.names)
        self._keep(POST, f"select {mine} from kept_posts p join {AGAIN} a on a.id = p.id", "twice_posts")
        self._keep(POST, _intern.unique("twice_posts"), "counted_posts")
        new = f"select {mine} from staged_posts p join {AGAIN} a on a.id = p.id"
        self._keep(POST, _intern.unique(f"(select {mine} from counted_posts p union all {new})"), "counting_posts")
        other = " or ".join(f"p.{name} is distinct from c.{name}" for name in POST.names)
        sql = f"select p.id from counted_posts p join counting_posts c on c.id = p.id where {other}"
        if changed := self.step.study.rows(sql).num_rows:
            raise Anew(f"posts that were there came again with other content: {changed:,}")

    def shares(self, repost_content: bool) -> None:
        """Every action of the new rows, still with text ids."""
        self._keep(_intern.POST_SHARES, _intern.post_shares(self.step.study.engine, repost_content))
        self._keep(SHARES, SHARES_SQL)

    def posts(self, near: pa.Table, accounts: Longs) -> _Joined:
        """New posts, and posts of which only edges told so far."""
        rows = self.step.study.rows(POSTS_SQL)
        which = pc.index_in(rows["id"], near["id"].combine_chunks()).to_numpy()
        place, found = near["place"].to_numpy(), near["found"].to_numpy()
        incoming = Incoming(rows, place[which], found[which])
        moved, mine = _splice.shifted(pq.read_metadata(self._stored("posts")).num_rows, incoming)
        others = found.copy()
        others[which] = False
        rest = near.filter(pa.array(others))
        known = pa.table(
            {
                "id": rest["id"],
                "post": moved[place[others]],
                "account": accounts[rest["account"].to_numpy()],
                "time": rest["time"],
                "before": pa.nulls(rest.num_rows, INT),
                "named": pa.repeat(False, rest.num_rows),
            }
        )
        named = rows.select(["id", "account", "time"]).append_column("post", pa.array(mine))
        named = named.append_column("before", near["time"].take(which)).append_column(
            "named", pa.repeat(True, len(mine))
        )
        self._put(NEAR_POSTS, pa.concat_tables([t.select(NEAR_POSTS.names) for t in (known, named)]))
        return _Joined(incoming, moved)

    # Accounts --------------------------------------------------------------------------------------------------------

    def accounts(self) -> Longs:
        """Resolve keys again, number the accounts, and say which number becomes which.

        Raises:
            Anew: What was one account is several.
        """
        _append_names.resolve(self._keep)
        if split := self.step.study.rows(SPLIT_SQL).num_rows:
            raise Anew(f"names that stood for one account turned out to be of several: {split:,}")
        self._keep(_intern.KEYS, KEYS_SQL)
        # every id that was seen with a handle is an account
        handles = _intern.instead(_intern.HANDLES_SQL, {"join keys k on k.key": "join new_accounts k on k.id"})
        self._keep(HANDLES, handles, "new_handles")
        moves = self.step.study.rows(MOVES_SQL)
        self.merged = np.asarray(moves["merged"].to_numpy())
        return np.asarray(moves["account"].to_numpy(), np.int64)

    # Objects ---------------------------------------------------------------------------------------------------------

    def objects(self, accounts: Longs) -> tuple[_Joined, Longs]:
        """New objects, and those whose author or date is known now; also the authors of those that had none.

        Raises:
            Anew: An author turned out to be another one.
        """
        study = self.step.study
        sought = study.rows(SOUGHT_SQL)
        places, seen = _splice.located(self._stored("objects"), sought, ["author", "created"])
        author = _splice.nullable(_splice.renumbered(_splice.number(seen["author"]), accounts))
        seen = seen.set_column(seen.column_names.index("author"), "author", author)
        for name, values in (("kind", sought["kind"]), ("id", sought["id"]), ("place", pa.array(places))):
            seen = seen.append_column(name, values)
        self._put(SEEN_OBJECTS, seen)
        rows = study.rows(OBJECTS_SQL)
        if others := pc.sum(rows["other"]).as_py():
            raise Anew(f"authors of shared posts turned out to be others: {others:,}")
        comes = rows.filter(rows["changed"])
        columns = comes.select(["kind", "id", "author", "created"])
        incoming = Incoming(columns, comes["place"].to_numpy(), comes["found"].to_numpy())
        size = pq.read_metadata(self._stored("objects")).num_rows
        moved, mine = _splice.shifted(size, incoming)
        number = moved[np.minimum(rows["place"].to_numpy(), size - 1)] if size else np.zeros(rows.num_rows, np.int64)
        number[rows["changed"].to_numpy()] = mine
        self._put(NEAR_OBJECTS, rows.append_column("object", pa.array(number)))
        return _Joined(incoming, moved), _authors(rows.filter(rows["filled"]), size)

    # Files -----------------------------------------------------------------------------------------------------------

    def write(self, posts: _Joined, objects: _Joined, changes: Changes, accounts: Longs) -> None:
        """Write the tables and hand them to the study."""
        fresh = self.step.study.rows(
            _intern.ACTIONS_SQL.format(shares="shares", objects="near_objects", posts="near_posts")
        )

        def splice(name: str, incoming: Incoming, column: str) -> None:
            _splice.splice(self._stored(name), self.stage.path(name), STUDY[name], incoming, {column: accounts})

        with ThreadPoolExecutor(2) as pool:
            others = [
                pool.submit(splice, "posts", posts.incoming, "account"),
                pool.submit(splice, "objects", objects.incoming, "author"),
            ]
            pieces = _splice.merged(self._stored("actions"), fresh, changes)
            _splice.write(pieces, self.stage.path("actions"), STUDY["actions"])
            for other in others:
                other.result()
        self._adopt()

    def _adopt(self) -> None:
        step = self.step
        for name in _intern.COMPACT:
            if name in self.stage.names:
                step.adopt(name, self._made(name))
            else:
                step.carry(name)
        for name, made in (("accounts", "new_accounts"), ("handles", "new_handles"), ("staged_keys", "resolved")):
            step.adopt(name, self._made(made))
        for name in ("posts", "objects", "actions"):
            step.adopt(name, self.stage.path(name))
        for name in (*ROWS, KEPT):
            if name in self.stage.names:
                step.adopt(name, self.stage.path(name), str(step.number))


def _authors(rows: pa.Table, size: int) -> Longs:
    authors = np.full(size, NOTHING)
    authors[rows["place"].to_numpy()] = rows["author"].to_numpy()
    return authors


NEAR_SQL = """
select id from (
    select id from fresh_posts
    union select retweet_of as id from fresh_posts
    union select quote_of as id from fresh_posts
    union select reply_of as id from fresh_posts
    union select post as id from fresh_edges
    union select object as id from fresh_edges where kind in ('retweet', 'quote', 'reply', 'like')
) n where id is not null order by id"""

KNOWN_SQL = """
select s.id from seen_posts s
left join (select distinct post from kept_edges where post is not null) e on e.post = s.id where e.post is null
union
select s.id from seen_posts s join kept_edges e on e.post = s.id join kept_posts p on p.id = s.id"""
AGAIN = "(select p.id from staged_posts p join known k on k.id = p.id)"
NOT_KNOWN_SQL = "select p.* from staged_posts p left join known k on k.id = p.id where k.id is null"

SHARES_SQL = f"""
select {_intern.EDGE} from fresh_edges where post is null
union all (
    select {_intern.EDGE} from fresh_edges where post is not null
    except select {_intern.EDGE} from kept_edges where post is not null)
union all select {_intern.SHARE_NAMES} from post_shares"""

# of names that stood for another key: where both were resolved anew, or one of them
SPLIT_SQL = """
select k.key from kept_keys k
left join near_resolved one on one.key = k.key left join near_resolved other on other.key = k.id
where k.key <> k.id and coalesce(one.id, k.id) <> coalesce(other.id, k.id)"""

KEYS_SQL = f"""
select r.key, a.account from resolved r join new_accounts a on a.id = r.id
join ({_append_names.SPOKEN_SQL}) s on s.key = r.key"""

MOVES_SQL = """
select a.account, coalesce(n.id, o.id) <> o.id as merged
from accounts o left join near_resolved n on n.key = o.id join new_accounts a on a.id = coalesce(n.id, o.id)
order by o.account"""

# what edges tell of a post, old ones and new ones together
TOLD = """
select post, source, time, kind from fresh_edges where post is not null
union all
select e.post, e.source, e.time, e.kind from kept_edges e
join (select distinct post from fresh_edges where post is not null) f on f.post = e.post"""

POSTS_SQL = f"""
with told as (
    {_intern.instead(_intern.EDGE_POSTS_SQL, {"staged_edges": "(" + TOLD + ") t"})}
), named as (
    select id, account, time, text, lang, client, is_repost as repost from staged_posts
    union all
    select t.id, t.account, t.time, cast(null as varchar(1)) as text, cast(null as varchar(1)) as lang,
        cast(null as varchar(1)) as client, t.repost
    from told t left join staged_posts p on p.id = t.id left join known k on k.id = t.id
    where p.id is null and k.id is null
)
select n.id, k.account, n.time, n.text, n.lang, n.client, n.repost
from named n join keys k on k.key = n.account order by n.id"""

SOUGHT_SQL = """
select kind, id from (
    select object_kind as kind, object as id from shares where object is not null
    union
    select 'post' as kind, id from near_posts where named
) s order by kind, id"""

OBJECTS_SQL = """
with told as (
    select object_kind as kind, object as id, min(created) as created,
        min(case when object_kind = 'post' then target end) as author
    from shares where object is not null group by object_kind, object
), authors as (
    select s.object as id, min(k.account) as lowest, max(k.account) as highest
    from shares s join keys k on k.key = s.target
    where s.object_kind = 'post' and s.object is not null group by s.object
), things as (
    select s.kind, s.id, s.place, s.found, s.author as had_author, s.created as had_created,
        coalesce(p.account, s.author, k.account) as author,
        coalesce(p.time, least(s.created, t.created)) as created,
        (p.id is null and (a.lowest <> s.author or a.highest <> s.author))
            or (p.time is null and p.before is not null) as doubtful
    from seen_objects s
    left join told t on t.kind = s.kind and t.id = s.id
    left join keys k on k.key = t.author
    left join near_posts p on s.kind = 'post' and p.id = s.id
    left join authors a on s.kind = 'post' and a.id = s.id
    where s.found or t.id is not null
)
select kind, id, place, found, author, created,
    not found or author is distinct from had_author or created is distinct from had_created as changed,
    found and had_author is null and author is not null as filled,
    found and (coalesce(doubtful, false) or coalesce(author <> had_author, false)) as other
from things order by kind, id"""
