"""Cells to values: ids, numbers, flags and lists, whole columns at a time.

Columns come as text (from CSV) or typed (from Parquet and DataFrames). Ids stay text: a spreadsheet or a float rounds
long ids, and a rounded id is another account's. Such ids are *damaged*: the functions here say which and why, the
callers decide whether the row can do without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "Damage",
    "Mask",
    "flags",
    "gathered",
    "has_any",
    "ids",
    "links",
    "mask",
    "numbers",
    "plain",
    "present",
    "real",
    "shortened",
    "text",
    "weights",
    "words",
]

Mask = npt.NDArray[np.bool_]
Damage = list[tuple[Mask, str]]
"""What is wrong with some values of a column: (which rows, the reason)."""

MISSING = pa.array(["", "nan", "NaN", "NAN", "None", "NULL", "null", "\\N", "<NA>", "NaT"])
"""How programs write "nothing". An account called ``null`` would be read as none: the account "nan" that every faulty
row points to would be the worse error."""

RUINED = r"^\d([.,]\d+)?[eE]\+?\d+$|^[1-9]\d{16,}\.0*$|^9\d{15}\.0*$"
"""An id that went through a float: scientific notation, or ``….0`` beyond 2^53 where floats skip whole numbers."""

CUT = r"^[1-9]\d{14}0{2,}$"
"""An id of 17 digits or more of which a spreadsheet kept fifteen; by chance one in a hundred looks like that."""
CUT_REASON = "a spreadsheet kept 15 digits of the id {value} and put zeros for the others: keep ids as text"
CUT_AT_LEAST, CUT_SHARE, SAMPLE = 5, 0.9, 1000

NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
"""What a cast to a float takes too, without its words for infinity."""
WHOLE = r"^(\d+)\.0*$"
EXACT = 2**53


def shortened(value: object, length: int = 40) -> str:
    r"""A value fit for a message: cut, and without characters that could steer a terminal or turn the text around.

    Example:
        >>> shortened("a\x1b[31m")
        '"a�[31m"'
    """
    shown = str(value)
    safe = "".join(c if c.isprintable() else "�" for c in shown[:length])
    return f'"{safe}…"' if len(shown) > length else f'"{safe}"'


def mask(column: Any) -> Mask:
    """A boolean Arrow column as numpy; null counts as False."""
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def text(column: Any) -> tuple[Any, Damage]:
    """A column as text; values that are no UTF-8 become null and are damaged."""
    column = plain(column)
    if pa.types.is_string(column.type):
        return column, []
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        return column.cast(pa.string()), []
    try:
        return column.cast(pa.string()), []
    except pa.ArrowInvalid:
        return _decoded(column)


def _decoded(column: Any) -> tuple[Any, Damage]:
    """The rare case, value by value: one bad byte must not cost the file."""
    values: list[str | None] = []
    bad = np.zeros(len(column), dtype=np.bool_)
    for i, value in enumerate(column.to_pylist()):
        try:
            values.append(None if value is None else value.decode())
        except UnicodeDecodeError:
            values.append(None)
            bad[i] = True
    return pa.array(values, pa.string()), [(bad, "not UTF-8 text")]


def plain(column: Any) -> Any:
    """A column without dictionary encoding, chunks and 64-bit offsets."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_large_string(column.type) or column.type == pa.string_view():
        return column.cast(pa.string())
    return column.cast(pa.string()) if pa.types.is_null(column.type) else column


def present(column: Any) -> Any:
    """Text trimmed, with null where the input says in one way or another that there is nothing."""
    trimmed = pc.utf8_trim_whitespace(column)
    nothing = pc.is_in(trimmed, value_set=MISSING)
    return pc.if_else(nothing, pa.scalar(None, pa.string()), trimmed) if pc.any(nothing).as_py() else trimmed


def ids(column: Any) -> tuple[Any, Damage]:
    """A column of ids as text: null where there is none or where it is damaged.

    ``98336677.0`` is the exact id 98336677; ``1.198473762313818e+18`` has lost its last digits. A leading ``@`` is no
    part of a handle.
    """
    column = plain(column)
    if pa.types.is_floating(column.type):
        return _float_ids(column)
    values, damage = text(column)
    values = present(values)
    if has_any(values, "@"):
        values = pc.replace_substring_regex(values, "^@", "")
    if (cut := _cut(values)) is not None:
        damage.append((cut, CUT_REASON))
    if has_any(values, ".+"):
        ruined = mask(pc.match_substring_regex(values, RUINED))
        values = pc.replace_substring_regex(values, WHOLE, r"\1")
        damage.append((ruined, "a spreadsheet rounded the id {value}"))
    if (_bytes(values) < 32).any():
        damage.append((mask(pc.match_substring_regex(values, r"[\x00-\x1f]")), "the id {value} has control characters"))
    return _without(values, damage), [d for d in damage if d[0].any()]


def _cut(values: Any) -> Mask | None:
    """Which ids a spreadsheet has cut to 15 digits; None: these ids end in zeros by chance, if at all."""
    some = values.slice(0, SAMPLE)
    long = some.filter(pc.match_substring_regex(some, r"^\d{17,}$"))
    cut = mask(pc.match_substring_regex(long, CUT))
    if cut.sum() < max(CUT_AT_LEAST, CUT_SHARE * len(long)):
        return None
    return mask(pc.match_substring_regex(values, CUT))


def _float_ids(column: Any) -> tuple[Any, Damage]:
    numbers_ = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    missing = np.isnan(numbers_)
    with np.errstate(invalid="ignore"):
        exact = (np.floor(numbers_) == numbers_) & (np.abs(numbers_) < EXACT)
    values = pa.array(np.where(exact, numbers_, 0).astype(np.int64)).cast(pa.string())
    bad = ~exact & ~missing
    values = pc.if_else(pa.array(exact), values, pa.scalar(None, pa.string()))
    return values, [(bad, "the id {value} is a number that lost digits: keep ids as text")] if bad.any() else []


def _without(values: Any, damage: Damage) -> Any:
    for bad, _ in damage:
        if bad.any():
            values = pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), values)
    return values


def has_any(column: Any, characters: str) -> bool:
    """Whether any of these ASCII characters is anywhere in a column of text.

    Looking at the column's bytes as one costs a tenth of asking value by value, and most columns have none of the
    characters that need more work.
    """
    data = _bytes(column)
    return any(bool((data == ord(c)).any()) for c in characters)


def _bytes(column: Any) -> npt.NDArray[np.uint8]:
    _, offsets, data = column.buffers()
    if data is None or not len(column):
        return np.empty(0, dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]


def real(column: Any) -> Any:
    """A column of text as float64, or None if some value is no number in the plainest form.

    A cast that fails is slow, hence the try on a single value first.
    """
    try:
        column.slice(0, 1).cast(pa.float64())
        return column.cast(pa.float64())
    except pa.ArrowInvalid:
        return None


def numbers(column: Any) -> Any:
    """A column of counts as int64; null where there is no number."""
    values = weights(column).to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        usable = np.isfinite(values) & (np.abs(values) < EXACT)
    return pa.array(np.where(usable, values, 0).astype(np.int64), mask=~usable)


def weights(column: Any) -> Any:
    """A column of numbers as float64; null where there is none. ``1,234`` is a thousand and more."""
    column = plain(column)
    if not pa.types.is_string(column.type) and not pa.types.is_binary(column.type):
        figures = any(is_(column.type) for is_ in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal))
        return column.cast(pa.float64()) if figures else pa.nulls(len(column), pa.float64())
    values = present(text(column)[0])
    if (plainly := real(values)) is not None:
        return plainly
    if has_any(values, ","):
        values = pc.replace_substring_regex(values, r"(\d),(\d{3})\b", r"\1\2")
    shaped = pc.match_substring_regex(values, NUMBER)
    return pc.replace_substring(pc.if_else(shaped, values, pa.scalar(None, pa.string())), "+", "").cast(pa.float64())


def flags(column: Any) -> Any:
    """A column of yes and no as booleans; null where it says neither.

    Example:
        >>> flags(pa.array(["true", "0", "?"])).to_pylist()
        [True, False, None]
    """
    column = plain(column)
    if pa.types.is_boolean(column.type):
        return column
    said = pc.utf8_lower(pc.utf8_trim_whitespace(text(column)[0]))
    yes = pc.is_in(said, value_set=pa.array(["true", "t", "yes", "y", "1", "1.0"]))
    no = pc.is_in(said, value_set=pa.array(["false", "f", "no", "n", "0", "0.0"]))
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))


def words(column: Any) -> Any:
    """A column of lists of tags, handles or ids in one cell, in whatever way they were written, as lists of text.

    Example:
        >>> words(pa.array(["['a', 'b']", "[2572896396]", "x;y|z", "#one #two", ""])).to_pylist()
        [['a', 'b'], ['2572896396'], ['x', 'y', 'z'], ['one', 'two'], []]
    """
    return _lists(column, lambda cells: pc.replace_substring_regex(cells, r"""[\[\](){}'"\s,;|#＃\x00]+""", " "))


def links(column: Any) -> Any:
    """A column of lists of links in one cell as lists of text; commas inside a link stay.

    Example:
        >>> links(pa.array(["['http://a.org/1,2', 'http://b.org']", "[http://c.org]", "d.org e.org"])).to_pylist()
        [['http://a.org/1,2', 'http://b.org'], ['http://c.org'], ['d.org', 'e.org']]
    """
    return _lists(column, _link_cells)


def _link_cells(cells: Any) -> Any:
    bare = pc.replace_substring_regex(cells, r"""^[\s\[({'"]+|[\s\])}'"]+$""", "")
    apart = pc.replace_substring_regex(bare, r"""['"]?[,;|\s]+['"]?(https?://)""", r" \1")
    return pc.replace_substring_regex(apart, r"""['"]?,?[\s|]+['"]?""", " ")


def _lists(column: Any, spaced: Callable[[Any], Any]) -> Any:
    """Lists of text from a column; ``spaced`` puts one space between the items of each cell.

    Cells with lists of JSON objects are null: what their fields mean is for the readers of such formats to say.
    """
    column = plain(column)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return _typed_lists(column)
    cells = pc.fill_null(present(text(column)[0]), "")
    parts = pc.split_pattern(pc.utf8_trim_whitespace(spaced(cells)), " ")
    items, rows = parts.flatten(), pc.list_parent_indices(parts)
    lists = gathered(rows.to_numpy(zero_copy_only=False), items, mask(pc.not_equal(items, "")), len(column))
    objects = pc.match_substring_regex(cells, r"^\[\s*\{")
    return pc.if_else(objects, pa.scalar(None, lists.type), lists) if pc.any(objects).as_py() else lists


def _typed_lists(column: Any) -> Any:
    items, rows = column.flatten(), pc.list_parent_indices(column)
    if pa.types.is_struct(items.type) or pa.types.is_nested(items.type):
        return pa.nulls(len(column), pa.list_(pa.string()))
    values, _ = ids(items)
    return gathered(rows.to_numpy(zero_copy_only=False), values, mask(pc.is_valid(values)), len(column))


def gathered(rows: Any, items: Any, keep: Mask, count: int) -> Any:
    """Lists of those items that are kept; ``rows``, ascending, says to which of the ``count`` rows each belongs."""
    sizes = np.bincount(rows[keep], minlength=count)
    ends = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), items.filter(pa.array(keep)))
