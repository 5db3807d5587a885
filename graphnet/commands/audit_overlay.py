"""``graphnet audit overlay``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command
from graphnet.commands._audited import OUT, ask
from graphnet.places import Place

__all__ = ["overlay"]


@command(
    "audit overlay",
    "graphnet audit overlay study/ --list takedown.csv --out overlay.html\n"
    "graphnet audit overlay study/ --list 2018.csv --list 2019.csv::userid --later study_in_june/",
)
@STUDY
@click.option(
    "--list", "lists", multiple=True, required=True, metavar="FILE[::COLUMN]", help="A list of accounts; repeatable."
)
@click.option("--later", default="", metavar="STUDY", help="Study of a later snapshot: what became of the accounts.")
@click.option("--rounds", default=999, show_default=True, type=click.IntRange(1), help="Random exchanges per distance.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Seed of the exchanges.")
@OUT
@as_json
def overlay(
    *, study: Place, lists: Sequence[str], later: str, rounds: int, seed: int, out: Path | None, as_json: bool
) -> None:
    """Mark known accounts (ids, hashed ids, handles), and hold lists against communities and one another."""
    import graphnet as gn  # noqa: PLC0415

    ask(study, gn.audits.Overlay(tuple(lists), later, rounds, seed), out, as_json)
