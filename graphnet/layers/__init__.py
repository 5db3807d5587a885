"""Layers: ways of acting together, one a file.

A `CoAction` layer ties two accounts that acted on the same objects; its subclass says in SQL which shares count. A
`Direct` layer ties an account to the accounts it acted upon. To add a layer, add a file with one subclass; see
CONTRIBUTING.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from graphnet import registry
from graphnet.errors import InputError
from graphnet.study import Study

__all__ = ["CoAction", "Direct", "Layer"]


@dataclass(frozen=True)
class Layer(ABC):
    """What all layers have.

    Attributes:
        name: Name in tables, files and on the command line (``co_retweet``).
        title: What two tied accounts did, as words that fit "12 times …" ("retweeted the same post").
        directed: Whether source and target differ in role.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    directed: ClassVar[bool]

    def missing(self, study: Study) -> str | None:
        """Why this layer cannot be made from this study ("it has no retweets"), or None."""
        return None if study.rows(f"select 1 from ({self.rows()}) limit 1").num_rows else "the study has no such actions"

    @abstractmethod
    def rows(self) -> str:
        """SQL over the study's tables for the actions that count."""


@dataclass(frozen=True)
class CoAction(Layer):
    """Two accounts acted on the same objects.

    Args:
        window: Largest gap in seconds between the two, inclusive; None: any time.
        min_shared: Fewest shared objects (as counted by ``count``) for a pair to be kept.
        weight: ``count``: the shared objects; ``jaccard``: shared / objects of either; ``tfidf``: cosine of the two
            accounts' objects weighted by ln(accounts / accounts of the object).
        count: ``objects``: distinct objects, each once whatever its repetitions (the default: an account repeating
            itself proves nothing); ``posts``: distinct posts of one that have a match by the other, the smaller of the
            two directions; ``rows``: pairs of rows, as CooRTweet counts.

    Raises:
        InputError: A parameter is out of range.
    """

    directed: ClassVar[bool] = False
    window: int | None = None
    min_shared: int = 2
    weight: Literal["count", "jaccard", "tfidf"] = "count"
    count: Literal["objects", "posts", "rows"] = "objects"

    def __post_init__(self) -> None:
        if self.window is not None and self.window < 0:
            raise InputError(f"{self.name}: window is {self.window}, it has to be 0 seconds or more, or None")
        if self.min_shared < 1:
            raise InputError(f"{self.name}: min_shared is {self.min_shared}, it has to be 1 or more")
        for field, known in (("weight", ("count", "jaccard", "tfidf")), ("count", ("objects", "posts", "rows"))):
            if getattr(self, field) not in known:
                raise InputError(f"{self.name}: {field} is {getattr(self, field)!r}, it has to be one of {', '.join(known)}")

    @abstractmethod
    def rows(self) -> str:
        """SQL for the shares: columns ``account, object, time, post``, one row a share.

        ``object`` may be an integer or a text, ``time`` and ``post`` may be null.
        """


@dataclass(frozen=True)
class Direct(Layer):
    """One account acted upon another.

    Args:
        min_shared: Fewest actions (summed weights) for a pair to be kept.
    """

    directed: ClassVar[bool] = True
    kind: ClassVar[str]
    min_shared: int = 1

    def rows(self) -> str:
        """SQL for the actions: columns ``source, target, time, post, weight``."""
        return (
            "select account as source, target, time, post, weight from actions "
            f"where kind = '{self.kind}' and target is not null and target <> account"
        )


Base = Layer


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("layers", name)
