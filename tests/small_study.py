"""Makes small studies by hand: only the columns a test is about are named, the others are null."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from graphnet import schema
from graphnet.study import Study

Rows = Iterable[Mapping[str, Any]]


def table(name: str, rows: Rows) -> pa.Table:
    """Rows as a table of the study, missing columns null."""
    shape = schema.STUDY[name]
    return pa.Table.from_pylist([{c: row.get(c) for c in shape.names} for row in rows], schema=shape.arrow)


def small_study(
    folder: Path,
    accounts: int | Rows,
    *,
    groups: Mapping[int, Iterable[int]] | None = None,
    actions: Rows = (),
    posts: Rows = (),
    objects: Rows = (),
    pairs: Rows = (),
    layers: Iterable[str] = (),
) -> Study:
    """A study with these rows; ``accounts`` may be a number, ``groups`` are communities by number.

    Accounts that are only counted have the ids ``id0``, ``id1``, … and the handles ``name0``, ….
    """
    study = Study.create(folder)
    people = [{"account": i} for i in range(accounts)] if isinstance(accounts, int) else list(accounts)
    named = [{"id": f"id{p['account']}", "name": f"name{p['account']}", **p} for p in people]
    with study.step("read", {}) as step:
        for name, rows in (("accounts", named), ("actions", actions), ("posts", posts), ("objects", objects)):
            step.write(name, table(name, rows))
    with study.step("project", {"layers": list(layers)}) as step:
        held = list(pairs)
        for layer in {p["layer"] for p in held}:
            step.write("pairs", table("pairs", [p for p in held if p["layer"] == layer]), layer)
        if not held:
            step.write("pairs", table("pairs", []), "none")
    with study.step("detect", {}) as step:
        members = [(a, c) for c, some in (groups or {}).items() for a in some]
        step.write("members", table("members", [{"account": a, "community": c, "strength": 1.0} for a, c in members]))
        sizes = [{"community": c, "size": len(list(some))} for c, some in (groups or {}).items()]
        step.write("communities", table("communities", sizes))
    return study


def shuffled(rows: Rows, seed: int) -> list[Mapping[str, Any]]:
    """The same rows in another order."""
    held = list(rows)
    random.Random(seed).shuffle(held)
    return held
