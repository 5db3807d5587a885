"""From files to scored communities on the sample world, and how much of what was planted was found.

Run it with ``make demo``. It writes demo/report.html, demo/report.map.html and demo/report.clusters.html;
data/README.md says what the world holds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

import graphnet as gn
from graphnet.simulate.evaluate import Match, evaluate

HOME = Path(__file__).resolve().parents[1]
WEEKEND = HOME / "data" / "weekend"
SHOWN = 12
ORDINARY = "3,000"
STANDS_OUT = "above 95 % of comparable groups in"


def main(into: Path = HOME / "demo") -> list[Match]:
    """Run the usual steps with the default settings, print what was found, compare it with the truth.

    Args:
        into: Folder for the study and the pages.

    Returns:
        The rows of the comparison.
    """
    start = time.perf_counter()
    console = Console(width=None if sys.stdout.isatty() else 120)
    # the truth stays out of this list: it is for judging what was found
    files = [str(WEEKEND / name) for name in ("posts.jsonl.zst", "follows.csv.gz", "profiles.csv.gz")]
    study = gn.run(files, into / "study", into / "report.html", detector=gn.detectors.Leiden(seed=7))
    console.print(_ties(study), _communities(study))
    rows = evaluate(study, WEEKEND / "truth.csv")
    console.print(_comparison(rows), _roles(rows), _bystanders(study, rows), sep="\n")
    console.print(f"\n{time.perf_counter() - start:.0f} seconds. Look at it in a browser:")
    for name in ("report.html", "report.map.html", "report.clusters.html"):
        console.print(f"  {(into / name).resolve().as_uri()}", soft_wrap=True)
    return rows


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number and column != STANDS_OUT else "left")
    return table


def _ties(study: gn.Study) -> Table:
    table = _table("What accounts did together", "layer", "tied pairs", "accounts", "quickest [s]")
    sql = """
        select layer, count(distinct account) as accounts, count(*) / 2 as pairs, min(quickest) as quickest
        from (
            select layer, source as account, quickest from pairs
            union all select layer, target as account, quickest from pairs
        ) ends
        group by layer order by layer"""
    for row in study.rows(sql).to_pylist():
        quickest = "" if row["quickest"] is None else str(row["quickest"])
        table.add_row(row["layer"], f"{row['pairs']:,.0f}", f"{row['accounts']:,}", quickest)
    return table


def _communities(study: gn.Study) -> Table:
    found = study.communities.sort_values("community")
    findings = study.findings
    stands_out = findings[(findings.scope == "community") & (findings.control >= 0.95)]
    levels, benign = _levels(study), _fitting(study)
    title = f"The {len(found)} communities found (L0 shared audience, L1 candidate, L2 suspected coordination)"
    table = _table(title, "", "level", "accounts", "density", "could also be", STANDS_OUT)
    for row in found.head(SHOWN).itertuples():
        codes = sorted(stands_out[stands_out.subject == row.community].code)
        cells = (levels[row.community], f"{row.size:,}", f"{row.density:.2f}", ", ".join(benign.get(row.community, [])))
        table.add_row(f"C{row.community}", *cells, ", ".join(codes) or "nothing")
    if len(found) > SHOWN:
        table.add_row("…", "", f"{found['size'][SHOWN:].sum():,}", "", "", "")
    return table


def _levels(study: gn.Study) -> dict[int, str]:
    return {row["community"]: row["level"] for row in study.rows("select community, level from levels").to_pylist()}


def _fitting(study: gn.Study) -> dict[int, list[str]]:
    """The benign explanations that the data speak for, the most supported first."""
    fits: dict[int, list[str]] = {}
    sql = "select community, code from benign where verdict = 'for' order by community, support desc, code"
    for row in study.rows(sql).to_pylist():
        fits.setdefault(row["community"], []).append(row["code"])
    return fits


def _comparison(rows: list[Match]) -> Table:
    table = _table("Against the truth", "planted", "accounts", "communities", "found", "precision", "recall")
    for row in rows:
        name, of = row.group or "all, in all communities", f"{row.found} of {row.flagged}"
        table.add_row(name, str(row.planted), _matched(row), of, _share(row.precision), _share(row.recall))
    return table


def _matched(row: Match) -> str:
    if not row.group or len(row.communities) > 4:
        return str(len(row.communities))
    return ", ".join(f"C{c}" for c in row.communities) or "none"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _roles(rows: list[Match]) -> str:
    """How many of each kind of member were found."""
    lines = [
        f"{row.group}: " + ", ".join(f"{found} of {planted} {role}s" for role, (found, planted) in row.roles.items())
        for row in rows
        if row.group
    ]
    return "Found by kind of member. " + "; ".join(lines).replace("persons", "people drawn in") + "."


def _bystanders(study: gn.Study, rows: list[Match]) -> str:
    """What the communities are that match no planted group: every one of them is a false alarm, or a benign crowd."""
    matched = {community for row in rows if row.group for community in row.communities}
    total = sum(rows[-1].others.values())
    lines = [f"Accounts that nobody planted, but are in a community: {total} of {ORDINARY} (see data/README.md)."]
    for community in rows[-1].communities:
        if community not in matched:
            everything = evaluate(study, WEEKEND / "truth.csv", communities=[community])[-1]
            kinds = ", ".join(f"{count} {role}" for role, count in everything.others.items())
            lines.append(f"  C{community}: {kinds}" + f", {everything.found} planted" * bool(everything.found))
    return "\n".join([*lines[: SHOWN + 1], *["  …"] * (len(lines) > SHOWN + 1)])


if __name__ == "__main__":
    main()
