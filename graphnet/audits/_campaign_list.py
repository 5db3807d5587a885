"""What there is to ask about: the hashtags, links, domains and accounts that burst most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import Answer, Audited
from graphnet.audits import _bursts as bursts
from graphnet.audits._peers import labels
from graphnet.audits._uses import KINDS, Grid, Uses, grid, sizes, uses
from graphnet.words import count, iso, percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["look"]

EACH = 40
"""Things of each kind that are looked at, the most used first."""
SHOWN = 25


def look(study: Study) -> Audited:
    """List the candidates."""
    time = grid(study)
    kinds = [kind for kind in KINDS if kind != "cluster" or study.has("copies")]
    named = ", ".join(KINDS[k] for k in kinds)
    rows = [row for kind in kinds for row in _of(study, kind, time)] if time else []
    rows.sort(key=lambda row: (-row["excess"], row["kind"], row["subject"]))
    bursting = [row for row in rows if row["windows"]]
    none = "not applicable: no hashtag, link, domain or account is used far more in some hours than in others"
    answers = [_answer(row) for row in bursting[:SHOWN]]
    return Audited(
        "campaign",
        "What bursts in this collection",
        {
            "looked_at": len(rows),
            "with_a_burst": len(bursting),
            "strongest": ", ".join(row["subject"] for row in bursting[:5]),
        },
        answers or [Answer("burst", "all", None, "times the usual", none)],
        tables={"candidates": rows} if rows else {},
        benign=["most bursts are news, holidays, matches and shows; look into one before you think anything of it"],
        notes=[
            f"looked at: up to {EACH} most used of each kind ({named}) that are in {bursts.LEAST} own posts or more",
            "sorted by the posts in the strongest window beyond the usual",
        ],
    )


def _of(study: Study, kind: str, time: Grid) -> list[dict[str, Any]]:
    things, counts = sizes(study, kind, bursts.LEAST)
    top = [int(t) for t in things[np.lexsort((things, -counts))[:EACH]]]
    found, names = uses(study, kind, top), labels(study, kind, top)
    return [_row(kind, names[thing], thing, found.of(thing), time) for thing in top]


def _row(kind: str, label: str, thing: int, found: Uses, time: Grid) -> dict[str, Any]:
    counts = time.counts(found.time)
    exposed, _ = bursts.exposure(time.others - counts, counts, time.step)
    windows = bursts.find(counts, exposed, time.step).windows
    first = windows[0] if windows else None
    return {
        "kind": kind,
        "subject": label,
        "posts": len(found),
        "accounts": len(np.unique(found.account)),
        "windows": len(windows),
        "excess": round(first.excess, 1) if first else 0.0,
        "start": iso(time.at(first.start)) if first else None,
        "end": iso(time.at(first.end)) if first else None,
        "in_window": first.posts if first else None,
        "share_in_window": first.posts / len(found) if first else None,
        "usual_in_window": round(first.expected, 1) if first else None,
        **dict(zip(("ratio", "ratio_low", "ratio_high"), first.times if first else (None,) * 3, strict=True)),
        "option": f"--{kind} {thing if kind == 'cluster' else label}",
    }


def _answer(row: dict[str, Any]) -> Answer:
    when = f"from {_clock(row['start'])} to {_clock(row['end'])}"
    rare = row["ratio"] is None
    return Answer(
        "burst",
        row["subject"],
        float(row["in_window"]) if rare else row["ratio"],
        "posts" if rare else "times the usual",
        f"{count(row['in_window'], 'post')} {when}, {percent(row['share_in_window'])} of its {row['posts']:,} by "
        f"{count(row['accounts'], 'account')}; {count(row['windows'], 'window')} in all",
        row["ratio_low"],
        row["ratio_high"],
        row["usual_in_window"] if rare else 1.0,
        "usual in so many hours" if rare else "the usual rate outside its windows",
        evidence=[{k: row[k] for k in ("kind", "start", "end", "posts", "accounts", "option")}],
    )


def _clock(time: str) -> str:
    return f"{time[:16].replace('T', ' ')} UTC"
