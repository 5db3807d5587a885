"""Shuffles keep what they say they keep, and the steps find nothing in them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import ladder_worlds as worlds
import numpy as np
import pandas as pd
import pytest
from small_study import table

import graphnet as gn
from graphnet import _shuffle
from graphnet._calibrate import calibrate
from graphnet._validate import validate
from graphnet.errors import InputError, MissingTable
from graphnet.schema import CALIBRATION
from graphnet.study import Study

DAY = 86_400


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return worlds.ready(tmp_path_factory.mktemp("planted") / "study", worlds.twelve())


def _shuffled(study: Study, method: str, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """The actions before and after, row by row, with the author of each thing."""
    before = _shuffle._actions(study).to_pandas()
    rows, moved = getattr(_shuffle, method)(study, np.random.default_rng(seed))
    after = rows.to_pandas()
    authors = study.objects.set_index("object").author
    for frame in (before, after):
        frame["author"] = frame.object.map(authors)
        frame["day"] = frame.time // DAY
    return before, after, moved


def test_rewiring_keeps_whom_accounts_act_on_and_the_life_of_things(study: Study) -> None:
    before, after, moved = _shuffled(study, "rewired")
    for kept in (["account", "author"], ["object", "time"]):
        assert Counter(before[kept].itertuples(index=False)) == Counter(after[kept].itertuples(index=False))
    assert moved == (before.account != after.account).mean() > 0.5
    # nobody acts on a day on which they were not there, nor twice on one thing
    there = set(before[["account", "day"]].itertuples(index=False, name=None))
    assert set(after[["account", "day"]].itertuples(index=False, name=None)) <= there
    assert not after.duplicated(["account", "object"]).any()


def test_shifting_moves_sessions_with_their_days(study: Study) -> None:
    before, after, moved = _shuffled(study, "shifted")
    same = ["account", "object", "kind"]
    assert before[same].equals(after[same])
    assert moved > 0.99
    rows = pd.DataFrame({"account": before.account, "time": before.time, "gap": after.time - before.time})
    whole = (rows.gap / DAY).round().astype(int)
    assert (rows.gap - whole * DAY).abs().max() <= _shuffle.LATE
    rows = rows.assign(whole=whole).sort_values(["account", "time"])
    pause = (rows.groupby("account").time.diff() > 1800) | ~rows.account.duplicated()
    sessions = rows.assign(session=pause.cumsum()).groupby("session")
    assert (sessions.gap.nunique() == 1).all()
    first = sessions.first()
    # each session by itself
    assert first.groupby(["account", first.time // DAY]).gap.nunique().max() > 1
    # what began on one day of an account goes to one other day, and nothing else does
    of_day = first.assign(day=first.time // DAY).drop_duplicates(["account", "day", "whole"])
    assert not of_day.duplicated(["account", "day"]).any()
    to = of_day.assign(to=of_day.day + of_day.whole)
    assert not to.duplicated(["account", "to"]).any()
    assert to.to.between(before.day.min(), before.day.max()).all()
    assert 0.02 < (to.whole == 0).mean() < 0.15


def test_nothing_is_found_in_shuffled_data(study: Study) -> None:
    assert study.last("detect")["summary"]["groups_beyond_chance"] == 1
    summary = calibrate(study, rounds=2)
    rows = study.calibration
    assert rows.columns.tolist() == CALIBRATION.names
    assert rows[["method", "round"]].values.tolist() == [
        ["rewired", 1], ["rewired", 2], ["shifted", 1], ["shifted", 2],
    ]  # fmt: skip
    assert rows[["groups", "suspected", "suspected_accounts"]].to_numpy().sum() == 0
    assert rows.kept.sum() <= 2
    assert summary["rewired"]["suspected"] == 0.0
    assert summary["sentence"].startswith("on shuffled data this pipeline finds 0 suspected groups and ")
    assert "in 2 shuffles" in summary["sentence"]
    assert summary["not_applicable"] == {}


def test_the_study_itself_is_only_read(tmp_path: Path) -> None:
    made = worlds.ready(tmp_path / "study", worlds.twelve(times=20))
    with made.step("score", {}) as step:
        step.write("findings", table("findings", []))
    before = {name: made.files(name) for name in made.manifest["tables"]}
    calibrate(made)
    assert {n: made.files(n) for n in made.manifest["tables"] if n != "calibration"} == before
    assert not (made.path / ".scratch").exists()


def test_same_seed_same_answer_whatever_the_order_of_rows(tmp_path: Path) -> None:
    tables = []
    for name, seed in (("one", None), ("two", 3)):
        made = worlds.ready(tmp_path / name, worlds.twelve(times=20), seed=seed)
        calibrate(made, threads=seed and 1)
        tables.append(made.rows("select * from calibration"))
    assert tables[0].equals(tables[1])
    one, two = (_shuffled(Study.open(tmp_path / "one"), "rewired", seed)[1].account for seed in (1, 2))
    assert not one.equals(two)


def test_what_does_not_apply_is_said(tmp_path: Path) -> None:
    shares = worlds.twelve(times=20)
    rows = pd.DataFrame(
        {
            "source": shares.account.astype(str),
            "object": shares.object.astype(str),
            "target": [f"w{a}" for a in shares.author[shares.object]],
        }
    )
    made = gn.read(rows, into=tmp_path / "study", kind="retweet")
    gn.project(made, gn.layers.CoRetweet(window=None))
    validate(made)
    gn.detect(made)
    summary = calibrate(made)
    assert set(summary["not_applicable"]) == {"shifted"}
    assert summary["not_applicable"]["shifted"] == "no times are known"
    assert made.calibration.method.tolist() == ["rewired"]
    validate(made, gn.nulls.Popularity())
    gn.detect(made)
    nothing = calibrate(made)
    assert set(nothing["not_applicable"]) == {"rewired", "shifted"}
    assert nothing["sentence"] == "this data cannot be shuffled, so there is nothing to compare with"


def test_what_has_to_come_first_is_named(tmp_path: Path) -> None:
    made = worlds.study_of(tmp_path / "study", worlds.twelve())
    with pytest.raises(MissingTable, match="graphnet validate"):
        calibrate(made)
    with pytest.raises(InputError, match="rounds is 0, it has to be 1 or more"):
        calibrate(made, rounds=0)
