"""``graphnet detect``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from graphnet.commands import STUDY, as_json, command, detecting, make, say
from graphnet.places import Place

__all__ = ["detect"]


@command(
    "detect",
    """graphnet detect study/
    graphnet detect study/ --validated
    graphnet detect study/ --detector leiden:resolution=0.25 --use co_retweet --use same_text""",
)
@STUDY
@detecting
@click.option("--use", "layers", multiple=True, metavar="LAYER", help="Layer to use; repeatable.  [default: see docs]")
@click.option(
    "--validated/--plain",
    "validated",
    default=None,
    help="Only ties beyond chance, or only plain pairs.  [default: the first, then the second for who is left]",
)
@click.option("--min-size", default=5, show_default=True, type=click.IntRange(2), help="Smallest community.")
@click.option("--core", default=2, show_default=True, type=click.IntRange(0), help="Keep accounts with this many ties.")
@click.option("--min-shared", default=0, show_default=True, type=click.IntRange(0), help="Fewest shared things a tie.")
@click.option("--min-layers", default=1, show_default=True, type=click.IntRange(1), help="Fewest layers a tie.")
@click.option("--backbone", type=float, metavar="ALPHA", help="Only plain pairs with a disparity filter p below this.")
@as_json
def detect(
    *,
    study: Place,
    detector: str,
    layers: Sequence[str],
    validated: bool | None,
    min_size: int,
    core: int,
    min_shared: int,
    min_layers: int,
    backbone: float | None,
    as_json: bool,
) -> None:
    """Find tightly tied communities, and measure how tight each is."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    gn.detect(
        opened,
        make("detectors", [detector])[0],
        layers=list(layers) or None,
        validated=validated,
        min_size=min_size,
        core=core,
        min_shared=min_shared,
        min_layers=min_layers,
        backbone=backbone,
    )
    say(opened, ["detect"], as_json)
