"""Worlds made to measure with: ordinary accounts with their habits, and planted groups whose members are known.

The organic part holds what fools detection in real data: fandoms that share favourite authors, celebrities, breaking
news that everybody shares within minutes, fans who retweet within seconds, a newsroom, an authentic tweetstorm, people
who join a hashtag of their own accord. Nothing in here is used by the analysis, and nothing of the analysis in here.

Example:
    >>> import tempfile
    >>> made = simulate(tempfile.mkdtemp(), accounts=300, days=4, design="organic")
    >>> made["accounts"], made["groups"]
    (300, {})
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graphnet.simulate.designs import DESIGNS, Group, World, as_record, ready

__all__ = ["DESIGNS", "Group", "World", "ready", "simulate"]


def simulate(
    into: str | Path,
    *,
    seed: int = 7,
    accounts: int = 3000,
    days: int = 14,
    design: str | World = "weekend",
    groups: Sequence[Group] | None = None,
) -> dict[str, Any]:
    """Make a world and write it as the files an analyst would be handed, the truth beside them.

    Written are ``posts.jsonl.zst``, ``follows.csv.gz`` and ``profiles.csv.gz`` for the analysis, ``truth.csv``
    (account, group, role) for judging it, and ``world.json`` with every parameter. The same arguments give the same
    contents on every machine.

    Args:
        into: Folder for the files.
        seed: Where chance begins.
        accounts: Ordinary accounts; the members of groups come on top.
        days: Length of the collection.
        design: A name of `DESIGNS`, or a `World` (then ``accounts`` and ``days`` are the world's own).
        groups: Planted groups in place of the design's own.

    Returns:
        A summary: accounts, posts, follows, groups with their sizes, files.

    Raises:
        InputError: A parameter is out of range, or the folder cannot be written.
        UnknownName: No design is called that.
    """
    # loaded here: `import graphnet` shall not load what only simulations need
    from graphnet.simulate.collection import build  # noqa: PLC0415
    from graphnet.simulate.files import FILES, save  # noqa: PLC0415

    world = design if isinstance(design, World) else ready(design, accounts, days)
    if groups is not None:
        world = dataclasses.replace(world, groups=tuple(groups))
    made = build(world, seed)
    description = {"seed": seed, "design": design if isinstance(design, str) else "own", "world": as_record(world)}
    if isinstance(design, str) and groups is None:
        command = f"graphnet simulate FOLDER --seed {seed} --accounts {accounts} --days {days} --design {design}"
        description = {"command": command} | description
    saved = save(made, Path(into), description)
    return {
        "folder": str(into),
        "accounts": world.accounts,
        "groups": {group.name: group.size for group in world.groups},
        "posts": saved["rows"]["posts.jsonl.zst"],
        "follows": saved["rows"]["follows.csv.gz"],
        "files": list(FILES),
    }
