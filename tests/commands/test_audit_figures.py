"""``--figures`` of every audit: its plots as files for print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import click
import pytest
from click.testing import CliRunner

from graphnet import registry
from graphnet._audit import audit
from graphnet.audits import Audit, Audited
from graphnet.commands import commands
from graphnet.commands._audited import OUT, ask
from graphnet.plots import Bars
from graphnet.study import Study

NAMES = [f"made_up-{i}.{kind}" for i in (1, 2) for kind in ("pdf", "png", "svg")]


@dataclass(frozen=True)
class MadeUp(Audit):
    """Two plots and no answer."""

    name: ClassVar[str] = "made_up"
    title: ClassVar[str] = "A made-up question"

    def look(self, study: Study | None) -> Audited:
        plot = Bars("Gained", "day", "accounts", "Two bars.", labels=("Mon", "Tue"), heights=(3, 5))
        return Audited(self.name, self.title, {}, [], [plot, plot])


def test_plots_go_into_the_folder_numbered_as_on_the_page(tmp_path: Path) -> None:
    audit(None, MadeUp(), figures=tmp_path / "figures")
    assert sorted(f.name for f in (tmp_path / "figures").iterdir()) == NAMES


def test_without_a_folder_nothing_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    audit(None, MadeUp())
    assert list(tmp_path.iterdir()) == []


def test_the_option_reaches_the_audit(tmp_path: Path) -> None:
    @click.command()
    @OUT
    def made_up(out: Path | None) -> None:
        ask(None, MadeUp(), out, as_json=False)

    folder, page = tmp_path / "figures", tmp_path / "x.html"
    result = CliRunner().invoke(made_up, ["--figures", str(folder), "--out", str(page)], catch_exceptions=False)
    assert result.exit_code == 0
    assert f"wrote: {folder}" in result.output
    assert sorted(f.name for f in folder.iterdir()) == NAMES
    assert page.exists()
    without = CliRunner().invoke(made_up, [], catch_exceptions=False)
    assert "wrote" not in without.output


def test_every_audit_command_takes_it() -> None:
    found = {c.name: c for c in commands() if (c.name or "").startswith("audit ")}
    assert len(found) >= len(registry.find("audits")) - 1  # the campaign has a word of its own
    for name, command in found.items():
        assert "--figures" in {option for p in command.params for option in p.opts}, name
