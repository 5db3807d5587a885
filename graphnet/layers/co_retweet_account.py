"""Two accounts retweeted the same accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from graphnet.layers import CoAction, shares
from graphnet.study import Study

__all__ = ["CoRetweetAccount"]


@dataclass(frozen=True)
class CoRetweetAccount(CoAction):
    """Two accounts retweeted the same accounts.

    For edge lists that say who retweeted whom but not which post. Fans share authors, so this is weak evidence: five
    common authors by default, and where posts and times are known the layer is made by name only.
    """

    name: ClassVar[str] = "co_retweet_account"
    title: ClassVar[str] = "retweeted the same account"
    needs: ClassVar[str] = "retweets whose original author is known"
    of: ClassVar[Literal["objects", "accounts", ""]] = "accounts"
    window: int | None = None
    min_shared: int = 5

    def only_by_name(self, study: Study) -> str | None:
        """See `Layer.only_by_name`."""
        known = study.rows(f"select 1 as one from ({shares('retweet')}) s where time is not null limit 1").num_rows
        return "which posts were retweeted is known, so co_retweet says more" if known else None

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("retweet", "target")
