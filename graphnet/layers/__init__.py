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

__all__ = ["CoAction", "Direct", "Layer", "shares"]


@dataclass(frozen=True)
class Layer(ABC):
    """What all layers have.

    Attributes:
        name: Name in tables, files and on the command line (``co_retweet``).
        title: What two tied accounts did, as words that fit "12 times …" ("retweeted the same post").
        directed: Whether source and target differ in role.
        needs: The actions it is made of, as words that fit "the study has no …".
    """

    name: ClassVar[str]
    title: ClassVar[str]
    directed: ClassVar[bool]
    needs: ClassVar[str]

    def missing(self, study: Study) -> str | None:
        """Why this layer cannot be made from this study ("it has no retweets"), or None."""
        return None if _any(study, self.rows()) else f"the study has no {self.needs}"

    def only_by_name(self, study: Study) -> str | None:
        """Why this layer is left out of this study unless it is asked for by name, or None."""
        del study
        return None

    @abstractmethod
    def rows(self) -> str:
        """SQL over the study's tables for the actions that count."""


@dataclass(frozen=True)
class CoAction(Layer):
    """Two accounts acted on the same objects.

    Args:
        window: Largest gap in seconds between the two, inclusive; None: any time.
        min_shared: Fewest shared objects (as counted by ``count``) for a pair to be kept.
        weight: ``count``: the shared objects; ``jaccard``: shared / objects of either (one that both shared, but never
            within the window, counts for each); ``tfidf``: cosine of the two accounts' objects weighted by
            ln(accounts / accounts of the object). The latter two are of ``objects``.
        count: ``objects``: distinct objects, each once whatever its repetitions (the default: an account repeating
            itself proves nothing); ``posts``: distinct posts of one that have a match by the other, the smaller of the
            two directions; ``rows``: pairs of rows, as CooRTweet counts.
        min_participation: Fewest shares of an account; those with fewer are left out before pairs are sought.

    Attributes:
        of: Where the numbers in ``object`` are explained: ``objects``, ``accounts``, ``clusters``, or nowhere (``""``).

    Raises:
        InputError: A parameter is out of range.
    """

    directed: ClassVar[bool] = False
    of: ClassVar[Literal["objects", "accounts", "clusters", ""]] = "objects"
    window: int | None = None
    min_shared: int = 2
    weight: Literal["count", "jaccard", "tfidf"] = "count"
    count: Literal["objects", "posts", "rows"] = "objects"
    min_participation: int = 1

    def __post_init__(self) -> None:
        if self.window is not None and self.window < 0:
            raise InputError(f"{self.name}: window is {self.window}, it has to be 0 seconds or more, or None")
        for field in ("min_shared", "min_participation"):
            if getattr(self, field) < 1:
                raise InputError(f"{self.name}: {field} is {getattr(self, field)}, it has to be 1 or more")
        for field, known in (("weight", ("count", "jaccard", "tfidf")), ("count", ("objects", "posts", "rows"))):
            if getattr(self, field) not in known:
                one = ", ".join(known)
                raise InputError(f"{self.name}: {field} is {getattr(self, field)!r}, it has to be one of {one}")
        if self.weight != "count" and self.count != "objects":
            raise InputError(
                f"{self.name}: weight {self.weight!r} is of objects; it cannot go with count {self.count!r}"
            )

    def missing(self, study: Study) -> str | None:
        """See `Layer.missing`; a window also needs times."""
        if self.window is None or _any(study, f"select 1 as one from ({self.rows()}) r where time is not null"):
            return super().missing(study)
        return super().missing(study) or (
            f"the study's {self.needs} have no times, which a window of {self.window} seconds needs. "
            f"Without a window: {self.name}:window=none"
        )

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

    Raises:
        InputError: ``min_shared`` is below 1.
    """

    directed: ClassVar[bool] = True
    kind: ClassVar[str]
    min_shared: int = 1

    def __post_init__(self) -> None:
        if self.min_shared < 1:
            raise InputError(f"{self.name}: min_shared is {self.min_shared}, it has to be 1 or more")

    def rows(self) -> str:
        """SQL for the actions: columns ``source, target, object, time, post, weight``."""
        return (
            "select account as source, target, object, time, post, weight from actions "
            f"where kind = '{self.kind}' and target is not null and target <> account"
        )


def shares(kind: str, what: str = "object") -> str:
    """SQL for the shares that are actions of one kind.

    Args:
        kind: Kind of action (see `graphnet.schema.KINDS`).
        what: The column that is shared: ``object`` or ``target``.
    """
    return f"select account, {what} as object, time, post from actions where kind = '{kind}' and {what} is not null"


def _any(study: Study, sql: str) -> bool:
    return bool(study.rows(f"select 1 as one from ({sql}) s limit 1").num_rows)


Base = Layer


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("layers", name)
