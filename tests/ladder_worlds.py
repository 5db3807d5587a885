"""Validated studies with and without a planted group, for the tests of what comes after."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import null_worlds as worlds
import numpy as np
from test_validate import study_of

from graphnet._detect import detect
from graphnet._validate import validate
from graphnet.nulls import Shares
from graphnet.study import Study

SIZE = 12


def twelve(seed: int = 2, times: int = 60) -> Shares:
    """Three hundred accounts, twelve of which act together on ``times`` posts of all days."""
    random = np.random.default_rng(seed)
    return worlds.plant(worlds.spreading(random, posts=500), random, SIZE, times=times, window=60)


def organic(seed: int) -> Shares:
    """The same without the twelve."""
    return worlds.spreading(np.random.default_rng(seed), posts=500)


def short(shares: Shares, days: int) -> Shares:
    """All on the first days: later ones are moved there."""
    first = worlds.START // worlds.DAY * worlds.DAY
    return replace(
        shares,
        time=first + (shares.time - first) % (days * worlds.DAY),
        created=first + (shares.created - first) % (days * worlds.DAY),
    )


def ready(folder: Path, shares: Shares, **how: Any) -> Study:
    """A study of these shares, validated, with communities; ``how`` goes to `study_of` and to `detect`."""
    made = {name: how.pop(name) for name in ("seed", "twice") if name in how}
    study = study_of(folder, shares, **made)
    validate(study)
    detect(study, **how)
    return study
