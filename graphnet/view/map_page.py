"""The map page: one HTML file with a small canvas renderer of our own, for up to 100,000 accounts.

The scripts of the folder ``map/`` are joined in the order of `SCRIPTS` into one script element; the policy of the page
holds the hash of that and of the style sheet, so that nothing else runs and nothing is loaded or sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphnet.view import map_data, safe

__all__ = ["SCRIPTS", "render", "shipped"]

SCRIPTS = (
    "base",
    "data",
    "camera",
    "grid",
    "filters",
    "state",
    "style",
    "edges",
    "marks",
    "labels",
    "pointing",
    "view",
    "words",
    "lists",
    "panel",
    "controls",
    "timeline",
    "search",
    "exports",
    "keys",
    "app",
)
"""The files of ``map/`` in the order in which they are joined: each uses only what stands before it while loading."""


def render(
    data: Mapping[str, Any],
    evidence: Mapping[str, Any],
    heading: str,
    links: Mapping[str, str | None],
) -> str:
    """The page as text.

    Args:
        data: See `graphnet.view.map_data.columns`, with ``about`` (``title``, ``study``, ``captions``).
        evidence: See `graphnet.view.map_evidence.behind`.
        heading: Title of the page.
        links: File names of the pages beside it: ``report`` and ``clusters``; None: it is not there.
    """
    css, js = shipped()
    packed = map_data.packed(json.dumps(evidence, ensure_ascii=True, allow_nan=False).encode("ascii"))
    return (
        _environment()
        .get_template("map.html")
        .render(
            heading=heading,
            policy=Markup(safe.content_security_policy([js], [css])),  # noqa: S704  (hashes only)
            css=Markup(css),  # noqa: S704  (a shipped file, not data)
            js=Markup(js),  # noqa: S704  (shipped files, not data)
            data=safe.inert(dict(data) | {"evidence": packed}),
            report=_link(links.get("report")),
            clusters=_link(links.get("clusters")),
            communities=data["communities"],
            captions=data["about"]["captions"],
        )
    )


def _link(name: str | None) -> str | None:
    """A file name as a relative address: a colon in it must not be taken for a scheme."""
    return None if name is None else "./" + quote(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("graphnet.view", "map"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def shipped() -> tuple[str, str]:
    """The style sheet and the joined script, as they are installed.

    Returns:
        ``(css, js)``.
    """
    folder = resources.files("graphnet.view") / "map"
    read = {
        name: (folder / name).read_text(encoding="utf-8").replace("\r\n", "\n")
        for name in ("map.css", *(f"{n}.js" for n in SCRIPTS))
    }
    return read["map.css"], "".join(read[f"{n}.js"] for n in SCRIPTS)
