"""How machine-like the rhythm of accounts is: of a community, of named accounts, or of all suspected ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from graphnet import automation, controls, showing, timelines
from graphnet.audits import Answer, Audit, Audited
from graphnet.audits._rhythm_plots import LINES, Looked, compositions, plots
from graphnet.automation import CLASSES, DAYS, FEATURES, POSTS, Automation, Composition
from graphnet.crowds import Flags, Ints
from graphnet.errors import InputError
from graphnet.indicators import FDR
from graphnet.intervals import wilson
from graphnet.lists import read_list
from graphnet.plots import Plot
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import count, iso, percent

__all__ = ["Rhythm"]

IN_FULL = 20
"""So many named accounts are answered in full: each of them, with each of its figures."""
ROWS = 30
"""Communities in the plot of compositions."""
CAP = (3000, 3250)
"""Posts of a timeline that the platform cut at 3,200; deleted ones make it fewer."""
RESOLUTIONS = {60: "minutes", 3600: "hours", 86_400: "days (dates without a time, or mixed with such)"}
BENIGN = (
    "News desks, weather and traffic services and companies post by schedule, around the clock and in set words.",
    "Accounts shared by several people, or by people in several time zones, keep no quiet hours.",
    "People who work in shifts, care for an infant, travel or sleep badly keep none either.",
    "Fans who are notified of each post of an idol retweet within seconds.",
    "People with time on their hands post a lot: a pensioner at 73 posts a day is a known false positive.",
    "Part-time accounts are busy on few days; a figure for an active day says nothing of the others.",
    "Apps that post for people (games, running, music) repeat their words and keep the app's rhythm.",
)


@dataclass(frozen=True)
class Rhythm(Audit):
    """Automation indicators, calibrated on other accounts of the same data that post about as much.

    Without parameters all members of communities are asked about, and accounts in no community are the controls.

    Args:
        community: Number of the community asked about.
        accounts: Ids or handles asked about, parted by blanks.
        listed: A file with ids or handles asked about.
        controls: A file with ids or handles to compare with, in place of the accounts in no community.
    """

    name: ClassVar[str] = "rhythm"
    title: ClassVar[str] = "Rhythm of the accounts and automation indicators"
    community: int | None = None
    accounts: str = ""
    listed: str = ""
    controls: str = ""

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if study is None:
            return "it needs a study: graphnet read FILES --into study/"
        if self.community is not None and (self.accounts or self.listed):
            return "it takes a community or accounts, not both"
        if not timelines.timed(study):
            return f"nothing in the study in {study.path} has a time"
        if not (self.accounts or self.listed or self.controls) and not _grouped(study):
            return (
                f"the study in {study.path} has no communities to ask about. Find them: graphnet detect {study.path}; "
                "or name accounts (--account, --accounts FILE) or a control set (--controls FILE)"
            )
        return None

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`."""
        if study is None:
            raise InputError("audit rhythm needs a study: graphnet read FILES --into study/")
        width = int(study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py())
        names, asked = self._asked(study, width)
        subject = _flags(width, np.concatenate([m for _, m in names]))
        found = automation.judge(study, subject, self._control(study, width))
        people = _People(study, found, np.flatnonzero(subject))
        groups = [(name, found.composition(members)) for name, members in names]
        answers = [
            *chain.from_iterable(_composed(found, name, members) for name, members in names if len(members) > 1),
            *people.answers(asked),
        ]
        pictures = list(plots(Looked(study, found.lines, self._who(asked), people.asked, found.control)))
        drawn: list[Plot] = [compositions(groups[:ROWS])] if groups and not asked else []
        return Audited(
            self.name,
            self.title,
            _summary(found, people.asked, names),
            answers,
            drawn + pictures,
            {"accounts": people.rows(dict(names)), "figures": people.figures(asked)},
            BENIGN,
            [*_notes(study, found, people.asked), self._compared(study, found)],
        )

    def _asked(self, study: Study, width: int) -> tuple[list[tuple[str, Ints]], bool]:
        """Groups of accounts asked about, with what to call them; and whether single accounts were named."""
        if self.accounts or self.listed:
            own = [study.account(entry) for entry in self.accounts.split()]
            own += _listed(study, self.listed) if self.listed else []
            return [("accounts", np.unique(np.array(own, dtype=np.int64)))], True
        if not _grouped(study):
            return [("all but the controls", np.flatnonzero(~self._control(study, width)))], False
        groups = controls.communities(study)
        wanted = range(len(groups)) if self.community is None else np.flatnonzero(groups.label == self.community)
        if self.community is not None and not len(wanted):
            there = f"C1 to C{len(groups)}" if len(groups) else "none"
            raise InputError(f"there is no community C{self.community}. There are: {there}")
        return [(f"C{groups.label[i]}", groups.members(int(i))) for i in wanted], False

    def _control(self, study: Study, width: int) -> Flags:
        if self.controls:
            return _flags(width, np.array(_listed(study, self.controls), dtype=np.int64))
        if not _grouped(study):
            return np.ones(width, dtype=bool)
        return controls.communities(study).places(width) < 0

    def _compared(self, study: Study, found: Automation) -> str:
        which = "in no community" if _grouped(study) else "of this data (no communities were sought)"
        which = f"listed in {show(Path(self.controls).name, 80)}" if self.controls else which
        able, over = int((found.control & found.judged).sum()), int((found.flagged & found.control).sum())
        rate = f": the same rule gives {over:,} of them indicators ({percent(over / able)})" if able else ""
        asked = int((found.subject & found.judged).sum())
        if asked > FDR * (able + 1):
            least = math.ceil(asked / FDR / (able + 1))
            rate += (
                f"; with {asked:,} asked about, none can have indicators unless {least:,} or more stand above all of "
                "these: ask about fewer, or name more controls"
            )
        if self.accounts or self.listed:
            rate += (
                f"; of such questions about ordinary accounts one in {round(1 / FDR)} finds indicators, so whoever "
                "asks about one account after another finds some"
            )
        return (
            f"Compared with {count(able, 'account')} {which}, not asked about, of {POSTS} posts or more on {DAYS} days "
            f"or more{rate}. What all accounts of this data have in common is no indicator here"
        )

    def _who(self, asked: bool) -> str:
        if asked:
            return show(self.accounts, 60) or f"accounts of {show(Path(self.listed).name, 60)}"
        return f"C{self.community}" if self.community is not None else "all accounts asked about"


def _flags(width: int, accounts: Ints) -> Flags:
    found = np.zeros(width, dtype=bool)
    found[accounts] = True
    return found


def _grouped(study: Study) -> bool:
    """Whether there are communities."""
    return study.has("members") and bool(study.rows("select 1 as one from members limit 1").num_rows)


def _listed(study: Study, file: str) -> list[int]:
    """Our numbers of the accounts of a list, by id or handle; those that the study does not know are left out.

    Raises:
        InputError: The study knows none of them.
    """
    entries = read_list(file, kind="accounts").entries
    rows = study.rows("select account, id, lower(name) as name from accounts order by account desc").to_pylist()
    places = {r["name"]: r["account"] for r in rows if r["name"]} | {r["id"]: r["account"] for r in rows}
    found = [places.get(e, places.get(e.removeprefix("@").casefold())) for e in entries]
    kept = [n for n in found if n is not None]
    if not kept:
        raise InputError(f"none of the {len(entries):,} accounts in {file} is among the {len(rows):,} of the study")
    return kept


# Answers -------------------------------------------------------------------------------------------------------------


def _composed(found: Automation, name: str, members: Ints) -> Iterator[Answer]:
    """The share of each class in a group, with that of the control accounts by the same rule."""
    own, others = found.composition(members), found.composition(np.flatnonzero(found.control & found.judged))
    for label in CLASSES:
        yield _share(name, label, own, others)
    yield _mixed(found, name, members)


def _share(name: str, label: str, own: Composition, others: Composition) -> Answer:
    code, of = label.replace("-", "_").replace(" ", "_"), "share of members"
    share, low, high = own.share(label)
    if np.isnan(share):
        why = f"insufficient data: none of {count(own.size, 'member')} can be judged"
        return Answer(code, name, None, of, why)
    if label == CLASSES[-1]:
        why = (
            f"{own.insufficient:,} of {count(own.size, 'member')} cannot be judged (under {POSTS} posts or {DAYS} days)"
        )
        return Answer(code, name, share, of, why, low, high)
    some = own.count(label)
    are = "is" if some == 1 else "are"
    reason = (
        f"{some:,} of {count(own.judged, 'judged member')} {are} {label}; {own.insufficient:,} "
        f"cannot be judged, so of all {own.size:,} it is {percent(some / own.size)} to "
        f"{percent((some + own.insufficient) / own.size)}"
    )
    reference = others.share(label)[0]
    beside = None if np.isnan(reference) else reference
    return Answer(code, name, share, of, reason, low, high, beside, "control accounts, by the same rule")


def _mixed(found: Automation, name: str, members: Ints) -> Answer:
    """Members with evenly spaced sessions beside uneven ones: a person and a program at one account."""
    r = found.lines.rhythms
    able = r.sessions >= 4
    mixed = able & (r.even_sessions >= 2) & (r.sessions - r.even_sessions >= 2)
    some, of = int(mixed[members].sum()), int(able[members].sum())
    if not of:
        why = "insufficient data: no member has four sessions of five posts or more"
        return Answer("mixed_sessions", name, None, "share of members", why)
    low, high = wilson(np.array([float(some)]), np.array([float(of)]))
    reason = (
        f"{some:,} of {count(of, 'member')} with four sessions of five posts or more have two or more that are evenly "
        "spaced and two or more that are not"
    )
    beside = able & found.control
    reference = float(mixed[beside].mean()) if beside.any() else None
    bounds = (float(low[0]), float(high[0]))
    return Answer("mixed_sessions", name, some / of, "share of members", reason, *bounds, reference, "control accounts")


@dataclass(frozen=True)
class _People:
    """The accounts asked about, one by one."""

    study: Study
    found: Automation
    asked: Ints

    def order(self) -> list[int]:
        """The accounts, those with the highest score first."""
        score = np.where(self.found.judged[self.asked], self.found.compared.score[self.asked], -1)
        return [int(a) for a in self.asked[np.lexsort((self.asked, -score))]]

    def named(self, accounts: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        """Ids and handles."""
        wanted = set(accounts)
        rows = self.study.rows("select account, id, name from accounts").to_pylist()
        return {row["account"]: row for row in rows if row["account"] in wanted}

    def answers(self, every: bool) -> Iterator[Answer]:
        """One answer for each account with indicators; for each account in full where a few were named."""
        every = every and len(self.asked) <= IN_FULL
        chosen = [a for a in self.order() if every or self.found.flagged[a]]
        shown = showing.posts(self.study, self.found, chosen)
        about = self.named(chosen)
        of = int((self.found.judged & self.found.subject).sum())
        by = f"; q by Benjamini-Hochberg over the {count(of, 'account')} asked about, indicators at {percent(FDR)}"
        for account in chosen:
            p, q = float(self.found.p[account]), float(self.found.q[account])
            known = bool(self.found.judged[account])
            yield Answer(
                "automation_indicators",
                str(about[account]["id"]),
                float(len(self.found.families(account))) if known else None,
                "families speaking",
                self.found.tell(account) + (by if known else ""),
                p=p if known else None,
                q=q if known else None,
                evidence=shown.get(account, ()),
            )
        for account in chosen if every else ():
            yield from self._figures(account, str(about[account]["id"]))

    def _figures(self, account: int, name: str) -> Iterator[Answer]:
        for i, feature in enumerate(FEATURES):
            value = float(self.found.values[account, i])
            if np.isnan(value):
                why = f"not applicable: it takes {feature.needs}; its times are known to {self._step(account)}"
                yield Answer(feature.name, name, None, feature.unit, why)
                continue
            of = len(self.found.compared.controls(account, i)) if self.found.judged[account] else 0
            row = self.found.figures(account, [i])[0] if of else {"median": None, "p": None}
            beside = f"median of {of:,} accounts as active" if of else ""
            extreme = self.found.compared.extreme(account, i, feature.tail)
            high = f"; {feature.rank()} {feature.words(extreme)}" if of else ""
            yield Answer(
                feature.name, name, value, feature.unit, feature.phrase(value) + high, reference=row["median"],
                compared_with=beside, p=row["p"],
            )  # fmt: skip

    def _step(self, account: int) -> str:
        return RESOLUTIONS.get(int(self.found.lines.rhythms.step[account]), "seconds")

    def rows(self, groups: Mapping[str, Ints]) -> list[dict[str, Any]]:
        """One row an account, those with the highest score first."""
        of = {int(a): name for name, members in groups.items() for a in members}
        order = self.order()
        about = self.named(order)
        return [self._row(account, about[account], of.get(account, "")) for account in order]

    def _row(self, account: int, about: Mapping[str, Any], group: str) -> dict[str, Any]:
        found, r = self.found, self.found.lines.rhythms
        posted = bool(r.posts[account])
        figures = {f.name: _plain(found.values[account, i]) for i, f in enumerate(FEATURES)}
        return {
            "account": about["id"],
            "name": about["name"],
            "group": group,
            "indicators": found.level[account],
            "class": CLASSES[found.place[account]],
            "families": " ".join(found.families(account)),
            "score": _plain(found.compared.score[account]) if found.judged[account] else None,
            "p": _plain(found.p[account]),
            "q": _plain(found.q[account]),
            "posts": int(r.posts[account]),
            "days": int(r.days[account]),
            "without_time": int(found.lines.untimed[account]),
            "first": iso(int(r.first[account])) if posted else None,
            "last": iso(int(r.last[account])) if posted else None,
            "resolution": self._step(account),
            **figures,
        }

    def figures(self, every: bool) -> list[dict[str, Any]]:
        """Every figure of each account with indicators (or named), beside those of accounts as active."""
        chosen = [a for a in self.order() if self.found.judged[a] and (every or self.found.flagged[a])]
        about = self.named(chosen)
        return [{"account": about[a]["id"], **row} for a in chosen for row in self.found.figures(a)]


def _plain(value: Any) -> float | None:
    number = float(value)
    return None if np.isnan(number) else float(f"{number:.6g}")


# What was left out ---------------------------------------------------------------------------------------------------


def _summary(found: Automation, asked: Ints, groups: Sequence[tuple[str, Ints]]) -> dict[str, Any]:
    composed = found.composition(asked)
    levels = [found.level[a] for a in asked.tolist()]
    return {
        "accounts": len(asked),
        "judged": composed.judged,
        "controls": int((found.control & found.judged).sum()),
        "groups": len(groups),
        "indicators": {level: levels.count(level) for level in ("several", "some", "none", "insufficient data")},
        "composition": {name: composed.count(name) for name in CLASSES},
    }


def _notes(study: Study, found: Automation, asked: Ints) -> Iterator[str]:
    r = found.lines.rhythms
    missing = int(found.lines.untimed[asked].sum())
    if missing:
        yield f"{count(missing, 'post')} without a known time are in no figure"
    for step, words in RESOLUTIONS.items():
        some = int(((r.step[asked] == step) & (r.posts[asked] > 0)).sum())
        if some:
            yield (
                f"the times of {count(some, 'account')} are known to {words} only: figures that need a finer clock are "
                "not applicable to them, and count for nothing"
            )
    cut = _cut(study, r.posts, asked)
    if cut:
        yield (
            f"of {count(cut, 'account')} only the newest posts are here (about 3,200, with more in the profile): the "
            "platform cut the timeline, and figures are of that part of the account's life"
        )
    lines = ", ".join(label for _, label in LINES)
    yield f"Lines in the plots ({lines}) are context that readers know, not thresholds: no figure here uses them"


def _cut(study: Study, posts: Ints, asked: Ints) -> int:
    """How many accounts have a timeline that the platform seems to have cut."""
    rows = study.rows("select account, posts from accounts where posts is not null")
    profile = np.zeros(len(posts), dtype=np.int64)
    profile[rows["account"].to_numpy()] = rows["posts"].to_numpy()
    held = posts[asked]
    return int(((held >= CAP[0]) & (held <= CAP[1]) & (profile[asked] > held)).sum())
