"""What stands under a figure of the network."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import cliques, tied_study
from made_study import build

from graphnet import graph
from graphnet._detect import detect
from graphnet.study import Study
from graphnet.view.caption import caption

TIES = [("co_retweet", a, b, 3, 7) for a, b in cliques([6])]


def made(study: Study) -> str:
    return caption(study, graph.load(study))


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    said = made(tied_study(tmp_path / "study", TIES))
    assert said.startswith("6 accounts, 15 ties. No times in the data. Ties: co_retweet. Not tested against chance.")
    assert "Communities" not in said
    assert "gaps between discs" not in said


def test_period_windows_thresholds_and_seeds_are_named(tmp_path: Path) -> None:
    said = made(build(tmp_path / "study"))
    assert "25 accounts" in said
    assert "3 candidate communities" in said
    assert "Data from 24 Sep 2022 06:13 to 25 Sep 2022 06:13 (UTC)." in said
    assert "co_retweet (window 60 s, min shared 2); same_text (window 60 s, min shared 2)." in said
    assert "Communities: leiden (resolution 0.1, seed 1). Positions: seed 7." in said
    assert "gaps between discs come from the drawing" in said


def test_of_many_layers_only_the_names_fit(tmp_path: Path) -> None:
    layers = [f"layer_{i}" for i in range(12)]
    ties = [(name, 0, i + 1, 3, 7) for i, name in enumerate(layers)]
    study = tied_study(tmp_path / "study", ties, made=[f"{name}:window=60,min_shared=3" for name in layers])
    said = made(study)
    assert "layer_0, layer_1, layer_10, layer_11" in said
    assert "window" not in said


def test_one_community_is_one(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", TIES)
    detect(study, layers=["co_retweet"])
    assert "15 ties, 1 candidate community." in made(study)


def test_levels_stand_with_the_communities_that_have_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = build(tmp_path / "study")
    words = {1: ("L2", "suspected coordination"), 2: ("L0", "shared audience"), 3: ("L0", "shared audience")}
    known = {c: {"level": level, "words": told, "fits": []} for c, (level, told) in {**words, 99: words[1]}.items()}
    monkeypatch.setattr("graphnet.view.judgement.levels", lambda _study: known)
    assert "Levels: L2 suspected coordination (C1); L0 shared audience (C2, C3). " in made(study)
    known[1]["fits"] = ["a newsroom"]
    assert "Levels: L2 suspected coordination, fits as well: a newsroom (C1); L0 shared audience (C2, " in made(study)
