"""Where a study is: a folder on disk, or one behind a URL (``s3://bucket/study``, ``memory://study``, …).

A place is a `pathlib.Path` or a `Remote`, which has the few methods of a path that studies need. URLs are reached
through fsspec, which also speaks for pyarrow's file systems; credentials come from the environment or from fsspec's
own configuration, and are neither kept nor shown.

Example:
    >>> study = place("memory://example/study")
    >>> study.name, str(study / "manifest.json")
    ('study', 'memory://example/study/manifest.json')
    >>> replace(study / "manifest.json", "{}")
    >>> names(study)
    ['manifest.json']
    >>> remove(study)
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from graphnet.errors import InputError
from graphnet.places._lock import LOCK, locked
from graphnet.places._remote import Ranges, Remote, Sink, in_own_words, own_words, shown
from graphnet.safe import show

__all__ = [
    "LOCK",
    "Place",
    "Ranges",
    "Remote",
    "Sink",
    "copy",
    "in_own_words",
    "is_plain",
    "locked",
    "made",
    "move",
    "names",
    "own_words",
    "place",
    "reading",
    "remove",
    "replace",
    "scratch",
    "shown",
    "writing",
]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_COLLAPSED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/[^/]")
_PLAIN = re.compile(r"(?!\.)[^/\\*?\[\]{}:#%\x00-\x1f]+")
PIECE = 8 << 20
"""Bytes that are held at once while a file is copied."""

Place = Path | Remote


def place(where: str | Path | Remote) -> Place:
    """The place that a path or URL names.

    Raises:
        InputError: It cannot be the URL of a folder.

    Example:
        >>> place("study/"), place("s3://me:secret@bucket/study?sig=abc")
        (PosixPath('study'), Remote('s3://bucket/study'))
    """
    if isinstance(where, Remote):
        return where
    if isinstance(where, Path):
        if _COLLAPSED.match(str(where)):
            raise InputError(f"{show(shown(str(where)))} is a URL in a Path, which drops a slash: give it as text")
        return where
    if "::" in where and "://" in where:
        raise InputError(f"{show(shown(where))} is several URLs in one; a study is in a folder of one file system")
    found = _SCHEME.match(where)
    if not found:
        return Path(where)
    if found[0] in ("file://", "local://"):
        return Path(where[found.end() :])
    if not shown(where)[found.end() :].strip("/"):
        raise InputError(f"{show(shown(where))} names no folder: add one, such as {found[0]}bucket/study")
    return Remote(where)


def is_plain(name: str) -> bool:
    """Whether a file name is only that: no folder, no pattern, no sign that means something in a URL.

    Example:
        >>> is_plain("pairs.co_retweet.2.parquet"), is_plain("../x"), is_plain("*.parquet"), is_plain("..")
        (True, False, False, False)
    """
    return bool(_PLAIN.fullmatch(name))


def made(folder: Place) -> None:
    """Make a folder and those above it; nothing happens if it is there."""
    if isinstance(folder, Remote):
        folder.mkdir()
    else:
        folder.mkdir(parents=True, exist_ok=True)


def names(folder: Place) -> list[str]:
    """Names of what is in a folder, sorted; none if there is no folder."""
    if isinstance(folder, Path) and not folder.exists():
        return []
    return sorted(entry.name for entry in folder.iterdir())


def replace(file: Place, text: str) -> None:
    """Write a file in one go: whoever reads it meanwhile, or after a crash, gets the old text or the new one."""
    if isinstance(file, Remote):
        file.write_bytes(text.encode())
        return
    new = file.with_name(file.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def remove(where: Place) -> None:
    """Delete a file, or a folder with all that is in it; nothing happens if there is none."""
    if isinstance(where, Path) and where.is_dir() and not where.is_symlink():
        shutil.rmtree(where)
    elif isinstance(where, Path):
        where.unlink(missing_ok=True)
    else:
        where.unlink()


def move(source: Path, target: Place) -> None:
    """Move a file or folder on disk to a place where nothing of that name is in use.

    The manifest of a study goes last: until then there is no study in the target.
    """
    if isinstance(target, Path):
        source.replace(target)
        return
    copy(source, target)
    remove(source)


def copy(source: Place, target: Place) -> None:
    """Copy a file, or a folder with all that is in it but its lock, piece by piece; a manifest goes last."""
    if source.is_dir():
        made(target)
        inside = [name for name in names(source) if name != LOCK]
        for name in sorted(inside, key=lambda name: name == "manifest.json"):
            copy(source / name, target / name)
    elif isinstance(source, Path) and isinstance(target, Remote):
        target.take(source)
    elif isinstance(source, Path) and isinstance(target, Path):
        shutil.copyfile(source, target)
    elif isinstance(source, Remote):
        with target.open("wb") if isinstance(target, Path) else target.writing() as file:
            for start in range(0, size := source.size(), PIECE):
                file.write(source.read_bytes(start, min(start + PIECE, size)))


@contextmanager
def reading(file: Place) -> Iterator[Path | pa.NativeFile]:
    """What a Parquet reader can read from: the path itself on disk, ranged reads elsewhere."""
    if isinstance(file, Path):
        yield file
        return
    with pa.PythonFile(file.ranges(), mode="r") as source:
        yield source


@contextmanager
def writing(file: Place) -> Iterator[Path | Sink]:
    """What a Parquet writer can write to: the path itself on disk, a stream elsewhere."""
    if isinstance(file, Path):
        yield file
        return
    with file.writing() as sink:
        yield sink


def scratch(folder: Place) -> Path:
    """A folder on disk for what a step needs while it runs; the caller removes it."""
    if isinstance(folder, Remote):
        return Path(tempfile.mkdtemp(prefix="graphnet-"))
    return folder / ".scratch"
