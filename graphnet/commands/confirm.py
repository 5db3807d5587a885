"""``graphnet confirm``."""

from __future__ import annotations

import click

from graphnet.commands import STUDY, as_json, command, engine, machine, options_, say
from graphnet.places import Place

__all__ = ["confirm"]


@command("confirm", "graphnet confirm study/\ngraphnet confirm study/ --fdr 0.01 --controls 9999")
@STUDY
@click.option("--fdr", default=0.05, show_default=True, help="Share of false ones accepted among those confirmed.")
@click.option("--controls", default=1999, show_default=True, type=click.IntRange(499), help="Control groups each.")
@click.option("--seed", default=7, show_default=True, help="Seed of the control groups.")
@options_(machine, as_json)
def confirm(
    *, study: Place, fdr: float, controls: int, seed: int, memory: str, threads: int | None, as_json: bool
) -> None:
    """Look for each community on half of the days, test it on the others, and give it its level of evidence."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, engine(memory, threads))
    gn.confirm(opened, fdr=fdr, controls=controls, seed=seed, threads=threads)
    say(opened, ["confirm"], as_json)
