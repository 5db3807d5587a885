"""``validate``: which pairs act together more than chance, shared interest and breaking news explain.

Every pair of active accounts of a layer is tested, seen together or not; those whose p may matter are written to
``ties``, and, where there are several layers, what all of them say together to ``merged``. The pairs that ``project``
wrote stay as they are. The method: docs/validity.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graphnet import engines, registry
from graphnet.errors import InputError
from graphnet.layers import CoAction
from graphnet.log import logger, progress
from graphnet.nulls import Null, cauchy, q_values
from graphnet.nulls._cells import load
from graphnet.nulls._gather import AT_ONCE, gather
from graphnet.nulls._spread import ACTIVE_SQL, assess_whole
from graphnet.nulls._whole import Spreadable, shape
from graphnet.nulls.assess import LEVEL, Assessment, assess
from graphnet.schema import MERGED, TIES
from graphnet.study import Step, Study

__all__ = ["validate"]

Method = Literal["bh", "by"]
Accounts = NDArray[np.int64]
PASSIVE = {"co_follower": "to be followed is no act of the accounts that it ties"}
"""Layers that say what happens to accounts, not what they do."""


def validate(
    study: Study,
    *nulls: Null,
    fdr: float = 0.01,
    method: Method = "bh",
    layers: Iterable[str] | None = None,
    floor: int = 5,
    threads: int | None = None,
    at_once: int = AT_ONCE,
) -> dict[str, Any]:
    """Test the pairs of every layer of acting together against what happens without coordination.

    On an engine whose rows may be on several machines, the pairs are shared out to tasks (see `graphnet.nulls._spread`
    for the cost) and only those whose p may matter are collected. Two sorts of layers are collected all the same, which
    their summary says: those of lasting things (accounts, domains, hashtags), whose communities of interest are told
    from all shares at once, and those to be tested by a null that needs all shares in one place.

    Args:
        study: A study with pairs.
        *nulls: What to allow for; none: all there are. Their p is put together as in `graphnet.nulls.assess`.
        fdr: Share of false ones that is accepted among the pairs that are kept.
        method: ``bh`` (Benjamini-Hochberg) or ``by`` (Benjamini-Yekutieli: under any dependence, and far stricter).
        layers: Names of layers; None: all of acting on the same things. Ties of other layers stay as they are.
        floor: Fewest objects of an account that takes part; of less nothing can be said.
        threads: Number of threads; None: all cores.
        at_once: Most shares that one task holds, on an engine whose rows may be on several machines.

    Returns:
        ``layers``: for each layer the ``summary`` of `graphnet.nulls.assess.Assessment`, the ``seconds``, and why it
        was ``collected``, if it was;
        ``skipped``: why other layers were not tested; ``merged``: pairs kept by all layers together. Tables written:
        ``ties`` and ``merged``.

    Raises:
        MissingTable: The study has no pairs yet.
        InputError: A parameter is out of range, or a layer is not in the study or cannot be tested.

    Example:
        >>> import graphnet as gn, pandas as pd
        >>> from graphnet._validate import validate
        >>> rows = [(a, f"p{9 * (a % 5) + i}") for a in range(20) for i in range(9)] + [(20, f"p{i}") for i in range(9)]
        >>> study = gn.read(pd.DataFrame(rows, columns=["source", "object"]), kind="retweet")
        >>> done = gn.project(study, gn.layers.CoRetweet(window=None))
        >>> found = validate(study)["layers"]["co_retweet"]
        >>> found["accounts"], found["not_applicable"]["diffusion"], found["cap"]
        (21, 'no times are known', 'L0')
    """
    study.require("pairs", "actions")
    _check(fdr, method, floor, at_once)
    used = _complete(nulls)
    chosen, skipped = _choose(study, layers)
    parameters = {
        "nulls": [registry.describe(null) for null in used],
        "layers": sorted(chosen),
        "fdr": fdr,
        "method": method,
        "floor": floor,
    }
    with study.step("validate", parameters, keep=layers is not None) as step:
        how = _How(used, fdr, method, floor, threads, at_once)
        about, active = {}, {}
        with progress("validating", len(chosen)) as advance:
            for name, layer in sorted(chosen.items()):
                about[name], active[name] = _layer(step, layer, how)
                advance(1)
        # a layer that only a screen has looked at has nothing to add
        speaking = [name for name in sorted(chosen) if about[name]["cap"] is None]
        merged = _merge(step, speaking, _distinct(step, {name: active[name] for name in speaking}), fdr, method)
        step.summary |= {"layers": about, "skipped": skipped, "merged": merged}
    return dict(step.summary)


def _check(fdr: float, method: str, floor: int, at_once: int) -> None:
    if not 0 < fdr < 1:
        raise InputError(f"fdr is {fdr}, it has to be above 0 and below 1 (0.01: one in a hundred kept pairs is false)")
    if method not in get_args(Method):
        raise InputError(f"method is {method!r}, it has to be one of: {', '.join(get_args(Method))}")
    if floor < 2:
        raise InputError(f"floor is {floor}, it has to be 2 or more: one shared thing is no pattern")
    if at_once < 1:
        raise InputError(f"at_once is {at_once}, it has to be 1 or more shares")


def _complete(nulls: Sequence[Null]) -> list[Null]:
    """The nulls to use; a screen is added where the others of its side need one to look for pairs."""
    used = list(nulls) or [cls() for cls in registry.find("nulls").values()]
    for name in {null.name for null in used if [n.name for n in used].count(null.name) > 1}:
        raise InputError(f"null {name} is named more than once")
    if any(n.side == "what" for n in used) and not any(n.screen for n in used):
        used.append(registry.make("nulls", "popularity"))
    return sorted(used, key=lambda null: null.name)


def _choose(study: Study, named: Iterable[str] | None) -> tuple[dict[str, CoAction], dict[str, str]]:
    """The layers to test, as they were projected, and why others are not."""
    steps = [s for s in study.manifest["steps"] if s["verb"] == "project"]
    texts = {text.partition(":")[0]: text for s in steps for text in s["parameters"]["layers"]}
    made = {name: registry.make("layers", texts[name]) for name in study.parts("pairs") if name in texts}
    skipped = {name: why for name, layer in made.items() if (why := _untestable(layer))}
    if named is None:
        return {n: layer for n, layer in made.items() if n not in skipped}, skipped
    for name in (wanted := sorted(set(named))):
        if name not in made or name in skipped:
            why = skipped.get(name, f"it is not in the study, which has: {', '.join(made) or 'no layers'}")
            raise InputError(f"layer {name} cannot be validated: {why}")
    return {name: made[name] for name in wanted}, {}


def _untestable(layer: Any) -> str | None:
    if not isinstance(layer, CoAction):
        return "it ties accounts to those they act upon; the nulls are about acting on the same things"
    if layer.name in PASSIVE:
        return PASSIVE[layer.name]
    return None if layer.of else "its objects are no things that accounts choose"


@dataclass(frozen=True)
class _How:
    """How layers are tested: see `validate`."""

    nulls: Sequence[Null]
    fdr: float
    method: Method
    floor: int
    threads: int | None
    at_once: int


@dataclass(frozen=True)
class _Tested:
    """One layer tested.

    Attributes:
        found: What was found.
        account: The study's number of each account; None: the pairs have those already.
        active: The accounts that took part, or the name of a table of them.
        about: What its summary has beside that of ``found``.
    """

    found: Assessment
    account: Accounts | None
    active: Accounts | str
    about: dict[str, Any]


def _layer(step: Step, layer: CoAction, how: _How) -> tuple[dict[str, Any], Accounts | str]:
    """Test one layer and write its ties; returns its summary, and the accounts that took part."""
    start = time.perf_counter()
    tested = _spread(step, layer, how) if step.study.engine.spread else _here(step.study, layer, how)
    step.write("ties", _ties(layer.name, tested), layer.name)
    seconds = tested.about.pop("seconds") | {"all": round(time.perf_counter() - start, 3)}
    step.seconds[layer.name] = seconds["all"]
    things = {"things": tested.about.pop("things")}
    summary = things | tested.found.summary | tested.about | {"seconds": seconds}
    logger.info(
        "%s: %s of %s pairs kept, %.1f s", layer.name, f"{summary['kept']:,}", f"{summary['tests']:,}", seconds["all"]
    )
    for null, why in summary["not_applicable"].items():
        logger.info("%s: null %s is not applicable: %s", layer.name, null, why)
    return summary, tested.active


def _here(study: Study, layer: CoAction, how: _How) -> _Tested:
    """Test a layer in this process."""
    start = time.perf_counter()
    loaded = load(study, layer.rows(), layer.of or "objects")
    about = {"things": loaded.things, "seconds": {"load": round(time.perf_counter() - start, 3)}}
    found = assess(loaded.shares, how.nulls, floor=how.floor, fdr=how.fdr, method=how.method, threads=how.threads)
    return _Tested(found, loaded.account, loaded.account[loaded.shares.activity >= how.floor], about)


# On several machines -------------------------------------------------------------------------------------------------

LASTING = "communities of interest among lasting things are told from all shares at once"


def _spread(step: Step, layer: CoAction, how: _How) -> _Tested:
    """Test a layer by tasks of the engine, or in this process where that cannot be."""
    nulls = [null for null in how.nulls if isinstance(null, Spreadable)]
    if others := [null.name for null in how.nulls if null not in nulls]:
        return _collected(step, layer, how, f"nulls that need all shares in one place: {', '.join(others)}")
    if not (of := layer.of) or of == "accounts":
        return _collected(step, layer, how, LASTING)
    folder = step.scratch / f"validate.{layer.name}"
    # a step that was killed leaves one
    engines.remove(folder)
    folder.mkdir()
    start = time.perf_counter()
    gathered = gather(step.study.engine, folder, layer.rows(), of, floor=how.floor, at_once=how.at_once)
    if gathered is None:
        return _collected(step, layer, how, LASTING)
    whole, things = gathered
    about = {"things": things, "seconds": {"load": round(time.perf_counter() - start, 3)}}
    found = assess_whole(whole, nulls, fdr=how.fdr, method=how.method)
    active = shape(f"active_{layer.name}", ints="account")
    replace(whole, folder=step.scratch).save(f"select account from {ACTIVE_SQL.format(whole=whole.table)}", active)
    engines.remove(folder)
    return _Tested(found, None, active.name, about)


def _collected(step: Step, layer: CoAction, how: _How, why: str) -> _Tested:
    """Test a layer in this process although the engine is not in it."""
    logger.info("%s: all shares are collected: %s", layer.name, why)
    tested = _here(step.study, layer, how)
    return replace(tested, about=tested.about | {"collected": why})


# Tables --------------------------------------------------------------------------------------------------------------


def _ties(layer: str, tested: _Tested) -> pa.Table:
    """The rows of the ``ties`` table."""
    found, account = tested.found, tested.account
    n = len(found.pairs)
    ends = [end if account is None else account[end] for end in (found.pairs.source, found.pairs.target)]
    columns: dict[str, Any] = {
        "layer": [layer] * n,
        "source": ends[0].astype(np.int64),
        "target": ends[1].astype(np.int64),
        "shared": found.pairs.shared.astype(np.int64),
        "expected": next((found.tested[k].expected for k in ("interest", "popularity") if k in found.tested), None),
        "p": found.p,
        "q": found.q,
        "kept": found.kept,
    }
    if "diffusion" in found.tested:
        met = found.tested["diffusion"]
        columns |= {"sessions": met.seen, "expected_sessions": met.expected}
    columns |= {f"p_{name}": tested.p for name, tested in found.tested.items()}
    arrays = [
        pa.nulls(n, c.type) if columns.get(c.name) is None else pa.array(columns[c.name], c.type) for c in TIES.columns
    ]
    return pa.table(arrays, schema=TIES.arrow)


# All layers together -------------------------------------------------------------------------------------------------


def _distinct(step: Step, active: Mapping[str, Accounts | str]) -> int:
    """How many accounts are active in any layer."""
    held = [accounts for accounts in active.values() if not isinstance(accounts, str)]
    tables = [name for name in active.values() if isinstance(name, str)]
    if not tables:
        return len(np.unique(np.concatenate(held))) if held else 0
    for n, accounts in enumerate(held):
        table = shape(f"active_here_{n}", ints="account")
        engines.write([pa.table({"account": accounts})], step.scratch / f"{table.name}.parquet", table)
        step.study.engine.open(step.scratch / f"{table.name}.parquet", table.name)
        tables.append(table.name)
    every = " union ".join(f"select account from {name}" for name in tables)
    return int(step.study.rows(f"select count(*) as n from ({every}) a")["n"][0].as_py())


def _merge(step: Step, layers: Sequence[str], accounts: int, fdr: float, method: Method) -> dict[str, Any]:
    """Write what the layers say together; returns how many pairs that keeps."""
    tests = accounts * (accounts - 1) // 2
    names = ", ".join(f"'{name}'" for name in layers)
    ties = step.study.rows(
        "select layer, source, target, p, kept from ties "
        f"where layer in ({names or 'null'}) order by source, target, layer"
    )
    if len(layers) < 2 or not ties.num_rows:
        step.write("merged", MERGED.empty())
        return {"layers": len(layers), "tests": tests, "kept": 0}
    rows = _combined(ties.to_pydict(), layers)
    q = q_values(rows["p"], tests, method)
    kept = q <= fdr
    small = rows["p"] <= LEVEL
    columns = rows | {"q": q, "kept": kept}
    arrays = [pa.array(np.asarray(columns[c.name])[small], c.type) for c in MERGED.columns]
    step.write("merged", pa.table(arrays, schema=MERGED.arrow))
    return {"layers": len(layers), "tests": tests, "kept": int(kept.sum())}


def _combined(ties: Mapping[str, list[Any]], layers: Sequence[str]) -> dict[str, np.ndarray[Any, Any]]:
    """One row a pair, from ties sorted by pair and layer."""
    ends = np.column_stack((ties["source"], ties["target"])).astype(np.int64)
    new = np.append(True, (ends[1:] != ends[:-1]).any(axis=1))
    pair = np.cumsum(new) - 1
    p = np.ones((pair[-1] + 1, len(layers)))
    p[pair, np.searchsorted(layers, ties["layer"])] = ties["p"]
    return {
        "source": ends[new, 0],
        "target": ends[new, 1],
        "layers": np.bincount(pair, ties["kept"]).astype(np.int64),
        "strongest": np.array(layers, dtype=object)[p.argmin(axis=1)],
        "p": cauchy(p),
    }
