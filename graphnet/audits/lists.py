"""How much more each community has to do with the entries of user-given lists than other accounts do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from graphnet.audits import EVIDENCE, Answer, Audit, Audited
from graphnet.audits._affinity import Affinity, affinity, answers, corrected
from graphnet.audits._list_contacts import SORTS, Contacts, contacts
from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.errors import InputError
from graphnet.lists import KINDS, NamedList, read_list
from graphnet.plots import Heat, Plot
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import count, percent

__all__ = ["Lists"]

SHOWN = 25
"""Communities and lists drawn, and members of a community listed for a list."""
Q = 0.05
BENIGN = (
    "A list is somebody's judgement: being near it says what the members attend to, not who they are.",
    "Opponents link to, mention and quote what they oppose; a contact is no agreement.",
    "People of one country, language or profession share sources; the matched groups know activity alone.",
)


@dataclass(frozen=True)
class Lists(Audit):
    r"""Share of each community's members and contacts that touch each list, against others, beyond chance.

    Args:
        lists: The files (`graphnet.lists.read_list`), of known accounts, domains, hashtags or phrases; the kind is told
            from the file, or given in front: ``hashtags=tags.txt``.
        controls: Matched groups (as active in contacts of that sort) that each community is compared with.
        seed: Same seed, same answer.

    Raises:
        InputError: A list cannot be read, or none is named.

    Example:
        >>> import graphnet as gn
        >>> found = gn.audit(study, Lists(("state_media.csv",)), "lists.html")  # doctest: +SKIP
        >>> found.summary["beyond_chance"]  # doctest: +SKIP
        2
    """

    name: ClassVar[str] = "lists"
    title: ClassVar[str] = "Affinity of communities to given lists"
    lists: tuple[str, ...] = ()
    controls: int = 999
    seed: int = 7

    def __post_init__(self) -> None:
        if self.controls < 0:
            raise InputError(f"lists: controls is {self.controls}, it has to be 0 (none) or more")

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if not self.lists:
            return "name at least one list: --list known.csv"
        if study is None:
            return "it takes a study, whose communities are looked at"
        if not study.has("members"):
            return f"no communities were sought yet. Run: graphnet detect {study.path}"
        return None

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`."""
        assert study is not None
        given = _named([_read(text) for text in self.lists])
        groups = communities(study)
        # ids that look like hashes may be the study's own: published data often have no others
        touched = [contacts(study, k, held) for k in SORTS if (held := [g for g in given if _sort(g) == k])]
        rows = [(c, row) for c in touched for row in self._rows(groups, c)]
        fixed = corrected([row for _, row in rows])
        found = [(c, row) for (c, _), row in zip(rows, fixed, strict=True)]
        return Audited(
            self.name,
            self.title,
            _summary(given, groups, found),
            [*_answers(groups, found), *_absent(given, touched, groups)],
            _plots(given, found),
            _tables(study, groups, found),
            BENIGN,
            _notes(given, touched),
        )

    def _rows(self, groups: Crowds, touched: Contacts) -> list[Affinity]:
        """Rows of the lists that occur in the study at all."""
        rows = affinity(groups, touched.hits, touched.totals, self.controls, self.seed)
        there = np.asarray(touched.hits.sum(axis=0)).ravel() > 0
        return [row for row in rows if there[row.column]]


def _read(text: str) -> NamedList:
    kind, equals, path = text.partition("=")
    if equals and kind in KINDS:
        return read_list(path, kind=kind)
    return read_list(text)


def _sort(one: NamedList) -> str:
    return "accounts" if one.kind == "hashed accounts" else one.kind


def _named(given: Sequence[NamedList]) -> list[NamedList]:
    """The lists under different names."""
    seen: Counter[str] = Counter()
    found = []
    for one in given:
        seen[one.name] += 1
        found.append(replace(one, name=f"{one.name} ({seen[one.name]})") if seen[one.name] > 1 else one)
    return found


Rows = Sequence[tuple[Contacts, Affinity]]


def _absent(given: Sequence[NamedList], touched: Sequence[Contacts], groups: Crowds) -> list[Answer]:
    """What is to be said of lists that cannot be compared."""
    found = []
    if not len(groups):
        found.append(Answer("members_on_list", "all", None, "share", "not applicable: no communities were found"))
    hits = {id(one): int(c.hits.sum(axis=0)[i]) for c in touched for i, one in enumerate(c.lists)}
    for one in given:
        if not hits[id(one)]:
            why = f"not applicable: none of its {count(len(one.entries), 'entry', 'entries')} occurs in the study"
            why += " (they look like hashes of ids)" * (one.kind == "hashed accounts")
            found.append(Answer("members_on_list", one.name, None, "share", why))
    return found


def _answers(groups: Crowds, found: Rows) -> list[Answer]:
    """Two figures for each community and list that touch, the clearest first."""
    order = sorted(found, key=_rank)
    told = []
    for touched, row in order:
        if row.contacts:
            name = touched.lists[row.column].name
            told += answers(row, f"C{row.group}", name, SORTS[touched.kind], _entries(groups, touched, row))
    return told


def _rank(found: tuple[Contacts, Affinity]) -> tuple[float, float, int, str, int]:
    """The smallest q first, then the largest lift that is sure; what is not known comes last."""
    touched, row = found
    q, low = (float(np.nan_to_num(v, nan=other)) for v, other in ((row.members_q, 1.0), (row.low, 0.0)))
    return q, -low, row.group, touched.kind, row.column


def _entries(groups: Crowds, touched: Contacts, row: Affinity) -> list[dict[str, Any]]:
    """The entries of a list that the members have most to do with."""
    place = int(np.searchsorted(groups.label, row.group))
    mine = touched.of_entries[groups.members(place)]
    contacts_, members = np.asarray(mine.sum(axis=0)).ravel(), np.asarray((mine > 0).sum(axis=0)).ravel()
    everyone = np.asarray((touched.of_entries > 0).sum(axis=0)).ravel()
    own = [e for e, (column, _) in enumerate(touched.entries) if column == row.column and contacts_[e]]
    own.sort(key=lambda e: (-members[e], -contacts_[e], e))
    return [
        {
            "entry": touched.entries[e][1],
            "members": int(members[e]),
            "contacts": int(contacts_[e]),
            "other_accounts": int(everyone[e] - members[e]),
        }
        for e in own[:EVIDENCE]
    ]


def _summary(given: Sequence[NamedList], groups: Crowds, found: Rows) -> dict[str, Any]:
    beyond = [(c, r) for c, r in found if r.members_q <= Q and r.low > 1]
    return {
        "lists": len(given),
        "entries": sum(len(one.entries) for one in given),
        "communities": len(groups),
        "compared": len(found),
        "beyond_chance": len(beyond),
        "communities_beyond_chance": [f"C{n}" for n in sorted({r.group for _, r in beyond})],
    }


def _tables(study: Study, groups: Crowds, found: Rows) -> dict[str, list[Mapping[str, Any]]]:
    affinities: list[Mapping[str, Any]] = [
        {"kind": c.kind, **r.row(f"C{r.group}", c.lists[r.column].name)} for c, r in found
    ]
    return {"affinity": affinities, "members": _members(study, groups, found)}


def _members(study: Study, groups: Crowds, found: Rows) -> list[Mapping[str, Any]]:
    """The members with most contacts on each list that their community is near."""
    rows: list[tuple[str, str, int, int, int]] = []
    for contacts_, row in found:
        if not (row.members_q <= Q or row.contacts_q <= Q):
            continue
        members = groups.members(int(np.searchsorted(groups.label, row.group)))
        hits = contacts_.hits[members][:, [row.column]].toarray().ravel().astype(np.int64)
        leading = np.lexsort((members, -hits))[:SHOWN]
        name = contacts_.lists[row.column].name
        rows += [
            (f"C{row.group}", name, int(members[i]), int(hits[i]), int(contacts_.totals[members[i]]))
            for i in leading
            if hits[i]
        ]
    wanted = ", ".join(map(str, sorted({r[2] for r in rows}))) or "null"
    known = study.rows(f"select account, id, name from accounts where account in ({wanted})").to_pylist()
    names = {k["account"]: (k["id"], k["name"]) for k in known}
    return [
        {"community": c, "list": n, "account": names[a][0], "name": names[a][1], "contacts": x, "of_contacts": of}
        for c, n, a, x, of in rows
    ]


def _plots(given: Sequence[NamedList], found: Rows) -> list[Plot]:
    """Shares of members by community and list."""
    groups = sorted({r.group for _, r in found})[:SHOWN]
    names = [one.name for one in given if any(c.lists[r.column] is one for c, r in found)][:SHOWN]
    if not groups or not names:
        return []
    share = {(r.group, c.lists[r.column].name): r.members / r.of if r.of else None for c, r in found}
    values = tuple(tuple(share.get((g, n)) for n in names) for g in groups)
    highest, group, name = max((share[g, n] or 0.0, g, n) for g in groups for n in names if (g, n) in share)
    note = f"C{group} has most to do with {show(name, 40)}: {percent(highest)} of its members who could."
    labels = tuple(show(n, 40) for n in names)
    rows = tuple(f"C{g}" for g in groups)
    title = "Share of members with a contact on the list"
    return [Heat(title, "list", "community", note, rows=rows, columns=labels, values=values, unit="share")]


def _notes(given: Sequence[NamedList], touched: Sequence[Contacts]) -> list[str]:
    found = [f"{one.name}: {count(len(one.entries), 'entry', 'entries')} ({one.kind})" for one in given]
    for one in given:
        if one.rejected:
            _, line, why = one.rejected[0]
            found.append(f"{one.name}: {count(len(one.rejected), 'row')} left out; the first: line {line}, {why}")
    for held in touched:
        there = np.asarray(held.of_entries.sum(axis=0)).ravel() > 0
        for i, one in enumerate(held.lists):
            n = sum(bool(there[e]) for e, (column, _) in enumerate(held.entries) if column == i)
            found.append(f"{one.name}: {n:,} of its entries occur among {SORTS[held.kind]}")
    return found
