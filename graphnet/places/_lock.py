"""The lock of a study: one writer at a time."""

from __future__ import annotations

import getpass
import json
import os
import platform
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from graphnet.errors import StudyBusy, StudyError
from graphnet.places._remote import Remote
from graphnet.safe import show

__all__ = ["LOCK", "locked"]

LOCK = ".lock"


@contextmanager
def locked(folder: Path | Remote) -> Iterator[Callable[[], None]]:
    """Keep other writers out of a study while the block runs.

    On disk the operating system holds the lock, so that it goes with the process. Elsewhere it is a file that says
    who holds it; a process that is killed leaves it behind.

    Yields:
        A function that makes sure that the lock is still held; to be called before what was written is taken over.

    Raises:
        StudyBusy: Another process holds the lock.
        StudyError: The folder cannot be written.
    """
    with _locked_on_disk(folder) if isinstance(folder, Path) else _locked_elsewhere(folder) as still:
        yield still


@contextmanager
def _locked_on_disk(folder: Path) -> Iterator[Callable[[], None]]:
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StudyBusy(
            f"another process is writing the study in {folder}. Wait for it to end, or use another folder."
        ) from None
    except OSError as error:
        raise StudyError(
            f"the study in {folder} cannot be written: {error.strerror or error}. "
            "Copy it to a folder that you may write, and use the copy."
        ) from None
    try:
        yield lambda: None
    finally:
        lock.release()


@contextmanager
def _locked_elsewhere(folder: Remote) -> Iterator[Callable[[], None]]:
    lock = folder / LOCK
    mine = _ticket()
    if not lock.create(mine):
        raise StudyBusy(_busy(folder, lock))

    def still() -> None:
        if _content(lock) != mine:
            raise StudyBusy(
                f"the lock of the study in {folder} was taken away while this step ran, so nothing of it is kept. "
                "Run it again when nobody else writes there."
            )

    try:
        yield still
    finally:
        if _content(lock) == mine:
            lock.unlink()


def _ticket() -> bytes:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        user = "unknown"
    who = f"{user}@{platform.node() or 'unknown'}, process {os.getpid()}"
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"who": who, "since": since, "token": secrets.token_hex(8)}).encode()


def _content(lock: Remote) -> bytes | None:
    with suppress(FileNotFoundError):
        return lock.read_bytes()
    return None


def _busy(folder: Remote, lock: Remote) -> str:
    try:
        said = json.loads(_content(lock) or b"{}")
        holder = f"{show(said['who'], 80)} since {show(said['since'], 30)}"
    except (ValueError, KeyError, TypeError):
        holder = "its lock does not say who"
    return (
        f"another process is writing the study in {folder} ({holder}). Wait for it to end, or use another folder. "
        f"If it was killed, it left its lock behind: delete {lock} and run the command again."
    )
