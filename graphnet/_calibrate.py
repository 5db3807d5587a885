"""``calibrate``: what the same steps find in the user's own data when the coordination is shuffled out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from graphnet import _shuffle
from graphnet._confirm import confirm
from graphnet._detect import settings_of, write
from graphnet._groups import Settings
from graphnet._scratch import again, nulls_of, scratch, uncapped
from graphnet.errors import InputError
from graphnet.log import logger, progress
from graphnet.schema import CALIBRATION
from graphnet.study import Step, Study
from graphnet.words import count

__all__ = ["calibrate"]

METHODS = {"rewired": _shuffle.rewired, "shifted": _shuffle.shifted}
SIDES = {"rewired": "what", "shifted": "when"}
"""What each way shuffles, and the nulls that judge it."""
WORDS = {"rewired": "who shares which of an author's things shuffled", "shifted": "each account's days moved"}
NOTHING = ("kept", "groups", "communities", "candidates", "suspected", "suspected_accounts")


def calibrate(study: Study, rounds: int = 1, *, seed: int = 7, threads: int | None = None) -> dict[str, Any]:
    """Shuffle the study's actions, and run the same steps on them: project, validate, detect, confirm.

    There are two ways to shuffle (see `graphnet._shuffle`), and each is tested for what it shuffles. *Rewired* data is
    tested by the nulls of the side ``what``, since a thing that was shared in one burst still is. *Shifted* data is
    tested by those of the side ``when``, since what two accounts share stays. The study's own tables are only read.

    Args:
        study: A validated study with communities.
        rounds: Shuffles of each sort.
        seed: Same seed, same shuffles, whatever the order of rows.
        threads: Number of threads; None: all cores.

    Returns:
        ``sentence``: what was found, in words; for each method the mean of the columns of the table ``calibration``
        over the rounds; ``not_applicable``: methods that this data does not allow, and why. Table written:
        ``calibration``, one row a method and round.

    Raises:
        MissingTable: The study was not validated, or no community was sought yet.
        InputError: ``rounds`` is below 1.
    """
    if rounds < 1:
        raise InputError(f"rounds is {rounds}, it has to be 1 or more")
    study.require("ties", "members")
    settings = settings_of(study)
    with (
        study.step("calibrate", {"rounds": rounds, "seed": seed}) as step,
        progress("shuffling", 2 * rounds) as advance,
    ):
        found: list[dict[str, Any]] = []
        why = {name: reason for name in METHODS if (reason := _missing(study, name))}
        for method in METHODS:
            for number in range(1, rounds + 1) if method not in why else ():
                with step.timed(method):
                    found.append(_one(step, settings, method, number, seed, threads))
                advance(1)
        step.write("calibration", pa.Table.from_pylist(found, schema=CALIBRATION.arrow))
        step.summary |= {"sentence": _sentence(found), **_means(found), "not_applicable": why}
    logger.info("%s", step.summary["sentence"])
    return dict(step.summary)


def _missing(study: Study, method: str) -> str | None:
    """Why a way to shuffle does not apply to the study, or None."""
    if not uncapped(study):
        return "nothing better than a screen could be used in any layer"
    sides = {"what": "whom each account amplifies", "when": "time"}
    if not any(null.side == SIDES[method] and not null.screen for null in nulls_of(study)):
        return f"no null of {sides[SIDES[method]]} was used"
    timed = study.rows("select count(time) as n from actions")["n"][0].as_py()
    return "no times are known" if method == "shifted" and not timed else None


def _one(step: Step, settings: Settings, method: str, number: int, seed: int, threads: int | None) -> dict[str, Any]:
    """One shuffle through all steps."""
    study = step.study
    actions, moved = METHODS[method](study, np.random.default_rng((seed, list(METHODS).index(method), number)))
    nulls = [null for null in nulls_of(study) if null.side == SIDES[method]]
    row = {"method": method, "round": number, "moved": round(moved, 4)} | dict.fromkeys(NOTHING, 0)
    with scratch(step, f"{method}{number}", actions, "select * from posts") as made:
        again(study, made, pairs=settings.pairs, ties=settings.ties, nulls=nulls, threads=threads)
        there = tuple(name for name in settings.pairs if name in made.parts("pairs"))
        beyond = tuple(uncapped(made))
        if not beyond:
            return row
        about = write(made, replace(settings, pairs=there, ties=beyond))
        levels = confirm(made, threads=threads)
        return row | {
            "kept": about["ties_beyond_chance"],
            "groups": about["groups_beyond_chance"],
            "communities": about["communities"],
            "candidates": levels["levels"]["L1"] + levels["levels"]["L2"],
            "suspected": levels["levels"]["L2"],
            "suspected_accounts": levels["accounts"]["L2"],
        }


def _means(found: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    rows = {method: [r for r in found if r["method"] == method] for method in METHODS}
    return {
        method: {name: round(float(np.mean([r[name] for r in some])), 3) for name in (*NOTHING, "moved")}
        for method, some in rows.items()
        if some
    }


def _sentence(found: Sequence[dict[str, Any]]) -> str:
    """What was found, in words."""
    if not found:
        return "this data cannot be shuffled, so there is nothing to compare with"
    parts = []
    for method in METHODS:
        some = [r for r in found if r["method"] == method]
        if some:
            suspected, pairs = sum(r["suspected"] for r in some), sum(r["kept"] for r in some)
            times = f" in {len(some)} shuffles" if len(some) > 1 else ""
            parts.append(
                f"{count(suspected, 'suspected group')} and {count(pairs, 'pair')} beyond chance{times} "
                f"({WORDS[method]})"
            )
    return f"on shuffled data this pipeline finds {'; '.join(parts)}"
