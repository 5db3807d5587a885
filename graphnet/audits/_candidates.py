"""The accounts closest to given ones, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphnet.audits import Answer
from graphnet.audits._closeness import Network, ranks
from graphnet.audits._reasons import Reason, reasons
from graphnet.crowds import Ints, Numbers
from graphnet.safe import show
from graphnet.study import Study

__all__ = ["CANDIDATE", "Candidate", "answers", "listed", "profiles", "shared"]

ANSWERS = 25
CANDIDATE = "candidate to look at, not evidence"


@dataclass(frozen=True)
class Candidate:
    """A candidate: its row in the table, its reason, and the id it is called by."""

    id: str
    row: Mapping[str, Any]
    reason: Reason


def listed(
    study: Study,
    leading: Ints,
    seeds: Ints,
    score: Numbers,
    found: Sequence[Network],
    close: Sequence[Numbers],
    layers: Sequence[str],
) -> list[Candidate]:
    """The leading accounts with the reasons for each.

    Args:
        study: Where names and shared things are looked up.
        leading: Our numbers of the candidates, the closest first.
        seeds: The given accounts.
        score: Score of every account.
        found: The networks.
        close: Closeness of every account in each.
        layers: Which layers were used; none: all.
    """
    why = reasons(study, leading, seeds, layers)
    known = profiles(study, leading)
    places = [_places(values, seeds, leading) for values in close]
    told = []
    for i, account in enumerate(leading.tolist()):
        reason, about = why[account], known[account]
        near = {n.name: p[i] for n, p in zip(found, places, strict=True) if p[i] > 0}
        best = sorted(near, key=lambda name: (near[name], name))
        row = {
            "rank": i + 1,
            "account": about["id"],
            "name": about["name"],
            "score": round(float(score[account]) * 1000, 4),
            "networks": len(near),
            "closest_in": "; ".join(f"{name} (place {near[name]:,.0f})" for name in best[:3]),
            "tied_to_given": len(reason.seeds),
            "community": about["community"],
            "why": reason.words(len(seeds)),
            "note": CANDIDATE,
        }
        told.append(Candidate(about["id"], row, reason))
    return told


def _places(values: Numbers, seeds: Ints, leading: Ints) -> list[float]:
    """Place of each leading account in one network among all but the given ones; 0 where the walk does not reach."""
    others = values.copy()
    others[seeds] = -1.0
    held = ranks(others)[leading]
    return [float(p) if values[a] > 0 else 0.0 for p, a in zip(held, leading.tolist(), strict=True)]


def profiles(study: Study, accounts: Ints) -> dict[int, dict[str, Any]]:
    """Id, handle and community of accounts, by our number."""
    wanted = ", ".join(map(str, accounts.tolist())) or "null"
    rows = study.rows(
        "select a.account, a.id, a.name, m.community from accounts a left join members m on m.account = a.account "
        f"where a.account in ({wanted})"
    ).to_pylist()
    return {
        r["account"]: {
            "id": r["id"] or str(r["account"]),
            "name": r["name"] and show(r["name"], 60),
            "community": None if r["community"] is None else f"C{r['community']}",
        }
        for r in rows
    }


def answers(told: Sequence[Candidate], of: int) -> list[Answer]:
    """The first `ANSWERS` of them."""
    found = []
    for one in told[:ANSWERS]:
        rank = one.row["rank"]
        who = f"@{one.row['name']}" if one.row["name"] else one.id
        reason = (
            f"{CANDIDATE}: {who} is number {rank:,} of {of:,}; closest in {one.row['closest_in']}; {one.row['why']}"
        )
        found.append(Answer("candidate", one.id, float(rank), f"of {of:,}", reason, evidence=one.reason.things))
    return found


def shared(told: Sequence[Candidate]) -> list[Mapping[str, Any]]:
    """What candidates share with given accounts, one row a thing."""
    return [{"rank": one.row["rank"], "account": one.id, **thing} for one in told for thing in one.reason.things]


def _clock(time: str) -> str:
    return f"{time[:16].replace('T', ' ')} UTC"
