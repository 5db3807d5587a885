"""Why a candidate is close to the given accounts: the ties between them, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphnet import registry
from graphnet.crowds import Ints
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import count, span

__all__ = ["Reason", "reasons"]

THINGS = 3
"""Shared things named in a sentence."""
LISTED = 20
"""Shared things listed for a candidate and layer."""


@dataclass
class Reason:
    """What ties one candidate to the given accounts.

    Attributes:
        seeds: Given accounts it is tied to, in any layer.
        layers: By layer: how many of them, what is shared in all, the quickest gap in seconds.
        things: Rows: layer, kind, thing, how many given accounts share it, and by how many of its posts.
    """

    seeds: set[int] = field(default_factory=set)
    layers: dict[str, tuple[int, int, int | None]] = field(default_factory=dict)
    things: list[dict[str, Any]] = field(default_factory=list)

    def words(self, given: int) -> str:
        """In a sentence, without its full stop."""
        if not self.seeds:
            return "tied to no given account itself, but to accounts that are"
        told = [f"tied to {len(self.seeds):,} of the {count(given, 'given account')}"]
        for layer, (seeds, shared, quickest) in sorted(self.layers.items(), key=lambda i: (-i[1][0], i[0])):
            gap = f", quickest {span(quickest)}" if quickest is not None else ""
            named = [t for t in self.things if t["layer"] == layer][:THINGS]
            what = "; most shared: " + ", ".join(f"{t['thing']} (with {t['given']})" for t in named) if named else ""
            told.append(f"{layer}: {shared:,} with {seeds:,} of them{gap}{what}")
        return " · ".join(told)


def reasons(study: Study, candidates: Ints, seeds: Ints, layers: Sequence[str] = ()) -> dict[int, Reason]:
    """The ties of candidates to given accounts, and what they share.

    Args:
        study: A study with pairs.
        candidates: Our numbers.
        seeds: The given accounts, our numbers.
        layers: Which layers; none: all.
    """
    found = {int(c): Reason() for c in candidates}
    ours, given = _listed(candidates), _listed(seeds)
    rows = study.rows(
        "select layer, source, target, shared, quickest from pairs "
        f"where (source in ({ours}) and target in ({given})) or (source in ({given}) and target in ({ours})) "
        "order by layer, source, target"
    ).to_pylist()
    _tie([r for r in rows if not layers or r["layer"] in layers], found)
    for layer in sorted({layer for reason in found.values() for layer in reason.layers}):
        _share(study, layer, found, given)
    return found


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(n)) for n in numbers) or "null"


def _tie(rows: Sequence[Mapping[str, Any]], found: dict[int, Reason]) -> None:
    held: dict[tuple[int, str], tuple[set[int], int, list[int]]] = {}
    for row in rows:
        ends = (row["source"], row["target"])
        for candidate, other in (ends, ends[::-1]):
            if candidate in found and other not in found:
                others, shared, gaps = held.get((candidate, row["layer"]), (set(), 0, []))
                gaps = gaps if row["quickest"] is None else [*gaps, int(row["quickest"])]
                held[candidate, row["layer"]] = ({*others, other}, shared + int(row["shared"]), gaps)
    for (candidate, layer), (others, shared, gaps) in held.items():
        found[candidate].seeds |= others
        found[candidate].layers[layer] = (len(others), shared, min(gaps) if gaps else None)


def _share(study: Study, layer: str, found: dict[int, Reason], given: str) -> None:
    """What the candidates tied in this layer share with given accounts, whatever the time between."""
    known = registry.find("layers").get(layer)
    of = getattr(known, "of", "")
    if known is None or known.directed or of not in ("objects", "accounts"):
        return
    shares = known().rows()
    ours = _listed(c for c, reason in found.items() if layer in reason.layers)
    rows = study.rows(
        "select c.account as account, c.object as object, count(distinct s.account) as given, "
        f"count(distinct c.post) as posts from (select account, object, post from ({shares}) a "
        f"where account in ({ours})) c join (select distinct account, object from ({shares}) b "
        f"where account in ({given})) s on c.object = s.object "
        "group by c.account, c.object order by account, given desc, posts desc, object"
    ).to_pylist()
    kept: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        if len(held := kept.setdefault(row["account"], [])) < LISTED:
            held.append(row)
    names = _names(study, of, {row["object"] for held in kept.values() for row in held})
    for candidate, held in kept.items():
        for row in held:
            kind, thing = names.get(row["object"], ("", str(row["object"])))
            found[candidate].things.append(
                {"layer": layer, "kind": kind, "thing": thing, "given": row["given"], "posts": row["posts"]}
            )


def _names(study: Study, of: str, numbers: set[Any]) -> dict[Any, tuple[str, str]]:
    """Kind and name of things that are objects or accounts; of others (texts) there is none."""
    wanted = _listed(sorted(n for n in numbers if isinstance(n, int)))
    if of == "accounts":
        rows = study.rows(f"select account, coalesce(name, id) as id from accounts where account in ({wanted})")
        return {r["account"]: ("account", "@" + show(r["id"], 60)) for r in rows.to_pylist()}
    rows = study.rows(f"select object, kind, id from objects where object in ({wanted})").to_pylist()
    words = _words(study, [r["object"] for r in rows if r["kind"] == "text"])
    return {r["object"]: (r["kind"], words.get(r["object"]) or show(r["id"], 80)) for r in rows}


def _words(study: Study, texts: Sequence[int]) -> dict[int, str]:
    """Texts are called by a digest: the words of the first post with each."""
    rows = study.rows(
        "select f.object as object, p.text as text from (select object, min(post) as post from actions "
        f"where kind = 'text' and object in ({_listed(texts)}) group by object) f join posts p on p.post = f.post"
    )
    return {r["object"]: f'"{show(r["text"], 60)}"' for r in rows.to_pylist() if r["text"]}
