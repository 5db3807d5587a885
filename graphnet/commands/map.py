"""``graphnet map``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command, wrote
from graphnet.places import Place

__all__ = ["map_"]


@command(
    "map",
    """graphnet map study/ --out map.html
    graphnet map study/ --use co_retweet --out retweets.html""",
)
@STUDY
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Page to write.")
@click.option(
    "--use", "layers", multiple=True, metavar="LAYER", help="Layer to show; repeatable.  [default: those used]"
)
@click.option("--seed", default=7, show_default=True, help="Seed of the positions.")
@click.option(
    "--pseudonyms",
    type=click.Path(path_type=Path),
    metavar="KEY",
    help="Name nobody: pseudonyms under the key in this file (see graphnet pseudonymise).",
)
@as_json
def map_(*, study: Place, out: Path, layers: Sequence[str], seed: int, pseudonyms: Path | None, as_json: bool) -> None:
    """Write an interactive map of all communities, up to 100,000 accounts; it needs no network."""
    import graphnet as gn  # noqa: PLC0415

    gn.map(gn.Study.open(study), out, list(layers) or None, seed, pseudonyms=pseudonyms)
    wrote([out], as_json)
