"""``graphnet audit expand``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command
from graphnet.commands._audited import OUT, ask
from graphnet.places import Place

__all__ = ["expand"]


@command("audit expand", "graphnet audit expand study/ --seeds known.csv --out expand.html")
@STUDY
@click.option("--seeds", required=True, metavar="FILE", help="Known accounts, ids or handles.")
@click.option("--layer", "layers", multiple=True, metavar="NAME", help="Layer to use; repeatable.  [default: all]")
@click.option("--top", default=100, show_default=True, type=click.IntRange(1), help="Candidates to list.")
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0), help="Seed of the folds held back.")
@OUT
@as_json
def expand(
    *, study: Place, seeds: str, layers: Sequence[str], top: int, seed: int, out: Path | None, as_json: bool
) -> None:
    """Rank who else is close to known accounts, with a held-out check: candidates to look at, not evidence."""
    import graphnet as gn  # noqa: PLC0415

    ask(study, gn.audits.Expand(seeds, "+".join(layers), top, seed), out, as_json)
