"""Groups among the ties of a study: how they are found, and how firmly each member belongs to its group.

There are two sorts of ties. Those *beyond chance* are the pairs that `validate` keeps; groups among them are found
again in resamplings of the things that were shared, and members that do not hold on to the group are left out. *Plain*
pairs are what `project` wrote; a group among them is a proposal, which other days have to confirm (`confirm`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphnet import graph
from graphnet._scratch import layers_of
from graphnet.detectors import Detector, canonical
from graphnet.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.study import Study

    Ints = NDArray[np.int64]
    Reals = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Found", "Settings", "beyond_chance", "inner", "numbered", "plain"]

BOOTSTRAPS = 50
STABLE = 0.6
"""Share of the resamplings in which a member is, on the mean, with each other member."""
SEED = 7
RESOLUTIONS = (0.05, 0.25)
"""Where else to look, so that a reader sees whether the groups hang on the resolution."""
PEELED = 20
"""Rounds of leaving out, before a graph that needs more (a long chain) goes to igraph."""
MEETING = 240
"""Seconds within which two shares are a meeting: the longest window of the null of diffusion."""


@dataclass(frozen=True)
class Settings:
    """How groups are sought.

    Attributes:
        detector: Cuts a graph into communities.
        pairs: Layers whose plain pairs are used; empty: none.
        ties: Layers whose ties beyond chance are used; empty: none.
        together: Whether ties that only all layers together keep count, too.
        min_size: Smallest group.
        core: Ties that an account needs to others with as many.
        min_shared: Fewest shared objects of a tie, summed over the layers.
        min_layers: Fewest layers of a tie.
        backbone: Disparity filter p below which a plain pair is kept; None: all.
    """

    detector: Detector
    pairs: Sequence[str] = ()
    ties: Sequence[str] = ()
    together: bool = True
    min_size: int = 5
    core: int = 2
    min_shared: int = 0
    min_layers: int = 1
    backbone: float | None = None


@dataclass(frozen=True)
class Found:
    """Groups in one graph.

    Attributes:
        graph: The graph.
        community: Number of each vertex's group, from 1, the largest first; 0: none.
        stability: For each vertex the share of resamplings in which it is with another member; NaN: not resampled.
        about: What to say of the search.
    """

    graph: Graph
    community: Ints
    stability: Reals
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def groups(self) -> list[Ints]:
        """The accounts of each group, in the order of their numbers."""
        return [self.graph.accounts[self.community == n] for n in range(1, int(self.community.max(initial=0)) + 1)]


def inner(whole: Graph, core: int) -> Flags:
    """Which accounts are in the k-core."""
    alive = np.full(len(whole.accounts), True)
    ends = whole.ends
    # nearly always a few rounds of leaving out those with too few ties do; igraph takes long to be given the graph
    for _ in range(PEELED):
        weak = alive & (np.bincount(ends.ravel(), minlength=len(alive)) < core)
        if not weak.any():
            return alive
        alive &= ~weak
        ends = ends[alive[ends].all(axis=1)]
    return np.asarray(whole.skeleton().coreness(), dtype=np.int64) >= core


def _communities(whole: Graph, detector: Detector, min_size: int, core: int) -> Ints:
    """Number of each account's community, from 1, the largest first; 0: none."""
    tied = inner(whole, core)
    found = np.zeros(len(whole.accounts), dtype=np.int64)
    found[tied] = canonical(detector.communities(whole.within(tied)), min_size)
    return found


# Plain pairs ---------------------------------------------------------------------------------------------------------


def plain(study: Study, settings: Settings, without: Ints | None = None) -> Found:
    """Groups among the plain pairs.

    Args:
        study: A study with pairs.
        settings: How to look.
        without: Accounts that are in a group already.
    """
    rows = graph.edges(
        study, settings.pairs, min_shared=settings.min_shared, min_layers=settings.min_layers, directed=False
    )
    whole = Graph.of(rows)
    if settings.backbone is not None:
        whole = graph.backbone(whole, settings.backbone)
    community = np.zeros(len(whole.accounts), dtype=np.int64)
    free = np.isin(whole.accounts, [] if without is None else without, invert=True)
    community[free] = _communities(whole.within(free), settings.detector, settings.min_size, settings.core)
    return Found(whole, community, np.full(len(community), np.nan))


# Ties beyond chance --------------------------------------------------------------------------------------------------

TIES_SQL = """
select t.layer, t.source, t.target, t.shared, coalesce(t.sessions, 0) as sessions,
    greatest(coalesce(t.p_popularity, 0e0), coalesce(t.p_interest, 0e0)) as what, coalesce(t.p_diffusion, 1e0) as at,
    (case when t.p_interest is null then 0 else 1 end) as asked_what,
    (case when t.p_diffusion is null then 0 else 1 end) as asked_when,
    t.p, t.kept, (case when m.source is null then 0 else 1 end) as together
from ties t left join (select source, target, strongest from merged where kept) m
    on m.source = t.source and m.target = t.target and m.strongest = t.layer
where t.layer in ({layers}) and (t.kept or ({together} = 1 and m.source is not null))
order by t.source, t.target, t.layer"""

SHARES_SQL = """
select r.account, r.object, min(r.time) as time from ({rows}) r join (
    select source as account from ties where layer in ({layers})
    union select target as account from ties where layer in ({layers})
) k on k.account = r.account
where r.object is not null group by r.account, r.object"""


@dataclass(frozen=True)
class Ties:
    """The ties beyond chance, sorted by pair and layer: one row a pair and layer that keeps it.

    Attributes:
        rows: The columns of `TIES_SQL`, as arrays.
        pair: Of each row: the place of its pair in ``whole``.
        whole: The pairs as a graph.
    """

    rows: dict[str, NDArray[Any]]
    pair: Ints
    whole: Graph


def beyond_chance(study: Study, settings: Settings) -> Found:
    """Groups among the ties beyond chance, without the members that do not hold on to them."""
    ties = _ties(study, settings)
    first = _communities(ties.whole, settings.detector, settings.min_size, settings.core)
    stability = np.full(len(first), np.nan)
    about: dict[str, Any] = {"ties_beyond_chance": len(ties.whole.ends), "bootstraps": BOOTSTRAPS}
    if first.any():
        stability = _stability(ties, first, settings, _resampled(study, ties, settings))
        about["resolutions"] = _elsewhere(ties.whole, first, settings)
    loose = (first > 0) & (stability < STABLE)
    community = canonical(np.where((first > 0) & ~loose, first, -1), settings.min_size)
    about["unstable_members"] = int(((first > 0) & (community == 0)).sum())
    return Found(ties.whole, community, np.where(community > 0, stability, np.nan), about)


def _ties(study: Study, settings: Settings) -> Ties:
    sql = TIES_SQL.format(layers=_listed(settings.ties), together=int(settings.together))
    table = study.rows(sql)
    rows = {name: table[name].to_numpy() for name in table.column_names}
    ends = np.column_stack((rows["source"], rows["target"])).astype(np.int64).reshape(-1, 2)
    pair = np.cumsum(np.append(True, (ends[1:] != ends[:-1]).any(axis=1))) - 1 if len(ends) else np.empty(0, np.int64)
    shared, layers = np.bincount(pair, rows["shared"]), np.bincount(pair, rows["kept"])
    good = (shared >= settings.min_shared) & (np.maximum(layers, 1) >= settings.min_layers)
    keep = good[pair] if len(pair) else np.empty(0, np.bool_)
    pair = np.cumsum(good)[pair[keep]] - 1 if len(pair) else pair
    chosen = np.unique(ends[keep], axis=0)
    columns = {"source": chosen[:, 0], "target": chosen[:, 1], "weight": shared[good].astype(np.float64)}
    return Ties({name: values[keep] for name, values in rows.items()}, pair, Graph.of(pa.table(columns)))


def _listed(layers: Sequence[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in layers) or "null"


# Resampling ----------------------------------------------------------------------------------------------------------


def _resampled(study: Study, ties: Ties, settings: Settings) -> Flags:
    """Which pairs hold in each resampling of the things, shape (pairs, resamplings)."""
    from graphnet.kernels.bootstrap import Book  # noqa: PLC0415  (numba is slow to load)

    layers: dict[str, Any] = {layer.name: layer for layer in layers_of(study, settings.ties)}
    books = {}
    for name, layer in layers.items():
        rows = study.rows(SHARES_SQL.format(rows=layer.rows(), layers=_listed(settings.ties)))
        time = rows["time"].cast(pa.int64()).fill_null(int(np.iinfo(np.int64).min))
        books[name] = Book.of(rows["account"].to_numpy(), rows["object"].cast(pa.int64()).to_numpy(), time.to_numpy())
    drawn = {of: _drawn([books[n].things for n in books if layers[n].of == of], k) for k, of in enumerate(KINDS)}
    seen, need = _needed(study, ties)
    holds = np.zeros((len(ties.whole.ends), BOOTSTRAPS), np.bool_)
    for name, book in books.items():
        mine = np.flatnonzero(ties.rows["layer"] == name)
        things, weight = drawn[layers[name].of]
        source, target = (ties.rows[end][mine].astype(np.int64) for end in ("source", "target"))
        weight = weight[np.searchsorted(things, book.things)]
        # a pair is there as long as one of its layers keeps it; within a layer each pair is one row
        holds[ties.pair[mine]] |= book.holds(source, target, weight, seen=seen[mine], need=need[mine], window=MEETING)
    return holds


KINDS = ("objects", "accounts", "clusters")


def _drawn(things: Sequence[Ints], stream: int) -> tuple[Ints, NDArray[np.uint8]]:
    """All things of one kind, and how often each is drawn; the same for all layers."""
    every = np.unique(np.concatenate([np.empty(0, np.int64), *things]))
    random = np.random.default_rng((SEED, stream))
    return every, random.poisson(1.0, (len(every), BOOTSTRAPS)).astype(np.uint8)


def _needed(study: Study, ties: Ties) -> tuple[Reals, Ints]:
    """What was counted of each row (shared things, meetings), and the smallest counts that would keep it."""
    from graphnet.kernels.bootstrap import fewest  # noqa: PLC0415

    rows = ties.rows
    layers = study.last("validate")["summary"]["merged"]["layers"]
    most = _cuts(study, "select 'all' as layer, p, q from merged where kept").get("all", 0.0)
    of_layer = _cuts(study, "select layer, p, q from ties where kept")
    alone = np.array([of_layer.get(name, 0.0) for name in rows["layer"].tolist()])
    # what all layers keep together, the strongest has to carry
    together = np.maximum(most / max(layers, 1), rows["p"])
    limit = np.maximum(np.where(rows["kept"], alone, 0.0), np.where(rows["together"] == 1, together, 0.0))
    asked = np.maximum(rows["asked_what"] + rows["asked_when"], 1)
    # where only the side of time can be judged, the screen of the other side proves nothing
    what = np.where((rows["asked_what"] == 0) & (rows["asked_when"] == 1), 1.0, rows["what"])
    shared, sessions = rows["shared"].astype(np.int64), rows["sessions"].astype(np.int64)
    need = np.column_stack(
        (fewest(shared, what, limit / asked, 1), fewest(sessions, rows["at"].astype(np.float64), limit / asked, 2))
    )
    return np.column_stack((shared, sessions)).astype(np.float64), need


def _cuts(study: Study, kept: str) -> dict[str, float]:
    """The largest p with which a pair of each layer would have been kept, so many others being kept.

    That is a little more than the largest p that is kept: as much more as its q is below the accepted rate.
    """
    rates = {
        name: step["parameters"]["fdr"]
        for step in study.manifest["steps"]
        if step["verb"] == "validate"
        for name in ("all", *step["summary"]["layers"])
    }
    rows = study.rows(f"select layer, max(p) as p, max(q) as q from ({kept}) k group by layer").to_pylist()
    return {row["layer"]: row["p"] * rates[row["layer"]] / row["q"] for row in rows}


def _stability(ties: Ties, first: Ints, settings: Settings, holds: Flags) -> Reals:
    """For each member the share of resamplings in which it is with another member, on the mean of these."""
    size = np.bincount(first)
    total = np.zeros(len(first))
    for labels in _again(ties.whole, settings, holds):
        key = first * (labels.max(initial=0) + 1) + labels
        total += np.where((first > 0) & (labels > 0), np.bincount(key)[key] - 1, 0)
    return np.where(first > 0, total / BOOTSTRAPS / np.maximum(size[first] - 1, 1), np.nan)


def _again(whole: Graph, settings: Settings, holds: Flags) -> Iterator[Ints]:
    """The communities of each resampling, a number for each vertex of the whole graph; 0: none."""
    for draw in range(holds.shape[1]):
        drawn = replace(whole, edges=whole.edges.filter(pa.array(holds[:, draw])))
        yield _communities(drawn, settings.detector, 2, settings.core)


def _elsewhere(whole: Graph, first: Ints, settings: Settings) -> dict[str, dict[str, float]]:
    """How many groups there are at other resolutions, and how far they are the same."""
    if settings.detector.name != "leiden":
        return {}
    found = {}
    for resolution in RESOLUTIONS:
        finer: Any = settings.detector
        cut = replace(finer, resolution=resolution)
        other = _communities(whole, cut, settings.min_size, settings.core)
        found[f"{resolution:g}"] = {"groups": int(other.max(initial=0)), "overlap": round(_overlap(first, other), 3)}
    return found


def _overlap(first: Ints, other: Ints) -> float:
    """Mean over the members of the first groups: Jaccard overlap of their group with the nearest other one."""
    both = np.zeros((first.max(initial=0) + 1, other.max(initial=0) + 1))
    np.add.at(both, (first, other), 1)
    union = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
    near = (both / np.maximum(union, 1))[1:, 1:].max(axis=1, initial=0.0)
    return float(np.average(near, weights=both[1:].sum(axis=1)))


def numbered(parts: Sequence[Found]) -> list[Ints]:
    """The final number of each part's groups: from 1, the largest first, equal ones by their first account."""
    groups = [(-len(g), int(g[0]), part, n) for part, f in enumerate(parts) for n, g in enumerate(f.groups)]
    final = [np.zeros(len(f.groups), np.int64) for f in parts]
    for place, (_, _, part, n) in enumerate(sorted(groups), start=1):
        final[part][n] = place
    return final
