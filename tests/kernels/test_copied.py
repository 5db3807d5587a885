"""What groups wrote alike, against plain counts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.crowds import Crowds, incidence, table_arrays
from graphnet.kernels.copied import copied, repeated

ROWS = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 5)), st.tuples(st.integers(1, 4), st.integers(-1, 60)), max_size=50
)
"""By account and text: how many posts, and when the first was written."""
GROUPS = st.lists(st.sets(st.integers(0, 11), min_size=1), min_size=1, max_size=6)
PLACES = st.lists(st.integers(-1, 1), min_size=12, max_size=12)


def arrays(rows):
    """Where the texts of each account start, texts, posts, times; who uses each text."""
    keys = sorted(rows)
    start = np.searchsorted([a for a, _ in keys], np.arange(13)).astype(np.int64)
    posts, first = (np.array([rows[k][i] for k in keys], kind) for i, kind in ((0, float), (1, np.int64)))
    return start, np.array([t for _, t in keys], np.int64), posts, first


def judges(place, users, common):
    """What `Texts.judges` gives."""
    held = np.array(place, dtype=np.int64)
    fellow = np.argsort(held, kind="stable")[(held < 0).sum() :]
    first = np.searchsorted(held[fellow], np.arange(held.max() + 2))
    return held, first, fellow, np.array(users, dtype=np.int64), common


def counted(rows, group, place, common):
    """By text the members who wrote it, without those that too many of the judges use."""
    judges = {a for a in range(12) if place[a] < 0}
    of = {place[a] for a in group} - {-1}
    left = (judges | {a for a in range(12) if len(of) == 1 and place[a] in of}) - group
    found = {}
    for text in {t for _, t in rows}:
        users = {a for a, t in rows if t == text}
        often = bool(left) and len(users & left) * len(judges) >= common * len(left)
        found |= {} if often else {text: users & group}
    return found


@settings(deadline=None)
@given(ROWS, GROUPS, PLACES, st.integers(1, 6), st.integers(1, 4))
def test_against_a_plain_count(rows, groups, place, common, least):
    start, text, posts, first = arrays(rows)
    crowds = Crowds.of([i for i, g in enumerate(groups) for _ in g], [a for g in groups for a in g])
    users = [sum(t == text for a, t in rows if place[a] < 0) for text in range(6)]
    rule = judges(place, users, common)
    many = repeated(crowds.start, crowds.account, start, text, posts, *rule)
    texts, gap = copied(crowds.start, crowds.account, start, text, first, least, *rule)
    for i, group in enumerate(groups):
        told = counted(rows, group, place, common)
        assert many[i] == sum(rows[a, t][0] for t, who in told.items() for a in who if len(who) > 1)
        assert texts[i] == sum(len(who) >= least for who in told.values())
        times = [sorted(rows[a, t][1] for a in who if rows[a, t][1] >= 0) for t, who in told.items()]
        gaps = [after - before for some in times for before, after in pairwise(some)]
        assert gap[i] == pytest.approx(np.median(gaps) if gaps else np.nan, nan_ok=True)


def test_a_group_of_judges_does_not_make_its_own_words_common():
    """Six of twelve use a text: common for others, not for the six."""
    table = incidence(np.arange(6), np.zeros(6, np.int64), (12, 1))
    crowds = Crowds.of([0] * 6 + [1] * 2, [*range(6), 0, 11])
    rule = judges([-1] * 12, [6], 3)
    assert repeated(crowds.start, crowds.account, *table_arrays(table)[:3], *rule).tolist() == [6, 0]


def test_the_rest_of_the_community_judges_a_group_that_is_compared_with_it():
    """Four members of six copy a text that nobody else has: evidence against the six, common for two of them."""
    table = incidence(np.arange(4), np.zeros(4, np.int64), (12, 1))
    crowds = Crowds.of([0] * 6 + [1] * 6, [*range(6), 0, 1, 6, 7, 8, 9])
    rule = judges([0] * 6 + [-1] * 6, [0], 2)
    assert repeated(crowds.start, crowds.account, *table_arrays(table)[:3], *rule).tolist() == [4, 0]
