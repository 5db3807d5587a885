"""Lists side by side: do the accounts of two lists behave differently, beyond what random halves of them would.

Each account is one observation, so that one busy account does not speak for its list. A *feature* is either a figure
of each account (posts a day) or a profile (which languages, in what shares). Figures are compared by the largest
distance between the two cumulative distributions (Kolmogorov-Smirnov, 0 to 1), profiles by the Jensen-Shannon distance
(base 2, 0 to 1) of the mean profiles. p is the share of random exchanges of accounts between the two lists that give as
large a distance. For features other than activity itself, only accounts as active are exchanged: a list of busier
accounts uses more hashtags, and that is no difference in what it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import Answer
from graphnet.audits._chance import corrected
from graphnet.audits._overlay_features import Feature, features
from graphnet.audits._overlay_join import Book, Joined
from graphnet.audits._parts import Part
from graphnet.controls import activity_strata
from graphnet.crowds import Flags, Ints, Numbers
from graphnet.plots import Heat
from graphnet.safe import show
from graphnet.words import iso, percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["FEW", "distance", "side_by_side"]

FEW = 10
"""Fewest accounts of each list with a feature; with fewer, chance explains any distance."""
TOP = 10
CELLS = 5_000_000
"""Labels held at once (40 MB)."""


# Distances -----------------------------------------------------------------------------------------------------------


def distance(
    feature: Feature, one: Ints, two: Ints, strata: Ints, rounds: int, seed: int
) -> tuple[float, float, float]:
    """How far two lists are apart.

    Args:
        feature: In what.
        one: Accounts of one list that have the feature.
        two: Those of the other.
        strata: Of each account of the study; exchanged are only accounts of the same stratum.
        rounds: How many random exchanges.
        seed: Same seed, same exchanges.

    Returns:
        The distance (0 to 1), its mean under exchange, and p.
    """
    who = np.concatenate([one, two])
    pieces = _exchanged(np.arange(len(who)) < len(one), strata[who], rounds, seed)
    found = np.concatenate(
        [
            _steps(feature.value[who], labels) if feature.value is not None else _profiles(feature.profile, who, labels)
            for labels in pieces
        ]
    )
    # what is as large but for the last digit of a sum is as large
    as_large = int((found[1:] >= found[0] - 1e-12).sum())
    return float(found[0]), float(found[1:].mean()) if rounds else 0.0, (1 + as_large) / (1 + rounds)


def _exchanged(labels: Flags, strata: Ints, rounds: int, seed: int) -> Iterator[Numbers]:
    """The labels, then ``rounds`` rows with the labels exchanged within strata, some rows at a time."""
    yield labels[None, :].astype(np.float64)
    rng = np.random.default_rng(seed)
    order = np.argsort(strata, kind="stable")
    step = max(1, CELLS // len(labels))
    for low in range(0, rounds, step):
        found = np.empty((min(step, rounds - low), len(labels)), dtype=np.float64)
        for row in found:
            row[order] = labels[np.lexsort((rng.random(len(labels)), strata))]
        yield found


def _steps(values: Numbers, labels: Numbers) -> Numbers:
    """Kolmogorov-Smirnov distance for each row of labels."""
    order = np.argsort(values, kind="stable")
    ordered, mine = values[order], labels[:, order]
    last = np.append(ordered[1:] != ordered[:-1], True)
    n, m = labels[0].sum(), len(values) - labels[0].sum()
    one, both = np.cumsum(mine, axis=1)[:, last], np.flatnonzero(last) + 1
    return np.asarray(np.abs(one / n - (both - one) / m).max(axis=1))


def _profiles(profile: Any, who: Ints, labels: Numbers) -> Numbers:
    """Jensen-Shannon distance of the mean profiles for each row of labels."""
    table = profile[who]
    n, m = labels[0].sum(), len(who) - labels[0].sum()
    one, two = np.asarray((table.T @ labels.T).T) / n, np.asarray((table.T @ (1 - labels).T).T) / m
    middle = (one + two) / 2
    entropies = [(-np.where(p > 0, p * np.log2(np.where(p > 0, p, 1)), 0)).sum(axis=1) for p in (middle, one, two)]
    found: Numbers = np.sqrt(np.maximum(entropies[0] - (entropies[1] + entropies[2]) / 2, 0))
    return found


# Side by side --------------------------------------------------------------------------------------------------------


def side_by_side(study: Study, book: Book, lists: Sequence[Joined], acts: Ints, rounds: int, seed: int) -> Part:
    """Every two lists in every feature.

    Args:
        study: The study.
        book: Its accounts.
        lists: The lists.
        acts: How many actions each account made.
        rounds: Random exchanges for each distance.
        seed: Of the exchanges.
    """
    who = np.unique(np.concatenate([one.account for one in lists])) if lists else np.zeros(0, dtype=np.int64)
    held = features(study, book, who)
    strata = activity_strata(acts)
    rows = [_described(one, held, acts) for one in lists]
    answers = [
        _apart(feature, one, two, strata, rounds, seed) for one, two in combinations(lists, 2) for feature in held
    ]
    answers = corrected(answers)
    told = [row for feature in held for row in _values(feature, lists)]
    tables = {"sets": rows, "set_profiles": told} if len(lists) else {}
    apart = sorted({a.subject for a in answers if a.q is not None and a.q <= 0.05})
    pairs = [f"{one.name} · {two.name}" for one, two in combinations(lists, 2)]
    summary = (
        {"behave_differently": apart, "not_shown_to_differ": [p for p in pairs if p not in apart]} if pairs else {}
    )
    notes = ["accounts on both of two lists are left out where these are compared"] if pairs else []
    return Part(answers, _heat(answers, held, pairs), tables, notes, summary)


def _apart(feature: Feature, one: Joined, two: Joined, strata: Ints, rounds: int, seed: int) -> Answer:
    known = feature.known()
    mine, theirs = (np.setdiff1d(a.account, b.account) for a, b in ((one, two), (two, one)))
    mine, theirs = mine[known[mine]], theirs[known[theirs]]
    code, subject = f"apart_in_{feature.code}", f"{one.name} · {two.name}"
    if min(len(mine), len(theirs)) < FEW:
        why = f"insufficient data: {len(mine)} and {len(theirs)} accounts have it, {FEW} are needed of each"
        return Answer(code, subject, None, "distance", why)
    within = np.zeros_like(strata) if feature.activity else strata
    value, expected, p = distance(feature, mine, theirs, within, rounds, seed)
    how = "" if feature.activity else " among accounts as active"
    kind = (
        "cumulative distributions (Kolmogorov-Smirnov)"
        if feature.value is not None
        else "mean profiles (Jensen-Shannon)"
    )
    return Answer(
        code,
        subject,
        value,
        "distance",
        f"{feature.words}: {_typical(feature, mine)} against {_typical(feature, theirs)} ({len(mine):,} and "
        f"{len(theirs):,} accounts); distance of the {kind}, 0 to 1; p: {rounds:,} random exchanges{how}; q: "
        "Benjamini-Hochberg over all features and lists",
        reference=expected,
        compared_with="mean of random exchanges",
        p=p,
        evidence=_beside(feature, one.name, mine, two.name, theirs),
    )


def _typical(feature: Feature, who: Ints) -> str:
    if feature.value is not None:
        return f"median {_figure(float(np.median(feature.value[who])), feature.unit)}"
    top = _mean(feature, who)
    place = int(np.argmax(top))
    return f"mostly {show(feature.values[place], 40)} ({percent(float(top[place]))})"


def _figure(value: float, unit: str) -> str:
    if unit == "time":
        return (iso(int(value)) or "")[:10]
    return percent(value) if unit == "share" else f"{value:,.3g} {unit}"


def _mean(feature: Feature, who: Ints) -> Numbers:
    """Mean profile of some accounts."""
    if feature.profile is None:
        return np.zeros(0)
    return np.asarray(feature.profile[who].sum(axis=0), dtype=np.float64).ravel() / max(len(who), 1)


def _beside(feature: Feature, one: str, mine: Ints, two: str, theirs: Ints) -> list[dict[str, Any]]:
    """The figures of both, row by row: quantiles, or the values that are furthest apart."""
    names = (f"share in {show(one, 30)}", f"share in {show(two, 30)}")
    if feature.value is not None:
        parts = [np.quantile(feature.value[who], (0.1, 0.25, 0.5, 0.75, 0.9)) for who in (mine, theirs)]
        labels = ("10 %", "25 %", "median", "75 %", "90 %")
        return [
            {
                "quantile": label,
                show(one, 30): _figure(float(a), feature.unit),
                show(two, 30): _figure(float(b), feature.unit),
            }
            for label, a, b in zip(labels, *parts, strict=True)
        ]
    first, second = _mean(feature, mine), _mean(feature, theirs)
    order = np.lexsort((np.arange(len(first)), -np.abs(first - second)))[:TOP]
    return [
        {"value": feature.values[i], names[0]: float(first[i]), names[1]: float(second[i])}
        for i in order.tolist()
        if first[i] + second[i] > 0
    ]


def _described(one: Joined, held: Sequence[Feature], acts: Ints) -> dict[str, Any]:
    """One list as a row."""
    row: dict[str, Any] = {
        "list": one.name,
        "entries": len(one.entries),
        "accounts": len(one.account),
        "actions": int(acts[one.account].sum()),
    }
    for feature in held:
        who = one.account[feature.known()[one.account]]
        row[feature.code] = _typical(feature, who) if len(who) else None
    return row


def _values(feature: Feature, lists: Sequence[Joined]) -> list[dict[str, Any]]:
    """The most used values of a profile in each list."""
    if feature.profile is None:
        return []
    made = []
    for one in lists:
        who = one.account[feature.known()[one.account]]
        top = _mean(feature, who)
        order = np.lexsort((np.arange(len(top)), -top))[:TOP]
        made += [
            {"list": one.name, "feature": feature.code, "value": feature.values[i], "share": float(top[i])}
            for i in order.tolist()
            if top[i] > 0
        ]
    return made


def _heat(answers: Sequence[Answer], held: Sequence[Feature], pairs: Sequence[str]) -> list[Heat]:
    of: Mapping[tuple[str, str], float | None] = {(a.code, a.subject): a.value for a in answers}
    if not (pairs and held):
        return []
    return [
        Heat(
            "How far lists are apart",
            "two lists",
            "feature",
            "0: the same; 1: nothing in common. Which of these are more than chance stands with the answers.",
            rows=tuple(f.code.replace("_", " ") for f in held),
            columns=tuple(show(p, 40) for p in pairs[:12]),
            values=tuple(tuple(of.get((f"apart_in_{f.code}", p)) for p in pairs[:12]) for f in held),
            unit="distance",
        )
    ]
