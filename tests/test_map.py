"""``map``: the page's data read back, the posts behind its ties, its links, its command."""

from __future__ import annotations

import base64
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from graphnet import _evidence, _matched, schema
from graphnet._draw import draw
from graphnet._explain import _layers
from graphnet._map import map as map_
from graphnet._pseudonymise import new_key
from graphnet._report import report
from graphnet.cli import cli
from graphnet.errors import InputError, MissingTable
from graphnet.layers import Direct
from graphnet.study import Study
from graphnet.view import map_evidence

sys.path.insert(0, str(Path(__file__).parent / "view"))
import made_study
from small_study import small_study, table

TYPES = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "i4": "<i4", "f4": "<f4"}


def block(page: str) -> dict[str, Any]:
    """The data block of a page, columns and evidence unpacked."""
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    data["evidence"] = json.loads(zlib.decompress(base64.b64decode(data["evidence"])))
    for name, column in data["columns"].items():
        raw = zlib.decompress(base64.b64decode(column["data"]))
        text = column["type"] == "text"
        data["columns"][name] = (
            raw.decode().split("\n")[:-1] if text else np.frombuffer(raw, TYPES[column["type"]]).tolist()
        )
    return dict(data)


def drawn(study: Study, tmp_path: Path, **how: Any) -> dict[str, Any]:
    return block(map_(study, tmp_path / "map.html", **how).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return made_study.build(tmp_path_factory.mktemp("map") / "study")


def test_all_accounts_and_ties_are_there(study: Study, tmp_path: Path) -> None:
    data = drawn(study, tmp_path)
    columns = data["columns"]
    assert columns["labels"][:2] == ["user_0", "user_1"]
    assert columns["ids"][3] == str(1 << 60 | 3)
    assert columns["community"] == [0] * 12 + [1] * 8 + [2] * 5
    pairs = study.rows("select source, target, sum(shared) as s from pairs group by source, target order by 1, 2")
    assert np.cumsum(columns["step"]).tolist() == pairs["source"].to_pylist()
    assert columns["target"] == pairs["target"].to_pylist()
    assert columns["shared"] == [int(s) for s in pairs["s"].to_pylist()]
    assert [layer["name"] for layer in data["layers"]] == ["co_retweet", "same_text"]
    assert sorted(map(tuple, data["sets"])) == [(0,), (0, 1), (1,)]


def test_findings_texts_and_cards_are_there(study: Study, tmp_path: Path) -> None:
    evidence = drawn(study, tmp_path)["evidence"]
    group = evidence["communities"][1]
    assert group["findings"][0]["figure"] == "62 %"
    assert group["findings"][0]["table"]["rows"][0][0] == "user_12"
    assert evidence["accounts"]["of"] == list(range(25))
    assert "Half of the posts of user_3 repeat another's." in json.dumps(evidence["accounts"]["panels"][3])


def test_the_same_study_gives_the_same_page(study: Study, tmp_path: Path) -> None:
    one, two = (map_(study, tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert one == two
    assert map_(study, tmp_path / "c.html", seed=8).read_bytes() != one


def test_only_the_layers_asked_for(study: Study, tmp_path: Path) -> None:
    data = drawn(study, tmp_path, layers=["same_text"])
    assert [layer["name"] for layer in data["layers"]] == ["same_text"]
    with pytest.raises(InputError, match="no pairs of layer 'co_link'"):
        map_(study, tmp_path / "x.html", layers=["co_link"])


def test_refuses_what_cannot_be_mapped(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no communities to map"):
        map_(made_study.build(tmp_path / "none", groups=()), tmp_path / "map.html")
    with pytest.raises(MissingTable, match="graphnet project"):
        map_(Study.create(tmp_path / "empty"), tmp_path / "map.html")
    assert not (tmp_path / "map.html").exists()


def test_pages_link_to_each_other(study: Study, tmp_path: Path) -> None:
    map_(study, tmp_path / "map.html", report="my report: final.html")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert 'href="./my%20report%3A%20final.html"' in page
    assert "clusters.html" not in page
    assert 'href="map.html"' in report(study, tmp_path / "report.html").read_text(encoding="utf-8")
    draw(study, tmp_path / "clusters.html")
    again = map_(study, tmp_path / "map.html").read_text(encoding="utf-8")
    assert 'href="./report.html"' in again
    assert 'href="./clusters.html"' in again


def test_with_pseudonyms_nobody_is_named(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", findings=False)
    path = map_(study, tmp_path / "map.html", pseudonyms=new_key(tmp_path / "key"))
    data = block(path.read_text(encoding="utf-8"))
    assert "user_" not in json.dumps(data)
    assert str(1 << 60 | 3) not in json.dumps(data)
    assert len(set(data["columns"]["labels"])) == 25


def test_command(study: Study, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["map", str(study.path), "--out", str(tmp_path / "m.html"), "--use", "co_retweet"])
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "m.html") in done.output.replace("\n", "")


def test_levels_decide_who_is_coloured(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study")
    levels = [{"community": c, "level": level, "reason": "because"} for c, level in ((1, "L0"), (2, "L1"), (3, "L2"))]
    with study.step("confirm", {}) as step:
        step.write("levels", table("levels", levels))
    groups = drawn(study, tmp_path)["communities"]
    assert [(g["tone"], g["level"]) for g in groups] == [("calm", "L0"), ("soft", "L1"), ("full", "L2")]
    assert groups[2]["words"] == "suspected coordination"
    assert groups[2]["colour"] == "#0072b2"


def test_suspected_communities_come_first_where_there_is_room_for_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_evidence, "MOST_COMMUNITIES", 1)
    study = made_study.build(tmp_path / "study")
    levels = [{"community": c, "level": level, "reason": "because"} for c, level in ((1, "L0"), (2, "L0"), (3, "L2"))]
    with study.step("confirm", {}) as step:
        step.write("levels", table("levels", levels))
    shown = drawn(study, tmp_path)["evidence"]["communities"]
    assert [c["carried"] for c in shown] == [False, False, True]
    assert [bool(c["findings"]) for c in shown] == [False, False, True]
    assert all(c["level"].startswith("Because.") for c in shown)


# The posts behind many ties ------------------------------------------------------------------------------------------

T = made_study.START


@pytest.fixture
def posted(tmp_path: Path) -> Study:
    """Four accounts that retweet, link and mention; post 0 is the first one."""
    rows = [(a, "retweet", o, None, T + 100 * o + 7 * a * (o + 1)) for a in range(4) for o in range(5) if (a + o) % 4]
    rows += [(a, "link", 9, None, T + 9_000 + a) for a in range(3)]
    rows += [(0, "mention", None, 1, T + 50), (0, "mention", None, 1, None)]
    actions = [
        {"account": a, "kind": k, "object": o, "target": t, "time": when, "post": i, "weight": 1.0}
        for i, (a, k, o, t, when) in enumerate(rows)
    ]
    posts = [
        {"post": i, "id": f"p{i}", "account": x["account"], "time": x["time"], "text": f"words {i}"}
        for i, x in enumerate(actions)
    ]
    objects = [{"object": o, "kind": "post" if o < 9 else "link", "id": f"o{o}"} for o in (0, 1, 2, 3, 4, 9)]
    return small_study(
        tmp_path / "posted",
        4,
        actions=actions,
        posts=posts,
        objects=objects,
        groups={1: range(4)},
        layers=["co_retweet:window=60,min_shared=1", "co_link:window=none,min_shared=1", "mention"],
    )


def test_many_pairs_at_once_have_the_matches_of_each(posted: Study) -> None:
    """Against the way that asks for one pair at a time."""
    pairs = [_matched.Pair(a, b, ["co_retweet", "co_link", "mention"]) for a in range(4) for b in range(a + 1, 4)]
    found = _matched.matched(posted, pairs, most=100)
    compared = 0
    for pair, matches in zip(pairs, found, strict=True):
        for layer in _layers(posted, None):
            one = _evidence.evidence(posted, layer, pair.source, pair.target).to_pylist()
            many = [m for m in matches if m.layer == layer.name]
            assert [(r["object_id"], r["object_kind"], r["gap"]) for r in one] == [
                (m.thing, m.kind, m.gap) for m in many
            ]
            for row, match in zip(one, many, strict=True):
                sides = {(pair.source, row["time_a"], row["post_a"])}
                sides |= set() if isinstance(layer, Direct) else {(pair.target, row["time_b"], row["post_b"])}
                assert {act[:3] for act in match.acts} == sides
                compared += 1
    assert compared > 10


def test_matches_quote_the_posts_the_earlier_first(posted: Study) -> None:
    [[match, *_]] = _matched.matched(posted, [_matched.Pair(0, 1, ["co_link"])])
    assert [act[0] for act in match.acts] == [0, 1]
    assert match.gap == 1
    assert all(act[3].startswith("words ") for act in match.acts if act[3] is not None)
    assert match.acts[0][3] is not None


def test_no_more_matches_than_asked_for(posted: Study) -> None:
    pairs = [_matched.Pair(1, 2, ["co_retweet"])]
    assert [len(m) for m in _matched.matched(posted, pairs, most=1)] == [1]
    assert _matched.matched(posted, [_matched.Pair(1, 2, ["gone"])]) == [[]]
    assert _matched.matched(posted, []) == []


def test_the_map_carries_them(posted: Study, tmp_path: Path) -> None:
    pairs = [
        {"layer": "co_link", "source": a, "target": b, "shared": 1, "quickest": b - a, "weight": 1.0}
        for a, b in ((0, 1), (0, 2), (1, 2))
    ]
    with posted.step("project", {"layers": ["co_link:window=none,min_shared=1"]}) as step:
        step.write("pairs", table("pairs", pairs), "co_link")
    with posted.step("detect", {"layers": ["co_link"]}) as step:
        members = [{"account": a, "community": 1, "strength": 1.0} for a in range(4)]
        step.write("members", table("members", members))
        step.write("communities", schema.COMMUNITIES.empty())
    data = drawn(posted, tmp_path)
    assert data["evidence"]["pairs"]["of"] == [0, 1, 2]
    [match] = data["evidence"]["pairs"]["matches"][1]
    assert (match["layer"], match["what"], match["gap"]) == ("co_link", "link o9", 2)
    assert [post["who"] for post in match["posts"]] == [0, 2]
    assert match["posts"][0]["time"].endswith("UTC")
    assert data["slots"]["count"] > 1
    acted = np.array(data["columns"]["early"]) | np.array(data["columns"]["late"])
    assert (acted > 0).all()
