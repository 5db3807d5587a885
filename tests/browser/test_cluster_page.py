"""The interactive page in a real browser: it works, by mouse and by keys, and hostile data does nothing."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import made_study
import pytest

from graphnet._draw import draw

pytestmark = pytest.mark.browser

EVIL = re.compile(r"evil\.example")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    draw(made_study.build(folder / "study"), folder / "clusters.html")
    return folder / "clusters.html"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    study = made_study.build(
        folder / "study", groups=(15, 12, 9), names=made_study.HOSTILE, layers=("co_retweet", "<b>x")
    )
    draw(study, folder / "clusters.html")
    return folder / "clusters.html"


def spot(tab: Any, index: int) -> dict[str, float]:
    """Where on the screen the mark of a node is."""
    return tab.evaluate(
        """(id) => {
            const at = graphnetView.network.canvasToDOM(graphnetView.network.getPosition(id));
            const box = document.getElementById("map").getBoundingClientRect();
            return { x: at.x + box.left, y: at.y + box.top };
        }""",
        index,
    )


def click(tab: Any, index: int) -> None:
    at = spot(tab, index)
    tab.mouse.click(at["x"], at["y"])
    # vis-network waits this long for a second click
    tab.wait_for_timeout(350)


def test_opens_without_a_request_and_without_a_complaint(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    assert tab.inner_text("h1") == "3 communities: C1, C2, C3"
    assert tab.evaluate("graphnetView.network.body.nodeIndices.length") == 25
    watch.assert_harmless()


def test_positions_stay_where_they_were_computed(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    nodes = json.loads(tab.text_content("#data-nodes"))
    tab.wait_for_timeout(300)
    now = tab.evaluate("(ids) => ids.map((id) => graphnetView.network.getPosition(id))", [n["id"] for n in nodes])
    # vis-network cuts positions to whole pixels
    assert [{"x": int(n["x"]), "y": int(n["y"])} for n in nodes] == now


def test_click_shows_the_evidence_of_the_account(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    click(tab, 3)
    panel = tab.inner_text("#panel")
    assert panel.startswith("user_3")
    assert str(1 << 60 | 3) in panel
    assert "Half of the posts of user_3 repeat another's." in panel
    assert "user_0 says hxxps://evil[.]example/p" in panel
    assert "Strongest ties (11 of 11)" in panel
    assert "co_retweet + same_text, quickest gap" in panel
    assert tab.inner_text("#status") == "user_3, community C1, 11 ties"
    watch.assert_harmless()


def test_ties_in_the_panel_lead_on(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    click(tab, 3)
    first = tab.locator("#panel .row button").first
    name = first.inner_text()
    first.click()
    assert tab.inner_text("#panel h2") == name
    assert name != "user_3"


def test_strongest_tie_comes_first(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    click(tab, 3)
    shared = [int(t.split()[0]) for t in tab.locator("#panel .row > span").all_inner_texts()]
    assert len(shared) == 11
    assert shared == sorted(shared, reverse=True)


def test_click_beside_clears(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    click(tab, 3)
    box = tab.locator("#map").bounding_box()
    tab.mouse.click(box["x"] + 5, box["y"] + 5)
    tab.wait_for_timeout(350)
    assert tab.inner_text("#panel h2") == "Nothing selected"


def test_legend_selects_a_community(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    tab.click("#communities button >> nth=1")
    panel = tab.inner_text("#panel")
    assert panel.startswith("C2, a candidate community of 8 accounts")
    assert "9 of 10 members retweet user_12." in panel
    assert "of possible ties are there" in panel


@pytest.mark.parametrize("typed", ["USER_17", "@user_17", str(1 << 60 | 17)])
def test_search_finds_by_handle_and_id(watch: Any, plain: Path, typed: str) -> None:
    tab = watch.open(plain)
    tab.keyboard.press("/")
    tab.keyboard.type(typed)
    assert tab.locator("#hits button").count() == 1
    tab.keyboard.press("Enter")
    assert tab.inner_text("#panel h2") == "user_17"
    assert tab.input_value("#q") == ""


def test_search_says_when_nothing_matches_and_how_many_more(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    tab.fill("#q", "nobody")
    assert tab.inner_text("#hits") == "No account of this picture"
    tab.fill("#q", "user")
    assert tab.locator("#hits button").count() == 8
    assert "17 more: type on" in tab.inner_text("#hits")
    tab.keyboard.press("Escape")
    assert not tab.is_visible("#hits")


def test_keys_walk_move_zoom_and_clear(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    tab.focus("#map")
    tab.keyboard.press("n")
    first = tab.inner_text("#panel h2")
    tab.keyboard.press("n")
    second = tab.inner_text("#panel h2")
    assert first != second
    tab.keyboard.press("N")
    assert tab.inner_text("#panel h2") not in ("Nothing selected", second)
    tab.keyboard.press("Escape")
    assert tab.inner_text("#panel h2") == "Nothing selected"
    tab.wait_for_timeout(400)
    before = tab.evaluate("[graphnetView.network.getScale(), graphnetView.network.getViewPosition().x]")
    tab.keyboard.press("+")
    tab.keyboard.press("ArrowRight")
    after = tab.evaluate("[graphnetView.network.getScale(), graphnetView.network.getViewPosition().x]")
    assert after[0] == pytest.approx(before[0] * 1.25)
    assert after[1] > before[1]
    watch.assert_harmless()


def test_everything_can_be_reached_by_tab(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    reached = []
    for _ in range(9):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached[:5] == ["q", "out", "in", "reset", "map"]
    assert "■C2: 8 accounts" in reached


def test_tooltip_is_text(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile)
    tab.evaluate("graphnetView.network.focus(1, {scale: 2})")
    at = spot(tab, 1)
    tab.mouse.move(at["x"] - 3, at["y"])
    tab.mouse.move(at["x"], at["y"])
    tab.wait_for_selector("div.vis-tooltip", state="visible")
    assert "</script><img src=x onerror=window.__ran=1>"[:30] in tab.inner_text("div.vis-tooltip")
    assert tab.locator("div.vis-tooltip img").count() == 0
    watch.assert_harmless()


def test_hostile_names_do_nothing_anywhere(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile)
    for index in range(36):
        tab.evaluate("(id) => graphnetView.select(id, true)", index)
        assert tab.inner_text("#panel h2")
        tab.mouse.move(300 + index, 300)
    for index in range(3):
        tab.click(f"#communities button >> nth={index}")
    tab.fill("#q", "<")
    tab.fill("#q", "__proto__")
    tab.keyboard.press("Enter")
    assert tab.inner_text("#panel h2") == "__proto__"
    assert tab.locator("main a, main iframe, main img, aside script, main style").count() == 0
    watch.assert_harmless()


def test_hostile_names_are_cut_and_shown_as_they_are(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile)
    labels = [n["label"] for n in json.loads(tab.text_content("#data-nodes"))]
    assert max(map(len, labels)) <= 60
    assert all(labels)
    assert any("<U+202E>" in label for label in labels)
    assert "کاربر_ایران" in labels
    assert not any(EVIL.search(label) and "http://" in label for label in labels)


class Tags(HTMLParser):
    """The tags of a page, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1


def test_page_has_no_markup_from_data(hostile: Path, plain: Path) -> None:
    page = hostile.read_text(encoding="utf-8")
    assert Tags(page).seen == Tags(plain.read_text(encoding="utf-8")).seen
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert len(blocks) == 4
    for block in blocks:
        assert not set(block) & set("<>&")
        assert block.isascii()
        json.loads(block)


def test_injected_script_is_blocked_by_the_policy(watch: Any, plain: Path, tmp_path: Path) -> None:
    """Should a hole ever open, the policy still stands: the page with a script smuggled in does not run it."""
    bad = tmp_path / "bad.html"
    smuggled = "<script>window.__ran=1</script><img src='http://evil.example/x.png' onerror='window.__ran=1'>"
    bad.write_text(plain.read_text(encoding="utf-8").replace("<header>", smuggled + "<header>"), encoding="utf-8")
    tab = watch.open(bad)
    assert tab.evaluate("window.__ran") is None
    assert len(tab.evaluate("window.__violations")) >= 2
    assert watch.requests == []


def test_notebook_frame_runs_and_is_shut_in(watch: Any, tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(6,), names=made_study.HOSTILE)
    frame = draw(study)._repr_html_()
    outer = tmp_path / "notebook.html"
    outer.write_text(f"<!doctype html><title>{html.escape('notebook')}</title><body>{frame}", encoding="utf-8")
    tab = watch.open(outer, ready=False)
    inner = tab.frame_locator("iframe")
    inner.locator("html[data-ready=yes]").wait_for(timeout=30_000)
    assert inner.locator("h1").inner_text() == "C1, 6 accounts: candidate community"
    assert tab.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    watch.assert_harmless()


@pytest.mark.parametrize("watch", [{"color_scheme": "dark"}], indirect=True)
def test_dark_page_has_light_labels(watch: Any, plain: Path) -> None:
    tab = watch.open(plain)
    assert tab.evaluate("graphnetView.network.body.data.nodes.get(1).font.color") == "#e8eaee"
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"


@pytest.mark.parametrize("watch", [{"viewport": {"width": 390, "height": 800}}], indirect=True)
def test_narrow_page_does_not_scroll_sideways(watch: Any, hostile: Path) -> None:
    tab = watch.open(hostile)
    tab.evaluate("graphnetView.select(13, false)")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_largest_page_moves(watch: Any, tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(90, 60), layers=("co_retweet",))
    draw(study, tmp_path / "clusters.html")
    tab = watch.open(tmp_path / "clusters.html")
    tab.focus("#map")
    for _ in range(5):
        tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("0")
    assert tab.evaluate("graphnetView.network.body.edgeIndices.length") > 1_000
    watch.assert_harmless()
