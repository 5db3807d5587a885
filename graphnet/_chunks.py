"""Parquet files put together from column chunks of others, whose bytes are copied as they are.

Where rows only move, their texts need not be unpacked and packed again: a chunk (one column of one row group) says in
itself how it is encoded, and only the footer knows where it lies. pyarrow does not write such footers, so the little of
Thrift's compact protocol that they are made of is read and written here.

Example:
    >>> import io, pyarrow as pa, pyarrow.parquet as pq
    >>> one, two, made = io.BytesIO(), io.BytesIO(), io.BytesIO()
    >>> pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), one)
    >>> pq.write_table(pa.table({"a": [7, 8]}), two)
    >>> assembled = Assembled(made, pa.schema([("a", pa.int64()), ("b", pa.string())]))
    >>> assembled.add(File(one).group(0) | File(two).group(0))
    >>> assembled.close()
    >>> pq.read_table(made).to_pylist()
    [{'a': 7, 'b': 'x'}, {'a': 8, 'b': 'y'}]
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from graphnet.errors import StudyError

__all__ = ["Assembled", "Chunk", "File", "repeated"]

MAGIC = b"PAR1"
TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 12
"""Types of Thrift's compact protocol. Footers have no sets and no maps."""

Struct = dict[int, tuple[int, Any]]
"""The fields of a struct by their numbers, each with its type; a list is the type of its elements and these."""

SCHEMA, ROWS, GROUPS, NOTES = 2, 3, 4, 5
"""Fields of a footer …"""
COLUMNS, GROUP_BYTES, GROUP_ROWS, GROUP_START, GROUP_PACKED, ORDINAL = 1, 2, 3, 5, 6, 7
"""… of a row group …"""
CHUNK_START, ABOUT = 2, 3
"""… of a chunk …"""
PATH, VALUES, UNPACKED, PACKED, DATA, DICTIONARY = 3, 5, 6, 7, 9, 11
"""… and of what is said about it."""
ELSEWHERE = (10, 14, 15)
"""What is said about indexes and filters, which lie outside of the chunk and are not copied."""
SIZES = 16
"""What is said about the sizes of its values, and how many are null: it is of no use to our readers."""
PAGE_UNPACKED, PAGE_PACKED, DATA_PAGE, PAGE_VALUES = 2, 3, 5, 1
"""Fields of the header of a page, and of what it says about a page of data."""


@dataclass(frozen=True)
class Chunk:
    """One column of one row group.

    Attributes:
        file: The file that it lies in.
        about: What its footer says about it.
    """

    file: IO[bytes]
    about: Struct

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return int(self.about[VALUES][1])

    @property
    def start(self) -> int:
        """Where it starts: at the dictionary, where it has one."""
        starts = [self.about[at][1] for at in (DICTIONARY, DATA) if at in self.about]
        return int(min(start for start in starts if start > 0))

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            StudyError: The file ends before it.
        """
        size = self.about[PACKED][1]
        self.file.seek(self.start)
        found = self.file.read(size)
        if len(found) != size:
            raise StudyError("a table of the study is cut off. Bring its file back, or read the inputs again.")
        return found

    def moved(self, start: int) -> Struct:
        """What is to be said about it when its bytes start elsewhere."""
        by = start - self.start
        about = {at: field for at, field in self.about.items() if at not in ELSEWHERE}
        for at in (DATA, DICTIONARY):
            if about.get(at, (I64, 0))[1] > 0:
                about[at] = (I64, about[at][1] + by)
        return {CHUNK_START: (I64, 0), ABOUT: (STRUCT, about)}


class File:
    """The chunks of a Parquet file without nested columns."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        file.seek(-8, io.SEEK_END)
        size, _ = struct.unpack("<I4s", file.read(8))
        file.seek(-8 - size, io.SEEK_END)
        self.footer = _Reader(file.read(size)).struct()

    def __len__(self) -> int:
        return len(self.footer[GROUPS][1][1])

    def group(self, number: int) -> dict[str, Chunk]:
        """The chunks of a row group by the names of their columns."""
        columns = self.footer[GROUPS][1][1][number][COLUMNS][1][1]
        chunks = [Chunk(self.file, column[ABOUT][1]) for column in columns]
        return {chunk.about[PATH][1][1][0].decode(): chunk for chunk in chunks}


def repeated(field: pa.Field, value: Any, rows: int) -> Chunk:
    """A column in which every row has the same value: its bytes are some dozen, whatever the number of rows.

    Example:
        >>> import io, pyarrow as pa, pyarrow.parquet as pq
        >>> field, file = pa.field("kind", pa.string()), io.BytesIO()
        >>> made = Assembled(file, pa.schema([field]))
        >>> made.add({"kind": repeated(field, "retweet", 1000)})
        >>> made.close()
        >>> pq.read_table(file)["kind"].value_counts().to_pylist()
        [{'values': 'retweet', 'counts': 1000}]
    """
    file = io.BytesIO()
    one = pa.table([pa.array([value], field.type)], schema=pa.schema([field]))
    pq.write_table(one, file, compression="none", use_dictionary=True)
    chunk = File(file).group(0)[field.name]
    pages = _Reader(chunk.read())
    pages.bytes(pages.struct()[PAGE_PACKED][1])  # the dictionary, which is this value
    dictionary, head = pages.data[: pages.at], pages.struct()
    # a run says how often, and what: that a value is there (if it may be null), and its number, of which each is a bit
    often = _varint(rows << 1)
    there = struct.pack("<I", len(often) + 1) + often + b"\1" if field.nullable else b""
    page = there + b"\1" + often + b"\0"
    head |= dict.fromkeys((PAGE_UNPACKED, PAGE_PACKED), (I32, len(page)))
    head[DATA_PAGE][1][PAGE_VALUES] = (I32, rows)
    made = dictionary + _struct(head) + page
    about = {at: said for at, said in chunk.about.items() if at != SIZES} | {VALUES: (I64, rows)}
    about |= dict.fromkeys((UNPACKED, PACKED), (I64, len(made)))
    about |= {DICTIONARY: (I64, 1), DATA: (I64, 1 + len(dictionary))}
    return Chunk(io.BytesIO(b"\0" + made), about)  # what starts at 0 would be nowhere


class Assembled:
    """A Parquet file to which row groups come as chunks of other files; to be closed at the end.

    A column that may have nulls has to be one where the chunks come from as well, and one that may not has not to be
    one: else a chunk lacks the marks that say where they are, or has some.

    Attributes:
        schema: Its columns.
        rows: How many rows came to it.
    """

    def __init__(self, file: IO[bytes], schema: pa.Schema) -> None:
        like = io.BytesIO()
        pq.write_table(schema.empty_table(), like)
        self._footer, self._file, self._names = File(like).footer, file, schema.names
        self.schema = schema
        self._groups: list[Struct] = []
        self.rows = 0
        file.write(MAGIC)

    def add(self, chunks: Mapping[str, Chunk]) -> None:
        """Add a row group, of which there is a chunk for each column of the schema."""
        start, rows = self._file.tell(), chunks[self._names[0]].rows
        columns = []
        for name in self._names:
            columns.append(chunks[name].moved(self._file.tell()))
            self._file.write(chunks[name].read())
        unpacked = sum(chunks[name].about[UNPACKED][1] for name in self._names)
        self._groups.append(
            {
                COLUMNS: (LIST, (STRUCT, columns)),
                GROUP_BYTES: (I64, unpacked),
                GROUP_ROWS: (I64, rows),
                GROUP_START: (I64, start),
                GROUP_PACKED: (I64, self._file.tell() - start),
                ORDINAL: (I16, len(self._groups)),
            }
        )
        self.rows += rows

    def close(self, notes: Mapping[str, str] | None = None) -> None:
        """Write the footer, with notes by their names."""
        said = [{1: (BINARY, key.encode()), 2: (BINARY, note.encode())} for key, note in (notes or {}).items()]
        before = self._footer[NOTES][1][1] if NOTES in self._footer else []
        footer = self._footer | {ROWS: (I64, self.rows), GROUPS: (LIST, (STRUCT, self._groups))}
        footer |= {NOTES: (LIST, (STRUCT, before + said))}
        made = _struct(footer)
        self._file.write(made + struct.pack("<I4s", len(made), MAGIC))


# Thrift's compact protocol -------------------------------------------------------------------------------------------


class _Reader:
    """Reads the values of a footer one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def bytes(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]

    def varint(self) -> int:
        value, shift = 0, 0
        while True:
            (byte,) = self.bytes(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def integer(self) -> int:
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def value(self, type_: int) -> Any:
        if type_ in (TRUE, FALSE):
            return None  # said by the type
        if type_ == BYTE:
            return self.bytes(1)
        if type_ in (I16, I32, I64):
            return self.integer()
        if type_ == DOUBLE:
            return self.bytes(8)
        if type_ == BINARY:
            return self.bytes(self.varint())
        return self.list() if type_ == LIST else self.struct()

    def list(self) -> tuple[int, list[Any]]:
        (head,) = self.bytes(1)
        size = head >> 4
        if size == 0xF:
            size = self.varint()
        type_ = head & 0xF
        # truth values have a byte of their own in lists
        return type_, [self.bytes(1) if type_ <= FALSE else self.value(type_) for _ in range(size)]

    def struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while head := self.bytes(1)[0]:
            number = number + (head >> 4) if head >> 4 else self.integer()
            found[number] = (head & 0xF, self.value(head & 0xF))
        return found


def _varint(value: int) -> bytes:
    made = bytearray()
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*made, value))


def _integer(value: int) -> bytes:
    return _varint(value << 1 ^ value >> 63)


def _value(type_: int, value: Any) -> bytes:
    if type_ in (TRUE, FALSE):
        return b""
    if type_ in (I16, I32, I64):
        return _integer(value)
    if type_ == BINARY:
        return _varint(len(value)) + bytes(value)
    if type_ == LIST:
        return _list(*value)
    return _struct(value) if type_ == STRUCT else bytes(value)


def _list(type_: int, values: list[Any]) -> bytes:
    size = len(values)
    head = bytes([size << 4 | type_]) if size < 0xF else bytes([0xF0 | type_]) + _varint(size)
    return head + b"".join(value if type_ <= FALSE else _value(type_, value) for value in values)


def _struct(fields: Struct) -> bytes:
    made = bytearray()
    before = 0
    for number in sorted(fields):
        type_, value = fields[number]
        step = number - before
        made += bytes([step << 4 | type_]) if 0 < step <= 0xF else bytes([type_]) + _integer(number)
        made += _value(type_, value)
        before = number
    return bytes(made + b"\0")
