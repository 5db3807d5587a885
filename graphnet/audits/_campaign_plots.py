"""The pictures of one subject's life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits._life import levels
from graphnet.audits._uses import clock
from graphnet.plots import Bars, Mark, Plot, Points
from graphnet.safe import show
from graphnet.words import count, percent, span

if TYPE_CHECKING:
    from graphnet.audits._campaign_life import Life

__all__ = ["plots"]

BARS = 400
"""More hours than this are drawn in wider bars."""
SHOWN = 10


def plots(life: Life, targets: Sequence[Mapping[str, Any]]) -> list[Plot]:
    """Volume, who joined when, communities, targets; those for which there is nothing to draw are left out."""
    made = [_volume(life), _joined(life), _communities(life), _targets(targets), _peers(life)]
    return [plot for plot in made if plot is not None]


def _volume(life: Life) -> Plot:
    wide = next((n for n in (1, 3, 6, 24, 168) if len(life.counts) <= n * BARS), -(-len(life.counts) // BARS))
    starts = np.arange(0, len(life.counts), wide)
    heights, usual = np.add.reduceat(life.counts, starts), np.add.reduceat(life.found.usual, starts)
    burst = np.flatnonzero(np.logical_or.reduceat(life.found.burst, starts))
    edges = life.time.begin + np.append(starts, starts[-1] + wide) * life.time.step
    step = span(wide * life.time.step)
    window = ""
    marks: tuple[Mark, ...] = ()
    if life.main is not None:
        start, end = life.span
        window = f" The strongest window, {clock(start)} to {clock(end)}, has {count(life.main.posts, 'post')}."
        marks = (Mark(start, "window begins"), Mark(end, "ends"))
    return Bars(
        "Posts over time",
        "time (UTC)",
        f"posts in {step}",
        f"{count(len(life.all), 'post')} in bars of {step}; hours in a window stand out.{window}",
        times=True,
        marks=marks,
        heights=tuple(float(h) for h in heights),
        edges=tuple(float(e) for e in edges),
        standing_out=tuple(int(b) for b in burst),
        expected=tuple(float(u) for u in usual),
    )


def _joined(life: Life) -> Plot | None:
    """Each account at its first use, by the date it was made: rows of young accounts that join together."""
    dated = life.all.take(life.all.time >= 0)
    _, first = np.unique(dated.account, return_index=True)
    first = np.sort(first)
    created = life.facts.created[dated.account[first]]
    shown = ~np.isnan(created)
    if shown.sum() < SHOWN:
        return None
    marks = () if life.main is None else (Mark(life.span[0], "window begins"), Mark(life.span[1], "ends"))
    return Points(
        "When accounts joined, by the date they were created",
        "first use (UTC)",
        "account created",
        f"{count(int(shown.sum()), 'account')}; a level line is a batch of accounts made at one time, an upright line "
        "many that joined at once.",
        times=True,
        marks=marks,
        at_x=tuple(dated.time[first][shown].astype(float).tolist()),
        at_y=tuple(created[shown].tolist()),
        y_times=True,
    )


def _communities(life: Life) -> Plot | None:
    rows = levels(life.inside, life.facts)[:SHOWN]
    if life.facts.level is None or not rows:
        return None
    suspected = [i for i, row in enumerate(rows) if row["level"] in ("L2", "L3")]
    part = sum(rows[i]["share"] for i in suspected)
    return Bars(
        "Posts by community of their authors",
        "community and its level",
        "posts",
        f"{percent(part)} of the posts {life.where} are from suspected communities (L2, L3), which stand out.",
        heights=tuple(float(row["posts"]) for row in rows),
        labels=tuple(f"{row['community']} {row['level']}".strip() for row in rows),
        standing_out=tuple(suspected),
    )


def _targets(targets: Sequence[Mapping[str, Any]]) -> Plot | None:
    rows = [row for row in targets if row["before_a_day"] is not None][:SHOWN]
    if not rows:
        return None
    return Bars(
        "Whom those who took part turned to",
        "account",
        "acts a day in the window",
        "Mentions, answers, quotes and reposts a day in the window; the line is the same before the window.",
        heights=tuple(float(row["within_a_day"]) for row in rows),
        labels=tuple(show(row["name"] or row["account"], 24) for row in rows),
        expected=tuple(float(row["before_a_day"]) for row in rows),
    )


def _peers(life: Life) -> Plot | None:
    """The share from suspected communities beside that of the peers."""
    mine = life.figures["suspected_share"].value
    rows = [(p.label, value) for p in life.peers if (value := p.figures["suspected_share"].value) is not None]
    if mine is None or not rows:
        return None
    rows = [(life.subject.label, mine), *sorted(rows, key=lambda r: (-r[1], r[0]))][:15]
    return Bars(
        "Share from suspected communities, compared",
        life.subject.peers,
        "share of posts",
        f"{percent(mine)} here; the others are {life.subject.peers} of like size.",
        heights=tuple(value for _, value in rows),
        labels=tuple(show(label, 24) for label, _ in rows),
        standing_out=(0,),
    )
