"""Which domains hang together, by what they share, and how much that says.

A value v of an attribute, shared by n of the N domains of which the attribute is known, is worth

    evidence(v) = weight of its family * ln(max(N, background) / n)

in nats: what every domain has says nothing, what two of a thousand have says much; an analytics id counts in full, an
address half, a name server a quarter (`graphnet.audits._attributes.FAMILIES`). Two domains are tied when the evidence,
summed over the families and within each family that of the best shared value alone (two columns of one family say the
same thing twice), reaches a cut. Clusters are what such ties join.

``background``: a table of ten suspected domains knows nothing of how common a value is elsewhere. A value is taken to
be shared by n of at least so many domains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from graphnet.audits._attributes import FAMILIES, Attributes

__all__ = ["Cluster", "Shared", "Tie", "Tied", "evidence", "ties"]

PAIRS = 2_000_000
"""Pairs of domains that share a value, looked at in all; the most popular values are left out beyond."""
TIERS = ("strong", "moderate", "weak")


class Shared(NamedTuple):
    """A value that domains share: of which attribute and family, how many of how many have it, and its evidence."""

    attribute: str
    value: str
    family: str
    domains: int
    of: int
    evidence: float

    @property
    def tier(self) -> str:
        """Tier of its family."""
        return FAMILIES[self.family].tier

    @property
    def words(self) -> str:
        """``analytics ua-1 (3 of 132 domains)``."""
        return f"{self.attribute} {self.value} ({self.domains:,} of {self.of:,} domains)"


class Tie(NamedTuple):
    """Two domains that share enough; ``shared`` has all values that both have, the strongest first."""

    first: str
    second: str
    evidence: float
    shared: tuple[Shared, ...]

    @property
    def tier(self) -> str:
        """The strongest tier among what is shared."""
        return min((s.tier for s in self.shared), key=TIERS.index)


@dataclass(frozen=True)
class Cluster:
    """Domains that ties join.

    Attributes:
        number: From 1, the largest first.
        domains: Sorted.
        ties: The ties inside.
    """

    number: int
    domains: tuple[str, ...]
    ties: tuple[Tie, ...]

    @property
    def name(self) -> str:
        """``D1``, ``D2``, …."""
        return f"D{self.number}"

    @property
    def density(self) -> float:
        """Ties over possible ties: well below 1, the cluster is a chain."""
        return 2 * len(self.ties) / (len(self.domains) * (len(self.domains) - 1))

    @property
    def tier(self) -> str:
        """The tier of the ties by which it would still be one cluster: what holds its weakest part."""
        for place, tier in enumerate(TIERS):
            kept = [t for t in self.ties if TIERS.index(t.tier) <= place]
            if len(_components(kept)) == 1 and len(_components(kept)[0]) == len(self.domains):
                return tier
        return TIERS[-1]

    def values(self) -> list[tuple[Shared, int]]:
        """What its domains share, with how many of them a tie by it joins, the most evidence in all first."""
        held: dict[Shared, set[str]] = {}
        for tie in self.ties:
            for shared in tie.shared:
                held.setdefault(shared, set()).update((tie.first, tie.second))
        found = [(shared, len(domains)) for shared, domains in held.items()]
        return sorted(found, key=lambda f: (-f[0].evidence * f[1], f[0]))


@dataclass(frozen=True)
class Tied:
    """All ties and clusters.

    Attributes:
        ties: By the two names, those of most evidence first.
        clusters: The largest first.
        left_out: Values too popular to be looked at.
    """

    ties: tuple[Tie, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    left_out: tuple[Shared, ...] = ()

    def of(self) -> dict[str, Cluster]:
        """The cluster of each domain that is in one."""
        return {domain: cluster for cluster in self.clusters for domain in cluster.domains}


def evidence(family: str, domains: int, known: int, background: int) -> float:
    """What it says that two domains share a value that ``domains`` of ``known`` domains have, in nats.

    Example:
        >>> round(evidence("identifier", 2, 132, 100), 2), round(evidence("address", 2, 132, 100), 2)
        (4.19, 2.09)
        >>> evidence("identifier", 132, 132, 100)
        0.0
    """
    return FAMILIES[family].weight * max(0.0, math.log(max(known, background) / domains))


def ties(attributes: Attributes, cut: float, background: int) -> Tied:
    """The ties of at least ``cut`` nats, and the clusters they make.

    Example:
        >>> a = {"analytics": {"ua-1": frozenset(("a.org", "b.org"))}, "ip": {"192.0.2.1": frozenset(("b.org",))}}
        >>> found = ties(Attributes(a, {"analytics": "identifier", "ip": "address"}), cut=1.2, background=100)
        >>> [(t.first, t.second, round(t.evidence, 2), t.tier) for t in found.ties]
        [('a.org', 'b.org', 3.91, 'strong')]
    """
    kept, left_out = _affordable(_shared(attributes, background))
    pairs: dict[tuple[str, str], list[Shared]] = {}
    for shared in kept:
        for pair in combinations(sorted(attributes.values[shared.attribute][shared.value]), 2):
            pairs.setdefault(pair, []).append(shared)
    found = [Tie(a, b, _sum(held), tuple(_strongest(held))) for (a, b), held in pairs.items()]
    strong = sorted((t for t in found if t.evidence >= cut), key=lambda t: (-t.evidence, t.first, t.second))
    return Tied(tuple(strong), tuple(_clusters(strong)), tuple(left_out))


def _shared(attributes: Attributes, background: int) -> list[Shared]:
    """Values of two domains or more that say anything, the least popular first."""
    known = attributes.known
    found = [
        Shared(name, value, family, n, known[name], evidence(family, n, known[name], background))
        for name, family in attributes.family.items()
        for value, domains in attributes.values.get(name, {}).items()
        if (n := len(domains)) > 1
    ]
    return sorted((s for s in found if s.evidence > 0), key=lambda s: (s.domains, s))


def _affordable(shared: list[Shared]) -> tuple[list[Shared], list[Shared]]:
    spent = 0
    for place, one in enumerate(shared):
        spent += one.domains * (one.domains - 1) // 2
        if spent > PAIRS:
            return shared[:place], shared[place:]
    return shared, []


def _strongest(held: list[Shared]) -> list[Shared]:
    return sorted(held, key=lambda s: (-s.evidence, s))


def _sum(held: list[Shared]) -> float:
    best: dict[str, float] = {}
    for shared in held:
        best[shared.family] = max(best.get(shared.family, 0.0), shared.evidence)
    return math.fsum(best.values())


def _clusters(strong: list[Tie]) -> list[Cluster]:
    groups = sorted(_components(strong), key=lambda g: (-len(g), g))
    place = {domain: i for i, group in enumerate(groups) for domain in group}
    inside: list[list[Tie]] = [[] for _ in groups]
    for tie in strong:
        inside[place[tie.first]].append(tie)
    return [Cluster(i, tuple(g), tuple(t)) for i, (g, t) in enumerate(zip(groups, inside, strict=True), start=1)]


def _components(held: list[Tie]) -> list[list[str]]:
    """What the ties join, each sorted."""
    parent: dict[str, str] = {}

    def root(domain: str) -> str:
        while parent.setdefault(domain, domain) != domain:
            parent[domain] = domain = parent[parent[domain]]
        return domain

    for tie in held:
        low, high = sorted((root(tie.first), root(tie.second)))
        parent[high] = low
    groups: dict[str, list[str]] = {}
    for domain in sorted(parent):
        groups.setdefault(root(domain), []).append(domain)
    return list(groups.values())


def rows(tied: Tied) -> list[Mapping[str, Any]]:
    """Every tie as a row, with what it rests on."""
    of = tied.of()
    return [
        {
            "domain": tie.first,
            "other": tie.second,
            "cluster": of[tie.first].name,
            "evidence_nats": round(tie.evidence, 3),
            "tier": tie.tier,
            "rests_on": "; ".join(s.words for s in tie.shared),
        }
        for tie in tied.ties
    ]
