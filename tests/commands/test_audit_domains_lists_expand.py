"""The commands ``audit domains``, ``audit lists`` and ``audit expand``."""

from __future__ import annotations

import json

import pytest
from posted import Posted

from graphnet import cli


def run(capsys, *arguments):
    """Exit status, stdout and stderr of a command."""
    status = 0
    try:
        cli.main([str(a) for a in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, *capsys.readouterr()


@pytest.fixture
def folder(tmp_path):
    """A study of two groups with links and tags, and the files that the commands take."""
    posted = Posted()
    for account in range(40):
        for n in range(3):
            site = f"x{n % 2}" if account < 8 else f"paper{account % 5}"
            posted.post(
                account, n, "words", tags=("now" if account < 8 else "later",), link=f"https://{site}.example/{n}"
            )
    study = posted.study(tmp_path / "study", 40, {1: range(8), 2: range(20, 30)})
    study.engine.close()
    (tmp_path / "who.csv").write_text("domain,analytics\nx0.example,UA-1\nx1.example,UA-1\n")
    (tmp_path / "pages.csv").write_text("page\nhttps://x0.example/1\nhttps://x1.example/1\n")
    (tmp_path / "tags.txt").write_text("#now\n")
    (tmp_path / "known.csv").write_text("account\nid0\nid1\n")
    return tmp_path


def test_domains_of_a_study(folder, capsys):
    out = folder / "domains.html"
    status, told, _ = run(
        capsys, "audit", "domains", folder / "study", "--attributes", folder / "who.csv", "--controls", 19, "--out", out
    )
    assert status == 0
    assert "D1  cluster_size: 2 domains. 2 domains joined by 1 tie" in told
    assert f"wrote: {out}" in told
    assert out.exists()


def test_domains_of_tables_as_json(folder, capsys):
    arguments = ("--pages", folder / "pages.csv", "--attributes", folder / "who.csv", "--json")
    status, told, _ = run(capsys, "audit", "domains", *arguments)
    found = json.loads(told)
    assert (status, found["summary"]["clusters"], found["summary"]["pages"]) == (0, 1, 2)


def test_domains_without_anything_to_look_at(folder, capsys):
    status, _, err = run(capsys, "audit", "domains")
    assert status == 2
    assert "--pages or --attributes FILE" in err
    assert "Traceback" not in err


def test_lists(folder, capsys):
    status, told, _ = run(
        capsys, "audit", "lists", folder / "study", "--list", f"hashtags={folder / 'tags.txt'}", "--controls", 99
    )
    assert status == 0
    assert "beyond chance: 1" in told
    assert "C1 · tags  members_on_list: 100 %" in told


def test_expand_without_ties(folder, capsys):
    status, _, err = run(capsys, "audit", "expand", folder / "study", "--seeds", folder / "known.csv")
    assert status == 2
    assert "has a tie in this study" in err
    assert "Traceback" not in err


def test_expand(folder, capsys):
    assert run(capsys, "project", folder / "study", "--layer", "co_link:window=none,min_shared=1")[0] == 0
    status, told, _ = run(
        capsys, "audit", "expand", folder / "study", "--seeds", folder / "known.csv", "--layer", "co_link", "--top", 5
    )
    assert status == 0
    assert "insufficient data: 2 known accounts in the study" in told
    assert told.count("candidate to look at, not evidence: @name") == 5
