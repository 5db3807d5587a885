"""The posts behind many pairs of accounts: what `graphnet._evidence` finds for one pair, with one query a layer.

Asking for each pair anew takes six queries a pair and layer: 30 seconds for the 400 pairs of a map, this takes one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from graphnet import _evidence
from graphnet._explain import _layers
from graphnet.layers import CoAction, Direct
from graphnet.study import Study

__all__ = ["Matched", "Pair", "matched"]


class Pair(NamedTuple):
    """Two accounts (our numbers; source and target of the tie) and the layers that tie them."""

    source: int
    target: int
    layers: Sequence[str]


class Matched(NamedTuple):
    """One thing that two accounts share.

    Attributes:
        layer: Name of the layer.
        kind: Kind of the thing (see `graphnet.schema.OBJECTS`), or None.
        thing: The platform's id of it, the tag, the link, …; None where the input knows none.
        gap: Seconds between the two, or None.
        acts: For each of the two (one for a direct layer), the earlier first: account, time, the post's id and text.
    """

    layer: str
    kind: str | None
    thing: str | None
    gap: int | None
    acts: list[tuple[int, int | None, str | None, str | None]]


def matched(study: Study, pairs: Sequence[Pair], most: int = 3) -> list[list[Matched]]:
    """What ties each of the pairs, the closest in time first.

    Args:
        study: A study with pairs.
        pairs: The pairs.
        most: Most things of one layer for a pair.

    Returns:
        For each pair its matches, layer by layer; none of layers that are not installed here.
    """
    found: list[list[Matched]] = [[] for _ in pairs]
    for layer in _layers(study, None):
        wanted = [n for n, pair in enumerate(pairs) if layer.name in pair.layers]
        if wanted:
            kept = _of_layer(study, layer, [pairs[n] for n in wanted], most)
            for n, matches in zip(wanted, _told(study, layer, [pairs[n] for n in wanted], kept), strict=True):
                found[n] += matches
    return found


def _of_layer(study: Study, layer: Any, pairs: Sequence[Pair], most: int) -> list[list[_evidence._Match]]:
    if isinstance(layer, Direct):
        direct = _direct(study, layer, pairs)
        return [sorted(direct[p.source, p.target], key=_evidence._closeness)[:most] for p in pairs]
    return [sorted(matches, key=_evidence._closeness)[:most] for matches in _shared(study, layer, pairs)]


def _some(accounts: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(set(accounts))))


def _direct(study: Study, layer: Direct, pairs: Sequence[Pair]) -> dict[tuple[int, int], list[_evidence._Match]]:
    sources, targets = _some(p.source for p in pairs), _some(p.target for p in pairs)
    rows = study.rows(
        f"select source, target, time, post, object from ({layer.rows()}) r "
        f"where source in ({sources}) and target in ({targets})"
    )
    found: dict[tuple[int, int], list[_evidence._Match]] = defaultdict(list)
    for row in rows.to_pylist():
        act = _evidence._Act(row["time"], row["post"], row["object"])
        found[row["source"], row["target"]].append(_evidence._Match(None, act, None))
    return found


def _shared(study: Study, layer: CoAction, pairs: Sequence[Pair]) -> list[list[_evidence._Match]]:
    acts = _acts(study, layer, {a for p in pairs for a in (p.source, p.target)})
    both = [acts[p.source].keys() & acts[p.target].keys() for p in pairs]
    popular = set() if layer.window is not None else _evidence._popular(study, layer, set().union(*both))
    return [
        _evidence._matches(layer, *({o: acts[a][o] for o in things - popular} for a in (p.source, p.target)))
        for p, things in zip(pairs, both, strict=True)
    ]


def _acts(study: Study, layer: CoAction, accounts: set[int]) -> dict[int, dict[Any, list[_evidence._Act]]]:
    """Each account's shares by object, in order of time."""
    timed = "" if layer.window is None else "and time is not null"
    rows = study.rows(
        f"select account, time, post, object from ({layer.rows()}) r "
        f"where account in ({_some(accounts)}) and object is not null {timed}"
    )
    found: dict[int, dict[Any, list[_evidence._Act]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.to_pylist():
        found[row["account"]][row["object"]].append(_evidence._Act(row["time"], row["post"], row["object"]))
    for things in found.values():
        for acts in things.values():
            acts.sort(key=_evidence._order)
    return found


def _told(study: Study, layer: Any, pairs: Sequence[Pair], kept: list[list[_evidence._Match]]) -> list[list[Matched]]:
    """The matches with the platform's ids and the posts' words."""
    everything = [match for matches in kept for match in matches]
    of = "objects" if isinstance(layer, Direct) else layer.of
    things = _evidence._things(study, of, {m.a.object for m in everything})
    posts = _posts(study, {act.post for m in everything for act in (m.a, m.b) if act and act.post is not None})
    return [
        [_matched(layer.name, pair, match, things, posts) for match in matches]
        for pair, matches in zip(pairs, kept, strict=True)
    ]


def _matched(
    layer: str,
    pair: Pair,
    match: _evidence._Match,
    things: dict[Any, dict[str, Any]],
    posts: dict[int, tuple[str, str | None]],
) -> Matched:
    thing = things.get(match.a.object, {})
    ends = [(pair.source, match.a), (pair.target, match.b)]
    acts = [
        (who, act.time, *posts.get(-1 if act.post is None else act.post, (None, None)))
        for who, act in ends
        if act is not None
    ]
    acts.sort(key=lambda act: (act[1] is None, act[1] or 0))
    return Matched(layer, thing.get("kind"), thing.get("id"), match.gap, acts)


def _posts(study: Study, numbers: set[int]) -> dict[int, tuple[str, str | None]]:
    if not numbers:
        return {}
    rows = study.rows(f"select post, id, text from posts where post in ({_some(numbers)})")
    return {row["post"]: (row["id"], row["text"]) for row in rows.to_pylist()}
