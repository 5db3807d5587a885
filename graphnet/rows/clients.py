"""Programs that both sides post with."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike
from graphnet.rows._common import NO_TIME, Common, Things

__all__ = ["Clients"]


class Clients(Row):
    """Do both sides post with the same programs?"""

    name: ClassVar[str] = "clients"
    title: ClassVar[str] = "the same programs"
    family: ClassVar[str] = "tools"
    counts: ClassVar[bool] = False
    null: ClassVar[str] = (
        "random groups of the same size, interest and activity in place of either side; not counted, since whoever "
        "automates posts uses the same programs"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, _clients(a.common), "programs")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = _clients(a.common)
        return profiles_alike(self, a, b, things, np.ones(len(things.label), dtype=np.bool_), "programs")


def _clients(common: Common) -> Things:
    """Who posts with which program."""
    if "clients" not in common.held:
        sql = "select distinct account, client from posts where client is not null order by account, client"
        pieces = [study.rows(sql) for study in common.studies]
        names = sorted({name for piece in pieces for name in piece["client"].to_pylist()})
        number = {name: i for i, name in enumerate(names)}
        account = [common.start[k] + p["account"].to_numpy().astype(np.int64) for k, p in enumerate(pieces)]
        thing = [np.array([number[n] for n in p["client"].to_pylist()], dtype=np.int64) for p in pieces]
        held = np.concatenate(account)
        place = np.repeat(np.arange(len(pieces)), [len(p) for p in pieces])
        common.held["clients"] = Things(
            held, np.concatenate(thing), np.full(len(held), NO_TIME), place, np.full(len(held), -1), names,
            np.full(len(names), -1), np.full(len(names), NO_TIME),
        )  # fmt: skip
    found: Things = common.held["clients"]
    return found
