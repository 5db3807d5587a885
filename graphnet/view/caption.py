"""What has to stand under a figure of the network so that it can be judged away from its study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphnet import words
from graphnet.safe import show
from graphnet.view import judgement, ticks
from graphnet.view.scene import GAPS, LEAD

if TYPE_CHECKING:
    from graphnet.graph import Graph
    from graphnet.study import Study

__all__ = ["caption"]

LAYERS = 8
"""Layers whose settings a caption has room for; of more it gives the names."""
TOLD = ("window", "min_shared", "threshold", "similarity")
"""Settings of a layer that decide who is tied."""


def caption(study: Study, graph: Graph, seed: int = 7) -> str:
    """Sentences on n, period, layers with windows and thresholds, nulls, detector and seeds, and how to read it.

    Args:
        study: The study that the graph is of.
        graph: What is drawn; its columns ``community`` and ``layers`` are looked at.
        seed: Seed of the positions.
    """
    groups = len(set(graph.nodes["community"].to_pylist()) - {None})
    said = [f"{words.count(len(graph.accounts), 'account')}, {words.count(len(graph.ends), 'tie')}."]
    if groups:
        said[0] = f"{said[0][:-1]}, {words.count(groups, 'candidate community', 'candidate communities')}."
    said += [_period(study), _layers(study, graph), _tested(study), _detected(study), f"Positions: seed {seed}."]
    if groups:
        said += [_levels(study, graph), GAPS]
    return " ".join([*filter(None, said), "Wider lines weigh more; larger marks are more strongly tied.", LEAD])


def _levels(study: Study, graph: Graph) -> str:
    """Which communities are suspected, and which are no more than an audience."""
    shown = set(graph.nodes["community"].to_pylist())
    held: dict[str, list[str]] = {}
    for community, level in sorted(judgement.levels(study).items()):
        if community in shown:
            fits = judgement.also(level["fits"]) if level["level"] in judgement.SUSPECTED else ""
            said = f"{level['level']} {level['words']}{', ' * bool(fits)}{fits}"
            held.setdefault(said, []).append(f"C{community}")
    told = [
        f"{level} ({', '.join(names[:LAYERS])}{', …' if len(names) > LAYERS else ''})" for level, names in held.items()
    ]
    return f"Levels: {'; '.join(sorted(told, reverse=True))}." if told else ""


def _period(study: Study) -> str:
    told = study.last("read")["summary"]
    first, last = told.get("first"), told.get("last")
    if first is None or last is None:
        return "No times in the data."
    return f"Data from {ticks.date(first)} to {ticks.date(last)} (UTC)."


def _layers(study: Study, graph: Graph) -> str:
    """The layers that are drawn, with what two accounts had to do to be tied."""
    there = {name for text in graph.edges["layers"].unique().to_pylist() for name in text.split("+")}
    if not there:
        return ""
    made: dict[str, str] = {}
    for step in study.manifest["steps"]:
        if step["verb"] == "project":
            made |= {str(text).partition(":")[0]: str(text).partition(":")[2] for text in step["parameters"]["layers"]}
    names = sorted(there)
    if len(names) > LAYERS:
        return f"Ties: {', '.join(show(name, 40) for name in names)}."
    return "Ties: " + "; ".join(_layer(name, made.get(name, "")) for name in names) + "."


def _layer(name: str, settings: str) -> str:
    given = dict(part.split("=", 1) for part in settings.split(",") if "=" in part)
    told = []
    for key in TOLD:
        if key in given and given[key] != "none":
            value = words.span(float(given[key])) if key == "window" and given[key].isdigit() else given[key]
            told.append(f"{key.replace('_', ' ')} {value}")
    return show(name, 40) + (f" ({', '.join(told)})" if told else "")


def _tested(study: Study) -> str:
    tested = judgement.tested(study)
    if tested is None:
        return "Not tested against chance."
    nulls = [str(text).partition(":")[0] for text in study.last("validate")["parameters"].get("nulls", [])]
    rate = tested["fdr"]
    against = f"Ties tested against {', '.join(nulls) or 'chance'}"
    return against + (f" at a false discovery rate of {words.percent(rate)}." if rate is not None else ".")


def _detected(study: Study) -> str:
    if not study.has("members"):
        return ""
    used: dict[str, Any] = study.last("detect")["parameters"]
    text = str(used.get("detector", ""))
    name, _, settings = text.partition(":")
    kept = [part.replace("=", " ") for part in settings.split(",") if part.partition("=")[0] in ("resolution", "seed")]
    return f"Communities: {name}{' (' + ', '.join(kept) + ')' if kept else ''}." if name else ""
