"""Accounts and handles once rows were appended, after names were resolved (see `graphnet._append_names`).

Of the tables as large as all accounts, only what new rows touch is worked out again and brought in; what appending
needs to know of names the next time is added as a further file, until these are many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphnet import _intern, _splice, engines
from graphnet._append_names import NOW
from graphnet._append_work import Work, table
from graphnet._splice import Flags, Incoming, Longs
from graphnet.schema import ACCOUNTS, STAGED, STUDY, TEXT, Table

__all__ = ["Who", "number", "write"]

MOST = 0.5
"""Staged rows added in further files per one in the first above which all are written as one file again."""
IDS = table("ids", id=TEXT)
UNNUMBERED = Table("accounts", tuple(c for c in ACCOUNTS.columns if c.name != "account"))


@dataclass(frozen=True)
class Who:
    """What becomes of the accounts.

    Attributes:
        moved: New number of each stored account.
        merged: Stored accounts that turned out to be another one.
        accounts: What comes to the accounts.
        handles: What comes to the handles.
    """

    moved: Longs
    merged: Flags
    accounts: Incoming
    handles: Incoming


def number(work: Work) -> Who:
    """Number the accounts anew; the engine knows the numbers of all keys that new actions need as ``keys``."""
    work.keep(IDS, TOUCHED_SQL, "touched")
    ids = work.rows(SOUGHT_SQL)
    places, seen = _splice.located(work.stored("accounts"), ids, [])
    found = seen["found"].to_numpy()
    comes = _comes(work)
    gone = work.rows("select key, id from changed where was = key order by key")

    def at(some: pa.ChunkedArray) -> Longs:
        """Where these ids are among those sought."""
        return np.asarray(pc.index_in(some, ids["id"].combine_chunks()).to_numpy(), np.int64)

    rows = at(comes["id"])
    accounts = Incoming(comes, places[rows], found[rows], places[at(gone["key"])])
    size = pq.read_metadata(work.stored("accounts")).num_rows
    moved, mine = _splice.shifted(size, accounts)
    numbers = np.zeros(len(ids), np.int64)
    numbers[found] = moved[places[found]]
    numbers[rows] = mine
    merged = np.zeros(size, np.bool_)
    merged[accounts.gone] = True
    moved[accounts.gone] = numbers[at(gone["id"])]
    keys = work.rows(KEYS_SQL)
    work.keep(_intern.KEYS, pa.table({"key": keys["key"], "account": numbers[at(keys["id"])]}))
    wider = work.rows("select id, name, first, last from wider where name is not null order by id, name")
    which = at(wider["id"])
    handles = wider.drop_columns(["id"]).add_column(0, "account", pa.array(numbers[which]))
    # what belongs to a new account comes before what the next stored one has
    code = _splice.Code("account", lambda account: 2 * _splice.number(account) + 1, 2 * places[which] + found[which])
    there, known = _splice.located(work.stored("handles"), wider, [], text="name", code=code)
    return Who(moved, merged, accounts, Incoming(handles, there, known["found"].to_numpy()))


def _comes(work: Work) -> pa.Table:
    """Accounts that are new or have another name or profile now, in the order of their ids."""
    if not work.rows("select 1 as one from touched limit 1").num_rows:
        return UNNUMBERED.empty()
    work.keep(UNNUMBERED, NEAR_ACCOUNTS_SQL, "near_accounts")
    return work.rows(COMES_SQL).cast(UNNUMBERED.arrow)


def write(work: Work, who: Who) -> None:
    """Write accounts, handles and what is kept of names, and hand them to the study."""
    step, numbers = work.step, {"account": who.moved}
    for name, incoming, own in (("accounts", who.accounts, True), ("handles", who.handles, False)):
        still = not incoming.rows.num_rows and not len(incoming.gone)
        if still and (own or _splice.unchanged(who.moved)):
            step.carry(name)
            step.rows[name] = engines.count(work.stored(name))
            continue
        path = work.made(f"new_{name}")
        _splice.splice(work.stored(name), path, STUDY[name], incoming, {} if own else numbers, own=own)
        step.adopt(name, path)
    taken = work.rows("select 1 as one from changed where was is not null limit 1").num_rows
    _add(work, "staged_keys", "select key, id from changed", f"select key, id from {NOW} r", whole=bool(taken))
    _add(work, "staged_names", "select id, name, first, last from wider", _all("staged_names"))
    profiles = _intern.instead(_intern.COMPACT["staged_profiles"], {"from staged_profiles": "from fresh_profiles"})
    _add(work, "staged_profiles", profiles, _all("staged_profiles"))


def _all(name: str) -> str:
    kept, fresh = (name.replace("staged", word) for word in ("kept", "fresh"))
    both = f"from (select * from {kept} union all select * from {fresh}) b"
    return _intern.instead(_intern.COMPACT[name], {f"from {name}": both})


def _add(work: Work, name: str, more: str, everything: str, *, whole: bool = False) -> None:
    """Add rows to a staged table as a further file; or, where these became many, write all as one."""
    step = work.step
    stored = [engines.count(step.study.path / file) for file in step.study.files(name).values()]
    added = step.study.engine.save(more, work.made(f"more_{name}"), STAGED[name])
    if stored and not whole and sum(stored[1:]) + added <= MOST * stored[0]:
        step.carry(name)
        if added:
            step.adopt(name, work.made(f"more_{name}"), str(step.number))
        return
    step.study.engine.save(everything, work.made(f"all_{name}"), STAGED[name])
    step.adopt(name, work.made(f"all_{name}"))


# accounts that may have another name or profile now, or that are new; a further key of one changes neither
TOUCHED_SQL = """
select id from changed where was is not null or key = id
union select coalesce(n.id, s.id) as id from fresh_profiles p join spoken s on s.key = p.id
    left join near_resolved n on n.key = p.id
union select id from new_names where name is not null
union select id from (
    select id, name from had_names where name is not null
    union select id, name from some_names where name is not null) n
group by id having count(*) > 1"""

KEYS_SQL = "select s.key, coalesce(n.id, s.id) as id from spoken s left join near_resolved n on n.key = s.key"
SOUGHT_SQL = f"""
select id from (
    select id from ({KEYS_SQL}) k union select id from touched union select id from wider union select id from changed
    union select key as id from changed where was = key
) i order by id"""

NEAR_ACCOUNTS_SQL = _intern.instead(
    _intern.ACCOUNTS_SQL,
    {
        "join resolved k": "join near k",
        "select distinct id from resolved": "select distinct id from near",
        "from staged_names": """from (
        select n.id, n.name, max(n.last) as last
        from (select * from kept_names union all select * from some_names) n join touched t on t.id = n.id
        group by n.id, n.name) s""",
        "from staged_profiles": "from (select * from kept_profiles union all select * from fresh_profiles)",
        "with ids as": f"with near as (select r.key, r.id from {NOW} r join touched t on t.id = r.id), ids as",
    },
)
_CHANGES = " or ".join(f"n.{name} is distinct from a.{name}" for name in UNNUMBERED.names)
COMES_SQL = f"""
select {", ".join("n." + name for name in UNNUMBERED.names)}
from near_accounts n left join accounts a on a.id = n.id where {_CHANGES} order by n.id"""
