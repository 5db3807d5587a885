"""``graphnet audit rhythm``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command
from graphnet.commands._audited import OUT, ask
from graphnet.errors import InputError
from graphnet.places import Place

__all__ = ["rhythm"]


@command(
    "audit rhythm",
    "graphnet audit rhythm study/ --out rhythm.html\n"
    "graphnet audit rhythm study/ --community C1 --out C1.html\n"
    "graphnet audit rhythm study/ --account @x --out x.html",
)
@STUDY
@click.option("--community", metavar="C1", help="Only this community.  [default: all of them]")
@click.option("--account", "accounts", multiple=True, metavar="ID|@HANDLE", help="Only this account; repeatable.")
@click.option("--accounts", "listed", default="", metavar="FILE", help="Only the accounts listed in this file.")
@click.option(
    "--controls", default="", metavar="FILE", help="Accounts to compare with.  [default: those in no community]"
)
@OUT
@as_json
def rhythm(
    *,
    study: Place,
    community: str | None,
    accounts: Sequence[str],
    listed: str,
    controls: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Find whose rhythm, schedule and speed look like a machine's, against accounts that post as much."""
    import graphnet as gn  # noqa: PLC0415

    question = gn.audits.Rhythm(_number(community), " ".join(accounts), listed, controls)
    ask(study, question, out, as_json)


def _number(community: str | None) -> int | None:
    """The number of a community: ``C1`` or ``1``."""
    if community is None:
        return None
    digits = community.upper().removeprefix("C")
    if not digits.isdecimal():
        raise InputError(f"--community takes a number such as C1; this is {community!r}")
    return int(digits)
