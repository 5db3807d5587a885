"""``graphnet review``."""

from __future__ import annotations

import click

from graphnet.commands import STUDY, as_json, command, say
from graphnet.places import Place

__all__ = ["review"]


@command(
    "review",
    "graphnet review study/ --community 2 --by 'A. Analyst' --note 'Read 40 posts; no campaign page, no newsroom'",
)
@STUDY
@click.option("--community", required=True, type=click.IntRange(1), help="Number of the community.")
@click.option("--by", required=True, metavar="NAME", help="Who looked at it.")
@click.option("--note", required=True, metavar="TEXT", help="What was looked at, and what was found.")
@as_json
def review(*, study: Place, community: int, by: str, note: str, as_json: bool) -> None:
    """Write down that a person looked at a community; lifts it from L2 to L3."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    gn.review(opened, community, by=by, note=note)
    say(opened, ["review"], as_json)
