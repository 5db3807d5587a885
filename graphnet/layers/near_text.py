"""Two accounts posted nearly the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from graphnet.layers import CoAction
from graphnet.study import Study

__all__ = ["NearText"]

EVERYBODY = "common"
"""The template that is left to the nulls: how popular a thing is, they allow for."""


@dataclass(frozen=True)
class NearText(CoAction):
    """Two accounts wrote posts of the same clusters of near-identical texts (see `graphnet.match`).

    A word changed, an emoji added, another link: copies still. There is no window by default, as copies spread over
    days; with one, only copies that follow each other within it count. Two different clusters, since one may be a
    quotation or a song. What share buttons and programs write, and open campaigns, is left out.

    Args:
        reworded: Count copies, too, that have the words in another order. What is alike in meaning only never counts.
    """

    name: ClassVar[str] = "near_text"
    title: ClassVar[str] = "posted nearly the same words"
    needs: ClassVar[str] = "posts that say nearly the same as another account's"
    of: ClassVar[Literal["objects", "accounts", "clusters", ""]] = "clusters"
    window: int | None = None
    min_shared: int = 2
    reworded: bool = False

    def missing(self, study: Study) -> str | None:
        """See `CoAction.missing`; the texts have to be matched first."""
        if study.has("copies"):
            found = study.rows(f"select 1 as one from ({self._copied()}) c limit 1").num_rows
            return super().missing(study) if found else f"the study has no {self.needs}"
        if study.rows("select 1 as one from posts where text is not null limit 1").num_rows:
            return f"the study's texts are not matched yet; run: graphnet match {study.path}"
        return f"the study has no {self.needs}"

    def rows(self) -> str:
        """See `CoAction.rows`.

        Who and when is told by the actions, so that it holds where these are shuffled. A text that is near no other is
        a thing of its own (numbered after the clusters): who writes much that nobody copies is known by that.
        """
        return (
            "select a.account, coalesce(c.cluster, a.object + n.clusters) as object, a.time, a.post from actions a "
            "cross join (select coalesce(max(cluster), 0) + 1 as clusters from clusters) n "
            f"left join ({self._copied()}) c on c.post = a.post "
            "left join (select e.post from copies e join clusters k on k.cluster = e.cluster "
            f"where coalesce(k.template, '{EVERYBODY}') <> '{EVERYBODY}') t on t.post = a.post "
            "where a.kind = 'text' and a.object is not null and t.post is null"
        )

    def _copied(self) -> str:
        softer = ", 'reworded'" if self.reworded else ""
        return (
            "select e.post, e.cluster from copies e join clusters k on k.cluster = e.cluster "
            f"where coalesce(k.template, '{EVERYBODY}') = '{EVERYBODY}' and e.how in ('same', 'near'{softer})"
        )
