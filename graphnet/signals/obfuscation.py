"""Own posts of members in which something is hidden: signs nobody sees, letters that pass for others.

Such signs make a copied text look new to a platform's filter, or break a word that it looks for. Some come by accident,
from copied pages and from broken keyboards: that is what the control groups are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.signals import EVIDENCE, Finding, Signal, look_up
from graphnet.study import Study
from graphnet.words import HIDDEN, count, iso, percent

__all__ = ["Obfuscation"]

OWN = "select account, count(*) as n from posts where text is not null and not coalesce(repost, false) group by account"
POSTS = "select p.account, count(*) as n from obfuscations o join posts p on p.post = o.post group by p.account"
ROWS = (
    f"select p.account, p.post, coalesce(p.time, -1) as time, {', '.join(f'o.{k}' for k in HIDDEN)} "
    "from obfuscations o join posts p on p.post = o.post where p.account in (select account from members)"
)
FEW = 5
"""Evidence rows an account."""


@dataclass(frozen=True)
class Hidden:
    """Own posts of each account, and the posts in which something is hidden.

    Attributes:
        study: Where posts and names are looked up.
        total: Own posts with words of each account.
        posts: Of these, those in which something is hidden.
        account, post, time: One row such a post of a member; those of an account together, most hidden first.
        found: How much of each kind is hidden in it; one column a kind.
    """

    study: Study
    total: Ints
    posts: Ints
    account: Ints
    post: Ints
    time: Ints
    found: Ints

    def rows(self, accounts: Ints) -> Ints:
        """The rows of some accounts (sorted)."""
        bounds = np.searchsorted(self.account, np.stack([accounts, accounts + 1]))
        runs = [np.arange(low, high) for low, high in bounds.T.tolist()]
        return np.concatenate([*runs, np.zeros(0, np.int64)]).astype(np.int64)


@dataclass(frozen=True)
class Obfuscation(Signal[Hidden]):
    """Share of the own posts in which something is hidden that is unusual where it stands."""

    name: ClassVar[str] = "obfuscation"
    title: ClassVar[str] = "hidden and look-alike characters"
    unit: ClassVar[str] = "share of posts"

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        if not study.rows(f"select 1 from ({OWN}) limit 1").num_rows:
            return "the study has no accounts' own words"
        return None if study.has("obfuscations") else "`graphnet match` has not been run, which looks for them"

    def load(self, study: Study, outside: Flags) -> Hidden:
        """See `Signal.load`."""
        total, posts = (_counted(study, sql, len(outside)) for sql in (OWN, POSTS))
        rows = study.rows(ROWS)
        account, post, time = (rows[n].to_numpy().astype(np.int64) for n in ("account", "post", "time"))
        found = np.stack([rows[kind].to_numpy() for kind in HIDDEN], axis=1).astype(np.int64)
        order = np.lexsort((post, -found.sum(axis=1), account))
        return Hidden(study, total, posts, account[order], post[order], time[order], found[order])

    def statistic(self, data: Hidden, crowds: Crowds) -> Numbers:
        """Posts in which something is hidden, over all own posts of the group."""
        posts, total = crowds.total(data.posts), crowds.total(data.total)
        return np.where(total > 0, posts / np.maximum(total, 1), np.nan)

    def communities(self, data: Hidden, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`."""
        mine = [data.rows(groups.members(i)) for i in range(len(groups))]
        best = [rows[np.lexsort((data.post[rows], -data.found[rows].sum(axis=1)))][:EVIDENCE] for rows in mine]
        shown = _shown(data, best)
        for i, value in enumerate(values):
            reason = self._reason(data, groups.members(i), float(value), mine[i])
            yield self.of_community(int(groups.label[i]), value, reason, [shown[r] for r in best[i].tolist()])

    def _reason(self, data: Hidden, members: Ints, value: float, rows: Ints) -> str:
        total = int(data.total[members].sum())
        if not total:
            return "insufficient data: no member wrote words of its own"
        if not len(rows):
            return f"nothing is hidden in the {count(total, 'own post')} of the members"
        by = int((data.posts[members] > 0).sum())
        return (
            f"hidden characters in {len(rows):,} of {count(total, 'own post')} ({percent(value)}), "
            f"of {by:,} of {count(len(members), 'member')}: {_kinds(data.found[rows])}"
        )

    def accounts(self, data: Hidden, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`."""
        mine = [data.rows(np.array([who])) for who in groups.account.tolist()]
        shown = _shown(data, [rows[:FEW] for rows in mine])
        for who, rows in zip(groups.account.tolist(), mine, strict=True):
            total = int(data.total[who])
            if not total:
                yield self.of_account(who, np.nan, "insufficient data: it wrote no words of its own")
                continue
            reason = f"nothing is hidden in its {count(total, 'own post')}"
            if len(rows):
                of = count(total, "own post")
                reason = f"hidden characters in {len(rows):,} of its {of}: {_kinds(data.found[rows])}"
            yield self.of_account(who, len(rows) / total, reason, [shown[r] for r in rows[:FEW].tolist()])


def _counted(study: Study, sql: str, accounts: int) -> Ints:
    """``n`` of each account, 0 where it has no row."""
    rows = study.rows(sql)
    found = np.zeros(accounts, np.int64)
    found[rows["account"].to_numpy()] = rows["n"].to_numpy()
    return found


def _kinds(found: Ints) -> str:
    """What is hidden in how many posts, the most frequent first."""
    posts = (found > 0).sum(axis=0).tolist()
    told = sorted(((n, words) for n, words in zip(posts, HIDDEN.values(), strict=True) if n), key=lambda t: -t[0])
    return ", ".join(f"{words} in {count(n, 'post')}" for n, words in told)


def _shown(data: Hidden, some: list[Ints]) -> dict[int, dict[str, Any]]:
    """The evidence of rows, by row."""
    every = np.concatenate([*some, np.zeros(0, np.int64)]).astype(np.int64)
    return dict(zip(every.tolist(), _evidence(data, every), strict=True))


def _evidence(data: Hidden, rows: Ints) -> list[dict[str, Any]]:
    """The posts of some rows, with what is hidden in each."""
    posts = look_up(data.study, "posts", "id, text", data.post[rows].tolist())
    accounts = look_up(data.study, "accounts", "id, name", data.account[rows].tolist())
    told = []
    for row in rows.tolist():
        post, account = posts[int(data.post[row])], accounts[int(data.account[row])]
        hidden = {words: n for words, n in zip(HIDDEN.values(), data.found[row].tolist(), strict=True) if n}
        told.append(
            {
                "account": account["id"],
                "name": account["name"],
                "text": post["text"],
                "hidden": "; ".join(f"{words}: {n:,}" for words, n in hidden.items()),
                "time": iso(int(data.time[row])) if data.time[row] >= 0 else None,
                "posts": [post["id"]],
            }
        )
    return told
