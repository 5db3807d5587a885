"""The report page: a static file made of a summary, still pictures and a template; it runs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphnet import words
from graphnet.view import evidence, figure, judgement, plots, safe
from graphnet.view.scene import part

if TYPE_CHECKING:
    from graphnet.plots import Plot

__all__ = ["render"]

LISTED = 500
"""Rows of the table of communities; nobody reads more, and the JSON file has them all."""


def render(
    facts: Mapping[str, Any],
    scene: Mapping[str, Any] | None,
    interactive: str | None,
    chart: str | None = None,
    portraits: Mapping[int, Sequence[Plot]] | None = None,
) -> str:
    """The page as text.

    Args:
        facts: See `graphnet._report.summary`.
        scene: The scene of all communities (`graphnet.view.scene`), or None if there are none.
        interactive: File name of the interactive page of some communities beside this one, or None.
        chart: File name of the map of all communities beside this one, or None.
        portraits: Plots of each community that has a section.
    """
    css = (resources.files("graphnet.view") / "templates" / "report.css").read_text(encoding="utf-8") + plots.css()
    detailed = facts["communities"][: facts["detailed"]]
    return (
        _environment()
        .get_template("report.html")
        .render(
            facts=facts,
            verdicts=judgement.VERDICTS,
            levels=judgement.LEVELS,
            css=Markup(css),  # noqa: S704  (a shipped file, not data)
            policy=Markup(safe.content_security_policy([], [css])),  # noqa: S704  (hashes only)
            interactive=interactive,
            chart=chart,
            portraits={number: [plots.figure(p) for p in of] for number, of in (portraits or {}).items()},
            map=figure.disc_map(scene) if scene else None,
            listed=facts["communities"][:LISTED],
            detailed=detailed,
            figures={c["community"]: figure.group(part(scene, c["community"])) for c in detailed} if scene else {},
            settings=_settings(facts),
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("graphnet.view"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "figure": lambda value: "–" if value is None else evidence.plain(value),
        "share": lambda value: "–" if value is None else words.percent(safe.number(value, 0, 1)),
        "span": lambda value: "–" if value is None else words.span(safe.number(value, 0)),
        "time": lambda value: "unknown" if value is None else evidence.cell("time", value)["text"],
        "setting": _setting,
        "bytes": _bytes,
        "columns": _figure_columns,
        "direction": safe.direction,
        "card": evidence.card,
        "mark": lambda shape: figure.mark_path(shape, 0, 0, 7),
        "time_text": lambda text: evidence.cell("when", text)["text"].removesuffix(" UTC"),
    }
    return made


def _settings(facts: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The parameters that made the communities: pairs of a name and its values, one a line."""
    return [
        (
            f"{step['verb']}: {name.replace('_', ' ')}",
            [_setting(v) for v in (value if isinstance(value, list) else [value])],
        )
        for step in facts["steps"]
        if step["verb"] in ("project", "validate", "detect")
        for name, value in step["parameters"].items()
    ]


def _setting(value: Any) -> str:
    """A parameter or a count in words, with spaces where a line may break.

    Example:
        >>> _setting("leiden:seed=1,weighted=no"), _setting({"a": 1000, "b": None}), _setting(["x", True])
        ('leiden: seed=1, weighted=no', 'a 1,000, b none', 'x, yes')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{_setting(k)} {_setting(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_setting(v) for v in value)
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    text = evidence.cell("", value)["text"]
    return text.replace(":", ": ", 1).replace(",", ", ") if "=" in text else text


def _bytes(size: int | None) -> str:
    """A file size in the unit a reader would choose.

    Example:
        >>> _bytes(999), _bytes(12_345_678), _bytes(None)
        ('999 B', '12.3 MB', '–')
    """
    if size is None:
        return "–"
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def _figure_columns(members: list[Mapping[str, Any]]) -> dict[str, str]:
    """The signals with a figure about any of these members: code -> title."""
    return {c: f["title"] for member in members for c, f in member["figures"].items() if f["value"] is not None}
