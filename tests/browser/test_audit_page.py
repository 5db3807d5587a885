"""The page of an audit in a real browser: without script, at any width, in the dark, right to left, on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import made_audit
import pytest

from graphnet.view import audit_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audit_page.write(made_audit.plain(), tmp_path_factory.mktemp("plain") / "audit.html")[0]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audit_page.write(made_audit.hostile(), tmp_path_factory.mktemp("hostile") / "audit.html")[0]


@pytest.fixture
def shown(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


both = pytest.mark.parametrize("shown", ["plain", "hostile"], indirect=True)


@both
def test_nothing_runs_and_nothing_leaves(watch: Any, shown: Path) -> None:
    tab = watch.open(shown, ready=False)
    for summary in tab.locator("summary").all():
        summary.click()
    for bar in tab.locator("svg rect").all()[:30]:
        bar.hover(force=True)
    assert tab.locator("script, iframe, img, link, object, embed, form, base").count() == 0
    watch.assert_harmless()


@pytest.mark.parametrize("watch", [{"java_script_enabled": False}], indirect=True)
def test_it_reads_without_script(watch: Any, plain: Path) -> None:
    tab = watch.open(plain, ready=False)
    assert tab.inner_text("h1") == "How did the followers come?"
    assert tab.locator("svg.plot").count() == 7
    tab.click("summary")
    assert tab.is_visible("details[open] td")


def test_every_plot_is_named_and_told_to_a_screen_reader(watch: Any, plain: Path) -> None:
    tab = watch.open(plain, ready=False)
    assert tab.get_by_role("img", name="Followers gained a day").count() == 1
    assert tab.get_by_role("img").count() == 7
    assert tab.get_by_role("region", name="Answers").count() == 1


def test_an_injected_script_is_blocked(watch: Any, plain: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    smuggled = "<script>window.__ran=1</script><p style='color:red' onclick='window.__ran=1'>x</p>"
    bad.write_text(plain.read_text(encoding="utf-8").replace("<header>", smuggled + "<header>"), encoding="utf-8")
    tab = watch.open(bad, ready=False)
    assert tab.evaluate("window.__ran") is None
    assert len(tab.evaluate("window.__violations")) >= 2


@both
@pytest.mark.parametrize(
    "watch",
    [
        {"viewport": {"width": w, "height": 800}, "color_scheme": c}
        for w, c in ((360, "light"), (820, "dark"), (1900, "light"))
    ],
    indirect=True,
)
def test_nothing_scrolls_sideways_but_plots_and_tables_in_their_boxes(watch: Any, shown: Path) -> None:
    tab = watch.open(shown, ready=False)
    assert tab.evaluate("document.documentElement.scrollWidth") <= tab.viewport_size["width"]
    outside = """all => all.filter((e) => !e.closest('.scroll, .plot-box'))
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => e.outerHTML.slice(0, 80))"""
    assert tab.eval_on_selector_all("main *", outside) == []


@pytest.mark.parametrize("watch", [{"color_scheme": s} for s in ("light", "dark")], indirect=True)
def test_letters_of_plots_have_contrast(watch: Any, plain: Path) -> None:
    """Names, ticks and the figures in the cells of a table of shades: 4.5 to 1 with what is behind them (WCAG AA)."""
    tab = watch.open(plain, ready=False)
    weak = tab.evaluate(
        """() => {
            const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
                .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const contrast = (a, b) => {
                const [x, y] = [light(rgb(a)), light(rgb(b))].sort((p, q) => q - p);
                return (x + 0.05) / (y + 0.05);
            };
            const paper = getComputedStyle(document.body).backgroundColor;
            return [...document.querySelectorAll("svg.plot text")].filter((t) => {
                const cell = t.classList.contains("p-in") ? t.previousElementSibling : null;
                return contrast(getComputedStyle(t).fill, cell ? getComputedStyle(cell).fill : paper) < 4.5;
            }).map((t) => t.outerHTML);
        }"""
    )
    assert weak == []


@pytest.mark.parametrize("watch", [{"color_scheme": s} for s in ("light", "dark")], indirect=True)
def test_colours_come_from_the_style_sheet(watch: Any, plain: Path) -> None:
    """A style that the policy blocked would leave everything black."""
    tab = watch.open(plain, ready=False)
    fill = tab.locator(".p-bar").first.evaluate("(e) => getComputedStyle(e).fill")
    assert fill not in ("rgb(0, 0, 0)", "none")
    assert tab.locator(".p-h6").first.evaluate("(e) => getComputedStyle(e).fill") != fill


def test_a_page_read_from_the_right_keeps_its_plots(watch: Any, plain: Path) -> None:
    tab = watch.open(plain, ready=False)
    label = tab.locator("svg.plot").nth(1).locator("text", has_text="created in the year")
    before = label.evaluate("(e) => e.getBBox().x")
    tab.evaluate("document.documentElement.dir = 'rtl'")
    assert label.evaluate("(e) => e.getBBox().x") == pytest.approx(before)
    assert tab.evaluate("document.documentElement.scrollWidth") <= tab.viewport_size["width"]


def test_it_prints_whole(watch: Any, plain: Path) -> None:
    tab = watch.open(plain, ready=False)
    tab.emulate_media(media="print")
    assert not tab.is_visible("nav")
    assert tab.locator(".plot-box").first.evaluate("(e) => getComputedStyle(e).overflowX") == "visible"
    assert tab.locator(".p-bar").first.evaluate("(e) => getComputedStyle(e).printColorAdjust") == "exact"
