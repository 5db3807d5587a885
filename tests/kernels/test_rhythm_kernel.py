"""Figures of rhythm against slow, obvious counts; and that coarse or broken times never look like a machine."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from statistics import mean, pstdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels import rhythm as module
from graphnet.kernels.rhythm import DAY, by_quarter, even_session, longest_run, rhythms, windows

TIMES = st.lists(st.integers(-3 * DAY, 40 * DAY), min_size=1, max_size=60).map(sorted)
CLOSE = st.lists(st.integers(0, 4000), min_size=1, max_size=40).map(sorted)
COARSE = st.builds(lambda step, some: sorted(t * step for t in some), st.sampled_from([1, 60, 3600, DAY]),
                   st.lists(st.integers(1, 900), min_size=1, max_size=40))  # fmt: skip
ANY = TIMES | CLOSE | COARSE


def of(*accounts):
    start = np.cumsum([0, *map(len, accounts)]).astype(np.int64)
    return rhythms(start, np.array([t for times in accounts for t in times], dtype=np.int64))


def same(found, expected):
    assert found == pytest.approx(expected, nan_ok=True)


def step(times):
    midnights = sum(t % DAY == 0 for t in times)
    allowed = 0.2 if all(t % 3600 == 0 for t in times) else 0.05
    if all(t % DAY == 0 for t in times) or (midnights > 2 and midnights > allowed * len(times)):
        return DAY
    return next(s for s in (3600, 60, 1) if all(t % s == 0 for t in times))


@given(ANY)
def test_days_resolution_and_hours(times):
    found = of(times)
    days = Counter(datetime.fromtimestamp(t, UTC).date() for t in times)
    assert (found.posts[0], found.days[0], found.most[0]) == (len(times), len(days), max(days.values()))
    assert (found.first[0], found.last[0]) == (times[0], times[-1])
    assert found.step[0] == step(times)
    quarters = Counter(t % DAY // 900 for t in times)
    assert by_quarter(np.array(times)).tolist() == [quarters[q] for q in range(96)]


@given(ANY)
def test_quiet_hours_and_longest_stretch(times):
    found = of(times)
    around = [sum(1 for t in times if (t % DAY // 900 - first) % 96 < 24) for first in range(96)]
    assert windows(by_quarter(np.array(times))).tolist() == around
    stretches = [
        times[j] - times[i]
        for i in range(len(times))
        for j in range(i, len(times))
        if all(b - a < 4 * 3600 for a, b in zip(times[i:j], times[i + 1 : j + 1], strict=True))
    ]
    dates = step(times) == DAY
    same(found.quiet[0], math.nan if dates else min(around) / len(times))
    same(found.longest[0], math.nan if dates else max(stretches) / 3600)
    low, high = longest_run(np.array(times))
    assert times[high] - times[low] == max(stretches)


@given(ANY)
def test_gaps(times):
    found = of(times)
    gaps = [b - a for a, b in pairwise(times)]
    resolution = step(times)
    n, burstiness, entropy, modal, gap = len(gaps), math.nan, math.nan, math.nan, 0
    if n >= 2 and sum(gaps) and resolution < DAY:
        r = pstdev(gaps) / mean(gaps)
        burstiness = (math.sqrt(n + 1) * r - math.sqrt(n - 1)) / ((math.sqrt(n + 1) - 2) * r + math.sqrt(n - 1))
    if n and resolution <= 60:
        bins = Counter(0 if g < 60 else 1 + int(math.log2(g // 60)) for g in gaps)
        entropy = -sum(c / n * math.log2(c / n) for c in bins.values())
        held = Counter(g for g in gaps if g >= 10 * resolution)
        if held:
            gap = min(g for g, c in held.items() if c == max(held.values()))
            modal = held[gap] / sum(held.values())
    same(found.burstiness[0], burstiness)
    same(found.entropy[0], entropy)
    same(found.modal[0], modal)
    assert found.modal_gap[0] == gap


@given(ANY)
def test_favourite_seconds_and_minutes(times):
    found = of(times)

    def z_squared(period):
        total = 0.0
        for k in range(1, 5):
            phases = [2 * math.pi * k * (t % period) / period for t in times]
            total += sum(map(math.cos, phases)) ** 2 + sum(map(math.sin, phases)) ** 2
        return 2 * total / len(times)

    resolution = step(times)
    assert found.second[0] == pytest.approx(z_squared(60) if resolution == 1 else math.nan, nan_ok=True, abs=1e-6)
    assert found.minute[0] == pytest.approx(z_squared(3600) if resolution <= 60 else math.nan, nan_ok=True, abs=1e-6)


@given(ANY)
def test_even_sessions(times):
    found = of(times)
    sessions, resolution = [[times[0]]], step(times)
    for a, b in pairwise(times):
        if b - a > 1800:
            sessions.append([])
        sessions[-1].append(b)
    judged = even = 0
    for session in sessions:
        gaps = [b - a for a, b in pairwise(session)]
        if len(session) < 5 or mean(gaps) < 10 * resolution or resolution > 60:
            continue
        judged += 1
        even += pstdev(gaps) < 0.25 * mean(gaps)
    assert (found.sessions[0], found.even_sessions[0]) == (judged, even)
    same(found.even[0], even / judged if judged else math.nan)


@given(st.lists(ANY, min_size=1, max_size=5))
def test_an_account_has_the_same_figures_alone_as_among_others(accounts):
    together = of(*accounts)
    for i, times in enumerate(accounts):
        alone = of(times)
        for name in vars(together):
            np.testing.assert_array_equal(getattr(together, name)[i], getattr(alone, name)[0])


def test_an_account_without_posts_has_no_figures():
    found = of([], [5])
    assert (found.posts.tolist(), found.days.tolist(), found.step.tolist()) == ([0, 1], [0, 1], [1, 1])
    for name in ("quiet", "longest", "burstiness", "entropy", "second", "minute", "modal", "even"):
        assert math.isnan(getattr(found, name)[0])


# Machines and people --------------------------------------------------------------------------------------------------


def person(days, seed=1, start=1_700_000_000):
    """Sittings of a few posts in sixteen waking hours."""
    rng = np.random.default_rng(seed)
    begin = (np.arange(days * 4) // 4) * DAY + rng.integers(7 * 3600, 23 * 3600, days * 4)
    return np.sort(np.concatenate([b + np.cumsum(rng.lognormal(4.5, 1.2, 3)) for b in begin]).astype(np.int64) + start)


def test_a_clock_and_a_person_are_told_apart_by_every_figure():
    found = of(np.arange(0, 30 * DAY, 1200) + 7, person(30))
    assert found.quiet[0] > 0.2
    assert found.quiet[1] < 0.03
    assert found.longest[0] > 24 > found.longest[1]
    assert found.burstiness[0] < -0.9
    assert found.burstiness[1] > 0.2
    assert found.entropy[0] == 0
    assert found.entropy[1] > 1.5
    assert found.second[0] > 1000
    assert found.second[1] < 40
    assert found.modal[0] == 1
    assert found.modal[1] < 0.05
    assert found.even[0] == 1


def test_random_times_have_the_burstiness_and_z_squared_of_chance():
    rng = np.random.default_rng(4)
    found = of(*(np.sort(rng.integers(0, 50 * DAY, 200)) for _ in range(400)))
    assert abs(found.burstiness.mean()) < 0.02
    assert abs(found.second.mean() - 8) < 0.5
    assert abs(found.minute.mean() - 8) < 0.5


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 15))
def test_the_time_zone_changes_nothing_about_quiet_hours(minutes):
    times = person(20)
    assert of(times + minutes * 60).quiet[0] == of(times).quiet[0]


@pytest.mark.parametrize(("unit", "lost"), [(60, ["second"]), (3600, ["second", "minute", "modal", "even", "entropy"])])
def test_times_cut_to_minutes_or_hours_are_not_a_machine_s(unit, lost):
    times = person(60)
    found, full = of(times // unit * unit), of(times)
    for name in lost:
        assert math.isnan(getattr(found, name)[0])
    for name in {"second", "minute", "modal", "entropy"} - set(lost):
        assert not math.isnan(getattr(found, name)[0])
    assert found.quiet[0] == pytest.approx(full.quiet[0], abs=0.02)
    assert found.burstiness[0] == pytest.approx(full.burstiness[0], abs=0.02)
    if unit == 60:
        assert found.even_sessions[0] <= full.even_sessions[0] + 1
        assert found.modal[0] < 0.1
        assert found.entropy[0] == pytest.approx(full.entropy[0], abs=0.4)


def test_dates_without_a_time_say_nothing_even_between_full_times():
    times = person(30)
    dates = times // DAY * DAY
    mixed = np.sort(np.concatenate([times, dates[::8]]))
    for some in (dates, mixed):
        found = of(some)
        assert found.step[0] == DAY
        for name in ("quiet", "longest", "burstiness", "entropy", "second", "minute", "modal", "even"):
            assert math.isnan(getattr(found, name)[0])
        assert found.days[0] == of(times).days[0]


def test_the_newest_posts_of_a_cut_timeline_have_the_figures_of_the_whole():
    for times in (person(400), np.arange(0, 60 * DAY, 1200)):
        assert len(times) > 4000
        cut, whole = of(times[-3200:]), of(times)
        assert cut.posts[0] == 3200
        for name in ("quiet", "burstiness", "entropy", "modal"):
            assert getattr(cut, name)[0] == pytest.approx(getattr(whole, name)[0], abs=0.05)
        assert cut.posts[0] / cut.days[0] == pytest.approx(whole.posts[0] / whole.days[0], rel=0.05)


def test_two_posts_at_midnight_are_chance():
    times = np.sort(np.append(person(30), [1_700_006_400, 1_700_092_800]))
    assert of(times).step[0] == 1


def test_a_sitting_is_even_uneven_or_cannot_be_told():
    assert even_session(np.array([0, 600, 1200, 1800, 2400]), 1) == 1
    assert even_session(np.array([0, 10, 1200, 1210, 2400]), 1) == 0
    assert even_session(np.array([0, 600, 1200, 1800]), 1) == -1
    assert even_session(np.array([0, 60, 120, 180, 240]), 60) == -1
    assert even_session(np.array([7] * 5), 1) == -1


def test_the_quietest_hours_do_not_depend_on_how_many_are_looked_at_together(monkeypatch):
    random = np.random.default_rng(4)
    quarters = random.integers(0, 5, (25, 96)).astype(np.int32)
    monkeypatch.setattr(module, "SOME", 10)
    assert module._quietest(quarters).tolist() == windows(quarters).min(axis=1).tolist()
