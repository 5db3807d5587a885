"""Pairs of texts that are near each other, sought where the texts are: on engines whose rows no machine holds alone.

The same rules and the same compiled loops as in `graphnet._alike`, and the same pairs; only the way there
differs:

1. every text gives one row a band, its *bucket* (the band and the number the text has in it);
2. rows alone in their bucket go (most do). Crowded buckets are cut into parts that have with them what their texts are
   compared with: the heaviest ones of the bucket, and those that come next. So no bucket is one large task;
3. the words and marks of each text are joined to its rows, and every bucket or part is compared by itself. What passes
   is pairs; only these are brought together.

Road not taken: candidates as rows, joined with both texts. Texts of one template agree in most of the 25 bands, so that
each pair of them would be there some twenty times before it is known which band had to compare it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet._alike import Search
from graphnet.schema import BYTES, INT, REAL, TEXT, Column, Table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from graphnet.engines import Engine, MapFunction
    from graphnet.kernels.near import Buckets, Crowd, Marks, Pairs
    from graphnet.study import Step

    Longs = NDArray[np.int64]

__all__ = ["pairs"]

PART = 4096
"""Texts of a crowded bucket that are compared in one part."""
PARTS = 1 << 20
"""Most parts of a bucket: the number of a part is that of its bucket times this, plus its place."""
VALUES = 1 << 32
"""The number of a bucket is its band times this, plus the number its texts have in that band."""
OWN, NEXT, PIVOT = range(3)
"""Why a text is in a part: it is compared there, follows on those that are, or is one of the heaviest of the bucket."""


def _table(name: str, *ints: str, more: tuple[Column, ...] = ()) -> Table:
    return Table(name, (*(Column(column, INT, "") for column in ints), *more))


SIGNATURE = Column("signature", BYTES, "")
BUCKETS = _table("buckets", "bucket", "text", "accounts")
SHARED = _table("shared", "bucket", "text", "accounts", "n")
CUT = _table("cut", "part", "text", "role", "crowded", "heavy")
COMPARED = _table("compared", "text", "accounts", more=(Column("key", TEXT, ""), SIGNATURE))
NEAR = _table("near", "one", "two", "candidates", more=(Column("jaccard", REAL, ""),))

SHARED_SQL = """
select bucket, text, accounts, n
from (select bucket, text, accounts, count(*) over (partition by bucket) as n from {buckets}) b where n > 1"""
PARTS_SQL = f"""
with parts as (
    select bucket * {PARTS} as part, text, {OWN} as role from {{shared}} where n <= {{most}}
    union all select part, text, role from {{cut}}
), marks as (
    select text, sum(crowded) as crowded, sum(heavy) as heavy from {{cut}} group by text
)
select p.part, p.text, p.role, c.key, c.signature, cast(coalesce(m.crowded, 0) as bigint) as crowded,
    cast(coalesce(m.heavy, 0) as bigint) as heavy
from parts p join {{compared}} c on c.text = p.text left join marks m on m.text = p.text"""


def pairs(step: Step, search: Search) -> Pairs:
    """Pairs of texts that are near each other, numbered as in the table ``signed``.

    Args:
        step: The running step of a study with the table ``signed``.
        search: What is sought.
    """
    made = _Made(step.study.engine, step.scratch, f"{search.how}_")
    texts = f"select text, accounts, key, signature from signed where {search.where}"
    compared = f"({texts})" if search.kept else made.map(texts, Signatures(search), COMPARED)
    buckets = made.map(f"select text, accounts, signature from {compared} t", Bucketed(search.bands), BUCKETS)
    shared = made.save(SHARED_SQL.format(buckets=buckets), SHARED)
    crowds = f"select bucket, text, accounts from {shared} where n > {search.crowd.most}"
    cut = made.map(crowds, Cut(search.crowd, PART), CUT, by="bucket")
    parts = PARTS_SQL.format(shared=shared, most=search.crowd.most, cut=cut, compared=compared)
    near = made.map(parts, Compared(search), NEAR, by="part")
    return _collected(step, search.crowd, shared, near)


@dataclass(frozen=True)
class _Made:
    """Tables that are needed during this search only."""

    engine: Engine
    folder: Path
    prefix: str

    def map(self, sql: str, function: MapFunction, table: Table, by: str | None = None) -> str:
        self.engine.map(sql, function, self._path(table), table, by)
        return self._opened(table)

    def save(self, sql: str, table: Table) -> str:
        self.engine.save(sql, self._path(table), table)
        return self._opened(table)

    def _path(self, table: Table) -> Path:
        return self.folder / f"{self.prefix}{table.name}.parquet"

    def _opened(self, table: Table) -> str:
        self.engine.open(self._path(table), self.prefix + table.name)
        return self.prefix + table.name


def _collected(step: Step, crowd: Crowd, shared: str, near: str) -> Pairs:
    """The pairs, each once, and what is told of the search."""
    from graphnet.kernels.near import Pairs, left_out  # noqa: PLC0415  (numba)

    rows = step.study.rows(f"select distinct one, two, jaccard from {near} where one is not null order by one, two")
    (all_,) = step.study.rows(f"select sum(candidates) as n from {near}").to_pylist()
    (most,) = step.study.rows(f"select max(n) as n from {shared}").to_pylist()
    large = step.study.rows(f"select bucket, max(n) as n from {shared} where n > {crowd.most} group by bucket")
    bucket, size = (np.asarray(large[name].to_numpy(), np.int64) for name in ("bucket", "n"))
    one, two = (np.asarray(rows[name].to_numpy(), np.int64) for name in ("one", "two"))
    found = Pairs(one, two, np.asarray(rows["jaccard"].to_numpy(), np.float64), int(all_["n"] or 0), len(bucket))
    out = [left_out(size[bucket // VALUES == band], crowd) for band in np.unique(bucket // VALUES).tolist()]
    return replace(found, largest=int(most["n"] or 0), left_out=max(out, default=0))


@dataclass(frozen=True)
class Signatures:
    """Signatures that the table ``texts`` does not keep."""

    search: Search

    def __call__(self, rows: pa.Table) -> pa.Table:
        """Rows of ``compared``."""
        from graphnet.kernels.minhash import packed  # noqa: PLC0415

        return rows.set_column(
            rows.column_names.index("signature"), "signature", packed(self.search.signatures(rows["key"]))
        )


@dataclass(frozen=True)
class Bucketed:
    """One row a text and band.

    Attributes:
        bands: How many bands there are.
    """

    bands: int

    def __call__(self, rows: pa.Table) -> pa.Table:
        """Rows of ``buckets``."""
        from graphnet.kernels.minhash import unpacked  # noqa: PLC0415

        buckets = unpacked(rows["signature"], self.bands).astype(np.int64) + np.arange(self.bands) * VALUES
        columns = {name: np.repeat(rows[name].to_numpy(), self.bands) for name in ("text", "accounts")}
        return pa.table({"bucket": buckets.ravel(), **columns})


@dataclass(frozen=True)
class Cut:
    """Cuts crowded buckets into parts.

    Attributes:
        crowd: What is compared in a crowded bucket.
        part: Texts that are compared in one part.
    """

    crowd: Crowd
    part: int

    def __call__(self, rows: pa.Table) -> pa.Table:
        """Rows of ``cut``; ``crowded`` and ``heavy`` are bits of the band, once a text and bucket."""
        columns = (np.asarray(rows[name].to_numpy(), np.int64) for name in ("bucket", "text", "accounts"))
        bucket, text, weight = columns
        order = np.lexsort((text, bucket))
        bucket, text, weight = bucket[order], text[order], weight[order]
        start = np.append(np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])[: len(bucket)]), len(bucket))
        found = [pa.table(_cut(bucket[:0], text[:0], weight[:0], self))]
        for low, high in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
            found.append(pa.table(_cut(bucket[low:high], text[low:high], weight[low:high], self)))
        return pa.concat_tables(found)


def _cut(bucket: Longs, text: Longs, weight: Longs, how: Cut) -> dict[str, Longs]:
    """The parts of one bucket, whose texts ascend."""
    from graphnet.kernels.near import pivots  # noqa: PLC0415

    heavy = pivots(np.array([0, len(text)]), weight, how.crowd)
    low = np.arange(0, len(text), how.part)
    place = np.arange(len(text))
    # what follows on each part, and the heaviest, which those after them are compared with too
    after = [place[i + how.part : i + how.part + how.crowd.next] for i in low.tolist()]
    others = [np.setdiff1d(np.flatnonzero(heavy), place[i : i + how.part + how.crowd.next]) for i in low.tolist()]
    part = np.concatenate(
        [place // how.part, np.repeat(np.arange(len(low)), [len(a) for a in after]),
         np.repeat(np.arange(len(low)), [len(o) for o in others])]
    )  # fmt: skip
    row = np.concatenate([place, *after, *others])
    role = np.repeat([OWN, NEXT, PIVOT], [len(place), sum(map(len, after)), sum(map(len, others))])
    bit = np.where(role == OWN, 1 << bucket[row] // VALUES, 0)
    return {
        "part": bucket[row] * PARTS + part,
        "text": text[row],
        "role": role,
        "crowded": bit,
        "heavy": np.where(heavy[row], bit, 0),
    }


@dataclass(frozen=True)
class Compared:
    """Compares the texts of each bucket or part."""

    search: Search

    def __call__(self, rows: pa.Table) -> pa.Table:
        """Rows of ``near``: pairs, and one row with the number of those that were checked."""
        from graphnet.kernels.near import inside  # noqa: PLC0415

        part, text, role = (np.asarray(rows[name].to_numpy(), np.int64) for name in ("part", "text", "role"))
        # a text is in several buckets, but read once
        numbers, first, of = np.unique(text, return_index=True, return_inverse=True)
        some = rows.take(pa.array(first))
        keys = some["key"].combine_chunks()
        length = pc.utf8_length(keys).to_numpy().astype(np.int64)
        sketch, likeness = self.search.sketch(keys, length), self.search.likeness(length)
        found = inside(_buckets(part, of, role), _marks(some, self.search), sketch, likeness, self.search.crowd)
        good = self.search.near(keys, length, found).of(numbers)
        pairs = {"one": good.one, "two": good.two, "candidates": np.zeros(len(good), np.int64), "jaccard": good.jaccard}
        counted = {"one": [None], "two": [None], "candidates": [found.candidates], "jaccard": [None]}
        return pa.concat_tables([pa.table(columns).cast(NEAR_ARROW) for columns in (pairs, counted)])


NEAR_ARROW = NEAR.arrow


def _buckets(part: Longs, text: Longs, role: Longs) -> Buckets:
    from graphnet.kernels.near import Buckets  # noqa: PLC0415

    order = np.lexsort((text, role, part))
    part, text, role = part[order], text[order], role[order]
    numbers, start = np.unique(part, return_index=True)
    of = np.repeat(np.arange(len(numbers)), np.diff(np.append(start, len(part))))
    own, line = (np.bincount(of, role <= last, minlength=len(numbers)).astype(np.int64) for last in (OWN, NEXT))
    return Buckets(text.astype(np.int32), np.append(start, len(part)), own, line, numbers // PARTS // VALUES)


def _marks(rows: pa.Table, search: Search) -> Marks:
    from graphnet.kernels.minhash import unpacked  # noqa: PLC0415
    from graphnet.kernels.near import Marks  # noqa: PLC0415

    crowded, pivot = (np.asarray(rows[name].to_numpy(), np.int64) for name in ("crowded", "heavy"))
    return Marks(unpacked(rows["signature"], search.bands), crowded, pivot)
