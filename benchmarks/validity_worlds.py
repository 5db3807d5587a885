"""The worlds of the validation: ordinary crowds with one habit at a time, and planted groups from easy to hard.

Example:
    >>> ORGANIC["newsroom"].chain, ORGANIC["fandoms"].chain
    (12, 0)
    >>> sum(len(world.groups) for world in PLANTED.values())
    207
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import Literal

import numpy as np

from graphnet.simulate import Group, World
from graphnet.simulate.dice import Dice

__all__ = ["OPEN", "ORGANIC", "PLANTED", "grid", "others"]

Seeds = Literal["own", "authors", "author"]

PLAIN = World(
    accounts=1200, days=14, pace=4.0, fandoms=5, authors=10, celebrities=8, outlets=4, news=0, fans=0, chain=0, storm=0,
    part_time=0.0, hostile=False,
)  # fmt: skip
"""Fandoms in their time zones, celebrities, people who sleep: what all worlds have."""

ORGANIC = {
    "fandoms": PLAIN,
    "breaking news": replace(PLAIN, news=28, news_share=0.25),
    "part-time accounts": replace(PLAIN, part_time=0.8),
    # two of three posts are passed over
    "hidden sub-topics": replace(PLAIN, topics=3, pace=10.0),
    "notification fans": replace(PLAIN, fans=96),
    "readers of a digest": replace(PLAIN, digest=0.2),
    "tweetstorm": replace(PLAIN, storm=150),
    "newsroom": replace(PLAIN, chain=12),
    "engagement pods": replace(PLAIN, pods=60),
    "all of these": replace(
        PLAIN, news=28, news_share=0.25, part_time=0.4, topics=3, pace=10.0, fans=48, storm=100, chain=12, pods=36
    ),
}
"""Worlds in which nobody coordinates in secret."""
OPEN = {"chain": ("newsroom", "team"), "storm": ("campaign",), "pod": ("pod",)}
"""What people who agree on something in the open may rightly be called: role -> benign explanations."""

CROWD = replace(PLAIN, news=8, news_share=0.15, part_time=0.25, fans=24, chain=4, storm=60)
"""The crowd among which groups are planted."""
TOGETHER = 20
"""Operations that two average members of a group have in common."""
ATTACK = {"retweet": 0.5, "post": 0.25, "link": 0.25}


def _group(
    name: str, size: int, window: int, cover: float, participation: float, seeds: Seeds = "authors", mixed: bool = False
) -> Group:
    return Group(
        f"{name} {size}x{window}s c{cover:g} p{participation:g}",
        size=size,
        window=window,
        cover=cover,
        participation=participation,
        operations=math.ceil(TOGETHER / participation**2),
        seeds=seeds,
        acts=ATTACK if mixed else {"retweet": 1.0},
    )


def grid() -> list[Group]:
    """All combinations of size, window, cover traffic and participation: retweets of posts that are popular anyway."""
    return [
        _group("grid", *values)
        for values in product((5, 10, 20, 40), (10, 60, 300, 3600, 14_400), (0.0, 3.0, 20.0), (0.3, 0.6, 0.9))
    ]


def others() -> list[Group]:
    """Groups that retweet their own posts, that spread texts and links as well, and that follow one author."""
    shapes = list(product((10, 20, 40), (60, 300, 3600)))
    own = [_group("own", size, window, 3.0, 0.6, "own") for size, window in shapes]
    mixed = [_group("mixed", size, window, 3.0, 0.6, mixed=True) for size, window in shapes]
    return own + mixed + [_group("author", size, window, 3.0, 0.6, "author") for size, window in shapes]


def _dealt(groups: list[Group], each: int, name: str) -> dict[str, World]:
    """Worlds of ``each`` groups, shuffled so that no world has only hard ones."""
    order = Dice(1, name).sample(np.arange(len(groups)), len(groups)).tolist()
    dealt = [tuple(groups[i] for i in order[first : first + each]) for first in range(0, len(order), each)]
    return {f"{name} {n:02d}": replace(CROWD, groups=some) for n, some in enumerate(dealt, start=1)}


PLANTED = _dealt(grid(), 6, "planted") | _dealt(others(), 3, "other")
"""Worlds with groups."""
