"""The interactive view of some communities: one self-contained page on top of pyvis and vis-network.

pyvis brings the drawing (vis-network, in line) and the notebook manners; the page around it is ours. pyvis's own
template loads a style sheet from the web, writes data into a script unescaped and takes tooltips for HTML. Here data
sits in inert JSON blocks, reaches the page as text only, and a policy lets nothing run but the shipped files.

The only file that imports pyvis, and only when a view is made: pyvis pulls in IPython (0.5 s).
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphnet import words
from graphnet.safe import show
from graphnet.view import safe

__all__ = ["MAX_ACCOUNTS", "MAX_EDGES", "build", "shipped"]

MAX_ACCOUNTS, MAX_EDGES = 1_500, 5_000
"""What vis-network moves without stutter on a laptop; measured: 17 ms a frame at 1,000 accounts and 5,000 ties."""

VIS = ("lib", "vis-9.1.2")
THINNEST, THICKEST = 0.8, 6.0
NAME = 16
"""Longest name in the picture, in signs; the panel has it in full."""

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "interaction": {"tooltipDelay": 120, "multiselect": False, "navigationButtons": False, "keyboard": False},
    "nodes": {
        "borderWidth": 1.5,
        "chosen": False,
        # "multi" off: labels are never parsed for markup
        "font": {"size": 13, "face": "system-ui, sans-serif", "multi": False, "strokeWidth": 3},
    },
    "edges": {
        "smooth": False,
        "chosen": False,
        "selectionWidth": 0,
        "hoverWidth": 0,
        "arrows": {"to": {"enabled": False, "scaleFactor": 0.5}},
    },
}


class _Page:
    """What is ours in the network object; the rest is pyvis's ``Network`` (see `_network_class`)."""

    heading: str
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    options: Any
    html: str
    info: dict[str, Any]

    def generate_html(self, name: str = "clusters.html", local: bool = True, notebook: bool = False) -> str:  # noqa: ARG002
        """The page as text; the arguments are pyvis's and change nothing."""
        css, js, vis_css, vis_js = shipped()
        self.html = (
            _environment()
            .get_template("clusters.html")
            .render(
                heading=self.heading,
                policy=Markup(safe.content_security_policy([vis_js, js], [vis_css, css])),  # noqa: S704  (hashes only)
                # the four shipped files, not data
                css=Markup(css),  # noqa: S704
                js=Markup(js),  # noqa: S704
                vis_css=Markup(vis_css),  # noqa: S704
                vis_js=Markup(vis_js),  # noqa: S704
                nodes=safe.inert(self.nodes),
                edges=safe.inert(self.edges),
                options=safe.inert(self.options),
                info=safe.inert(self.info),
                about=self.info,
            )
        )
        return self.html

    def write_html(
        self, name: str | Path, local: bool = True, notebook: bool = False, open_browser: bool = False
    ) -> None:
        """Write the page to a file; the last three arguments are pyvis's."""
        Path(name).write_text(self.generate_html(str(name), local, notebook), encoding="utf-8", newline="\n")
        if open_browser:
            import webbrowser  # noqa: PLC0415  (hardly ever needed)

            webbrowser.open(Path(name).resolve().as_uri())

    def save(self, name: str | Path) -> Path:
        """Write the page to a file and return its path."""
        self.write_html(name)
        return Path(name)

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame that can run the page's own script and nothing else."""
        page = html.escape(self.generate_html(), quote=True)
        return (
            f'<iframe srcdoc="{page}" sandbox="allow-scripts" title="{html.escape(self.heading, quote=True)}" '
            'width="100%" height="720" style="border:1px solid #d6d9de"></iframe>'
        )


@cache
def _network_class() -> type[Any]:
    from pyvis.network import Network  # noqa: PLC0415  (see the module docstring)

    return type("ClusterNetwork", (_Page, Network), {"__doc__": "A pyvis ``Network`` that writes graphnet's own page."})


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("graphnet.view"), autoescape=True, undefined=StrictUndefined)


@cache
def shipped() -> tuple[str, str, str, str]:
    """The page's own style and script, then vis-network's, as they are installed.

    Returns:
        ``(css, js, vis_css, vis_js)``.
    """
    ours, theirs = resources.files("graphnet.view") / "templates", resources.files("pyvis").joinpath("templates", *VIS)
    files = (ours / "clusters.css", ours / "clusters.js", theirs / "vis-network.css", theirs / "vis-network.min.js")
    css, js, vis_css, vis_js = (f.read_text(encoding="utf-8").replace("\r\n", "\n") for f in files)
    return css, js, vis_css, vis_js


def build(scene: Mapping[str, Any], heading: str, accounts: Mapping[int, Any], communities: Mapping[int, Any]) -> Any:
    """The network object of a scene.

    Args:
        scene: See `graphnet.view.scene`.
        heading: Title of the page.
        accounts: What to show of each account, by our number of it; see `graphnet.view.evidence.panels`.
        communities: What to show of each community, by its number; likewise.

    Returns:
        A pyvis ``Network`` with ``save(path)``, ``write_html(path)`` and ``show(path)``; a notebook shows it in line.
    """
    from pyvis.edge import Edge  # noqa: PLC0415
    from pyvis.node import Node  # noqa: PLC0415

    title = show(heading, 120)
    network = _network_class()(height="100vh", directed=scene["directed"], heading=title, cdn_resources="in_line")
    network.options = json.loads(json.dumps(OPTIONS))
    network.options["edges"]["arrows"]["to"]["enabled"] = scene["directed"]
    # while dragging, more edges than this are slower to draw than the eye follows
    network.options["interaction"]["hideEdgesOnDrag"] = len(scene["edges"]) > 1000
    # pyvis's add_node and add_edge look through all others each time (91 s for 50,000 edges); its classes do not
    network.nodes = [
        Node(n["index"], n["shape"], show(n["label"], NAME), **_node(n, accounts)).options for n in scene["nodes"]
    ]
    network.node_ids = [n["index"] for n in scene["nodes"]]
    network.node_map = {n["id"]: n for n in network.nodes}
    heaviest = max((e["weight"] for e in scene["edges"]), default=0) or 1
    network.edges = [
        Edge(e["source"], e["target"], scene["directed"], **_edge(i, e, scene, heaviest)).options
        for i, e in enumerate(scene["edges"])
    ]
    network.info = _info(scene, accounts, communities)
    return network


def _node(node: Mapping[str, Any], accounts: Mapping[int, Any]) -> dict[str, Any]:
    known = [f for f in accounts.get(node["account"], {}).get("findings", []) if f["known"]]
    lines = [node["label"], f"id {node['id']}", f"C{node['community']}, strength {words.figure(node['strength'])}"]
    lines += [f"{f['title']}: {f['reason']}" for f in known[:3]]
    return {
        "x": node["x"],
        "y": node["y"],
        "size": node["size"],
        "color": safe.colour(node["colour"]),
        "title": "\n".join(lines),
    }


def _edge(index: int, edge: Mapping[str, Any], scene: Mapping[str, Any], heaviest: float) -> dict[str, Any]:
    style = scene["styles"][edge["style"]]
    quickest = "" if edge["quickest"] is None else f", quickest gap {words.span(edge['quickest'])}"
    shared = f"{', '.join(edge['layers'])}: {edge['shared']:,} shared{quickest}"
    return {
        "id": index,
        "width": round(THINNEST + (THICKEST - THINNEST) * (edge["weight"] / heaviest) ** 0.5, 2),
        "color": {"color": safe.colour(style["colour"]), "opacity": 0.35, "inherit": False},
        "dashes": style["dash"] or False,
        "title": shared,
    }


def _info(scene: Mapping[str, Any], accounts: Mapping[int, Any], communities: Mapping[int, Any]) -> dict[str, Any]:
    """What the panel shows, as lists in the order of the nodes and edges: ids from data are never keys."""
    return {
        "nodes": [
            {"label": n["label"], "id": n["id"], "community": n["community"], "strength": n["strength"]}
            | dict(accounts.get(n["account"], {}))
            for n in scene["nodes"]
        ],
        "edges": [
            [
                " + ".join(e["layers"]),
                e["shared"],
                None if e["quickest"] is None else words.span(e["quickest"]),
                e["weight"],
            ]
            for e in scene["edges"]
        ],
        "communities": [dict(g) | dict(communities.get(g["community"], {})) for g in scene["communities"]],
        "styles": scene["styles"],
        "layers": scene["layers"],
        "totals": scene["totals"],
        "captions": scene["captions"],
    }
