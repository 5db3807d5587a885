"""Who is who once rows were appended: names are resolved again only where new rows can change the answer.

What a key is taken for depends on keys and handles of the same *word* (in lower case, without ``@``): on who was seen
with that handle, and on ids that are spelt so. So keys whose word no new row brings stay what they were.

The engine knows the new rows as ``fresh_…``, those of before as ``kept_…``, and every new action with text ids as
``shares`` (see `graphnet._append`).
"""

from __future__ import annotations

from graphnet import _intern
from graphnet._append_work import Anew, Work, table
from graphnet.schema import FLAG, STAGED, TEXT

__all__ = ["NOW", "resolve", "seen"]

SPOKEN = table("spoken", key=TEXT, id=TEXT)
NAMES = STAGED["staged_names"]
NEW_NAMES = table("new_names", id=TEXT, name=TEXT, known=FLAG)
WORDS = table("words", word=TEXT)
CHANGED = table("changed", key=TEXT, id=TEXT, was=TEXT)


def seen(work: Work) -> None:
    """Find out which handles are seen with ids of the new rows.

    The engine knows afterwards: ``had_names`` and ``new_names``, handles that these ids had and have now; and
    ``wider``, handles with the first and last time, where the new rows change these.
    """
    work.keep(NAMES, FRESH_NAMES_SQL, "some_names")
    work.keep(NAMES, HAD_NAMES_SQL, "had_names")
    work.keep(NEW_NAMES, NEW_NAMES_SQL)
    work.keep(NAMES, WIDER_SQL, "wider")


def resolve(work: Work) -> None:
    """Find out which keys are taken for another account now, or are new; to be called after `seen`.

    The engine knows afterwards: ``spoken``, the keys that new actions need, and what they were taken for;
    ``near_resolved``, what keys near to what is new are taken for now; and ``changed``, those of them that are new or
    were taken for another one.

    Raises:
        Anew: What was one account is several.
    """
    work.keep(SPOKEN, SPOKEN_SQL)
    work.keep(WORDS, WORDS_SQL)
    work.keep(_intern.RESOLVED, NEAR_KEPT_SQL, "near_kept")
    work.keep(NAMES, NEAR_NAMES_SQL, "near_names")
    work.keep(_intern.RESOLVED, NEAR_RESOLVED_SQL, "near_resolved")
    work.keep(CHANGED, CHANGED_SQL)
    # as long as no key is taken for another one, nothing falls apart
    if work.rows("select 1 as one from changed where was is not null limit 1").num_rows and (
        split := work.rows(SPLIT_SQL).num_rows
    ):
        raise Anew(f"names that stood for one account turned out to be of several: {split:,}")


def _word(key: str) -> str:
    return f"lower(case when substr({key}, 1, 1) = '@' then substr({key}, 2) else {key} end)"


FRESH_NAMES_SQL = _intern.instead(_intern.COMPACT["staged_names"], {"from staged_names": "from fresh_names"})

# keys that the new rows have, and edges of posts of which they speak: these change what edges tell of a post
SPOKEN_SQL = f"""
select s.key, k.id from ({
    _intern.instead(
        _intern.NAMED_SQL.format(shares="shares"),
        {"from staged_names": "from some_names", "from staged_profiles": "from fresh_profiles"},
    )
}
    union select e.source as key from kept_edges e
    join (select distinct post from fresh_edges where post is not null) f on f.post = e.post
) s left join kept_keys k on k.key = s.key"""

HAD_NAMES_SQL = """
select k.id, k.name, min(k.first) as first, max(k.last) as last
from kept_names k join (select distinct id from some_names) f on f.id = k.id group by k.id, k.name"""

HAD = "from some_names f left join had_names h on h.id = f.id and h.name is not distinct from f.name"
NEW_NAMES_SQL = f"""
select f.id, f.name, i.id is not null as known {HAD}
left join (select distinct id from had_names) i on i.id = f.id where h.id is null"""
WIDER_SQL = f"""
select f.id, f.name, least(f.first, h.first) as first, greatest(f.last, h.last) as last {HAD}
where h.id is null or least(f.first, h.first) is distinct from h.first
    or greatest(f.last, h.last) is distinct from h.last
order by f.id, f.name"""

# an id that was seen with handles before is known already, whatever others it is seen with
WORDS_SQL = f"""
select {_word("key")} as word from spoken where id is null
union select {_word("id")} as word from new_names where not known
union select lower(name) as word from new_names where name is not null"""

NEAR_KEPT_SQL = f"select k.key, k.id from kept_keys k join words w on w.word = {_word('k.key')}"
NEAR_KEYS_SQL = "select key, id from near_kept union all select key, id from spoken where id is null"

NEAR_NAMES_SQL = f"""
select n.id, n.name, n.first, n.last from (select * from kept_names union all select * from some_names) n
left join words w on w.word = lower(n.name) left join ({NEAR_KEYS_SQL}) k on k.key = n.id
where w.word is not null or k.key is not null"""

NEAR_RESOLVED_SQL = _intern.instead(
    _intern.RESOLVED_SQL.format(keys=f"select key from ({NEAR_KEYS_SQL}) n"), {"from staged_names": "from near_names"}
)

# of keys that are near: an account that has one of the words as a handle is resolved as well, to itself
CHANGED_SQL = f"""
select n.key, n.id, k.id as was from near_resolved n join ({NEAR_KEYS_SQL}) k on k.key = n.key
where k.id is null or k.id <> n.id"""

# of names that stood for another key: where both were resolved anew, or one of them
SPLIT_SQL = """
select k.key from kept_keys k
left join near_resolved one on one.key = k.key left join near_resolved other on other.key = k.id
where k.key <> k.id and coalesce(one.id, k.id) <> coalesce(other.id, k.id)"""

NOW = """(
    select k.key, k.id from kept_keys k left join near_resolved n on n.key = k.key where n.key is null
    union all select key, id from near_resolved)"""
"""What each key is taken for, as a table of a query."""
