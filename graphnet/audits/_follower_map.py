"""The map of followers: in which order they came by when they were made; and the stretches that are unlike the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._blocks import LEAST, SMALLEST, Block, blocks
from graphnet.audits._dates import day
from graphnet.audits._follower_mix import row_of
from graphnet.audits._lists import Counts, FollowerList, bounds, counted
from graphnet.audits._parts import Part
from graphnet.crowds import Numbers
from graphnet.plots import Area, Points, Series
from graphnet.scan import DAY
from graphnet.words import count, percent, span

__all__ = ["follow_map"]

YEAR = 365.25 * DAY
CORNERS = 400
"""Points of a drawn line."""
DOTS = 50_000
"""Dots of the map: more cannot be told apart, and would make the page's figures large."""


def follow_map(rows: FollowerList, as_of: float, counts: Counts | None = None) -> Part:
    """Blocks of followers whose ages at following are unusual, and the map.

    Args:
        rows: Followers in order, the oldest first, with dates that can be used.
        as_of: When the list was collected.
        counts: Dated counts of the account's followers.
    """
    if np.isnan(rows.created).all():
        why = "not applicable: no creation dates"
        return Part([Answer("blocks", rows.name, None, "blocks", why)])
    low, high = bounds(rows.created, rows.followed, as_of)
    # a follow date of a day's resolution may lie some hours before the account was made
    found = blocks(np.maximum(np.where(np.isnan(rows.followed), low, rows.followed) - rows.created, 0))
    if counts is not None:
        # no follower came before its place was counted; what was made later stands above that
        low = np.fmax(low, counted(counts, len(rows), as_of))
    answers = [_number(rows, found), *(_answer(rows, b, i, low, high) for i, b in enumerate(found, start=1))]
    table = [_row(rows, b, i, low, high) for i, b in enumerate(found, start=1)]
    plot = _plot(rows, found, low, high)
    return Part(answers, [plot], {"blocks": table} if table else {}, summary={"blocks": len(found)})


def _number(rows: FollowerList, found: list[Block]) -> Answer:
    least = LEAST * SMALLEST
    known = int((~np.isnan(rows.created)).sum())
    if known < least:
        why = f"insufficient data: {count(known, 'follower')} with a known creation date, {least} needed"
        return Answer("blocks", rows.name, None, "blocks", why)
    held = sum(b.end - b.start for b in found)
    reason = (
        f"{count(held, 'follower')} in {count(len(found), 'block')} whose ages at following differ from the usual "
        "stretch's; chi-squared over windows of the follow order, corrected for how much windows differ anyway, "
        "Benjamini-Hochberg 1 %"
    )
    return Answer("blocks", rows.name, float(len(found)), "blocks", reason)


def _answer(rows: FollowerList, block: Block, number: int, low: Numbers, high: Numbers) -> Answer:
    reason = (
        f"followers {block.start + 1:,} to {block.end:,} (ends to within {block.width:,}), who followed "
        f"{_when(block, low, high)}; half of them were under {_long(block.median)} old when they followed, of all "
        f"others half under {_long(block.others)}; {percent(block.share)} were {_ages(block)} old, against "
        f"{percent(block.usual)} in the usual stretch of the list"
    )
    shown = range(block.start, min(block.end, block.start + EVIDENCE))
    return Answer(
        f"block {number}", rows.name, float(block.end - block.start), "followers", reason, compared_with="",
        p=block.p, q=block.q, evidence=[row_of(rows, i) for i in shown],
    )  # fmt: skip


def _ages(block: Block) -> str:
    return f"under {_long(block.old)}" if block.young <= 0 else f"{_long(block.young)} to {_long(block.old)}"


def _long(seconds: float) -> str:
    """A length of time, in years from two years on."""
    return f"{seconds / YEAR:.1f} years" if seconds >= 2 * YEAR else span(seconds)


def _when(block: Block, low: Numbers, high: Numbers) -> str:
    first, last = _limits(block, low, high)
    return f"between {first} and {last}"


def _limits(block: Block, low: Numbers, high: Numbers) -> tuple[str, str]:
    known = low[block.start : block.end]
    known = known[~np.isnan(known)]
    return (day(float(known[0])) if len(known) else "?"), day(float(high[block.end - 1]))


def _row(rows: FollowerList, block: Block, number: int, low: Numbers, high: Numbers) -> dict[str, Any]:
    first, last = _limits(block, low, high)
    return {
        "of": rows.name,
        "block": number,
        "first": block.start + 1,
        "last": block.end,
        "followers": block.end - block.start,
        "earliest": first,
        "latest": last,
        "median_age_days": round(block.median / DAY, 2),
        "median_age_days_of_others": round(block.others / DAY, 2),
        "age": _ages(block),
        "share": round(block.share, 4),
        "usual": round(block.usual, 4),
        "q": block.q,
    }


def _plot(rows: FollowerList, found: list[Block], low: Numbers, high: Numbers) -> Points:
    known = np.flatnonzero(~np.isnan(rows.created))
    known = known[:: len(known) // DOTS + 1]
    dated = not np.isnan(rows.followed).all()
    note = (
        "Each dot is a follower: its place in the order, and when its account was made. No dot can lie above the line, "
        "the earliest possible moment of following. A flat cloud just under the line is followers with new accounts. "
        + (f"{count(len(found), 'block')} unlike the rest." if found else "No block is unlike the rest.")
    )
    return Points(
        f"Order of following by creation date: {rows.name}",
        "follower (1 = the first)",
        "account made (UTC)",
        note,
        at_x=tuple((known + 1.0).tolist()),
        at_y=tuple(rows.created[known].tolist()),
        y_times=True,
        areas=tuple(_areas(rows, found)),
        lines=(_line("earliest it can have followed", low), *((_line("latest", high),) if dated else ())),
    )


def _areas(rows: FollowerList, found: list[Block]) -> Iterator[Area]:
    for number, block in enumerate(found, start=1):
        made = rows.created[block.start : block.end]
        made = made[~np.isnan(made)]
        if len(made):
            # nine in ten of the block: one old account would stretch it over the whole map
            bottom, top = np.quantile(made, [0.05, 1.0]).tolist()
            yield Area(block.start + 1.0, float(block.end), bottom, top, f"block {number}")


def _line(name: str, values: Numbers) -> Series:
    """A line that rises in steps, with as many corners as can be seen."""
    known = np.flatnonzero(~np.isnan(values))
    places = known[np.unique(np.linspace(0, len(known) - 1, min(CORNERS, len(known))).astype(np.int64))]
    return Series(name, tuple((places + 1.0).tolist()), tuple(values[places].tolist()))
