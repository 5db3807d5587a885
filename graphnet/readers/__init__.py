"""Readers turn files, DataFrames and graphs into the raw tables of `graphnet.schema`. One input format a file.

To add a format, add a file with one subclass of `Reader`; see CONTRIBUTING.md.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, ClassVar

import pyarrow as pa

from graphnet import registry
from graphnet.errors import InputError
from graphnet.schema import Table

__all__ = ["Reader", "Source"]

COMPRESSIONS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "Zstandard"}
HEAD = 1 << 16
BESIDE = frozenset(
    (".md", ".rst", ".pdf", ".doc", ".docx", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".html", ".htm", ".py")
)
"""Endings of files that lie beside data and are none."""


@dataclass(frozen=True)
class Source:
    """One input: a file, or an object in memory.

    Args:
        name: What the user called it; appears in messages and in ``rejected``.
        path: The file, or None for an object in memory.
        data: The object in memory (a DataFrame, a graph), or None for a file.
        columns: Column map given by the user: our field -> name (or number from 1) of the column in the input.
        options: Reader settings given by the user, such as ``kind``.
        rejected: The rows left out so far: (line, reason).
        notes: What was left out of rows that are kept otherwise: what -> how many times.
        named: Whether the user named it; a file that was found in a folder may be passed over.
        memo: What one reader has found out about the file while sniffing, for the others.
    """

    name: str
    path: Path | None = None
    data: Any = None
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    rejected: list[tuple[int, str]] = field(default_factory=list, compare=False)
    notes: dict[str, int] = field(default_factory=dict, compare=False)
    named: bool = True
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def suffixes(self) -> list[str]:
        """Endings of the file name in lower case, without that of the compression: ``a.JSONL.gz`` -> [".jsonl"]."""
        endings = [s.lower() for s in Path(self.name).suffixes]
        return [s for s in endings if s not in COMPRESSIONS]

    @property
    def beside(self) -> bool:
        """Whether the name is that of a file that lies beside data, such as ``README.txt`` or ``map.png``."""
        name = Path(self.name).name.casefold()
        about = name.startswith(("readme", "license", "licence")) and set(self.suffixes) <= {".txt", *BESIDE}
        return about or bool(BESIDE & set(self.suffixes[-1:]))

    def open(self) -> IO[bytes]:
        """The file's bytes, decompressed (told by the first bytes, not by the name).

        Raises:
            InputError: The file is not there or cannot be opened.
        """
        if self.path is None:
            raise InputError(f"{self.name} is not a file")
        try:
            with self.path.open("rb") as file:
                start = file.read(6)
            return _open(self.path, start)
        except OSError as error:
            raise InputError(f"cannot open {self.name}: {error.strerror or error}") from None

    @cached_property
    def head(self) -> str:
        """The first 64 kB as text, for sniffing; empty for objects in memory."""
        if self.path is None:
            return ""
        with self.reading() as file:
            return file.read(HEAD).decode("utf-8-sig", errors="replace")

    @contextmanager
    def reading(self) -> Iterator[IO[bytes]]:
        """Open the file for the time of a block; see `open`.

        Raises:
            InputError: Also where the block fails since the compressed file is damaged.
        """
        with self.open() as file:
            try:
                yield file
            except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
                raise InputError(
                    f"{self.name} is cut short or not what its first bytes say: {error}. Download or copy it again."
                ) from None

    def reject(self, line: int, reason: str) -> None:
        """Leave out one row: it goes to the ``rejected`` table with its line (from 1) and the reason."""
        self.rejected.append((line, reason))

    def note(self, what: str, count: int) -> None:
        """Say what was left out of rows that are kept otherwise, such as an id that a spreadsheet has rounded."""
        if count:
            self.notes[what] = self.notes.get(what, 0) + count


def _open(path: Path, start: bytes) -> IO[bytes]:
    # opened by path: a decompressor that was given an open file leaves it open when it is closed itself
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(path)  # type: ignore[return-value]
    if start.startswith(b"BZh"):
        return bz2.open(path)
    if start.startswith(b"\xfd7zXZ\x00"):
        return lzma.open(path)
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        # the zstandard package takes the end of a file that is cut for the end of the data
        return io.BufferedReader(pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))
    return path.open("rb")


class Reader(ABC):
    """One input format.

    A reader is a frozen dataclass without fields unless the format has settings.

    Attributes:
        name: What ``--format`` takes.
        title: One line for ``graphnet formats``.
        fields: The columns that ``--map`` can name, with their meaning; empty where the format fixes them.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    fields: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def sniff(self, source: Source) -> float:
        """How sure the reader is that this input is its format: 0 (no) to 1 (nothing else looks like this).

        Looks at ``source.head``, ``source.suffixes``, ``source.data`` and ``source.columns`` only. Formats with a
        signature of their own answer .9 and more, generic ones .2 to .5, so that they lose against the former.
        """

    @abstractmethod
    def read(self, source: Source) -> Iterator[tuple[Table, pa.Table]]:
        """Yield pieces of raw tables: ``(schema.RAW_POSTS, rows)``, ``(schema.RAW_EDGES, rows)``, ….

        Rows that cannot be used go to ``source.reject(line, reason)``.

        Raises:
            InputError: The input as a whole cannot be read (a column is missing, it is not this format).
        """


Base = Reader


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("readers", name)
