"""Actions come to the stored actions of a study (see `graphnet._splice`).

Actions are sorted by all their columns. They have no numbers of their own, and what asks for them says in which order
it wants them. So those that come are written behind the others, sorted together with what came there before, and of the
others only columns in which numbers have changed are written anew. Once those behind have become many, they are brought
to their places: each is looked up among the stored ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphnet import _splice
from graphnet._chunks import Chunk, File, repeated
from graphnet._splice import NOTHING, Flags, Longs, Numbers
from graphnet.schema import ACTIONS

__all__ = ["ORDER", "Changes", "merge"]

RECENT = 0.2
"""Actions behind the others, per one of these, above which all are brought to their places: each time, those behind are
written anew, and queries pass over fewer row groups by what the file says of them."""
MOST = 4_000_000
"""Most actions behind: these are in memory while they are sorted, at 170 bytes each."""
SORTED = "graphnet.sorted"
"""Under this name a file says how many of its row groups come before those behind."""

ORDER = ("kind", "object", "time", "account", "post", "target", "weight")
"""The columns that actions are sorted by."""
WHAT = ORDER[:2]
"""Those that tell groups apart."""
WHO = ("object", "account", "target")
"""Those that say who did what to whom."""
ALIKE = ("kind", "weight")
"""Those that are mostly the same in all rows of a row group."""
Actions = dict[str, Longs]
"""Columns as integers that sort as the actions do."""


@dataclass(frozen=True)
class Changes:
    """What becomes of stored actions.

    Attributes:
        numbers: New numbers of accounts (also of targets), objects and posts.
        moved: Accounts that are now another one that was there already: their actions change places.
        authors: New number of the author of each old object that had none so far, else `NOTHING`.
    """

    numbers: Numbers
    moved: Flags
    authors: Longs

    @cached_property
    def disorder(self) -> bool:
        """Whether any stored action may change its place."""
        return bool(self.moved.any() or (self.authors != NOTHING).any())

    @cached_property
    def changed(self) -> frozenset[str]:
        """Columns in which a number may be another one now."""
        return frozenset(column for column, new in self.numbers.items() if not _splice.unchanged(new))

    def odd(self, rows: Actions) -> Flags:
        """Which of these stored actions may change their places; needs `WHO`."""
        target = rows["target"]
        odd: Flags = self.moved[rows["account"]]
        odd[target != NOTHING] |= self.moved[target[target != NOTHING]]
        odd |= (target == NOTHING) & (_splice.renumbered(rows["object"], self.authors) != NOTHING)
        return odd

    def of(self, rows: Actions) -> Actions:
        """The same actions with new numbers."""
        return rows | {n: _splice.renumbered(rows[n], self.numbers[n]) for n in self.changed & rows.keys()}

    def of_odd(self, rows: Actions) -> Actions:
        """The same actions with new numbers, and authors where they had none."""
        made = self.of(rows)
        target = made["target"].copy()
        inherits = rows["target"] == NOTHING
        target[inherits] = _splice.renumbered(rows["object"][inherits], self.authors)
        return made | {"target": target}


def merge(path: Path, target: Path, fresh: pa.Table, changes: Changes) -> int:
    """Write the stored actions and fresh ones; returns how many actions that are.

    Args:
        path: The stored table.
        target: Where to write.
        fresh: Actions with new numbers, in any order.
        changes: What becomes of the stored ones.
    """
    stored = _Stored(path, _splice.kinds_of(path, fresh), changes)
    new = stored.sorted_with(fresh)
    # where stored ones may change their places, all are put in order
    behind = not changes.disorder and len(new["kind"]) <= min(RECENT * stored.size, MOST)
    with path.open("rb") as source, target.open("wb") as out:
        schema, again = _splice.columns_of(stored.file, ACTIONS, fresh)
        chunks, used = File(source), len(new["kind"]) if behind else 0
        with _splice.Groups(out, schema, ACTIONS) as made:
            for group in stored.groups:
                head = stored.read(group, WHAT) if used < len(new["kind"]) else {}
                alike = chunks.group(group)
                if stored.alone(group, head, new, used):
                    rows = changes.of(stored.read(group, [n for n in ORDER if n in again | changes.changed]))
                else:
                    rows, same, used = stored.together(group, head, new, used)
                    for name, value in same.items():
                        alike[name] = stored.repeated(schema.field(name), value, len(rows["time"]))
                made.add(stored.table(rows), alike)
            if behind:
                made.notes[SORTED] = str(len(stored.groups))
            if behind or not stored.groups:
                for part in _by_kind(new):
                    made.add(stored.table(part), {})
        stored.file.close()
        return made.rows


class _Stored:
    """The stored actions, and what becomes of them.

    Attributes:
        groups: Row groups that are sorted, one after the other …
        size: … how many actions are in them …
        behind: … and those behind them, which are sorted by themselves.
    """

    def __init__(self, path: Path, kinds: pa.Array, changes: Changes) -> None:
        self.file = pq.ParquetFile(path)
        self.kinds, self.changes = kinds, changes
        about = self.file.metadata
        first = int((about.metadata or {}).get(SORTED.encode(), about.num_row_groups))
        groups = [group for group in range(about.num_row_groups) if about.row_group(group).num_rows]
        self.groups = [group for group in groups if group < first]
        self.behind = [group for group in groups if group >= first]
        self.size = sum(about.row_group(group).num_rows for group in self.groups)

    def read(self, group: int, names: Iterable[str]) -> Actions:
        """Columns of a row group as they are stored; what is the same in all rows is not looked at."""
        size = self.file.metadata.row_group(group).num_rows
        same = {name: np.full(size, value) for name in names if (value := self.same(group, name)) is not None}
        rest = [name for name in names if name not in same]
        made = same | (self.integers(self.file.read_row_group(group, rest, use_threads=False)) if rest else {})
        return {name: made[name] for name in ORDER if name in made}

    def same(self, group: int, name: str) -> int | None:
        """What all rows of a column are, as an integer, where the file says so and it is usual; else None."""
        if name not in ALIKE:
            return int(NOTHING) if _splice.nothing(self.file, group, name) else None
        if not (value := _splice.only(self.file, group, name)):
            return None
        return int(self.integers(pa.table({name: [value]}))[name][0])

    def repeated(self, field: pa.Field, value: int, rows: int) -> Chunk:
        """A column that is the same in all rows."""
        one = self.table({field.name: np.array([value])})
        return repeated(field, one[field.name][0].as_py(), rows)

    def sorted_with(self, fresh: pa.Table) -> Actions:
        """Fresh actions, those behind, and others that may change their places, all with new numbers, sorted."""
        new = _sorted(self.integers(fresh))
        behind = [self.changes.of_odd(self.read(group, ORDER)) for group in self.behind]
        if self.changes.disorder:
            return _sorted(_joined([new, *behind, *self.odd()]))
        return _merged(_sorted(_joined(behind)), new) if behind else new

    def odd(self) -> Iterator[Actions]:
        """Of those that are not behind, actions that may change their places, as they are then."""
        for group in self.groups:
            odd = self.changes.odd(self.read(group, WHO))
            if odd.any():
                yield self.changes.of_odd({n: v[odd] for n, v in self.read(group, ORDER).items()})

    def alone(self, group: int, head: Actions, new: Actions, used: int) -> bool:
        """Whether to this row group no row comes, from the ``used``-th new one on, and none leaves it.

        ``head`` are the columns `WHAT` of the group, if there are any rows to come.
        """
        if self.changes.disorder and self.changes.odd(self.read(group, WHO)).any():
            return False
        if used == len(new["kind"]):
            return True
        if group == self.groups[-1]:
            return False
        last = self.changes.of({name: values[-1:] for name, values in head.items()})
        return [int(new[name][used]) for name in WHAT] > [int(last[name][0]) for name in WHAT]

    def together(self, group: int, head: Actions, new: Actions, used: int) -> tuple[Actions, dict[str, int], int]:
        """The rows of a row group with new ones among them.

        Columns that are the same in all of them come by themselves; and how many new ones are used then.
        """
        from graphnet.kernels.merging import placed, slotted  # noqa: PLC0415  (numba)

        rows = head | self.read(group, [name for name in ORDER if name not in head])
        if self.changes.disorder:
            stays = ~self.changes.odd(rows)
            rows = {name: values[stays] for name, values in rows.items()}
        rows = {name: _fixed(values) for name, values in self.changes.of(rows).items()}
        parts = (tuple(rows.values()), tuple(_fixed(new[name]) for name in rows))
        places = placed(*parts, used, group == self.groups[-1])
        then, same = used + len(places), {}
        if len(rows["kind"]) + len(places) <= 2 * _splice.GROUP:  # it stays one row group
            told = {name: value for name in ALIKE if (value := self.same(group, name)) is not None}
            same = {name: value for name, value in told.items() if (new[name][used:then] == value).all()}
        made = {n: slotted(rows[n], places, _fixed(new[n]), used) for n in ORDER if n not in same}
        return made, same, then

    def integers(self, rows: pa.Table) -> Actions:
        """Actions as integers that sort as they do."""
        made = {}
        for name in rows.column_names:
            if name == "kind":
                made[name] = _splice.codes(rows[name], self.kinds)
            elif name == "weight":
                made[name] = _turned(rows[name].to_numpy().view(np.int64))
            else:
                made[name] = _splice.number(rows[name])
        return {name: made[name] for name in ORDER if name in made}

    def table(self, rows: Actions) -> pa.Table:
        """The reverse of `integers`."""
        columns: dict[str, Any] = {}
        for name, values in rows.items():
            if name == "kind":
                columns[name] = pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), self.kinds)
            elif name == "weight":
                columns[name] = pa.array(_turned(values).view(np.float64))
            else:
                columns[name] = _splice.nullable(values)
        return pa.table({name: columns[name] for name in ACTIONS.names if name in columns})


def _joined(parts: list[Actions]) -> Actions:
    return {name: np.concatenate([part[name] for part in parts]) for name in ORDER}


def _sorted(rows: Actions) -> Actions:
    from graphnet.kernels.merging import ascending  # noqa: PLC0415  (numba)

    if ascending(_parts(rows)):
        return rows
    order = np.lexsort([rows[name] for name in reversed(ORDER)])
    return {name: values[order] for name, values in rows.items()}


def _merged(stored: Actions, new: Actions) -> Actions:
    """Sorted actions among sorted ones."""
    from graphnet.kernels.merging import placed, slotted  # noqa: PLC0415  (numba)

    places = placed(_parts(stored), _parts(new), 0, True)
    return {name: slotted(_fixed(stored[name]), places, _fixed(new[name]), 0) for name in ORDER}


def _parts(rows: Actions) -> tuple[Longs, ...]:
    """What rows are compared by, as compiled code takes it."""
    return tuple(_fixed(rows[name]) for name in ORDER)


def _by_kind(rows: Actions) -> Iterator[Actions]:
    """The actions of each kind, so that a query for one passes over those of others."""
    first, *rest = np.flatnonzero(np.diff(rows["kind"], prepend=-1)).tolist() or [0]
    for start, stop in zip([first, *rest], [*rest, len(rows["kind"])], strict=True):
        yield {name: values[start:stop] for name, values in rows.items()}


def _turned(bits: Longs) -> Longs:
    """The bits of floats as integers that sort as they do, and back: negative ones sort in reverse."""
    return np.asarray(bits ^ ((bits >> 63) & NOTHING))


def _fixed(values: Longs) -> Longs:
    """The same values, not to be written: what comes from Arrow is so, and compiled code wants all alike."""
    view = values.view()
    view.flags.writeable = False
    return view
