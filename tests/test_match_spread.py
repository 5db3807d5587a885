"""`match` on an engine whose rows no process holds: the same tables and figures as in one process, and nothing brought
together that grows with the posts."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spread import Counting, Spread

import graphnet as gn
from graphnet import _alike_spread
from graphnet._alike_spread import NEXT, OWN, PARTS, PIVOT, VALUES, Cut
from graphnet.kernels import near

TABLES = ("texts", "clusters", "copies", "obfuscations")
WORDS = "we all want the new bridge now not in ten years کتاب خوب نیست 日本の橋 so vote for it on sunday".split()  # noqa: SIM905


def made(seed: int, n: int, bases: int = 5) -> pd.DataFrame:
    """Posts of a few templates, changed by words; some accounts write the same twice, some posts have no time."""
    dice = random.Random(seed)
    said = [dice.choices(WORDS, k=dice.randint(7, 18)) for _ in range(bases)]
    rows = []
    for i in range(n):
        words = list(dice.choice(said))
        for _ in range(dice.choice((0, 1, 1, 2, 4))):
            words[dice.randrange(len(words))] = dice.choice(WORDS)
        if dice.random() < 0.1:
            dice.shuffle(words)
        time = None if dice.random() < 0.1 else dice.randrange(5000)
        rows.append({"id": f"p{i:05}", "account": f"a{dice.randrange(9)}", "time": time, "text": " ".join(words)})
    return pd.DataFrame(rows).astype({"time": "Int64"})


def same(one: gn.Study, two: gn.Study) -> None:
    for table in TABLES:
        first, second = (s.rows(f"select * from {table}") for s in (one, two))
        assert first.to_pylist() == second.to_pylist(), table
    assert one.last("match")["summary"] == two.last("match")["summary"]


def both(folder: Path, frame: pd.DataFrame, **options: Any) -> tuple[gn.Study, gn.Study]:
    """The posts, matched in one process and where they are."""
    here = gn.read(frame, folder / "here")
    gn.match(here, **options)
    there = gn.Study.open(gn.read(frame, folder / "there").path, Spread())
    gn.match(there, **options)
    return here, there


crowds = st.builds(near.Crowd, st.integers(1, 12), st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(0, 160), bases=st.integers(1, 6), crowd=crowds, part=st.integers(1, 30),
    options=st.fixed_dictionaries({"jaccard": st.sampled_from([0.45, 0.6, 0.7, 0.9]), "reworded": st.booleans()}),
)  # fmt: skip
def test_the_tables_are_those_of_one_process(
    seed: int, n: int, bases: int, crowd: near.Crowd, part: int, options: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(near, "CROWD", crowd)
        patched.setattr(_alike_spread, "PART", part)
        same(*both(tmp_path_factory.mktemp("s"), made(seed, n + 1, bases), **options))


def test_a_crowd_as_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = "we ask everybody to vote for the new bridge on sunday the answer is the same for all of us number"
    frame = pd.DataFrame({"text": [f"{start} {i}" for i in range(900)]}).assign(account=lambda f: f.index.astype(str))
    monkeypatch.setattr(_alike_spread, "PART", 100)
    here, there = both(tmp_path, frame.assign(id=frame.account, time=range(900)))
    same(here, there)
    about = there.last("match")["summary"]["search"]
    assert about["crowds"] > 10
    assert about["left_out"] > 100_000


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), jaccard=st.sampled_from([0.5, 0.7]))
def test_a_study_that_grew(seed: int, jaccard: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, frame = tmp_path_factory.mktemp("s"), made(seed, 90)
    whole = gn.read([frame[:50], frame[50:]], folder / "whole")
    gn.match(whole, jaccard=jaccard)
    gn.match(gn.read(frame[:50], folder / "grown", append=True))
    gn.read(frame[50:], folder / "grown", append=True)
    grown = gn.Study.open(folder / "grown", Spread())
    gn.match(grown, jaccard=jaccard)
    same(whole, grown)


@pytest.mark.parametrize("options", [{"exact": True, "reworded": True}, {"semantic": "wordllama"}])
def test_what_one_process_has_to_do_says_so(
    options: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    same(*both(tmp_path, made(3, 60), **options))
    assert "they are brought together on this machine" in caplog.text


def test_nothing_that_grows_with_the_posts_is_brought_together(tmp_path: Path) -> None:
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    few = made(1, 60)
    brought = []
    for n in (0, 2000):
        dice = np.random.default_rng(n)
        alone = [" ".join("".join(dice.choice(letters, 6)) for _ in range(9)) for _ in range(n)]
        lone = pd.DataFrame({"id": [f"q{i}" for i in range(n)], "account": "b", "time": range(n), "text": alone})
        path = gn.read(pd.concat([few, lone]).astype({"time": "Int64"}), tmp_path / str(n)).path
        engine = Counting()
        found = gn.match(gn.Study.open(path, engine), reworded=True)
        assert found["own_posts"] == 60 + n
        brought.append(engine.collected)
    # the same clusters, the same pairs
    assert brought[0] == brought[1]
    assert max(brought[1]) < 1000


# The parts of a crowd -------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(0, 60), crowds, st.integers(1, 20), st.integers(0, 99), st.sampled_from([0, 3, 24, 40]))
def test_parts_have_what_their_texts_are_compared_with(
    size: int, crowd: near.Crowd, part: int, seed: int, band: int
) -> None:
    dice = random.Random(seed)
    size += crowd.most + 1
    text = sorted(dice.sample(range(1000), size))
    weight = {t: dice.randint(1, 3) for t in text}
    rows = pa.table({"bucket": [band * VALUES + 7] * size, "text": text, "accounts": [weight[t] for t in text]})
    found = Cut(crowd, part)(rows.take(dice.sample(range(size), size))).to_pylist()
    heavy = sorted(text, key=lambda t: (-weight[t], t))[: crowd.pivots]
    assert sorted(r["text"] for r in found if r["role"] == OWN) == text
    assert {r["text"] for r in found if r["heavy"]} == set(heavy)
    assert {r["crowded"] for r in found if r["role"] == OWN} == {1 << band}
    assert {r["crowded"] | r["heavy"] for r in found if r["role"] != OWN} <= {0}
    for number in {r["part"] for r in found}:
        by_role = {role: [r["text"] for r in found if r["part"] == number and r["role"] == role] for role in range(3)}
        assert number // PARTS == band * VALUES + 7
        assert len(by_role[OWN]) <= part
        last = text.index(max(by_role[OWN]))
        assert by_role[NEXT] == text[last + 1 : last + 1 + crowd.next]
        assert set(heavy) <= {t for texts in by_role.values() for t in texts}
        assert set(by_role[PIVOT]) <= set(heavy) - set(by_role[OWN]) - set(by_role[NEXT])
