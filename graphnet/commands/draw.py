"""``graphnet draw``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command, wrote
from graphnet.errors import InputError
from graphnet.places import Place

__all__ = ["draw"]


@command(
    "draw",
    """graphnet draw study/ --out clusters.html
    graphnet draw study/ --community 2 --community 5 --out two.html""",
)
@STUDY
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Page to write.")
@click.option(
    "--community", "communities", multiple=True, type=click.IntRange(1), help="Community to show; repeatable."
)
@click.option("--top", default=3, show_default=True, type=click.IntRange(1), help="Without --community: the largest.")
@click.option(
    "--use", "layers", multiple=True, metavar="LAYER", help="Layer to show; repeatable.  [default: those used]"
)
@click.option(
    "--pyvis/--map",
    "pyvis",
    default=True,
    show_default=True,
    help="A pyvis page of chosen communities, or the map of all (graphnet map).",
)
@as_json
def draw(
    *,
    study: Place,
    out: Path,
    communities: Sequence[int],
    top: int,
    layers: Sequence[str],
    pyvis: bool,
    as_json: bool,
) -> None:
    """Write an interactive page of chosen communities; it needs no network."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    if not pyvis and communities:
        raise InputError("the map shows all communities: leave --community out, or leave --map out")
    if pyvis:
        gn.draw(opened, out, communities=list(communities) or None, top=top, layers=list(layers) or None)
    else:
        gn.map(opened, out, list(layers) or None)
    wrote([out], as_json)
