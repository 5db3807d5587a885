"""Signals: pieces of evidence about communities and their accounts, one a file.

A signal has one figure that can be computed for any group of accounts (`Signal.statistic`), so that a community can be
compared with random groups of accounts as active; and it says in a sentence what the figure means for each community
and for each account, with the rows behind it. To add a signal, add a file with one subclass; see CONTRIBUTING.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

import orjson

from graphnet import registry
from graphnet.study import Study

if TYPE_CHECKING:
    from graphnet.crowds import Crowds, Flags, Numbers

__all__ = ["EVIDENCE", "Finding", "Rows", "Signal", "look_up"]

EVIDENCE = 25
"""Rows of evidence kept with a finding: what fits on a page; `graphnet.explain` goes on from there."""

Data = TypeVar("Data")
Rows = Mapping[int, Mapping[str, Any]]
"""Rows of a table by our number of them: see `look_up`."""


@dataclass(frozen=True)
class Finding:
    """What one signal says of one community or account; one row of the table ``findings``.

    Attributes:
        scope: What ``subject`` numbers.
        subject: Number of the community or account.
        code: Name of the signal.
        value: The figure, or None where the data do not suffice or the question does not apply.
        unit: What the value counts.
        reason: One sentence, without its full stop, that a reader can check; for None it says why.
        evidence: The rows behind the figure, the strongest first.
        control: Share of comparable groups (or accounts) with a smaller value; None: nothing to compare with.
    """

    scope: Literal["community", "account"]
    subject: int
    code: str
    value: float | None
    unit: str
    reason: str
    evidence: list[dict[str, Any]] = field(default_factory=list)
    control: float | None = None

    def row(self) -> dict[str, Any]:
        """The finding as a row of the table ``findings``.

        Example:
            >>> Finding("account", 3, "activity", 2.5, "posts per active day", "5 posts on 2 days").row()["reason"]
            '5 posts on 2 days.'
        """
        evidence = orjson.dumps(self.evidence).decode()
        return {**self.__dict__, "reason": f"{self.reason}.", "evidence": evidence}


@dataclass(frozen=True)
class Signal(ABC, Generic[Data]):
    """One piece of evidence. Parameters at construction, data at call, no other state.

    Attributes:
        name: Code in the table ``findings``.
        title: What it looks at, in a few words.
        unit: What its value counts.
        compared: Whether the statistic is computed for random groups too.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]
    compared: ClassVar[bool] = True

    def missing(self, study: Study) -> str | None:  # noqa: ARG002
        """Why the question does not apply to this study ("no account has a creation date"), or None."""
        return None

    @abstractmethod
    def load(self, study: Study, outside: Flags) -> Data:
        """What the other methods need from the study, fetched once.

        Args:
            study: The study.
            outside: For each account of the study whether it is in no community.
        """

    @abstractmethod
    def statistic(self, data: Data, crowds: Crowds) -> Numbers:
        """The figure for each of many groups of accounts; NaN where the data do not suffice."""

    @abstractmethod
    def communities(self, data: Data, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """What to say of each community, in the order of ``groups``, given its figure."""

    @abstractmethod
    def accounts(self, data: Data, groups: Crowds) -> Iterator[Finding]:
        """What to say of each member."""

    def of_community(
        self, number: int, value: float, reason: str, evidence: list[dict[str, Any]] | None = None
    ) -> Finding:
        """A finding of this signal about a community; NaN becomes None."""
        return Finding("community", number, self.name, _known(value), self.unit, reason, (evidence or [])[:EVIDENCE])

    def of_account(
        self, number: int, value: float, reason: str, evidence: list[dict[str, Any]] | None = None
    ) -> Finding:
        """A finding of this signal about an account; NaN becomes None."""
        return Finding("account", number, self.name, _known(value), self.unit, reason, (evidence or [])[:EVIDENCE])


def _known(value: float) -> float | None:
    number = float(value)
    return None if number != number else number  # noqa: PLR0124  (NaN is what differs from itself)


CHUNK = 10_000
"""Numbers in one ``in (…)`` list."""


def look_up(study: Study, table: str, columns: str, numbers: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """Rows of ``accounts``, ``posts`` or ``objects`` by our number of them.

    Each call reads the whole column of numbers: look up what all communities need at once.

    Args:
        study: The study.
        table: ``accounts``, ``posts`` or ``objects``.
        columns: The columns wanted, as SQL ("id, name").
        numbers: Which rows; unknown numbers are left out of the result.
    """
    key = table.removesuffix("s")
    wanted = sorted({int(n) for n in numbers})
    found: dict[int, Mapping[str, Any]] = {}
    for low in range(0, len(wanted), CHUNK):
        some = ", ".join(map(str, wanted[low : low + CHUNK]))
        rows = study.rows(f"select {key} as number, {columns} from {table} where {key} in ({some})")
        found |= {row.pop("number"): row for row in rows.to_pylist()}
    return found


Base = Signal


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("signals", name)
