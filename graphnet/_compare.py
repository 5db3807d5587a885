"""``compare``: are two networks one? Rows of evidence, each against its own null, and a cautious sentence.

The sentence is never stronger than *consistent with common control*, and needs three independent ways of being alike
that a shared topic does not explain; else it is *not shown to be one network*, which is an answer, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet import registry
from graphnet._two import picture
from graphnet.audits import Answer, Audited
from graphnet.audits._chance import corrected
from graphnet.errors import InputError
from graphnet.lists import read_list
from graphnet.places import Place
from graphnet.rows import FAMILIES, Row, Side
from graphnet.rows._common import Common
from graphnet.rows._people import possible
from graphnet.rows.shared_handles import linked
from graphnet.safe import show
from graphnet.study import Study
from graphnet.view import audit_page, print_plots
from graphnet.view.two import page
from graphnet.words import count

if TYPE_CHECKING:
    from graphnet.crowds import Ints
    from graphnet.plots import Plot

__all__ = ["ENOUGH", "FDR", "compare", "sides"]

FDR = 0.01
"""False discovery rate at which a row speaks."""
ENOUGH = 3
"""Independent families that have to speak."""
YES = "consistent with common control"
NO = "not shown to be one network"
BENIGN = (
    "one organisation, campaign or newsroom may openly run both",
    "people of one circle are in both, follow one another and join in at the same moments",
    "one side may copy the other without its knowledge: then texts and moments go together, one side always later",
    "one service may have made or sold accounts to customers who know nothing of each other",
    "both may answer one source that this collection does not hold (a chat group, a list of talking points)",
)


def compare(
    one: Study | str | Place,
    two: Study | str | Place | None = None,
    *,
    a: str | None = None,
    b: str | None = None,
    only: Sequence[Row] = (),
    rounds: int = 999,
    seed: int = 7,
    out: str | Path | None = None,
    figures: str | Path | None = None,
    panels: str | Path | None = None,
) -> Audited:
    """Hold two networks side by side.

    Args:
        one: The study of the first, or of both.
        two: The study of the second; None: the same study.
        a: Which accounts of the first study: a community ("C1"), or a file with a list of accounts; None: all.
        b: Which accounts of the second (or the same) study.
        only: Rows to look at; none: all there are.
        rounds: Random groups and orders for each p; with fewer than 999 few rows can be sure enough to speak.
        seed: Where chance begins.
        out: A page to write (``x.html``), with its figures as ``x.json`` and its tables beside it.
        figures: A folder for the plots as figures for print.
        panels: Both networks at the same positions: a page (``.html``) or a figure (``.svg``, ``.pdf``, ``.png``).

    Returns:
        The answers, one a row, with the verdict in ``summary``.

    Raises:
        InputError: A side cannot be read, is empty, or both are the same.
        StudyError: There is no study in a folder.
        MissingTable: A community is asked for where none was sought.

    Example:
        >>> import graphnet as gn
        >>> gn.compare("study/", a="C1", b="C2").summary["verdict"]  # doctest: +SKIP
        'not shown to be one network'
    """
    if rounds < 1:
        raise InputError(f"{rounds} rounds: at least one random group is needed for a p; 999 are usual")
    mine, theirs = sides(one, two, a, b, rounds, seed)
    chosen = list(only) or [cls() for cls in registry.find("rows").values()]
    asked = sorted(chosen, key=lambda row: (list(FAMILIES).index(row.family), not row.counts, row.name))
    found = _found(asked, mine, theirs)
    if out is not None:
        audit_page.write(found, Path(out))
    if figures is not None:
        print_plots.write_all(found.plots, figures, found.name)
    if panels is not None:
        side_by_side = page if Path(panels).suffix.lower() in (".html", ".htm") else picture
        side_by_side(mine, theirs, panels)
    return found


# Sides ---------------------------------------------------------------------------------------------------------------


def sides(
    one: Study | str | Place,
    two: Study | str | Place | None = None,
    a: str | None = None,
    b: str | None = None,
    rounds: int = 999,
    seed: int = 7,
) -> tuple[Side, Side]:
    """The two that are compared; see `compare` for the arguments.

    Returns:
        The first and the second.

    Raises:
        InputError: A side cannot be read or is empty, or both are the same.
    """
    studies = [_opened(one)]
    if two is not None and _opened(two).path.resolve() != studies[0].path.resolve():
        studies.append(_opened(two))
    if len(studies) == 1 and (a is None or b is None):
        raise InputError(
            "two networks of one study have to be named: --a C1 --b C2, or --a ONE.csv --b TWO.csv for lists"
        )
    common = Common.of(studies, rounds, seed)
    last = len(studies) - 1
    held = [_accounts(common, place, which) for place, which in ((0, a), (last, b))]
    if not last and np.array_equal(held[0], held[1]):
        raise InputError(f"both sides are the same {count(len(held[0]), 'account')}: name two different networks")
    names = [_name(studies[place], which, last > 0) for place, which in ((0, a), (last, b))]
    if names[0] == names[1]:
        names = [f"{name} ({k})" for k, name in enumerate(names, start=1)]
    member = [common.start[place] + accounts for place, accounts in zip((0, last), held, strict=True)]
    common.members.extend(member)
    own = _apart(common, member, last)
    grouped = [which is not None and _community(which) is not None for which in (a, b)]
    first, second = (
        Side(names[k], studies[place], held[k], common, place, member[k], own[k], grouped[k])
        for k, place in enumerate((0, last))
    )
    return first, second


def _opened(study: Study | str | Place) -> Study:
    return study if isinstance(study, Study) else Study.open(study)


def _community(which: str) -> int | None:
    """The number of a community such as ``C1``, or None: then it is a file."""
    return int(which[1:]) if which[:1] in "Cc" and which[1:].isdecimal() and not Path(which).exists() else None


def _accounts(common: Common, place: int, which: str | None) -> Ints:
    study = common.studies[place]
    study.require("accounts", "actions")
    if which is None:
        acting = study.rows("select distinct account from actions order by account")
        found = acting["account"].to_numpy().astype(np.int64)
        if not len(found):
            raise InputError(f"the study in {study.path} has no actions, so there is nothing to compare")
        return np.asarray(found)
    number = _community(which)
    if number is not None:
        return _members(study, number)
    try:
        known = read_list(which, kind="accounts")
    except InputError as error:
        raise InputError(f"{show(which, 80)} is neither a community, such as C1, nor a list: {error}") from None
    joined = common.books[place].join(known)
    if not len(joined.account):
        raise InputError(
            f"none of the {count(len(known.entries), 'entry', 'entries')} of {which} is an account of the study in "
            f"{study.path}. It has, for example: {', '.join(show(i, 30) for i in common.books[place].ids[:3])}"
        )
    return joined.account


def _members(study: Study, number: int) -> Ints:
    study.require("members")
    rows_ = study.rows(f"select account from members where community = {number} order by account")
    if not rows_.num_rows:
        most = study.rows("select coalesce(max(community), 0) as n from members")["n"][0].as_py()
        there = f"It has C1 to C{most}" if most else "It has none; find them: graphnet detect"
        raise InputError(f"the study in {study.path} has no community C{number}. {there}.")
    return np.asarray(rows_["account"].to_numpy().astype(np.int64))


def _name(study: Study, which: str | None, named: bool) -> str:
    """What to call a side: the community, the list, the study, or both."""
    if which is None:
        return study.path.name
    label = which if _community(which) is None else f"C{_community(which)}"
    label = label if _community(which) is not None else Path(which.partition("::")[0]).stem
    return f"{study.path.name} {label}" if named else label


def _apart(common: Common, member: Sequence[Ints], last: int) -> list[Ints]:
    """Each side with no account that is on the other, too, or joined to it by handle.

    Of these, every second one is left to the first side, the others to the second, so that nobody is compared with
    the own self and neither side is emptied.
    """
    pairs = linked(common, 0, last)
    crossing = pairs[np.isin(pairs[:, 0], member[0]) & np.isin(pairs[:, 1], member[1])]
    shared = np.intersect1d(common.same[member[0]], common.same[member[1]])
    twice = [(int(x), int(x)) for x in shared]
    twice += [(int(common.same[i]), int(common.same[j])) for i, j in crossing.tolist()]
    away: tuple[set[int], set[int]] = (set(), set())
    for place, pair in enumerate(sorted(set(twice))):
        away[place % 2].add(pair[place % 2])
    return [side[~np.isin(common.same[side], sorted(gone))] for side, gone in zip(member, away, strict=True)]


# Answers -------------------------------------------------------------------------------------------------------------


def _found(asked: Sequence[Row], a: Side, b: Side) -> Audited:
    subject = f"{a.name} · {b.name}"
    answers = [replace(_asked(row, a, b), subject=subject) for row in asked]
    answers = _corrected(asked, answers)
    plots: list[Plot] = []
    for row, answer in zip(asked, answers, strict=True):
        plots += row.plots(a, b) if answer.value is not None else ()
    speaking = [row for row, answer in zip(asked, answers, strict=True) if _speaks(row, answer)]
    tables: dict[str, Sequence[dict[str, Any]]] = {"rows": [_row(r, x) for r, x in zip(asked, answers, strict=True)]}
    if people := possible(a, b):
        tables["possibly_the_same_people"] = people
    return Audited(
        "compare",
        f"Two networks side by side: {a.name} and {b.name}",
        _summary(a, b, asked, answers, speaking),
        answers,
        plots,
        tables,
        BENIGN,
        _notes(a, b),
    )


def _asked(row: Row, a: Side, b: Side) -> Answer:
    why = row.missing(a, b)
    return row.answer(why) if why else row.look(a, b)


def _corrected(asked: Sequence[Row], answers: Sequence[Answer]) -> list[Answer]:
    """With q: Benjamini-Hochberg over the rows that count, and by themselves over those that describe.

    Together, rows that describe would make it easier for the others to be believed.
    """
    found = list(answers)
    for counts in (True, False):
        places = [i for i, row in enumerate(asked) if row.counts == counts]
        for i, answer in zip(places, corrected([answers[i] for i in places]), strict=True):
            found[i] = answer
    return found


def _speaks(row: Row, answer: Answer) -> bool:
    return row.counts and answer.q is not None and answer.q <= FDR


def _summary(
    a: Side, b: Side, asked: Sequence[Row], answers: Sequence[Answer], speaking: Sequence[Row]
) -> dict[str, Any]:
    families = list(dict.fromkeys(row.family for row in speaking))
    tested = [row for row, answer in zip(asked, answers, strict=True) if row.counts and answer.p is not None]
    could = list(dict.fromkeys(row.family for row in tested))
    verdict = YES if len(families) >= ENOUGH else NO
    said = ", ".join(families) or "none"
    why = (
        f"{count(len(families), 'independent way', 'independent ways')} of {len(could)} that could be tested "
        f"({said}) at q <= {FDR}; {ENOUGH} are needed"
    )
    return {
        "verdict": verdict,
        "why": why,
        "first": f"{a.name}: {count(len(a.member), 'account')}",
        "second": f"{b.name}: {count(len(b.member), 'account')}",
        "ways_that_speak": families,
        "ways_tested": could,
        "rows_that_speak": [row.name for row in speaking],
        "rows_tested": len(tested),
        "could_be_shown": len(could) >= ENOUGH,
    }


def _row(row: Row, answer: Answer) -> dict[str, Any]:
    return {
        "row": row.name, "asks": row.title, "family": row.family, "counts": row.counts, "value": answer.value,
        "unit": answer.unit, "low": answer.low, "high": answer.high, "expected": answer.reference, "p": answer.p,
        "q": answer.q, "sentence": answer.reason, "null": row.null,
    }  # fmt: skip


def _notes(a: Side, b: Side) -> list[str]:
    notes = [
        "q: Benjamini-Hochberg over the rows that count, and over those that describe by themselves",
        f"a way counts once, however many of its rows speak: {'; '.join(f'{k} ({v})' for k, v in FAMILIES.items())}",
        '"not shown" is not "shown to be two": rows without data, or too little of it, cannot speak',
    ]
    dropped = len(a.member) - len(a.own), len(b.member) - len(b.own)
    if any(dropped):
        notes.append(
            f"{sum(dropped):,} accounts are on both sides, or joined to the other by handle; in every row but those "
            "about members each stands on one side only, by turns: else they would be alike with themselves"
        )
    if a.common.hashed:
        notes.append(f"{count(a.common.hashed, 'account')} of the two studies were joined by the hash of the id")
    if a.place != b.place:
        notes.append("accounts of the two studies are joined by id alone; handles, descriptions and links join nobody")
    return notes
