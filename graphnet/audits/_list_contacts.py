"""What accounts have to do with the entries of a user's lists.

A *contact* is a different thing that an account acted on, counted once however often it did: an account it retweeted,
mentioned, answered or followed (its own is none), a page it linked to, a hashtag it used; for phrases a post of its
own. Entries are compared in one form: ids as they are and handles without case; hashtags as the study folds them;
domains with everything below them (``rt.com`` takes in ``deutsch.rt.com``, ``t.me/name`` that channel alone); phrases
as whole words, without case, accents of style, links and invisible signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from graphnet.audits._sites import Site, site
from graphnet.crowds import Ints, incidence
from graphnet.kernels import text as words
from graphnet.lists import NamedList
from graphnet.study import Study

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["SORTS", "Contacts", "contacts"]

SORTS = {
    "accounts": "contacts with accounts",
    "domains": "links to pages",
    "hashtags": "uses of hashtags",
    "phrases": "posts of their own",
}
"""What contacts are, by kind of list, as words that fit "members with …"."""
CJK = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts without spaces: there a phrase need not begin and end a word."""

Finder = Callable[[Any], Iterable[int]]


@dataclass(frozen=True)
class Contacts:
    """Contacts with lists of one kind.

    Attributes:
        kind: Of the lists.
        lists: The lists.
        entries: Every entry of them: (place of its list, the entry).
        hits: One row an account, one column a list: contacts on it.
        of_entries: One row an account, one column an entry.
        totals: All contacts of that sort of each account.
    """

    kind: str
    lists: Sequence[NamedList]
    entries: Sequence[tuple[int, str]]
    hits: csr_array
    of_entries: csr_array
    totals: Ints


def contacts(study: Study, kind: str, lists: Sequence[NamedList]) -> Contacts:
    """The contacts of all accounts of a study with lists of one kind.

    Args:
        study: The study.
        kind: ``accounts``, ``domains``, ``hashtags`` or ``phrases``.
        lists: Lists of that kind.
    """
    width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
    entries = [(i, entry) for i, one in enumerate(lists) for entry in one.entries]
    things, account, thing = _KINDS[kind](study)
    found = _FINDERS[kind]([e for _, e in entries])
    matches = [sorted(set(found(t))) for t in things]
    return _counted(kind, lists, entries, matches, account, thing, width)


def _counted(
    kind: str,
    lists: Sequence[NamedList],
    entries: Sequence[tuple[int, str]],
    matches: Sequence[Sequence[int]],
    account: Ints,
    thing: Ints,
    width: int,
) -> Contacts:
    """Contacts counted by account: ``matches`` are the entries of each thing, (account, thing) who acted on what."""
    of_things = [(i, e) for i, found in enumerate(matches) for e in found]
    by_entry = _table(of_things, (len(matches), len(entries)))
    by_list = _table(sorted({(i, entries[e][0]) for i, e in of_things}), (len(matches), len(lists)))
    acts = incidence(account, thing, (width, max(len(matches), 1)))
    totals = np.bincount(account, minlength=width).astype(np.int64)
    return Contacts(kind, lists, entries, acts @ by_list, acts @ by_entry, totals)


def _table(cells: Sequence[tuple[int, int]], shape: tuple[int, int]) -> csr_array:
    rows = np.array(cells, dtype=np.int64).reshape(-1, 2)
    return incidence(rows[:, 0], rows[:, 1], (max(shape[0], 1), max(shape[1], 1)))


# Who acted on what: the things, and rows (account, place of the thing) -----------------------------------------------

Acts = tuple[list[Any], Ints, Ints]


def _accounts(study: Study) -> Acts:
    rows = study.rows(
        "select distinct account, target from actions where target is not null and target <> account "
        "order by account, target"
    )
    wanted, thing = np.unique(rows["target"].to_numpy(), return_inverse=True)
    known = study.rows("select account, id, name from accounts order by account")
    at = np.searchsorted(known["account"].to_numpy(), wanted)
    ids, names = known["id"].take(at).to_pylist(), known["name"].take(at).to_pylist()
    return list(zip(ids, names, strict=True)), rows["account"].to_numpy(), thing.astype(np.int64)


def _objects(study: Study, kind: str) -> tuple[list[str], Ints, Ints]:
    rows = study.rows(
        f"select distinct account, object from actions where kind = '{kind}' and object is not null "
        "order by account, object"
    )
    wanted, thing = np.unique(rows["object"].to_numpy(), return_inverse=True)
    known = study.rows(f"select object, id from objects where kind = '{kind}' order by object")
    names = known["id"].take(np.searchsorted(known["object"].to_numpy(), wanted)).to_pylist()
    return names, rows["account"].to_numpy(), thing.astype(np.int64)


def _pages(study: Study) -> Acts:
    """Links; where the study has none that lead to a site, its domains."""
    for kind in ("link", "domain"):
        names, account, thing = _objects(study, kind)
        found = [site(name) for name in names]
        if any(found):
            break
    return list(found), account, thing


def _tags(study: Study) -> Acts:
    return _objects(study, "hashtag")


def _posts(study: Study) -> Acts:
    rows = study.rows(
        "select account, text from posts where text is not null and (repost is null or not repost) "
        "order by account, post"
    )
    texts, thing = np.unique(np.array(rows["text"].to_pylist(), dtype=object), return_inverse=True)
    return texts.tolist(), rows["account"].to_numpy(), thing.astype(np.int64)


_KINDS: dict[str, Callable[[Study], Acts]] = {
    "accounts": _accounts,
    "domains": _pages,
    "hashtags": _tags,
    "phrases": _posts,
}


# Which entries a thing is on -----------------------------------------------------------------------------------------


def _places(keys: Iterable[str | None]) -> dict[str, list[int]]:
    held: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key:
            held.setdefault(key, []).append(place)
    return held


def _find_accounts(entries: Sequence[str]) -> Finder:
    ids, handles = _places(entries), _places(e.casefold() for e in entries)

    def find(who: tuple[str | None, str | None]) -> list[int]:
        return [*ids.get(who[0] or "", ()), *handles.get((who[1] or "").casefold(), ())]

    return find


def _find_pages(entries: Sequence[str]) -> Finder:
    found = [site(entry) for entry in entries]
    # an entry names an account on a platform, or a host and all below it
    accounts = _places(f.name if f and f.kind == "account" else None for f in found)
    hosts = _places((urlsplit(f.page).hostname if f and f.kind != "account" else None) for f in found)

    def find(page: Site | None) -> list[int]:
        if page is None:
            return []
        labels = (urlsplit(page.page).hostname or "").split(".")
        places = list(accounts.get(page.name, ()))
        for start in range(len(labels)):
            places += hosts.get(".".join(labels[start:]), ())
        return places

    return find


def _find_tags(entries: Sequence[str]) -> Finder:
    held = _places(words.tag(entry) for entry in entries)
    return lambda name: held.get(words.tag(name), ())


def _find_phrases(entries: Sequence[str]) -> Finder:
    held = _places(words.normal(entry) for entry in entries)
    if not held:
        return lambda _: ()
    # one by one: in one pattern a phrase would hide those that it contains
    bounded = (re.escape(p) if CJK.search(p) else rf"(?<!\w){re.escape(p)}(?!\w)" for p in held)
    patterns = [(re.compile(pattern), places) for pattern, places in zip(bounded, held.values(), strict=True)]

    def find(text: str) -> list[int]:
        plain = words.normal(text)
        return [place for pattern, places in patterns if pattern.search(plain) for place in places]

    return find


_FINDERS: dict[str, Callable[[Sequence[str]], Finder]] = {
    "accounts": _find_accounts,
    "domains": _find_pages,
    "hashtags": _find_tags,
    "phrases": _find_phrases,
}
