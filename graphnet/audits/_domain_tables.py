"""Tables and plots of the audit of domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphnet.audits._attributes import Attributes
from graphnet.audits._domain_links import NEVER, Linked
from graphnet.audits._domain_spread import Spread, names
from graphnet.audits._domain_ties import Cluster, Tied, rows
from graphnet.audits._sites import readable
from graphnet.crowds import Ints
from graphnet.plots import Bars, Heat, Plot
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import iso

__all__ = ["Sites", "figures", "plots", "reach", "tables"]

GRAPH = 50_000
"""Rows of the graph written at most."""


@dataclass(frozen=True)
class Sites:
    """Figures of every site: places of sites as in `Linked.sites`."""

    links: Ints
    pages: Ints
    accounts: Ints
    first: Ints
    last: Ints
    ranked: Ints


def figures(linked: Linked) -> Sites:
    """What is counted of each site."""
    size = len(linked.sites)
    site = linked.site
    links = np.bincount(site, weights=linked.times, minlength=size).astype(np.int64)
    pages = np.bincount(linked.of, minlength=size)
    who = np.unique(np.stack([site, linked.account])[:, linked.account >= 0], axis=1)
    accounts = np.bincount(who[0], minlength=size)
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, NEVER)
    dated = linked.first != NEVER
    np.minimum.at(first, site[dated], linked.first[dated])
    np.maximum.at(last, site[dated], linked.last[dated])
    order = np.lexsort((np.arange(size), -pages, -links))
    return Sites(links, pages, accounts, first, last, order[linked.somebodys[order]])


def reach(linked: Linked | None, sites: Sites | None, cluster: Cluster) -> dict[str, Any]:
    """Links, pages, first and last of a cluster."""
    if linked is None or sites is None:
        return {}
    at = np.searchsorted(linked.sites, cluster.domains)
    here = [
        i for i, d in zip(at.tolist(), cluster.domains, strict=True) if i < len(linked.sites) and linked.sites[i] == d
    ]
    dated = [i for i in here if sites.last[i] != NEVER]
    return {
        "linked_domains": len(here),
        "links": int(sites.links[here].sum()),
        "pages": int(sites.pages[here].sum()),
        "first_seen": iso(int(sites.first[dated].min())) if dated else None,
        "last_seen": iso(int(sites.last[dated].max())) if dated else None,
    }


def tables(
    study: Study | None,
    linked: Linked | None,
    sites: Sites | None,
    attributes: Attributes,
    tied: Tied,
    spreading: Spread,
) -> dict[str, list[Mapping[str, Any]]]:
    """The tables by name."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    if linked is not None and sites is not None:
        found["sites"] = _site_rows(linked, sites, tied)
        found["pages"] = _page_rows(linked)
    if attributes.domains:
        found["ties"] = list(rows(tied))
        found["clusters"] = [_cluster_row(c, reach(linked, sites, c)) for c in tied.clusters]
        found["shared"] = _shared_rows(tied)
        found["graph"] = _graph(study, linked, tied)
    if spreading.accounts:
        found["accounts"] = [_account_row(a) for a in spreading.accounts]
    if spreading.communities:
        found["communities"] = [r.row(f"C{r.group}", f"D{r.column + 1}") for r in spreading.communities]
    return found


def _account_row(account: Any) -> dict[str, Any]:
    return {
        "cluster": f"D{account.cluster}",
        "account": account.id,
        "name": account.name,
        "pages_of_cluster": account.pages,
        "pages": account.of,
        "expected": round(account.expected, 3),
        "p": float(f"{account.p:.3g}"),
        "q": float(f"{account.q:.3g}"),
    }


def _time(seconds: int) -> str | None:
    return None if seconds in (NEVER, np.iinfo(np.int64).max) else iso(seconds)


def _site_rows(linked: Linked, sites: Sites, tied: Tied) -> list[Mapping[str, Any]]:
    of = tied.of()
    rest = np.setdiff1d(np.arange(len(linked.sites)), sites.ranked)
    return [
        {
            "site": (name := linked.sites[i]),
            "shown": readable(name),
            "kind": linked.kind[i],
            "links": int(sites.links[i]),
            "pages": int(sites.pages[i]),
            "accounts": int(sites.accounts[i]),
            "first_seen": _time(int(sites.first[i])),
            "last_seen": _time(int(sites.last[i])),
            "cluster": of[name].name if name in of else None,
        }
        for i in [*sites.ranked.tolist(), *rest.tolist()]
    ]


def _page_rows(linked: Linked) -> list[Mapping[str, Any]]:
    size = len(linked.pages)
    times = np.bincount(linked.page, weights=linked.times, minlength=size).astype(np.int64)
    accounts = np.bincount(linked.page[linked.account >= 0], minlength=size)
    order = np.lexsort((np.arange(size), -times)).tolist()
    return [
        {
            "page": show(linked.pages[i], 2000),
            "site": linked.sites[linked.of[i]],
            "links": int(times[i]),
            "accounts": int(accounts[i]),
        }
        for i in order
    ]


def _cluster_row(cluster: Cluster, reach: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cluster": cluster.name,
        "domains": len(cluster.domains),
        "ties": len(cluster.ties),
        "density": round(cluster.density, 4),
        "tier": cluster.tier,
        **reach,
        "names": " ".join(cluster.domains),
        "rests_on": "; ".join(f"{show(s.words, 200)}, joins {n}" for s, n in cluster.values()),
    }


def _shared_rows(tied: Tied) -> list[Mapping[str, Any]]:
    return [
        {
            "cluster": cluster.name,
            "attribute": shared.attribute,
            "value": show(shared.value, 200),
            "family": shared.family,
            "tier": shared.tier,
            "domains_with_it": shared.domains,
            "of": shared.of,
            "evidence_nats": round(shared.evidence, 3),
            "joins_in_cluster": n,
        }
        for cluster in tied.clusters
        for shared, n in cluster.values()
    ]


def _graph(study: Study | None, linked: Linked | None, tied: Tied) -> list[Mapping[str, Any]]:
    """Account - page - domain - shared attribute as an edge list, for the domains in clusters."""
    of = tied.of()
    found: dict[tuple[str, str, str, str], float] = {}
    for cluster in tied.clusters:
        for tie in cluster.ties:
            for shared in tie.shared:
                for domain in (tie.first, tie.second):
                    value = f"{shared.attribute}: {show(shared.value, 200)}"
                    found[domain, "domain", value, "attribute"] = round(shared.evidence, 3)
    if linked is not None:
        inside = np.array([name in of for name in linked.sites], dtype=bool)
        for page in np.flatnonzero(inside[linked.of]).tolist():
            found[show(linked.pages[page], 2000), "page", linked.sites[linked.of[page]], "domain"] = 1.0
        chosen = np.flatnonzero(inside[linked.site] & (linked.account >= 0))[:GRAPH]
        ids = names(study, linked, linked.account[chosen])
        for row in chosen.tolist():
            who = show(ids[int(linked.account[row])][0], 80)
            found[who, "account", show(linked.pages[linked.page[row]], 2000), "page"] = float(linked.times[row])
    columns = ("source", "source_kind", "target", "target_kind")
    return [dict(zip(columns, key, strict=True)) | {"weight": w} for key, w in list(found.items())[:GRAPH]]


def plots(
    linked: Linked | None, sites: Sites | None, tied: Tied, leading: Sequence[str], sharing: Sequence[str]
) -> list[Plot]:
    """The most linked sites, and what these share."""
    if linked is None or sites is None or not leading:
        return []
    labels = tuple(show(readable(s), 40) for s in leading)
    heights = tuple(float(sites.links[i]) for i in sites.ranked[: len(leading)])
    note = f"{labels[0]} is linked most, {heights[0]:,.0f} times."
    if sharing:
        note += f" {len(sharing)} of {len(leading)} share something with another of these (marked)."
    marked = tuple(i for i, s in enumerate(leading) if s in sharing)
    found: list[Plot] = [
        Bars("Sites linked most", "site", "links", note, heights=heights, labels=labels, standing_out=marked)
    ]
    held = {frozenset((t.first, t.second)): t.evidence for t in tied.ties}
    values = tuple(tuple(held.get(frozenset((a, b)), 0.0) if a != b else None for b in leading) for a in leading)
    if sharing:
        told = "Each cell is the evidence that two of these sites are in one hand; 0: too little to tie them."
        title = "What the sites linked most share"
        found.append(Heat(title, "site", "site", told, rows=labels, columns=labels, values=values, unit="nats"))
    return found
