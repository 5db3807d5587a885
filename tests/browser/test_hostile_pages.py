"""Every page made from a collection whose every text attacks, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_world
import pytest
from conftest import Watched

import graphnet as gn
from graphnet.study import Study


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("it's <b>hostile")


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Study:
    return hostile_world.made(folder / "study")


def _audits(known: str) -> dict[str, Callable[[], Any]]:
    some = gn.audits
    return {
        "campaigns": some.Campaign,
        "hashtag": lambda: some.Campaign(hashtag="tag"),
        "words": lambda: some.Campaign(text="<img src=x onerror"),
        "cluster": lambda: some.Campaign(cluster=1),
        "creation": lambda: some.Creation(listed=known, draws=19),
        "domains": lambda: some.Domains(controls=19),
        "expand": lambda: some.Expand(known),
        "lists": lambda: some.Lists((known,), controls=19),
        "overlay": lambda: some.Overlay((known,), rounds=19),
        "rhythm": lambda: some.Rhythm(community=1),
    }


def _harmless(watch: Watched, page: Path, *, ready: bool) -> Any:
    tab = watch.open(page, ready=ready)
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    tab.wait_for_timeout(50)
    watch.assert_harmless()
    addresses = tab.evaluate("[...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))")
    assert not [a for a in addresses if a.strip().lower().startswith(("javascript:", "data:text", "http"))]
    return tab


@pytest.mark.parametrize("name", list(_audits("")))
def test_audit_pages_are_harmless(watch: Watched, hostile: Study, folder: Path, name: str) -> None:
    page = folder / f"{name}.html"
    gn.audit(hostile, _audits(str(hostile_world.listed(folder)))[name](), page)
    tab = _harmless(watch, page, ready=False)
    text = tab.evaluate("document.body.innerText")
    assert not {"NaN", "undefined", "[object Object]"} & set(text.split())
    assert "nan %" not in text
    assert not set("\u202e\u2066\u2069\x9b") & set(text)


@pytest.mark.parametrize("kind", ["report", "map"])
def test_report_and_map_are_harmless(watch: Watched, hostile: Study, folder: Path, kind: str) -> None:
    page = folder / f"{kind}.html"
    {"report": gn.report, "map": gn.map}[kind](hostile, page)
    _harmless(watch, page, ready=kind == "map")


@pytest.mark.parametrize("panels", ["one", "community"])
def test_figures_are_harmless(watch: Watched, hostile: Study, folder: Path, panels: str) -> None:
    figure = folder / f"{panels}.svg"
    gn.export(hostile, figure, format=f"svg:panels={panels},names=40")
    watch.open(figure, ready=False)
    watch.assert_harmless()


def test_tables_beside_pages_hold_no_formula(hostile: Study, folder: Path) -> None:
    import csv  # noqa: PLC0415

    page = folder / "tables.html"
    gn.audit(hostile, gn.audits.Overlay((str(hostile_world.listed(folder)),), rounds=19), page)
    gn.audit(hostile, gn.audits.Campaign(text="all of group"), folder / "uses.html")
    tables = [*folder.glob("tables*.csv"), *folder.glob("uses*.csv")]
    assert tables
    for table in tables:
        with table.open(encoding="utf-8-sig", newline="") as file:
            cells = [c for row in csv.reader(file) for c in row]
        assert not [c for c in cells if c[:1] in ("=", "@", "+", "\t", "\r")], table.name
