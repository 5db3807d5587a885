"""Files behind URLs for DuckDB, through fsspec: DuckDB's own extensions for networks are never loaded.

DuckDB sees names of its own (``graphnet://7/actions.1.parquet``) that lead to one file each, so that no URL, password
or pattern ever reaches it. It asks for the columns and row groups that a query needs; each request is one ranged read.

A file gets a new name each time a table is opened. What DuckDB keeps of a file in memory, within its memory limit, is
therefore never mistaken for a later file of the same place.
"""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any

import duckdb
import fsspec

from graphnet.places import Ranges, Remote, Sink, in_own_words

__all__ = ["Files", "mount"]

LARGEST = 16 << 20
"""Bytes of a piece that is kept: as large as what a query asks for at once, so that it is one request."""
_NAMES = count(1)


class Files(fsspec.AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The file system that DuckDB is given: what is in it are the files it was told of."""

    protocol = "graphnet"
    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self._files: dict[str, tuple[Remote, int]] = {}

    def mounted(self, file: Remote, *, new: bool = False) -> str:
        """The name under which DuckDB reads a file, or writes it where it is ``new``.

        Raises:
            FileNotFoundError: There is no such file to read.
        """
        name = f"{self.protocol}://{next(_NAMES)}/{file.name}"
        self._files[name] = (file, 0 if new else file.size())
        return name

    def open(self, path: str, mode: str = "rb", **_: Any) -> io.RawIOBase:
        """See `fsspec.AbstractFileSystem`."""
        with in_own_words():
            file, size = self._files[path]
            return _Ranges(file, size) if mode == "rb" else _Sink(file)

    def glob(self, path: str, **_: Any) -> list[str]:
        """The file itself: a name stands for one file."""
        return [path]

    def size(self, path: str) -> int:
        """See `fsspec.AbstractFileSystem`."""
        return self._files[path][1]

    def modified(self, _path: str) -> datetime:
        """Never: a changed file has another name."""
        return datetime(2000, 1, 1, tzinfo=UTC)

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """See `fsspec.AbstractFileSystem`; what is to be written is not there yet."""
        size = self._files[path][1]
        if not size:
            raise FileNotFoundError(path)
        return {"name": path, "size": size, "type": "file"}


class _Ranges(Ranges):
    """A remote file that DuckDB reads."""

    def read(self, size: int | None = -1) -> bytes:
        with in_own_words():
            return super().read(size)


class _Sink(Sink):
    """A remote file that DuckDB writes."""

    def write(self, data: Any) -> int:
        with in_own_words():
            return super().write(data)

    def close(self) -> None:
        with in_own_words():
            super().close()


def mount(connection: Any, files: Files) -> None:
    """Give DuckDB the file system, and let it keep in memory what it read of remote files, within its limit."""
    connection.register_filesystem(files)
    # without it each query would fetch its columns anew; an earlier DuckDB has no such settings
    with suppress(duckdb.Error):
        connection.execute("set cache_local_files = true")
        connection.execute(f"set external_file_cache_local_max_block_size = {LARGEST}")
