"""``draw``: an interactive page of some communities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from graphnet import _pages, words
from graphnet.errors import InputError
from graphnet.study import Study
from graphnet.view import clusters, evidence, judgement
from graphnet.view.scene import scene, strongest

__all__ = ["draw"]

TOLD = 12
"""Communities whose level is written under the picture."""


def draw(
    study: Study,
    path: str | Path | None = None,
    communities: Sequence[int] | None = None,
    top: int = 3,
    layers: Iterable[str] | None = None,
) -> Any:
    """Write one self-contained, interactive page of some communities.

    Args:
        study: A study with communities.
        path: The page to write; None: write nothing, only return it.
        communities: Numbers of the communities to show; None: the ``top`` largest.
        top: How many, where ``communities`` does not say. Of groups with more than 1,500 accounts in all the
            strongest accounts of each are shown, and the page says so.
        layers: Show only ties of these layers; None: of those the communities were found in.

    Returns:
        The page as a pyvis ``Network``: a notebook shows it in line, ``save(path)`` writes it.

    Raises:
        MissingTable: The study has no communities yet.
        InputError: There are none, one does not exist, the chosen ones are too large for one page, or it cannot be
            written there.
    """
    target = None if path is None else _pages.checked(path)
    study.require("pairs", "members")
    sizes = _sizes(study)
    chosen = list(sizes)[:top] if communities is None else sorted({int(c) for c in communities})
    if communities is not None:
        _must_fit(study, sizes, chosen)
    if not chosen:
        raise InputError(
            f"the study in {study.path} has no communities to draw. Try other settings: graphnet detect {study.path} "
            "--help, or layers with more ties: graphnet project --help"
        )
    shown = strongest(scene(study, chosen, layers), clusters.MAX_ACCOUNTS, clusters.MAX_EDGES)
    known = evidence.panels(study, [n["account"] for n in shown["nodes"]], chosen)
    shown["captions"] = [*_standings(study, chosen), *shown["captions"]]
    network = clusters.build(shown, _heading(study, sizes, chosen, communities is None), *known)
    if target is not None:
        network.save(target)
        _pages.stamp(target, study)
    return network


def _sizes(study: Study) -> dict[int, int]:
    """Members of each community, the largest first."""
    rows = study.rows("select community, count(*) as n from members group by community order by n desc, community")
    return dict(zip(rows["community"].to_pylist(), rows["n"].to_pylist(), strict=True))


def _must_fit(study: Study, sizes: dict[int, int], chosen: Sequence[int]) -> None:
    """Refuse what one page cannot move smoothly; unknown communities are refused when they are loaded."""
    total = sum(sizes.get(c, 0) for c in chosen)
    if total > clusters.MAX_ACCOUNTS:
        each = ", ".join(f"C{c} {sizes.get(c, 0):,}" for c in chosen[:10]) + (" …" if len(chosen) > 10 else "")
        raise InputError(
            f"the chosen communities have {total:,} accounts ({each}); one page shows {clusters.MAX_ACCOUNTS:,}. "
            f"Choose fewer or smaller ones with --community, or let --top choose: graphnet draw {study.path} --top 1 "
            "shows the strongest accounts of the largest community"
        )


def _standings(study: Study, chosen: Sequence[int]) -> list[str]:
    """The level of each community, and which harmless explanations fit it as well: a page that is mailed alone."""
    known = judgement.standings(study)
    return [f"C{number}: {known[number]}." for number in chosen[:TOLD] if number in known]


def _heading(study: Study, sizes: dict[int, int], chosen: Sequence[int], largest: bool) -> str:
    if len(chosen) == 1:
        what = judgement.standings(study).get(chosen[0], "candidate community")
        return f"C{chosen[0]}, {words.count(sizes[chosen[0]], 'account')}: {what}"
    names = ", ".join(f"C{c}" for c in chosen[:8]) + (" …" if len(chosen) > 8 else "")
    which = f"The {len(chosen)} largest of {len(sizes):,}" if largest and len(chosen) < len(sizes) else f"{len(chosen)}"
    return f"{which} communities: {names}"
