"""``graphnet audit creation``."""

from __future__ import annotations

from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command
from graphnet.commands._audited import OUT, ask
from graphnet.places import Place

__all__ = ["creation"]


@command(
    "audit creation",
    """graphnet audit creation study/ --hashtag election --out creation.html
    graphnet audit creation study/ --community 1 --days 120
    graphnet audit creation study/ --list accounts.csv""",
)
@STUDY
@click.option("--hashtag", metavar="TAG", help="Accounts that used this hashtag in posts of their own.")
@click.option("--community", type=click.IntRange(1), metavar="N", help="Members of this community.")
@click.option("--list", "listed", metavar="FILE", help="Accounts of a list: ids or handles.")
@click.option("--controls", metavar="FILE", help="List of accounts to compare with.  [default: others, as active]")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 124), help="Longest window of a burst.")
@click.option("--draws", default=9999, show_default=True, type=click.IntRange(19), help="Random splits that give p.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Seed of the controls and splits.")
@click.option("--as-of", metavar="DATE", help="When the data were collected.  [default: the last action]")
@OUT
@as_json
def creation(
    *,
    study: Place,
    hashtag: str | None,
    community: int | None,
    listed: str | None,
    controls: str | None,
    days: int,
    draws: int,
    seed: int,
    as_of: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Look at whether accounts were made together: bursts of creation dates, handles, profiles, one topic."""
    import graphnet as gn  # noqa: PLC0415

    question = gn.audits.Creation(
        hashtag=hashtag,
        community=community,
        listed=listed,
        controls=controls,
        days=days,
        draws=draws,
        seed=seed,
        as_of=as_of,
    )
    ask(study, question, out, as_json)
