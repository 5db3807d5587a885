"""Posts as JSON of no platform in particular: one object a post, fields named in whatever way and nested at will.

An object is seen as a row whose columns are called by their path: ``{"user": {"id": 7}, "tags": [{"text": "vote"}]}``
has ``user.id`` (7) and ``tags.text`` (a list: vote). Paths are found by the same names as columns of a CSV table, and
named by hand alike: ``--map account=user.id --map hashtags=tags.text``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import pyarrow as pa

from graphnet.errors import FormatError, InputError
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._json import describe, first, values
from graphnet.readers._records import PIECE, Raw
from graphnet.readers.posts_table import PostsTable, score
from graphnet.schema import RAW_POSTS

__all__ = ["PostsJson"]

Path = tuple[str, ...]
SAMPLE = 1000
"""Objects that tell which paths there are."""
DEEP, MANY = 6, 500
"""Paths longer, or more, than this are not looked at."""
GENERIC = 0.8
"""A JSON file is a little less surely posts than a table with the same columns: platforms have formats of their own."""
LISTS = {
    "hashtags": ["hashtags.text", "hashtags.tag", "tags.name", "entities.hashtags.text", "entities.hashtags.tag"],
    "mentions": ["mentions.id", "user_mentions.id_str", "entities.user_mentions.id_str", "entities.mentions.id"],
    "mention_names": ["mentions.username", "user_mentions.screen_name", "entities.user_mentions.screen_name"],
    "links": ["urls.expanded_url", "entities.urls.expanded_url", "links.url", "urls.url"],
}
"""Usual places of lists whose items are objects."""


@dataclass(frozen=True)
class PostsJson(Reader):
    """JSON Lines, a JSON array or JSON objects one after another, one post each.

    The author is needed, everything else is used where it is there.
    """

    name: ClassVar[str] = "posts_json"
    title: ClassVar[str] = "Posts (JSON, JSON Lines): author, and any of time, text, id, hashtags … by path (user.id)"
    fields: ClassVar[Mapping[str, str]] = columns.fields(RAW_POSTS)

    def sniff(self, source: Source) -> float:
        """As sure as `posts_table` is of a table with these columns, times `GENERIC`."""
        objects = [value for value in first(source.head) if isinstance(value, dict)]
        if not objects:
            return 0.0
        return GENERIC * score(columns.choose(list(_paths(objects)), columns.POSTS, source, strict=False))

    def read(self, source: Source) -> Raw:
        """Yield posts, and accounts where the objects say something about their authors.

        Raises:
            InputError: The file is empty, holds no objects, or no path names the author.
        """
        sample = [v for _, v in islice(values(Source(source.name, source.path)), SAMPLE) if isinstance(v, dict)]
        if not sample:
            raise FormatError(f"{source.name} holds no JSON objects, so no posts")
        paths = _paths(sample)
        _check_map(source, paths)
        next(iter(PostsTable().read(_as_table(source, sample, paths))), None)  # raises where the author has no path
        wanted = {n: p for n, p in paths.items() if columns.known([n]) or n in _mapped(source, paths).values()}
        for piece, lines in _pieces(source):
            table = _as_table(source, piece, wanted)
            yield from PostsTable().read(table)
            for row, reason in table.rejected:
                source.reject(lines[row - 1], reason)
            for what, count in table.notes.items():
                source.note(what, count)


def _pieces(source: Source) -> Iterator[tuple[list[Any], list[int]]]:
    """The objects of the file, so many at a time, with their lines."""
    piece: list[Any] = []
    lines: list[int] = []
    for line, value in values(source):
        if not isinstance(value, dict):
            source.reject(line, f"not an object but {describe(value)}")
            continue
        piece.append(value)
        lines.append(line)
        if len(piece) == PIECE:
            yield piece, lines
            piece, lines = [], []
    if piece:
        yield piece, lines


# Objects as a table --------------------------------------------------------------------------------------------------


def _paths(objects: Iterable[dict[str, Any]]) -> dict[str, Path]:
    """The paths in some objects by their dotted names, in the order of their first appearance."""
    found: dict[str, Path] = {}
    for value in objects:
        for path in _leaves(value):
            if len(found) >= MANY:
                return found
            found.setdefault(".".join(path), path)
    return found


def _leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict) and len(path) < DEEP:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from _leaves(item, path)
    elif path and not isinstance(value, dict) and value != []:  # an empty list says nothing of what its items are
        yield path


def _at(value: Any, path: Path) -> Any:
    """What stands at a path; a list where the path leads through one."""
    for i, name in enumerate(path):
        if isinstance(value, list):
            found = (_at(item, path[i:]) for item in value)
            return [inner for item in found for inner in (item if isinstance(item, list) else [item])]
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _as_table(source: Source, objects: Sequence[dict[str, Any]], paths: Mapping[str, Path]) -> Source:
    """The objects as an input in memory, with the column map of the file."""
    table = pa.table({name: _column(_cells(objects, path)) for name, path in paths.items()})
    return Source(source.name, data=table, columns=_mapped(source, paths), options=source.options)


def _mapped(source: Source, paths: Mapping[str, Path]) -> dict[str, str]:
    """The user's column map, and where it is silent the usual places of lists."""
    usual = {field: next((p for p in places if p in paths), "") for field, places in LISTS.items()}
    return {field: path for field, path in usual.items() if path} | dict(source.columns)


def _check_map(source: Source, paths: Mapping[str, Path]) -> None:
    for field, path in source.columns.items():
        if field in PostsJson.fields and path not in paths:
            there = ", ".join(list(paths)[:40]) + (", …" if len(paths) > 40 else "")
            raise InputError(
                f"{path!r} (for {field}) is not in the first {SAMPLE} objects of {source.name}, which have: {there}"
            )


def _cells(objects: Sequence[dict[str, Any]], path: Path) -> list[Any]:
    if len(path) == 1:
        return [value.get(path[0]) for value in objects]
    return [_at(value, path) for value in objects]


def _column(cells: list[Any]) -> pa.Array:
    """Text, or lists of text where most cells are lists (one odd cell must not cost the file)."""
    kinds = Counter(map(type, cells))
    if 2 * kinds[list] > len(cells) - kinds[type(None)]:
        lists = [cell if isinstance(cell, list) or cell is None else [cell] for cell in cells]
        return pa.array([cell and [_text(item) for item in cell] for cell in lists], pa.list_(pa.string()))
    return pa.array(cells if kinds.keys() <= {str, type(None)} else [_text(cell) for cell in cells], pa.string())


def _text(cell: Any) -> str | None:
    """A value as text: whole numbers with all their digits, decimal ones so that a ruined id shows."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return repr(cell)
    if isinstance(cell, list):
        return " ".join(filter(None, map(_text, cell)))
    return cell if isinstance(cell, str) else None
