"""``graphnet track``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graphnet.commands import FOLDER, as_json, command, dumped, plain
from graphnet.places import Place
from graphnet.safe import show
from graphnet.words import amount, chance

if TYPE_CHECKING:
    from graphnet.audits import Answer

__all__ = ["track"]

SHOWN, ROWS = 30, 60


@command(
    "track",
    """graphnet track may/ june/ july/ --out timeline.html
    graphnet track study/ --by day --patience 1
    graphnet track before/ after/ --figure two.pdf --columns 1""",
)
@click.argument("studies", type=FOLDER, nargs=-1, required=True)
@click.option("--by", type=click.Choice(["day", "week"]), help="Cut one study into days or weeks (from Monday) of UTC.")
@click.option("--overlap", default=0.3, show_default=True, help="Jaccard overlap from which communities are linked.")
@click.option("--share", default=0.5, show_default=True, help="Share of the smaller one from which they are linked.")
@click.option("--least", default=2, show_default=True, help="Fewest accounts that linked communities share.")
@click.option("--steady", default=0.1, show_default=True, help="Largest change of size that is no growth.")
@click.option("--patience", default=0, show_default=True, help="Periods that a community may be missing.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Page to write, such as x.html; figures, tables and x-two.html (first and last time) go beside it.",
)
@click.option(
    "--figures", type=click.Path(path_type=Path, file_okay=False), help="Folder for the plots as figures for print."
)
@click.option(
    "--figure", type=click.Path(path_type=Path, dir_okay=False), help="First and last time: .svg, .pdf, .png."
)
@click.option("--columns", default=2, show_default=True, type=click.IntRange(1, 2), help="Width of that figure.")
@as_json
def track(
    *,
    studies: Sequence[Place],
    by: str | None,
    overlap: float,
    share: float,
    least: int,
    steady: float,
    patience: int,
    out: Path | None,
    figures: Path | None,
    figure: Path | None,
    columns: int,
    as_json: bool,
) -> None:
    """Follow communities over time: born, grown, split, merged, died."""
    import graphnet as gn  # noqa: PLC0415
    from graphnet.alignment import Rules  # noqa: PLC0415

    opened = [gn.Study.open(path) for path in studies]
    rules = Rules(overlap, share, least, steady)
    files: dict[str, Any] = {"out": out, "figures": figures, "figure": figure, "columns": columns}
    found = gn.track(*opened, by=by, rules=rules, patience=patience, **files)
    if as_json:
        answers = [{**vars(a), "evidence": [dict(r) for r in a.evidence]} for a in found.answers]
        told = {"summary": found.summary, "answers": answers, "tables": found.tables, "notes": list(found.notes)}
        click.echo(dumped(told))
        return
    click.secho(found.title, bold=True)
    click.echo(plain(dict(found.summary)))
    _table(found.tables.get("timeline", ()))
    for answer in [a for a in found.answers if a.code != "identity"][:SHOWN]:
        click.echo(_line(answer))
    for note in found.notes:
        click.echo(f"note: {show(note, 500)}")
    written = [out, out.with_name(f"{out.stem}-two.html")] if out else []
    for path in filter(None, [*written, figures, figure]):
        if path.exists():
            click.echo(f"wrote: {path}")


def _line(answer: Answer) -> str:
    value = "unknown" if answer.value is None else amount(answer.value, answer.unit)
    p = "" if answer.p is None else f" (p {chance(answer.p)})"
    return f"{show(answer.subject, 60)}  {answer.code}: {value}{p}. {show(answer.reason, 500)}."


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    """The timeline, one line a community and period."""
    names = ("identity", "period", "community", "size", "events", "came", "left")
    cells = [names, *([_cell(row[name]) for name in names] for row in rows[:ROWS])]
    wide = [max(len(line[i]) for line in cells) for i in range(len(names))]
    for line in cells:
        click.echo("  " + "  ".join(text.ljust(wide[i]) for i, text in enumerate(line)).rstrip())
    if len(rows) > ROWS:
        click.echo(f"  … and {len(rows) - ROWS:,} more rows: --json, or --out PAGE")


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else show(value, 40)
