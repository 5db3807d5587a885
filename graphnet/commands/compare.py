"""``graphnet compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphnet.commands import FOLDER, as_json, command, dumped, plain
from graphnet.safe import show
from graphnet.words import chance, figure

__all__ = ["compare"]


@command(
    "compare",
    "graphnet compare study/ --a C1 --b C2 --out compare.html\n"
    "graphnet compare study/ --a C1 --b C2 --panels two.html\n"
    "graphnet compare march/ april/\n"
    "graphnet compare one/ two/ --a C1 --b C3 --json\n"
    "graphnet compare study/ --a first.csv --b second.csv::userid",
)
@click.argument("one", type=FOLDER)
@click.argument("two", required=False, type=FOLDER)
@click.option("--a", metavar="C1|FILE", help="Accounts of the first: a community or a list.  [default: all of ONE]")
@click.option("--b", metavar="C2|FILE", help="Accounts of the second.  [default: all of TWO]")
@click.option("--row", "rows", metavar="NAME", multiple=True, help="Only this row; repeatable.  [default: all]")
@click.option("--rounds", default=999, show_default=True, type=click.IntRange(1), help="Random groups for each p.")
@click.option("--seed", default=7, show_default=True, help="Where chance begins.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Page to write, such as x.html; figures and tables go beside it.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the plots as figures for print: SVG, PDF and PNG.",
)
@click.option(
    "--panels",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Both networks at the same positions: a page (.html) or a figure (.svg, .pdf, .png).",
)
@as_json
def compare(*, as_json: bool, rows: tuple[str, ...], **given: Any) -> None:
    """Hold two networks side by side: communities, lists of accounts, or two studies."""
    import graphnet as gn  # noqa: PLC0415
    from graphnet import registry  # noqa: PLC0415

    found = gn.compare(**given, only=[registry.make("rows", name) for name in rows])
    if as_json:
        answers = [{**vars(x), "evidence": [dict(r) for r in x.evidence]} for x in found.answers]
        told = {"summary": found.summary, "answers": answers, "rows": found.tables["rows"], "notes": list(found.notes)}
        click.echo(dumped(told))
        return
    click.secho(show(found.title, 200), bold=True)
    for row in found.tables["rows"]:
        click.echo(_line(row))
    verdict = {name: found.summary[name] for name in ("verdict", "why", "first", "second")}
    click.echo(plain({name: show(text, 300) for name, text in verdict.items()}))
    for path in filter(None, (given["out"], given["figures"], given["panels"])):
        click.echo(f"wrote: {path}")


def _line(row: Any) -> str:
    """One row of the table: way, question, figure with interval, expected, q, or why there is none."""
    head = f"{row['family']:10} {row['asks']:44}"
    if row["value"] is None:
        return f"{head} {show(row['sentence'], 160)}"
    shown = f"{figure(row['value'])} ({figure(row['low'])} to {figure(row['high'])}) {row['unit']}"
    asked = "" if row["counts"] else "  not counted"
    tested = f"p {chance(row['p']):<8} q {chance(row['q'])}"
    return f"{head} {shown:38} expected {figure(row['expected']):<8} {tested}{asked}"
