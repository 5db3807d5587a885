"""`project` where the shares may be on several machines: they stay in the engine, the kernel gets them in buckets.

Each bucket has some of the accounts, and finds all pairs in which one of these is the lower: so a pair is counted once
and for all in one bucket, and what is found there needs no adding up. To a bucket go the shares of its own accounts
and, of the same objects, those that one of them may have within its window: objects are cut into cells of time as wide
as the window, and whoever is within reach is in the same cell or beside it.

So a viral object is no task of its own: each bucket looks at it from its own accounts. Without that, the shares of an
object would meet in one task, whose work grows with their square.

The road not taken is to count by object and add up the counts of a pair afterwards: on 200,000 shares without a window
that meant 55 million partial counts to be sorted, for 550,000 pairs. A share is sent to as many buckets as there are
within its reach, so at most once a bucket and at most once a neighbour; there are as few buckets as their work allows.

What is brought into this process does not grow with the shares: sums, and how many objects have how many accounts.
Saved on the way, in the step's scratch folder: the shares, those that have somebody in reach, one row a cell, and the
pairs before they are in order. An account is never cut, nor is what one account has in its reach.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet import _spread_sql as sql
from graphnet._project import _posts, _times
from graphnet.layers import CoAction
from graphnet.schema import Column, Table
from graphnet.study import Step

__all__ = ["BUCKET", "ROW", "Bucket", "co_actions"]

BUCKET = 1e8
"""Work of a bucket, in neighbours looked at: about a second; at most 2 million rows (some 200 MB)."""
ROW = 50
"""What a row costs that is sent to a bucket, in neighbours looked at."""
MOST = 2**20
"""Most buckets."""

INT, REAL = pa.int64(), pa.float64()
SHARES = {"account": INT, "object": INT, "cell": INT, "time": INT, "post": INT}
CELLS = {"object": INT, "cell": INT, "shares": INT, "low": INT, "high": INT, "accounts": INT}
SQUARES = {"object": INT, "square": REAL}
MARGINS = {"account": INT, "margin": REAL}
FOUND = {"source": INT, "target": INT, "shared": INT, "quickest": INT, "total": REAL}

Figures = dict[str, Any]


def co_actions(step: Step, layer: CoAction, budget: float, threads: int = 1) -> Figures:
    """Write the pairs of a layer, as `graphnet.project` does, without having its shares in this process.

    Args:
        step: The running step.
        layer: The layer.
        budget: As in `graphnet.project`.
        threads: Threads of the kernel in a bucket.

    Returns:
        The layer's part of the summary.
    """
    folder = step.scratch / f"spread.{layer.name}"
    folder.mkdir()
    try:
        return _Spread(step, layer, folder).run(budget, threads)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Spread:
    """One layer on its way from shares to pairs."""

    step: Step
    layer: CoAction
    folder: Path

    def run(self, budget: float, threads: int) -> Figures:
        about, dropped = self._shares()
        self._save("cells", sql.cells(self.layer, "spread_shares"), CELLS)
        most, popular = self._popular(budget) if self.layer.window is None else (None, {})
        about |= self._taking_part(most)
        self._weigh(most, about["accounts"])
        self._save("near", sql.near(self.layer, most), SHARES)
        about |= {"visited": self._look(threads), "dropped": dropped | popular}
        return about | {"pairs": self.step.save("pairs", sql.pairs(self.layer), self.layer.name)}

    def _shares(self) -> tuple[Figures, Figures]:
        """Save the shares that can be used; how many there were, and how many could not."""
        from graphnet.kernels.coaction import check_times  # noqa: PLC0415  (numba, as in `project`)

        layer = self.layer
        told = self._row(sql.TOLD.format(rows=layer.rows()))
        check_times(np.array([told[t] for t in ("first", "last") if told[t] is not None], np.int64))
        left = self._save("shares", sql.participating(sql.usable(layer), layer.min_participation), SHARES)
        timed = told["shares"] if layer.window is None else told["timed"]
        dropped = {"no_time": told["shares"] - timed} if timed < told["shares"] else {}
        if layer.min_participation > 1:
            dropped["few_shares"] = timed - left
        return {"shares": told["shares"]}, dropped

    def _popular(self, budget: float) -> tuple[int | None, Figures]:
        """Most accounts an object may have to stay within the budget, and what falls to that."""
        from graphnet.kernels.coaction import affordable  # noqa: PLC0415

        sizes = self.step.study.rows(sql.SIZES).to_pydict()
        accounts, objects, shares = (np.array(sizes[name], np.int64) for name in ("accounts", "objects", "shares"))
        most = affordable(accounts, objects, budget)
        if most is None:
            return None, {}
        over = accounts > most
        dropped = {"popular_objects": int(objects[over].sum()), "popular_shares": int(shares[over].sum())}
        return most, dropped | {"d_max": most}

    def _taking_part(self, most: int | None) -> Figures:
        counts = "count(distinct account) as accounts, count(distinct object) as objects"
        return self._row(f"select {counts} from ({sql.kept(most)}) s")

    def _weigh(self, most: int | None, accounts: int) -> None:
        """Save what the weights need of objects and accounts."""
        if self.layer.weight == "tfidf":
            self._save("squares", sql.squares(sql.kept(most), accounts), SQUARES)
        if self.layer.weight != "count":
            self._save("margins", sql.margins(self.layer, sql.kept(most)), MARGINS)

    def _look(self, threads: int) -> int:
        """Save what the buckets find; returns how many neighbours were looked at."""
        layer, engine = self.layer, self.step.study.engine
        look = Bucket(layer.window, layer.min_shared, layer.count, threads)
        path, table = self.folder / "found.parquet", self._table("found", FOUND)
        engine.map(sql.routed(layer, self._buckets()), look, path, table, by="bucket")
        engine.open(path, "spread_found")
        visited = self._row("select cast(sum(shared) as bigint) as n from spread_found where target is null")
        return int(visited["n"] or 0)

    def _buckets(self) -> int:
        """The smallest power of two so that a bucket has no more work than `BUCKET`."""
        numbers = [2**n for n in range(MOST.bit_length())]
        cost = self._row(sql.costs(self.layer, numbers))
        fit = (n for n in numbers if cost["work"] + ROW * cost[f"sent_{n}"] <= n * BUCKET)
        return next(fit, MOST)

    def _row(self, query: str) -> Figures:
        (row,) = self.step.study.rows(query).to_pylist()
        return dict(row)

    def _save(self, name: str, query: str, columns: dict[str, pa.DataType]) -> int:
        """Save a table in the scratch folder and make it known as ``spread_{name}``; returns how many rows."""
        path, engine = self.folder / f"{name}.parquet", self.step.study.engine
        count = engine.save(query, path, self._table(name, columns))
        engine.open(path, f"spread_{name}")
        return count

    def _table(self, name: str, columns: dict[str, pa.DataType]) -> Table:
        """Objects are numbers, or texts where the layer has no numbers for them."""
        text = None if self.layer.of else "object"
        return Table(name, tuple(Column(n, pa.string() if n == text else t, "") for n, t in columns.items()))


# Buckets -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bucket:
    """Find the pairs of the accounts of a bucket: the function that gets the rows.

    They come with ``bucket, account, object, time, post, ours`` (whether the account is one of the bucket's), and with
    the ``square`` of the object where the weight is TF-IDF. The answer has one row a pair, and for each bucket one
    without a ``target``, in which ``shared`` says how many neighbours were looked at.

    Attributes:
        window: See `graphnet.kernels.coaction.co_action_of`.
        min_shared: See there.
        count: See there.
        threads: Threads of the kernel.
    """

    window: int | None
    min_shared: int
    count: Any
    threads: int = 1

    def __call__(self, rows: pa.Table) -> pa.Table:
        """The pairs of one or several whole buckets."""
        return pa.concat_tables([self._found(bucket) for bucket in _cut(rows)])

    def _found(self, rows: pa.Table) -> pa.Table:
        from graphnet.kernels.coaction import co_action_of  # noqa: PLC0415  (as above)

        account, who = _codes(rows["account"])
        found = co_action_of(
            rows["ours"].to_numpy(), account, _codes(rows["object"])[0], _times(rows["time"]),
            _posts(rows["post"]) if self.count == "posts" else None,
            rows["square"].to_numpy() if "square" in rows.column_names else None,
            window=self.window, min_shared=self.min_shared, count=self.count, threads=self.threads,
        )  # fmt: skip
        pairs = {
            "source": who.take(pa.array(found.source)),
            "target": who.take(pa.array(found.target)),
            "shared": found.shared,
            "quickest": pa.array(found.quickest, mask=found.quickest < 0),
            "total": found.weight,
        }
        told = pa.Table.from_pylist([{"shared": found.visited}], pa.schema(FOUND))
        return pa.concat_tables([pa.table(pairs), told])


def _cut(rows: pa.Table) -> Iterator[pa.Table]:
    """The rows of one bucket after the other; no rows are a bucket, too."""
    if not rows.num_rows:
        yield rows
        return
    starts = np.flatnonzero(np.diff(rows["bucket"].to_numpy(), prepend=-1))
    for start, end in zip(starts, np.append(starts[1:], rows.num_rows), strict=True):
        yield rows.slice(start, end - start)


def _codes(values: pa.ChunkedArray) -> tuple[Any, pa.Array]:
    """Numbers from 0 for the values, in their order, and the values."""
    coded = values.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    order = pc.sort_indices(coded.dictionary)
    place = np.empty(len(order), np.int32)
    place[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return place[coded.indices.to_numpy()], coded.dictionary.take(order)
