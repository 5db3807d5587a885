"""The columns of the map page: what is cut, what is hostile, what is not finite."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path
from typing import Any

import made_study
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.view import map_data, map_evidence


def unpacked(column: dict[str, str]) -> Any:
    raw = zlib.decompress(base64.b64decode(column["data"]))
    if column["type"] == "text":
        return raw.decode("utf-8").split("\n")[:-1]
    return np.frombuffer(raw, f"<{column['type']}")


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_whole_numbers_come_back(values: list[int]) -> None:
    assert unpacked(map_data.column(np.array(values, dtype=np.int64))).tolist() == values


@given(st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"))))
def test_texts_come_back(values: list[str]) -> None:
    assert unpacked(map_data.texts(values)) == values


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1))
def test_positions_are_always_on_the_map(values: list[float]) -> None:
    placed = map_data.quantised(np.array(values), -5.0, 5.0)
    assert placed.min() >= 0
    assert placed.max() <= 65_535


def test_positions_are_finer_than_a_pixel() -> None:
    points = np.linspace(-3_000, 9_000, 1_000)
    back = -3_000 + map_data.quantised(points, -3_000, 9_000) / 65_535 * 12_000
    assert np.abs(back - points).max() < 0.1


@given(st.integers(0, 2**33), st.integers(0, 2**32))
def test_slots_cover_the_period(first: int, length: int) -> None:
    slots = map_data._slots(first, first + length)
    assert 1 <= slots["count"] <= map_data.SLOTS
    assert slots["start"] <= first
    assert first + length < slots["start"] + slots["count"] * slots["length"]


def test_turns_go_round() -> None:
    order = map_data.rounds(np.array([2, 2, 2, 0, 0]), np.array([1.0, 3.0, 2.0, 5.0, 5.0]))
    assert order.tolist() == [3, 1, 4, 2, 0]
    assert map_data.rounds(np.zeros(0, np.int64), np.zeros(0)).tolist() == []


def test_large_studies_are_cut_and_it_is_said(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(40, 20, 4))
    cut = map_data.drawn(study, most=(32, 50))
    assert len(cut.graph.accounts) == 32
    assert cut.graph.edges.num_rows == 50
    assert np.bincount(cut.group_of).tolist() == [20, 10, 2]
    assert [g["size"] for g in cut.groups] == [40, 20, 4]
    assert cut.captions[0] == "Shown are 32 of 64 accounts: the strongest ones."
    assert cut.captions[1].startswith("Shown are 50 of ")
    # the strongest of each community are those with the highest numbers
    assert cut.graph.accounts.min() == 20


def test_nobody_is_cut_from_a_study_that_fits(tmp_path: Path) -> None:
    whole = map_data.drawn(made_study.build(tmp_path / "study"), most=(25, 10**6))
    assert len(whole.graph.accounts) == 25
    assert whole.captions[0].startswith("Each community is drawn")


def test_hostile_names_are_written_out(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(15, 12), names=made_study.HOSTILE)
    what = map_data.drawn(study)
    data = map_data.columns(study, what)
    labels, ids = unpacked(data["columns"]["labels"]), unpacked(data["columns"]["ids"])
    assert len(labels) == len(ids) == 27
    assert max(map(len, labels)) <= 60
    assert not any(sign in label for label in labels + ids for sign in "\x00\x1b\u2028\u202e\u2066")
    assert {"__proto__", "constructor", "toString"} <= set(ids)
    assert all(labels)


def test_evidence_is_spread_over_the_communities(tmp_path: Path) -> None:
    what = map_data.drawn(made_study.build(tmp_path / "study", groups=(30, 10, 5)))
    ends = what.group_of[what.graph.ends[map_evidence.heaviest(what, 9)]]
    assert np.bincount(ends[:, 0]).tolist() == [3, 3, 3]
    assert (ends[:, 0] == ends[:, 1]).all()
    assert np.bincount(what.group_of[map_evidence.strongest(what, 12)]).tolist() == [4, 4, 4]


@pytest.mark.parametrize("time", [None, 0, -(10**12), 10**15])
def test_matches_with_odd_times_are_shown(time: int | None) -> None:
    post = map_evidence._post(0, time, "1", "سلام \u202e https://evil.example/x")
    assert post["dir"] == "rtl"
    assert "hxxps" in post["text"]
    assert "\u202e" not in post["text"]
    assert post["time"]
