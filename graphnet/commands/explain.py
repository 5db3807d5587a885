"""``graphnet explain``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from graphnet.commands import STUDY, as_json, command, dumped
from graphnet.places import Place

__all__ = ["explain"]


@command(
    "explain",
    """graphnet explain study/ @alice @bob
    graphnet explain study/ @alice
    graphnet explain study/ --community 1
    graphnet explain study/ --community 1 --finding near_identical
    graphnet explain study/ --cluster 12""",
)
@STUDY
@click.argument("who", nargs=-1)
@click.option("--community", type=click.IntRange(1), help="Number of a community.")
@click.option("--cluster", type=click.IntRange(1), help="Number of a cluster of near-identical texts.")
@click.option("--finding", metavar="CODE", help="One finding of the community.")
@click.option("--layer", metavar="LAYER", help="Only this layer.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1_000_000), help="Rows to show.")
@as_json
def explain(
    *,
    study: Place,
    who: Sequence[str],
    community: int | None,
    cluster: int | None,
    finding: str | None,
    layer: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show the posts behind two accounts, an account, a community, a cluster of texts or a finding.

    WHO is one account or two, by id or handle.
    """
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    told = gn.explain(opened, *who, community=community, cluster=cluster, finding=finding, layer=layer, limit=limit)
    # click takes the colours out again where nobody would see them
    click.echo(dumped(told.to_dict()) if as_json else told.text(colour=True))
