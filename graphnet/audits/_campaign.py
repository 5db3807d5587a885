"""One subject's life as answers, plots and tables; see `graphnet.audits.campaign`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer, Audited
from graphnet.audits import _bursts as bursts
from graphnet.audits import _campaign_plots as drawn
from graphnet.audits._campaign_life import Life
from graphnet.audits._campaign_tables import benign, busiest, notes, tables
from graphnet.audits._life import FEW, NAMES, UNITS, levels
from graphnet.audits._peers import ENOUGH, Place, place
from graphnet.audits._rows import Row, depth
from graphnet.audits._uses import Subject, clock, grid
from graphnet.errors import InputError
from graphnet.safe import show
from graphnet.words import count, iso, span

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["look"]

WINDOWS = 5
"""Windows that are answers of their own; all are in the table."""


def look(study: Study, subject: Subject, fresh: int) -> Audited:
    """Tell the life of one subject.

    Args:
        study: The study.
        subject: What it is about.
        fresh: Days before the window in which an account counts as newly created.

    Raises:
        InputError: Nobody used it.
    """
    time = grid(study)
    if time is None:
        raise InputError("nothing in the study has a time")
    life = Life(study, subject, time, fresh * 86400)
    if not len(life.all):
        raise InputError(f"no post holds {subject.label}. What there is: graphnet campaign {study.path}")
    figures = _compared(life)
    apart = [answer.code for answer, beyond in figures if beyond]
    targets = life.rows_inside.targets(*life.span, time.begin, time.at(len(time)))
    held = tables(life, targets)
    answers = [
        _volume(life),
        *_windows(life),
        *_movers(life),
        *(answer for answer, _ in figures),
        *_cascade(life),
        *_targets(life, targets),
        *_beside(life, held),
    ]
    return Audited(
        "campaign",
        f"The life of {show(subject.label, 80)}",
        _summary(life, apart),
        answers,
        drawn.plots(life, targets),
        held,
        benign(life, held),
        notes(life),
    )


def _summary(life: Life, apart: Sequence[str]) -> dict[str, Any]:
    start, end = life.span
    summary: dict[str, Any] = {
        "subject": life.subject.label,
        "posts": len(life.all),
        "own_posts": int((~life.all.repost).sum()),
        "accounts": len(np.unique(life.all.account)),
        "windows": len(life.found.windows),
    }
    if life.main is not None:
        summary |= {
            "window_start": iso(start),
            "window_end": iso(end),
            "window_posts": life.main.posts,
            "window_accounts": len(np.unique(life.inside.account)),
            "usual_posts": round(life.main.expected, 1),
            "times_the_usual": None if life.main.times[0] is None else round(life.main.ratio, 1),
        }
    suspected = life.figures["suspected_share"].value
    return summary | {
        "share_from_suspected_communities": suspected,
        "compared_with": f"{count(len(life.peers), life.subject.peers.removesuffix('s'))} of like size",
        "unlike_all_of_them_in": [NAMES[code] for code in apart],
    }


# Answers -------------------------------------------------------------------------------------------------------------


def _volume(life: Life) -> Answer:
    own, dated = int((~life.all.repost).sum()), life.all.time[life.all.time >= 0]
    sizes = [p.posts for p in life.peers]
    period = f" from {clock(int(dated[0]))} to {clock(int(dated[-1]))}" if len(dated) else ", none with a time"
    enough = len(sizes) >= ENOUGH
    return Answer(
        "volume",
        life.subject.label,
        float(len(life.all)),
        "posts",
        f"{count(own, 'own post')} and {count(len(life.all) - own, 'repost')} of these by "
        f"{count(len(np.unique(life.all.account)), 'account')}{period}",
        reference=float(np.median(sizes)) if enough else None,
        compared_with=f"median of {len(sizes)} {life.subject.peers} of like size" if enough else "",
        evidence=life.rows.uses(range(min(EVIDENCE, len(life.all)))),
    )


def _windows(life: Life) -> list[Answer]:
    if not life.found.windows:
        reason = (
            f"not applicable: no hours with clearly more than {bursts.CLEAR:g} times the usual, measured by "
            f"{life.usual_by}"
        )
        return [Answer("burst", life.subject.label, None, "times the usual", reason)]
    return [_window(life, window) for window in life.found.windows[:WINDOWS]]


def _window(life: Life, window: bursts.Window) -> Answer:
    value, unit, low, high = window.answer()
    rare = low is None
    usual = "less than one" if rare else f"{window.expected:,.0f}"
    reference, compared_with = (window.expected, "usual in so many hours") if rare else _usually(life)
    return Answer(
        "burst",
        life.subject.label,
        value,
        unit,
        f"{count(window.posts, 'post')} from {clock(life.time.at(window.start))} to {clock(life.time.at(window.end))} "
        f"({span((window.end - window.start) * life.time.step)}), where {usual} would be usual; the usual follows "
        f"{life.usual_by}" + ("" if rare else "; the interval allows for posts that come in clumps"),
        low,
        high,
        reference,
        compared_with,
        evidence=busiest(life, window),
    )


def _usually(life: Life) -> tuple[float, str]:
    """What a window's ratio is compared with."""
    ratios = [p.ratio for p in life.peers if p.ratio is not None]
    if len(ratios) < ENOUGH:
        return 1.0, "the usual rate outside the windows"
    bursting = sum(p.window is not None for p in life.peers)
    several = f"strongest windows of {len(ratios)} {life.subject.peers} of like size (median; {bursting} have one)"
    return float(np.median(ratios)), several


def _movers(life: Life) -> list[Answer]:
    made = []
    for code, rows, words in (
        ("first_movers", life.rows.movers(), "the first to use it in this collection"),
        ("first_in_window", life.rows.movers(*life.span), "the first of the strongest window"),
    ):
        if code == "first_in_window" and life.main is None:
            continue
        if not rows:
            made.append(Answer(code, life.subject.label, None, "s", "insufficient data: none of its posts has a time"))
            continue
        last = rows[min(9, len(rows) - 1)]
        made.append(
            Answer(
                code,
                life.subject.label,
                float(last["seconds_after_first"]),
                "s",
                f"{words}: {_handle(rows[0])} on {_second(rows[0])}; {count(last['place'], 'account')} had joined "
                f"{span(last['seconds_after_first'])} later",
                evidence=rows,
            )
        )
    return made


def _second(row: Row) -> str:
    return f"{row['time'][:19].replace('T', ' ')} UTC"


def _handle(row: Row) -> str:
    return show(f"@{row['name']}" if row["name"] else row["account"], 60)


def _compared(life: Life) -> list[tuple[Answer, bool]]:
    """The figures beside those of the peers, and whether each is beyond all of them."""
    made = []
    for code, figure in life.figures.items():
        stands = place(code, figure, life.peers, life.subject.peers)
        if code == "near_identical_share" and life.subject.kind == "text" and stands.words:
            stands = Place(stands.middle, f"{stands.words} (which were not picked by their words)")
        of = f": {figure.x:,} of {figure.n:,}" if figure.x and code not in UNITS else ""
        beyond = "; beyond all of them" if stands.apart else ""
        reason = figure.why if figure.value is None else f"{NAMES[code]}, {life.where}{of}{figure.note}{beyond}"
        evidence = [] if figure.value is None else _evidence(life, code)
        answer = Answer(
            code,
            life.subject.label,
            figure.value,
            UNITS.get(code, "share"),
            reason,
            figure.low,
            figure.high,
            stands.middle,
            stands.words,
            evidence=evidence,
        )
        made.append((answer, stands.apart))
    return made


def _evidence(life: Life, code: str) -> Sequence[Row]:
    if code == "suspected_share":
        return levels(life.inside, life.facts)
    if code in ("created_share", "first_seen_share"):
        start, end = life.span
        when = life.facts.created if code == "created_share" else life.facts.first
        since = start - life.fresh if code == "created_share" else start
        new = (when[life.inside.account] >= since) & (when[life.inside.account] < end)
        _, first = np.unique(life.inside.account[new], return_index=True)
        places = np.sort(np.flatnonzero(new)[first])[:EVIDENCE]
        return [
            life.rows_inside.use(int(p)) | {"created": life.rows_inside.who(int(life.inside.account[p]))["created"]}
            for p in places
        ]
    if code == "near_identical_share":
        return life.rows_inside.clusters()
    if code in ("repost_share", "top_ten_originals"):
        return life.rows_inside.starters()
    return life.rows_inside.movers() if code == "ten_accounts_after" else life.rows_inside.carriers()


def _cascade(life: Life) -> list[Answer]:
    """Who begins and who carries."""
    inside, label = life.inside, life.subject.label
    again = inside.take(inside.repost & (inside.origin >= 0))
    begin, carry = np.unique(again.origin), np.unique(again.account)
    if len(again) < FEW:
        why = f"insufficient data: {count(len(again), 'repost')} {life.where}, {FEW} are needed"
        made = [Answer("starters", label, None, "accounts", why)]
    else:
        both = len(np.intersect1d(begin, carry))
        made = [
            Answer(
                "starters",
                label,
                float(len(begin)),
                "accounts",
                f"{count(len(begin), 'account')} wrote what {count(len(carry), 'account')} carried in "
                f"{count(len(again), 'repost')}; {both:,} did both",
                reference=float(len(carry)),
                compared_with="accounts that carried it",
                evidence=life.rows_inside.starters(),
            )
        ]
    chain = depth(life.study, np.unique(life.all.post[~life.all.repost & (life.all.post >= 0)]).tolist())
    if chain is None:
        why = (
            "not applicable: none of its posts answers or quotes another of them, and reposts name the first post only"
        )
        return [*made, Answer("depth", label, None, "steps", why)]
    words = (
        f"longest chain of answers and quotes among its posts; {count(chain[1], 'post')} answer or quote one of them"
    )
    return [*made, Answer("depth", label, float(chain[0]), "steps", words)]


def _targets(life: Life, targets: Sequence[Row]) -> list[Answer]:
    """Whom those who took part turned to, before and in the window."""
    if life.main is None or not targets:
        why = "not applicable: " + (
            "no window to compare with" if life.main is None else "nobody was mentioned, answered, quoted or repeated"
        )
        return [Answer("target", life.subject.label, None, "acts a day", why)]
    return [
        Answer(
            "target",
            _handle(row),
            row["within_a_day"],
            "acts a day",
            f"accounts that took part turned to it {count(row['before'], 'time')} before the window, "
            f"{count(row['within'], 'time')} in it (by {count(row['accounts_within'], 'account')}, mostly as "
            f"{row['mostly_by']}) and {count(row['after'], 'time')} after, whatever they wrote about",
            reference=row["before_a_day"],
            compared_with="the same accounts before the window" if row["before_a_day"] is not None else "",
            evidence=[row],
        )
        for row in targets[:5]
    ]


def _beside(life: Life, held: dict[str, list[Row]]) -> list[Answer]:
    """The hashtag, language and program that most of its posts have."""
    made = []
    for code, table, column in (
        ("co_hashtag", "hashtags", "hashtag"),
        ("language", "languages", "lang"),
        ("client", "clients", "client"),
    ):
        rows = held.get(table, [])
        if not rows or sum(row["posts"] for row in rows) < FEW:
            why = f"insufficient data: fewer than {FEW} own posts {life.where} have a {code.replace('_', '-')}"
            made.append(Answer(code, life.subject.label, None, "share", why))
            continue
        top = rows[0]
        usual = top.get("share_in_collection")
        made.append(
            Answer(
                code,
                f"#{top[column]}" if code == "co_hashtag" else top[column],
                top["share"],
                "share",
                f"most frequent among its own posts {life.where}: {top['posts']:,} posts",
                reference=usual,
                compared_with="" if usual is None else "all own posts of the collection",
                evidence=rows,
            )
        )
    return made
