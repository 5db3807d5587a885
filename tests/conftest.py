"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# a loaded machine is no failed test: nothing is asserted about seconds
settings.register_profile("graphnet", deadline=None)
# the gate gives the same answer to the same commit; elsewhere the inputs are new each time
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "graphnet")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data; tests that need it are skipped on a machine that lacks it."""
    named = os.environ.get("GRAPHNET_REAL_DATA")
    if not named:
        pytest.skip("GRAPHNET_REAL_DATA is not set: no public data on this machine")
    folder = Path(named).resolve()
    if not folder.is_dir():
        pytest.skip(f"GRAPHNET_REAL_DATA names {folder}, which is not a folder")
    return folder
