"""DISARM technique ids for the ways of acting together: "behaviour consistent with", never a verdict.

The DISARM Framework is published by the DISARM Foundation under CC-BY-SA 4.0
(https://github.com/DISARMFoundation/DISARMframeworks). This table holds ids and names of the techniques used here, as
its generated pages have them; commit 49df5f6 for T0015.001 and T0118, 1da43f7 for T0049.003 and T0092.002, 5409c8c for
T0084.001.

Example:
    >>> [t.id for t in techniques(["co_retweet", "near_text"])]
    ['T0084.001', 'T0118']
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["SOURCE", "Technique", "techniques"]

SOURCE = "DISARM"


@dataclass(frozen=True)
class Technique:
    """One technique.

    Attributes:
        id: Its id in the framework.
        name: Its name there.
        layers: Layers whose ties beyond chance are behaviour consistent with it.
    """

    id: str
    name: str
    layers: frozenset[str]


KNOWN = (
    Technique("T0015.001", "Use Existing Hashtag", frozenset({"co_hashtag"})),
    Technique(
        "T0049.003", "Bots Amplify via Automated Forwarding and Reposting", frozenset({"fast_retweet"})
    ),
    Technique("T0084.001", "Use Copypasta", frozenset({"same_text", "near_text"})),
    Technique("T0092.002", "Follow Trains", frozenset({"co_follow", "co_follower"})),
    Technique("T0118", "Amplify Existing Narrative", frozenset({"co_retweet", "co_link", "co_domain", "co_quote"})),
)  # fmt: skip


def techniques(layers: Iterable[str]) -> list[Technique]:
    """The techniques that acting together in these layers is consistent with, by id."""
    given = set(layers)
    return [t for t in KNOWN if t.layers & given]
