"""``graphnet simulate``."""

from __future__ import annotations

from pathlib import Path

import click

from graphnet.commands import as_json, command, dumped, plain

__all__ = ["simulate"]


@command("simulate", "graphnet simulate world/ --seed 7 --accounts 3000")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same bytes.")
@click.option("--accounts", default=3000, show_default=True, type=click.IntRange(100), help="Ordinary accounts.")
@click.option("--days", default=14, show_default=True, type=click.IntRange(2), help="Length of the collection.")
@click.option("--design", default="weekend", show_default=True, help="What is planted: weekend, organic, …")
@as_json
def simulate(*, folder: Path, seed: int, accounts: int, days: int, design: str, as_json: bool) -> None:
    """Make a world with ordinary crowds and, if the design says so, planted groups; the truth lies beside it."""
    import graphnet as gn  # noqa: PLC0415

    made = gn.simulate(folder, seed=seed, accounts=accounts, days=days, design=design)
    click.echo(dumped(made) if as_json else plain(made))
