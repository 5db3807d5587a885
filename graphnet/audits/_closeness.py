"""How close every account is to given ones, over many networks of ties.

In one network with weights w (both directions of a tie are one), d the sum of an account's weights and m their median:
the closeness of account i to the given set S is the share of time that a walk started at i spends in S,

    c_i = a [i in S] + (1 - a) * sum_j w_ij c_j / (d_i + SHRINK * m)        (a = RESTART)

This is a random walk with restart, seen from the candidate: a hub, whose ties lead everywhere, spends little of its
time in S however many given accounts it is tied to, and an account with one faint tie is held back by SHRINK, as if it
had that much of a tie to nobody. (The usual personalised PageRank from S puts hubs first.) Networks are put together by
ranks (reciprocal rank fusion, Cormack, Clarke & Buettcher 2009): sum over networks of 1 / (FUSION + rank), nothing
where the walk does not reach S.

Example:
    >>> path = Network.of("path", np.array([0, 1, 2]), np.array([1, 2, 3]), np.ones(3), 4)
    >>> close = closeness(path, np.array([[1.0], [0.0], [0.0], [0.0]]))[:, 0]
    >>> bool(close[1] > close[2] > close[3] > 0)
    True
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphnet.crowds import Ints, Numbers
from graphnet.study import Study

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["FUSION", "RESTART", "SHRINK", "Network", "closeness", "fused", "networks", "ranks"]

RESTART = 0.15
SHRINK = 0.1
FUSION = 200
"""With 60, as for search engines, the first few of one small network lead; 60 to 600 differ little."""
STEPS = 40
"""(1 - RESTART)^40 = .0015: what later steps could still add."""


@dataclass(frozen=True)
class Network:
    """Ties of one layer, or of those of its ties that chance does not explain.

    Attributes:
        name: The layer's name; kept ties have `` (beyond chance)`` behind it.
        layer: The layer.
        ties: Symmetric weights.
    """

    name: str
    layer: str
    ties: csr_array

    @classmethod
    def of(cls, name: str, source: Ints, target: Ints, weight: Numbers, width: int) -> Network:
        """From rows; both directions of a tie are added up."""
        from scipy.sparse import coo_array  # noqa: PLC0415  (0.2 s)

        ends = np.concatenate([source, target]), np.concatenate([target, source])
        table = coo_array((np.concatenate([weight, weight]), ends), shape=(width, width)).tocsr()
        table.sum_duplicates()
        return cls(name, name.partition(" ")[0], table)

    @property
    def degree(self) -> Numbers:
        """Sum of the weights of each account."""
        return np.asarray(self.ties.sum(axis=1), dtype=np.float64).ravel()


def networks(study: Study, layers: Sequence[str] = ()) -> list[Network]:
    """The pairs of each layer, and as further networks its ties kept by `graphnet.validate`; empty ones left out.

    Args:
        study: A study with pairs.
        layers: Which layers; none: all.
    """
    width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
    weighed = {
        ("pairs", ""): "select source, target, cast(weight as double) as weight from pairs where weight > 0 and layer",
        ("ties", " (beyond chance)"): (
            "select source, target, cast(greatest(shared - coalesce(expected, 0e0), 1e0) as double) as weight "
            "from ties where kept and layer"
        ),
    }
    found = []
    for (table, suffix), sql in weighed.items():
        there = study.rows(f"select distinct layer from {table} order by layer")["layer"].to_pylist()
        for layer in [name for name in there if not layers or name in layers]:
            quoted = layer.replace("'", "''")
            rows = study.rows(f"{sql} = '{quoted}' order by source, target")
            source, target, weight = (rows[name].to_numpy() for name in ("source", "target", "weight"))
            if rows.num_rows:
                found.append(Network.of(layer + suffix, source, target, weight, width))
    return found


def closeness(network: Network, seeds: Numbers) -> Numbers:
    """Closeness of every account (row) to each set of seeds (column; 1 where the account is in the set)."""
    degree = network.degree
    tied = degree > 0
    share = np.zeros_like(degree)
    share[tied] = (1 - RESTART) / (degree[tied] + SHRINK * np.median(degree[tied]))
    start = RESTART * seeds
    found = start.copy()
    for _ in range(STEPS):
        found = start + share[:, None] * (network.ties @ found)
    return np.asarray(found, dtype=np.float64)


def ranks(values: Numbers) -> Numbers:
    """Places from 1, the largest value first; equal ones share the mean of their places.

    Example:
        >>> ranks(np.array([5.0, 9.0, 5.0])).tolist()
        [2.5, 1.0, 2.5]
    """
    from scipy.stats import rankdata  # noqa: PLC0415

    # rounded: equal accounts must not be told apart by the last digits of a sum
    mantissa, exponent = np.frexp(values)
    return np.asarray(rankdata(-np.ldexp(np.round(mantissa, 9), exponent)), dtype=np.float64)


def fused(of_networks: Sequence[Numbers], candidates: Ints, width: int) -> Numbers:
    """One score an account (0 for all but the candidates) from its closeness in each network.

    Example:
        >>> first, second = np.array([0.9, 0.5, 0.0]), np.array([0.8, 0.1, 0.2])
        >>> fused([first, second], np.array([0, 1, 2]), 3).argsort()[::-1].tolist()
        [0, 1, 2]
    """
    score = np.zeros(width)
    for values in of_networks:
        held = values[candidates]
        score[candidates] += np.where(held > 0, 1 / (FUSION + ranks(held)), 0.0)
    return score
