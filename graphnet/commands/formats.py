"""``graphnet formats``."""

from __future__ import annotations

from graphnet.commands import as_json, command, listing

__all__ = ["formats"]


@command("formats", "graphnet formats")
@as_json
def formats(*, as_json: bool) -> None:
    """List what can be read and what can be exported."""
    listing(("readers", "exports"), as_json)
