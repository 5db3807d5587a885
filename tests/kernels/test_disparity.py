"""The disparity filter."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels.disparity import disparity

# K5 minus 0-4, 1-2, 2-3, 3-4 and a node without ties; weight 25 on the ties of 0, else 1
PUBLISHED = {
    (0, 1): (25, 0.0054869684499),
    (0, 2): (25, 0.0384615384615),
    (0, 3): (25, 0.0384615384615),
    (1, 3): (1, 0.9272976680384),
    (1, 4): (1, 0.5),
    (2, 4): (1, 0.5),
}


def _p(ties: dict[tuple[int, int], float], *, directed: bool = False) -> list[float]:
    source, target = np.array(list(ties), dtype=np.int64).reshape(-1, 2).T
    return disparity(source, target, np.array(list(ties.values()), dtype=float), directed=directed).tolist()


def test_the_published_values() -> None:
    found = _p({pair: weight for pair, (weight, _) in PUBLISHED.items()})
    assert found == pytest.approx([p for _, p in PUBLISHED.values()], abs=1e-9)


def test_an_only_tie_says_nothing() -> None:
    assert _p({(0, 1): 1e9}) == [1.0]
    assert _p({(0, 1): 9.0, (0, 2): 1.0}) == pytest.approx([0.1, 0.9])


def test_ties_without_weight_do_not_stand_out() -> None:
    assert _p({(0, 1): 0.0, (0, 2): 0.0}) == [1.0, 1.0]


def test_no_ties() -> None:
    assert _p({}) == []


def test_directed_ties_are_compared_with_those_of_the_same_direction() -> None:
    # 0 sends 9 + 1; 3 gets 1 + 1; a tie from 0 to itself as a receiver must not mix with what it sends
    found = _p({(0, 3): 1.0, (0, 4): 9.0, (5, 3): 1.0, (4, 0): 100.0}, directed=True)
    assert found == pytest.approx([0.5, 0.1, 0.5, 1.0])


ties = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda t: t[0] < t[1]),
    st.integers(1, 50),
    min_size=1,
    max_size=20,
)


@given(ties=ties)
def test_against_exact_fractions(ties: dict[tuple[int, int], int]) -> None:
    def end(vertex: int, weight: int) -> Fraction:
        mine = [w for pair, w in ties.items() if vertex in pair]
        return (1 - Fraction(weight, sum(mine))) ** (len(mine) - 1)

    exact = [float(min(end(a, w), end(b, w))) for (a, b), w in ties.items()]
    assert _p({t: float(w) for t, w in ties.items()}) == pytest.approx(exact, abs=1e-12)


@given(ties=ties, order=st.permutations(range(8)), turned=st.booleans())
def test_neither_numbering_nor_the_order_of_ends_matters(
    ties: dict[tuple[int, int], int], order: list[int], turned: bool
) -> None:
    plain = _p({t: float(w) for t, w in ties.items()})
    renamed = {(order[a], order[b])[:: -1 if turned else 1]: float(w) for (a, b), w in ties.items()}
    assert _p(renamed) == pytest.approx(plain, abs=1e-12)
