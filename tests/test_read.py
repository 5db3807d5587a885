"""From inputs to the study's tables: who is who, what counts as one action, and what is said about bad rows."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet.errors import FormatError, InputError
from graphnet.study import Study

HOUR = "2026-03-01T10:00:00Z"


def post(id_: str, account: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "account": account, "time": HOUR, **more}


def read_posts(tmp_path: Path, *posts: dict[str, Any], **options: Any) -> Study:
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in posts), encoding="utf-8")
    return gn.read(file, tmp_path / "study", **options)


def named_actions(study: Study) -> set[tuple[Any, ...]]:
    """Actions with the platform's ids: (account, kind, object, target)."""
    rows = study.rows(
        "select a.id as who, s.kind, o.id as object, t.id as target from actions s "
        "join accounts a on a.account = s.account left join objects o on o.object = s.object "
        "left join accounts t on t.account = s.target"
    )
    return {(r["who"], r["kind"], r["object"], r["target"]) for r in rows.to_pylist()}


def test_a_post_becomes_its_actions(tmp_path: Path) -> None:
    text = "Look at #Water prices https://News.Example.org/a?utm_source=x @minister, this is the fourth rise since May"
    study = read_posts(tmp_path, post("1", "10", name="ann", text=text))
    found = named_actions(study)
    assert ("10", "hashtag", "water", None) in found
    assert ("10", "mention", None, "@minister") in found
    assert ("10", "domain", "example.org", None) in found
    assert {k for _, k, _, _ in found} == {"hashtag", "mention", "link", "domain", "text"}
    assert study.accounts["name"].tolist() == ["ann", "minister"]


def test_a_retweet_is_one_action_and_its_words_are_not_the_retweeters(tmp_path: Path) -> None:
    words = "RT @ann: #water is too dear for us all"
    repost = post("2", "20", text=words, retweet_of="1", retweet_account="10", hashtags=["water"])
    assert named_actions(read_posts(tmp_path, repost)) == {("20", "retweet", "1", "10")}
    with_content = read_posts(tmp_path, repost, repost_content=True)
    assert ("20", "hashtag", "water", None) in named_actions(with_content)


def test_the_author_and_time_of_a_retweeted_post_come_from_the_post_itself(tmp_path: Path) -> None:
    study = read_posts(
        tmp_path,
        post("1", "10", text="first"),
        post("2", "20", retweet_of="1"),
    )
    assert ("20", "retweet", "1", "10") in named_actions(study)
    retweeted = study.objects.query("kind == 'post'").iloc[0]
    assert retweeted["created"] == pd.Timestamp(HOUR).timestamp()


def test_handles_are_resolved_to_the_one_account_that_has_them(tmp_path: Path) -> None:
    study = read_posts(
        tmp_path,
        post("1", "10", name="Ann", text="hello"),
        post("2", "20", name="bob", text="well said @ANN"),
        post("3", "30", name="twin", text="I am @twin"),
        post("4", "31", name="Twin", text="no, I am"),
    )
    mentions = {(who, target) for who, kind, _, target in named_actions(study) if kind == "mention"}
    # two accounts were seen as "twin": the mention is not given to either
    assert mentions == {("20", "10"), ("30", "@twin")}


def test_edges_by_handle_meet_posts_by_id(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text(json.dumps(post("1", "10", name="Ann", text="hi")) + "\n")
    follows = tmp_path / "follows.csv"
    follows.write_text("source,target\nann,bob\n10,carol\n")
    study = gn.read([posts, follows], tmp_path / "study", kind="follow")
    assert {a for a in named_actions(study) if a[1] == "follow"} == {
        ("10", "follow", None, "bob"),
        ("10", "follow", None, "carol"),
    }


def test_ids_stay_text_and_are_ordered_as_text(tmp_path: Path) -> None:
    big = "1234567890123456789"
    study = read_posts(tmp_path, post(big, "9007199254740993", text="x"), post("2", "007", text="y"))
    assert study.accounts["id"].tolist() == ["007", "9007199254740993"]
    assert study.posts["id"].tolist() == [big, "2"]


def test_the_same_post_twice_is_one_post(tmp_path: Path) -> None:
    study = read_posts(
        tmp_path,
        post("1", "10", text="short #a"),
        post("1", "10", text="short #a, and the rest of it"),
    )
    assert study.posts["text"].tolist() == ["short #a, and the rest of it"]
    assert [a for a in named_actions(study) if a[1] == "hashtag"] == [("10", "hashtag", "a", None)]
    assert study.last("read")["summary"]["duplicate_posts"] == 1


def test_copies_of_a_post_that_differ_are_counted_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = ["1,a,one", "1,a,one", "2,a,two", "2,a,two again", "3,a,three", "3,b,three", "4,c,", "4,c,four", "5,d,."]
    file = tmp_path / "p.csv"
    file.write_text("id,author,text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = gn.read(file).last("read")["summary"]
    assert (told["duplicate_posts"], told["differing_posts"]) == (4, 3)
    assert "4 rows of posts came again; 3 posts came with different authors, times or texts" in caplog.text
    file.write_text("id,author,text\n" + "\n".join(rows[:2]) + "\n", encoding="utf-8")
    assert "differing_posts" not in gn.read(file).last("read")["summary"]


def test_rows_left_out_are_said_by_kind_of_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = ["1.2e+18,a,1704103200", *(f"{i},a,0{i}/02/2024" for i in (1, 3, 4)), "5,a,soon", "6,a,", "7,a,1704103200"]
    file = tmp_path / "p.csv"
    file.write_text("id,author,time,text\n" + ",x\n".join(rows) + ",x\n", encoding="utf-8")
    told = gn.read(file).last("read")["summary"]
    wording = "the time {} can be read day first or month first and no row tells: say --option dates="
    wording += "dmy or --option dates=mdy"
    kinds = {wording.format("…"): 3, "a spreadsheet rounded the id": 1, "the time … is not understood": 1}
    assert list(told["rejected_because"].items()) == list(kinds.items())
    assert told["posts_without_a_time"] == 1
    assert "5 rows left out:\n  3 (first line 3): " + wording.format('"01/02/2024"') in caplog.text
    assert '  1 (line 2): a spreadsheet rounded the id "1.2e+18"' in caplog.text
    assert gn.read(file, options={"dates": "dmy"}).last("read")["summary"]["rejected"] == 2


def test_what_lies_in_a_folder_beside_the_data_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    (folder / ".git").mkdir(parents=True)
    (folder / "p.csv").write_text("id,author,text\n1,a,x\n", encoding="utf-8")
    (folder / ".git" / "config.csv").write_text("id,author,text\n2,a,x\n", encoding="utf-8")
    beside = {"README": "What this is", "README.txt": "a b\nc d\n", "LICENSE.md": "MIT", "notes.txt": "Some words,\n"}
    beside |= {"map.png": "\x89PNG", "about.pdf": "%PDF"}
    for name, text in beside.items():
        (folder / name).write_text(text, encoding="utf-8")
    for found in ("data", "data/*"):
        caplog.clear()
        assert gn.read(found).posts["id"].tolist() == ["1"]
        assert "6 files passed over, since no reader knows them: " in caplog.text
        assert all(f"data/{name}" in caplog.text for name in beside)
    with pytest.raises(FormatError, match="no reader recognises data/notes"):  # what the user names has to be read
        gn.read("data/notes.txt")
    (folder / "odd.csv").write_text("\x00\x00\x01", encoding="utf-8")
    with pytest.raises(FormatError, match=r"odd\.csv"):
        gn.read("data")
    for name in ("p.csv", "odd.csv"):
        (folder / name).unlink()
    with pytest.raises(FormatError, match="none of these files holds data"):
        gn.read("data")


def test_what_files_call_a_field_is_led_to_the_field(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("id,who,text\n1,a,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"FIELD=COLUMN\) is called 'author'\. Did you mean 'account' or 'source'\?"):
        gn.read(file, columns={"author": "who"})
    with pytest.raises(InputError, match="Did you mean 'account'"):
        gn.read(file, columns={"acount": "who"})


def test_a_handle_that_stands_in_the_column_of_authors_is_found_as_one(tmp_path: Path) -> None:
    study = read_posts(tmp_path, post("1", "Fan3", text="x"), post("2", "fan30", text="y"))
    fan = study.accounts["id"].tolist().index("Fan3")
    assert [study.account(who) for who in ("Fan3", "@Fan3", "fan3", "@FAN3")] == [fan] * 4


def test_near_the_same_words_are_one_text(tmp_path: Path) -> None:
    words = "We will not pay for water that we can not drink any more"
    study = read_posts(
        tmp_path,
        post("1", "10", text=words),
        post("2", "20", text=f"@x {words.upper()} https://a.example/1 !!"),
        post("3", "30", text="too short"),
    )
    texts = [a for a in named_actions(study) if a[1] == "text"]
    assert len({obj for _, _, obj, _ in texts}) == 1
    assert {who for who, *_ in texts} == {"10", "20"}


def test_a_hashtag_sequence_keeps_its_order(tmp_path: Path) -> None:
    study = read_posts(tmp_path, post("1", "10", text="#b #a #c"), post("2", "20", text="#a only"))
    assert [a[2] for a in named_actions(study) if a[1] == "hashtags"] == ["b a c"]


def test_bad_rows_are_kept_with_file_line_and_reason(tmp_path: Path) -> None:
    file = tmp_path / "edges.csv"
    file.write_text("source,target,time\na,b,2026-03-01\n,c,2026-03-01\na,d,yesterday\n")
    study = gn.read(file, tmp_path / "study", kind="follow")
    assert study.rejected["line"].tolist() == [3, 4]
    assert "yesterday" in study.rejected["reason"][1]
    assert study.last("read")["summary"]["rejected"] == 2
    assert len(study.actions) == 1


def test_the_manifest_says_where_everything_came_from(tmp_path: Path) -> None:
    file = tmp_path / "follows.csv.gz"
    with gzip.open(file, "wt") as out:
        out.write("source,target\na,b\n")
    study = gn.read(file, tmp_path / "study")
    (about,) = study.manifest["inputs"]
    assert about["name"] == str(file)
    assert about["reader"] == "edge_list"
    assert about["bytes"] == file.stat().st_size
    assert len(about["sha256"]) == 64
    assert study.last("read")["parameters"]["inputs"] == [str(file)]


def test_what_cannot_be_read_is_said_and_the_study_stays(tmp_path: Path) -> None:
    good = tmp_path / "follows.csv"
    good.write_text("source,target\na,b\n")
    study = gn.read(good, tmp_path / "study")
    for text, error in (("", "is empty"), ("%PDF-1.7\nbinary", "no reader recognises")):
        bad = tmp_path / "bad.bin"
        bad.write_text(text)
        with pytest.raises(FormatError, match=error):
            gn.read(bad, tmp_path / "study")
    with pytest.raises(InputError, match="does not exist"):
        gn.read(tmp_path / "nowhere.csv", tmp_path / "study")
    with pytest.raises(InputError, match="matches no file"):
        gn.read(str(tmp_path / "*.nothing"), tmp_path / "study")
    only_bad = tmp_path / "only_bad_follows.csv"
    only_bad.write_text("source,target\n,b\na,\n")
    with pytest.raises(InputError, match="no usable row"):
        gn.read(only_bad, tmp_path / "study")
    assert len(Study.open(study.path).actions) == 1


def test_a_profile_known_by_handle_only_meets_its_account(tmp_path: Path) -> None:
    follows, profiles = tmp_path / "follows.csv", tmp_path / "profiles.csv"
    follows.write_text("source,target\nAnn,bob\n")
    profiles.write_text("screen_name,followers_count,statuses_count\nann,7,1\nzoe,3,1\n")
    study = gn.read([follows, profiles], tmp_path / "study")
    found = dict(zip(study.accounts["id"], study.accounts["followers"].fillna(-1), strict=True))
    assert found == {"Ann": 7, "bob": -1, "@zoe": 3}


def test_globs_folders_and_several_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(3):
        (folder / f"follow_{i}.csv").write_text(f"source,target\na{i},b\n")
    for given_ in (str(folder / "*.csv"), folder, sorted(folder.iterdir())):
        study = gn.read(given_, tmp_path / "study")
        assert len(study.actions) == 3


people = st.sampled_from(["1", "2", "33", "@ghost", "ann"])
edges = st.lists(
    st.tuples(people, people, st.sampled_from(["follow", "retweet"]), st.integers(0, 5)), min_size=1, max_size=20
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=edges, seed=st.integers(0, 99))
def test_row_order_does_not_matter(tmp_path: Path, rows: list[tuple[str, str, str, int]], seed: int) -> None:
    frame = pd.DataFrame(rows, columns=["source", "target", "kind", "time"])
    shuffled = frame.sample(frac=1, random_state=random.Random(seed).randrange(1000))
    one, two = gn.read(frame, tmp_path / "one"), gn.read(shuffled, tmp_path / "two")
    for table in ("accounts", "objects", "actions"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(two, table))
