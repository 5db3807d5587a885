"""``graphnet score``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from graphnet.commands import STUDY, as_json, command, make, say
from graphnet.places import Place

__all__ = ["score"]


@command("score", "graphnet score study/\ngraphnet score study/ --signal shared_targets --controls 999")
@STUDY
@click.option("--signal", "signals", multiple=True, metavar="NAME", help="Signal; repeatable.  [default: all]")
@click.option("--controls", default=199, show_default=True, type=click.IntRange(0), help="Control groups each.")
@click.option("--seed", default=7, show_default=True, help="Seed of the control groups.")
@as_json
def score(*, study: Place, signals: Sequence[str], controls: int, seed: int, as_json: bool) -> None:
    """Measure what each community shares, against random groups of members and accounts as active."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    gn.score(opened, *make("signals", signals), controls=controls, seed=seed)
    say(opened, ["score"], as_json)
