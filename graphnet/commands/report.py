"""``graphnet report``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command, wrote
from graphnet.places import Place

__all__ = ["report"]


@command(
    "report", "graphnet report study/ --out report.html\ngraphnet report study/ --out public.html --pseudonyms my.key"
)
@STUDY
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Page to write; its figures go beside it as JSON."
)
@click.option(
    "--community", "communities", multiple=True, type=click.IntRange(1), help="Only this community; repeatable."
)
@click.option(
    "--pseudonyms",
    type=click.Path(path_type=Path),
    metavar="KEY",
    help="Name nobody: pseudonyms under the key in this file (see graphnet pseudonymise).",
)
@as_json
def report(*, study: Place, out: Path, communities: Sequence[int], pseudonyms: Path | None, as_json: bool) -> None:
    """Write the report: what was read, dropped and found, with the evidence."""
    import graphnet as gn  # noqa: PLC0415

    gn.report(gn.Study.open(study), out, communities=list(communities) or None, pseudonyms=pseudonyms)
    wrote([out, out.with_suffix(".json")], as_json)
