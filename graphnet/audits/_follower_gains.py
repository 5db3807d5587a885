"""How many followers came a day, and when that changed: the answers, plot and table of `graphnet.audits._gains`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._dates import day, period
from graphnet.audits._gains import Gains, Level, Segment, level, segments, usual
from graphnet.audits._parts import Part
from graphnet.crowds import Numbers
from graphnet.plots import Bars, Mark
from graphnet.scan import DAY
from graphnet.words import count

__all__ = ["growth"]

UNIT = "followers a day"
LEAST = 10
"""Fewest days of which anything is said."""
OUT = 2.0
"""A segment this many times the baseline stands out in the plot."""


def growth(name: str, gains: Gains, source: str, baseline: str | None) -> Part:
    """Baseline, changes and losses of a series of gains.

    Args:
        name: The audited account.
        gains: The series.
        source: What it was taken from, in words.
        baseline: Days that are the baseline, such as ``2021-09-01/2021-11-30``; None: all days of the usual level.
    """
    if len(gains.gain) < LEAST:
        why = f"insufficient data: {count(len(gains.gain), 'day')} of gains, {LEAST} needed ({source})"
        return Part([Answer("baseline", name, None, UNIT, why)])
    found = segments(gains)
    quiet, words = _baseline(gains, found, baseline)
    base = level(gains.rate[quiet])
    if base is None:
        why = f"insufficient data: {count(int(quiet.sum()), 'day')} {words}, 6 needed ({source})"
        return Part([Answer("baseline", name, None, UNIT, why)])
    answers = [_level(name, base, words, source), *_changes(name, gains, found, base), *_losses(name, gains)]
    shown = [_said(gains, s, base) for s in found[1:]]
    summary = {"baseline": base.median, "baseline_days": words, "changes": [s["words"] for s in shown]}
    table = _table(name, gains, found, base)
    return Part(answers, [_plot(name, gains, found, base)], {"gains": table}, summary=summary)


def _baseline(gains: Gains, found: list[Segment], given: str | None) -> tuple[Any, str]:
    if given is None:
        return usual(gains, found), "outside the stretches that stand out"
    low, high = period(given, "baseline")
    start = gains.day * DAY
    # a stretch belongs to the period if all its days do
    return (start >= low) & (start + gains.days * DAY <= high + 1), f"from {day(low)} to {day(high)}"


def _level(name: str, base: Level, words: str, source: str) -> Answer:
    reason = (
        f"half of {count(base.size, 'day')} {words} brought fewer than {base.median:,.1f} followers and half more "
        f"(mean {base.mean:,.1f}; {source}); interval of the median by order statistics"
    )
    return Answer("baseline", name, base.median, UNIT, reason, base.low, base.high)


def _changes(name: str, gains: Gains, found: list[Segment], base: Level) -> Iterator[Answer]:
    if len(found) == 1:
        why = f"the level does not change in {count(len(gains.gain), 'day')} of gains (negative binomial model, PELT)"
        yield Answer("changes", name, 0.0, "changes", why)
        return
    yield Answer("changes", name, float(len(found) - 1), "changes", "days on which the level changes, by PELT")
    for before, segment in pairwise(found):
        said = _said(gains, segment, base)
        reason = (
            f"{said['words']}; {before.mean:,.1f} a day before; {_elsewhere(gains, segment)}; exact segmentation under "
            "a negative binomial model (PELT)"
        )
        rows = [_row(gains, i) for i in range(segment.start, min(segment.end, segment.start + EVIDENCE))]
        yield Answer(
            f"change {said['from']}", name, segment.mean, UNIT, reason, segment.low, segment.high, base.median,
            "baseline", evidence=rows,
        )  # fmt: skip


def _said(gains: Gains, segment: Segment, base: Level) -> dict[str, str]:
    start = day(float(gains.day[segment.start]) * DAY)
    last = segment.end - 1
    end = day(float(gains.day[last] + gains.days[last] - 1) * DAY)
    times = f"{segment.mean / base.median:,.1f} times the baseline" if base.median > 0 else "the baseline is 0"
    until = f"from {start} to {end}" if end != start else f"on {start}"
    return {"from": start, "words": f"{until} {segment.mean:,.1f} a day, {times}"}


def _elsewhere(gains: Gains, segment: Segment) -> str:
    first, last = (day(float(gains.day[i]) * DAY) for i in (segment.earliest, segment.latest))
    return "no other day fits nearly as well" if first == last else f"days from {first} to {last} fit nearly as well"


def _losses(name: str, gains: Gains) -> Iterator[Answer]:
    lost = np.flatnonzero(gains.gain < 0)
    if len(lost):
        worst = lost[np.argsort(gains.gain[lost], kind="stable")]
        reason = (
            f"{count(len(lost), 'stretch', 'stretches')} of days with more followers lost than won, "
            f"{-gains.gain[lost].sum():,.0f} in all (they count as no gain above)"
        )
        rows = [_row(gains, int(i)) for i in worst[:EVIDENCE]]
        yield Answer("days_of_loss", name, float(gains.days[lost].sum()), "days", reason, evidence=rows)


def _row(gains: Gains, i: int) -> dict[str, Any]:
    return {"day": day(float(gains.day[i]) * DAY), "days": int(gains.days[i]), "gained": int(gains.gain[i])}


def _levels(found: list[Segment]) -> Numbers:
    return np.repeat([s.mean for s in found], [s.end - s.start for s in found])


def _table(name: str, gains: Gains, found: list[Segment], base: Level) -> list[dict[str, Any]]:
    means = _levels(found).tolist()
    return [
        {"of": name, **_row(gains, i), "level": round(means[i], 2), "baseline": base.median}
        for i in range(len(gains.gain))
    ]


def _plot(name: str, gains: Gains, found: list[Segment], base: Level) -> Bars:
    # gaps between stretches do not occur: each begins where the one before ends
    edges = np.append(gains.day, gains.day[-1] + gains.days[-1]) * DAY
    means = _levels(found)
    out = np.flatnonzero(means >= OUT * max(base.median, 1))
    marks = [Mark(float(gains.day[s.start]) * DAY, day(float(gains.day[s.start]) * DAY)) for s in found[1:]]
    most = [_said(gains, s, base)["words"] for s in found if s.mean >= OUT * max(base.median, 1)]
    note = f"Usually {base.median:,.1f} followers a day. " + (
        f"But {'; '.join(most[:5])}." if most else "No stretch of days stands out."
    )
    return Bars(
        f"Followers gained a day: {name}",
        "day (UTC)",
        UNIT,
        note,
        times=True,
        heights=tuple(gains.rate.tolist()),
        edges=tuple(edges.astype(float).tolist()),
        standing_out=tuple(out.tolist()),
        expected=(base.median,) * len(gains.gain),
        marks=tuple(marks[:10]),
    )
