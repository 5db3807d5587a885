"""The report in a real browser: it reads without script, at any width, in the dark, and hostile data does nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import made_study
import pytest

from graphnet._draw import draw
from graphnet._report import report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    study = made_study.build(folder / "study", groups=(15, 12, 9), names=made_study.HOSTILE)
    draw(study, folder / "clusters.html")
    return report(study, folder / "report.html")


def test_hostile_data_does_nothing(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    tab.eval_on_selector_all("details.rest", "all => all.forEach((d) => { d.open = true; })")
    for summary in tab.locator("details:not(.rest) > summary").all():
        summary.click()
    for mark in tab.locator("svg .mark").all()[:20]:
        mark.hover(force=True)
    assert tab.locator("script, iframe, img, link, object, embed, form, base").count() == 0
    watch.assert_harmless()


def test_links_lead_within_the_page_or_to_the_view_beside_it(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    targets = set(tab.eval_on_selector_all("a", "all => all.map((a) => a.getAttribute('href'))"))
    assert "clusters.html" in targets
    for target in targets - {"clusters.html"}:
        assert target.startswith("#")
        assert tab.locator(target).count() == 1
    tab.click("nav .button")
    tab.wait_for_selector("html[data-ready=yes]")
    watch.assert_harmless()


@pytest.mark.parametrize("watch", [{"java_script_enabled": False}], indirect=True)
def test_reads_without_script(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    assert tab.inner_text("h1") == "Accounts that act together in study"  # nothing was tested
    assert tab.is_visible("#C1 svg")
    assert tab.locator("#table tbody tr").count() == 3


@pytest.mark.parametrize(
    "watch",
    [
        {"viewport": {"width": w, "height": 800}, "color_scheme": c}
        for w, c in ((360, "light"), (820, "dark"), (1900, "light"))
    ],
    indirect=True,
)
def test_nothing_scrolls_sideways_but_tables_in_their_boxes(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    width = tab.viewport_size["width"]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    outside = """all => all.filter((e) => !e.closest('.scroll, svg'))
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => e.outerHTML.slice(0, 80))"""
    assert tab.eval_on_selector_all("main *", outside) == []


@pytest.mark.parametrize("watch", [{"color_scheme": s} for s in ("light", "dark")], indirect=True)
def test_text_has_contrast(watch: Any, hostile: Path) -> None:
    """Every text has a contrast of 4.5 to 1 or more with what is behind it (WCAG AA)."""
    tab = watch.open(hostile, ready=False)
    weak = tab.evaluate(
        """() => {
            const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
                .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const behind = (e) => {
                for (; e; e = e.parentElement) {
                    const c = rgb(getComputedStyle(e).backgroundColor);
                    if (c.length < 4 || c[3] > 0) return c;
                }
                return [255, 255, 255];
            };
            const texts = [...document.querySelectorAll("body *:not(svg *)")]
                .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
            return texts.filter((e) => {
                const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
                return (a + 0.05) / (b + 0.05) < 4.5;
            }).map((e) => e.outerHTML.slice(0, 100));
        }"""
    )
    assert weak == []


def test_right_to_left_text_has_its_direction(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    cell = tab.locator("#C2 tbody th", has_text="کاربر_ایران").first
    # names are laid out from the left, so that codes of hidden signs in them are not torn apart; posts by their letters
    assert cell.get_attribute("dir") == "ltr"


def test_page_without_findings_or_communities(watch: Any, tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(), findings=False)
    tab = watch.open(report(study, tmp_path / "report.html"), ready=False)
    assert "No candidate communities" in tab.inner_text("header")
    assert tab.is_visible("#nothing")
    watch.assert_harmless()


SHOWN = "(e) => e.checkVisibility({ contentVisibilityAuto: true })"


def test_long_parts_are_folded_on_the_screen_and_not_on_paper(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    folded = tab.query_selector("details.rest:not([open])")
    summary, inside = (folded.query_selector(f":scope > {which}") for which in ("summary", ":not(summary)"))
    assert not inside.evaluate(SHOWN)
    tab.emulate_media(media="print")
    assert inside.evaluate(SHOWN)
    assert not summary.is_visible()
    tab.emulate_media(media="screen")
    summary.click()
    assert inside.evaluate(SHOWN)


def test_the_table_of_communities_fits_a_screen(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    tab.set_viewport_size({"width": 1280, "height": 900})
    held, shown = tab.eval_on_selector("#table .scroll", "(e) => [e.scrollWidth, e.clientWidth]")
    assert held <= shown


def test_prints_on_paper(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile, ready=False)
    tab.emulate_media(media="print")
    assert not tab.is_visible("nav")
    pdf = tab.pdf(format="A4")
    pages = [int(n) for n in re.findall(rb"/Count (\d+)", pdf)]
    # a summary, three communities on pages of their own, and the method
    assert 5 <= max(pages) <= 20
