"""``report``: one page an analyst can mail, and the same figures as JSON beside it."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path, PureWindowsPath
from typing import Any

from graphnet import _matched, _pages, registry, rejections
from graphnet._pseudonymise import pseudonymise
from graphnet.errors import InputError
from graphnet.plots import Plot
from graphnet.safe import show
from graphnet.study import Study
from graphnet.view import evidence, judgement, page, pairs, texts
from graphnet.view.portraits import portraits
from graphnet.view.scene import account_label, looks_of, scene

__all__ = ["report", "summary"]

DETAILED = 24
"""Communities with a section of their own; a page of 24 groups of 500 accounts has 2 MB. The table names all."""
MEMBERS = 50
"""Members named in such a section, the strongest first."""
MAPPED = 1_000
"""Communities in the map; more are specks, and the page says how many there are."""
PAIRS, MATCHES = 5, 2
"""Pairs of accounts in such a section, the strongest first, and things of each layer that tie them."""
REASONS = 8
"""Kinds of reasons for rejected rows, the most frequent first."""


def report(
    study: Study,
    path: str | Path,
    *,
    communities: Iterable[int] | None = None,
    pseudonyms: str | Path | None = None,
) -> Path:
    """Write the report page and, beside it, its figures as JSON (``report.html`` and ``report.json``).

    The page is one static file without any script: it can be mailed, printed and read offline. Where a page of
    `graphnet.draw` or `graphnet.map` lies beside it, it links there: for ``x.html`` those called ``x.clusters.html``
    and ``x.map.html``, else ``clusters.html`` and ``map.html``, as long as they show the same state of the same study.

    Args:
        study: A study in which at least ``read`` has run; what later steps have not made yet, the page says.
        path: The page to write.
        communities: Only these communities, for a page about one group; None: all of them.
        pseudonyms: File with a key (see `graphnet.pseudonymise`): the page names nobody; None: names as they are.

    Returns:
        The path of the page.

    Raises:
        InputError: The page cannot be written there, or there is no such community.
        MissingTable: Nothing was read yet.
    """
    target = _pages.checked(path, "report")
    if pseudonyms is not None:
        with tempfile.TemporaryDirectory(prefix="graphnet-") as work:
            return report(pseudonymise(study, Path(work) / "study", pseudonyms), target, communities=communities)
    numbers = _numbers(study, communities)
    plots = portraits(study, numbers[:DETAILED])
    facts = _facts(study, numbers, plots)
    drawn = scene(study, numbers[:MAPPED]) if numbers else None
    interactive, chart = (_pages.beside(target, what, study) for what in ("clusters", "map"))
    target.write_text(page.render(facts, drawn, interactive, chart, plots), encoding="utf-8", newline="\n")
    _pages.stamp(target, study)
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False, indent=1)
    target.with_suffix(".json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return target


def summary(study: Study) -> dict[str, Any]:
    """What the report says, as plain JSON data; texts are cleaned and cut, figures finite.

    Returns:
        ``study``, ``versions``, ``read`` (counts and period), ``inputs``, ``rejected``, ``steps``, ``layers``,
        ``tested`` (what ``validate`` did, or None), ``validated`` (whether it could exclude shared interest in any
        layer), ``calibration`` (what is found in shuffled data, in words, or None), ``levels`` (communities at each
        level), ``explained`` (suspected ones that a benign explanation fits as well), ``communities`` (card, level,
        findings, benign explanations, members, near-identical texts, strongest pairs), ``detailed`` (how many of them
        carry evidence, members and texts), ``found`` (communities in all), ``plots`` of these (`graphnet.plots` as
        plain data).

    Raises:
        MissingTable: Nothing was read yet.
    """
    study.require("accounts")
    numbers = _numbers(study)
    return _facts(study, numbers, portraits(study, numbers[:DETAILED]))


def _numbers(study: Study, chosen: Iterable[int] | None = None) -> list[int]:
    """The communities that a page is about.

    Raises:
        InputError: One of the chosen does not exist.
    """
    study.require("accounts")
    if not study.has("members"):
        there = []
    else:
        rows = study.rows("select distinct community from members order by community")
        there = [int(n) for n in rows["community"].to_pylist()]
    wanted = there if chosen is None else sorted({int(n) for n in chosen})
    missing = [f"C{n}" for n in wanted if n not in there]
    if missing:
        raise InputError(
            f"there is no community {', '.join(missing)} in {study.path}: it has {len(there)}, from C1 on, the largest "
            "first"
        )
    return wanted


def _facts(study: Study, numbers: list[int], plots: Mapping[int, Sequence[Plot]]) -> dict[str, Any]:
    steps = [_step(record) for record in study.manifest["steps"]]
    tested, communities = judgement.tested(study), _communities(study, numbers)
    drawn = {f"C{n}": [{"kind": type(p).__name__} | asdict(p) for p in of] for n, of in plots.items()}
    return {
        "study": show(study.path.resolve().name, 80),
        "versions": study.manifest["steps"][-1]["versions"],
        "read": _read(study),
        "inputs": [_input(entry) for entry in study.manifest["inputs"]],
        "rejected": _rejected(study),
        "steps": steps,
        "layers": _layers(study),
        "tested": tested,
        "validated": tested is not None and any(not layer["cap"] for layer in tested["layers"]),
        "calibration": judgement.calibration(study),
        "levels": _levels(communities),
        "explained": _explained(communities),
        "communities": communities,
        "detailed": DETAILED,
        "found": _count(study),
        # as JSON gives it back
        "plots": json.loads(json.dumps(drawn)),
    }


def _count(study: Study) -> int:
    """Communities found in all, those that a page leaves out included."""
    if not study.has("members"):
        return 0
    return int(study.rows("select count(distinct community) as n from members")["n"][0].as_py())


def _read(study: Study) -> dict[str, Any]:
    """Counts and period of what was read; kinds of action may be words from the data."""
    told = study.last("read")["summary"]
    counted = study.rows("select count(*) as n from accounts")["n"][0].as_py()
    # an empty cell is no text
    texts = study.rows("select count(*) as n from posts where length(trim(text)) > 0")["n"][0].as_py()
    kinds = {show(kind, 40): n for kind, n in told.get("actions", {}).items()}
    known = {name: told.get(name) for name in ("first", "last", "rows", "rejected")}
    return {"accounts": counted, "posts": texts, "actions": kinds} | known


def _file_name(name: Any) -> str:
    """The last part of a path: where a file lay on the analyst's machine is nobody else's business."""
    return show(PureWindowsPath(str(name)).name or str(name), 120)


def _input(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": _file_name(entry["name"]),
        "reader": show(entry.get("reader"), 40),
        "rows": sum(entry.get("rows", {}).values()),
        "rejected": entry.get("rejected", 0),
        "bytes": entry.get("bytes"),
        "sha256": entry.get("sha256"),
    }


def _rejected(study: Study) -> dict[str, Any]:
    """The kinds of reasons why rows were left out, each with the first of its rows."""
    rows = study.rows("select file, line, reason from rejected order by file, line, reason").to_pylist()
    found = rejections.kinds((r["file"], r["line"], r["reason"]) for r in rows)
    top = [
        {
            "reason": show(kind.what, 200),
            "rows": kind.rows,
            "file": _file_name(kind.file),
            "line": kind.line,
            "example": show(kind.reason, 200),
        }
        for kind in found[:REASONS]
    ]
    return {"rows": len(rows), "reasons": len(found), "top": top}


def _step(record: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {
        show(key, 40): [_file_name(v) for v in value] if key in ("inputs", "source") else value
        for key, value in record["parameters"].items()
        if value not in (None, {}, [])
    }
    return {"parameters": parameters} | {
        key: record[key] for key in ("number", "verb", "when", "seconds", "rows", "engine")
    }


def _layers(study: Study) -> list[dict[str, Any]]:
    known = registry.find("layers")
    rows = study.rows(
        "select layer, count(*) as pairs, max(shared) as most, min(quickest) as quickest from pairs "
        "group by layer order by layer"
    ).to_pylist()
    empty = [{"layer": p, "pairs": 0, "most": None, "quickest": None} for p in study.parts("pairs") if p]
    found = {row["layer"]: row for row in [*empty, *rows]}
    titles = {name: getattr(known.get(name), "title", "") for name in found}
    return [row | {"layer": show(name, 60), "title": show(titles[name], 120)} for name, row in sorted(found.items())]


def _levels(communities: list[dict[str, Any]]) -> dict[str, int]:
    """How many communities are at each level; empty where none has one."""
    reached = [c["level"]["level"] for c in communities if c["level"]]
    return {level: reached.count(level) for level in judgement.LEVELS} if reached else {}


def _explained(communities: list[dict[str, Any]]) -> int:
    suspected = [c for c in communities if c["level"] and c["level"]["level"] in ("L2", "L3")]
    return sum(any(e["verdict"] == "for" for e in c["benign"]) for c in suspected)


def _communities(study: Study, numbers: list[int]) -> list[dict[str, Any]]:
    """Every community with its card and findings; the first `DETAILED` with the evidence and members too."""
    if not numbers:
        return []
    sizes = study.rows(
        f"select community, count(*) as size from members where community in ({', '.join(map(str, numbers))}) "
        "group by community order by community"
    )
    cards = {row["community"]: row for row in study.rows("select * from communities").to_pylist()}
    found = evidence.findings(study, "community", numbers[:DETAILED])
    found |= evidence.findings(study, "community", numbers[DETAILED:], rows=False)
    members = _members(study, numbers[:DETAILED])
    levels, benign = judgement.levels(study), judgement.benign(study, numbers[:DETAILED])
    matches, look = _pairs(study, numbers[:DETAILED]), looks_of(study)
    return [
        {
            "community": row["community"],
            "name": f"C{row['community']}",
            "size": row["size"],
            "look": look[row["community"]]._asdict(),
            "card": _finite(cards.get(row["community"], {})),
            "level": levels.get(row["community"]),
            "benign": benign.get(row["community"], []),
            "findings": found.get(row["community"], []),
            "members": members.get(row["community"], []),
            "texts": texts.clusters(study, row["community"]) if row["community"] in members else [],
            "pairs": matches.get(row["community"], []),
        }
        for row in sizes.to_pylist()
    ]


def _pairs(study: Study, communities: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The strongest pairs of some communities, with the posts that tie them."""
    ties = pairs.strongest(study, communities, PAIRS)
    wanted = [_matched.Pair(t["source"], t["target"], t["layers"].split("+")) for t in ties]
    found: dict[int, list[dict[str, Any]]] = {}
    for tie, matches in zip(ties, _matched.matched(study, wanted, MATCHES), strict=True):
        found.setdefault(tie["community"], []).append(pairs.shown(tie, [m._asdict() for m in matches]))
    return found


def _finite(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card's figures; JSON has no NaN."""
    figures = {k: v for k, v in card.items() if k not in ("community", "size")}
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in figures.items()}


def _members(study: Study, communities: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The strongest members of some communities, with the figures about each."""
    if not communities:
        return {}
    chosen = ", ".join(map(str, communities))
    rows = study.rows(
        "select community, account, strength, id, name, created, followers from ("
        "select m.community, m.account, m.strength, a.id, a.name, a.created, a.followers, row_number() over ("
        "partition by m.community order by coalesce(m.strength, 0e0) desc, m.account) as place "
        "from members m join accounts a on a.account = m.account "
        f"where m.community in ({chosen})) as ranked where place <= {MEMBERS} order by community, place"
    ).to_pylist()
    judged = evidence.findings(study, "account", [row["account"] for row in rows], rows=False)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        figures = {
            f["code"]: {k: f[k] for k in ("title", "value", "figure", "reason")} for f in judged.get(row["account"], [])
        }
        found.setdefault(row["community"], []).append(
            {
                "label": account_label(row["name"], row["id"]),
                "id": show(row["id"], 64),
                "strength": evidence.plain(row["strength"] or 0.0),
                "created": None if row["created"] is None else evidence.cell("created", row["created"])["text"][:10],
                "followers": row["followers"],
                "figures": figures,
            }
        )
    return found
