"""The distinct texts of a study with their signatures: what is known of a text is not worked out again.

A signature depends on the words of its text alone, so texts are signed some at a time, on whatever machine, and those
that were matched before the study grew are known already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet import schema
from graphnet._numbers import numbers
from graphnet.schema import BYTES, INT, TEXT, Column, Table

if TYPE_CHECKING:
    from graphnet.study import Step, Study

__all__ = ["KEPT", "SIGNED", "Signed", "kept", "signed"]

KEPT = "staged_signatures"
SAMPLE = 50
"""Kept signatures that are worked out again, to see that they were made in the same way."""
SIGNED = Table(
    "signed",
    (*(schema.TEXTS_TABLE.column(name) for name in schema.TEXTS_TABLE.names[:-1]), Column("sketch", BYTES, "")),
)
KEYED = Table(
    "keyed", (Column("post", INT, ""), Column("account", INT, ""), Column("time", INT, ""), Column("key", TEXT, ""))
)
COUNTED = Table("counted", (Column("key", TEXT, ""), Column("posts", INT, ""), Column("accounts", INT, "")))
KNOWN = Table("known", (Column("key", TEXT, ""), Column("signature", BYTES, "")))
OWN_SQL = "select post, account, time, text from posts where text is not null and not coalesce(repost, false)"
NOTHING_SQL = "select key, null as signature from counted where false"
COUNTED_SQL = """
select key, sum(n) as posts, count(*) as accounts
from (select key, account, count(*) as n from keyed where key is not null group by key, account) g group by key"""
NUMBERED_SQL = """
select cast({number} as bigint) as text, c.id as key, c.posts, c.accounts, k.signature as known
from (select key as id, posts, accounts from counted) c {heads} left join known k on k.key = c.id"""


def signed(step: Step, threads: int | None) -> int:
    """Make the tables ``keyed``, the own posts with their normalised words, and ``signed``, the distinct texts.

    Args:
        step: The running step of a study with posts. The tables are there until it ends.
        threads: Number of threads; the answer does not depend on it.

    Returns:
        How many own posts there are.
    """
    engine, folder = step.study.engine, step.scratch
    own = engine.map(OWN_SQL, keyed, folder / "keyed.parquet", KEYED)
    engine.open(folder / "keyed.parquet", "keyed")
    texts = engine.save(COUNTED_SQL, folder / "counted.parquet", COUNTED)
    engine.open(folder / "counted.parquet", "counted")
    # without any: the same columns and no rows
    known = f"select key, signature from {KEPT}" if kept(step.study) else NOTHING_SQL
    engine.save(known, folder / "known.parquet", KNOWN)
    engine.open(folder / "known.parquet", "known")
    numbered = NUMBERED_SQL.format(
        **numbers(engine, folder, "select '' as kind, key as id from counted", "c", bound=texts)
    )
    engine.map(numbered, Signed(1 if engine.spread else threads), folder / "signed.parquet", SIGNED)
    engine.open(folder / "signed.parquet", "signed")
    return own


def keyed(rows: pa.Table) -> pa.Table:
    """Normalised words in place of the text; null where there are too few."""
    from graphnet.kernels import text  # noqa: PLC0415

    key = pa.array([None if words is None else text.key(words) for words in rows["text"].to_pylist()], TEXT)
    return rows.drop_columns(["text"]).append_column("key", key)


@dataclass(frozen=True)
class Signed:
    """Signs texts; ``known`` is the signature of those that were signed before.

    Attributes:
        threads: Number of threads; the answer does not depend on it.
    """

    threads: int | None = 1

    def __call__(self, rows: pa.Table) -> pa.Table:
        """Rows of ``signed``."""
        from graphnet.kernels.minhash import BANDS, packed, signatures, unpacked  # noqa: PLC0415  (numba)
        from graphnet.kernels.sketches import sketches  # noqa: PLC0415

        keys = rows["key"]
        made = np.empty((len(keys), BANDS), np.uint32)
        old = pc.fill_null(pc.equal(pc.binary_length(rows["known"]), 4 * BANDS), False)
        known = old.to_numpy().astype(np.bool_)
        made[known] = unpacked(rows["known"].filter(old))
        made[~known] = signatures(keys.filter(pc.invert(old)), self.threads)
        columns = {name: rows[name] for name in ("text", "key", "posts", "accounts")}
        columns |= {"length": pc.utf8_length(keys), "words": pc.add(pc.count_substring(keys, " "), 1)}
        columns |= {"signature": packed(made), "sketch": packed(sketches(keys).view(np.uint32))}
        return pa.table(columns)


def kept(study: Study) -> bool:
    """Whether what an earlier `match` of the study, before it grew, found out is there and can be used."""
    if not study.has(KEPT):
        return False
    from graphnet.kernels.minhash import BANDS, packed, signatures  # noqa: PLC0415  (numba)

    size = f"octet_length(signature) = {4 * BANDS}"
    rows = study.rows(f"select key, signature from {KEPT} where {size} order by md5(key), key limit {SAMPLE}")
    # another version of the hash would make other signatures
    return len(rows) > 0 and packed(signatures(rows["key"])).to_pylist() == rows["signature"].to_pylist()
