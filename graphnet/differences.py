r"""Two texts side by side: what they share and what only one of them has, without ever cutting a visible character.

Words are compared first (in scripts without spaces: characters), then the characters of words that stand in each
other's place. A character is what a reader takes for one: a letter with its accents, an emoji with its skin tone, a
Persian letter with the joiner after it.

Example:
    >>> left, right = differences("Vote on Sunday, friends", "Vote on sunday")
    >>> [(p.kind, p.text) for p in right]
    [('same', 'Vote on '), ('changed', 's'), ('same', 'unday')]
    >>> print(marked(left))
    Vote on [~S~]unday[+, friends+]
    >>> print(marked(differences("a vo\u200bte", "a vote")[0]))
    a vo[+<U+200B>+]te
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from graphnet.safe import visible

__all__ = ["Kind", "Piece", "brief", "differences", "marked", "together"]

Kind = Literal["same", "changed", "only", "hidden", "gone", "new"]
"""Of a piece: the same in both; something else stands there in the other text; only here; differs from the other text
in signs that cannot be seen, and in nothing else. Where two texts are put into one (`together`): only in the first;
only in the second."""

FINE, WORK = 40_000_000, 4_000_000_000
"""Pairs of words (or characters) up to which as much as possible is found to be shared, and up to which as few as
possible to be replaced (a second at most, without a table of all pairs); what is longer counts as changed."""
ALIKE = 0.5
"""Words that share less than this share of their characters are different words: they are marked whole."""
MARKS = {"changed": "[~", "only": "[+", "hidden": "[?", "gone": "[-", "new": "[+"}
COLOURS = {"changed": 33, "only": 32, "hidden": 35, "gone": 31, "new": 32}
"""Of the terminal (ANSI), beside the marks, never instead of them."""


class Piece(NamedTuple):
    """A part of one of the texts, as written; the pieces of a text put together are the text."""

    kind: Kind
    text: str

    @property
    def shown(self) -> str:
        """The part as it can be shown: signs that cannot be seen as codes where they are what differs."""
        bare = self.kind == "hidden" or (self.kind != "same" and not _seen(self.text).strip())
        return visible(self.text, joiners=not bare)


def differences(a: str, b: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, in their own order.

    Args:
        a: A text of any length and script.
        b: Another one.

    Returns:
        The pieces of each text. Neighbouring pieces differ in kind.
    """
    left, right = [], []
    for mine, other in _steps(a, b):
        left.append(mine)
        right.append(other)
    return _joined(left), _joined(right)


def together(a: str, b: str) -> list[Piece]:
    """The second text with what differs from the first in place: pieces ``same``, ``gone`` and ``new``.

    Their text is as it can be shown (see `Piece.shown`).

    Example:
        >>> print(marked(together("Vote on Sunday, friends", "Vote on Monday")))
        Vote on [-Su-][+Mo+]nday[-, friends-]
    """
    steps = list(_steps(a, b))
    differ = [mine.kind != "same" for mine, _ in steps]
    # a blank between two words that differ would cut what reads as one change into many
    inner = [i for i in range(1, len(steps) - 1) if differ[i - 1] and differ[i + 1] and steps[i][0].text.isspace()]
    for i in inner:
        differ[i] = True
    told: list[Piece] = []
    for changed, some in groupby(range(len(steps)), lambda i: differ[i]):
        held = list(some)
        sides: list[tuple[Kind, int]] = [("gone", 0), ("new", 1)] if changed else [("same", 1)]
        told += [Piece(kind, "".join(p.shown for p in _joined(steps[i][side] for i in held))) for kind, side in sides]
    return [piece for piece in told if piece.text]


def _steps(a: str, b: str) -> Iterator[tuple[Piece, Piece]]:
    """What stands in each other's place, from start to end; one of the two may be empty."""
    for here, there in _aligned(_words(a), _words(b)):
        if len(here) == len(there) == 1 and _compared(here) != _compared(there):
            yield from _inside(here[0], there[0])
        else:
            yield _sides(here, there)


def marked(pieces: Iterable[Piece], *, colour: bool = False) -> str:
    """The pieces as one line for a terminal.

    ``[~changed~]``, ``[+only here+]``, ``[?differs in signs that cannot be seen?]``, ``[-only in the first-]``.
    """
    return "".join(_mark(piece, colour) for piece in pieces)


def _mark(piece: Piece, colour: bool) -> str:
    if piece.kind == "same":
        return piece.shown
    sign = MARKS[piece.kind]
    text = f"{sign}{piece.shown}{sign[1]}]"
    return f"\x1b[{COLOURS[piece.kind]}m{text}\x1b[0m" if colour else text


def brief(pieces: Sequence[Piece], limit: int) -> list[Piece]:
    """The pieces cut to about ``limit`` characters: from the middle of long shared parts first, then from the end.

    Example:
        >>> print(marked(brief(differences("x" * 50 + " one " + "y" * 50, "x" * 50 + " two " + "y" * 50)[0], 40)))
        xxxxxxxxxxxxx…xxx [~one~] yyy…yyyyyyyyyyyyy
    """
    if sum(len(p.text) for p in pieces) <= limit:
        return list(pieces)
    same = [p for p in pieces if p.kind == "same"]
    other = sum(len(p.text) for p in pieces if p.kind != "same")
    each = max((limit - other) // max(len(same), 1), 8)
    found: list[Piece] = []
    left = limit
    for n, piece in enumerate(pieces):
        text = piece.text
        if piece.kind == "same":
            text = _cut(text, each, first=n == 0, last=n == len(pieces) - 1)
        if left <= 0:
            found.append(Piece("same", "…"))
            break
        if len(text) > left:
            text = "".join(_graphemes(text[: left + 64])[:left]) + "…"
        found.append(Piece(piece.kind, text))
        left -= len(text)
    return found


def _cut(text: str, limit: int, *, first: bool, last: bool) -> str:
    """A shared part with its middle left out; at the start and the end of a text more is kept on the outer side."""
    if len(text) <= limit:
        return text
    inner = max((limit - 1) // 4, 3)
    head = limit - 1 - inner if first and not last else inner if last and not first else (limit - 1) // 2
    signs = _graphemes(text)
    return "".join(signs[:head]) + "…" + "".join(signs[max(len(signs) - (limit - 1 - head), head) :])


# Words and characters ------------------------------------------------------------------------------------------------


def _graphemes(text: str) -> list[str]:
    import regex  # noqa: PLC0415  (needed only where texts are shown side by side)

    found: list[str] = regex.findall(r"\X", text)
    return found


def _words(text: str) -> list[str]:
    """The text cut into words; blanks, signs and characters of scripts without spaces stand for themselves."""
    found: list[str] = []
    for kind, some in groupby(_graphemes(text), _part_of):
        held = list(some)
        found += ["".join(held)] if kind else held
    return found


def _part_of(grapheme: str) -> int:
    """1 for what words are made of, 0 for what stands alone; a sign nobody sees belongs to the word around it."""
    first = grapheme[0]
    if "\u0e00" <= first <= "\u0eff" or "\u1000" <= first <= "\u109f" or "\u1780" <= first <= "\u17ff":
        return 0
    if "\u2e80" <= first <= "\ua4cf" or "\uf900" <= first <= "\ufaff" or "\U00020000" <= first <= "\U0003ffff":
        return 0
    return int(first.isalnum() or first in "_@#'’" or unicodedata.category(first) in ("Cf", "Mn", "Mc"))


def _seen(text: str) -> str:
    """The text without the signs that cannot be seen."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf" and not _selects(c))


def _selects(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or char == "\u034f"


def _compared(words: Sequence[str]) -> list[str]:
    """What of the words is compared: all blanks look the same, and so do the two ways to write an accent."""
    return [" " if w.isspace() else w if w.isascii() else unicodedata.normalize("NFC", w) for w in words]


# Alignment -----------------------------------------------------------------------------------------------------------


def _aligned(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Parts of two sequences that belong together: alike ones whole, replaced ones one by one, others alone."""
    x, y = _compared(a), _compared(b)
    start = next((i for i, (p, q) in enumerate(zip(x, y, strict=False)) if p != q), min(len(x), len(y)))
    end = next((i for i in range(min(len(x), len(y)) - start) if x[-1 - i] != y[-1 - i]), min(len(x), len(y)) - start)
    last, other = len(a) - end, len(b) - end
    if start:
        yield a[:start], b[:start]
    if (last - start) * (other - start) > WORK:
        yield a[start:last], b[start:other]
    else:
        for i, j, to_i, to_j, same in _blocks(x[start:last], y[start:other]):
            here, there = a[start + i : start + to_i], b[start + j : start + to_j]
            yield from [(here, there)] if same else _paired(here, there)
    if end:
        yield a[last:], b[other:]


def _blocks(x: Sequence[str], y: Sequence[str]) -> Iterator[tuple[int, int, int, int, bool]]:
    """Where the two run together (both bounds of both, and True), and what lies between (False)."""
    from rapidfuzz.distance import LCSseq, Levenshtein  # noqa: PLC0415  (needed only where texts are compared)

    i = j = 0
    for code in (LCSseq if len(x) * len(y) <= FINE else Levenshtein).opcodes(x, y):
        if code.tag == "equal":
            if i < code.src_start or j < code.dest_start:
                yield i, j, code.src_start, code.dest_start, False
            yield code.src_start, code.dest_start, code.src_end, code.dest_end, True
            i, j = code.src_end, code.dest_end
    if i < len(x) or j < len(y):
        yield i, j, len(x), len(y), False


def _paired(here: Sequence[str], there: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """One by one, and the rest of the longer side alone."""
    both = min(len(here), len(there))
    yield from (([p], [q]) for p, q in zip(here[:both], there[:both], strict=True))
    if here[both:] or there[both:]:
        yield here[both:], there[both:]


def _inside(a: str, b: str) -> Iterator[tuple[Piece, Piece]]:
    """Two words that stand in each other's place, character by character if they are much alike."""
    parts = list(_aligned(_graphemes(a), _graphemes(b)))
    shared = sum(len(here) for here, there in parts if _compared(here) == _compared(there))
    longest = max(sum(len(here) for here, _ in parts), sum(len(there) for _, there in parts))
    if shared >= ALIKE * longest or _alike([a], [b]):
        yield from (_sides(here, there) for here, there in parts)
    else:
        yield _sides([a], [b])


def _sides(here: Sequence[str], there: Sequence[str]) -> tuple[Piece, Piece]:
    kind: Kind = "only"
    if here and there:
        same = _compared(here) == _compared(there)
        kind = "same" if same else "hidden" if _alike(here, there) else "changed"
    return Piece(kind, "".join(here)), Piece(kind, "".join(there))


def _alike(here: Sequence[str], there: Sequence[str]) -> bool:
    """Whether nothing differs that can be seen."""
    return _compared([_seen("".join(here))]) == _compared([_seen("".join(there))])


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind put together, empty ones left out."""
    some = groupby((p for p in pieces if p.text), lambda p: p.kind)
    return [Piece(kind, "".join(p.text for p in run)) for kind, run in some]
