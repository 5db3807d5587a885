"""The compiled sums against plain ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.crowds import Crowds, incidence, table_arrays
from graphnet.kernels.crowd_sums import entries_inside, squares

CELLS = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 6)), max_size=60)
WEIGHTS = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.25]), min_size=7, max_size=7)
LENGTHS = st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=10, max_size=10)
GROUPS = st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=6)


@settings(deadline=None)
@given(CELLS, WEIGHTS, LENGTHS, GROUPS)
def test_against_a_plain_table(cells, weights, lengths, groups):
    plain = np.zeros((10, 7))
    for account, column in cells:
        plain[account, column] = weights[column] / lengths[account]
    account, column = (np.array([c[i] for c in sorted(cells)], int) for i in range(2))
    arrays = *table_arrays(incidence(account, column, (10, 7)))[:2], np.array(weights), np.array(lengths)
    crowds = Crowds.of([i for i, g in enumerate(groups) for _ in g], [a for g in groups for a in g])
    parts = [plain[sorted(g)] for g in groups]
    np.testing.assert_allclose(squares(crowds.start, crowds.account, *arrays), [(p.sum(0) ** 2).sum() for p in parts])


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40), GROUPS)
def test_entries_inside_against_a_plain_count(pairs, groups):
    ends = np.array(sorted(pairs), int).reshape(-1, 2)
    indptr, indices, _, accounts = table_arrays(incidence(ends[:, 0], ends[:, 1], (10, 10)))
    crowds = Crowds.of([i for i, g in enumerate(groups) for _ in g], [a for g in groups for a in g])
    expected = [sum(a in g and b in g for a, b in pairs) for g in groups]
    assert entries_inside(crowds.start, crowds.account, indptr, indices, accounts).tolist() == expected
