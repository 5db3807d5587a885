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
    Matched,
    against_groups,
    among_available,
    beyond,
    in_common,
    poisson_interval,
    rarity,
)
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
    matched = against_groups(a, b, _rare(a, things, keep))
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
    row: Row, a: Side, b: Side, things: Things, keep: Flags, what: str, bases: Sequence[str] = ("acts",)
) -> Answer:
    """Cosine of what both have, rare things weighing more, against matched groups."""
    matched = against_groups(a, b, _rare(a, things, keep), bases=bases)
    if matched is None:
        return row.answer(NO_CONTROLS)
    one, two = (things.users(side.flags) for side in (a, b))
    both = np.where(keep, np.minimum(one / len(a.own), two / len(b.own)), 0.0)
    return _told(row, matched, f"cosine of their {what}", evidence(a, b, things, both / (1 + others(a, things))))


def things_in_common(row: Row, a: Side, b: Side, things: Things, keep: Flags, what: str) -> Answer:
    """How many things both have, against matched groups and the Poisson tail of what these give."""
    matched = against_groups(a, b, things.table(a.common.width, keep), in_common)
    if matched is None:
        return row.answer(NO_CONTROLS)
    one, two = (things.users(side.flags) > 0 for side in (a, b))
    seen = int(matched.value)
    # a mean of no groups at all is not a chance of nothing
    p = max(matched.p, beyond(seen, matched.expected + 3 / a.common.rounds)) if seen >= LEAST else 1.0
    low, high = poisson_interval(seen)
    return row.answer(
        f"{count(seen, 'different ' + what, 'different ' + what + 's')} on both sides, "
        f"{matched.expected:,.2f} in matched groups",
        float(seen), "things", low=low, high=high, reference=matched.expected,
        compared_with="mean of matched groups", p=p,
        evidence=evidence(a, b, things, (one & two & keep) / (1 + others(a, things))),
    )  # fmt: skip


def _rare(a: Side, things: Things, keep: Flags) -> Any:
    return rarity(things.table(a.common.width, keep), a.common.outside)


def _told(row: Row, matched: Matched, what: str, shown: list[dict[str, Any]]) -> Answer:
    return row.answer(
        f"{what}: {matched.value:.3f} (0 to 1), {matched.expected:.3f} in matched groups",
        matched.value, "cosine", low=matched.low, high=matched.high, reference=matched.expected,
        compared_with="mean of matched groups", p=matched.p, evidence=shown,
    )  # fmt: skip
