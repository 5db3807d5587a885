"""The table of posts in which something is hidden, written by a step."""

from __future__ import annotations

import pandas as pd
from small_study import small_study

import graphnet as gn
from graphnet import schema
from graphnet._hidden import obfuscations


def hidden(study):
    with study.step("match", {}) as step:
        found = obfuscations(step)
    rows = study.rows(
        "select o.*, p.id from obfuscations o join posts p on p.post = o.post order by o.post"
    ).to_pylist()
    assert found == len(rows)
    return {row["id"]: {k: n for k, n in row.items() if n and k not in ("post", "id")} for row in rows}


def test_only_own_posts_in_which_something_is_hidden_have_a_row(tmp_path):
    posts = [
        {"post": 0, "id": "a", "account": 0, "text": "vo\u200bte p\u0430yp\u0430l"},
        {"post": 1, "id": "b", "account": 0, "text": "nothing here"},
        {"post": 2, "id": "c", "account": 1, "text": "RT @a: vo\u200bte", "repost": True},
        {"post": 3, "id": "d", "account": 1, "text": None},
        {"post": 4, "id": "e", "account": 1, "text": "می\u200cخواهم 👩\u200d👧"},
        {"post": 5, "id": "f", "account": 1, "text": "x\u202ey", "repost": False},
    ]
    assert hidden(small_study(tmp_path, 2, posts=posts)) == {
        "a": {"invisible": 1, "look_alikes": 2},
        "f": {"bidi": 1},
    }


def test_a_study_without_posts_has_an_empty_table(tmp_path):
    study = small_study(tmp_path, 2)
    assert hidden(study) == {}
    assert study.has("obfuscations")
    assert study.rows("select * from obfuscations").schema.names == schema.OBFUSCATIONS.names


def test_it_is_outdated_by_new_posts(tmp_path):
    study = gn.read(
        pd.DataFrame({"id": ["1"], "account": ["a"], "time": [5], "text": ["vo\u200bte"]}), into=tmp_path / "s"
    )
    assert hidden(study) == {"1": {"invisible": 1}}
    gn.read(pd.DataFrame({"id": ["1"], "account": ["a"], "time": [5], "text": ["vote"]}), into=tmp_path / "s")
    assert not gn.Study.open(tmp_path / "s").has("obfuscations")
