"""``graphnet audit followers``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from graphnet.commands import FOLDER, as_json, assigned, command
from graphnet.commands._audited import OUT, ask
from graphnet.errors import InputError
from graphnet.places import Place

__all__ = ["followers"]


@command(
    "audit followers",
    """graphnet audit followers followers.csv --counts counts.csv --out followers.html
    graphnet audit followers a.jsonl b.jsonl c.jsonl --order newest --newest 15000 --as-of 2021-12-20
    graphnet audit followers --study study/ --of @handle --of @another""",
)
@click.argument("files", nargs=-1)
@click.option("--counts", multiple=True, metavar="FILE", help="Dates and numbers of followers; repeatable.")
@click.option("--against", metavar="FILE", help="Profiles to compare the newest with.  [default: the older followers]")
@click.option("--study", type=FOLDER, help="Study with follow actions, in place of files.")
@click.option("--of", "of", multiple=True, metavar="ACCOUNT", help="Account of the study to look at; repeatable.")
@click.option(
    "--order", type=click.Choice(["newest", "oldest"]), help="Who stands first in the files.  [default: told]"
)
@click.option("--newest", type=click.IntRange(1), help="How many of the newest.  [default: half, at most 15,000]")
@click.option("--as-of", metavar="DATE", help="When the data were collected.  [default: the newest date in them]")
@click.option("--baseline", metavar="DATE/DATE", help="Days that are the baseline.  [default: all usual days]")
@click.option("--map", "maps", metavar="FIELD=COLUMN", multiple=True, help="Which column holds a field; repeatable.")
@click.option(
    "--counts-map",
    "counts_maps",
    metavar="FIELD=COLUMN",
    multiple=True,
    help="The same for the counts: time, count, of.  [default: as --map says]",
)
@click.option("--option", "options", metavar="NAME=VALUE", multiple=True, help="dates=dmy or mdy, header=yes or no.")
@OUT
@as_json
def followers(
    *,
    files: Sequence[str],
    counts: Sequence[str],
    against: str | None,
    study: Place | None,
    of: Sequence[str],
    order: Literal["newest", "oldest"] | None,
    newest: int | None,
    as_of: str | None,
    baseline: str | None,
    maps: Sequence[str],
    counts_maps: Sequence[str],
    options: Sequence[str],
    out: Path | None,
    as_json: bool,
) -> None:
    """Look at where followers came from: gains a day, what the newest are like, who is unlike the rest.

    FILES hold one follower's profile a row, in the order in which they followed (CSV, TSV, JSON, Parquet), with or
    without follow dates; one file an account, or a column `of`.
    """
    import graphnet as gn  # noqa: PLC0415

    if study is not None and (files or counts):
        raise InputError("give files, or --study, not both: lists of a study are its follow actions")
    settings = {"newest": newest, "as_of": as_of, "baseline": baseline}
    if study is not None:
        ask(study, gn.audits.Followers(of="+".join(of) or None, **settings), out, as_json)
        return
    question = gn.followers(
        files,
        counts,
        against=against,
        order=order,
        columns=assigned("--map", "followed=since", maps),
        counts_columns=assigned("--counts-map", "count=followers", counts_maps) or None,
        options=assigned("--option", "dates=dmy", options),
        **settings,
    )
    ask(None, question, out, as_json)
