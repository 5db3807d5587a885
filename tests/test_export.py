"""The verb that writes the network for other programs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from graphs import cliques, tied_study
from small_study import table

from graphnet._detect import detect
from graphnet._export import export
from graphnet.errors import InputError, MissingTable, UnknownName
from graphnet.study import Study

TIES = [("co_retweet", a, b, 4, 7) for a, b in cliques([7, 6])] + [("co_mention", 0, 20, 9, None)]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return tied_study(tmp_path / "study", TIES, {0: "ann"})


def _edges(files: list[Path]) -> set[tuple[str, str]]:
    with files[1].open(newline="", encoding="utf-8") as file:
        return {(r["source"], r["target"]) for r in csv.DictReader(file)}


def test_without_communities_all_ties_go_out(study: Study, tmp_path: Path) -> None:
    assert len(_edges(export(study, tmp_path / "g.csv"))) == len(TIES)


def test_with_communities_the_ties_they_were_found_in_go_out(study: Study, tmp_path: Path) -> None:
    detect(study, layers=["co_retweet"])
    assert ("a0", "a20") not in _edges(export(study, tmp_path / "g.csv"))
    assert ("a0", "a20") in _edges(export(study, tmp_path / "g.csv", layers=["co_mention"]))


def test_as_many_shared_things_go_out_as_the_communities_asked_for(study: Study, tmp_path: Path) -> None:
    detect(study, min_shared=5, layers=["co_retweet", "co_mention"])
    assert _edges(export(study, tmp_path / "g.csv")) == {("a0", "a20")}


def test_a_part_can_be_chosen(study: Study, tmp_path: Path) -> None:
    detect(study, layers=["co_retweet"])
    second = _edges(export(study, tmp_path / "g.csv", communities=[2]))
    assert second == {(f"a{a + 7}", f"a{b + 7}") for a, b in cliques([6])}
    assert _edges(export(study, tmp_path / "g.csv", accounts=[study.account("@Ann"), 1])) == {("a0", "a1")}
    assert _edges(export(study, tmp_path / "g.csv", min_weight=5)) == set()


def test_what_else_explains_a_community_goes_out_with_its_level(study: Study, tmp_path: Path) -> None:
    detect(study, layers=["co_retweet"])
    with study.step("confirm", {}) as step:
        step.write("levels", table("levels", [{"community": c, "level": "L2"} for c in (1, 2)]))
    with study.step("score", {}) as step:
        told = [("newsroom", "for"), ("fandom", "against")]
        step.write(
            "benign", table("benign", [{"community": 2, "code": c, "verdict": v, "support": 0.5} for c, v in told])
        )
    nodes = export(study, tmp_path / "g.csv")[0]
    with nodes.open(newline="", encoding="utf-8") as file:
        found = {(r["community"], r["level"], r["benign"]) for r in csv.DictReader(file)}
    assert found == {("1", "L2", ""), ("2", "L2", "a newsroom, or several accounts of one owner")}


def test_the_format_is_told_by_the_ending_or_by_name(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "G.GEXF")
    assert file.read_text().startswith("<?xml")
    (file,) = export(study, tmp_path / "g.xml", format="graphml")
    assert "graphml" in file.read_text()
    pytest.importorskip("stix2")
    (file,) = export(study, tmp_path / "g.stix.json")
    assert '"bundle"' in file.read_text()


def test_what_cannot_be_done_is_said(study: Study, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"no format is known for 'g.docx'. Use one of these endings: .*\.csv .*\.gexf"
    ):
        export(study, tmp_path / "g.docx")
    with pytest.raises(UnknownName, match=r"no export is called 'gexff'\. Did you mean 'gexf'"):
        export(study, tmp_path / "g.docx", format="gexff")
    with pytest.raises(InputError, match=r"cannot write .*No such file"):
        export(study, tmp_path / "nowhere" / "g.gexf")
    with pytest.raises(MissingTable, match="graphnet project"):
        export(Study.create(tmp_path / "new"), tmp_path / "g.gexf")
