"""``graphnet export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command, wrote

__all__ = ["export"]


@command(
    "export",
    """graphnet export study/ graph.gexf
    graphnet export study/ network.csv --community 1 --use co_retweet
    graphnet export study/ graph.graphml --account @alice --account @bob""",
)
@STUDY
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--format", "format_", metavar="NAME", help="Format; without it the ending of OUT says.")
@click.option(
    "--community", "communities", multiple=True, type=click.IntRange(1), help="Only this community; repeatable."
)
@click.option("--account", "accounts", multiple=True, metavar="WHO", help="Only this account; repeatable.")
@click.option("--use", "layers", multiple=True, metavar="LAYER", help="Only this layer; repeatable.")
@click.option("--min-weight", type=float, help="Only ties of this weight or more.")
@as_json
def export(
    *,
    study: Path,
    out: Path,
    format_: str | None,
    communities: Sequence[int],
    accounts: Sequence[str],
    layers: Sequence[str],
    min_weight: float | None,
    as_json: bool,
) -> None:
    """Write the network, or a part of it, for Gephi, a spreadsheet or a program."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    found = gn.export(
        opened,
        out,
        format=format_,
        communities=list(communities) or None,
        accounts=[opened.account(a) for a in accounts] or None,
        layers=list(layers) or None,
        min_weight=min_weight,
    )
    wrote(found if isinstance(found, list) else [found], as_json)
