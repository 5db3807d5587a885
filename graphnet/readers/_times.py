"""Times of all common spellings to seconds since 1970 (UTC), whole columns at a time.

========================================  ==================================================================
``1606451170``  ``1606451170.518``        seconds; fractions are cut off
``1606451170518``  ``1606451170518L``      milliseconds (from 1e11), microseconds (from 1e14), nanoseconds (from 1e17)
``2020-11-27T04:26:10Z``                  ISO 8601, with ``T`` or a space, seconds and fraction optional
``2020-11-27 04:26:10+02:00``             the same with a zone; without one the time is taken as UTC
``2020-11-27 4:26 PM``                     a clock of twelve hours
``2020-11-27``                            midnight
``20201127042610``  ``20201127``          compact; eight digits only where most numbers of the column are such days
``Wed Aug 27 13:08:45 +0000 2008``        Twitter's first API; also ``Wed, 27 Aug 2008 13:08:45 GMT``
``27/8/2008 13:08``  ``8/27/2008 1:08 PM``  decided by the whole column, see below
``8/27/08 13:08``                         years 00 to 37 are 2000 to 2037, and the order has to be known for sure
========================================  ==================================================================

``01/02/2019`` is the first of February in most of the world and the second of January in the United States. One value
of the column with a number above 12 decides it for all. Where none does, those rows are rejected unless the reader's
option ``dates`` says ``dmy`` or ``mdy``: a guess would move posts by months. With a year of two digits, ``13/1/24``
could begin with the year too: only a second number above 12 (``1/13/24``) decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.readers import _cells
from graphnet.readers._cells import Mask

__all__ = ["Times"]

Seconds = npt.NDArray[np.int64]
Found = tuple[Seconds, Mask]
"""Seconds and which of them are valid."""

CLOCK = r"(?P<h>\d{1,2}):(?P<n>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?"
HOUR = r"(?P<h>\d{1,2})(?::(?P<n>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?)?"
HALF = r"\s?(?P<half>[AaPp][Mm])?"
ZONE = r"\s?(?P<z>Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
MONTHS = pa.array(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
PATTERNS = (
    rf"^(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?:[T\s]+{HOUR}{HALF}{ZONE})?$",
    rf"^[A-Za-z]{{3}} (?P<month>[A-Za-z]{{3}}) +(?P<d>\d{{1,2}}) {CLOCK}{ZONE} (?P<y>\d{{4}})$",
    rf"^(?:[A-Za-z]{{3}}, )?(?P<d>\d{{1,2}}) (?P<month>[A-Za-z]{{3}})[a-z]* (?P<y>\d{{4}}) {CLOCK}{ZONE}$",
    r"^(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)[T_ ]?(?P<h>\d\d)(?P<n>\d\d)(?P<s>\d\d)(?P<z>Z)?$",
)
EIGHT = r"^(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)$"
SLASHED = (
    r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4}|[0-2]\d|3[0-7])"
    rf"(?:,?\s+{CLOCK}{HALF}{ZONE})?$"
)
UNDECIDED = (
    "the time {value} can be read day first or month first and no row tells: "
    "say --option dates=dmy or --option dates=mdy"
)
STRANGE = "the time {value} is not understood"


@dataclass
class Times:
    """Reads the times of one column of one input.

    Args:
        scan: Gives the whole column once more, in pieces; called only where one value cannot be read alone.
        order: ``dmy`` or ``mdy`` where the user has said so.
    """

    scan: Callable[[], Iterator[Any]]
    order: str | None = None
    undecided: bool = field(default=False, init=False)

    def parse(self, column: Any) -> tuple[Any, Mask]:
        """Seconds as an int64 column, and which values are there but not understood (they are null).

        Example:
            >>> column = pa.array(["2020-11-27 04:26:10", "1606451170.5", "", "soon"])
            >>> seconds, strange = Times(lambda: iter([column])).parse(column)
            >>> seconds.to_pylist(), strange.tolist()
            ([1606451170, 1606451170, None, None], [False, False, False, True])
        """
        column = _cells.plain(column)
        if pa.types.is_temporal(column.type):
            return _typed(column)
        if not (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
            column = _cells.text(column)[0]
        values = _cells.present(_cells.text(column)[0])
        if _cells.has_any(values, "L"):
            values = pc.replace_substring_regex(values, r"^(\d+)L$", r"\1")
        return self._text(values)

    def reason(self, value: object) -> str:
        """Why a value of the column could not be read."""
        slashed = pc.match_substring_regex(pa.scalar(str(value)), SLASHED).as_py()
        wording = UNDECIDED if slashed and self.day_first is None else STRANGE
        return wording.format(value=_cells.shortened(value))

    def _text(self, values: Any) -> tuple[Any, Mask]:
        seconds, known = np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.bool_)
        left = np.flatnonzero(_cells.mask(pc.is_valid(values)))
        ways = [self._numbers, _iso]
        if len(left) and not _number_like(values[int(left[0])]):
            ways.reverse()
        for way in (*ways, *(_pattern(p) for p in PATTERNS), self._slashed):
            if not len(left):
                break
            found, ok = way(values if len(left) == len(values) else values.take(pa.array(left)))
            seconds[left[ok]], known[left[ok]] = found[ok], True
            left = left[~ok]
        strange = np.zeros(len(values), dtype=np.bool_)
        strange[left] = True
        return pa.array(seconds, mask=~known), strange

    def _numbers(self, values: Any) -> Found:
        if _cells.real(values) is not None:
            return _epoch(values, eight=self._eight_digits(values))
        shaped = _cells.mask(pc.match_substring_regex(values, _cells.NUMBER))
        seconds, ok = np.zeros(len(values), dtype=np.int64), shaped
        if not shaped.any():
            return seconds, shaped
        texts = values if shaped.all() else values.filter(pa.array(shaped))
        found, valid = _epoch(texts, eight=self._eight_digits(texts))
        seconds[shaped] = found
        ok[shaped] = valid
        return seconds, ok

    def _eight_digits(self, texts: Any) -> bool:
        """Whether ``20201127`` is a date here, and there is one."""
        return bool(pc.any(pc.equal(pc.binary_length(texts), 8)).as_py()) and self.compact

    @cached_property
    def compact(self) -> bool:
        """Whether most numbers of the column are dates of eight digits: of counted seconds a few are by chance."""
        counted = [_dates(p) for p in self._scanned()]
        return sum(dates for dates, _ in counted) > sum(others for _, others in counted)

    @cached_property
    def day_first(self) -> bool | None:
        """Whether dates like ``1/2/2019`` begin with the day; None: the column does not tell, or contradicts itself."""
        if self.order is not None:
            return self.order == "dmy"
        above = [_above_twelve(p) for p in self._scanned()]
        first, second = any(a for a, _ in above), any(b for _, b in above)
        return first if first != second else None

    def _scanned(self) -> Iterator[Any]:
        for piece in self.scan():
            column = _cells.plain(piece)
            yield _cells.present(_cells.text(column)[0]).drop_null()

    def _slashed(self, values: Any) -> Found:
        parts = pc.extract_regex(values, SLASHED)
        if parts.null_count == len(parts):
            return _nothing(values)
        a, b = _whole(parts, "a"), _whole(parts, "b")
        # a number above 12 speaks for itself, and in 3/3 the order does not matter; 13/1/24 could begin with the year
        day_first = (a > 12) | ((b <= 12) & (self.day_first is True))
        plain = (b > 12) | (((a > 12) | (a == b)) & ~_short(parts)) | (self.day_first is not None)
        days, months = np.where(day_first, a, b), np.where(day_first, b, a)
        seconds, ok = _civil(parts, months, days)
        return seconds, ok & plain


def _typed(column: Any) -> tuple[Any, Mask]:
    """Dates and timestamps of Parquet files and DataFrames; without a zone they are UTC."""
    none = np.zeros(len(column), dtype=np.bool_)
    if not (pa.types.is_timestamp(column.type) or pa.types.is_date(column.type)):
        return pa.nulls(len(column), pa.int64()), _cells.mask(pc.is_valid(column))
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"))
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[column.type.unit]
    return _floored(column.cast(pa.int64()), per_second), none


def _floored(column: Any, divisor: int) -> Any:
    missing = ~_cells.mask(pc.is_valid(column))
    whole = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    return pa.array(np.floor_divide(whole, divisor), mask=missing)


def _epoch(texts: Any, *, eight: bool) -> Found:
    """Numbers: compact dates, or time since 1970 in the unit that its size tells."""
    values = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    size = np.abs(values)
    divisor = np.select([size < 1e11, size < 1e14, size < 1e17], [1e0, 1e3, 1e6], 1e9)
    usable = size < 1e20
    seconds = np.floor(np.where(usable, values, 0) / divisor).astype(np.int64)
    # fourteen digits: as milliseconds this would be after the year 2570
    compact = usable & (values >= 19e12) & (values < 21e12)
    if compact.any():
        found, ok = _from_pattern(texts.filter(pa.array(compact)), PATTERNS[3])
        seconds[compact], usable[compact] = found, ok
    if eight:
        found, ok = _from_pattern(texts, EIGHT)
        seconds[ok] = found[ok]
    return seconds, usable


def _iso(values: Any) -> Found:
    """The two commonest forms by Arrow's own parser, 40 times quicker than by pattern.

    It stops at the first value of another form, and slowly: hence the try on a single value.
    """
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            values.slice(0, 1).cast(kind)
            whole = values.cast(kind).cast(pa.int64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            continue
        return np.floor_divide(whole, 1_000_000), np.ones(len(values), dtype=np.bool_)
    return _nothing(values)


def _pattern(pattern: str) -> Callable[[Any], Found]:
    return lambda values: _from_pattern(values, pattern)


def _from_pattern(values: Any, pattern: str) -> Found:
    parts = pc.extract_regex(values, pattern)
    if parts.null_count == len(parts):
        return _nothing(values)
    if parts.type.get_field_index("month") >= 0:
        name = pc.utf8_lower(pc.struct_field(parts, "month"))
        place = pc.fill_null(pc.index_in(name, value_set=MONTHS), -1)
        months = place.to_numpy(zero_copy_only=False).astype(np.int64) + 1
    else:
        months = _whole(parts, "m")
    return _civil(parts, months, _whole(parts, "d"))


def _civil(parts: Any, months: Seconds, days: Seconds) -> Found:
    """Seconds of calendar dates with clock and zone; invalid where the calendar has no such day."""
    hours, minutes, seconds = (_whole(parts, p) for p in "hns")
    hours = _of_day(parts, hours)
    inside = (months >= 1) & (months <= 12) & (days >= 1) & (hours <= 23) & (minutes <= 59) & (seconds <= 60)
    years = _whole(parts, "y") + 2000 * _short(parts)
    first = ((years - 1970) * 12 + np.clip(months, 1, 12) - 1).astype("datetime64[M]")
    date = first.astype("datetime64[D]") + (days - 1)
    ok = _cells.mask(pc.is_valid(parts)) & inside & (date.astype("datetime64[M]") == first)
    clock = hours * 3600 + minutes * 60 + seconds
    return np.asarray(date.astype(np.int64) * 86_400 + clock - _offset(parts), dtype=np.int64), ok


def _of_day(parts: Any, hours: Seconds) -> Seconds:
    """Hours of a 12-hour clock as hours of the day; 13 PM becomes invalid."""
    if parts.type.get_field_index("half") < 0:
        return hours
    half = pc.fill_null(pc.utf8_lower(pc.struct_field(parts, "half")), "").to_numpy(zero_copy_only=False)
    twelve = np.where(hours > 12, 99, hours % 12) + np.where(half == "pm", 12, 0)
    return np.where(half == "", hours, twelve)


def _offset(parts: Any) -> Seconds | int:
    """Seconds that the zones are ahead of UTC."""
    if parts.type.get_field_index("z") < 0:
        return 0
    zone = pc.replace_substring(pc.fill_null(pc.struct_field(parts, "z"), ""), ":", "")
    # RE2 takes one digit after the backslash: group 1, then two zeros
    zone = pc.replace_substring_regex(zone, r"^([+-]\d\d)$", r"\100")
    signed = pc.match_substring_regex(zone, r"^[+-]\d{4}$")
    digits = pc.replace_substring(pc.if_else(signed, zone, "0"), "+", "")
    number = digits.cast(pa.int64()).to_numpy(zero_copy_only=False)
    size = np.abs(number)
    return np.asarray(np.sign(number) * ((size // 100) * 3600 + (size % 100) * 60), dtype=np.int64)


def _whole(parts: Any, name: str) -> Seconds:
    """A captured group as integers, 0 where it is empty or absent."""
    if parts.type.get_field_index(name) < 0:
        return np.zeros(len(parts), dtype=np.int64)
    digits = pc.fill_null(pc.struct_field(parts, name), "")
    filled = pc.if_else(pc.equal(digits, ""), "0", digits)
    return np.asarray(filled.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _nothing(values: Any) -> Found:
    return np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.bool_)


def _number_like(value: Any) -> bool:
    return bool(pc.match_substring_regex(value, _cells.NUMBER).as_py())


def _dates(texts: Any) -> tuple[int, int]:
    """How many numbers are dates of eight digits, and how many are none."""
    numbers = texts.filter(pc.match_substring_regex(texts, _cells.NUMBER))
    dates = int(_from_pattern(numbers, EIGHT)[1].sum())
    return dates, len(numbers) - dates


def _above_twelve(values: Any) -> tuple[bool, bool]:
    """Whether the first, and the second, number of some date like ``27/8/2008`` is above 12."""
    parts = pc.extract_regex(values, SLASHED).drop_null()
    first = (_whole(parts, "a") > 12) & ~_short(parts)
    return bool(first.any()), bool((_whole(parts, "b") > 12).any())


def _short(parts: Any) -> Mask:
    """Which dates have a year of two digits."""
    return _cells.mask(pc.equal(pc.binary_length(pc.struct_field(parts, "y")), 2))


def looks_like_time(value: str) -> bool:
    """Whether a cell is surely a time: a date, or a number of seconds since about 2001 or more.

    Example:
        >>> looks_like_time("2019-01-02 10:00"), looks_like_time("1546423200"), looks_like_time("12")
        (True, True, False)
    """
    column = pa.array([value])
    if _number_like(column[0]):
        return bool(abs(float(value)) >= 1e9)
    seconds, strange = Times(lambda: iter([column]), order="dmy").parse(column)
    return not strange[0] and seconds[0].is_valid
