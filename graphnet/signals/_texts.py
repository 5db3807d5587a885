"""Own posts whose words another account used, too; what the signals about copied texts share.

Where the study's texts were matched (`graphnet.match`), a *text* is a cluster of near-identical ones, without those
that only have the same words in another order; otherwise posts are compared exactly, after normalisation. Posts that
repeat another post by the platform's own button are left out: their words are not the account's.

Not counted as evidence are texts that share buttons or programs write, open campaigns, and *common phrases*: used by
more than 1 % of the accounts that are in no community (and by more than five of them). Members are left out of that
count: a group of forty who copy one text must not make it common by doing so. For the same reason the accounts of a
random group that a community is compared with are left out, and the community's other members are not
(`graphnet.kernels.copied`). Where fewer than a hundred accounts are in no community, `match` tells what is common,
among all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers, distinct
from graphnet.study import Study
from graphnet.words import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Clusters", "Texts", "Uses", "clusters_of", "load", "own", "set_aside"]

ENOUGH = 100
"""Fewest accounts in no community by which a phrase can be called common or not."""
FEW = 5
"""A text of no more accounts in no community is not common, however few there are."""
WORDS = {
    "common": ("common phrase", "common phrases"),
    "share_button": ("text of a share button", "texts of share buttons"),
    "app": ("text of a program", "texts of programs"),
    "campaign": ("text of an open campaign", "texts of open campaigns"),
}
"""What is not counted, in words."""


@dataclass(frozen=True)
class Uses:
    """The texts that accounts use which count unless they are common, one account after the other.

    Attributes:
        start: Where the texts of each account start; one longer than the number of accounts.
        text: The texts, each once an account.
        first: When the account wrote it first; -1 where unknown.
        posts: In how many posts.
    """

    start: Ints
    text: Ints
    first: Ints
    posts: Numbers


@dataclass(frozen=True)
class Texts:
    """Own posts with words: how many each account has, and those whose words another account used too.

    Attributes:
        study: Where posts and names are looked up.
        total: Own posts with words of each account.
        account, text, post, time: One row a post of a member, sorted by text, time (unknown ones last) and post;
            ``text`` is a place in ``object``, ``post`` and ``time`` are -1 where unknown.
        uses: Who uses each text, members or not.
        object: Of each text: the number of its cluster, or of the object where texts were not matched.
        template: Of each text: why it is not counted, a key of `WORDS`; "": it is.
        place: Of each account: its community, from 0; -1: none.
        users: Of each text: how many of these accounts use it.
        common: How many of them make a text common.
    """

    study: Study
    total: Ints
    account: Ints
    text: Ints
    post: Ints
    time: Ints
    uses: Uses
    object: Ints
    template: NDArray[np.object_]
    place: Ints
    users: Ints
    common: int

    @cached_property
    def judges(self) -> tuple[Ints, Ints, Ints, Ints, int]:
        """What the kernels need to tell which texts are common for a group."""
        fellow = np.argsort(self.place, kind="stable")[int((self.place < 0).sum()) :]
        first = np.searchsorted(self.place[fellow], np.arange(self.place.max(initial=-1) + 2))
        return self.place, first, fellow, self.users, self.common

    @cached_property
    def counted(self) -> Flags:
        """Whether each text counts."""
        return np.asarray(self.template == "", np.bool_)


@dataclass(frozen=True)
class Clusters:
    """Texts that two members or more of one community used; they are the runs ``start`` … of ``row``.

    Attributes:
        row: Rows of `Texts` that belong to some cluster, cluster by cluster.
        start: Where each cluster starts; one longer than their number.
        group: Place of the community of each cluster.
        text: The text of each cluster.
        members: Members who used it.
        counted: Whether it counts.
    """

    row: Ints
    start: Ints
    group: Ints
    text: Ints
    members: Ints
    counted: Flags


def own(kind: str, *, members: bool = False) -> str:
    """SQL for the own posts with words, of all accounts or of members: account, object, post, time."""
    named = kind.replace("'", "''")
    return (
        "select distinct a.account, a.object, a.post, coalesce(p.time, a.time) as time "
        "from actions a left join posts p on p.post = a.post "
        f"where a.kind = '{named}' and a.object is not null and not coalesce(p.repost, false)"
        f"{' and a.account in (select account from members)' if members else ''}"
    )


def speechless(study: Study) -> str:
    """Why no account has own words that can be compared: there are none, or all are too short."""
    from graphnet.kernels.text import CHARACTERS, WORDS  # noqa: PLC0415  (numba, half a second)

    if study.rows("select 1 as one from posts where text is not null and not coalesce(repost, false) limit 1").num_rows:
        return f"no own post has the {CHARACTERS} characters and {WORDS} words that texts need to be compared"
    return "the study has no accounts' own words"


def _clustered(study: Study, kind: str, rows: str) -> str:
    """SQL for own posts with the number of their cluster as ``object``, where texts were matched."""
    if kind != "text" or not study.has("copies"):
        return rows
    # a text in no cluster is nobody else's: numbers below 0
    return (
        f"select o.account, coalesce(c.cluster, -1 - o.object) as object, o.post, o.time from ({rows}) o "
        "left join (select post, cluster from copies where how in ('same', 'near')) c on c.post = o.post"
    )


USED = """
with used as (
    select account, object, count(*) as n, coalesce(min(case when time >= 0 then time end), -1) as first
    from ({own}) o group by account, object
), shared as (
    select object from used group by object having count(*) > 1
)
select u.account, u.object, u.n, u.first from used u join shared s on s.object = u.object
"""
"""Texts of several accounts, once an account."""

_IN_USE: WeakKeyDictionary[Study, tuple[Any, Flags, ref[Texts]]] = WeakKeyDictionary()
"""Texts that somebody holds, and what they came from: three signals in a row ask for the same."""


def load(study: Study, outside: Flags, kind: str = "text", common: float = 0.01) -> Texts:
    """The own posts of a study.

    Args:
        study: The study.
        outside: For each account whether it is in no community.
        kind: The kind of action whose object stands for the words.
        common: Share of the accounts in no community above which a text is a common phrase.
    """
    tables = [t for t in ("actions", "posts", "copies", "clusters", "members") if study.has(t)]
    asked = kind, common, {table: study.files(table) for table in tables}
    found = None
    if held := _IN_USE.get(study):
        known, without, texts = held
        found = texts() if known == asked and np.array_equal(without, outside) else None
    if found is None:
        found = _load(study, outside, kind, common)
        _IN_USE[study] = asked, outside, ref(found)
    return found


def _load(study: Study, outside: Flags, kind: str, common: float) -> Texts:
    counts = study.rows(f"select account, count(*) as n from ({own(kind)}) o group by account")
    total = np.zeros(len(outside), dtype=np.int64)
    total[counts["account"].to_numpy()] = counts["n"].to_numpy()
    used = study.rows(USED.format(own=_clustered(study, kind, own(kind))))
    user, things, posts, first = (used[n].to_numpy() for n in ("account", "object", "n", "first"))
    objects, text = np.unique(things, return_inverse=True)
    template = _templates(study, kind, objects, int(outside.sum()))
    judged = np.asarray(template == "", np.bool_)
    users = np.bincount(text[outside[user]], minlength=len(objects)).astype(np.int64)
    least = int(max(common * outside.sum(), FEW)) + 1
    template[judged & (users >= least)] = "common"
    kept = np.flatnonzero(judged[text])
    kept = kept[np.lexsort((text[kept], user[kept]))]
    start = np.append(0, np.cumsum(np.bincount(user[kept], minlength=len(outside))))
    uses = Uses(start, text[kept], first[kept], posts[kept].astype(np.float64))
    rows = _of_members(study, kind, objects)
    return Texts(study, total, *rows, uses, objects, template, _places(study, outside), users, least)


def _of_members(study: Study, kind: str, objects: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Account, text, post and time of the members' posts with these texts, in the order that `Texts` tells."""
    rows = study.rows(
        "select account, object, coalesce(post, -1) as post, coalesce(time, -1) as time "
        f"from ({_clustered(study, kind, own(kind, members=True))}) o"
    )
    account, things, post, time = (rows[n].to_numpy() for n in ("account", "object", "post", "time"))
    shared = np.isin(things, objects)
    account, post, time = account[shared], post[shared], time[shared]
    text = np.searchsorted(objects, things[shared])
    order = np.lexsort((account, post, time, time < 0, text))
    return account[order], text[order], post[order], time[order]


def _templates(study: Study, kind: str, objects: Ints, outside: int) -> NDArray[np.object_]:
    """Why each text is not counted, as far as `match` can tell."""
    found = np.full(len(objects), "", dtype=object)
    if kind == "text" and study.has("clusters"):
        rows = study.rows("select cluster, template from clusters where template is not null")
        told = dict(zip(rows["cluster"].to_pylist(), rows["template"].to_pylist(), strict=True))
        for place, number in enumerate(objects.tolist()):
            sort = told.get(number, "")
            found[place] = "" if sort == "common" and outside >= ENOUGH else sort
    return found


def _places(study: Study, outside: Flags) -> Ints:
    """The community of each account, from 0; -1: none."""
    place = np.full(len(outside), -1, dtype=np.int64)
    if study.has("members"):
        rows = study.rows("select community, account from members")
        place[rows["account"].to_numpy()] = np.unique(rows["community"].to_numpy(), return_inverse=True)[1]
    return np.where(outside, -1, place)


def clusters_of(data: Texts, groups: Crowds) -> Clusters:
    """Texts of two members or more, by community and text."""
    place = groups.places(len(data.total))[data.account]
    row = np.flatnonzero(place >= 0)
    row = row[np.lexsort((row, data.text[row], place[row]))]
    code = place[row] * (len(data.object) + 1) + data.text[row]
    codes, start, inverse = np.unique(code, return_index=True, return_inverse=True)
    members = np.bincount(distinct(inverse, data.account[row])[0][0], minlength=len(codes))
    several = members >= 2
    sizes = np.diff(np.append(start, len(row)))[several]
    text = codes[several] % (len(data.object) + 1)
    return Clusters(
        row[several[inverse]],
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        codes[several] // (len(data.object) + 1),
        text,
        members[several],
        data.counted[text],
    )


def set_aside(data: Texts, left_out: Ints) -> str:
    """What to say of texts that are not counted, in a group that repeats anything at all.

    Args:
        data: The texts.
        left_out: Those of the group that are not counted.
    """
    sorts = data.template[left_out].tolist()
    said = [count(sorts.count(sort), *words) for sort, words in WORDS.items() if sort in sorts]
    found = f"; {' and '.join(said)} not counted" if said else ""
    others = int((data.place < 0).sum())
    if others < ENOUGH:
        return f"{found}; with {count(others, 'account')} in no community, common phrases cannot be told"
    return found
