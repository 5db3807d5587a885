"""Who linked to which page of which site, and when: from a study, or from a user's table of pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from graphnet.audits._attributes import place, read_sheet
from graphnet.audits._sites import Site, fault, site
from graphnet.crowds import Flags, Ints
from graphnet.errors import InputError
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import count

__all__ = ["NEVER", "Linked", "from_study", "from_table"]

NEVER = np.iinfo(np.int64).min
"""Stands for no time."""
PAGE = ("page", "url", "link", "article", "address", "expandedurl", "domain", "site", "host", "website")
ACCOUNT = ("account", "accountid", "author", "user", "username", "userid", "screenname", "handle", "source", "name")
TIME = ("time", "date", "createdat", "created", "timestamp", "published", "datetime", "seen")


@dataclass(frozen=True)
class Linked:
    """Links, one row an (account, page).

    Attributes:
        sites: Name of each site, sorted; ``kind`` (see `KINDS`) goes with it.
        pages: Every page, sorted; ``of`` is the place of its site.
        account: Who linked, by our number (of a table: its place in ``names``); -1: not known.
        page: Place of the page.
        times: How often the account linked to the page.
        first, last: When first and last; `NEVER` where no time is known.
        names: Accounts of a table; empty where a study has them.
        left_out: Links to no site: why -> how many.
        notes: What else is to be known.
    """

    sites: list[str]
    kind: list[str]
    pages: list[str]
    of: Ints
    account: Ints
    page: Ints
    times: Ints
    first: Ints
    last: Ints
    names: list[str] = field(default_factory=list)
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def site(self) -> Ints:
        """Place of the site of each row."""
        return self.of[self.page]

    @property
    def somebodys(self) -> Flags:
        """Whether each site is somebody's: no platform as a whole, no short link."""
        return np.array([kind not in ("platform", "short") for kind in self.kind], dtype=bool)


def from_study(study: Study) -> Linked:
    """The links of a study; where it has only domains (or links under numbers), these in their place."""
    for kind in ("link", "domain"):
        rows = study.rows(
            "select account, object, count(*) as times, min(time) as first, max(time) as last from actions "
            f"where kind = '{kind}' and object is not null group by account, object order by account, object"
        )
        names = study.rows(
            f"select object, id from objects where kind = '{kind}' and object in "
            f"(select object from actions where kind = '{kind}') order by object"
        )
        texts = names["id"].to_pylist()
        found = [site(text) for text in texts]
        if kind == "link" and not any(found):
            continue
        notes = ["the study has no links: its domains are taken as they are, one page each"] * (kind == "domain")
        opaque = not any(found)
        if opaque and texts:
            found = [Site(text, "domain", text) for text in texts]
            notes.append("the domains are numbers or codes in place of names")
        at = np.searchsorted(names["object"].to_numpy(), rows["object"].to_numpy())
        columns = [rows[n].to_numpy() for n in ("account", "times")]
        when = [rows[n].fill_null(int(NEVER)).to_numpy() for n in ("first", "last")]
        return _made(texts, found, at, columns[0], columns[1], *when, notes=notes)
    raise AssertionError("unreachable")


def from_table(path: str) -> Linked:
    """The links of a table: a column with pages (or domains), and if it has them, accounts and times.

    Raises:
        InputError: It has no column with pages, or no link to a site in it.
    """
    sheet = read_sheet(path)
    main, who, when = (place(sheet.header, names) for names in (PAGE, ACCOUNT, TIME))
    if main is None:
        raise InputError(
            f"no column of {path} holds pages (it has: {', '.join(show(h, 30) for h in sheet.header)}). "
            "Call one 'page', 'url' or 'domain'."
        )
    texts = [row[main].strip() for _, row in sheet.rows]
    people = ["" if who is None else row[who].strip().removeprefix("@") for _, row in sheet.rows]
    names = sorted(set(people) - {""})
    number = {name: i for i, name in enumerate(names)} | {"": -1}
    times = [NEVER if when is None else seconds(row[when]) for _, row in sheet.rows]
    wanted = sorted(set(texts))
    found = [site(text) for text in wanted]
    if not any(found):
        raise InputError(
            f"column {sheet.header[main]!r} of {path} has no link to a site; the first: {show(texts[0])!r}"
        )
    bad = sum(t == NEVER for t in times) if when is not None else 0
    notes = [f"{bad:,} times of the table of pages could not be read"] * bool(bad)
    notes += [f"{count(len(sheet.odd), 'row')} of the table of pages with another number of cells"] * bool(sheet.odd)
    at = np.searchsorted(np.array(wanted, dtype=object), np.array(texts, dtype=object)).astype(np.int64)
    account, held = np.array([number[p] for p in people], dtype=np.int64), np.array(times, dtype=np.int64)
    return _made(wanted, found, at, account, np.ones(len(at), dtype=np.int64), held, held, names=names, notes=notes)


def seconds(text: str) -> int:
    """A time as seconds since 1970 (UTC where no zone is given); `NEVER` if it is none.

    Example:
        >>> seconds("2020-11-30T19:13:37Z"), seconds("20201130191337"), seconds("1606763617"), seconds("soon") == NEVER
        (1606763617, 1606763617, 1606763617, True)
    """
    text = text.strip()
    if re.fullmatch(r"\d{9,10}(\.\d+)?", text):
        return int(float(text))
    try:
        if re.fullmatch(r"\d{14}", text):
            when = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        else:
            when = datetime.fromisoformat(text)
    except ValueError:
        return int(NEVER)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def _made(
    texts: Sequence[str],
    found: Sequence[Site | None],
    at: Ints,
    account: Ints,
    times: Ints,
    first: Ints,
    last: Ints,
    *,
    names: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Linked:
    """Rows (text, account) brought to (page, account), pages and sites numbered in the order of their names."""
    uses = np.bincount(at, weights=times, minlength=len(texts)).astype(np.int64)
    left_out = Counter[str]()
    for text, one, n in zip(texts, found, uses.tolist(), strict=True):
        if one is None:
            left_out[fault(text)] += n
    kinds = {one.name: one.kind for one in found if one}
    sites = sorted(kinds)
    page_site = {one.page: one.name for one in found if one}
    pages = sorted(page_site)
    place_of_site = {name: i for i, name in enumerate(sites)}
    place_of_page = {page: i for i, page in enumerate(pages)}
    page = np.array([place_of_page[one.page] if one else -1 for one in found] or [0], dtype=np.int64)[at]
    good = page >= 0
    rows = np.stack([account[good], page[good]])
    distinct, which = np.unique(rows, axis=1, return_inverse=True)
    which = which.ravel()
    count = np.bincount(which, weights=times[good], minlength=distinct.shape[1]).astype(np.int64)
    never = np.iinfo(np.int64).max
    low, high = np.full(distinct.shape[1], never), np.full(distinct.shape[1], NEVER)
    np.minimum.at(low, which, np.where(first[good] == NEVER, never, first[good]))
    np.maximum.at(high, which, last[good])
    return Linked(
        sites,
        [kinds[s] for s in sites],
        pages,
        np.array([place_of_site[page_site[p]] for p in pages], dtype=np.int64),
        distinct[0],
        distinct[1],
        count,
        np.where(low == never, NEVER, low),
        high,
        list(names),
        dict(sorted(left_out.items())),
        list(notes),
    )
