"""The tables, notes and other explanations of one subject's life."""

from __future__ import annotations

import numpy as np

from graphnet.audits import EVIDENCE
from graphnet.audits import _bursts as bursts
from graphnet.audits._campaign_life import Life
from graphnet.audits._life import levels, share
from graphnet.audits._peers import ENOUGH
from graphnet.audits._rows import Row
from graphnet.words import count, iso, percent, span

__all__ = ["benign", "busiest", "hour", "notes", "tables"]

MOST_ROWS = 20_000
"""Rows of the table of posts; a whole life may have millions."""


def busiest(life: Life, window: bursts.Window) -> list[Row]:
    """The hours of a window with the most posts, in their order."""
    hours = np.arange(window.start, window.end)
    top = np.sort(hours[np.lexsort((hours, -life.counts[hours]))][:EVIDENCE])
    return [hour(life, int(h)) for h in top]


def hour(life: Life, place: int) -> Row:
    """One step of time."""
    return {
        "time": iso(life.time.at(place)),
        "posts": int(life.counts[place]),
        "usual": round(float(life.found.usual[place]), 2),
        "in_window": bool(life.found.burst[place]),
    }


def tables(life: Life, targets: list[Row]) -> dict[str, list[Row]]:
    """The tables beside the page; empty ones are left out."""
    active = np.flatnonzero((life.counts > 0) | life.found.burst)
    made = {
        "hours": [hour(life, int(h)) for h in active],
        "windows": [_window(life, w) for w in life.found.windows],
        "first_movers": life.rows.movers(),
        "window_first_movers": life.rows.movers(*life.span),
        "starters": life.rows_inside.starters(),
        "carriers": life.rows_inside.carriers(),
        "targets": targets,
        "communities": levels(life.inside, life.facts),
        "hashtags": life.rows_inside.beside(life.subject.thing if life.subject.kind == "hashtag" else -1),
        "languages": life.rows_inside.made("lang"),
        "clients": life.rows_inside.made("client"),
        "texts": life.rows_inside.clusters(),
        "compared": [p.row() for p in life.peers],
        "posts": life.rows_inside.uses(range(min(len(life.inside), MOST_ROWS))),
    }
    return {name: rows for name, rows in made.items() if rows}


def _window(life: Life, window: bursts.Window) -> Row:
    return {
        "start": iso(life.time.at(window.start)),
        "end": iso(life.time.at(window.end)),
        "posts": window.posts,
        "usual": round(window.expected, 1),
        **dict(zip(("ratio", "ratio_low", "ratio_high"), window.times, strict=True)),
    }


def benign(life: Life, held: dict[str, list[Row]]) -> list[str]:
    """What else would look the same, each with the figure that speaks for or against it."""
    start, _ = life.span
    first = life.inside.time[life.inside.time >= start]
    top = held.get("starters", [{}])[0]
    soon = share((life.all.time >= start) & (life.all.time < start + 3600), life.all.account)
    known_by = [p for p in life.peers if p.window and life.main and p.window[0] < life.span[1] and start < p.window[1]]
    news = (
        f"breaking news: everybody shares the same few posts at once; here the most repeated post has "
        f"{percent(top['share']) if top else '0 %'} of the reposts, and {len(known_by)} of {len(life.peers)} compared "
        f"{life.subject.peers} burst at the same time"
    )
    event = "a scheduled event (a match, a show, an announced storm): it begins at a full hour and ends within hours"
    if life.main is not None and soon.value is not None and len(first):
        event += (
            f"; here the window lasts {span((life.main.end - life.main.start) * life.time.step)}, its first hour has "
            f"{percent(soon.value)} of all posts"
        )
    petition = "an open petition or campaign: its page asks for a given text and link"
    if "texts" in held:
        petition += f"; here {count(len(held['texts']), 'text')} of several accounts (see the table of texts)"
    fans = "fans of one author or cause, who are always the same accounts and repeat the same posts"
    return [news, event, petition, fans]


def notes(life: Life) -> list[str]:
    """What was left out and assumed."""
    untimed = int((life.all.time < 0).sum())
    method = (
        "windows: two-state model with negative binomial counts (after Kleinberg 2002), reported where the ratio is "
        f"clearly above {bursts.CLEAR:g} and {bursts.LEAST} posts or more are in it; bursts less than {bursts.GAP} "
        "hours apart are one"
    )
    seen = "first seen: when an account first acts in this collection, which is not when it was made"
    said = [f"all times are UTC; {seen}", f"the usual rate follows {life.usual_by}", method]
    if life.facts.level is not None:
        said.append(
            "communities and their levels were found in this same collection, the window included: a high share from "
            "suspected ones says whose burst it is, and is no second proof of coordination"
        )
    if life.time.step > 3600:
        said.append(f"the collection is long: volume is counted in steps of {span(life.time.step)}")
    if untimed:
        said.append(f"{count(untimed, 'post')} without a time left out of everything that hangs on time")
    if len(life.inside) > MOST_ROWS:
        said.append(f"the table of posts holds the first {MOST_ROWS:,} of {len(life.inside):,}")
    if life.subject.kind == "text":
        said.append(
            "words are looked for as they are written; near-identical texts are found by graphnet match and --cluster"
        )
    if len(life.peers) < ENOUGH:
        said.append(
            f"only {count(len(life.peers), life.subject.peers.removesuffix('s'))} of like size in this collection: "
            "too few to compare with"
        )
    return said
