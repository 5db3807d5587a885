"""Two networks as one graph, its page and its figure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import made_study
import numpy as np
import pyarrow as pa
import pytest

import graphnet as gn
from graphnet import registry, schema
from graphnet._two import picture
from graphnet.errors import InputError
from graphnet.study import Study
from graphnet.view import two
from graphnet.view.two_data import BETWEEN, BOTH, FIRST, SECOND, Part, Union, union


def made(folder: Path, ids: list[str], ties: list[tuple[str, str, float]], groups: dict[str, int]) -> Study:
    """A study with these accounts, ties (one layer) and communities."""
    study = Study.create(folder)
    place = {name: i for i, name in enumerate(sorted(ids))}
    with study.step("read", {}) as step:
        rows: list[dict[str, Any]] = [{"account": i, "id": name, "name": f"@{name}"} for name, i in place.items()]
        step.write("accounts", _table(schema.ACCOUNTS, rows))
    with study.step("project", {"layers": ["co_retweet"]}) as step:
        pairs = [
            {"layer": "co_retweet", "source": min(x, y), "target": max(x, y), "shared": 2, "weight": w}
            for a, b, w in ties
            for x, y in [(place[a], place[b])]
        ]
        step.write("pairs", _table(schema.PAIRS, pairs), "co_retweet")
    with study.step("detect", {}) as step:
        members = [{"account": place[a], "community": c, "strength": 1.0} for a, c in groups.items()]
        step.write("members", _table(schema.MEMBERS, members))
    return study


def _table(shape: schema.Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{c: r.get(c) for c in shape.names} for r in rows], schema=shape.arrow)


def part(study: Study, ids: str, name: str) -> Part:
    """Some accounts of a study, by their ids of one letter."""
    return Part(study, [study.account(i) for i in ids], name)


@pytest.fixture
def both(tmp_path: Path) -> Union:
    """a b c d, and c d e f of another study with other numbers; the tie c-d is in both."""
    groups = dict.fromkeys("abcd", 1)
    one = made(tmp_path / "one", list("abcd"), [("a", "b", 1), ("b", "c", 2), ("c", "d", 3)], groups)
    ties = [("c", "d", 5.0), ("d", "e", 1.0), ("e", "f", 1.0), ("0", "c", 9.0)]
    other = made(tmp_path / "two", list("0cdef"), ties, dict.fromkeys("cdef", 1))
    return union(part(one, "abcd", "may"), part(other, "cdef", "june"))


def kinds(found: Union) -> dict[str, int]:
    ties = zip(found.ends.tolist(), found.tie.tolist(), strict=True)
    return {found.ids[a] + found.ids[b]: kind for (a, b), kind in ties}


def test_accounts_and_ties_are_joined_by_id(both: Union) -> None:
    assert dict(zip(both.ids, both.side.tolist(), strict=True)) == {
        "a": FIRST, "b": FIRST, "c": BOTH, "d": BOTH, "e": SECOND, "f": SECOND,
    }  # fmt: skip
    assert kinds(both) == {"ab": FIRST, "bc": FIRST, "cd": BOTH, "de": SECOND, "ef": SECOND}
    assert both.weight[list(kinds(both)).index("cd")].tolist() == [3, 5]
    assert both.counts() == {
        "accounts_only_first": 2, "accounts_only_second": 2, "accounts_both": 2,
        "ties_only_first": 2, "ties_only_second": 2, "ties_both": 1, "ties_between": 0,
    }  # fmt: skip
    assert not both.grouped


def test_each_network_by_itself(both: Union) -> None:
    one, other = both.part(FIRST), both.part(SECOND)
    assert (len(one.accounts), len(one.ends), len(other.accounts), len(other.ends)) == (4, 3, 4, 3)
    assert other.weight.tolist() == [5, 1, 1]


def test_between_two_parts_of_one_study_ties_are_kept_apart(tmp_path: Path) -> None:
    ties = [("a", "b", 1.0), ("b", "c", 4.0), ("c", "d", 1.0)]
    study = made(tmp_path / "s", list("abcd"), ties, {"a": 1, "b": 1, "c": 2, "d": 2})
    found = union(part(study, "ab", "C1"), part(Study.open(study.path), "cd", "C2"))
    assert kinds(found) == {"ab": FIRST, "bc": BETWEEN, "cd": SECOND}
    overlapping = union(part(study, "abc", "x"), part(study, "bcd", "x"))
    assert kinds(overlapping) == {"ab": FIRST, "bc": BOTH, "cd": SECOND}
    assert overlapping.names == ("x (1)", "x (2)")


def test_sides_exchanged_give_the_same_picture_with_sides_exchanged(tmp_path: Path) -> None:
    one = made(tmp_path / "one", list("abc"), [("a", "b", 1), ("b", "c", 2)], dict.fromkeys("abc", 1))
    other = made(tmp_path / "two", list("bcd"), [("b", "c", 2), ("c", "d", 1)], dict.fromkeys("bcd", 3))
    there = union(part(one, "abc", "one"), part(other, "bcd", "two"))
    back = union(part(other, "bcd", "two"), part(one, "abc", "one"))
    assert there.ids == back.ids
    assert np.array_equal(there.at, back.at)
    exchanged = {FIRST: SECOND, SECOND: FIRST, BOTH: BOTH}
    assert [exchanged[s] for s in there.side.tolist()] == back.side.tolist()
    assert np.array_equal(there.weight, back.weight[:, ::-1])


def test_matched_communities_are_laid_out_together(tmp_path: Path) -> None:
    ids = "abcdefgh"
    ties = [(a, b, 1.0) for group in ("abcd", "efgh") for a in group for b in group if a < b]
    one = made(tmp_path / "one", list(ids), ties, {a: 1 + (a > "d") for a in ids})
    other = made(tmp_path / "two", list(ids), ties, {a: 2 - (a > "d") for a in ids})
    found = union(part(one, ids, "one"), part(other, ids, "two"))
    assert found.grouped
    assert found.community[:1] == ["C1 / C2"]
    near, far = (np.linalg.norm(found.at[:4].mean(0) - found.at[at].mean(0)) for at in (slice(0, 4), slice(4, 8)))
    assert near == 0
    assert far > np.linalg.norm(found.at[:4] - found.at[:4].mean(0), axis=1).max()


def test_page_shows_the_same_places_in_each_picture(both: Union) -> None:
    text = two.render(both)
    paths = re.findall(r'<path class="mark (\w+)" data-i="(\d)" d="([^"]+)"', text)
    assert len(paths) == 4 + 4 + 6
    assert len({(i, d) for _, i, d in paths}) == 6
    assert {k for k, i, _ in paths if i == "2"} == {"ab"}
    assert text.count("</svg>") >= 3
    assert "3 ties" in text
    boxes = set(re.findall(r'<svg viewBox="([^"]+)" role="img"', text))
    assert len(boxes) == 1


def test_page_is_the_same_each_time_and_hostile_names_stay_text(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "s", groups=(30, 20), names=made_study.HOSTILE, findings=False)
    sides = Part(study, list(range(40)), made_study.HOSTILE[0]), Part(study, list(range(25, 50)), "دو")
    first, second = (two.page(*sides, tmp_path / f"{i}.html").read_text(encoding="utf-8") for i in range(2))
    assert first == second
    assert first.count("<script") == 1
    assert "window.__ran" in first  # as text
    assert not re.search(r"<(?:img|iframe|svg onload)", first)
    assert "evil.example" not in first.replace("evil[.]example", "")


def test_large_networks_are_cut_and_say_so(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "s", groups=(900, 900), findings=False, layers=("co_retweet",))
    text = two.render(union(Part(study, range(1000), "a"), Part(study, range(800, 1800), "b")))
    assert re.search(r"Shown are 1,(?:500|499|498) of 1,800 accounts", text)
    assert "ties: the strongest ones" in text
    assert len(text) < 4_000_000


def test_refusals(tmp_path: Path) -> None:
    study = made(tmp_path / "s", ["a"], [], {"a": 1})
    with pytest.raises(InputError, match="'empty' has no accounts"):
        union(part(study, "a", "x"), Part(study, [], "empty"))
    sides = part(study, "a", "x"), part(study, "a", "y")
    for name, words in (("x.txt", "end it in .html"), ("none/x.html", "folder that exists")):
        with pytest.raises(InputError, match=words):
            two.page(*sides, tmp_path / name)
    with pytest.raises(InputError, match="end its name in"):
        picture(*sides, tmp_path / "x.html")
    with pytest.raises(InputError, match="folder that exists"):
        picture(*sides, tmp_path / "none" / "x.svg")


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
@pytest.mark.parametrize("columns", [1, 2])
def test_figure(tmp_path: Path, kind: str, columns: int) -> None:
    study = made_study.build(tmp_path / "s", groups=(8, 6), names=["نام فارسی", "plain"], findings=False)
    sides = Part(study, list(range(8)), "پیش"), Part(study, list(range(8, 14)), "a+b")
    once, again = (picture(*sides, tmp_path / f"{i}.{kind}", columns).read_bytes() for i in range(2))
    assert once == again
    assert len(once) > 5_000


def test_one_network_has_no_sides(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "s", groups=(8, 6), findings=False)
    with pytest.raises(InputError, match="shows two networks, and this is one"):
        gn.export(study, tmp_path / "x.svg", format="svg:panels=side")


def test_panels_of_a_figure_share_their_frame(both: Union, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphnet.exports import _figure  # noqa: PLC0415

    drawn: list[tuple[str, Any, int, int]] = []
    draw = _figure._Map.draw

    def watched(self: Any, axes: Any, panel: Any, *size: float) -> None:
        draw(self, axes, panel, *size)
        where = (*axes.get_xlim(), *axes.get_ylim())
        drawn.append((panel.title, where, int(panel.nodes.sum()), int(panel.edges.sum())))

    monkeypatch.setattr(_figure._Map, "draw", watched)
    _figure._Map(both.to_graph(), registry.make("exports", "svg:panels=side")).sheet()
    assert [(d[0], *d[2:]) for d in drawn] == [("3 ties in may", 4, 3), ("3 ties in june", 4, 3)]
    assert drawn[0][1] == drawn[1][1]
