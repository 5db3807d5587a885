"""What there is to look at when accounts keep hours, or do not: calendars, clocks, gaps, posts a day, programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphnet.automation import CLASSES, Composition
from graphnet.crowds import Flags, Ints
from graphnet.plots import Bars, Heat, Mark, Plot
from graphnet.safe import show
from graphnet.study import Study
from graphnet.timelines import Timelines
from graphnet.week import WEEK, hours_kept
from graphnet.words import iso, percent, span

__all__ = ["LINES", "Looked", "compositions", "plots"]

DAY = 86_400
WEEKS = 53
"""Weeks that fit into one calendar."""
GAPS = 24
"""Bins of the gaps, each twice as wide as the one before; the last one begins after 97 days."""
PROGRAMS = 8
LINES = (
    (50.0, "50 a day (Oxford Internet Institute)"),
    (72.0, "72 a day (DFRLab)"),
    (144.0, "144 a day (DFRLab)"),
)
"""Lines that readers know. Context, never a verdict: part-time and shared accounts, news desks and busy people cross
them too."""
CONTEXT = "The lines at 50, 72 and 144 a day are known from the literature and decide nothing here"


@dataclass(frozen=True)
class Looked:
    """The accounts looked at, and the ones beside them.

    Attributes:
        study: The study.
        lines: Its timelines.
        who: What to call the accounts.
        members: The accounts looked at.
        control: The accounts they are compared with.
    """

    study: Study
    lines: Timelines
    who: str
    members: Ints
    control: Flags

    def chosen(self, which: Flags) -> Ints:
        """All times of the accounts for which ``which`` holds."""
        return np.asarray(self.lines.time[np.repeat(which, np.diff(self.lines.start))])

    @property
    def mine(self) -> Flags:
        """Which accounts are looked at."""
        found = np.zeros(len(self.control), dtype=bool)
        found[self.members] = True
        return found


def plots(looked: Looked) -> Iterator[Plot]:
    """The plots of some accounts; none where nothing has a time."""
    times = looked.chosen(looked.mine)
    if not len(times):
        return
    yield _calendar(looked.who, times)
    yield hours_kept(looked.who, times, "posts")
    yield _gaps(looked)
    yield _days(looked.who, times) if len(looked.members) == 1 else _pace(looked)
    yield from _programs(looked)


def _day(day: int) -> str:
    return (iso(day * DAY) or "")[:10]


def _calendar(who: str, times: Ints) -> Heat:
    """Posts by day, one column a week."""
    day = times // DAY
    monday = day - (day + 3) % 7
    weeks = int((monday.max() - monday.min()) // 7) + 1
    first = int(monday.max()) - 7 * (min(weeks, WEEKS) - 1)
    columns = min(weeks, WEEKS)
    counts = np.bincount((day - first)[day >= first], minlength=7 * columns).reshape(columns, 7).T
    # days before the first and after the last post are unknown, not silent
    known = (np.arange(7 * columns) + first).reshape(columns, 7).T
    inside = (known >= day.min()) & (known <= day.max())
    values = tuple(
        tuple(float(v) if ok else None for v, ok in zip(row, held, strict=True))
        for row, held in zip(counts, inside, strict=True)
    )
    cut = f"; the last {WEEKS} of {weeks} weeks" if weeks > WEEKS else ""
    busiest = int(np.bincount(day - day.min()).argmax() + day.min())
    note = (
        f"{len(times):,} posts from {_day(int(day.min()))} to {_day(int(day.max()))}{cut}; the busiest day is "
        f"{_day(busiest)} with {int((day == busiest).sum()):,}. People have days off, a machine need not"
    )
    labels = tuple(_day(first + 7 * week) for week in range(columns))
    title = f"Posts a day: {who}"
    return Heat(title, "week from", "day (UTC)", note, rows=WEEK, columns=labels, values=values, unit="posts")


def _gaps(looked: Looked) -> Bars:
    """Time from one post of an account to its next, in bins that double."""
    mine, others = (_binned(looked.lines, which) for which in (looked.mine, looked.control & ~looked.mine))
    share = mine / max(mine.sum(), 1)
    expected = tuple((others / others.sum()).tolist()) if others.sum() else ()
    top = int(share.argmax())
    labels = ("under 1 s", *(span(float(2**k)) for k in range(GAPS)))
    beside = f", where control accounts have {percent(expected[top])}" if expected else ""
    note = (
        f"Gaps between one post of an account and its next; {percent(float(share[top]))} are of the bin from "
        f"{labels[top]}{beside}. A schedule is one tall bar, people are spread widely"
    )
    title = f"Gaps between posts: {looked.who}"
    return Bars(title, "gap, from", "share", note, labels=labels, heights=tuple(share.tolist()), expected=expected)


def _binned(lines: Timelines, which: Flags) -> Ints:
    account = np.repeat(np.arange(len(which)), np.diff(lines.start))
    inside = (account[1:] == account[:-1]) & which[account[1:]]
    gaps = np.diff(lines.time)[inside]
    place = np.where(gaps > 0, np.floor(np.log2(np.maximum(gaps, 1))) + 1, 0)
    return np.bincount(np.minimum(place, GAPS).astype(np.int64), minlength=GAPS + 1)


def _marks(axis: str) -> tuple[Mark, ...]:
    return tuple(Mark(at, label, axis) for at, label in LINES)


def _days(who: str, times: Ints) -> Bars:
    """Posts a day of one account, with the lines that readers know."""
    day = times // DAY
    counts = np.bincount(day - day.min())
    edges = tuple(float(d) * DAY for d in range(int(day.min()), int(day.max()) + 2))
    active = int((counts > 0).sum())
    over = ", ".join(f"{int((counts >= at).sum()):,} days of {at:.0f} posts or more" for at, _ in LINES)
    note = f"{counts.sum() / active:.1f} posts a day on {active:,} active days; {over}. {CONTEXT}"
    heights = tuple(counts.astype(float).tolist())
    title = f"Posts a day: {who}"
    return Bars(title, "day (UTC)", "posts", note, times=True, marks=_marks("y"), edges=edges, heights=heights)


def _pace(looked: Looked) -> Bars:
    """How many accounts post how much on a day on which they post."""
    rhythms = looked.lines.rhythms
    own = looked.members[rhythms.posts[looked.members] > 0]
    pace = rhythms.posts[own] / rhythms.days[own]
    width = max(5.0, float(np.ceil(pace.max() / 40)))
    edges = np.arange(0, max(pace.max(), 150) + width, width)
    heights = np.histogram(pace, edges)[0]
    over = ", ".join(f"{int((pace >= at).sum()):,} of {len(pace):,} at {at:.0f} or more" for at, _ in LINES)
    return Bars(
        f"Posts on an active day: {looked.who}",
        "posts a day on which the account posts",
        "accounts",
        f"The median account makes {np.median(pace):.1f} posts on a day on which it posts; {over}. {CONTEXT}",
        marks=_marks("x"),
        edges=tuple(edges.tolist()),
        heights=tuple(heights.astype(float).tolist()),
    )


def _programs(looked: Looked) -> Iterator[Bars]:
    """The programs posted with, the commonest first; nothing where none is known."""
    rows = looked.study.rows(
        "select account, client, count(*) as n from posts where client is not null group by account, client"
    )
    account, n = rows["account"].to_numpy(), rows["n"].to_numpy().astype(np.float64)
    names, client = np.unique(rows["client"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    mine, others = (
        np.bincount(client, weights=n * which[account], minlength=len(names))
        for which in (looked.mine, looked.control & ~looked.mine)
    )
    if not mine.sum():
        return
    share, expected = mine / mine.sum(), others / max(others.sum(), 1)
    order = np.lexsort((names, -share))[:PROGRAMS]
    order = order[share[order] > 0]
    labels = (*(show(names[i], 40) for i in order), "all others")
    heights, beside = (
        (*(float(v[i]) for i in order), float(max(v.sum() - v[order].sum(), 0))) for v in (share, expected)
    )
    note = (
        f"{percent(float(share[order[0]]))} of the posts were made with {labels[0]}, against "
        f"{percent(float(expected[order[0]]))} of the control accounts' posts. A program is no verdict: newsrooms "
        f"schedule, and anybody may name a program as they like"
    )
    expects = beside if others.sum() else ()
    yield Bars(
        f"Programs posted with: {looked.who}",
        "program",
        "share",
        note,
        labels=labels,
        heights=heights,
        expected=expects,
    )


def compositions(found: Sequence[tuple[str, Composition]]) -> Heat:
    """Shares of the classes among the judged members of each group."""
    values = [tuple(_known(c.share(name)[0]) for name in CLASSES) for _, c in found]
    note = (
        "Share of each class among the members that can be judged, and of insufficient data among all; "
        f"{found[0][0]}: {found[0][1].tell()}"
    )
    return Heat(
        "Composition of the communities",
        "class",
        "community",
        note,
        rows=tuple(name for name, _ in found),
        columns=CLASSES,
        values=tuple(values),
        unit="share",
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
