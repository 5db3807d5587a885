"""The verb that finds communities."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from graphs import cliques, tied_study
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet import registry
from graphnet._detect import detect
from graphnet._export import export
from graphnet._project import project
from graphnet._read import read
from graphnet.detectors import Components, KCore, Louvain
from graphnet.errors import InputError, MissingTable
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
        "min_size": 7,
        "core": 1,
        "min_shared": 2,
        "min_layers": 1,
        "backbone": None,
    }
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
