"""What the map page can show behind a click, as cleaned text that the page only has to place.

Of every community its level, of the suspected and the largest ones their cards and findings, of the strongest accounts
theirs, of the heaviest ties the matched posts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet import words
from graphnet.safe import show
from graphnet.view import evidence, judgement, safe
from graphnet.view.map_data import Drawn, rounds

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["behind", "heaviest", "strongest"]

MOST_ACCOUNTS, MOST_TIES = 1_500, 400
"""Accounts and ties whose evidence the page carries: about 1 MB of the file."""
MOST_COMMUNITIES, ROWS = 60, 8
"""Communities with evidence, suspected ones first, and rows of each table of it."""
TEXT = 400
"""Longest post shown, in signs."""


def heaviest(what: Drawn, most: int = MOST_TIES) -> list[int]:
    """Ties whose posts the page should carry: every community's heaviest in turn, suspected communities first."""
    inside = np.flatnonzero(what.group_of[what.graph.ends[:, 0]] == what.group_of[what.graph.ends[:, 1]])
    owner = _turn(what)[what.group_of[what.graph.ends[inside, 0]]]
    chosen = inside[rounds(owner, what.graph.weight[inside])[:most]]
    return [int(e) for e in np.sort(chosen)]


def strongest(what: Drawn, most: int = MOST_ACCOUNTS) -> list[int]:
    """Accounts whose findings the page should carry, chosen likewise."""
    return [int(i) for i in np.sort(rounds(_turn(what)[what.group_of], what.strength)[:most])]


def _turn(what: Drawn) -> Any:
    """Place of each community in the order in which they are served."""
    rank = {"full": 0, "soft": 1, "calm": 2}
    order = sorted(range(len(what.groups)), key=lambda i: (rank[what.groups[i]["tone"]], i))
    turn = np.empty(len(order), dtype=np.int64)
    turn[order] = np.arange(len(order))
    return turn


def behind(study: Study, what: Drawn, matches: Mapping[int, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """The evidence block of the page.

    Args:
        study: The study.
        what: What is drawn.
        matches: For some ties (by position) what their accounts share: ``layer``, ``kind``, ``thing``, ``gap`` and
            ``acts`` (each account number, time, id and text of the post), as raw data.

    Returns:
        ``communities`` (one each, in their order), ``accounts`` (``of``: positions, ``panels``) and ``pairs`` (``of``:
        positions of ties, ``matches``).
    """
    numbers = what.graph.accounts
    place = {int(a): i for i, a in enumerate(numbers.tolist())}
    accounts = strongest(what)
    chosen = [int(numbers[i]) for i in accounts]
    groups = sorted(what.groups[i]["community"] for i in np.argsort(_turn(what))[:MOST_COMMUNITIES])
    of_account, of_community = evidence.panels(study, chosen, groups)
    return {
        "communities": _communities(study, what, groups, of_community),
        "accounts": {"of": accounts, "panels": [of_account[a] for a in chosen]},
        "pairs": {
            "of": list(matches),
            "matches": [[_match(m, place) for m in found] for found in matches.values()],
        },
    }


def _communities(
    study: Study, what: Drawn, groups: Sequence[int], panels: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    levels, benign = judgement.levels(study), judgement.benign(study, groups)
    found = evidence.findings(study, "community", groups)
    shown = []
    for number in (g["community"] for g in what.groups):
        panel = dict(panels.get(number, {}))
        panel["carried"] = number in panels
        panel["findings"] = [_finding(f) for f in found.get(number, [])]
        panel["benign"] = [_benign(b) for b in benign.get(number, []) if b["verdict"] in ("for", "both")]
        level = levels.get(number)
        panel["level"] = (
            " ".join(filter(None, (level["reason"], level["held_out"], level["capped_by"]))) if level else ""
        )
        shown.append(panel)
    return shown


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: finding[key] for key in ("title", "figure", "compared", "reason")}
    table = finding["evidence"]
    rows = [[c["text"] for c in row] for row in table["rows"][:ROWS]]
    return known | {
        "known": finding["value"] is not None,
        "table": {"columns": table["columns"], "rows": rows} if rows else None,
    }


def _benign(explanation: Mapping[str, Any]) -> dict[str, str]:
    clues = explanation["clues"]["for"] or explanation["clues"]["both"]
    return {"title": explanation["title"], "words": explanation["words"], "clue": clues[0] if clues else ""}


def _match(match: Mapping[str, Any], place: Mapping[int, int]) -> dict[str, Any]:
    thing = (
        "" if match["thing"] is None or match["kind"] in ("post", "text", None) else safe.passage(match["thing"], 120)
    )
    return {
        "layer": show(match["layer"], 60),
        "what": f"{show(match['kind'], 40)} {thing}" if thing else "",
        "gap": match["gap"],
        "posts": [_post(place[who], *rest) for who, *rest in match["acts"]],
    }


def _post(who: int, time: int | None, post: str | None, text: str | None) -> dict[str, Any]:
    said = safe.passage(text, TEXT)
    when = (words.iso(time) or "").replace("T", " ").replace("Z", " UTC") or "time unknown"
    return {"who": who, "time": when, "id": show(post, 64), "text": said, "dir": safe.direction(said)}
