"""``graphnet calibrate``."""

from __future__ import annotations

import click

from graphnet.commands import STUDY, as_json, command, engine, machine, options_, say
from graphnet.places import Place

__all__ = ["calibrate"]


@command("calibrate", "graphnet calibrate study/\ngraphnet calibrate study/ --rounds 5")
@STUDY
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1), help="Shuffles of each sort.")
@click.option("--seed", default=7, show_default=True, help="Seed of the shuffles.")
@options_(machine, as_json)
def calibrate(*, study: Place, rounds: int, seed: int, memory: str, threads: int | None, as_json: bool) -> None:
    """Run the same steps on the study's data with the coordination shuffled out of it."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, engine(memory, threads))
    gn.calibrate(opened, rounds, seed=seed, threads=threads)
    say(opened, ["calibrate"], as_json)
