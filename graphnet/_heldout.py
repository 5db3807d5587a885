"""Held-out days: groups found on half of the days, tested on the other half.

The days with actions are split alternately. On each half groups are sought as they were in the whole study, and every
pair of accounts is tested again. For each group of one half the *unexplained* pairs inside it (p <= .001) are counted
on the other half, and compared with the same count in groups in which its members and accounts that are as active and
of the same interests change places at random. The group was chosen without the days that judge it, so however it was
found, this is no circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet._detect import find
from graphnet._groups import Settings
from graphnet._ladder import family
from graphnet._lots import Draw, Lots
from graphnet._scratch import again, layers_of, nulls_of, scratch, uncapped
from graphnet.crowds import Ints, distinct, table_arrays
from graphnet.nulls import Shares, q_values
from graphnet.nulls.assess import LEVEL
from graphnet.schema import ACTIONS, POSTS, Table
from graphnet.study import Step, Study

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["DAYS", "LEAST", "HeldOut", "Judged", "held_out"]

DAYS = 4
"""Fewest days: with less, a half is a day."""
LEAST = 3
"""Fewest unexplained pairs that can confirm a group: one or two are no group."""
FEW = "fewer than three unexplained pairs inside on the other days"
MOST = 19_999
"""Most control groups."""
INTERESTS = 32
"""About how many communities of interest."""

DAY = "cast(floor({0} / 86400e0) as bigint)"
HALF_SQL = """
select {columns} from {table} a join (
    select day, row_number() over (order by day) % 2 as half
    from (select distinct {of_action} as day from actions where time is not null) d
) h on h.day = {of_row} where h.half = {half}"""


@dataclass(frozen=True)
class Judged:
    """A group of one half on the other.

    Attributes:
        half: The half it was found on.
        accounts: Its members, ascending.
        pairs: Unexplained pairs inside, by family.
        p: Share of control groups with as many, by family.
        q: False discovery rate at which it is confirmed, among all groups and families.
        words: What it was compared with, by family.
    """

    half: int
    accounts: Ints
    pairs: dict[str, int]
    p: dict[str, float]
    q: dict[str, float]
    words: dict[str, str]


@dataclass(frozen=True)
class HeldOut:
    """All groups of both halves.

    Attributes:
        groups: The groups.
        why_not: Why there are no halves; None: there are.
        about: For the summary.
    """

    groups: Sequence[Judged]
    why_not: str | None
    about: dict[str, Any]


def held_out(step: Step, settings: Settings, *, controls: int, seed: int, threads: int | None) -> HeldOut:
    """Find groups on half of the days and test them on the other half.

    Args:
        step: A running step of the study; its scratch folder is used.
        settings: How the study's groups were found.
        controls: Fewest control groups of each group.
        seed: Seed of the control groups.
        threads: Number of threads; None: all cores.
    """
    study = step.study
    days = study.rows(f"select count(distinct {DAY.format('time')}) as n from actions where time is not null")
    n = int(days["n"][0].as_py())
    tested = uncapped(study)
    why = (
        "no times are known, so there are no days to hold out"
        if n == 0
        else f"the actions are of {n} {'day' if n == 1 else 'days'}, at least {DAYS} are needed"
        if n < DAYS
        else None
        if tested
        else "nothing better than a screen could be used in any layer"
    )
    if why:
        return HeldOut([], why, {"not_applicable": why})
    with step.timed("halves"):
        halves = [_half(step, settings, tested, half, threads) for half in (0, 1)]
    with step.timed("control groups"):
        judged = _judge(halves, interests(study, _accounts(study)), controls, seed)
    families = sorted({name for half in halves for name in half.unexplained})
    about = {
        "days": n,
        "groups": [len(half.groups) for half in halves],
        "families": families,
        "unexplained_pairs": {
            name: [int(half.unexplained[name].nnz) if name in half.unexplained else 0 for half in halves]
            for name in families
        },
        "tests": sum(len(one.p) for one in judged),
    }
    return HeldOut(judged, None, about)


# The halves ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Half:
    """What half of the days shows.

    Attributes:
        groups: The groups found on it.
        unexplained: The unexplained pairs of each family, as a table (source, target).
        activity: How many things each account shared, by family; 0 where these were too few to be tested.
    """

    groups: Sequence[Ints]
    unexplained: dict[str, csr_array]
    activity: dict[str, Ints]


def _accounts(study: Study) -> int:
    return int(study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py())


def _rows(table: Table, half: int) -> str:
    columns = ", ".join(f"a.{name}" for name in table.names)
    days = {"of_action": DAY.format("time"), "of_row": DAY.format("a.time")}
    return HALF_SQL.format(columns=columns, table=table.name, half=half, **days)


def _half(step: Step, settings: Settings, tested: Sequence[str], half: int, threads: int | None) -> Half:
    from graphnet.crowds import incidence  # noqa: PLC0415  (scipy, which `import graphnet` should not pay for)

    study = step.study
    accounts = _accounts(study)
    with scratch(step, f"half{half}", _rows(ACTIONS, half), _rows(POSTS, half)) as made:
        again(study, made, pairs=settings.pairs, ties=tested, nulls=nulls_of(study), threads=threads)
        there = tuple(name for name in settings.pairs if name in made.parts("pairs"))
        good = uncapped(made)
        beyond = tuple(name for name in settings.ties if name in good)
        parts = find(made, replace(settings, pairs=there, ties=beyond)) if there or beyond else []
        active = _activity(made, good, accounts, int(study.last("validate")["parameters"]["floor"]))
        found = {}
        for name in sorted({family(one) for one in good}):
            layers = ", ".join(f"'{one}'" for one in good if family(one) == name)
            rows = made.rows(f"select distinct source, target from ties where layer in ({layers})")
            found[name] = incidence(rows["source"].to_numpy(), rows["target"].to_numpy(), (accounts, accounts))
    return Half([group for part in parts for group in part.groups], found, active)


def _activity(made: Study, layers: Sequence[str], accounts: int, floor: int) -> dict[str, Ints]:
    """How many things each account shared in the layers of each family, those with fewer than ``floor`` left out.

    Who retweets a lot and writes two texts is no fit control for those who write a lot.
    """
    found: dict[str, Ints] = {}
    for layer in layers_of(made, layers):
        rows = made.rows(
            f"select account, count(*) as n from (select distinct account, object from ({layer.rows()}) s "
            f"where object is not null) d group by account having count(*) >= {floor}"
        )
        shared = found.setdefault(family(layer.name), np.zeros(accounts, np.int64))
        shared[rows["account"].to_numpy()] += rows["n"].to_numpy()
    return found


def interests(study: Study, accounts: int) -> Ints:
    """The community of interest of each account: told from whom it acts upon; 0 where that is not known."""
    from graphnet.nulls._interests import SMALLEST, communities  # noqa: PLC0415

    rows = study.rows("select distinct account, target from actions where target is not null")
    of = np.zeros(accounts, np.int64)
    if not rows.num_rows:
        return of
    who, whom = rows["account"].to_numpy(), np.unique(rows["target"].to_numpy(), return_inverse=True)[1]
    # coarse ones: in a fine one there would be too few others to draw from
    smallest = max(SMALLEST, (int(whom.max()) + 1) // INTERESTS)
    topic = communities(Shares.of(who, whom, accounts=accounts, lasting=True), smallest=smallest)[whom].astype(np.int64)
    # the community that most of an account's targets are in, the first one if there are several
    (account, topic), place = distinct(who, topic)
    order = np.lexsort((topic, -np.bincount(place), account))
    first = order[np.unique(account[order], return_index=True)[1]]
    of[account[first]] = topic[first] + 1
    return of


# Judging -------------------------------------------------------------------------------------------------------------


def _judge(halves: Sequence[Half], interest: Ints, controls: int, seed: int) -> list[Judged]:
    """Judge the groups of each half by the other, and correct for the number of groups and families."""
    tests = sum(len(one.groups) * len(two.unexplained) for one, two in (halves, halves[::-1]))
    # as many control groups as one group alone needs to be confirmed
    count = min(max(controls, 20 * tests), MOST)
    judged = [
        one
        for half, (mine, other) in enumerate((halves, halves[::-1]))
        for one in _judged(half, mine.groups, other, interest, count, seed)
    ]
    keys = [(i, name) for i, one in enumerate(judged) for name in sorted(one.p)]
    q = q_values(np.array([judged[i].p[name] for i, name in keys]), max(tests, 1))
    for (i, name), value in zip(keys, q.tolist(), strict=True):
        judged[i].q[name] = value
    return judged


def _judged(half: int, groups: Sequence[Ints], other: Half, interest: Ints, count: int, seed: int) -> Iterator[Judged]:
    outside = np.full(len(interest), True)
    for group in groups:
        outside[group] = False
    lots = {name: Lots(active, interest, outside) for name, active in other.activity.items()}
    for place, group in enumerate(groups):
        pairs = {name: int(_inside(group, table)) for name, table in other.unexplained.items()}
        p, words = dict.fromkeys(pairs, 1.0), dict.fromkeys(pairs, FEW)
        for name in (name for name, n in pairs.items() if n >= LEAST):
            draws = lots[name].draw(group, count, (seed, half, place))
            p[name], words[name] = _rank(draws, other.unexplained[name], pairs[name], len(group))
        yield Judged(half, group, pairs, p, {}, words)


def _inside(group: Ints, table: csr_array) -> float:
    return float(table[group][:, group].sum())


def _rank(draws: Iterator[Draw], table: csr_array, pairs: int, size: int) -> tuple[float, str]:
    """Share of control groups with as many pairs inside, the group itself among them; and words.

    If the control groups are not alike, chance of nominal size (p <= .001 in one of a thousand pairs) counts if it is
    larger.
    """
    from graphnet.kernels.crowd_sums import entries_inside  # noqa: PLC0415  (numba, half a second)
    from graphnet.kernels.null_work import poisson_tail  # noqa: PLC0415

    more, of, words, alike = 0, 0, "no control groups: too few accounts outside the groups", True
    for draw in draws:
        of, words, alike = of + len(draw.crowds), draw.words, draw.alike
        inside = entries_inside(draw.crowds.start, draw.crowds.account, *table_arrays(table)[:2], table.shape[0])
        more += int((inside >= pairs).sum())
    if not of or alike:
        return (1 + more) / (1 + of), words
    nominal = LEVEL * size * (size - 1) / 2
    least = float(poisson_tail(np.array([pairs]), np.array([nominal]))[0])
    return max((1 + more) / (1 + of), least), f"{words}; none are as active, so nominal chance counts"
