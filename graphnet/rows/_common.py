"""Two sides in one numbering of accounts and things, and the accounts that they are compared with.

An account that is in two studies has a number in each, so that what it does in one is not taken for what it does in
the other; `Common.same` says which numbers are one account. Studies are joined by ids alone (or the hash of an id,
where one of them has hashed ids).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.audits._overlay_join import Book
from graphnet.controls import Pool, activity, activity_strata
from graphnet.crowds import Crowds, Flags, Ints, Numbers, incidence
from graphnet.lists import HASH, NamedList
from graphnet.nulls._interests import SMALLEST, communities
from graphnet.nulls._shares import Shares
from graphnet.rows._exchange import Exchanged, exchanged

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphnet.study import Study

__all__ = ["NO_TIME", "Common", "Things", "crowds"]

NO_TIME = np.iinfo(np.int64).min
APART = 3
"""Control groups whose typical activity is further off than by this factor are none to compare with."""
INTEREST = 0.7
"""Share of a side whose interest its control groups have to have: a community that is all there is of one interest has
nobody to be compared with, and accounts of other interests would make it stand out."""
FOLLOWS = (("target", "'follow'"),)
INTERESTS = {
    "acts": (
        ("target", "'retweet', 'quote', 'reply', 'mention'"),
        ("object", "'domain'"),
        ("object", "'hashtag'"),
        *FOLLOWS,
    ),
    "follows": FOLLOWS,
}
"""What tells an account's interest; the first that a study has is taken."""
PEOPLE = 150
"""Active accounts of an interest, in the mean: with fewer, nobody of the same interest is as active, too."""


@dataclass(frozen=True, eq=False)
class Things:
    """Who did what to which thing, in the common numbering, in the order of the studies.

    Attributes:
        account, thing, time: One row an action; ``time`` is `NO_TIME` where unknown.
        place, post: The study of each row, and its number of the post; -1: none.
        label: What each thing is called.
        author, created: Of each thing, in the common numbering and in seconds; -1 and `NO_TIME` where unknown.
    """

    account: Ints
    thing: Ints
    time: Ints
    place: Ints
    post: Ints
    label: Sequence[str]
    author: Ints
    created: Ints

    def __len__(self) -> int:
        return len(self.account)

    def table(self, width: int, keep: Flags | None = None) -> csr_array:
        """Which account acted on which thing: 1, or nothing. Things that are not to be kept have empty columns."""
        rows = np.ones(len(self), dtype=np.bool_) if keep is None else keep[self.thing]
        found = incidence(self.account[rows], self.thing[rows], (width, len(self.label)))
        found.data[:] = 1
        return found

    def users(self, flags: Flags) -> Ints:
        """How many of these accounts acted on each thing."""
        mine = flags[self.account]
        key = np.unique(self.thing[mine] * len(flags) + self.account[mine])
        return np.bincount(key // max(len(flags), 1), minlength=len(self.label)).astype(np.int64)

    def first(self, flags: Flags) -> Ints:
        """When the first of these accounts acted on each thing; `NO_TIME` where none did, or nobody knows when."""
        mine = flags[self.account] & (self.time != NO_TIME)
        found = np.full(len(self.label), np.iinfo(np.int64).max)
        np.minimum.at(found, self.thing[mine], self.time[mine])
        return np.where(found == np.iinfo(np.int64).max, NO_TIME, found)


@dataclass(frozen=True, eq=False)
class Common:
    """One numbering for the accounts of one or two studies.

    Attributes:
        studies: One study, or two.
        start: Number of the first account of each study; one longer than ``studies``.
        same: For each number the smallest one of the same account.
        books: What the accounts of each study are called.
        hashed: How many accounts were joined by the hash of an id.
        members: The numbers of the accounts of both sides.
        rounds, seed: How many random groups, and where chance begins.
        held: What was looked up already.
    """

    studies: tuple[Study, ...]
    start: tuple[int, ...]
    same: Ints
    books: tuple[Book, ...]
    hashed: int
    rounds: int
    seed: int
    members: list[Ints] = field(default_factory=list)
    held: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, studies: Sequence[Study], rounds: int = 999, seed: int = 7) -> Common:
        """The accounts of one study or two."""
        books = tuple(Book.of(study) for study in studies)
        start = tuple(np.cumsum([0, *map(len, books)]).tolist())
        same = np.arange(start[-1], dtype=np.int64)
        if len(books) == 1:
            return cls(tuple(studies), start, same, books, 0, rounds, seed)
        place = pc.index_in(pa.array(books[1].ids, pa.string()), value_set=pa.array(books[0].ids, pa.string()))
        second = place.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        hashed = _by_hash(books, second)
        same[start[1] :] = np.where(second >= 0, second, same[start[1] :])
        return cls(tuple(studies), start, same, books, hashed, rounds, seed)

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return self.start[-1]

    def marked(self, accounts: Ints) -> Flags:
        """Which of all accounts these are."""
        found = np.zeros(self.width, dtype=np.bool_)
        found[accounts] = True
        return found

    def of_place(self, place: int) -> slice:
        """The numbers of the accounts of one study."""
        return slice(self.start[place], self.start[place + 1])

    def present(self, place: int) -> Flags:
        """Which accounts are in one of the studies."""
        found = np.zeros(self.width, dtype=np.bool_)
        found[self.of_place(place)] = True
        return found

    def either(self, accounts: Ints) -> Flags:
        """Which numbers stand for one of these accounts, in whichever study."""
        return self.marked(self.same[accounts])[self.same]

    @property
    def outside(self) -> Flags:
        """Which numbers stand for accounts of neither side, in whichever study."""
        if "outside" not in self.held:
            self.held["outside"] = ~self.either(np.concatenate(self.members))
        found: Flags = self.held["outside"]
        return found

    def where(self, account: int) -> tuple[int, int]:
        """The study that a number belongs to, and that study's own number of the account."""
        place = int(np.searchsorted(self.start, account, side="right")) - 1
        return place, account - self.start[place]

    def row(self, account: int) -> dict[str, Any]:
        """Id and handle of an account."""
        place, number = self.where(int(account))
        return self.books[place].row(number)

    def spread(self, place: int, values: Any, empty: Any) -> Any:
        """One value an account of a study, in the common numbering."""
        found = np.full(self.width, empty, dtype=np.asarray(values).dtype)
        found[self.of_place(place)] = values
        return found

    # Like accounts ---------------------------------------------------------------------------------------------------

    def cells(self, place: int, basis: str = "acts") -> Ints:
        """Interest and activity (within a factor of two) of each account in a study; 0 for those that never acted.

        Args:
            place: Which study.
            basis: What tells the interest: ``acts`` or ``follows``.
        """
        if ("cells", place, basis) not in self.held:
            acts = activity(self.studies[place])
            octave = (activity_strata(acts) + 1) // 2
            members = ~self.outside[self.of_place(place)]
            interest = _interest(self.studies[place], acts, INTERESTS[basis], members)
            cell = np.where(acts > 0, interest * 100 + octave, -1)
            _, dense = np.unique(np.append(cell, -1), return_inverse=True)
            self.held["cells", place, basis] = self.spread(place, dense[:-1].astype(np.int64), 0)
            self.held["interest", place, basis] = self.spread(place, interest, 0)
            self.held["acts", place] = self.spread(place, acts, 0)
        found: Ints = self.held["cells", place, basis]
        return found

    def controls(self, own: Ints, place: int, basis: str = "acts") -> Ints:
        """Random groups of accounts of the same interest and activity, one a row; no rows if there is no room."""
        key = ("controls", place, basis, own.tobytes())
        if key not in self.held:
            cells = self.cells(place, basis)
            rng = np.random.default_rng((self.seed, place, len(own)))
            made = Pool.of(cells, self.outside & self.present(place)).draw(rng, own, cells[own], self.rounds)
            if made.size and not self._alike(place, basis, own, made):
                made = made[:0]
            self.held[key] = made
        found: Ints = self.held[key]
        return found

    def exchanged(self, own: Ints, place: int, basis: str = "acts") -> Exchanged:
        """Groups in which accounts of a side and others of the same interest and activity change places."""
        key = ("exchanged", place, basis, own.tobytes())
        if key not in self.held:
            self.cells(place, basis)
            acts, interest = self.held["acts", place], self.held["interest", place, basis]
            free = self.outside & self.present(place)
            self.held[key] = exchanged(own, acts, interest, free, self.rounds, (self.seed, place, len(own), 1))
        found: Exchanged = self.held[key]
        return found

    def _alike(self, place: int, basis: str, own: Ints, made: Ints) -> bool:
        """Whether control groups are as active as a side, and interested in the same."""
        acts, interest = self.held["acts", place], self.held["interest", place, basis]
        mine, theirs = (float(np.median(acts[who])) + 1 for who in (own, made))
        most = int(interest.max(initial=0)) + 1
        shares = [np.bincount(interest[who].ravel(), minlength=most) / who.size for who in (own, made)]
        return float(np.minimum(*shares).sum()) >= INTEREST and max(mine / theirs, theirs / mine) <= APART

    # Things ----------------------------------------------------------------------------------------------------------

    def things(self, *kinds: str, written: bool = False) -> Things:
        """Who did these kinds of action to what.

        Args:
            kinds: Kinds of action.
            written: Leave out what stands in posts that repeat another one.
        """
        if (kinds, written) not in self.held:
            pieces = [_acts(study, kinds, written) for study in self.studies]
            self.held[kinds, written] = self._joined(pieces)
        found: Things = self.held[kinds, written]
        return found

    def contacts(self, *kinds: str, reverse: bool = False) -> Things:
        """Whom each account did these kinds of action to, as things; ``reverse``: who did them to it."""
        if ("contacts", kinds, reverse) not in self.held:
            some = ", ".join(f"'{kind}'" for kind in kinds)
            ends: list[tuple[Ints, Ints, int]] = []
            for place, study in enumerate(self.studies):
                rows = study.rows(
                    f"select distinct account, target from actions where kind in ({some}) and target is not null "
                    "and target <> account order by account, target"
                )
                pair = tuple(self.start[place] + _ints(rows[n], -1) for n in ("account", "target"))
                ends.append((pair[reverse], pair[not reverse], place))
            account, thing = (np.concatenate([end[k] for end in ends]) for k in (0, 1))
            nothing = np.full(len(account), -1)
            place_of = np.concatenate([np.full(len(end[0]), end[2]) for end in ends])
            self.held["contacts", kinds, reverse] = Things(
                account, self.same[thing], np.full(len(account), NO_TIME), place_of, nothing, _Names(self),
                np.arange(self.width), np.full(self.width, NO_TIME),
            )  # fmt: skip
        found: Things = self.held["contacts", kinds, reverse]
        return found

    def _joined(self, pieces: Sequence[tuple[pa.Table, pa.Table]]) -> Things:
        labels = pa.chunked_array([p[1]["label"] for p in pieces], pa.string()).combine_chunks()
        coded = labels.dictionary_encode()
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        names = coded.dictionary.to_pylist()
        columns: dict[str, list[Ints]] = {n: [] for n in ("account", "thing", "time", "place", "post")}
        author, created = np.full(len(names), -1), np.full(len(names), NO_TIME)
        start = 0
        for place, (acts, things) in enumerate(pieces):
            mine = codes[start : start + len(things)]
            start += len(things)
            by = _ints(things["author"], -1)
            author[mine] = np.where(by >= 0, self.same[self.start[place] + np.maximum(by, 0)], author[mine])
            born = _ints(things["created"], NO_TIME)
            created[mine] = np.where(born != NO_TIME, born, created[mine])
            where = np.searchsorted(_ints(things["object"], -1), _ints(acts["object"], -1))
            columns["account"].append(self.start[place] + _ints(acts["account"], -1))
            columns["thing"].append(mine[where])
            columns["time"].append(_ints(acts["time"], NO_TIME))
            columns["place"].append(np.full(len(acts), place))
            columns["post"].append(_ints(acts["post"], -1))
        return Things(**{n: np.concatenate(c) for n, c in columns.items()}, label=names, author=author, created=created)

    def labelled(self, pairs: Sequence[tuple[int, str]]) -> Things:
        """Things without time or author from pairs of an account and what the thing is called."""
        names = sorted({name for _, name in pairs})
        number = {name: i for i, name in enumerate(names)}
        account = np.array([i for i, _ in pairs], dtype=np.int64)
        thing = np.array([number[name] for _, name in pairs], dtype=np.int64)
        nothing, never = np.full(len(pairs), -1), np.full(len(pairs), NO_TIME)
        unknown = np.full(len(names), -1), np.full(len(names), NO_TIME)
        return Things(account, thing, never, nothing, nothing, names, *unknown)

    # Profiles --------------------------------------------------------------------------------------------------------

    def profile(self, column: str, place: int) -> Sequence[Any]:
        """A column of the accounts of a study, in its own numbering."""
        key = ("profile", column, place)
        if key not in self.held:
            rows = self.studies[place].rows(f"select {column} from accounts order by account")
            self.held[key] = rows[column].to_pylist()
        found: Sequence[Any] = self.held[key]
        return found

    def created(self, place: int) -> Numbers:
        """When each account was made, in the common numbering; NaN where unknown or not in the study."""
        held = np.array([np.nan if v is None else float(v) for v in self.profile("created", place)])
        return np.asarray(self.spread(place, held, np.nan))


class _Names(Sequence[str]):
    """Handles of accounts, looked up when they are shown."""

    def __init__(self, common: Common) -> None:
        self.common = common

    def __len__(self) -> int:
        return self.common.width

    def __getitem__(self, at: Any) -> Any:
        row = self.common.row(at)
        return f"@{row['name']}" if row["name"] else row["account"]


def crowds(groups: Ints) -> Crowds:
    """Rows of accounts as groups; an account may stand several times in one."""
    count, size = groups.shape
    start = np.arange(count + 1, dtype=np.int64) * size
    return Crowds(np.arange(count, dtype=np.int64), start, np.sort(groups, axis=1).ravel().astype(np.int64))


def _ints(column: pa.ChunkedArray, empty: int) -> Ints:
    return np.asarray(column.cast(pa.int64()).fill_null(empty).to_numpy(), dtype=np.int64)


def _acts(study: Study, kinds: Sequence[str], written: bool) -> tuple[pa.Table, pa.Table]:
    """The actions, and the things acted on in the order of their numbers."""
    some = ", ".join(f"'{kind}'" for kind in kinds)
    own = "left join posts p on p.post = a.post" if written else ""
    where = f"a.kind in ({some}) and a.object is not null" + (" and not coalesce(p.repost, false)" if written else "")
    acts = study.rows(
        f"select a.account, a.object, a.time, a.post from actions a {own} where {where} "
        "order by a.account, a.object, a.time, a.post"
    )
    things = study.rows(
        "select object, concat(kind, ' ', id) as label, author, created from objects "
        f"where object in (select object from actions where kind in ({some}) and object is not null) order by object"
    )
    return acts, things


def _by_hash(books: Sequence[Book], second: Ints) -> int:
    """Join accounts of which one study has the hash of the id; their numbers are put into ``second``."""
    joined = 0
    for clear, veiled in ((0, 1), (1, 0)):
        hashes = [id_ for id_ in books[veiled].ids if HASH.fullmatch(id_)]
        if 2 * len(hashes) <= len(books[veiled]):
            continue
        found = books[clear].join(NamedList("", "hashed accounts", tuple(hashes), handles=(None,) * len(hashes)))
        at = {id_: i for i, id_ in enumerate(books[veiled].ids)}
        for account, how, entry in zip(found.account.tolist(), found.how, found.entry, strict=True):
            one, two = (account, at[entry]) if clear == 0 else (at[entry], account)
            if how == "hash" and second[two] < 0:
                second[two] = one
                joined += 1
    return joined


def _interest(study: Study, acts: Ints, ways: Sequence[tuple[str, str]], members: Flags) -> Ints:
    """What each account is most interested in, as a number from 1; 0 where nothing tells.

    Which things make an interest is learned from accounts of neither side, and that members act on one another says
    nothing: else a network that amplifies itself would be an interest of its own, which nobody else has.
    """
    for end, kinds in ways:
        rows = study.rows(
            f"select distinct account, {end} as thing from actions where kind in ({kinds}) and {end} is not null "
            f"{'and target <> account ' if end == 'target' else ''}order by account, thing"
        )
        if rows.num_rows:
            break
    account, thing = (rows[n].to_numpy().astype(np.int64) for n in ("account", "thing"))
    useful = ~members[thing] if end == "target" else np.ones(len(thing), dtype=np.bool_)
    account, thing = account[useful], thing[useful]
    found = np.zeros(len(acts), dtype=np.int64)
    others = ~members[account]
    if not others.any():
        return found
    label = _labels(account[others], thing[others], int(((acts > 0) & ~members).sum()), int(thing.max()) + 1)
    known = label[thing] >= 0
    account, label = account[known], 1 + label[thing[known]]
    most = int(label.max()) + 1
    key, times = np.unique(account * most + label, return_counts=True)
    order = np.lexsort((key, -times, key // most))
    first = order[np.flatnonzero(np.diff(key[order] // most, prepend=-1))]
    found[key[first] // most] = key[first] % most
    return found


def _labels(account: Ints, thing: Ints, active: int, things: int) -> Ints:
    """The interest that each thing belongs to; -1 for things of nobody."""
    smallest = max(SMALLEST, len(np.unique(thing)) * PEOPLE // max(active, 1))
    unknown = np.full(things, -1)
    shares = Shares.of(account, thing, author=unknown, accounts=int(account.max()) + 1, lasting=True)
    return communities(shares, smallest=smallest).astype(np.int64)
