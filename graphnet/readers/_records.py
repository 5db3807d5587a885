"""Records out of JSON values, and rows on their way into Arrow: what the readers of platform JSON share."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa

from graphnet.errors import FormatError
from graphnet.readers import Source
from graphnet.readers._cells import shortened
from graphnet.readers._json import values
from graphnet.schema import RAW_ACCOUNTS, RAW_POSTS, Table

__all__ = ["PIECE", "Raw", "Row", "Rows", "gather", "ident", "number", "unescaped", "unix"]

Raw = Iterator[tuple[Table, pa.Table]]
"""What `Reader.read` yields."""
Row = tuple[Any, ...]
"""One row of a raw table, in the order of its columns."""
PIECE = 20_000
"""Posts in one piece: some 50 MB of Python objects at most."""
POSTS = RAW_ACCOUNTS.names.index("posts")

# Ids, counts, times, words -------------------------------------------------------------------------------------------

_NAMES = "JanFebMarAprMayJunJulAugSepOctNovDec"
_MONTHS = {_NAMES[i : i + 3]: i // 3 + 1 for i in range(0, 36, 3)}


def ident(value: Any) -> str | None:
    """An id as text; None for none.

    Raises:
        ValueError: It is a decimal number, whose last digits are lost, or no id at all.

    Example:
        >>> ident("12"), ident(1408876829491015681), ident(None), ident("")
        ('12', '1408876829491015681', None, None)
    """
    if type(value) is str:
        return value.strip() or None
    if value is None:
        return None
    if type(value) is int:
        return str(value)
    if type(value) is float:
        raise ValueError(f"the id {value!r} is a decimal number: its last digits are lost")
    raise ValueError(f"a {type(value).__name__} stands where an id was expected")


@lru_cache(maxsize=1 << 16)
def unix(value: str | None) -> int | None:
    """Seconds since 1970 of ``2021-06-26T19:56:43.000Z`` or ``Sat Jun 26 19:56:43 +0000 2021``; None for none.

    Raises:
        ValueError: It is no such time.

    Example:
        >>> unix("2021-06-26T19:56:43.000Z") == unix("Sat Jun 26 19:56:43 +0000 2021") == 1624737403
        True
    """
    if not value:
        return None
    try:
        if value[4:7] in _MONTHS and value[20:25] == "+0000":  # by far the commonest, and ten times quicker so
            clock = int(value[11:13]), int(value[14:16]), int(value[17:19])
            return timegm((int(value[26:30]), _MONTHS[value[4:7]], int(value[8:10]), *clock))
        time = datetime.fromisoformat(value) if value[:4].isdigit() else parsedate_to_datetime(value)
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() // 1)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise ValueError(f"{shortened(value)} is not a time") from None


def number(value: Any) -> int | None:
    """A count; None for none, and for the -1 by which some exports say unknown.

    Example:
        >>> number(12), number(-1), number(None)
        (12, None, None)
    """
    return value if type(value) is int and value >= 0 else None


def unescaped(text: str) -> str:
    """Twitter hands out words with ``&``, ``<`` and ``>`` written as HTML; these are the words as they were written.

    Example:
        >>> unescaped("R&amp;B &lt;3")
        'R&B <3'
    """
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# Rows into Arrow -----------------------------------------------------------------------------------------------------


@dataclass
class Rows:
    """Rows on their way into raw tables: posts in order, and each account (with each of its handles) once."""

    posts: list[Row] = field(default_factory=list)
    accounts: dict[Row, Row] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether there is enough for a piece."""
        return len(self.posts) >= PIECE or len(self.accounts) >= 2 * PIECE

    def account(self, row: Row) -> None:
        """Keep a row of `RAW_ACCOUNTS`; of several of one account the one with the most posts, so the latest."""
        key = row[:2]
        kept = self.accounts.get(key)
        if kept is None or (kept != row and _order(kept) < _order(row)):
            self.accounts[key] = row

    def pieces(self) -> Raw:
        """What has been gathered, as pieces of raw tables; empties the store."""
        posts, accounts = self.posts, list(self.accounts.values())
        self.posts, self.accounts = [], {}
        for table, rows in ((RAW_POSTS, posts), (RAW_ACCOUNTS, accounts)):
            if rows:
                columns = zip(*rows, strict=True)
                arrays = [_array(column, kind) for column, kind in zip(columns, table.arrow.types, strict=True)]
                yield table, pa.table(arrays, schema=table.arrow)


def gather(
    source: Source, unwrap: Callable[[Any], Iterable[Any]], take: Callable[[Any, Rows], None], holds: str
) -> Raw:
    """Read a file of JSON records, rejecting those that cannot be used.

    Args:
        source: The file.
        unwrap: The records in one JSON value of the file.
        take: Adds one record to the rows; whatever it raises for a record of another form rejects the record.
        holds: What the file should hold, for messages.

    Raises:
        FormatError: Every record was rejected.
    """
    rows, used = Rows(), 0
    for line, value in values(source):
        for record in _tried(source, line, unwrap, value):
            used += _tried(source, line, take, record, rows) is not _FAILED
        if rows.full:
            yield from rows.pieces()
    if not used and source.rejected:
        line, reason = source.rejected[0]
        raise FormatError(f"{source.name} holds no {holds}; line {line}: {reason}")
    yield from rows.pieces()


_FAILED: tuple[()] = ()


def _tried(source: Source, line: int, function: Callable[..., Any], *given: Any) -> Any:
    """What the function makes of a record; a record that it cannot handle is rejected and `_FAILED` returned."""
    try:
        return function(*given)
    except ValueError as error:
        reason = str(error)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        reason = f"a field is missing or of an unexpected form: {type(error).__name__} {error}"
    source.reject(line, reason)
    return _FAILED


def _order(row: Row) -> tuple[int, str]:
    return (row[POSTS] if isinstance(row[POSTS], int) else -1, repr(row))


def _array(values: Iterable[Any], kind: pa.DataType) -> pa.Array:
    """An Arrow column; should a value not be of its type, all are looked at one by one and such a value is null."""
    column = list(values)
    try:
        return pa.array(column, kind)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return pa.array([_fitting(v, kind) for v in column], kind)


def _fitting(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, list) and pa.types.is_list(kind):
        return [_fitting(v, kind.value_type) for v in value]
    try:
        return pa.scalar(value, kind).as_py()
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return None
