"""Files and folders behind URLs, reached through fsspec; whatever goes wrong there is told in a sentence."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from graphnet.errors import GraphnetError, InputError, StudyError
from graphnet.log import logger
from graphnet.safe import show

__all__ = ["Ranges", "Remote", "Sink", "in_own_words", "own_words", "shown"]

_SECRETS = re.compile(r"(?<=://)[^/@\s'\"]*@|\?[^\s'\",)]*")
"""Where keys, passwords and signatures stand in the URLs of a text: before an ``@``, and in a query string."""
_CONTAINERS = ("abfs", "abfss", "wasb", "wasbs")
"""Schemes in which the container stands before the ``@``: shown, as long as no password stands with it."""


@dataclass(frozen=True, repr=False)
class Remote:
    """A file or folder behind a URL; where its methods are named as those of `pathlib.Path`, they do the same.

    Attributes:
        url: As it was given, with what must not be shown; ``str`` gives what may be.
    """

    url: str

    def __str__(self) -> str:
        return shown(self.url)

    def __repr__(self) -> str:
        return f"Remote({str(self)!r})"

    def __truediv__(self, name: str) -> Remote:
        base, mark, query = self.url.partition("?")
        return Remote(f"{base.rstrip('/')}/{name}{mark}{query}")

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return str(self).rstrip("/").rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The end of the name, from its last dot."""
        return Path(self.name).suffix

    def resolve(self) -> Remote:
        """The place itself: URLs have no working folder."""
        return self

    def reach(self) -> tuple[Any, str]:
        """The file system and the path in it.

        Raises:
            InputError: No file system is known by the scheme.
            StudyError: It needs a package that is not installed.
        """
        scheme = self.url.partition("://")[0]
        try:
            import fsspec  # noqa: PLC0415  (the extra "remote"; studies on disk do without)

            fsspec.get_filesystem_class(scheme)
        except ImportError as error:
            raise StudyError(
                f"{self} cannot be reached without a further package ({_reason(error, self.url)}). "
                "Install what is missing: pip install 'graphnet-analyzer[remote]' has it for S3"
            ) from None
        except ValueError:
            raise InputError(
                f"no file system is known by {scheme}://. Name a folder, or a URL such as s3://bucket/study "
                "or memory://study; `python -c 'import fsspec; print(fsspec.available_protocols())'` lists them"
            ) from None
        with self._told("reached"):
            found: tuple[Any, str] = fsspec.core.url_to_fs(self.url)
            return found

    def exists(self) -> bool:
        """Whether there is a file or folder."""
        fs, path = self._fresh()
        with self._told("looked for"):
            return bool(fs.exists(path))

    def is_file(self) -> bool:
        """Whether it is a file."""
        fs, path = self._fresh()
        with self._told("looked for"):
            return bool(fs.isfile(path))

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        fs, path = self._fresh()
        with self._told("looked for"):
            return bool(fs.isdir(path))

    def size(self) -> int:
        """Bytes of the file.

        Raises:
            FileNotFoundError: There is none.
        """
        fs, path = self.reach()
        with self._told("read"):
            return int(fs.size(path))

    def iterdir(self) -> Iterator[Remote]:
        """What is in the folder, sorted by name; nothing if there is no folder."""
        fs, path = self._fresh()
        with self._told("listed"):
            try:
                found = [str(entry).rstrip("/") for entry in fs.ls(path, detail=False)]
            except FileNotFoundError:
                found = []
        # object stores may list a folder itself, as an empty object
        inside = {entry.rpartition("/")[2] for entry in found if entry.strip("/") != path.strip("/")}
        yield from (self / name for name in sorted(inside))

    def read_bytes(self, start: int | None = None, end: int | None = None) -> bytes:
        """The bytes of the file, or those from ``start`` to before ``end``.

        Raises:
            FileNotFoundError: There is none.
        """
        fs, path = self.reach()
        with self._told("read"):
            return bytes(fs.cat_file(path, start=start, end=end))

    def read_text(self, encoding: str = "utf-8") -> str:
        """The text of the file."""
        return self.read_bytes().decode(encoding)

    def write_bytes(self, data: bytes) -> None:
        """Make the file, or replace it, in one go: others see the old bytes or the new ones."""
        fs, path = self.reach()
        with self._told("written", missing=True):
            fs.pipe_file(path, data)

    def create(self, data: bytes) -> bool:
        """Make a new file; False: there is one already.

        Where the file system cannot refuse to write over a file (S3, local disk and memory can), two who do this at
        the same moment may both be told that it is theirs.
        """
        if self.exists():
            return False
        fs, path = self.reach()
        with self._told("written", missing=True):
            try:
                fs.pipe_file(path, data, mode="create")
            except FileExistsError:
                return False
            except (TypeError, ValueError, RuntimeError):
                fs.pipe_file(path, data)
        return self.read_bytes() == data

    def unlink(self) -> None:
        """Delete the file, or the folder with all that is in it; nothing happens if there is none."""
        fs, path = self._fresh()
        with self._told("deleted"), suppress(FileNotFoundError):
            fs.rm(path, recursive=bool(fs.isdir(path)))

    def take(self, file: Path) -> None:
        """Upload a file from disk, piece by piece."""
        fs, path = self.reach()
        with self._told("written", missing=True):
            fs.put_file(str(file), path)

    def mkdir(self) -> None:
        """Make the folder where the file system has folders; a bucket is never made."""
        fs, path = self.reach()
        with self._told("written", missing=True):
            _made(fs, path)

    def ranges(self) -> Ranges:
        """The file to read from, with one request for each piece that is asked for.

        Raises:
            FileNotFoundError: There is none.
        """
        return Ranges(self)

    def sink(self) -> Sink:
        """A new file to write to, piece by piece; it is there once it is closed."""
        return Sink(self)

    @contextmanager
    def writing(self) -> Iterator[Sink]:
        """A file to write to, piece by piece; when the block ends with an error, nothing is kept of it."""
        sink = self.sink()
        try:
            yield sink
            sink.close()
        except BaseException:
            sink.discard()
            raise

    def _fresh(self) -> tuple[Any, str]:
        """As `reach`, forgetting what was listed before: others write here too."""
        fs, path = self.reach()
        with self._told("reached"):
            fs.invalidate_cache()
        return fs, path

    @contextmanager
    def _told(self, done: str, *, missing: bool = False) -> Iterator[None]:
        """Say in a sentence why something could not be done; a missing file stays FileNotFoundError unless told."""
        try:
            yield
        except GraphnetError:
            raise
        except FileNotFoundError as error:
            if not missing:
                raise
            raise StudyError(
                f"{self} cannot be {done}: there is no such bucket or folder ({_reason(error, self.url)}). "
                "Make it first, or name another"
            ) from None
        except PermissionError as error:
            raise StudyError(
                f"{self} cannot be {done}: no permission ({_reason(error, self.url)}). "
                "Check the credentials in the environment"
            ) from None
        except Exception as error:
            # each file system raises what its own libraries raise; nothing but their calls is inside these blocks
            logger.info("where it happened: %s", type(error).__name__)
            advice = "Check the URL, the network and the credentials in the environment"
            raise StudyError(f"{self} cannot be {done}: {_reason(error, self.url)}. {advice}") from None


class Sink(io.RawIOBase):
    """A remote file that is being written; errors are told as sentences."""

    def __init__(self, target: Remote) -> None:
        super().__init__()
        fs, path = target.reach()
        self._target, self._place = target, 0
        with target._told("written", missing=True):
            self._file = fs.open(path, "wb")

    def writable(self) -> bool:
        """See `io.IOBase`."""
        return True

    def write(self, data: Any) -> int:
        """See `io.RawIOBase`; always writes everything."""
        with self._target._told("written", missing=True):
            self._file.write(data)
        self._place += len(data)
        return len(data)

    def tell(self) -> int:
        """How many bytes were written."""
        return self._place

    def close(self) -> None:
        """End the file: from now on it is there."""
        if not self.closed:
            super().close()
            with self._target._told("written", missing=True):
                self._file.close()

    def discard(self) -> None:
        """Give up the file; some file systems keep what was written, which the next step deletes."""
        if not self.closed:
            super().close()
            with suppress(Exception):
                self._file.discard()
                # or it would be ended once more when it is collected
                self._file.closed = True


class Ranges(io.RawIOBase):
    """A remote file that is read in the pieces that are asked for, each with one request."""

    def __init__(self, file: Remote, size: int | None = None) -> None:
        super().__init__()
        self._file, self._size, self._place = file, file.size() if size is None else size, 0

    def readable(self) -> bool:
        """See `io.IOBase`."""
        return True

    def seekable(self) -> bool:
        """See `io.IOBase`."""
        return True

    def tell(self) -> int:
        """See `io.IOBase`."""
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:
        """See `io.IOBase`."""
        self._place = offset + (0, self._place, self._size)[whence]
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        """See `io.RawIOBase`; gives all that was asked for, as far as the file goes."""
        end = self._size if size is None or size < 0 else min(self._place + size, self._size)
        found = self._file.read_bytes(self._place, end) if end > self._place else b""
        self._place += len(found)
        return found


# Errors that pass through other libraries ----------------------------------------------------------------------------

_MARK = "\x1e"
"""Stands around our own sentences: DuckDB and Arrow pass errors of Python on as text, traceback and all."""


@contextmanager
def in_own_words() -> Iterator[None]:
    """Mark what is told of a remote file, so that `own_words` finds it in another library's error."""
    try:
        yield
    except (GraphnetError, FileNotFoundError) as error:
        raise OSError(f"{_MARK}{error}{_MARK}") from None


def own_words(error: BaseException) -> str | None:
    r"""What `in_own_words` marked; None: nothing.

    Example:
        >>> own_words(OSError("Traceback … OSError: \x1eno permission\x1e, sorry")), own_words(OSError("full"))
        ('no permission', None)
    """
    pieces = str(error).split(_MARK)
    return pieces[1] if len(pieces) > 2 else None


# What is shown -------------------------------------------------------------------------------------------------------


def shown(url: str) -> str:
    """A URL without user name, password and query string.

    Example:
        >>> shown("sftp://me:pass/word@host/study?sig=abc"), shown("s3://bucket/a@b"), shown("abfs://box@host/x")
        ('sftp://host/study', 's3://bucket/a@b', 'abfs://box@host/x')
    """
    return _without(url, _user(url)).partition("?")[0]


def _without(url: str, user: str) -> str:
    return url.replace(f"://{user}@", "://", 1) if user else url


def _user(url: str) -> str:
    """What stands before the ``@`` and is not for others to see; a password may hold a slash that it should not."""
    scheme, _, rest = url.partition("://")
    user, at, _ = rest.rpartition("@")
    first = user.partition("/")[0]
    if not at or (scheme in _CONTAINERS and ":" not in user and "/" not in user):
        return ""
    port = re.fullmatch(r"[^:]*(:\d*)?", first)
    return "" if "/" in user and port else user


def _reason(error: BaseException, url: str = "") -> str:
    """An error in a line, without what ``url`` hides; the class says what the message often does not."""
    text = str(error).strip()
    user, query = _user(url), url.partition("?")[2]
    for part in (user, unquote(user), *user.split(":", 1)[1:], query, unquote(query)):
        text = text.replace(part, "…") if part else text
    text = show(_SECRETS.sub("", text), 200).rstrip(".")
    kind = type(error).__name__
    return text if text and isinstance(error, ImportError) else f"{kind}: {text}" if text else kind


def _made(fs: Any, path: str) -> None:
    """Make a folder and those above it, but not the first part: that is a bucket, a container or a share."""
    parent = str(fs._parent(path))
    if "/" in parent.strip("/") and not fs.isdir(parent):
        _made(fs, parent)
    if not fs.isdir(path):
        with suppress(FileExistsError):
            fs.mkdir(path, create_parents=False)
