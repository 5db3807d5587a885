"""A Chromium that notices every script, request, message and policy violation on a page."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

# the studies made by hand are shared with the tests of the views
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "view"))

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = """{
window.__violations = [];
const note = (e) => window.__violations.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample);
document.addEventListener("securitypolicyviolation", note);
}"""


@dataclass
class Watched:
    """A page in a tab of its own, and what happened on it."""

    tab: Any
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, path: Path, ready: bool = True) -> Any:
        self.tab.goto(path.resolve().as_uri())
        if ready:
            self.tab.wait_for_selector("html[data-ready=yes]", timeout=30_000)
        return self.tab

    def assert_harmless(self) -> None:
        """Nothing from data ran, nothing left the machine, and nothing of our own was stopped."""
        assert self.tab.evaluate("window.__ran") is None
        assert self.tab.evaluate("window.__violations") == []
        assert self.dialogs == []
        assert self.requests == []
        assert self.messages == []


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("no Chromium on this machine: install chromium or name one in CHROMIUM")
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    executable = _chromium()
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A new tab; `indirect` parameters are those of a browser context (colour scheme, size, script off)."""
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 860}, **getattr(request, "param", {})})
    watched = Watched(context.new_page())
    tab = watched.tab

    def on_route(route: Any) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            watched.requests.append(route.request.url[:200])
            route.abort()

    def on_dialog(dialog: Any) -> None:
        watched.dialogs.append(dialog.message)
        dialog.dismiss()

    context.route("**/*", on_route)
    tab.add_init_script(WATCH)
    tab.on("dialog", on_dialog)
    tab.on("console", lambda message: watched.messages.append(message.text))
    tab.on("pageerror", lambda error: watched.messages.append(str(error)))
    tab.on("popup", lambda popup: watched.messages.append(f"popup {popup.url}"))
    yield watched
    context.close()
