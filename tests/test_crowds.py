"""Many groups at once give what each gives alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet import crowds as module
from graphnet.crowds import Crowds, distinct, incidence, sums

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 19)), min_size=1, max_size=60)


def by_label(rows):
    return {label: sorted({a for other, a in rows if other == label}) for label in sorted({r[0] for r in rows})}


@given(ROWS, st.randoms())
def test_groups_are_the_same_whatever_the_order_of_rows(rows, random):
    mixed = rows * 2
    random.shuffle(mixed)
    crowds = Crowds.of([r[0] for r in mixed], [r[1] for r in mixed])
    known = by_label(rows)
    assert crowds.label.tolist() == list(known)
    assert [crowds.members(i).tolist() for i in range(len(crowds))] == list(known.values())
    assert crowds.rows.tolist() == [i for i, some in enumerate(known.values()) for _ in some]


@given(ROWS, st.lists(st.one_of(st.floats(-5, 5), st.just(float("nan"))), min_size=20, max_size=20), st.integers(1, 3))
def test_total_mean_and_median_against_numpy(rows, values, least):
    crowds, held = Crowds.of([r[0] for r in rows], [r[1] for r in rows]), np.array(values)
    groups = [held[some] for some in by_label(rows).values()]
    np.testing.assert_allclose(crowds.total(np.nan_to_num(held)), [np.nan_to_num(g).sum() for g in groups], atol=1e-9)
    np.testing.assert_allclose(crowds.mean(np.nan_to_num(held)), [np.nan_to_num(g).mean() for g in groups], atol=1e-9)
    known = [g[~np.isnan(g)] for g in groups]
    expected = [np.median(g) if len(g) >= least else np.nan for g in known]
    np.testing.assert_allclose(crowds.median(held, least), expected)


@given(ROWS, st.lists(st.tuples(st.integers(0, 19), st.integers(0, 6)), max_size=60), st.integers(1, 30))
def test_sums_are_column_sums_in_whatever_blocks(rows, cells, budget):
    crowds = Crowds.of([r[0] for r in rows], [r[1] for r in rows])
    table = incidence(np.array([c[0] for c in cells], int), np.array([c[1] for c in cells], int), (20, 7))
    dense = np.zeros((20, 7))
    for account, column in cells:
        dense[account, column] += 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BUDGET", budget)
        blocks = list(sums(crowds, table))
    found = np.vstack([b.toarray() for _, b in blocks])
    np.testing.assert_array_equal(found, [dense[some].sum(axis=0) for some in by_label(rows).values()])
    assert [i for places, _ in blocks for i in range(places.start, places.stop)] == list(range(len(crowds)))


def test_a_slice_is_the_groups_it_says():
    crowds = Crowds.of([1, 1, 2, 3, 3], [5, 6, 7, 8, 9])
    part = crowds.slice(1, 3)
    assert part.label.tolist() == [2, 3]
    assert [part.members(i).tolist() for i in range(2)] == [[7], [8, 9]]


NUMBERS = st.one_of(st.integers(-3, 3), st.integers(-(2**40), 2**40))


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=40), st.integers(1, 3))
def test_distinct_rows_against_numpy(rows, width):
    columns = [np.array([row[i] for row in rows], np.int64) for i in range(width)]
    found, place = distinct(*columns)
    expected, back = np.unique(np.array(columns), axis=1, return_inverse=True)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(place, back.ravel())
