"""Pages beside each other: how they are called, what can be written where, and which of them link to which."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pandas as pd
import pytest

import graphnet as gn
from graphnet import _pages, _run, cli
from graphnet._pages import beside, checked, named, stamp
from graphnet.errors import InputError

sys.path.insert(0, str(Path(__file__).parent / "view"))
import made_study


def links(page: Path) -> set[str]:
    """Files that a page links to."""
    found = re.findall(r'href="(?:\./)?([^"#:]+\.html)"', page.read_text(encoding="utf-8"))
    return set(found)


@pytest.fixture(scope="module")
def posts() -> pd.DataFrame:
    rows = [
        (f"{day}-{i}", f"a{i}", day * 86_400 + i, f"the harbour must stay open for all, day {day}")
        for day in range(1, 6)
        for i in range(6)
    ]
    return pd.DataFrame(rows, columns=["id", "account", "time", "text"])


def test_two_runs_in_one_folder_keep_their_pages(posts: pd.DataFrame, tmp_path: Path) -> None:
    one = gn.run(posts, tmp_path / "one", tmp_path / "a.html", validated=False)
    a = {f.name: f.read_bytes() for f in tmp_path.glob("a.*")}
    assert set(a) == {"a.html", "a.json", "a.map.html", "a.clusters.html"}
    other = posts.assign(account=posts.account.str.replace("a", "b"))
    gn.run(other, tmp_path / "two", tmp_path / "b.html", validated=False)
    assert {f.name: f.read_bytes() for f in tmp_path.glob("a.*")} == a
    for name in ("a", "b"):
        assert links(tmp_path / f"{name}.html") == {f"{name}.map.html", f"{name}.clusters.html"}
        assert f"{name}.html" in links(tmp_path / f"{name}.map.html")
    assert {p.name for p in _run.pages(one, tmp_path / "a.html")} == set(a)


def test_pages_link_to_those_of_the_same_study_alone(tmp_path: Path) -> None:
    one, two = made_study.build(tmp_path / "one"), made_study.build(tmp_path / "two", (9, 8))
    gn.draw(one, tmp_path / "clusters.html")
    gn.map(one, tmp_path / "map.html")
    assert links(gn.report(one, tmp_path / "x.html")) == {"clusters.html", "map.html"}
    assert links(gn.report(two, tmp_path / "y.html")) == set()
    gn.report(two, tmp_path / "report.html")
    assert links(gn.map(one, tmp_path / "z.html")) == {"clusters.html"}


def test_pages_that_name_nobody_lead_to_none_that_do(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", findings=False)
    key, other = gn.new_key(tmp_path / "key"), gn.new_key(tmp_path / "other")
    gn.draw(study, tmp_path / "clusters.html")
    gn.map(study, tmp_path / "map.html")
    gn.report(study, tmp_path / "report.html")
    assert links(gn.report(study, tmp_path / "public.html", pseudonyms=key)) == set()
    assert links(gn.map(study, tmp_path / "public.map.html", pseudonyms=key)) == {"public.html"}
    assert links(gn.report(study, tmp_path / "public.html", pseudonyms=key)) == {"public.map.html"}
    assert links(gn.report(study, tmp_path / "public.html", pseudonyms=other)) == set()
    public = gn.pseudonymise(study, tmp_path / "copy", key)
    assert links(gn.report(public, tmp_path / "public.html")) == {"public.map.html"}


def test_a_page_of_an_earlier_state_is_not_linked(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study")
    gn.map(study, tmp_path / "map.html")
    gn.detect(study, gn.detectors.Leiden(resolution=0.2))
    assert links(gn.report(study, tmp_path / "x.html")) == set()


def test_files_without_a_mark_are_not_linked(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study")
    page = tmp_path / "x.html"
    for text in ("", "<p>mine</p>", "<!-- graphnet 0 -->", f"<!-- graphnet {'0' * 32} -->"):
        (tmp_path / "map.html").write_text(text)
        assert beside(page, "map", study) is None
    stamp(tmp_path / "map.html", study)
    assert beside(page, "map", study) == "map.html"
    (tmp_path / "x.map.html").mkdir()
    assert beside(page, "map", study) == "map.html"
    assert beside(named(page, "clusters"), "map", study) == "map.html"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("x.txt", r"ends in \.html, such as .*x\.html"),
        ("x.json", r"ends in \.html"),
        ("", r"ends in \.html"),
        ("folder.html", r"ends in \.html"),
        ("nofolder/x.html", "no folder .*nofolder"),
    ],
)
def test_what_no_page_can_be_is_said(tmp_path: Path, path: str, told: str) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(InputError, match=told):
        checked(tmp_path / path)
    study = made_study.build(tmp_path / "study")
    for write in (gn.report, gn.map, gn.draw):
        with pytest.raises(InputError, match=told):
            write(study, tmp_path / path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user who may not write everywhere")
def test_folders_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(InputError, match="no permission"):
        checked(tmp_path / "shut" / "x.html")


def test_run_looks_at_its_output_first(posts: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        gn.run(posts, tmp_path / "study", tmp_path / "nofolder" / "x.html")
    assert not (tmp_path / "study").exists()


def test_where_pages_fail_late_the_study_is_whole(
    posts: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x.html")

    monkeypatch.setattr(_pages, "stamp", full)
    with pytest.raises(InputError, match=r"No space left.*study is whole|whole.*graphnet report") as error:
        gn.run(posts, tmp_path / "study", tmp_path / "x.html", validated=False)
    assert f"graphnet report {tmp_path / 'study'} --out" in str(error.value)
    monkeypatch.undo()
    assert gn.report(gn.Study.open(tmp_path / "study"), tmp_path / "x.html").exists()


def test_the_command_names_every_page(tmp_path: Path, posts: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    posts.to_csv(tmp_path / "posts.csv", index=False)
    words = ["run", tmp_path / "posts.csv", "--into", tmp_path / "study", "--out", tmp_path / "x.html", "--no-validate"]
    cli.main([str(w) for w in words])
    told = [line.removeprefix("wrote: ") for line in capsys.readouterr().out.splitlines() if line.startswith("wrote: ")]
    assert sorted(told) == sorted(str(f) for f in tmp_path.glob("x.*"))
    assert len(told) == 4
