"""``graphnet project``."""

from __future__ import annotations

from collections.abc import Sequence

from graphnet.commands import STUDY, as_json, command, engine, layering, machine, make, options_, say
from graphnet.places import Place

__all__ = ["project"]


@command(
    "project",
    """graphnet project study/
    graphnet project study/ --layer co_retweet:window=60,min_shared=3 --layer same_text""",
)
@STUDY
@options_(layering, machine, as_json)
def project(*, study: Place, layers: Sequence[str], memory: str, threads: int | None, as_json: bool) -> None:
    """Tie accounts that acted upon the same things."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study, engine(memory, threads))
    gn.project(opened, *make("layers", layers))
    say(opened, ["project"], as_json)
