"""Sketches: those of the text are those of its set, and they never tell apart what is near."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels import near
from graphnet.kernels.shingles import encoded, shingles, words
from graphnet.kernels.sketches import differing, sketched, sketches

texts_ = st.lists(st.text(alphabet="abc дی日😀", max_size=40), max_size=8)


@given(texts_)
def test_sketches_of_texts_are_those_of_their_sets(texts: list[str]) -> None:
    whole = sketched(shingles(texts))
    arrow = pa.array(["xyz", *texts], pa.string())[1:]
    for keys in (texts, arrow, pa.chunked_array([arrow[:3], arrow[3:]], pa.string())):
        assert (sketches(keys) == whole).all()


@given(texts_, st.booleans())
def test_sets_differ_by_as_many_tokens_as_their_sketches_at_least(texts: list[str], letters: bool) -> None:
    sets = shingles(texts) if letters else words(texts)
    bits = sketched(sets)
    for a in range(len(texts)):
        for b in range(len(texts)):
            apart = differing(bits, a, b)
            assert apart == int(np.bitwise_count(bits[a] ^ bits[b]).sum())
            assert apart <= len(set(sets.of(a)) ^ set(sets.of(b)))


def test_the_bits_are_those_of_the_description() -> None:
    (bits,) = sketches(["ab日c"])
    expected = [0, 0, 0, 0]
    for three in ("ab日", "b日c"):
        code = sum(ord(c) << 21 * (2 - i) for i, c in enumerate(three))
        bit = code * 0x9E3779B97F4A7C15 % 2**64 >> 56
        expected[bit // 64] |= 1 << bit % 64
    assert bits.tolist() == expected


@given(texts_, st.sampled_from([0.4, 0.7, 1.0]))
def test_suspects_are_all_that_is_near(texts: list[str], least: float) -> None:
    """All in one bucket, so that only the sketches can lose any; what they may be is no less than what they are."""
    sets, likeness = shingles(texts), near.Likeness(least, 1.0, np.array([len(t) < 10 for t in texts], np.bool_))
    one_bucket = np.zeros((len(texts), 1), np.uint32)
    size = np.array([max(len(t) - 2, 0) for t in texts], np.int64)
    maybe = near.suspects(one_bucket, near.Sketch(sketches(texts), size), likeness)
    exact, found = near.joined(sets, likeness), near.compared(sets, maybe, likeness, 2)
    for name in ("one", "two", "jaccard"):
        assert getattr(exact, name).tolist() == getattr(found, name).tolist()
    most = dict(zip(zip(maybe.one.tolist(), maybe.two.tolist(), strict=True), maybe.jaccard.tolist(), strict=True))
    pairs = zip(found.one.tolist(), found.two.tolist(), strict=True)
    assert all(most[pair] >= value - 1e-9 for pair, value in zip(pairs, found.jaccard.tolist(), strict=True))


def test_sketches_tell_most_pairs_of_a_bucket_apart() -> None:
    """Sentences of the same common words."""
    dice = random.Random(1)
    said = ["".join(dice.choices("etaoinsh", k=dice.randint(2, 8))) for _ in range(300)]
    texts = sorted(" ".join(dice.choices(said, k=16)) for _ in range(200))
    size = np.array([len(t) - 2 for t in texts], np.int64)
    one_bucket = np.zeros((len(texts), 1), np.uint32)
    maybe = near.suspects(one_bucket, near.Sketch(sketches(texts), size), near.Likeness(0.7))
    assert maybe.candidates == len(maybe) < 20 < len(texts) * (len(texts) - 1) // 2


def test_texts_as_compiled_loops_read_them() -> None:
    column = pa.chunked_array([pa.array(["x", "ab", None, ""])[1:], pa.array([], pa.string()), pa.array(["日"])])
    found = [(low, [bytes(data[a:b]).decode() for a, b in pairwise(ends)]) for low, data, ends in encoded(column)]
    assert found == [(0, ["ab", "", ""]), (3, ["日"])]
