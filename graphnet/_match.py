"""``match``: which posts say the same in nearly the same words, and in which clusters.

Words are normalised to keys (`graphnet.kernels.text.key`); posts of one key are one text from there on, so that a
slogan written a hundred thousand times costs no more than one written twice (`graphnet._signatures`). Pairs of texts
come from `graphnet._alike`, or from `graphnet._alike_spread` where no machine holds them all; what a cluster amounts to
is in `graphnet._clusters`, why it may be no evidence in `graphnet._templates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphnet import _alike, schema
from graphnet._alike import Search
from graphnet._alike_spread import pairs as spread_pairs
from graphnet._clusters import CLUSTERS_SQL, HOW, Alike, gathered, write_copies, write_texts
from graphnet._hidden import obfuscations
from graphnet._signatures import signed
from graphnet._templates import TEMPLATES, allowed, templates
from graphnet.errors import InputError
from graphnet.log import logger
from graphnet.study import Step, Study

if TYPE_CHECKING:
    from graphnet.kernels.near import Pairs

__all__ = ["match"]

NEAR, REWORDED, SEMANTIC = (HOW.index(name) for name in ("near", "reworded", "semantic"))
POSTS_SQL = "select count(*) as posts, count(distinct account) as writers from keyed where key is not null"
COPIES_SQL = "select count(*) as copies, count(distinct account) as accounts from copies"


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
            of the number of texts (minutes for a few hundred thousand), and one process holds them all.
        reworded: Also find texts of nearly the same words in another order; marked ``reworded`` in ``copies``, softer
            evidence.
        semantic: Also find texts of nearly the same meaning, by a model: ``wordllama`` (small, mostly English) or one
            of your own (see `graphnet._semantic.embedder`), in one process; marked ``semantic``, the softest evidence.
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
            own = signed(step, threads)
        with step.timed("texts"):
            found = _found(step, parameters, threads)
        if semantic is not None:
            with step.timed("meaning"):
                found = _meaning(study, found, semantic)
        with step.timed("clusters"):
            step.summary |= {"own_posts": own} | _write(step, found, campaigns, jaccard)
        with step.timed("hidden characters"):
            step.summary["posts_with_hidden_characters"] = obfuscations(step)
    return _told(step.summary)


def _told(summary: dict[str, Any]) -> dict[str, Any]:
    """Say in the log what was found, and return it."""
    logger.info("{copies:,} posts in {clusters:,} clusters, of {texts:,} texts".format(**summary))
    return dict(summary)


def _found(step: Step, how_near: Mapping[str, Any], threads: int | None) -> Alike:
    """Pairs of texts that are near each other, in letters or in words."""
    from graphnet.kernels import near  # noqa: PLC0415  (numba, which `import graphnet` should not pay for)

    search, exact = _alike.letters(how_near["jaccard"]), how_near["exact"]
    pairs = _pairs(step, search, threads, exact=exact)
    used = f"MinHash, {search.bands} bands of {search.rows} rows"
    about: dict[str, Any] = {"method": "exact join" if exact else used}
    about |= {n: getattr(pairs, n) for n in ("candidates", "crowds", "largest", "left_out")} | {"pairs": len(pairs)}
    how = np.full(len(pairs), NEAR)
    if how_near["reworded"]:
        pairs, soft = near.united(pairs, _pairs(step, _alike.words(), threads, exact=exact))
        how = np.where(soft, REWORDED, NEAR)
        about["pairs_reworded"] = int(soft.sum())
    return Alike(pairs, how, about)


def _pairs(step: Step, search: Search, threads: int | None, *, exact: bool) -> Pairs:
    """Pairs of texts, sought in this process or where the texts are."""
    if step.study.engine.spread and not exact:
        return spread_pairs(step, search)
    if step.study.engine.spread:
        logger.warning("the exact join compares all texts in one process: they are brought together on this machine")
    return _alike.pairs(step.study, search, threads, exact=exact)


def _meaning(study: Study, found: Alike, model: str) -> Alike:
    """The same with pairs that are alike in meaning only."""
    from graphnet._semantic import embedder, semantic  # noqa: PLC0415
    from graphnet.kernels import near  # noqa: PLC0415

    if study.engine.spread:
        logger.warning("the model compares all texts in one process: they are brought together on this machine")
    pairs, soft = near.united(found.pairs, semantic(_alike.keys_of(study).to_pylist(), embedder(model)))
    how = np.full(len(pairs), SEMANTIC)
    # both are in canonical order
    how[~soft] = found.how
    return Alike(pairs, how, found.about | {"model": model, "pairs_of_meaning": int(soft.sum())})


def _write(step: Step, found: Alike, campaigns: Sequence[str], jaccard: float) -> dict[str, Any]:
    """Write the tables; returns what they hold, in numbers."""
    study = step.study
    gathered(step, found)
    write_texts(step)
    write_copies(step)
    rows = study.rows(CLUSTERS_SQL)
    (posts,) = study.rows(POSTS_SQL).to_pylist()
    clusters = {name: rows[name] for name in rows.column_names if name != "key"}
    clusters |= templates(study, clusters, rows["key"].to_pylist(), campaigns, posts["writers"], jaccard)
    step.write("clusters", pa.table([clusters[n] for n in schema.CLUSTERS.names], names=schema.CLUSTERS.names))
    return _summary(step, posts["posts"], clusters["template"].to_pylist()) | {"search": found.about}


def _summary(step: Step, posts: int, sorts: Sequence[str | None]) -> dict[str, Any]:
    """What was found, in numbers."""
    (copies,) = step.study.rows(COPIES_SQL).to_pylist()
    return {
        "posts": posts,
        "texts": step.rows["texts"],
        "clusters": len(sorts),
        **copies,
        "templates": {sort: sorts.count(sort) for sort in TEMPLATES if sort in sorts},
    }
