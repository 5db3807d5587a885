"""The verb that finds communities."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from graphs import cliques, tied_study
from hypothesis import given, settings
from hypothesis import strategies as st
from null_worlds import fandoms
from small_study import small_study, table
from test_validate import planted, study_of

from graphnet import registry
from graphnet._detect import detect, settings_of
from graphnet._export import export
from graphnet._groups import Settings
from graphnet._project import project
from graphnet._read import read
from graphnet._validate import validate
from graphnet.detectors import Components, KCore, Louvain
from graphnet.errors import InputError, MissingTable
from graphnet.layers import CoRetweet
from graphnet.study import Study

BIG, SMALL = cliques([9]), [(a + 20, b + 20) for a, b in cliques([6])]
PAIRS: list[tuple[Any, ...]] = [("co_retweet", a, b, 3, 10) for a, b in [*BIG, *SMALL, (0, 40), (30, 31)]]


def _groups(study: Study) -> dict[int, list[int]]:
    members = study.members
    return {c: sorted(members.account[members.community == c]) for c in sorted(set(members.community))}


def test_groups_are_found_and_numbered_by_size(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", PAIRS)
    summary = detect(study)
    assert _groups(study) == {1: list(range(9)), 2: list(range(20, 26))}
    assert summary["communities"] == 2
    assert summary["sizes"] == [9, 6]
    assert summary["accounts"] == 18
    assert summary["in_no_community"] == 3
    assert summary["ties"] == 36 + 15 + 2
    assert 0 < summary["modularity"] < 1
    assert set(study.communities["size"]) == {9, 6}
    # the tie to account 40, which has no other, is counted as leaving
    assert study.communities.conductance.tolist() == pytest.approx([3 / (2 * 36 * 3 + 3), 0])
    assert study.members.strength[study.members.account == 3].tolist() == [24.0]


def test_the_step_can_be_done_again_from_the_manifest(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", PAIRS)
    detect(study, Louvain(seed=4), min_size=7, core=1, min_shared=2)
    assert study.last("detect")["parameters"] == {
        "detector": "louvain:resolution=1.0,seed=4,weighted=yes",
        "layers": ["co_retweet"],
        "pairs_of": ["co_retweet"],
        "ties_of": [],
        "together": True,
        "min_size": 7,
        "core": 1,
        "min_shared": 2,
        "min_layers": 1,
        "backbone": None,
        "validated": None,
    }
    assert settings_of(study) == Settings(Louvain(seed=4), ("co_retweet",), min_size=7, core=1, min_shared=2)
    assert list(_groups(study)) == [1]


def test_an_account_with_one_tie_is_no_member_unless_asked_for(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", PAIRS)
    detect(study, Components(), core=1)
    assert _groups(study)[1] == [*range(9), 40]
    detect(study, Components(), core=2)
    assert _groups(study)[1] == list(range(9))


def test_small_groups_are_left_out(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", PAIRS)
    assert detect(study, min_size=7)["communities"] == 1
    assert detect(study, Components(), min_size=2, core=1)["communities"] == 3


def test_ties_can_be_asked_to_be_stronger(tmp_path: Path) -> None:
    twice = [("same_text", a, b, 1, 500) for a, b in SMALL]
    study = tied_study(tmp_path / "study", [*PAIRS, *twice])
    detect(study, layers=["co_retweet", "same_text"], min_layers=2)
    assert _groups(study) == {1: list(range(20, 26))}
    detect(study, layers=["co_retweet", "same_text"], min_shared=4)
    assert _groups(study) == {1: list(range(20, 26))}


def test_the_backbone_of_the_ties(tmp_path: Path) -> None:
    # every member is also tied, weakly, to the same twenty strangers
    weak = [("co_retweet", a, b, 1, 10) for a in range(9) for b in range(50, 70)]
    study = tied_study(tmp_path / "study", [*(("co_retweet", a, b, 30, 10) for a, b in BIG), *weak])
    detect(study, KCore(3))
    assert _groups(study)[1] == [*range(9), *range(50, 70)]
    detect(study, KCore(3), backbone=0.2)
    assert _groups(study)[1] == list(range(9))


def test_nothing_found_is_an_answer(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", [("co_link", 0, 1)])
    summary = detect(study)
    assert (summary["communities"], summary["sizes"], summary["in_no_community"]) == (0, [], 2)
    assert study.members.empty
    assert study.communities.empty
    assert detect(study, min_shared=99)["accounts"] == 0


def test_ties_of_no_weight_are_ties(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", [("co_retweet", a, b, 3, 10, 0.0) for a, b in BIG])
    assert detect(study)["modularity"] is None
    assert study.communities["size"].tolist() == [9]
    assert study.communities.conductance.isna().all()


def test_directed_ties_serve_where_there_are_no_others(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", [("mention", b, a) for a, b in BIG])
    assert detect(study)["layers"] == ["mention"]
    assert _groups(study) == {1: list(range(9))}
    assert study.communities.reciprocity.tolist() == [0.0]
    assert study.communities.reciprocity_expected.tolist() == [0.5]


def test_reciprocity_looks_at_directed_layers_beside_the_chosen_one(tmp_path: Path) -> None:
    follows = [("follow", 0, 1), ("follow", 1, 0), ("follow", 1, 2), ("follow", 2, 99)]
    study = tied_study(tmp_path / "study", [*PAIRS, *follows])
    assert detect(study)["layers"] == ["co_retweet"]
    assert study.communities.reciprocity.tolist()[0] == pytest.approx(2 / 3)


@settings(max_examples=15, deadline=None)
@given(chance=st.randoms(use_true_random=False), name=st.sampled_from(["leiden", "louvain"]))
def test_the_order_of_rows_never_shows(
    chance: random.Random, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pairs = sorted({tuple(sorted(chance.sample(range(30), 2))) for _ in range(120)})
    rows = [("co_retweet", a, b, chance.randint(1, 9), 5, chance.random()) for a, b in pairs]
    tables = []
    for _ in range(2):
        study = tied_study(tmp_path_factory.mktemp("order") / "study", rows)
        detect(study, registry.get("detectors", name)(), min_size=2)
        tables.append([study.rows(f"select * from {table}") for table in ("members", "communities")])
        chance.shuffle(rows)
    assert all(first.equals(second) for first, second in zip(*tables, strict=True))


@pytest.mark.real
def test_communities_of_real_shares(real_data: Path, tmp_path: Path) -> None:
    study = read(real_data / "coortweet" / "german_elections.csv", into=tmp_path / "study")
    project(study)
    summary = detect(study)
    assert summary["layers"] == ["co_domain", "co_hashtag", "co_link", "co_media"]
    assert summary["sizes"] == study.communities["size"].tolist()[:20]
    assert summary["sizes"][0] >= 5
    found = nx.read_gexf(export(study, tmp_path / "graph.gexf")[0], version="1.3")
    assert (found.number_of_nodes(), found.number_of_edges()) == (summary["accounts"], summary["ties"])


def _ties(layer: str, ties: list[tuple[int, int]]) -> list[tuple[Any, ...]]:
    return [(layer, a, b, 5, None) for a, b in ties]


@pytest.mark.parametrize(
    ("layers", "chosen"),
    [
        (["co_retweet", "co_follow", "follow"], ["co_retweet"]),
        (["co_retweet:window=3600", "co_link:window=none", "same_text"], ["co_retweet", "same_text"]),
        (["co_retweet:window=3601", "co_follow", "co_follower"], ["co_follow", "co_retweet"]),
        (["co_post", "co_follower", "mention"], ["mention"]),
        (["co_follower"], ["co_follower"]),
        (["somebodys", "follow"], ["somebodys"]),
        (["co_hashtag", "somebodys"], ["co_hashtag"]),
    ],
)
def test_the_layers_hardest_to_explain_come_first(layers: list[str], chosen: list[str], tmp_path: Path) -> None:
    names = [text.partition(":")[0] for text in layers]
    study = tied_study(tmp_path / "study", [row for name in names for row in _ties(name, BIG)], made=layers)
    assert detect(study)["layers"] == chosen


def test_a_newer_setting_of_a_layer_counts(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", _ties("co_retweet", BIG) + _ties("co_link", BIG))
    with study.step("project", {"layers": ["co_link:window=none"]}, keep=True) as step:
        step.write("pairs", study.rows("select * from pairs where layer = 'co_link'"), part="co_link")
    assert detect(study)["layers"] == ["co_retweet"]


def test_a_few_stray_ties_do_not_hide_what_other_layers_show(tmp_path: Path) -> None:
    stray = _ties("co_retweet", [(0, 1), (2, 3), (4, 5)])
    study = tied_study(tmp_path / "study", stray + _ties("co_follow", [(6, 7)]) + _ties("mention", BIG))
    assert detect(study)["layers"] == ["mention"]
    assert detect(study, min_size=2, core=1)["layers"] == ["co_retweet"]


def test_where_nothing_can_be_found_the_best_layers_are_named(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", _ties("co_retweet", [(0, 1)]) + _ties("mention", [(0, 1)]))
    assert detect(study)["layers"] == ["co_retweet"]


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match="graphnet project"):
        detect(Study.create(tmp_path / "new"))
    study = tied_study(tmp_path / "study", PAIRS)
    with pytest.raises(InputError, match="min_size is 1, it has to be 2 or more"):
        detect(study, min_size=1)
    with pytest.raises(InputError, match="no pairs of layer 'co_link'"):
        detect(study, layers=["co_link"])
    with pytest.raises(InputError, match="backbone is 2, it has to be above 0"):
        detect(study, backbone=2)
    assert not study.has("members")


# Ties beyond chance --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planted_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = study_of(tmp_path_factory.mktemp("planted") / "study", planted())
    validate(study)
    return study


def test_the_planted_group_is_found_among_ties_beyond_chance(planted_study: Study) -> None:
    summary = detect(planted_study, validated=True)
    assert _groups(planted_study) == {1: list(range(12))}
    assert planted_study.members.stability.between(0.6, 1).all()
    assert (summary["validated"], summary["groups_beyond_chance"], summary["unstable_members"]) == (True, 1, 0)
    assert summary["ties_beyond_chance"] == planted_study.ties.kept.sum()
    assert summary["resolutions"] == {"0.05": {"groups": 1, "overlap": 1.0}, "0.25": {"groups": 1, "overlap": 1.0}}
    assert summary["note"] is None
    assert planted_study.communities["size"].tolist() == [12]


def test_plain_pairs_propose_groups_among_the_others(planted_study: Study) -> None:
    detect(planted_study, validated=True)
    sure = planted_study.members
    summary = detect(planted_study, min_shared=2, core=1)
    members = planted_study.members
    beyond = members[members.stability.notna()]
    assert sorted(beyond.account) == sorted(sure.account)
    assert beyond.community.nunique() == 1
    rest = members[members.stability.isna()]
    assert len(rest) > 0
    assert not set(rest.community) & set(beyond.community)
    assert summary["groups_beyond_chance"] == 1
    assert summary["sizes"] == sorted(summary["sizes"], reverse=True)
    assert summary["sizes"] == planted_study.communities["size"].tolist()
    assert members.community.value_counts().sort_index().tolist() == summary["sizes"]
    assert "confirm" in summary["note"]


def test_plain_pairs_alone_are_as_before(planted_study: Study, tmp_path: Path) -> None:
    summary = detect(planted_study, validated=False)
    assert planted_study.members.stability.isna().all()
    assert summary["validated"] is False
    assert "ties_beyond_chance" not in summary
    untested = study_of(tmp_path / "study", planted())
    assert detect(untested)["note"].startswith("the pairs were not validated")
    assert untested.members.equals(planted_study.members)


def test_validated_ties_have_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match="graphnet validate"):
        detect(study_of(tmp_path / "study", planted()), validated=True)


def test_the_order_of_rows_does_not_show_in_groups_beyond_chance(planted_study: Study, tmp_path: Path) -> None:
    detect(planted_study)
    turned = study_of(tmp_path / "study", planted(), seed=11)
    validate(turned, threads=1)
    detect(turned)
    for name in ("members", "communities"):
        assert turned.rows(f"select * from {name}").equals(planted_study.rows(f"select * from {name}"))


def test_ties_that_only_a_screen_saw_are_no_ties_beyond_chance(tmp_path: Path) -> None:
    shares = fandoms(np.random.default_rng(1))
    rows = pd.DataFrame({"source": shares.account.astype(str), "object": shares.object.astype(str)})
    study = read(rows, into=tmp_path / "study", kind="retweet")
    project(study, CoRetweet(window=None))
    validate(study)
    assert study.ties.kept.any()
    assert detect(study)["validated"] is False
    assert detect(study, validated=True)["communities"] == 0


def _tested(folder: Path, ties: dict[tuple[int, int], float], shares: dict[int, range]) -> Study:
    """A study with these kept ties (p of each) among accounts that retweeted these posts."""
    rows = [{"account": a, "kind": "retweet", "object": o, "weight": 1.0} for a, some in shares.items() for o in some]
    study = small_study(folder, 32, actions=rows, layers=["co_retweet:window=none"])
    about = {"layers": {"co_retweet": {"cap": None, "not_applicable": {}}}, "merged": {"layers": 1}}
    with study.step("validate", {"fdr": 0.01}) as step:
        held = []
        for (a, b), p in sorted(ties.items()):
            n = len(set(shares[a]) & set(shares[b]))
            tie = {"layer": "co_retweet", "source": a, "target": b, "shared": n, "expected": 0.5, "p_popularity": p}
            held.append(tie | {"p_interest": p, "p": p, "q": 0.01, "kept": True})
        step.write("ties", table("ties", held), "co_retweet")
        step.write("merged", table("merged", []))
        step.summary |= about
    return study


WEAKEST = {(30, 31): 1e-6}
"""The largest p that is kept: a tie with one thing less would not be."""


def test_a_member_that_hangs_on_two_weak_ties_is_left_out(tmp_path: Path) -> None:
    firm = dict.fromkeys(cliques([8]), 1e-12) | WEAKEST
    shares = dict.fromkeys((*range(8), 30, 31), range(20))
    summary = detect(
        _tested(tmp_path / "study", firm | {(0, 8): 1e-6, (1, 8): 1e-6}, shares | {8: range(14, 26)}), validated=True
    )
    study = Study.open(tmp_path / "study")
    assert _groups(study) == {1: list(range(8))}
    assert summary["unstable_members"] == 1
    assert (study.members.stability > 0.85).all()
    # with ties as strong as the others' it stays
    detect(_tested(tmp_path / "other", {(a, 8): 1e-12 for a in range(8)} | firm, shares | {8: range(20)}))
    assert _groups(Study.open(tmp_path / "other")) == {1: list(range(9))}


def test_a_group_that_is_barely_kept_is_none(tmp_path: Path) -> None:
    ties = dict.fromkeys(cliques([6]), 1e-6) | WEAKEST
    shares = dict.fromkeys((*range(6), 30, 31), range(20))
    summary = detect(_tested(tmp_path / "study", ties, shares), validated=True)
    # all hang on the same twenty things, and none of these may be missing: that is so in about half of the resamplings
    assert (summary["communities"], summary["unstable_members"]) == (0, 6)
    assert summary["ties_beyond_chance"] == 16
