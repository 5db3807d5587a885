"""``graphnet explain``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command

__all__ = ["explain"]


@command(
    "explain",
    """graphnet explain study/ @alice @bob
    graphnet explain study/ @alice
    graphnet explain study/ --community 1
    graphnet explain study/ --community 1 --finding near_identical""",
)
@STUDY
@click.argument("who", nargs=-1)
@click.option("--community", type=click.IntRange(1), help="Number of a community.")
@click.option("--finding", metavar="CODE", help="One finding of the community.")
@click.option("--layer", metavar="LAYER", help="Only this layer.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="Rows to show.")
@as_json
def explain(
    *,
    study: Path,
    who: Sequence[str],
    community: int | None,
    finding: str | None,
    layer: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show the posts behind a pair of accounts, an account, a community or a finding.

    WHO is one account or two, by id or handle.
    """
    import graphnet as gn  # noqa: PLC0415

    told = gn.explain(gn.Study.open(study), *who, community=community, finding=finding, layer=layer, limit=limit)
    click.echo(json.dumps(told.to_dict(), ensure_ascii=False, indent=1) if as_json else str(told))
