"""CSV and its kin, read by Arrow's parser.

What that cannot read (a row over 4 MB, a quotation mark that is never closed, bytes that are not UTF-8) goes through
Python's `csv` from there on; the same slow way finds, at the end, the lines of the rows that were rejected. The two
agree on what a row is, which a test holds.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any, NamedTuple

import pyarrow as pa

from graphnet.readers import Source
from graphnet.readers._input import SAMPLE, Input
from graphnet.readers._layout import Layout, layout

__all__ = ["Delimited"]

BLOCK = 1 << 22
"""Bytes that Arrow parses at a time: 1 MB makes twice as many pieces, 16 MB falls out of the cache (measured)."""
CELL = 4 * BLOCK
"""Longest cell of all; Arrow's longest row is 2 * BLOCK."""
RUNAWAY_LINES, RUNAWAY_BYTES = 1000, 1_000_000
"""A cell beyond this is no post: its quotation mark was never closed, and it has swallowed rows."""
SLOW_ROWS = 50_000
SWALLOWED = "a quotation mark opens a cell and is not closed within 1,000 lines or 1 MB"


class Delimited(Input):
    """A text table."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.layout: Layout = layout(source)
        self.names = self.layout.names
        self.width = self.layout.width
        self._read: Sequence[int] = ()
        self._rejects = False

    def again(self) -> Input:
        """See `Input.again`."""
        return Delimited(self.source)

    def sample(self, position: int) -> list[str]:
        """See `Input.sample`."""
        return [r[position] for r in self.layout.rows[:SAMPLE] if len(r) == self.width]

    def batches(self, positions: Sequence[int]) -> Iterator[list[Any]]:
        """See `Input.batches`. Cells are bytes: whether they are UTF-8 is asked column by column later.

        The last column is read in any case: an open quotation mark there swallows rows.
        """
        # rows that swallow others are told from the cells read, so both ways have to look at the same ones
        self._read = sorted({*positions, self.width - 1})
        done = 0
        with self.source.reading() as file:
            try:
                for batch in self._fast(file):
                    done += batch.num_rows
                    yield [batch.column(self._read.index(p)) for p in positions]
                return
            except pa.ArrowInvalid as error:
                if "Empty CSV file" in str(error):
                    return
            except (_Runaway, UnicodeDecodeError):
                # what Arrow cannot read, the slow way can
                pass
        self._rejects = True
        yield from self._slow(positions, done)

    def _fast(self, file: IO[bytes]) -> Iterator[Any]:
        import pyarrow.csv as pc  # noqa: PLC0415  (only files need it)

        names = [str(i) for i in range(self.width)]
        reader = pc.open_csv(
            _Utf8(self._body(file)),
            read_options=pc.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=pc.ParseOptions(
                delimiter=self.layout.delimiter, newlines_in_values=True, invalid_row_handler=self._odd
            ),
            convert_options=pc.ConvertOptions(
                column_types=dict.fromkeys(names, pa.binary()),
                include_columns=[names[i] for i in self._read],
                strings_can_be_null=False,
            ),
        )
        for batch in reader:
            if any(_runs_away(c) for c in batch.columns):
                raise _Runaway
            yield batch

    def _odd(self, row: Any) -> str:
        """A row with too many or too few cells: skipped here, its line is found at the end."""
        self._rejects = True
        # a row over so many lines has swallowed others: the slow way finds them again
        return "error" if row.text.count(self.layout.newline) > RUNAWAY_LINES else "skip"

    def _body(self, file: Any) -> IO[bytes]:
        """The file from its first row of data on."""
        if file.peek(3)[:3] == codecs.BOM_UTF8:
            file.read(3)
        if self.layout.newline == "\r":
            # line ends of the old Macintosh: rare, and then small
            return io.BytesIO(b"".join(file.read().split(b"\r", self.layout.skip)[self.layout.skip :]))
        for _ in range(self.layout.skip):
            file.readline()
        return file  # type: ignore[no-any-return]

    def _slow(self, positions: Sequence[int], done: int) -> Iterator[list[Any]]:
        good = islice((r.cells for r in self._records() if r.fault is None), done, None)
        while rows := list(islice(good, SLOW_ROWS)):
            yield [pa.array([r[p].encode("latin-1") for r in rows], pa.binary()) for p in positions]

    def settle(self, reasons: Mapping[int, str], source: Source) -> None:
        """Reject the rows for these reasons, and those with too many or too few cells, by their lines."""
        for line in self.layout.notes:
            source.reject(line, "stands above the header")
        if not (reasons or self._rejects):
            return
        row = 0
        for record in self._records():
            if record.fault is not None:
                source.reject(record.line, record.fault)
                continue
            if row in reasons:
                source.reject(record.line, reasons[row])
            row += 1

    def _records(self) -> Iterator[_Record]:
        """All rows, the faulty too, one by one."""
        # the limit is one for the whole process; it is only ever raised
        csv.field_size_limit(max(csv.field_size_limit(), CELL))
        with self.source.reading() as file:
            # Latin-1 keeps every byte as it is
            body = io.TextIOWrapper(self._body(file), encoding="latin-1", newline="")
            yield from self._parsed(_Lines(body, self.layout))

    def _parsed(self, lines: _Lines) -> Iterator[_Record]:
        while True:
            reader = csv.reader(lines, delimiter=self.layout.delimiter)
            try:
                for cells in reader:
                    fault = self._fault(cells, lines)
                    if fault == SWALLOWED:
                        break
                    if cells:
                        yield _Record(lines.start, cells, fault)
                    lines.next_record()
                else:
                    return
            except csv.Error:
                pass
            yield _Record(lines.start, [], SWALLOWED)
            lines.rewind()

    def _fault(self, cells: list[str], lines: _Lines) -> str | None:
        if len(cells) == self.width:
            return SWALLOWED if any(_long(cells[p]) for p in self._read) else None
        over = lines.over
        if over > RUNAWAY_LINES:
            return SWALLOWED
        span = f" (with line ends inside, down to line {lines.start + over})" if over else ""
        return f"{len(cells)} columns instead of {self.width}{span}"


class _Utf8:
    """A file for Arrow that stops at the first bytes that are not UTF-8.

    Arrow decodes rows of wrong width for their handler, and prints a traceback where it cannot.
    """

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def read(self, size: int = -1) -> bytes:
        """Some bytes."""
        block = self._file.read(size)
        if not block.isascii() or self._decoder.getstate()[0]:
            self._decoder.decode(block, final=not block)
        return block


class _Runaway(Exception):  # noqa: N818  (never leaves this module)
    """Arrow has read a cell that is too long to be one."""


class _Record(NamedTuple):
    line: int
    cells: list[str]
    fault: str | None


class _Lines:
    """Physical lines with their numbers; can go back to the line after the one where the current row began."""

    def __init__(self, file: io.TextIOBase, layout: Layout) -> None:
        self._file = file
        self._newline = layout.newline
        self._ahead: list[str] = []
        self._row: list[str] = []
        self.start = layout.skip + 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._ahead.pop() if self._ahead else next(self._file)
        self._row.append(line)
        return line

    @property
    def over(self) -> int:
        """How many line ends the current row has inside."""
        return self._ends(self._row[:-1])

    def next_record(self) -> None:
        """The current row is done."""
        self.start += self._ends(self._row)
        self._row.clear()

    def rewind(self) -> None:
        """Give back all lines of the current row but its first."""
        first, *rest = self._row
        self._ahead.extend(reversed(rest))
        self._row = [first]
        self.next_record()

    def _ends(self, lines: Sequence[str]) -> int:
        count = 0
        for line in lines:
            count += line.endswith(self._newline)
        return count


def _long(cell: str) -> bool:
    return len(cell) > RUNAWAY_BYTES or cell.count("\n") > RUNAWAY_LINES


def _runs_away(column: Any) -> bool:
    import pyarrow.compute as pc  # noqa: PLC0415

    long = column.filter(pc.greater(pc.binary_length(column), RUNAWAY_LINES))
    return any(_long(cell.decode("latin-1")) for cell in long.to_pylist())
