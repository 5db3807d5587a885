"""What posts share, worked out from their columns and, where these are null, from their words.

Python sees every distinct text, hashtag and link once; rows are only handled as Arrow arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.kernels import links as link
from graphnet.kernels import text as words
from graphnet.schema import FLAG, RAW_POSTS, TEXT, TEXTS

__all__ = ["DERIVED", "enrich", "mention_keys"]

DERIVED = pa.schema([*RAW_POSTS.arrow, ("domains", TEXTS), ("sequence", TEXT), ("text_key", TEXT), ("is_repost", FLAG)])
"""The columns of `enrich`: those of `RAW_POSTS` and ``domains`` (each once, in the order of the links), ``sequence``
(two and more hashtags, joined by a space), ``text_key`` (digest of the normalised words; null for reposts and for texts
too short to be evidence) and ``is_repost``."""

START = 60
"""Characters of a retweeted text that name the retweeted post. ``RT @x:`` copies are cut by the platform (at 140
characters, later 280) and end in …: any two copies of one post agree at least this far."""

AT = "[@＠]"
LINK = "://|(?i:www)[.]"
"""Without these (patterns of RE2) a text has no mention or retweet, and no link."""

ROWS = 1 << 17
"""Rows looked at together: enough for arrays to pay, too few for their texts to reach Arrow's 2 GB a column."""


def enrich(posts: pa.Table) -> pa.Table:
    """The same posts with canonical hashtags and links, with nulls filled from the text, and the columns of `DERIVED`.

    Filled from the text, each only where it is null: hashtags, links, mentions (where ids and handles are both null;
    the account behind ``RT @x:`` is no mention; the other of the two columns is then a list of nulls as long) and,
    where ``retweet_of``, ``retweet_account`` and ``retweet_name`` are all null, the retweet of ``RT @x: words``: its
    ``retweet_of`` is ``rt:@x:`` and the first `START` characters of the normalised words, the same for all who repeat
    that post. Hashtags keep order and repetitions; links and domains keep order and come once; what is no link goes.

    Args:
        posts: Rows in the columns of `graphnet.schema.RAW_POSTS`.

    Returns:
        As many rows, in the same order, in the columns of `DERIVED`.

    Example:
        >>> import pyarrow as pa
        >>> from graphnet.schema import RAW_POSTS
        >>> row = {"id": "1", "account": "7", "text": "RT @Amy: #Vote #NOW on http://www.example.org/?utm_source=x"}
        >>> found = enrich(pa.Table.from_pylist([row], RAW_POSTS.arrow)).to_pylist()[0]
        >>> found["retweet_name"], found["retweet_of"], found["sequence"], found["links"], found["domains"]
        ('Amy', 'rt:@amy:vote now on', 'vote now', ['https://example.org'], ['example.org'])
    """
    starts = range(0, posts.num_rows, ROWS) or [0]
    return pa.concat_tables([_enriched(posts.slice(start, ROWS)) for start in starts])


def _enriched(posts: pa.Table) -> pa.Table:
    columns = {name: _whole(posts[name]) for name in RAW_POSTS.names}
    text = _Texts(columns["text"])
    columns |= _retweets(columns, text)
    columns |= _mentions(columns, text)
    hashtags = text.fill(columns["hashtags"], words.hashtags, TEXTS, having="[#＃]")
    columns["hashtags"] = _lists(hashtags, words.tag, once=False)
    columns["links"] = _lists(text.fill(columns["links"], words.links, TEXTS, having=LINK), link.canonical)
    columns["domains"] = _lists(columns["links"], link.domain)
    columns["sequence"] = _sequence(columns["hashtags"])
    columns["is_repost"] = _any(columns, "retweet_of", "retweet_account", "retweet_name")
    columns["text_key"] = text.at(pc.invert(columns["is_repost"]), _text_key, TEXT)
    return pa.table({name: columns[name] for name in DERIVED.names}, DERIVED)


def _text_key(text: str) -> str | None:
    key = words.key(text)
    return key and words.digest(key)


def _retweets(columns: dict[str, pa.Array], text: _Texts) -> dict[str, pa.Array]:
    """``retweet_name`` and ``retweet_of`` with what ``RT @x:`` says where nothing else does."""
    unknown = pc.invert(_any(columns, "retweet_of", "retweet_account", "retweet_name"))
    found = {"retweet_name": text.at(unknown, _retweet_name, TEXT, having=AT)}
    found["retweet_of"] = text.at(pc.and_(unknown, pc.is_valid(found["retweet_name"])), _retweet_of, TEXT, having=AT)
    return {name: _coalesce(columns[name], filled) for name, filled in found.items()}


def _retweet_name(text: str) -> str | None:
    found = words.retweeted(text)
    return found and found[0]


def _retweet_of(text: str) -> str | None:
    found = words.retweeted(text)
    if found is None:
        return None
    handle, rest = found
    # a post of nothing but links or emoji has no words: then what is written names it
    start = words.normal(rest)[:START].rstrip() or " ".join(rest.casefold().split())[:START]
    return f"rt:@{handle.lower()}:{start}" if start else None


def _mentions(columns: dict[str, pa.Array], text: _Texts) -> dict[str, pa.Array]:
    """Both columns, of the same lengths, from the text where both are null."""
    ids, names = columns["mentions"], columns["mention_names"]
    names = text.fill(names, _mentioned, TEXTS, where=pc.and_(pc.is_null(ids), pc.is_null(names)), having=AT)
    return {"mentions": _aligned(ids, names), "mention_names": _aligned(names, ids)}


def _mentioned(text: str) -> list[str]:
    found = words.retweeted(text)
    return words.mentions(found[1] if found else text)


def _aligned(lists: pa.Array, other: pa.Array) -> pa.Array:
    """The lists, and where they are null a list of nulls as long as the other column's."""
    missing = pc.and_(pc.is_null(lists), pc.is_valid(other))
    if not pc.any(missing).as_py():
        return lists
    blank = pa.ListArray.from_arrays(other.offsets, pa.nulls(len(other.values), TEXT), mask=pc.is_null(other))
    return _whole(pc.if_else(missing, blank, lists))


def mention_keys(ids: pa.Array, handles: pa.Array) -> pa.Array:
    """Keys of the accounts each post mentions, each once: the id, or ``@handle`` in lower case where there is none.

    Args:
        ids: Lists of ids.
        handles: Lists of handles, as `enrich` makes them: null where the ids are, and as long.

    Returns:
        Lists, empty where both are null.

    Example:
        >>> ids = pa.array([["7", None, "7"], None, [""]], TEXTS)
        >>> handles = pa.array([["amy", "Bob", None], None, ["Cy"]], TEXTS)
        >>> mention_keys(ids, handles).to_pylist()
        [['7', '@bob'], [], ['@cy']]
    """
    known, handle = ids.flatten(), handles.flatten().dictionary_encode()
    # an empty handle names nobody
    named = pa.array([(name or None) and "@" + name.lower() for name in handle.dictionary.to_pylist()], TEXT)
    missing = pc.fill_null(pc.equal(known, ""), True)
    keys = pc.if_else(missing, named.take(handle.indices), known).dictionary_encode()
    lengths = pc.fill_null(pc.list_value_length(ids), 0).to_numpy()
    return _gathered(keys, np.repeat(np.arange(len(ids)), lengths), len(ids), once=True)


# Distinct texts, distinct list items ---------------------------------------------------------------------------------


class _Texts:
    """A column of texts, each distinct one of which is looked at once."""

    def __init__(self, column: pa.Array) -> None:
        self.rows = len(column)
        self.codes: Any = None
        self.looked: dict[str, pa.Array] = {}
        if column.null_count < self.rows:
            encoded = column.dictionary_encode()
            self.codes, self.distinct = encoded.indices, encoded.dictionary

    def at(
        self, where: pa.Array, function: Callable[[str], Any], kind: pa.DataType, having: str | None = None
    ) -> pa.Array:
        """``function(text)`` in the rows chosen, null elsewhere and where there is no text.

        A text in which ``having`` (a pattern) is not found holds nothing for the function, as an empty text does: most
        texts have no link, and Arrow sees that much sooner than Python.
        """
        if self.codes is None or not pc.any(where).as_py():
            return pa.nulls(self.rows, kind)
        codes = pc.if_else(where, self.codes, pa.scalar(None, self.codes.type))
        used = pc.unique(codes).drop_null()
        texts = self.distinct.take(used)
        if having is None:
            return pa.array(map(function, texts.to_pylist()), kind).take(pc.index_in(codes, used))
        places = pc.indices_nonzero(self._found(having).take(used))
        values = [function(""), *map(function, texts.take(places).to_pylist())]
        value_of = np.zeros(len(used), np.int64)
        value_of[places.to_numpy()] = np.arange(1, len(values))
        return pa.array(values, kind).take(pa.array(value_of).take(pc.index_in(codes, used)))

    def _found(self, pattern: str) -> pa.Array:
        """Of each distinct text, whether the pattern is found in it."""
        if pattern not in self.looked:
            self.looked[pattern] = pc.match_substring_regex(self.distinct, pattern)
        return self.looked[pattern]

    def fill(
        self,
        column: pa.Array,
        function: Callable[[str], Any],
        kind: pa.DataType,
        where: pa.Array | None = None,
        having: str | None = None,
    ) -> pa.Array:
        """The column, with ``function(text)`` where it is null (or where asked)."""
        if column.null_count == 0:
            return column
        return _coalesce(column, self.at(pc.is_null(column) if where is None else where, function, kind, having))


def _lists(column: pa.Array, function: Callable[[str], str | None], *, once: bool = True) -> pa.Array:
    """Each list with its items replaced by ``function(item)``, without those it turns to nothing.

    Args:
        column: Lists of text.
        function: Called once for every distinct item.
        once: Keep the first of equal items only.
    """
    if column.null_count == len(column):
        return column
    encoded = column.flatten().dictionary_encode()
    made = [(function(item) or None) if item else None for item in encoded.dictionary.to_pylist()]
    new = pa.array(made, TEXT).dictionary_encode()
    codes = new.indices.take(encoded.indices)
    made_of = pa.DictionaryArray.from_arrays(codes, new.dictionary)
    parents = pc.list_parent_indices(column).to_numpy()
    return _gathered(made_of, parents, len(column), once=once, mask=pc.is_null(column))


def _gathered(
    items: pa.DictionaryArray, parents: np.ndarray[Any, Any], rows: int, *, once: bool, mask: pa.Array | None = None
) -> pa.Array:
    """Lists of the items by their parents, without nulls."""
    codes = items.indices
    kept = _kept(parents, codes, once=once)
    lengths = np.bincount(parents[kept], minlength=rows)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    values = items.dictionary.take(codes.take(pa.array(kept)))
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=mask)


def _kept(parents: np.ndarray[Any, Any], codes: pa.Array, *, once: bool) -> np.ndarray[Any, Any]:
    """Places of the items that stay, in order."""
    valid = np.flatnonzero(pc.is_valid(codes).to_numpy(zero_copy_only=False))
    if not once or not len(valid):
        return valid
    found = codes.drop_null().to_numpy().astype(np.int64)
    pair = parents[valid].astype(np.int64) * (int(found.max()) + 1) + found
    first = np.unique(pair, return_index=True)[1]
    return np.asarray(valid[np.sort(first)])


def _sequence(hashtags: pa.Array) -> pa.Array:
    if hashtags.null_count == len(hashtags):
        return pa.nulls(len(hashtags), TEXT)
    several = pc.greater_equal(pc.list_value_length(hashtags), 2)
    return pc.binary_join(pc.if_else(several, hashtags, pa.scalar(None, TEXTS)), " ")


# Small Arrow helpers -------------------------------------------------------------------------------------------------


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """One array; lists start at their own first row (a slice keeps the offsets of the array it was cut from)."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if array.offset and array.type == TEXTS:
        return array.take(pa.array(np.arange(len(array))))
    return array


def _coalesce(first: pa.Array, second: pa.Array) -> pa.Array:
    if not first.null_count:
        return first
    return second if first.null_count == len(first) else _whole(pc.coalesce(first, second))


def _any(columns: dict[str, pa.Array], *names: str) -> pa.Array:
    """Rows in which one of the columns says something."""
    known: Iterable[pa.Array] = (pc.is_valid(columns[name]) for name in names)
    result, *rest = known
    for other in rest:
        result = pc.or_(result, other)
    return result
