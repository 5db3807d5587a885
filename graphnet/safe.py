r"""Text from data made safe to print and to put in a spreadsheet: names and posts come from the people under study.

What pages need beyond this is in ``graphnet.view.safe``.

Example:
    >>> show("abc\u202edef\x1b[31m", 40)
    'abc<U+202E>def<U+001B>[31m'
    >>> cell("=HYPERLINK(...)")
    "'=HYPERLINK(...)"
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

__all__ = ["cell", "show", "visible"]

JOINERS = frozenset("\u200c\u200d")
"""Persian spelling and emoji need these two; every other invisible sign is written out."""
MAX_MARKS = 3
"""Accents on one letter: pointed Arabic and Hebrew need three at most, more is a way to flood the screen."""
HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))

_UNSEEN = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f]")
_FORMULA = re.compile(r"[\s\x00-\x1f\ufeff\u200b-\u200f]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def show(text: Any, limit: int = 200) -> str:
    r"""``text`` on one line for a terminal: controls and signs that turn the reading direction are written as codes.

    Args:
        text: Anything; None gives an empty text.
        limit: Longest result in signs; a longer text ends with an ellipsis.

    Example:
        >>> show("two\nlines", 40)
        'two lines'
        >>> show("abcdef", 4)
        'abc…'
    """
    # cut before the work: a name of a megabyte costs what one of a hundred signs does
    head = ("" if text is None else str(text))[: 4 * limit + 16]
    shown = head if head.isascii() and head.isprintable() else _written_out(head)
    shown = shown.strip()
    return shown if len(shown) <= limit else shown[: max(limit - 1, 0)].rstrip() + "…"


def visible(text: str, *, joiners: bool = True) -> str:
    r"""``text`` as `show` writes it, but whole: nothing is cut off, neither at the end nor at the edges.

    Args:
        text: Any text.
        joiners: Leave the two joiners of Persian and emoji as they are; without, they are written as codes too, as
            are the selectors of variants.

    Example:
        >>> visible(" a\u200bb "), visible("می\u200cخواهم", joiners=False)
        (' a<U+200B>b ', 'می<U+200C>خواهم')
    """
    shown = text if text.isascii() and text.isprintable() else _written_out(text)
    return shown if joiners else _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", shown)


def _written_out(text: str) -> str:
    result, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            result.append(_sign(sign))
    return "".join(result)


def _sign(sign: str) -> str:
    if sign in "\t\n\r\xa0":
        return " "
    if sign in JOINERS or unicodedata.category(sign) not in HIDDEN:
        return sign
    return f"<U+{ord(sign):04X}>"


def cell(text: str | None) -> str | None:
    """``text`` as a cell of a CSV file that a spreadsheet takes as text, not as a formula.

    A cell that starts, after blanks, with a sign by which spreadsheets know a formula gets an apostrophe in front.
    Give it text only: a negative number is a number.

    Example:
        >>> cell("@SUM(A1)"), cell("a = b"), cell(None)
        ("'@SUM(A1)", 'a = b', None)
    """
    return "'" + text if text and _FORMULA.match(text) else text
