"""``explain`` for texts: clusters in the order of time, and two posts side by side."""

from __future__ import annotations

import json

import copied
import pytest
from small_study import small_study, table

import graphnet as gn
from graphnet import cli
from graphnet._copies import side_by_side
from graphnet.errors import InputError, MissingTable


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return copied.study(tmp_path_factory.mktemp("copied") / "study")


def cluster_of(study, post):
    rows = study.rows(f"select c.cluster from copies c join posts p on p.post = c.post where p.id = '{post}'")
    return rows["cluster"][0].as_py()


def test_a_cluster_in_the_order_of_time(study):
    told = gn.explain(study, cluster=cluster_of(study, "p12"))
    assert [row["posts"][0]["name"] for row in told.rows] == ["user_29", *(f"user_{i}" for i in range(6))]
    assert [row["after"] for row in told.rows] == [0, *(3600 + 30 * i for i in range(6))]
    assert told.sentences[0].startswith("7 posts by 7 accounts, ")
    assert told.sentences[1] == f"in the middle: {copied.ENGLISH}"
    assert "@user_29 posted it first" in told.sentences
    assert "accounts in communities: 6 in C1" in told.sentences
    assert told.rows[2]["hidden"] == "invisible characters: 1"
    assert told.rows[6]["links"] == "https://example.com/a?b=1"
    lines = str(told)
    assert "The new br[+<U+200B>+]idge is" in lines
    assert "example.[-org-][+com+]/a" in lines
    assert "\x1b" not in lines
    assert "\x1b[31m[-org-]\x1b[0m" in told.text(colour=True)
    json.dumps(told.to_dict())


def test_the_limit_is_kept(study):
    assert len(gn.explain(study, cluster=1, limit=2).rows) == 2


def test_hostile_words_do_not_reach_the_terminal(tmp_path):
    words = "the very same words of us all again \x1b]0;title\x07 and \u202e again and again"
    posts = [{"id": f"p{a}", "account": f"a{a}", "name": "x\x1b[31m", "time": a, "text": words} for a in range(3)]
    lines = str(gn.explain(copied.study(tmp_path / "study", {1: [0, 1]}, posts), cluster=1))
    assert all(c.isprintable() or c == "\n" for c in lines)
    assert "<U+202E>" in lines


def test_without_times_and_communities(tmp_path):
    made = copied.study(tmp_path / "study", posts=[{**p, "time": None} for p in copied.written()])
    rows = gn.explain(made, cluster=1).rows
    assert {row["after"] for row in rows} == {None}
    with made.step("match", {}, keep=True):
        pass
    told = gn.explain(gn.Study.open(tmp_path / "study"), cluster=1)
    assert not any("communities" in s for s in told.sentences)


def test_a_template_is_said_to_be_one(tmp_path):
    rows = [{"post": a, "id": f"p{a}", "account": a, "time": a, "text": "one text"} for a in (0, 1)]
    made = small_study(tmp_path, 2, posts=rows)
    with made.step("match", {}, keep=True) as step:
        step.write("clusters", table("clusters", [
            {"cluster": 1, "medoid": 0, "texts": 1, "posts": 2, "accounts": 2, "first": 0, "last": 1,
             "template": "app", "reason": "written by a program"}
        ]))  # fmt: skip
        step.write(
            "copies", table("copies", [{"post": a, "account": a, "time": a, "text": 0, "cluster": 1} for a in (0, 1)])
        )
    assert "no evidence by itself: written by a program" in gn.explain(made, cluster=1).sentences


def test_what_is_asked_for_wrongly(study, tmp_path):
    with pytest.raises(InputError, match=r"no cluster 99 in this study. There are: 1 to \d"):
        gn.explain(study, cluster=99)
    with pytest.raises(InputError, match=r"--cluster 1\)"):
        gn.explain(study, community=1, cluster=1)
    with pytest.raises(InputError, match="a finding is about"):
        gn.explain(study, cluster=1, finding="pace")
    with pytest.raises(MissingTable, match="graphnet match"):
        gn.explain(small_study(tmp_path, 2), cluster=1)


def said(capsys, *arguments):
    cli.main(["explain", *arguments])
    return capsys.readouterr().out


def test_on_the_command_line(study, capsys):
    shown = said(capsys, str(study.path), "--cluster", "1", "--limit", "1")
    assert shown.startswith("cluster 1\n- ")
    assert "\x1b" not in shown  # no terminal, no colours
    told = json.loads(said(capsys, str(study.path), "--cluster", "1", "--json"))
    assert told["rows"][0]["posts"][0]["pieces"][0][0] == "same"


def test_two_accounts_side_by_side(tmp_path):
    made = copied.study(tmp_path / "study")
    gn.project(made, gn.layers.NearText(min_shared=2))
    told = gn.explain(made, "user_1", "user_5", layer="near_text")
    lines = str(told)
    assert "[+!+]" in lines
    assert "br[+<U+200B>+]idge" in lines
    assert len(told.rows) == 3
    assert all({"pieces"} <= post.keys() for row in told.rows for post in row["posts"])


@pytest.mark.parametrize("posts", [[], [{"text": "a"}], [{"text": "a"}, {"text": None}], [{"text": "a"}] * 3])
def test_other_than_two_posts_with_a_text_stay_as_they_are(posts):
    assert side_by_side(posts) == posts
