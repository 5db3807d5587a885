"""What an audit found, as files: a page to read, print and mail, its figures as JSON, its tables as CSV.

The page is static: no script, no request, every text from data escaped. It is made of the same plain data as the JSON.

Example:
    >>> from graphnet.audits import Answer, Audited
    >>> gain = Answer("gain", "all", 3200.0, "accounts a day", "3,200 a day on 11 December", reference=253.5)
    >>> page = render(Audited("followers", "How did the followers come", {"accounts": 15000}, [gain]), "followers.html")
    >>> "3,200 accounts a day" in page, "<script" in page
    (True, False)
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphnet import safe, words
from graphnet.errors import InputError
from graphnet.study import versions
from graphnet.view import evidence, plots, ticks
from graphnet.view import safe as page_safe

if TYPE_CHECKING:
    from graphnet.audits import Audited

__all__ = ["render", "write"]

SHOWN = 400
"""Answers on the page; nobody reads more, and the JSON file has them all."""


def write(found: Audited, path: Path) -> list[Path]:
    """Write the page, and beside it its figures and tables.

    Args:
        found: What the audit found.
        path: The page, such as ``followers.html``; ``followers.json`` and ``followers.TABLE.csv`` go beside it.

    Returns:
        The files written, the page first.

    Raises:
        InputError: The name is not that of a page, or the folder cannot be written to.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{path.name!r} is not the name of a page: end it in .html, such as {path.stem}.html")
    figures = path.with_suffix(".json")
    text = json.dumps(_facts(found), ensure_ascii=False, allow_nan=False, indent=1)
    try:
        path.write_text(render(found, path.name), encoding="utf-8", newline="\n")
        figures.write_text(text + "\n", encoding="utf-8", newline="\n")
        tables = [_table(rows, path.with_suffix(f".{name}.csv")) for name, rows in found.tables.items()]
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}. Name a page in a folder that exists."
        ) from None
    return [path, figures, *tables]


def render(found: Audited, file: str) -> str:
    """The page as text.

    Args:
        found: What the audit found.
        file: Name of the page's file, which the names of its tables are made of.
    """
    facts, stem = _facts(found), Path(file).stem
    css = _css()
    return (
        _environment()
        .get_template("audit.html")
        .render(
            title=_capital(safe.show(facts["title"], 200)),
            name=safe.show(facts["name"], 60),
            summed=_summed(facts["summary"]),
            benign=[_sentence(page_safe.passage(said, 900)) for said in facts["benign"]],
            notes=[_sentence(page_safe.passage(said, 900)) for said in facts["notes"]],
            total=len(facts["answers"]),
            answers=[_shown(answer) for answer in facts["answers"][:SHOWN]],
            figures=[plots.figure(plot) for plot in found.plots],
            files=[_file(f"{stem}.json", "every figure of this page, for programs", None)]
            + [_file(f"{stem}.{name}.csv", name.replace("_", " "), len(rows)) for name, rows in found.tables.items()],
            versions=versions(),
            css=Markup(css),  # noqa: S704  (shipped files, not data)
            policy=Markup(page_safe.content_security_policy([], [css])),  # noqa: S704  (hashes only)
        )
    )


@cache
def _css() -> str:
    folder = resources.files("graphnet.view") / "templates"
    own = [(folder / name).read_text(encoding="utf-8") for name in ("report.css", "audit.css")]
    return "".join([*own, plots.css()])


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("graphnet.view"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"direction": page_safe.direction, "figure": evidence.plain}
    return made


# The figures as plain data -------------------------------------------------------------------------------------------


def _facts(found: Audited) -> dict[str, Any]:
    """What was found as JSON can hold it: no figure that is not finite, no half sign, plots with their kind."""
    facts: dict[str, Any] = _plain(asdict(found))
    for plot, record in zip(facts["plots"], found.plots, strict=True):
        plot["kind"] = type(record).__name__.lower()
    return facts


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return None if isinstance(value, float) and not math.isfinite(value) else value
    if isinstance(value, Mapping):
        return {_plain(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):  # a figure of another library says what it is in plain Python
        return _plain(value.item())
    return str(value).encode("utf-8", "replace").decode()


def _shown(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as the page's table has it."""
    value, unit = answer["value"], safe.show(answer["unit"], 40)
    limits = None if answer["low"] is None or answer["high"] is None else (answer["low"], answer["high"])
    missing = "not applicable" if answer["reason"].startswith("not applicable") else "insufficient data"
    return {
        "what": _words(answer["code"]),
        "subject": safe.show(answer["subject"], 80),
        "known": value is not None,
        "figure": missing if value is None else _named(value, unit),
        "interval": limits and f"{_amount(limits[0], unit)} to {_amount(limits[1], unit)}",
        "reference": None if answer["reference"] is None else _amount(answer["reference"], unit),
        "compared": page_safe.passage(answer["compared_with"], 300),
        "chance": [f"{name} {words.chance(answer[name])}" for name in ("p", "q") if answer[name] is not None],
        "reason": _sentence(page_safe.passage(answer["reason"], 900)),
        "evidence": evidence.table(answer["evidence"]),
    }


def _words(code: str) -> str:
    """A name of the program in words.

    Example:
        >>> _words("created_last_40_days")
        'Created last 40 days'
    """
    return _capital(safe.show(code.replace("_", " "), 80))


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _sentence(said: str) -> str:
    whole = _capital(said)
    return whole if not whole or whole[-1] in ".!?…" else f"{whole}."


DATES = ("time", "date", "day")


def _named(value: float, unit: str) -> str:
    """A figure with its unit; dates as readers of a page know them.

    Example:
        >>> _named(0.0031, "share"), _named(1512950400, "time"), _named(3200.0, "a day")
        ('0.3 %', '11 Dec 2017', '3,200 a day')
    """
    return ticks.date(value) if unit in DATES else words.amount(value, unit)


def _amount(value: float, unit: str) -> str:
    """The same beside a figure that has said its unit.

    Example:
        >>> _amount(0.0031, "share of posts"), _amount(90.0, "s"), _amount(3200.0, "a day")
        ('0.3 %', '90 s', '3,200')
    """
    first = unit.partition(" ")[0]
    return _named(value, first) if first in ("share", "s", "seconds", *DATES) else evidence.plain(value)


def _summed(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The summary as terms and values; longer ones get a line of their own."""
    rows = []
    for name, value in facts.items():
        shown = evidence.cell(name, value)
        if shown["text"] not in ("", "–"):
            rows.append({"term": _words(name), "text": shown["text"], "wide": len(shown["text"]) > 24})
    return rows


# Files beside the page -----------------------------------------------------------------------------------------------


def _file(name: str, what: str, rows: int | None) -> dict[str, Any]:
    # quoted whole: a name with a colon would be taken for an address
    return {"name": safe.show(name, 120), "link": quote(name, safe=""), "what": _words(what), "rows": rows}


def _table(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """One table as CSV; cells that a spreadsheet would run as formulas are neutralised."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_cell(name) for name in names])
        writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return path


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return safe.cell(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
