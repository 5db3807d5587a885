"""Posts of members that repeat another member's words, and who wrote them first.

What counts as the same words, and what is no evidence though it is the same, is told in `graphnet.signals._texts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.safe import show
from graphnet.signals import EVIDENCE, Finding, Rows, Signal, look_up
from graphnet.signals._texts import Clusters, Texts, clusters_of, load, own, set_aside, speechless
from graphnet.study import Study
from graphnet.words import count, iso, percent, span

__all__ = ["NearIdentical"]

FEW = 5
"""Evidence rows an account: its posts are a click away."""
SEVERAL = 3
"""Members who make a text more than what two friends say to each other."""
SHOWN = 10
"""Posts and accounts named in one row of evidence."""


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
        found = study.rows(f"select 1 from ({own(self.kind)}) o limit 1").num_rows
        return None if found else speechless(study)

    def load(self, study: Study, outside: Flags) -> Texts:
        """See `Signal.load`."""
        return load(study, outside, self.kind, self.common)

    def statistic(self, data: Texts, crowds: Crowds) -> Numbers:
        """Posts whose text another of the group used, over all own posts of the group."""
        from graphnet.kernels.copied import repeated  # noqa: PLC0415  (numba, half a second)

        uses = data.uses
        posts = repeated(crowds.start, crowds.account, uses.start, uses.text, uses.posts, *data.judges)
        total = crowds.total(data.total)
        writing = crowds.total((data.total > 0).astype(np.int64))
        return np.where(writing > 1, posts / np.maximum(total, 1), np.nan)

    def communities(self, data: Texts, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`."""
        clusters = clusters_of(data, groups)
        best = _best(clusters, len(groups))
        rows = _evidence(data, clusters, np.concatenate([*best, np.zeros(0, np.int64)]).astype(np.int64))
        bounds = np.searchsorted(clusters.group, np.arange(len(groups) + 1))
        names = look_up(data.study, "accounts", "id, name", groups.account)
        for i, value in enumerate(values):
            mine = np.arange(bounds[i], bounds[i + 1])
            counted = mine[clusters.counted[mine]]
            found = [rows[c] for c in best[i].tolist()]
            reason = self._reason(data, groups.members(i), value, clusters, counted, names)
            reason += set_aside(data, clusters.text[mine[~clusters.counted[mine]]]) if len(mine) else ""
            yield self.of_community(int(groups.label[i]), value, reason, found)

    def _reason(self, data: Texts, members: Ints, value: float, clusters: Clusters, counted: Ints, names: Rows) -> str:
        total = int(data.total[members].sum())
        if np.isnan(value):
            return "insufficient data: fewer than two members wrote words of their own"
        if not len(counted):
            return f"none of the {total:,} own posts repeats another member's words"
        posts = int((clusters.start[counted + 1] - clusters.start[counted]).sum())
        largest = int(clusters.members[counted].max())
        several = int((clusters.members[counted] >= SEVERAL).sum())
        start = f"{posts:,} of {total:,} own posts ({percent(value)}) repeat another member's words"
        texts = f"{count(len(counted), 'text')} in all, {several:,} of them by {SEVERAL} members or more"
        most = f"the most used one by {largest:,} of {len(members):,} members"
        turns = [_in_turn(data, clusters, c) for c in counted.tolist()]
        return f"{start}: {texts}, {most}{_pace(data, turns)}{_leader(data, turns, names)}"

    def accounts(self, data: Texts, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`."""
        clusters = clusters_of(data, groups)
        cluster = np.repeat(np.arange(len(clusters.text)), np.diff(clusters.start))
        kept = clusters.counted[cluster]
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


def _best(clusters: Clusters, groups: int) -> list[Ints]:
    """The clusters shown for each community: those that count first, most members first."""
    sizes = np.diff(clusters.start)
    order = np.lexsort((clusters.text, -sizes, -clusters.members, ~clusters.counted, clusters.group))
    bounds = np.searchsorted(clusters.group, np.arange(groups + 1))
    return [order[low : min(high, low + EVIDENCE)] for low, high in pairwise(bounds)]


def _evidence(data: Texts, clusters: Clusters, chosen: Ints) -> dict[int, dict[str, Any]]:
    """A row for each chosen cluster: the words, who had them first, when, and the posts."""
    runs = {int(c): clusters.row[clusters.start[c] : clusters.start[c + 1]] for c in chosen}
    shown = {c: _one_each(data, run) for c, run in runs.items()}
    every = np.concatenate([*shown.values(), np.zeros(0, np.int64)]).astype(np.int64)
    posts = look_up(data.study, "posts", "id, text", data.post[every].tolist())
    accounts = look_up(data.study, "accounts", "id, name", data.account[every].tolist())
    objects = _ids(data, clusters.text[chosen])
    rows = {}
    for c, run in runs.items():
        first, times = run[0], data.time[run]
        times = times[times >= 0]
        words = posts.get(int(data.post[first]), {}).get("text")
        known = bool(len(times))
        rows[c] = {
            "text": words if words is not None else objects.get(int(data.object[clusters.text[c]])),
            "members": int(clusters.members[c]),
            "count": len(run),
            "first": accounts.get(int(data.account[first]), {}).get("id") if known else None,
            "first_name": accounts.get(int(data.account[first]), {}).get("name") if known else None,
            "time": iso(int(times[0])) if known else None,
            "spread": int(times[-1] - times[0]) if known else None,
            "common": data.template[clusters.text[c]] == "common",
            "template": data.template[clusters.text[c]] or None,
            "posts": [posts[p]["id"] for p in data.post[shown[c]].tolist() if p in posts],
            "accounts": [accounts[a]["id"] for a in data.account[shown[c]].tolist() if a in accounts],
        }
    return rows


def _one_each(data: Texts, run: Ints) -> Ints:
    """The first post of each of the first accounts of a cluster: repetitions by one account show nothing new."""
    first = np.sort(np.unique(data.account[run], return_index=True)[1])
    return run[first[:SHOWN]]


def _ids(data: Texts, texts: Ints) -> dict[int, str]:
    """The normalised words of texts, by the number of their object or cluster."""
    if data.study.has("clusters"):
        some = ", ".join(map(str, sorted(data.object[texts].tolist()))) or "null"
        sql = f"select k.cluster, t.key from clusters k join texts t on t.text = k.medoid where k.cluster in ({some})"
        return {row["cluster"]: row["key"] for row in data.study.rows(sql).to_pylist()}
    found = look_up(data.study, "objects", "id", data.object[texts].tolist())
    return {number: row["id"] for number, row in found.items()}


def _in_turn(data: Texts, clusters: Clusters, which: int) -> Ints:
    """Each member's first post of a cluster at a known time, in the order of time."""
    run = clusters.row[clusters.start[which] : clusters.start[which + 1]]
    run = run[data.time[run] >= 0]
    return run[np.sort(np.unique(data.account[run], return_index=True)[1])]


def _pace(data: Texts, turns: list[Ints]) -> str:
    """How long after each other members write the same, where the times are known."""
    every = np.concatenate([np.diff(data.time[turn]) for turn in turns])
    return f"; from one member's copy to the next one's {span(float(np.median(every)))} (median)" if len(every) else ""


def _leader(data: Texts, turns: list[Ints], about: Rows) -> str:
    """Who wrote first most often, and who was next then, where the times are known and anyone did so more than once."""
    pairs = [(int(data.account[turn[0]]), int(data.account[turn[1]])) for turn in turns if len(turn) > 1]
    firsts = np.array([first for first, _ in pairs], np.int64)
    times = np.bincount(firsts) if len(firsts) else np.zeros(1, np.int64)
    who = int(times.argmax())
    if times[who] < 2:
        return ""
    nexts = np.bincount([second for first, second in pairs if first == who])
    follower = int(nexts.argmax())
    name, other = (show(f"@{about[a]['name']}" if about[a]["name"] else about[a]["id"], 40) for a in (who, follower))
    return f"; {name} had {times[who]:,} of them first, {other} came next {nexts[follower]:,} times"


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
