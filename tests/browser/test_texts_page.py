"""Near-identical texts in a real browser: read from right to left, in the dark, on paper, and without harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import copied
import pytest

from graphnet._report import report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    return report(copied.study(folder / "study"), folder / "report.html")


def opened(watch: Any, page: Path) -> Any:
    tab = watch.open(page, ready=False)
    for i in range(1, 3):
        tab.locator("details.copies > summary").nth(i).click()
    return tab


@pytest.mark.parametrize(
    "watch",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 380, "height": 800}}, {"java_script_enabled": False}],
    indirect=True,
    ids=["light", "dark", "narrow", "no script"],
)
def test_texts_can_be_read_and_do_nothing(watch: Any, page: Path, request: pytest.FixtureRequest) -> None:
    tab = opened(watch, page)
    assert tab.locator("details.copies").count() == 3
    assert tab.locator(".copies .said").count() == 18
    assert tab.locator(".copies .said").first.is_visible()
    assert tab.locator("main img").count() == 0
    if "no script" not in request.node.name:
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        watch.assert_harmless()


def test_each_text_runs_its_own_way(watch: Any, page: Path) -> None:
    tab = opened(watch, page)
    for word, way in (("خیابان", "rtl"), ("הרחובות", "rtl"), ("bridge", "ltr")):
        said = tab.locator(".said", has_text=word).first
        assert said.evaluate("e => getComputedStyle(e).direction") == way
        box, line = said.bounding_box(), said.evaluate("e => { const r = document.createRange();"
            "r.selectNodeContents(e); const b = r.getBoundingClientRect(); return [b.left, b.right]; }")  # fmt: skip
        # short lines stand where reading starts
        gap = (box["x"] + box["width"] - line[1]) if way == "rtl" else (line[0] - box["x"])
        assert abs(gap) < 3


@pytest.mark.parametrize("media", ["screen", "print"])
def test_marks_are_more_than_a_colour(watch: Any, page: Path, media: str) -> None:
    tab = opened(watch, page)
    tab.emulate_media(media=media)
    style = "e => getComputedStyle(e).textDecorationLine"
    assert tab.locator(".said del").first.evaluate(style) == "line-through"
    assert tab.locator(".said ins").first.evaluate(style) == "underline"
    contrast = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    ink, paper = tab.locator(".said ins").first.evaluate(contrast)
    assert ink != paper


def test_a_mark_cuts_no_letter_from_its_accent(watch: Any, page: Path) -> None:
    tab = opened(watch, page)
    for text in tab.locator(".said del, .said ins").all_inner_texts():
        assert text[0] not in "\u0301\u200d\u200c\ufe0f🏽"
