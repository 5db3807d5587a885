"""Two networks side by side on one page: the same places in every picture, and what is different between them.

The page needs no script: pictures are static SVG, every figure is in a table. With script, an account that is pointed
at or chosen is marked in all pictures.

Example:
    >>> side = Part(study, [0, 1, 2], "north")  # doctest: +SKIP
    >>> page(side, Part(other, [0, 4], "south"), "two.html")  # doctest: +SKIP
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphnet import words
from graphnet.errors import InputError
from graphnet.portrait import LARGEST, netsimile, portrait_divergence
from graphnet.study import versions
from graphnet.view import evidence, figure
from graphnet.view import safe as page_safe
from graphnet.view.scene import GAPS, LEAD, strongest
from graphnet.view.two_data import BETWEEN, BOTH, FIRST, LOOKS, SECOND, Part, Side, Union, union

__all__ = ["Part", "Side", "Union", "page", "render", "union"]

MOST_ACCOUNTS, MOST_TIES, MOST_LABELS, MOST_ROWS = 1_500, 4_000, 14, 300
"""What a still picture can hold before it is a grey blot, and rows of a table that somebody reads."""
TOGETHER = "Places come from the ties of both networks together; that accounts stand close is no evidence by itself."
CROWDED = 500
"""Ties from which on they are drawn thinner."""
KINDS = {FIRST: "a", SECOND: "b", BOTH: "ab", BETWEEN: "x"}
"""Letters of the classes in ``templates/two.css``."""


def page(first: Side, second: Side, path: str | Path) -> Path:
    """Write the page of two networks.

    Args:
        first: A network: ``study``, ``accounts`` (our numbers), ``name``.
        second: Another, of the same or another study.
        path: The page, such as ``two.html``.

    Raises:
        InputError: A network has no accounts, or the page cannot be written.
        MissingTable: A study has no pairs yet.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{target.name!r} is not the name of a page: end it in .html, such as {target.stem}.html")
    text = render(union(first, second))
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"cannot write {target}: {error.strerror or error}. Name a page in a folder that exists."
        ) from None
    return target


def render(both: Union) -> str:
    """The page as text."""
    cut = strongest(both.scene(), MOST_ACCOUNTS, MOST_TIES)
    css, script = _file("report.css") + _file("two.css"), _file("two.js")
    first, second = both.names
    return (
        _environment()
        .get_template("two.html")
        .render(
            first=first,
            second=second,
            facts=_facts(both),
            alike=_alike(both),
            keys=list(_keys(both)),
            panels=list(_panels(both, cut)),
            captions=[*cut["captions"], GAPS if both.grouped else TOGETHER, LEAD],
            accounts=list(_accounts(both)),
            total=len(both.ids),
            ties=list(_ties(both)),
            changed=int((both.tie != BOTH).sum()),
            versions=versions(),
            css=Markup(css),  # noqa: S704  (shipped files, not data)
            script=Markup(script),  # noqa: S704
            policy=Markup(page_safe.content_security_policy([script], [css])),  # noqa: S704  (hashes only)
        )
    )


@cache
def _file(name: str) -> str:
    return (resources.files("graphnet.view") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("graphnet.view"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"figure": evidence.plain}
    return made


# Figures -------------------------------------------------------------------------------------------------------------


def _facts(both: Union) -> list[tuple[str, str]]:
    """Terms and values of the head of the page; names of the networks stand beside them as data."""
    found = both.counts()
    accounts, ties = (
        [found[f"{what}_{kind}"] for kind in ("only_first", "only_second", "both")] for what in ("accounts", "ties")
    )
    rows = [
        ("Accounts only in the first", f"{accounts[0]:,}"),
        ("Only in the second", f"{accounts[1]:,}"),
        ("In both", f"{accounts[2]:,} ({words.percent(accounts[2] / max(sum(accounts), 1))})"),
        ("Ties only in the first", f"{ties[0]:,}"),
        ("Only in the second", f"{ties[1]:,}"),
        ("In both", f"{ties[2]:,} ({words.percent(ties[2] / max(sum(ties), 1))})"),
    ]
    return rows + [("Between the two", f"{found['ties_between']:,}")] * bool(found["ties_between"])


def _alike(both: Union) -> list[tuple[str, str]]:
    one, two = both.part(FIRST), both.part(SECOND)
    return [
        ("NetSimile distance", f"{netsimile(one, two):.2f} of at most {LARGEST}"),
        ("Portrait divergence", f"{portrait_divergence(one, two):.3f} of at most 1"),
    ]


def _accounts(both: Union) -> Iterator[dict[str, Any]]:
    """Accounts, the strongest first: where they are and how many ties they have in each network."""
    n = len(both.ids)
    degree = {
        kind: np.bincount(both.ends[np.isin(both.tie, (kind, BOTH))].ravel(), minlength=n) for kind in (FIRST, SECOND)
    }
    order = np.lexsort((np.arange(n), -both.strength))[:MOST_ROWS]
    for i in order.tolist():
        kind = int(both.side[i])
        yield {
            "index": i,
            "label": both.labels[i],
            "id": page_safe.defang(both.ids[i][:64]),
            "kind": KINDS[kind],
            "where": _where(both, kind),
            "community": both.community[i],
            "first": int(degree[FIRST][i]),
            "second": int(degree[SECOND][i]),
        }


def _where(both: Union, kind: int) -> str:
    said = {FIRST: f"only {both.names[0]}", SECOND: f"only {both.names[1]}", BOTH: "both", BETWEEN: "between the two"}
    return said[kind]


def _ties(both: Union) -> Iterator[dict[str, Any]]:
    """Ties that are not in both networks, the heaviest first."""
    heaviest = both.weight.max(axis=1, initial=0.0)
    chosen = np.flatnonzero(both.tie != BOTH)
    order = chosen[np.lexsort((both.ends[chosen, 1], both.ends[chosen, 0], -heaviest[chosen]))][:MOST_ROWS]
    for i in order.tolist():
        source, target = (int(end) for end in both.ends[i])
        kind = int(both.tie[i])
        yield {
            "source": {"index": source, "label": both.labels[source]},
            "target": {"index": target, "label": both.labels[target]},
            "kind": KINDS[kind],
            "where": _where(both, kind),
            "weight": evidence.plain(float(heaviest[i])),
        }


# Pictures ------------------------------------------------------------------------------------------------------------


def _keys(both: Union) -> Iterator[dict[str, Any]]:
    """The legend: a mark and a line for each kind that there is."""
    for kind, look in LOOKS.items():
        nodes, ties = int((both.side == kind).sum()), int((both.tie == kind).sum())
        if nodes or ties:
            yield {
                "kind": KINDS[kind],
                "mark": None if kind == BETWEEN else figure.mark_path(look.shape, 8, 8, 5),
                "text": _where(both, kind),
            }


def _panels(both: Union, cut: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The first network, the second, and the difference; the same box and places in each."""
    nodes = cut["nodes"]
    box, size = figure.bounds([(n["x"], n["y"], n["size"]) for n in nodes], 46)
    first, second = both.names
    each: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = [
        (first, (FIRST, BOTH), (FIRST, BOTH)),
        (second, (SECOND, BOTH), (SECOND, BOTH)),
    ]
    every = (FIRST, SECOND, BOTH)
    for name, accounts, ties in [*each, ("", every, (*every, BETWEEN))]:
        mine = [n for n in nodes if n["community"] in accounts]
        others = [n for n in nodes if n["community"] not in accounts]
        largest = sorted(mine, key=lambda n: (-n["size"], n["index"]))[:MOST_LABELS]
        wanted = [(n["x"], n["y"] + n["size"] + size, n["label"][:24]) for n in largest]
        some = [e for e in cut["edges"] if e["style"] in ties]
        yield {
            "name": name,
            "accounts": int(np.isin(both.side, accounts).sum()),
            "ties": int(np.isin(both.tie, ties).sum()),
            "box": box,
            "lines": list(_lines(nodes, some, faint=not name)),
            "ghosts": "".join(figure.mark_path("dot", n["x"], n["y"], round(n["size"] / 2, 1)) for n in others),
            "marks": [_mark(both, n) for n in mine],
            "labels": figure.fitting(wanted, size, box),
        }


def _lines(nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]], *, faint: bool) -> Iterator[Any]:
    """One path for all ties that look alike; in the difference those in both are in the background."""
    heaviest = max((e["weight"] for e in edges), default=0.0) or 1.0
    # in pixels of the screen, whatever the scale of the picture; many lines have to be thin to leave something to see
    thin = 0.3 if len(edges) > CROWDED else 0.7
    at = [f"{n['x']:g} {n['y']:g}" for n in nodes]
    paths: dict[tuple[bool, int, float], list[str]] = defaultdict(list)
    for edge in edges:
        width = thin * round(1 + 3 * math.sqrt(edge["weight"] / heaviest))
        back = faint and edge["style"] == BOTH
        paths[not back, edge["style"], width].append(f"M{at[edge['source']]}L{at[edge['target']]}")
    for (front, kind, width), parts in sorted(paths.items()):
        look = LOOKS[kind]
        yield {
            "path": "".join(parts),
            "kind": KINDS[kind] if front else "back",
            "dash": look.dash if front else "",
            "width": round(width, 1),
        }


def _mark(both: Union, node: Mapping[str, Any]) -> dict[str, Any]:
    index, kind = node["original"], node["community"]
    return {
        "index": index,
        "kind": KINDS[kind],
        "path": figure.mark_path(LOOKS[kind].shape, node["x"], node["y"], node["size"]),
        "text": f"{node['label']} (id {node['id']}), {_where(both, kind)}, {both.community[index]}",
    }
