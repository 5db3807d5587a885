"""The documents hold only what works: their commands exist, their Python runs, their links lead somewhere."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pytest

from graphnet import registry
from graphnet.commands import commands as all_commands

ROOT = Path(__file__).parent.parent
PAGES = sorted(page for place in ("", "docs/", "data/**/", "examples/") for page in ROOT.glob(place + "*.md"))
COMMANDS = {c.name or "": c for c in all_commands()}


def blocks(page: Path, *languages: str) -> list[str]:
    """The fenced code blocks of a page in one of these languages."""
    found = re.findall(r"```(\w*)\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    return [code for name, code in found if name in languages]


def commands(page: Path) -> list[str]:
    """Every ``graphnet …`` line of a page's shell blocks."""
    text = "\n".join(blocks(page, "sh", "bash", "console"))
    lines = [line.strip().removeprefix("$ ") for line in text.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.startswith("graphnet ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_in_documents_parse(page: Path) -> None:
    for line in commands(page):
        name, *rest = shlex.split(line.partition(" #")[0])[1:]
        if name in ("--help", "--version"):
            continue
        if name not in COMMANDS:
            name, *rest = f"{name} {rest[0]}", *rest[1:]
        COMMANDS[name].make_context(name, [r for r in rest if r != "…"], resilient_parsing=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: str(p.relative_to(ROOT)))
def test_python_in_documents_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for code in blocks(page, "python"):
        here = code.replace('"study/"', f'"{tmp_path}/study/"').replace('"report.html"', f'"{tmp_path}/report.html"')
        exec(compile(here, str(page), "exec"), names)


def test_every_command_and_drop_in_is_documented() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in PAGES)
    missing = [c for c in COMMANDS if f"graphnet {c}" not in text]
    for kind in ("readers", "layers", "detectors", "signals", "explanations", "audits", "exports"):
        missing += [name for name in registry.find(kind) if f"`{name}`" not in text]
    assert missing == []


def test_pages_read_off_the_code_are_up_to_date() -> None:
    """Where this fails: python docs/make_pages.py."""
    make = runpy.run_path(str(ROOT / "docs" / "make_pages.py"))
    for name, page in make["PAGES"].items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page(), f"docs/{name} is out of date"


def test_documents_speak_of_the_project_alone() -> None:
    """No path of somebody's machine stands in a document."""
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(?:home|root|Users|work)/\w", page.read_text(encoding="utf-8")), page
