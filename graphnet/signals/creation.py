"""When the members' accounts were made: accounts bought or made for a purpose tend to be made together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.scan import DAY, densest
from graphnet.signals import EVIDENCE, Finding, Rows, Signal, look_up
from graphnet.study import Study
from graphnet.words import count, iso, percent

__all__ = ["Creation"]


@dataclass(frozen=True)
class Created:
    """Creation time of each account, NaN where unknown, and where names are looked up."""

    study: Study
    time: Numbers


@dataclass(frozen=True)
class Creation(Signal[Created]):
    """Share of the members with a known date whose accounts were made within the densest window of days.

    A platform has seasons too (an election, a holiday): the same share of random groups, and of all accounts in the
    group's own window, stands beside it.

    Args:
        days: Width of the window.
        least: Fewest members with a known date.
    """

    name: ClassVar[str] = "creation"
    title: ClassVar[str] = "when the accounts were made"
    unit: ClassVar[str] = "share of accounts"
    days: int = 120
    least: int = 5

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        dated = study.rows("select 1 from accounts where created is not null limit 1").num_rows
        return None if dated else "no account has a creation date"

    def load(self, study: Study, outside: Flags) -> Created:  # noqa: ARG002
        """See `Signal.load`."""
        rows = study.rows("select account, cast(created as double) as created from accounts order by account")
        return Created(study, rows["created"].to_numpy(zero_copy_only=False))

    def statistic(self, data: Created, crowds: Crowds) -> Numbers:
        """Accounts in the densest window over accounts with a known date."""
        _, counts, known = densest(data.time, crowds, self.days)
        return np.where(known >= self.least, counts / np.maximum(known, 1), np.nan)

    def communities(self, data: Created, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`; the evidence is the accounts made in the window, the oldest first."""
        starts, counts, known = densest(data.time, groups, self.days)
        dated = np.sort(data.time[~np.isnan(data.time)])
        everywhere = np.searchsorted(dated, starts + self.days * DAY, "right") - np.searchsorted(dated, starts)
        names = look_up(data.study, "accounts", "id, name", groups.account)
        for i, value in enumerate(values):
            if np.isnan(value):
                reason = f"insufficient data: {count(int(known[i]), 'member')} with a known date, {self.least} needed"
                yield self.of_community(int(groups.label[i]), value, reason)
                continue
            members = groups.members(i)
            within = self._within(data.time[members], starts[i])
            reason = (
                f"{counts[i]:,} of {known[i]:,} members with a known date were made within {self.days} days from "
                f"{_day(starts[i])}, when {percent(everywhere[i] / len(dated))} of all accounts were made; "
                f"half of the group before {_day(np.nanmedian(data.time[members]))}"
            )
            yield self.of_community(int(groups.label[i]), value, reason, _evidence(data, members[within], names))

    def accounts(self, data: Created, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`: whether (1 or 0) the account was made in its group's densest window."""
        starts, _, known = densest(data.time, groups, self.days)
        for i in range(len(groups)):
            members = groups.members(i)
            within = self._within(data.time[members], starts[i])
            for account, inside in zip(members.tolist(), within.tolist(), strict=True):
                time = data.time[account]
                if np.isnan(time) or known[i] < self.least:
                    why = "its creation date is not known" if np.isnan(time) else "its group has too few known dates"
                    yield self.of_account(account, np.nan, f"insufficient data: {why}")
                    continue
                where = "in" if inside else "outside"
                window = f"{where} its group's densest {self.days} days, which begin on {_day(starts[i])}"
                yield self.of_account(account, float(inside), f"made on {_day(time)}, {window}")

    def _within(self, time: Numbers, start: float) -> Any:
        return (time >= start) & (time <= start + self.days * DAY)


def _evidence(data: Created, members: Ints, about: Rows) -> list[dict[str, Any]]:
    shown = members[np.argsort(data.time[members], kind="stable")][:EVIDENCE].tolist()
    return [{"account": about[a]["id"], "name": about[a]["name"], "created": iso(int(data.time[a]))} for a in shown]


def _day(time: float) -> str:
    return (iso(int(time)) or "")[:10]
