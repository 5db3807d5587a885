"""Posts of others that both sides pass on."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import DAY, chosen_alike, nothing_known
from graphnet.rows._common import NO_TIME, Things
from graphnet.rows._nulls import GROUPS

__all__ = ["SamePosts"]

KINDS = ("retweet", "quote", "share")


class SamePosts(Row):
    """Do both sides pass on the same posts of the same authors and days?

    Whom they amplify is their topic; which of an author's posts of one day they pick is not.
    """

    name: ClassVar[str] = "same_posts"
    title: ClassVar[str] = "the same posts of others passed on"
    family: ClassVar[str] = "amplified"
    null: ClassVar[str] = (
        "the larger of two: each side picks as many posts of every author and day as it did, with odds that follow how "
        f"many others picked them (Poisson); and {GROUPS}"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, a.common.things(*KINDS), "posts passed on")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = a.common.things(*KINDS)
        return chosen_alike(self, a, b, things, by_author_and_day(things), "posts")


def by_author_and_day(things: Things) -> np.ndarray:
    """A number for the author and the day of each thing; the day it was first seen where nobody knows its own."""
    seen = np.full(len(things.label), np.iinfo(np.int64).max)
    timed = things.time != NO_TIME
    np.minimum.at(seen, things.thing[timed], things.time[timed])
    when = np.where(things.created != NO_TIME, things.created, seen)
    day = np.where((when == NO_TIME) | (when == np.iinfo(np.int64).max), -1, when // DAY)
    _, cell = np.unique(np.stack([things.author, day]), axis=1, return_inverse=True)
    return np.asarray(cell).ravel()
