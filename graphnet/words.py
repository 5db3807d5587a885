"""Figures as words, the same everywhere: shares, spans and times.

Example:
    >>> percent(0.894), span(90), iso(1700000000)
    ('89 %', '90 s', '2023-11-14T22:13:20Z')
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

__all__ = ["HIDDEN", "amount", "chance", "count", "figure", "iso", "percent", "span"]

HIDDEN = {
    "invisible": "invisible characters",
    "bidi": "signs that turn the reading direction",
    "selectors": "variation selectors and tags",
    "soft_hyphens": "soft hyphens inside short words",
    "tatweel": "words stretched by tatweel",
    "look_alikes": "letters of another alphabet that look the same",
    "marks": "piled-up accents",
}
"""What the columns of the table ``obfuscations`` count."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def percent(share: float) -> str:
    """A share of 0 to 1 in percent; small ones keep a digit, so that 0.3 % is not called nothing.

    Example:
        >>> percent(1.0), percent(0.0), percent(0.0031), percent(0.9999)
        ('100 %', '0 %', '0.3 %', '99.9 %')
    """
    if 0 < share < 0.0005:
        return "under 0.1 %"
    if 0.995 <= share < 1:
        return f"{min(share, 0.999) * 100:.1f} %"
    return f"{share * 100:.1f} %" if 0 < share < 0.1 else f"{share * 100:.0f} %"


def figure(value: float) -> str:
    """A figure with as many digits as a reader can use, never in powers of ten.

    Example:
        >>> figure(1234567), figure(3910.4), figure(3.0), figure(0.123456), figure(0.00001), figure(float("nan"))
        ('1,234,567', '3,910', '3', '0.123', 'under 0.0001', '–')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value) or value == int(value):
        return f"{value:,.0f}"
    size = abs(value)
    if size < 0.0001:
        return "under 0.0001" if value > 0 else "0"
    if size >= 1000:
        return f"{value:,.0f}"
    digits = 1 if size >= 100 else max(2 - math.floor(math.log10(size)), 0)
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def chance(p: float) -> str:
    """A p or q as prose has it, with its sign; tables and exports keep the exact figure.

    Example:
        >>> f"p {chance(0.0213)}", f"q {chance(2e-300)}", f"q {chance(0.0)}", f"p {chance(1.0)}"
        ('p = 0.021', 'q < 0.001', 'q < 0.001', 'p = 1')
    """
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"


def span(seconds: float) -> str:
    """A length of time in the unit a reader would choose.

    Example:
        >>> span(4), span(150), span(7200), span(3 * 86400)
        ('4 s', '2.5 min', '2 h', '3 days')
    """
    for size, unit in ((2 * 86400, "days"), (2 * 3600, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86400, 'h': 3600, 'min': 60}[unit]:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.1f}".removesuffix(".0") + " s"


def iso(seconds: int | None) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC; None stays None, and so does what no calendar holds.

    Example:
        >>> iso(0), iso(None)
        ('1970-01-01T00:00:00Z', None)
    """
    if seconds is None:
        return None
    try:
        return (EPOCH + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return None


def amount(value: float, unit: str) -> str:
    """A figure with its unit: shares in percent, seconds as spans, dates as dates, and one post is no posts.

    Example:
        >>> amount(0.25, "share of posts"), amount(1.0, "blocks"), amount(3190.2, "followers a day")
        ('25 % of posts', '1 block', '3,190 followers a day')
        >>> amount(90.0, "s"), amount(1512950400.0, "time"), amount(1.0, "yes or no: has a picture")
        ('90 s', '2017-12-11', 'yes')
    """
    first, _, rest = unit.partition(" ")
    if first == "share" and 0 <= value <= 1:
        return f"{percent(value)} {rest}".rstrip()
    if unit.startswith("yes or no"):
        return "yes" if value else "no"
    if unit in ("time", "date", "day"):
        return (iso(int(value)) or figure(value))[:10]
    if unit in ("s", "seconds"):
        return span(value) if value >= 0 else f"{figure(value)} s"
    if value == 1 and first.endswith("s") and first not in ("s", "times"):
        first = first.removesuffix("ies") + "y" if first.endswith("ies") else first.removesuffix("s")
    return " ".join(filter(None, (figure(value), first, rest)))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun.

    Example:
        >>> count(1, "account"), count(1200, "account"), count(2, "reply", "replies")
        ('1 account', '1,200 accounts', '2 replies')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
