"""Shingles, MinHash, pairs and stars, against the obvious Python of the same."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from graphnet.kernels import near
from graphnet.kernels.minhash import BANDS, bands, packed, signatures, unpacked
from graphnet.kernels.shingles import PIECE, SLOTS, Sets, shingles, words

SAID = "vote on sunday for the bridge because we all want it now and not in ten years کتاب خوب 日本 😀"
WORDS = SAID.split()
texts_ = st.lists(st.text(alphabet="abc дی日😀", max_size=12), max_size=12)


def threes(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


def jaccard(one: set[str], two: set[str]) -> float:
    return len(one & two) / len(one | two) if one | two else 0.0


def slow_pairs(texts: list[str], least: float, strict: float = 1.0, short: int = 0) -> dict[tuple[int, int], float]:
    """All pairs that are near each other."""
    sets = [threes(t) for t in texts]
    found = {}
    for a, b in combinations(range(len(texts)), 2):
        asked = max(strict, least) if min(len(texts[a]), len(texts[b])) < short else least
        if sets[a] | sets[b] and jaccard(sets[a], sets[b]) >= asked:
            found[a, b] = jaccard(sets[a], sets[b])
    return found


def slow_stars(n: int, pairs: dict[tuple[int, int], float], weight: list[int]) -> list[int]:
    """The middle of each text's star."""
    beside: dict[int, dict[int, int]] = {i: {} for i in range(n)}
    for (a, b), value in pairs.items():
        beside[a][b] = beside[b][a] = round(value * 1_000_000)
    score = [weight[i] * 1_000_000 + sum(v * weight[j] for j, v in beside[i].items()) for i in range(n)]
    order = sorted(range(n), key=lambda i: (-score[i], i))
    middles: list[int] = []
    for i in order:
        if not any(m in beside[i] for m in middles):
            middles.append(i)
    return [
        i
        if i in middles
        else min((m for m in middles if m in beside[i]), key=lambda m: (-beside[i][m], order.index(m)))
        for i in range(n)
    ]


def as_dict(pairs: near.Pairs) -> dict[tuple[int, int], float]:
    ends = zip(pairs.one.tolist(), pairs.two.tolist(), strict=True)
    return dict(zip(ends, pairs.jaccard.tolist(), strict=True))


def likeness(texts: list[str], least: float = 0.7, strict: float = 0.8, short: int = 50) -> near.Likeness:
    return near.Likeness(least, strict, np.array([len(t) < short for t in texts], np.bool_))


def made(seed: int, n: int = 120) -> list[str]:
    """Sentences, most of them a little changed copies of others."""
    dice = random.Random(seed)
    found = [" ".join(dice.choice(WORDS) for _ in range(dice.randint(6, 20))) for _ in range(n // 6)]
    while len(found) < n:
        said = dice.choice(found).split()
        place = dice.randrange(len(said))
        found.append(" ".join([*said[:place], dice.choice(WORDS), *said[place + dice.randint(0, 1) :]]))
    return sorted(set(found))


# Shingles -------------------------------------------------------------------------------------------------------------


@given(texts_)
def test_shingles_are_the_threes_of_each_text(texts: list[str]) -> None:
    sets = shingles(texts)
    assert sets.sizes.tolist() == [len(threes(t)) for t in texts]
    for a, b in combinations(range(len(texts)), 2):
        assert len(set(sets.of(a)) & set(sets.of(b))) == len(threes(texts[a]) & threes(texts[b]))
    assert all(sets.of(i) == sorted(sets.of(i)) for i in range(len(texts)))


def test_the_table_of_shingles_grows_and_pieces_join() -> None:
    dice = random.Random(3)
    texts = ["".join(chr(dice.randrange(0x4E00, 0x9FFF)) for _ in range(9)) for _ in range(SLOTS // 5)]
    texts += ["abcde"] * (PIECE - len(texts)) + ["bcdef", "abcde"]
    sets = shingles(texts)
    assert len(sets.code) > SLOTS // 2
    assert len(set(sets.code.tolist())) == len(sets.code) == len(set().union(*map(threes, texts)))
    assert sets.of(PIECE + 1) == sets.of(PIECE - 1)
    assert len(set(sets.of(PIECE)) & set(sets.of(PIECE - 1))) == 2


def test_characters_of_every_plane_and_broken_ones_are_told_apart() -> None:
    sets = shingles(["\U0010fffd\U0010fffd\U0010fffd", "\ud800\udfff\ud800", "\0\0\0", ""])
    assert len(set(sets.code.tolist())) == 3
    assert sets.sizes.tolist() == [1, 1, 1, 0]


def test_words_count_as_often_as_they_come() -> None:
    sets = words(["a b a", "b a", "a a a b", ""])
    assert sets.sizes.tolist() == [3, 2, 4, 0]
    assert [len(set(sets.of(0)) & set(sets.of(i))) for i in range(4)] == [3, 2, 3, 0]


# MinHash --------------------------------------------------------------------------------------------------------------


def mixed(z: int) -> int:
    """The finaliser of SplitMix64."""
    z = (z + 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def code(sets: Sets, token: int) -> int:
    return int(sets.code[token])


def test_signatures_are_those_of_the_description() -> None:
    """The hash as the module describes it, in whole numbers of Python."""
    texts = made(1, 20)
    sets = shingles(texts)
    drawn = [mixed(20_240_229 + i) >> 32 for i in range(250)]
    factor, plus = [a | 1 for a in drawn[:125]], drawn[125:]
    found = bands(sets)
    for text in range(0, len(texts), 5):
        hashes = [mixed(code(sets, t)) >> 32 for t in sets.of(text)]
        least = [min((a * x + b) % 2**32 for x in hashes) for a, b in zip(factor, plus, strict=True)]
        for band in range(BANDS):
            folded = band + 1
            for value in least[5 * band : 5 * band + 5]:
                folded = (folded ^ value) * 0x9E3779B97F4A7C15 % 2**64
                folded ^= folded >> 29
            assert int(found[text, band]) == folded >> 32


def test_signatures_depend_on_the_text_alone() -> None:
    texts = made(2)
    whole = bands(shingles(texts), threads=3)
    assert (whole[::-1] == bands(shingles(texts[::-1]))).all()
    assert (whole[7] == bands(shingles([texts[7]]))[0]).all()
    assert (unpacked(packed(whole)) == whole).all()
    assert {len(b) for b in packed(whole).to_pylist()} == {100}


@given(texts_, st.sampled_from([3, 5]))
def test_signing_in_pieces_and_from_arrow_gives_the_same(texts: list[str], rows: int) -> None:
    arrow, whole = pa.array(texts, pa.large_string()), bands(shingles(texts), 1, rows)
    for keys in (texts, arrow, pa.chunked_array([arrow[:3], arrow[3:]])):
        assert (signatures(keys, 2, rows) == whole).all()
        assert shingles(keys).token.tolist() == shingles(texts).token.tolist()
    column = pa.chunked_array([packed(whole), packed(whole)[1:]])
    assert (unpacked(column, whole.shape[1]) == np.concatenate([whole, whole[1:]])).all()


def test_bands_agree_as_often_as_they_should() -> None:
    """Sets of Jaccard .5 agree in a band with probability 1/32."""
    dice = random.Random(5)
    draw = lambda k: "".join(chr(dice.randrange(0x4E00, 0x9FFF)) for _ in range(k))  # noqa: E731
    texts = [common + draw(22) for common in (draw(42) for _ in range(2000)) for _ in (0, 1)]
    found = bands(shingles(texts))
    share = (found[::2] == found[1::2]).mean()
    # 40 threes in common, 22 of each alone: Jaccard 40/84
    assert share == pytest.approx((40 / 84) ** 5, rel=0.1)


# Pairs ----------------------------------------------------------------------------------------------------------------


@given(texts_, st.sampled_from([0.5, 0.7, 1.0]))
def test_the_exact_join_finds_all_pairs(texts: list[str], least: float) -> None:
    assert as_dict(near.joined(shingles(texts), near.Likeness(least))) == slow_pairs(texts, least)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_the_exact_join_finds_all_pairs_of_sentences(seed: int) -> None:
    texts = made(seed)
    assert as_dict(near.joined(shingles(texts), likeness(texts))) == slow_pairs(texts, 0.7, 0.8, 50)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_minhash_finds_nearly_all_pairs_and_none_that_is_not_near(seed: int) -> None:
    texts = made(seed)
    found, all_ = as_dict(near.similar(shingles(texts), likeness(texts))), slow_pairs(texts, 0.7, 0.8, 50)
    assert found.items() <= all_.items()
    assert len(found) >= 0.95 * len(all_)


def test_pairs_do_not_depend_on_threads() -> None:
    texts = made(4, 400)
    one, many = (near.similar(shingles(texts), likeness(texts), threads=t) for t in (1, 4))
    assert as_dict(one) == as_dict(many)
    assert one.candidates == many.candidates


def test_a_crowded_bucket_is_not_compared_all_with_all() -> None:
    start = "we ask everybody to vote for the new bridge on sunday the answer is the same for all of us number "
    texts = sorted(f"{start}{i}" for i in range(2000))
    weight = np.ones(2000, np.int64)
    weight[1234] = 9
    found = near.similar(shingles(texts), likeness(texts), weight)
    assert found.crowds > 10
    assert found.largest > 1500
    assert found.left_out > 1_000_000
    assert found.candidates < 2000 * 300 < 2000 * 1999 / 2
    # all are near each of the heaviest, so it is one cluster all the same
    middle = near.stars(found, weight)
    assert np.bincount(middle).max() > 0.99 * 2000


def test_between_compares_all_with_all() -> None:
    texts = made(6)
    all_ = {(a, b) for a, b in slow_pairs(texts, 0.6) if a < 9 <= b}
    assert set(as_dict(near.between(shingles(texts), 9, 0.6))) == all_


def test_united_keeps_each_pair_once_and_the_firmer_one() -> None:
    firm = near.Pairs(np.array([0, 2]), np.array([1, 3]), np.array([0.8, 0.9]))
    more = near.Pairs(np.array([0, 1]), np.array([1, 4]), np.array([1.0, 0.7]))
    pairs, soft = near.united(firm, more)
    assert as_dict(pairs) == {(0, 1): 0.8, (1, 4): 0.7, (2, 3): 0.9}
    assert soft.tolist() == [False, True, False]
    nothing, none = near.united(firm.among(np.zeros(2, np.bool_)), more.among(np.zeros(2, np.bool_)))
    assert len(nothing) == len(none) == 0


@given(st.lists(st.text(alphabet="ab c", min_size=1, max_size=12), min_size=2, max_size=8))
def test_the_last_check_is_the_edit_distance(texts: list[str]) -> None:
    ends = np.array(list(combinations(range(len(texts)), 2)), np.int64)
    pairs = near.Pairs(ends[:, 0], ends[:, 1], np.ones(len(ends)))
    good = [(a, b) for a, b in ends.tolist() if Levenshtein.normalized_similarity(texts[a], texts[b]) >= 0.75]
    assert list(as_dict(near.checked(texts, pairs, 0.75))) == good


def test_the_last_check_of_words_does_not_mind_their_order() -> None:
    texts = ["one two three four", "four three two one", "entirely other words here"]
    pairs = near.Pairs(np.array([0, 0]), np.array([1, 2]), np.ones(2))
    assert list(as_dict(near.checked(texts, pairs, 0.75, "words"))) == [(0, 1)]


# Stars ----------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(2, 12).flatmap(lambda n: st.tuples(
    st.just(n),
    st.dictionaries(
        st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] < p[1]),
        st.sampled_from([0.7, 0.75, 0.9]),
    ),
    st.lists(st.integers(1, 3), min_size=n, max_size=n),
)))  # fmt: skip
def test_stars_are_those_of_the_slow_way(case: tuple[int, dict[tuple[int, int], float], list[int]]) -> None:
    n, edges, weight = case
    ends = sorted(edges)
    pairs = near.Pairs(
        np.array([a for a, _ in ends], np.int64), np.array([b for _, b in ends], np.int64),
        np.array([edges[e] for e in ends], np.float64),
    )  # fmt: skip
    middle = near.stars(pairs, np.array(weight, np.int64)).tolist()
    assert middle == slow_stars(n, edges, weight)
    # each is near its middle, no two middles are near each other, and no chains
    assert all(m == i or (min(i, m), max(i, m)) in edges for i, m in enumerate(middle))
    assert all(middle[m] == m for m in middle)
    middles = set(middle)
    assert not [e for e in edges if set(e) <= middles]


def test_a_chain_is_not_one_cluster() -> None:
    """Each sentence differs from the next by two words, the first and the last in everything."""
    said = ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk", "ll", "mm", "nn"]
    new = ["oo", "pp", "qq", "rr", "ss", "tt", "uu", "vv", "ww", "xx", "yy", "zz", "ab", "cd"]
    texts = [" ".join(new[:i] + said[i:]) for i in range(15)]
    pairs = near.similar(shingles(texts), near.Likeness(0.7))
    assert {(i, i + 1) for i in range(14)} <= set(as_dict(pairs))
    middle = near.stars(pairs, np.ones(15, np.int64)).tolist()
    assert len(set(middle)) > 2
    assert all(jaccard(threes(texts[i]), threes(texts[m])) >= 0.7 for i, m in enumerate(middle))
