"""The examples run, and say what is true."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_example_is_described() -> None:
    described = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [s.name for s in EXAMPLES.glob("*.py") if s.name not in described] == []


def test_edges_to_gephi(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = load("edges_to_gephi").main(tmp_path)
    assert "C1: relay0, relay1, relay2" in capsys.readouterr().out
    assert "relay9" in path.read_text(encoding="utf-8")


def test_two_posts(tmp_path: Path) -> None:
    told = load("two_posts").main(tmp_path)
    for row in told.rows:
        first, second = row["posts"]
        assert first["account"] != second["account"]
        assert first["text"]


def test_follower_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The published figures, counted by the audit and not by the script that makes the files."""
    found = load("follower_audit").main(tmp_path)
    printed = capsys.readouterr().out
    answers = {a.code: a for a in found.answers}
    assert answers["baseline"].value == 253.5
    assert answers["change 2021-12-11"].value == 3200
    assert answers["change 2021-12-13"].value == 253.5
    assert answers["changes"].value == 2
    for number in ("8,821", "6,170", "5,192", "6,418", "4,179"):
        assert f"{number} of the newest 15,000 followers" in printed
    assert answers["created_last_40_days"].value == 6170 / 15000
    # the two days' 6,400 followers as one block, up to what a window holds
    assert answers["blocks"].value == 1
    assert abs(answers["block 1"].value - 6400) <= 320
    page = (tmp_path / "followers.html").read_text(encoding="utf-8")
    assert "Order of following by creation date" in page
    assert page.count("<svg") >= 2


def test_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"  # which is not there yet
    rows = {row.group: row for row in load("demo").main(folder)}
    printed = capsys.readouterr().out
    assert {group: row.planted for group, row in rows.items()} == {"north": 350, "south": 75, "": 425}
    # far below what is reached, far above what chance would give: a tenth of all accounts was planted
    for group in ("north", "south"):
        assert rows[group].precision > 0.7, group
        assert rows[group].recall > 0.4, group
    assert sum(rows[""].others.values()) < 300
    for row in rows.values():
        assert f"{row.found} of {row.flagged}" in printed
        assert f"{row.precision:.2f} │   {row.recall:.2f}" in printed
    for name in ("report.html", "report.map.html", "report.clusters.html"):
        assert (folder / name).as_uri() in printed
        assert (folder / name).stat().st_size > 10_000
        page = (folder / name).read_text(encoding="utf-8")
        assert "</script><img src=x" not in page
    assert "truth" not in (folder / "study" / "manifest.json").read_text(encoding="utf-8")
