"""Rows of any table to `graphnet.schema.RAW_POSTS`, and what they say about the authors to `RAW_ACCOUNTS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet import schema
from graphnet.readers import Source
from graphnet.readers import _cells as cells
from graphnet.readers import _columns as columns
from graphnet.readers._accounts import profile
from graphnet.readers._input import Input
from graphnet.readers._rows import Piece, Plan, Rows, raw, run

__all__ = ["Authors", "posts", "read_posts"]


def read_posts(source: Source, table: Input, synonyms: columns.Synonyms = columns.POSTS) -> Iterator[Piece]:
    """Read a table as posts, and as accounts what it says about their authors.

    Raises:
        InputError: No column names the author.
    """
    chosen = columns.needed(table.columns, synonyms, source, ("account", "name"))
    if _own_address(table, chosen):
        del chosen["links"]
    authors = Authors()
    yield from run(Plan(source, table, chosen), _builder(authors))
    found = authors.table()
    if found.num_rows:
        yield schema.RAW_ACCOUNTS, found


def _builder(authors: Authors) -> Callable[[Rows], Iterator[Piece]]:
    def build(rows: Rows) -> Iterator[Piece]:
        made = posts(rows)
        authors.add(rows, made)
        yield schema.RAW_POSTS, made

    return build


def _own_address(table: Input, chosen: Mapping[str, int]) -> bool:
    """Whether the links are the posts' own addresses (they hold the post's id), not what the posts link to."""
    if "links" not in chosen or "id" not in chosen:
        return False
    # a column of lists has no sample: addresses of posts stand alone
    pairs = [(i, a) for i, a in zip(table.sample(chosen["id"]), table.sample(chosen["links"]), strict=False) if i and a]
    return bool(pairs) and sum(i in a for i, a in pairs) > 0.9 * len(pairs)


def posts(rows: Rows) -> pa.Table:
    """Rows as `graphnet.schema.RAW_POSTS`."""
    plain = {f: rows.ids(f) for f in ("retweet_of", "retweet_account", "retweet_name", "quote_of", "quote_account")}
    plain |= {f: rows.ids(f) for f in ("quote_name", "reply_to", "reply_account", "reply_name")}
    mentions, names = _mentions(rows)
    columns = {
        "id": rows.needed_ids("id", "post id") if "id" in rows.columns else rows.nothing(pa.string()),
        **_author(rows),
        "time": rows.times("time"),
        "text": rows.text("text"),
        "lang": rows.label("lang"),
        "client": _client(rows),
        **plain,
        "retweet_time": rows.loose_times("retweet_time"),
        "quote_time": rows.loose_times("quote_time"),
        "hashtags": _list(rows, "hashtags", cells.words),
        "mentions": mentions,
        "mention_names": names,
        "links": _list(rows, "links", cells.links),
        "media": _list(rows, "media", cells.links),
    }
    return rows.kept_of(raw(schema.RAW_POSTS, columns))


def _author(rows: Rows) -> dict[str, Any]:
    """The author's id and handle. A handle that only repeats the id (hashed archives) is none."""
    name = rows.ids("name")
    if "account" not in rows.columns:
        rows.reject(~cells.mask(pc.is_valid(name)), "no author")
        return {"account": rows.nothing(pa.string()), "name": name}
    account, damage = cells.ids(rows.columns["account"])
    for bad, reason in damage:
        rows.reject(bad, reason, "account")
    rows.reject(~cells.mask(pc.or_(pc.is_valid(account), pc.is_valid(name))), "no author")
    same = pc.fill_null(pc.equal(account, name), False)
    return {"account": account, "name": pc.if_else(same, pa.scalar(None, pa.string()), name)}


def _client(rows: Rows) -> Any:
    """The program, out of the link that Twitter's API wraps it in."""
    client = rows.label("client")
    return pc.replace_substring_regex(client, r"^\s*<a [^>]*>([^<]*)</a>\s*$", r"\1")


def _list(rows: Rows, of: str, split: Callable[[Any], Any]) -> Any:
    return split(rows.columns[of]) if of in rows.columns else rows.nothing(pa.list_(pa.string()))


def _mentions(rows: Rows) -> tuple[Any, Any]:
    """Ids and handles of mentioned accounts, aligned: where only one is known the other is null.

    A column of mentions may hold either: all digits is an id.
    """
    none = rows.nothing(pa.list_(pa.string()))
    ids, names = (_id_lists(rows, f) if f in rows.columns else None for f in ("mentions", "mention_names"))
    if ids is not None and names is not None:
        aligned = pc.equal(pc.list_value_length(ids), pc.list_value_length(names))
        return ids, pc.if_else(aligned, names, _nulls_like(ids))
    if ids is not None:
        return ids, _nulls_like(ids)
    if names is None:
        return none, none
    values = names.flatten()
    digits = pc.match_substring_regex(values, r"^\d+$")
    null = pa.scalar(None, pa.string())
    return _like(names, pc.if_else(digits, values, null)), _like(names, pc.if_else(digits, null, values))


def _id_lists(rows: Rows, of: str) -> Any:
    """Lists of ids or handles; those that are damaged are left out."""
    lists = cells.words(rows.columns[of])
    values, damage = cells.ids(lists.flatten())
    rows.note_damage(of, damage)
    index = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    return _null_where(lists, cells.gathered(index, values, cells.mask(pc.is_valid(values)), rows.count))


def _nulls_like(lists: Any) -> Any:
    return _like(lists, pa.nulls(len(lists.flatten()), pa.string()))


def _like(lists: Any, values: Any) -> Any:
    sizes = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    ends = pa.array(np.concatenate(([0], np.cumsum(sizes))).astype(np.int32))
    return _null_where(lists, pa.ListArray.from_arrays(ends, values))


def _null_where(lists: Any, made: Any) -> Any:
    return pc.if_else(pc.is_null(lists), pa.scalar(None, made.type), made) if lists.null_count else made


class Authors:
    """What a table of posts says about their authors: for each the newest state, whatever the order of the rows."""

    def __init__(self) -> None:
        self._seen: list[pa.Table] = []

    def add(self, rows: Rows, made: pa.Table) -> None:
        """Take note of the authors of some rows; ``made`` is what `posts` has made of them."""
        if not any(f.startswith("author_") for f in rows.columns):
            return
        known = rows.kept_of(pa.table(profile(rows, "author_")))
        who = {"id": made["account"], "name": made["name"], "seen": made["time"]}
        self._seen.append(_newest(pa.table(who | {c: known[c] for c in known.column_names})))

    def table(self) -> pa.Table:
        """The authors as `graphnet.schema.RAW_ACCOUNTS`."""
        if not self._seen:
            return schema.RAW_ACCOUNTS.empty()
        newest = _newest(pa.concat_tables(self._seen))
        columns = {c: newest[c] for c in newest.column_names}
        return raw(schema.RAW_ACCOUNTS, columns | {"status": pa.nulls(len(newest), pa.string())})


def _newest(table: pa.Table) -> pa.Table:
    """One row an account: of each detail the value last seen that there is."""
    order = [(c, "ascending") for c in ("seen", *(c for c in table.column_names if c != "seen"))]
    ordered = table.sort_by(order)
    details = [c for c in table.column_names if c not in ("id", "name")]
    grouped = ordered.group_by(["id", "name"], use_threads=False).aggregate([(c, "last") for c in details])
    return grouped.rename_columns([c.removesuffix("_last") for c in grouped.column_names])
