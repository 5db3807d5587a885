"""Texts that three members or more wrote: how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Numbers, distinct
from graphnet.signals import Finding, Signal
from graphnet.signals._texts import Texts, clusters_of, load, own, speechless
from graphnet.study import Study
from graphnet.words import count

__all__ = ["SharedTexts"]


@dataclass(frozen=True)
class SharedTexts(Signal[Texts]):
    """Number of near-identical texts that three members or more wrote.

    What two say to each other may be a conversation; what three say in the same words is seldom one. The value of an
    account is the number of such texts that it wrote, too. The texts are shown by ``near_identical``.

    Args:
        members: Fewest members of a text that is counted.
    """

    name: ClassVar[str] = "shared_texts"
    title: ClassVar[str] = "texts of three members or more"
    unit: ClassVar[str] = "texts"
    members: int = 3

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        found = study.rows(f"select 1 from ({own('text')}) o limit 1").num_rows
        return None if found else speechless(study)

    def load(self, study: Study, outside: Flags) -> Texts:
        """See `Signal.load`."""
        return load(study, outside)

    def statistic(self, data: Texts, crowds: Crowds) -> Numbers:
        """Texts that enough of the group wrote; NaN where fewer than that wrote anything."""
        from graphnet.kernels.copied import copied  # noqa: PLC0415  (numba, half a second)

        uses = data.uses
        texts, _ = copied(crowds.start, crowds.account, uses.start, uses.text, uses.first, self.members, *data.judges)
        writing = crowds.total((data.total > 0).astype(np.int64))
        return np.where(writing >= self.members, texts, np.nan)

    def communities(self, data: Texts, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`."""
        for place, value in enumerate(values.tolist()):
            writing = int((data.total[groups.members(place)] > 0).sum())
            reason = f"{count(int(value), 'text')} written by {self.members} members or more" if value >= 0 else ""
            reason = reason or f"insufficient data: {count(writing, 'member')} wrote words of their own"
            yield self.of_community(int(groups.label[place]), value, reason)

    def accounts(self, data: Texts, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`."""
        found = clusters_of(data, groups)
        cluster = np.repeat(np.arange(len(found.text)), np.diff(found.start))
        good = (found.counted & (found.members >= self.members))[cluster]
        (account, _), _ = distinct(data.account[found.row[good]], cluster[good])
        texts = np.bincount(account, minlength=len(data.total))
        for who in groups.account.tolist():
            if not data.total[who]:
                yield self.of_account(who, np.nan, "insufficient data: it wrote no words of its own")
                continue
            reason = f"it wrote {count(int(texts[who]), 'text')} of those that {self.members} members or more wrote"
            yield self.of_account(who, float(texts[who]), reason)
