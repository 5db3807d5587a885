"""Groups that are most of those who share their interests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posted import Posted
from spread import Spread

import graphnet as gn
from graphnet._confirm import confirm
from graphnet._detect import detect
from graphnet._own import OWN, _parts, own, reason
from graphnet._validate import validate
from graphnet.study import Study

NOTHING = "shared audience: nothing beyond what chance and shared interest give"
START, DAY = 1_704_096_000, 86_400
MEMBERS, CROWD, TEXTS = 8, 60, 30

Row = tuple[str, int, str]


# Worlds --------------------------------------------------------------------------------------------------------------


def words(random: np.random.Generator) -> str:
    """Nine words that nobody else says."""
    return " ".join("".join(random.choice(list("abdefgiklmnorstu"), 6)) for _ in range(9))


def some_time(random: np.random.Generator) -> int:
    return START + int(random.integers(10 * DAY))


def crowd(random: np.random.Generator, tag: str = "", tagged: int = 0) -> list[Row]:
    """Twenty posts of words of their own for each; the first so many of all with this tag."""
    rows = [(f"u{i % CROWD}", some_time(random), words(random)) for i in range(20 * CROWD)]
    return [(a, t, text + tag if n < tagged else text) for n, (a, t, text) in enumerate(rows)]


def copies(random: np.random.Generator, tag: str) -> list[Row]:
    """Each text by three of four members within forty seconds."""
    rows = []
    for n in range(TEXTS):
        text, first = words(random) + tag, START + n % 10 * DAY + int(random.integers(DAY // 2))
        who = random.choice(MEMBERS, 3 * MEMBERS // 4, replace=False)
        rows += [(f"g{a}", first + int(random.integers(40)), text) for a in who]
    return rows


def fans(random: np.random.Generator, tag: str) -> list[Row]:
    """Words of their own with the tag of their club."""
    return [(f"g{a}", some_time(random), words(random) + tag) for a in range(MEMBERS) for _ in range(TEXTS)]


def posted(rows: list[Row], folder: Path) -> Study:
    """A study of these posts, confirmed if there are communities."""
    table = pd.DataFrame(rows, columns=["author", "time", "text"])
    table["id"] = [f"1{n:018d}" for n in range(len(table))]
    study = gn.read(table.astype({"time": str}), into=folder)
    gn.match(study)
    gn.project(study)
    validate(study)
    detect(study)
    confirm(study)
    return study


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Study:
    random = np.random.default_rng(1)
    return posted(crowd(random) + copies(random, " #vote"), tmp_path_factory.mktemp("tagged") / "study")


# What is said --------------------------------------------------------------------------------------------------------


def test_copying_with_a_tag_of_its_own_cannot_be_told(tagged: Study) -> None:
    (row,) = tagged.rows("select * from levels").to_pylist()
    assert (row["level"], row["capped_by"]) == ("L0", "near_text, same_text: nobody to compare the group with")
    assert row["reason"] == (
        "cannot be told: nobody else shares what they act on (near_text, same_text: all acts of the interests behind "
        "it are their own), so there is nobody to compare them with"
    )
    assert f"level L0: {row['reason']}" in gn.explain(tagged, community=1).text()


def test_without_the_tag_it_is_suspected(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    study = posted(crowd(random) + copies(random, ""), tmp_path / "study")
    assert [(r["level"], r["capped_by"]) for r in study.rows("select * from levels").to_pylist()] == [("L2", None)]
    assert own(study) == {}


@pytest.mark.parametrize(("others", "level"), [(60, "L0"), (900, "L2")])
def test_how_many_others_use_the_tag_decides(others: int, level: str, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    study = posted(crowd(random, " #vote", others) + copies(random, " #vote"), tmp_path / "study")
    (row,) = study.rows("select * from levels").to_pylist()
    told = level == "L2"
    assert (row["level"], row["reason"].startswith("cannot be told: too few others share")) == (level, not told)
    part = MEMBERS * 3 // 4 * TEXTS / (MEMBERS * 3 // 4 * TEXTS + others)
    assert (part < OWN) == told
    assert own(study) == ({} if told else {1: pytest.approx({"near_text": part, "same_text": part})})


def test_fans_with_a_tag_of_their_own_are_no_such_group(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    study = posted(crowd(random) + fans(random, " #club"), tmp_path / "study")
    assert own(study) == {}
    assert (
        study.rows("select * from levels where level <> 'L0' or reason <> ?".replace("?", f"'{NOTHING}'")).num_rows == 0
    )


def test_the_same_on_an_engine_that_is_spread(tagged: Study) -> None:
    assert own(Study.open(tagged.path, Spread())) == own(tagged) == {1: {"near_text": 1.0, "same_text": 1.0}}


# Families ------------------------------------------------------------------------------------------------------------


def retweets(folder: Path, *layers: gn.layers.CoAction) -> Study:
    """Six are the only ones to retweet an author's posts at once; thirty others do so later."""
    random, rows = np.random.default_rng(3), []
    for n in range(40):
        born = START + n * DAY // 4
        soon = [(f"g{a}", born + int(random.integers(2, 9))) for a in range(6)]
        late = [(f"u{a}", born + int(random.integers(60, 9000))) for a in random.choice(30, 12, replace=False)]
        rows += [(who, f"p{n}", "author", str(time), str(born)) for who, time in soon + late]
    columns = ["author", "retweet_of", "retweet_account", "time", "retweet_time"]
    study = gn.read(pd.DataFrame(rows, columns=columns).assign(id=[f"r{i}" for i in range(len(rows))]), into=folder)
    gn.project(study, *layers)
    validate(study)
    detect(study, validated=False)
    return study


def test_a_layer_of_the_same_family_with_others_in_it_tells(tmp_path: Path) -> None:
    fast, slow = gn.layers.FastRetweet(), gn.layers.CoRetweet(window=None)
    alone = retweets(tmp_path / "fast", fast)
    assert list(own(alone).values()) == [{"fast_retweet": 1.0}]
    beside = retweets(tmp_path / "both", fast, slow)
    assert own(beside) == {}


# Figures -------------------------------------------------------------------------------------------------------------


def plainly(acts: set[tuple[int, str]], interest: Callable[[str], int | None], group: set[int]) -> float | None:
    """The share, pair by pair."""
    total = weight = 0.0
    for one in group:
        for two in group - {one}:
            for thing in {o for a, o in acts if a == one} & {o for a, o in acts if a == two}:
                if (behind := interest(thing)) is not None:
                    same = [a for a, o in acts if interest(o) == behind]
                    total += sum(a in group for a in same) / len(same)
                    weight += 1
    return total / weight if weight else None


ACTS = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 6)), min_size=1, max_size=30)
AUTHORS = st.lists(st.one_of(st.none(), st.integers(8, 10)), min_size=7, max_size=7)


@settings(max_examples=25, deadline=None)
@given(acts=ACTS, authors=AUTHORS, order=st.integers(0, 3))
def test_shares_are_those_of_a_slow_count(
    acts: set[tuple[int, int]], authors: list[int | None], order: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = Posted()
    for account, thing in sorted(acts):
        made.act(account, "retweet", None, object=made.object("post", f"p{thing}", authors[thing]))
        made.act(account, "retweet", None, object=made.object("post", f"p{thing}", authors[thing]))
    groups = {1: {0, 1, 2}, 2: {4, 5}}
    study = made.study(tmp_path_factory.mktemp("s") / "study", 11, groups, order)
    named = {(a, f"p{o}") for a, o in acts}

    def behind(thing: str) -> int | None:
        return authors[int(thing[1:])]

    slow = {c: plainly(named, behind, group) for c, group in groups.items()}
    found = _parts(study, gn.layers.CoRetweet(window=None))
    assert found == pytest.approx({c: part for c, part in slow.items() if part is not None})


def test_lasting_things_are_left_out(tmp_path: Path) -> None:
    made = Posted()
    for account in range(4):
        made.act(account, "follow", None, target=5)
        made.post(account, START, tags=["a"])
    study = made.study(tmp_path / "study", 6, {1: {0, 1, 2}})
    assert _parts(study, gn.layers.CoFollow()) == {}
    assert _parts(study, gn.layers.CoHashtag()) == {}


def test_figures_are_said_as_they_are() -> None:
    assert "too few others share what they act on (a: 99.9 % of all acts" in reason({"a": 0.9999})
    assert "too few others share what they act on (a, b: at least 60 % of all acts" in reason({"b": 0.6, "a": 1.0})
    assert "nobody else shares what they act on (a: all acts" in reason({"a": 1.0})
