"""``confirm``: what other days say of each group, and the level of evidence that it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from graphnet import registry
from graphnet._detect import settings_of
from graphnet._heldout import HeldOut, Judged, held_out
from graphnet._ladder import LEVELS as WORDS
from graphnet._ladder import TOGETHER, Acting, Evidence, acting, caps, family, independent, level
from graphnet._own import kept_down, own
from graphnet._own import reason as untold
from graphnet._review import reviewed
from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.errors import InputError
from graphnet.log import logger
from graphnet.schema import LEVELS
from graphnet.study import Study
from graphnet.words import count as counted

__all__ = ["confirm"]


def confirm(
    study: Study, *, fdr: float = 0.05, controls: int = 1999, seed: int = 7, threads: int | None = None
) -> dict[str, Any]:
    """Give each community its level of evidence; look for it on half of the days and test it on the other half.

    What a community has to show for a level is said in `graphnet._ladder`; how it is tested, in `graphnet._heldout`.
    The study's own tables are only read: the halves are studies of their own, in a scratch folder.

    Args:
        study: A validated study with communities.
        fdr: Share of false ones that is accepted among the communities that other days confirm.
        controls: Fewest groups of like accounts that each community is compared with; more are drawn where there are
            many communities.
        seed: Same seed, same groups, whatever the order of rows.
        threads: Number of threads; None: all cores.

    Returns:
        ``levels``: how many communities are at each level; ``accounts``: how many accounts these have; ``held_out``:
        what was looked at on the other days, or why that is ``not_applicable``. Table written: ``levels``.

    Raises:
        MissingTable: The study was not validated, or no community was sought yet.
        InputError: A parameter is out of range.
    """
    if not 0 < fdr < 1:
        raise InputError(f"fdr is {fdr}, it has to be above 0 and below 1")
    if controls < 499:
        raise InputError(f"controls is {controls}, it has to be 499 or more: with less no p is small enough to count")
    study.require("ties", "members")
    settings = settings_of(study)
    parameters = {"detector": registry.describe(settings.detector), "fdr": fdr, "controls": controls, "seed": seed}
    with study.step("confirm", parameters) as step:
        groups = communities(study)
        other = held_out(step, settings, controls=controls, seed=seed, threads=threads)
        rows = _rows(study, groups, other, fdr)
        step.write("levels", pa.Table.from_pylist(rows, schema=LEVELS.arrow))
        step.summary |= _summary(rows, groups) | {"held_out": other.about}
    logger.info("levels: %s", ", ".join(f"{n} {name}" for name, n in step.summary["levels"].items() if n) or "none")
    return dict(step.summary)


def _rows(study: Study, groups: Crowds, other: HeldOut, fdr: float) -> list[dict[str, Any]]:
    """The rows of ``levels``."""
    together = acting(study)
    names = [int(c) for c in groups.label]
    seen = dict(zip(names, _matches(groups, other), strict=True))
    evidence = {c: _evidence(together.get(c, Acting()), seen[c], fdr) for c in names}
    ways = independent(study, evidence)
    notes, capped = reviewed(study), caps(study)
    alone = own(study)
    pairs = set(study.rows("select distinct community from members where stability is null")["community"].to_pylist())
    rows = []
    for c in names:
        reached = level(evidence[c], ways[c])
        mine = {name: part for name, part in alone.get(c, {}).items() if family(name) not in evidence[c].families}
        rows.append(
            {
                "community": c,
                "level": "L3" if reached == "L2" and c in notes else reached,
                "reason": _reason(reached, evidence[c], ways[c], notes.get(c), mine),
                "basis": "pairs" if c in pairs else "ties",
                "layers_beyond_chance": "+".join(evidence[c].layers),
                "independent": ways[c],
                "capped_by": _capped(reached, together.get(c, Acting()), capped, other, study, mine),
                **_told(seen[c], other, evidence[c]),
            }
        )
    return rows


def _matches(groups: Crowds, other: HeldOut) -> list[list[Judged]]:
    """For each group those of the halves that are this one: each has at least half of its members in the other."""
    found: list[list[Judged]] = [[] for _ in range(len(groups))]
    for half in (0, 1):
        seen = [g for g in other.groups if g.half == half]
        if not seen:
            continue
        # all overlaps at once: there are groups times groups, and nearly all are empty
        labels = np.repeat(np.arange(len(seen)), [len(g.accounts) for g in seen])
        theirs = Crowds.of(labels, np.concatenate([g.accounts for g in seen]))
        width = int(max(groups.account.max(initial=0), theirs.account.max(initial=0))) + 1
        both = (groups.matrix(width) @ theirs.matrix(width).T).tocoo()
        order = np.lexsort((both.col, -both.data, both.row))
        places, first = np.unique(both.row[order], return_index=True)
        for place, best in zip(places.tolist(), order[first].tolist(), strict=True):
            one, size = seen[both.col[best]], int(groups.sizes[place])
            found[place] += [one] * bool(2 * both.data[best] >= max(size, len(one.accounts)))
    return found


def _evidence(together: Acting, seen: list[Judged], fdr: float) -> Evidence:
    held = [{name for name, q in one.q.items() if q <= fdr} for one in seen]
    twice = set.intersection(*held) if len(held) == 2 else set()
    return Evidence(together.beyond, sorted(set().union(*held)), sorted(twice))


def _told(seen: list[Judged], other: HeldOut, evidence: Evidence) -> dict[str, Any]:
    """The columns about the held-out days: of the half and family with the smallest p."""
    if not seen:
        note = f"not applicable: {other.why_not}" if other.why_not else "not found again on half of the days"
        return {"held_out": None, "held_out_pairs": None, "held_out_p": None, "held_out_q": None, "held_out_note": note}
    p, _, name, best = min(
        ((one.p[name], -one.pairs[name], name, one) for one in seen for name in one.p), key=lambda row: row[:3]
    )
    return {
        "held_out": "+".join(evidence.held_out) or None,
        "held_out_pairs": best.pairs[name],
        "held_out_p": p,
        "held_out_q": best.q[name],
        "held_out_note": best.words[name],
    }


def _reason(reached: str, evidence: Evidence, ways: int, note: str | None, alone: Mapping[str, float]) -> str:
    """One sentence: the level's word and what carries it."""
    if reached == "L0":
        return untold(alone) if alone else "shared audience: nothing beyond what chance and shared interest give"
    parts = []
    if named := [name for name in evidence.layers if name != TOGETHER]:
        parts.append(f"at least half of the members are tied beyond chance in {', '.join(named)}")
    elif evidence.layers:
        parts.append("at least half of the members are tied beyond chance by all layers taken together")
    if evidence.held_out:
        parts.append(f"days it was not found on confirm it ({', '.join(evidence.held_out)})")
    if evidence.twice and not evidence.layers:
        parts.append(f"each half of the days confirms the other ({', '.join(evidence.twice)})")
    told = f"{WORDS[reached]}: {' and '.join(parts)}; {counted(ways, 'independent way', 'independent ways')}"
    return f"{told}; reviewed by {note}" if note and reached == "L2" else told


def _capped(
    reached: str,
    together: Acting,
    capped: Mapping[str, str],
    other: HeldOut,
    study: Study,
    alone: Mapping[str, float],
) -> str | None:
    """What keeps a level down that more information might lift."""
    if reached == "L2":
        return None
    every = set(study.parts("ties")) <= set(capped)
    why = [f"{name}: {capped[name]}" for name in (sorted(capped) if every else together.unsure) if name in capped]
    if alone:
        why.append(kept_down(alone))
    if together.beyond and other.why_not:
        why.append(f"no confirmation on other days: {other.why_not}")
    return "; ".join(why) or None


def _summary(rows: list[dict[str, Any]], groups: Crowds) -> dict[str, Any]:
    size = dict(zip(groups.label.tolist(), groups.sizes.tolist(), strict=True))
    at = {name: [r["community"] for r in rows if r["level"] == name] for name in WORDS}
    return {
        "levels": {name: len(some) for name, some in at.items()},
        "accounts": {name: sum(size[c] for c in some) for name, some in at.items()},
    }
