"""How much more a community has to do with some things (a list, a cluster of domains) than other accounts do.

*Contacts* are different things an account acted on: links, tags, accounts, posts with a phrase. Two figures, each
against accounts outside the community and against random groups of accounts as active (in contacts of that sort):

- **members**: share of the members (who have any contact of that sort) with a contact on the list, its lift over
  the same share of the other accounts, and the lift's 95 % interval (`graphnet.intervals.ratio`), which holds for all
  the lists of one community together;
- **contacts**: share of the members' contacts that are on the list.

p is the share of random exchanges between the members and others as active (`graphnet.controls.exchanged`), the
community itself counted among them, that give as large a figure; q corrects it (Benjamini-Hochberg) over all
communities and lists. The mean of random groups of others alone is told beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits import Answer
from graphnet.controls import exchanged, matched
from graphnet.crowds import Crowds, Ints, Numbers
from graphnet.discovery import benjamini_hochberg
from graphnet.intervals import ratio, wilson
from graphnet.words import percent

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Affinity", "affinity", "answers", "corrected"]

BATCH = 2_000_000
"""Rows (group, account) of control groups held at once."""


@dataclass(frozen=True)
class Affinity:
    """How much one community has to do with one list.

    Attributes:
        group: The community's number.
        column: The list's place.
        groups: How many matched groups; 0: none could be drawn.
        words: What the matched groups are, or why there are none.
        members, of: Members with a contact on the list, of those with any contact of that sort.
        others, of_others: The same of the accounts outside.
        low, high: 95 % interval of the lift of the members' share.
        contacts, of_contacts: Contacts of the members on the list, and all.
        other_contacts, of_other_contacts: The same of the accounts outside.
        members_p, contacts_p: Share of exchanges with as large a share of members, of contacts; NaN if none could be.
        members_q, contacts_q: The same corrected for how many were tested; NaN before `corrected`.
        expected_members, expected_contacts: Mean share in the matched groups; NaN without any.
    """

    group: int
    column: int
    groups: int
    words: str
    members: int
    of: int
    others: int
    of_others: int
    low: float
    high: float
    contacts: int
    of_contacts: int
    other_contacts: int
    of_other_contacts: int
    members_p: float
    contacts_p: float
    expected_members: float
    expected_contacts: float
    members_q: float = math.nan
    contacts_q: float = math.nan

    def row(self, community: str, name: str) -> dict[str, Any]:
        """As a row of a table for people."""
        inside, outside = _share(self.members, self.of), _share(self.others, self.of_others)
        return {
            "community": community,
            "list": name,
            "members": self.members,
            "of_members": self.of,
            "share_inside": _rounded(inside),
            "share_outside": _rounded(outside),
            "lift": _rounded(inside / outside) if outside > 0 else None,
            "lift_low": _rounded(self.low),
            "lift_high": _rounded(self.high),
            "expected_of_matched_groups": _rounded(self.expected_members),
            "p": _rounded(self.members_p),
            "q": _rounded(self.members_q),
            "contacts": self.contacts,
            "of_contacts": self.of_contacts,
            "contact_share_inside": _rounded(_share(self.contacts, self.of_contacts)),
            "contact_share_outside": _rounded(_share(self.other_contacts, self.of_other_contacts)),
            "contact_share_expected": _rounded(self.expected_contacts),
            "contact_p": _rounded(self.contacts_p),
            "contact_q": _rounded(self.contacts_q),
        }


def answers(
    found: Affinity, community: str, name: str, things: str, evidence: Sequence[Mapping[str, Any]]
) -> list[Answer]:
    """The two figures of one community and list.

    Args:
        found: The figures.
        community: ``C1``.
        name: Of the list.
        things: What contacts are with, such as ``links``.
        evidence: The rows behind the figures.
    """
    subject = f"{community} · {name}"
    if not found.of:
        reason = f"insufficient data: no member of {community} has {things}"
        return [Answer(f"{what}_on_list", subject, None, "share", reason) for what in ("members", "contacts")]
    inside, outside = found.members / found.of, _share(found.others, found.of_others)
    told = (
        f"{found.members:,} of the {found.of:,} members with {things} have some on the list ({percent(inside)}), "
        f"against {found.others:,} of {found.of_others:,} other accounts"
    )
    if outside > 0 and found.members:
        ends = f"95 % interval {found.low:,.1f} to {found.high:,.1f}"
        told += f", {inside / outside:,.1f} times as often ({ends}, for all lists of the community together)"
    share = found.contacts / found.of_contacts
    of_contacts = (
        f"{found.contacts:,} of the {found.of_contacts:,} {things} by the members are on the list "
        f"({percent(share)}), against {found.other_contacts:,} of {found.of_other_contacts:,} by other accounts"
    )
    low, high = (float(v[0]) for v in wilson(np.array([float(found.members)]), np.array([float(found.of)])))
    members = Answer("members_on_list", subject, inside, "share", told, low, high, evidence=evidence)
    contacts = Answer("contacts_on_list", subject, share, "share", of_contacts, evidence=evidence)
    return [_compared(members, found, "members"), _compared(contacts, found, "contacts")]


def _compared(answer: Answer, found: Affinity, what: str) -> Answer:
    """The answer with its place among the matched groups."""
    p, q, mean = (_known(getattr(found, name)) for name in (f"{what}_p", f"{what}_q", f"expected_{what}"))
    if p is None:
        return replace(answer, reason=f"{answer.reason}; {found.words}")
    as_large = round(p * (1 + found.groups)) - 1
    reason = (
        f"{answer.reason}; {as_large:,} of {found.groups:,} random exchanges of members with others as active give as "
        "large a share (q: Benjamini-Hochberg over all communities and lists)"
    )
    return replace(answer, reason=reason, reference=mean, compared_with=f"mean of {found.words}", p=p, q=q)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _rounded(value: float) -> float | None:
    return None if not math.isfinite(value) else float(f"{value:.4g}")


def affinity(groups: Crowds, hits: csr_array, totals: Ints, controls: int, seed: int) -> list[Affinity]:
    """The affinity of each community to each list of one sort of contacts; lists within communities.

    Args:
        groups: The communities.
        hits: Contacts of each account (row) on each list (column).
        totals: All contacts of that sort of each account.
        controls: Matched groups for each community.
        seed: Same seed, same groups.
    """
    touched = hits.copy()
    touched.data = np.ones_like(touched.data)
    acting = (totals > 0).astype(np.int64)
    width = hits.shape[1]
    members, of = _dense(groups, touched), _wide(groups.total(acting), width)
    contacts, of_contacts = _dense(groups, hits), _wide(groups.total(totals), width)
    others, of_others = _column_sums(touched) - members, int(acting.sum()) - of
    other_contacts, of_other_contacts = _column_sums(hits) - contacts, int(totals.sum()) - of_contacts
    x1, n1, x2, n2 = (v.astype(np.float64) for v in (members, of, others, of_others))
    low, high = ratio(x1, n1, x2, n2, width)
    low = np.where((x1 == 0) & (n1 > 0) & (n2 > 0), 0.0, low)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = members / of, contacts / of_contacts
    p, mean, drawn, words = _against(groups, touched, hits, totals, shares, controls, seed)
    figures = (members, of, others, of_others, low, high, contacts, of_contacts, other_contacts, of_other_contacts)
    cells = zip(*(v.ravel().tolist() for v in (*figures, *p, *mean)), strict=True)
    places = [(i, k) for i in range(len(groups)) for k in range(width)]
    return [
        Affinity(int(groups.label[i]), k, int(drawn[i]), words[i], *row)
        for (i, k), row in zip(places, cells, strict=True)
    ]


def corrected(found: Sequence[Affinity]) -> list[Affinity]:
    """The same rows with q over all of them."""
    q = [benjamini_hochberg(np.array([getattr(f, name) for f in found])) for name in ("members_p", "contacts_p")]
    return [replace(f, members_q=float(q[0][i]), contacts_q=float(q[1][i])) for i, f in enumerate(found)]


def _wide(values: Ints, width: int) -> Ints:
    return np.repeat(values[:, None], width, axis=1)


def _dense(groups: Crowds, table: csr_array) -> Ints:
    return np.asarray((groups.matrix(table.shape[0]) @ table).toarray(), dtype=np.int64)


def _column_sums(table: csr_array) -> Ints:
    return np.asarray(table.sum(axis=0), dtype=np.int64).ravel()


Two = tuple[Numbers, Numbers]


def _against(
    groups: Crowds, touched: csr_array, hits: csr_array, totals: Ints, shares: Two, controls: int, seed: int
) -> tuple[Two, Two, Ints, list[str]]:
    """The p of both shares, their means in the matched groups, how many of these there are and what they are."""
    shape = shares[0].shape
    p, mean = [np.full(shape, np.nan) for _ in shares], [np.full(shape, np.nan) for _ in shares]
    drawn = np.zeros(len(groups), dtype=np.int64)
    words: list[str] = []
    outside = groups.places(len(totals)) < 0
    for low, high in _pieces(groups, controls):
        made, mix = (draw(groups.slice(low, high), totals, outside, controls, seed) for draw in (matched, exchanged))
        theirs, mixed = (_shares(some.crowds, touched, hits, totals) for some in (made, mix))
        bounds, mixed_bounds = (np.searchsorted(some.crowds.label, np.arange(high - low + 1)) for some in (made, mix))
        for place in range(high - low):
            rows, mixed_rows = (slice(b[place], b[place + 1]) for b in (bounds, mixed_bounds))
            # without exchanges there is nothing to judge by, whatever groups there are to show beside
            judged = mixed_rows.stop > mixed_rows.start
            words.append((made if judged else mix).words[place])
            drawn[low + place] = (rows.stop - rows.start) * judged
            for k in range(2) if drawn[low + place] else ():
                p[k][low + place] = _as_large(shares[k][low + place], mixed[k][mixed_rows])
                mean[k][low + place] = np.nan_to_num(theirs[k][rows]).mean(axis=0)
    return (p[0], p[1]), (mean[0], mean[1]), drawn, words


def _pieces(groups: Crowds, controls: int) -> list[tuple[int, int]]:
    """Ranges of communities whose control groups fit into memory together."""
    found, low = [], 0
    while low < len(groups):
        high = low + 1
        while high < len(groups) and (groups.start[high + 1] - groups.start[low]) * controls <= BATCH:
            high += 1
        found.append((low, high))
        low = high
    return found


def _shares(crowds: Crowds, touched: csr_array, hits: csr_array, totals: Ints) -> Two:
    of = crowds.total((totals > 0).astype(np.int64))[:, None]
    of_contacts = crowds.total(totals)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return _dense(crowds, touched) / of, _dense(crowds, hits) / of_contacts


def _as_large(value: Numbers, others: Numbers) -> Numbers:
    """(1 + groups with as large a share) / (1 + groups); NaN where the share is not known."""
    p = (1 + (np.nan_to_num(others) >= value).sum(axis=0)) / (1 + len(others))
    return np.where(np.isnan(value), np.nan, p)
