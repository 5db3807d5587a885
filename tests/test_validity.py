"""The validation harness: the rules of others on cases small enough to do by hand, and a small run of the whole."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks are not installed

from benchmarks import organic, validity
from benchmarks.rules import RULES, Acts, coortweet, cosine, disparity, hypergeometric, minute, standing_out, tail
from benchmarks.validity_page import easy, page, planted, plot, purity, recall, share
from benchmarks.validity_worlds import ORGANIC, PLANTED, TOGETHER, grid
from graphnet.simulate import Group, World
from graphnet.simulate.collection import _posts, build
from graphnet.simulate.designs import as_record
from graphnet.simulate.ledger import RETWEET
from graphnet.simulate.people import populate

# The rules ------------------------------------------------------------------------------------------------------------


def acts(*rows: tuple[int, int, int]) -> Acts:
    """(account, thing, time)."""
    return Acts.of(*zip(*rows, strict=True))


def test_coortweet_counts_rows_within_the_window_and_cuts_at_the_quantile() -> None:
    rows = [(0, 0, 0), (1, 0, 10), (2, 0, 11), (0, 1, 50), (1, 1, 45), (2, 1, 900), (0, 2, 5), (1, 2, 5)]
    # 0-1 met on things 0, 1 and 2; 1-2 on thing 0; 0-2 are 11 s apart
    assert coortweet(acts(*rows), window=10, quantile=0.5).tolist() == [[0, 1]]
    assert coortweet(acts(*rows), window=11, quantile=0.0).tolist() == [[0, 1]]
    assert not len(coortweet(acts(*rows), window=11, quantile=1.0))
    # an account with a single row takes no part
    assert coortweet(acts((0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0)), window=10, quantile=0.0).tolist() == []


def test_minute_counts_things_and_not_rows() -> None:
    twice = [(0, 0, 0), (0, 0, 20), (1, 0, 30), (0, 1, 100), (1, 1, 160)]
    assert minute(acts(*twice), fewest=2).tolist() == [[0, 1]]
    assert minute(acts(*twice), fewest=3).tolist() == []
    assert minute(acts(*twice, (1, 2, 0), (0, 2, 61)), fewest=3).tolist() == []


def test_cosine_is_what_it_is_by_hand() -> None:
    # things 0 and 1 are shared by three accounts, thing 2 by two: it does not count
    rows = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (1, 1, 0), (3, 1, 0), (2, 2, 0), (3, 2, 0)]
    # all weights are equal: 0 and 1 have (1, 1), 2 has (1, 0), 3 has (0, 1)
    assert cosine(acts(*rows), quantile=0.995).tolist() == [[0, 1]]
    assert sorted(map(tuple, cosine(acts(*rows), quantile=0.0).tolist())) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)]


def test_disparity_of_the_published_example() -> None:
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 3], [1, 4], [2, 4]])
    weight = np.where(pairs[:, 0] == 0, 25.0, 1.0)
    expected = [0.0054869684499, 0.0384615384615, 0.0384615384615, 0.9272976680384, 0.5, 0.5]
    # of 0-1 the end 1 has ties of 25, 1 and 1
    assert standing_out(pairs, weight) == pytest.approx(expected)


def test_disparity_keeps_what_stands_out() -> None:
    rows = [(a, t, 0) for t in range(40) for a in (0, 1)] + [(a, 40 + a, 0) for a in range(2, 30)]
    rows += [(a, 70, 0) for a in range(30)] + [(a, t, 0) for t in range(40) for a in (30 + t,)]
    assert [0, 1] in disparity(acts(*rows), alpha=0.05).tolist()
    assert [2, 3] not in disparity(acts(*rows), alpha=0.05).tolist()


def test_hypergeometric_tail_is_scipys() -> None:
    random = np.random.default_rng(1)
    one, other = random.integers(1, 120, (2, 2000))
    shared = np.minimum(random.integers(0, 130, 2000), np.minimum(one, other)).astype(float)
    assert tail(shared, one, other, 120) == pytest.approx(hypergeom.sf(shared - 1, 120, one, other), rel=1e-9)
    # the published matrix: rows of 3 and 2 among 4 things, 2 in common
    assert tail(np.array([2.0]), np.array([3]), np.array([2]), 4) == pytest.approx(0.5)


def test_hypergeometric_corrects_for_all_pairs() -> None:
    rows = [(a, t, 0) for t in range(8) for a in (0, 1)] + [
        (a, 8 + 8 * a + i, 0) for a in range(2, 60) for i in range(8)
    ]
    rows += [(2, 8 + 24, 0)]  # 2 and 3 share one thing
    assert hypergeometric(acts(*rows)).tolist() == [[0, 1]]


def test_rules_find_nothing_where_there_is_nothing() -> None:
    alone = acts(*((a, a, 0) for a in range(5)))
    assert [len(rule(alone)) for rule in RULES.values()] == [0] * len(RULES)


# The worlds -----------------------------------------------------------------------------------------------------------

SMALL = World(
    accounts=300, days=7, pace=4.0, fandoms=3, authors=5, celebrities=3, outlets=2, news=0, fans=0, chain=0, storm=0,
    part_time=0.0, hostile=False,
)  # fmt: skip


def test_members_of_a_pod_retweet_each_other() -> None:
    made = build(replace(SMALL, pods=24), seed=1)
    role = {r["account"]: r["role"] for r in made.truth.to_pylist()}
    posts = made.posts.to_pandas().dropna(subset="retweet_of")
    both = posts[posts.account.map(role) == "pod"].retweet_account.map(role) == "pod"
    others = posts[posts.account.map(role) == "ordinary"].retweet_account.map(role) == "pod"
    assert both.mean() > 0.3
    assert others.mean() < 0.1


def test_readers_of_a_digest_retweet_older_posts_in_the_evening() -> None:
    def late(digest: float) -> int:
        """Retweets of posts older than four hours between 18 and 19."""
        posts = build(replace(SMALL, digest=digest), seed=1).posts.to_pandas().dropna(subset="retweet_of")
        return int(((posts.time % 86_400 // 3600 == 18) & (posts.time - posts.retweet_time > 4 * 3600)).sum())

    assert late(0.3) > 2 * late(0.0) > 0


def test_posts_are_shared_by_the_accounts_of_one_hidden_topic() -> None:
    def alike(topics: int) -> float:
        """Share of the retweeters of a post who favour the same topic, where that is settled by three topics."""
        people = populate(replace(SMALL, topics=3), seed=2)
        posts = _posts(replace(SMALL, topics=topics), people, seed=2)
        mine = posts.kind == RETWEET
        counts = pd.crosstab(posts.ref[mine], people.topic[posts.account[mine]])
        counts = counts[counts.sum(axis=1) >= 5]
        return float((counts.max(axis=1) / counts.sum(axis=1)).mean())

    assert alike(3) > 0.8
    assert alike(0) < 0.6


def test_a_world_without_the_extra_parts_is_described_without_them() -> None:
    assert not {"pods", "topics"} & set(as_record(SMALL))
    assert as_record(replace(SMALL, pods=12))["pods"] == 12


def test_worlds_are_what_the_page_says() -> None:
    assert len(grid()) == 4 * 5 * 3 * 3
    names = [group.name for world in PLANTED.values() for group in world.groups]
    assert len(set(names)) == len(names)
    assert {group.name for group in grid()} <= set(names)
    assert all(g.operations * g.participation**2 >= TOGETHER for world in PLANTED.values() for g in world.groups)
    assert not any(world.groups for world in ORGANIC.values())


# The harness ----------------------------------------------------------------------------------------------------------


def test_planted_groups_are_measured_by_their_members_in_groups_of_their_own() -> None:
    members = {"a": 20, "b": 20, "c": 3, "d": 20}
    groups = [{"a", "b", "x"}, {"c", "x", "y"}, {"u", "v"}]
    assert validity._found(groups, members) == {"found": 2, "often": 3, "found_often": 2, "inside": 3, "pieces": 1}


def test_shares_carry_their_intervals() -> None:
    assert share(0, 200) == "0 % (0-1.9)"
    assert share(0, 0) == "-"


@pytest.fixture(scope="module")
def records() -> tuple[list[dict], list[dict]]:
    """Two organic worlds of each of some kinds, and one with two groups, small ones."""
    group = {"size": 15, "participation": 0.6, "operations": 56}
    groups = (Group("grid easy", window=60, **group), Group("grid covered", window=300, cover=10.0, **group))
    crowds = [
        {"world": name, "seed": seed} | validity.judge(_smaller(ORGANIC[name]), seed)
        for name in ("breaking news", "notification fans", "hidden sub-topics")
        for seed in (1, 2)
    ]
    found = [{"world": "planted", "seed": 1} | validity.judge(replace(SMALL, news=4, groups=groups), 1)]
    return crowds, found


def _smaller(world: World) -> World:
    kept = {name: getattr(world, name) for name in ("topics", "news_share", "pace")}
    return replace(SMALL, **kept, news=world.news // 4, fans=world.fans // 4)


def test_nobody_is_suspected_where_nobody_coordinates(records: tuple[list[dict], list[dict]]) -> None:
    for record in records[0]:
        assert record["ordinary"] > 200
        for name in ("graphnet, pairs", "graphnet, L1"):
            assert record["methods"][name]["groups"] == [], (record["world"], record["seed"])


def test_the_rules_of_others_do_flag_ordinary_accounts_there(records: tuple[list[dict], list[dict]]) -> None:
    """… which is why the test above means something."""
    for name in ("disparity filter, .05", "hypergeometric (SVN), BH .01"):
        flagged, ordinary = (sum(figures) for figures in zip(*(
            (record["methods"][name]["flagged"], record["ordinary"]) for record in records[0]
        ), strict=True))  # fmt: skip
        assert flagged > 0.2 * ordinary


def test_planted_groups_are_found_whole_and_pure(records: tuple[list[dict], list[dict]]) -> None:
    rows = easy(planted(records[1], "graphnet, L1"))
    assert len(rows) == 2
    assert recall(rows) >= 0.8
    assert purity(rows) >= 0.95


def test_page_and_plot_show_every_method(records: tuple[list[dict], list[dict]]) -> None:
    text, picture = page(*records, {"seeds": "1"}), plot(*records)
    for name in records[0][0]["methods"]:
        assert f"| {name} |" in text
        assert name in picture
    assert "nan" not in text
    assert picture.startswith("<svg")


def test_page_says_which_worlds_have_a_group_after_all(records: tuple[list[dict], list[dict]]) -> None:
    """A group whose explanation is shown counts as no error, but is said."""
    organic = json.loads(json.dumps(records[0]))
    assert "without any group:" not in page(organic, records[1], {})
    group = {"roles": {"chain": 12}, "size": 12, "explained": ["newsroom"], "main": None}
    for method in organic[0]["methods"]:
        organic[0]["methods"][method]["groups"] = [group]
    told = page(organic, records[1], {})
    assert f"without any group: {share(1, len(organic))} of these worlds" in told
    assert f"(worlds: {organic[0]['world']} 1), shown with explanations (groups: newsroom 1)" in told


def test_what_was_judged_is_not_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(validity, "judge", lambda world, seed: made.append((world, seed)) or {"seconds": 1})
    first, again = (validity._job("newsroom", 3, tmp_path) for _ in range(2))
    assert first == again == {"world": "newsroom", "seed": 3, "seconds": 1}
    assert made == [(ORGANIC["newsroom"], 3)]


# Real collections -----------------------------------------------------------------------------------------------------


def test_page_of_real_collections_names_every_group_above_l0() -> None:
    group = {"community": 4, "size": 9, "level": "L2", "reason": "suspected: because", "benign": ["fandom"]}
    levels = {"levels": {"L1": 0, "L2": 1}, "in_level": {"L2": 9}, "accounts": 1200, "judged": 90, "tests": 4005}
    text = organic.page({"an evening": levels | {"kept": 36, "groups": [group]}})
    assert "| an evening | 1,200 | 90 | 4,005 | 36 | 0 | 1 | 9 |" in text
    assert "Accounts in all: 1,200; of them\nat L2: 9." in text
    assert "- an evening, C4, 9 accounts, L2: suspected: because. Benign explanations" in text


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["mayweather_mcgregor (live event)", "us2016 retweets", "kpop payload", "brexit payload"]
)
def test_nobody_is_suspected_in_real_collections(real_data: Path, name: str, tmp_path: Path) -> None:
    files, kind = next((files, kind) for found, files, kind in organic.collections(real_data) if found == name)
    judged = organic.judge(files, kind, tmp_path / "study")
    assert judged["tests"] > 0
    assert judged["in_level"]["L2"] == 0
