"""Lists of known accounts held against a study: who is in it, where, and whether the lists behave alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from graphnet.audits import EVIDENCE, Answer, Audit, Audited
from graphnet.audits._chance import interval
from graphnet.audits._overlay_join import Book, Joined
from graphnet.audits._overlay_sets import side_by_side
from graphnet.audits._overlay_survival import handles, survival
from graphnet.audits._overlay_test import overlaps
from graphnet.audits._parts import Part, joined
from graphnet.controls import activity, activity_strata
from graphnet.crowds import Ints
from graphnet.errors import InputError
from graphnet.lists import NamedList, read_list
from graphnet.places import place
from graphnet.rejections import kinds, said
from graphnet.words import count, percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["Overlay"]

MANY = 3
"""Other accounts for each one of a single list."""
BENIGN = (
    "a list holds whom its maker knew of: accounts on it are in this collection also because both looked at one topic",
    "an account may be on a takedown list by mistake, or by a rule that has nothing to do with coordination",
    "a handle may have had another owner when the list was made",
    "a community that answers, mocks or reports listed accounts has many of them among its neighbours",
)


@dataclass(frozen=True)
class Overlay(Audit):
    """Known accounts in a study: takedown archives, earlier findings, a platform's own lists.

    Entries are joined by id, by the hash of an id (of the archive's own kind, or unkeyed MD5, SHA-1, SHA-256), or by
    exact handle, which is marked as weaker; never by likeness.

    Args:
        lists: Files, one list each (``FILE::COLUMN`` names a column); see `graphnet.lists.read_list`.
        later: Folder of a study of a later snapshot, to see what became of the accounts; empty: none.
        rounds: Random exchanges for each distance between two lists.
        seed: Of the exchanges.
    """

    name: ClassVar[str] = "overlay"
    title: ClassVar[str] = "known accounts: where they are in the study, and whether lists behave alike"
    lists: tuple[str, ...] = ()
    later: str = ""
    rounds: int = 999
    seed: int = 7

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if not self.lists:
            return "no list is given. Name one or more: --list takedown.csv"
        if study is None:
            return "it holds lists against a study. Make one: graphnet read FILES --into study/"
        return None if study.has("accounts") else "the study has no accounts. Run: graphnet read FILES --into study/"

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`.

        Raises:
            InputError: A list cannot be read, or there is no later study.
        """
        if study is None:
            raise InputError(f"audit {self.name} cannot be done: {self.missing(None)}")
        known = _named(self.lists)
        book = Book.of(study)
        found = [book.join(one) for one in known]
        acts = activity(study)
        parts = [
            _matched(study, book, found, known, acts),
            overlaps(study, book, found, acts),
            side_by_side(study, book, _compared(found, acts, self.seed), acts, self.rounds, self.seed),
            handles(study, book, found),
        ]
        if self.later:
            parts.append(survival(study, book, found, _opened(study, self.later)))
        told = joined(parts)
        return Audited(
            self.name,
            f"Known accounts in the study: {', '.join(one.name for one in known[:3])}{' …' if len(known) > 3 else ''}",
            told.summary,
            told.answers,
            told.plots,
            told.tables,
            BENIGN,
            told.notes,
        )


def _named(files: Sequence[str]) -> list[NamedList]:
    """The lists, each with a name of its own."""
    held = [read_list(file, kind="accounts") for file in files]
    names, seen = Counter(one.name for one in held), Counter[str]()
    made = []
    for one in held:
        seen[one.name] += 1
        made.append(one if names[one.name] == 1 else replace(one, name=f"{one.name} ({seen[one.name]})"))
    return made


def _compared(found: Sequence[Joined], acts: Ints, seed: int) -> Sequence[Joined]:
    """What is held side by side: the lists; a single one with other accounts, `MANY` for each and as active."""
    if len(found) != 1:
        return found
    strata, rng = activity_strata(acts), np.random.default_rng(seed)
    free = np.setdiff1d(np.arange(len(acts)), found[0].account)
    needed = np.bincount(strata[found[0].account], minlength=int(strata.max(initial=0)) + 1)
    drawn = [
        rng.choice(pool, min(MANY * int(n), len(pool)), replace=False)
        for level, n in enumerate(needed)
        if n and len(pool := free[strata[free] == level])
    ]
    others = np.sort(np.concatenate(drawn)) if drawn else np.zeros(0, dtype=np.int64)
    return [*found, Joined("other accounts as active", (), others, (), (), (), ())]


def _opened(study: Study, later: str) -> Study:
    """The later snapshot; its engine is one of its own, of the same sort."""
    if place(later).resolve() == study.path.resolve():
        raise InputError(f"{later} is the study itself; name a study of a later snapshot")
    return type(study).open(later)


def _matched(study: Study, book: Book, found: Sequence[Joined], known: Sequence[NamedList], acts: Ints) -> Part:
    """How much of each list is in the study, and how much of the study is on it."""
    answers = [answer for one in found for answer in (_coverage(book, one), _volume(book, one, acts))]
    rows = [row for one in found for row in _rows(study, book, one, acts)]
    absent = [{"list": one.name, "entry": e, "why": why} for one in found for e, why in _absent(one)]
    rejected = [{"file": f, "line": line, "reason": r} for one in known for f, line, r in one.rejected]
    tables = {"accounts": rows, "not_found": absent, "rejected": rejected}
    notes = [
        f"{one.name}: {count(len(one.rejected), 'row')} left out: {'; '.join(said(kinds(one.rejected)))}"
        for one in known
        if one.rejected
    ]
    on_any = np.unique(np.concatenate([one.account for one in found]))
    summary: dict[str, Any] = {
        "lists": [f"{one.name}: {len(one.account):,} of {len(one.entries):,}" for one in found],
        "accounts_on_a_list": len(on_any),
        "accounts_in_the_study": len(book),
    }
    return Part(answers, tables={k: v for k, v in tables.items() if v}, notes=notes, summary=summary)


def _coverage(book: Book, one: Joined) -> Answer:
    n, x = len(one.entries), len(one.account)
    low, high = interval(x, n)
    ways = ", ".join(
        f"{number:,} by {way}{' (weaker)' if way == 'handle' else ''}" for way, number in one.counted().items()
    )
    unsure = f"; {count(len(one.ambiguous), 'handle')} of several accounts left out" if one.ambiguous else ""
    how = dict(zip(one.account.tolist(), zip(one.how, one.entry, strict=True), strict=True))
    return Answer(
        "in_the_study",
        one.name,
        float(x),
        "accounts",
        f"{x:,} of {n:,} entries ({percent(x / n)}; 95 % interval {percent(low)} to {percent(high)}) are accounts of "
        f"the study{f': {ways}' if ways else ''}{unsure}; nothing is expected, since nobody knows how many "
        "accounts the collection might have met",
        evidence=[{**book.row(a), "found_by": how[a][0], "entry": how[a][1]} for a in one.account.tolist()[:EVIDENCE]],
    )


def _volume(book: Book, one: Joined, acts: Ints) -> Answer:
    total, mine = int(acts.sum()), int(acts[one.account].sum())
    if not total:
        return Answer("share_of_actions", one.name, None, "share", "insufficient data: the study has no actions")
    part = len(one.account) / len(book)
    return Answer(
        "share_of_actions",
        one.name,
        mine / total,
        "share",
        f"{count(mine, 'action')} of {total:,} in the study are by accounts on the list, which are {percent(part)} of "
        "its accounts",
        reference=part,
        compared_with="their share of the accounts",
    )


def _rows(study: Study, book: Book, one: Joined, acts: Ints) -> list[dict[str, Any]]:
    of: dict[int, tuple[int, str | None]] = {}
    if study.has("members"):
        level = "l.level" if study.has("levels") else "cast(null as varchar(2))"
        join = "left join levels l on l.community = m.community" if study.has("levels") else ""
        sql = f"select m.account, m.community, {level} as level from members m {join}"
        of = {row["account"]: (row["community"], row["level"]) for row in study.rows(sql).to_pylist()}
    made = []
    for account, how, entry in zip(one.account.tolist(), one.how, one.entry, strict=True):
        community, rung = of.get(account, (None, None))
        made.append(
            {
                "list": one.name,
                **book.row(account),
                "found_by": how,
                "entry": entry,
                "actions": int(acts[account]),
                "community": f"C{community}" if community else None,
                "level": rung,
            }
        )
    return made


def _absent(one: Joined) -> list[tuple[str, str]]:
    why = "several accounts of the study have had this handle, or one with another id"
    return [*((e, "not in the study") for e in one.missing), *((e, why) for e in one.ambiguous)]
