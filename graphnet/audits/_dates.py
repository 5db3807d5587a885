"""Days and dates of the audits: what was given as a date, and which dates of accounts can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from graphnet.crowds import Numbers
from graphnet.errors import InputError
from graphnet.scan import DAY
from graphnet.words import count, iso

__all__ = ["EARLIEST", "Dates", "collected", "day", "moment", "period", "usable"]

EARLIEST = "2003-01-01"
"""None of today's platforms is older: earlier dates stand for "unknown" (1970 is what an empty cell becomes)."""
AHEAD = DAY
"""So far a date may lie ahead of the moment of collection: time zones."""


def moment(text: str, option: str) -> float:
    """A date or time that the user gave, as seconds since 1970; without a zone it is UTC.

    Raises:
        InputError: It is none.

    Example:
        >>> moment("2021-12-13", "as_of")
        1639353600.0
    """
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{option} is {text!r}, it has to be a date such as 2021-12-13") from None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()


def period(text: str, option: str) -> tuple[float, float]:
    """``2021-09-01/2021-11-30`` as the first second of the first day and the last of the last.

    Raises:
        InputError: It is no such period.
    """
    first, slash, last = text.partition("/")
    if not slash:
        raise InputError(f"{option} is {text!r}, it has to be two dates such as 2021-09-01/2021-11-30")
    low, high = moment(first, option), moment(last, option)
    if high < low:
        raise InputError(f"{option} is {text!r}: it ends before it begins")
    return low, high + DAY - 1


def day(seconds: float) -> str:
    """The day in UTC.

    Example:
        >>> day(1639353600)
        '2021-12-13'
    """
    return (iso(int(seconds)) or "")[:10]


@dataclass(frozen=True, eq=False)
class Dates:
    """Creation dates that can be used.

    Attributes:
        time: Seconds since 1970; NaN where the date is missing or cannot be.
        missing: Accounts without a date.
        early: Accounts with a date before any platform existed.
        late: Accounts with a date after the data were collected.
        whole_days: Share of the usable dates that are a midnight: exports with a day's resolution.
    """

    time: Numbers
    missing: int
    early: int
    late: int
    whole_days: float

    def notes(self) -> Iterator[str]:
        """What was left out, and how exact the rest is; one sentence each, without a full stop."""
        if self.missing:
            yield f"{count(self.missing, 'account')} without a creation date"
        if self.early:
            yield f"{count(self.early, 'creation date')} before {EARLIEST} not used: no platform is that old"
        if self.late:
            yield f"{count(self.late, 'creation date')} after the data were collected not used"
        if self.whole_days > 0.5:
            yield "most creation dates are whole days: what happened within a day cannot be told"


def usable(created: Numbers, as_of: float) -> Dates:
    """Creation dates without those that cannot be.

    Args:
        created: Seconds since 1970, NaN where unknown.
        as_of: When the data were collected.

    Example:
        >>> dates = usable(np.array([0.0, 1.6e9, 9e9, np.nan]), as_of=1.7e9)
        >>> dates.time.tolist(), dates.early, dates.late, dates.missing
        ([nan, 1600000000.0, nan, nan], 1, 1, 1)
    """
    with np.errstate(invalid="ignore"):
        early, late = created < moment(EARLIEST, "earliest"), created > as_of + AHEAD
    time = np.where(early | late, np.nan, created)
    known = time[~np.isnan(time)]
    midnight = float((known % DAY == 0).mean()) if len(known) else 0.0
    return Dates(time, int(np.isnan(created).sum()), int(early.sum()), int(late.sum()), midnight)


def collected(created: Numbers, followed: Numbers) -> float | None:
    """The newest date of a list, as the moment it was collected; None without any date.

    A creation date over 400 days behind 99 of 100 others is a slip of the pen and does not count.

    Example:
        >>> collected(np.array([1e9, 1.1e9, 1.2e9, 9e9]), np.array([np.nan, 1.21e9]))
        1210000000.0
    """
    held = followed[~np.isnan(followed)]
    if len(held):
        return float(held.max())
    known = np.sort(created[~np.isnan(created)])
    if not len(known):
        return None
    usual = known[int(0.99 * (len(known) - 1))]
    return float(known[known <= usual + 400 * DAY][-1])
