"""Lists of followers out of a study: its follow actions with the profiles of those who follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits._follower_overlap import Population
from graphnet.audits._lists import FollowerList, Given, in_order
from graphnet.crowds import Ints, Numbers
from graphnet.errors import InputError
from graphnet.safe import show

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["from_study"]

MOST = 10
"""Accounts looked at where none is named."""
LEAST = 100
"""Followers that make an account worth looking at unasked."""

OTHERS = "other accounts that follow anybody in the study"

PROFILES = """
select account, id, name, cast(created as double) as created, cast(followers as double) as followers,
    cast(following as double) as following, cast(posts as double) as posts,
    case when default_image then 1e0 when not default_image then 0e0 end as default_image,
    case when description is null then null when trim(description) = '' then 0e0 else 1e0 end as described
from accounts order by account
"""
FOLLOWS = """
select target, account, min(time) as followed from actions
where kind = 'follow' and target is not null and target <> account group by target, account order by target, account
"""


def from_study(study: Study, of: str | None) -> tuple[Given, Population, dict[str, FollowerList]]:
    """The lists of the named accounts (joined by ``+``), or of the most followed, and what they are compared with.

    Returns:
        The lists; everybody who follows anybody, for what the lists share; and for each list those of them who do not
        follow its account.

    Raises:
        InputError: A named account is not in the study, or nobody in it follows it.
    """
    people, follows = study.rows(PROFILES), study.rows(FOLLOWS)
    target, source = (follows[c].to_numpy() for c in ("target", "account"))
    followed = follows["followed"].cast("double").to_numpy(zero_copy_only=False)
    audited = _audited(study, of, target)
    lists = []
    for account in audited:
        mine = slice(*np.searchsorted(target, [account, account + 1]))
        name = show(people["name"][account].as_py() or people["id"][account].as_py(), 80)
        if mine.start == mine.stop:
            raise InputError(f"nobody in the study follows {name}: it has no list of followers")
        lists.append(_list(name, people, source[mine], followed[mine]))
    population = _population(people, source, target, dict(zip(audited, lists, strict=True)))
    who = np.unique(source)
    rest = {name: who[~flags] for name, flags in population.follows.items()}
    others = {name: _list(OTHERS, people, some, np.full(len(some), np.nan)) for name, some in rest.items()}
    return Given(tuple(lists)), population, others


def _audited(study: Study, of: str | None, target: Ints) -> list[int]:
    if of is not None:
        return list(dict.fromkeys(study.account(name.strip()) for name in of.split("+")))
    accounts, counts = np.unique(target, return_counts=True)
    most = np.lexsort((accounts, -counts))[:MOST]
    found = [int(a) for a, n in zip(accounts[most], counts[most], strict=True) if n >= LEAST]
    if not found:
        raise InputError(
            f"no account of the study has {LEAST} followers in it (the most: {int(counts.max())}). Name one: of=HANDLE"
        )
    return found


def _list(name: str, people: Any, source: Ints, followed: Numbers) -> FollowerList:
    rows = people.take(source)

    def column(field: str) -> Numbers:
        return np.asarray(rows[field].to_numpy(zero_copy_only=False), dtype=np.float64)

    def texts(field: str) -> Any:
        return np.array(rows[field].to_pylist(), dtype=object)

    found = FollowerList(
        name,
        texts("id"),
        texts("name"),
        column("created"),
        column("followers"),
        column("following"),
        column("posts"),
        column("default_image"),
        column("described"),
        followed,
    )
    # without a date for each the order of the rows is that of our numbers, and means nothing
    return in_order(found) if len(found) and not np.isnan(followed).any() else found


def _population(people: Any, source: Ints, target: Ints, audited: dict[int, FollowerList]) -> Population:
    degree = np.bincount(source, minlength=people.num_rows)
    who = np.flatnonzero(degree)
    flags = {rows.name: np.isin(who, source[target == account]) for account, rows in audited.items()}
    ids = np.array(people["id"].take(who).to_pylist(), dtype=object)
    return Population(ids, flags, degree[who], None, "known from the study")
