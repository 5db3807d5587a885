"""An audit's findings, made up: plain, hostile, and empty."""

from __future__ import annotations

import math

import made_plots
from made_plots import EVIL

from graphnet.audits import Answer, Audited


def plain() -> Audited:
    """Followers that came on two days."""
    answers = [
        Answer(
            "gain_a_day",
            "all",
            3200.0,
            "accounts a day",
            "3,200 accounts a day came on 11 and 12 December, against a baseline of 253.5",
            low=3_100.0,
            high=3_300.0,
            reference=253.5,
            compared_with="baseline of September to November",
            p=1e-9,
            q=0.004,
            evidence=[{"day": 1_512_950_400, "gained": 3_199}, {"day": 1_513_036_800, "gained": 3_240}],
        ),
        Answer("created_last_40_days", "newest 15,000", 0.411, "share", "6,170 of 15,000", low=0.403, high=0.419),
        Answer("first_day", "all", 1_512_950_400.0, "time", "the first day above the baseline"),
        Answer("rhythm", "C1", None, "share", "insufficient data: 3 accounts have 50 posts or more"),
        Answer("languages", "C1", None, "share", "not applicable: no post has a language"),
    ]
    return Audited(
        "followers",
        "How did the followers come?",
        {"accounts": 15_000, "change_point": "2017-12-11T00:00:00Z", "newest": {"created in the year": 8_821}},
        answers,
        made_plots.every(),
        {"newest": [{"id": "1152921504606846977", "name": "=1+1", "gap": -3.5}] * 3, "none": []},
        ["An advertisement or a broadcast brings new followers in a day.", "کاربران تازه"],
        ["Two rows without a date were left out."],
    )


def hostile() -> Audited:
    """Every text an attack, every figure none."""
    answer = Answer(
        f"x{EVIL}", EVIL, math.nan, EVIL, EVIL, math.inf, -math.inf, math.nan, EVIL, math.nan, math.inf,
        [{EVIL: EVIL, "text": "https://evil.example/x \ud800", "list": [1, EVIL], "none": None}] * 3,
    )  # fmt: skip
    summary = {EVIL: EVIL, "n": math.nan, "nested": {EVIL: [EVIL, math.inf]}}
    return Audited(
        EVIL, EVIL, summary, [answer] * 4, made_plots.hostile(), {"t": [{EVIL: EVIL, "f": math.nan}]}, [EVIL], [EVIL]
    )


def empty() -> Audited:
    """An audit that could not answer anything."""
    return Audited("followers", "How did the followers come?", {}, [])
