"""Values out of a JSON file, one after another.

Four shapes of file are read alike, in bounded memory: JSON Lines, one array, one object, and objects written one after
another over several lines each. What is broken is rejected with its line, and reading goes on behind it.
"""

from __future__ import annotations

import codecs
import io
import json
import lzma
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any

import orjson

from graphnet.errors import InputError
from graphnet.readers import Source
from graphnet.readers._cells import shortened

__all__ = ["describe", "first", "values"]

CHUNK = 1 << 20
_BETWEEN = re.compile(r"[\s,\[\]]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
# escaped: a high half without a low one behind it, or a low half without a high one before it
_HALF = re.compile(r"\\u[dD](?:[89abAB]\w\w(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]\w\w\\u[dD])[c-fC-F])")
_DECODER = json.JSONDecoder()


# Values out of a file ------------------------------------------------------------------------------------------------


def values(source: Source) -> Iterator[tuple[int, Any]]:
    """Every value in the file with the line it starts in (from 1); the items of an array come one by one.

    Half characters (lone surrogates) become U+FFFD, and so do bytes that are no UTF-8. A file that is cut short, such
    as the output of a collector that was killed, gives what is whole and rejects the rest.

    Raises:
        InputError: The file is empty, missing, or cannot be decompressed at all.
    """
    if not source.head.strip():
        raise InputError(f"{source.name} is empty")
    last = 0
    try:
        with source.open() as file:
            for last, value in (_by_line if _is_lines(source.head) else _by_value)(source, file):
                yield last, value
    except (EOFError, OSError, lzma.LZMAError, zlib.error, _zstd_error()) as error:
        if not last:
            raise InputError(f"{source.name} is cut short or not what its first bytes say: {error}") from None
        source.reject(last + 1, f"the file ends in the middle: {error}")


def _zstd_error() -> type[Exception]:
    import zstandard  # noqa: PLC0415

    error: type[Exception] = zstandard.ZstdError
    return error


def _is_lines(head: str) -> bool:
    """JSON Lines? Then an object stands whole in a line, or the first lines all open one (the first being broken)."""
    lines = [line for line in head.split("\n", 50)[:50] if line.strip()]
    if lines[0].lstrip().startswith("["):
        return False
    opening = (line.startswith("{") and line.strip() not in ("{", "{}") for line in lines[:2])
    return len(lines) == 1 or all(opening) or any(map(_is_object, lines))


def _is_object(line: str) -> bool:
    """Whether a line is an object that says something: an empty one may stand inside any other."""
    try:
        value = orjson.loads(line) if line.startswith("{") else None
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and bool(value)


def _by_line(source: Source, file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(file, 1):
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:  # also for half characters, NaN, two objects in a line and an empty line
            yield from _by_value(source, io.BytesIO(line), number)
            continue
        for item in value if isinstance(value, list) else (value,):
            yield number, item


def _by_value(source: Source, file: IO[bytes], line: int = 1) -> Iterator[tuple[int, Any]]:
    """Values one after another, however they are broken into lines; ``line`` is the number of the first."""
    text, open_lists = _Text(file), 0
    while True:
        between = text.between()
        line, open_lists = line + between.count("\n"), open_lists + between.count("[") - between.count("]")
        if text.at_end:
            break
        try:
            value, lines = text.value()
        except (ValueError, RecursionError) as error:
            source.reject(line, _fault(error, text))
            line += text.resume(indent=between.rpartition("\n")[2].rpartition("[")[2])
            open_lists = 0 if text.at_end else open_lists  # said already that something is cut off
            continue
        yield line, value
        line += lines
    if open_lists > 0:
        source.reject(line, "the list is not closed with ]: the file ends in the middle")


def _fault(error: Exception, text: _Text) -> str:
    if isinstance(error, json.JSONDecodeError):
        place = error.pos - text.place + 1
        return f"broken JSON: {error.msg[:1].lower()}{error.msg[1:]} (character {place} of the record)"
    return "broken JSON: brackets nested too deeply" if isinstance(error, RecursionError) else f"broken JSON: {error}"


class _Text:
    """A window on a file's text, as wide as the value being read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self.buffer, self.place, self.done = "", 0, False

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.place >= len(self.buffer) and not self.more()

    def more(self) -> bool:
        """Read on, forgetting what lies behind; as much again as there is, so that a long value is tried few times."""
        self.buffer, self.place = self.buffer[self.place :], 0
        new = ""
        while not new and not self.done:  # a piece may hold no whole character
            piece = self.file.read(max(CHUNK, len(self.buffer)))
            new, self.done = self.decode(piece, final=not piece), not piece
        self.buffer += new
        return bool(new)

    def between(self) -> str:
        """Step over what stands between values: space, commas, and the brackets of a list around them all."""
        found = ""
        while not self.at_end:
            match = _BETWEEN.match(self.buffer, self.place)
            if match is None or not match[0]:
                break
            found, self.place = found + match[0], match.end()
        return found

    def value(self) -> tuple[Any, int]:
        """The value that starts here, and how many line ends are inside it; the place moves behind it.

        Raises:
            ValueError: It is broken; the place stays.
            RecursionError: It is nested too deeply; the place stays.
        """
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.place)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos > len(self.buffer) - 10
                if cut and self.more():
                    continue
                raise
            if end == len(self.buffer) and self.more():  # a number may go on
                continue
            start, self.place = self.place, end
            if _HALF.search(self.buffer, start, end):
                value = _without_halves(value)
            return value, self.buffer.count("\n", start, end)

    def resume(self, indent: str) -> int:
        """Go to the next line that opens an object in that column; how many line ends were passed."""
        wanted, passed = f"\n{indent}{{", 0
        while (found := self.buffer.find(wanted, self.place)) < 0:
            keep = max(self.place, len(self.buffer) - len(wanted))
            passed += self.buffer.count("\n", self.place, keep)
            self.place = keep
            if not self.more():
                self.place = len(self.buffer)
                return passed
        passed += self.buffer.count("\n", self.place, found + 1)
        self.place = found + 1
        return passed


def _without_halves(value: Any) -> Any:
    """The value with U+FFFD for half characters, which no other program would take."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_halves(v) for v in value]
    if isinstance(value, dict):
        return {_without_halves(k): _without_halves(v) for k, v in value.items()}
    return value


# The first values, for sniffing --------------------------------------------------------------------------------------

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\],]', re.DOTALL)


@lru_cache(maxsize=4)
def first(head: str) -> list[Any]:
    """Up to five values from the start of a file, the last one closed by force where the start ends inside it.

    Example:
        >>> first('{"data": [{"id": "1", "text": "a, b"}, {"id": "2", "te')
        [{'data': [{'id': '1', 'text': 'a, b'}, {'id': '2'}]}]
        >>> first("id,text")
        []
    """
    found: list[Any] = []
    text = _Text(io.BytesIO(head.encode("utf-8", "replace")))
    while len(found) < 5:
        indent = text.between().rpartition("\n")[2].rpartition("[")[2]
        if text.at_end:
            break
        try:
            found.append(text.value()[0])
        except (ValueError, RecursionError):
            found += _mended(text.buffer[text.place :])
            text.resume(indent)
    return found


def _mended(cut: str) -> list[Any]:
    """An object or list that is cut off, up to its last whole item; empty where that does not help."""
    closing: list[str] = []
    whole = None
    for token in _TOKENS.finditer(cut):
        if token[0] in "{[":
            closing.append("}" if token[0] == "{" else "]")
        elif token[0] in "}]":
            closing = closing[:-1]
        elif token[0] == ",":
            whole = cut[: token.start()] + "".join(reversed(closing)) if closing else None
    try:
        value = json.loads(whole or "")
    except (ValueError, RecursionError):
        return []
    return [value] if isinstance(value, dict | list) else []


def describe(value: Any) -> str:
    """What a value is, for messages: the first names in an object, or its kind.

    Example:
        >>> describe({"id": 1, "list": {"a": 2}}), describe(3)
        ('an object with id, list', 'a number')
    """
    if isinstance(value, dict):
        names = [shortened(str(k), 30).strip('"') for k in list(value)[:6]]
        return "an object with " + ", ".join(names) + ("…" if len(value) > 6 else "") if names else "an empty object"
    kinds = {
        str: "a text",
        bool: "true or false",
        list: "a list",
        type(None): "null",
        int: "a number",
        float: "a number",
    }
    return kinds.get(type(value), "a value")
