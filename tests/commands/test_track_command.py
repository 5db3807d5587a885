"""``graphnet track`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import graphnet as gn
from graphnet import cli

DAY = 86_400


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Six accounts that retweet together for two days, another one the second day."""
    rows = [
        {"source": f"a{i}", "target": "s", "object": f"o{day}{k}", "time": day * DAY + 60 * k + i, "kind": "retweet"}
        for day in range(2) for k in range(4) for i in range(6 + day)
    ]  # fmt: skip
    made = gn.read(pd.DataFrame(rows), tmp_path / "study")
    gn.project(made, gn.layers.CoRetweet(window=60))
    gn.detect(made)
    return made.path


def test_table_and_files(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, figure = tmp_path / "t.html", tmp_path / "two.svg"
    cli.main(["track", str(study), "--by", "day", "--out", str(out), "--figure", str(figure)])
    said = capsys.readouterr().out
    assert "I1        1970-01-02  C1         7     grown   1     0" in said
    assert f"wrote: {tmp_path / 't-two.html'}" in said
    assert out.exists()
    assert figure.read_text().startswith("<?xml")


def test_json(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["track", str(study), "--by", "day", "--steady", "0.5", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [row["events"] for row in told["tables"]["timeline"]] == ["first", "continued"]
    assert told["tables"]["moves"][0] | {"status": None} == {
        "period": "1970-01-02", "identity": "I1", "account": "a6", "name": None, "move": "came",
        "from_or_to": "not there", "status": None,
    }  # fmt: skip


def test_what_is_wrong_is_said_without_a_traceback(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in (
        ([str(study)], "--by day"),
        ([str(study), "--by", "day", "--overlap", "2"], "overlap is 2"),
        ([str(study / "none"), str(study)], "there is no study"),
    ):
        with pytest.raises(SystemExit) as ended:
            cli.main(["track", *arguments])
        assert ended.value.code
        assert words in capsys.readouterr().err
