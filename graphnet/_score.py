"""``score``: evidence about the communities that ``detect`` found, and about their members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graphnet import registry, schema
from graphnet._benign import weigh
from graphnet.errors import InputError
from graphnet.log import progress
from graphnet.signals import Finding, Signal
from graphnet.study import Step, Study

if TYPE_CHECKING:
    from graphnet.controls import Controls
    from graphnet.crowds import Crowds, Ints, Numbers

__all__ = ["score"]

CONTROLS = 199
"""With 199 control groups, "more than all of them" is a chance of 1 in 200."""
HIGH = 0.95
"""A figure above this share of its control groups is counted; one in twenty is by chance."""
BATCH = 2_000_000
"""Rows (group, account) of control groups held at once."""
PIECE = 20_000
"""Findings turned into Arrow at once."""

Standings = dict[tuple[str, int], tuple["Numbers", str]]
"""By signal and place of the community: the values of its control groups, and what these groups are."""


def score(study: Study, *signals: Signal[Any], controls: int = CONTROLS, seed: int = 7) -> dict[str, Any]:
    """Score the study's communities and their members; writes the table ``findings``.

    Args:
        study: A study with communities.
        signals: Which signals, or none for all that are installed, with their defaults.
        controls: Random groups of members and other accounts as active that each community is compared with (see
            `graphnet.controls.exchanged`); 0 for none.
        seed: Same seed, same groups, whatever the order of rows.

    Returns:
        What was found: communities, members, and for each signal its number of findings, of those with a value, and
        of communities that stand above 95 % of their control groups; how many figures of communities were compared
        at all, how many stand so high, and how many would by chance alone.

    Raises:
        MissingTable: No community was sought yet.
        InputError: ``controls`` is negative, or a signal is named twice.

    Example:
        >>> import graphnet as gn
        >>> summary = gn.score(study)  # doctest: +SKIP
        >>> summary["signals"]["shared_targets"]  # doctest: +SKIP
        {'findings': 427, 'with_value': 427, 'communities_above_controls': 2}
        >>> summary["compared"], summary["above_controls"], summary["above_controls_by_chance"]  # doctest: +SKIP
        (61, 11, 3.0)
    """
    from graphnet import controls as control  # noqa: PLC0415  (scipy, which `import graphnet` should not pay for)

    chosen = _chosen(signals, controls)
    groups = control.communities(study)
    active = control.activity(study)
    outside = groups.places(len(active)) < 0
    parameters = {"signals": [registry.describe(s) for s in chosen], "controls": controls, "seed": seed}
    with study.step("score", parameters) as step:
        findings: list[Finding] = []
        applicable = []
        for signal in chosen:
            why = signal.missing(study)
            if why is None:
                applicable.append(signal)
            else:
                findings += [signal.of_community(int(n), float("nan"), f"not applicable: {why}") for n in groups.label]
        data = {s.name: _loaded(step, s, outside) for s in applicable}
        drawn = _drawn(step, groups, active, controls, seed)
        standings = _standings(step, groups, [s for s in applicable if s.compared], data, drawn)
        for signal in applicable:
            with step.timed(f"{signal.name}: findings"):
                findings += _found(signal, data[signal.name], groups, standings)
        step.write("findings", _tables(findings))
        step.summary |= _summary(groups, chosen, findings)
        step.summary["explanations"] = weigh(step, groups, len(active))
        return dict(step.summary)


def _chosen(signals: tuple[Signal[Any], ...], controls: int) -> tuple[Signal[Any], ...]:
    if controls < 0:
        raise InputError(
            f"controls is {controls}, it has to be 0 (no control groups) or more; {CONTROLS} is the default"
        )
    chosen = signals or tuple(make() for make in registry.find("signals").values())
    names = [s.name for s in chosen]
    if len(set(names)) < len(names):
        raise InputError(f"a signal is named twice: {', '.join(names)}. Give each once.")
    return chosen


def _loaded(step: Step, signal: Signal[Any], outside: Any) -> Any:
    with step.timed(f"{signal.name}: loading"):
        return signal.load(step.study, outside)


def _drawn(step: Step, groups: Crowds, active: Ints, count: int, seed: int) -> Iterator[tuple[int, Controls]]:
    """Control groups for some communities at a time, with the place of the first of these communities."""
    from graphnet.controls import exchanged  # noqa: PLC0415

    outside = groups.places(len(active)) < 0
    low = 0
    while count and low < len(groups):
        high = low + 1
        while high < len(groups) and (groups.start[high + 1] - groups.start[low]) * count <= BATCH:
            high += 1
        with step.timed("drawing control groups"):
            controls = exchanged(groups.slice(low, high), active, outside, count, seed)
        yield low, controls
        low = high


def _standings(
    step: Step,
    groups: Crowds,
    signals: list[Signal[Any]],
    data: dict[str, Any],
    drawn: Iterator[tuple[int, Controls]],
) -> Standings:
    found: Standings = {}
    with progress("comparing", len(groups)) as advance:
        for low, controls in drawn if signals else ():
            for signal in signals:
                with step.timed(f"{signal.name}: controls"):
                    values = signal.statistic(data[signal.name], controls.crowds)
                for place, words in enumerate(controls.words):
                    found[signal.name, low + place] = (controls.of(place, values), words)
            advance(len(controls.words))
    return found


def _found(signal: Signal[Any], data: Any, groups: Crowds, standings: Standings) -> Iterator[Finding]:
    values = signal.statistic(data, groups)
    for place, finding in enumerate(signal.communities(data, groups, values)):
        standing = standings.get((signal.name, place))
        yield finding if standing is None or finding.value is None else _placed(finding, finding.value, *standing)
    yield from signal.accounts(data, groups)


def _placed(finding: Finding, value: float, values: Numbers, words: str) -> Finding:
    """The finding with its place among the control groups, in figures and in words."""
    from graphnet.controls import place  # noqa: PLC0415

    placed = place(value, values)
    if placed is None or placed[3] < len(values) / 2:
        why = (
            f"the figure is known of {placed[3] if placed else 0:,} of {len(values):,} {words}"
            if len(values)
            else words
        )
        return replace(finding, reason=f"{finding.reason}; {why}")
    control, smaller, equal, of = placed
    same = f", the same as {equal:,}" if equal else ""
    stands = f"more than {smaller:,} of {of:,} {words}{same}" if smaller or equal else f"less than all {of:,} {words}"
    return replace(finding, reason=f"{finding.reason}; {stands}", control=control)


def _tables(findings: list[Finding]) -> Iterator[pa.Table]:
    for low in range(0, max(len(findings), 1), PIECE):
        yield pa.Table.from_pylist([f.row() for f in findings[low : low + PIECE]], schema=schema.FINDINGS.arrow)


def _summary(groups: Crowds, signals: tuple[Signal[Any], ...], findings: list[Finding]) -> dict[str, Any]:
    told = {s.name: {"findings": 0, "with_value": 0, "communities_above_controls": 0} for s in signals}
    compared = [f for f in findings if f.scope == "community" and f.control is not None]
    for f in findings:
        told[f.code]["findings"] += 1
        told[f.code]["with_value"] += f.value is not None
    for f in compared:
        told[f.code]["communities_above_controls"] += (f.control or 0) > HIGH
    above = sum(found["communities_above_controls"] for found in told.values())
    by_chance = round((1 - HIGH) * len(compared), 1)
    sizes = {"communities": len(groups), "members": len(groups.account)}
    figures = {"compared": len(compared), "above_controls": above, "above_controls_by_chance": by_chance}
    return {**sizes, "signals": told, **figures}
