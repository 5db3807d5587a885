"""``graphnet draw``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command, wrote

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
@as_json
def draw(*, study: Path, out: Path, communities: Sequence[int], top: int, layers: Sequence[str], as_json: bool) -> None:
    """Write an interactive page of chosen communities; it needs no network."""
    import graphnet as gn  # noqa: PLC0415

    gn.draw(gn.Study.open(study), out, communities=list(communities) or None, top=top, layers=list(layers) or None)
    wrote([out], as_json)
