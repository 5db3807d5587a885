"""The posts behind a pair: a layer run again for two accounts, giving the matches themselves."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from graphnet import registry
from graphnet.layers import CoAction, Direct, Layer
from graphnet.study import Study

__all__ = ["EVIDENCE", "evidence"]

EVIDENCE = pa.schema(
    [
        ("object_id", pa.string()),
        ("object_kind", pa.string()),
        ("post_a", pa.string()),
        ("post_b", pa.string()),
        ("time_a", pa.int64()),
        ("time_b", pa.int64()),
        ("gap", pa.int64()),
    ]
)
"""What `evidence` answers with: ids as text, times and gap in seconds, null where the input does not say."""


class _Act(NamedTuple):
    """One share by one account."""

    time: int | None
    post: int | None
    object: Any


class _Match(NamedTuple):
    """A share of the one beside a share of the other."""

    gap: int | None
    a: _Act
    b: _Act | None


def evidence(study: Study, layer: Layer, a: int, b: int) -> pa.Table:
    """What two accounts did together, in a layer: as many rows as the pair's ``shared`` says.

    One row a shared object, with the closest two posts. A layer that counts posts gives one row for each matched post
    of the account that has fewer of them, with the closest post of the other; one that counts rows, each pair of rows.
    For a direct layer, what ``a`` did to ``b``, with the columns of ``b`` empty.

    Args:
        study: The study.
        layer: The layer, with its parameters; objects that `project` dropped as too popular are left out.
        a: An account (our number).
        b: Another.

    Returns:
        Columns of `EVIDENCE`, the smallest gap first.
    """
    if isinstance(layer, Direct):
        return _named(study, sorted(_actions(study, layer, a, b), key=_closeness), "objects")
    if not isinstance(layer, CoAction):
        raise TypeError(f"layer {layer.name} is neither a CoAction nor a Direct layer")
    # the same posts whichever of the two is asked about first
    ours, theirs = (_acts(study, layer, who) for who in (min(a, b), max(a, b)))
    both = ours.keys() & theirs.keys()
    if layer.window is None:
        both -= _popular(study, layer, both)
    matches = sorted(_matches(layer, {o: ours[o] for o in both}, {o: theirs[o] for o in both}), key=_closeness)
    return _named(study, matches if a < b else [_swapped(match) for match in matches], layer.of)


def _acts(study: Study, layer: CoAction, account: int) -> dict[Any, list[_Act]]:
    """An account's shares by object, in order of time; without a time they come last."""
    timed = "" if layer.window is None else "and time is not null"
    sql = f"select time, post, object from ({layer.rows()}) r where account = {account} and object is not null {timed}"
    found: dict[Any, list[_Act]] = defaultdict(list)
    for row in study.rows(sql).to_pylist():
        found[row["object"]].append(_Act(row["time"], row["post"], row["object"]))
    return {thing: sorted(acts, key=_order) for thing, acts in found.items()}


def _order(act: _Act) -> tuple[Any, ...]:
    return act.time is None, act.time or 0, act.post is None, act.post or 0


def _popular(study: Study, layer: CoAction, objects: Iterable[Any]) -> set[Any]:
    """Those of the objects that `project` dropped when it made this layer."""
    d_max = _d_max(study, layer)
    some = ", ".join(str(o) if isinstance(o, int) else "'" + o.replace("'", "''") + "'" for o in objects)
    if d_max is None or not some:
        return set()
    shares = f"select account, object from ({layer.rows()}) r"
    if layer.min_participation > 1:
        busy = f"select account from ({shares}) n group by account having count(*) >= {layer.min_participation}"
        shares = f"select s.account, s.object from ({shares}) s join ({busy}) m on m.account = s.account"
    counts = f"select object, count(distinct account) as n from ({shares}) c where object in ({some}) group by object"
    return set(study.rows(f"select object from ({counts}) d where n > {d_max}")["object"].to_pylist())


def _d_max(study: Study, layer: CoAction) -> int | None:
    for step in reversed(study.manifest["steps"]):
        if step["verb"] == "project" and registry.describe(layer) in step["parameters"]["layers"]:
            d_max: int | None = step["summary"]["layers"][layer.name]["dropped"].get("d_max")
            return d_max
    return None


# Matching ------------------------------------------------------------------------------------------------------------

Shares = dict[Any, list[_Act]]


def _matches(layer: CoAction, ours: Shares, theirs: Shares) -> list[_Match]:
    if layer.count == "rows":
        pairs = ((x, y) for thing in ours for x in ours[thing] for y in theirs[thing])
        return [match for x, y in pairs if _within(match := _match(x, y), layer.window)]
    if layer.count == "objects":
        return _closest(((thing, m) for thing, m in _nearest(ours, theirs, layer.window)), key=0)
    forth = _closest(_nearest(ours, theirs, layer.window), key=1)
    back = _closest(_nearest(theirs, ours, layer.window), key=1)
    return forth if len(forth) <= len(back) else [_swapped(match) for match in back]


def _swapped(match: _Match) -> _Match:
    """The same match, seen from the other account."""
    if match.b is None:
        raise TypeError("what one account did alone cannot be seen from another")
    return _Match(match.gap, match.b, match.a)


def _nearest(ours: Shares, theirs: Shares, window: int | None) -> Iterator[tuple[Any, _Match]]:
    """Each of our shares with their closest one of the same object, if that is within the window."""
    for thing, acts in ours.items():
        others = theirs[thing]
        times = [act.time for act in others if act.time is not None]
        for act in acts:
            place = 0 if act.time is None else bisect_left(times, act.time)
            near = others[max(place - 1, 0) : place + 1] or others[-1:]
            best = min((_match(act, other) for other in near), key=_closeness)
            if _within(best, window):
                yield thing, best


def _match(x: _Act, y: _Act) -> _Match:
    return _Match(None if x.time is None or y.time is None else abs(x.time - y.time), x, y)


def _within(match: _Match, window: int | None) -> bool:
    return window is None or (match.gap is not None and match.gap <= window)


def _closeness(match: _Match) -> tuple[Any, ...]:
    return match.gap is None, match.gap or 0, _order(match.a), _order(match.b) if match.b else (), str(match.a.object)


def _closest(found: Iterable[tuple[Any, _Match]], key: int) -> list[_Match]:
    """The closest match of each object (key 0) or each of our posts (key 1)."""
    best: dict[Any, _Match] = {}
    for number, (thing, match) in enumerate(found):
        post = ("row", number) if match.a.post is None else match.a.post
        subject = post if key else thing
        if subject not in best or _closeness(match) < _closeness(best[subject]):
            best[subject] = match
    return list(best.values())


def _actions(study: Study, layer: Direct, a: int, b: int) -> list[_Match]:
    sql = f"select time, post, object from ({layer.rows()}) r where source = {a} and target = {b}"
    return [_Match(None, _Act(r["time"], r["post"], r["object"]), None) for r in study.rows(sql).to_pylist()]


# Names ---------------------------------------------------------------------------------------------------------------


def _named(study: Study, matches: list[_Match], of: str) -> pa.Table:
    """The matches, in their order, as a table, with the platform's ids instead of our numbers."""
    things = _things(study, of, {m.a.object for m in matches})
    posts = _names(study, "posts", "post", {act.post for m in matches for act in (m.a, m.b) if act})
    rows = []
    for match in matches:
        thing = things.get(match.a.object, {})
        row = {"object_id": thing.get("id"), "object_kind": thing.get("kind"), "gap": match.gap}
        for side, act in (("a", match.a), ("b", match.b)):
            row |= {f"post_{side}": posts.get(act.post, {}).get("id"), f"time_{side}": act.time} if act else {}
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=EVIDENCE)


def _things(study: Study, of: str, numbers: set[Any]) -> dict[Any, dict[str, Any]]:
    if of == "objects":
        return _names(study, "objects", "object", numbers, ", kind")
    if of == "accounts":
        return _names(study, "accounts", "account", numbers, ", 'account' as kind")
    if of == "clusters":
        return _clusters(study, numbers)
    return {thing: {"id": thing, "kind": None} for thing in numbers if isinstance(thing, str)}


def _clusters(study: Study, numbers: set[int]) -> dict[Any, dict[str, Any]]:
    """Clusters of near-identical texts, named by the words in the middle."""
    some = ", ".join(map(str, sorted(numbers))) or "null"
    rows = study.rows(
        "select k.cluster as number, t.key as id, 'text' as kind from clusters k join texts t on t.text = k.medoid "
        f"where k.cluster in ({some})"
    ).to_pylist()
    return {row["number"]: row for row in rows}


def _names(study: Study, table: str, column: str, numbers: set[Any], more: str = "") -> dict[Any, dict[str, Any]]:
    some = ", ".join(str(n) for n in sorted(n for n in numbers if n is not None))
    if not some:
        return {}
    rows = study.rows(f"select {column} as number, id{more} from {table} where {column} in ({some})").to_pylist()
    return {row["number"]: row for row in rows}
