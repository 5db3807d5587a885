"""``detect``: which accounts belong together, and how tightly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphnet import cards, graph, registry
from graphnet.detectors import Detector, canonical
from graphnet.errors import InputError
from graphnet.graph import Graph
from graphnet.log import logger
from graphnet.schema import MEMBERS
from graphnet.study import Study

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["detect"]

SHOWN = 20
"""Community sizes that the summary lists."""


def detect(
    study: Study,
    detector: Detector | None = None,
    *,
    layers: Iterable[str] | None = None,
    min_size: int = 5,
    core: int = 2,
    min_shared: int = 0,
    min_layers: int = 1,
    backbone: float | None = None,
) -> dict[str, Any]:
    """Find communities among the tied accounts and measure how tight each is.

    The ties of the chosen layers are merged, accounts outside the ``core``-core of that graph are set aside (a single
    tie to a group is no membership), and the detector cuts the rest into communities.

    Args:
        study: A study with pairs.
        detector: How communities are found; None: `graphnet.detectors.Leiden`.
        layers: Names of layers; None: those whose ties are the hardest to explain by shared interest, which are the
            first of these that exist: layers with a time window or with copied words; other layers of acting on the
            same things; direct ties (who follows, mentions, retweets whom), whose direction then does not count.
        min_size: Smallest community.
        core: Ties that an account needs to other accounts with as many; 1: everybody with a tie takes part.
        min_shared: Fewest shared objects for a tie, summed over the layers.
        min_layers: Fewest layers in which two accounts have to be tied.
        backbone: Keep only ties with a disparity filter p below this; None: keep all.

    Returns:
        The step's summary: accounts and ties in the graph, what was set aside, the communities' number and sizes,
        modularity, seconds. Tables written: ``members`` and ``communities``.

    Raises:
        MissingTable: The study has no pairs yet.
        InputError: It has no ties in such a layer, or a parameter is out of range.
    """
    for name, value, least in (("min_size", min_size, 2), ("core", core, 0), ("min_layers", min_layers, 1)):
        if value < least:
            raise InputError(f"{name} is {value}, it has to be {least} or more")
    if backbone is not None and not 0 < backbone <= 1:
        raise InputError(f"backbone is {backbone}, it has to be above 0 and at most 1, or None")
    used = _default_layers(study) if layers is None else sorted(set(layers))
    made = registry.get("detectors", "leiden")() if detector is None else detector
    parameters = {
        "detector": registry.describe(made),
        "layers": used,
        "min_size": min_size,
        "core": core,
        "min_shared": min_shared,
        "min_layers": min_layers,
        "backbone": backbone,
    }
    with study.step("detect", parameters) as step:
        with step.timed("graph"):
            ties = graph.edges(study, used, min_shared=min_shared, min_layers=min_layers, directed=False)
            whole = Graph.of(ties) if backbone is None else graph.backbone(Graph.of(ties), backbone)
        with step.timed("communities"):
            community = _communities(whole, made, min_size, core)
        with step.timed("cards"):
            card = cards.cards(whole, community, _directed(study))
        step.write("members", _members(whole, community))
        step.write("communities", card)
        step.summary |= _summary(whole, community, used)
    logger.info("%d communities among %d accounts", step.summary["communities"], step.summary["accounts"])
    return step.summary


def _default_layers(study: Study) -> list[str]:
    return sorted(set(study.parts("pairs")) - graph.directed_layers(study)) or study.parts("pairs")


def _communities(whole: Graph, detector: Detector, min_size: int, core: int) -> NDArray[np.int64]:
    """Number of each account's community, from 1, the largest first; 0: none."""
    inner = np.asarray(whole.skeleton().coreness(), dtype=np.int64) >= core
    found = np.zeros(len(whole.accounts), dtype=np.int64)
    found[inner] = canonical(detector.communities(whole.within(inner)), min_size)
    return found


def _directed(study: Study) -> Graph | None:
    """The directed ties of the study, whatever layer they are from."""
    layers = graph.directed_layers(study)
    return Graph.of(graph.edges(study, layers), directed=True) if layers else None


def _members(whole: Graph, community: NDArray[np.int64]) -> pa.Table:
    inside = community > 0
    strength = cards.strength(whole, community)
    columns = [whole.accounts[inside], community[inside], strength[inside]]
    return pa.table([pa.array(c) for c in columns], schema=MEMBERS.arrow)


def _summary(whole: Graph, community: NDArray[np.int64], layers: Sequence[str]) -> dict[str, Any]:
    sizes = np.bincount(community)[1:].tolist()
    # whoever is in no community is one of their own
    alone = len(sizes) + 1 + np.arange(len(community))
    membership = np.where(community > 0, community, alone) - 1
    modularity = whole.skeleton().modularity(membership.tolist(), whole.weight) if len(whole.ends) else None
    return {
        "layers": list(layers),
        "accounts": len(whole.accounts),
        "ties": len(whole.ends),
        "communities": len(sizes),
        "members": sum(sizes),
        "in_no_community": int(np.count_nonzero(community == 0)),
        "sizes": sizes[:SHOWN],
        "modularity": modularity if modularity is None else round(modularity, 4),
    }
