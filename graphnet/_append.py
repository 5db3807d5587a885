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

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphnet import _append_accounts, _append_names, _handover, _intern, _splice, _splice_actions, engines
from graphnet._append_accounts import Who
from graphnet._append_work import Anew, Work, table
from graphnet._intern import Stage
from graphnet._signatures import KEPT
from graphnet._splice import NOTHING, Code, Incoming, Longs
from graphnet._splice_actions import Changes
from graphnet.schema import FLAG, INT, STAGED, STUDY, TEXT, Table
from graphnet.study import Step

__all__ = ["append"]

MOST = 0.5
"""New rows per stored one above which making everything anew is as quick, and needs less memory."""
ROWS = ("staged_posts", "staged_edges")
"""Staged tables that are kept row by row."""
SPLICED = ("accounts", "handles", "posts", "objects", "actions")
"""Tables that new rows are brought into; each is one sorted file."""
NUMBERED = ("accounts", "posts", "objects")
"""Those of them whose rows have a number of their own, by which they are sorted."""
POST = STAGED["staged_posts"]

SEEN_POSTS = table("seen_posts", id=TEXT)
NEAR_POSTS = table("near_posts", id=TEXT, post=INT, account=INT, time=INT, before=INT, named=FLAG)
SEEN_OBJECTS = table("seen_objects", kind=TEXT, id=TEXT, place=INT, author=INT, created=INT, found=FLAG)
NEAR_OBJECTS = table("near_objects", kind=TEXT, id=TEXT, object=INT, author=INT)
SHARES = Table("shares", _intern.POST_SHARES.columns)


def append(step: Step, stage: Stage, *, repost_content: bool, before: Mapping[str, Any]) -> str | None:
    """Bring what was staged in this step into the study's tables.

    Args:
        step: The running step; its study has the tables and staged rows of what was read before.
        stage: What was staged in this step.
        repost_content: See `graphnet.read`; as the study was read.
        before: The summary of what was read before; of posts that came again, those of this step are added.

    Returns:
        None; or why the tables have to be made anew: then nothing of the step was written.
    """
    work = _Append(step, stage)
    try:
        work.check()
        # stored rows are looked up by another thread, while this one asks the engine
        with step.timed("tables: who and what"), ThreadPoolExecutor(1) as pool:
            work.open()
            near_posts = work.near_posts(pool)
            _append_names.seen(work)
            near = near_posts()
            again, differing = work.leave_out_known(near)
            work.shares(repost_content)
            near_objects = work.near_objects(pool)
            _append_names.resolve(work)
            who = _append_accounts.number(work)
            posts = work.posts(near, who.moved)
            objects, authors = work.objects(near_objects(), who.moved)
        with step.timed("tables: merged"):
            numbers = {"account": who.moved, "target": who.moved, "object": objects.moved, "post": posts.moved}
            work.write(posts, objects, Changes(numbers, who.merged, authors), who)
    except Anew as reason:
        return str(reason)
    finally:
        step.study.engine.let_go()
    _intern.note_copies(step, again, differing, before)
    return None


@dataclass(frozen=True)
class _Joined:
    """Rows that come to a stored table, and the new number of each row that is there."""

    incoming: Incoming
    moved: Longs


class _Append(Work):
    """The parts of one append, to be called in this order."""

    def check(self) -> None:
        """Raises `Anew` where this study cannot be added to."""
        study = self.step.study
        if study.engine.spread or not isinstance(study.path, Path):
            raise Anew("the rows may be on several machines")
        if not all(study.has(table) for table in ("staged_keys", "staged_names", "staged_posts")):
            raise Anew("the study was read by an earlier version, which kept less")
        if any(len(study.files(t)) != 1 or not self.stored(t).is_file() for t in SPLICED):
            raise Anew("its tables are in several files")
        if disorder := [t for t in NUMBERED if not _splice.in_order(self.stored(t))]:
            raise Anew(f"the rows of {', '.join(disorder)} are in another order")
        new = sum(engines.count(self.stage.path(t)) for t in ROWS if t in self.stage.names)
        old = sum(engines.count(study.path / file) for t in ROWS for file in study.files(t).values())
        if new > MOST * old:
            raise Anew(f"{new:,} rows came to {old:,}")

    def open(self) -> None:
        """Make what is there known to the engine."""
        study = self.step.study
        for name, columns in STAGED.items():
            nothing = self.made(f"no_{name}")
            pq.write_table(columns.empty(), nothing)
            fresh = self.stage.path(name) if name in self.stage.names else nothing
            kept = [study.path / file for file in study.files(name).values()] or [nothing]
            study.engine.open(fresh, name.replace("staged", "fresh"))
            study.engine.open(kept, name.replace("staged", "kept"))

    # Posts -----------------------------------------------------------------------------------------------------------

    def near_posts(self, pool: Executor) -> Callable[[], pa.Table]:
        """All posts that the new rows speak of: ``id, place``, and the stored ``account, time`` where ``found``."""
        sought = self.rows(NEAR_SQL)
        under_way = pool.submit(_splice.located, self.stored("posts"), sought, ["account", "time"])
        return lambda: _beside(sought, *under_way.result())

    def leave_out_known(self, near: pa.Table) -> tuple[int, int]:
        """Leave out posts that the study has; how many rows that were, and of how many posts copies differ since then.

        Raises:
            Anew: One of them would take the place of the stored one.
        """
        engine = self.step.study.engine
        counts = engine.rows("select count(*) as n, count(distinct id) as ids from fresh_posts").to_pylist()[0]
        if counts["n"] == counts["ids"]:
            own = "staged_posts" in self.stage.names
            engine.open(self.stage.path("staged_posts") if own else self.made("no_staged_posts"), "staged_posts")
        else:
            self.save(POST, _intern.unique("fresh_posts"), "staged_posts")
        self.keep(SEEN_POSTS, near.filter(near["found"]))
        # of posts that only edges told of, the words are new
        self.keep(table("known", id=TEXT), KNOWN_SQL)
        if engine.rows(f"select 1 as one from {AGAIN} a limit 1").num_rows:
            self._refuse_others()
            self.save(POST, NOT_KNOWN_SQL, "new_posts")
            engine.open(self.made("new_posts"), "staged_posts")
        else:
            engine.open(self.made("no_staged_posts"), "twice_posts")
        rows = engine.rows("select (select count(*) from fresh_posts) - (select count(*) from staged_posts) as n")
        again = int(rows["n"][0].as_py())
        if not again:
            return 0, 0
        both = "(select * from twice_posts union all select * from fresh_posts) p"
        return again, self._differing(both) - self._differing("twice_posts")

    def _differing(self, posts: str) -> int:
        sql = _intern.instead(_intern.DIFFERING_SQL, {"from staged_posts": f"from {posts}"})
        return int(self.rows(sql)["n"][0].as_py())

    def _refuse_others(self) -> None:
        mine = ", ".join(f"p.{name}" for name in POST.names)
        self.save(POST, f"select {mine} from kept_posts p join {AGAIN} a on a.id = p.id", "twice_posts")
        self.save(POST, _intern.unique("twice_posts"), "counted_posts")
        new = f"select {mine} from staged_posts p join {AGAIN} a on a.id = p.id"
        self.save(POST, _intern.unique(f"(select {mine} from counted_posts p union all {new})"), "counting_posts")
        other = " or ".join(f"p.{name} is distinct from c.{name}" for name in POST.names)
        sql = f"select p.id from counted_posts p join counting_posts c on c.id = p.id where {other}"
        if changed := self.rows(sql).num_rows:
            raise Anew(f"posts that were there came again with other content: {changed:,}")

    def shares(self, repost_content: bool) -> None:
        """Every action of the new rows, still with text ids."""
        of_posts = _intern.post_shares(self.step.study.engine, repost_content)
        if "staged_edges" in self.stage.names:
            self.keep(_intern.POST_SHARES, of_posts)
            self.keep(SHARES, SHARES_SQL)
        else:
            self.keep(SHARES, of_posts)

    def posts(self, near: pa.Table, accounts: Longs) -> _Joined:
        """New posts, and posts of which only edges told so far."""
        rows = self.rows(POSTS_SQL)
        which = pc.index_in(rows["id"], near["id"].combine_chunks()).to_numpy()
        place, found = near["place"].to_numpy(), near["found"].to_numpy()
        incoming = Incoming(rows, place[which], found[which])
        moved, mine = _splice.shifted(pq.read_metadata(self.stored("posts")).num_rows, incoming)
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
        self.keep(NEAR_POSTS, pa.concat_tables([t.select(NEAR_POSTS.names) for t in (known, named)]))
        return _Joined(incoming, moved)

    # Objects ---------------------------------------------------------------------------------------------------------

    def near_objects(self, pool: Executor) -> Callable[[], pa.Table]:
        """All objects that the new rows speak of: ``kind, id, place``, and the stored ``author, created``."""
        sought, stored = self.rows(SOUGHT_SQL), self.stored("objects")
        code = Code.of_kinds(stored, sought)
        under_way = pool.submit(_splice.located, stored, sought, ["author", "created"], code=code)
        return lambda: _beside(sought, *under_way.result())

    def objects(self, seen: pa.Table, accounts: Longs) -> tuple[_Joined, Longs]:
        """New objects, and those whose author or date is known now; also the authors of those that had none.

        Raises:
            Anew: An author turned out to be another one.
        """
        author = _splice.nullable(_splice.renumbered(_splice.number(seen["author"]), accounts))
        self.keep(SEEN_OBJECTS, seen.set_column(seen.column_names.index("author"), "author", author))
        rows = self.rows(OBJECTS_SQL)
        if others := pc.sum(rows["other"]).as_py():
            raise Anew(f"authors of shared posts turned out to be others: {others:,}")
        comes = rows.filter(rows["changed"])
        columns = comes.select(["kind", "id", "author", "created"])
        incoming = Incoming(columns, comes["place"].to_numpy(), comes["found"].to_numpy())
        size = pq.read_metadata(self.stored("objects")).num_rows
        moved, mine = _splice.shifted(size, incoming)
        number = moved[np.minimum(rows["place"].to_numpy(), size - 1)] if size else np.zeros(rows.num_rows, np.int64)
        number[rows["changed"].to_numpy()] = mine
        self.keep(NEAR_OBJECTS, rows.append_column("object", pa.array(number)))
        return _Joined(incoming, moved), _authors(rows.filter(rows["filled"]), size)

    # Files -----------------------------------------------------------------------------------------------------------

    def write(self, posts: _Joined, objects: _Joined, changes: Changes, who: Who) -> None:
        """Write the tables and hand them to the study."""
        fresh = self.rows(_intern.ACTIONS_SQL.format(shares="shares", objects="near_objects", posts="near_posts"))

        def splice(name: str, incoming: Incoming, column: str) -> None:
            _splice.splice(self.stored(name), self.stage.path(name), STUDY[name], incoming, {column: who.moved})

        with ThreadPoolExecutor(2) as pool:
            under_way: list[Future[Any]] = [
                pool.submit(splice, "objects", objects.incoming, "author"),
                pool.submit(_splice_actions.merge, self.stored("actions"), self.stage.path("actions"), fresh, changes),
                pool.submit(splice, "posts", posts.incoming, "account"),
            ]
            _append_accounts.write(self, who)
            _handover.hand_over(self.step, fresh, changes, told_of_objects=bool(objects.incoming.replaces.any()))
            for table in under_way:
                table.result()
        self._adopt()

    def _adopt(self) -> None:
        step = self.step
        for name in ("posts", "objects", "actions"):
            step.adopt(name, self.stage.path(name))
        for name in (*ROWS, KEPT):
            if name in self.stage.names:
                step.adopt(name, self.stage.path(name), str(step.number))


def _beside(sought: pa.Table, places: Longs, found: pa.Table) -> pa.Table:
    """What was sought, where it belongs, and what was found."""
    columns = {name: sought[name] for name in sought.column_names} | {"place": pa.array(places)}
    return pa.table(columns | {name: found[name] for name in found.column_names})


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

# what edges tell of a post, old ones and new ones together
TOLD = """
select post, source, time, kind from fresh_edges where post is not null
union all
select e.post, e.source, e.time, e.kind from kept_edges e
join (select distinct post from fresh_edges where post is not null) f on f.post = e.post"""

NAMED = f"""
with told as (
    {_intern.instead(_intern.EDGE_POSTS_SQL, {"staged_edges": "(" + TOLD + ") t"})}
), named as (
    select id, account, time, text, lang, client, is_repost as repost from staged_posts
    union all
    select t.id, t.account, t.time, cast(null as varchar(1)) as text, cast(null as varchar(1)) as lang,
        cast(null as varchar(1)) as client, t.repost
    from told t left join staged_posts p on p.id = t.id left join known k on k.id = t.id
    where p.id is null and k.id is null
)"""
POSTS_SQL = f"""{NAMED}
select n.id, k.account, n.time, n.text, n.lang, n.client, n.repost
from named n join keys k on k.key = n.account order by n.id"""

SOUGHT_SQL = f"""{NAMED}
select kind, id from (
    select object_kind as kind, object as id from shares where object is not null
    union
    select 'post' as kind, id from named
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
