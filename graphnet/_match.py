"""``match``: which posts say the same in nearly the same words, and in which clusters.

Words are normalised to keys (`graphnet.kernels.text.key`); posts of one key are one text from there on, so that a
slogan written a hundred thousand times costs no more than one written twice. Pairs of texts and clusters come from
`graphnet.kernels.near`; what a cluster amounts to is in `graphnet._clusters`, why it may be no evidence in
`graphnet._templates`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphnet import schema
from graphnet._clusters import HOW, Written, copies, figures, numbered
from graphnet._hidden import obfuscations
from graphnet._signatures import Kept, kept, signed
from graphnet._templates import TEMPLATES, allowed, templates
from graphnet.errors import InputError
from graphnet.log import logger
from graphnet.schema import INT, TEXT, Column, Table
from graphnet.study import Step, Study

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.kernels.near import Pairs

__all__ = ["match"]

STRICTER, SHORT = 0.1, 50
"""Texts of fewer than 50 characters have to be more alike: one word is a larger part of them."""
EDITS, LOOSER = 0.75, 0.15
"""Smallest normalised edit similarity, the last check; less where less than .6 of the shingles have to agree."""
WIDE = 0.65
"""Below this similarity the bands are of fewer rows, so that they still find nearly all pairs."""
REWORDED = 0.7
"""Smallest Jaccard similarity of two texts as multisets of words."""
LEAST_WORDS = 8
"""Shorter texts are not compared as sets of words: with fewer, sentences that share their small words look alike."""
NEAR, REWORDED_HOW, SEMANTIC = (HOW.index(name) for name in ("near", "reworded", "semantic"))
PIECE = 100_000
"""Rows written at once."""

KEYED = Table(
    "keyed", (Column("post", INT, ""), Column("account", INT, ""), Column("time", INT, ""), Column("key", TEXT, ""))
)
KEYS = Table("keys", tuple(schema.TEXTS_TABLE.column(name) for name in ("text", "key", "posts", "accounts")))
OWN_SQL = "select post, account, time, text from posts where text is not null and not coalesce(repost, false)"
KEYS_SQL = """
select row_number() over (order by key) - 1 as text, key, n as posts, accounts
from (select key, count(*) as n, count(distinct account) as accounts from keyed where key is not null group by key) g"""
WRITTEN_SQL = """
select p.post, p.account, p.time, k.text from keyed p join keys k on k.key = p.key order by p.post"""


def match(
    study: Study,
    *,
    jaccard: float = 0.7,
    exact: bool = False,
    reworded: bool = False,
    semantic: str | None = None,
    allow: str | Path | Sequence[str] = (),
    threads: int | None = None,
) -> dict[str, Any]:
    """Find posts whose words are the same or nearly the same, whoever wrote them, and put them in clusters.

    Own posts only: what the platform repeats at the push of a button is not compared. Two texts are near each other if
    their character 3-shingles overlap by ``jaccard`` (.1 more under 50 characters) and .75 of their characters stand
    in the same order (``jaccard`` + .15, if that is less). A cluster has a text in the middle that all others are near
    to; those that one account alone wrote are left out.

    Args:
        study: A study with posts.
        jaccard: Smallest Jaccard similarity, .4 to 1. At .7 a word or two may differ in a short post; at .45 a few may
            be other words of the same meaning.
        exact: Compare by an exact join instead of MinHash: nothing near is missed, but the time grows with the square
            of the number of texts (minutes for a few hundred thousand).
        reworded: Also find texts of nearly the same words in another order; marked ``reworded`` in ``copies``, softer
            evidence.
        semantic: Also find texts of nearly the same meaning, by a model: ``wordllama`` (small, mostly English) or one
            of your own (see `graphnet._semantic.embedder`); marked ``semantic`` in ``copies``, the softest evidence.
        allow: Texts that everybody was asked to post (an open petition): the path of a file with one a line, or the
            texts. Their clusters are marked as open campaigns.
        threads: Number of threads; None: all cores. The answer does not depend on it.

    Returns:
        What was found: ``own_posts``, those with words enough (``posts``), ``texts``, ``clusters``, ``copies``,
        ``accounts`` in a cluster, ``templates`` (how many clusters of each sort are no evidence), ``search``
        (candidates, pairs, and what was not compared because too many texts were alike), and
        ``posts_with_hidden_characters``. Tables written: ``texts``, ``clusters``, ``copies``, ``obfuscations``.

    Raises:
        MissingTable: The study was not read yet.
        InputError: A parameter is out of range, or the file is not usable; the message says which and why.

    Example:
        >>> import graphnet as gn, pandas as pd
        >>> words = ["The new bridge is a danger to us all and has to go", "I like it, but I would like it in blue"]
        >>> words += ["The new bridge is a danger for us all and has to go!!!"]
        >>> posts = pd.DataFrame({"id": [1, 2, 3], "account": ["a", "b", "c"], "time": [0, 60, 90], "text": words})
        >>> study = gn.read(posts)
        >>> found = gn.match(study)
        >>> found["clusters"], study.rows("select account, cluster from copies").to_pylist()
        (1, [{'account': 0, 'cluster': 1}, {'account': 2, 'cluster': 1}])
    """
    if not 0.4 <= jaccard <= 1:
        raise InputError(f"jaccard is {jaccard}, it has to be from 0.4 to 1 (0.7: most words stand as they were)")
    study.require("posts")
    campaigns = allowed(allow)
    parameters: dict[str, Any] = {"jaccard": jaccard, "exact": exact, "reworded": reworded}
    parameters |= {"semantic": semantic, "allow": campaigns}
    with study.step("match", parameters) as step:
        with step.timed("keys"):
            keys, written, own = _written(step)
        with step.timed("texts"):
            found = _alike(keys, written.weight, kept(study), parameters, threads)
        if semantic is not None:
            with step.timed("meaning"):
                found = _meaning(keys, written.weight, found, semantic)
        with step.timed("clusters"):
            step.summary |= {"own_posts": own} | _write(step, keys, written, found, campaigns, jaccard)
        with step.timed("hidden characters"):
            step.summary["posts_with_hidden_characters"] = obfuscations(step)
    return _told(step.summary)


def _told(summary: dict[str, Any]) -> dict[str, Any]:
    """Say in the log what was found, and return it."""
    logger.info("{copies:,} posts in {clusters:,} clusters, of {texts:,} texts".format(**summary))
    return dict(summary)


def _written(step: Step) -> tuple[list[str], Written, int]:
    """The distinct keys in their order, who wrote which when, and how many own posts there are."""
    from graphnet.kernels import text  # noqa: PLC0415

    engine, folder = step.study.engine, step.scratch

    def keyed(rows: pa.Table) -> pa.Table:
        key = pa.array([None if words is None else text.key(words) for words in rows["text"].to_pylist()], TEXT)
        return rows.drop_columns(["text"]).append_column("key", key)

    own = engine.map(OWN_SQL, keyed, folder / "keyed.parquet", KEYED)
    engine.open(folder / "keyed.parquet", "keyed")
    engine.save(KEYS_SQL, folder / "keys.parquet", KEYS)
    engine.open(folder / "keys.parquet", "keys")
    found = engine.rows("select key, posts, accounts from keys order by text")
    rows = engine.rows(WRITTEN_SQL)
    columns = (rows[name].to_numpy() for name in ("post", "account", "text"))
    post, account, words = (np.asarray(column, np.int64) for column in columns)
    time = rows["time"].combine_chunks() if rows.num_rows else pa.nulls(0, INT)
    weight, posts = (np.asarray(found[name].to_numpy(), np.int64) for name in ("accounts", "posts"))
    return found["key"].to_pylist(), Written(post, account, words, time, posts, weight), own


@dataclass(frozen=True)
class Alike:
    """Which texts are near which.

    Attributes:
        pairs: Pairs of texts that are near each other.
        how: Of each pair: place in `graphnet._clusters.HOW`.
        middle: The text in the middle of the star each text is in.
        signatures: One row a text.
        about: How they were sought.
    """

    pairs: Pairs
    how: NDArray[np.int64]
    middle: NDArray[np.int64]
    signatures: NDArray[np.uint32]
    about: dict[str, Any]


def _alike(
    keys: Sequence[str],
    weight: NDArray[np.int64],
    known: Kept | None,
    how_near: Mapping[str, Any],
    threads: int | None,
) -> Alike:
    """Pairs and stars of distinct texts."""
    from graphnet.kernels import near  # noqa: PLC0415  (numba, which `import graphnet` should not pay for)
    from graphnet.kernels.minhash import BANDS, LOOSE, ROWS, bands  # noqa: PLC0415

    jaccard, exact, reworded = (how_near[name] for name in ("jaccard", "exact", "reworded"))
    strict = jaccard >= WIDE and not exact
    sets, signatures = signed(keys, known, threads, everything=not strict)
    short = np.fromiter((len(key) < SHORT for key in keys), np.bool_, len(keys))
    likeness = near.Likeness(jaccard, min(jaccard + STRICTER, 1.0), short)
    compared = signatures if strict or exact else bands(sets, threads, LOOSE)
    raw = near.joined(sets, likeness) if exact else near.similar(sets, likeness, weight, compared, threads)
    pairs = near.checked(keys, raw, min(jaccard + LOOSER, EDITS))
    used = f"MinHash, {compared.shape[1]} bands of {BANDS * ROWS // compared.shape[1]} rows"
    about: dict[str, Any] = {"method": "exact join" if exact else used}
    about |= {n: getattr(raw, n) for n in ("candidates", "crowds", "largest", "left_out")} | {"pairs": len(pairs)}
    how = np.full(len(pairs), NEAR)
    if reworded:
        more = _reworded(keys, weight, exact=exact, threads=threads)
        pairs, soft = near.united(pairs, more)
        how = np.where(soft, REWORDED_HOW, NEAR)
        about["pairs_reworded"] = int(soft.sum())
    return Alike(pairs, how, near.stars(pairs, weight), signatures, about)


def _meaning(keys: Sequence[str], weight: NDArray[np.int64], found: Alike, model: str) -> Alike:
    """The same with pairs that are alike in meaning only."""
    from graphnet._semantic import embedder, semantic  # noqa: PLC0415
    from graphnet.kernels import near  # noqa: PLC0415

    pairs, soft = near.united(found.pairs, semantic(keys, embedder(model)))
    how = np.full(len(pairs), SEMANTIC)
    # both are in canonical order
    how[~soft] = found.how
    about = found.about | {"model": model, "pairs_of_meaning": int(soft.sum())}
    return Alike(pairs, how, near.stars(pairs, weight), found.signatures, about)


def _reworded(keys: Sequence[str], weight: NDArray[np.int64], *, exact: bool, threads: int | None) -> Pairs:
    """Pairs of texts that are near each other as multisets of words."""
    from graphnet.kernels import near  # noqa: PLC0415
    from graphnet.kernels.shingles import words  # noqa: PLC0415

    long = [i for i, key in enumerate(keys) if key.count(" ") + 1 >= LEAST_WORDS]
    some = np.array(long, np.int64)
    sets, likeness = words([keys[i] for i in long]), near.Likeness(REWORDED)
    found = near.joined(sets, likeness) if exact else near.similar(sets, likeness, weight[some], None, threads)
    return near.checked(keys, found.of(some), EDITS, "words")


def _write(
    step: Step, keys: Sequence[str], written: Written, found: Alike, campaigns: Sequence[str], jaccard: float
) -> dict[str, Any]:
    """Write the tables; returns what they hold, in numbers."""
    number = numbered(written, found.middle)
    step.write("texts", _texts(keys, written, found.signatures, number[found.middle]))
    rows = copies(written, found.middle, found.pairs, found.how, number)
    step.write("copies", rows)
    clusters = figures(written, found.middle, number)
    clusters |= templates(step.study, clusters, keys, campaigns, int(np.unique(written.account).size), jaccard)
    step.write("clusters", pa.table([clusters[n] for n in schema.CLUSTERS.names], schema=schema.CLUSTERS.arrow))
    return _summary(written, rows, clusters) | {"search": found.about}


def _texts(
    keys: Sequence[str], written: Written, signatures: NDArray[np.uint32], cluster: NDArray[np.int64]
) -> Iterator[pa.Table]:
    """The rows of ``texts``, in pieces."""
    from graphnet.kernels.minhash import packed  # noqa: PLC0415

    for low in range(0, max(len(keys), 1), PIECE):
        part = slice(low, low + PIECE)
        some, of = keys[part], cluster[part]
        columns = {
            "text": np.arange(low, low + len(some)),
            "key": pa.array(some, TEXT),
            "length": np.fromiter(map(len, some), np.int64, len(some)),
            "words": np.fromiter((key.count(" ") + 1 for key in some), np.int64, len(some)),
            "posts": written.posts[part],
            "accounts": written.weight[part],
            "signature": pa.array(packed(signatures[part]), pa.binary()),
            "cluster": pa.array(of, INT, mask=of == 0),
        }
        yield pa.table(columns)


def _summary(written: Written, rows: pa.Table, clusters: dict[str, Any]) -> dict[str, Any]:
    """What was found, in numbers."""
    sorts = clusters["template"].to_pylist()
    return {
        "posts": len(written.post),
        "texts": len(written.weight),
        "clusters": len(sorts),
        "copies": rows.num_rows,
        "accounts": len(rows["account"].unique()),
        "templates": {sort: sorts.count(sort) for sort in TEMPLATES if sort in sorts},
    }
