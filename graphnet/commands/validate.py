"""``graphnet validate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import click

from graphnet.commands import STUDY, as_json, command, engine, machine, make, options_, say
from graphnet.places import Place

__all__ = ["validate"]


@command(
    "validate",
    """graphnet validate study/
    graphnet validate study/ --fdr 0.001 --use co_retweet
    graphnet validate study/ --null interest --null diffusion:slow=60""",
)
@STUDY
@click.option("--null", "nulls", multiple=True, metavar="NAME[:K=V,…]", help="Null; repeatable.  [default: all]")
@click.option("--fdr", default=0.01, show_default=True, help="Share of false ones accepted among the kept pairs.")
@click.option("--method", default="bh", show_default=True, type=click.Choice(["bh", "by"]), help="How it is held.")
@click.option("--use", "layers", multiple=True, metavar="LAYER", help="Layer to test; repeatable.  [default: all]")
@click.option("--floor", default=5, show_default=True, type=click.IntRange(2), help="Fewest objects of an account.")
@options_(machine, as_json)
def validate(
    *,
    study: Place,
    nulls: Sequence[str],
    fdr: float,
    method: Literal["bh", "by"],
    layers: Sequence[str],
    floor: int,
    memory: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Test every pair of accounts against chance, shared interest and breaking news."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, engine(memory, threads))
    made = make("nulls", nulls)
    gn.validate(opened, *made, fdr=fdr, method=method, layers=list(layers) or None, floor=floor, threads=threads)
    say(opened, ["validate"], as_json)
