"""``detect``: which accounts belong together, and how tightly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pyarrow as pa

from graphnet import cards, graph, registry
from graphnet._groups import Found, Settings, beyond_chance, inner, numbered, plain
from graphnet._scratch import uncapped
from graphnet.detectors import Detector
from graphnet.errors import InputError
from graphnet.graph import Graph
from graphnet.log import logger
from graphnet.schema import COMMUNITIES, MEMBERS
from graphnet.study import Study

__all__ = ["detect", "find", "settings_of", "write"]

COPIED = frozenset({"fast_retweet", "hashtag_sequence", "near_text", "same_handle", "same_text"})
"""Layers that are specific without a window: few people come upon the same words, or the same second, by themselves."""
PASSIVE = frozenset({"co_follower", "co_post"})
"""Layers without a thing that both acted on: two accounts are followed by the same ones, or post at the same time."""
HOUR = 3600
SHOWN = 20
"""Community sizes that the summary lists."""
UNTESTED = "the pairs were not validated, so shared interest and breaking news are not excluded"
PROPOSED = "found among plain pairs: shared interest and breaking news are not excluded unless `confirm` says so"


def detect(
    study: Study,
    detector: Detector | None = None,
    *,
    layers: Iterable[str] | None = None,
    validated: bool | None = None,
    min_size: int = 5,
    core: int = 2,
    min_shared: int = 0,
    min_layers: int = 1,
    backbone: float | None = None,
) -> dict[str, Any]:
    """Find communities among the tied accounts and measure how tight each is.

    The ties of the chosen layers are merged, accounts outside the ``core``-core of that graph are set aside (a single
    tie to a group is no membership), and the detector cuts the rest into communities. Where the study is validated,
    that is done first with the ties beyond chance, and their communities are found again in 50 resamplings of the
    things that were shared: a member stays if it is with the others in at least .6 of them. Among the accounts that
    are left, plain pairs may propose further communities, which mean nothing until `confirm` finds them on other days.

    Args:
        study: A study with pairs.
        detector: How communities are found; None: `graphnet.detectors.Leiden`.
        layers: Names of layers; None: all that were validated, and those plain pairs that are the hardest to explain
            by shared interest, the first of these that tie enough accounts for a community: layers with a time window
            of an hour at most or with copied words; all layers of acting on the same things; direct ties (who follows,
            mentions, retweets whom), whose direction then does not count.
        validated: Which ties: True: those beyond chance; False: plain pairs; None: both, as said above.
        min_size: Smallest community.
        core: Ties that an account needs to other accounts with as many; 1: everybody with a tie takes part.
        min_shared: Fewest shared objects for a tie, summed over the layers.
        min_layers: Fewest layers in which two accounts have to be tied.
        backbone: Keep only plain pairs with a disparity filter p below this; None: keep all.

    Returns:
        The step's summary: accounts and ties in the graphs, what was set aside, the communities' number and sizes,
        modularity (of plain pairs), ``validated`` and, where that is so, ``groups_beyond_chance``,
        ``ties_beyond_chance``, ``unstable_members`` (left out) and, at other ``resolutions``, the number of groups and
        their overlap with these; ``note``: what the communities do not show. Tables written: ``members`` and
        ``communities``.

    Raises:
        MissingTable: The study has no pairs yet, or was not validated although ``validated`` is True.
        InputError: It has no ties in such a layer, or a parameter is out of range.
    """
    _check(min_size, core, min_layers, backbone)
    study.require("pairs", *["ties"] * (validated is True))
    settings = Settings(
        registry.get("detectors", "leiden")() if detector is None else detector,
        together=layers is None,
        min_size=min_size,
        core=core,
        min_shared=min_shared,
        min_layers=min_layers,
        backbone=backbone,
    )
    settings = _with_layers(study, settings, None if layers is None else sorted(set(layers)), validated)
    return write(study, settings, validated)


def write(study: Study, settings: Settings, validated: bool | None = None) -> dict[str, Any]:
    """Find communities in these ties and write the tables; returns the summary."""
    with study.step("detect", _parameters(settings) | {"validated": validated}) as step:
        with step.timed("communities"):
            parts = find(study, settings)
        numbers = numbered(parts)
        step.write("members", _members(parts, numbers))
        with step.timed("cards"):
            step.write("communities", _cards(study, parts, numbers))
        step.summary |= _summary(study, parts, numbers, settings)
    logger.info("%d communities among %d accounts", step.summary["communities"], step.summary["accounts"])
    return step.summary


def _check(min_size: int, core: int, min_layers: int, backbone: float | None) -> None:
    for name, value, least in (("min_size", min_size, 2), ("core", core, 0), ("min_layers", min_layers, 1)):
        if value < least:
            raise InputError(f"{name} is {value}, it has to be {least} or more")
    if backbone is not None and not 0 < backbone <= 1:
        raise InputError(f"backbone is {backbone}, it has to be above 0 and at most 1, or None")


def find(study: Study, settings: Settings) -> list[Found]:
    """The groups among the ties beyond chance, if these are used, then those among the plain pairs of the others."""
    parts = [beyond_chance(study, settings)] if settings.ties else []
    if settings.pairs or not parts:
        taken = parts[0].graph.accounts[parts[0].community > 0] if parts else None
        parts.append(plain(study, settings, taken))
    return parts


def _parameters(settings: Settings) -> dict[str, Any]:
    """Everything needed to do it again; ``layers``: the plain pairs in which communities show, for those who draw."""
    rest = {k: v for k, v in asdict(settings).items() if k not in ("detector", "pairs", "ties")}
    shown = list(settings.pairs or settings.ties)
    return {
        "detector": registry.describe(settings.detector),
        "layers": shown,
        "pairs_of": list(settings.pairs),
        "ties_of": list(settings.ties),
        **rest,
    }


def settings_of(study: Study) -> Settings:
    """How the study's communities were found.

    Raises:
        MissingTable: Nobody has looked for communities yet.
    """
    used = study.last("detect")["parameters"]
    same = {k: used[k] for k in ("together", "min_size", "core", "min_shared", "min_layers", "backbone")}
    return Settings(
        registry.make("detectors", used["detector"]), tuple(used["pairs_of"]), tuple(used["ties_of"]), **same
    )


# Which layers to take ------------------------------------------------------------------------------------------------


def _with_layers(study: Study, settings: Settings, named: Sequence[str] | None, validated: bool | None) -> Settings:
    """The settings with the layers that are used."""
    tested = [] if validated is False else uncapped(study)
    if named is not None:
        graph.edges(study, named, accounts=[])  # refuses layers that are not there
        tested = [name for name in tested if name in named]
    pairs: Sequence[str] = []
    if validated is not True:
        pairs = named if named is not None else _default_layers(study, settings)
    return replace(settings, pairs=tuple(pairs), ties=tuple(tested))


def _default_layers(study: Study, settings: Settings) -> list[str]:
    """The first choice of layers whose ties leave enough accounts for a community.

    A choice without ties, or with a few stray ones, would hide what the next one shows.
    """
    choices = [layers for layers in _choices(study) if layers]
    for layers in choices:
        rows = graph.edges(
            study, layers, min_shared=settings.min_shared, min_layers=settings.min_layers, directed=False
        )
        if np.count_nonzero(inner(Graph.of(rows), settings.core)) >= settings.min_size:
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


# What is written -----------------------------------------------------------------------------------------------------


def _final(part: Found, numbers: Any) -> Any:
    """The final number of each vertex's community; 0: none."""
    return np.append(0, numbers)[part.community]


def _members(parts: Sequence[Found], numbers: Sequence[Any]) -> pa.Table:
    columns: dict[str, list[Any]] = {name: [] for name in MEMBERS.names}
    for part, final in zip(parts, numbers, strict=True):
        inside = part.community > 0
        columns["account"].append(part.graph.accounts[inside])
        columns["community"].append(_final(part, final)[inside])
        columns["strength"].append(cards.strength(part.graph, part.community)[inside])
        columns["stability"].append(part.stability[inside])
    order = np.argsort(np.concatenate(columns["account"]), kind="stable")
    arrays = [
        pa.array(np.concatenate(columns[c.name])[order], c.type, from_pandas=c.name == "stability")
        for c in MEMBERS.columns
    ]
    return pa.table(arrays, schema=MEMBERS.arrow)


def _cards(study: Study, parts: Sequence[Found], numbers: Sequence[Any]) -> pa.Table:
    """One card a community, each in the graph it was found in."""
    directed = _directed(study)
    tables = []
    for part, final in zip(parts, numbers, strict=True):
        table = cards.cards(part.graph, part.community, directed)
        tables.append(table.set_column(0, COMMUNITIES.arrow.field(0), pa.array(final, pa.int64())))
    return pa.concat_tables(tables).sort_by("community")


def _summary(study: Study, parts: Sequence[Found], numbers: Sequence[Any], settings: Settings) -> dict[str, Any]:
    sizes = [0] * sum(len(final) for final in numbers)
    for part, final in zip(parts, numbers, strict=True):
        for number, group in zip(final.tolist(), part.groups, strict=True):
            sizes[number - 1] = len(group)
    accounts = np.unique(np.concatenate([part.graph.accounts for part in parts]))
    summary = {
        "layers": list(settings.pairs or settings.ties),
        "accounts": len(accounts),
        "ties": sum(len(part.graph.ends) for part in parts),
        "communities": len(sizes),
        "members": sum(sizes),
        "in_no_community": len(accounts) - sum(sizes),
        "sizes": sizes[:SHOWN],
        "modularity": _modularity(parts[-1]) if settings.pairs or not settings.ties else None,
        "validated": bool(settings.ties),
    }
    if settings.ties:
        about = {"layers_beyond_chance": list(settings.ties), "groups_beyond_chance": len(numbers[0])}
        return summary | about | parts[0].about | {"note": PROPOSED if len(numbers) > 1 and len(numbers[1]) else None}
    return summary | {"note": UNTESTED if not study.has("ties") or settings.pairs else None}


def _modularity(part: Found) -> float | None:
    """Of the communities, whoever is in none being one of their own; None: a graph without any weight has none."""
    if not part.graph.weight.sum() > 0:
        return None
    alone = int(part.community.max(initial=0)) + 1 + np.arange(len(part.community))
    membership = np.where(part.community > 0, part.community, alone) - 1
    found: float = part.graph.skeleton().modularity(membership.tolist(), part.graph.weight)
    return round(found, 4)
