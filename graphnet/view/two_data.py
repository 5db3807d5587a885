"""Two networks as one graph, laid out once: whoever is in both stands in one place in every picture of either.

Accounts are the same if their ids are. Of each network only its own accounts and the ties among them count. Where both
are parts of one study, the ties between them are kept apart; of two studies nobody knows such ties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa

from graphnet import graph
from graphnet.alignment import align
from graphnet.errors import InputError
from graphnet.graph import Graph
from graphnet.safe import show
from graphnet.view import layout
from graphnet.view.scene import IDENTIFIER, LARGEST, SMALLEST, SPACING, account_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.study import Study

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["BETWEEN", "BOTH", "LOOKS", "Part", "Side", "TwoLook", "Union", "union"]

FIRST, SECOND, BOTH, BETWEEN = 1, 2, 3, 4
"""In the first network only, in the second only, in both; of ties also: between the two."""
NAME = 40


class Side(Protocol):
    """One of the two networks: some accounts of a study, under a name."""

    @property
    def study(self) -> Study:
        """Where they are."""
        ...

    @property
    def accounts(self) -> Any:
        """Our numbers of the accounts in that study."""
        ...

    @property
    def name(self) -> str:
        """What to call it."""
        ...


@dataclass(frozen=True)
class Part:
    """A `Side` as a plain record."""

    study: Study
    accounts: Sequence[int]
    name: str


@dataclass(frozen=True)
class TwoLook:
    """How accounts and ties of one kind are drawn."""

    colour: str
    shape: str
    dash: str


# Okabe and Ito's colours; shapes and dashes say the same to who cannot see them
LOOKS = {
    FIRST: TwoLook("#0072b2", "dot", ""),
    SECOND: TwoLook("#d55e00", "square", "7 4"),
    BOTH: TwoLook("#009e73", "diamond", ""),
    BETWEEN: TwoLook("#5b6470", "dot", "2 4"),
}


@dataclass(frozen=True)
class Union:
    """Both networks.

    Attributes:
        names: Of the first and the second.
        ids, labels: Of each account, in the order of the ids.
        side: Which network each account is in: 1, 2 or 3 (both).
        community: The communities of each account in the two studies, as text: "C1", "C1 / C4", "– / C4".
        ends: Shape (ties, 2), places in ``ids``.
        weight: Shape (ties, 2): weight in the first and in the second network, 0 where the tie is not in it. Ties
            between two parts of one study have theirs in both columns.
        tie: Which network each tie is in: 1, 2, 3 or 4 (between).
        at: Shape (accounts, 2), y growing upwards.
        grouped: Whether communities were laid out as discs apart from each other.
    """

    names: tuple[str, str]
    ids: list[str]
    labels: list[str]
    side: Ints
    community: list[str]
    ends: Ints
    weight: Floats
    tie: Ints
    at: Floats
    grouped: bool

    @cached_property
    def strength(self) -> Floats:
        """Summed weight of each account's ties."""
        n = len(self.ids)
        total = self.weight.max(axis=1, initial=0.0)
        return np.bincount(self.ends.ravel(), np.repeat(total, 2), n).astype(np.float64)

    @cached_property
    def size(self) -> Floats:
        """Radius of each account's mark."""
        share = self.strength / max(float(self.strength.max(initial=0.0)), 1e-300)
        return np.asarray(np.round(SMALLEST + (LARGEST - SMALLEST) * np.sqrt(share), 1))

    def counts(self) -> dict[str, int]:
        """Accounts and ties of each kind, by kind."""
        accounts, ties = (np.bincount(x, minlength=5) for x in (self.side, self.tie))
        kinds = ("only_first", "only_second", "both")
        found = {f"accounts_{k}": int(accounts[i]) for i, k in enumerate(kinds, 1)}
        return found | {f"ties_{k}": int(ties[i]) for i, k in enumerate((*kinds, "between"), 1)}

    def scene(self) -> dict[str, Any]:
        """As a scene (`graphnet.view.scene`) whose groups are the kinds of accounts, to be cut to what can be drawn."""
        points = np.round(self.at * [SPACING, -SPACING], 1).tolist()
        sides = self.side.tolist()
        nodes = [
            {
                "index": i,
                "original": i,
                "label": self.labels[i],
                "id": show(self.ids[i], IDENTIFIER),
                "community": sides[i],
                "strength": strength,
                "size": size,
                "x": points[i][0],
                "y": points[i][1],
            }
            for i, (strength, size) in enumerate(zip(self.strength.tolist(), self.size.tolist(), strict=True))
        ]
        weights = self.weight.max(axis=1, initial=0.0).tolist()
        edges = [
            {"source": a, "target": b, "weight": w, "style": kind}
            for (a, b), w, kind in zip(self.ends.tolist(), weights, self.tie.tolist(), strict=True)
        ]
        groups = [{"community": k, "size": int(n)} for k, n in enumerate(np.bincount(self.side)) if n]
        totals = {"accounts": len(nodes), "edges": len(edges)}
        return {"communities": groups, "nodes": nodes, "edges": edges, "totals": totals, "captions": []}

    def to_graph(self) -> Graph:
        """As a graph with all columns that a figure with a panel for each network needs."""
        first, second = (name.replace("+", " and ") for name in self.names)
        said = {FIRST: first, SECOND: second, BOTH: f"{first}+{second}", BETWEEN: "between"}
        group = {FIRST: f"only in {first}", SECOND: f"only in {second}", BOTH: "in both"}
        sides, ties = self.side.tolist(), self.tie.tolist()
        text = pa.string()
        nodes = {
            "account": pa.array(range(len(sides)), pa.int64()),
            "id": pa.array(self.ids, text),
            "name": pa.array(self.labels, text),
            "community": pa.array(sides, pa.int64()),
            "group": pa.array([group[s] for s in sides], text),
            "sides": pa.array([said[s] for s in sides], text),
            "x": pa.array(np.round(self.at[:, 0] * SPACING, 2)),
            "y": pa.array(np.round(self.at[:, 1] * SPACING, 2)),
            "size": pa.array(self.size),
            "colour": pa.array([LOOKS[s].colour for s in sides], text),
            "mark": pa.array([LOOKS[s].shape for s in sides], text),
        }
        edges = {
            "source": pa.array(self.ends[:, 0], pa.int64()),
            "target": pa.array(self.ends[:, 1], pa.int64()),
            "weight": pa.array(self.weight.max(axis=1, initial=0.0)),
            "layers": pa.array([said[t] for t in ties], text),
            "ink": pa.array([LOOKS[t].colour for t in ties], text),
            "dash": pa.array([LOOKS[t].dash for t in ties], text),
        }
        return Graph(pa.table(nodes), pa.table(edges))

    def part(self, kind: int) -> Graph:
        """One network by itself: the accounts and ties of the first (1) or the second (2)."""
        mine, ties = np.isin(self.side, (kind, BOTH)), np.isin(self.tie, (kind, BOTH))
        chosen = self.ends[ties]
        columns = {"source": chosen[:, 0], "target": chosen[:, 1], "weight": self.weight[ties, kind - 1]}
        return Graph(pa.table({"account": np.flatnonzero(mine)}), pa.table(columns))


def union(first: Side, second: Side, seed: int = 7) -> Union:
    """Put two networks into one graph and lay it out.

    Args:
        first: A network.
        second: Another, of the same or another study.
        seed: Of the layout.

    Raises:
        InputError: One of them has no accounts.
        MissingTable: A study has no pairs yet.
    """
    for one in (first, second):
        if not len(one.accounts):
            raise InputError(f"{show(one.name, NAME)!r} has no accounts, so there is nothing to draw")
    one_study = first.study.path.resolve() == second.study.path.resolve()
    loaded = [_load(one) for one in (first, second)]
    ids = sorted({identifier for part in loaded for identifier in part.nodes["id"].to_pylist()})
    place = {identifier: i for i, identifier in enumerate(ids)}
    there = [np.array([place[i] for i in part.nodes["id"].to_pylist()], dtype=np.int64) for part in loaded]
    side = np.zeros(len(ids), dtype=np.int64)
    for kind, mine in zip((FIRST, SECOND), there, strict=True):
        side[mine] += kind
    ends, weight, tie = _ties(loaded, there, len(ids))
    if one_study:
        ends, weight, tie = _with_between(first, second, place, (ends, weight, tie))
    groups = _groups(loaded, ids)
    at = layout.positions(len(ids), ends, weight.max(axis=1, initial=0.0), groups, seed)
    names = _names(show(first.name, NAME), show(second.name, NAME))
    labels = _labels(loaded, place)
    return Union(names, ids, labels, side, _said(loaded, place), ends, weight, tie, at, bool(groups.any()))


def _names(first: str, second: str) -> tuple[str, str]:
    first, second = first or "first", second or "second"
    return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")


def _load(side: Side) -> Graph:
    accounts = [int(a) for a in side.accounts]
    loaded = graph.load(side.study, accounts=accounts, **graph.detected(side.study))
    return replace(loaded, directed=False)


def _ties(loaded: Sequence[Graph], there: Sequence[Ints], n: int) -> tuple[Ints, Floats, Ints]:
    """The ties of either network, each pair once: ends, both weights, kind."""
    keys, weights = [], []
    for part, mine in zip(loaded, there, strict=True):
        ends = np.sort(mine[part.ends.reshape(-1, 2)], axis=1)
        key, at = np.unique(ends[:, 0] * n + ends[:, 1], return_inverse=True)
        keys.append(key)
        weights.append(np.bincount(at, part.weight, len(key)))
    every = np.union1d(*keys)
    weight = np.zeros((len(every), 2))
    tie = np.zeros(len(every), dtype=np.int64)
    for i, kind in enumerate((FIRST, SECOND)):
        where = np.searchsorted(every, keys[i])
        weight[where, i] = weights[i]
        tie[where] += kind
    return np.column_stack([every // n, every % n]), weight, tie


def _with_between(
    first: Side, second: Side, place: Mapping[str, int], found: tuple[Ints, Floats, Ints]
) -> tuple[Ints, Floats, Ints]:
    """The ties, and those of the study that lead from one of its parts to the other."""
    both = sorted({int(a) for side in (first, second) for a in side.accounts})
    whole = _load(Part(first.study, both, ""))
    at = np.array([place[i] for i in whole.nodes["id"].to_pylist()], dtype=np.int64)
    ends = np.sort(at[whole.ends.reshape(-1, 2)], axis=1)
    n = len(place)
    known = found[0][:, 0] * n + found[0][:, 1]
    key, back = np.unique(ends[:, 0] * n + ends[:, 1], return_inverse=True)
    total = np.bincount(back, whole.weight, len(key))
    new = ~np.isin(key, known)
    keys = np.concatenate([known, key[new]])
    order = np.argsort(keys, kind="stable")
    weight = np.concatenate([found[1], np.repeat(total[new], 2).reshape(-1, 2)])[order]
    tie = np.concatenate([found[2], np.full(int(new.sum()), BETWEEN)])[order]
    return np.column_stack([keys[order] // n, keys[order] % n]), weight, tie


def _communities(part: Graph) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for row in part.nodes.select(["id", "community"]).to_pylist():
        if row["community"]:
            held.setdefault(row["community"], []).append(row["id"])
    return held


def _groups(loaded: Sequence[Graph], ids: Sequence[str]) -> Ints:
    """The group that each account is laid out in.

    Matched communities are one group; where neither network has several, all are laid out as one, so that no gap in
    the picture comes from how it was drawn.
    """
    before, after = (_communities(part) for part in loaded)
    if max(len(before), len(after)) <= 1:
        return np.zeros(len(ids), dtype=np.int64)
    continued = align(before, after).continues
    number = {a: -b - 1 for b, some in after.items() for a in some if b not in continued}
    number |= {a: continued[b] for b, some in after.items() for a in some if b in continued}
    number |= {a: c for c, some in before.items() for a in some}
    return np.array([number.get(identifier, 0) for identifier in ids], dtype=np.int64)


def _labels(loaded: Sequence[Graph], place: Mapping[str, int]) -> list[str]:
    """What each account is called: in the second network's study, the later one, if it is there."""
    labels = [""] * len(place)
    for part in loaded:
        for row in part.nodes.select(["id", "name"]).to_pylist():
            labels[place[row["id"]]] = account_label(row["name"], row["id"])
    return labels


def _said(loaded: Sequence[Graph], place: Mapping[str, int]) -> list[str]:
    said = [["", ""] for _ in place]
    for i, part in enumerate(loaded):
        for row in part.nodes.select(["id", "community"]).to_pylist():
            said[place[row["id"]]][i] = f"C{row['community']}" if row["community"] else "–"
    return [one if one == two else " / ".join(text or "–" for text in (one, two)) for one, two in said]
