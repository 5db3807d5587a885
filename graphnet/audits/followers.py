"""Where followers came from: how many a day, what the newest are like, and who among them is unlike the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from graphnet.audits import Audit, Audited
from graphnet.audits._dates import collected, day, moment, usable
from graphnet.audits._follower_gains import growth
from graphnet.audits._follower_map import follow_map
from graphnet.audits._follower_mix import composition
from graphnet.audits._follower_overlap import Population, shared
from graphnet.audits._follower_study import from_study
from graphnet.audits._gains import from_counts, from_dates
from graphnet.audits._lists import Counts, FollowerList, Given
from graphnet.audits._parts import Part, joined
from graphnet.errors import InputError
from graphnet.rejections import kinds, said
from graphnet.scan import DAY
from graphnet.words import count

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["BENIGN", "Followers"]

BENIGN = (
    "A platform that suggests the account to newcomers brings sudden followers with new, empty profiles who follow few",
    "A news event, a television appearance or a viral post brings thousands within a day, many of them newcomers",
    "A giveaway or a contest that asks for a follow brings accounts made or kept for giveaways",
    "Follow-back chains and follow trains bring accounts that follow many, in blocks",
    "A platform that removes accounts, or brings them back, moves counts by itself, on one day for many accounts",
    "The newest followers have newer and emptier accounts than the older ones anyway: those had time to grow",
    "Accounts of one field, place or party share followers beyond chance anyway",
    "Anybody can buy followers for an account that is not theirs: nothing here says who brought them",
)


@dataclass(frozen=True)
class Followers(Audit):
    """Daily gains and their changes, composition of the newest followers, map of follow order by creation date.

    It works on lists and counts given by `graphnet.followers`, or on the follow actions and profiles of a study.

    Args:
        of: Accounts of the study to look at (ids or handles, joined by ``+``); none: the most followed ones.
        newest: How many of the newest followers are looked at; none: half of the list, 15,000 at most.
        as_of: When the data were collected; none: the newest date in them.
        baseline: Days that are the baseline of the daily gains, such as ``2021-09-01/2021-11-30``; none: all days
            outside the stretches that stand out.
        given: Lists and counts.
    """

    name: ClassVar[str] = "followers"
    title: ClassVar[str] = "where followers came from"
    of: str | None = None
    newest: int | None = None
    as_of: str | None = None
    baseline: str | None = None
    given: Given | None = None

    def __post_init__(self) -> None:
        if self.newest is not None and self.newest < 1:
            raise InputError(f"followers: newest is {self.newest}, it has to be 1 or more")

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if self.given is not None and (self.given.lists or self.given.counts):
            return None
        if study is None:
            return "there is no list of followers and no series of counts. Give files, or a study"
        follows = study.rows("select 1 from actions where kind = 'follow' limit 1").num_rows
        return None if follows else "the study has no follow actions; give lists of followers"

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`."""
        given, population = self.given or Given(), None
        others: dict[str, FollowerList] = {}
        if study is not None and not (given.lists or given.counts):
            given, population, others = from_study(study, self.of)
        parts = [self._counts(counts) for counts in given.counts]
        parts += [self._list(rows, given, study, others.get(rows.name)) for rows in given.lists]
        if len(given.lists) > 1:
            parts.append(shared(population or _union(given)))
        whole = joined(parts)
        summary = _by_name(given, parts)
        rejected = _rejected(given)
        tables = dict(whole.tables) | ({"rejected": rejected} if rejected else {})
        notes = (*whole.notes, *_said(given, rejected))
        return Audited(self.name, self.title, summary, whole.answers, whole.plots, tables, BENIGN, notes)

    def _list(self, rows: FollowerList, given: Given, study: Study | None, others: FollowerList | None) -> Part:
        as_of, how = self._collected(rows, study)
        against = given.against if rows.order else given.against or others
        dates = usable(rows.created, as_of)
        rows = replace(rows, created=dates.time)
        notes = [f"{rows.name}: collected on {day(as_of)}, {how}", f"{rows.name}: order: {rows.order or 'unknown'}"]
        notes += [f"{rows.name}: {note}" for note in (*dates.notes(), *rows.notes)]
        with np.errstate(invalid="ignore"):
            early = int((rows.followed < rows.created - DAY).sum())
        if early:
            notes.append(
                f"{rows.name}: {count(early, 'follow date')} before the account was made: dates or ids mixed up?"
            )
        if against is not None:
            against = replace(against, created=usable(against.created, as_of).time)
        parts = [Part(notes=notes, summary={"followers": len(rows), "as_of": day(as_of)})]
        if not np.isnan(rows.followed).all():
            words = f"follow dates of {count(len(rows), 'follower')} who follow still"
            parts.append(growth(rows.name, from_dates(rows.followed), words, self.baseline))
        parts.append(composition(rows, self.newest, as_of, against))
        if rows.order:
            parts.append(follow_map(rows, as_of, _same_account(rows, given)))
        return joined(parts)

    def _counts(self, counts: Counts) -> Part:
        words = f"{count(len(counts.day), 'count')} in {counts.name}"
        return growth(counts.name, from_counts(counts.day, counts.followers), words, self.baseline)

    def _collected(self, rows: FollowerList, study: Study | None) -> tuple[float, str]:
        if self.as_of is not None:
            return moment(self.as_of, "as_of") + DAY - 1, "as you said"
        last = None if study is None else study.rows("select max(time) as last from actions")["last"][0].as_py()
        if last is not None:
            return float(last), "the time of the last action"
        newest = collected(rows.created, rows.followed)
        if newest is None:
            return 0.0, "which is not known: no date in the list"
        return newest, "the newest date in the list: say as_of if that is wrong"


def _same_account(rows: FollowerList, given: Given) -> Counts | None:
    """The counts of the account of a list: those of its name, or the only ones where there is one list only."""
    named = [counts for counts in given.counts if counts.name == rows.name]
    if not named and len(given.counts) == len(given.lists) == 1:
        named = list(given.counts)
    return named[0] if named else None


def _union(given: Given) -> Population | None:
    """Those on any list; with two lists nobody is known who is on neither."""
    lists = [*given.lists, *([given.against] if given.against is not None else [])]
    if len(lists) < 3:
        return None
    ids = np.unique(np.concatenate([rows.ids for rows in lists]).astype(str))
    following = np.full(len(ids), np.nan)
    follows = {}
    total = np.zeros(len(ids), dtype=np.int64)
    for rows in lists:
        places = np.searchsorted(ids, rows.ids.astype(str))
        following[places] = np.fmax(following[places], rows.following)
        flags = np.zeros(len(ids), dtype=np.bool_)
        flags[places] = True
        follows[rows.name] = flags
        total += flags
    audited = {rows.name: follows[rows.name] for rows in given.lists}
    busy = None if np.isnan(following).all() else following
    return Population(ids, audited, total, busy, f"known from {len(lists)} lists")


def _by_name(given: Given, parts: list[Part]) -> dict[str, Any]:
    names = [counts.name for counts in given.counts] + [rows.name for rows in given.lists]
    found: dict[str, Any] = {}
    for name, part in zip(names, parts, strict=False):
        found[name] = {**found.get(name, {}), **part.summary}
    for part in parts[len(names) :]:
        found |= part.summary
    return found


def _rejected(given: Given) -> list[dict[str, Any]]:
    lists = [*given.lists, *([given.against] if given.against is not None else [])]
    held = [rows.rejected for rows in lists] + [counts.rejected for counts in given.counts]
    rows = dict.fromkeys(row for some in held for row in some)
    return [{"file": file, "line": line, "reason": reason} for file, line, reason in rows]


def _said(given: Given, rejected: list[dict[str, Any]]) -> Iterator[str]:
    if rejected:
        often = Counter(r["file"] for r in rejected)
        words = ", ".join(f"{n:,} of {file}" for file, n in sorted(often.items()))
        why = "; ".join(said(kinds((r["file"], r["line"], r["reason"]) for r in rejected)))
        yield f"{count(len(rejected), 'row')} left out ({words}): {why}"
    if not given.lists:
        yield "no list of followers: what they are like is not known"
    if any(np.isnan(rows.followed).all() and rows.order for rows in given.lists):
        yield "no follow dates: each follower's date is only known to lie between the bounds in the map"
