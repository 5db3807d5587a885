"""Share buttons, apps that post for their users, and phrases that everybody uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.explanations import Benign, Clue, lean, share
from graphnet.explanations._facts import Facts
from graphnet.safe import show
from graphnet.words import count, percent

__all__ = ["AutoShare"]

ENOUGH = 100
"""Fewest accounts elsewhere by which a text can be called common or not."""
FEW = 5
"""A text of no more accounts elsewhere is not common, however few there are."""


@dataclass(frozen=True)
class AutoShare(Benign):
    """The words were written by nobody: share buttons, quiz and follower apps, greetings and quotations.

    Args:
        common: A text used by more than this share of the accounts elsewhere that write at all is common.
    """

    name: ClassVar[str] = "auto_share"
    title: ClassVar[str] = "a share button, an app, or common phrases"
    common: float = 0.01

    def clues(self, facts: Facts) -> Iterator[Clue]:
        """See `Benign.clues`."""
        yield self._common(facts)
        yield _links(facts)
        yield _client(facts)

    def _common(self, facts: Facts) -> Clue:
        texts = facts.things.of("text")
        writers = int((facts.doing["text"][facts.elsewhere] > 0).sum())
        used = texts.elsewhere > max(FEW, self.common * writers)
        number, of = facts.add(texts.group[used]), facts.add(texts.group)
        part = share(facts.add(texts.group, texts.weight * used), facts.add(texts.group, texts.weight))
        if writers < ENOUGH:
            return Clue.of("core", part * np.nan, str, f"only {count(writers, 'account')} elsewhere write")
        return Clue.of(
            "core",
            lean(part, 0.1, 0.5),
            lambda i: (
                f"{number[i]:,.0f} of {count(int(of[i]), 'shared text')} ({percent(part[i])} of the pairs they tie) "
                f"used by more than {percent(self.common)} of the accounts elsewhere"
            ),
            "no two members share a text",
        )


def _links(facts: Facts) -> Clue:
    links, posts = facts.add(facts.texts.group, facts.texts.link * 1.0), facts.add(facts.texts.group)
    return Clue.of(
        "sign",
        np.maximum(lean(share(links, posts), 0.2, 0.8), 0),
        lambda i: f"{links[i]:,.0f} of {count(int(posts[i]), 'post')} with a shared text carry a link, as buttons do",
        "no two members share a text",
    )  # a greeting has no link: that there are none says nothing


def _client(facts: Facts) -> Clue:
    known = facts.texts.take(facts.texts.client >= 0)
    client, most = facts.leading(known.group, known.client, np.ones(len(known.group)))
    posts = facts.add(known.group)
    usual = facts.clients.elsewhere(client)
    # everybody's favourite program says nothing
    speaks = np.where(usual > 0.5, np.nan, np.maximum(lean(share(most, posts), 0.5, 0.9), 0))
    return Clue.of(
        "sign",
        speaks,
        lambda i: (
            f"{percent(most[i] / posts[i])} of these posts were made with {show(facts.clients.names[client[i]], 40)}"
            + ("" if np.isnan(usual[i]) else f", mostly used by {percent(usual[i])} of the accounts elsewhere")
        ),
        lambda i: "no programs in this data" if not posts[i] else "most accounts elsewhere use the same program",
    )
