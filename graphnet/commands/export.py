"""``graphnet export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from graphnet.commands import STUDY, as_json, command, period, wrote
from graphnet.places import Place

__all__ = ["export"]


@command(
    "export",
    """graphnet export study/ graph.gexf
    graphnet export study/ network.csv --community 1 --use co_retweet
    graphnet export study/ graph.graphml --account @alice --account @bob
    graphnet export study/ around.gexf --ego @alice --steps 2 --times
    graphnet export study/ weekend.csv --since 2026-03-14 --until 2026-03-16
    graphnet export study/ network.pdf --columns 1 --panels layer""",
)
@STUDY
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--format", "format_", metavar="NAME", help="Format; without it the ending of OUT says.")
@click.option(
    "--community", "communities", multiple=True, type=click.IntRange(1), help="Only this community; repeatable."
)
@click.option("--account", "accounts", multiple=True, metavar="WHO", help="Only this account; repeatable.")
@click.option("--use", "layers", multiple=True, metavar="LAYER", help="Only this layer; repeatable.")
@click.option("--min-weight", type=float, help="Only ties of this weight or more.")
@click.option("--ego", multiple=True, metavar="WHO", help="Only what is around this account; repeatable.")
@click.option("--steps", default=1, show_default=True, type=click.IntRange(0), help="How many ties around it.")
@click.option("--since", metavar="TIME", help="Only ties of accounts that acted together from then on.")
@click.option("--until", metavar="TIME", help="… and up to then; a day without an hour counts whole.")
@click.option("--times", is_flag=True, help="First and last time of each tie; makes GEXF dynamic.")
@click.option("--columns", type=click.Choice(["1", "2"]), help="Figures: width, 85 or 180 mm.  [default: 2]")
@click.option("--panels", type=click.Choice(["one", "community", "layer"]), help="Figures: a map each, side by side.")
@click.option("--names", type=click.IntRange(0), help="Figures: how many accounts are named.  [default: 12]")
@as_json
def export(
    *,
    study: Place,
    out: Path,
    format_: str | None,
    communities: Sequence[int],
    accounts: Sequence[str],
    layers: Sequence[str],
    min_weight: float | None,
    ego: Sequence[str],
    steps: int,
    since: str | None,
    until: str | None,
    times: bool,
    columns: str | None,
    panels: str | None,
    names: int | None,
    as_json: bool,
) -> None:
    """Write the network, or a part of it, for Gephi, a spreadsheet or a program."""
    import graphnet as gn  # noqa: PLC0415

    opened = gn.Study.open(study)
    found = gn.export(
        opened,
        out,
        format=_with(format_ or out.suffix.lower().removeprefix("."), columns=columns, panels=panels, names=names)
        or format_,
        communities=list(communities) or None,
        accounts=[opened.account(a) for a in accounts] or None,
        layers=list(layers) or None,
        min_weight=min_weight,
        ego=[opened.account(a) for a in ego] or None,
        steps=steps,
        period=period(since, until),
        times=times,
    )
    wrote(found if isinstance(found, list) else [found], as_json)


def _with(format_: str, **settings: str | int | None) -> str | None:
    """The format with the settings that were given, such as ``svg:columns=1``; None where none was."""
    given = ",".join(f"{name}={value}" for name, value in settings.items() if value is not None)
    return f"{format_}{',' if ':' in format_ else ':'}{given}" if given else None
