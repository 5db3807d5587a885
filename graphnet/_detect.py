"""``detect``: which accounts belong together, and how tightly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

COPIED = frozenset({"fast_retweet", "hashtag_sequence", "same_handle", "same_text"})
"""Layers that are specific without a window: few people come upon the same words, or the same second, by themselves."""
PASSIVE = frozenset({"co_follower", "co_post"})
"""Layers without a thing that both acted on: two accounts are followed by the same ones, or post at the same time."""
HOUR = 3600
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
        layers: Names of layers; None: those whose ties are the hardest to explain by shared interest, the first of
            these that tie enough accounts for a community: layers with a time window of an hour at most or with
            copied words; all layers of acting on the same things; direct ties (who follows, mentions, retweets whom),
            whose direction then does not count.
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
    _check(min_size, core, min_layers, backbone)

    def tied(layers: Sequence[str]) -> Graph:
        rows = graph.edges(study, layers, min_shared=min_shared, min_layers=min_layers, directed=False)
        return Graph.of(rows)

    used = _default_layers(study, tied, min_size, core) if layers is None else sorted(set(layers))
    made = registry.get("detectors", "leiden")() if detector is None else detector
    parameters = {
        "detector": registry.describe(made), "layers": used, "min_size": min_size, "core": core,
        "min_shared": min_shared, "min_layers": min_layers, "backbone": backbone,
    }  # fmt: skip
    with study.step("detect", parameters) as step:
        with step.timed("graph"):
            whole = tied(used) if backbone is None else graph.backbone(tied(used), backbone)
        with step.timed("communities"):
            community = _communities(whole, made, min_size, core)
        step.write("members", _members(whole, community))
        with step.timed("cards"):
            step.write("communities", cards.cards(whole, community, _directed(study)))
        step.summary |= _summary(whole, community, used)
    logger.info("%d communities among %d accounts", step.summary["communities"], step.summary["accounts"])
    return step.summary


def _check(min_size: int, core: int, min_layers: int, backbone: float | None) -> None:
    for name, value, least in (("min_size", min_size, 2), ("core", core, 0), ("min_layers", min_layers, 1)):
        if value < least:
            raise InputError(f"{name} is {value}, it has to be {least} or more")
    if backbone is not None and not 0 < backbone <= 1:
        raise InputError(f"backbone is {backbone}, it has to be above 0 and at most 1, or None")


def _communities(whole: Graph, detector: Detector, min_size: int, core: int) -> NDArray[np.int64]:
    """Number of each account's community, from 1, the largest first; 0: none."""
    inner = _core(whole, core)
    found = np.zeros(len(whole.accounts), dtype=np.int64)
    found[inner] = canonical(detector.communities(whole.within(inner)), min_size)
    return found


def _core(whole: Graph, core: int) -> NDArray[np.bool_]:
    """Which accounts are in the k-core."""
    return np.asarray(whole.skeleton().coreness(), dtype=np.int64) >= core


# Which layers to take ------------------------------------------------------------------------------------------------


def _default_layers(study: Study, tied: Callable[[Sequence[str]], Graph], min_size: int, core: int) -> list[str]:
    """The first choice of layers whose ties leave enough accounts for a community.

    A choice without ties, or with a few stray ones, would hide what the next one shows.
    """
    choices = [layers for layers in _choices(study) if layers]
    for layers in choices:
        if np.count_nonzero(_core(tied(layers), core)) >= min_size:
            return layers
    return choices[0] if choices else []


def _choices(study: Study) -> list[list[str]]:
    """The layers of the pairs, from the hardest to explain by shared interest to the easiest; sorted."""
    directed = graph.directed_layers(study)
    together = [layer for layer in study.parts("pairs") if layer not in directed]
    specific = _specific(study)
    return [
        [layer for layer in together if layer in specific],
        [layer for layer in together if layer not in PASSIVE],
        sorted(directed),
        together,
    ]


def _specific(study: Study) -> set[str]:
    """Layers with copied words or handles, and those made with a time window of an hour at most."""
    made = {}
    for step in study.manifest["steps"]:
        for text in step["parameters"].get("layers", ()) if step["verb"] == "project" else ():
            name = text.partition(":")[0]
            # a layer that is no longer installed cannot say what its window was
            made[name] = registry.make("layers", text) if name in registry.find("layers") else None
    windows = {name: getattr(layer, "window", None) for name, layer in made.items()}
    timed = {name for name, window in windows.items() if window is not None and window <= HOUR}
    return timed - PASSIVE | COPIED


def _directed(study: Study) -> Graph | None:
    """The directed ties inside the communities, whatever layer they are from; None: the study has no such layer."""
    layers = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(graph.directed_layers(study)))
    if not layers:
        return None
    inside = study.rows(
        "select distinct p.source as source, p.target as target from pairs p join members a on a.account = p.source "
        "join members b on b.account = p.target and b.community = a.community "
        f"where p.layer in ({layers}) order by source, target"
    )
    return Graph.of(inside, directed=True)


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
    # a cosine can be 0: a graph without any weight has no modularity
    weighed = whole.weight.sum() > 0
    modularity = round(whole.skeleton().modularity(membership.tolist(), whole.weight), 4) if weighed else None
    return {
        "layers": list(layers),
        "accounts": len(whole.accounts),
        "ties": len(whole.ends),
        "communities": len(sizes),
        "members": sum(sizes),
        "in_no_community": int(np.count_nonzero(community == 0)),
        "sizes": sizes[:SHOWN],
        "modularity": modularity,
    }
