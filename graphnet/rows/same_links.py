"""Links that both sides post."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlsplit

import numpy as np

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import DAY, chosen_alike, nothing_known
from graphnet.rows._common import NO_TIME, Things
from graphnet.rows._nulls import GROUPS

__all__ = ["SameLinks"]


class SameLinks(Row):
    """Do both sides post the same links of the same sites and weeks?

    Which sites they read is their topic; which of a site's pages of one week they pick is not.
    """

    name: ClassVar[str] = "same_links"
    title: ClassVar[str] = "the same links in own posts"
    family: ClassVar[str] = "written"
    null: ClassVar[str] = (
        "the larger of two: each side picks as many links of every site and week as it did, with odds that follow how "
        f"many others picked them (Poisson); and {GROUPS}"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, a.common.things("link", written=True), "links in own posts")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = a.common.things("link", written=True)
        return chosen_alike(self, a, b, things, by_site_and_week(things), "links")


def by_site_and_week(things: Things) -> np.ndarray:
    """A number for the site of each link and the week in which it was first seen."""
    _, site = np.unique(np.array([_site(label) for label in things.label], dtype=str), return_inverse=True)
    seen = np.full(len(things.label), np.iinfo(np.int64).max)
    timed = things.time != NO_TIME
    np.minimum.at(seen, things.thing[timed], things.time[timed])
    week = np.where(seen == np.iinfo(np.int64).max, -1, seen // (7 * DAY))
    _, cell = np.unique(np.stack([site, week]), axis=1, return_inverse=True)
    return np.asarray(cell).ravel()


def _site(label: str) -> str:
    """The site of a link; links that are only numbered are all of one site."""
    link = label.partition(" ")[2]
    try:
        return urlsplit(link).netloc or (link.partition("/")[0] if "/" in link else "")
    except ValueError:
        return ""
