"""Lists of followers and counts of followers out of files and tables, for `graphnet.followers`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.audits._lists import Counts, FollowerList, Given, Order, in_order
from graphnet.errors import InputError
from graphnet.readers import Source, _cells, _columns, _json
from graphnet.readers._input import Input, Memory
from graphnet.readers._rows import Plan, Rows
from graphnet.readers._tables import is_table, open_input
from graphnet.safe import show

__all__ = ["given"]

OF = ("of", "audited", "followedaccount", "followee", "target", "targetid", "targetname", "targetaccount")
LISTS = {
    **_columns.ACCOUNTS,
    "followed": ("followedat", "followed", "followdate", "followtime", "followedsince", "followingsince", "followedon"),
    "of": OF,
    "image": ("profileimageurl", "profileimageurlhttps", "avatar", "image", "picture"),
}
COUNTS = {
    "time": ("day", *_columns.EDGES["time"]),
    "count": ("followers", "followerscount", "followercount", "count", "totalfollowers", "total", "n", "value"),
    "of": (*OF, "account", "accountid", "handle", "screenname", "username", "name", "user", "id"),
}
DEFAULT_PICTURE = "default_profile"
"""Part of the address of the picture of an account that has none of its own."""


def given(
    lists: Any,
    counts: Any,
    against: Any,
    order: Order | None,
    made: Mapping[str, Any],
    counts_columns: Mapping[str, str] | None = None,
) -> Given:
    """What `graphnet.followers` was given, read.

    Args:
        lists: Files or tables with followers.
        counts: Files or tables with counts.
        against: A file or table with other profiles.
        order: Which followers stand first, where the user says so.
        made: ``columns`` and ``options`` of each `Source`.
        counts_columns: The columns of the counts, where they are not those of the lists.

    Raises:
        InputError: See `graphnet.followers`.
    """
    # each file passes over the fields of others, so a typo would go unseen
    _check("--map", made["columns"], (LISTS, COUNTS))
    _check("--counts-map", counts_columns or {}, (COUNTS,))
    counted = made if counts_columns is None else {**made, "columns": counts_columns}
    read = [rows for source in _sources(lists, made) for rows in _lists(source, order)]
    series = [c for source in _sources(counts, counted) for c in _counts(source)]
    other = [rows for source in _sources(against, made) for rows in _lists(source, None, ordered=False)]
    if len(other) > 1:
        raise InputError(f"there can be one list to compare with; these are {len(other)}: give one file")
    return Given(_named(read), _named(series), other[0] if other else None)


def _check(option: str, names: Iterable[str], tables: Sequence[_columns.Synonyms]) -> None:
    known = sorted({field for table in tables for field in table})
    for name in names:
        if name not in known:
            raise _columns.unknown_field(option, name, known, tables)


def _sources(given: Any, made: Mapping[str, Any]) -> Iterable[Source]:
    if given is None:
        return
    items = [given] if isinstance(given, str | Path) or is_table(given) else list(given)
    for item in items:
        if is_table(item):
            yield Source("the table", data=item, **made)
        elif isinstance(item, str | Path):
            yield Source(str(item), Path(item), **made)
        else:
            raise InputError(f"a {type(item).__name__} is no file and no table of followers")


def _named(held: Sequence[Any]) -> tuple[Any, ...]:
    """The same lists under names that differ."""
    seen: dict[str, int] = {}
    found = []
    for item in held:
        seen[item.name] = seen.get(item.name, 0) + 1
        found.append(item if seen[item.name] == 1 else replace(item, name=f"{item.name} ({seen[item.name]})"))
    return tuple(found)


def _stem(source: Source) -> str:
    return show(Path(source.name).name.split(".")[0] if source.path else source.name, 80)


# Rows out of files ---------------------------------------------------------------------------------------------------


def _input(source: Source) -> Input:
    if source.path is None:
        return open_input(source)
    head = source.head.lstrip()
    if not head and not source.head.startswith("PAR1"):
        raise InputError(f"{source.name} is empty")
    return _records(source) if head[:1] in ("{", "[") else open_input(source)


def _records(source: Source) -> Input:
    """JSON: user objects, one a line or in an array, or under ``users`` or ``data``; objects inside become columns."""
    records, lines = [], []
    for line, value in _json.values(source):
        for item in _users(value):
            if isinstance(item, dict):
                records.append(_flat(item))
                lines.append(line)
            else:
                source.reject(line, "not an object with the fields of an account")
    if not records:
        raise InputError(f"{source.name} has no account in it")
    return Memory.of_records(records, lines)


def _users(value: Any) -> list[Any]:
    if isinstance(value, dict):
        for name in ("users", "data"):
            if isinstance(value.get(name), list):
                return list(value[name])
    return [value]


def _flat(item: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Objects inside as columns (``public_metrics_tweet_count``); lists and numbers that are ids as they are."""
    found: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}_")
        elif not isinstance(value, list):
            # a column of small and large numbers would become floats, which round ids
            found[prefix + name] = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return found


def _plan(source: Source, synonyms: _columns.Synonyms, *groups: Sequence[str]) -> Plan:
    table = _input(source)
    return Plan(source, table, _columns.needed(table.columns, synonyms, source, *groups))


def _read(plan: Plan, build: Any) -> dict[str, Any]:
    """The columns that ``build`` makes of each piece, put together, with the number of each kept row."""
    positions = sorted(set(plan.chosen.values()))
    pieces, first = [], 0
    for held in plan.table.batches(positions):
        rows = Rows(plan, {n: held[positions.index(p)] for n, p in plan.chosen.items()}, first, len(held[0]))
        made = build(rows)
        pieces.append(rows.kept_of(pa.table(made | {"row": pa.array(np.arange(first, first + rows.count))})))
        first += rows.count
    if not pieces:
        raise InputError(f"{plan.source.name} has no rows")
    whole = pa.concat_tables(pieces).combine_chunks()
    return {name: whole[name].combine_chunks() for name in whole.column_names}


# Lists ---------------------------------------------------------------------------------------------------------------

NUMBERS = ("created", "followers", "following", "posts", "default_image", "described", "followed")


def _lists(source: Source, order: Order | None, *, ordered: bool = True) -> list[FollowerList]:
    plan = _plan(source, LISTS, ("id", "name"))
    columns = _read(plan, _profiles)
    keep = _first_of_each(plan, columns)
    plan.table.settle(plan.reasons, source)
    if not keep.any():
        raise InputError(f"{source.name} has no follower that can be used ({len(plan.reasons):,} rows left out)")
    of = np.array(columns["of"].to_pylist(), dtype=object)[keep]
    whole = _list(source, columns, keep)
    names = sorted({name for name in of.tolist() if name is not None})
    parts = [(show(name, 80), of == name) for name in names] if ordered else []
    if None in of.tolist() or not ordered:
        parts.append((_stem(source), np.array([x is None for x in of]) if ordered else np.ones(len(of), dtype=bool)))
    found = [replace(whole.take(rows), name=name) for name, rows in parts]
    return [in_order(rows, order) for rows in found] if ordered else found


def _profiles(rows: Rows) -> dict[str, Any]:
    """The columns of `FollowerList`, as Arrow columns."""
    name = rows.ids("name")
    id_ = rows.ids("id")
    account = pc.coalesce(id_, name)
    rows.reject(~_cells.mask(pc.is_valid(account)), "no account")
    made = {
        "account": account,
        "name": pc.coalesce(name, rows.nothing(pa.string())),
        "of": rows.label("of"),
        "described": _described(rows),
        "default_image": _default_image(rows),
        **{f: rows.loose_times(f) for f in ("created", "followed")},
        **{f: rows.numbers(f) for f in ("followers", "following", "posts")},
    }
    return {n: c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for n, c in made.items()}


def _described(rows: Rows) -> Any:
    """Whether there is a description; an empty cell is an empty description where the column exists."""
    if "description" not in rows.columns:
        return rows.nothing(pa.bool_())
    said = _cells.present(_cells.text(rows.columns["description"])[0])
    return pc.is_valid(said)


def _default_image(rows: Rows) -> Any:
    """What the flag says; where it says nothing, whether the picture's address is that of the default picture."""
    flag = rows.flags("default_image")
    if "image" not in rows.columns:
        return flag
    address = rows.label("image")
    return pc.coalesce(flag, pc.match_substring(address, DEFAULT_PICTURE))


def _first_of_each(plan: Plan, columns: Mapping[str, Any]) -> Any:
    """Which rows are the first of their follower (of one account); the others are rejected."""
    keep = np.ones(len(columns["row"]), dtype=np.bool_)
    seen: dict[tuple[str, str | None], int] = {}
    held = zip(columns["account"].to_pylist(), columns["of"].to_pylist(), columns["row"].to_pylist(), strict=True)
    for i, (account, of, row) in enumerate(held):
        if (account, of) in seen:
            keep[i] = False
            plan.reasons[row] = f"the follower of row {seen[account, of] + 1} (counted without the header) again"
        seen.setdefault((account, of), row)
    return keep


def _list(source: Source, columns: Mapping[str, Any], keep: Any) -> FollowerList:
    def numbers(field: str) -> Any:
        return columns[field].cast(pa.float64()).to_numpy(zero_copy_only=False)[keep]

    ids, names = (np.array(columns[f].to_pylist(), dtype=object)[keep] for f in ("account", "name"))
    return FollowerList(
        name=_stem(source),
        ids=ids,
        names=names,
        **{f: numbers(f) for f in NUMBERS},
        rejected=tuple((source.name, line, reason) for line, reason in sorted(source.rejected)),
        notes=tuple(f"{what} ({n:,} times)" for what, n in sorted(source.notes.items())),
    )


# Counts --------------------------------------------------------------------------------------------------------------


def _counts(source: Source) -> list[Counts]:
    plan = _plan(source, COUNTS, ("time",), ("count",))
    columns = _read(plan, _series)
    plan.table.settle(plan.reasons, source)
    rejected = tuple((source.name, line, reason) for line, reason in sorted(source.rejected))
    of = np.array(columns["of"].to_pylist(), dtype=object)
    days = columns["time"].to_numpy(zero_copy_only=False).astype(np.int64) // 86400
    held = columns["count"].to_numpy(zero_copy_only=False).astype(np.float64)
    found = []
    for name in sorted({o for o in of.tolist() if o is not None}) + [None] * (None in of.tolist()):
        rows = np.array([o == name for o in of])
        found.append(Counts(_stem(source) if name is None else show(name, 80), days[rows], held[rows], rejected))
    if not found:
        raise InputError(f"{source.name} has no dated count that can be used ({len(plan.reasons):,} rows left out)")
    return found


def _series(rows: Rows) -> dict[str, Any]:
    time, number = rows.times("time"), rows.numbers("count")
    rows.reject(~_cells.mask(pc.is_valid(time)), "no date")
    rows.reject(~_cells.mask(pc.is_valid(number)), "no number of followers")
    negative = pc.less(pc.fill_null(number, 0), 0)
    rows.reject(_cells.mask(negative), "a number of followers below 0")
    return {"time": time, "count": number, "of": rows.label("of")}
