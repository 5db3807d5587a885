"""Overlap of lists with communities, their neighbours and one another, against chance for accounts as active."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import corrected, overlap
from graphnet.audits._overlay_join import Book, Joined
from graphnet.audits._parts import Part
from graphnet.controls import activity_strata, communities
from graphnet.crowds import Flags, Ints
from graphnet.plots import Bars
from graphnet.safe import show
from graphnet.words import count

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["FEW", "overlaps"]

FEW = 5
"""Fewer accounts of a list in the study than this are not tested."""
SHOWN = 15
NEIGHBOURS = """
select distinct m.community, p.target as account from members m join pairs p on p.source = m.account
union
select distinct m.community, p.source as account from members m join pairs p on p.target = m.account
"""
STRATIFIED = (
    "p: hypergeometric among accounts as active (within a factor of 1.41), the strata added up; q: Benjamini-Hochberg "
    "over all overlaps"
)


@dataclass(frozen=True)
class Crowd:
    """A set of accounts that lists are held against."""

    code: str
    name: str
    words: str
    flags: Flags


def overlaps(study: Study, book: Book, lists: Sequence[Joined], acts: Ints) -> Part:
    """Every list against every community, its neighbours, and every other list.

    Args:
        study: The study.
        book: Its accounts.
        lists: The lists.
        acts: How many actions each account made.
    """
    strata = activity_strata(acts)
    tested = [one for one in lists if len(one.account) >= FEW]
    crowds = list(_crowds(study, len(book)))
    answers, rows = [], []
    for one in tested:
        marked = one.flags(len(book))
        for crowd in [*crowds, *_later(tested, one, len(book))]:
            answer = _answer(book, one, crowd, strata, marked)
            answers.append(answer)
            rows.append(_row(one, crowd, answer))
    answers = corrected(answers)
    for row, answer in zip(rows, answers, strict=True):
        row["q"] = answer.q
    empty = sum(a.code != "overlap_of_lists" and not a.value for a in answers)
    answers = [a for a in answers if a.value or a.code == "overlap_of_lists"]
    answers.sort(key=lambda a: (1.0 if a.q is None else a.q, -float(a.value or 0)))
    notes = [
        f"{one.name}: {count(len(one.account), 'account')} in the study, {FEW} are needed for a test of overlap"
        for one in lists
        if len(one.account) < FEW
    ]
    if empty:
        where = count(empty, "community or neighbourhood", "communities and neighbourhoods")
        notes.append(f"{where} without any listed account: only in the table of overlaps")
    if any(c.code == "overlap_of_neighbours" for c in crowds):
        notes.append(
            "neighbours are tied by plain pairs, which hang on the topic as much as on activity: an overlap with them "
            "says less than one with members"
        )
    if tested and not study.has("members"):
        notes.append("no communities in the study yet, so none was held against the lists; run graphnet detect")
    beyond = [a for a in answers if a.q is not None and a.q <= 0.05 and a.code != "overlap_of_lists"]
    summary = {"communities_with_overlap_beyond_chance": len({a.subject for a in beyond if a.code == "overlap"})}
    return Part(answers, _plots(rows), {"overlap": rows} if rows else {}, notes, summary if crowds else {})


def _crowds(study: Study, width: int) -> Iterator[Crowd]:
    if not study.has("members"):
        return
    groups = communities(study)
    near = _neighbours(study)
    for place, number in enumerate(groups.label.tolist()):
        inside = np.zeros(width, dtype=np.bool_)
        inside[groups.members(place)] = True
        yield Crowd("overlap", f"C{number}", "members", inside)
        beside = np.zeros(width, dtype=np.bool_)
        beside[near.get(number, [])] = True
        if (beside & ~inside).any():
            words = "accounts that are tied to members and are none"
            yield Crowd("overlap_of_neighbours", f"neighbours of C{number}", words, beside & ~inside)


def _neighbours(study: Study) -> dict[int, list[int]]:
    """Accounts tied to each community by plain pairs."""
    found: dict[int, list[int]] = {}
    for row in study.rows(NEIGHBOURS).to_pylist() if study.has("pairs") else []:
        found.setdefault(row["community"], []).append(row["account"])
    return found


def _later(lists: Sequence[Joined], one: Joined, width: int) -> Iterator[Crowd]:
    """The lists after this one: each two are held against each other once."""
    for other in lists[list(lists).index(one) + 1 :]:
        yield Crowd("overlap_of_lists", other.name, "of the other list", other.flags(width))


def _answer(book: Book, one: Joined, crowd: Crowd, strata: Ints, marked: Flags) -> Answer:
    expected, p = overlap(strata, marked, crowd.flags)
    both = np.flatnonzero(marked & crowd.flags)
    how = dict(zip(one.account.tolist(), one.how, strict=True))
    by_handle = sum(how[a] == "handle" for a in both.tolist())
    weaker = f", {by_handle:,} of them by handle only (weaker)" if by_handle else ""
    return Answer(
        crowd.code,
        f"{one.name} · {crowd.name}",
        float(len(both)),
        "accounts",
        f"of the {len(one.account):,} on the list {len(both):,} {'is' if len(both) == 1 else 'are'} among the "
        f"{int(crowd.flags.sum()):,} {crowd.words}{weaker}; {expected:,.1f} expected; {STRATIFIED}",
        reference=expected,
        compared_with="expected of accounts as active",
        p=p,
        evidence=[{**book.row(int(a)), "found_by": how[int(a)]} for a in both[:EVIDENCE]],
    )


def _row(one: Joined, crowd: Crowd, answer: Answer) -> dict[str, Any]:
    return {
        "list": one.name,
        "with": crowd.name,
        "size": int(crowd.flags.sum()),
        "on_list": len(one.account),
        "observed": int(answer.value or 0),
        "expected": answer.reference,
        "p": answer.p,
    }


def _plots(rows: Sequence[dict[str, Any]]) -> list[Bars]:
    # neighbours are the least telling and the most: what is known of members comes first
    order = sorted(
        rows, key=lambda r: (r["with"].startswith("neighbours"), r["q"], -r["observed"], r["list"], r["with"])
    )
    shown = [r for r in order if r["observed"]][:SHOWN]
    if not shown:
        return []
    beyond = tuple(i for i, r in enumerate(shown) if r["q"] <= 0.05 and r["observed"] > r["expected"])
    return [
        Bars(
            "Accounts on a list, by where they are",
            "list and set",
            "accounts",
            "The mark is what accounts as active would give; those clearly beyond it stand out.",
            heights=tuple(float(r["observed"]) for r in shown),
            labels=tuple(show(f"{r['list']} · {r['with']}", 40) for r in shown),
            expected=tuple(float(r["expected"]) for r in shown),
            standing_out=beyond,
        )
    ]
