"""How far each community can be told from chance, and what else could explain it, as a page shows it.

Everything here is there only when the step that makes it has run: `levels` and `calibration` are empty else, and the
page says so.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from graphnet import registry, words
from graphnet.safe import show
from graphnet.view import safe

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = [
    "LEVELS",
    "SUSPECTED",
    "UNTOLD",
    "VERDICTS",
    "also",
    "benign",
    "calibration",
    "explained",
    "levels",
    "standings",
    "tested",
]

LEVELS = {
    "L0": "shared audience",
    "L1": "candidate: one layer beyond chance",
    "L2": "suspected coordination",
    "L3": "suspected, reviewed",
}
"""What each level of the evidence ladder is called."""
UNTOLD = "cannot be told"
"""What stands in its place, and begins the reason, where nobody else shares what a community acts on."""
SUSPECTED = ("L2", "L3")
"""Levels that are called suspected."""
VERDICTS = {
    "for": "fits the data",
    "both": "fits in part",
    "against": "does not fit the data",
    "unknown": "cannot be told",
}
"""What the support of a benign explanation is called."""
_QUOTED = re.compile(r"“[^”]*\w\.\w[^”]*”")
WORDS = 600
"""Longest sentence shown, in signs."""


def benign(study: Study, detailed: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The benign explanations of each community, the most supported first, those that cannot be told last.

    Args:
        study: A study; without explanations the answer is empty.
        detailed: The communities whose clues are wanted as well.

    Returns:
        For each community a list of ``code, title, support, verdict, words`` (what the verdict is called) and
        ``clues``: under ``for``, ``both``, ``against`` and ``unknown`` the sentences, the weightiest first.
    """
    if not study.has("benign"):
        return {}
    known = registry.find("explanations")
    some = ", ".join(str(int(c)) for c in detailed) or "-1"
    rows = study.rows(
        "select community, code, support, verdict, "
        f"case when community in ({some}) then evidence else '[]' end as clues "
        "from benign order by community, support desc nulls last, code"
    ).to_pylist()
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        title = _title(known, row["code"])
        found[row["community"]].append(
            {
                "code": show(row["code"], 40),
                "title": _capital(show(title, 80)),
                "support": None if row["support"] is None else safe.number(row["support"], -1, 1),
                "verdict": row["verdict"],
                "words": VERDICTS[row["verdict"]],
                "clues": _clues(row["clues"]),
            }
        )
    return dict(found)


def _clues(evidence: str) -> dict[str, list[str]]:
    """The sentences by what they speak for; what is weightiest, and without what the explanation falls, first."""
    clues: dict[str, list[str]] = {verdict: [] for verdict in VERDICTS}
    for clue in sorted(json.loads(evidence), key=lambda c: (-abs(c["speaks"] or 0), c["role"] == "sign")):
        clues[clue["says"]].append(_sentence(clue["words"].removeprefix("unknown: ")))
    return clues


def _title(known: Mapping[str, type[Any]], code: str) -> str:
    return getattr(known.get(code), "title", code.replace("_", " "))


def explained(study: Study) -> dict[int, list[str]]:
    """Titles of the benign explanations that fit each community as well, the best supported first."""
    if not study.has("benign"):
        return {}
    rows = study.rows(
        "select community, code from benign where verdict = 'for' order by community, support desc nulls last, code"
    )
    known, found = registry.find("explanations"), defaultdict(list)
    for row in rows.to_pylist():
        found[row["community"]].append(show(_title(known, row["code"]), 80))
    return dict(found)


def also(fits: Collection[str]) -> str:
    """What else explains a community, as it stands beside the community's level; nothing if nothing does.

    Example:
        >>> also(["a newsroom, or several accounts of one owner"]), also([])
        ('fits as well: a newsroom, or several accounts of one owner', '')
    """
    return f"fits as well: {'; '.join(fits)}" if fits else ""


def levels(study: Study) -> dict[int, dict[str, Any]]:
    """The level of each community: ``level, words, fits, reason, basis, held_out`` (a sentence), ``capped_by``.

    ``fits`` are the titles of the benign explanations that fit as well: they belong wherever the level stands.
    """
    if not study.has("levels"):
        return {}
    rows, fits = study.rows("select * from levels").to_pylist(), explained(study)
    return {
        row["community"]: {
            "level": row["level"],
            "words": UNTOLD if (row["reason"] or "").startswith(UNTOLD) else LEVELS[row["level"]],
            "fits": fits.get(row["community"], []),
            "reason": _sentence(row["reason"]),
            "basis": row["basis"],
            "held_out": _held_out(row),
            "capped_by": _sentence(row["capped_by"]),
        }
        for row in rows
    }


def standings(study: Study) -> dict[int, str]:
    """The level of each community and what fits as well, as one phrase; only what is known of it."""
    held, fits = levels(study), explained(study)
    found = {}
    for community in sorted(held.keys() | fits.keys()):
        level = f"{held[community]['level']} {held[community]['words']}" if community in held else ""
        found[community] = ", ".join(filter(None, (level, also(fits.get(community, [])))))
    return found


def _held_out(row: dict[str, Any]) -> str:
    """What days that took no part in finding the community say of it."""
    if row["held_out_p"] is None:
        return _sentence(row["held_out_note"])
    confirmed = f"Confirmed in {row['held_out'].replace('+', ', ')}" if row["held_out"] else "Not confirmed"
    pairs = row["held_out_pairs"] or 0
    found = f"{pairs:,} unexplained pair{'' if pairs == 1 else 's'} inside on the other days"
    p, q = row["held_out_p"], row["held_out_q"]
    chance = f"p {words.chance(p)}, q {words.chance(q)}" if q is not None else ""
    note = f"; {row['held_out_note']}" if row["held_out_note"] else ""
    return _sentence(f"{confirmed}: {found}{f' ({chance})' if chance else ''}{note}")


def tested(study: Study) -> dict[str, Any] | None:
    """What ``validate`` did, or None if it has not been run.

    Returns:
        ``layers`` (``layer, things, accounts, tests, kept, expected_false, not_applicable, cap``), ``skipped``
        (``reason, layers``), ``merged`` (pairs kept by all layers together) and ``fdr``.
    """
    if not study.has("ties"):
        return None
    step = study.last("validate")
    names = ("things", "accounts", "tests", "kept", "expected_false")
    layers = [
        {"layer": show(layer, 60), "cap": about.get("cap")}
        | {name: about.get(name) for name in names}
        | {"not_applicable": [_sentence(f"{null}: {why}") for null, why in about.get("not_applicable", {}).items()]}
        for layer, about in sorted(step["summary"].get("layers", {}).items())
    ]
    skipped: dict[str, list[str]] = defaultdict(list)
    for layer, why in sorted(step["summary"].get("skipped", {}).items()):
        skipped[_sentence(why)].append(show(layer, 60))
    return {
        "layers": layers,
        "skipped": [{"reason": why, "layers": layers_of} for why, layers_of in skipped.items()],
        "merged": step["summary"].get("merged", {}).get("kept"),
        "fdr": step["parameters"].get("fdr"),
    }


def calibration(study: Study) -> str | None:
    """What the same steps find when the coordination is shuffled out of the data; None if that was not tried."""
    if not study.has("calibration"):
        return None
    said = study.last("calibrate")["summary"].get("sentence")
    return _sentence(said) if said else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str | None) -> str:
    """Cleaned text with a capital and a full stop; nothing for None."""
    # a site that a profile names stands in quotation marks, without the slash by which links are known
    clean = _QUOTED.sub(lambda found: found[0].replace(".", "[.]"), _capital(safe.passage(text, WORDS)))
    return clean if not clean or clean[-1] in ".!?…" else clean + "."
