"""The page of two networks in a real browser: without script, linked pictures, in the dark, with hostile names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import made_study
import pytest

from graphnet.view.two import Part, page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    study = made_study.build(folder / "study", groups=(20, 15), names=made_study.HOSTILE, findings=False)
    return page(
        Part(study, range(25), "پیش از آن"), Part(study, range(15, 35), made_study.HOSTILE[0]), folder / "t.html"
    )


def test_pointing_at_an_account_marks_it_everywhere(watch: Any, made: Path) -> None:
    tab = watch.open(made)
    hint = tab.text_content("#said")
    mark = tab.locator("figure").first.locator('.mark[data-i="16"]')
    mark.hover()
    assert tab.locator(".mark.on").count() == 3
    assert tab.locator("tbody tr.on").count() == 1
    assert tab.text_content("#said") == mark.locator("title").text_content() != hint
    mark.click()
    tab.mouse.move(2, 2)
    assert tab.locator(".mark.on").count() == 3
    tab.keyboard.press("Escape")
    assert tab.locator(".mark.on").count() == 0
    assert tab.text_content("#said") == hint
    watch.assert_harmless()


@pytest.mark.parametrize("watch", [{"java_script_enabled": False}], indirect=True)
def test_everything_is_there_without_script(watch: Any, made: Path) -> None:
    tab = watch.open(made, ready=False)
    assert tab.locator("figure svg").count() == 3
    assert tab.locator("#accounts tbody tr").count() == 35
    assert tab.locator(".mark title").count() == 25 + 20 + 35


@pytest.mark.parametrize(
    "watch",
    [{"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 800}}],
    indirect=True,
    ids=["dark", "phone"],
)
def test_dark_and_narrow(watch: Any, made: Path) -> None:
    tab = watch.open(made)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    fills = tab.evaluate("[...document.querySelectorAll('.mark')].map(m => getComputedStyle(m).fill)")
    assert len(set(fills)) == 3
    watch.assert_harmless()
