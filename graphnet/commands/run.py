"""``graphnet run``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import (
    FILES,
    FOLDER,
    as_json,
    assigned,
    command,
    detecting,
    engine,
    layering,
    machine,
    make,
    options_,
    reading,
    say,
)
from graphnet.places import Place

__all__ = ["run"]


@command(
    "run",
    """graphnet run tweets.jsonl follows.csv --into study/ --out report.html
    graphnet run 'retweets/*.csv.gz' --kind retweet --into study/ --layer co_retweet_account --out report.html
    graphnet run posts.parquet --map account=author --map time=created --into study/ --out report.html""",
)
@FILES
@click.option("--into", type=FOLDER, required=True, help="Study folder to make or replace.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Report page x.html; x.map.html and x.clusters.html are put beside it.",
)
@options_(reading, layering, detecting)
@click.option("--top", default=3, show_default=True, type=click.IntRange(1), help="Communities in the cluster view.")
@click.option("--no-validate", is_flag=True, help="Do not test the ties against chance and shared interest.")
@options_(machine, as_json)
def run(
    *,
    files: Sequence[str],
    into: Place,
    out: Path,
    format_: str | None,
    maps: Sequence[str],
    kind: str | None,
    options: Sequence[str],
    layers: Sequence[str],
    detector: str,
    top: int,
    no_validate: bool,
    memory: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Read, project, validate, detect, confirm, score and report, in one go."""
    import graphnet as gn  # noqa: PLC0415  (so that --help answers at once)
    from graphnet._run import pages  # noqa: PLC0415

    study = gn.run(
        list(files),
        into,
        out,
        layers=make("layers", layers),
        detector=make("detectors", [detector])[0],
        top=top,
        validated=not no_validate,
        format=format_,
        columns=assigned("--map", "account=author", maps),
        kind=kind,
        options=assigned("--option", "dates=dmy", options),
        engine=engine(memory, threads),
    )
    say(study, [s["verb"] for s in study.manifest["steps"]], as_json, wrote=pages(study, out))
