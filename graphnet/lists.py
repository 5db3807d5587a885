r"""Lists that a user brings: known accounts, domains, hashtags, phrases; one file a list.

A list is a file of any of these shapes: one entry a line; a table (commas, semicolons, tabs) with or without a header;
JSON (an array of texts or of records, or one record a line). Compressed files are read as they are. Entries are kept
**as text**: ids are never numbers. Lines that start with ``#`` are comments, except in a list of hashtags, where only
``# `` (with a blank) is one. What cannot be used is left out with its line and the reason.

Example:
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "known.csv"
    >>> _ = file.write_text("userid,note\n1012345678901234567,a\n1.01e+18,b\n")
    >>> known = read_list(file)
    >>> known.name, known.kind, known.entries
    ('known', 'accounts', ('1012345678901234567',))
    >>> known.rejected[0][1:]
    (3, "a spreadsheet rounded the id '1.01e+18'")
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from graphnet.errors import InputError
from graphnet.safe import show

__all__ = ["KINDS", "NamedList", "read_list"]

KINDS = ("accounts", "hashed accounts", "domains", "hashtags", "phrases")
"""What a list can be of. ``hashed accounts``: most entries are hashes of ids, as in the archives of takedowns."""

IDS = ("userid", "accountid", "authorid", "twitterid", "externalauthorid", "id", "account")
HANDLES = ("screenname", "userscreenname", "handle", "username", "author", "account", "name", "user")
COLUMNS = {
    "accounts": (*IDS, *HANDLES),
    "domains": ("domain", "host", "hostname", "website", "site", "url", "link"),
    "hashtags": ("hashtag", "tag", "hashtags"),
    "phrases": ("phrase", "text", "keyword", "slogan", "term"),
}
"""Names of columns, in lower case without blanks and underscores; the first that a table has is taken."""
HASH = re.compile(r"[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32}|[A-Za-z0-9+/_-]{43}=?")
DOMAIN = re.compile(r"(https?://)?([\w-]+\.)+[^\W\d_]{2,}([/:?#].*)?", re.IGNORECASE)
ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+|[1-9]\d{16,}\.0*|9\d{15}\.0*")
CUT = re.compile(r"[1-9]\d{14}0{2,}")
"""An id of which a spreadsheet kept fifteen digits, where most long ids of a list look like that."""
WHOLE = re.compile(r"(\d+)\.0*")
BROKEN = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]")
SIGNS = re.compile("[\t,;]")
MISSING = frozenset(("", "nan", "null", "none", "n/a", "<na>"))
BYTES_A_LIST = 1 << 30
MENTIONED = 6
"""Files that are named where the one asked for is not there."""


@dataclass(frozen=True)
class NamedList:
    """One list.

    Attributes:
        name: What to call it: the file's name without its ending.
        kind: One of `KINDS`.
        entries: Each once, in the order of the file, without the ``@`` or ``#`` in front.
        rejected: Rows left out: (file, line or number of the record from 1, reason).
        handles: Of accounts listed by id: the handle that stands beside each entry; None where there is none.
        column: The column that was read; empty where the file has no header.
    """

    name: str
    kind: str
    entries: tuple[str, ...]
    rejected: tuple[tuple[str, int, str], ...] = ()
    handles: tuple[str | None, ...] = ()
    column: str = ""


class _Row(NamedTuple):
    line: int
    cells: list[str]


class _Columns(NamedTuple):
    main: int
    handle: int | None
    name: str


def read_list(
    path: str | Path, *, name: str | None = None, kind: str | None = None, column: str | None = None
) -> NamedList:
    """Read a list.

    Args:
        path: The file; ``FILE::COLUMN`` names the column as ``column`` does.
        name: What to call the list. By default the file's name.
        kind: One of `KINDS`; by default told from the header, then from the entries.
        column: Which column to read, by name or by number from 1; by default the first that is called as the kind's
            columns usually are, else the only one.

    Raises:
        InputError: The file cannot be read, has no such column, or nothing in it can be used; the message says what
            there is.
    """
    where, _, named = str(path).partition("::")
    column = column or named or None
    if kind not in (None, *KINDS):
        raise InputError(f"a list cannot be of {kind!r}. It can be of: {', '.join(KINDS)}")
    file = Path(where)
    header, rows, rejected = _table(file, _text(file), kind, column)
    chosen = _choose(where, header, rows, kind, column)
    kind = kind or _kind(chosen, rows)
    return _made(file, name or _stem(file), kind, chosen, rows, rejected)


def _stem(file: Path) -> str:
    """The file's name without endings; one that starts with a dot keeps it."""
    return file.name[0] + file.name[1:].partition(".")[0] if file.name else "list"


def _made(
    file: Path, name: str, kind: str, chosen: _Columns, rows: Sequence[_Row], rejected: list[tuple[int, str]]
) -> NamedList:
    found: dict[str, str | None] = {}
    lines: dict[str, int] = {}
    cut = "accounts" in kind and _cut([row.cells[chosen.main].strip() for row in rows])
    for row in rows:
        value, fault = _entry(row.cells[chosen.main], kind)
        if cut and CUT.fullmatch(value):
            fault = f"a spreadsheet kept 15 digits of the id '{value[:40]}' and put zeros for the others"
        if fault is None and value in lines:
            fault = f"stands already in line {lines[value]}"
        if fault is not None:
            rejected.append((row.line, fault))
            continue
        lines[value] = row.line
        handle = None if chosen.handle is None else _entry(row.cells[chosen.handle], "accounts")
        found[value] = handle[0] if handle and handle[1] is None and handle[0] != value else None
    if not found:
        why = f" The first row left out: line {rejected[0][0]}, {rejected[0][1]}." if rejected else " It is empty."
        raise InputError(f"{file} has no entry that can be used as one of {kind}.{why}")
    if kind == "accounts" and 2 * sum(map(bool, map(HASH.fullmatch, found))) > len(found):
        kind = "hashed accounts"
    left_out = tuple((str(file), line, reason) for line, reason in sorted(rejected))
    return NamedList(name, kind, tuple(found), left_out, tuple(found.values()), chosen.name)


def _cut(cells: Sequence[str]) -> bool:
    long = [cell for cell in cells if cell.isdecimal() and len(cell) >= 17]
    return sum(map(bool, map(CUT.fullmatch, long))) >= max(5, 0.9 * len(long))


def _entry(cell: str, kind: str) -> tuple[str, str | None]:
    """A cell as an entry, and what is wrong with it."""
    value = " ".join(cell.split())
    if value.casefold() in MISSING:
        return "", "empty"
    if BROKEN.search(value):
        return "", f"control characters, or no UTF-8 text: {show(value, 40)}"
    if "accounts" in kind:
        return _account(value)
    if kind == "hashtags":
        tag = value.lstrip("#＃")
        return tag, None if tag and " " not in tag else f"no hashtag: '{show(value, 40)}'"
    fault = kind == "domains" and not DOMAIN.fullmatch(value)
    return value, f"no domain or link: '{show(value, 40)}'" if fault else None


def _account(value: str) -> tuple[str, str | None]:
    if ROUNDED.fullmatch(value):
        return "", f"a spreadsheet rounded the id '{show(value, 40)}'"
    whole = WHOLE.fullmatch(value)
    account = whole[1] if whole else value.removeprefix("@")
    return account, None if account and " " not in account else f"no id or handle: '{show(value, 40)}'"


# From bytes to rows --------------------------------------------------------------------------------------------------


def _text(file: Path) -> str:
    if not file.is_file():
        raise InputError(_none_at(file))
    try:
        with pa.input_stream(str(file), compression="detect") as stream:
            data: bytes = stream.read(BYTES_A_LIST + 1)
    except PermissionError:
        raise InputError(f"cannot read the list {file}: no permission") from None
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"cannot read the list {file}: {error}") from None
    if len(data) > BYTES_A_LIST:
        raise InputError(f"{file} is over 1 GB: no list of accounts, domains or phrases. Read data with: graphnet read")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="surrogateescape")


def _none_at(file: Path) -> str:
    """What to say where a list should be and is none, with what is there instead."""
    if "://" in str(file) or str(file).startswith(("http:/", "https:/")):
        return f"cannot read the list {show(file, 200)}: it is a URL, and lists are read from files. Download it first"
    folder = file if file.is_dir() else file.parent
    if not folder.is_dir():
        return f"cannot read the list {file}: there is no folder {folder} (the current folder is {Path.cwd()})"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith("."))
    near = get_close_matches(file.name, names, n=MENTIONED) or names
    there = ", ".join(show(name, 60) for name in near[:MENTIONED])
    more = f" and {len(names) - MENTIONED:,} more" if len(near) > MENTIONED else ""
    what = "it is a folder" if file.is_dir() else "there is no such file"
    return f"cannot read the list {file}: {what}. Files in {folder.resolve()}: {there or 'none'}{more}"


def _table(
    file: Path, text: str, kind: str | None, column: str | None
) -> tuple[list[str], list[_Row], list[tuple[int, str]]]:
    """Header (empty if there is none), rows of as many cells as the header, and what was left out."""
    if text.lstrip()[:1] in ("[", "{"):
        return _records(file, text)
    tags = kind == "hashtags" or (kind is None and _mostly_tags(text))
    comment = re.compile(r"# |#\s*$" if tags else "#")
    rows = list(_cells(file, text, _delimiter(text, comment, kind, column), comment))
    has_header = bool(rows) and _is_header(rows[0].cells, column)
    header = [c.strip() for c in rows[0].cells] if has_header else []
    rows = rows[1:] if header else rows
    width = len(header) or (Counter(len(r.cells) for r in rows).most_common(1)[0][0] if rows else 0)
    odd = [(r.line, f"{len(r.cells)} columns instead of {width}") for r in rows if len(r.cells) != width]
    return header, [r for r in rows if len(r.cells) == width], odd


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends; unlike ``splitlines`` not parted at the rarer signs of Unicode, which texts hold."""
    return iter(io.StringIO(text, newline=None))


def _mostly_tags(text: str) -> bool:
    held = [line.strip() for line in _lines(text) if line.strip() and not line.startswith("# ")]
    named = bool(held) and any(_plain(c) in COLUMNS["hashtags"] for c in SIGNS.split(held[0]))
    tags = sum(line[0] in "#＃" for line in held)
    return named or 2 * tags >= len(held) > 0


def _delimiter(text: str, comment: re.Pattern[str], kind: str | None, column: str | None) -> str:
    """The sign that parts the cells, or a newline where a line is one entry: a phrase may hold commas."""
    held = list(islice((line for line in _lines(text) if line.strip() and not comment.match(line)), 20))
    if not held:
        return "\n"
    header = _is_header(SIGNS.split(held[0]), column)
    signs = "\t" if kind == "phrases" and not header and column is None else "\t,;"
    count, sign = max((held[0].count(s), s) for s in signs)
    return sign if count and (header or all(line.count(sign) == count for line in held)) else "\n"


class _Lines:
    """Lines for the CSV parser: comments and empty lines are skipped between rows, not inside a quoted cell."""

    def __init__(self, text: str, comment: re.Pattern[str]) -> None:
        self._lines = enumerate(_lines(text), start=1)
        self._comment = comment
        self.between_rows = True
        self.start = 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        for number, line in self._lines:
            if not self.between_rows:
                return line
            if line.strip() and not self._comment.match(line):
                self.between_rows, self.start = False, number
                return line
        raise StopIteration


def _cells(file: Path, text: str, delimiter: str, comment: re.Pattern[str]) -> Iterator[_Row]:
    lines = _Lines(text, comment)
    rows = (
        ([_unquoted(line.strip())] for line in lines) if delimiter == "\n" else csv.reader(lines, delimiter=delimiter)
    )
    try:
        for cells in rows:
            lines.between_rows = True
            if any(c.strip() for c in cells):
                yield _Row(lines.start, cells)
    except csv.Error as error:
        raise InputError(f"{file} cannot be read from line {lines.start} on: {error}") from None


def _unquoted(line: str) -> str:
    quoted = len(line) > 1 and line[0] == line[-1] == '"'
    return line[1:-1].replace('""', '"') if quoted else line


def _is_header(cells: Sequence[str], column: str | None) -> bool:
    known = {c for names in COLUMNS.values() for c in names}
    return any(_plain(c) in known or c.strip() == column for c in cells)


def _plain(column: str) -> str:
    return re.sub(r"[\s_\"-]+", "", column).casefold().lstrip("@#")


def _records(file: Path, text: str) -> tuple[list[str], list[_Row], list[tuple[int, str]]]:
    """JSON: an array, or one value a line. Numbers stay the text that they were written as."""
    values, bad = [], []
    try:
        whole = _json(text)
        values = list(enumerate(whole if isinstance(whole, list) else [whole], start=1))
    except ValueError as error:
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                values += [(number, _json(line))] if line.strip() else []
            except ValueError:
                bad.append((number, "no JSON"))
        if not values:
            raise InputError(f"{file} starts like JSON and is none: {error}") from None
    header = list(dict.fromkeys(key for _, v in values if isinstance(v, dict) for key in v))
    rows = []
    for number, value in values:
        cells = [_plain_text(value.get(k)) for k in header] if isinstance(value, dict) else [_plain_text(value)]
        if len(cells) == (len(header) or 1):
            rows.append(_Row(number, cells))
        else:
            bad.append((number, "a text among records"))
    return header, rows, bad


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_int=str, parse_float=str)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


# Which column, which kind --------------------------------------------------------------------------------------------


def _choose(where: str, header: Sequence[str], rows: Sequence[_Row], kind: str | None, column: str | None) -> _Columns:
    width = len(header) or (len(rows[0].cells) if rows else 1)
    plain = [_plain(h) for h in header]
    if column is not None:
        main = _named(where, header, plain, width, column)
    else:
        kinds = ["accounts" if kind == "hashed accounts" else kind] if kind else list(COLUMNS)
        wanted = [name for k in kinds for name in COLUMNS[k] if name in plain]
        if not wanted and width > 1:
            there = ", ".join(show(h, 30) for h in header) or f"{width} columns without names"
            raise InputError(f"which column of {where} is the list? It has: {there}. Name it: {where}::COLUMN")
        main = plain.index(wanted[0]) if wanted else 0
    beside = [i for name in HANDLES if name in plain and (i := plain.index(name)) != main]
    is_id = bool(plain) and plain[main] in IDS
    return _Columns(main, beside[0] if beside and is_id else None, header[main] if header else "")


def _named(where: str, header: Sequence[str], plain: Sequence[str], width: int, column: str) -> int:
    if column in header:
        return list(header).index(column)
    if _plain(column) in plain:
        return list(plain).index(_plain(column))
    if column.isdecimal() and 1 <= int(column) <= width:
        return int(column) - 1
    there = ", ".join(show(h, 30) for h in header) or f"{width} without names: give a number from 1"
    raise InputError(f"column {column!r} is not in {where} (it has: {there})")


def _kind(chosen: _Columns, rows: Sequence[_Row]) -> str:
    """By the name of the column, then by what most entries look like."""
    named = [k for k, names in COLUMNS.items() if _plain(chosen.name) in names]
    if named:
        return named[0]
    looks = Counter(_looks(" ".join(row.cells[chosen.main].split())) for row in rows)
    return looks.most_common(1)[0][0] if looks else "accounts"


def _looks(value: str) -> str:
    if value.startswith(("#", "＃")):
        return "hashtags"
    if value.startswith("@") or value.isdecimal() or HASH.fullmatch(value) or ROUNDED.fullmatch(value):
        return "accounts"
    if " " in value:
        return "phrases"
    return "domains" if DOMAIN.fullmatch(value) else "accounts"
