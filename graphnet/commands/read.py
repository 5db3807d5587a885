"""``graphnet read``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from graphnet.commands import FILES, FOLDER, as_json, assigned, command, engine, machine, options_, reading, say
from graphnet.places import Place

__all__ = ["read"]


@command(
    "read",
    """graphnet read tweets.jsonl users.json --into study/
    graphnet read tuesday.jsonl --into study/ --append
    graphnet read edges.csv --map source=from --map target=to --kind follow --into study/""",
)
@FILES
@click.option("--into", type=FOLDER, required=True, help="Study folder to make or replace.")
@reading
@click.option(
    "--repost-content", is_flag=True, help="Count hashtags, links, mentions in retweeted posts as the retweeter's own."
)
@click.option("--append", is_flag=True, help="Add to what is in the study, without reading that again.")
@click.option("--grow", is_flag=True, help="Keep what appending needs; --append implies it.")
@options_(machine, as_json)
def read(
    *,
    files: Sequence[str],
    into: Place,
    format_: str | None,
    maps: Sequence[str],
    kind: str | None,
    options: Sequence[str],
    repost_content: bool,
    append: bool,
    grow: bool,
    memory: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Read files into a study folder.

    FILES are paths, globs or folders; gz, bz2, xz and zst are read as they are. Rows that cannot be used are kept
    with file, line and reason in the study's table `rejected`.
    """
    import graphnet as gn  # noqa: PLC0415

    study = gn.read(
        list(files),
        into,
        format=format_,
        columns=assigned("--map", "account=author", maps),
        kind=kind,
        options=assigned("--option", "dates=dmy", options),
        repost_content=repost_content,
        append=append,
        grow=grow,
        engine=engine(memory, threads),
    )
    say(study, ["read"], as_json)
