"""Still pictures: inside their box, readable labels, a size that does not grow with the data."""

from __future__ import annotations

import re
from typing import Any

import made_study
import pytest

from graphnet.view.figure import MOST_ACCOUNTS, MOST_EDGES, disc_map, group, mark_path
from graphnet.view.scene import SHAPES, part, scene


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return scene(made_study.build(tmp_path_factory.mktemp("figure") / "study", groups=(400, 30, 12, 6)))


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", path)]


def assert_labels_apart(picture: dict[str, Any]) -> None:
    boxes = [(t["x"], t["y"], 0.32 * t["size"] * len(t["text"]), t["size"]) for t in picture["labels"]]
    for i, (x, y, half, size) in enumerate(boxes):
        assert all(abs(x - ox) >= half + oh or abs(y - oy) >= size for ox, oy, oh, _ in boxes[:i])


@pytest.mark.parametrize("shape", [name for name, _ in SHAPES])
def test_marks_surround_their_point(shape: str) -> None:
    path = mark_path(shape, 100, 200, 10)
    assert path.startswith("M")
    assert path.endswith("Z")
    assert len(set(path)) > 5


def test_each_shape_is_its_own() -> None:
    assert len({mark_path(name, 0, 0, 5) for name, _ in SHAPES}) == len(SHAPES)


def test_map_has_every_disc_dot_and_link(whole: dict[str, Any]) -> None:
    picture = disc_map(whole)
    assert [d["name"] for d in picture["discs"]] == ["C1", "C2", "C3", "C4"]
    assert len(picture["marks"]) == len(whole["nodes"])
    # neighbouring groups are tied: 1-2, 2-3, 3-4
    assert len(picture["lines"]) == 3


def test_map_fits_its_box(whole: dict[str, Any]) -> None:
    box = disc_map(whole)["box"]
    for disc in whole["communities"]:
        assert box["x"] <= disc["x"] - disc["radius"]
        assert disc["x"] + disc["radius"] <= box["x"] + box["width"]
        assert box["y"] <= disc["y"] - disc["radius"]
        assert disc["y"] + disc["radius"] <= box["y"] + box["height"]


def test_group_is_cut_and_says_so(whole: dict[str, Any]) -> None:
    picture = group(part(whole, 1))
    assert len(picture["marks"]) == MOST_ACCOUNTS
    assert sum(line["path"].count("M") for line in picture["lines"]) == MOST_EDGES
    assert len(picture["captions"]) == 2
    assert picture["captions"][0] == "Shown are 300 of 400 accounts: the strongest ones."


def test_small_group_is_whole(whole: dict[str, Any]) -> None:
    picture = group(part(whole, 4))
    assert len(picture["marks"]) == 6
    assert picture["captions"] == []


@pytest.mark.parametrize("community", [1, 2, 3, 4])
def test_labels_do_not_cover_one_another_and_stay_inside(whole: dict[str, Any], community: int) -> None:
    picture = group(part(whole, community))
    assert picture["labels"]
    assert_labels_apart(picture)
    box = picture["box"]
    for label in picture["labels"]:
        assert box["x"] <= label["x"] <= box["x"] + box["width"]
        assert box["y"] <= label["y"] <= box["y"] + box["height"]


def test_ties_of_one_look_are_one_path(whole: dict[str, Any]) -> None:
    lines = group(part(whole, 2))["lines"]
    looks = [(line["colour"], line["dash"], line["width"]) for line in lines]
    assert len(set(looks)) == len(looks)
    assert all(numbers(line["path"]) for line in lines)


def test_empty_scene_is_an_empty_picture(whole: dict[str, Any]) -> None:
    empty = whole | {"nodes": [], "edges": [], "communities": []}
    assert disc_map(empty)["discs"] == []
    assert group(empty)["marks"] == []
