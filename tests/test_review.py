"""Notes of people, and what they lift."""

from __future__ import annotations

from pathlib import Path

import ladder_worlds as worlds
import pytest

from graphnet._confirm import confirm
from graphnet._detect import detect
from graphnet._review import review
from graphnet._validate import validate
from graphnet.errors import InputError, MissingTable
from graphnet.study import Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = worlds.ready(tmp_path / "study", worlds.twelve())
    confirm(made)
    return made


def _number(study: Study, account: int = 0) -> int:
    return int(study.members.community[study.members.account == account].item())


def _level(study: Study, account: int = 0) -> str:
    levels = study.levels
    return str(levels.level[levels.community == _number(study, account)].item())


def test_a_note_lifts_what_is_suspected(study: Study) -> None:
    number = _number(study)
    done = review(study, number, by=" R. Reader ", note="read forty posts; no campaign page")
    assert done == {"community": number, "level": "L3", "was": "L2", "notes": 1}
    assert _level(study) == "L3"
    row = study.rows("select * from reviews").to_pylist()[0]
    assert (row["reviewer"], row["note"], row["size"], row["level"]) == (
        "R. Reader",
        "read forty posts; no campaign page",
        worlds.SIZE,
        "L2",
    )
    assert study.levels.reason[study.levels.level == "L3"].item().endswith("reviewed by R. Reader")
    assert Study.open(study.path).levels.equals(study.levels)


def test_a_note_lifts_nothing_else(study: Study) -> None:
    other = study.levels.community[study.levels.level == "L0"].iloc[0]
    assert review(study, int(other), by="R", note="fans of one author")["level"] == "L0"
    assert (study.levels.level == "L3").sum() == 0
    assert len(study.reviews) == 1


def test_notes_are_added_and_never_dropped(study: Study) -> None:
    number = _number(study)
    review(study, number, by="one", note="first")
    assert review(study, number, by="two", note="second")["notes"] == 2
    assert study.reviews.note.tolist() == ["first", "second"]
    assert [s["verb"] for s in study.manifest["steps"]].count("review") == 2
    # whatever is done again
    validate(study)
    assert study.reviews.note.tolist() == ["first", "second"]
    assert not study.has("levels")


def test_a_note_holds_as_long_as_the_members_are_the_same(study: Study) -> None:
    review(study, _number(study), by="R", note="read")
    detect(study, validated=True)
    confirm(study)
    # the same accounts under whatever number
    assert _level(study) == "L3"
    members = study.rows("select * from members where account > 0")
    used = study.last("detect")["parameters"]
    cards = study.rows("select * from communities")
    with study.step("detect", used) as step:
        step.write("members", members)
        step.write("communities", cards)
    confirm(study)
    assert _level(study, account=1) == "L2"


def test_scores_stay_when_a_note_is_written(study: Study) -> None:
    before = {name: study.files(name) for name in study.manifest["tables"]}
    review(study, _number(study), by="R", note="read")
    after = {name: study.files(name) for name in study.manifest["tables"]}
    assert {name for name in after if after[name] != before.get(name)} == {"levels", "reviews"}


def test_what_cannot_be_done_is_said(study: Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no community C99 in .*: it has \d+, from C1 on"):
        review(study, 99, by="R", note="read")
    with pytest.raises(InputError, match="note is empty"):
        review(study, 1, by="R", note="  ")
    with pytest.raises(InputError, match="by is empty"):
        review(study, 1, by="", note="read")
    detect(study)
    with pytest.raises(MissingTable, match="graphnet confirm"):
        review(study, 1, by="R", note="read")
    assert not study.has("reviews")
