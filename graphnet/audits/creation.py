"""Were these accounts made together? Creation dates, handles and profiles of some accounts against like ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from graphnet.audits import EVIDENCE, Answer, Audit, Audited
from graphnet.audits._creation_bursts import members, plot, row
from graphnet.audits._creation_profiles import People, handles, profiles, share
from graphnet.audits._creation_who import Chosen, Pool, behind_hashtag, in_community, of_list, pool
from graphnet.audits._dates import Dates, collected, day, moment, usable
from graphnet.audits._parts import Part, joined
from graphnet.audits._single_issue import LEAST as POSTS
from graphnet.audits._single_issue import exclusiveness
from graphnet.crowds import Crowds, Ints, Numbers
from graphnet.errors import InputError
from graphnet.scan import DAY, Burst, bursts, densest
from graphnet.words import chance, count, percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["BENIGN", "Creation"]

BENIGN = (
    "An election, a protest, a war or a disaster brings many people to a platform within days, for other topics too",
    "A platform that opens to a country or a language, or another one that closes or is blocked, brings a wave",
    "Campaigns, courses, parties and newsrooms make accounts together, openly",
    "Who joins for a topic posts on it first, has few followers, and keeps the picture and handle the platform gave",
    "A list that was put together by date, or from one collection of new accounts, is a burst by the way it was made",
)
LEAST = 10
"""Fewest accounts with a date that are scanned."""
CONTROLS = 100
"""Fewest controls with a date."""
LONGEST = 124
"""Days of the longest window: four months."""
GROUPS = 999
ACCOUNTS = """
select account, id, name, cast(created as double) as created, cast(followers as double) as followers,
    case when default_image then 1e0 when not default_image then 0e0 end as default_image,
    case when description is null then null when trim(description) = '' then 0e0 else 1e0 end as described
from accounts order by account
"""


@dataclass(frozen=True)
class Creation(Audit):
    """Bursts of creation dates, patterns of handles, followers, pictures and single-issue share, against controls.

    Say whose accounts: one of ``hashtag``, ``community``, ``listed``.

    Args:
        hashtag: Those who used this hashtag in posts of their own.
        community: The members of this community.
        listed: A file with a list of accounts.
        controls: A file with a list of accounts to compare with; none: other accounts of the study, as active.
        days: Longest window of a burst; up to 124 (four months).
        draws: Random splits by which p is found.
        seed: Of the controls and the splits.
        as_of: When the data were collected; none: the last action, else the newest creation date.
    """

    name: ClassVar[str] = "creation"
    title: ClassVar[str] = "whether accounts were made together"
    hashtag: str | None = None
    community: int | None = None
    listed: str | None = None
    controls: str | None = None
    days: int = 30
    draws: int = 9999
    seed: int = 7
    as_of: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.days <= LONGEST:
            raise InputError(f"creation: days is {self.days}, it has to be 1 to {LONGEST} (four months)")
        if self.draws < 19:
            raise InputError(f"creation: draws is {self.draws}, fewer than 19 cannot tell p <= .05")

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if study is None:
            return "it needs a study, for the accounts to compare with"
        if sum(x is not None for x in (self.hashtag, self.community, self.listed)) != 1:
            return "say whose accounts, in one way: a hashtag (--hashtag), a community (--community) or a list (--list)"
        if not study.rows("select 1 from accounts where created is not null limit 1").num_rows:
            return "no account of the study has a creation date; read profiles too"
        return None

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`."""
        assert study is not None, "Audit.missing has refused"
        chosen = self._chosen(study)
        rows = study.rows(ACCOUNTS)
        made = rows["created"].to_numpy(zero_copy_only=False)
        as_of, how = self._collected(study, made)
        dates = usable(made, as_of)
        others = self._pool(study, chosen, dates)
        people, numbers = _people(rows, dates.time, chosen, others)
        parts = [
            Part(notes=_notes(chosen, others, made, as_of, how), summary=_sizes(chosen, others, dates)),
            self._bursts(people, dates.time[numbers], others),
            profiles(people),
            handles(people),
            _single_issue(study, people, numbers, chosen),
        ]
        whole = joined(parts)
        rejected = [{"file": f, "line": line, "reason": why} for f, line, why in chosen.rejected]
        tables = {k: v for k, v in whole.tables.items() if v} | ({"rejected": rejected} if rejected else {})
        return Audited(self.name, self.title, whole.summary, whole.answers, whole.plots, tables, BENIGN, whole.notes)

    def _chosen(self, study: Study) -> Chosen:
        if self.hashtag is not None:
            return behind_hashtag(study, self.hashtag)
        if self.community is not None:
            return in_community(study, self.community)
        return of_list(study, self.listed or "")

    def _collected(self, study: Study, created: Numbers) -> tuple[float, str]:
        if self.as_of is not None:
            return moment(self.as_of, "as_of") + DAY - 1, "as you said"
        last = study.rows("select max(time) as last from actions")["last"][0].as_py()
        if last is not None:
            return float(last), "the time of the last action"
        return collected(created, np.full(1, np.nan)) or 0.0, "the newest creation date"

    def _pool(self, study: Study, chosen: Chosen, dates: Dates) -> Pool:
        if self.controls is not None:
            given = of_list(study, self.controls)
            return Pool(np.setdiff1d(given.accounts, chosen.accounts), f"{given.words} (not matched)")
        known = ~np.isnan(dates.time)
        free = known.copy()
        if study.has("members"):
            free[study.rows("select account from members")["account"].to_numpy()] = False
            # controls from other communities, where too few are in none
            if free.sum() < 2 * len(chosen.accounts) + CONTROLS:
                free = known
        return pool(study, chosen.accounts, free, self.seed)

    # Bursts ----------------------------------------------------------------------------------------------------------

    def _bursts(self, people: People, time: Numbers, others: Pool) -> Part:
        known = ~np.isnan(time)
        mine, controls = (np.flatnonzero(known & who) for who in (people.mine, ~people.mine))
        for held, least, what in ((mine, LEAST, "accounts"), (controls, CONTROLS, "controls")):
            if len(held) < least:
                why = f"insufficient data: {len(held):,} {what} with a usable creation date, {least} needed"
                return Part([Answer("bursts", people.subject, None, "bursts", why)])
        days = (np.where(known, time, 0) // DAY).astype(np.int64)
        found = bursts(days[mine], days[controls], width=self.days, draws=self.draws, seed=self.seed)
        real = [b for b in found if b.p <= 0.05]
        answers = [self._number(people, real, found, len(mine), others)]
        answers += [self._burst(people, time, b, i, len(mine), others) for i, b in enumerate(real, start=1)]
        answers.append(self._densest(people, time, mine, controls))
        held_rows = [r for i, b in enumerate(real, start=1) for r in members(people, time, b, i)]
        tables = {"bursts": [row(b, i) for i, b in enumerate(real, start=1)], "burst_accounts": held_rows}
        summary = {"bursts": len(real), "accounts_in_bursts": sum(b.accounts for b in real)}
        return Part(answers, [plot(people, days[mine], days[controls], real)], tables, summary=summary)

    def _number(self, people: People, real: list[Burst], found: list[Burst], n: int, others: Pool) -> Answer:
        held = sum(b.accounts for b in real)
        where = f"windows of 1 to {self.days} days; expected from the dates of {others.words}"
        if real:
            reason = f"{held:,} of {n:,} accounts with a date were made in {count(len(real), 'burst')} ({where})"
        elif found:
            b = found[0]
            reason = (
                f"no burst: the strongest window has {count(b.accounts, 'account')} from {day(b.first * DAY)} to "
                f"{day(b.last * DAY)}, where {b.expected:,.1f} are expected, p {chance(b.p)} ({where})"
            )
        else:
            reason = f"no window has more accounts than expected ({where})"
        return Answer("bursts", people.subject, float(len(real)), "bursts", reason, p=found[0].p if found else None)

    def _burst(self, people: People, time: Numbers, burst: Burst, number: int, n: int, others: Pool) -> Answer:
        until = f"from {day(burst.first * DAY)} to {day(burst.last * DAY)}" if burst.last > burst.first else ""
        reason = (
            f"{burst.accounts:,} of {n:,} accounts were made {until or f'on {day(burst.first * DAY)}'}, where "
            f"{burst.expected:,.1f} are expected from the dates of {others.words}; scan statistic "
            f"{burst.statistic:.1f}, p from {self.draws:,} random splits of accounts and controls over all windows of "
            f"up to {self.days} days"
        )
        return Answer(
            f"burst {number}", people.subject, float(burst.accounts), "accounts", reason, reference=burst.expected,
            compared_with=f"expected from {others.words}", p=burst.p,
            evidence=members(people, time, burst, number)[:EVIDENCE],
        )  # fmt: skip

    def _densest(self, people: People, time: Numbers, mine: Ints, controls: Ints) -> Answer:
        rng = np.random.default_rng(self.seed)
        # groups of controls alone would take these for the whole truth: of harmless lists of 100 with as many controls
        # 35 in 100 had p <= .05
        pooled = np.concatenate([mine, controls])
        groups = [mine] + [rng.permutation(pooled)[: len(mine)] for _ in range(GROUPS)]
        start_of = np.arange(len(groups) + 1) * len(mine)
        crowds = Crowds(np.arange(len(groups)), start_of, np.concatenate([np.sort(g) for g in groups]).astype(np.int64))
        start, inside, known = densest(time, crowds, self.days)
        shares = inside / known
        p = float((1 + (shares[1:] >= shares[0]).sum()) / (1 + GROUPS))
        low, middle, high = np.quantile(shares[1:], [0.025, 0.5, 0.975]).tolist()
        reason = (
            f"{inside[0]:,} of {known[0]:,} accounts were made within {self.days} days from {day(start[0])}, the "
            f"densest such window; in random splits of accounts and controls its share is {percent(middle)} "
            f"({percent(low)} to {percent(high)})"
        )
        return Answer(
            "densest_window", people.subject, float(shares[0]), "share", reason, reference=middle,
            compared_with=f"{GROUPS} random splits of accounts and controls", p=p,
        )  # fmt: skip


def _people(rows: Any, time: Numbers, chosen: Chosen, others: Pool) -> tuple[People, Ints]:
    """The accounts in question and their controls, in the order of our numbers."""
    numbers = np.union1d(chosen.accounts, others.accounts)
    held = rows.take(numbers)

    def column(field: str) -> Numbers:
        return np.asarray(held[field].to_numpy(zero_copy_only=False), dtype=np.float64)

    made = time[numbers]
    known = np.where(np.isnan(made), 0, made).astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64)
    year = np.where(np.isnan(made), -1, known)
    id_, name = (np.array(held[f].to_pylist(), dtype=object) for f in ("id", "name"))
    people = People(
        chosen.subject,
        np.isin(numbers, chosen.accounts),
        year,
        id_,
        name,
        column("followers"),
        column("default_image"),
        column("described"),
        others.words,
    )
    return people, numbers


def _single_issue(study: Study, people: People, numbers: Ints, chosen: Chosen) -> Part:
    own, tags = exclusiveness(study, numbers, None)
    if chosen.tag is not None:
        # those chosen by a hashtag by that one, the controls by whatever they post on
        mine, _ = exclusiveness(study, numbers[people.mine], chosen.tag)
        own[people.mine] = mine
    what = f"#{chosen.tag}" if chosen.tag else "one hashtag"
    yes = np.where(np.isnan(own), np.nan, own >= 0.5)
    words = f"with {POSTS} posts or more carry {what} in at least half of their own posts"
    answer = share(people, "single_issue", words, yes, f"hashtags of {POSTS} own posts or more")
    best = np.lexsort((np.arange(len(own)), np.where(np.isnan(own), 1.0, -own), ~people.mine))[:EVIDENCE]
    rows = [
        {
            "account": people.id[i],
            "name": people.name[i],
            "share": round(float(own[i]), 3),
            "hashtag": chosen.tag or tags[i],
        }
        for i in best.tolist()
        if people.mine[i] and not np.isnan(own[i])
    ]
    if answer.value is not None:
        middle = [np.nanmedian(own[w]) if not np.isnan(own[w]).all() else np.nan for w in (people.mine, ~people.mine)]
        theirs = "" if np.isnan(middle[1]) else f", {percent(float(middle[1]))} of the controls' on their own most used"
        answer = replace(
            answer, reason=f"{answer.reason}; median share {percent(float(middle[0]))}{theirs}", evidence=rows
        )
    return Part([answer])


def _notes(chosen: Chosen, others: Pool, made: Numbers, as_of: float, how: str) -> tuple[str, ...]:
    def those(accounts: Ints, what: str) -> Iterator[str]:
        held = made[accounts]
        yield from (f"{what}: {note}" for note in usable(held, as_of).notes())

    first = (f"collected on {day(as_of)}, {how}", f"compared with {others.words}", *chosen.notes)
    return (*first, *those(chosen.accounts, chosen.words), *those(others.accounts, "controls"))


def _sizes(chosen: Chosen, others: Pool, dates: Dates) -> dict[str, Any]:
    known = int((~np.isnan(dates.time[chosen.accounts])).sum())
    return {
        "subject": chosen.subject,
        "accounts": len(chosen.accounts),
        "dated": known,
        "controls": len(others.accounts),
    }
