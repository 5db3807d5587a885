"""Near-identical texts as the page shows them."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import copied
import pytest
from small_study import small_study

from graphnet._report import report, summary
from graphnet.view.texts import clusters


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return copied.study(tmp_path_factory.mktemp("copied") / "study")


@pytest.fixture(scope="module")
def found(study):
    return {next(name for name in ("HEBREW", "PERSIAN", "ENGLISH") if shows(c, getattr(copied, name))): c
            for c in clusters(study, 1)}  # fmt: skip


def shows(cluster, text):
    return cluster["text"].replace("hxxps", "https").replace("[.]", ".") == text


def texts(copy, *kinds):
    return [part for kind, part in copy["pieces"] if kind in kinds]


def test_it_is_plain_json_data(study):
    held = clusters(study, 1)
    assert json.loads(json.dumps(held, allow_nan=False)) == held
    assert len(held) == 3
    assert len(clusters(study, 1, n=2)) == 2


def test_who_copied_what_when(found):
    hebrew = found["HEBREW"]
    assert (hebrew["members"], hebrew["posts"], hebrew["others"]) == (6, 6, 0)
    assert (hebrew["gap"], hebrew["span"], hebrew["direction"]) == (20, 100, "rtl")
    assert [c["account"] for c in hebrew["copies"]] == [f"user_{i}" for i in range(6)]
    assert [c["after"] for c in hebrew["copies"]] == [0, 20, 40, 60, 80, 100]
    assert hebrew["copies"][0]["time"] == "2023-11-14T23:36:40Z"
    assert hebrew["first"] == "user_0 (a member) posted it first."


def test_what_differs_is_marked(found):
    hebrew = found["HEBREW"]["copies"]
    assert texts(hebrew[0], "gone", "new") == []
    assert hebrew[1]["pieces"][-1] == ["new", "!"]
    assert (texts(hebrew[2], "gone"), texts(hebrew[2], "new")) == (["היום"], ["מחר"])
    assert texts(hebrew[4], "new") == ["<U+200F>"]
    persian = found["PERSIAN"]["copies"]
    assert texts(persian[3], "gone") == ["مردم"]
    assert texts(persian[4], "new") == ["<U+2060>"]
    assert [copy["how"] for copy in persian[:2]] == ["the same words", "the same words"]


def test_what_is_hidden_is_said(found):
    assert found["ENGLISH"]["copies"][1]["hidden"] == ["invisible characters: 1"]
    assert found["ENGLISH"]["copies"][2]["hidden"] == ["letters of another alphabet that look the same: 1"]
    assert [c["hidden"] for c in found["HEBREW"]["copies"]] == [[]] * 6  # a direction mark is ordinary Hebrew typing
    assert found["PERSIAN"]["copies"][4]["hidden"] == ["invisible characters: 1"]


def test_links_are_defanged_also_where_they_differ(found):
    english = found["ENGLISH"]
    assert "https://" not in json.dumps(english)
    assert english["copies"][5]["links"] == ["hxxps://example[.]com/a?b=1"]
    assert "".join(texts(english["copies"][5], "same", "new")).endswith("hxxps://example[.]com/a?b=1")


def test_who_was_first_outside(found):
    english = found["ENGLISH"]
    assert (english["members"], english["others"]) == (6, 1)
    assert english["first"] == "user_29 (not a member) posted it first, 60 min before any member."


def test_the_timeline_counts_all_posts_once(found):
    for cluster in found.values():
        bars = cluster["timeline"]
        assert 1 <= len(bars) <= 30
        assert sum(b["members"] for b in bars) == cluster["posts"]
    english = found["ENGLISH"]["timeline"]
    assert sum(b["others"] for b in english) == 1
    assert english[0]["others"] == 1
    assert english[0]["text"].endswith("UTC: 0 posts by members, 1 by others")
    assert english[-1]["members"] == 6


def test_other_communities_see_only_their_own(study, tmp_path):
    other = copied.study(tmp_path / "study", {1: [0, 1], 2: [2, 29], 3: [7, 8]})
    assert [c["members"] for c in clusters(other, 1)] == [2, 2, 2]
    assert [(c["members"], c["others"]) for c in clusters(other, 2)] == [(2, 5)]
    assert clusters(other, 3) == []
    assert clusters(other, 99) == []


def test_posts_without_times(tmp_path):
    posts = [{**post, "time": None} for post in copied.written()]
    held = clusters(copied.study(tmp_path / "study", posts=posts), 1)
    assert len(held) == 3
    for cluster in held:
        assert (cluster["gap"], cluster["span"], cluster["first"], cluster["timeline"]) == (None, None, None, [])
        assert {(c["time"], c["after"]) for c in cluster["copies"]} == {(None, None)}


def test_a_study_that_was_not_matched_has_none(tmp_path):
    assert clusters(small_study(tmp_path, 3, groups={1: [0, 1]}), 1) == []


def test_a_text_of_a_megabyte_is_cut(tmp_path):
    long = "the same long words again and again " * 30_000
    posts = [
        {"id": f"p{a}", "account": f"id{a:02}", "name": f"u{a}", "time": a, "text": long + "x" * a} for a in range(3)
    ]
    (cluster,) = clusters(copied.study(tmp_path / "study", {1: [0, 1, 2]}, posts), 1)
    assert len(cluster["text"]) <= 601
    assert all(sum(len(part) for _, part in copy["pieces"]) < 1300 for copy in cluster["copies"])


def test_copies_are_the_first_of_each_member_before_any_second(tmp_path):
    posts = [
        {"id": f"p{a}-{n}", "account": f"id{a:02}", "name": f"u{a}", "time": 100 * n + a, "text": copied.ENGLISH}
        for a in range(10) for n in range(5)
    ]  # fmt: skip
    (cluster,) = clusters(copied.study(tmp_path / "study", {1: range(10)}, posts), 1)
    assert cluster["posts"] == 50
    assert [c["id"] for c in cluster["copies"]][:10] == [f"p{a}-0" for a in range(10)]
    assert len(cluster["copies"]) == 12


class Marks(HTMLParser):
    """The texts of elements by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: dict[str, list[str]] = {"del": [], "ins": [], "script": []}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in self.found:
            self.inside.append(tag)
            self.found[tag].append("")

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        for tag in self.inside[-1:]:
            self.found[tag][-1] += data


def test_the_report_has_them(study, tmp_path):
    page = report(study, tmp_path / "report.html").read_text(encoding="utf-8")
    marks = Marks(page).found
    assert "Near-identical texts" in page
    assert {"היום", "مردم"} <= set(marks["del"])
    assert {"מחר", "ملت", "<U+200B>"} <= set(marks["ins"])
    assert marks["script"] == []
    assert copied.HOSTILE not in page
    facts = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [len(c["texts"]) for c in facts["communities"]] == [3]


def test_a_report_without_copies_says_nothing_of_them(tmp_path):
    bare = copied.study(tmp_path / "study", {3: [7, 8]})
    assert summary(bare)["communities"][0]["texts"] == []
    assert "Near-identical texts" not in report(bare, tmp_path / "report.html").read_text(encoding="utf-8")
