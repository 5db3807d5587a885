"""Write a collection as the files an analyst would be handed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import zstandard

from graphnet.errors import InputError
from graphnet.simulate.collection import Collection

__all__ = ["FILES", "save"]

FILES = ("posts.jsonl.zst", "follows.csv.gz", "profiles.csv.gz", "truth.csv", "world.json")
TIMES = ("time", "retweet_time", "quote_time", "created")
ROWS = 50_000


def save(made: Collection, into: Path, description: dict[str, Any]) -> dict[str, Any]:
    """Write the files of `FILES`; returns the description with rows and checksums added.

    The uncompressed contents are the same on every machine; compressed bytes depend on the versions of zlib and
    Zstandard.

    Args:
        made: What to write.
        into: Folder; made if there is none. Files of these names are replaced.
        description: Goes into world.json.

    Raises:
        InputError: The folder cannot be written.
    """
    contents = {
        "posts.jsonl.zst": (made.posts, _json_lines),
        "follows.csv.gz": (made.follows, _csv),
        "profiles.csv.gz": (made.profiles, _csv),
        "truth.csv": (made.truth, _csv),
    }
    try:
        into.mkdir(parents=True, exist_ok=True)
        sums, rows = {}, {}
        for name, (table, fill) in contents.items():
            rows[name] = table.num_rows
            sums[name] = _write(into / name, partial(fill, table))
        whole = description | {"rows": rows, "sha256_uncompressed": sums}
        (into / "world.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write the world to {into}: {error.strerror or error}. Name another folder.") from None
    return whole


class _Digest:
    """Passes bytes on and adds up their SHA-256."""

    def __init__(self, out: Any) -> None:
        self.out, self.sum = out, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.sum.update(data)
        self.out.write(data)


def _write(path: Path, fill: Callable[[_Digest], None]) -> str:
    """Write one file, compressed if its name says so; returns the SHA-256 of what was written, uncompressed."""
    with _opened(path) as out:
        digest = _Digest(out)
        fill(digest)
    return digest.sum.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with path.open("wb") as file:
        if path.suffix == ".gz":
            # no name and no time of day in the header: the same bytes whenever and wherever it is written
            with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
                yield packed
        elif path.suffix == ".zst":
            # retweets repeat words and ids of posts long before: a window of 16 MB halves what gzip makes of it
            wide = zstandard.ZstdCompressionParameters.from_level(12, window_log=24, enable_ldm=True)
            with zstandard.ZstdCompressor(compression_params=wide).stream_writer(file, closefd=False) as packed:
                yield packed
        else:
            yield file


def _json_lines(posts: pa.Table, out: _Digest) -> None:
    """One JSON object a line; what is null or empty is left out, as platforms do."""
    for start in range(0, posts.num_rows, ROWS):
        piece = _readable(posts.slice(start, ROWS))
        names = piece.column_names
        lines = []
        for row in zip(*(column.to_pylist() for column in piece.columns), strict=True):
            kept = {name: value for name, value in zip(names, row, strict=True) if value is not None}
            lines.append(orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE))
        out.write(b"".join(lines))


def _csv(table: pa.Table, out: _Digest) -> None:
    for start in range(0, max(table.num_rows, 1), ROWS):
        piece = _readable(table.slice(start, ROWS))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if start == 0:
            writer.writerow(piece.column_names)
        writer.writerows(zip(*(_cells(column) for column in piece.columns), strict=True))
        out.write(text.getvalue().encode())


def _cells(column: pa.ChunkedArray) -> Sequence[Any]:
    """Truth values as words that every reader knows."""
    values: list[Any] = column.to_pylist()
    return [str(v).lower() if isinstance(v, bool) else v for v in values]


def _readable(table: pa.Table) -> pa.Table:
    """Times as people and programs read them (2023-05-04T06:00:00Z), and a handle called what platforms call it."""
    for name in TIMES:
        if name in table.column_names:
            column = table[name].combine_chunks()
            moments = column.fill_null(0).to_numpy().astype("datetime64[s]")
            texts = np.char.add(np.datetime_as_string(moments), "Z").astype(object)
            unknown = column.is_null().to_numpy(zero_copy_only=False)
            table = table.set_column(table.column_names.index(name), name, pa.array(texts, mask=unknown))
    # "name" alone is the display name on most platforms
    return table.rename_columns({name: "screen_name" if name == "name" else name for name in table.column_names})
