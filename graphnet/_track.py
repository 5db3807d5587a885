"""``track``: communities over successive times: which go on, and which are born, grow, split, merge or die."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphnet._moves import became, became_rows, homes, moves, renamed_within
from graphnet._snapshots import Snapshot, of_periods, of_studies
from graphnet._two import picture
from graphnet.alignment import Rules, Stage, follow
from graphnet.audits import EVIDENCE, Answer, Audited
from graphnet.errors import InputError
from graphnet.plots import Bands, Flow
from graphnet.portrait import LARGEST, measured, netsimile, portrait_divergence
from graphnet.safe import show
from graphnet.view import audit_page, print_plots, two
from graphnet.words import count

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["track"]

Row = dict[str, Any]
SHOWN = 12
"""Identities in the plot, the largest ones."""
BENIGN = (
    "a community is what the detector found at one time: a few ties more or less can make it seem to split or merge",
    "people take breaks, so that a community of ordinary users loses and regains members from day to day",
    "an account that is not in a later collection may just not have been collected",
    "platforms suspend accounts, and people change handles, for many reasons",
)


def track(
    *studies: Study,
    by: str | None = None,
    rules: Rules | None = None,
    patience: int = 0,
    out: str | Path | None = None,
    figures: str | Path | None = None,
    figure: str | Path | None = None,
    columns: int = 2,
) -> Audited:
    """Follow communities over successive studies, or over the days or weeks of one.

    Accounts are the same if their ids are. For ``by``, each period is projected and its communities are sought with the
    parameters of the whole study, in a temporary study that is as if the period had been read by itself.

    Args:
        *studies: Two or more with communities, in the order of time; or one, with ``by``.
        by: ``day`` or ``week`` (from Monday), in UTC.
        rules: What counts as linked, grown or shrunk; None: `graphnet.alignment.Rules` with its defaults.
        patience: For so many times an identity that nothing continues is sought again before it has died.
        out: A page to write; figures and tables go beside it, and ``STEM-two.html``: the first and the last time side
            by side.
        figures: A folder for the plots as figures for print.
        figure: The first and the last time side by side as a figure for print (``.svg``, ``.pdf`` or ``.png``).
        columns: Width of that figure: 1 (85 mm) or 2 (180 mm).

    Returns:
        ``summary``, ``answers``, plots, and the tables ``timeline`` (identity, period, size, events), ``links`` (where
        each community's accounts were before), ``moves`` (accounts in and out), ``became`` (members who vanished or
        were renamed) and, with ``by``, ``handles``.

    Raises:
        InputError: The studies cannot be followed, or a file cannot be written; the message says why.
        MissingTable: A study has no communities yet.

    Example:
        >>> import graphnet as gn
        >>> gn.track(gn.Study.open("may/"), gn.Study.open("june/")).summary["born"]  # doctest: +SKIP
        2
    """
    held = of_periods(studies[0], by) if by and len(studies) == 1 else nullcontext(of_studies(_several(studies, by)))
    with held as snapshots:
        stages = follow([s.groups for s in snapshots], rules, patience)
        whole = studies[0] if by else None
        found = _found(snapshots, stages, whole, rules or Rules())
        if out is not None and sum(bool(s.groups) for s in snapshots) > 1:
            beside = f"the first and the last time with communities stand side by side in {_beside(out).name}"
            found = replace(found, notes=[beside, *found.notes])
        if out is not None:
            audit_page.write(found, Path(out))
        if figures is not None:
            print_plots.write_all(found.plots, figures, found.name)
        _two(snapshots, out, figure, columns)
    return found


def _several(studies: Sequence[Study], by: str | None) -> Sequence[Study]:
    """The studies, if they were not to be cut."""
    if by and len(studies) > 1:
        raise InputError("one study at a time can be cut into periods: name one with --by, or several without")
    return studies


def _found(snapshots: Sequence[Snapshot], stages: Sequence[Stage], whole: Study | None, rules: Rules) -> Audited:
    rows = list(became_rows(snapshots, cut=whole is not None))
    tables: dict[str, Any] = {
        "timeline": list(_timeline(snapshots, stages)),
        "links": list(_links(snapshots, stages)),
        "moves": list(moves(stages, snapshots)),
        "became": rows,
    }
    if whole is not None:
        members = {a for s in snapshots for some in s.groups.values() for a in some}
        tables["handles"] = renamed_within(whole, members)
    answers = [
        *_of_identities(tables["timeline"]),
        *became(snapshots, rows, cut=whole is not None),
        *_alike(snapshots),
    ]
    return Audited(
        "track",
        f"Communities from {show(snapshots[0].name, 40)} to {show(snapshots[-1].name, 40)}",
        _summary(snapshots, stages),
        answers,
        [_plot(snapshots, stages)] if stages else [],
        {name: some for name, some in tables.items() if some},
        BENIGN,
        _notes(snapshots, whole, rules),
    )


LINKED = (
    "communities of two times are linked if they share {least} or more and either overlap by {overlap} (Jaccard) or "
    "have {share} of the smaller one in common; the link of the largest overlap gives the identity; grown and shrunk: "
    "by more than {steady} of the smaller size"
)


def _summary(snapshots: Sequence[Snapshot], stages: Sequence[Stage]) -> Row:
    events = Counter(event for stage in stages for event in stage.events)
    words = ("born", "died", "split off", "merged into", "grown", "shrunk", "continued", "unchanged", "not found")
    return {
        "periods": len(snapshots),
        "communities": [f"{show(s.name, 30)}: {len(s.groups)}" for s in snapshots],
        "identities": len({stage.identity for stage in stages}),
        "throughout": sum(n == len(snapshots) for n in Counter(s.identity for s in stages if s.size).values()),
        **{word.replace(" ", "_"): events[word] for word in words},
    }


def _notes(snapshots: Sequence[Snapshot], whole: Study | None, rules: Rules) -> list[str]:
    lines = {name: f"{value:g}" for name, value in vars(rules).items()}
    notes = [LINKED.format(**(lines | {"least": count(rules.least, "account")}))]
    empty = [s.name for s in snapshots if not s.groups]
    if empty:
        shown = ", ".join(empty[:10]) + (" …" if len(empty) > 10 else "")
        notes.append(f"no community was found in {count(len(empty), 'period')}: {shown}")
    if whole is not None:
        sql = "select count(*) as n, count(time) as timed from actions"
        row = whole.rows(sql).to_pylist()[0]
        notes.append("in each period the communities are those of plain pairs: nothing there is tested against chance")
        notes.append("the first and the last period may be partly before or after the collection")
        notes.append("handles are not used to tie accounts, since when they were seen does not say when they were used")
        if row["timed"] < row["n"]:
            notes.append(f"{count(row['n'] - row['timed'], 'action')} without a time (most follows) are in no period")
    return notes


# Tables --------------------------------------------------------------------------------------------------------------


def _timeline(snapshots: Sequence[Snapshot], stages: Sequence[Stage]) -> Iterator[Row]:
    """One row for each identity and time, by identity."""
    for stage in sorted(stages, key=lambda s: (s.identity, s.time)):
        main = next((link for link in stage.links if link.main), None)
        others = [f"I{link.before} ({link.shared:,})" for link in stage.links if not link.main]
        yield {
            "identity": f"I{stage.identity}",
            "period": snapshots[stage.time].name,
            "first": snapshots[stage.time].span[0],
            "last": snapshots[stage.time].span[1],
            "community": None if stage.community is None else f"C{stage.community}",
            "size": stage.size,
            "events": ", ".join(stage.events),
            "came": len(stage.came) if stage.time else None,
            "stayed": len(stage.stayed) if stage.time else None,
            "left": len(stage.left) if stage.time else None,
            "jaccard": main and round(main.jaccard, 4),
            "also_from": ", ".join(others) or None,
        }


def _links(snapshots: Sequence[Snapshot], stages: Sequence[Stage]) -> Iterator[Row]:
    for stage in stages:
        for link in stage.links:
            yield {
                "period": snapshots[stage.time].name,
                "from_identity": f"I{link.before}",
                "identity": f"I{stage.identity}",
                "community": f"C{stage.community}",
                "shared": link.shared,
                "jaccard": round(link.jaccard, 4),
                "share_of_earlier": round(link.of_before, 4),
                "share_of_later": round(link.of_after, 4),
                "continues": link.main,
            }


# Answers -------------------------------------------------------------------------------------------------------------


def _of_identities(timeline: Sequence[Row]) -> Iterator[Answer]:
    """One answer an identity, the largest first: its last size, and its story."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in timeline:
        held[row["identity"]].append(row)
    for identity, rows in sorted(held.items(), key=lambda item: (-max(r["size"] for r in item[1]), int(item[0][1:]))):
        there = [row for row in rows if row["size"]]
        story = "; ".join(f"{show(row['period'], 40)}: {row['events']} ({row['size']:,})" for row in rows[:SHOWN])
        more = f"; and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        yield Answer(
            "identity",
            identity,
            float(there[-1]["size"]),
            f"accounts in {show(there[-1]['period'], 40)}",
            f"in {count(len(there), 'period')}. {story}{more}",
            evidence=rows[:EVIDENCE],
        )


def _alike(snapshots: Sequence[Snapshot]) -> Iterator[Answer]:
    """How alike the networks of successive times are built."""
    for before, after in itertools.pairwise(snapshots):
        subject = f"{before.name} to {after.name}"
        if not (len(before.ties.accounts) and len(after.ties.accounts)):
            why = "insufficient data: one of the two has no community"
            yield Answer("netsimile", subject, None, "distance", why)
            yield Answer("portrait_divergence", subject, None, "bits", why)
            continue
        fewest = min(measured(s.ties) for s in (before, after))
        many = any(measured(s.ties) < len(s.ties.accounts) for s in (before, after))
        yield Answer(
            "netsimile",
            subject,
            netsimile(before.ties, after.ties),
            "distance",
            f"NetSimile: how differently the two networks are built, whoever the accounts are, from 0 to {LARGEST}; "
            "a description, not a test",
        )
        yield Answer(
            "portrait_divergence",
            subject,
            portrait_divergence(before.ties, after.ties),
            "bits",
            "portrait divergence: how differently distances in the two networks are spread, from 0 to 1; a "
            "description, not a test" + (f" (an estimate, from {fewest:,} accounts or more)" if many else ""),
        )


# Plot ----------------------------------------------------------------------------------------------------------------


def _plot(snapshots: Sequence[Snapshot], stages: Sequence[Stage]) -> Bands:
    """The largest identities as bands, the accounts that pass between them as flows."""
    size: dict[int, int] = defaultdict(int)
    at: dict[tuple[int, int], int] = {}
    for stage in stages:
        size[stage.identity] = max(size[stage.identity], stage.size)
        at[stage.identity, stage.time] = stage.size
    chosen = sorted(sorted(size, key=lambda i: (-size[i], i))[:SHOWN])
    place = {identity: i for i, identity in enumerate(chosen)}
    home = homes(stages, snapshots)
    passed = Counter(
        (time, place[one], place[two])
        for time, (before, after) in enumerate(itertools.pairwise(home))
        for account, one in before.items()
        if one in place and (two := after.get(account)) in place
    )
    rest = len(size) - len(chosen)
    return Bands(
        "Communities over time",
        "period",
        "accounts",
        f"The height of a block is the size of a community; ribbons are accounts that stay in it or go to another. "
        f"{'The largest ' + str(len(chosen)) + ' of ' + str(len(size)) + ' are' if rest else 'All are'} shown; "
        "accounts in none are not.",
        columns=tuple(show(s.name, 40) for s in snapshots),
        bands=tuple(f"I{identity}" for identity in chosen),
        sizes=tuple(tuple(float(at.get((i, t), 0)) for t in range(len(snapshots))) for i in chosen),
        flows=tuple(Flow(*key, float(n)) for key, n in sorted(passed.items())),
    )


def _two(snapshots: Sequence[Snapshot], out: str | Path | None, figure: str | Path | None, columns: int) -> None:
    """The first and the last time with communities side by side, as a page and as a figure.

    Raises:
        InputError: A figure is asked for and fewer than two times have communities, or a file cannot be written.
    """
    there = [s for s in snapshots if s.groups]
    if len(there) > 1 and out is not None:
        two.page(_side(there[0]), _side(there[-1]), _beside(out))
    if figure is None:
        return
    if len(there) < 2:
        raise InputError("a figure shows the first and the last time with communities, and fewer than two have any")
    picture(_side(there[0]), _side(there[-1]), figure, columns)


def _beside(out: str | Path) -> Path:
    return Path(out).with_name(f"{Path(out).stem}-two.html")


def _side(snapshot: Snapshot) -> two.Part:
    return two.Part(snapshot.study, snapshot.ties.accounts.tolist(), snapshot.name)
