"""What the map page carries: every account and tie as compact columns, and the evidence behind the strongest ones.

Columns are deflated and written in base64: 100,000 accounts and 500,000 ties take about 7 MB in the page, as JSON they
took 90. Positions are sixteen bits across the picture, far finer than a pixel. Accounts and ties are known by their
position; what they are called comes from `_names` and from nowhere else.

Example:
    >>> import numpy as np
    >>> column(np.array([3, 1, 2]))["type"]
    'u1'
    >>> steps(np.array([4, 4, 9])).tolist()
    [4, 0, 5]
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphnet import graph, registry
from graphnet.safe import show
from graphnet.view import judgement, layout
from graphnet.view.scene import GAPS, IDENTIFIER, LARGEST, LEAD, SMALLEST, SPACING, account_label, looks_of, standing

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["MOST_ACCOUNTS", "MOST_TIES", "Drawn", "columns", "drawn", "rounds"]

MOST_ACCOUNTS, MOST_TIES = 100_000, 500_000
"""What one page holds: with more it takes over 12 MB and seconds to open. The strongest ones stay, and it says so."""
SLOTS = 64
"""Most slots on the time line; which of them an account acted in is one bit each."""
LENGTHS = (60, 300, 900, 3600, 10_800, 21_600, 43_200, *(86_400 * n for n in (1, 2, 7, 14, 28, 91, 182, 364)))
"""Lengths of a slot, in seconds: those that people count in."""
LANGUAGES = 40
"""Most languages to choose from, the most frequent first."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """The accounts and ties on the map, in the order in which the page knows them.

    Attributes:
        graph: Accounts (rows of `graph.nodes`) and ties.
        groups: The communities, each with ``community, name, size, level, words, fits, colour, shape, tone, x, y,
            radius``.
        group_of: (n,) position in ``groups`` of each account.
        points: (n, 2) positions; y grows downwards.
        strength: (n,) finite strength of each account.
        captions: Sentences that belong under the map.
    """

    graph: graph.Graph
    groups: list[dict[str, Any]]
    group_of: Ints
    points: Floats
    strength: Floats
    captions: list[str]


def drawn(
    study: Study,
    layers: Iterable[str] | None = None,
    seed: int = 7,
    most: tuple[int, int] = (MOST_ACCOUNTS, MOST_TIES),
) -> Drawn:
    """All communities of a study, laid out.

    Args:
        study: A study with pairs and members.
        layers: Only ties of these layers; None: the ties that the communities were found in.
        seed: Seed of the positions.
        most: Most accounts and ties; beyond, the strongest are kept.

    Raises:
        MissingTable: The study has no pairs or no communities yet.
        InputError: There is no such layer.
    """
    study.require("pairs", "members")
    found = study.rows("select distinct community from members order by community")["community"].to_pylist()
    wanted = {"layers": list(layers)} if layers is not None else graph.detected(study)
    whole = graph.load(study, communities=found, **wanted)
    cut = _strongest(whole, *most)
    communities = _numbers(cut.nodes["community"])
    placed = layout.arrange(len(cut.accounts), cut.ends, cut.weight, communities, seed)
    captions = [*_left_out(cut, whole), GAPS, LEAD]
    return Drawn(
        cut,
        _groups(study, placed, whole),
        np.searchsorted(placed.groups, communities),
        # y grows downwards on screens
        placed.points * [SPACING, -SPACING],
        _strength(cut),
        captions,
    )


def _numbers(column: Any) -> Ints:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _strength(loaded: graph.Graph) -> Floats:
    strength = np.asarray(loaded.nodes["strength"].to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.clip(np.nan_to_num(strength, nan=0.0), 0, 1e9)


def rounds(group: Ints, weight: Floats) -> Ints:
    """Order in which every group gives its heaviest first, then each its second, and so on.

    Example:
        >>> rounds(np.array([1, 1, 2, 2]), np.array([5.0, 9.0, 1.0, 2.0])).tolist()
        [1, 3, 0, 2]
    """
    order = np.lexsort((np.arange(len(group)), -weight, group))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.searchsorted(group[order], group[order])
    return np.lexsort((np.arange(len(group)), group, rank))


def _strongest(whole: graph.Graph, accounts: int, ties: int) -> graph.Graph:
    """The graph cut to a size that a page can hold: of each community in proportion, then the heaviest ties."""
    cut = whole
    if len(whole.accounts) > accounts:
        community = _numbers(whole.nodes["community"])
        size = np.bincount(community)[community]
        order = np.lexsort((np.arange(len(community)), -_strength(whole), community))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(community[order], community[order])
        kept = np.lexsort((np.arange(len(rank)), (rank + 0.5) / size))[:accounts]
        cut = whole.within(np.isin(np.arange(len(rank)), kept))
    if cut.edges.num_rows > ties:
        kept = np.argsort(-cut.weight, kind="stable")[:ties]
        flags = np.isin(np.arange(cut.edges.num_rows), kept)
        cut = replace(cut, edges=cut.edges.filter(flags))
    return cut


def _left_out(cut: graph.Graph, whole: graph.Graph) -> list[str]:
    counts = (
        ("accounts", len(cut.accounts), len(whole.accounts)),
        ("ties", cut.edges.num_rows, whole.edges.num_rows),
    )
    return [f"Shown are {n:,} of {of:,} {what}: the strongest ones." for what, n, of in counts if n < of]


# Communities ---------------------------------------------------------------------------------------------------------


TONES = {"L3": "full", "L2": "full", "L1": "soft", "L0": "calm"}
"""How strongly a community is drawn: ``full``, ``soft`` (a candidate, or explained), ``calm`` (a shared audience)."""


def _groups(study: Study, placed: layout.Layout, whole: graph.Graph) -> list[dict[str, Any]]:
    known = judgement.levels(study)
    numbers = placed.groups.tolist()
    sizes = np.bincount(_numbers(whole.nodes["community"]))
    level = {c: known[c]["level"] if c in known else None for c in numbers}
    fits = {c: known[c]["fits"] if c in known else [] for c in numbers}
    look = looks_of(study)
    discs = np.column_stack([placed.centres * [SPACING, -SPACING], placed.radii * SPACING])
    return [
        {
            "community": number,
            "name": f"C{number}",
            "size": int(sizes[number]),
            "level": level[number],
            "words": judgement.LEVELS.get(level[number] or "", "candidate community"),
            "fits": judgement.also(fits[number]),
            **look[number]._asdict(),
            "tone": TONES.get(standing(level[number], bool(fits[number])) or "", "full"),
            **dict(zip(("x", "y", "radius"), np.round(disc, 1).tolist(), strict=True)),
        }
        for number, disc in zip(numbers, discs, strict=True)
    ]


# Columns -------------------------------------------------------------------------------------------------------------


def columns(study: Study, what: Drawn) -> dict[str, Any]:
    """The page's data block: what is drawn, with all columns.

    Args:
        study: The study: for the times and languages of the accounts.
        what: See `drawn`.

    Returns:
        ``about, box, marks, communities, layers, sets, languages, slots`` and ``columns``, ready for JSON.
    """
    box = _box(what)
    slots, active = _activity(study, what.graph.accounts)
    languages, language = _languages(study, what.graph.accounts)
    layers, sets, of_tie = _layers(what.graph.edges["layers"].to_pylist())
    labels, ids = _names(what.graph)
    x, y = quantised(what.points[:, 0], box[0], box[2]), quantised(what.points[:, 1], box[1], box[3])
    nodes = {"x": x, "y": y, "community": what.group_of, "language": language, "strength": what.strength}
    ties = _ties(what.graph) | {"set": of_tie}
    return {
        "box": box,
        "marks": [SMALLEST, LARGEST],
        "communities": what.groups,
        "layers": layers,
        "sets": sets,
        "languages": languages,
        "slots": slots,
        "columns": {name: column(values) for name, values in (nodes | active | ties).items()}
        | {"labels": texts(labels), "ids": texts(ids)},
    }


def _names(loaded: graph.Graph) -> tuple[list[str], list[str]]:
    """What each account is called, and its id: the only two texts about an account that are in the columns."""
    known = zip(loaded.nodes["name"].to_pylist(), loaded.nodes["id"].to_pylist(), strict=True)
    pairs = [(account_label(name, id_), show(id_, IDENTIFIER)) for name, id_ in known]
    return [name for name, _ in pairs], [id_ for _, id_ in pairs]


def _box(what: Drawn) -> list[float]:
    """Left, top, right, bottom of all discs, with room for marks and names."""
    discs = np.array([[g["x"], g["y"], g["radius"]] for g in what.groups]).reshape(-1, 3)
    if not len(discs):
        return [0.0, 0.0, 1.0, 1.0]
    centres, reach = discs[:, :2], discs[:, 2:] + LARGEST
    low, high = (centres - reach).min(0), (centres + reach).max(0)
    return [round(float(v), 1) for v in (*low, *high)]


def quantised(values: Floats, low: float, high: float) -> Ints:
    """Values between two ends as sixteen bits; what is not finite stands in the middle.

    Example:
        >>> quantised(np.array([0.0, 5.0, 10.0, float("nan")]), 0, 10).tolist()
        [0, 32768, 65535, 32768]
    """
    share = np.nan_to_num((values - low) / ((high - low) or 1.0), nan=0.5, posinf=0.5, neginf=0.5)
    return np.asarray(np.rint(np.clip(share, 0, 1) * 65_535), dtype=np.int64)


def steps(values: Ints) -> Ints:
    """Differences of ascending values, the first from 0: small figures deflate well."""
    return np.diff(values, prepend=0)


def _ties(loaded: graph.Graph) -> dict[str, Any]:
    quickest = loaded.edges["quickest"].fill_null(-1)
    return {
        "step": steps(loaded.ends[:, 0]).astype("<u4"),
        "target": loaded.ends[:, 1].astype("<u4"),
        "weight": np.clip(np.nan_to_num(loaded.weight, nan=0.0), 0, 1e9),
        "shared": _numbers(loaded.edges["shared"].fill_null(0)),
        "quickest": np.clip(_numbers(quickest), -1, 2**31 - 1).astype("<i4"),
    }


def _layers(joined: Sequence[str]) -> tuple[list[dict[str, str]], list[list[int]], Ints]:
    """The layers, the sets of them that tie somebody, and which set each tie has."""
    kinds, which = np.unique(np.array(joined, dtype=object).astype(str), return_inverse=True)
    names = sorted({name for kind in kinds.tolist() for name in kind.split("+")})
    known = registry.find("layers")
    unknown = "tied by a layer that is not installed here"
    layers = [{"name": show(n, 60), "title": show(getattr(known.get(n), "title", unknown), 120)} for n in names]
    sets = [[names.index(name) for name in kind.split("+")] for kind in kinds.tolist()]
    return layers, sets, np.asarray(which, dtype=np.int64)


def _activity(study: Study, accounts: Ints) -> tuple[dict[str, int], dict[str, Any]]:
    """The slots of time, and for each account one bit a slot in which it acted: bits 0 to 31 early, the rest late."""
    none = {"start": 0, "length": 1, "count": 0}
    early, late = np.zeros(len(accounts), "<u4"), np.zeros(len(accounts), "<u4")
    acts = "from actions a join members m on m.account = a.account where a.time is not null"
    ends = study.rows(f"select min(a.time) as first, max(a.time) as last {acts}").to_pylist()[0]
    if ends["first"] is None:
        return none, {"early": early, "late": late}
    slots = _slots(ends["first"], ends["last"])
    number = f"cast(floor((a.time - {slots['start']}) / {float(slots['length'])!r}) as bigint)"
    rows = study.rows(f"select distinct a.account, {number} as slot {acts}")
    who, slot = _numbers(rows["account"]), _numbers(rows["slot"])
    place = np.searchsorted(accounts, who)
    here = (place < len(accounts)) & (accounts[np.minimum(place, len(accounts) - 1)] == who)
    for word, bits in ((early, (slot < 32) & here), (late, (slot >= 32) & here)):
        np.bitwise_or.at(word, place[bits], np.left_shift(1, slot[bits] % 32).astype("<u4"))
    return slots, {"early": early, "late": late}


def _slots(first: int, last: int) -> dict[str, int]:
    """Slots that start on a round time and cover all of it.

    Example:
        >>> _slots(1_700_000_100, 1_700_090_000)
        {'start': 1699999200, 'length': 3600, 'count': 26}
    """
    for length in LENGTHS:
        start = first // length * length
        if (count := (last - start) // length + 1) <= SLOTS:
            return {"start": start, "length": length, "count": count}
    length = -(-(last - first + 1) // SLOTS)
    return {"start": first, "length": length, "count": (last - first) // length + 1}


def _languages(study: Study, accounts: Ints) -> tuple[list[str], Ints]:
    """The languages, the most frequent first, and the place of each account's main one; the last is "unknown"."""
    rows = study.rows(
        "select account, lang from (select p.account, p.lang, row_number() over (partition by p.account "
        "order by count(*) desc, p.lang) as place from posts p join members m on m.account = p.account "
        "where p.lang is not null group by p.account, p.lang) as ranked where place = 1 order by account"
    )
    main = dict(zip(rows["account"].to_pylist(), rows["lang"].to_pylist(), strict=True))
    spoken = [main.get(a) for a in accounts.tolist()]
    found, counts = np.unique(np.array([s for s in spoken if s is not None], dtype=str), return_counts=True)
    often = found[np.lexsort((found, -counts))][:LANGUAGES].tolist()
    place = {name: i for i, name in enumerate(often)}
    names = [show(name, 12) for name in often] + ["unknown"] * (bool(often))
    return names, np.array([place.get(s, len(often)) if s is not None else len(often) for s in spoken], dtype=np.int64)


def column(values: NDArray[Any]) -> dict[str, str]:
    """A column as the page reads it: the smallest type that holds the figures, deflated, in base64."""
    array = np.asarray(values)
    if array.dtype.kind == "f":
        array = array.astype("<f4")
    elif array.dtype == np.int64:
        most = int(array.max()) if len(array) else 0
        array = array.astype("<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4")
    return {"type": f"{array.dtype.kind}{array.dtype.itemsize}", "data": packed(array.tobytes())}


def texts(values: Iterable[str]) -> dict[str, str]:
    """A column of texts: cleaned ones hold no line feed, so that this can part them."""
    return {"type": "text", "data": packed("".join(f"{v}\n" for v in values).encode("utf-8", "replace"))}


def packed(data: bytes) -> str:
    """Deflated and in base64."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")
