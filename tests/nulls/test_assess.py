"""How nulls are put together: the largest p of a side, twice the smaller side, all pairs counted, layers merged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import null_worlds as worlds
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from graphnet.errors import InputError
from graphnet.nulls import NO_TIME, Model, Null, Outcome, Pairs, Shares, cauchy, q_values
from graphnet.nulls.assess import LEVEL, Assessment, assess, sentences
from graphnet.nulls.diffusion import Diffusion
from graphnet.nulls.interest import Interest
from graphnet.nulls.popularity import Popularity

P = st.lists(st.floats(1e-12, 1.0), max_size=40)


@settings(deadline=None)
@given(p=P, more=st.integers(0, 1000), method=st.sampled_from(["bh", "by"]))
def test_q_is_that_of_all_tests_with_the_unseen_at_1(p: list[float], more: int, method: Literal["bh", "by"]) -> None:
    got = q_values(np.array(p), len(p) + more, method)
    if p:
        wanted = false_discovery_control(np.append(p, np.ones(more)), method=method)[: len(p)]
        # the harmonic sum of BY is taken by its expansion, whose error is below 1 / (12 m^2)
        exact = method == "bh" or len(p) + more > 20
        assert got == pytest.approx(np.minimum(wanted, 1), rel=1e-4 if exact else 0.09)
    else:
        assert len(got) == 0


def test_merged_p_of_independent_layers_is_a_p() -> None:
    random = np.random.default_rng(5)
    for layers in (2, 4, 8):
        p = cauchy(random.random((400_000, layers)))
        for level in (0.01, 1e-3):
            assert np.mean(p <= level) <= level * 1.25
        # layers in which hardly anybody meets
        rare = np.where(random.random((400_000, layers)) < 0.9, 1.0, random.random((400_000, layers)))
        assert np.mean(cauchy(rare) <= 0.01) <= 0.01


def test_merged_p_of_one_layer_said_twice_is_that_layer() -> None:
    p = np.array([1e-12, 1e-5, 0.01, 0.3])
    assert cauchy(np.column_stack((p, p, p))) == pytest.approx(p)


@settings(deadline=None)
@given(p=st.lists(st.floats(1e-15, 1.0), min_size=1, max_size=6))
def test_merged_p_is_near_the_corrected_smallest(p: list[float]) -> None:
    got = cauchy(np.array([p]))[0]
    assert got <= 0.5
    if min(p) < 1e-3:
        assert min(p) * 0.999 <= got <= len(p) * min(p) * 1.001


@pytest.fixture(scope="module")
def planted() -> Shares:
    random = np.random.default_rng(8)
    return worlds.plant(worlds.spreading(random), random, 12, times=30, window=60)


ALL = (Popularity(), Interest(), Diffusion())


def test_p_is_twice_the_smaller_side_and_a_side_is_its_strictest_null(planted: Shares) -> None:
    found = assess(planted, ALL)
    assert len(found.pairs) > 50
    what = np.maximum(found.tested["popularity"].p, found.tested["interest"].p)
    assert found.p == pytest.approx(np.minimum(1, 2 * np.minimum(what, found.tested["diffusion"].p)), rel=1e-12)
    assert (found.p <= LEVEL).all()
    n = int((planted.activity >= 5).sum())
    assert found.summary["tests"] == n * (n - 1) // 2
    assert found.q == pytest.approx(q_values(found.p, n * (n - 1) // 2))
    assert found.summary["kept"] == found.kept.sum() > 0


def test_no_pair_below_the_level_is_missed(planted: Shares) -> None:
    """All pairs one by one, without screens and candidates."""
    active = np.flatnonzero(planted.activity >= 5)
    one, two = np.triu_indices(len(active), 1)
    pairs = Pairs.of(planted, active[one], active[two])
    p1, p2, p3 = (null.fit(planted).test(pairs).p for null in ALL)
    # what does not come through the screen counts as 1
    p = np.minimum(1, 2 * np.minimum(np.where(p1 <= Popularity().cut, np.maximum(p1, p2), 1.0), p3))
    found = assess(planted, ALL)
    wanted = {(int(s), int(t)): x for s, t, x in zip(pairs.source, pairs.target, p, strict=True) if x <= LEVEL}
    got = dict(zip(zip(found.pairs.source.tolist(), found.pairs.target.tolist(), strict=True), found.p, strict=True))
    assert set(wanted) <= set(got)
    assert all(got[pair] == pytest.approx(x) for pair, x in wanted.items())


def arrays(found: Assessment) -> list[Any]:
    tested = [x for t in found.tested.values() for x in (t.seen, t.expected, t.p)]
    return [x.tolist() for x in (found.pairs.source, found.pairs.target, found.pairs.shared, found.p, found.q, *tested)]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_same_answer_whatever_the_order_of_rows_and_the_threads(planted: Shares, threads: int) -> None:
    order = np.random.default_rng(threads).permutation(len(planted))
    rows = (planted.account[order], planted.object[order], planted.time[order])
    shuffled = Shares.of(*rows, author=planted.author, created=planted.created, accounts=planted.accounts)
    one, two = assess(planted, ALL), assess(shuffled, ALL[::-1], threads=threads)
    assert one.summary == two.summary
    assert arrays(one) == arrays(replace(two, tested={name: two.tested[name] for name in one.tested}))


def test_without_authors_only_time_speaks(planted: Shares) -> None:
    unknown = replace(planted, author=np.full(planted.objects, -1, np.int32))
    found = assess(unknown, ALL)
    assert found.summary["not_applicable"] == {"interest": "it is not known who made the things that were shared"}
    assert found.p == pytest.approx(found.tested["diffusion"].p)
    assert found.summary["cap"] is None
    assert found.kept.any()


def test_without_authors_and_times_nothing_rises_above_shared_audience(planted: Shares) -> None:
    bare = Shares.of(planted.account, planted.object)
    found = assess(bare, ALL)
    assert found.summary["cap"] == "L0"
    assert set(found.summary["not_applicable"]) == {"interest", "diffusion"}
    assert found.p == pytest.approx(found.tested["popularity"].p)


def test_objects_of_unknown_authors_are_not_judged_by_interest(planted: Shares) -> None:
    author = np.where(np.arange(planted.objects) < 300, -1, planted.author).astype(np.int32)
    found = assess(replace(planted, author=author), ALL)
    dropped = int((author[planted.object] < 0).sum())
    assert found.summary["left_out"] == {"what": dropped, "when": 0}
    known = planted.among(author >= 0)
    recount = Pairs.of(known, found.pairs.source, found.pairs.target)
    assert found.pairs.shared.tolist() == recount.shared.tolist()


def test_the_floor_decides_who_is_tested(planted: Shares) -> None:
    few, many = assess(planted, ALL, floor=2), assess(planted, ALL, floor=40)
    assert few.summary["tests"] > many.summary["tests"]
    busy = planted.activity >= 40
    assert busy[many.pairs.source].all()
    assert busy[many.pairs.target].all()


@pytest.mark.parametrize("shares", [Shares.of([], []), Shares.of([0], [0]), Shares.of([0, 1], [0, 0], [5, 6])])
def test_next_to_nothing(shares: Shares) -> None:
    found = assess(shares, ALL)
    assert (len(found.pairs), found.summary["kept"]) == (0, 0)


def test_a_null_that_only_tests_needs_a_screen_beside_it(planted: Shares) -> None:
    with pytest.raises(InputError, match=r"interest tests pairs but does not look for them.*popularity"):
        assess(planted, [Interest()])


@dataclass(frozen=True)
class Never(Null):
    """A null under which anything may happen."""

    name: ClassVar[str] = "never"
    title: ClassVar[str] = "everything"
    side: ClassVar[Literal["what", "when"]] = "what"

    def missing(self, shares: Shares) -> str | None:
        return None

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        return Anything()

    def sentence(self, seen: int, expected: float, things: str = "objects") -> str:
        return "anything goes"


class Anything(Model):
    notes: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]

    def test(self, pairs: Pairs) -> Outcome:
        return Outcome(pairs.shared.astype(np.int64), np.full(len(pairs), 9.0), np.ones(len(pairs)))


def test_a_null_of_ones_own_joins_its_side(planted: Shares) -> None:
    with_it = assess(planted, [*ALL, Never()])
    assert (with_it.tested["never"].p == 1).all()
    assert with_it.p == pytest.approx(np.minimum(1, 2 * with_it.tested["diffusion"].p))


def test_times_too_coarse_for_seconds_are_said_to_be_so(planted: Shares) -> None:
    for grain, word in ((60, "minute"), (3600, "hour"), (86_400, "day")):
        coarse = replace(planted, time=planted.time // grain * grain)
        assert Diffusion().missing(coarse) == f"times are known to the {word} only"
    assert Diffusion().missing(planted) is None
    assert Diffusion().missing(replace(planted, time=np.full(len(planted), NO_TIME))) == "no times are known"


def test_creation_dates_without_a_time_of_day_are_not_used_for_ages(planted: Shares) -> None:
    days = replace(planted, created=planted.created // 86_400 * 86_400)
    none = replace(planted, created=np.full(planted.objects, NO_TIME))
    pairs = Pairs.of(planted, [0, 0], [1, 2])
    got, wanted = (Diffusion().fit(s).test(pairs).expected.tolist() for s in (days, none))
    assert got == wanted
    assert Diffusion().fit(planted).notes == {"creation_times": True}
    assert Diffusion().fit(days).notes == {"creation_times": False}


def test_days_become_longer_periods_where_there_are_too_many(planted: Shares) -> None:
    assert Interest().fit(planted).notes["days_per_period"] == 1
    wide = Interest(entries=1000).fit(planted)
    assert wide.notes["days_per_period"] > 1
    pairs = Pairs.of(planted, [20], [21])
    assert wide.test(pairs).expected[0] > 0


def test_a_tie_is_told_by_the_strictest_null_of_each_side() -> None:
    tie = {"shared": 9, "expected": 1.25, "sessions": 6, "expected_sessions": 0.2}
    every = {"p_popularity": 1e-9, "p_interest": 1e-5, "p_diffusion": 1e-7}
    what, when = sentences(ALL, tie | every, "links")
    assert "whom each amplifies" in what
    assert "1.2 shared links expected, 9 seen" in what
    assert "0.2 sessions expected in which they come within 240 seconds of each other, 6 seen" in when
    assert sentences(ALL, tie | every | {"p_interest": float("nan"), "p_diffusion": None}, "links") == [
        Popularity().sentence(9, 1.25, "links")
    ]
    assert sentences(ALL, tie) == []
