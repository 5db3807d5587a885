"""Posts of members that repeat another member's words, and who wrote them first.

Words are compared as the study's ``text`` objects compare them (the text after normalisation). Posts that repeat
another post by the platform's own button are left out: their words are not the account's.

A text used by more than 1 % of the accounts that are in no community (and by more than five of them) is a *common
phrase* - a greeting, a quotation, a share button - and is not counted as evidence. Members are left out of that count:
a group of forty who copy one text must not make it common by doing so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers, incidence, table_arrays
from graphnet.safe import show
from graphnet.signals import EVIDENCE, Finding, Signal, look_up
from graphnet.study import Study
from graphnet.words import count, iso, percent

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["NearIdentical"]

FEW = 5
"""Evidence rows an account: its posts are a click away."""
ENOUGH = 100
"""Fewest accounts in no community by which a phrase can be called common or not."""
SHOWN = 10
"""Posts and accounts named in one row of evidence."""


@dataclass(frozen=True)
class Texts:
    """Own posts with words: how many each account has, and those whose words another account used too.

    Attributes:
        study: Where posts and names are looked up.
        total: Own posts with words of each account.
        account, text, post, time: One row a post, sorted by text, time (unknown ones last) and post; ``text`` is a
            column of ``posts``, ``post`` and ``time`` are -1 where unknown.
        object: Our number of each text.
        common: Whether each text is a common phrase.
        outside: How many accounts are in no community.
    """

    study: Study
    total: Ints
    account: Ints
    text: Ints
    post: Ints
    time: Ints
    object: Ints
    common: Flags
    outside: int

    @cached_property
    def posts(self) -> csr_array:
        """Posts by account and text, common phrases left out."""
        kept = ~self.common[self.text]
        return incidence(self.account[kept], self.text[kept], (len(self.total), len(self.object)))


@dataclass(frozen=True)
class Clusters:
    """Texts that two members or more of one community used; they are the runs ``start`` … of ``row``.

    Attributes:
        row: Rows of `Texts` that belong to some cluster, cluster by cluster.
        start: Where each cluster starts; one longer than their number.
        group: Place of the community of each cluster.
        text: The text of each cluster.
        members: Members who used it.
        common: Whether it is a common phrase.
    """

    row: Ints
    start: Ints
    group: Ints
    text: Ints
    members: Ints
    common: Flags


@dataclass(frozen=True)
class NearIdentical(Signal[Texts]):
    """Share of the members' own posts that repeat another member's words.

    The value of an account is the share of its own posts that repeat another member's.

    Args:
        kind: The kind of action whose object stands for the words.
        common: Share of the accounts in no community above which a text is a common phrase.
    """

    name: ClassVar[str] = "near_identical"
    title: ClassVar[str] = "repeating each other's words"
    unit: ClassVar[str] = "share of posts"
    kind: str = "text"
    common: float = 0.01

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        found = study.rows(f"select 1 from ({self._own()}) limit 1").num_rows
        return None if found else "the study has no accounts' own words"

    def load(self, study: Study, outside: Flags) -> Texts:
        """See `Signal.load`."""
        own = study.rows(f"select account, count(*) as n from ({self._own()}) group by account")
        total = np.zeros(len(outside), dtype=np.int64)
        total[own["account"].to_numpy()] = own["n"].to_numpy()
        rows = study.rows(
            f"with own as ({self._own()}), shared as ("
            "select object from own group by object having count(distinct account) > 1) "
            "select o.account, o.object, coalesce(o.post, -1) as post, coalesce(o.time, -1) as time "
            "from own o join shared s on s.object = o.object"
        )
        account, things, post, time = (rows[n].to_numpy() for n in ("account", "object", "post", "time"))
        order = np.lexsort((account, post, time, time < 0, things))
        objects, text = np.unique(things[order], return_inverse=True)
        common = _common(account[order], text, len(objects), outside, self.common)
        return Texts(study, total, account[order], text, post[order], time[order], objects, common, int(outside.sum()))

    def _own(self) -> str:
        kind = self.kind.replace("'", "''")
        return (
            "select distinct a.account, a.object, a.post, coalesce(p.time, a.time) as time "
            "from actions a left join posts p on p.post = a.post "
            f"where a.kind = '{kind}' and a.object is not null and not coalesce(p.repost, false)"
        )

    def statistic(self, data: Texts, crowds: Crowds) -> Numbers:
        """Posts whose text another of the group used, over all own posts of the group."""
        from graphnet.kernels.crowd_sums import repeated  # noqa: PLC0415  (numba, half a second)

        posts = repeated(crowds.start, crowds.account, *table_arrays(data.posts))
        total = crowds.total(data.total)
        writing = crowds.total((data.total > 0).astype(np.int64))
        return np.where(writing > 1, posts / np.maximum(total, 1), np.nan)

    def communities(self, data: Texts, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`."""
        clusters = _clusters(data, groups)
        best = _best(clusters, len(groups))
        rows = _evidence(data, clusters, np.concatenate([*best, np.zeros(0, np.int64)]).astype(np.int64))
        bounds = np.searchsorted(clusters.group, np.arange(len(groups) + 1))
        for i, value in enumerate(values):
            mine = np.arange(bounds[i], bounds[i + 1])
            counted = mine[~clusters.common[mine]]
            found = [rows[c] for c in best[i].tolist()]
            reason = self._reason(data, groups.members(i), value, clusters, counted)
            reason += _phrases(len(mine) - len(counted), data.outside) if len(mine) else ""
            yield self.of_community(int(groups.label[i]), value, reason, found)

    def _reason(self, data: Texts, members: Ints, value: float, clusters: Clusters, counted: Ints) -> str:
        total = int(data.total[members].sum())
        if np.isnan(value):
            return "insufficient data: fewer than two members wrote words of their own"
        if not len(counted):
            return f"none of the {total:,} own posts repeats another member's words"
        posts = int((clusters.start[counted + 1] - clusters.start[counted]).sum())
        largest = int(clusters.members[counted].max())
        start = f"{posts:,} of {total:,} own posts ({percent(value)}) repeat another member's words"
        texts = f"{count(len(counted), 'text')} in all, the most used one by {largest:,} of {len(members):,} members"
        return f"{start}: {texts}{_leader(data, clusters, counted)}"

    def accounts(self, data: Texts, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`."""
        clusters = _clusters(data, groups)
        cluster = np.repeat(np.arange(len(clusters.text)), np.diff(clusters.start))
        kept = ~clusters.common[cluster]
        account, cluster, row = data.account[clusters.row[kept]], cluster[kept], clusters.row[kept]
        order = np.lexsort((row, cluster, -clusters.members[cluster], account))
        account, cluster, row = account[order], cluster[order], row[order]
        bounds = np.searchsorted(account, np.stack([groups.account, groups.account + 1]))
        shown = _few(data, clusters, cluster, row, bounds)
        first = data.account[clusters.row[clusters.start[:-1]]]
        for i, who in enumerate(groups.account.tolist()):
            mine = cluster[bounds[0, i] : bounds[1, i]]
            yield self._account(data, who, mine, int((first[np.unique(mine)] == who).sum()), shown[i])

    def _account(self, data: Texts, who: int, mine: Ints, first: int, rows: list[dict[str, Any]]) -> Finding:
        total = int(data.total[who])
        if not total:
            return self.of_account(who, np.nan, "insufficient data: it wrote no words of its own")
        if not len(mine):
            return self.of_account(who, 0.0, f"none of its {count(total, 'own post')} repeats another member's words")
        texts = len(np.unique(mine))
        reason = (
            f"{len(mine):,} of its {count(total, 'own post')} repeat another member's words; "
            f"it was the first of the group with {first:,} of these {count(texts, 'text')}"
        )
        return self.of_account(who, len(mine) / total, reason, rows)


def _common(account: Ints, text: Ints, texts: int, outside: Flags, share: float) -> Any:
    """Which texts too many of the accounts in no community use."""
    pairs = np.unique(np.stack([text, account]), axis=1)
    users = np.bincount(pairs[0][outside[pairs[1]]], minlength=texts)
    return users > max(share * outside.sum(), 5)


def _clusters(data: Texts, groups: Crowds) -> Clusters:
    """Texts of two members or more, by community and text."""
    place = groups.places(len(data.total))[data.account]
    row = np.flatnonzero(place >= 0)
    row = row[np.lexsort((row, data.text[row], place[row]))]
    code = place[row] * (len(data.object) + 1) + data.text[row]
    codes, start, inverse = np.unique(code, return_index=True, return_inverse=True)
    pairs = np.unique(np.stack([inverse, data.account[row]]), axis=1)
    members = np.bincount(pairs[0], minlength=len(codes))
    several = members >= 2
    sizes = np.diff(np.append(start, len(row)))[several]
    text = codes[several] % (len(data.object) + 1)
    return Clusters(
        row[several[inverse]],
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        codes[several] // (len(data.object) + 1),
        text,
        members[several],
        data.common[text],
    )


def _best(clusters: Clusters, groups: int) -> list[Ints]:
    """The clusters shown for each community: those that count first, most members first."""
    sizes = np.diff(clusters.start)
    order = np.lexsort((clusters.text, -sizes, -clusters.members, clusters.common, clusters.group))
    bounds = np.searchsorted(clusters.group, np.arange(groups + 1))
    return [order[low : min(high, low + EVIDENCE)] for low, high in pairwise(bounds)]


def _evidence(data: Texts, clusters: Clusters, chosen: Ints) -> dict[int, dict[str, Any]]:
    """A row for each chosen cluster: the words, who had them first, when, and the posts."""
    runs = {int(c): clusters.row[clusters.start[c] : clusters.start[c + 1]] for c in chosen}
    shown = {c: _one_each(data, run) for c, run in runs.items()}
    every = np.concatenate([*shown.values(), np.zeros(0, np.int64)]).astype(np.int64)
    posts = look_up(data.study, "posts", "id, text", data.post[every].tolist())
    accounts = look_up(data.study, "accounts", "id, name", data.account[every].tolist())
    objects = look_up(data.study, "objects", "id", data.object[clusters.text[chosen]].tolist())
    rows = {}
    for c, run in runs.items():
        first, times = run[0], data.time[run]
        times = times[times >= 0]
        words = posts.get(int(data.post[first]), {}).get("text")
        known = bool(len(times))
        rows[c] = {
            "text": words if words is not None else objects.get(int(data.object[clusters.text[c]]), {}).get("id"),
            "members": int(clusters.members[c]),
            "count": len(run),
            "first": accounts.get(int(data.account[first]), {}).get("id") if known else None,
            "first_name": accounts.get(int(data.account[first]), {}).get("name") if known else None,
            "time": iso(int(times[0])) if known else None,
            "spread": int(times[-1] - times[0]) if known else None,
            "common": bool(clusters.common[c]),
            "posts": [posts[p]["id"] for p in data.post[shown[c]].tolist() if p in posts],
            "accounts": [accounts[a]["id"] for a in data.account[shown[c]].tolist() if a in accounts],
        }
    return rows


def _one_each(data: Texts, run: Ints) -> Ints:
    """The first post of each of the first accounts of a cluster: repetitions by one account show nothing new."""
    first = np.sort(np.unique(data.account[run], return_index=True)[1])
    return run[first[:SHOWN]]


def _leader(data: Texts, clusters: Clusters, counted: Ints) -> str:
    """Who wrote first most often, where the times are known and anyone did so more than once."""
    first = clusters.row[clusters.start[counted]]
    first = data.account[first[data.time[first] >= 0]]
    if not len(first):
        return ""
    times = np.bincount(first)
    who = int(times.argmax())
    if times[who] < 2:
        return ""
    about = look_up(data.study, "accounts", "id, name", [who])[who]
    name = show(f"@{about['name']}" if about["name"] else about["id"], 40)
    return f"; {name} had {times[who]:,} of them first"


def _phrases(common: int, outside: int) -> str:
    """What to say of common phrases, in a group that repeats anything at all."""
    if outside < ENOUGH:
        return f"; with {count(outside, 'account')} in no community, common phrases cannot be told"
    return f"; {count(common, 'common phrase')} not counted" if common else ""


def _few(data: Texts, clusters: Clusters, cluster: Ints, row: Ints, bounds: Ints) -> list[list[dict[str, Any]]]:
    """The first rows of evidence of each account (rows ``bounds[0, i]`` to ``bounds[1, i]`` are its posts)."""
    chosen = []
    for low, high in bounds.T.tolist():
        firsts = np.unique(cluster[low:high], return_index=True)[1]
        chosen.append(np.sort(firsts)[:FEW] + low)
    posts = look_up(data.study, "posts", "id, text", (p for c in chosen for p in data.post[row[c]].tolist()))
    found: list[list[dict[str, Any]]] = []
    for places in chosen:
        found.append([])
        for which in places.tolist():
            mine, first = row[which], clusters.row[clusters.start[cluster[which]]]
            about = posts.get(int(data.post[mine]), {})
            gap = int(data.time[mine] - data.time[first]) if min(data.time[mine], data.time[first]) >= 0 else None
            found[-1].append(
                {
                    "text": about.get("text"),
                    "members": int(clusters.members[cluster[which]]),
                    "after": gap,
                    "was_first": bool(data.account[first] == data.account[mine]),
                    "posts": [about["id"]] if about else [],
                }
            )
    return found
