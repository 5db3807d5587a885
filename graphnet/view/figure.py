"""Still pictures of a scene for pages: what to draw where, as plain figures that a template turns into SVG.

::

    box     x, y, width, height of the picture
    lines   path (SVG path data), colour, dash, width: one path for all ties that look alike
    marks   path, colour, text: one an account, the text naming it
    discs   x, y, radius, name, colour, community
    labels  x, y, text, size

Example:
    >>> mark_path("square", 0, 0, 2)
    'M-2 -2H2V2H-2Z'
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphnet.safe import show
from graphnet.view import safe
from graphnet.view.scene import strongest

__all__ = ["bounds", "disc_map", "fitting", "group", "mark_path"]

MOST_ACCOUNTS, MOST_EDGES, MOST_DOTS, MOST_LINKS, MOST_LABELS, MOST_NAMES = 300, 1_200, 4_000, 300, 16, 40
"""What a still picture can hold before it is a grey blot or a page of many megabytes."""
NAME = 24
"""Longest name in a still picture, in signs."""
POINTS = {"triangle": (3, -90), "triangleDown": (3, 90), "diamond": (4, 0), "hexagon": (6, 0)}
"""Corners of a mark and the angle of the first one, in degrees; y grows downwards."""


def group(scene: Mapping[str, Any]) -> dict[str, Any]:
    """The accounts of one community and their ties, cut to the strongest; ``captions`` says so."""
    cut = strongest(scene, MOST_ACCOUNTS, MOST_EDGES)
    nodes = cut["nodes"]
    box, size = bounds([(n["x"], n["y"], n["size"]) for n in nodes], 42)
    largest = sorted(nodes, key=lambda n: (-n["size"], n["index"]))[:MOST_LABELS]
    wanted = [(n["x"], n["y"] + n["size"] + size, show(n["label"], NAME)) for n in largest]
    return {
        "box": box,
        "lines": _lines(cut),
        "marks": [_mark(n, n["size"]) for n in nodes],
        "discs": [],
        "labels": fitting(wanted, size, box),
        "captions": [c for c in cut["captions"] if c.startswith("Shown")],
    }


def disc_map(scene: Mapping[str, Any]) -> dict[str, Any]:
    """All communities as named discs, with lines for the ties between them and a dot for each account."""
    discs = scene["communities"]
    dots = scene["nodes"] if len(scene["nodes"]) <= MOST_DOTS else []
    box, size = bounds([(d["x"], d["y"], d["radius"]) for d in discs], 62)
    wanted = [(d["x"], d["y"] - d["radius"] - size / 3, d["name"]) for d in discs[:MOST_NAMES]]
    return {
        "box": box,
        "lines": _links(scene),
        "marks": [_mark(n, n["size"]) for n in dots],
        "discs": [{k: d[k] for k in ("x", "y", "radius", "name", "colour", "community")} for d in discs],
        "labels": fitting(wanted, size, box),
        "captions": [],
    }


def bounds(circles: Sequence[tuple[float, float, float]], letters: int) -> tuple[dict[str, float], float]:
    """The rectangle round circles (x, y, radius) with a margin, and a letter size of which ``letters`` span it."""
    if not circles:
        return {"x": 0.0, "y": 0.0, "width": 100.0, "height": 100.0}, 12.0
    left, top = (min(c[axis] - c[2] for c in circles) for axis in (0, 1))
    right, bottom = (max(c[axis] + c[2] for c in circles) for axis in (0, 1))
    # of a tall picture the height decides at which scale it is shown
    size = round(max((right - left) / letters, (bottom - top) / 36, 12.0), 1)
    margin = 2 * size
    box = {
        "x": left - margin,
        "y": top - margin,
        "width": right - left + 2 * margin,
        "height": bottom - top + 2 * margin,
    }
    return {name: round(value, 1) for name, value in box.items()}, size


def fitting(wanted: Iterable[tuple[float, float, str]], size: float, box: Mapping[str, float]) -> list[dict[str, Any]]:
    """Those labels, the first ones first, that fit without covering one another; moved inwards at the sides."""
    placed: list[dict[str, Any]] = []
    taken: list[tuple[float, float, float]] = []
    for x, y, text in wanted:
        half = 0.32 * size * len(text)
        inside = min(max(x, box["x"] + half), max(box["x"] + box["width"] - half, box["x"] + half))
        if all(abs(inside - tx) > half + th or abs(y - ty) > 1.1 * size for tx, ty, th in taken):
            taken.append((inside, y, half))
            placed.append({"x": round(inside, 1), "y": round(y, 1), "text": text, "size": size})
    return placed


def _lines(scene: Mapping[str, Any]) -> list[dict[str, Any]]:
    heaviest = max((e["weight"] for e in scene["edges"]), default=0.0) or 1.0
    at = [f"{n['x']:g} {n['y']:g}" for n in scene["nodes"]]
    paths: dict[tuple[int, float], list[str]] = defaultdict(list)
    for edge in scene["edges"]:
        width = round(1 + 3 * math.sqrt(edge["weight"] / heaviest))
        paths[edge["style"], width].append(f"M{at[edge['source']]}L{at[edge['target']]}")
    styles = scene["styles"]
    return [
        {
            "path": "".join(parts),
            "colour": safe.colour(styles[style]["colour"]),
            "dash": " ".join(map(str, styles[style]["dash"])),
            "width": width,
        }
        for (style, width), parts in sorted(paths.items())
    ]


def _links(scene: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line between each two communities that are tied, the wider the more ties; the strongest ones."""
    home = [n["community"] for n in scene["nodes"]]
    ties = Counter(tuple(sorted((home[e["source"]], home[e["target"]]))) for e in scene["edges"])
    between = sorted(((n, pair) for pair, n in ties.items() if pair[0] != pair[1]), key=lambda x: (-x[0], x[1]))
    at = {d["community"]: f"{d['x']:g} {d['y']:g}" for d in scene["communities"]}
    most = between[0][0] if between else 1
    return [
        {"path": f"M{at[a]}L{at[b]}", "colour": "#5b6470", "dash": "", "width": round(1 + 9 * math.sqrt(n / most), 1)}
        for n, (a, b) in between[:MOST_LINKS]
    ]


def _mark(node: Mapping[str, Any], size: float) -> dict[str, str]:
    return {
        "path": mark_path(node["shape"], node["x"], node["y"], size),
        "colour": safe.colour(node["colour"]),
        "text": f"{node['label']} (id {node['id']})",
    }


def mark_path(shape: str, x: float, y: float, size: float) -> str:
    """SVG path data of one mark; ``size`` is its radius."""
    if shape == "square":
        return f"M{x - size:g} {y - size:g}H{x + size:g}V{y + size:g}H{x - size:g}Z"
    if shape == "star":
        return _polygon(x, y, [size * (1.2 if i % 2 == 0 else 0.5) for i in range(10)], -90)
    if shape in POINTS:
        corners, first = POINTS[shape]
        return _polygon(x, y, [size * 1.15] * corners, first)
    return f"M{x - size:g} {y:g}a{size:g} {size:g} 0 1 0 {2 * size:g} 0a{size:g} {size:g} 0 1 0 {-2 * size:g} 0Z"


def _polygon(x: float, y: float, radii: Sequence[float], first: float) -> str:
    angles = [math.radians(first + 360 * i / len(radii)) for i in range(len(radii))]
    corners = [f"{x + r * math.cos(a):.1f} {y + r * math.sin(a):.1f}" for r, a in zip(radii, angles, strict=True)]
    return "M" + "L".join(corners) + "Z"
