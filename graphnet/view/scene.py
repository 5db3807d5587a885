"""A scene: the communities of a study as one plain dict of nodes, edges, positions and colours, ready to be drawn.

Everything in it is safe to write into a page: texts are cleaned and cut, figures finite, colours ``#rrggbb``.

::

    communities  community, name (C1 …), size, colour, shape, mark, x, y, radius (its disc)
    nodes        index, account, label, id, community, strength, size, colour, shape, x, y
    edges        source, target (indices of nodes), weight, shared, quickest (s or None), layers, style
    styles       colour, dash, text: one a set of layers (edges name it by position)
    layers       name, title (what two tied accounts did)
    totals       accounts and edges of the communities, also where `strongest` has cut
    captions     sentences that belong under every picture made of this

Example:
    >>> palette(0)
    Look(colour='#0072b2', shape='dot', mark='●')
    >>> palette(9).colour, palette(9).shape
    ('#767b84', 'triangle')
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphnet import graph, registry
from graphnet.safe import show
from graphnet.view import judgement, layout, safe

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = [
    "Look",
    "account_label",
    "looks",
    "looks_of",
    "palette",
    "part",
    "scene",
    "standing",
    "strongest",
    "tie_styles",
]

SPACING = 45.0
"""Pixels a unit of the layout: neighbours then stand about two node widths apart."""
SMALLEST, LARGEST = 7.0, 26.0
"""Radius of a node in pixels, for the weakest and the strongest account."""
LABEL, IDENTIFIER = 40, 64
"""Longest name and id shown, in signs; X ends handles at 15, Mastodon's full handles are longer."""

# Okabe and Ito's colours, told apart with every kind of colour blindness; black last, it says nothing on its own
OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000")
GREYS = ("#767b84", "#4b5058", "#a3a8b1")
SHAPES = (
    ("dot", "●"),
    ("square", "■"),
    ("triangle", "▲"),
    ("diamond", "◆"),
    ("triangleDown", "▼"),
    ("star", "★"),
    ("hexagon", "⬢"),
)
INKS = ("#5b6470", "#8c4a00", "#00594f", "#5b2a86", "#7a1f3d")
DASHES: tuple[list[int], ...] = ([], [7, 4], [2, 4], [10, 3, 2, 3], [4, 2])
SEVERAL_LAYERS = "#1f2a37"

GAPS = (
    "Each community is drawn as a disc of its own: the gaps between discs come from the drawing and are not evidence."
)
LEAD = "A tie or a figure is a lead to check, not proof: the posts behind it decide."


class Look(NamedTuple):
    """How the accounts of one community are drawn: never told by colour alone."""

    colour: str
    shape: str
    mark: str


def palette(i: int) -> Look:
    """The ``i``-th look: eight colours, then greys, shapes in turn."""
    shape, mark = SHAPES[i % len(SHAPES)]
    late = i - len(OKABE_ITO)
    grey = GREYS[late // len(SHAPES) % len(GREYS)]
    return Look(OKABE_ITO[i] if late < 0 else grey, shape, mark)


def looks(levels: Mapping[int, str | None]) -> dict[int, Look]:
    """Look of each community, the same in every picture of a study.

    Suspected communities get the colours that are easiest to tell apart, then candidates; what is no more than a shared
    audience is grey. Without levels (nothing was validated) colours go by number.

    Args:
        levels: Level of every community of the study, by its number; None: it has none. A suspected one that a benign
            explanation fits as well counts as a candidate: see `standing`.

    Example:
        >>> made = looks({1: "L0", 2: "L1", 3: "L2"})
        >>> [made[c].colour for c in (1, 2, 3)]
        ['#767b84', '#d55e00', '#0072b2']
    """
    if not any(levels.values()):
        return {c: palette(c - 1) for c in levels}
    rank = {"L3": 0, "L2": 0, "L1": 1}
    bright = sorted((c for c in levels if levels[c] in rank), key=lambda c: (rank[levels[c] or ""], c))
    calm = sorted(c for c in levels if levels[c] not in rank)
    made = {c: palette(i) for i, c in enumerate(bright)}
    return made | {c: Look(GREYS[0], *SHAPES[i % len(SHAPES)]) for i, c in enumerate(calm)}


def standing(level: str | None, explained: bool) -> str | None:
    """The level as pictures show it: what a benign explanation fits as well does not stand out as suspected.

    Example:
        >>> standing("L2", True), standing("L2", False), standing("L0", True)
        ('L1', 'L2', 'L0')
    """
    return "L1" if explained and level in judgement.SUSPECTED else level


def looks_of(study: Study) -> dict[int, Look]:
    """`looks` of a study's communities; empty without communities."""
    if not study.has("members"):
        return {}
    numbers = study.rows("select distinct community from members")["community"].to_pylist()
    known: dict[int, str | None] = dict.fromkeys(numbers)
    if study.has("levels"):
        rows, fits = study.rows("select community, level from levels"), judgement.explained(study)
        held = zip(rows["community"].to_pylist(), rows["level"].to_pylist(), strict=True)
        known |= {community: standing(level, community in fits) for community, level in held}
    return looks(known)


def account_label(name: str | None, identifier: str | None) -> str:
    """What an account is called in a picture: its handle, else its id."""
    return safe.defang(show(name, LABEL) or show(identifier, LABEL)) or "(no name)"


def scene(
    study: Study,
    communities: Sequence[int] | None = None,
    layers: Iterable[str] | None = None,
    seed: int = 7,
) -> dict[str, Any]:
    """The scene of some communities, or of all.

    Args:
        study: A study with pairs and members.
        communities: Their numbers; None: all of them.
        layers: Draw only ties of these layers; None: the ties that the communities were found in.
        seed: Seed of the positions.

    Raises:
        MissingTable: The study has no pairs or no communities yet.
        InputError: There is no such community or layer.
    """
    study.require("pairs", "members")
    if communities is None:
        found = study.rows("select distinct community from members order by community")
        communities = found["community"].to_pylist()
    loaded = graph.load(study, communities=communities, **_ties(study, layers))
    placed = layout.arrange(len(loaded.accounts), loaded.ends, loaded.weight, _community_of(loaded), seed)
    groups = _communities(placed, _community_of(loaded), looks_of(study))
    joined = set(loaded.edges["layers"].to_pylist())
    styles, style_of = tie_styles(joined)
    return {
        "seed": seed,
        "directed": loaded.directed,
        "layers": _layers(joined),
        "communities": list(groups.values()),
        "nodes": _nodes(loaded, groups, placed),
        "edges": _edges(loaded, style_of),
        "styles": styles,
        "totals": {"accounts": len(loaded.accounts), "edges": loaded.edges.num_rows},
        "captions": [GAPS, LEAD],
    }


def _ties(study: Study, layers: Iterable[str] | None) -> dict[str, Any]:
    """Which ties to draw, as arguments of `graph.load`."""
    if layers is not None:
        return {"layers": list(layers)}
    used = study.last("detect")["parameters"]
    return {name: used[name] for name in ("layers", "min_shared", "min_layers") if name in used}


def _community_of(loaded: graph.Graph) -> layout.Ints:
    return np.asarray(loaded.nodes["community"].to_numpy(), dtype=np.int64)


def _communities(placed: layout.Layout, community: layout.Ints, look: Mapping[int, Look]) -> dict[int, dict[str, Any]]:
    """Each community's name, look and disc, keyed by its number."""
    sizes = dict(zip(*(a.tolist() for a in np.unique(community, return_counts=True)), strict=True))
    found = {}
    for i, number in enumerate(placed.groups.tolist()):
        (x, y), radius = placed.centres[i] * SPACING, placed.radii[i] * SPACING
        disc = {"x": round(float(x), 1), "y": round(float(-y), 1), "radius": round(float(radius), 1)}
        found[number] = {
            "community": number,
            "name": f"C{number}",
            "size": sizes[number],
            **look[number]._asdict(),
            **disc,
        }
    return found


def _nodes(loaded: graph.Graph, groups: Mapping[int, Any], placed: layout.Layout) -> list[dict[str, Any]]:
    rows = loaded.nodes.select(["account", "name", "id", "community", "strength"]).to_pylist()
    strongest_of = max((safe.number(r["strength"], 0) for r in rows), default=0.0) or 1.0
    # y grows downwards on screens
    points = np.round(placed.points * [SPACING, -SPACING], 1).tolist()
    nodes = []
    for index, (row, (x, y)) in enumerate(zip(rows, points, strict=True)):
        group, strength = groups[row["community"]], safe.number(row["strength"], 0)
        nodes.append(
            {
                "index": index,
                "account": row["account"],
                "label": account_label(row["name"], row["id"]),
                "id": show(row["id"], IDENTIFIER),
                "community": row["community"],
                "strength": round(strength, 4),
                "size": round(SMALLEST + (LARGEST - SMALLEST) * math.sqrt(strength / strongest_of), 1),
                "colour": group["colour"],
                "shape": group["shape"],
                "x": x,
                "y": y,
            }
        )
    return nodes


def _edges(loaded: graph.Graph, style_of: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "source": source,
            "target": target,
            "weight": round(safe.number(row["weight"], 0), 4),
            "shared": row["shared"],
            "quickest": row["quickest"],
            "layers": row["layers"].split("+"),
            "style": style_of[row["layers"]],
        }
        for (source, target), row in zip(loaded.ends.tolist(), loaded.edges.to_pylist(), strict=True)
    ]


def _layers(joined: Iterable[str]) -> list[dict[str, str]]:
    names = sorted({name for text in joined for name in text.split("+")})
    return [{"name": name, "title": _title(name)} for name in names]


def _title(layer: str) -> str:
    return str(getattr(registry.find("layers").get(layer), "title", "")) or "tied by a layer that is not installed here"


def tie_styles(joined: Iterable[str]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """A line style for each layer by itself, and one for all ties that several layers carry."""
    single, several = sorted(j for j in joined if "+" not in j), sorted(j for j in joined if "+" in j)
    styles: list[dict[str, Any]] = []
    for i, name in enumerate(single):
        # the second round pairs each colour with another dash: 25 layers can be told apart
        colour, dash = INKS[i % len(INKS)], DASHES[(i + i // len(INKS)) % len(DASHES)]
        styles.append({"colour": colour, "dash": dash, "text": f"{name}: {_title(name)}"})
    if several:
        styles.append({"colour": SEVERAL_LAYERS, "dash": [], "text": "several layers at once"})
    return styles, {name: i for i, name in enumerate(single)} | dict.fromkeys(several, len(single))


def part(whole: Mapping[str, Any], community: int) -> dict[str, Any]:
    """The scene of one of the communities of a scene, at the same positions."""
    return _reduced(whole, [n for n in whole["nodes"] if n["community"] == community])


def strongest(whole: Mapping[str, Any], accounts: int, edges: int) -> dict[str, Any]:
    """A scene cut to a size that can be drawn: the strongest accounts of each community, then the strongest ties.

    Communities keep their proportions, and each keeps at least three accounts. Ties go by their rank among those of
    either end, so that every account keeps its strongest ones. ``totals`` and the captions say what was left out.
    """
    cut = _reduced(whole, _strongest_nodes(whole, accounts))
    if len(cut["edges"]) > edges:
        cut["edges"] = _strongest_edges(cut, edges)
    return cut | {"totals": whole["totals"], "captions": [*_left_out(cut, whole["totals"]), *whole["captions"]]}


def _strongest_nodes(whole: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    nodes = whole["nodes"]
    if len(nodes) <= most:
        return list(nodes)
    room = {g["community"]: max(3, g["size"] * most // len(nodes)) for g in whole["communities"]}
    kept = set()
    for node in sorted(nodes, key=lambda n: (-n["strength"], n["index"])):
        if room[node["community"]] > 0:
            room[node["community"]] -= 1
            kept.add(node["index"])
    return [n for n in nodes if n["index"] in kept]


def _strongest_edges(cut: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    ends = np.array([(e["source"], e["target"]) for e in cut["edges"]], dtype=np.int64)
    weight = np.array([e["weight"] for e in cut["edges"]])
    place = np.minimum(*(_rank_at(ends[:, side], ends, weight) for side in (0, 1)))
    kept = np.lexsort((ends[:, 1], ends[:, 0], -weight, place))[:most]
    return [cut["edges"][i] for i in np.sort(kept).tolist()]


def _rank_at(node: layout.Ints, ends: layout.Ints, weight: layout.Floats) -> layout.Ints:
    """Rank of each edge, from 0, among those with the same ``node``, the heaviest first.

    Edges of equal weight are ranked by a fixed shuffle: ranked by number they would all lead to the same few accounts.
    """
    shuffle = (ends[:, 0] * 8191 + ends[:, 1]) * 2_654_435_761 % (1 << 32)
    order = np.lexsort((ends[:, 1], ends[:, 0], shuffle, -weight, node))
    start = np.searchsorted(node[order], node[order])
    rank = np.empty(len(node), dtype=np.int64)
    rank[order] = np.arange(len(node)) - start
    return rank


def _left_out(cut: Mapping[str, Any], totals: Mapping[str, int]) -> list[str]:
    shown = {"accounts": len(cut["nodes"]), "edges": len(cut["edges"])}
    words = {"accounts": "accounts", "edges": "ties"}
    return [
        f"Shown are {shown[what]:,} of {totals[what]:,} {words[what]}: the strongest ones."
        for what in ("accounts", "edges")
        if shown[what] < totals[what]
    ]


def _reduced(whole: Mapping[str, Any], nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """The scene of these nodes, renumbered from 0, and the edges and communities that are theirs."""
    place = {n["index"]: i for i, n in enumerate(nodes)}
    edges = [
        e | {"source": place[e["source"]], "target": place[e["target"]]}
        for e in whole["edges"]
        if e["source"] in place and e["target"] in place
    ]
    there = {n["community"] for n in nodes}
    return dict(whole) | {
        "communities": [g for g in whole["communities"] if g["community"] in there],
        "nodes": [n | {"index": i} for i, n in enumerate(nodes)],
        "edges": edges,
        "totals": {"accounts": len(nodes), "edges": len(edges)},
    }
