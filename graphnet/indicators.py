"""Indicators calibrated on this data: how rare a figure is among comparable accounts. Pure arithmetic.

Three steps. A *figure* of an account is compared with those of control accounts that posted about as much: how far it
stands from their median towards the machine's end, in units of their mean deviation. Its p is the share of *all*
controls that stand as far from the median of their own stratum (conformal: 1 is added above and below, so that no p is
0). A *family* of k figures has k times its smallest p. The *score* is the sum over the families of -log10 p, each at
most 4; its own p is again the share of the controls with a score as high, and the Benjamini-Hochberg rule turns those
p into q over all accounts that were asked about.

Ranks within each stratum alone were tried: a stratum has a hundred or two hundred controls, and the smallest p of a
family of four figures is then 1 in 25 or 50. On four generated worlds that found 18 % of the machines where this found
63 %; of the ordinary people it gave 0.2 % indicators, this 1.3 %. Nothing is learnt, nothing is weighted, and an
account stands out only against the people of the same data: what all of them do is never an indicator.

Example:
    >>> values = np.array([[1.0], [2.0], [3.0], [4.0], [9.0]])
    >>> control = np.array([True, True, True, True, False])
    >>> found = compare(values, ["speed"], [1], np.zeros(5, dtype=np.int64), control, least=4)
    >>> found.p[:, 0].round(2).tolist(), found.median(4, 0)
    ([1.0, 0.75, 0.5, 0.25, 0.2], 2.5)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphnet.controls import activity_strata
from graphnet.crowds import Flags, Ints, Numbers

__all__ = [
    "CONTROLS",
    "FDR",
    "FEWEST",
    "MOST",
    "SPEAKS",
    "Compared",
    "blocks",
    "compare",
    "conformal",
    "distance",
]

CONTROLS = 100
"""Strata of activity are joined until each has so many control accounts to take the median of."""
FEWEST = 20
"""With fewer control accounts whose figure is known there is nothing to compare with."""
MOST = 4.0
"""The most that one family adds to the score: a single odd figure is not to decide alone."""
SPEAKS = 0.05
"""A family speaks if its p is at most this."""
FDR = 0.05
"""Share of the accounts with indicators for which chance alone is expected to account."""


@dataclass(frozen=True)
class Compared:
    """Figures of accounts among those of their controls.

    Attributes:
        values: The figures, one row an account, one column a figure; NaN where unknown.
        names: The families, each once, in the order of the columns.
        p: Conformal p of each figure; NaN where it is unknown or has nothing to be compared with.
        family: p of each family, one column a family; NaN where none of its figures has a p.
        score: Sum over the families of min(4, -log10 p).
        known: Whether the account has any p at all.
        group: Which of ``held`` each figure was compared with.
        held: The controls' figures of each group and column, sorted; by (group, column).
    """

    values: Numbers
    names: tuple[str, ...]
    p: Numbers
    family: Numbers
    score: Numbers
    known: Flags
    group: Ints
    held: dict[tuple[int, int], Numbers]

    def controls(self, account: int, column: int) -> Numbers:
        """The controls' figures that an account's figure was compared with, sorted."""
        return self.held.get((int(self.group[account, column]), column), np.zeros(0))

    def median(self, account: int, column: int) -> float:
        """Their median; NaN if there are none."""
        held = self.controls(account, column)
        return float(np.median(held)) if len(held) else float("nan")

    def extreme(self, account: int, column: int, tail: int) -> float:
        """Their 99th percentile towards the machine's end (the 1st where small figures are a machine's)."""
        held = self.controls(account, column)
        return float(np.quantile(held, 0.99 if tail > 0 else 0.01)) if len(held) else float("nan")


def blocks(activity: Ints, control: Flags, least: int = CONTROLS) -> Ints:
    """Strata of activity (half powers of two of the posts), joined until each has controls enough; by account.

    The poorest stratum is joined to the poorer of its neighbours, again and again.

    Example:
        >>> blocks(np.array([40, 41, 42, 300]), np.array([True, True, True, False]), least=2).tolist()
        [0, 0, 0, 0]
    """
    strata = activity_strata(activity)
    have = np.bincount(strata[control], minlength=int(strata.max(initial=0)) + 1).tolist()
    joined = [[low] for low in range(len(have))]
    while len(joined) > 1 and min(have) < least:
        poor = have.index(min(have))
        beside = min((i for i in (poor - 1, poor + 1) if 0 <= i < len(have)), key=have.__getitem__)
        low, high = sorted((poor, beside))
        joined[low] += joined.pop(high)
        have[low] += have.pop(high)
    place = np.zeros(len(have) and max(map(max, joined)) + 1, dtype=np.int64)
    for number, some in enumerate(joined):
        place[some] = number
    return np.asarray(place[strata])


def compare(
    values: Numbers,
    families: Sequence[str],
    tails: Sequence[int],
    block: Ints,
    control: Flags,
    kind: Ints | None = None,
    alike: Sequence[bool] | None = None,
    least: int = FEWEST,
) -> Compared:
    """Compare accounts with control accounts of the same activity; controls are compared with the other controls.

    Args:
        values: One row an account, one column a figure; NaN where unknown.
        families: The family of each column.
        tails: 1 where large figures are a machine's, -1 where small ones are.
        block: Stratum of activity of each account.
        control: Which accounts are controls.
        kind: Resolution of each account's times (or any other number) …
        alike: … and the columns whose figures are comparable only among accounts of the same kind.
        least: Fewest controls with a known figure.
    """
    kinds = np.zeros(len(values), dtype=np.int64) if kind is None else np.unique(kind, return_inverse=True)[1]
    p, group = np.full(values.shape, np.nan), np.zeros(values.shape, dtype=np.int64)
    held: dict[tuple[int, int], Numbers] = {}
    for column, tail in enumerate(tails):
        fine = alike is not None and alike[column]
        group[:, column] = block * (kinds.max(initial=0) + 1) + (kinds if fine else 0)
        apart = np.full(len(values), np.nan)
        for number in np.unique(group[:, column]).tolist():
            here = np.flatnonzero((group[:, column] == number) & ~np.isnan(values[:, column]))
            some = np.sort(values[here[control[here]], column])
            if len(some) >= least:
                held[number, column] = some
                apart[here] = tail * distance(values[here, column], some)
        known = np.flatnonzero(~np.isnan(apart))
        p[known, column] = conformal(apart[known], np.sort(apart[known[control[known]]]), control[known])
    names = tuple(dict.fromkeys(families))
    family = np.stack([_family(p[:, [f == name for f in families]]) for name in names], axis=1)
    known = np.asarray(~np.isnan(family))
    score = np.where(known, np.minimum(MOST, -np.log10(np.where(known, family, 1.0))), 0.0).sum(axis=1)
    return Compared(values, names, p, family, score, np.asarray(known.any(axis=1)), group, held)


def distance(values: Numbers, controls: Numbers) -> Numbers:
    """How far figures stand from the controls' median, in units of the controls' mean deviation from it.

    Where all controls have the same figure any other one stands very far from it.

    Args:
        values: Known figures.
        controls: The controls' figures.

    Example:
        >>> distance(np.array([5.0]), np.array([1.0, 2.0, 3.0])).tolist()
        [4.5]
    """
    median = np.median(controls)
    deviation = max(float(np.abs(controls - median).mean()), 1e-9)
    # rounded, so that two sums of the same numbers in another order are the same distance
    return np.asarray(np.round((values - median) / deviation, 9))


def conformal(values: Numbers, controls: Numbers, own: Flags) -> Numbers:
    """Share of the controls as large, the account itself counted in: (1 + as large) / (1 + all).

    Args:
        values: Known figures.
        controls: The controls' figures, sorted.
        own: Whether the figure is one of the controls' (it is then in both counts already).

    Example:
        >>> conformal(np.array([5.0]), np.array([1.0, 2.0, 3.0, 4.0]), np.array([False])).tolist()
        [0.2]
    """
    large = len(controls) - np.searchsorted(controls, values, side="left")
    return np.asarray((large + ~own) / (len(controls) + ~own), dtype=np.float64)


def _family(p: Numbers) -> Numbers:
    """Number of figures times the smallest p, at most 1 (Bonferroni); NaN without any."""
    count = (~np.isnan(p)).sum(axis=1)
    smallest = np.min(np.where(np.isnan(p), np.inf, p), axis=1, initial=np.inf)
    return np.where(count > 0, np.minimum(1.0, count * np.where(count > 0, smallest, 1.0)), np.nan)
