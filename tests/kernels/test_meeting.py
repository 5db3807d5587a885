"""Who may have met by what came, and pairs in the place of others, against slow and obvious versions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import StudyError
from graphnet.kernels.coaction import Found
from graphnet.kernels.meeting import among, distinct, in_place, met

share = st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 3), st.integers(-20, 20))
pair = st.tuples(st.integers(0, 6), st.integers(0, 6))


def slow(shares: list[Any], window: int | None) -> set[int]:
    found = set()
    for new, account, thing, time in shares:
        for _, other, same, when in shares:
            near = window is None or abs(time - when) <= window
            if new and account != other and thing == same and near:
                found |= {account, other}
    return found


@given(shares=st.lists(share, max_size=25), window=st.sampled_from([None, 0, 3, 50]))
def test_who_met(shares: list[Any], window: int | None) -> None:
    came, account, thing, time = (np.array([s[i] for s in shares], t) for i, t in enumerate((bool, int, int, int)))
    found, _ = met(came, account, thing, None if window is None else time, window=window)
    assert found.tolist() == sorted(slow(shares, window))


@pytest.mark.parametrize("before", [100, 10_000])
def test_the_work_is_that_of_what_came(before: int) -> None:
    """Shares that are not near a new one are not looked at."""
    account = np.arange(before + 2)
    came, time = account >= before, np.where(account < before, account // 2, before)
    found, looked = met(came, account, np.zeros(before + 2, int), time, window=1)
    assert (found.tolist(), looked) == ([before, before + 1], 4)


def pairs(some: set[Any], weight: float) -> Found:
    source, target = (np.array([ends[i] for ends in sorted(some)], np.int32) for i in (0, 1))
    full = np.full(len(some), weight)
    return Found(source, target, (2 * full).astype(int), (-2 * full).astype(int), full)


@given(
    before=st.sets(pair),
    found=st.sets(pair),
    sources=st.sets(st.integers(0, 12)),
    targets=st.sets(st.integers(0, 12)),
    moved=st.lists(st.integers(0, 12), min_size=7, max_size=7, unique=True).map(sorted),
)
def test_in_place(before: set[Any], found: set[Any], sources: set[int], targets: set[int], moved: list[int]) -> None:
    found = {(moved[a], moved[b]) for a, b in found if moved[a] in sources and moved[b] in targets}
    expected = {(moved[a], moved[b]): 1.5 for a, b in before}
    expected = {(a, b): value for (a, b), value in expected.items() if a not in sources or b not in targets}
    expected |= dict.fromkeys(found, 7.5)
    columns = in_place(
        pairs(before, 1.5), np.array(moved), pairs(found, 7.5), np.isin(np.arange(13), list(sources)),
        np.isin(np.arange(13), list(targets)),
    )  # fmt: skip
    made = zip(columns.source.tolist(), columns.target.tolist(), columns.weight.tolist(), strict=True)
    assert list(made) == [(a, b, value) for (a, b), value in sorted(expected.items())]
    assert columns.shared.tolist() == (2 * columns.weight).tolist() == (-columns.quickest).tolist()


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [([1, 0], [2, 2], "order"), ([0, 0], [2, 2], "order"), ([0], [9], "accounts"), ([-1], [1], "accounts")],
)
def test_pairs_that_something_changed_are_refused(source: list[int], target: list[int], message: str) -> None:
    nobody = np.zeros(4, bool)
    before = Found(*(np.array(values) for values in (source, target, source, source, source)))
    with pytest.raises(StudyError, match=message):
        in_place(before, np.arange(3), pairs(set(), 1.0), nobody, nobody)


@given(rows=st.lists(pair, max_size=20), sources=st.sets(st.integers(0, 6)), targets=st.sets(st.integers(0, 6)))
def test_among(rows: list[Any], sources: set[int], targets: set[int]) -> None:
    one, other = (np.array([row[i] for row in rows], int) for i in (0, 1))
    which, there = among((one, other), (np.isin(np.arange(7), list(sources)), np.isin(np.arange(7), list(targets))))
    assert which.tolist() == [i for i, (a, b) in enumerate(rows) if a in sources and b in targets]
    assert there == (len(set(one.tolist())), len(set(other.tolist()))) == (distinct(one), distinct(other))


@given(before=st.sets(pair), found=st.sets(pair))
def test_what_came_to_pairs_is_added(before: set[Any], found: set[Any]) -> None:
    nobody = np.zeros(7, bool)
    made = in_place(pairs(before, 1.5), np.arange(7), pairs(found, 7.5), nobody, nobody)
    ends = list(zip(made.source.tolist(), made.target.tolist(), strict=True))
    assert ends == sorted(before | found)
    assert made.weight.tolist() == [1.5 * (ends in before) + 7.5 * (ends in found) for ends in ends]
    assert made.shared.tolist() == (2 * made.weight).tolist()
