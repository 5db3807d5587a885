"""``graphnet pseudonymise``."""

from __future__ import annotations

from pathlib import Path

import click

from graphnet.commands import FOLDER, as_json, command, say
from graphnet.errors import InputError
from graphnet.places import Place
from graphnet.safe import visible

__all__ = ["pseudonymise"]


@command(
    "pseudonymise",
    """graphnet pseudonymise --new-key my.key
    graphnet pseudonymise study/ --into public/ --key my.key
    graphnet pseudonymise study/ --into public/ --key my.key --no-texts""",
)
@click.argument("study", type=FOLDER, required=False)
@click.option("--into", type=FOLDER, help="New folder for the copy.")
@click.option("--key", type=click.Path(path_type=Path), help="File with the key: the same key, the same pseudonyms.")
@click.option("--new-key", type=click.Path(path_type=Path), help="Write a new random key to this file.")
@click.option("--texts/--no-texts", default=True, show_default=True, help="Keep the words of the posts.")
@as_json
def pseudonymise(
    *, study: Place | None, into: Place | None, key: Path | None, new_key: Path | None, texts: bool, as_json: bool
) -> None:
    """Write a copy of a study in which accounts and posts have pseudonyms; report, draw and export that.

    Keep the key to yourself: whoever has it can try out names.
    """
    import graphnet as gn  # noqa: PLC0415

    if new_key is not None:
        key = gn.new_key(new_key)
        click.echo(f"wrote: {visible(str(key))}", err=as_json)
        if study is None:
            return
    if study is None or into is None or key is None:
        raise InputError("pseudonymise needs STUDY, --into NEW_FOLDER and --key FILE (or --new-key FILE)")
    made = gn.pseudonymise(gn.Study.open(study), into, key, texts=texts)
    say(made, ["pseudonymise"], as_json)
