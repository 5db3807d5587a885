"""Published exact nulls on a matrix small enough to count all others, as a yardstick for ours.

M = (1,0,1,1), (0,1,0,0), (1,0,0,1); accounts 1 and 3 share two objects.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import root
from scipy.stats import hypergeom

from graphnet.nulls import Pairs, Shares
from graphnet.nulls.interest import Interest
from graphnet.nulls.popularity import Popularity

M = np.array([[1, 0, 1, 1], [0, 1, 0, 0], [1, 0, 0, 1]])
Fixed = Callable[[np.ndarray], bool]


def counted(fixed: Fixed) -> float:
    """Share of all matrices that keep something fixed in which accounts 1 and 3 share two objects or more."""
    cells = combinations(range(M.size), int(M.sum()))
    kept = [m for m in (np.isin(np.arange(M.size), list(c)).reshape(M.shape) for c in cells) if fixed(m)]
    return float(np.mean([(m[0] & m[2]).sum() >= 2 for m in kept]))


def fixed_columns() -> float:
    """Every object keeps its number of accounts, whichever these are: each object is an independent draw."""
    law = np.array([1.0])
    for d in M.sum(0):
        ways = list(combinations(range(3), int(d)))
        both = sum({0, 2} <= set(w) for w in ways) / len(ways)
        law = np.append(law * (1 - both), 0) + np.append(0, law * both)
    return float(law[2:].sum())


def bicm() -> float:
    """Expected margins fixed: the bipartite configuration model, solved; the tail of a sum of independent events."""
    rows, columns = M.sum(1), M.sum(0)

    def chance(log: np.ndarray) -> np.ndarray:
        odds = np.exp(log[:3, None] + log[None, 3:])
        return odds / (1 + odds)

    def miss(log: np.ndarray) -> np.ndarray:
        p = chance(log)
        return np.append(p.sum(1) - rows, p.sum(0) - columns)

    p = chance(root(miss, np.zeros(7), method="lm", tol=1e-14).x)
    both = p[0] * p[2]
    return float(sum(np.prod(np.where(w, both, 1 - both)) for w in product([False, True], repeat=4) if sum(w) >= 2))


def test_fixed_rows() -> None:
    assert hypergeom.sf(1, 4, 3, 2) == pytest.approx(0.5)
    assert counted(lambda m: (m.sum(1) == M.sum(1)).all()) == pytest.approx(0.5)


def test_fixed_rows_and_columns() -> None:
    assert counted(lambda m: (m.sum(1) == M.sum(1)).all() and (m.sum(0) == M.sum(0)).all()) == pytest.approx(0.25)


def test_fixed_total() -> None:
    assert counted(lambda m: True) == pytest.approx(0.173160, abs=5e-7)


def test_fixed_columns() -> None:
    assert counted(lambda m: (m.sum(0) == M.sum(0)).all()) == pytest.approx(1 / 9)
    assert fixed_columns() == pytest.approx(0.111111, abs=5e-7)


def test_bicm() -> None:
    assert bicm() == pytest.approx(0.5553, abs=5e-5)


def shares(matrix: np.ndarray) -> Shares:
    account, thing = np.nonzero(matrix)
    return Shares.of(account, thing, author=np.zeros(matrix.shape[1], int), accounts=len(matrix))


def test_a_weight_of_0_has_p_1_and_nothing_stands_out_in_so_small_a_matrix() -> None:
    data = shares(M)
    pairs = Pairs.of(data, [0, 0, 1], [1, 2, 2])
    assert pairs.shared.tolist() == [0, 2, 0]
    for null in (Popularity(), Interest()):
        p = null.fit(data).test(pairs).p
        assert p[[0, 2]].tolist() == [1.0, 1.0]
        assert p[1] > 0.1


@pytest.mark.parametrize("seed", range(4))
def test_in_a_sparse_matrix_the_screen_is_close_to_fixed_margins(seed: int) -> None:
    """Where margins are large and the matrix is sparse, our tail is that of random matrices with the same margins."""
    random = np.random.default_rng(seed)
    accounts, objects = 40, 300
    matrix = (random.random((accounts, objects)) < random.uniform(0.02, 0.2, (accounts, 1))).astype(np.int64)
    data = shares(matrix)
    model = Popularity().fit(data)
    pairs = Pairs.of(data, [0] * (accounts - 1), list(range(1, accounts)))
    expected = model.test(pairs).expected
    mean = np.zeros(accounts - 1)
    rounds = 60
    for _ in range(rounds):
        swapped = curveball(matrix, random)
        mean += (swapped[0] & swapped[1:]).sum(1) / rounds
    assert expected.sum() == pytest.approx(mean.sum(), rel=0.05)


def curveball(matrix: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A random matrix with the same margins (Strona et al. 2014)."""
    rows = [set(np.flatnonzero(row)) for row in matrix]
    for _ in range(8 * len(rows)):
        one, two = random.choice(len(rows), 2, replace=False)
        mine, theirs = rows[one] - rows[two], rows[two] - rows[one]
        pool = sorted(mine | theirs)
        random.shuffle(pool)
        both = rows[one] & rows[two]
        rows[one], rows[two] = both | set(pool[: len(mine)]), both | set(pool[len(mine) :])
    out = np.zeros_like(matrix)
    for i, row in enumerate(rows):
        out[i, list(row)] = 1
    return out
