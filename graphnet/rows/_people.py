"""Accounts of two sides that may belong to one person although their ids differ: told one by one, merged never.

Graded: a handle in common is *possible*; a description word for word, or the link in it, is *weak*, since texts and
links are copied. Only what exactly one account of each side has is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.rows.shared_handles import linked

if TYPE_CHECKING:
    from graphnet.rows import Side

__all__ = ["possible"]

LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']+|\b[\w-]+\.(?:com|org|net|info|me|io|ir|de|uk|ru|il)/[^\s<>\"']+", re.I
)
SHORTEST = 20


def possible(a: Side, b: Side) -> list[dict[str, Any]]:
    """Pairs of accounts, one of each side, that have something of one person in common."""
    pairs = linked(a.common, a.place, b.place)
    rows = pairs[np.isin(pairs[:, 0], a.member) & np.isin(pairs[:, 1], b.member)].tolist()
    found = [_row(a, i, j, "handle", "possible", a.common.row(i)["name"]) for i, j in rows]
    for by, of in (("description", _texts), ("link in the description", _links)):
        one, two = _by_value(of(a)), _by_value(of(b))
        alone = sorted(v for v in one.keys() & two.keys() if len(one[v]) == len(two[v]) == 1)
        ends = [(min(one[v]), min(two[v]), v) for v in alone]
        found += [_row(a, i, j, by, "weak", v) for i, j, v in ends if a.common.same[i] != a.common.same[j]]
    return found


def _row(a: Side, i: int, j: int, by: str, certainty: str, value: str | None) -> dict[str, Any]:
    one, two = a.common.row(i), a.common.row(j)
    return {
        "account": one["account"], "name": one["name"], "other_account": two["account"], "other_name": two["name"],
        "by": by, "certainty": certainty, "value": value,
    }  # fmt: skip


def _by_value(pairs: Iterator[tuple[int, str]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for account, value in pairs:
        found[value].add(account)
    return found


def _texts(side: Side) -> Iterator[tuple[int, str]]:
    described = side.common.profile("description", side.place)
    for account in side.member.tolist():
        text = " ".join((described[account - side.common.start[side.place]] or "").casefold().split())
        if len(text) >= SHORTEST:
            yield account, text


def _links(side: Side) -> Iterator[tuple[int, str]]:
    described = side.common.profile("description", side.place)
    for account in side.member.tolist():
        text = described[account - side.common.start[side.place]] or ""
        yield from ((account, link.casefold().rstrip("/.,)")) for link in set(LINK.findall(text)))
