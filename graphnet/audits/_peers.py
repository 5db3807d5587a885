"""What a subject is compared with: things of its kind, of like size, in the same collection.

That a hashtag grows quickly, or that a few accounts write much of it, is what hashtags are like. So each figure stands
beside the same figure of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import _bursts as bursts
from graphnet.audits._life import FEW, FRESH, NAMES, Figure, Known, measure, ten_accounts
from graphnet.audits._uses import Grid, Subject, Uses, sizes, uses
from graphnet.words import iso

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["ENOUGH", "Peer", "Place", "labels", "like", "measured", "place"]

MOST = 20
"""Things compared with."""
FACTOR = 8.0
"""Of like size: at most so many times as many own posts, or as few."""
SAME = 0.5
"""Things that share more than this part of the smaller one's posts are the same matter, and no comparison."""
ENOUGH = 3
"""Fewer things than this are no comparison …"""
CLEARLY = 5
"""… and to be beyond all of fewer than this says nothing."""


@dataclass(frozen=True)
class Peer:
    """One thing that the subject is compared with.

    Attributes:
        label: How it is shown.
        posts: Own posts and reposts.
        ratio: That of its strongest window; 1 if there is none, None where the usual is under a post.
        window: Where that is, in seconds; None if there is none.
        figures: By code, see `graphnet.audits._life.NAMES`.
    """

    label: str
    posts: int
    ratio: float | None
    window: tuple[int, int] | None
    figures: Mapping[str, Figure]

    def row(self) -> dict[str, Any]:
        """As a row of a table."""
        start, end = self.window or (None, None)
        values = {code: figure.value for code, figure in self.figures.items()}
        return {
            "thing": self.label,
            "posts": self.posts,
            "ratio": self.ratio,
            "start": iso(start),
            "end": iso(end),
        } | values


def like(study: Study, subject: Subject, own: Uses) -> Uses:
    """Uses of the things that the subject is to be compared with; none if there are too few of like size."""
    kind = "hashtag" if subject.kind == "text" else subject.kind
    mine = np.unique(own.post[~own.repost & (own.post >= 0)])
    size = max(len(mine), int((~own.repost).sum()), 1)
    things, counts = sizes(study, kind, max(FEW, int(size / FACTOR)))
    near = (counts <= FACTOR * size) & (things != (subject.thing if kind == subject.kind else -1))
    things, counts = things[near], counts[near]
    order = np.lexsort((things, np.abs(np.log(counts / size))))[: 2 * MOST]
    found = uses(study, kind, [int(t) for t in things[order]])
    kept = [t for t in things[order].tolist() if not _same(mine, found.of(t))][:MOST]
    return found.take(np.isin(found.thing, kept))


def _same(mine: Any, other: Uses) -> bool:
    theirs = np.unique(other.post[~other.repost & (other.post >= 0)])
    smaller = min(len(mine), len(theirs))
    return bool(smaller) and len(np.intersect1d(mine, theirs)) > SAME * smaller


def measured(
    study: Study, kind: str, found: Uses, facts: Known, time: Grid, window: tuple[int, int], fresh: int
) -> list[Peer]:
    """Every figure of every peer; those that hang on the date in the hours of ``window``, if it has posts then."""
    things = np.unique(found.thing)
    names = labels(study, kind, things.tolist())
    peers = []
    for thing in things.tolist():
        of = found.of(thing)
        counts = time.counts(of.time)
        exposed, _ = bursts.exposure(time.others - counts, counts, time.step)
        windows = bursts.find(counts, exposed, time.step).windows
        first = windows[0] if windows else None
        figures = measure(of, facts, *window, fresh)
        then = measure(of.within(*window), facts, *window, fresh)
        began = (time.at(first.start), time.at(first.end)) if first else None
        if began:  # how quickly accounts join is asked of a window where there is one, as of the subject
            figures["ten_accounts_after"] = ten_accounts(of.within(*began))
        peers.append(
            Peer(
                names[thing],
                len(of),
                first.times[0] if first else 1.0,
                began,
                {code: then[code] if code in FRESH else figure for code, figure in figures.items()},
            )
        )
    return sorted(peers, key=lambda p: (-p.posts, p.label))


def labels(study: Study, kind: str, things: Sequence[int]) -> dict[int, str]:
    """How things are shown."""
    if kind == "cluster":
        return {t: f"text {t}" for t in things}
    some = ", ".join(str(int(t)) for t in things) or "null"
    if kind == "target":
        rows = study.rows(
            f"select account as thing, coalesce('@' || name, id) as label from accounts where account in ({some})"
        )
    else:
        sign = "'#' || " if kind == "hashtag" else ""
        rows = study.rows(f"select object as thing, {sign}id as label from objects where object in ({some})")
    return {row["thing"]: row["label"] for row in rows.to_pylist()}


@dataclass(frozen=True)
class Place:
    """Where the subject stands among its peers.

    Attributes:
        middle: Median of the peers; None if there are too few.
        words: In words.
        apart: Whether the subject's figure is clearly beyond all of them.
    """

    middle: float | None
    words: str
    apart: bool = False


def place(code: str, figure: Figure, peers: Sequence[Peer], what: str) -> Place:
    """Where a figure stands.

    Args:
        code: Which figure.
        figure: The subject's.
        peers: What it is compared with.
        what: What those are called: ``hashtags``.
    """
    when = " in the same hours" if code in FRESH else ""
    values = [p.figures[code].value for p in peers]
    known = np.array([v for v in values if v is not None])
    if figure.value is None:
        return Place(None, "")
    if len(known) < ENOUGH:
        return Place(None, f"too few {what} of like size{when} to compare with ({len(known)})")
    middle = float(np.median(known))
    below = int((known < figure.value).sum())
    words = f"median of {len(known)} {what} of like size{when}; {below} of them have less"
    # figures without an interval hang on size: the smallest of its peers had a larger share from its ten busiest
    # accounts than all of five others in more than half of harmless cases. And where all peers have 0, one post is
    # beyond 0, so the peers' own intervals have to lie below
    ends = [p.figures[code].high for p in peers if p.figures[code].value is not None]
    apart = figure.low is not None and all(high is not None and high < figure.low for high in ends)
    return Place(middle, words, apart and code in NAMES and len(known) >= CLEARLY)
