"""``audit``: one question about accounts; the answers go into the study's table ``audits`` and onto a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graphnet import registry, schema
from graphnet.errors import InputError
from graphnet.view import audit_page, print_plots

if TYPE_CHECKING:
    from graphnet.audits import Audit, Audited
    from graphnet.study import Study

__all__ = ["audit"]


def audit(
    study: Study | None, question: Audit, out: str | Path | None = None, figures: str | Path | None = None
) -> Audited:
    """Ask one question about a study's accounts, or about the files that the question names.

    Args:
        study: The study; None where the audit works on files of its own.
        question: One of `graphnet.audits`.
        out: A page to write (``x.html``); its figures go beside it as ``x.json``, its tables as ``x.NAME.csv``.
        figures: A folder for the plots as figures for print: ``AUDIT-1.svg``, ``.pdf`` and ``.png``, and so on.

    Returns:
        The answers, plots and tables; with a study, the answers are also in its table ``audits``.

    Raises:
        InputError: The question cannot be asked of this study; the message says what is missing.

    Example:
        >>> import graphnet as gn
        >>> gn.audit(study, gn.audits.Creation(), "creation.html").summary["bursts"]  # doctest: +SKIP
        2
    """
    why = question.missing(study)
    if why:
        raise InputError(f"audit {question.name} cannot be done: {why}")
    if study is None:
        found = question.look(None)
    else:
        with study.step("audit", {"audit": registry.describe(question)}, keep=True) as step:
            found = question.look(study)
            rows = [answer.row(found.name) for answer in found.answers]
            step.write("audits", pa.Table.from_pylist(rows, schema=schema.AUDITS.arrow), found.name)
            step.summary |= {found.name: _flat(found.summary)}
    if out is not None:
        audit_page.write(found, Path(out))
    if figures is not None:
        print_plots.write_all(found.plots, figures, found.name)
    return found


def _flat(summary: Any) -> Any:
    """The summary as JSON would give it back: no tuples, no numbers of another library."""
    return json.loads(json.dumps(summary, default=float))
