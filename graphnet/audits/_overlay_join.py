"""Which accounts of a study are on a list: by id, by the hash of an id, or by handle. Never by likeness.

A handle is weaker than an id: handles are given up, taken over and sold. Who was joined by handle is marked so, and a
handle that several accounts have had joins none of them; nor does one whose account has another id than the list says.

Example:
    >>> hashes("1012345678901234567")["sha256, hexadecimal"][:8]
    '7e889051'
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.crowds import Flags, Ints
from graphnet.lists import HASH, NamedList

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["Book", "Joined", "hashes"]


def hashes(id_: str) -> dict[str, str]:
    """The usual ways in which an id is hashed without a key."""
    digest = hashlib.sha256(id_.encode()).digest()
    md5 = hashlib.md5(id_.encode(), usedforsecurity=False)
    sha1 = hashlib.sha1(id_.encode(), usedforsecurity=False)
    return {
        "sha256, hexadecimal": digest.hex(),
        "sha256, base64": base64.b64encode(digest).decode(),
        "sha256, base64 for links": base64.urlsafe_b64encode(digest).decode(),
        "md5, hexadecimal": md5.hexdigest(),
        "sha1, hexadecimal": sha1.hexdigest(),
    }


@dataclass(frozen=True)
class Joined:
    """One list and the accounts of the study that are on it.

    Attributes:
        name: The list's name.
        entries: Its entries.
        account: The accounts found, sorted, each once.
        how: How each was found: ``id``, ``hash`` or ``handle``.
        entry: The entry that each was found by.
        missing: Entries that are nobody in the study.
        ambiguous: Entries whose handle several accounts of the study have had, or one with another id.
    """

    name: str
    entries: tuple[str, ...]
    account: Ints
    how: tuple[str, ...]
    entry: tuple[str, ...]
    missing: tuple[str, ...]
    ambiguous: tuple[str, ...]

    def flags(self, width: int) -> Flags:
        """Whether each account of the study is on the list."""
        found = np.zeros(width, dtype=np.bool_)
        found[self.account] = True
        return found

    def counted(self) -> dict[str, int]:
        """How many were found in each way."""
        return {way: self.how.count(way) for way in ("id", "hash", "handle") if way in self.how}


@dataclass(frozen=True)
class Book:
    """All accounts of a study by what a list may call them.

    Attributes:
        ids, names: Id and handle of each account, by its number.
        former: Handles that accounts were seen with, in the table ``handles``: (account, handle).
    """

    ids: Sequence[str]
    names: Sequence[str | None]
    former: Sequence[tuple[int, str]] = ()

    @classmethod
    def of(cls, study: Study) -> Book:
        """The study's accounts."""
        rows = study.rows("select id, name from accounts order by account")
        former: list[tuple[int, str]] = []
        if study.has("handles"):
            seen = study.rows("select account, name from handles where name is not null order by account, name")
            former = list(zip(seen["account"].to_pylist(), seen["name"].to_pylist(), strict=True))
        return cls(rows["id"].to_pylist(), rows["name"].to_pylist(), former)

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, account: int) -> dict[str, Any]:
        """Id and handle, as rows of evidence have them."""
        return {"account": self.ids[account], "name": self.names[account]}

    @cached_property
    def _by_id(self) -> Mapping[str, int]:
        return {id_: i for i, id_ in enumerate(self.ids)}

    @cached_property
    def _by_handle(self) -> Mapping[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for i, name in enumerate(self.names):
            if name:
                found[name.casefold()].add(i)
        for account, name in self.former:
            found[name.casefold()].add(account)
        return found

    @cached_property
    def _by_hash(self) -> Mapping[str, int]:
        return {hashed.rstrip("="): i for i, id_ in enumerate(self.ids) for hashed in hashes(id_).values()}

    def join(self, known: NamedList) -> Joined:
        """The accounts on a list."""
        found: dict[int, tuple[str, str]] = {}
        missing: list[str] = []
        ambiguous: list[str] = []
        beside = known.handles or (None,) * len(known.entries)
        for entry, handle in zip(known.entries, beside, strict=True):
            who, how = self._one(entry, handle)
            if who is not None:
                found.setdefault(who, (how, entry))
            else:
                (ambiguous if how else missing).append(entry)
        order = sorted(found)
        how_of, entry_of = (tuple(found[a][k] for a in order) for k in (0, 1))
        account = np.array(order, dtype=np.int64)
        return Joined(known.name, known.entries, account, how_of, entry_of, tuple(missing), tuple(ambiguous))

    def _one(self, entry: str, handle: str | None) -> tuple[int | None, str]:
        """The account, and how it was found; for a handle of several accounts None and ``handle``."""
        if entry in self._by_id:
            return self._by_id[entry], "id"
        if HASH.fullmatch(entry):
            hashed = self._by_hash.get(entry.rstrip("=") if len(entry) in (43, 44) else entry.lower())
            if hashed is not None:
                return hashed, "hash"
        # a number is looked up as a handle only where no handle stands beside it
        name = handle or entry
        accounts = self._by_handle.get(name.casefold(), set())
        if len(accounts) != 1:
            return None, "handle" if accounts else ""
        (account,) = accounts
        # two ids with one handle are two accounts: the handle was given up and taken over
        other = entry != name and entry.isdecimal() and self.ids[account].isdecimal()
        return (None if other else account), "handle"
