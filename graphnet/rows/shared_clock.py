"""Two sides that act at the same moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.plots import Lines, Plot, Series
from graphnet.rows import Row, Side
from graphnet.rows._clock import BIN, DAYS, LAGS, among_exchanged, clock, together
from graphnet.rows._nulls import DRAWS
from graphnet.safe import show
from graphnet.words import iso, span

__all__ = ["SharedClock"]


class SharedClock(Row):
    """Do both sides become busy at the same moments, beyond their usual hours and what everybody does?

    Posts on what both sides share are left out, and so are posts about accounts of either.
    """

    name: ClassVar[str] = "shared_clock"
    title: ClassVar[str] = "busy at the same moments"
    family: ClassVar[str] = "time"
    null: ClassVar[str] = (
        "one side's whole days in random order, after each side's usual day and what the others did that day were "
        "taken off; the best of lags up to an hour counts, in every order (circular shifts by whole days would give "
        "no more outcomes than there are days); and, where there are any, groups in which accounts of a side and "
        "others like them change places; the larger p"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        if why := super().missing(a, b):
            return why
        days = len(clock(a, b).days)
        return (
            None if days >= DAYS else f"insufficient data: {days} days on which both act by themselves, {DAYS} needed"
        )

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        found = clock(a, b)
        value, lag, expected, p, _ = together(found.one, found.two, a.common.rounds, a.common.seed)
        p = max(p, among_exchanged(a, b))
        daily = (found.one * np.roll(found.two, -lag, axis=1)).sum(axis=1)
        rng = np.random.default_rng((a.common.seed, 3))
        means = daily[rng.integers(0, len(daily), (DRAWS, len(daily)))].mean(axis=1)
        order = np.lexsort((found.days, -daily))[:10]
        later = "at the same time" if not lag else f"{span(abs(lag) * BIN)} {'later' if lag > 0 else 'earlier'}"
        return self.answer(
            f"on the same of {len(daily):,} days, what is unusual in the hours of {show(b.name, 60)} goes with what is "
            f"unusual in those of {show(a.name, 60)} {later}: mean correlation {value:.3f}, {expected:.3f} with days "
            "in random order",
            value, "correlation", low=float(np.quantile(means, 0.025)), high=float(np.quantile(means, 0.975)),
            reference=expected, compared_with="mean of random orders of days", p=p,
            evidence=[{"day": (iso(int(found.days[i]) * 86_400) or "")[:10], "correlation": float(daily[i])}
                      for i in order.tolist()],
        )  # fmt: skip

    def plots(self, a: Side, b: Side) -> Sequence[Plot]:
        """Correlation by lag."""
        found = clock(a, b)
        curve = together(found.one, found.two, 1, a.common.seed)[4]
        lags = tuple(float(lag * BIN / 60) for lag in range(-LAGS, LAGS + 1))
        return (
            Lines(
                "Do they become busy together?", "minutes by which the second side is later", "mean correlation",
                "A peak above the rest says that both act at the same moments of the same days.",
                series=(Series("same days", lags, tuple(float(v) for v in curve)),),
            ),
        )  # fmt: skip
