"""How alike two networks are built, whoever the accounts are: NetSimile and the portrait divergence.

Both describe; neither tests anything, and there is no p. Two networks of the same operator may be built differently,
and two that have nothing to do with each other alike.

Both take the ties as undirected and without weights, and every account of the graph, also one without a tie.

Example:
    >>> import pyarrow as pa
    >>> path = Graph.of(pa.table({"source": [0, 1], "target": [1, 2], "weight": [1.0, 1.0]}))
    >>> ring = Graph.of(pa.table({"source": [0, 0, 1], "target": [1, 2, 2], "weight": [1.0, 1.0, 1.0]}))
    >>> netsimile(path, path), portrait_divergence(path, path)
    (0.0, 0.0)
    >>> round(portrait_divergence(path, ring), 3)
    0.388
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphnet.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = [
    "FEATURES",
    "LARGEST",
    "MOMENTS",
    "SOURCES",
    "features",
    "measured",
    "netsimile",
    "portrait",
    "portrait_divergence",
]

FEATURES = (
    "degree",
    "clustering",
    "degree of neighbours",
    "clustering of neighbours",
    "ties in egonet",
    "ties out of egonet",
    "neighbours of egonet",
)
MOMENTS = ("median", "mean", "standard deviation", "skewness", "kurtosis")
LARGEST = len(FEATURES) * len(MOMENTS)
"""Largest NetSimile distance that is possible."""
SOURCES, FEWEST, VISITS = 4_000, 200, 1e9
"""Most and fewest accounts from which distances are measured, and how many ties may be looked at for that (about 4 s):
of a larger network a sample that the seed draws."""
SEED = 7
SMALL = 1e-12
"""Spread below which values count as equal: rounding would make a skewness of nothing."""


def netsimile(one: Graph, two: Graph) -> float:
    """NetSimile distance (Berlingerio, Koutra, Eliassi-Rad and Faloutsos 2012).

    Seven figures an account (`FEATURES`), five moments of each over the accounts (`MOMENTS`; skewness and excess
    kurtosis of the population, 0 where all values are equal), and the Canberra distance of the 35 moments.

    Returns:
        0 for networks built alike, at most `LARGEST`.
    """
    a, b = _signature(one), _signature(two)
    total = np.abs(a) + np.abs(b)
    return float(np.divide(np.abs(a - b), total, out=np.zeros(len(a)), where=total > SMALL).sum())


def features(graph: Graph) -> Floats:
    """The figures of each account that NetSimile takes, shape (accounts, 7), columns as in `FEATURES`.

    The egonet of an account is itself, its neighbours and all ties among them.
    """
    import igraph  # noqa: PLC0415  (0.2 s that `import graphnet` should not pay)

    n, ends = len(graph.accounts), _undirected(graph)
    made = igraph.Graph(n=n, edges=ends)
    degree = np.bincount(ends.ravel(), minlength=n).astype(np.float64)
    clustering = np.asarray(made.transitivity_local_undirected(mode="zero"), dtype=np.float64).reshape(n)
    triangles = np.rint(clustering * degree * (degree - 1) / 2)
    around = _summed(degree, ends)
    within_two = np.asarray(made.neighborhood_size(order=2), dtype=np.float64).reshape(n)
    inside = degree + triangles
    columns = (
        degree,
        clustering,
        _per(around, degree),
        _per(_summed(clustering, ends), degree),
        inside,
        # each tie of a neighbour, but those to the account itself and, from both ends, those among neighbours
        around - degree - 2 * triangles,
        within_two - 1 - degree,
    )
    return np.stack(columns, axis=1)


def _undirected(graph: Graph) -> Ints:
    """Each tied pair once, without loops."""
    ends = np.sort(graph.ends.reshape(-1, 2), axis=1)
    return np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)


def _summed(values: Floats, ends: Ints) -> Floats:
    """The sum of the neighbours' values, one a vertex."""
    n = len(values)
    there, back = (np.bincount(ends[:, i], values[ends[:, 1 - i]], n).astype(np.float64) for i in (0, 1))
    return np.asarray(there + back)


def _per(total: Floats, number: Floats) -> Floats:
    return np.divide(total, number, out=np.zeros(len(total)), where=number > 0)


def _signature(graph: Graph) -> Floats:
    """The 35 moments; all 0 for a graph without accounts."""
    # sorted: the last digits of a sum would tell the order of the accounts
    values = np.sort(features(graph), axis=0)
    if not len(values):
        return np.zeros(LARGEST)
    mean, spread = values.mean(axis=0), values.std(axis=0)
    equal = spread <= SMALL * np.maximum(np.abs(mean), 1)
    z = (values - mean) / np.where(equal, 1, spread)
    skewness, kurtosis = (z**3).mean(axis=0), (z**4).mean(axis=0) - 3
    rest = (np.where(equal, 0, figures) for figures in (spread, skewness, kurtosis))
    return np.concatenate([np.median(values, axis=0), mean, *rest])


# Portraits -----------------------------------------------------------------------------------------------------------


def measured(graph: Graph) -> int:
    """From how many accounts distances are measured where nobody says otherwise."""
    affordable = int(VISITS / max(2 * len(graph.ends), 1))
    return min(len(graph.accounts), SOURCES, max(affordable, FEWEST))


def portrait(graph: Graph, sources: int | None = None) -> dict[tuple[int, int], int]:
    """The network portrait: (distance, k) -> number of accounts that have k accounts at that distance, k above 0.

    Args:
        graph: The network.
        sources: Measure from so many accounts at most, a sample drawn by a fixed seed where there are more; None: what
            `measured` says.
    """
    from graphnet.kernels.portrait import compressed, shells  # noqa: PLC0415  (numba is slow to load)

    n = len(graph.accounts)
    sources = measured(graph) if sources is None else sources
    chosen = np.arange(n)
    if n > sources:
        chosen = np.sort(np.random.default_rng(SEED).choice(n, sources, replace=False))
    rows, count = np.unique(shells(*compressed(n, _undirected(graph)), chosen), axis=0, return_counts=True)
    return {(int(d), int(k)): int(c) for (d, k), c in zip(rows.tolist(), count.tolist(), strict=True)}


def portrait_divergence(one: Graph, two: Graph, sources: int | None = None) -> float:
    """Network portrait divergence (Bagrow and Bollt 2019).

    The Jensen-Shannon divergence, in bits, of P(k, l) = P(k | l) P(l): the chance that an account has k others at
    distance l, times the chance that two accounts with a path between them are l apart.

    Args:
        one: A network.
        two: Another. Two without any account are alike, one with and one without as unlike as can be.
        sources: Measure from so many accounts of each at most; None: as many as `measured` says. With a sample, the
            figure is an estimate.

    Returns:
        From 0 (the same portrait) to 1.
    """
    a, b = (_chances(portrait(graph, sources)) for graph in (one, two))
    if not a or not b:
        return float(bool(a) != bool(b))
    found = 0.0
    for place in sorted(a.keys() | b.keys()):
        p, q = a.get(place, 0.0), b.get(place, 0.0)
        found += sum(x * np.log2(x / ((p + q) / 2)) for x in (p, q) if x > 0) / 2
    return float(min(max(found, 0.0), 1.0))


def _chances(held: dict[tuple[int, int], int]) -> dict[tuple[int, int], float]:
    """P(k, l) of a portrait, by (l, k)."""
    if not held:
        return {}
    accounts = sum(count for (distance, _), count in held.items() if distance == 0)
    pairs: dict[int, int] = {}
    reached: dict[int, int] = {}
    for (distance, k), count in held.items():
        pairs[distance] = pairs.get(distance, 0) + k * count
        reached[distance] = reached.get(distance, 0) + count
    nobody = {(distance, 0): accounts - count for distance, count in reached.items() if count < accounts}
    total = sum(pairs.values())
    return {(d, k): count / accounts * pairs[d] / total for (d, k), count in (held | nobody).items()}
