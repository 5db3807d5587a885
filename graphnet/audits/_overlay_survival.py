"""What became of listed accounts between two snapshots, beside all other accounts; and handles used by several.

An account is the same in both snapshots if its id is. Those joined by handle only can be followed as long as they keep
it: a renamed one looks like one that is gone, and the answers say so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import corrected, interval, two_shares
from graphnet.audits._overlay_join import Book, Joined
from graphnet.audits._parts import Part
from graphnet.plots import Bars
from graphnet.safe import show
from graphnet.words import count, iso, percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["handles", "survival"]

STATES = ("active", "suspended", "deleted", "protected", "not in the later one", "no status")
KNOWN = {
    "active": ("active", "ok", "public", "alive", "available", "live"),
    "suspended": ("suspended", "banned", "disabled", "taken down"),
    "deleted": ("deleted", "deactivated", "not found", "notfound", "gone", "removed"),
    "protected": ("protected", "private", "locked"),
}
STATE = {word: state for state, words in KNOWN.items() for word in words}
Row = dict[str, Any]


def _snapshot(study: Study) -> Mapping[str, tuple[str | None, str | None]]:
    """Handle and status of each account, by id."""
    rows = study.rows("select id, name, status from accounts order by account").to_pylist()
    return {row["id"]: (row["name"], row["status"]) for row in rows}


def state(status: str | None) -> str:
    """A platform's word for an account's status as one of few; another word stays as it is.

    Example:
        >>> state("Suspended"), state("not_found"), state(None), state("restricted")
        ('suspended', 'deleted', 'no status', 'restricted')
    """
    if not status or not status.strip():
        return "no status"
    word = " ".join(status.replace("_", " ").casefold().split())
    return STATE.get(word, word)


def survival(study: Study, book: Book, lists: Sequence[Joined], later: Study) -> Part:
    """What became of each list's accounts in the later snapshot.

    Args:
        study: The earlier snapshot.
        book: Its accounts.
        lists: The lists.
        later: The later snapshot.
    """
    before, after = _snapshot(study), _snapshot(later)
    if not set(before) & set(after):
        reason = "not applicable: no id is in both snapshots"
        return Part([Answer("survival", one.name, None, "share", reason) for one in lists])
    states = [_became(before[id_], after.get(id_)) for id_ in book.ids]
    listed = np.zeros(len(book), dtype=np.bool_)
    for one in lists:
        listed[one.account] = True
    rest = Counter(word for place, words in enumerate(states) if not listed[place] for word in words)
    others = int((~listed).sum())
    answers, rows = [], []
    for one in lists:
        mine = Counter(word for account in one.account.tolist() for word in states[account])
        for word in sorted(set(mine) | set(rest), key=_order):
            answers.append(_survived(book, one, states, word, mine[word], rest[word], others))
            rows.append(_row(one, word, mine[word], rest[word], others))
    notes = ["survival: accounts joined by handle only are followed by the id they have in this study"]
    return Part(corrected(answers), _plots(rows), {"survival": rows} if rows else {}, notes)


def _became(then: tuple[str | None, str | None], now: tuple[str | None, str | None] | None) -> list[str]:
    """What became of one account: its state, and whether it has another handle."""
    if now is None:
        return ["not in the later one"]
    renamed = then[0] and now[0] and then[0].casefold() != now[0].casefold()
    return [state(now[1]), *(["renamed"] if renamed else [])]


def _order(word: str) -> tuple[int, str]:
    return (STATES.index(word) if word in STATES else len(STATES), word)


def _survived(
    book: Book, one: Joined, states: Sequence[Sequence[str]], word: str, x: int, rest: int, others: int
) -> Answer:
    n, code = len(one.account), word.replace(" ", "_")
    if not n:
        return Answer(code, one.name, None, "share", "insufficient data: no account of the list is in the study")
    low, high = interval(x, n)
    reason = f"{x:,} of {count(n, 'account')} on the list, {rest:,} of {others:,} others: {_meaning(word)}"
    return Answer(
        code,
        one.name,
        x / n,
        "share",
        f"{reason}; p: Fisher's exact test; q: Benjamini-Hochberg over all lists and states" if others else reason,
        low,
        high,
        rest / others if others else None,
        "all other accounts of the study" if others else "",
        p=two_shares(x, n, rest, others) if others else None,
        evidence=[book.row(a) for a in one.account.tolist() if word in states[a]][:EVIDENCE],
    )


def _meaning(word: str) -> str:
    said = {
        "not in the later one": "not in the later snapshot, which is not to say that they are gone",
        "no status": "in the later snapshot, which does not say what became of them",
        "renamed": "have another handle in the later snapshot",
    }
    return said.get(word, f"{show(word, 40)} in the later snapshot")


def _row(one: Joined, word: str, x: int, rest: int, others: int) -> Row:
    n = len(one.account)
    low, high = interval(x, n) if n else (None, None)
    return {
        "list": one.name,
        "became": word,
        "accounts": x,
        "of": n,
        "share": x / n if n else None,
        "share_low": low,
        "share_high": high,
        "others": rest,
        "of_others": others,
        "share_of_others": rest / others if others else None,
    }


def _plots(rows: Sequence[Row]) -> list[Bars]:
    shown = [row for row in rows if row["share"] is not None][:24]
    if not shown:
        return []
    return [
        Bars(
            "What became of listed accounts",
            "list and state in the later snapshot",
            "share of accounts",
            "The mark is the share among all other accounts.",
            heights=tuple(float(row["share"]) for row in shown),
            labels=tuple(show(f"{row['list']} · {row['became']}", 40) for row in shown),
            expected=tuple(float(row["share_of_others"] or 0.0) for row in shown) if shown[0]["of_others"] else (),
        )
    ]


# Handles -------------------------------------------------------------------------------------------------------------


def handles(study: Study, book: Book, lists: Sequence[Joined]) -> Part:
    """Handles that several accounts had one after the other, and accounts that had several.

    Args:
        study: The study.
        book: Its accounts.
        lists: The lists.
    """
    if not study.has("handles"):
        why = "not applicable: the study has no handles"
        return Part([Answer("shared_handle", one.name, None, "accounts", why) for one in lists])
    seen = study.rows("select account, name, first, last from handles where name is not null").to_pylist()
    by_name: dict[str, list[Row]] = defaultdict(list)
    names: dict[int, set[str]] = defaultdict(set)
    for row in seen:
        by_name[row["name"].casefold()].append(row)
        names[row["account"]].add(row["name"].casefold())
    shared = {name for name, rows in by_name.items() if len({r["account"] for r in rows}) > 1}
    sharing = {a for a, held in names.items() if held & shared}
    answers: list[Answer] = []
    rows = []
    for one in lists:
        mine = set(one.account.tolist())
        history = [
            {"list": one.name, "listed": row["account"] in mine, **_seen(book, row)}
            for name in sorted(n for a in mine for n in names.get(a, set()) & shared)
            for row in sorted(by_name[name], key=lambda r: (r["first"] is None, r["first"] or 0, r["account"]))
        ]
        history = list({tuple(row.items()): row for row in history}.values())
        answers += [
            _counted(book, one, mine & sharing, len(sharing - mine), "shared_handle", history),
            _counted(
                book,
                one,
                {a for a in mine if len(names.get(a, ())) > 1},
                sum(len(held) > 1 for a, held in names.items() if a not in mine),
                "renamed_within",
                [],
            ),
        ]
        rows += history
    return Part(answers, tables={"handles": rows} if rows else {})


def _seen(book: Book, row: Row) -> Row:
    return {"handle": row["name"], **book.row(row["account"]), "first": iso(row["first"]), "last": iso(row["last"])}


def _counted(book: Book, one: Joined, who: set[int], rest: int, code: str, history: Sequence[Row]) -> Answer:
    n, others = len(one.account), len(book) - len(one.account)
    if not n:
        return Answer(code, one.name, None, "accounts", "insufficient data: no account of the list is in the study")
    words = {
        "shared_handle": "had a handle that another account had, too, at another time or in another spelling",
        "renamed_within": "were seen with more than one handle",
    }
    return Answer(
        code,
        one.name,
        float(len(who)),
        "accounts",
        f"{len(who):,} of {count(n, 'account')} on the list ({percent(len(who) / n)}) {words[code]}, {rest:,} of "
        f"{others:,} others",
        reference=n * rest / others if others else None,
        compared_with="as many as among the other accounts" if others else "",
        evidence=history[:EVIDENCE] or [book.row(a) for a in sorted(who)][:EVIDENCE],
    )
