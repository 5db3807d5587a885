"""How automated the members look: their rhythm, schedule, speed, words, volume and profile against like accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from graphnet import automation, showing, timelines
from graphnet.automation import CLASSES
from graphnet.crowds import Crowds, Flags, Numbers
from graphnet.signals import Finding, Signal
from graphnet.study import Study

__all__ = ["Automation"]

NONE = "none of their figures is rare among control accounts as active"
MEANING = (
    "figures of rhythm, schedule, speed, words, volume or profile that are rare, alone or together, among control "
    "accounts as active, and no proof of a machine: fans with notifications switched on, newsrooms and shared accounts "
    "have them, too"
)
"""What an indicator says, and what it does not."""
OF_ACCOUNT = "yes or no: has automation indicators"


@dataclass(frozen=True)
class Judged:
    """The study and what the indicators say of its accounts."""

    study: Study
    found: automation.Automation


@dataclass(frozen=True)
class Automation(Signal[Judged]):
    """Share of the members with automation indicators, and the group's composition, against accounts in no group.

    The value of an account is 1 if it has indicators and 0 if not. Indicators are no proof of a machine: newsrooms,
    shared accounts and fans with notifications have them too, and a busy pensioner may.

    Args:
        least_members: Fewest members that can be judged for the group to be judged.
    """

    name: ClassVar[str] = "automation"
    title: ClassVar[str] = "automation indicators"
    unit: ClassVar[str] = "share of judged members that have an automation indicator"
    least_members: int = 3

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        return None if timelines.timed(study) else "the study has no times"

    def load(self, study: Study, outside: Flags) -> Judged:
        """See `Signal.load`."""
        return Judged(study, automation.judge(study, ~outside, outside, timelines.load(study, "members")))

    def statistic(self, data: Judged, crowds: Crowds) -> Numbers:
        """Members with indicators over members that can be judged."""
        judged = crowds.total(data.found.judged.astype(np.int64))
        flagged = crowds.total(data.found.flagged.astype(np.int64))
        return np.where(judged >= self.least_members, flagged / np.maximum(judged, 1), np.nan)

    def communities(self, data: Judged, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`; the evidence is the composition, and the families that speak."""
        for i, value in enumerate(values):
            members = groups.members(i)
            composed = data.found.composition(members)
            flagged, judged = int(data.found.flagged[members].sum()), composed.judged
            told = f"{flagged:,} of {judged:,} members that can be judged have an automation indicator"
            told += f": {MEANING if flagged else NONE}; {composed.tell()}"
            if np.isnan(value):
                told = f"insufficient data: {composed.judged:,} of {composed.size:,} members can be judged"
                told += f", {self.least_members} are needed"
            rows: list[dict[str, Any]] = [_class(composed, name) for name in CLASSES]
            spoke = data.found.speaking[members].sum(axis=0).tolist()
            rows += [{"family": f, "members": n} for f, n in zip(automation.FAMILIES, spoke, strict=True)]
            yield self.of_community(int(groups.label[i]), value, told, rows)

    def accounts(self, data: Judged, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`; the evidence is the figures that speak, with posts that show them."""
        found = data.found
        shown = showing.posts(data.study, found, groups.account.tolist())
        for account in groups.account.tolist():
            value = float(found.flagged[account]) if found.judged[account] else np.nan
            told = replace(self.of_account(account, value, found.tell(account), shown.get(account)), unit=OF_ACCOUNT)
            yield replace(told, control=1 - float(found.p[account])) if found.judged[account] else told


def _class(composed: automation.Composition, name: str) -> dict[str, Any]:
    share, low, high = composed.share(name)
    known = {"share": round(share, 4), "low": low, "high": high} if not np.isnan(share) else {}
    return {"class": name, "members": composed.count(name), **known}
