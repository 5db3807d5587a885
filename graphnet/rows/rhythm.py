"""Hours of the week of two sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.plots import Lines, Plot, Series
from graphnet.rows import Row, Side
from graphnet.rows._clock import _events
from graphnet.rows._nulls import GROUPS, NO_CONTROLS, Cosine, against_groups, interval
from graphnet.safe import show

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphnet.crowds import Numbers
    from graphnet.rows._common import Common

__all__ = ["Rhythm"]


class Rhythm(Row):
    """Do both sides keep the same hours of the week?"""

    name: ClassVar[str] = "rhythm"
    title: ClassVar[str] = "the same hours of the week"
    family: ClassVar[str] = "time"
    counts: ClassVar[bool] = False
    null: ClassVar[str] = (
        f"{GROUPS}; not counted, since whoever lives in one time zone or automates posts keeps the same hours"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        if why := super().missing(a, b):
            return why
        account = _events(a.common)[0]
        known = all(side.flags[account].any() for side in (a, b))
        return None if known else "not applicable: no times are known"

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        table = _hours(a.common)
        found = against_groups(a, b, table, Cosine(), acts=False)
        if found is None:
            return self.answer(NO_CONTROLS)
        low, high = interval(a, b, table, Cosine())
        both = [np.asarray(table[side.own].sum(axis=0)).ravel() / len(side.own) for side in (a, b)]
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        order = np.lexsort((np.arange(168), -np.minimum(*both)))[:10]
        return self.answer(
            f"cosine of their hours of the week (UTC): {found.value:.3f} (0 to 1), {found.expected:.3f} in matched "
            "groups",
            found.value, "cosine", low=low, high=high, reference=found.expected,
            compared_with="mean of matched groups", p=found.p,
            evidence=[{"hour": f"{names[i // 24]} {i % 24:02d}", f"share of {show(a.name, 40)}": float(both[0][i]),
                       f"share of {show(b.name, 40)}": float(both[1][i])} for i in order.tolist()],
        )  # fmt: skip

    def plots(self, a: Side, b: Side) -> Sequence[Plot]:
        """Hours of the day of both."""
        table = _hours(a.common)
        hours = tuple(float(h) for h in range(24))
        lines = [np.asarray(table[side.own].sum(axis=0)).ravel().reshape(7, 24).sum(axis=0) for side in (a, b)]
        series = tuple(
            Series(show(side.name, 40), hours, tuple(float(v) for v in line / max(len(side.own), 1)))
            for side, line in zip((a, b), lines, strict=True)
        )
        note = "Every account counts the same; two lines of one shape are two sides that keep the same hours."
        return (Lines("Hours of the day", "hour (UTC)", "share of posts", note, series=series),)


def _hours(common: Common) -> csr_array:
    """Share of each account's posts in each hour of the week, from Monday."""
    from graphnet.crowds import incidence  # noqa: PLC0415

    account, time = _events(common)
    hour = (time // 3600 + 72) % 168
    table = incidence(account, hour, (common.width, 168))
    total: Numbers = np.maximum(np.bincount(account, minlength=common.width), 1).astype(np.float64)
    table.data /= np.repeat(total, np.diff(table.indptr))
    return table
