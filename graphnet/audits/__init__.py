"""Audits: one question about accounts each, answered with figures, references, intervals and the rows behind them.

An audit is what an investigator does by hand with an export and a spreadsheet: do these followers look bought, were
these accounts made together, do they keep hours, whose lists are they on. It answers in `Answer` records - a figure
with what it is compared with, or *insufficient data* or *not applicable* with the reason - and never in a verdict.
To add an audit, add a file with one subclass of `Audit` here and, for the command line, a file
``graphnet/commands/audit_NAME.py``; see CONTRIBUTING.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

from graphnet import registry

if TYPE_CHECKING:
    from graphnet.plots import Plot
    from graphnet.study import Study

__all__ = ["EVIDENCE", "Answer", "Audit", "Audited"]

EVIDENCE = 25
"""Rows of evidence kept with an answer; the whole table is in `Audited.tables`."""


@dataclass(frozen=True)
class Answer:
    """One figure of an audit; one row of the table ``audits``.

    Attributes:
        code: What was asked, such as ``created_last_40_days``.
        subject: About whom or what, as text: a community ("C1"), a hashtag, an account's id, a file.
        value: The figure; None where the data do not suffice or the question does not apply.
        unit: What the value counts: ``share``, ``accounts a day``, …
        reason: One sentence, without its full stop, that a reader can check; for None it starts with
            ``insufficient data`` or ``not applicable`` and says why.
        low, high: 95 % interval of the value, where there is one.
        reference: What the value is compared with: baseline, expectation or comparison set.
        compared_with: What the reference is, in words.
        p: Share of chance outcomes as extreme, under the null that ``reason`` names.
        q: The same, corrected for how many were tested; the correction is named in ``reason``.
        evidence: The rows behind the figure, the strongest first.
    """

    code: str
    subject: str
    value: float | None
    unit: str
    reason: str
    low: float | None = None
    high: float | None = None
    reference: float | None = None
    compared_with: str = ""
    p: float | None = None
    q: float | None = None
    evidence: Sequence[Mapping[str, Any]] = ()

    def row(self, audit: str) -> dict[str, Any]:
        """The answer as a row of the table ``audits``.

        Example:
            >>> Answer("gain", "all", 3200.0, "accounts a day", "3,200 a day").row("followers")["reason"]
            '3,200 a day.'
        """
        evidence = orjson.dumps([dict(row) for row in self.evidence[:EVIDENCE]]).decode()
        return {"audit": audit, **self.__dict__, "reason": f"{self.reason}.", "evidence": evidence}


@dataclass(frozen=True)
class Audited:
    """What an audit found.

    Attributes:
        name, title: Of the audit.
        summary: The figures a reader needs first, plain JSON data.
        answers: Every figure.
        plots: What is to be looked at.
        tables: Whole tables by name, as lists of rows of plain values; they are written as CSV beside the page.
        benign: What else would look the same, one sentence each.
        notes: What was left out, capped or assumed.
    """

    name: str
    title: str
    summary: Mapping[str, Any]
    answers: Sequence[Answer]
    plots: Sequence[Plot] = ()
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    benign: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Audit(ABC):
    """One question. Parameters (files too) at construction, the study at call, no other state.

    Attributes:
        name: As on the command line and in the table ``audits``.
        title: The question in a few words.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    def missing(self, study: Study | None) -> str | None:  # noqa: ARG002
        """Why the question cannot be asked ("no account has a creation date"), or None.

        Args:
            study: The study, or None where the audit is asked to work on files of its own.
        """
        return None

    @abstractmethod
    def look(self, study: Study | None) -> Audited:
        """Answer the question."""


Base = Audit


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("audits", name)
