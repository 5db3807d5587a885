"""The commands ``campaign`` and ``audit overlay``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from posted import DAY, START, Posted

from graphnet import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    status = 0
    try:
        cli.main([str(a) for a in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, *capsys.readouterr()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study in which ``#gate`` bursts on the fifth day, and two lists."""
    posted = Posted()
    for day in range(10):
        for account in range(40):
            posted.post(account, START + day * DAY + account * 1500, f"{day} {account}", tags=[f"t{account % 4}"])
        posted.post(day, START + day * DAY + 500, "the gate", tags=["gate"])
    for k in range(60):
        posted.post(k % 30, START + 4 * DAY + 40000 + k, "to the gate", tags=["gate"])
    study = posted.study(tmp_path / "study", 40, {1: range(12), 2: range(20, 30)})
    study.engine.close()
    (tmp_path / "known.csv").write_text("account,note\n" + "".join(f"id{a},x\n" for a in range(12)) + "1e+18,y\n")
    (tmp_path / "other.txt").write_text("".join(f"name{a}\n" for a in range(20, 32)))
    return tmp_path


def test_campaign_lists_what_bursts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told, _ = run(capsys, "campaign", folder / "study")
    assert status == 0
    assert "#gate  burst:" in told
    assert "What bursts in this collection" in told


def test_campaign_writes_a_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "gate.html"
    status, told, _ = run(capsys, "campaign", folder / "study", "--hashtag", "#Gate", "--out", out)
    assert status == 0
    assert "window start: 2023-11-17T11:00:00Z" in told
    assert out.exists()
    assert (folder / "gate.posts.csv").exists()
    page = out.read_text(encoding="utf-8")
    assert "The life of #gate" in page
    assert "breaking news" in page.lower()


def test_campaign_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told, _ = run(capsys, "campaign", folder / "study", "--text", "to the gate", "--json")
    found = json.loads(told)
    assert (status, found["audit"], found["summary"]["own_posts"]) == (0, "campaign", 60)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--hashtag", "gaet"), "Close: gate"),
        (("--hashtag", "gate", "--domain", "x.example"), "one subject at a time"),
        (("--cluster", "3"), "graphnet match"),
        (("--hashtag", "gate", "--out", "page.txt"), "not the name of a page"),
    ],
)
def test_campaign_says_what_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    status, _, said = run(capsys, "campaign", folder / "study", *arguments)
    assert status in (2, 3)
    assert message in said
    assert "Traceback" not in said


def test_overlay_of_two_lists(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "overlay.html"
    lists = ("--list", folder / "known.csv", "--list", f"{folder / 'other.txt'}", "--rounds", 99)
    status, told, _ = run(capsys, "audit", "overlay", folder / "study", *lists, "--out", out)
    assert status == 0
    assert "known · C1  overlap: 12 accounts" in told
    assert "12 by handle (weaker)" in told
    assert "1 row left out" in told
    assert "1e+18" in (folder / "overlay.rejected.csv").read_text(encoding="utf-8")
    assert "other · C2" in out.read_text(encoding="utf-8")


def test_overlay_says_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "audit", "overlay", folder / "study")[0] == 2
    status, _, said = run(capsys, "audit", "overlay", folder / "study", "--list", folder / "none.csv")
    assert status == 2
    assert "cannot read the list" in said
    status, _, said = run(capsys, "audit", "overlay", folder / "study", "--list", f"{folder / 'known.csv'}::handle")
    assert status == 2
    assert "it has: account, note" in said
