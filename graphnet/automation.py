"""Automation indicators of a study's accounts: their figures, how rare these are, and what that makes of a group.

The figures are plain counts, named in `FEATURES`. An account is judged from 36 posts on 7 days on;
below that there is no rhythm to speak of. What is found are *indicators*: a newsroom's desk, a fan with notifications
switched on and an account that several people share look the same.

Example:
    >>> [f.name for f in FEATURES if f.family == "schedule"]
    ['second', 'minute', 'modal', 'even']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from graphnet import timelines
from graphnet.crowds import Flags, Ints, Numbers
from graphnet.discovery import benjamini_hochberg
from graphnet.indicators import FDR, SPEAKS, Compared, blocks, compare, conformal
from graphnet.intervals import wilson
from graphnet.study import Study
from graphnet.timelines import Timelines
from graphnet.words import figure, percent

__all__ = [
    "CLASSES",
    "DAYS",
    "FAMILIES",
    "FEATURES",
    "POSTS",
    "Automation",
    "Composition",
    "Feature",
    "enough",
    "figures",
    "judge",
]

POSTS, DAYS = 36, 7
"""Fewest posts, on fewest days, for an account to be judged."""
RESTING = 0.05
"""Quiet hours are there if at most this share of the posts lies in the quietest six hours (people: under 3 %)."""
FEW = 10
"""Fewest retweets, own texts or posts by known programs for a share of them."""
FAST = 10
"""Seconds within which a retweet is fast."""
RARE = 0.01
"""A program is rare if fewer of the control accounts use it."""
CLASSES = ("bot-like", "cyborg-like", "person-like", "unclear", "insufficient data")


@dataclass(frozen=True)
class Feature:
    """One figure of an account.

    Attributes:
        name: Its name in tables.
        family: What it is about; figures of one family count once.
        unit: What it counts.
        says: The figure in words, ``{}`` in its place.
        needs: What has to be known of an account.
        tail: 1 where large figures are a machine's, -1 where small ones are.
        alike: Whether it can be compared only among accounts whose times have the same resolution.
    """

    name: str
    family: str
    unit: str
    says: str
    needs: str
    tail: int = 1
    alike: bool = False

    def words(self, value: float) -> str:
        """A figure as readers know it.

        Example:
            >>> FEATURES[0].words(0.25), FEATURES[1].words(30.0), FEATURES[4].words(41.234)
            ('25 %', '30 h', '41.2')
        """
        if self.unit.startswith("share"):
            return percent(value)
        if self.unit == "yes or no" and value in (0, 1):
            return "yes" if value else "no"
        return f"{figure(value)} h" if self.unit == "hours" else figure(value)

    def phrase(self, value: float) -> str:
        """The figure as part of a sentence."""
        return self.says.format(self.words(value))

    def rank(self) -> str:
        """Which percentile is the machine's end."""
        return "99th percentile" if self.tail > 0 else "1st percentile"


CLOCK = "times of day"
MINUTES, SECONDS = "times known to the minute", "times known to the second"
FEATURES = (
    Feature("quiet", "rhythm", "share of posts", "{} of its posts in its quietest six hours", CLOCK),
    Feature("longest", "rhythm", "hours", "{} at a stretch without a pause of four hours", CLOCK),
    Feature("burstiness", "rhythm", "from -1 to 1", "gaps of burstiness {} (a clock has -1)", CLOCK, tail=-1),
    Feature("entropy", "rhythm", "bits", "gaps of {} bits (all alike: 0)", MINUTES, tail=-1, alike=True),
    Feature("second", "schedule", "Z²", "a Z² of {} for the second of the minute (none preferred: 8)", SECONDS),
    Feature("minute", "schedule", "Z²", "a Z² of {} for the moment of the hour (none preferred: 8)", MINUTES),
    Feature("modal", "schedule", "share of gaps", "{} of its gaps exactly the same", MINUTES, alike=True),
    Feature(
        "even", "schedule", "share of sessions", "{} of its sessions evenly spaced",
        "a session of five posts or more, not faster than its clock can tell", alike=True,
    ),
    Feature(
        "fast", "speed", "share of retweets", f"{{}} of its retweets within {FAST} s of the post",
        f"{FEW} retweets of posts whose times are known to the second",
    ),
    Feature(
        "repeats", "content", "share of posts", "{} of its posts in words that it had posted before",
        f"{FEW} posts in words of its own",
    ),
    Feature("per_day", "volume", "posts a day", "{} posts on a day on which it posts", "times"),
    Feature("most", "volume", "posts", "{} posts on its busiest day", "times"),
    Feature(
        "lifetime", "volume", "posts a day", "{} posts a day since it was made",
        "its creation date and number of posts",
    ),
    Feature("default_image", "profile", "yes or no", "the platform's own picture: {}", "its picture"),
    Feature("no_description", "profile", "yes or no", "an empty description: {}", "its description"),
    Feature(
        "follows", "profile", "accounts a follower", "{} accounts followed for each follower",
        "how many it follows and is followed by",
    ),
    Feature(
        "rare_client", "profile", "share of posts", "{} of its posts by programs that hardly any other account uses",
        "the programs that it and a hundred control accounts post with",
    ),
)  # fmt: skip
FAMILIES = tuple(dict.fromkeys(f.family for f in FEATURES))
PLACE = {f.name: i for i, f in enumerate(FEATURES)}

SPEED = f"""
select a.account, count(*) as n, sum(case when a.time - o.created < {FAST} then 1 else 0 end) as some
from actions a join objects o on a.object = o.object
where a.kind = 'retweet' and o.kind = 'post' and o.created is not null and a.time >= o.created
group by a.account
"""
WORDS = """
select account, count(*) as n, count(*) - count(distinct object) as some
from actions where kind = 'text' and object is not null group by account
"""
PROFILES = """
select account, created, followers, following, posts, default_image, case when description is null then null
    else trim(description) = '' end as no_description
from accounts order by account
"""
CLIENTS = "select account, client, count(*) as n from posts where client is not null group by account, client"


def enough(lines: Timelines) -> Flags:
    """Which accounts can be judged: 36 posts or more, on 7 days or more."""
    return np.asarray((lines.rhythms.posts >= POSTS) & (lines.rhythms.days >= DAYS))


def figures(study: Study, lines: Timelines, control: Flags, accounts: Ints | None = None) -> Numbers:
    """All figures of some accounts, one column each of `FEATURES`; NaN where unknown or not applicable.

    Args:
        study: The study.
        lines: Its timelines.
        control: Which accounts tell how common a program is.
        accounts: Whose figures, one row each; None: all accounts.
    """
    r, width = lines.rhythms, len(lines.untimed)
    which = np.arange(width) if accounts is None else accounts
    posts, days, most, step = (values[which] for values in (r.posts, r.days, r.most, r.step))
    found = np.full((len(which), len(FEATURES)), np.nan)
    for name in ("quiet", "longest", "burstiness", "entropy", "second", "minute", "modal", "even"):
        found[:, PLACE[name]] = getattr(r, name)[which]
    found[:, PLACE["per_day"]] = np.where(posts > 0, posts / np.maximum(days, 1), np.nan)
    found[:, PLACE["most"]] = np.where(posts > 0, most, np.nan)
    found[:, PLACE["fast"]] = np.where(step == 1, _share(study, SPEED, width)[which], np.nan)
    found[:, PLACE["repeats"]] = _share(study, WORDS, width)[which]
    found[:, PLACE["rare_client"]] = _rare_client(study, control)[which]
    _profiles(study, lines, found, which)
    return found


def _share(study: Study, sql: str, width: int) -> Numbers:
    """``some`` over ``n`` of each account; NaN with fewer than `FEW`."""
    rows = study.rows(sql)
    found = np.full(width, np.nan)
    n = rows["n"].to_numpy().astype(np.float64)
    value = rows["some"].to_numpy().astype(np.float64) / np.maximum(n, 1)
    found[rows["account"].to_numpy()] = np.where(n >= FEW, value, np.nan)
    return found


def _rare_client(study: Study, control: Flags) -> Numbers:
    """Share of an account's posts by programs that under `RARE` of the other control accounts use."""
    rows = study.rows(CLIENTS)
    account, n = rows["account"].to_numpy(), rows["n"].to_numpy()
    client = rows["client"].combine_chunks().dictionary_encode().indices.to_numpy()
    own = control[account]
    users = np.bincount(client[own], minlength=int(client.max(initial=-1)) + 1)
    known = int(np.unique(account[own]).size)
    found = np.full(len(control), np.nan)
    if known < 1 / RARE:
        return found
    rare = users[client] - own < RARE * (known - own)
    total = np.bincount(account, weights=n, minlength=len(control))
    odd = np.bincount(account, weights=n * rare, minlength=len(control))
    return np.asarray(np.where(total >= FEW, odd / np.maximum(total, 1), found), dtype=np.float64)


def _profiles(study: Study, lines: Timelines, found: Numbers, which: Ints) -> None:
    rows = study.rows(PROFILES)

    def column(name: str, of: Ints | slice = which) -> Numbers:
        return np.asarray(rows[name].cast("float64").to_numpy(zero_copy_only=False), dtype=np.float64)[of]

    created = column("created", slice(None))
    last = lines.rhythms.last[lines.rhythms.posts > 0]
    now = max(float(last.max(initial=-(2**62))), float(np.nanmax(created, initial=-np.inf)))
    with np.errstate(invalid="ignore"):
        found[:, PLACE["lifetime"]] = column("posts") / np.maximum((now - created[which]) / 86_400, 1)
    for name in ("default_image", "no_description"):
        found[:, PLACE[name]] = column(name)
    found[:, PLACE["follows"]] = (column("following") + 1) / (column("followers") + 1)


# Judging -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Automation:
    """What the indicators say of each account.

    Attributes:
        lines: The timelines.
        held: The accounts whose figures are held, sorted: those asked about, and controls that can be judged.
        figured: Their figures, one row each and one column each of `FEATURES`.
        against: The same among those of the controls: p of figures and families, and the score.
        subject: The accounts asked about.
        control: The accounts they are compared with (those of them that can be judged).
        judged: Accounts that can be judged and compared: subjects and controls.
        p: Share of the controls with as high a score; NaN where not judged.
        q: Benjamini-Hochberg over the subjects; NaN for others.
        threshold: The lowest score of a subject with indicators; infinite if none has any.
    """

    lines: Timelines
    held: Ints
    figured: Numbers
    against: Compared
    subject: Flags
    control: Flags
    judged: Flags
    p: Numbers
    q: Numbers
    threshold: float

    @cached_property
    def values(self) -> Numbers:
        """The figures with one row an account; NaN where they are not held."""
        return self._of_all(self.figured)

    @cached_property
    def compared(self) -> Compared:
        """As ``against``, with one row an account."""
        a, every = self.against, self._of_all
        p, family, score, known, group = (every(rows) for rows in (a.p, a.family, a.score, a.known, a.group))
        return replace(a, values=every(a.values), p=p, family=family, score=score, known=known, group=group)

    def _of_all(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Rows of the accounts held as rows of all accounts, the others NaN or 0."""
        nothing = np.nan if rows.dtype.kind == "f" else 0
        found = np.full((len(self.judged), *rows.shape[1:]), nothing, rows.dtype)
        found[self.held] = rows
        return found

    def _row(self, account: int) -> int:
        """The row of an account that is held."""
        return int(np.searchsorted(self.held, account))

    @cached_property
    def flagged(self) -> Flags:
        """Accounts whose score is as high as that of a subject with indicators, controls among them."""
        return np.asarray(self.judged & self._of_all(self.against.score >= self.threshold))

    @cached_property
    def speaking(self) -> Flags:
        """Which families speak, one column a family; none for an account without indicators."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self._of_all(self.against.family <= SPEAKS) & self.flagged[:, None])

    @cached_property
    def level(self) -> list[str]:
        """``none``, ``some``, ``several`` (families speak), or ``insufficient data``, by account."""
        return [self.level_of(account) for account in range(len(self.judged))]

    def level_of(self, account: int) -> str:
        """The level of one account."""
        if not self.judged[account]:
            return "insufficient data"
        several = "several" if self.speaking[account].sum() > 1 else "some"
        return several if self.flagged[account] else "none"

    @cached_property
    def place(self) -> Ints:
        """Position in `CLASSES` of each account."""
        quiet = self._of_all(self.figured[:, PLACE["quiet"]])
        with np.errstate(invalid="ignore"):
            resting, restless = quiet <= RESTING, quiet > RESTING
        spoke = {name: self.speaking[:, i] for i, name in enumerate(self.against.names)}
        # one family alone is no class: fans with notifications are quick, and desks keep a schedule
        several = self.speaking.sum(axis=1) > 1
        machine = spoke["schedule"] | spoke["speed"] | spoke["content"] | (spoke["rhythm"] & several)
        found = np.full(len(quiet), CLASSES.index("unclear"))
        found[~self.flagged & resting] = CLASSES.index("person-like")
        found[several & resting & (spoke["schedule"] | spoke["speed"])] = CLASSES.index("cyborg-like")
        found[self.flagged & restless & machine] = CLASSES.index("bot-like")
        found[~self.judged] = CLASSES.index("insufficient data")
        return found

    def families(self, account: int) -> list[str]:
        """The families that speak of an account."""
        return [n for n, speaks in zip(self.against.names, self.speaking[account].tolist(), strict=True) if speaks]

    def strongest(self, account: int) -> list[int]:
        """The columns to show: of each speaking family the figure with the smallest p, the strongest family first."""
        p = self.against.p[self._row(account)]
        best = []
        for name in self.families(account):
            columns = [i for i, f in enumerate(FEATURES) if f.family == name and not np.isnan(p[i])]
            best.append(min(columns, key=lambda i: p[i]))
        return sorted(best, key=lambda i: (p[i], i))

    def why_not(self, account: int) -> str:
        """Why an account is not judged, starting with ``insufficient data``."""
        r = self.lines.rhythms
        posts, days = int(r.posts[account]), int(r.days[account])
        if posts < POSTS or days < DAYS:
            return f"insufficient data: {posts:,} posts on {days:,} days, {POSTS} on {DAYS} days are needed"
        return f"insufficient data: there are only {int(self.control.sum()):,} accounts to compare it with"

    def tell(self, account: int) -> str:
        """The sentence about an account."""
        if not self.judged[account]:
            return self.why_not(account)
        more = f"more so than {percent(1 - float(self.p[account]))} of {int(self.control.sum()):,} control accounts"
        if not self.flagged[account]:
            return f"automation indicators: none ({more})"
        told = [self._tell(account, column) for column in self.strongest(account)]
        spoken = ", ".join(self.families(account)) or "no family by itself"
        no_proof = "no proof of a machine: newsrooms, shared accounts and fans with notifications have them, too"
        return "; ".join([f"automation indicators: {self.level_of(account)} ({spoken}), {more}", *told, no_proof])

    def _tell(self, account: int, column: int) -> str:
        feature, row = FEATURES[column], self._row(account)
        median = feature.words(self.against.median(row, column))
        high = feature.words(self.against.extreme(row, column, feature.tail))
        phrase = feature.phrase(float(self.figured[row, column]))
        return f"{phrase}, where accounts as active have {median} (median) and {high} ({feature.rank()})"

    def figures(self, account: int, columns: Sequence[int] | None = None) -> list[dict[str, Any]]:
        """Rows about an account's figures: value, median and 99th percentile of the accounts as active, p."""
        chosen = range(len(FEATURES)) if columns is None else columns
        row = self._row(account)
        return [self._figure(row, i) for i in chosen if not np.isnan(self.figured[row, i])]

    def _figure(self, row: int, i: int) -> dict[str, Any]:
        feature, p = FEATURES[i], self.against.p[row, i]
        against = (self.against.median(row, i), self.against.extreme(row, i, feature.tail))
        median, high = (None if np.isnan(v) else round(v, 4) for v in against)
        return {
            "feature": feature.name,
            "family": feature.family,
            "value": round(float(self.figured[row, i]), 4),
            "median": median,
            "percentile_99": high,
            "p": None if np.isnan(p) else float(f"{p:.3g}"),
        }

    def composition(self, members: Ints) -> Composition:
        """How many of these accounts are of which class."""
        return Composition(*np.bincount(self.place[members], minlength=len(CLASSES)).tolist())


def judge(study: Study, subject: Flags, control: Flags, lines: Timelines | None = None) -> Automation:
    """Compare accounts with control accounts.

    Args:
        study: The study.
        subject: The accounts asked about.
        control: The accounts to compare them with; those asked about are taken out.
        lines: The study's timelines, where they are loaded already.
    """
    lines = lines or timelines.load(study)
    able = enough(lines)
    control = control & ~subject & able
    # most accounts post too little to be judged
    held = np.flatnonzero(subject | control)
    values = figures(study, lines, control, held)
    against = compare(
        np.where(able[held, None], values, np.nan),
        [f.family for f in FEATURES],
        [f.tail for f in FEATURES],
        blocks(lines.rhythms.posts, control)[held],
        control[held],
        lines.rhythms.step[held],
        [f.alike for f in FEATURES],
    )
    known = able[held] & against.known
    mine, theirs = known & subject[held], known & control[held]
    p, q = np.full((2, len(held)), np.nan)
    p[known] = conformal(against.score[known], np.sort(against.score[theirs]), control[held][known])
    q[mine] = benjamini_hochberg(p[mine])
    with np.errstate(invalid="ignore"):
        flagged = mine & (q <= FDR)
    threshold = float(against.score[flagged].min(initial=np.inf))
    every = np.full((2, len(subject)), np.nan)
    every[:, held] = p, q
    judged = np.zeros(len(subject), dtype=bool)
    judged[held] = known
    return Automation(lines, held, values, against, subject, control, judged, every[0], every[1], threshold)


@dataclass(frozen=True)
class Composition:
    """A group's members by class.

    Example:
        >>> Composition(8, 3, 7, 2, 12).share("bot-like")
        (0.4, 0.219, 0.613)
    """

    bot_like: int
    cyborg_like: int
    person_like: int
    unclear: int
    insufficient: int

    @property
    def judged(self) -> int:
        """Members that can be judged."""
        return self.bot_like + self.cyborg_like + self.person_like + self.unclear

    @property
    def size(self) -> int:
        """All members."""
        return self.judged + self.insufficient

    def count(self, name: str) -> int:
        """Members of one of `CLASSES`."""
        counts = (self.bot_like, self.cyborg_like, self.person_like, self.unclear, self.insufficient)
        return counts[CLASSES.index(name)]

    def share(self, name: str) -> tuple[float, float, float]:
        """Share of a class among the judged (of ``insufficient data``: among all), with its 95 % interval (Wilson)."""
        of = self.size if name == "insufficient data" else self.judged
        if not of:
            return float("nan"), float("nan"), float("nan")
        low, high = wilson(np.array([float(self.count(name))]), np.array([float(of)]))
        return self.count(name) / of, round(float(low[0]), 3), round(float(high[0]), 3)

    def tell(self) -> str:
        """The composition as part of a sentence.

        Example:
            >>> Composition(8, 3, 7, 2, 12).tell().split("; ")[1]
            '12 of 32 members: insufficient data'
        """
        parts = []
        for name in CLASSES[:-1]:
            share, low, high = self.share(name)
            parts.append(f"{self.count(name):,} {name} ({percent(share)}, {percent(low)} to {percent(high)})")
        if not self.judged:
            return f"none of {self.size:,} members can be judged: insufficient data"
        missing = f"{self.insufficient:,} of {self.size:,} members: insufficient data"
        return f"of {self.judged:,} judged members {', '.join(parts)}; {missing}"
