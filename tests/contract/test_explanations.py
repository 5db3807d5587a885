"""What every benign explanation holds, including those that are added later."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from posted import DAY, HOUR, START, Posted
from small_study import small_study

from graphnet import registry, schema
from graphnet._benign import verdict
from graphnet._score import score
from graphnet.controls import communities
from graphnet.explanations import Clue, support
from graphnet.explanations._facts import Facts

EXPLANATIONS = registry.find("explanations")
HOSTILE = "</script><img src=x onerror=alert(1)>\u202e\x1b[2J\"'); drop table accounts; --"


def world(folder, order=0):
    """Sixty accounts over eight days: ten that copy each other, ten fans, and texts that attack."""
    rng = np.random.default_rng(3)
    made = Posted()
    for a in range(50):
        for day in range(8):
            when = START + day * DAY + int(rng.integers(0, DAY))
            made.post(a, when, f"own {a} {day}", link=f"https://paper{a % 3}.example/{day}", client=f"{HOSTILE}{a % 2}")
            made.retweet(a, when + 60, f"post {rng.integers(0, 20)}", 50 + a % 10)
            made.act(a, "reply", when + 90, target=int(rng.integers(0, 60)))
            if a < 10:
                made.post(
                    a, START + day * DAY + 9 * HOUR + a, f"{HOSTILE} {day}", tags=[HOSTILE],
                    link=f"https://evil.example/'{day}", client=HOSTILE,
                )  # fmt: skip
            elif a < 20:
                made.retweet(a, START + day * DAY + a, f"idol {day}", 59)
    people = [
        {"account": a, "name": HOSTILE, "description": f"{HOSTILE} {a}", "created": START - a * 9 * DAY}
        for a in range(60)
    ]
    return made.study(folder, people, {1: range(10), 2: range(10, 20), 5: range(40, 45)}, order)


def facts_of(study):
    return Facts(study, communities(study), study.rows("select count(*) as n from accounts")["n"][0].as_py())


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return facts_of(world(tmp_path_factory.mktemp("world")))


@pytest.fixture(params=list(EXPLANATIONS))
def explanation(request):
    return EXPLANATIONS[request.param]()


def test_there_are_explanations():
    assert set(EXPLANATIONS) >= {"newsroom", "campaign", "fandom", "team", "pod", "breaking_news", "auto_share"}


def test_it_is_described_and_its_parameters_are_fixed(explanation):
    assert explanation.name.isidentifier()
    assert explanation.title
    assert registry.make("explanations", registry.describe(explanation)) == explanation
    name = fields(explanation)[0].name if fields(explanation) else "anything"
    with pytest.raises(FrozenInstanceError):
        setattr(explanation, name, None)


def test_each_clue_speaks_of_each_community(explanation, facts):
    clues = list(explanation.clues(facts))
    assert any(clue.role == "core" for clue in clues)
    for clue in clues:
        assert len(clue.words) == len(clue.speaks) == len(facts) == 3
        assert clue.role in ("core", "limit", "sign")
        for speaks, words in zip(clue.speaks, clue.words, strict=True):
            check(float(speaks), words)
    figures = support(clues)
    assert np.all(np.isnan(figures) | (np.abs(figures) <= 1))


def check(speaks: float, words: str):
    assert words.startswith("unknown: ") == np.isnan(speaks)
    assert np.isnan(speaks) or -1 <= speaks <= 1
    assert words[-1] not in ".;,"
    assert words.isprintable()
    assert "nan" not in words.split()
    for word in ("bot", "fake", "paid", "troll"):
        assert word not in words.lower().split()


def test_a_study_without_anything_to_go_by_cannot_be_told(explanation, tmp_path):
    facts = facts_of(small_study(tmp_path, 30, groups={1: [0, 1, 2], 4: [3, 4]}))
    assert np.isnan(support(list(explanation.clues(facts)))).all()


def test_a_study_of_communities_alone_and_one_without(explanation, tmp_path):
    made = Posted()
    for a in range(6):
        made.post(a, START + a, "the same", tags=["tag"], link="https://one.example/x", client="Web")
        made.retweet(a, START + a, "post", (a + 1) % 6)
    everybody = facts_of(made.study(tmp_path / "all", 6, {1: range(3), 2: range(3, 6)}))
    for clue in explanation.clues(everybody):
        for speaks, words in zip(clue.speaks, clue.words, strict=True):
            check(float(speaks), words)
    nobody = facts_of(made.study(tmp_path / "none", 6, {}))
    assert [len(clue.words) for clue in explanation.clues(nobody)] == [0] * len(list(explanation.clues(nobody)))


def test_score_writes_them_whatever_the_order_of_rows(tmp_path):
    told = []
    for order in (1, 2):
        study = world(tmp_path / str(order), order)
        summary = score(study, controls=0)
        told.append(study.rows("select * from benign").to_pylist())
    assert told[0] == told[1]
    assert [(r["community"], r["code"]) for r in told[0]] == [(c, n) for c in (1, 2, 5) for n in sorted(EXPLANATIONS)]
    for row in told[0]:
        assert set(row) == set(schema.BENIGN.names)
        assert row["verdict"] == verdict(row["support"])
        assert (row["support"] is None) == row["reason"].startswith("unknown: ")
        for clue in json.loads(row["evidence"]):
            assert set(clue) == {"says", "speaks", "role", "words"}
            assert clue["says"] == verdict(clue["speaks"])
    for name, counted in summary["explanations"].items():
        assert counted == {
            v: n for v in ("for", "both", "against", "unknown")
            if (n := sum(r["verdict"] == v for r in told[0] if r["code"] == name))
        }  # fmt: skip
    assert {r["code"] for r in told[0] if r["community"] == 2 and r["verdict"] == "for"} <= {"fandom", "breaking_news"}


def test_a_study_without_communities_has_no_explanations(tmp_path):
    study = small_study(tmp_path, 5, actions=[{"account": 0, "kind": "follow", "target": 1, "time": 3}])
    score(study, controls=0)
    assert study.rows("select * from benign").num_rows == 0


def test_what_is_known_of_necessary_points_decides():
    def one(role, *speaks):
        return Clue(role, np.array(speaks), [""] * len(speaks))

    nan = np.nan
    clues = [one("core", -1, nan, 1, nan), one("core", 1, nan, nan, 0.5), one("limit", nan, 1, -1, nan)]
    np.testing.assert_allclose(support([*clues, one("sign", 1, 1, 1, -1)]), [1 / 3, nan, -1, -0.25])
    np.testing.assert_allclose(support([one("core", 0.5)]), [0.5])
