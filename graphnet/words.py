"""Figures as words, the same everywhere: shares, spans and times.

Example:
    >>> percent(0.894), span(90), iso(1700000000)
    ('89 %', '90 s', '2023-11-14T22:13:20Z')
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["HIDDEN", "count", "iso", "percent", "span"]

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


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun.

    Example:
        >>> count(1, "account"), count(1200, "account"), count(2, "reply", "replies")
        ('1 account', '1,200 accounts', '2 replies')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
