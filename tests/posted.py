"""Writes small studies post by post, as the reader would make them: texts, hashtags, links, retweets, follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from small_study import shuffled, small_study

from graphnet.controls import communities
from graphnet.explanations import Clue, support
from graphnet.explanations._facts import Facts
from graphnet.study import Study

START = 1_699_920_000 - 86400
"""Midnight UTC of a Monday."""
HOUR, DAY = 3600, 86400


class Posted:
    """Collects what accounts do; `study` makes the study."""

    def __init__(self) -> None:
        self.actions: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}

    def object(self, kind: str, name: str, author: int | None = None) -> int:
        held = self.objects.setdefault(
            (kind, name), {"object": len(self.objects), "kind": kind, "id": name, "author": author}
        )
        return held["object"]

    def act(self, account: int, kind: str, time: int | None, **more: Any) -> None:
        self.actions.append({"account": account, "kind": kind, "time": time, "weight": 1.0, **more})

    def post(
        self,
        account: int,
        time: int | None,
        text: str | None = None,
        *,
        tags: Sequence[str] = (),
        link: str | None = None,
        client: str | None = None,
    ) -> None:
        number = len(self.posts)
        self.posts.append(
            {
                "post": number, "id": f"p{number}", "account": account, "time": time, "text": text,
                "client": client, "repost": False,
            }
        )  # fmt: skip
        said = [("text", text), *(("hashtag", tag) for tag in tags), ("link", link)]
        for kind, name in said:
            if name is not None:
                self.act(account, kind, time, object=self.object(kind, name), post=number)

    def retweet(self, account: int, time: int | None, of: str, author: int) -> None:
        self.act(account, "retweet", time, object=self.object("post", of, author), target=author)

    def study(
        self,
        folder: Path,
        people: int | Iterable[Mapping[str, Any]],
        groups: Mapping[int, Iterable[int]],
        order: int = 0,
    ) -> Study:
        """The study; ``order`` above 0: with all rows in another order."""
        rows: dict[str, list[Any]] = {
            "actions": self.actions, "posts": self.posts, "objects": list(self.objects.values()),
        }  # fmt: skip
        held = {name: shuffled(some, order) if order else some for name, some in rows.items()}
        return small_study(folder, people, groups=groups, **held)


class Weighed:
    """One explanation for one study: ``support`` and the clues' ``speaks`` and ``words`` by community."""

    def __init__(self, study: Study, explanation: Any) -> None:
        groups = communities(study)
        width = study.rows("select count(*) as n from accounts")["n"][0].as_py()
        self.clues: list[Clue] = list(explanation.clues(Facts(study, groups, width)))
        self.place = {int(c): i for i, c in enumerate(groups.label)}
        figures = support(self.clues)
        self.support = {c: None if np.isnan(figures[i]) else float(figures[i]) for c, i in self.place.items()}

    def clue(self, words: str, community: int = 1) -> float | None:
        """What the clue says whose sentence has these words."""
        place = self.place[community]
        found = [clue for clue in self.clues if words in clue.words[place]]
        assert len(found) == 1, f"{len(found)} clues say {words!r}: {self.words(community)}"
        speaks = float(found[0].speaks[place])
        return None if np.isnan(speaks) else speaks

    def words(self, community: int = 1) -> list[str]:
        return [clue.words[self.place[community]] for clue in self.clues]
