"""What several rows share: things both sides have, as evidence, and answers from matched groups and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.crowds import Flags, Ints, Numbers
from graphnet.rows._common import NO_TIME, Things
from graphnet.rows._nulls import (
    LEAST,
    NO_CONTROLS,
    Cosine,
    InCommon,
    against_groups,
    beyond,
    interval,
    poisson_interval,
)
from graphnet.rows._picks import among_available
from graphnet.safe import show
from graphnet.words import count, iso

if TYPE_CHECKING:
    from graphnet.rows import Row, Side

__all__ = ["chosen_alike", "nothing_known", "profiles_alike", "things_in_common", "useful"]

DAY = 86_400


def nothing_known(a: Side, b: Side, things: Things, what: str) -> str | None:
    """Why two sides cannot be compared in these things, or None."""
    for side in (a, b):
        if not side.flags[things.account].any():
            return f"not applicable: no {what} of {show(side.name, 60)} are known"
    return None


def useful(a: Side, things: Things) -> Flags:
    """Which things are neither by nor about an account of the two sides."""
    known = things.author >= 0
    own = ~a.common.outside
    return ~known | ~own[np.maximum(things.author, 0)]


def evidence(a: Side, b: Side, things: Things, strength: Numbers) -> list[dict[str, Any]]:
    """The things that both sides have, the strongest first."""
    order = np.lexsort((np.arange(len(strength)), -strength))[: EVIDENCE + 1]
    order = order[strength[order] > 0][:EVIDENCE]
    if not len(order):
        return []
    some = np.isin(things.thing, order)
    kept = Things(
        things.account[some], things.thing[some], things.time[some], things.place[some], things.post[some],
        things.label, things.author, things.created,
    )  # fmt: skip
    users = [kept.users(side.flags) for side in (a, b)]
    first = [kept.first(side.flags) for side in (a, b)]
    return [
        {
            "thing": show(things.label[i], 120),
            f"accounts of {show(a.name, 40)}": int(users[0][i]),
            f"accounts of {show(b.name, 40)}": int(users[1][i]),
            f"first by {show(a.name, 40)}": None if first[0][i] == NO_TIME else iso(int(first[0][i])),
            f"first by {show(b.name, 40)}": None if first[1][i] == NO_TIME else iso(int(first[1][i])),
        }
        for i in order.tolist()
    ]


def others(a: Side, things: Things) -> Ints:
    """How many accounts outside both sides acted on each thing."""
    return things.users(a.common.outside)


def chosen_alike(row: Row, a: Side, b: Side, things: Things, cell: Ints, what: str) -> Answer:
    """Things that both picked, against what was there to be picked and against matched groups; the larger p counts."""
    one, two = (things.users(side.flags) > 0 for side in (a, b))
    keep = useful(a, things) & (one | two | (others(a, things) > 0))
    rest = others(a, things).astype(np.float64)
    _, cells = np.unique(cell[keep], return_inverse=True)
    seen, expected, p = among_available(cells, rest[keep], one[keep], two[keep])
    matched = against_groups(a, b, things.table(a.common.width, keep), _rarity(a))
    if matched is None:
        return row.answer(NO_CONTROLS)
    low, high = poisson_interval(seen)
    return row.answer(
        f"both passed on {seen:,} of the {int((one & keep).sum()):,} and {int((two & keep).sum()):,} {what}; "
        f"{expected:,.1f} expected from what there was to choose; cosine {matched.value:.3f}, "
        f"{matched.expected:.3f} in matched groups",
        float(seen), "things", low=low, high=high, reference=expected,
        compared_with="expected from what there was to choose", p=max(p, matched.p) if seen >= LEAST else 1.0,
        evidence=evidence(a, b, things, (one & two & keep) / (1 + rest)),
    )  # fmt: skip


def profiles_alike(
    row: Row,
    a: Side,
    b: Side,
    things: Things,
    keep: Flags,
    what: str,
    *,
    bases: Sequence[str] = ("acts",),
    most: float = np.inf,
    acts: bool = True,
) -> Answer:
    """Cosine of what both have, rare things weighing more, against matched groups.

    Args:
        row: The row that asks.
        a: One side.
        b: The other.
        things: Who has what.
        keep: Which things may count.
        what: What to call them.
        bases: See `against_groups`.
        most: Things that more accounts outside have do not count.
        acts: See `against_groups`.
    """
    table, rarity = things.table(a.common.width, keep), _rarity(a, most)
    matched = against_groups(a, b, table, rarity, bases, acts=acts)
    if matched is None:
        return row.answer(NO_CONTROLS)
    low, high = interval(a, b, table, rarity)
    one, two = (things.users(side.flags) for side in (a, b))
    rest = others(a, things)
    both = np.where(keep & (rest <= most), np.minimum(one / len(a.own), two / len(b.own)), 0.0)
    return row.answer(
        f"cosine of their {what}: {matched.value:.3f} (0 to 1), {matched.expected:.3f} in matched groups",
        matched.value, "cosine", low=low, high=high, reference=matched.expected,
        compared_with="mean of matched groups", p=matched.p, evidence=evidence(a, b, things, both / (1 + rest)),
    )  # fmt: skip


def things_in_common(
    row: Row, a: Side, b: Side, things: Things, what: str, most: float, *, acts: bool = True
) -> Answer:
    """How many things both have, against matched groups and the Poisson tail of what these give.

    Things that more than ``most`` accounts outside have are everybody's.
    """
    table = things.table(a.common.width)
    matched = against_groups(a, b, table, InCommon(most), acts=acts)
    if matched is None:
        return row.answer(NO_CONTROLS)
    one, two = (things.users(side.flags) > 0 for side in (a, b))
    rest = others(a, things)
    seen = int(matched.value)
    # a mean of no groups at all is not a chance of nothing
    p = max(matched.p, beyond(seen, matched.expected + 3 / a.common.rounds)) if seen >= LEAST else 1.0
    low, high = poisson_interval(seen)
    return row.answer(
        f"{count(seen, 'different ' + what, 'different ' + what + 's')} on both sides, "
        f"{matched.expected:,.2f} in matched groups",
        float(seen), "things", low=low, high=high, reference=matched.expected,
        compared_with="mean of matched groups", p=p,
        evidence=evidence(a, b, things, (one & two & (rest <= most)) / (1 + rest)),
    )  # fmt: skip


def _rarity(a: Side, most: float = np.inf) -> Cosine:
    """Cosine in which things weigh by how few accounts outside have them."""
    return Cosine(int(a.common.outside.sum()), most)
