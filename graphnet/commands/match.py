"""``graphnet match``."""

from __future__ import annotations

from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command, engine, machine, options_, say
from graphnet.places import Place

__all__ = ["match"]


@command(
    "match",
    """graphnet match study/
    graphnet match study/ --allow petition.txt
    graphnet match study/ --reworded --jaccard 0.6
    graphnet match study/ --semantic wordllama""",
)
@STUDY
@click.option("--jaccard", default=0.7, show_default=True, help="Smallest overlap of two texts' character 3-shingles.")
@click.option("--exact", is_flag=True, help="Miss nothing: an exact join; time grows with the square of the texts.")
@click.option("--reworded", is_flag=True, help="Also the same words in another order (softer evidence, marked).")
@click.option(
    "--semantic", metavar="MODEL", help="Also alike in meaning, by a model: wordllama, vectors.vec, module:function."
)
@click.option("--allow", type=click.Path(path_type=Path), help="File of open campaigns, one text a line.")
@options_(machine, as_json)
def match(
    *,
    study: Place,
    jaccard: float,
    exact: bool,
    reworded: bool,
    semantic: str | None,
    allow: Path | None,
    memory: str,
    threads: int | None,
    as_json: bool,
) -> None:
    """Find posts that say the same in nearly the same words."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, engine(memory, threads))
    gn.match(
        opened,
        jaccard=jaccard,
        exact=exact,
        reworded=reworded,
        semantic=semantic,
        allow=allow or (),
        threads=threads,
    )
    say(opened, ["match"], as_json)
