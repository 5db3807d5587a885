"""Times that were read but cannot be meant: before there were platforms, or after today.

A zero that stands for "unknown", a spreadsheet's day number (45292.5), a date without its signs (20240101): read as
seconds since 1970 they all lie in January to August 1970. Where some time of the column is a real one, those are left
out. Where none is, the column may count seconds from a start of its own, as in simulations: these rows are kept, and
how many there are is noted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.readers import _cells
from graphnet.readers._cells import Mask
from graphnet.readers._times import EIGHT, Times

__all__ = ["EARLY", "LATE", "Unlikely", "reason"]

EARLIEST = 631_152_000
"""1990: no platform, and no account on one, is older."""
DAY = 86_400
AHEAD = 2
"""Days after today that a clock, or a zone, may be wrong."""
DAYS = (20_000, 80_000)
"""Day numbers of spreadsheets: 1954 to 2119."""

EARLY = "before 1990, kept (seconds from a start of your own, or a spreadsheet's day numbers?)"
LATE = "the time {value} lies after today"
OLD = "the time {value} lies before 1990"
SERIAL = "the time {value} looks like a spreadsheet's day number: format the column as date and time, then export it"
EIGHT_DIGITS = "the time {value} would be seconds in 1970: write days as 2024-01-31"


@dataclass
class Unlikely:
    """Tells the times of one column of one input that cannot be meant.

    Args:
        times: What has read them; it can look at the whole column.
    """

    times: Times

    def early(self, seconds: Any) -> tuple[Mask, bool]:
        """Which times lie before 1990, and whether the column shows that they are mistaken."""
        early = _cells.mask(pc.less(seconds, EARLIEST))
        return early, bool(early.any()) and (self.dated or self.day_numbers)

    def late(self, seconds: Any) -> Mask:
        """Which times lie after today."""
        return _cells.mask(pc.greater_equal(seconds, (int(time.time()) // DAY + AHEAD + 1) * DAY))

    @cached_property
    def dated(self) -> bool:
        """Whether some time of the column lies in the years of platforms; seconds counted from 0 do not."""
        latest = (pc.max(self.times.parse(piece)[0]).as_py() for piece in self.times.scan())
        return any(last is not None and last >= EARLIEST for last in latest)

    @cached_property
    def day_numbers(self) -> bool:
        """Whether all values count days as a spreadsheet does (45292.5 is noon of 1 January 2024), some with parts."""
        parts = False
        for numbers in self._numbers():
            if numbers is None or not ((numbers >= DAYS[0]) & (numbers < DAYS[1])).all():
                return False
            parts |= bool((np.floor(numbers) != numbers).any())
        return parts

    def _numbers(self) -> Iterator[Any]:
        for piece in self.times.scan():
            texts = _cells.present(_cells.text(_cells.plain(piece))[0]).drop_null()
            numbers = _cells.real(texts)
            yield None if numbers is None else numbers.to_numpy(zero_copy_only=False)


def reason(value: object) -> str:
    """Why a time before 1990 is no time.

    Example:
        >>> reason("0"), reason("20240101")
        ('the time "0" lies before 1990', 'the time "20240101" would be seconds in 1970: write days as 2024-01-31')
    """
    said, number = str(value).strip(), _cells.real(pa.array([str(value).strip()]))
    wording = OLD
    if pc.match_substring_regex(pa.scalar(said), EIGHT).as_py():
        wording = EIGHT_DIGITS
    elif number is not None and DAYS[0] <= number[0].as_py() < DAYS[1]:
        wording = SERIAL
    return wording.format(value=_cells.shortened(value))
