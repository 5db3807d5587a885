"""The plots and pairs in a community's section of the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import small_study

import graphnet as gn
from graphnet.plots import Bars, Heat
from graphnet.view import pairs
from graphnet.view.portraits import MOST, TIMES_SQL, _scaled, bins, portraits
from graphnet.week import hours_kept

HOUR, DAY = 3600, 86_400
WORDS = "these are the very same words that all of them wrote on day "


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> gn.Study:
    """Six accounts that post the same things at nine on four days, and 120 others that do not, spread over the day."""
    rows = [
        {"id": f"m{d}{i}", "account": f"m{i}", "time": d * DAY + 9 * HOUR + i, "text": WORDS + "abcd"[d]}
        for d in range(4) for i in range(6)
    ]  # fmt: skip
    rows += [
        {"id": f"o{i}{d}", "account": f"o{i}", "time": d * DAY + (i * 677) % DAY, "text": f"my own words {i} of {d}"}
        for i in range(120)
        for d in range(2)
    ]
    profiles = pd.DataFrame({"id": [f"m{i}" for i in range(6)] + [f"o{i}" for i in range(120)]})
    profiles["followers"] = 100
    profiles["created"] = [1_600_000_000 + i for i in range(6)] + [1_300_000_000 + i * 3 * DAY for i in range(120)]
    folder = tmp_path_factory.mktemp("portraits")
    profiles.to_csv(folder / "users.csv", index=False)
    made = gn.read([pd.DataFrame(rows), str(folder / "users.csv")], folder / "study")
    gn.project(made, gn.layers.SameText())
    gn.detect(made)
    assert len(made.communities) == 1
    return made


def test_every_act_is_in_a_bar_and_in_an_hour(study: gn.Study) -> None:
    timeline, hours, created = portraits(study, [1])[1]
    assert isinstance(timeline, Bars)
    assert sum(timeline.heights) == 24
    assert isinstance(hours, Heat)
    cells = np.array(hours.values, dtype=float)
    assert cells.sum() == 24
    # the first of January 1970 was a Thursday
    assert {(int(r), int(c)) for r, c in np.argwhere(cells)} == {(3, 9), (4, 9), (5, 9), (6, 9)}
    assert isinstance(created, Bars)
    assert sum(created.heights) == 6


def test_what_others_do_is_scaled_to_as_many(study: gn.Study) -> None:
    timeline = portraits(study, [1])[1][0]
    assert isinstance(timeline, Bars)
    # all that the others did lies in the first two days; the bars end with the group's own last act
    assert 0 < sum(timeline.expected) <= 24
    assert "the accounts in no community have" in timeline.note


def test_too_few_dates_make_no_histogram(study: gn.Study, tmp_path: Path) -> None:
    bare = gn.read(study.posts.merge(study.accounts, on="account")[["id_x", "id_y", "time", "text"]].rename(
        columns={"id_x": "id", "id_y": "account"}), tmp_path / "bare")  # fmt: skip
    gn.project(bare, gn.layers.SameText())
    gn.detect(bare)
    assert [type(p) for p in portraits(bare, [1])[1]] == [Bars, Heat]


@given(first=st.integers(-(10**9), 4 * 10**9), length=st.integers(0, 4 * 10**8))
def test_bins_cover_the_time_and_are_few(first: int, length: int) -> None:
    edges = bins(first, first + length)
    assert edges[0] <= first
    assert edges[-1] > first + length
    assert 1 <= len(edges) - 1 <= MOST + 1
    assert len(set(np.diff(edges).tolist())) == 1


def test_hours_of_one_act() -> None:
    plot = hours_kept("x", np.array([9 * HOUR]), "acts")
    assert "23 of 24 hours have none" in plot.note


def test_strongest_pairs_and_their_posts(study: gn.Study) -> None:
    found = pairs.strongest(study, [1], 3)
    assert [(t["source"], t["target"]) for t in found] == [(0, 1), (0, 2), (0, 3)]
    page = gn.report(study, study.path.parent / "report.html").read_text()
    assert "What ties them: the strongest pairs" in page
    assert page.count("the very same words") >= 2
    assert "1 s apart" in page


@given(
    st.lists(st.integers(0, 300), min_size=MOST, max_size=150), st.lists(st.integers(0, 310), min_size=2, unique=True)
)
def test_shares_of_others_are_those_of_a_histogram(others: list[int], edges: list[int]) -> None:
    ends = np.array(sorted(edges))
    expected = np.histogram(others, ends)[0] / len(others) * 7
    assert _scaled(np.sort(others), ends, 7) == tuple(expected.tolist())


ACTS = st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)), max_size=12)


@given(ACTS, st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 3)), max_size=4))
def test_an_act_counts_once_whatever_it_shares(
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[int, int | None, int | None]],
    posts: list[tuple[int, int | None]],
) -> None:
    actions = [{"account": a, "kind": "link", "object": 0, "time": t, "post": p} for a, t, p in acts]
    made = [{"post": i, "account": a, "time": t} for i, (a, t) in enumerate(posts)]
    study = small_study(tmp_path_factory.mktemp("acts"), 5, groups={1: [0, 1], 2: [2]}, actions=actions, posts=made)
    found = study.rows(TIMES_SQL).to_pylist()
    every = set(acts) | {(p["account"], p["time"], p["post"]) for p in made}
    community = {0: 1, 1: 1, 2: 2}
    expected = [(community.get(a, 0), t) for a, t, _ in every if t is not None]
    assert sorted((row["community"], row["time"]) for row in found) == sorted(expected)
