"""What other days say, and the ladder of evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ladder_worlds as worlds
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from small_study import small_study, table

import graphnet as gn
from graphnet import _heldout
from graphnet._confirm import _matches, confirm
from graphnet._detect import detect
from graphnet._groups import Settings
from graphnet._heldout import HeldOut, Judged, held_out, interests
from graphnet._ladder import Evidence, family, independent, level
from graphnet._lots import Lots
from graphnet._validate import validate
from graphnet.controls import activity_strata
from graphnet.crowds import Crowds
from graphnet.errors import InputError, MissingTable
from graphnet.nulls import q_values
from graphnet.schema import TIES
from graphnet.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    made = worlds.ready(tmp_path_factory.mktemp("planted") / "study", worlds.twelve())
    confirm(made)
    return made


def _row(study: Study) -> dict[str, object]:
    """The level of the community that the first account is in."""
    members = study.members
    number = members.community[members.account == 0].item()
    return next(r for r in study.rows("select * from levels").to_pylist() if r["community"] == number)


# The whole step ------------------------------------------------------------------------------------------------------


def test_a_planted_group_is_suspected(study: Study) -> None:
    row = _row(study)
    assert (row["level"], row["basis"], row["independent"]) == ("L2", "ties", 1)
    assert (row["layers_beyond_chance"], row["held_out"]) == ("co_retweet", "retweets")
    assert row["held_out_pairs"] >= 30
    assert row["held_out_p"] == pytest.approx(1 / 2000)
    assert row["held_out_q"] <= 0.05
    assert row["capped_by"] is None
    assert "tied beyond chance in co_retweet" in row["reason"]
    # three to four times as busy as anybody else
    assert row["held_out_note"].endswith("none are as active, so nominal chance counts")


def test_nobody_else_is(study: Study) -> None:
    summary = study.last("confirm")["summary"]
    assert summary["levels"] == {"L0": len(study.levels) - 1, "L1": 0, "L2": 1, "L3": 0}
    assert summary["accounts"]["L2"] == worlds.SIZE
    assert summary["held_out"]["days"] == 18
    assert summary["held_out"]["families"] == ["retweets"]
    others = study.levels[study.levels.level == "L0"]
    assert (others.reason == "shared audience: nothing beyond what chance and shared interest give").all()


def test_the_study_itself_is_only_read(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.twelve())
    before = {name: made.files(name) for name in made.manifest["tables"]}
    rows = {name: made.rows(f"select * from {name}") for name in before}
    confirm(made)
    assert {name: made.files(name) for name in made.manifest["tables"] if name != "levels"} == before
    assert all(made.rows(f"select * from {name}").equals(rows[name]) for name in before)
    assert sorted(f.name for f in made.path.iterdir() if f.suffix != ".parquet") == [".lock", "manifest.json"]


def test_rows_in_another_order_and_other_threads_change_nothing(study: Study, tmp_path: Path) -> None:
    turned = worlds.ready(tmp_path / "study", worlds.twelve(), seed=5)
    confirm(turned, threads=1)
    assert turned.rows("select * from levels").equals(study.rows("select * from levels"))


@pytest.mark.parametrize("seed", range(4))
def test_crowds_without_a_group_are_not_suspected(seed: int, tmp_path: Path) -> None:
    # even where everybody who ever met twice is proposed as a group
    made = worlds.ready(tmp_path / "study", worlds.organic(seed), min_shared=1, core=1)
    assert len(made.communities) > 0
    levels = confirm(made)["levels"]
    assert levels["L2"] == 0
    assert levels["L0"] >= len(made.communities) - 1


def test_a_group_among_plain_pairs_has_to_be_confirmed(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.twelve(), validated=False, min_shared=4)
    confirm(made)
    row = _row(made)
    # kept ties are beyond chance, however the group was found
    assert (row["basis"], row["level"], row["held_out"]) == ("pairs", "L2", "retweets")


def test_two_layers_of_one_act_are_one_way(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.short(worlds.twelve(), 3), twice=True)
    confirm(made)
    row = _row(made)
    assert row["layers_beyond_chance"] == "co_quote+co_retweet"
    assert (row["independent"], row["level"]) == (1, "L1")


def test_too_few_days_are_said(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.short(worlds.twelve(), 3))
    summary = confirm(made)
    row = _row(made)
    assert summary["held_out"] == {"not_applicable": "the actions are of 3 days, at least 4 are needed"}
    assert (row["level"], row["held_out_p"]) == ("L1", None)
    assert row["capped_by"] == "no confirmation on other days: the actions are of 3 days, at least 4 are needed"
    assert row["held_out_note"].startswith("not applicable: ")


def test_where_nothing_was_better_than_a_screen_the_level_is_capped(tmp_path: Path) -> None:
    group = [(f"g{a}", f"p{o}") for a in range(8) for o in range(12)]
    rng = np.random.default_rng(1)
    crowd = [(f"u{a}", f"p{o}") for a in range(80) for o in rng.choice(np.arange(12, 400), 9, replace=False)]
    made = gn.read(pd.DataFrame(group + crowd, columns=["source", "object"]), into=tmp_path / "study", kind="retweet")
    gn.project(made, gn.layers.CoRetweet(window=None))
    validate(made)
    detect(made)
    confirm(made)
    row = _row(made)
    assert row["level"] == "L0"
    assert row["capped_by"] == "co_retweet: it is not known who made the things that were shared; no times are known"


def test_what_has_to_come_first_is_named(tmp_path: Path) -> None:
    made = worlds.study_of(tmp_path / "study", worlds.twelve())
    with pytest.raises(MissingTable, match="graphnet validate"):
        confirm(made)
    validate(made)
    with pytest.raises(MissingTable, match="graphnet detect"):
        confirm(made)
    with pytest.raises(InputError, match="controls is 10, it has to be 499 or more"):
        confirm(made, controls=10)
    with pytest.raises(InputError, match="fdr is 0, it has to be above 0"):
        confirm(made, fdr=0)


def test_levels_go_when_communities_are_sought_again_but_scores_do_not_touch_them(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.twelve())
    confirm(made)
    with made.step("score", {}) as step:
        step.write("findings", table("findings", []))
    assert made.has("levels")
    confirm(made)
    assert made.has("findings")
    detect(made)
    assert not made.has("levels")
    assert not made.has("findings")


# Held-out days -------------------------------------------------------------------------------------------------------


def test_the_halves_are_alternate_days(study: Study) -> None:
    days = [study.rows(_heldout._rows(gn.schema.ACTIONS, half)) for half in (1, 0)]
    seen = [sorted(set((np.asarray(rows["time"]) // 86_400).tolist())) for rows in days]
    every = sorted({*seen[0], *seen[1]})
    assert seen == [every[::2], every[1::2]]
    assert sum(len(rows) for rows in days) == len(study.actions)


def test_counts_on_the_other_days_are_those_of_validate(study: Study, tmp_path: Path) -> None:
    rows = study.rows(_heldout._rows(gn.schema.ACTIONS, 0))
    other = Study.create(tmp_path / "other")
    with other.step("read", {}) as step:
        step.write("actions", rows)
        for name in ("accounts", "objects"):
            step.write(name, study.rows(f"select * from {name}"))
    gn.project(other, gn.layers.CoRetweet(min_shared=1))
    validate(other)
    ties = other.ties
    with study.step("confirm", {}) as step:
        found = held_out(
            step, Settings(gn.detectors.Leiden(), ties=("co_retweet",)), controls=499, seed=1, threads=None
        )
    assert found.about["unexplained_pairs"]["retweets"][0] == len(ties)
    assert [len([g for g in found.groups if g.half == half]) for half in (0, 1)] == found.about["groups"]
    p = np.array([group.p["retweets"] for group in found.groups])
    assert [group.q["retweets"] for group in found.groups] == q_values(p, len(p)).tolist()
    for group in (g for g in found.groups if g.half == 1):
        inside = ties.source.isin(group.accounts) & ties.target.isin(group.accounts)
        assert group.pairs == {"retweets": inside.sum()}


def test_control_groups_are_members_and_accounts_as_active_and_of_the_same_interests() -> None:
    random = np.random.default_rng(0)
    activity = random.integers(5, 50, 400)
    interest = np.arange(400) % 2
    group = np.arange(0, 40, 4)
    activity[36] = 0
    outside = np.full(400, True)
    outside[:60] = False
    batches = list(Lots(activity, interest, outside).draw(group, 600, (7, 0)))
    assert sum(len(draw.crowds) for draw in batches) == 600
    drawn = np.concatenate([draw.crowds.account for draw in batches])
    assert set(drawn.tolist()) <= {*group[:-1].tolist(), *range(60, 400, 2)}
    assert set(group[:-1].tolist()) <= set(drawn.tolist())
    assert all((draw.crowds.sizes == len(group) - 1).all() and draw.alike for draw in batches)
    mine = np.sort(activity_strata(activity[group[:-1]]))
    theirs = activity_strata(activity[drawn]).reshape(600, -1)
    assert (np.sort(theirs, axis=1) == mine).all()
    assert batches[0].words == (
        "compared with groups in which members and accounts as active change places "
        "(9 of 9 members within their interests); 8 of 9 are replaced in the mean"
    )


def test_every_exchange_is_as_likely() -> None:
    """The group among six accounts is each of the 20 sets of three once in twenty."""
    group, outside = np.array([1, 3, 4]), np.ones(6, dtype=bool)
    outside[group] = False
    (draw,) = Lots(np.full(6, 9), np.zeros(6, np.int64), outside).draw(group, 20_000, (1,))
    times = np.unique(draw.crowds.account.reshape(-1, 3), axis=0, return_counts=True)[1]
    assert len(times) == 20
    assert ((times - 1000) ** 2 / 1000).sum() < 43.8  # 99.9 % quantile with 19 degrees of freedom


def test_members_of_a_crowded_interest_change_places_with_all_others() -> None:
    activity, interest = np.full(300, 9), np.zeros(300, np.int64)
    interest[100:] = 1 + np.arange(200) % 4
    interest[:10] = 9  # has nobody else
    group, outside = np.array([*range(10), 20, 21]), np.full(300, True)
    outside[group] = False
    (draw,) = Lots(activity, interest, outside).draw(group, 500, (1,))
    rows = draw.crowds.account.reshape(500, 12)
    assert ((interest[rows] == 0).sum(axis=1) == 2).all()
    assert np.isin([1, 2, 3, 4, 9], interest[rows]).all()
    assert "(2 of 12 members within their interests, the others with any)" in draw.words


def test_interests_give_way_where_nobody_of_them_is_as_active() -> None:
    activity = np.full(300, 5)
    interest = np.arange(300) % 2
    activity[:20], activity[21:200:2] = 100, 100
    group, outside = np.arange(0, 20, 2), np.full(300, True)
    outside[group] = False
    draw = next(Lots(activity, interest, outside).draw(group, 500, (1,)))
    assert draw.alike
    assert (activity[draw.crowds.account] == 100).all()
    assert "(0 of 10 members within their interests, the others with any)" in draw.words


def test_where_nobody_is_as_active_nominal_chance_counts() -> None:
    activity, outside = np.full(300, 5), np.full(300, True)
    activity[:100], outside[:100] = 100, False
    lots = Lots(activity, np.zeros(300, np.int64), outside)
    table = csr_array((np.ones(3), ([0, 1, 2], [3, 4, 5])), shape=(300, 300))
    p, words = _heldout._rank(lots.draw(np.arange(100), 999, (1,)), table, 3, 100)
    # 4,950 pairs: five of them have p <= .001 by chance
    assert p == 1
    assert words == (
        "compared with groups of other accounts of the nearest activity (median 5 things shared, here 100); "
        "none are as active, so nominal chance counts"
    )
    many, _ = _heldout._rank(lots.draw(np.arange(100), 999, (1,)), table, 30, 100)
    assert many == 1 / 1000


def test_without_others_there_are_no_control_groups() -> None:
    lots = Lots(np.full(30, 5), np.zeros(30, np.int64), np.arange(30) >= 25)
    table = csr_array((np.ones(3), ([0, 1, 2], [3, 4, 5])), shape=(30, 30))
    p, words = _heldout._rank(lots.draw(np.arange(20), 999, (1,)), table, 3, 20)
    assert (p, words) == (1, "no control groups: too few accounts outside the groups")


def test_activity_is_what_was_shared_in_the_layers_of_a_family(tmp_path: Path) -> None:
    rows = [{"account": a, "kind": "retweet", "object": n, "weight": 1.0} for a in range(3) for n in range(3 + a)]
    rows += [{"account": 2, "kind": "text", "object": 10, "weight": 1.0} for _ in range(9)]
    layers = ["co_retweet:window=none", "same_text:window=none"]
    made = small_study(tmp_path / "study", 4, actions=rows, layers=layers)
    found = _heldout._activity(made, ["co_retweet", "same_text"], 4, floor=4)
    assert {name: active.tolist() for name, active in found.items()} == {"retweets": [0, 4, 5, 0], "texts": [0] * 4}


def test_p_is_the_rank_among_control_groups() -> None:
    random = np.random.default_rng(1)
    activity, interest = np.full(300, 9), np.zeros(300, np.int64)
    ends = random.integers(0, 300, (2, 3000))
    one = csr_array((np.ones(3000), ends), shape=(300, 300))
    one.data[:] = 1
    groups = [np.sort(random.choice(np.arange(n * 20, n * 20 + 20), 12, replace=False)) for n in range(5)]
    judged = _heldout._judge(
        [_heldout.Half(groups, {}, {}), _heldout.Half([], {"texts": one}, {"texts": activity})], interest, 1999, 3
    )
    p = np.array([j.p["texts"] for j in judged])
    # these groups are like any other
    assert p.min() > 0.02
    for group, j in zip(groups, judged, strict=True):
        assert j.pairs["texts"] == one[group][:, group].sum()
    # and one that is not
    dense = one.tolil()
    dense[np.ix_(groups[0], groups[0])] = np.triu(np.ones((12, 12)), 1)
    other = _heldout.Half([], {"texts": csr_array(dense.tocsr())}, {"texts": activity})
    again = _heldout._judge([_heldout.Half(groups, {}, {}), other], interest, 1999, 3)
    assert again[0].p["texts"] == 1 / 2000
    assert again[0].q["texts"] == 5 / 2000
    assert [j.p for j in again[1:]] == [j.p for j in judged[1:]]


def test_one_or_two_pairs_confirm_nothing() -> None:
    few = csr_array((np.ones(2), ([0, 0], [1, 2])), shape=(200, 200))
    active = np.full(200, 5)
    halves = [_heldout.Half([], {"links": few}, {"links": active}), _heldout.Half([np.arange(8)], {}, {})]
    judged = _heldout._judge(halves, np.zeros(200, np.int64), 499, 1)
    assert (judged[0].pairs, judged[0].p, judged[0].q) == ({"links": 2}, {"links": 1.0}, {"links": 1.0})


def test_interests_are_told_from_whom_accounts_act_upon(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    rows = [
        {"account": a, "kind": "retweet", "target": 200 + 40 * (a % 2) + int(t), "weight": 1.0}
        for a in range(100)
        for t in rng.choice(40, 12, replace=False)
    ]
    found = interests(small_study(tmp_path / "study", 300, actions=rows), 300)
    assert len(set(found[:100:2])) == len(set(found[1:100:2])) == 1
    assert found[0] != found[1]
    assert (found[100:] == 0).all()
    assert (found[:100] > 0).all()


# The ladder ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "held", "reached"),
    [
        ([], [], "L0"),
        (["same_text"], [], "L1"),
        (["co_retweet", "fast_retweet", "co_quote"], [], "L1"),
        (["co_retweet", "same_text"], [], "L2"),
        (["co_retweet"], ["retweets"], "L2"),
        (["co_retweet"], ["texts"], "L2"),
        ([], ["texts"], "L1"),
        ([], ["texts", "retweets"], "L2"),
        (["all layers together"], [], "L1"),
        (["all layers together"], ["texts"], "L2"),
        (["somebodys", "co_retweet"], [], "L2"),
    ],
)
def test_what_each_level_takes(layers: list[str], held: list[str], reached: str) -> None:
    evidence = Evidence(layers, held)
    assert level(evidence, len(evidence.families)) == reached


def test_one_way_on_separate_days_is_enough() -> None:
    assert level(Evidence([], ["texts"], ["texts"]), 1) == "L2"
    assert level(Evidence([], ["texts", "links"], ["texts"]), 1) == "L2"
    assert level(Evidence([], ["texts", "links"]), 1) == "L1"


def test_each_half_confirms_the_other(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.twelve())
    # without the kept ties of the whole, what the halves say of each other is enough
    rows = made.frame("select * from ties")
    with made.step("validate", made.last("validate")["parameters"], keep=True) as step:
        step.write("ties", pa.Table.from_pandas(rows.assign(kept=False), schema=TIES.arrow), "co_retweet")
        step.summary |= made.last("validate")["summary"]
    detect(made, validated=False, min_shared=4)
    confirm(made)
    row = _row(made)
    assert (row["level"], row["layers_beyond_chance"], row["held_out"]) == ("L2", "", "retweets")
    assert "each half of the days confirms the other (retweets)" in row["reason"]


def test_every_layer_of_acting_together_has_a_family() -> None:
    assert {family(name) for name in ("co_retweet", "fast_retweet", "co_retweet_account", "co_quote")} == {"retweets"}
    assert family("somebodys") == "somebodys"
    made = [c for c in gn.registry.find("layers").values() if not c.directed and c.of and c.name != "co_follower"]
    assert [c.name for c in made if family(c.name) == c.name] == []


@pytest.mark.parametrize(("same", "ways"), [(6, 1), (3, 2), (0, 2)])
def test_texts_and_links_of_the_same_posts_are_one_way(same: int, ways: int, tmp_path: Path) -> None:
    """Five accounts post six texts each, and six links; ``same`` of these are in the same posts."""
    rows = []
    for a in range(5):
        for n in range(6):
            rows.append({"account": a, "kind": "text", "object": n, "post": 100 * a + n})
            rows.append(
                {"account": a, "kind": "link", "object": 10 + n, "post": 100 * a + n + (50 if n >= same else 0)}
            )
    made = small_study(tmp_path / "study", 5, actions=rows, layers=["same_text", "co_link:window=none"])
    with made.step("validate", {}) as step:
        for name in ("same_text", "co_link"):
            step.write("ties", table("ties", []), name)
    with made.step("detect", {}) as step:
        step.write("members", table("members", [{"account": a, "community": 1} for a in range(5)]))
    assert independent(made, {1: Evidence(["same_text", "co_link"])}) == {1: ways}
    assert independent(made, {1: Evidence(["same_text"], ["texts"]), 2: Evidence()}) == {1: 1, 2: 0}


def test_half_of_the_members_have_to_be_tied(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.twelve())
    kept = made.ties[made.ties.kept]
    # a community in which most have no kept tie
    fat = [*range(worlds.SIZE), *range(100, 100 + worlds.SIZE + 1)]
    assert not set(kept.source) & set(range(100, 120))
    used = made.last("detect")["parameters"]
    with made.step("detect", used) as step:
        step.write("members", table("members", [{"account": a, "community": 1, "strength": 1.0} for a in fat]))
        step.write("communities", table("communities", [{"community": 1, "size": len(fat)}]))
    confirm(made)
    row = _row(made)
    assert (row["layers_beyond_chance"], row["level"]) == ("", "L0")
    assert row["held_out_note"] == "not found again on half of the days"


def test_shares_without_times_have_no_other_days(tmp_path: Path) -> None:
    shares = worlds.twelve()
    timeless = replace(shares, time=np.full(len(shares), gn.nulls.NO_TIME))
    rows = pd.DataFrame(
        {
            "source": timeless.account.astype(str),
            "object": timeless.object.astype(str),
            "target": [f"w{a}" for a in timeless.author[timeless.object]],
        }
    )
    made = gn.read(rows, into=tmp_path / "study", kind="retweet")
    gn.project(made, gn.layers.CoRetweet(window=None))
    validate(made)
    detect(made)
    assert confirm(made)["held_out"] == {"not_applicable": "no times are known, so there are no days to hold out"}


def _most_alike(members: set[int], seen: list[Judged]) -> list[Judged]:
    best = max(seen, key=lambda g: len(members & set(g.accounts.tolist())), default=None)
    enough = best and 2 * len(members & set(best.accounts.tolist())) >= max(len(members), len(best.accounts))
    return [best] if enough else []


SETS = st.lists(st.sets(st.integers(0, 14), min_size=2, max_size=8), max_size=6)


@given(SETS, SETS, SETS)
def test_groups_found_again_are_those_that_a_plain_search_finds(
    groups: list[set[int]], first: list[set[int]], second: list[set[int]]
) -> None:
    halves = [[Judged(h, np.array(sorted(g)), {}, {}, {}, {}) for g in some] for h, some in enumerate((first, second))]
    rows = [(i, a) for i, g in enumerate(groups) for a in g]
    found = _matches(Crowds.of([i for i, _ in rows], [a for _, a in rows]), HeldOut([*halves[0], *halves[1]], None, {}))
    expected = [[one for seen in halves for one in _most_alike(g, seen)] for g in groups]
    assert [[id(one) for one in some] for some in found] == [[id(one) for one in some] for some in expected]
