"""Whatever somebody wrote into a cell, a note, an option or a file name: a copy with pseudonyms does not hand it on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import graphnet as gn
from graphnet import _public, schema
from graphnet.errors import MissingTable

CANARY = "Quillabeth Wormwoode"
SQUEEZED = CANARY.replace(" ", "")

OWN = {
    "pairs": {"layer"},
    "ties": {"layer"},
    "merged": {"strongest"},
    "levels": {"level", "reason", "basis", "layers_beyond_chance", "held_out", "held_out_note", "capped_by"},
    "reviews": {"level"},
    "calibration": {"method"},
    "clusters": {"template", "reason"},
    "copies": {"how"},
}
"""Columns that graphnet fills with words of its own, never with a cell."""
NUMBERS = {t.name for t in schema.STUDY.values() if not {c.type for c in t.columns} & {schema.TEXT, schema.TEXTS}}


def seen(folder: Path) -> list[str]:
    """The files of a folder that name the canary; tables are read, since their columns are compressed."""
    found = []
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        if file.suffix == ".parquet":
            table = pq.read_table(file)
            text = json.dumps(table.to_pylist(), default=str) + str(table.schema.metadata)
        else:
            text = file.read_text(encoding="utf-8")
        if re.search("quillabeth|wormwoode", text, re.IGNORECASE):
            found.append(file.name)
    return found


def canaries(folder: Path) -> list[str]:
    """Input files in which the canary stands wherever a cell can be written, and in their names."""
    group = [
        {
            "id": f"p{day}-{i}", "account": f"{SQUEEZED}{i}", "name": f"{SQUEEZED}{i}", "time": day * 86_400 + i,
            "text": f"the harbour must stay open for all of us, day {day}", "client": f"{CANARY}'s bot",
            "lang": f"{SQUEEZED}-speak", "hashtags": "harbour", "media": f"https://img.example/{SQUEEZED}/{day}.jpg",
            "reply_to": f"{SQUEEZED}-post-{day}", "reply_name": f"{SQUEEZED}{(i + 1) % 8}",
        }
        for day in range(1, 7) for i in range(8)
    ]  # fmt: skip
    bad = group[0] | {"id": "bad", "time": f"{CANARY} of Elm Street"}
    (folder / CANARY).mkdir()
    posts, edges, people = (folder / CANARY / f"{CANARY} {n}.csv" for n in ("posts", "edges", "people"))
    pd.DataFrame([*group, bad]).rename(columns={"text": f"{CANARY} says"}).to_csv(posts, index=False)
    pd.DataFrame(
        {"source": f"{SQUEEZED}1", "target": [f"{SQUEEZED}{i}" for i in range(2, 8)], "kind": f"{SQUEEZED} likes"}
    ).to_csv(edges, index=False)
    pd.DataFrame(
        {"id": [f"{SQUEEZED}{i}" for i in range(8)], "created": "2020-05-05T05:05:05Z", "status": f"left by {CANARY}"}
        | {"description": f"friend of {CANARY}"}
    ).to_csv(people, index=False)
    return [str(posts), str(edges), str(people)]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> gn.Study:
    folder = tmp_path_factory.mktemp("world")
    study = gn.read(
        canaries(folder), folder / f"study of {CANARY}", columns={"text": f"{CANARY} says"}, kind=f"{SQUEEZED} likes",
    )  # fmt: skip
    gn.match(study, allow=[f"I stand with {CANARY}, who did nothing wrong, and so should you"])
    gn.project(study)
    gn.validate(study)
    gn.detect(study, min_size=3)
    gn.confirm(study, controls=499)
    gn.score(study, controls=19)
    gn.review(study, 1, by=CANARY, note=f"{CANARY} runs the shop")
    gn.audit(study, gn.audits.Creation(community=1))
    assert seen(study.path)  # what is looked for would be seen
    assert study.rejected.file.tolist() == [study.manifest["inputs"][0]["name"]]
    return study


@pytest.mark.parametrize("texts", [True, False])
def test_nothing_that_was_planted_is_in_the_copy_or_its_pages(study: gn.Study, tmp_path: Path, *, texts: bool) -> None:
    key = gn.new_key(tmp_path / "my.key")
    public = gn.pseudonymise(study, tmp_path / "out" / "public", key, texts=texts)
    gn.report(public, tmp_path / "out" / "report.html")
    gn.map(public, tmp_path / "out" / "map.html")
    gn.draw(public, tmp_path / "out" / "clusters.html")
    gn.report(study, tmp_path / "out" / "direct.html", pseudonyms=key)
    gn.map(study, tmp_path / "out" / "direct.map.html", pseudonyms=key)
    assert seen(tmp_path / "out") == []
    assert public.texts.signature.notna().all() == public.texts.key.notna().all() == texts
    assert "the time is not understood" in (tmp_path / "out" / "report.html").read_text()
    assert ("harbour must stay" in (tmp_path / "out" / "report.html").read_text()) is texts


def test_every_text_column_is_decided(tmp_path: Path) -> None:
    """A name in any cell of any table: no column is handed on unseen, those that will be added included."""
    study = gn.read(pd.DataFrame({"source": ["a"], "target": ["b"], "kind": "follow"}), tmp_path / "study")
    manifest = json.loads((study.path / "manifest.json").read_text())
    for table in schema.STUDY.values():
        row = {
            c.name: _filler(c, f"@{SQUEEZED}" if c.name not in OWN.get(table.name, ()) else "x") for c in table.columns
        }
        pq.write_table(pa.Table.from_pylist([row], schema=table.arrow), study.path / f"{table.name}.99.parquet")
        manifest["tables"][table.name] = {"": f"{table.name}.99.parquet"}
    (study.path / "manifest.json").write_text(json.dumps(manifest))
    assert len(seen(study.path)) == len(schema.STUDY) - len(NUMBERS) - len(OWN.keys() - {"reviews"})
    public = gn.pseudonymise(gn.Study.open(study.path), tmp_path / "public", gn.new_key(tmp_path / "key"), texts=False)
    assert len(list(public.path.glob("*.parquet"))) == len(schema.STUDY.keys() - _public.LEFT_OUT)
    assert seen(public.path) == []


def _filler(column: schema.Column, text: str) -> object:
    by_type = {schema.TEXT: text, schema.BYTES: b"", schema.TEXTS: [text], schema.INT: 0, schema.REAL: 0.5}
    return by_type.get(column.type, True)


def test_what_is_counted_stays(study: gn.Study, tmp_path: Path) -> None:
    public = gn.pseudonymise(study, tmp_path / "public", gn.new_key(tmp_path / "my.key"))
    counted = "select kind, count(*) as n from actions group by kind order by n, kind"
    assert sorted(public.frame(counted).n) == sorted(study.frame(counted).n)
    assert public.posts.client.nunique() == study.posts.client.nunique() == 1
    assert public.posts.client.str.fullmatch("program-[0-9a-f]{8}").all()
    assert public.accounts.status.dropna().str.fullmatch("status-[0-9a-f]{8}").all()
    assert public.accounts.status.count() == study.accounts.status.count() == 8
    assert public.rejected.file.tolist() == ["input 1"]
    ours, theirs = (s.last("read")["summary"] for s in (public, study))
    changed = ("actions", "rejected_because")
    assert {k: ours[k] for k in ours if k not in changed} == {k: theirs[k] for k in ours if k not in changed}
    assert ours["rejected_because"] == {"the time is not understood": 1}


def test_a_review_still_holds_for_the_same_accounts(study: gn.Study, tmp_path: Path) -> None:
    public = gn.pseudonymise(study, tmp_path / "public", gn.new_key(tmp_path / "my.key"))
    assert public.reviews.digest.tolist() != study.reviews.digest.tolist()
    before = public.levels.level.tolist()
    gn.confirm(public, controls=499)
    assert public.levels.level.tolist() == before
    assert public.reviews.reviewer.str.fullmatch("reviewer-[0-9a-f]{8}").all()


def test_the_folder_that_a_skipped_layer_names_stays_here(tmp_path: Path) -> None:
    posts = pd.DataFrame({"account": ["a", "b"], "time": [1, 2], "text": "the harbour must stay open for all of us"})
    study = gn.read(posts, tmp_path / f"study of {CANARY}")
    gn.project(study)
    assert CANARY in study.last("project")["summary"]["skipped"]["near_text"]
    public = gn.pseudonymise(study, tmp_path / "public", gn.new_key(tmp_path / "my.key"))
    assert seen(public.path) == []
    assert "not matched yet" in public.last("project")["summary"]["skipped"]["near_text"]


def test_the_copy_cannot_be_asked_for_what_was_left_out(study: gn.Study, tmp_path: Path) -> None:
    public = gn.pseudonymise(study, tmp_path / "public", gn.new_key(tmp_path / "my.key"))
    with pytest.raises(MissingTable):
        public.require("audits")
    assert "sha256" not in json.dumps(public.manifest["inputs"])


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ('the time "Ann" is not understood', "the time is not understood"),
        ('"Ann is here" is not a time', "the time is not understood"),
        (
            'the time "3/4/26" can be read day first or month first and no row tells: say --option dates=dmy',
            "the time can",
        ),
        ('a spreadsheet rounded the id "1.2E+18"', "the id was rounded"),
        ('the weight "Ann" is not a number above 0', "the weight is not"),
        ("column 'Ann' is not UTF-8 text", "a cell cannot be read"),
        ('no author: the cell says "nan"', "a cell that is needed is empty"),
        ("neither a target nor an object", "a cell that is needed is empty"),
        ("3 columns instead of 4", "too many or too few cells"),
        ("not 'source target {…}' but \"Ann\"", "the record is of another form"),
        ("Ann", "the row cannot be used"),
        ("Ann is here; no author", "the row cannot be used"),
    ],
)
def test_reasons_keep_their_cause_alone(reason: str, told: str) -> None:
    assert _public.cause(reason).startswith(told)
    assert "Ann" not in _public.cause(reason)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("program", "Twitter for iPhone"),
        ("program", "TweetDeck"),
        ("language", "fa"),
        ("language", "pt-BR"),
        ("language", "und"),
        ("status", "Suspended"),
        ("status", "not_found"),
        ("kind", "retweet"),
    ],
)
def test_common_words_stay(what: str, text: str) -> None:
    assert _public.word(what, text, lambda *_: "") == text


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("program", "Ann for iPhone"),
        ("language", "ann"),
        ("language", "en\n"),
        ("status", "deleted by Ann"),
        ("kind", "Ann"),
    ],
)
def test_other_words_become_codes(what: str, text: str) -> None:
    assert _public.word(what, text, lambda *_: "0a1b") == f"{what}-0a1b"
