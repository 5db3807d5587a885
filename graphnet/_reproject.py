"""``project`` after an append: only pairs that what came may have changed are counted, all others are carried over.

A pair depends on the shares of its two accounts alone. It can only have become another one if a share of one of the two
came, and lies near a share of the other. So of a co-action layer, all accounts that have met anybody in this way are
found (`graphnet.kernels.meeting`) from the shares of the objects that were shared again; the pairs among these accounts
are counted anew from all their shares, by the kernel that counts all pairs, and take the place of those that there were
among them. Of a direct layer, what came is added to the pairs; where sums may depend on the order, or pairs of before
are not known, the same is done as with co-actions, with the sources and targets of the actions that came.

So the pairs are those of a full `project`, and so is what is told of them, but for ``visited``. Where a pair depends on
more than that, or where it is not known how the pairs were made, the layer is made as a whole: `reason` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphnet import _handover, _pair_rows, engines, registry
from graphnet._handover import Earlier
from graphnet._project import _shares, _summed, whole
from graphnet.layers import CoAction, Direct, Layer
from graphnet.log import logger
from graphnet.schema import INT, Column, Table
from graphnet.study import Step, Study, versions

if TYPE_CHECKING:
    from graphnet.kernels.coaction import Found

__all__ = ["Begun", "begun", "carried_over", "reason"]

Begun = Mapping[str, Callable[[], dict[str, Any]]]
"""For layers that are under way, what waits for them and returns their part of the summary."""

SEEN = Table("seen", (Column("number", INT, "an account or object"), Column("came", INT, "shares of it that came")))
"""Accounts or objects of the shares that came."""
NOBODY = np.empty(0, np.int64)


def carried_over(
    step: Step, layer: Layer, budget: float, threads: int | None, under_way: Begun
) -> dict[str, Any] | None:
    """Write the pairs of a layer, going on from those that there were before the study grew.

    Args:
        step: The running step.
        layer: The layer.
        budget: As in `graphnet.project`.
        threads: As there.
        under_way: Layers of which another thread does it, see `begun`.

    Returns:
        The layer's part of the summary; None: it has to be made as a whole, nothing was written.
    """
    if layer.name in under_way:
        return under_way[layer.name]()
    earlier = _handover.found(step.study, layer)
    if earlier is None:
        return None
    why = reason(layer, earlier)
    if why is None:
        if isinstance(layer, Direct):
            return _direct(step, layer)
        if isinstance(layer, CoAction) and (about := _Again(step, layer, earlier, budget, threads).run()):
            return about
        why = "its objects are texts, or more were shared by many than the budget allows"
    logger.info("%s: all pairs are counted, since %s", layer.name, why)
    return None


def reason(layer: Layer, earlier: Earlier) -> str | None:
    """Why the pairs of a layer cannot be carried over, or None."""
    if earlier.layer != registry.describe(layer):
        return f"the pairs were those of {earlier.layer}"
    if earlier.version != versions()["graphnet"]:
        return f"they were made by version {earlier.version}"
    if earlier.basis.get("query") != _handover.digest(layer):
        return "its rows were those of another query"
    return _own_reason(layer, earlier) if isinstance(layer, CoAction) else None


def _own_reason(layer: CoAction, earlier: Earlier) -> str | None:
    if layer.weight != "count":
        return f"the weight {layer.weight} of a pair depends on others"
    if layer.min_participation > 1:
        return "accounts may have enough shares now that had too few"
    if layer.window is None and "squares" not in earlier.basis:
        return "objects fell to the budget"
    return None


# Co-action layers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Again:
    """A co-action layer whose pairs are carried over."""

    step: Step
    layer: CoAction
    earlier: Earlier
    budget: float
    threads: int | None

    def run(self) -> dict[str, Any] | None:
        """See `carried_over`."""
        from graphnet.kernels.coaction import NO_TIME, check_times, co_action  # noqa: PLC0415  (numba)
        from graphnet.kernels.meeting import met  # noqa: PLC0415

        study, layer = self.step.study, self.layer
        new = _handover.of_those_that_came(layer.rows())
        if not pa.types.is_integer(study.rows(f"select object from ({new}) r limit 0").schema.field("object").type):
            return None  # numbers of texts are given anew in each query
        came, dropped = _shares(study, layer, new)
        if came["time"] is not None:
            check_times(came["time"][came["time"] != NO_TIME])
        about = self._totals(came, dropped)
        near = self._near(came)
        if layer.window is None:
            squares = self.earlier.basis["squares"] + _more_squares(came, near)
            if squares > self.budget:
                return None
            about["basis"] = {"squares": squares}
        both = {name: _joined(came[name], near[name]) for name in ("account", "object", "time")}
        is_new = np.arange(len(both["account"])) < len(came["account"])
        who, looked = met(is_new, both["account"], both["object"], both["time"], window=layer.window)
        shares, _ = _shares(study, layer, self._of("account", who))
        # most objects have one share only, which nobody can meet
        several = np.bincount(shares["object"], minlength=1)[shares["object"]] > 1
        shares = {name: values if values is None else values[several] for name, values in shares.items()}
        found = co_action(
            shares["account"], shares["object"], shares["time"], shares["post"], window=layer.window,
            min_shared=layer.min_shared, count=layer.count, threads=self.threads,
        )  # fmt: skip
        about["visited"] = looked + found.visited
        pairs = _in_place(study, layer, found, who, who)
        return about | {"pairs": _pair_rows.write(self.step, layer.name, pairs)}

    def _totals(self, came: Mapping[str, Any], dropped: Mapping[str, int]) -> dict[str, Any]:
        """What went into the layer, with what came."""
        from graphnet.kernels.meeting import distinct  # noqa: PLC0415

        about, ignored = dict(self.earlier.about), dict(self.earlier.about["dropped"])
        for name, number in dropped.items():
            ignored[name] = ignored.get(name, 0) + number
        about["dropped"] = ignored
        about["shares"] += len(came["account"]) + sum(dropped.values())
        if _handover.reads_objects(self.layer.rows()):
            more = {name: self._unseen(name, came[name]) for name in ("account", "object")}
            return about | {f"{name}s": about[f"{name}s"] + number for name, number in more.items()}
        # to count all of them is quicker than to look for some where nothing is joined
        timed = "" if self.layer.window is None else "and time is not null"
        small = "cast(account as integer) as account, cast(object as integer) as object"
        rows = self.step.study.rows(f"select {small} from ({self.layer.rows()}) r where object is not null {timed}")
        return about | {f"{name}s": distinct(rows[name].to_numpy()) for name in ("account", "object")}

    def _unseen(self, column: str, numbers: Any) -> int:
        """How many of these accounts or objects have no shares but those that came."""
        counted = np.bincount(numbers, minlength=1)
        which = np.flatnonzero(counted)
        self._open(f"new.{column}", which, counted[which])
        timed = "" if self.layer.window is None else "where r.time is not null"
        sql = (
            f"select count(*) as n from (select s.number from seen s join ({self.layer.rows()}) r "
            f"on r.{column} = s.number {timed} group by s.number, s.came having count(*) = s.came) u"
        )
        return int(self.step.study.rows(sql)["n"][0].as_py())

    def _of(self, column: str, numbers: Any) -> str:
        """The layer's rows of these accounts or objects."""
        self._open(column, numbers, np.ones(len(numbers), np.int64))
        return f"select r.* from ({self.layer.rows()}) r join seen s on s.number = r.{column}"

    def _open(self, name: str, numbers: Any, came: Any) -> None:
        """Make them known to the engine as ``seen``; each time in a file of its own, since engines remember files."""
        path = self.step.scratch / f"{self.layer.name}.{name}.parquet"
        engines.write([pa.table({"number": numbers, "came": came})], path, SEEN)
        self.step.study.engine.open(path, SEEN.name)

    def _near(self, came: Mapping[str, Any]) -> dict[str, Any]:
        """The shares of the objects of those that came, as far as one of these may be within their window."""
        rows, window = self._of("object", np.unique(came["object"])), self.layer.window
        if window is not None and len(came["time"]):
            rows += f" where r.time between {came['time'].min() - window} and {came['time'].max() + window}"
        columns = "cast(account as integer) as account, cast(object as integer) as object"
        found = self.step.study.rows(f"select {columns}{', time' if window is not None else ''} from ({rows}) n")
        return {name: found[name].to_numpy() if name in found.column_names else None for name in came}


def _joined(one: Any, other: Any) -> Any:
    return None if other is None else np.concatenate((one, other))


def _more_squares(came: Mapping[str, Any], near: Mapping[str, Any]) -> int:
    """By how much the sum of squared accounts of the objects has grown."""
    size = 1 + max(int(rows["account"].max(initial=0)) for rows in (came, near))
    keys, counts = np.unique(near["object"].astype(np.int64) * size + near["account"], return_counts=True)
    new, mine = np.unique(came["object"].astype(np.int64) * size + came["account"], return_counts=True)
    only = np.zeros(len(keys), np.bool_)
    only[np.searchsorted(keys, new)] = counts[np.searchsorted(keys, new)] == mine
    things, place = np.unique(keys // size, return_inverse=True)
    now = np.bincount(place, minlength=len(things))
    was = now - np.bincount(place, weights=only, minlength=len(things)).astype(np.int64)
    return int((now**2).sum() - (was**2).sum())


# Pairs ---------------------------------------------------------------------------------------------------------------


def _in_place(study: Study, layer: Layer, found: Found, sources: Any, targets: Any) -> Found:
    """The pairs of before with others in place of those of these sources and these targets."""
    from graphnet.kernels.coaction import Found  # noqa: PLC0415
    from graphnet.kernels.meeting import in_place  # noqa: PLC0415

    before = Found(**_handover.pairs_before(study, layer))
    if not len(before):
        return found
    moved = _handover.moves(study)
    size = 1 + int(max(numbers.max(initial=0) for numbers in (moved, sources, targets)))
    return in_place(before, moved, found, _flags(sources, size), _flags(targets, size))


def _flags(which: Any, size: int) -> Any:
    flags = np.zeros(size, np.bool_)
    flags[which] = True
    return flags


# Direct layers -------------------------------------------------------------------------------------------------------


def begun(step: Step, chosen: Iterable[Layer], pool: Executor) -> Begun:
    """Have another thread write pairs of direct layers that are carried over, while this one counts those of others.

    Returns:
        For each such layer what waits for them and returns its part of the summary.
    """
    return {layer.name: wait for layer in chosen if isinstance(layer, Direct) and (wait := _begun(step, layer, pool))}


def _begun(step: Step, layer: Direct, pool: Executor) -> Callable[[], dict[str, Any]] | None:
    earlier = _handover.found(step.study, layer)
    if earlier is None or reason(layer, earlier) or layer.min_shared > 1 or not earlier.basis.get("whole"):
        return None
    came = _ends(step, _handover.of_those_that_came(layer.rows()))
    if not whole(came["weight"]):
        return None
    path = step.scratch / f"pairs.{layer.name}.parquet"
    under_way = pool.submit(_added, step.study, layer, came, path)
    about = {"shares": earlier.about["shares"] + len(came["source"]), "dropped": {}, "basis": {"whole": True}}
    return lambda: about | under_way.result() | {"pairs": step.adopt("pairs", path, layer.name)}


def _added(study: Study, layer: Direct, came: Mapping[str, Any], path: Path) -> dict[str, int]:
    """Write the pairs with what came: every action is in one, and whole numbers have the same sum in any order."""
    found = _in_place(study, layer, _summed(came["source"], came["target"], came["weight"], 1), NOBODY, NOBODY)
    _pair_rows.store(path, layer.name, found)
    return _ends_of(found)


def _direct(step: Step, layer: Direct) -> dict[str, Any]:
    """Write the pairs where their sums are not known so well: those of sources and targets of what came, anew."""
    from graphnet.kernels.meeting import among  # noqa: PLC0415  (numba)

    came = _ends(step, _handover.of_those_that_came(layer.rows()))
    rows = _ends(step, layer.rows())
    sources, targets = np.unique(came["source"]), np.unique(came["target"])
    size = 1 + int(max(rows["source"].max(initial=0), rows["target"].max(initial=0)))
    flags = _flags(sources, size), _flags(targets, size)
    which, (accounts, objects) = among((rows["source"], rows["target"]), flags)
    source, target, weight = (rows[name][which] for name in ("source", "target", "weight"))
    found = _in_place(step.study, layer, _summed(source, target, weight, layer.min_shared), sources, targets)
    about = {"shares": len(rows["source"]), "accounts": accounts, "objects": objects, "dropped": {}}
    about["basis"] = {"whole": whole(rows["weight"])}
    return about | {"pairs": _pair_rows.write(step, layer.name, found)}


def _ends_of(pairs: Found) -> dict[str, int]:
    from graphnet.kernels.meeting import distinct  # noqa: PLC0415

    return {"accounts": distinct(pairs.source), "objects": distinct(pairs.target)}


def _ends(step: Step, sql: str) -> dict[str, Any]:
    small = "cast(source as integer) as source, cast(target as integer) as target, weight"
    rows = step.study.rows(f"select {small} from ({sql}) r")
    return {name: rows[name].to_numpy() for name in ("source", "target", "weight")}
