"""The strongest pairs of a community, and what ties each, as cleaned text that a page only has to place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphnet import graph, registry, words
from graphnet.safe import show
from graphnet.view import safe
from graphnet.view.scene import account_label

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["shown", "strongest"]

WORDS, THING = 400, 120
"""Longest post and longest name of a shared thing, in signs."""


def strongest(study: Study, communities: Sequence[int], most: int) -> list[dict[str, Any]]:
    """The heaviest ties inside each of the communities, in the layers they were found in.

    Returns:
        ``community, source, target, shared, weight, layers, quickest`` and both names and ids; the heaviest first.
    """
    if not communities:
        return []
    ties = graph.load(study, communities=communities, **graph.detected(study))
    of = ties.nodes["community"].to_pylist()
    ids, names = (ties.nodes[column].to_pylist() for column in ("id", "name"))
    found: dict[int, list[dict[str, Any]]] = {c: [] for c in communities}
    order = sorted(range(len(ties.ends)), key=lambda i: (-ties.weight[i], i))
    rows, ends = ties.edges, ties.ends.tolist()
    for i in order:
        a, b = ends[i]
        if of[a] == of[b] and len(found[of[a]]) < most:
            labels = {"a": account_label(names[a], ids[a]), "b": account_label(names[b], ids[b])}
            found[of[a]].append(
                rows.slice(i, 1).to_pylist()[0] | {"community": of[a], "ids": (ids[a], ids[b])} | labels
            )
    return [tie for number in communities for tie in found[number]]


def shown(tie: Mapping[str, Any], matches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A tie with what the two share.

    Args:
        tie: See `strongest`.
        matches: Each thing they share: ``layer, kind, thing, gap`` and ``acts`` (account, time, post id, words).

    Returns:
        ``a`` and ``b`` (labels), ``ids``, ``layers`` (names), ``shared``, ``quickest`` and ``matches``: each ``layer``,
        ``title``, ``thing``, ``gap`` in words and ``posts`` (``who``, ``time``, ``id``, ``text``).
    """
    names = {tie["source"]: tie["a"], tie["target"]: tie["b"]}
    return {
        "a": tie["a"],
        "b": tie["b"],
        "ids": [show(i, 80) for i in tie["ids"]],
        "layers": [show(name, 60) for name in tie["layers"].split("+")],
        "shared": tie["shared"],
        "quickest": tie["quickest"],
        "matches": [_match(m, names) for m in matches],
    }


def _match(match: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    title = getattr(registry.find("layers").get(match["layer"]), "title", "")
    return {
        "layer": show(match["layer"], 60),
        "title": show(title, 120),
        # the words themselves are shown below; what stands for them in the tables says nothing
        "thing": safe.passage(match["thing"], THING) if match["thing"] and match["kind"] != "text" else "",
        "gap": None if match["gap"] is None else words.span(match["gap"]),
        "posts": [_post(names[who], *rest) for who, *rest in match["acts"]],
    }


def _post(who: str, time: int | None, post: str | None, text: str | None) -> dict[str, str]:
    when = (words.iso(time) or "").replace("T", " ").replace("Z", " UTC")
    return {"who": who, "time": when or "time unknown", "id": show(post, 80), "text": safe.passage(text, WORDS)}
