"""Appending gives the same tables as reading everything at once, without reading the earlier files again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet import cli
from graphnet.errors import InputError

TABLES = ("accounts", "posts", "objects", "actions", "handles")


def same(a: gn.Study, b: gn.Study) -> None:
    """Whether two studies hold the same tables, row by row."""
    for table in TABLES:
        one, other = (s.rows(f"select * from {table}").to_pylist() for s in (a, b))
        assert one == other, table


def written(folder: Path, name: str, rows: list[dict[str, Any]]) -> str:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


handles = st.sampled_from(["ann", "Bob", "cyd", "dee"])
posts = st.fixed_dictionaries(
    {
        "id": st.integers(1, 30).map(str),
        "account": st.sampled_from(["1", "2", "3", "@ann", "9"]),
        "time": st.integers(0, 400),
    },
    optional={
        "name": handles,
        "text": st.sampled_from(["hello @ann #tag", "https://x.example/a @Bob", "سلام دنیا #tag #two", "same words"]),
        "retweet_of": st.integers(1, 30).map(str),
        "retweet_account": st.sampled_from(["1", "2", "3"]),
    },
)


@settings(max_examples=15, deadline=None)
@given(days=st.lists(st.lists(posts, min_size=1, max_size=8), min_size=2, max_size=3))
def test_appended_posts_are_as_if_read_at_once(
    days: list[list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("days")
    files = [written(folder, f"day{i}", day) for i, day in enumerate(days)]
    options = {"format": "posts_json"}
    whole = gn.read(files, folder / "whole", **options)  # type: ignore[arg-type]
    grown = gn.read(files[0], folder / "grown", grow=True, **options)  # type: ignore[arg-type]
    for file in files[1:]:
        Path(files[0]).unlink(missing_ok=True)  # it is not needed any more
        grown = gn.read(file, folder / "grown", append=True, **options)  # type: ignore[arg-type]
    same(whole, grown)


edges = st.fixed_dictionaries(
    {"source": st.sampled_from("abcde"), "target": st.sampled_from("abcxyz"), "time": st.integers(0, 9)},
    optional={"post": st.integers(1, 9).map(str)},
)


@settings(max_examples=12, deadline=None)
@given(days=st.lists(st.lists(edges, min_size=1, max_size=8), min_size=2, max_size=3))
def test_appended_edges_are_as_if_read_at_once(
    days: list[list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("edges")
    frames = [pd.DataFrame(day, columns=["source", "target", "time", "post"]).assign(kind="mention") for day in days]
    whole = gn.read(frames, folder / "whole")
    for frame in frames:
        grown = gn.read(frame, folder / "grown", append=True)
    same(whole, grown)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Three days of two accounts that retweet the same posts; the second names one of them by handle only."""
    days = []
    for day in range(3):
        rows = [
            {"id": f"{day}{i}{p}", "account": str(i), "time": 86_400 * day + 10 * p + i, "retweet_of": f"o{p}"}
            for i in (1, 2) for p in range(4)
        ]  # fmt: skip
        days.append(written(tmp_path, f"day{day}", rows))
    return days


def test_the_summary_counts_everything(files: list[str], tmp_path: Path) -> None:
    gn.read(files[0], tmp_path / "grown", append=True)
    grown = gn.read(files[1:], tmp_path / "grown", append=True)
    whole = gn.read(files, tmp_path / "whole")
    mine, all_at_once = (s.last("read")["summary"] for s in (grown, whole))
    assert mine == all_at_once
    assert [e["name"] for e in grown.manifest["inputs"]] == files
    assert grown.last("read")["parameters"]["appended"][0]["inputs"] == files[1:]
    assert len([s for s in grown.manifest["steps"] if s["verb"] == "read"]) == 1


def test_what_is_there_already_is_passed_over(files: list[str], tmp_path: Path) -> None:
    grown = gn.read(files[:2], tmp_path / "grown", append=True)
    number = grown.last("read")["number"]
    again = gn.read(files[1], tmp_path / "grown", append=True)
    assert again.last("read")["number"] == number
    same(gn.read(files, tmp_path / "whole"), gn.read(files, tmp_path / "grown", append=True))


def test_what_follows_is_outdated_and_gives_the_same(files: list[str], tmp_path: Path) -> None:
    grown = gn.read(files[0], tmp_path / "grown", append=True)
    gn.project(grown, gn.layers.CoRetweet(window=60))
    grown = gn.read(files[1:], tmp_path / "grown", append=True)
    assert not grown.has("pairs")
    gn.project(grown, gn.layers.CoRetweet(window=60))
    whole = gn.read(files, tmp_path / "whole")
    gn.project(whole, gn.layers.CoRetweet(window=60))
    assert grown.pairs.equals(whole.pairs)
    assert len(whole.pairs)


def test_a_study_that_kept_nothing_reads_its_inputs_once_more(files: list[str], tmp_path: Path) -> None:
    gn.read(files[:2], tmp_path / "grown")
    grown = gn.read(files[2], tmp_path / "grown", append=True)
    same(gn.read(files, tmp_path / "whole"), grown)
    assert grown.has("staged_posts")


def test_gone_or_changed_inputs_are_named(files: list[str], tmp_path: Path) -> None:
    gn.read(files[0], tmp_path / "grown")
    Path(files[0]).write_text(Path(files[1]).read_text())
    with pytest.raises(InputError, match=r"day0\.jsonl is gone or has changed.*--grow"):
        gn.read(files[1], tmp_path / "grown", append=True)


def test_an_interrupted_append_leaves_the_study(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gn.read(files[0], tmp_path / "grown", append=True)
    before = gn.Study.open(tmp_path / "grown").posts
    with monkeypatch.context() as patch:
        patch.setattr("graphnet._read._rejected", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            gn.read(files[1], tmp_path / "grown", append=True)
    assert gn.Study.open(tmp_path / "grown").posts.equals(before)
    same(gn.read(files[:2], tmp_path / "whole"), gn.read(files[1], tmp_path / "grown", append=True))


def test_other_settings_are_refused(files: list[str], tmp_path: Path) -> None:
    gn.read(files[0], tmp_path / "grown", append=True, repost_content=True)
    with pytest.raises(InputError, match="with --repost-content"):
        gn.read(files[1], tmp_path / "grown", append=True)
    with pytest.raises(InputError, match="folder"):
        gn.read(files[1], append=True)


def test_a_pseudonymised_copy_has_no_staged_rows(files: list[str], tmp_path: Path) -> None:
    grown = gn.read(files[0], tmp_path / "grown", append=True)
    copy = gn.pseudonymise(grown, tmp_path / "copy", gn.new_key(tmp_path / "key"))
    assert not [t for t in copy.manifest["tables"] if t.startswith("staged")]
    assert not list((tmp_path / "copy").glob("staged*"))


def test_command(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in files[:2]:
        cli.main(["read", file, "--into", str(tmp_path / "grown"), "--append"])
    assert "16" in capsys.readouterr().out
    same(gn.read(files[:2], tmp_path / "whole"), gn.Study.open(tmp_path / "grown"))
