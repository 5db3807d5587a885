"""``graphnet audit followers`` and ``graphnet audit creation`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import small_study

from graphnet import cli

DAY = 86400


def run(capsys, *arguments):
    status = 0
    try:
        cli.main([str(a) for a in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    followed = pd.Timestamp("2021-03-01") + pd.to_timedelta(np.sort(rng.uniform(0, 90, 1500)), "D")
    made = followed - pd.to_timedelta(rng.exponential(500, 1500), "D")
    profiles = pd.DataFrame(
        {"id": [f"f{i}" for i in range(1500)], "created_at": made.strftime("%Y-%m-%d"), "posts": 20}
    )
    profiles[::-1].to_csv(folder / "list.csv", index=False)
    gains = rng.poisson(40, 60)
    gains[50] = 900
    counts = pd.DataFrame({"date": pd.date_range("2021-01-01", periods=60), "followers": 1000 + np.cumsum(gains)})
    counts.to_csv(folder / "counts.csv", index=False)
    return folder


def test_followers(capsys, files, tmp_path):
    page = tmp_path / "page.html"
    status, out, err = run(
        capsys,
        "audit",
        "followers",
        files / "list.csv",
        "--counts",
        files / "counts.csv",
        "--newest",
        400,
        "--out",
        page,
    )
    assert (status, err) == (0, "")
    assert "newest first in the file, told from the creation dates" in out
    assert "on 2021-02-20 900.0 a day" in out
    assert "of the newest 400 followers were created in 2021" in out
    assert page.stat().st_size > 5_000
    assert (tmp_path / "page.gains.csv").exists()
    status, out, _ = run(capsys, "audit", "followers", "--counts", files / "counts.csv", "--json")
    assert status == 0
    assert json.loads(out)["summary"]["counts"]["baseline"] == pytest.approx(40, abs=3)


def test_followers_of_a_study(capsys, tmp_path):
    people = [{"account": i, "created": 1_600_000_000 - i * DAY, "posts": i} for i in range(200)]
    acts = [
        {"account": i, "kind": "follow", "target": 0, "time": 1_600_000_000 + i, "weight": 1.0} for i in range(1, 200)
    ]
    small_study(tmp_path / "study", people, actions=acts)
    status, out, _ = run(capsys, "audit", "followers", "--study", tmp_path / "study", "--of", "@name0")
    assert status == 0
    assert "of the newest 99 followers have fewer than 10 posts" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "followers"], "there is no list of followers and no series of counts"),
        (["audit", "followers", "none.csv"], "cannot open none.csv"),
        (["audit", "followers", "a.csv", "--study", "x"], "give files, or --study, not both"),
        (["audit", "creation", "none", "--hashtag", "a"], "there is no study in none"),
        (["audit", "followers", "--counts", "counts.csv", "--baseline", "x"], "two dates such as"),
    ],
)
def test_mistakes_get_one_line(capsys, monkeypatch, files, arguments, message):
    monkeypatch.chdir(files)
    status, _, err = run(capsys, *arguments)
    assert status in (2, 3)
    assert message in err
    assert "Traceback" not in err


def test_creation(capsys, tmp_path):
    rng = np.random.default_rng(1)
    made = 1_600_000_000 - rng.integers(0, 2000 * DAY, 600)
    made[:40] = 1_590_000_000 + rng.integers(0, 5 * DAY, 40)
    people = [{"account": i, "created": int(made[i])} for i in range(600)]
    acts = [{"account": i, "kind": "follow", "target": 0, "time": 1_600_000_000, "weight": 1.0} for i in range(600)]
    small_study(tmp_path / "study", people, actions=acts, groups={1: range(60)})
    page = tmp_path / "creation.html"
    status, out, _ = run(
        capsys, "audit", "creation", tmp_path / "study", "--community", 1, "--draws", 199, "--out", page
    )
    assert status == 0
    assert "bursts: 1" in out
    assert "C1  burst 1: " in out
    assert "p from 199 random splits" in out
    assert page.exists()
    assert len((tmp_path / "creation.burst_accounts.csv").read_text(encoding="utf-8-sig").splitlines()) > 40
    status, _, err = run(capsys, "audit", "creation", tmp_path / "study")
    assert status == 2
    assert "a hashtag (--hashtag), a community (--community) or a list (--list)" in err
