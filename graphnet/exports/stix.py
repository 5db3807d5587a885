"""STIX 2.1: accounts, their ties and groups as a bundle for threat intelligence platforms."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from graphnet import disarm
from graphnet.errors import InputError
from graphnet.exports import Export, keys, records
from graphnet.graph import Graph
from graphnet.words import count, iso

__all__ = ["STIX"]

SPACE = uuid.UUID("6b1a2f5e-8f0c-5b57-9a51-3f1c6f4d2a10")
"""Namespace of the ids: the same graph gives the same bundle."""
CAUTION = (
    "Groups at level L2 and L3 are suspected of acting together beyond what chance, shared interest and breaking news "
    "explain; nothing here says who runs an account, or why. Techniques are behaviour consistent with, not attribution."
)


@dataclass(frozen=True)
class STIX(Export):
    """A STIX 2.1 bundle: a user-account an account, a relationship a tie, a grouping a community.

    Communities of level L2 that nothing harmless explains as well, and those of level L3, also refer to the DISARM
    techniques that their layers are consistent with. The bundle carries the time of the newest act as its date, so the
    same study gives the same bytes. Needs the package ``stix2`` (``pip install "graphnet-analyzer[stix]"``).
    """

    name: ClassVar[str] = "stix"
    title: ClassVar[str] = "STIX 2.1 bundle with DISARM techniques, for threat intelligence platforms"
    suffixes: ClassVar[tuple[str, ...]] = (".stix", ".stix.json")
    timed: ClassVar[bool] = True

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        stix2 = _library()
        bundle = stix2.Bundle(objects=list(_objects(stix2, graph)), id=_id("bundle", "bundle"), allow_custom=False)
        files[0].write_text(bundle.serialize(indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")


def _library() -> Any:
    try:
        import stix2  # noqa: PLC0415  (an extra: only this export needs it)
    except ImportError:
        raise InputError('STIX needs the package stix2. Install it: pip install "graphnet-analyzer[stix]"') from None
    return stix2


def _id(kind: str, name: str) -> str:
    return f"{kind}--{uuid.uuid5(SPACE, f'{kind} {name}')}"


def _objects(stix2: Any, graph: Graph) -> Iterator[Any]:
    nodes, edges = list(records(graph.nodes, but=[])), list(records(graph.edges, but=["source", "target"]))
    newest = max((e["last"] for e in edges if "last" in e), default=0)
    # STIX wants a date on everything; the data's own is the only one that does not change from run to run
    dated = {"created": iso(newest), "modified": iso(newest)}
    author = stix2.Identity(
        id=_id("identity", "graphnet"), name="graphnet", identity_class="system", description=CAUTION, **dated
    )
    yield author
    dated["created_by_ref"] = author.id
    accounts = [
        stix2.UserAccount(user_id=key, **({"account_login": row["name"]} if row.get("name") else {}))
        for key, row in zip(keys(graph), nodes, strict=True)
    ]
    yield from accounts
    for (a, b), row in zip(graph.ends.tolist(), edges, strict=True):
        yield _tie(stix2, accounts[a].id, accounts[b].id, row, dated)
    yield from _groups(stix2, graph, nodes, edges, [a.id for a in accounts], dated)


def _tie(stix2: Any, source: str, target: str, row: dict[str, Any], dated: dict[str, Any]) -> Any:
    # STIX wants the end after the beginning
    times = {"start_time": iso(row["first"]), "stop_time": iso(row["last"] + 1)} if "first" in row else {}
    said = (
        f"{row.get('layers', '').replace('+', ', ')}: {count(row['shared'], 'thing')} shared" if "shared" in row else ""
    )
    return stix2.Relationship(
        id=_id("relationship", f"{source} {target}"), relationship_type="related-to", source_ref=source,
        target_ref=target, **({"description": said} if said else {}), **times, **dated,
    )  # fmt: skip


def _groups(
    stix2: Any, graph: Graph, nodes: list[dict[str, Any]], edges: list[dict[str, Any]], ids: list[str], dated: Any
) -> Iterator[Any]:
    """A grouping a community, and the techniques that the suspected ones refer to."""
    of = [row.get("community", 0) for row in nodes]
    patterns: dict[str, Any] = {}
    for number in sorted({c for c in of if c}):
        members = [i for i, c in enumerate(of) if c == number]
        level, benign = (nodes[members[0]].get(name, "") for name in ("level", "benign"))
        # what something harmless explains as well is passed on as suspected only after somebody has looked at it
        suspected = level == "L3" or (level == "L2" and not benign)
        inside = [e for (a, b), e in zip(graph.ends.tolist(), edges, strict=True) if of[a] == of[b] == number]
        used = disarm.techniques({name for e in inside for name in e.get("layers", "").split("+")})
        fitting = used if suspected else []
        patterns |= {t.id: _pattern(stix2, t, dated) for t in fitting if t.id not in patterns}
        yield stix2.Grouping(
            id=_id("grouping", f"C{number}"), name=f"C{number}, {_standing(level, benign)}",
            context="suspicious-activity" if suspected else "unspecified",
            object_refs=sorted({ids[i] for i in members}) + [patterns[t.id].id for t in fitting], **dated,
        )  # fmt: skip
    yield from patterns.values()


def _standing(level: str, benign: str) -> str:
    words = {"L0": "not suspected", "L1": "candidate", "L2": "suspected", "L3": "suspected, reviewed"}
    standing = f"{level} {words[level]}" if level in words else "not judged"
    return f"{standing}; fits as well: {benign}" if benign else standing


def _pattern(stix2: Any, technique: disarm.Technique, dated: dict[str, Any]) -> Any:
    return stix2.AttackPattern(
        id=_id("attack-pattern", technique.id), name=technique.name,
        description="Behaviour consistent with this technique; not an attribution.",
        external_references=[{"source_name": disarm.SOURCE, "external_id": technique.id}], **dated,
    )  # fmt: skip
