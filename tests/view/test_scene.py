"""Scenes: plain, finite, coloured by community, cut fairly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import made_study
import pyarrow as pa
import pytest

from graphnet import schema
from graphnet.errors import InputError, MissingTable
from graphnet.study import Study
from graphnet.view import judgement, map_data
from graphnet.view.scene import OKABE_ITO, SHAPES, account_label, looks, looks_of, palette, part, scene, strongest


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return made_study.build(tmp_path_factory.mktemp("scene") / "study")


@pytest.fixture(scope="module")
def whole(study: Study) -> dict[str, Any]:
    return scene(study)


def test_holds_every_member_and_tie(whole: dict[str, Any]) -> None:
    assert [n["account"] for n in whole["nodes"]] == list(range(25))
    assert [n["index"] for n in whole["nodes"]] == list(range(25))
    assert [(c["name"], c["size"]) for c in whole["communities"]] == [("C1", 12), ("C2", 8), ("C3", 5)]
    assert whole["totals"] == {"accounts": 25, "edges": len(whole["edges"])}


def test_ids_stay_text(whole: dict[str, Any]) -> None:
    assert whole["nodes"][3]["id"] == str(1 << 60 | 3)


def test_edges_carry_their_evidence(whole: dict[str, Any], study: Study) -> None:
    edge = next(e for e in whole["edges"] if (e["source"], e["target"]) == (0, 2))
    rows = study.rows("select layer, shared, weight, quickest from pairs where source = 0 and target = 2").to_pylist()
    assert edge["layers"] == sorted(r["layer"] for r in rows)
    assert edge["shared"] == sum(r["shared"] for r in rows)
    assert edge["weight"] == sum(r["weight"] for r in rows)
    assert edge["quickest"] == min(r["quickest"] for r in rows)


def test_is_plain_finite_data(whole: dict[str, Any]) -> None:
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole


def test_strength_decides_size_and_community_decides_look(whole: dict[str, Any]) -> None:
    first = [n for n in whole["nodes"] if n["community"] == 1]
    sizes = [n["size"] for n in sorted(first, key=lambda n: n["strength"])]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 5
    assert {(n["colour"], n["shape"]) for n in first} == {(palette(0).colour, palette(0).shape)}


def test_palette_starts_with_okabe_and_ito_and_never_runs_out() -> None:
    assert tuple(palette(i).colour for i in range(8)) == OKABE_ITO
    looks = [(palette(i).colour, palette(i).shape) for i in range(8 + 3 * len(SHAPES))]
    assert len(set(looks)) == len(looks)
    assert palette(500).colour.startswith("#")


def test_a_community_has_the_same_look_in_every_picture(study: Study, whole: dict[str, Any]) -> None:
    alone = scene(study, [2])
    assert [c["colour"] for c in alone["communities"]] == [whole["communities"][1]["colour"]]


def test_layers_are_chosen_and_told_apart(study: Study, whole: dict[str, Any]) -> None:
    only = scene(study, layers=["same_text"])
    assert {tuple(e["layers"]) for e in only["edges"]} == {("same_text",)}
    assert [layer["name"] for layer in whole["layers"]] == ["co_retweet", "same_text"]
    assert len({(s["colour"], tuple(s["dash"])) for s in whole["styles"]}) == 3
    several = [s["text"] for s in whole["styles"]].index("several layers at once")
    assert all((e["style"] == several) == (len(e["layers"]) > 1) for e in whole["edges"])


def test_ties_that_made_the_communities_are_the_default(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study")
    members, cards = (study.rows(f"select * from {t}") for t in ("members", "communities"))
    with study.step("detect", {"layers": ["same_text"], "min_shared": 4, "min_layers": 1}) as step:
        step.write("members", members)
        step.write("communities", cards)
    found = scene(study)["edges"]
    assert {tuple(e["layers"]) for e in found} == {("same_text",)}
    assert min(e["shared"] for e in found) >= 4


def test_captions_say_that_gaps_are_no_evidence(whole: dict[str, Any]) -> None:
    assert any("gaps" in c and "not evidence" in c for c in whole["captions"])
    assert any("not proof" in c for c in whole["captions"])


def test_hostile_names_are_cut_and_never_empty(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(len(made_study.HOSTILE),), names=made_study.HOSTILE)
    labels = [n["label"] for n in scene(study)["nodes"]]
    assert all(0 < len(label) <= 60 for label in labels)
    assert not any(set(label) & set("\x00\u2028\u202e\u200b") for label in labels)
    assert not any("https://" in label for label in labels)


def test_label_falls_back_to_the_id() -> None:
    assert account_label("name", "7") == "name"
    assert account_label(None, "7") == "7"
    assert account_label("", None) == "(no name)"


def test_strength_that_is_no_number_is_drawn_small(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(4,))
    rows = [(0, 1, float("nan"), None), (1, 1, None, None), (2, 1, float("inf"), None), (3, 1, -1.0, None)]
    columns = [list(c) for c in zip(*rows, strict=True)]
    with study.step("detect", {}) as step:
        step.write("members", pa.table(columns, schema=schema.MEMBERS.arrow))
    shown = scene(study)
    json.dumps(shown, allow_nan=False)
    small, _, large, _ = sizes = [node["size"] for node in shown["nodes"]]
    assert sizes == [small, small, large, small]
    assert small < large


def test_part_is_one_community_where_it_stood(whole: dict[str, Any]) -> None:
    second = part(whole, 2)
    assert [n["account"] for n in second["nodes"]] == list(range(12, 20))
    assert [n["index"] for n in second["nodes"]] == list(range(8))
    assert [(n["x"], n["y"]) for n in second["nodes"]] == [(n["x"], n["y"]) for n in whole["nodes"][12:20]]
    assert all(0 <= e["source"] < 8 and 0 <= e["target"] < 8 for e in second["edges"])
    assert len(second["edges"]) == sum(12 <= e["source"] < 20 and 12 <= e["target"] < 20 for e in whole["edges"])


def test_strongest_keeps_all_communities_and_says_what_it_left_out(whole: dict[str, Any]) -> None:
    cut = strongest(whole, 10, 9)
    assert {n["community"] for n in cut["nodes"]} == {1, 2, 3}
    assert len(cut["nodes"]) <= 12
    assert len(cut["edges"]) == 9
    assert cut["captions"][0].startswith(f"Shown are {len(cut['nodes'])} of 25 accounts")
    assert f"9 of {len(whole['edges'])} ties" in cut["captions"][1]
    weakest = min(n["strength"] for n in cut["nodes"] if n["community"] == 1)
    left = {n["account"] for n in whole["nodes"]} - {n["account"] for n in cut["nodes"]}
    assert all(n["strength"] <= weakest for n in whole["nodes"] if n["account"] in left and n["community"] == 1)


def test_strongest_leaves_no_account_without_its_best_tie(whole: dict[str, Any]) -> None:
    cut = strongest(whole, 100, 40)
    tied = {end for e in cut["edges"] for end in (e["source"], e["target"])}
    assert tied == set(range(25))


def test_strongest_changes_nothing_that_fits(whole: dict[str, Any]) -> None:
    assert strongest(whole, 25, 10_000) == whole


def test_unknown_community_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match="C9"):
        scene(study, [9])


def test_study_without_communities_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match="graphnet"):
        scene(Study.create(tmp_path / "study"))


def test_does_not_depend_on_the_order_of_rows(tmp_path: Path, whole: dict[str, Any]) -> None:
    study = made_study.build(tmp_path / "study")
    turned = {
        layer: study.rows(f"select * from pairs where layer = '{layer}' order by shared, target desc")
        for layer in study.parts("pairs")
    }
    members = study.rows("select * from members order by strength, account desc")
    cards = study.rows("select * from communities")
    with study.step("project", {}) as step:
        for layer, rows in turned.items():
            step.write("pairs", rows, part=layer)
    with study.step("detect", {}) as step:
        step.write("members", members)
        step.write("communities", cards)
    assert scene(study) == whole


def test_suspected_communities_have_the_colours_that_stand_out() -> None:
    made = looks({1: "L0", 2: "L2", 3: "L0", 4: "L1"})
    assert made[2] == palette(0)
    assert made[4] == palette(1)
    assert made[1].colour == made[3].colour
    assert made[1].shape != made[3].shape
    assert looks(dict.fromkeys(range(1, 12))) == {c: palette(c - 1) for c in range(1, 12)}


def test_a_part_of_a_study_has_the_looks_of_the_whole(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study")
    with study.step("confirm", {}) as step:
        rows = [{"community": c, "level": "L2" if c == 2 else "L0"} for c in study.communities.community.tolist()]
        step.write("levels", pa.Table.from_pylist(rows, schema=schema.LEVELS.arrow))
    (alone,) = scene(study, [2])["communities"]
    assert (alone["colour"], alone["shape"]) == palette(0)[:2]


def test_what_something_harmless_explains_as_well_does_not_lead(tmp_path: Path) -> None:
    """A suspected newsroom is drawn behind a suspected group that nothing else explains, and its level says so."""
    study = made_study.build(tmp_path / "study")
    with study.step("confirm", {}) as step:
        rows = [{"community": c, "level": level} for c, level in ((1, "L2"), (2, "L2"), (3, "L0"))]
        step.write("levels", pa.Table.from_pylist(rows, schema=schema.LEVELS.arrow))
    assert [looks_of(study)[c].colour for c in (1, 2)] == list(OKABE_ITO[:2])
    assert judgement.standings(study)[1] == "L2 suspected coordination"
    with study.step("score", {}) as step:
        benign = [
            {"community": 1, "code": "newsroom", "support": 1.0, "verdict": "for", "evidence": "[]"},
            {"community": 2, "code": "newsroom", "support": -1.0, "verdict": "against", "evidence": "[]"},
        ]
        step.write("benign", pa.Table.from_pylist(benign, schema=schema.BENIGN.arrow))
    assert [looks_of(study)[c].colour for c in (2, 1)] == list(OKABE_ITO[:2])
    told = judgement.standings(study)
    assert told[1] == "L2 suspected coordination, fits as well: a newsroom, or several accounts of one owner"
    assert told[2] == "L2 suspected coordination"
    groups = {g["community"]: g for g in map_data.drawn(study).groups}
    assert [groups[c]["tone"] for c in (1, 2, 3)] == ["soft", "full", "calm"]
    assert groups[1]["fits"] == "fits as well: a newsroom, or several accounts of one owner"
    assert groups[2]["fits"] == ""
