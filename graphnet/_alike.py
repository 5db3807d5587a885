"""Pairs of texts that are near each other: how they are sought, and the search where one process holds all texts.

Where the texts are on several machines, `graphnet._alike_spread` finds the same pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from graphnet.kernels.near import Crowd, Likeness, Pairs, Sketch
    from graphnet.kernels.shingles import Keys, Longs, Numbers, Sets
    from graphnet.study import Study

__all__ = ["Search", "keys_of", "letters", "pairs", "words"]

STRICTER, SHORT = 0.1, 50
"""Texts of fewer than 50 characters have to be more alike: one word is a larger part of them."""
EDITS, LOOSER = 0.75, 0.15
"""Smallest normalised edit similarity, the last check; less where less than .6 of the shingles have to agree."""
WIDE = 0.65
"""Below this similarity the bands are of fewer rows, so that they still find nearly all pairs."""
REWORDED = 0.7
"""Smallest Jaccard similarity of two texts as multisets of words."""
LEAST_WORDS = 8
"""Shorter texts are not compared as sets of words: with fewer, sentences that share their small words look alike."""


@dataclass(frozen=True)
class Search:
    """What is compared, and when two texts are near each other.

    Attributes:
        how: As what texts are compared: sets of ``letters``, three in a row, or of ``words``.
        jaccard: Smallest Jaccard similarity of the sets.
        strict: The same where one of the texts is short.
        edits: Smallest edit similarity; see `graphnet.kernels.near.checked`.
        rows: Rows a band of the signatures that are compared.
        crowd: What is compared in a large bucket.
    """

    how: Literal["letters", "words"]
    jaccard: float
    strict: float
    edits: float
    rows: int
    crowd: Crowd

    @property
    def kept(self) -> bool:
        """Whether the signatures of the table ``texts`` are those that are compared."""
        from graphnet.kernels.minhash import ROWS  # noqa: PLC0415  (numba)

        return self.how == "letters" and self.rows == ROWS

    @property
    def bands(self) -> int:
        """Bands of the signatures that are compared."""
        from graphnet.kernels.minhash import BANDS, ROWS  # noqa: PLC0415

        return BANDS * ROWS // self.rows

    @property
    def where(self) -> str:
        """SQL: which texts of the table ``signed`` are compared."""
        return f"words >= {LEAST_WORDS if self.how == 'words' else 0}"

    def sets(self, keys: Keys) -> Sets:
        """What the texts are compared as."""
        from graphnet.kernels.shingles import shingles, words  # noqa: PLC0415

        return shingles(keys) if self.how == "letters" else words(keys)

    def signatures(self, keys: Keys, threads: int | None = 1) -> Numbers:
        """The signatures that are compared."""
        from graphnet.kernels.minhash import signatures  # noqa: PLC0415
        from graphnet.kernels.shingles import words  # noqa: PLC0415

        return signatures(keys, threads, self.rows, **({} if self.how == "letters" else {"tokens": words}))

    def sketch(self, keys: Keys, length: Longs) -> Sketch:
        """The texts in short, to tell most pairs apart."""
        from graphnet.kernels.near import Sketch  # noqa: PLC0415
        from graphnet.kernels.shingles import words  # noqa: PLC0415
        from graphnet.kernels.sketches import sketched, sketches  # noqa: PLC0415

        if self.how == "letters":
            return Sketch(sketches(keys), np.maximum(length - 2, 0))
        sets = words(keys)
        return Sketch(sketched(sets), sets.sizes)

    def likeness(self, length: Longs) -> Likeness:
        """When two texts of these lengths are near each other."""
        from graphnet.kernels.near import Likeness  # noqa: PLC0415

        return Likeness(self.jaccard, self.strict, length < SHORT)

    def near(self, keys: Keys, length: Longs, found: Pairs, threads: int | None = 1) -> Pairs:
        """Those that are near each other, with their similarity."""
        from graphnet.kernels.near import compared  # noqa: PLC0415

        return self.checked(keys, compared(self.sets(keys), found, self.likeness(length), threads), threads)

    def checked(self, keys: Keys, found: Pairs, threads: int | None = 1) -> Pairs:
        """Those whose edit distance agrees, too."""
        from graphnet.kernels.near import checked  # noqa: PLC0415

        return checked(keys, found, self.edits, self.how, threads)


def letters(jaccard: float) -> Search:
    """Nearly the same words."""
    from graphnet.kernels.minhash import LOOSE, ROWS  # noqa: PLC0415
    from graphnet.kernels.near import CROWD  # noqa: PLC0415

    rows = ROWS if jaccard >= WIDE else LOOSE
    return Search("letters", jaccard, min(jaccard + STRICTER, 1.0), min(jaccard + LOOSER, EDITS), rows, CROWD)


def words() -> Search:
    """Nearly the same words in another order."""
    from graphnet.kernels.minhash import ROWS  # noqa: PLC0415
    from graphnet.kernels.near import CROWD  # noqa: PLC0415

    return Search("words", REWORDED, REWORDED, EDITS, ROWS, CROWD)


def pairs(study: Study, search: Search, threads: int | None, *, exact: bool) -> Pairs:
    """Pairs of texts that are near each other, numbered as in the table ``signed``, all sought in this process.

    Only the sets of texts that agree with another one in a band, and that sketches do not tell apart, are ever made.

    Args:
        study: A study with the table ``signed``.
        search: What is sought.
        threads: Number of threads; the answer does not depend on it.
        exact: Whether to find all pairs, without MinHash.
    """
    from graphnet.kernels import near  # noqa: PLC0415  (numba, which `import graphnet` should not pay for)

    rows = study.rows(f"select text, accounts, length from signed where {search.where} order by text")
    text, weight, length = (rows[name].to_numpy() for name in ("text", "accounts", "length"))
    if exact:
        keys = keys_of(study, search.where)
        raw = near.joined(search.sets(keys), search.likeness(length))
        return search.checked(keys, raw, threads).of(text)
    signed = _signatures(study, search, threads)
    sketch = _sketch(study, search, length)
    maybe = near.suspects(signed, sketch, search.likeness(length), weight, threads, search.crowd)
    del signed, sketch
    some = np.flatnonzero(np.bincount(np.append(maybe.one, maybe.two), minlength=len(text)))
    keys, place = keys_of(study, search.where, some), np.empty(len(text), np.int64)
    place[some] = np.arange(len(some))
    return search.near(keys, length[some], maybe.of(place), threads).of(text[some])


def _signatures(study: Study, search: Search, threads: int | None) -> Numbers:
    from graphnet.kernels.minhash import unpacked  # noqa: PLC0415

    if search.kept:
        return unpacked(study.rows(f"select signature from signed where {search.where} order by text")["signature"])
    return search.signatures(keys_of(study, search.where), threads)


def _sketch(study: Study, search: Search, length: Longs) -> Sketch:
    from graphnet.kernels.minhash import unpacked  # noqa: PLC0415
    from graphnet.kernels.near import Sketch  # noqa: PLC0415
    from graphnet.kernels.sketches import WORDS  # noqa: PLC0415

    if search.how == "words":
        return search.sketch(keys_of(study, search.where), length)
    bits = unpacked(study.rows(f"select sketch from signed where {search.where} order by text")["sketch"], 2 * WORDS)
    return Sketch(bits.view(np.uint64), np.maximum(length - 2, 0))


def keys_of(study: Study, where: str = "true", some: Longs | None = None) -> pa.Array:
    """The words of texts, or of those at some places among them, in the order of their numbers."""
    keys = study.rows(f"select key from signed where {where} order by text")["key"]
    if some is not None:
        chosen = np.zeros(len(keys), np.bool_)
        chosen[some] = True
        keys = keys.filter(pa.array(chosen))
    # together they may be longer than 2 GB
    return keys.cast(pa.large_string()).combine_chunks()
