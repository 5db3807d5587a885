"""Clusters of near-identical posts: which there are, how many by how many, since when, how quickly, and who first.

Only pairs of texts that are near each other are taken into memory; the posts stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphnet import engines, schema
from graphnet.schema import INT, REAL, TEXT, Column, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.kernels.near import Pairs
    from graphnet.study import Step

    Longs = NDArray[np.int64]

__all__ = ["HOW", "Alike", "gathered", "write_copies", "write_texts"]

HOW = ("same", "near", "reworded", "semantic")
"""How a text is near the middle of its cluster, from hard evidence to soft."""
PAIRED = Table("paired", (Column("text", INT, ""),))
STARS = Table(
    "stars",
    (Column("text", INT, ""), Column("middle", INT, ""), Column("similarity", REAL, ""), Column("how", TEXT, "")),
)
COPIED = Table(
    "copied",
    tuple(STARS.column("middle") if name == "cluster" else schema.COPIES.column(name) for name in schema.COPIES.names),
)
WRITERS = Table("writers", tuple(Column(name, INT, "") for name in ("middle", "account", "posts", "first", "last")))
NUMBERED = Table(
    "numbered", tuple(Column(name, INT, "") for name in ("cluster", "medoid", "posts", "accounts", "texts"))
)
FIGURES = Table(
    "figures", tuple(schema.CLUSTERS.column(name) for name in ("cluster", "first", "last", "gap", "leader"))
)

FIRST = ("cluster", "account", "first", "last")

GROUPED_SQL = """
select t.text, t.key, coalesce(s.middle, t.text) as middle, coalesce(s.similarity, 1e0) as similarity,
    coalesce(s.how, 'same') as how
from signed t left join stars s on s.text = t.text where t.accounts > 1 or s.text is not null"""
"""Texts that several accounts wrote, or that are near another one."""
COPIED_SQL = f"""
select p.post, p.account, p.time, g.text, g.similarity, g.how, g.middle
from keyed p join ({GROUPED_SQL}) g on g.key = p.key"""
WRITERS_SQL = """
select middle, account, count(*) as posts, min(time) as first, max(time) as last from copied group by middle, account"""
NUMBERED_SQL = f"""
select row_number() over (order by c.accounts desc, c.posts desc, c.middle) as cluster, c.middle as medoid, c.posts,
    c.accounts, t.texts
from (select middle, count(*) as accounts, sum(posts) as posts from writers group by middle having count(*) > 1) c
join (select middle, count(*) as texts from ({GROUPED_SQL}) g group by middle) t on t.middle = c.middle"""
FIRST_SQL = """
select n.cluster, w.account, w.first, w.last from writers w join numbered n on n.medoid = w.middle
where w.first is not null"""
COPIES_SQL = """
select c.post, c.account, c.time, c.text, n.cluster, c.similarity, c.how
from copied c join numbered n on n.medoid = c.middle order by n.cluster, c.time nulls last, c.post"""
CLUSTERS_SQL = """
select n.cluster, n.medoid, n.texts, n.posts, n.accounts, f.first, f.last, f.gap, f.leader, t.key
from numbered n join signed t on t.text = n.medoid left join figures f on f.cluster = n.cluster order by n.cluster"""
TEXTS_SQL = f"""
select t.text, t.key, t.length, t.words, t.posts, t.accounts, t.signature, c.cluster
from signed t left join (
    select g.text, n.cluster from ({GROUPED_SQL}) g join numbered n on n.medoid = g.middle
) c on c.text = t.text order by t.text"""


@dataclass(frozen=True)
class Alike:
    """Which texts are near which.

    Attributes:
        pairs: Pairs of texts that are near each other.
        how: Of each pair: place in `HOW`.
        about: How they were sought.
    """

    pairs: Pairs
    how: NDArray[np.int64]
    about: dict[str, Any]


def gathered(step: Step, found: Alike) -> None:
    """Make the tables ``copied``, ``numbered`` and ``figures`` of the posts whose words several accounts wrote.

    Clusters are numbered from 1: those of most accounts first, then of most posts, then by their middle.

    Args:
        step: The running step, with the tables ``keyed`` and ``signed``. The tables are there until it ends.
        found: Which texts are near which.
    """
    engine, folder = step.study.engine, step.scratch
    _local(step, PAIRED, {"text": np.unique(np.append(found.pairs.one, found.pairs.two))})
    rows = step.study.rows("select t.text, t.accounts from signed t join paired p on p.text = t.text order by t.text")
    _local(step, STARS, _stars(found, *(np.asarray(rows[name].to_numpy(), np.int64) for name in rows.column_names)))
    for sql, table in ((COPIED_SQL, COPIED), (WRITERS_SQL, WRITERS), (NUMBERED_SQL, NUMBERED)):
        engine.save(sql, folder / f"{table.name}.parquet", table)
        engine.open(folder / f"{table.name}.parquet", table.name)
    engine.map(FIRST_SQL, figures, folder / "figures.parquet", FIGURES, by="cluster")
    engine.open(folder / "figures.parquet", "figures")


def _local(step: Step, table: Table, columns: dict[str, Any]) -> None:
    """Make a table of what is in this process."""
    path = step.scratch / f"{table.name}.parquet"
    engines.write([pa.table(columns)], path, table)
    step.study.engine.open(path, table.name)


def _stars(found: Alike, texts: Longs, weight: Longs) -> dict[str, Any]:
    """The columns of ``stars``: in the star of which text each is that is near another one, and how near."""
    from graphnet.kernels import near  # noqa: PLC0415  (numba)

    one, two = np.searchsorted(texts, found.pairs.one), np.searchsorted(texts, found.pairs.two)
    middle = near.stars(near.Pairs(one, two, found.pairs.jaccard), weight)
    place = _places(one, two, middle)
    kinds = np.append(found.how, 0)[place]
    return {
        "text": texts,
        "middle": texts[middle],
        "similarity": np.append(found.pairs.jaccard, 1.0)[place],
        "how": pa.array(HOW, TEXT).take(pa.array(kinds)),
    }


def _places(one: Longs, two: Longs, middle: Longs) -> Longs:
    """Where the pair of each text and its middle stands among the pairs; -1 for the middle itself."""
    text = np.arange(len(middle))
    wanted = np.minimum(text, middle) * len(middle) + np.maximum(text, middle)
    return np.where(text == middle, -1, np.searchsorted(one * len(middle) + two, wanted))


def write_copies(step: Step) -> int:
    """Write the rows of ``copies``, in the order of clusters, time (unknown ones last) and posts; returns how many."""
    return step.save("copies", COPIES_SQL)


def write_texts(step: Step) -> None:
    """Write the table ``texts``."""
    step.save("texts", TEXTS_SQL)


def figures(rows: pa.Table) -> pa.Table:
    """First and last time of each cluster, the median gap between its accounts' first copies, and who was first.

    Args:
        rows: Times of the first and of the last copy of each account: ``cluster, account, first, last``; whole
            clusters.

    Example:
        >>> rows = {"cluster": [7, 7, 7], "account": [1, 2, 3], "first": [100, 160, 400], "last": [100, 900, 400]}
        >>> figures(pa.table(rows)).to_pylist()
        [{'cluster': 7, 'first': 100, 'last': 900, 'gap': 150.0, 'leader': 1}]
    """
    cluster, account, first, last = (np.asarray(rows[name].to_numpy(), np.int64) for name in FIRST)
    order = np.lexsort((account, first, cluster))
    cluster, account, first, last = cluster[order], account[order], first[order], last[order]
    numbers, start, of = np.unique(cluster, return_index=True, return_inverse=True)
    gap = _median_gaps(of, first, len(numbers))
    later = np.minimum(start + 1, len(of) - 1)
    tied = (later > start) & (of[later] == of[start]) & (first[later] == first[start])
    columns = {
        "cluster": numbers,
        "first": first[start],
        "last": np.maximum.reduceat(last, start) if len(start) else last,
        "gap": pa.array(gap, mask=np.isnan(gap)),
        "leader": pa.array(account[start], INT, mask=tied),
    }
    return pa.table(columns)


def _median_gaps(of: Longs, when: Longs, n: int) -> NDArray[np.float64]:
    """The median of the differences of each cluster's times, which are sorted; NaN where there are none."""
    inside = of[1:] == of[:-1]
    group, gap = of[1:][inside], np.diff(when)[inside]
    order = np.lexsort((gap, group))
    group, gap = group[order], np.append(gap[order], 0)
    count = np.bincount(group, minlength=n)
    start = np.append(0, np.cumsum(count))[:-1]
    low, high = start + np.maximum(count - 1, 0) // 2, start + count // 2
    middle = (gap[np.minimum(low, len(gap) - 1)] + gap[np.minimum(high, len(gap) - 1)]) / 2
    return np.where(count > 0, middle, np.nan)
