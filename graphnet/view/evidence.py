"""Findings as a page shows them: a title, the figure in words, the reason, and the rows behind it as plain text cells.

What comes out is cleaned text and nothing else, so that a page only has to place it.

Example:
    >>> cell("time", 1700000000)
    {'text': '2023-11-14 22:13:20 UTC', 'kind': 'plain'}
    >>> cell("share", 0.25)
    {'text': '25 %', 'kind': 'number'}
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphnet import registry, words
from graphnet.safe import show
from graphnet.view import judgement, safe

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["card", "cell", "findings", "panels", "plain", "profiles", "table"]

WORDS, LINE, UNIT, ITEMS = 600, 160, 80, 8
"""Longest post text, other text and unit shown, in signs, and most items of a list in one cell."""
TIMES = ("time", "created", "first", "last", "when", "day", "start", "end")
SPANS = ("gap", "quickest", "seconds", "delay", "window", "after", "spread")
SHARES = ("share", "inside", "outside")
NAMES = {"first_name": "first", "a_name": "a", "b_name": "b", "name": "account"}
"""Columns with a handle, and the column with the id that it belongs to: shown as one."""
HEADINGS = {
    "of": "of those who do",
    "others": "other accounts",
    "low": "lift at least",
    "high": "lift at most",
    "inside": "share inside",
    "outside": "share outside",
    "first": "who was first",
    "time": "first time",
    "spread": "first to last",
    "common": "common phrase",
}
STANDS_OUT = 0.95
"""A finding above this share of its control groups is marked; with 199 groups, one in twenty does so by chance."""


def findings(
    study: Study, scope: str, subjects: Sequence[int] | None = None, *, rows: bool = True
) -> dict[int, list[dict[str, Any]]]:
    """The findings about communities or accounts, by number.

    Those that stand out most against control groups come first, those without a value last.

    Args:
        study: A study; without findings the answer is empty.
        scope: ``community`` or ``account``.
        subjects: Only these; None: all.
        rows: Also the rows behind each figure; without, ``evidence`` is an empty table.

    Returns:
        For each subject a list of ``code, title, value, unit, figure, control, compared, stands_out, reason`` and
        ``evidence`` (a `table`).
    """
    if not study.has("findings") or (subjects is not None and not len(subjects)):
        return {}
    some = "" if subjects is None else f" and subject in ({', '.join(str(int(s)) for s in subjects)})"
    kept = study.rows(
        f"select subject, code, value, unit, control, reason, {'evidence' if rows else 'null as evidence'} "
        f"from findings where scope = '{scope}'{some} order by subject, code"
    )
    known = registry.find("signals")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in kept.to_pylist():
        found[row["subject"]].append(_shown(row, getattr(known.get(row["code"]), "title", None)))
    return {subject: sorted(of, key=_standing) for subject, of in found.items()}


def _standing(finding: Mapping[str, Any]) -> tuple[bool, float, str]:
    return finding["value"] is None, -(finding["control"] or 0.0), finding["code"]


def _shown(row: Mapping[str, Any], title: str | None) -> dict[str, Any]:
    value, control = row["value"], row["control"]
    finite = None if value is None or math.isnan(value) else safe.number(value)
    place = None if control is None or math.isnan(control) else safe.number(control, 0, 1)
    return {
        "code": show(row["code"], 40),
        "title": _capital(show(title or (row["code"] or "").replace("_", " "), 80)),
        "value": finite,
        "unit": show(row["unit"], UNIT),
        "figure": _without(row["reason"]) if finite is None else _figure(finite, show(row["unit"], UNIT)),
        "control": place,
        "compared": _compared(place),
        "stands_out": place is not None and place >= STANDS_OUT,
        "reason": _capital(_sentence(safe.passage(row["reason"], WORDS))),
        "evidence": table(_rows(row["evidence"])),
    }


def _without(reason: str | None) -> str:
    return "not applicable" if (reason or "").startswith("not applicable") else "insufficient data"


def _figure(value: float, unit: str) -> str:
    return f"cosine {plain(value)}" if unit == "cosine" else words.amount(value, unit)


def _compared(place: float | None) -> str:
    if place is None:
        return ""
    return "above all control groups" if place == 1 else f"above {words.percent(place)} of control groups"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?…" else text + "."


def _rows(evidence: str | None) -> list[dict[str, Any]]:
    """The rows of a finding's evidence; what is no list of rows is shown as it stands rather than dropped."""
    if not evidence:
        return []
    try:
        data = json.loads(evidence)
    except ValueError:
        return [{"evidence": evidence}]
    rows = data if isinstance(data, list) else [data]
    return [row if isinstance(row, dict) else {"evidence": row} for row in rows]


def table(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows as a table of cells; columns without any value are left out.

    Returns:
        ``columns`` in the order they first appear, their ``kinds``, ``rows`` of cells, and ``hours``: the bars of a
        day where the rows are counts by hour, else nothing.
    """
    records = [_with_names(row) for row in rows]
    names = list(dict.fromkeys(name for row in records for name, value in row.items() if value is not None))
    cells = [[cell(name, row.get(name)) for name in names] for row in records]
    return {
        "columns": [HEADINGS.get(name) or show(name.replace("_", " "), 40) for name in names],
        "kinds": [next(c["kind"] for c in column if c["text"] != "–") for column in zip(*cells, strict=True)],
        "rows": cells,
        "hours": _hours(records),
    }


def _with_names(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with handle and id of an account in one cell."""
    shown = {str(key): value for key, value in row.items()}
    for name, key in [*NAMES.items(), ("name", "target")]:
        if isinstance(shown.get(key), str) and name in shown and (handle := shown.pop(name)):
            shown[key] = f"@{handle} (id {shown[key]})"
    return shown


def _hours(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Bars of a day for rows of ``hour`` and ``count``: height 0 to 100 of each; for other rows nothing."""
    if len(records) < 24 or any(set(row) != {"hour", "count"} for row in records):
        return []
    counts = [safe.number(row["count"], 0) for row in records]
    most = max(counts) or 1.0
    return [
        {"hour": i, "height": round(100 * count / most, 1), "text": f"{i}:00 to {i + 1}:00 UTC: {plain(count)}"}
        for i, count in enumerate(counts[:24])
    ]


def cell(name: str, value: Any) -> dict[str, str]:
    """One value as text, and how to set it: ``plain``, ``number``, ``list`` or ``words`` (a post's text).

    Args:
        name: The column: tells a time from a count.
        value: What JSON can hold.
    """
    if isinstance(value, bool) or value is None:
        return {"text": {None: "–", True: "yes", False: "no"}[value], "kind": "plain"}
    if isinstance(value, int | float):
        return _number(name, value)
    if isinstance(value, Mapping | list):
        return {"text": _nested(value), "kind": "list"}
    if len(value) == 20 and value.endswith("Z") and value[10] == "T":
        return {"text": show(value[:-1].replace("T", " "), LINE) + " UTC", "kind": "plain"}
    wordy = name.rpartition("_")[2] in ("text", "texts", "description", "words")
    return {"text": safe.passage(value, WORDS if wordy else LINE), "kind": "words" if wordy else "plain"}


def _number(name: str, value: float) -> dict[str, str]:
    last = name.rpartition("_")[2]
    if last in TIMES and isinstance(value, int) and (shown := words.iso(value)):
        return {"text": shown.replace("T", " ").replace("Z", " UTC"), "kind": "plain"}
    if last in SPANS:
        return {"text": words.span(safe.number(value)), "kind": "number"}
    if last in ("p", "q"):
        # beside others a p has to be compared: the page's sentences have it rounded
        return {"text": f"{safe.number(value):.2g}", "kind": "number"}
    if any(part in name for part in SHARES) and 0 <= value <= 1:
        return {"text": words.percent(value), "kind": "number"}
    return {"text": plain(value), "kind": "number"}


def plain(value: float) -> str:
    """A figure with as many digits as a reader can use.

    Example:
        >>> plain(1234567), plain(3.0), plain(0.123456), plain(float("nan"))
        ('1,234,567', '3', '0.123', '–')
    """
    return words.figure(value if math.isnan(value) else safe.number(value, -1e15, 1e15))


def _nested(value: Any) -> str:
    if isinstance(value, Mapping):
        items = [
            f"{show(str(k).replace('_', ' '), 40)}: {cell(str(k), v)['text']}" for k, v in list(value.items())[:ITEMS]
        ]
    else:
        items = [cell("", v)["text"] for v in value[:ITEMS]]
    rest = len(value) - len(items)
    return ", ".join(items) + (f" and {rest:,} more" if rest else "")


def profiles(study: Study, accounts: Sequence[int]) -> dict[int, list[list[str]]]:
    """What the study knows of each account: pairs of a term and a value, unknown ones left out."""
    if not accounts:
        return {}
    chosen = ", ".join(str(int(a)) for a in accounts)
    rows = study.rows(
        "select account, created, followers, following, posts, verified, default_image, status, description "
        f"from accounts where account in ({chosen}) order by account"
    )
    terms = {
        "created": "made",
        "posts": "posts in all",
        "default_image": "default picture",
        "description": "says of itself",
    }
    return {
        row.pop("account"): [[terms.get(k, k), cell(k, v)["text"]] for k, v in row.items() if v not in (None, "")]
        for row in rows.to_pylist()
    }


def panels(
    study: Study, accounts: Sequence[int], communities: Sequence[int]
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """What the interactive page shows of accounts and of communities, by our number of them.

    Returns:
        For accounts and for communities: ``facts`` (pairs of term and value), ``findings`` (``title``, ``reason``,
        ``known``) and ``texts`` (near-identical texts: ``text``, ``dir`` and a ``note``); for communities also
        ``standing`` (level, and what fits as well).
    """
    known, judged = profiles(study, accounts), findings(study, "account", accounts)
    of_account = {a: {"facts": known.get(a, [])} | _panel(judged.get(a, [])) for a in accounts}
    cards, groups = _cards(study, communities), findings(study, "community", communities)
    stands = judgement.standings(study)
    of_community = {
        c: {"facts": cards.get(c, []), "standing": stands.get(c, "")} | _panel(groups.get(c, [])) for c in communities
    }
    return of_account, of_community


def _panel(found: list[dict[str, Any]]) -> dict[str, Any]:
    sentences = [{"title": f["title"], "reason": f["reason"], "known": f["value"] is not None} for f in found]
    return {"findings": sentences, "texts": [t for f in found for t in _texts(f["evidence"])][:3]}


def _texts(evidence: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of evidence that quote a post."""
    quoted: list[dict[str, str]] = []
    for row in evidence["rows"]:
        said = [c["text"] for c in row if c["kind"] == "words"]
        other = [
            f"{n}: {c['text']}"
            for n, c in zip(evidence["columns"], row, strict=True)
            if c["kind"] in ("plain", "number") and c["text"] != "–"
        ]
        quoted += [{"text": text, "dir": safe.direction(text), "note": ", ".join(other)} for text in said[:1]]
    return quoted


def _cards(study: Study, communities: Sequence[int]) -> dict[int, list[list[str]]]:
    if not study.has("communities") or not communities:
        return {}
    chosen = ", ".join(str(int(c)) for c in communities)
    rows = study.rows(f"select * from communities where community in ({chosen})")
    return {row["community"]: card(row) for row in rows.to_pylist()}


def card(row: Mapping[str, Any]) -> list[list[str]]:
    """A tightness card as pairs of term and value, unknown figures left out."""
    parts = {
        "density": ("density", "of possible ties are there"),
        "half_tied": ("tied to half", "of members are tied to at least half of the others"),
        "reciprocity": ("returned", "of directed ties are returned"),
        "reciprocity_expected": ("returned by chance", "would be in a random graph as dense"),
        "conductance": ("leaves", "of tie weight goes to accounts outside"),
    }
    figures = {"clustering": "clustering", "triangles": "triangles per member", "core": "k-core"}
    known = {name: value for name, value in row.items() if value is not None and not math.isnan(value)}
    facts = [["ties inside", plain(known["ties"])]] if "ties" in known else []
    facts += [[t, f"{words.percent(safe.number(known[n], 0, 1))} {v}"] for n, (t, v) in parts.items() if n in known]
    return facts + [[title, plain(known[name])] for name, title in figures.items() if name in known]
