"""How the commands of the group ``audit`` ask their question and print what was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graphnet.commands import dumped, options_, plain
from graphnet.places import Place
from graphnet.safe import show, visible
from graphnet.words import amount, chance

if TYPE_CHECKING:
    from graphnet.audits import Answer, Audit

__all__ = ["OUT", "ask"]

FIGURES = "graphnet.figures"


def _keep(context: click.Context, _parameter: click.Parameter, folder: Path | None) -> None:
    """Keep ``--figures`` for `ask`: every audit takes it, and none has to pass it on."""
    context.meta[FIGURES] = folder


OUT = options_(
    click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Page to write, such as x.html; figures and tables go beside it.",
    ),
    click.option(
        "--figures",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_keep,
        expose_value=False,
        help="Folder for the plots as figures for print: SVG, PDF and PNG.",
    ),
)
SHOWN = 30


def ask(study: Place | None, question: Audit, out: Path | None, as_json: bool) -> None:
    """Ask the question of a study (or of the files that it names), and print the answers."""
    import graphnet as gn  # noqa: PLC0415

    figures = click.get_current_context().meta.get(FIGURES)
    found = gn.audit(None if study is None else gn.Study.open(study), question, out, figures)
    if as_json:
        answers = [{**vars(a), "evidence": [dict(r) for r in a.evidence]} for a in found.answers]
        told = {"audit": found.name, "summary": found.summary, "answers": answers, "notes": list(found.notes)}
        click.echo(dumped(told))
        return
    click.secho(found.title, bold=True)
    click.echo(plain(dict(found.summary)))
    for answer in found.answers[:SHOWN]:
        click.echo(f"{show(answer.subject, 60)}  {answer.code}: {_value(answer)}{show(answer.reason, 2000)}.")
    if len(found.answers) > SHOWN:
        click.echo(f"… and {len(found.answers) - SHOWN:,} more answers: --json, or --out PAGE")
    for note in found.notes:
        click.echo(f"note: {show(note, 500)}")
    if out is not None:
        click.echo(f"wrote: {visible(str(out))}")
    if figures is not None:
        click.echo(f"wrote: {visible(str(figures))}")


def _value(answer: Answer) -> Any:
    if answer.value is None:
        return ""
    tested = [f"{name} {chance(p)}" for name, p in (("p", answer.p), ("q", answer.q)) if p is not None]
    return amount(answer.value, answer.unit) + (f" ({', '.join(tested)})" if tested else "") + ". "
