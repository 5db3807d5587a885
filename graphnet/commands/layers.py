"""``graphnet layers``."""

from __future__ import annotations

from graphnet.commands import as_json, command, listing

__all__ = ["layers"]


@command("layers", "graphnet layers")
@as_json
def layers(*, as_json: bool) -> None:
    """List the ways of acting together, the detectors and the signals, with their parameters."""
    listing(("layers", "detectors", "signals"), as_json)
