"""The layer of near-identical texts through the nulls, the halves of days, and the ladder."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

import graphnet as gn
from graphnet._ladder import Evidence, family, independent
from graphnet.nulls._cells import load

FILLER = [f"{a}{b}" for a in "ba ce di fo gu ha je ki lo mu".split() for b in "nd rt lm st rk pl sk nt".split()]  # noqa: SIM905
DAY = 86_400
GROUP = 8


def world() -> pd.DataFrame:
    """Eight accounts post the two texts of the day, a word changed; 120 others write under the same hashtags."""
    dice = random.Random(4)
    rows = []

    def post(account: str, words: list[str], time: int, tag: str) -> None:
        rows.append({"id": f"p{len(rows):05}", "account": account, "text": f"{' '.join(words)} #{tag}", "time": time})

    for day in range(12):
        bases = [dice.choices(FILLER, k=16) for _ in range(2)]
        for base in bases:
            for who in range(GROUP):
                said = list(base)
                said[dice.randrange(16)] = dice.choice(FILLER)
                post(f"group{who}", said, day * DAY + dice.randrange(DAY), "vote")
        for who in range(120):
            for _ in range(2):
                tag = dice.choice(["vote", "rain", "goal"])
                post(f"other{who}", dice.choices(FILLER, k=16), day * DAY + dice.randrange(DAY), tag)
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> gn.Study:
    made = gn.read(world(), tmp_path_factory.mktemp("world") / "study")
    gn.match(made)
    gn.project(made, gn.layers.NearText(), gn.layers.SameText())
    gn.validate(made)
    gn.detect(made)
    gn.confirm(made)
    return made


def test_the_things_are_clusters_and_single_texts(study: gn.Study) -> None:
    rows = study.rows(gn.layers.NearText().rows())
    assert rows.num_rows == len(study.posts)
    shared = rows.to_pandas().groupby("object").account.nunique()
    assert (shared > 1).sum() == len(study.clusters) >= 24
    assert shared.max() == GROUP
    singles = len(study.posts) - len(study.copies)
    assert (shared == 1).sum() == singles


def test_the_author_of_a_cluster_is_its_main_hashtag(study: gn.Study) -> None:
    found = load(study, gn.layers.NearText().rows(), "clusters")
    assert found.things == "texts"
    copied = found.shares.popularity > 1
    authors = set(found.shares.author[copied].tolist())
    assert len(authors) == 1
    assert len(set(found.shares.author.tolist())) == 3
    assert (found.shares.created == found.shares.created.min()).all()


def test_changed_words_are_tied_beyond_chance_where_same_words_are_not(study: gn.Study) -> None:
    group = {study.account(f"group{who}") for who in range(GROUP)}
    ties = study.ties[study.ties.kept]
    assert set(ties.layer) == {"near_text"}
    assert len(ties) == GROUP * (GROUP - 1) // 2
    assert set(ties.source) | set(ties.target) == group
    members = study.members
    assert set(members[members.community == 1].account) == group


def test_other_days_confirm_them(study: gn.Study) -> None:
    level = study.levels.iloc[0]
    assert (level.level, level.layers_beyond_chance, level.held_out) == ("L2", "near_text", "texts")


def test_both_layers_of_texts_are_one_way_of_acting_together(study: gn.Study) -> None:
    assert family("near_text") == family("same_text") == "texts"
    evidence = {1: Evidence(["near_text", "same_text"])}
    assert evidence[1].families == ["texts"]
    assert independent(study, evidence) == {1: 1}


def test_a_window_keeps_the_copies_that_follow_each_other(study: gn.Study, tmp_path: Path) -> None:
    made = gn.read(world(), tmp_path / "study")
    gn.match(made)
    wide, narrow = (
        gn.project(made, gn.layers.NearText(window=window, min_shared=1))["layers"]["near_text"]["pairs"]
        for window in (None, 60)
    )
    assert wide == GROUP * (GROUP - 1) // 2
    assert narrow < wide / 2


def test_shuffled_days_leave_nothing(study: gn.Study) -> None:
    gn.calibrate(study, rounds=1)
    rows = study.calibration
    assert (rows.moved > 0.3).all()
    assert rows.suspected.sum() == 0


def test_evidence_names_the_words_in_the_middle(study: gn.Study) -> None:
    shown = gn.explain(study, "group0", "group1")
    keys = set(study.texts.set_index("text").key.loc[study.clusters.medoid])
    assert any(key[:40] in str(shown) for key in keys)
