"""Findings in words: figures with units, times in UTC, links broken, nothing lost silently."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import made_study
import pyarrow as pa
import pytest

from graphnet import schema
from graphnet.study import Study
from graphnet.view import evidence


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return made_study.build(tmp_path / "study")


def with_findings(study: Study, rows: list[tuple[Any, ...]]) -> Study:
    columns = [list(c) for c in zip(*rows, strict=True)]
    with study.step("score", {}) as step:
        step.write("findings", pa.table(columns, schema=schema.FINDINGS.arrow))
    return study


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("time", 1_664_000_000, "2022-09-24 06:13:20 UTC"),
        ("first", "1152921504606846979", "1152921504606846979"),
        ("first_time", "2022-09-24T06:13:20Z", "2022-09-24 06:13:20 UTC"),
        ("share", 0.894, "89 %"),
        ("inside", 0.0031, "0.3 %"),
        ("spread", 7200, "2 h"),
        ("members", 12345, "12,345"),
        ("lift", 90.123, "90.1"),
        ("lift", math.nan, "–"),
        ("lift", math.inf, "1,000,000,000,000,000"),
        ("common", False, "no"),
        ("target", None, "–"),
        ("accounts", ["a", "b"], "a, b"),
        ("accounts", [str(i) for i in range(20)], "0, 1, 2, 3, 4, 5, 6, 7 and 12 more"),
        ("who", {"name": "x", "members": 2}, "name: x, members: 2"),
        ("link", "https://example.org/a", "hxxps://example[.]org/a"),
    ],
)
def test_cell(name: str, value: Any, text: str) -> None:
    assert evidence.cell(name, value)["text"] == text


def test_words_of_posts_keep_their_lines() -> None:
    assert evidence.cell("text", "one\ntwo") == {"text": "one\ntwo", "kind": "words"}


def test_table_joins_handle_and_id_and_drops_empty_columns() -> None:
    table = evidence.table(
        [
            {"text": "a", "first": "77", "first_name": "x", "low": None},
            {"text": "b", "first": "78", "first_name": None, "low": None},
        ]
    )
    assert table["columns"] == ["text", "who was first"]
    assert [[c["text"] for c in row] for row in table["rows"]] == [["a", "@x (id 77)"], ["b", "78"]]


def test_findings_that_stand_out_come_first_and_those_without_value_last(study: Study) -> None:
    found = evidence.findings(study, "community", [1])[1]
    assert [f["code"] for f in found] == ["shared_targets", "near_identical", "creation"]
    assert [f["stands_out"] for f in found] == [True, False, False]
    assert found[0]["figure"] == "62 %"
    assert found[0]["compared"] == "above 99.5 % of control groups"
    assert found[2]["figure"] == "insufficient data"
    assert found[0]["reason"] == "9 of 10 members retweet user_0."


def test_findings_of_some_subjects_only(study: Study) -> None:
    assert set(evidence.findings(study, "account", [3, 4])) == {3, 4}
    assert evidence.findings(study, "account", []) == {}
    assert len(evidence.findings(study, "account")) == 25


def test_study_without_findings_has_none(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", findings=False)
    assert evidence.findings(study, "community") == {}


def test_not_applicable_is_not_called_insufficient(study: Study) -> None:
    with_findings(
        study, [("community", 1, "creation", None, "days", None, "not applicable: no account has a date", "[]")]
    )
    assert evidence.findings(study, "community")[1][0]["figure"] == "not applicable"


@pytest.mark.parametrize(
    "broken", ["{not json", '"a text"', "[1, 2]", '{"a": 1}', "", None, '[{"a": {"b": [1, {"c": 2}]}}]']
)
def test_evidence_of_any_shape_is_shown(study: Study, broken: str | None) -> None:
    with_findings(study, [("community", 1, "new_signal", math.nan, "posts", math.nan, "why", broken)])
    found = evidence.findings(study, "community")[1][0]
    assert found["value"] is None
    assert found["control"] is None
    assert found["title"] == "New signal"
    assert len(found["evidence"]["rows"]) == {"[1, 2]": 2, "": 0, None: 0}.get(broken, 1)
    json.dumps(found, allow_nan=False)


def test_panels_hold_profile_findings_and_quoted_texts(study: Study) -> None:
    accounts, communities = evidence.panels(study, [0, 13], [1])
    assert ["followers", "130"] in accounts[13]["facts"]
    assert ["made", "2022-09-11 06:13:20 UTC"] in accounts[13]["facts"]
    assert accounts[13]["findings"] == [
        {
            "title": "Repeating each other's words",
            "reason": "Half of the posts of user_13 repeat another's.",
            "known": True,
        }
    ]
    assert accounts[0]["texts"][0]["text"] == "user_0 says hxxps://evil[.]example/p"
    assert "2022-09-24 06:13:20 UTC" in accounts[0]["texts"][0]["note"]
    assert ["density", "80 % of possible ties are there"] in communities[1]["facts"]
    assert len(communities[1]["findings"]) == 3


def test_card_leaves_out_what_is_unknown() -> None:
    row = dict.fromkeys(schema.COMMUNITIES.names) | {"ties": 3, "density": math.nan, "core": 2}
    assert evidence.card(row) == [["ties inside", "3"], ["k-core", "2"]]


def test_hours_become_bars() -> None:
    table = evidence.table([{"hour": h, "count": 10 * h} for h in range(24)])
    assert len(table["hours"]) == 24
    assert table["hours"][23] == {"hour": 23, "height": 100.0, "text": "23:00 to 24:00 UTC: 230"}
    assert evidence.table([{"hour": h, "count": 1, "of": 2} for h in range(24)])["hours"] == []
