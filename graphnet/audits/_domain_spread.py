"""Who links to the domains of a cluster more than chance: accounts, and communities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphnet.audits._affinity import Affinity, affinity, corrected
from graphnet.audits._domain_links import Linked
from graphnet.audits._domain_ties import Tied
from graphnet.controls import communities
from graphnet.crowds import Ints, incidence
from graphnet.discovery import benjamini_hochberg
from graphnet.safe import show
from graphnet.study import Study

__all__ = ["Account", "Spread", "names", "spread"]

LEAST = 2
"""Fewest different pages of a cluster by which an account can stand out."""
Q = 0.05
LISTED = 5_000


@dataclass(frozen=True)
class Account:
    """An account that links to a cluster: pages of it, pages in all, as many as expected, p and q."""

    id: str
    name: str | None
    cluster: int
    pages: int
    of: int
    expected: float
    p: float
    q: float


@dataclass(frozen=True)
class Spread:
    """Who spreads the clusters.

    Attributes:
        accounts: Those with at least `LEAST` pages of a cluster and q up to `Q`, the smallest p first, by cluster.
        linking: By cluster, how many accounts link to it at all.
        tests: How many (account, cluster) were tested.
        communities: Affinity of each community to each cluster.
        why: Why there are no communities to look at; empty: there are.
    """

    accounts: Sequence[Account] = ()
    linking: Sequence[int] = ()
    tests: int = 0
    communities: Sequence[Affinity] = ()
    why: str = ""
    left_out: int = field(default=0)


def spread(study: Study | None, linked: Linked | None, tied: Tied, controls: int, seed: int) -> Spread:
    """Who links to each cluster of domains.

    An account that linked to n of the M (account, page) contacts there are has x of them with a cluster of C contacts:
    p is the hypergeometric tail of x. That takes accounts to pick pages at random, which readers of a site do not:
    regular readers stand out as spreaders do. Communities are compared with accounts as active at linking.
    """
    if linked is None or not tied.clusters:
        return Spread(
            why="no clusters of domains to look for" if linked is not None else "no links: a table of domains"
        )
    cluster = _clusters(linked, tied)
    good = (linked.account >= 0) & linked.somebodys[linked.site]
    account, of = linked.account[good], cluster[linked.site[good]]
    if not len(account):
        return Spread(why="it is not known who linked")
    width = int(account.max()) + 1
    if study is not None:
        width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
    totals = np.bincount(account, minlength=width).astype(np.int64)
    hits = incidence(account[of >= 0], of[of >= 0], (width, len(tied.clusters)))
    found = _accounts(study, linked, hits, totals)
    linking = np.bincount(hits.tocoo().col, minlength=len(tied.clusters)).tolist()
    rows, why = _communities(study, hits, totals, controls, seed)
    tests = int((totals >= LEAST).sum()) * len(tied.clusters)
    return Spread(found[:LISTED], linking, tests, rows, why, max(0, len(found) - LISTED))


def _clusters(linked: Linked, tied: Tied) -> Ints:
    """The cluster's place of each site, or -1."""
    place = {domain: cluster.number - 1 for domain, cluster in tied.of().items()}
    return np.array([place.get(name, -1) for name in linked.sites], dtype=np.int64)


def _accounts(study: Study | None, linked: Linked, hits: Any, totals: Ints) -> list[Account]:
    from scipy.stats import hypergeom  # noqa: PLC0415  (half a second)

    cells = hits.tocoo()
    x, who, cluster = (v.astype(np.int64) for v in (cells.data, cells.row, cells.col))
    whole, contacts = int(totals.sum()), np.asarray(hits.sum(axis=0), dtype=np.int64).ravel()
    p = hypergeom.sf(x - 1, whole, contacts[cluster], totals[who])
    tests = int((totals >= LEAST).sum()) * len(contacts)
    able = x >= LEAST
    q = benjamini_hochberg(np.where(able, p, np.nan), tests)
    expected = totals[who] * contacts[cluster] / whole
    kept = np.flatnonzero(able & (np.nan_to_num(q, nan=1.0) <= Q))
    kept = kept[np.lexsort((who[kept], p[kept], cluster[kept]))]
    named = names(study, linked, who[kept])
    columns = (cluster + 1, x, totals[who], expected, p, q)
    rows = zip(*(c[kept].tolist() for c in columns), strict=True)
    return [Account(*named[n], *row) for n, row in zip(who[kept].tolist(), rows, strict=True)]


def names(study: Study | None, linked: Linked, who: Ints) -> dict[int, tuple[str, str | None]]:
    """Id and handle of some accounts."""
    if study is None:
        return {n: (linked.names[n], None) for n in who.tolist()}
    wanted = ", ".join(map(str, np.unique(who).tolist())) or "null"
    rows = study.rows(f"select account, id, name from accounts where account in ({wanted})").to_pylist()
    return {r["account"]: (r["id"] or str(r["account"]), r["name"] and show(r["name"], 60)) for r in rows}


def _communities(study: Study | None, hits: Any, totals: Ints, controls: int, seed: int) -> tuple[list[Affinity], str]:
    if study is None or not study.has("members"):
        return [], "no communities were sought" + (
            f": graphnet detect {study.path}" if study else " in a table of pages"
        )
    groups = communities(study)
    if not len(groups):
        return [], "no communities were found"
    return corrected(affinity(groups, hits, totals, controls, seed)), ""
