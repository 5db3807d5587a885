"""The results of the validation as a page with tables and as a plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from benchmarks.validity_worlds import OPEN, ORGANIC, TOGETHER
from graphnet.intervals import wilson

__all__ = ["page", "plot", "share"]

Record = Mapping[str, Any]
OURS = ("graphnet, pairs", "graphnet, L1", "graphnet, L2")
EASY = {"size": 10, "window": 300, "together": 15}
"""What has to be found: groups of so many members, within so many seconds, with so many co-actions a member."""


def share(x: float, n: float) -> str:
    """A share with its Wilson interval, in per cent.

    Example:
        >>> share(1, 200)
        '0.5 % (0.1-2.8)'
    """
    if not n:
        return "-"
    low, high = (float(v[0]) for v in wilson(np.array([float(x)]), np.array([float(n)])))
    return f"{_percent(x / n)} % ({_percent(low)}-{_percent(high)})"


def _percent(value: float) -> str:
    """Two digits of what is small, one place of what is large."""
    return f"{100 * value:.2g}" if value < 0.01 else f"{100 * value:.1f}"


# Figures --------------------------------------------------------------------------------------------------------------


def flagged(records: Iterable[Record], method: str) -> tuple[int, int]:
    """Ordinary accounts that a method flags, of how many."""
    rows = list(records)
    return sum(r["methods"][method]["flagged"] for r in rows), sum(r["ordinary"] for r in rows)


def planted(records: Iterable[Record], method: str) -> list[dict[str, Any]]:
    """What a method finds of each planted group, one row a group and world."""
    return [r["planted"][name] | found for r in records for name, found in r["methods"][method]["planted"].items()]


def easy(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The groups of the grid that have to be found."""
    return [
        row
        for row in rows
        if row["kind"] == "grid" and row["size"] >= EASY["size"] and row["window"] <= EASY["window"]
        and row["together"] >= EASY["together"]
    ]  # fmt: skip


def recall(rows: Sequence[Mapping[str, Any]], found: str = "found", of: str = "members") -> float:
    """Mean over groups: share of the members found."""
    shares = [row[found] / row[of] for row in rows if row[of]]
    return float(np.mean(shares)) if shares else float("nan")


def purity(rows: Iterable[Mapping[str, Any]]) -> float:
    """Mean over the groups found: share of the accounts in it that belong to it."""
    some = [row["found"] / row["inside"] for row in rows if row["inside"]]
    return float(np.mean(some)) if some else float("nan")


def groups(records: Iterable[Record], method: str) -> list[Mapping[str, Any]]:
    """All groups that a method finds."""
    return [g for r in records for g in r["methods"][method]["groups"]]


def rightly(group: Mapping[str, Any]) -> bool:
    """Whether a benign explanation is shown that fits most of the group's members."""
    main, of_main = max(sorted(group["roles"].items()), key=lambda item: item[1])
    return 2 * of_main > group["size"] and bool(set(OPEN.get(main, ())) & set(group["explained"]))


def clean(records: Iterable[Record], method: str) -> int:
    """Worlds without a group, but for those whose benign explanation is shown."""
    return sum(all(rightly(g) for g in r["methods"][method]["groups"]) for r in records)


# Tables ---------------------------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def _figure(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2f}"


def _organic(organic: Sequence[Record], methods: Sequence[str]) -> str:
    rows = []
    for method in methods:
        without = sum(not r["methods"][method]["groups"] for r in organic)
        rows.append((method, share(*flagged(organic, method)), share(without, len(organic))))
    return _table(("method", "ordinary accounts flagged", "worlds without any group"), rows)


def _kinds(organic: Sequence[Record], methods: Sequence[str]) -> str:
    head = ["world", *(m.replace("|", " ") for m in methods)]
    rows = []
    for name in ORGANIC:
        some = [r for r in organic if r["world"] == name]
        rates = [flagged(some, m) for m in methods]
        rows.append([name, *(f"{_percent(x / n)} %" if n else "-" for x, n in rates)])
    return _table(head, rows)


def _ours(organic: Sequence[Record]) -> str:
    rows = []
    for name in ORGANIC:
        some = [r for r in organic if r["world"] == name]
        row = [name, str(len(some))]
        for level in ("graphnet, L1", "graphnet, L2"):
            row += [str(sum(not r["methods"][level]["groups"] for r in some)), str(clean(some, level))]
        found = groups(some, "graphnet, L1")
        roles = Counter(role for g in found for role, n in g["roles"].items() if 2 * n > g["size"])
        said = Counter(code for g in found for code in g["explained"])
        rows.append([*row, _counted(roles), _counted(said)])
    head = (
        "world", "worlds", "without L1 groups", "… or rightly explained", "without L2 groups", "… or rightly explained",
        "most members of the L1 groups are", "explanations shown",
    )  # fmt: skip
    return _table(head, rows)


def _counted(names: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(names.items())) or "-"


def _targets(records: Sequence[Record], methods: Sequence[str]) -> str:
    rows = []
    for method in methods:
        some = easy(planted(records, method))
        most = sum(row["found"] >= 0.8 * row["members"] for row in some)
        every = groups(records, method)
        true = sum(bool(g["main"]) for g in every)
        rows.append(
            (
                method,
                _figure(recall(some)),
                _figure(recall(some, "found_often", "often")),
                share(most, len(some)),
                _figure(purity(some)),
                share(true, len(every)),
                share(*flagged(records, method)),
            )
        )
    head = (
        "method", "recall", "recall, members with many", "groups of which .8 is found", "purity",
        "of its groups are planted", "ordinary accounts flagged",
    )  # fmt: skip
    return _table(head, rows)


def _by(rows: Sequence[Mapping[str, Any]], down: str, across: str) -> str:
    columns = sorted({row[across] for row in rows})
    body = []
    for value in sorted({row[down] for row in rows}):
        cells = [[r for r in rows if r[down] == value and r[across] == c] for c in columns]
        body.append([f"{value:g}", *(_figure(recall(cell)) for cell in cells)])
    return _table([f"{down} \\ {across}", *(f"{c:g}" for c in columns)], body)


def _windows(records: Sequence[Record], methods: Sequence[str]) -> str:
    rows = {m: [row for row in planted(records, m) if row["kind"] == "grid"] for m in methods}
    windows = sorted({row["window"] for row in rows[methods[0]]})
    body = [[m, *(_figure(recall([r for r in rows[m] if r["window"] == w])) for w in windows)] for m in methods]
    return _table(["method \\ window", *(_span(w) for w in windows)], body)


def _span(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min" if seconds < 3600 else f"{seconds / 3600:g} h"


def _other(records: Sequence[Record], method: str) -> str:
    rows = [row for row in planted(records, method) if row["kind"] != "grid"]
    windows = sorted({row["window"] for row in rows})
    body = []
    for kind, words in (
        ("mixed", "retweets, copied texts and links"),
        ("own", "retweets of nothing but their own posts"),
        ("author", "every post of one author, at once"),
    ):
        cells = [[r for r in rows if r["kind"] == kind and r["window"] == w] for w in windows]
        body.append([words, *(_figure(recall(cell)) for cell in cells)])
    return _table(["what they do \\ window", *(_span(w) for w in windows)], body)


# Page -----------------------------------------------------------------------------------------------------------------


def page(organic: Sequence[Record], records: Sequence[Record], about: Mapping[str, str]) -> str:
    """The page in Markdown."""
    methods = list(organic[0]["methods"])
    best = [m for m in OURS if m in methods][-1]
    grid = [row for row in planted(records, best) if row["kind"] == "grid"]
    ours = [g for g in groups(records, best) if g["main"]]
    verdicts = _verdicts(organic, records, methods)
    told = "\n".join(f"- {name}: {value}" for name, value in about.items())
    accounts, posts = (round(float(np.median([r[k] for r in organic]))) for k in ("ordinary", "posts"))
    return f"""# How often graphnet is wrong, and what it finds

This page is written by `benchmarks/validity.py`; nothing on it is edited by hand.

{told}

{verdicts}

![Ordinary accounts flagged, and members of planted groups found](images/validity.svg)

## Nobody coordinates

{len(organic)} worlds in which nobody coordinates in secret, {len(organic) // len(ORGANIC)} of each kind: fandoms in
their time zones that share favourite authors, and in turn: breaking news, accounts that are there on some days only,
sub-topics that nothing in the data names, fans who retweet an idol within seconds, readers who are shown the same
older posts every evening, an agreed tweetstorm, a newsroom whose accounts post the same headlines, engagement pods,
and most of these together. In the median world {accounts:,} ordinary accounts with five posts or more can be judged, by
{posts:,} posts in 14 days. In brackets: Wilson's 95 % intervals; accounts of one world are not independent, so those of
accounts are rather too narrow.

{_organic(organic, methods)}
The rules of others run on the same worlds' co-retweets, with the settings that their authors use; an account is flagged
if it is in a pair that the rule keeps. `graphnet, pairs` is the same for the pairs that `validate` keeps among
co-retweets. `graphnet, L1` and `L2` are members of groups of that level or above in the whole chain, over all layers.
Groups of the rules are cut as graphnet's are (2-core, Leiden, five accounts or more), so that rules are compared and
not the cutting.

{_kinds(organic, methods)}
In some worlds people do agree on something, in the open: the tweetstorm, the newsroom, the pods. Such a group may be
found if the benign explanation that fits is shown beside it (newsroom or one team; campaign; pod):

{_ours(organic)}
## Planted groups

{sum(len(r["planted"]) for r in records)} groups in {len(records)} worlds with all kinds of ordinary habits: sizes 5 to
40, windows 10 s to 4 h, no to twentyfold cover traffic, participation .3 to .9. Two average members of a group plan
{TOGETHER} operations in common, all of them retweets of posts that are popular anyway. First, those that have to be
found: {EASY["size"]} members or more, within {EASY["window"]} s, {EASY["together"]} co-actions a member (median) or
more.

{_targets(records, methods)}
*Recall*: mean share of a group's members that are in groups which are mostly its own; *with many*: of those with
{EASY["together"]} co-actions or more. *Purity*: share of the accounts in
these groups that belong to it.

Recall among all groups of the grid, by window:

{_windows(records, methods)}
What {best} finds of them, by window (s) and cover traffic, window and size, window and participation:

{_by(grid, "window", "cover")}
{_by(grid, "window", "size")}
{_by(grid, "window", "participation")}
Other things that groups do (10 to 40 members, cover 3, participation .6):

{_other(records, best)}
Why some are hard to see: at windows of hours nobody meets within 240 seconds, the longest that `diffusion` looks at,
and who retweets a few popular authors on the same days shares about half of such posts anyway, says `interest`.
Accounts that retweet nothing but their own posts are the whole audience from which habits are learnt. Accounts that
retweet every post of one author at once do what fans with notifications do.

Benign explanations are shown beside planted groups as well, since nobody can look into heads: of
{len(ours)} such groups at {best.partition(", ")[2]}, {sum(bool(g["explained"]) for g in ours)} carry one or more
({_counted(Counter(code for g in ours for code in g["explained"]))}).
"""


def _verdicts(organic: Sequence[Record], records: Sequence[Record], methods: Sequence[str]) -> str:
    """Whether what was aimed at is reached, in words."""
    level = [m for m in OURS if m in methods][-1]
    some = easy(planted(records, level))
    without = share(clean(organic, level), len(organic))
    return (
        f"In {without} of the organic worlds there is no group of {level} without a "
        f"fitting benign explanation (aim: 95 %).{_with_groups(organic, level)} "
        f"Of the planted groups that have to be found, on the mean "
        f"{recall(some):.2f} of the members are found (aim: .8), at a purity of {purity(some):.2f} (aim: .95)."
    )


def _with_groups(organic: Sequence[Record], level: str) -> str:
    """In how many organic worlds there are groups after all, where, and what is shown beside them."""
    some = [r for r in organic if r["methods"][level]["groups"]]
    if not some:
        return ""
    worlds = Counter(r["world"] for r in some)
    found = groups(some, level)
    said = Counter(code for g in found for code in g["explained"])
    return (
        f" That does not mean without any group: {share(len(some), len(organic))} of these worlds have one at that "
        f"level (worlds: {_counted(worlds)}), shown with explanations (groups: {_counted(said)}). Which explanation "
        f"fits is judged here with the truth known; who reads a report has only what is shown."
    )


# Plot -----------------------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, TOP, SIDE = 940, 420, 70, 40, 300
COLOURS = {"ours": "#0b6e4f", "others": "#8a5a00"}


def plot(organic: Sequence[Record], records: Sequence[Record]) -> str:
    """An SVG: ordinary accounts flagged against members found, and members found by window, for every method."""
    methods = list(organic[0]["methods"])
    body = _scatter(organic, records, methods) + _lines(records, methods)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>Ordinary accounts flagged, and members of planted groups found</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(body)}</svg>\n'
    )


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#ccc", width: float = 1) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'


def _colour(method: str) -> str:
    return COLOURS["ours" if method in OURS else "others"]


def _frame(left: float, title: str, ticks: Iterable[tuple[float, str]]) -> list[str]:
    """Axes from 0 to 1 upwards, these ticks to the right, a title above."""
    marks = [_text(left, TOP - 14, title)]
    for value in (0, 0.2, 0.4, 0.6, 0.8, 1):
        y = TOP + SIDE * (1 - value)
        marks += [_line(left, y, left + SIDE, y), _text(left - 8, y + 4, f"{value:g}", "end")]
    for x, words in ticks:
        marks += [_line(left + SIDE * x, TOP, left + SIDE * x, TOP + SIDE, "#eee")]
        marks += [_text(left + SIDE * x, TOP + SIDE + 18, words, "middle")]
    return marks


def _scatter(organic: Sequence[Record], records: Sequence[Record], methods: Sequence[str]) -> list[str]:
    """Each method as a point; the square root of the share flagged, so that small shares can be told apart."""
    ticks = [(v**0.5, f"{100 * v:g} %") for v in (0, 0.01, 0.05, 0.2, 0.5, 1)]
    marks = _frame(LEFT, "Members found, against ordinary accounts flagged", ticks)
    marks.append(_text(LEFT + SIDE / 2, TOP + SIDE + 40, "ordinary accounts flagged (organic worlds)", "middle"))
    for number, method in enumerate(methods, start=1):
        x, n = flagged(organic, method)
        low, high = (float(v[0]) for v in wilson(np.array([float(x)]), np.array([float(n)])))
        y = TOP + SIDE * (1 - recall(easy(planted(records, method))))
        at = LEFT + SIDE * (x / n) ** 0.5
        colour = _colour(method)
        marks.append(_line(LEFT + SIDE * low**0.5, y, LEFT + SIDE * high**0.5, y, colour, 2))
        marks.append(
            f'<circle cx="{at:.1f}" cy="{y:.1f}" r="9" fill="{colour}"><title>{escape(method)}</title></circle>'
        )
        marks.append(_text(at, y + 4, str(number), "middle", "#fff"))
    return marks


def _lines(records: Sequence[Record], methods: Sequence[str]) -> list[str]:
    """Members found by window, a line a method; beside it what the numbers mean."""
    left = LEFT + SIDE + 70
    windows = sorted({row["window"] for row in planted(records, methods[0]) if row["kind"] == "grid"})
    step = 1 / max(len(windows) - 1, 1)
    marks = _frame(left, "Members found, by the group's window", [(i * step, _span(w)) for i, w in enumerate(windows)])
    labels = []
    for number, method in enumerate(methods, start=1):
        rows = [row for row in planted(records, method) if row["kind"] == "grid"]
        heights = [recall([r for r in rows if r["window"] == w]) for w in windows]
        points = [(left + SIDE * i * step, TOP + SIDE * (1 - h)) for i, h in enumerate(heights)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour = _colour(method)
        dash = "" if method in OURS else ' stroke-dasharray="4 3"'
        marks.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>')
        marks.append(_text(left + SIDE + 20, TOP + 16 + 20 * number, f"{number} {method}", "start", colour))
        labels.append((points[0][1] - 3, number, colour))
    lowest = -np.inf
    for y, number, colour in sorted(labels):
        # numbers that would lie on each other are moved down
        lowest = max(y, lowest + 12)
        marks.append(_text(left + 4, lowest, str(number), "start", colour))
    return marks
