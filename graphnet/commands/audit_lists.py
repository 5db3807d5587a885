"""``graphnet audit lists``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command
from graphnet.commands._audited import OUT, ask
from graphnet.places import Place

__all__ = ["lists"]


@command(
    "audit lists",
    "graphnet audit lists study/ --list known.csv --list state_media.txt --out lists.html\n"
    "graphnet audit lists study/ --list hashtags=tags.csv::tag",
)
@STUDY
@click.option(
    "--list",
    "given",
    multiple=True,
    required=True,
    metavar="FILE",
    help="Known accounts, domains, hashtags or phrases; repeatable. KIND=FILE says of what, FILE::COLUMN which column.",
)
@click.option("--controls", default=999, show_default=True, help="Matched control groups for each community.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Seed of the control groups.")
@OUT
@as_json
def lists(*, study: Place, given: Sequence[str], controls: int, seed: int, out: Path | None, as_json: bool) -> None:
    """Measure how much more each community has to do with lists that you bring than other accounts do."""
    import graphnet as gn  # noqa: PLC0415

    ask(study, gn.audits.Lists(tuple(given), controls, seed), out, as_json)
