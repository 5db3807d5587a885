"""All nulls together: the pairs of accounts that none of them explains.

The nulls of one side form a ladder: the p of the side is the largest of theirs, so a cheap null may sort out what a
strict one need not look at. The two sides are two claims ("together on the same things beyond interest", "together in
time beyond diffusion and habit"); a pair that shows one of them shows it at twice the smaller p.

Example:
    >>> import numpy as np
    >>> from graphnet.nulls import Popularity, Shares
    >>> account, thing = np.repeat(np.arange(30), 6), np.arange(180)
    >>> thing[6:12] = thing[:6]
    >>> found = assess(Shares.of(account, thing), [Popularity()])
    >>> found.pairs.source.tolist(), found.pairs.target.tolist(), found.kept.tolist(), found.summary["cap"]
    ([0], [1], [True], 'L0')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import InputError
from graphnet.nulls import Model, Null, Outcome, Pairs, Seeker, Shares, q_values

__all__ = [
    "LEVEL",
    "Assessment",
    "Seen",
    "Side",
    "assess",
    "cap",
    "concluded",
    "look",
    "screens_first",
    "sentences",
]

LEVEL = 1e-3
"""Largest p of a pair that is reported. Among 1,000 accounts a pair is kept at 1e-3 only if a tenth of all pairs is."""
Flags = NDArray[np.bool_]
N = TypeVar("N", bound=Null)


@dataclass(frozen=True)
class Assessment:
    """The pairs whose p is at most `LEVEL`, sorted by source and target.

    Attributes:
        pairs: The pairs; ``shared`` counts the objects that the ``what`` nulls could judge.
        tested: What each null says of them, by its name.
        p: Both sides together.
        q: False discovery rate at which the pair is kept, among all pairs of active accounts.
        kept: Whether that is low enough.
        summary: ``accounts`` (active), ``tests``, ``candidates`` (pairs that share two things or more), ``looked_at``
            (per side: pairs that came through the screen or met twice), ``unexplained`` (p at most `LEVEL`), ``kept``,
            ``expected_false`` of these, ``left_out`` (per side: shares that could not be judged), ``not_applicable``
            (null -> why), ``notes`` (null -> what its fit says), ``cap`` (``L0``: nothing better than a screen was
            applicable, so that shared interest is not excluded; else None).
    """

    pairs: Pairs
    tested: Mapping[str, Outcome]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    kept: Flags
    summary: dict[str, Any]


def assess(
    shares: Shares,
    nulls: Sequence[Null],
    *,
    floor: int = 5,
    fdr: float = 0.01,
    method: Literal["bh", "by"] = "bh",
    threads: int | None = None,
) -> Assessment:
    """Test all pairs of accounts that share at least ``floor`` objects each.

    Args:
        shares: Who shared what.
        nulls: The nulls, in any order. One of each side has to be able to look for pairs.
        floor: Fewest objects of an account that takes part.
        fdr: False discovery rate.
        method: How it is held: see `q_values`.
        threads: Number of threads; None: all cores.

    Raises:
        InputError: No null of a side looks for pairs.
    """
    reasons = {null.name: why for null in nulls if (why := null.missing(shares))}
    usable = [null for null in nulls if null.name not in reasons]
    what, when = (Side.of(side, [n for n in usable if n.side == side], shares, threads) for side in ("what", "when"))
    active = shares.activity >= floor
    seen = look(what, when, active, threads)
    models = what.models | when.models
    summary = {
        "left_out": {side.name: len(shares) - len(side.shares) for side in (what, when) if side.models},
        "not_applicable": reasons,
        "notes": {name: model.notes for name, model in models.items()},
        "cap": cap(usable),
    }
    return concluded(seen, int(active.sum()), summary, fdr=fdr, method=method)


@dataclass(frozen=True)
class Seen:
    """The pairs whose p is at most `LEVEL`, before it is known how many were tested in all.

    Attributes:
        pairs: As in `Assessment`.
        tested: As in `Assessment`.
        p: As in `Assessment`.
        looked_at: As in the summary of `Assessment`.
    """

    pairs: Pairs
    tested: Mapping[str, Outcome]
    p: NDArray[np.float64]
    looked_at: Mapping[str, int]


def look(what: Side, when: Side, active: Flags, threads: int | None = None, cut: int | None = None) -> Seen:
    """Find the pairs of active accounts that neither side explains.

    Args:
        what: The nulls of this side, fitted.
        when: The nulls of the other.
        active: Which accounts take part.
        threads: Number of threads; None: all cores.
        cut: Only pairs of an account below this number and one from it on; None: all pairs.
    """
    heard = _heard([what, when])
    found = [side.surprising(active, threads, cut) for side in heard]
    pairs = _union(len(active), what.shares, [f for f, _ in found], threads)
    p = np.minimum(1.0, len(heard) * reduce(np.minimum, [side.p(pairs) for side in heard]))
    pairs, p = pairs.among(p <= LEVEL), p[p <= LEVEL]
    tested = {name: model.test(pairs) for name, model in (what.models | when.models).items()}
    return Seen(pairs, tested, p, {side.name: some for side, (_, some) in zip(heard, found, strict=True)})


def concluded(
    seen: Seen, accounts: int, about: Mapping[str, Any], *, fdr: float, method: Literal["bh", "by"]
) -> Assessment:
    """What follows for all pairs together.

    Args:
        seen: The pairs that are unexplained, of all that were tested.
        accounts: Number of active accounts.
        about: The rest of the summary: ``left_out``, ``not_applicable``, ``notes``, ``cap``.
        fdr: False discovery rate.
        method: How it is held: see `q_values`.
    """
    tests = accounts * (accounts - 1) // 2
    q = q_values(seen.p, max(tests, 1), method)
    kept = q <= fdr
    summary = {
        "accounts": accounts,
        "tests": tests,
        "candidates": about["notes"].get("popularity", {}).get("candidates"),
        "looked_at": dict(seen.looked_at),
        "unexplained": len(seen.pairs),
        "kept": int(kept.sum()),
        "expected_false": round(fdr * int(kept.sum()), 2),
        **about,
    }
    return Assessment(seen.pairs, seen.tested, seen.p, q, kept, summary)


def cap(nulls: Sequence[Null]) -> str | None:
    """``L0`` where there is nothing better than a screen."""
    return None if any(not null.screen for null in nulls) else "L0"


def _heard(sides: Sequence[Side]) -> Sequence[Side]:
    # a screen alone proves nothing as long as there is anything better
    return [side for side in sides if side.strict] or sides[:1]


@dataclass(frozen=True)
class Side:
    """The nulls of one side, fitted to the shares that all of them can judge; screens first.

    Attributes:
        name: ``what`` or ``when``.
        shares: The shares that all of them can judge.
        nulls: The nulls, screens first.
        models: Each fitted, by name.
    """

    name: str
    shares: Shares
    nulls: Sequence[Null]
    models: dict[str, Model]

    @classmethod
    def of(cls, name: str, nulls: Sequence[Null], shares: Shares, threads: int | None) -> Side:
        """Fit these nulls."""
        ordered = screens_first(nulls)
        judged = reduce(lambda some, null: null.usable(some), reversed(ordered), shares)
        return cls(name, judged, ordered, {null.name: null.fit(judged, threads) for null in ordered})

    @property
    def strict(self) -> bool:
        """Whether a pair that this side does not explain means something."""
        return any(not null.screen for null in self.nulls)

    def surprising(self, active: Flags, threads: int | None, cut: int | None) -> tuple[Pairs, int]:
        """The pairs with p <= `LEVEL`, and how many pairs the strict nulls were asked about."""

        def judge(pairs: Pairs) -> tuple[Pairs, int]:
            left = pairs
            for null in self.nulls:
                if not null.screen:
                    left = left.among(self.models[null.name].test(left).p <= LEVEL)
            return left, len(pairs)

        if not self.nulls:
            return Pairs.joined([]), 0
        seeker = self.models[self.nulls[0].name]
        if not isinstance(seeker, Seeker):
            raise InputError(
                f"null {self.nulls[0].name} tests pairs but does not look for them: name a screen (popularity) too"
            )
        # a seeker of somebody's own may know nothing of cuts
        some = seeker.candidates(judge, active, threads, **({} if cut is None else {"cut": cut}))
        return Pairs.joined([pairs for pairs, _ in some]), sum(n for _, n in some)

    def p(self, pairs: Pairs) -> NDArray[np.float64]:
        """The largest p of the nulls."""
        return reduce(np.maximum, [model.test(pairs).p for model in self.models.values()], np.zeros(len(pairs)))


def screens_first(nulls: Sequence[N]) -> list[N]:
    """The order in which the nulls of a side are asked; they sift the shares in the opposite order.

    A screen's budget is for what the others leave.
    """
    return sorted(nulls, key=lambda null: not null.screen)


def _union(accounts: int, shares: Shares, found: Sequence[Pairs], threads: int | None) -> Pairs:
    """All pairs found, each once, sorted, and counted in these shares."""
    keys = np.unique(np.concatenate([p.source.astype(np.int64) * accounts + p.target for p in found]))
    return Pairs.of(shares, keys // max(accounts, 1), keys % max(accounts, 1), threads)


def sentences(nulls: Sequence[Null], tie: Mapping[str, Any], things: str = "objects") -> list[str]:
    """What was seen beside what was expected, a sentence for each side that could be judged.

    Args:
        nulls: The nulls that were used.
        tie: A row of the ``ties`` table; missing values are None or NaN.
        things: What the objects are, as the layer's summary says.

    Example:
        >>> from graphnet.nulls import Diffusion, Interest, Popularity
        >>> tie = {"shared": 17, "expected": 0.84, "sessions": None, "p_popularity": 1e-9, "p_interest": 1e-14}
        >>> sentences([Diffusion(), Interest(), Popularity()], tie, "posts")
        ['given whom each amplifies and when each is active, 0.8 shared posts expected, 17 seen']
    """
    judged = [null for null in sorted(nulls, key=lambda n: (n.side, n.screen)) if _known(tie.get(f"p_{null.name}"))]
    said = {null.side: null for null in reversed(judged)}
    columns = {"what": ("shared", "expected"), "when": ("sessions", "expected_sessions")}
    return [
        said[side].sentence(int(tie[seen]), float(tie[expected]), things)
        for side, (seen, expected) in columns.items()
        if side in said
    ]


def _known(value: Any) -> bool:
    return value is not None and value == value  # noqa: PLR0124  (NaN is not equal to itself)
