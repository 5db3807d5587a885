"""Where the ticks of an axis stand and what they say, for pages and for print alike.

Example:
    >>> [tick.text for tick in numbers(0, 3200, 5)]
    ['0', '1,000', '2,000', '3,000']
    >>> [(tick.text, tick.under) for tick in dates(1512950400, 1513036800, 3)]
    [('00:00', '11 Dec 2017'), ('12:00', ''), ('00:00', '12 Dec')]
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

__all__ = ["EARLIEST", "LATEST", "Tick", "date", "dates", "numbers", "rounded"]

EARLIEST, LATEST = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999 in seconds since 1970: what a calendar holds."""
DAY = 86_400
SHORT = (1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600)
DAYS = (1, 2, 7, 14)
MONTHS = (1, 3, 6)
MONDAY = 4 * DAY
"""A Monday at midnight, from which weeks are counted."""
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Tick(NamedTuple):
    """One tick: its value, its text, and a second line where the day or year changes."""

    at: float
    text: str
    under: str = ""


def numbers(low: float, high: float, most: int = 6, *, whole: bool = False) -> list[Tick]:
    """Round figures from ``low`` to ``high``, about ``most`` of them.

    Args:
        low: Where the axis starts, finite.
        high: Where it ends.
        most: More than this are never given.
        whole: Whether only whole numbers make sense (counts).
    """
    step = _step(low, high, most, whole)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [Tick(i * step, _figure(i * step, step)) for i in range(first, last + 1)]


def rounded(low: float, high: float, most: int = 6, *, whole: bool = False) -> tuple[float, float]:
    """The axis widened so that it starts and ends on a tick; an axis of no length gets one.

    Example:
        >>> rounded(0, 3220, 5), rounded(7, 7)
        ((0, 4000), (6.0, 8.0))
    """
    if high <= low:
        room = max(1.0, abs(low) / 10)
        return low - room, high + room
    step = _step(low, high, most, whole)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _step(low: float, high: float, most: int, whole: bool) -> float:
    # a step that a float of this size cannot take would never end
    wanted = max((high - low) / max(most - 1, 1), 1e-12 * max(abs(low), abs(high)), 1e-300)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(f * power for f in (1, 2, 2.5, 5, 10, 20) if f * power >= wanted * (1 - 1e-9))
    step = float(math.ceil(step)) if whole else step
    return int(step) if step >= 1 and step == int(step) else step


def _figure(value: float, step: float) -> str:
    """A tick's figure with just the digits that its neighbours differ in."""
    for size, unit in ((1e9, " bn"), (1e6, " m")):
        if abs(value) >= 1e15 or (value and step < 1e-6):
            return f"{value:.3g}"
        if step >= size / 10 and abs(value) >= size / 10:
            return f"{value / size:,.2f}".rstrip("0").rstrip(".") + unit
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) + (0 if _is_power(step) else 1) if step < 1 else 0
    digits = 1 if step == 2.5 else digits
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text and float(value) == 0 else text


def _is_power(step: float) -> bool:
    """Whether one digit says the step (0.2, not 0.25)."""
    first = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    return abs(first - round(first)) < 1e-6


def dates(low: float, high: float, most: int = 6) -> list[Tick]:
    """Round times (UTC) from ``low`` to ``high``, both in seconds since 1970, about ``most`` of them.

    The first tick and those where the day (or the year) changes say it in a second line.
    """
    low, high = max(low, EARLIEST), min(high, LATEST)
    span = max(high - low, 1.0)
    for step in (*SHORT, *(d * DAY for d in DAYS)):
        if span / step <= most - 1:
            return _told(_every(low, high, step), "time" if step < DAY else "day")
    for months in MONTHS:
        if span / (months * 30.4 * DAY) <= most - 1:
            return _told(_months(low, high, months), "month")
    years = max(1, math.ceil(_step(0, span / (365.25 * DAY), most, whole=True)))
    return [Tick(at, str(_at(at).year)) for at in _months(low, high, 12 * years)]


def date(seconds: float, *, clock: bool = True) -> str:
    """A time (UTC) as a reader writes it; midnight, or without ``clock``, is a day.

    Example:
        >>> date(1512950400), date(1512954000)
        ('11 Dec 2017', '11 Dec 2017 01:00')
    """
    at = _at(seconds)
    day = f"{at.day} {NAMES[at.month - 1]} {at.year}"
    return f"{day} {at:%H:%M}" if clock and seconds % DAY >= 60 else day


def _at(seconds: float) -> datetime:
    kept = min(max(seconds, EARLIEST), LATEST)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(kept))


def _every(low: float, high: float, step: int) -> Iterator[float]:
    start = MONDAY if step % (7 * DAY) == 0 else 0
    first = math.ceil((low - start) / step) * step + start
    yield from range(first, math.floor(high) + 1, step)


def _months(low: float, high: float, months: int) -> Iterator[float]:
    first, last = _at(low), _at(high)
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    for i in range(-(-start // months) * months, end + 1, months):
        at = datetime(max(i // 12, 1), i % 12 + 1, 1, tzinfo=UTC).timestamp()
        if low <= at <= high:
            yield at


def _told(times: Iterator[float], unit: str) -> list[Tick]:
    told: list[Tick] = []
    before = None
    for seconds in times:
        at = _at(seconds)
        text = {
            "time": f"{at:%H:%M:%S}" if seconds % 60 else f"{at:%H:%M}",
            "day": _day(at),
            "month": NAMES[at.month - 1],
        }
        under = ""
        if before is None or (unit == "time" and before.date() != at.date()):
            under = f"{_day(at)} {at.year}" if unit == "time" else str(at.year)
            under = _day(at) if before is not None and before.year == at.year else under
        elif before.year != at.year:
            under = str(at.year)
        told.append(Tick(seconds, text[unit], under))
        before = at
    return told


def _day(at: datetime) -> str:
    return f"{at.day} {NAMES[at.month - 1]}"
