"""Whose creation dates are looked at, and whose they are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.controls import activity, activity_strata
from graphnet.crowds import Flags, Ints
from graphnet.errors import InputError
from graphnet.lists import NamedList, read_list
from graphnet.safe import show

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["Chosen", "Pool", "behind_hashtag", "in_community", "of_list", "pool"]

MOST = 20
"""Controls for each account; more make the expectation hardly better, and the scan slower."""
EVERYONE = 100_000
"""Most controls in all."""
ENOUGH = 2
"""Fewest controls for each account that are called as active."""
HASHTAG = """
select distinct a.account from actions a join objects o on o.object = a.object
where a.kind = 'hashtag' and o.kind = 'hashtag' and o.id = '{tag}' order by a.account
"""


@dataclass(frozen=True)
class Chosen:
    """Accounts in question.

    Attributes:
        subject: What to call them: ``#tag``, ``C1``, the name of a list.
        words: What they are, in words.
        accounts: Our numbers of them, ascending.
        tag: The hashtag that they were chosen by, if any.
        notes: What was left out.
        rejected: Rows of a list that were left out.
    """

    subject: str
    words: str
    accounts: Ints
    tag: str | None = None
    notes: tuple[str, ...] = ()
    rejected: tuple[tuple[str, int, str], ...] = ()


def behind_hashtag(study: Study, hashtag: str) -> Chosen:
    """The accounts that used a hashtag in posts of their own.

    Raises:
        InputError: Nobody did; the message names hashtags that are close.
    """
    from graphnet.kernels import text  # noqa: PLC0415  (kernels load when a study is worked on)

    tag = text.tag(hashtag.lstrip("#＃"))
    rows = study.rows(HASHTAG.format(tag=tag.replace("'", "''")))
    if not rows.num_rows:
        known = study.rows("select id from objects where kind = 'hashtag' order by id limit 100000")["id"].to_pylist()
        close = ", ".join(f"#{show(k, 40)}" for k in get_close_matches(tag, known, n=3))
        raise InputError(
            f"nobody in the study used #{show(tag, 60)} ({len(known):,} hashtags). "
            + (f"Close: {close}" if close else "Hashtags are counted in an account's own posts, not in what it repeats")
        )
    accounts = rows["account"].to_numpy().astype(np.int64)
    return Chosen(f"#{tag}", f"accounts that used #{show(tag, 60)} in posts of their own", accounts, tag)


def in_community(study: Study, number: int) -> Chosen:
    """The members of a community.

    Raises:
        MissingTable: No community was sought yet.
        InputError: There is none of that number.
    """
    study.require("members")
    rows = study.rows(f"select account from members where community = {int(number)} order by account")
    if not rows.num_rows:
        most = study.rows("select coalesce(max(community), 0) as most from members")["most"][0].as_py()
        raise InputError(f"there is no community {number}; the study has 1 to {most}")
    return Chosen(f"C{number}", f"members of C{number}", rows["account"].to_numpy().astype(np.int64))


def of_list(study: Study, path: str, name: str | None = None) -> Chosen:
    """The accounts of a list file (ids or handles) that are in the study.

    Raises:
        InputError: The list cannot be read, or none of its accounts is in the study.
    """
    held = read_list(path, name=name, kind="accounts")
    if held.kind != "accounts":
        raise InputError(f"{path} holds hashes of ids; a list of accounts has ids or handles")
    people = study.rows("select account, id, lower(name) as name from accounts order by account")
    found, unknown, twofold = _match(held, people)
    if not found:
        raise InputError(
            f"none of the {len(held.entries):,} accounts of {path} is in the study "
            f"({people.num_rows:,} accounts; the first of the list: {show(held.entries[0], 40)})"
        )
    notes = [f"{unknown:,} accounts of the list are not in the study"] if unknown else []
    notes += [f"{twofold:,} handles of the list belong to several accounts; left out"] if twofold else []
    words = f"accounts of the list {show(held.name, 60)}"
    return Chosen(held.name, words, np.unique(np.array(found)), None, tuple(notes), held.rejected)


def _match(held: NamedList, people: Any) -> tuple[list[int], int, int]:
    ids = dict(zip(people["id"].to_pylist(), people["account"].to_pylist(), strict=True))
    names: dict[str, list[int]] = {}
    for name, account in zip(people["name"].to_pylist(), people["account"].to_pylist(), strict=True):
        if name is not None:
            names.setdefault(name, []).append(account)
    found, unknown, twofold = [], 0, 0
    for entry in held.entries:
        called = names.get(entry.lower(), [])
        if entry in ids:
            found.append(ids[entry])
        elif len(called) == 1:
            found.append(called[0])
        else:
            twofold += len(called) > 1
            unknown += not called
    return found, unknown, twofold


# Controls ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pool:
    """Accounts to compare with.

    Attributes:
        accounts: Our numbers of them, ascending.
        words: What they are.
    """

    accounts: Ints
    words: str


def pool(study: Study, own: Ints, allowed: Flags, seed: int) -> Pool:
    """Other accounts of the study, as active as the accounts in question, as many as there are up to `MOST` for each.

    Accounts are drawn in each stratum of activity (number of actions, at first within a factor of 1.41) in the same
    proportion as ``own``; where a stratum has too few, all strata are made wider.

    Args:
        study: The study.
        own: The accounts in question.
        allowed: Which accounts may be drawn; those in question are not, whatever this says.
        seed: Same seed, same controls.
    """
    acts = activity(study)
    free = allowed.copy()
    free[own] = False
    others = np.flatnonzero(free)
    strata, most = activity_strata(acts), max(1, min(MOST, EVERYONE // max(len(own), 1)))
    rng = np.random.default_rng(seed)
    for wide in (1, 2, 4, 8):
        stratum = np.where(strata > 0, (strata - 1) // wide + 1, 0)
        need = np.bincount(stratum[own], minlength=int(stratum.max()) + 1)
        have = np.bincount(stratum[others], minlength=len(need))
        each = min(most, int((have[need > 0] // need[need > 0]).min()))
        if each >= ENOUGH:
            drawn = [
                rng.choice(others[stratum[others] == s], each * need[s], replace=False) for s in np.flatnonzero(need)
            ]
            words = f"{each * len(own):,} other accounts of the study, {each} for each, as active"
            return Pool(np.sort(np.concatenate(drawn)), words if wide < 4 else f"{words} (roughly)")
    drawn_any = rng.choice(others, min(len(others), most * len(own)), replace=False)
    typical = [f"{np.median(acts[a]):,.0f}" if len(a) else "none" for a in (own, drawn_any)]
    actions = f"median {typical[1]} actions, here {typical[0]}"
    words = f"{len(drawn_any):,} other accounts of the study, not as active ({actions})"
    return Pool(np.sort(drawn_any), words)
