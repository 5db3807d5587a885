"""The figures on the page of results are counted right; and real troll accounts, known to the minute, are handled."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

import graphnet as gn
from benchmarks import signals
from graphnet.audits.rhythm import Rhythm
from graphnet.automation import CLASSES

FEW = st.lists(st.integers(0, 5) | st.just(float("nan")), max_size=12)


@given(FEW, FEW)
def test_the_area_under_the_curve_against_every_pair(positive, negative):
    value, n, m = signals.auc(np.array(positive, dtype=float), np.array(negative, dtype=float))
    pairs = [(p > q) + (p == q) / 2 for p in positive for q in negative if p == p and q == q]  # noqa: PLR0124
    assert len(pairs) == n * m
    assert value == pytest.approx(np.mean(pairs) if pairs else float("nan"), nan_ok=True)


def test_a_schedule_is_added_within_waking_hours_only():
    times = [d * 86_400 + h * 3600 + 7 for d in range(10) for h in range(8, 20)]
    posts = pd.DataFrame({"account": ["a"] * len(times), "time": times})
    added = signals._schedule(posts, {"a"}, np.random.default_rng(1))
    assert len(added) == 8 * 9
    assert set(added["time"] % 300) == {0}
    assert added["time"].mod(86_400).between(8 * 3600, 20 * 3600).all()
    assert added["id"].is_unique


@pytest.mark.real
def test_troll_accounts_known_to_the_minute(real_data, tmp_path):
    raw = pd.read_parquet(real_data / "ira_troll_tweets" / "tweets.parquet")
    chosen = sorted(raw["author"].unique())[:250]
    raw = raw[raw["author"].isin(chosen)]
    seconds = pd.to_datetime(raw["publish_date"]).to_numpy().astype("datetime64[s]").astype("int64")
    ids = [f"t{n}" for n in range(len(raw))]
    frame = pd.DataFrame({"id": ids, "account": raw["author"], "time": seconds, "text": raw["content"]})
    study = gn.read(frame, into=tmp_path / "study")
    asked = tmp_path / "asked.txt"
    asked.write_text("\n".join(chosen[:30]) + "\n", encoding="utf-8")
    found = Rhythm(listed=str(asked)).look(study)
    rows = found.tables["accounts"]
    assert len(rows) == 30
    assert {r["class"] for r in rows} <= set(CLASSES)
    assert "minutes" in {r["resolution"] for r in rows}
    assert "seconds" not in {r["resolution"] for r in rows if r["posts"]}
    assert all(r["second"] is None and r["fast"] is None for r in rows)
    assert sum(r["class"] == "insufficient data" for r in rows) == sum(r["posts"] < 36 or r["days"] < 7 for r in rows)
    assert any("known to minutes only" in note for note in found.notes)
