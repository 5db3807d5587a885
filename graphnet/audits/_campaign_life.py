"""One subject's life: its uses, windows, figures and peers, each made once; see `graphnet.audits.campaign`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from graphnet.audits import _bursts as bursts
from graphnet.audits._life import Figure, Known, known, measure
from graphnet.audits._peers import Peer, like, measured
from graphnet.audits._rows import Rows
from graphnet.audits._uses import Grid, Subject, Uses, uses
from graphnet.crowds import Ints, Numbers

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["Life"]


@dataclass(frozen=True)
class Life:
    """Everything about one subject that several parts of the page need, each made once.

    Args:
        study: The study.
        subject: What it is about.
        time: Steps of time over the collection.
        fresh: Seconds before the window in which an account counts as newly created.
    """

    study: Study
    subject: Subject
    time: Grid
    fresh: int

    @cached_property
    def all(self) -> Uses:
        """Every use."""
        return uses(self.study, self.subject.kind, [self.subject.thing], self.subject.phrase)

    @cached_property
    def facts(self) -> Known:
        """What is known of accounts and posts."""
        return known(self.study)

    @cached_property
    def counts(self) -> Ints:
        """Uses by step of time."""
        return self.time.counts(self.all.time)

    @cached_property
    def _exposure(self) -> tuple[Numbers, str]:
        return bursts.exposure(self.time.others - self.counts, self.counts, self.time.step)

    @property
    def usual_by(self) -> str:
        """What the usual rate follows, in words."""
        return self._exposure[1]

    @cached_property
    def found(self) -> bursts.Found:
        """The windows."""
        return bursts.find(self.counts, self._exposure[0], self.time.step)

    @property
    def main(self) -> bursts.Window | None:
        """The strongest window."""
        return self.found.windows[0] if self.found.windows else None

    @property
    def span(self) -> tuple[int, int]:
        """The strongest window in seconds; the whole collection, if there is none."""
        if self.main is None:
            return self.time.begin, self.time.at(len(self.time))
        return self.time.at(self.main.start), self.time.at(self.main.end)

    @cached_property
    def inside(self) -> Uses:
        """Uses in the strongest window; all, if there is none."""
        return self.all if self.main is None else self.all.within(*self.span)

    @property
    def where(self) -> str:
        """What ``inside`` is, in words."""
        return "in its whole life" if self.main is None else "in the strongest window"

    @cached_property
    def rows(self) -> Rows:
        """Makes rows of all uses."""
        return Rows(self.study, self.facts, self.all)

    @cached_property
    def rows_inside(self) -> Rows:
        """Makes rows of the uses in the window."""
        return Rows(self.study, self.facts, self.inside)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """All figures of the window."""
        return measure(self.inside, self.facts, *self.span, self.fresh)

    @cached_property
    def peers(self) -> list[Peer]:
        """What it is compared with."""
        others = like(self.study, self.subject, self.all)
        kind = "hashtag" if self.subject.kind == "text" else self.subject.kind
        return measured(self.study, kind, others, self.facts, self.time, self.span, self.fresh)
