"""``graphnet campaign``."""

from __future__ import annotations

from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command
from graphnet.commands._audited import OUT, ask
from graphnet.places import Place

__all__ = ["campaign"]


@command(
    "campaign",
    "graphnet campaign study/\n"
    "graphnet campaign study/ --hashtag StopAlderHarbour --out campaign.html\n"
    "graphnet campaign study/ --target @AlderHarbourTrust --out target.html",
)
@STUDY
@click.option("--hashtag", metavar="TAG", help="A hashtag, with or without #.")
@click.option("--link", metavar="URL", help="A link; tracking parameters do not matter.")
@click.option("--domain", metavar="NAME", help="A domain, such as bbc.co.uk.")
@click.option(
    "--target", "--account", "target", metavar="@HANDLE", help="An account that is mentioned, answered or quoted."
)
@click.option("--text", metavar="WORDS", help="Words that posts hold.")
@click.option("--cluster", type=click.IntRange(1), help="A cluster of near-identical texts; see graphnet match.")
@click.option("--fresh", default=30, show_default=True, type=click.IntRange(0), help="Days an account counts as new.")
@OUT
@as_json
def campaign(
    *,
    study: Place,
    hashtag: str | None,
    link: str | None,
    domain: str | None,
    target: str | None,
    text: str | None,
    cluster: int | None,
    fresh: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Tell the life of a hashtag, link, domain, account or text; without any, list what bursts."""
    import graphnet as gn  # noqa: PLC0415

    ask(study, gn.audits.Campaign(hashtag, link, domain, target, text, cluster, fresh), out, as_json)
