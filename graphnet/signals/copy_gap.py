"""How soon after each other members write the same words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.signals import Finding, Signal
from graphnet.signals._texts import Texts, clusters_of, load, own, speechless
from graphnet.study import Study
from graphnet.words import count, span

__all__ = ["CopyGap"]


@dataclass(frozen=True)
class CopyGap(Signal[Texts]):
    """Median time from one member's copy of a text to the next member's, in seconds.

    A small value is the telling one: copies of one text that follow each other within seconds. The value of an account
    is its median delay behind the member who wrote the same words before it.
    """

    name: ClassVar[str] = "copy_gap"
    title: ClassVar[str] = "time between copies of a text"
    unit: ClassVar[str] = "s"

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        found = study.rows(f"select 1 from ({own('text')}) o where time is not null limit 1").num_rows
        return None if found else f"{speechless(study)}, or none of these has a time"

    def load(self, study: Study, outside: Flags) -> Texts:
        """See `Signal.load`."""
        return load(study, outside)

    def statistic(self, data: Texts, crowds: Crowds) -> Numbers:
        """The median gap; NaN where no two of the group wrote the same at known times."""
        from graphnet.kernels.copied import copied  # noqa: PLC0415  (numba, half a second)

        uses = data.uses
        return np.asarray(copied(crowds.start, crowds.account, uses.start, uses.text, uses.first, 2, *data.judges)[1])

    def communities(self, data: Texts, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`."""
        for place, value in enumerate(values.tolist()):
            writing = int((data.total[groups.members(place)] > 0).sum())
            reason = f"from one member's copy to the next one's {span(value)} (median)" if value >= 0 else ""
            reason = reason or f"insufficient data: no text by two of {count(writing, 'member')} who wrote any"
            yield self.of_community(int(groups.label[place]), value, reason)

    def accounts(self, data: Texts, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`."""
        account, delay = _delays(data, groups)
        order = np.lexsort((delay, account))
        account, delay = account[order], delay[order]
        bounds = np.searchsorted(account, np.stack([groups.account, groups.account + 1]))
        for who, low, high in zip(groups.account.tolist(), *bounds.tolist(), strict=True):
            if low == high:
                yield self.of_account(who, np.nan, "insufficient data: it wrote no text after another member")
                continue
            value = float(np.median(delay[low:high]))
            times = count(high - low, "text")
            yield self.of_account(who, value, f"it wrote {times} {span(value)} (median) after another member")


def _delays(data: Texts, groups: Crowds) -> tuple[Ints, Ints]:
    """Who wrote a text after another member of their group, and how long after the one before; unsorted."""
    found = clusters_of(data, groups)
    cluster = np.repeat(np.arange(len(found.text)), np.diff(found.start))
    kept = found.counted[cluster] & (data.time[found.row] >= 0)
    cluster, row = cluster[kept], found.row[kept]
    # rows are in the order of clusters and time: the first of each account in each cluster is its first copy
    code = cluster * max(len(data.total), 1) + data.account[row]
    first = np.sort(np.unique(code, return_index=True)[1])
    cluster, row = cluster[first], row[first]
    later = np.flatnonzero(cluster[1:] == cluster[:-1]) + 1
    return data.account[row[later]], data.time[row[later]] - data.time[row[later - 1]]
