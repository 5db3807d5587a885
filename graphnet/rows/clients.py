"""Programs that both sides post with."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike
from graphnet.rows._common import Common, Things
from graphnet.rows._nulls import GROUPS

__all__ = ["Clients"]


class Clients(Row):
    """Do both sides post with the same programs?"""

    name: ClassVar[str] = "clients"
    title: ClassVar[str] = "the same programs"
    family: ClassVar[str] = "tools"
    counts: ClassVar[bool] = False
    null: ClassVar[str] = f"{GROUPS}; not counted, since whoever automates posts uses the same programs"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, _clients(a.common), "programs")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = _clients(a.common)
        return profiles_alike(self, a, b, things, np.ones(len(things.label), dtype=np.bool_), "programs", acts=False)


def _clients(common: Common) -> Things:
    """Who posts with which program."""
    if "clients" not in common.held:
        sql = "select distinct account, client from posts where client is not null order by account, client"
        rows = [study.rows(sql).to_pylist() for study in common.studies]
        common.held["clients"] = common.labelled(
            [(common.start[k] + row["account"], row["client"]) for k, some in enumerate(rows) for row in some]
        )
    found: Things = common.held["clients"]
    return found
