"""Near-identical texts: pairs that are alike, and star-shaped clusters of them.

*Pairs.* Texts that agree in a band of their MinHash signatures (`graphnet.kernels.minhash`) are compared, once, in the
first band that brings them up: first their sketches, which tell most apart (`graphnet.kernels.sketches`), then exactly
their sets of tokens. A bucket of very many texts (a
template filled in ten thousand times) is not compared all with all: each of its texts is compared with the heaviest
ones of the bucket and with its next neighbours, and how many pairs were left out is reported. `joined` finds all pairs
without any chance, by a prefix-filter join, for small data and as the oracle of the quick way.

*Clusters.* A cluster is a star: every text is near the one in the middle, so that a chain of small changes never joins
two texts that have nothing in common. Middles are chosen by how much near-identical writing is around them; every
other text goes to the middle it is most like.

Road not taken: connected components of the pairs. One text between two campaigns makes them one.

Example:
    >>> import numpy as np
    >>> from graphnet.kernels import near, shingles
    >>> texts = ["we shall meet at dawn by the bridge", "we shall meet at dawn by the bridge ok", "another one"]
    >>> sets = shingles.shingles(texts)
    >>> pairs = near.similar(sets, near.Likeness(0.7))
    >>> pairs.one.tolist(), pairs.two.tolist(), pairs.jaccard.round(2).tolist()
    ([0], [1], [0.92])
    >>> near.stars(pairs, np.ones(3, np.int64)).tolist()
    [0, 0, 2]
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.kernels.minhash import bands
from graphnet.kernels.shingles import Keys, Longs, Numbers, Sets, listed
from graphnet.kernels.sketches import Bits, differing, sketched

__all__ = [
    "CROWD",
    "Buckets",
    "Crowd",
    "Likeness",
    "Marks",
    "Pairs",
    "Sketch",
    "between",
    "checked",
    "compared",
    "inside",
    "joined",
    "left_out",
    "pivots",
    "similar",
    "stars",
    "suspects",
    "united",
]

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Crowd(NamedTuple):
    """When a bucket has too many texts for comparing all with all, and what is compared there.

    Attributes:
        most: Texts of a bucket that are compared all with all.
        pivots: In a larger one each is compared with so many of the heaviest, of equally heavy ones the first,
        next: and with so many that come next.
    """

    most: int = 256
    pivots: int = 32
    next: int = 32


CROWD = Crowd()
SCALE = 1_000_000
"""Similarities are added up as whole millionths, so that no order of adding changes a sum."""
PIECE = 200_000
"""Pairs that are checked at once."""
ROUNDED = 1e-6
"""Larger than what products may be rounded by, and smaller than a token."""
HEAD = 5000
"""Characters of a text whose edit distance is taken: it grows with their square, and the sets were compared whole."""


@dataclass(frozen=True)
class Likeness:
    """When two sets are near each other.

    Attributes:
        jaccard: Smallest Jaccard similarity.
        strict: The same where one of the texts is short: a word more or less says more there.
        short: Which texts are short, None: none.
    """

    jaccard: float
    strict: float = 1.0
    short: NDArray[np.bool_] | None = None

    def least(self, texts: int) -> Reals:
        """The smallest similarity that each text asks of another."""
        if self.short is None:
            return np.full(texts, self.jaccard)
        return np.where(self.short, max(self.strict, self.jaccard), self.jaccard)


@dataclass(frozen=True)
class Pairs:
    """Texts that are near each other, sorted by ``one`` and ``two``.

    Attributes:
        one: Number of a text.
        two: Number of another; greater than ``one``.
        jaccard: Similarity of their sets.
        candidates: Pairs that were checked: those brought up whose sketches do not tell them apart.
        crowds: Buckets too large for comparing all with all.
        largest: Texts of the largest bucket.
        left_out: Pairs of such buckets that were not compared, in the band that has most of them.
    """

    one: Longs
    two: Longs
    jaccard: Reals
    candidates: int = 0
    crowds: int = 0
    largest: int = 0
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.one)

    def among(self, keep: NDArray[Any]) -> Pairs:
        """Some of them: flags or places."""
        return replace(self, one=self.one[keep], two=self.two[keep], jaccard=self.jaccard[keep])

    def of(self, texts: Longs) -> Pairs:
        """The same pairs, where text ``i`` is called ``texts[i]``; the new numbers have to ascend."""
        return replace(self, one=texts[self.one], two=texts[self.two])


class Buckets(NamedTuple):
    """Texts that agree in a band, bucket by bucket.

    A bucket is compared in whole, or in parts: then its rows are those that are compared here, those that come next
    after them, and the heavy ones that are in neither.

    Attributes:
        text: One row a text of a bucket.
        start: Where the rows of each bucket start; one longer than the number of buckets.
        own: Of each bucket: its first rows, which are compared with others.
        line: Of each bucket: its first rows, in ascending order, among which the next ones of each are found.
        band: Of each bucket: the band.
    """

    text: NDArray[np.int32]
    start: Longs
    own: Longs
    line: Longs
    band: Longs


class Sketch(NamedTuple):
    """The texts in short.

    Attributes:
        bits: What `graphnet.kernels.sketches` gives, shape (texts, 4).
        size: Of each text: at most so many tokens it has.
    """

    bits: Bits
    size: Longs


class Marks(NamedTuple):
    """What is known of each text in all bands together.

    Attributes:
        signed: Its signature.
        crowded: Bit by bit: the bands in which its bucket is crowded.
        pivot: The bands in which it is one of the heaviest of a crowded bucket.
    """

    signed: Numbers
    crowded: Longs
    pivot: Longs


def similar(
    sets: Sets,
    likeness: Likeness,
    weight: Longs | None = None,
    signatures: Numbers | None = None,
    threads: int | None = 1,
    crowd: Crowd | None = None,
) -> Pairs:
    """Pairs of texts that are near each other and agree in a band.

    Args:
        sets: The texts, in a canonical order.
        likeness: When two are near.
        weight: How much each text matters: in a crowded bucket all are compared with the heaviest; None: all the same.
        signatures: What `graphnet.kernels.minhash.bands` gives, where it is there already.
        threads: Number of threads; the answer does not depend on it.
        crowd: What is compared in a large bucket; None: `CROWD`.
    """
    signed = bands(sets, threads) if signatures is None else signatures
    sketch = Sketch(sketched(sets), sets.sizes)
    return compared(sets, suspects(signed, sketch, likeness, weight, threads, crowd), likeness, threads)


def suspects(
    signatures: Numbers,
    sketch: Sketch,
    likeness: Likeness,
    weight: Longs | None = None,
    threads: int | None = 1,
    crowd: Crowd | None = None,
) -> Pairs:
    """Pairs of texts that agree in a band, and may be near each other by their sketches.

    Args:
        signatures: What `graphnet.kernels.minhash.bands` gives.
        sketch: The texts in short.
        likeness: When two are near.
        weight: How much each text matters: in a crowded bucket all are compared with the heaviest; None: all the same.
        threads: Number of threads; the answer does not depend on it.
        crowd: What is compared in a large bucket; None: `CROWD`.

    Returns:
        The pairs, in no order, with the largest similarity that they can have.
    """
    crowd = CROWD if crowd is None else crowd
    heavy = np.ones(len(signatures), np.int64) if weight is None else weight
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda b: _bucketed(signatures[:, b], b), range(signatures.shape[1])))
        marks = _marked(signatures, found, heavy, crowd)
        pairs = list(pool.map(lambda buckets: inside(buckets, marks, sketch, likeness, crowd), found))
    sizes = [np.diff(buckets.start) for buckets in found]
    crowds = [size[size > crowd.most] for size in sizes]
    one, two, most = (np.concatenate([getattr(p, name) for p in pairs]) for name in ("one", "two", "jaccard"))
    return Pairs(
        one,
        two,
        most,
        candidates=sum(p.candidates for p in pairs),
        crowds=sum(map(len, crowds)),
        largest=max((int(size.max()) for size in sizes if len(size)), default=0),
        left_out=max((left_out(c, crowd) for c in crowds), default=0),
    )


def compared(sets: Sets, pairs: Pairs, likeness: Likeness, threads: int | None = 1) -> Pairs:
    """Those of the pairs that are near each other, in canonical order, with the similarity of their sets.

    Args:
        sets: The texts, in a canonical order.
        pairs: Pairs of them.
        likeness: When two are near.
        threads: Number of threads; the answer does not depend on it.
    """
    least = likeness.least(len(sets))

    def some(low: int) -> Reals:
        part = slice(low, low + PIECE)
        return np.asarray(_compared(pairs.one[part], pairs.two[part], sets.start, sets.token, least))

    with ThreadPoolExecutor(threads) as pool:
        jaccard = np.concatenate([np.empty(0), *pool.map(some, range(0, len(pairs), PIECE))])
    near = jaccard >= 0
    return _sorted(replace(pairs, jaccard=jaccard).among(near))


@njit(nogil=True, cache=True)
def _compared(one: Longs, two: Longs, at: Longs, token: Numbers, least: Reals) -> Reals:
    found = np.empty(len(one))
    for k in range(len(one)):
        found[k] = _jaccard(at, token, one[k], two[k], max(least[one[k]], least[two[k]]))
    return found


def left_out(sizes: Longs, crowd: Crowd) -> int:
    """At least so many pairs of crowded buckets of these sizes are not compared."""
    return int(np.maximum(sizes * (sizes - 1) // 2 - sizes * (crowd.pivots + crowd.next), 0).sum())


def _bucketed(values: Numbers, band: int) -> Buckets:
    """Texts that share their number in a band, bucket by bucket, ascending."""
    keyed = values.astype(np.uint64) << np.uint64(32)
    keyed |= np.arange(len(values), dtype=np.uint64)
    keyed.sort()
    same = (keyed[1:] ^ keyed[:-1]) >> np.uint64(32) == 0
    several = np.append(same, False) | np.append(False, same) if len(values) else np.empty(0, np.bool_)
    first = several & ~np.append(False, same)[: len(several)]
    text = (keyed[several] & np.uint64(0xFFFFFFFF)).astype(np.int32)
    start = np.append(np.flatnonzero(first[several]), len(text))
    size = np.diff(start)
    return Buckets(text, start, size, size, np.full(len(size), band))


def _marked(signed: Numbers, found: Sequence[Buckets], weight: Longs, crowd: Crowd) -> Marks:
    crowded, pivot = np.zeros(len(signed), np.int64), np.zeros(len(signed), np.int64)
    for band, buckets in enumerate(found):
        large = np.repeat(buckets.own > crowd.most, buckets.own)
        crowded[buckets.text[large]] |= 1 << band
        pivot[buckets.text[pivots(buckets.start, weight[buckets.text], crowd)]] |= 1 << band
    return Marks(signed, crowded, pivot)


def pivots(start: Longs, weight: Longs, crowd: Crowd) -> Flags:
    """Which rows are the heaviest ones of a crowded bucket.

    Args:
        start: Where the rows of each bucket start; one longer than the number of buckets.
        weight: Of each row.
        crowd: When a bucket is crowded, and how many are the heaviest.
    """
    found = np.zeros(len(weight), np.bool_)
    for bucket in np.flatnonzero(np.diff(start) > crowd.most).tolist():
        low, high = int(start[bucket]), int(start[bucket + 1])
        # of equal ones the first
        found[low + np.argsort(-weight[low:high], kind="stable")[: crowd.pivots]] = True
    return found


def inside(buckets: Buckets, marks: Marks, sketch: Sketch, likeness: Likeness, crowd: Crowd) -> Pairs:
    """Pairs of texts that are in one of these buckets, may be near each other, and come up in no earlier band.

    Args:
        buckets: Texts that agree in a band.
        marks: What is known of each text.
        sketch: The texts in short.
        likeness: When two are near.
        crowd: What is compared in a large bucket.
    """
    least = likeness.least(len(sketch.size))
    # of two sets of Jaccard similarity t so large a part is in one alone
    apart = (1 - least) / (1 + least)
    one, two, most = _within(*buckets, *marks, *sketch, apart, crowd.next)
    return Pairs(one, two, most, len(one))


@njit(nogil=True, cache=True)
def _within(
    text: NDArray[np.int32], start: Longs, own: Longs, line: Longs, bands: Longs, signed: Numbers, crowded: Longs,
    pivot: Longs, bits: Bits, size: Longs, apart: Reals, following: int,
) -> tuple[Longs, Longs, Reals]:  # fmt: skip
    """Pairs of some buckets that may be near each other, and that no earlier band brings up."""
    one, two, most = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024)
    n = 0
    for k in range(len(start) - 1):
        rows, band = text[start[k] : start[k + 1]], bands[k]
        heavy = np.flatnonzero((pivot[rows] >> band) & 1 == 1)
        crowd = (crowded[rows[0]] >> band) & 1
        # side by side, as each is looked at many times
        bit, large, part = bits[rows], size[rows], apart[rows]
        for i in range(own[k]):
            after = line[k] - i - 1
            nearby = min(following, after) if crowd else after
            for j in range(nearby + len(heavy)):
                other = i + 1 + j if j < nearby else heavy[j - nearby]
                both, differ = large[i] + large[other], differing(bit, i, other)
                if differ > min(part[i], part[other]) * both + ROUNDED:
                    continue
                a, b = np.int64(rows[i]), np.int64(rows[other])
                if a == b or (j >= nearby and a < b <= rows[i + nearby]):
                    continue
                a, b = min(a, b), max(a, b)
                if _seen(signed, crowded, pivot, a, b, band):
                    continue
                if n == len(one):
                    one, two, most = _longer(one), _longer(two), _longer(most)
                one[n], two[n], most[n] = a, b, (both - differ) / max(both + differ, 1)
                n += 1
    return one[:n], two[:n], most[:n]


@njit(nogil=True, cache=True)
def _seen(signed: Numbers, crowded: Longs, pivot: Longs, a: int, b: int, band: int) -> bool:
    """Whether an earlier band has compared the two, or was as crowded as this one so that it need not."""
    either = pivot[a] | pivot[b]
    special = (either >> band) & 1
    found = False
    for earlier in range(band):
        if signed[a, earlier] == signed[b, earlier]:
            compared = not (crowded[a] >> earlier) & 1 or (either >> earlier) & 1
            found = found or compared or (not special and (crowded[a] >> band) & 1)
    return found


@njit(nogil=True, cache=True)
def _jaccard(at: Longs, token: Numbers, a: int, b: int, least: float) -> float:
    """The Jaccard similarity of two sets; -1 where it is below ``least``."""
    i, j, m, n = at[a], at[b], at[a + 1], at[b + 1]
    sizes = (m - i) + (n - j)
    # fewest tokens in common that will do; a hair less, as the product may be rounded up
    need = np.ceil(least / (1 + least) * sizes - 1e-9)
    both = 0
    while i < m and j < n:
        if both + min(m - i, n - j) < need:
            return -1.0
        x, y = token[i], token[j]
        both += x == y
        i += x <= y
        j += y <= x
    jaccard = both / (sizes - both) if sizes > both else 0.0
    return jaccard if jaccard >= least else -1.0


@njit(nogil=True, cache=True)
def _longer(array: Any) -> Any:
    wide = np.empty(2 * len(array), array.dtype)
    wide[: len(array)] = array
    return wide


def _sorted(pairs: Pairs) -> Pairs:
    """In canonical order, each pair once."""
    pairs = pairs.among(np.lexsort((pairs.two, pairs.one)))
    one, two = pairs.one, pairs.two
    return pairs.among(np.append(True, (one[1:] != one[:-1]) | (two[1:] != two[:-1]))[: len(one)])


# The exact join ------------------------------------------------------------------------------------------------------


def joined(sets: Sets, likeness: Likeness) -> Pairs:
    """All pairs of texts that are near each other, by a prefix-filter join: exact, and quadratic in the worst case.

    Two sets that are near share one of their rarest tokens: of each set only the first ``n - ceil(t n) + 1`` in the
    order of frequency are looked up.
    """
    counts = np.bincount(sets.token, minlength=len(sets.code))
    rank = np.empty(len(counts), np.uint32)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(counts), dtype=np.uint32)
    token = _each_sorted(sets.start, rank[sets.token])
    # a partner is sought among the texts that are not larger, so they come in this order
    order = np.argsort(sets.sizes, kind="stable")
    found = _prefixes(order, sets.start, token, np.sort(counts), likeness.least(len(sets)), likeness.jaccard)
    return _sorted(Pairs(*found))


@njit(nogil=True, cache=True)
def _each_sorted(start: Longs, token: Numbers) -> Numbers:
    for i in range(len(start) - 1):
        token[start[i] : start[i + 1]].sort()
    return token


@njit(nogil=True, cache=True)
def _prefixes(
    order: Longs, at: Longs, token: Numbers, counts: Longs, least: Reals, lowest: float
) -> tuple[Longs, Longs, Reals, int]:
    """Look each text up among the prefixes of those before it."""
    place = np.zeros(len(counts) + 1, np.int64)
    place[1:] = np.cumsum(counts)
    # of each token: the texts that have it in their prefix, how many, and how many of these are too small by now
    listed = np.empty(place[-1], np.int32)
    filled, done = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.int64)
    stamp = np.full(len(order), -1)
    one, two, value = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024)
    n = candidates = 0
    for text in order:
        size = at[text + 1] - at[text]
        prefix = size - np.int64(np.ceil(lowest * size - 1e-9)) + 1
        for k in range(at[text], at[text] + min(prefix, size)):
            t = token[k]
            for m in range(place[t] + done[t], place[t] + filled[t]):
                other = np.int64(listed[m])
                if at[other + 1] - at[other] < lowest * size - 1e-9:
                    done[t] = m + 1 - place[t]  # too small for this text, and so for all that follow
                    continue
                if stamp[other] == text:
                    continue
                stamp[other] = text
                candidates += 1
                a, b = min(text, other), max(text, other)
                jaccard = _jaccard(at, token, a, b, max(least[a], least[b]))
                if jaccard >= 0:
                    if n == len(one):
                        one, two, value = _longer(one), _longer(two), _longer(value)
                    one[n], two[n], value[n] = a, b, jaccard
                    n += 1
            listed[place[t] + filled[t]] = text
            filled[t] += 1
    return one[:n], two[:n], value[:n], candidates


def between(sets: Sets, few: int, least: float) -> Pairs:
    """Pairs of one of the first ``few`` texts with one of the others, all compared with all.

    Args:
        sets: The texts.
        few: How many of them come first.
        least: Smallest Jaccard similarity.
    """
    return _sorted(Pairs(*_between(few, sets.start, sets.token, least)))


@njit(nogil=True, cache=True)
def _between(few: int, at: Longs, token: Numbers, least: float) -> tuple[Longs, Longs, Reals]:
    one, two, value = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64)
    n = 0
    for a in range(few):
        for b in range(few, len(at) - 1):
            jaccard = _jaccard(at, token, a, b, least)
            if jaccard >= 0:
                if n == len(one):
                    one, two, value = _longer(one), _longer(two), _longer(value)
                one[n], two[n], value[n] = a, b, jaccard
                n += 1
    return one[:n], two[:n], value[:n]


# Last check and clusters ---------------------------------------------------------------------------------------------


def checked(
    keys: Keys, pairs: Pairs, least: float, how: Literal["letters", "words"] = "letters", threads: int | None = 1
) -> Pairs:
    """The pairs whose edit distance agrees, too.

    Args:
        keys: The texts.
        pairs: Pairs of them.
        least: Smallest normalised Levenshtein similarity (``letters``), or of the words in the order of the alphabet
            (``words``), 0 to 1.
        how: What is compared.
        threads: Number of threads; None: all cores.
    """
    from rapidfuzz import fuzz  # noqa: PLC0415
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415
    from rapidfuzz.process import cpdist  # noqa: PLC0415

    scorer: Any = Levenshtein.normalized_similarity if how == "letters" else fuzz.token_sort_ratio
    least *= 1 if how == "letters" else 100
    workers = -1 if threads is None else threads
    good = np.zeros(len(pairs), np.bool_)
    for low in range(0, len(pairs), PIECE):
        part = slice(low, low + PIECE)
        one, two = ([key[:HEAD] for key in listed(keys, end[part])] for end in (pairs.one, pairs.two))
        scores = cpdist(one, two, scorer=scorer, score_cutoff=least, dtype=np.float32, workers=workers)
        good[part] = scores > 0
    return pairs.among(good)


def united(pairs: Pairs, more: Pairs) -> tuple[Pairs, NDArray[np.bool_]]:
    """All pairs of both, in canonical order; and for each whether it is in ``more`` alone."""
    one, two, jaccard = (
        np.concatenate([getattr(p, name) for p in (pairs, more)]) for name in ("one", "two", "jaccard")
    )
    soft = np.arange(len(one)) >= len(pairs)
    order = np.lexsort((soft, two, one))
    one, two, jaccard, soft = one[order], two[order], jaccard[order], soft[order]
    new = np.append(True, (one[1:] != one[:-1]) | (two[1:] != two[:-1]))[: len(one)]
    return replace(pairs, one=one[new], two=two[new], jaccard=jaccard[new]), soft[new]


def stars(pairs: Pairs, weight: Longs) -> Longs:
    """The middle of the star that each text is in; a text near no other is its own.

    Args:
        pairs: Pairs that are near each other.
        weight: How much each text matters, such as the accounts that use it.
    """
    n = len(weight)
    one, two = np.append(pairs.one, pairs.two), np.append(pairs.two, pairs.one)
    alike = np.round(np.append(pairs.jaccard, pairs.jaccard) * SCALE).astype(np.int64)
    order = np.argsort(one, kind="stable")
    start = np.append(0, np.cumsum(np.bincount(one, minlength=n)))
    score = weight * SCALE
    np.add.at(score, one, alike * weight[two])
    ranked = np.lexsort((np.arange(n), -score))
    return np.asarray(_stars(ranked, start, two[order], alike[order]))


@njit(nogil=True, cache=True)
def _stars(ranked: Longs, start: Longs, other: Longs, alike: Longs) -> Longs:
    rank, middle = np.empty(len(ranked), np.int64), np.zeros(len(ranked), np.bool_)
    for place in range(len(ranked)):
        rank[ranked[place]] = place
    for text in ranked:
        near = False
        for k in range(start[text], start[text + 1]):
            near = near or middle[other[k]]
        middle[text] = not near
    found = np.arange(len(ranked))
    for text in range(len(ranked)):
        best = -1
        for k in range(start[text], start[text + 1]):
            if not middle[text] and middle[other[k]]:
                better = best < 0 or alike[k] > alike[best]
                if better or (alike[k] == alike[best] and rank[other[k]] < rank[other[best]]):
                    best = k
        if best >= 0:
            found[text] = other[best]
    return found
