"""Rows on their way from the readers to the stage, prepared on all cores.

What posts share is worked out of their words in Python, which uses one core a process. So where an input is large,
worker processes do it, while this one reads on. They are plain child processes that rows go to and come from as Arrow
streams: not `multiprocessing`, which would run the caller's own script again in each of them.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import queue
import signal
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from graphnet import _intern, schema
from graphnet.errors import GraphnetError
from graphnet.readers import Reader, Source
from graphnet.schema import RAW_ACCOUNTS, RAW_EDGES, RAW_POSTS, STAGED

__all__ = ["fingerprint", "pieces", "prepare", "prepared", "serve", "sha256", "write"]

Piece = tuple[str, str, pa.Table]
"""Name of a raw table, where its rows come from (file and number of the first row), and the rows."""
Staged = list[tuple[str, pa.Table]]
"""Names of staged tables, and rows of them."""

ALONE = 10
"""Pieces prepared in this process before workers are thought of."""
WORTH = 8
"""Further pieces for which workers are started: to start two costs two seconds of processor, 16 pieces' worth."""
MOST = 4
"""Most workers: reading on takes a third of the time of preparing (CSV), so that more have nothing to do."""
AHEAD = 2
"""Pieces under way for each worker."""
SERVE = "from graphnet._stage import serve; serve()"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(source: Source) -> dict[str, Any]:
    """What an input file is known by later: ``sha256`` and ``bytes``; nothing of what is in memory."""
    return {} if source.path is None else {"sha256": sha256(source.path), "bytes": source.path.stat().st_size}


def pieces(source: Source, reader: Reader, counts: Counter[str]) -> Iterator[Piece]:
    """What a reader yields of one input, each piece with its place; adds its rows to ``counts``."""
    for table, rows in reader.read(source):
        schema.check(table, rows)
        place = f"{source.name}:{counts[table.name]}"
        counts[table.name] += rows.num_rows
        yield table.name, place, rows


def write(
    some: Iterable[tuple[int, Staged]], path: Callable[[str], Path], advance: Callable[[int], None] | None = None
) -> list[str]:
    """Write what is staged, as it comes, to a Parquet file a staged table; returns the names of these tables, sorted.

    Args:
        some: What `prepared` yields.
        path: The file of a staged table.
        advance: Is told of rows when they are written.
    """
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}
        for count, staged in some:
            for name, rows in staged:
                if name not in writers:
                    writers[name] = stack.enter_context(_intern.writer(path(name), rows.schema))
                writers[name].write_table(rows, row_group_size=_intern.GROUP)
            if advance:
                advance(count)
        return sorted(writers)


def prepare(table: str, origin: str, rows: pa.Table) -> Staged:
    """What is staged of a piece of a raw table."""
    if table == RAW_POSTS.name:
        return list(_intern.prepare_posts(rows, origin))
    if table == RAW_EDGES.name:
        return [(STAGED["staged_edges"].name, rows)]
    if table == RAW_ACCOUNTS.name:
        return list(_intern.prepare_profiles(rows))
    raise TypeError(f"a reader yielded table {table!r}")


def prepared(pieces: Iterable[Piece], workers: int) -> Iterator[tuple[int, Staged]]:
    """What is staged of each piece, in the order of the pieces, and how many rows that piece had.

    Args:
        pieces: Pieces of raw tables.
        workers: Processes that may work on posts beside this one; the answer does not depend on it.
    """
    left = iter(pieces)
    for table, origin, rows in islice(left, ALONE if workers > 1 else None):
        yield rows.num_rows, prepare(table, origin, rows)
    ahead = list(islice(left, WORTH))
    if len(ahead) == WORTH:
        yield from _side_by_side(chain(ahead, left), workers)
    else:
        yield from ((rows.num_rows, prepare(table, origin, rows)) for table, origin, rows in ahead)


def _side_by_side(pieces: Iterator[Piece], workers: int) -> Iterator[tuple[int, Staged]]:
    waiting: deque[tuple[int, Future[Staged]]] = deque()
    workers = min(workers, MOST)
    with _pool(workers) as (threads, idle):

        def submit(piece: Piece) -> None:
            waiting.append((piece[2].num_rows, threads.submit(_ask, idle, piece)))

        for piece in pieces:
            submit(piece)
            if len(waiting) > AHEAD * workers:
                rows, staged = waiting.popleft()
                yield rows, staged.result()
        while waiting:
            rows, staged = waiting.popleft()
            yield rows, staged.result()


# Workers -------------------------------------------------------------------------------------------------------------

Worker = subprocess.Popen[bytes]
Idle = queue.SimpleQueue[Worker]


@contextmanager
def _pool(workers: int) -> Iterator[tuple[ThreadPoolExecutor, Idle]]:
    """Worker processes, and as many threads to talk with them; both end with the block."""
    idle: Idle = queue.SimpleQueue()
    with ExitStack() as stack:
        for _ in range(workers):
            idle.put(stack.enter_context(_worker()))
        threads = ThreadPoolExecutor(workers)
        # not awaited where something went wrong: ending the workers ends what the threads wait for
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        yield threads, idle


@contextmanager
def _worker() -> Iterator[Worker]:
    # -P and our own path: a worker finds the same modules as this process, and none in the current folder
    path = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
    worker = subprocess.Popen(
        [sys.executable, "-P", "-c", SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            with suppress(OSError):  # rows that it did not take any more
                pipe.close()  # type: ignore[union-attr]


def _ask(idle: Idle, piece: Piece) -> Staged:
    """Have one of the workers prepare a piece."""
    table, origin, rows = piece
    if table != RAW_POSTS.name:
        return prepare(table, origin, rows)
    worker = idle.get()
    try:
        _send(worker.stdin, (table, origin), [rows])  # type: ignore[arg-type]
        names, tables = _receive(worker.stdout)  # type: ignore[arg-type]
    except (EOFError, OSError, pickle.UnpicklingError) as error:
        raise GraphnetError(f"a worker process ended ({error}). With --threads 1 graphnet reads without any") from None
    finally:
        idle.put(worker)
    if isinstance(names, Exception):
        raise names
    return list(zip(names, tables, strict=True))


def serve() -> None:
    """What a worker does: prepare the pieces that come in, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is answered by the process that started this one
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the rows
    with suppress(EOFError, BrokenPipeError):
        while True:
            (table, origin), (rows,) = _receive(incoming)
            try:
                found = prepare(table, origin, rows)
            except Exception as error:
                _send(outgoing, error, [])
            else:
                _send(outgoing, [name for name, _ in found], [rows for _, rows in found])


def _send(pipe: IO[bytes], about: Any, tables: list[pa.Table]) -> None:
    # as Arrow streams: a pickled slice takes the whole of what it was cut from with it
    pickle.dump((about, [_stream(table) for table in tables]), pipe, protocol=5)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[Any, list[pa.Table]]:
    about, streams = pickle.load(pipe)  # noqa: S301  (from a process of our own)
    return about, [pa.ipc.open_stream(stream).read_all() for stream in streams]


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())
