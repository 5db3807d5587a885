"""``map``: one interactive page of all communities of a study."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graphnet import _matched, _pages
from graphnet._pseudonymise import pseudonymise
from graphnet._report import DETAILED
from graphnet.errors import InputError
from graphnet.safe import show
from graphnet.study import Study
from graphnet.view import map_data, map_evidence, map_page

__all__ = ["map"]

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}\Z")


def map(  # noqa: A001  (the word users type; nothing here needs the other one)
    study: Study,
    path: str | Path,
    layers: Iterable[str] | None = None,
    seed: int = 7,
    *,
    report: str | None = None,
    pseudonyms: str | Path | None = None,
) -> Path:
    """Write one self-contained page with a map of all communities: filters, search, evidence, exports, offline.

    For up to 100,000 accounts and 500,000 ties; of larger studies the strongest are shown, and the page says so. It
    carries the evidence of the strongest accounts and the matched posts of the heaviest ties of each community; for
    the others it names the command that shows them. Where the page of `graphnet.draw` or the report lies beside it, it
    links there: for ``x.map.html`` those called ``x.clusters.html`` and ``x.html``, else ``clusters.html`` and
    ``report.html``, as long as they show the same state of the same study.

    Args:
        study: A study with communities.
        path: The page to write.
        layers: Show only ties of these layers; None: of those the communities were found in.
        seed: Seed of the positions: the same seed gives the same picture.
        report: File name of a report that lies, or will lie, beside the page; None: one that is there.
        pseudonyms: File with a key (see `graphnet.pseudonymise`): the page names nobody; None: names as they are.

    Returns:
        The path of the page.

    Raises:
        MissingTable: The study has no communities yet.
        InputError: There are none, there is no such layer, or the page cannot be written there.

    Example:
        >>> import graphnet as gn
        >>> gn.map(study, "map.html")  # doctest: +SKIP
        PosixPath('map.html')
    """
    target = _pages.checked(path, "map")
    if pseudonyms is not None:
        with tempfile.TemporaryDirectory(prefix="graphnet-") as work:
            copy = pseudonymise(study, Path(work) / "study", pseudonyms)
            return map(copy, target, layers, seed, report=report)
    what = map_data.drawn(study, layers, seed)
    if not what.groups:
        raise InputError(
            f"the study in {study.path} has no communities to map. Try other settings: graphnet detect {study.path} "
            "--help, or layers with more ties: graphnet project --help"
        )
    for group in what.groups:
        group["detailed"] = group["community"] <= DETAILED
    data = {"about": _about(study, what)} | map_data.columns(study, what)
    evidence = map_evidence.behind(study, what, _matches(study, what))
    page = map_page.render(data, evidence, data["about"]["title"], _links(target, study, report))
    target.write_text(page, encoding="utf-8", newline="\n")
    _pages.stamp(target, study)
    return target


def _about(study: Study, what: map_data.Drawn) -> dict[str, Any]:
    """Title and captions; ``study`` is a folder name that can be typed into a shell."""
    folder = study.path.resolve().name
    plain = folder if _PLAIN.match(folder) else "study"
    return {"title": f"Map of {show(folder, 80)}", "study": plain, "captions": what.captions}


def _links(target: Path, study: Study, report: str | None) -> dict[str, str | None]:
    """The pages beside this one."""
    return {
        "report": _pages.beside(target, "report", study) if report is None else report,
        "clusters": _pages.beside(target, "clusters", study),
    }


def _matches(study: Study, what: map_data.Drawn) -> dict[int, list[dict[str, object]]]:
    """The matched posts of the heaviest ties, by the position of the tie."""
    chosen = map_evidence.heaviest(what)
    edges = what.graph.edges.take(chosen).to_pylist()
    pairs = [_matched.Pair(e["source"], e["target"], e["layers"].split("+")) for e in edges]
    found = _matched.matched(study, pairs)
    return {e: [m._asdict() for m in matches] for e, matches in zip(chosen, found, strict=True) if matches}
