"""Who is who once rows were appended: names are resolved again only where new rows can change the answer.

What a key is taken for depends on keys and handles of the same *word* (in lower case, without ``@``): on who was seen
with that handle, and on ids that are spelt so. So keys whose word no new row speaks of stay what they were.

The engine knows the new rows as ``fresh_…``, those of before as ``kept_…``, both together as ``staged_…``, and every
new action with text ids as ``shares`` (see `graphnet._append`).
"""

from __future__ import annotations

from collections.abc import Callable

from graphnet import _intern
from graphnet.schema import ACCOUNTS, STAGED, TEXT, Column, Table

__all__ = ["SPOKEN_SQL", "resolve"]

Keep = Callable[[Table, str, str], None]
"""Writes the rows of a query and makes them known by a name."""


def _table(name: str, *columns: str) -> Table:
    return Table(name, tuple(Column(column, TEXT, "") for column in columns))


IDS = _table("ids", "id")
NEW_KEYS = _table("new_keys", "key")
WORDS = _table("words", "word")
UNNUMBERED = Table("accounts", tuple(c for c in ACCOUNTS.columns if c.name != "account"))


def resolve(keep: Keep) -> None:
    """Make ``resolved`` (what each key is taken for) and ``new_accounts``, as `graphnet._intern` does for all rows."""
    keep(NEW_KEYS, NEW_KEYS_SQL, "new_keys")
    keep(WORDS, WORDS_SQL, "words")
    keep(STAGED["staged_names"], NEAR_NAMES_SQL, "near_names")
    keep(_intern.RESOLVED, NEAR_RESOLVED_SQL, "near_resolved")
    keep(_intern.RESOLVED, RESOLVED_SQL, "resolved")
    keep(IDS, TOUCHED_SQL, "touched")
    keep(UNNUMBERED, NEAR_ACCOUNTS_SQL, "near_accounts")
    keep(ACCOUNTS, ACCOUNTS_SQL, "new_accounts")


def _word(key: str) -> str:
    return f"lower(case when substr({key}, 1, 1) = '@' then substr({key}, 2) else {key} end)"


SPOKEN_SQL = (
    _intern.instead(
        _intern.NAMED_SQL.format(shares="shares"),
        {"from staged_names": "from fresh_names", "from staged_profiles": "from fresh_profiles"},
    )
    + " union select source as key from kept_edges"
)
"""Keys that the new rows have, and edges: new rows may change what edges told of a post."""
NEW_KEYS_SQL = f"select n.key from ({SPOKEN_SQL}) n left join kept_keys k on k.key = n.key where k.key is null"

NEW_NAMES_SQL = """
select distinct f.id, f.name from fresh_names f
left join kept_names k on k.id = f.id and k.name is not distinct from f.name where k.id is null"""

# of all new pairs of id and name: an id that is known from now on is in one of them
WORDS_SQL = f"""
select {_word("key")} as word from new_keys
union select {_word("id")} as word from ({NEW_NAMES_SQL}) i
union select lower(name) as word from ({NEW_NAMES_SQL}) n where name is not null"""

NEAR_NAMES_SQL = f"""
select n.id, n.name, n.first, n.last from staged_names n join words w on w.word = {_word("n.id")}
union
select n.id, n.name, n.first, n.last from staged_names n join words w on w.word = lower(n.name)"""

NEAR_KEYS_SQL = f"""
select k.key from (select key from kept_keys union all select key from new_keys) k
join words w on w.word = {_word("k.key")}"""

NEAR_RESOLVED_SQL = _intern.instead(
    _intern.RESOLVED_SQL.format(keys=NEAR_KEYS_SQL), {"from staged_names": "from near_names"}
)

RESOLVED_SQL = """
select k.key, k.id from kept_keys k left join near_resolved n on n.key = k.key where n.key is null
union all select key, id from near_resolved"""

# accounts that may have another name or profile now, or that are new, or no more
TOUCHED_SQL = f"""
select r.id from resolved r join (
    select key from near_resolved
    union select id as key from fresh_profiles
    union select id as key from ({NEW_NAMES_SQL}) n
    union select n.id as key from staged_names n join (select distinct id from fresh_names) f on f.id = n.id
        where n.name is not null group by n.id having count(*) > 1
) t on t.key = r.key
union select k.id from kept_keys k join near_resolved n on n.key = k.key"""

NEAR_ACCOUNTS_SQL = _intern.instead(
    _intern.ACCOUNTS_SQL,
    {
        "join resolved k": "join near k",
        "select distinct id from resolved": "select distinct id from near",
        "from staged_names": "from (select n.* from staged_names n join touched t on t.id = n.id) s",
        "with ids as": "with near as (select r.key, r.id from resolved r join touched t on t.id = r.id), ids as",
    },
)

_COLUMNS = ", ".join(UNNUMBERED.names)
ACCOUNTS_SQL = f"""
select row_number() over (order by id) - 1 as account, {_COLUMNS} from (
    select {", ".join("a." + name for name in UNNUMBERED.names)} from accounts a
    left join touched t on t.id = a.id where t.id is null
    union all select {_COLUMNS} from near_accounts
) a"""
