"""``project``: the actions become pairs of accounts, one part of the ``pairs`` table a layer.

Shares leave the engine as they lie, as small integers; sorting and counting is done by the compiled kernel
(`graphnet.kernels.coaction`), which is faster and leaner than an ``order by`` there. Evidence for a pair is not
stored: `evidence` runs the layer again for the two accounts asked about.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet import _handover, _pair_rows, registry
from graphnet._evidence import evidence
from graphnet.errors import InputError
from graphnet.layers import CoAction, Direct, Layer
from graphnet.log import logger, progress
from graphnet.study import Step, Study

if TYPE_CHECKING:
    from graphnet._reproject import Begun
    from graphnet.kernels.coaction import Found

__all__ = ["BUDGET", "evidence", "project"]

BUDGET = 5e8
"""Largest sum of squared accounts over the objects of a layer without a window; see `project`."""


def project(study: Study, *layers: Layer, budget: float = BUDGET, threads: int | None = None) -> dict[str, Any]:
    """Tie the accounts that acted together, in each of these ways; pairs of other layers stay as they are.

    Args:
        study: A study that was read.
        *layers: Ways of acting together; none: all that apply to the study, with their defaults.
        budget: Without a window, the objects of most accounts are dropped until the sum of accounts squared over all
            objects is at most this; the summary says how many fell (``d_max``: most accounts an object may have).
        threads: Threads of the kernel; None: all cores.

    Returns:
        ``layers``: for each layer made, what went in (``shares``, ``accounts``, ``objects``), what was ``dropped``
        (``no_time``, ``few_shares``, ``popular_objects``, ``popular_shares``, ``d_max``), the ``pairs``, the
        ``seconds``, and whether all pairs were counted (``made``: ``at once``) or only those that may be others since
        the study grew (``carried over``); ``visited`` is how often the kernel looked from one share at another.
        ``skipped``: why each other layer was not made (only if no layers were named). ``basis``: what is needed to go
        on from these pairs when the study has grown: of layers without a window of which nothing was dropped, the sum
        that is to stay within the budget (``squares``), of direct ones whether all weights are ``whole`` numbers, and
        of all a digest of the ``query`` that gives their rows.

    Raises:
        MissingTable: The study was not read yet.
        InputError: A layer does not apply to this study, or is named twice; the message says why.

    Example:
        >>> import graphnet as gn, pandas as pd
        >>> from graphnet._project import project
        >>> shares = pd.DataFrame({"source": ["a", "b"] * 3, "object": [1, 1, 2, 2, 3, 3], "time": range(6)})
        >>> study = gn.read(shares, kind="retweet")
        >>> project(study, gn.layers.CoRetweet(window=60))["layers"]["co_retweet"]["pairs"]
        1
        >>> study.pairs[["source", "target", "shared", "quickest"]].values.tolist()
        [[0, 1, 3, 1]]
    """
    study.require("actions")
    chosen, skipped = _choose(study, layers)
    parameters = {"layers": [registry.describe(layer) for layer in chosen], "budget": budget}
    with (
        study.step("project", parameters, keep=True) as step,
        progress("projecting", len(chosen)) as advance,
        _beside() as pool,
    ):
        under_way = _begun(step, chosen, pool)
        made = {}
        for layer in chosen:
            start = time.perf_counter()
            about = _made(step, layer, budget, threads, under_way)
            about["seconds"] = round(time.perf_counter() - start, 3)
            step.seconds[layer.name] = about["seconds"]
            logger.info("%s: %s pairs in %.1f s", layer.name, f"{about['pairs']:,}", about["seconds"])
            made[layer.name] = about
            advance(1)
        _handover.drop(step, made)
        basis = {name: about.pop("basis") for name, about in made.items()}
        step.summary |= {"layers": made, "skipped": skipped, "basis": basis}
    return dict(step.summary)


@contextmanager
def _beside() -> Iterator[Executor]:
    """Another thread; what it has not begun when the block ends is left."""
    pool = ThreadPoolExecutor(1)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begun(step: Step, chosen: Iterable[Layer], pool: Executor) -> Begun:
    from graphnet._reproject import begun  # noqa: PLC0415  (it needs this file)

    return begun(step, chosen, pool)


def _made(step: Step, layer: Layer, budget: float, threads: int | None, under_way: Begun) -> dict[str, Any]:
    """Write the pairs of a layer; returns its part of the summary."""
    from graphnet._reproject import carried_over  # noqa: PLC0415  (it needs this file)

    if about := carried_over(step, layer, budget, threads, under_way):
        made = "carried over"
    else:
        about = _direct(step, layer) if isinstance(layer, Direct) else _co_action(step, layer, budget, threads)
        made = "at once"
    basis = about.get("basis", {}) | {"query": _handover.digest(layer)}
    return about | {"made": made, "basis": basis}


def _choose(study: Study, named: tuple[Layer, ...]) -> tuple[list[Layer], dict[str, str]]:
    """The layers to make, and why others are not."""
    if not named:
        return _applying(study)
    names = [layer.name for layer in named]
    for layer in named:
        if names.count(layer.name) > 1:
            raise InputError(
                f"layer {layer.name} is named {names.count(layer.name)} times: a study keeps one of each name"
            )
        reason = layer.missing(study)
        if reason:
            raise InputError(f"layer {layer.name} cannot be made: {reason}. {_kinds(study)}")
    return list(named), {}


def _applying(study: Study) -> tuple[list[Layer], dict[str, str]]:
    chosen, skipped = [], {}
    for name, cls in registry.find("layers").items():
        layer: Layer = cls()
        earlier = _handover.found(study, layer)
        # what has come to a study takes none of its actions away
        there = earlier is not None and earlier.layer == registry.describe(layer)
        reason = None if there else layer.missing(study)
        reason = reason or layer.only_by_name(study)
        if reason:
            skipped[name] = reason
        else:
            chosen.append(layer)
    if not chosen:
        raise InputError(
            f"no layer applies to this study. {_kinds(study)}. Layers need things that accounts do together: retweets, "
            "links, hashtags, mentions, replies, follows, or texts of some words. If the files have them in columns "
            "of other names, read again with --map FIELD=COLUMN; graphnet layers lists what each layer needs."
        )
    return chosen, skipped


def _kinds(study: Study) -> str:
    rows = study.rows("select kind, count(*) as n, count(time) as timed from actions group by kind order by kind")
    kinds = [f"{r['n']:,} of kind {r['kind']} ({r['timed']:,} with a time)" for r in rows.to_pylist()]
    return f"Its actions: {', '.join(kinds) or 'none'}"


# Direct layers -------------------------------------------------------------------------------------------------------

DIRECT_SQL = """
select '{name}' as layer, source, target, cast(round(sum(weight)) as bigint) as shared,
    cast(null as bigint) as quickest, sum(weight) as weight,
    cast(null as double) as expected, cast(null as double) as p, cast(null as double) as q
from ({rows}) r group by source, target having sum(weight) >= {min_shared} order by source, target"""

ABOUT_DIRECT_SQL = """
select count(*) as shares, count(distinct source) as accounts, count(distinct target) as objects from ({rows}) r"""


def _direct(step: Step, layer: Direct) -> dict[str, Any]:
    from graphnet.kernels.meeting import distinct  # noqa: PLC0415  (numba: half a second that reading need not pay)

    if step.study.engine.spread:
        about: dict[str, Any] = step.study.rows(ABOUT_DIRECT_SQL.format(rows=layer.rows())).to_pylist()[0]
        sql = DIRECT_SQL.format(name=layer.name, rows=layer.rows(), min_shared=layer.min_shared)
        return about | {"dropped": {}, "pairs": step.save("pairs", sql, layer.name)}
    small = "cast(source as integer) as source, cast(target as integer) as target, weight"
    rows = step.study.rows(f"select {small} from ({layer.rows()}) r")
    source, target = rows["source"].to_numpy(), rows["target"].to_numpy()
    weight = rows["weight"].to_numpy()
    found = _summed(source, target, weight, layer.min_shared)
    about = {"shares": len(source), "accounts": distinct(source), "objects": distinct(target), "dropped": {}}
    about["basis"] = {"whole": whole(weight)}
    return about | {"pairs": _pair_rows.write(step, layer.name, found)}


def whole(weights: Any) -> bool:
    """Whether all are whole numbers from 1 on, so that their sum does not depend on their order."""
    return bool((weights >= 1).all() and (weights == np.floor(weights)).all())


def _summed(source: Any, target: Any, weight: Any, fewest: float) -> Found:
    """Each pair of accounts once with the sum of its weights, in order; pairs with less than ``fewest`` go.

    Two counting sorts take a quarter of the time of an engine's ``group by`` and ``order by``.
    """
    from graphnet.kernels.coaction import Found  # noqa: PLC0415
    from graphnet.kernels.sweep import bucket  # noqa: PLC0415

    source, target = (np.require(values, np.int32, ["C", "W"]) for values in (source, target))
    # sums of reals depend on their order, and rows may lie in any
    order = np.arange(len(source), dtype=np.int32) if whole(weight) else np.argsort(weight).astype(np.int32)
    for values in (target, source):
        order, _ = bucket(values, int(values.max(initial=-1)) + 1, order)
    source, target = source[order], target[order]
    new = np.ones(len(source), np.bool_)
    new[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    starts = np.flatnonzero(new)
    sums = np.add.reduceat(weight[order], starts) if len(starts) else np.empty(0)
    starts, sums = starts[sums >= fewest], sums[sums >= fewest]
    shared = np.floor(sums) + (sums - np.floor(sums) >= 0.5)
    quickest = np.full(len(sums), -1)
    return Found(source[starts], target[starts], shared.astype(np.int64), quickest, sums, visited=len(source))


# Co-action layers ----------------------------------------------------------------------------------------------------


def _co_action(step: Step, layer: Layer, budget: float, threads: int | None) -> dict[str, Any]:
    from graphnet.kernels.coaction import co_action  # noqa: PLC0415  (numba: half a second that reading need not pay)

    if not isinstance(layer, CoAction):
        raise TypeError(f"layer {layer.name} is neither a CoAction nor a Direct layer")
    if step.study.engine.spread:
        from graphnet._spread import co_actions  # noqa: PLC0415  (it needs this file)

        return co_actions(step, layer, budget, threads or 1)
    shares, dropped = _shares(step.study, layer, layer.rows())
    read = len(shares["account"])
    found = co_action(
        shares["account"], shares["object"], shares["time"], shares["post"], window=layer.window,
        min_shared=layer.min_shared, count=layer.count, weight=layer.weight, budget=budget, threads=threads,
    )  # fmt: skip
    del shares
    if found.d_max is not None:
        dropped |= {
            "popular_objects": found.dropped_objects,
            "popular_shares": found.dropped_shares,
            "d_max": found.d_max,
        }
    about: dict[str, Any] = {"shares": read + sum(dropped.get(k, 0) for k in ("no_time", "few_shares"))}
    about |= {"accounts": found.accounts, "objects": found.objects, "visited": found.visited}
    if found.squares is not None:
        about["basis"] = {"squares": found.squares}
    return about | {"dropped": dropped, "pairs": _pair_rows.write(step, layer.name, found)}


def _shares(study: Study, layer: CoAction, sql: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The shares that a query of a layer's rows gives as arrays, and how many could not be used."""
    small = "cast({0} as integer) as {0}" if layer.of else "{0}"
    columns = ["cast(account as integer) as account", small.format("object"), "time"]
    columns += ["cast(post as integer) as post"] if layer.count == "posts" else []
    rows = study.rows(f"select {', '.join(columns)} from ({sql}) r where object is not null")
    dropped = {}
    if layer.window is not None and rows["time"].null_count:
        dropped["no_time"] = rows["time"].null_count
        rows = rows.filter(pc.is_valid(rows["time"]))
    if layer.min_participation > 1:
        rows, before = _participating(rows, layer.min_participation), rows.num_rows
        dropped["few_shares"] = before - rows.num_rows
    arrays = {"account": rows["account"].to_numpy(), "object": _codes(rows["object"])}
    timeless = layer.window is None and rows["time"].null_count == rows.num_rows
    arrays["time"] = None if timeless else _times(rows["time"])
    arrays["post"] = _posts(rows["post"]) if layer.count == "posts" else None
    return arrays, dropped


def _participating(rows: pa.Table, fewest: int) -> pa.Table:
    account = rows["account"].to_numpy()
    return rows.filter(pa.array(np.bincount(account, minlength=1)[account] >= fewest))


def _codes(objects: pa.ChunkedArray) -> Any:
    """Objects as numbers in the order of their ids, whatever the order of the rows."""
    if pa.types.is_integer(objects.type):
        return objects.to_numpy()
    coded = objects.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    place = np.empty(len(coded.dictionary), np.int32)
    place[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(place), dtype=np.int32)
    return place[coded.indices.to_numpy()]


def _times(times: pa.ChunkedArray) -> Any:
    from graphnet.kernels.coaction import NO_TIME  # noqa: PLC0415

    return (pc.fill_null(times, int(NO_TIME)) if times.null_count else times).to_numpy()


def _posts(posts: pa.ChunkedArray) -> Any:
    """Post numbers; a share without one is taken as a post of its own."""
    if not posts.null_count:
        return posts.to_numpy()
    unknown = pc.is_null(posts).to_numpy()
    numbers = pc.fill_null(posts, 0).to_numpy().astype(np.int64)
    numbers[unknown] = numbers.max() + 1 + np.arange(unknown.sum())
    return numbers
