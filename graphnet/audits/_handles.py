"""Handles made after one pattern: which shapes, beginnings and endings are more frequent than among like accounts.

Example:
    >>> shape("Maria48213377"), shape("jo_ann.x2"), shape("امیر۱۲")
    ('a9(8)', 'a_a.a9(1)', 'a9(2)')
    >>> sorted(templates("Maria48213377"))
    ['begins with mari', 'eight digits at the end', 'four or more digits at the end', 'shape a9(8)']
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from graphnet.safe import show

__all__ = ["DEFAULT", "candidates", "enough", "shape", "templates"]

BEGINNING = 4
"""Letters of a beginning: fewer are common by chance, more split a family of handles."""
LEAST, PART = 5, 0.03
"""Fewest accounts, and least share of them, that a pattern needs to be tested."""
DEFAULT = frozenset(("eight digits at the end", "four or more digits at the end"))
"""What platforms propose by themselves to who has no wish of their own."""
PARTS = re.compile(r"\d+|[^\W\d_]+|[\W_]")
DIGITS = re.compile(r"(\d*)$")


def shape(name: str) -> str:
    """A handle with every run of letters as ``a`` and every run of digits as their number."""
    parts = (f"9({len(p)})" if p.isdigit() else "a" if p.isalpha() else p for p in PARTS.findall(name[:64]))
    return show("".join(parts), 100)


def templates(name: str) -> set[str]:
    """The patterns that a handle fits."""
    digits = len(DIGITS.search(name)[1])  # type: ignore[index]
    found = {f"shape {shape(name)}"} if shape(name) != "a" else set()
    if digits == 8:
        found.add("eight digits at the end")
    if digits >= 4:
        found.add("four or more digits at the end")
    letters = re.match(r"[^\W\d_]+", name)
    if letters and len(letters[0]) >= BEGINNING:
        found.add(f"begins with {letters[0][:BEGINNING].casefold()}")
    return found


def enough(names: Sequence[str | None]) -> float:
    """How many of these handles have to fit a pattern for it to be tested."""
    return max(LEAST, PART * sum(1 for name in names if name))


def candidates(names: Sequence[str | None], least: float | None = None) -> list[str]:
    """Patterns that enough of these handles fit, in alphabetical order; those of the platform are always among them.

    Args:
        names: Handles; None where unknown.
        least: How many have to fit; None: `enough`.
    """
    held = Counter(t for name in names if name for t in templates(name))
    wanted = enough(names) if least is None else least
    return sorted(DEFAULT | {t for t, n in held.items() if n >= wanted})
