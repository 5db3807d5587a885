"""Random groups of accounts as active as a community, to compare it with.

Busy accounts share more targets than quiet ones, and large groups more than small ones. So a community's figure is
compared with the same figure of random groups *of the same size and the same activity*, and its place among them is
what is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.study import Study

__all__ = [
    "Controls",
    "Exchange",
    "Pool",
    "activity",
    "activity_strata",
    "communities",
    "exchanged",
    "matched",
    "place",
]

ROOM = 2
"""A draw of n accounts needs 2n to choose from: with less, the control groups would be copies of one another; with
more, large groups would be compared with less active accounts."""
SPREAD = 20
"""… and at least this many, so that a community of five is not always compared with the same few accounts."""
ALIKE = 1.5
"""Control groups whose typical activity is further off than by this factor are not called "as active"."""
APART = 3
"""… and those further off than this are no groups to compare with."""
ENOUGH = 0.25
"""Exchanges that replace a smaller share of a group than this, in the mean, are little else than the group itself."""


def communities(study: Study) -> Crowds:
    """The study's communities.

    Raises:
        MissingTable: No community was sought yet.
    """
    study.require("members")
    rows = study.rows("select community, account from members")
    return Crowds.of(rows["community"].to_numpy(), rows["account"].to_numpy())


def activity(study: Study) -> Ints:
    """How many actions each account of the study made."""
    width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
    rows = study.rows("select account, count(*) as n from actions group by account")
    found = np.zeros(width, dtype=np.int64)
    found[rows["account"].to_numpy()] = rows["n"].to_numpy()
    return found


# Control groups ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Controls:
    """Random groups for some communities.

    Attributes:
        crowds: The groups; ``label`` is the place of the community that each is for.
        words: For each community what its groups are ("groups of accounts as active"), or why it has none.
    """

    crowds: Crowds
    words: list[str]

    def of(self, place: int, values: Numbers) -> Numbers:
        """Those of ``values`` (one a group) that belong to the community at this place."""
        low, high = np.searchsorted(self.crowds.label, [place, place + 1])
        return values[low:high]


def matched(groups: Crowds, activity: Ints, outside: Flags, count: int = 199, seed: int = 7) -> Controls:
    """Random groups of the same size and the same activity as each of ``groups``.

    Each member is replaced by a random account of its *stratum*: those whose number of actions is within a factor of
    1.41 (half a power of two) of one another. A stratum with too few accounts (under two for each one needed, or
    under 20) is joined to the fuller of its neighbours until there are enough; accounts without any action replace
    only their like. Accounts of any community are not drawn, unless those left are too few or not as active; then all
    accounts but the group's own are, if that is nearer, and the words say so. Groups whose typical member is three
    times more or less active than the community's are none to compare with, and the words say that too.

    Args:
        groups: The communities.
        activity: Number of actions of each account.
        outside: Whether each account is in no community.
        count: Groups to draw for each community.
        seed: Same seed, same groups; those of one community do not depend on which others are asked for.
    """
    strata = activity_strata(activity)
    everyone, free = Pool.of(strata, np.full(len(activity), True)), Pool.of(strata, outside)
    drawn: list[Ints] = []
    words: list[str] = []
    for place in range(len(groups)):
        own = groups.members(place)
        rng = np.random.default_rng((seed, int(groups.label[place])))
        made = free.draw(rng, own, strata[own], count)
        others = _apart(activity, own, made) > ALIKE
        if others:
            wider = everyone.draw(rng, own, strata[own], count)
            others = _apart(activity, own, wider) < _apart(activity, own, made)
            made = wider if others else made
        words.append(_words(activity, own, made, others=others))
        drawn.append(made if _apart(activity, own, made) <= APART else made[:0])
    return Controls(_joined(drawn), words)


def exchanged(groups: Crowds, activity: Ints, outside: Flags, count: int = 199, seed: int = 7) -> Controls:
    """Random groups of each community's members and other accounts, exchanged within their strata of activity.

    What a standing or a p is to be worked out from. Groups of other accounts alone (`matched`) take these for the whole
    truth, and busy members for chance: of harmless communities of 100 among 400 accounts, the busier drawn more often,
    15 to 38 in 100 stood above 95 % of such groups (68 by targets shared). A community that is like the others of its
    strata is one such exchange, so it stands above 95 % of them once in twenty, however many accounts there are.

    Strata are never joined: in wider ones members stand out for being the busiest. So a member without its like stays
    in all groups. The others are accounts of no community, unless with all of them `ENOUGH` of the members cannot be
    replaced and with accounts of other communities more can; where these do not suffice either, there are no groups.

    Args:
        groups: The communities.
        activity: Number of actions of each account.
        outside: Whether each account is in no community.
        count: Groups for each community.
        seed: Same seed, same groups; those of one community do not depend on which others are asked for.
    """
    strata = activity_strata(activity)
    everyone, free = Pool.of(strata, np.full(len(activity), True)), Pool.of(strata, outside)
    drawn: list[Ints] = []
    words: list[str] = []
    for place in range(len(groups)):
        own = groups.members(place)
        rng = np.random.default_rng((seed, int(groups.label[place]), 1))
        tried = [Exchange(pool.sides(own, strata[own])) for pool in (free, everyone)]
        others = tried[0].share < min(ENOUGH, tried[1].share)
        enough = tried[others].share >= ENOUGH
        included = ", those of other communities included" if others else ""
        few = f"no control groups: too few accounts outside it for random groups of {len(own):,} as active"
        words.append(f"groups drawn from members and accounts as active{included}" if enough else few)
        drawn.append(tried[others].draw(rng, count if enough else 0))
    return Controls(_joined(drawn), words)


Side = tuple[Ints, Ints]
"""Members of a cell, and the other accounts there."""


@dataclass(frozen=True)
class Exchange:
    """Cells (strata of activity, say) within which a group's members and other accounts change places at random.

    Where membership has to do with the cell alone, the group is one of its exchanges, each as likely as the next.

    Attributes:
        sides: Of each cell the members and the others.
    """

    sides: list[Side]

    @property
    def share(self) -> float:
        """Share of the members that an exchange replaces, in the mean."""
        replaced = sum(len(mine) * len(others) / (len(mine) + len(others)) for mine, others in self.sides)
        return replaced / max(sum(len(mine) for mine, _ in self.sides), 1)

    def draw(self, rng: np.random.Generator, count: int) -> Ints:
        """Random exchanges, one row each, as many accounts as the group has.

        Example:
            >>> made = Exchange([(np.array([3, 4]), np.array([7, 8, 9])), (np.array([5]), np.array([], int))])
            >>> round(made.share, 2), made.draw(np.random.default_rng(1), 2).shape
            (0.4, (2, 3))
        """
        rows = [_exchanges(rng, np.concatenate(side), len(side[0]), count) for side in self.sides]
        return np.hstack([np.zeros((count, 0), dtype=np.int64), *rows])


def _exchanges(rng: np.random.Generator, cell: Ints, need: int, count: int) -> Ints:
    """``count`` rows of ``need`` accounts of a cell; the fewer are drawn: those in it, or those left out."""
    if 2 * need <= len(cell):
        return cell[_draw(rng, 0, len(cell), need, count)]
    kept = np.ones((count, len(cell)), dtype=bool)
    if need < len(cell):
        np.put_along_axis(kept, _draw(rng, 0, len(cell), len(cell) - need, count), values=False, axis=1)
    return np.broadcast_to(cell, kept.shape)[kept].reshape(count, need)


def activity_strata(activity: Ints) -> Ints:
    """Half powers of two of the number of actions, from 1; 0 for accounts without any."""
    levels = np.floor(2 * np.log2(np.maximum(activity, 1))).astype(np.int64) + 1
    return np.where(activity > 0, levels, 0)


@dataclass(frozen=True)
class Pool:
    """Accounts to draw from, one stratum after the other.

    Attributes:
        account: The accounts.
        start: Where each stratum starts; one longer than their number.
        position: Where each account of the study is in ``account``, or -1.
        barred: Scratch: which positions must not be drawn just now.
    """

    account: Ints
    start: Ints
    position: Ints
    barred: Flags

    @classmethod
    def of(cls, strata: Ints, who: Flags) -> Pool:
        """The accounts for which ``who`` holds."""
        account = np.argsort(strata, kind="stable")
        account = account[who[account]]
        start = np.searchsorted(strata[account], np.arange(strata.max(initial=0) + 2))
        position = np.full(len(strata), -1, dtype=np.int64)
        position[account] = np.arange(len(account))
        return cls(account, start, position, np.zeros(len(account), dtype=bool))

    def draw(self, rng: np.random.Generator, own: Ints, wanted: Ints, count: int) -> Ints:
        """Accounts to replace a group's own (of these strata), one row a control group; no rows if there is no room."""
        inside = self._inside(own)
        blocks = self._blocks(inside, wanted)
        if not blocks:
            return np.zeros((0, len(own)), dtype=np.int64)
        self.barred[inside] = True
        bounds = ((int(self.start[low]), int(self.start[high + 1]), n) for low, high, n in blocks)
        drawn = np.hstack([_draw(rng, low, high, n, count, self.barred) for low, high, n in bounds])
        self.barred[inside] = False
        return self.account[drawn]

    def sides(self, own: Ints, wanted: Ints) -> list[Side]:
        """A group's own accounts (of these strata) and the others, by stratum."""
        inside = self._inside(own)
        self.barred[inside] = True
        found = []
        for stratum in np.unique(wanted).tolist():
            some = slice(self.start[stratum], self.start[stratum + 1])
            found.append((own[wanted == stratum], self.account[some][~self.barred[some]]))
        self.barred[inside] = False
        return found

    def _inside(self, own: Ints) -> Ints:
        inside = self.position[own]
        return inside[inside >= 0]

    def _blocks(self, inside: Ints, wanted: Ints) -> list[tuple[int, int, int]]:
        """Ranges of strata (see `_blocks`), those at the positions ``inside`` not counted; none if there is no room."""
        need = np.bincount(wanted, minlength=len(self.start) - 1)
        have = np.diff(self.start) - np.bincount(np.searchsorted(self.start, inside, "right") - 1, minlength=len(need))
        # accounts that never acted are another sort: they neither replace others nor are replaced by them
        if have[0] < ROOM * need[0] or have[1:].sum() < ROOM * need[1:].sum():
            return []
        never = [(0, 0, int(need[0]))] * bool(need[0])
        return never + _blocks(need[1:].tolist(), have[1:].tolist())


def _blocks(need: list[int], have: list[int]) -> list[tuple[int, int, int]]:
    """Ranges of strata (from, to, accounts needed), joined until each has enough accounts to choose from.

    The lists begin with stratum 1.
    """
    blocks = [[i, i, n, h] for i, (n, h) in enumerate(zip(need, have, strict=True), start=1)]
    while (short := _short(blocks)) is not None:
        sides = [i for i in (short - 1, short + 1) if 0 <= i < len(blocks)]
        other = max(sides, key=lambda i: blocks[i][3])
        first, second = sorted((short, other))
        (start, _, n1, h1), (_, end, n2, h2) = blocks[first], blocks.pop(second)
        blocks[first] = [start, end, n1 + n2, h1 + h2]
    return [(low, high, n) for low, high, n, _ in blocks if n]


def _short(blocks: list[list[int]]) -> int | None:
    """The first block with too few accounts to choose from, if it can be joined to another."""
    short = (i for i, (_, _, need, have) in enumerate(blocks) if need and have < max(ROOM * need, SPREAD))
    return next(short, None) if len(blocks) > 1 else None


def _draw(rng: np.random.Generator, low: int, high: int, need: int, count: int, barred: Flags | None = None) -> Ints:
    """``count`` rows of ``need`` different positions in low … high, none of them barred, every set as likely.

    Repetitions are drawn again: with twice the room that ends in a few rounds, where ``choice`` without
    replacement would shuffle the whole pool for each of the groups.
    """
    drawn = rng.integers(low, high, (count, need))
    if barred is None and need == 1:
        return drawn
    again, rows = np.arange(count), drawn
    while len(again):
        rows.sort(axis=1)
        bad = np.zeros(rows.shape, dtype=bool) if barred is None else barred[rows]
        bad[:, 1:] |= rows[:, 1:] == rows[:, :-1]
        drawn[again] = rows
        # rows without repetitions are done
        left = np.flatnonzero(bad.any(axis=1))
        again, rows, bad = again[left], rows[left], bad[left]
        rows[bad] = rng.integers(low, high, int(bad.sum()))
    return drawn


def _typical(activity: Ints, own: Ints, drawn: Ints) -> tuple[float, float]:
    return float(np.median(activity[own])), float(np.median(activity[drawn]))


def _apart(activity: Ints, own: Ints, drawn: Ints) -> float:
    """By what factor the typical activity of drawn accounts differs from the group's; infinite if there are none."""
    if not drawn.size:
        return float("inf")
    mine, theirs = _typical(activity, own, drawn)
    return max((mine + 1) / (theirs + 1), (theirs + 1) / (mine + 1))


def _words(activity: Ints, own: Ints, drawn: Ints, *, others: bool) -> str:
    apart = _apart(activity, own, drawn)
    if not drawn.size:
        return f"no control groups: too few accounts outside it for random groups of {len(own):,}"
    mine, theirs = _typical(activity, own, drawn)
    if apart > APART:
        return (
            f"no control groups: accounts outside it are not as active (median {theirs:,.0f} actions, here {mine:,.0f})"
        )
    nearest = f"of the nearest activity there is (median {theirs:,.0f} actions, here {mine:,.0f})"
    included = ", those of other communities included" if others else ""
    return f"groups of accounts {'as active' if apart <= ALIKE else nearest}{included}"


def _joined(drawn: list[Ints]) -> Crowds:
    """The rows of all draws as groups labelled with the place of their community."""
    label = np.repeat(np.arange(len(drawn)), [d.shape[0] for d in drawn])
    sizes = np.concatenate([np.full(d.shape[0], d.shape[1], dtype=np.int64) for d in drawn] or [np.zeros(0, np.int64)])
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    account = np.concatenate([np.sort(d, axis=1).ravel() for d in drawn] or [np.zeros(0, np.int64)])
    return Crowds(label.astype(np.int64), start, account.astype(np.int64))


def place(value: float, others: Numbers) -> tuple[float, int, int, int] | None:
    """Where a value stands among others, or None if none of them is known (NaN).

    Returns:
        The share of the others that are smaller, where equal ones count half (mid-rank: a group that is like all
        others stands at .5, not at 0 or 1); how many are smaller; how many are equal; how many there are.

    Example:
        >>> place(2.0, np.array([1.0, 2.0, 3.0, np.nan]))
        (0.5, 1, 1, 3)
    """
    known = others[~np.isnan(others)]
    if not len(known) or np.isnan(value):
        return None
    smaller, equal = int((known < value).sum()), int((known == value).sum())
    return (smaller + equal / 2) / len(known), smaller, equal, len(known)
