"""Which community of one time is which of another: links, splits, merges, and one identity kept over many times.

Communities are sets of accounts, no account in two of one time. Definitions:

- *Linked*: the two share ``least`` accounts or more, and their Jaccard overlap is ``overlap`` or more (Greene, Doyle
  and Cunningham 2010), or at least ``share`` of the one is in the other: Jaccard alone would never see a small group
  that leaves a large one, or enters it.
- *Continues*: of the links, those of the largest Jaccard overlap first, each community at most once on either side
  (Palla, Barabási and Vicsek 2007). The later community then has the earlier one's identity.
- *Unchanged*: it continues with the very same accounts. *Grown*, *shrunk*: it continues, and its size has changed by
  more than ``steady``. *Continued*: neither.
- *Split*: it is linked to several later communities. Those that do not continue it are *split off*.
- *Merged*: it is linked to several earlier communities. Of the earlier ones, those that nothing continues were
  *merged into* it.
- *Born*: linked to no earlier community. *Died*: linked to no later one.

Everything depends on the accounts alone, not on the numbers of the communities or the order of anything: of equal links
the one whose earlier, then later community has the smallest account goes first.

Example:
    >>> one = {1: "abcdef", 2: "uvw"}
    >>> two = {1: "abcd", 2: "ef", 3: "xyz"}
    >>> found = align(one, two)
    >>> found.after
    {1: ('shrunk', 'split'), 2: ('split off',), 3: ('born',)}
    >>> found.before
    {1: ('split',), 2: ('died',)}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphnet.errors import InputError

__all__ = ["Alignment", "Link", "Rules", "Stage", "align", "follow"]

Groups = Mapping[int, Collection[str]]
Events = tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """Where the definitions draw their lines.

    Args:
        overlap: Jaccard overlap from which two communities are linked.
        share: Share of one of the two that is in the other, from which they are linked.
        least: Fewest accounts that linked communities have in common.
        steady: Largest change of size, as a share of the smaller size, of one that has neither grown nor shrunk.

    Raises:
        InputError: One is out of range.
    """

    overlap: float = 0.3
    share: float = 0.5
    least: int = 2
    steady: float = 0.1

    def __post_init__(self) -> None:
        for name in ("overlap", "share"):
            if not 0 < getattr(self, name) <= 1:
                raise InputError(f"{name} is {getattr(self, name)}, it has to be above 0 and at most 1")
        if self.least < 1:
            raise InputError(f"least is {self.least}, it has to be 1 account or more")
        if not 0 <= self.steady < float("inf"):
            raise InputError(f"steady is {self.steady}, it has to be 0 or more (0.1: a tenth)")


@dataclass(frozen=True)
class Link:
    """Two communities that have accounts in common.

    Attributes:
        before, after: Their numbers.
        shared: Accounts in both.
        jaccard: Accounts in both / accounts in either.
        of_before: Share of the earlier one that is in the later one.
        of_after: Share of the later one that was in the earlier one.
        main: Whether the later one continues the earlier one.
    """

    before: int
    after: int
    shared: int
    jaccard: float
    of_before: float
    of_after: float
    main: bool = False


@dataclass(frozen=True)
class Alignment:
    """What became of communities, and where later ones come from.

    Attributes:
        links: Linked communities, by earlier, then later number.
        before: What became of each earlier community: ``died``, ``split``, ``merged into`` or a word of ``after``.
        after: How each later one came about: ``born``; ``unchanged``, ``continued``, ``grown`` or ``shrunk``;
            ``split``, ``split off``, ``merged``; several where several hold.
    """

    links: tuple[Link, ...]
    before: Mapping[int, Events]
    after: Mapping[int, Events]

    @property
    def continues(self) -> dict[int, int]:
        """The earlier community that each later one continues."""
        return {link.after: link.before for link in self.links if link.main}


def align(before: Groups, after: Groups, rules: Rules | None = None) -> Alignment:
    """Match the communities of two times by the accounts that they share.

    Args:
        before: The accounts of each earlier community, by its number.
        after: Those of each later one.
        rules: Where lines are drawn; None: `Rules` with its defaults.

    Raises:
        InputError: An account is in two communities of one time.
    """
    rules = rules or Rules()
    one, two = _sets(before), _sets(after)
    links = _chosen(list(_links(one, two, rules)), one, two)
    down, up = Counter(x.before for x in links), Counter(x.after for x in links)
    main = {x.before: x.after for x in links if x.main}
    came = {x.after: x.before for x in links if x.main}
    arrived: dict[int, Events] = {}
    for number in sorted(two):
        source = came.get(number)
        if not up[number]:
            arrived[number] = ("born",)
            continue
        words = [] if source is None else [_size_word(one[source], two[number], rules), *["split"] * (down[source] > 1)]
        words += ["split off"] * (source is None) + ["merged"] * (up[number] > 1)
        arrived[number] = tuple(words)
    left: dict[int, Events] = {}
    for number in sorted(one):
        kept = main.get(number)
        words = ["died"] if not down[number] else ["split"] * (down[number] > 1)
        words += ["merged into"] * (down[number] > 0 and kept is None)
        left[number] = tuple(words) or arrived[main[number]]
    return Alignment(tuple(links), left, arrived)


def _sets(groups: Groups) -> dict[int, frozenset[str]]:
    found = {number: frozenset(some) for number, some in groups.items() if len(some)}
    seen: dict[str, int] = {}
    for number, some in sorted(found.items()):
        for account in some:
            if account in seen:
                raise InputError(
                    f"account {account!r} is in two communities of one time ({seen[account]} and {number}); "
                    "each account may be in one"
                )
            seen[account] = number
    return found


def _links(one: Mapping[int, frozenset[str]], two: Mapping[int, frozenset[str]], rules: Rules) -> Iterator[Link]:
    """All that are linked."""
    home = {account: number for number, some in two.items() for account in some}
    both = Counter((number, home[account]) for number, some in one.items() for account in some if account in home)
    for (a, b), shared in both.items():
        size, size_b = len(one[a]), len(two[b])
        jaccard, of_a, of_b = shared / (size + size_b - shared), shared / size, shared / size_b
        # a community of fewer accounts than `least` is still linked to one that has all of it
        if shared < min(rules.least, size, size_b):
            continue
        if jaccard >= rules.overlap or max(of_a, of_b) >= rules.share:
            yield Link(a, b, shared, jaccard, of_a, of_b)


def _chosen(links: Sequence[Link], one: Mapping[int, frozenset[str]], two: Mapping[int, frozenset[str]]) -> list[Link]:
    """The links by number, with those marked by which communities continue."""
    first = {number: min(some) for number, some in one.items()}
    first_b = {number: min(some) for number, some in two.items()}
    taken: set[int] = set()
    taken_b: set[int] = set()
    made = []
    for link in sorted(links, key=lambda x: (-x.jaccard, -x.shared, first[x.before], first_b[x.after])):
        main = link.before not in taken and link.after not in taken_b
        if main:
            taken.add(link.before)
            taken_b.add(link.after)
        made.append(Link(**(vars(link) | {"main": main})))
    return sorted(made, key=lambda x: (x.before, x.after))


def _size_word(one: frozenset[str], two: frozenset[str], rules: Rules) -> str:
    if one == two:
        return "unchanged"
    if abs(len(two) - len(one)) <= rules.steady * min(len(one), len(two)):
        return "continued"
    return "grown" if len(two) > len(one) else "shrunk"


# Many times ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One identity at one time.

    Attributes:
        identity: Its number, from 1: in the order of appearance, at one time the largest first.
        time: Place of the time in the sequence, from 0.
        community: Number of the community that it is at that time; None: it is none (died, merged, not found).
        size: Accounts.
        events: What happened; see `Alignment`. ``first`` at the first time, ``not found`` where an identity is still
            sought, ``back`` where it is found again.
        links: Where its accounts were before: links whose earlier side is an identity, as it was last seen.
        came, stayed, left: Accounts that were not in it before, that were, and that are not any longer, sorted.
    """

    identity: int
    time: int
    community: int | None
    size: int
    events: Events
    links: tuple[Link, ...]
    came: tuple[str, ...]
    stayed: tuple[str, ...]
    left: tuple[str, ...]


def follow(times: Sequence[Groups], rules: Rules | None = None, patience: int = 0) -> list[Stage]:
    """Follow communities through successive times.

    At each time the communities are aligned with all identities as they were last seen.

    Args:
        times: The communities of each time, in order.
        rules: Where lines are drawn; None: `Rules` with its defaults.
        patience: For so many times an identity that nothing continues is *not found* and sought again; then it has
            died. One that merged into another is not sought.

    Returns:
        One stage for each identity and time at which it is there or ends, by time, then identity.

    Raises:
        InputError: An account is in two communities of one time, or ``patience`` is negative.

    Example:
        >>> stages = follow([{1: "abcd"}, {1: "abcde", 2: "xyz"}, {7: "xyz"}])
        >>> [(s.time, s.identity, s.size, *s.events) for s in stages]
        [(0, 1, 4, 'first'), (1, 1, 5, 'grown'), (1, 2, 3, 'born'), (2, 1, 0, 'died'), (2, 2, 3, 'unchanged')]
    """
    if patience < 0:
        raise InputError(f"patience is {patience}, it has to be 0 or more")
    walk = _Walk(rules or Rules(), patience)
    for groups in times:
        walk.step(_sets(groups))
    return walk.stages


class _Walk:
    """The identities as they were last seen, and since how many times each is not found."""

    def __init__(self, rules: Rules, patience: int) -> None:
        self.rules, self.patience, self.time, self.known = rules, patience, 0, 0
        self.stages: list[Stage] = []
        self.fronts: dict[int, frozenset[str]] = {}
        self.missed: dict[int, int] = {}

    def step(self, groups: Mapping[int, frozenset[str]]) -> None:
        """One time."""
        found = align(self._sought(), groups, self.rules)
        identity = self._named(groups, found.continues)
        made = [self._there(number, groups[number], identity, found) for number in groups]
        made += [self._gone(one, found) for one in self.fronts if one not in found.continues.values()]
        self.stages += sorted(made, key=lambda stage: stage.identity)
        for number, some in groups.items():
            self.fronts[identity[number]] = some
            self.missed.pop(identity[number], None)
        for stage in made:
            if {"died", "merged into"} & set(stage.events):
                del self.fronts[stage.identity]
                self.missed.pop(stage.identity, None)
            elif stage.community is None:
                self.missed[stage.identity] = self.missed.get(stage.identity, 0) + 1
        self.time += 1

    def _sought(self) -> dict[int, frozenset[str]]:
        """The fronts, each account only in the one where it was last seen."""
        newest: dict[str, int] = {}
        for one in sorted(self.fronts, key=lambda i: (-self.missed.get(i, 0), i)):
            newest |= dict.fromkeys(self.fronts[one], one)
        kept = {one: frozenset(a for a in some if newest[a] == one) for one, some in self.fronts.items()}
        return {one: some for one, some in kept.items() if some}

    def _named(self, groups: Mapping[int, frozenset[str]], continues: Mapping[int, int]) -> dict[int, int]:
        """The identity of each community: an old one, or the next number."""
        identity = dict(continues)
        for number in sorted(groups.keys() - identity.keys(), key=lambda n: (-len(groups[n]), min(groups[n]))):
            self.known += 1
            identity[number] = self.known
        return identity

    def _there(self, number: int, now: frozenset[str], identity: Mapping[int, int], found: Alignment) -> Stage:
        mine = identity[number]
        before = self.fronts.get(mine, frozenset())
        events = found.after[number] if self.time else ("first",)
        if mine in self.missed:
            # sought were those of its accounts that have not moved on, but all of them were in it
            events = ("back", _size_word(before, now, self.rules), *events[1:])
        links = tuple(link for link in found.links if link.after == number)
        moved = (tuple(sorted(some)) for some in (now - before, now & before, before - now))
        return Stage(mine, self.time, number, len(now), events, links, *moved)

    def _gone(self, one: int, found: Alignment) -> Stage:
        events = found.before.get(one, ("died",))
        # one that nothing continues may have split among others: then it is not sought either
        if "died" in events and self.missed.get(one, 0) < self.patience:
            events = ("not found",)
        left = () if "not found" in events else tuple(sorted(self.fronts[one]))
        return Stage(one, self.time, None, 0, events, (), (), (), left)
