"""What the members' profiles have in common: a name, a word, a site."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.crowds import Crowds, Flags, Ints
from graphnet.explanations import Clue, Role, lean, share
from graphnet.safe import show

if TYPE_CHECKING:
    from graphnet.explanations._facts import Facts

__all__ = ["Common", "common", "named", "words"]

SOME = 10_000
"""Profiles held as texts of Python at once."""
SIGNS = 2_000
"""Signs of a profile that are read."""
LEAST = 4
"""Shortest word that names anything; in scripts without capitals and vowels names are short, so three there."""
USUAL = 0.05
"""A word in more of the profiles elsewhere names nobody."""
TIMES = 5
"""… nor does one that is not this many times as frequent among the members."""
NAMED = 0.3
"""A word in fewer of the members' profiles does not name the group: in any language some words are frequent."""
UNTOLD = -0.5
"""Profiles that name nothing in common speak against an open team, but many teams do not say who they are."""
WORD = re.compile(r"@?\w+(?:[.\-]\w+)*", re.UNICODE)
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")


@dataclass(frozen=True)
class Common:
    """The word that stands in the profiles of most members of a community and of few others.

    Attributes:
        word: One a community; empty where there is none.
        members, of: Members who have it, and members with a profile (a handle or a description) at all.
        elsewhere, others: The same of the accounts in no community.
        described: Whether any account of the study has a description.
    """

    word: list[str]
    members: Ints
    of: Ints
    elsewhere: Ints
    others: int
    described: bool


def words(name: str | None, description: str | None) -> set[str]:
    """Words of a profile: those of the description (with mentions and sites whole), and the parts of the handle.

    Example:
        >>> sorted(words("HarbourPine_News31", "All about Pine. harbour.example/x @Desk"))
        ['@desk', 'about', 'harbour', 'harbour.example', 'news', 'pine']
    """
    said = {w.casefold() for w in WORD.findall((description or "")[:SIGNS])}
    parts = {p.casefold() for p in PART.findall((name or "")[:200])}
    return {w for w in said | parts if len(w) >= (LEAST if w.isascii() else LEAST - 1)}


def common(name: pa.ChunkedArray, text: pa.ChunkedArray, groups: Crowds, elsewhere: Flags) -> Common:
    """The most telling word of each community's profiles.

    Args:
        name: Handle of each account of the study.
        text: Its description.
        groups: The communities.
        elsewhere: Which accounts are in none.
    """
    found: list[Counter[str]] = [Counter() for _ in range(len(groups))]
    of = np.zeros(len(groups), np.int64)
    for place, (handle, said) in zip(groups.rows.tolist(), _told(name, text, groups.account), strict=True):
        found[place].update(words(handle, said))
        of[place] += bool(handle or said)
    wanted = {w for counter, size in zip(found, of.tolist(), strict=True) for w in _frequent(counter, size)}
    out: Counter[str] = Counter()
    others = 0
    for handle, said in _told(name, text, np.flatnonzero(elsewhere)):
        out.update(words(handle, said) & wanted)
        others += bool(handle or said)
    best = [_best(counter, size, out, others) for counter, size in zip(found, of.tolist(), strict=True)]
    members = np.array([counter[w] for counter, w in zip(found, best, strict=True)], dtype=np.int64)
    out_of = np.array([out[w] for w in best], dtype=np.int64)
    return Common(best, members, of, out_of, others, bool(pc.any(pc.greater(pc.binary_length(text), 0)).as_py()))


def _told(name: pa.ChunkedArray, text: pa.ChunkedArray, accounts: Ints) -> Iterator[tuple[str | None, str | None]]:
    """Handle and description of some accounts; as texts of Python a few at a time."""
    for low in range(0, len(accounts), SOME):
        some = pa.array(accounts[low : low + SOME])
        yield from zip(name.take(some).to_pylist(), text.take(some).to_pylist(), strict=True)


def _frequent(counter: Counter[str], size: int) -> Iterator[str]:
    return (w for w, n in counter.items() if n >= max(3, size * NAMED))


def _best(counter: Counter[str], size: int, out: Counter[str], others: int) -> str:
    telling = [
        (-counter[w], out[w], w)
        for w in _frequent(counter, size)
        if out[w] <= USUAL * others and counter[w] * others >= TIMES * out[w] * size
    ]
    return min(telling)[2] if telling else ""


def named(facts: Facts, role: Role = "limit") -> Clue:
    """Whether the members' profiles name the same thing openly."""
    found = facts.common
    part = share(found.members, found.of)

    def tell(i: int) -> str:
        if not found.word[i]:
            return f"no word or site stands in the profiles of several of the {found.of[i]:,} members and of few others"
        return (
            f"“{show(found.word[i], 40)}” stands in the profiles of {found.members[i]:,} of {found.of[i]:,} members "
            f"and of {found.elsewhere[i]:,} of {found.others:,} accounts elsewhere"
        )

    speaks = np.maximum(lean(part, 0.1, 0.5), UNTOLD)
    if not found.described:
        # what nobody could say cannot be missing
        speaks = np.where(speaks < 0, np.nan, speaks)
    return Clue.of(role, speaks, tell, "no descriptions in this data, and no handles with a word in common")
