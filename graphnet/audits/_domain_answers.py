"""What the audit of domains says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphnet.audits import Answer
from graphnet.audits._affinity import answers as affinity_answers
from graphnet.audits._attributes import Attributes
from graphnet.audits._domain_links import Linked
from graphnet.audits._domain_spread import Spread
from graphnet.audits._domain_tables import Sites, figures, plots, reach, tables
from graphnet.audits._domain_ties import Cluster, Tied, rows
from graphnet.audits._domain_top import top_sharing
from graphnet.audits._sites import KINDS
from graphnet.study import Study
from graphnet.words import count, percent

__all__ = ["describe"]

SHOWN = 25
BENIGN = (
    "One publisher, party or agency openly runs many sites; its name on the sites and in the registration says so.",
    "A web agency puts its own analytics id into the sites of all its customers, who know nothing of each other.",
    "Cheap hosting puts hundreds of strangers behind one address and one name server.",
    "A copied template carries the advertising or analytics id of whoever it was copied from.",
    "A community that reads the same sites links to them without anybody having arranged it.",
)


def describe(
    study: Study | None,
    linked: Linked | None,
    attributes: Attributes,
    tied: Tied,
    spreading: Spread,
    top: int,
    seed: int,
) -> dict[str, Any]:
    """The fields of `graphnet.audits.Audited`."""
    sites = figures(linked) if linked else None
    leading = [linked.sites[i] for i in sites.ranked[:top]] if linked and sites else []
    sharing, answer = top_sharing(leading, attributes, tied, top, seed)
    found = [*_counts(linked, attributes, tied), *answer, *_of_clusters(linked, sites, tied, spreading)]
    found += _of_communities(spreading, tied)
    return {
        "summary": _summary(linked, attributes, tied, spreading, leading, sharing),
        "answers": found,
        "plots": plots(linked, sites, tied, leading, sharing),
        "tables": tables(study, linked, sites, attributes, tied, spreading),
        "benign": BENIGN,
        "notes": _notes(linked, attributes, tied, spreading),
    }


def _counts(linked: Linked | None, attributes: Attributes, tied: Tied) -> list[Answer]:
    found = []
    if linked is not None:
        kinds = {kind: linked.kind.count(kind) for kind in KINDS if kind in linked.kind}
        told = ", ".join(f"{n:,} of kind {kind} ({KINDS[kind]})" for kind, n in kinds.items())
        whole = sum(n for kind, n in kinds.items() if kind not in ("platform", "short"))
        pages = f"{count(len(linked.pages), 'different page')} on {count(len(linked.sites), 'site or host', 'sites')}"
        found += [
            Answer("pages", "all", float(len(linked.pages)), "pages", pages),
            Answer("sites", "all", float(whole), "sites", f"{count(whole, 'site')} that are somebody's: {told}"),
        ]
    if attributes.domains:
        clustered = len(tied.of())
        told = f"{clustered:,} of the {count(len(attributes.domains), 'domain')} with attributes are tied to another"
        found.append(Answer("tied_domains", "all", float(clustered), "domains", told))
    return found


def _of_clusters(linked: Linked | None, sites: Sites | None, tied: Tied, spreading: Spread) -> list[Answer]:
    return [_of_cluster(c, reach(linked, sites, c), spreading) for c in tied.clusters]


def _of_cluster(cluster: Cluster, reach: Mapping[str, Any], spreading: Spread) -> Answer:
    values = cluster.values()
    rests = "; ".join(f"{s.words}, joins {n:,} of them" for s, n in values[:3])
    told = (
        f"{count(len(cluster.domains), 'domain')} joined by {count(len(cluster.ties), 'tie')} "
        f"({percent(cluster.density)} of all possible); its weakest part rests on {cluster.tier} evidence; "
        f"shared: {rests}"
    )
    if reach:
        told += f"; {count(reach['links'], 'link')} to {count(reach['pages'], 'page')} of it"
    if spreading.linking:
        above = sum(a.cluster == cluster.number for a in spreading.accounts)
        told += (
            f" by {count(spreading.linking[cluster.number - 1], 'account')}, {above:,} of them more than accounts as "
            "active would by chance (hypergeometric, q <= .05 over all accounts and clusters)"
        )
    evidence = rows(Tied(cluster.ties, (cluster,)))[:SHOWN]
    return Answer("cluster_size", cluster.name, float(len(cluster.domains)), "domains", told, evidence=evidence)


def _of_communities(spreading: Spread, tied: Tied) -> list[Answer]:
    if spreading.why:
        reason = f"not applicable: {spreading.why}"
        return [Answer("members_on_list", "communities", None, "share", reason)]
    found = []
    for row in spreading.communities:
        cluster = tied.clusters[row.column]
        if row.members:
            evidence = [{"cluster": cluster.name, "domain": d} for d in cluster.domains]
            found += affinity_answers(row, f"C{row.group}", cluster.name, "links", evidence)
    return found


def _summary(
    linked: Linked | None,
    attributes: Attributes,
    tied: Tied,
    spreading: Spread,
    leading: Sequence[str],
    sharing: Sequence[str],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if linked is not None:
        found |= {
            "pages": len(linked.pages),
            "sites": int(linked.somebodys.sum()),
            "hosted_sites": sum(k in ("hosted", "account") for k in linked.kind),
            "links_left_out": sum(linked.left_out.values()),
        }
    if attributes.domains:
        found |= {
            "domains_with_attributes": len(attributes.domains),
            "ties": len(tied.ties),
            "clusters": len(tied.clusters),
            "tied_domains": len(tied.of()),
            "largest_cluster": len(tied.clusters[0].domains) if tied.clusters else 0,
        }
    if leading and attributes.domains:
        found |= {"top": len(leading), "top_sharing": len(sharing)}
    if spreading.communities:
        found["communities_beyond_chance"] = len({r.group for r in spreading.communities if r.members_q <= 0.05})
    return found


def _notes(linked: Linked | None, attributes: Attributes, tied: Tied, spreading: Spread) -> list[str]:
    found = []
    if linked is not None:
        found += [f"{n:,} links left out: {why}" for why, n in linked.left_out.items()]
        hosts = {k: linked.kind.count(k) for k in KINDS if k != "domain" and k in linked.kind}
        found += [f"{n:,} of kind {kind}: {KINDS[kind]}" for kind, n in hosts.items()]
        found += linked.notes
    found += [f"{n:,} values of domains not counted: {why}" for why, n in attributes.dropped.items()]
    found += attributes.notes
    if attributes.rejected:
        line, why = attributes.rejected[0]
        found.append(
            f"{count(len(attributes.rejected), 'row')} of the table of attributes left out; "
            f"the first: line {line}, {why}"
        )
    if tied.left_out:
        found.append(f"{len(tied.left_out):,} values that very many domains share were not looked at")
    if spreading.left_out:
        found.append(f"{spreading.left_out:,} further accounts above chance are not listed")
    if spreading.tests:
        found.append("accounts above chance include regular readers: the test takes pages to be picked at random")
    return found
