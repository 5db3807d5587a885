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

from graphnet.crowds import Crowds, Flags, Ints, distinct, incidence
from graphnet.study import Study
from graphnet.words import count

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["Clusters", "Texts", "clusters_of", "load", "own", "set_aside"]

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
class Texts:
    """Own posts with words: how many each account has, and those whose words another account used too.

    Attributes:
        study: Where posts and names are looked up.
        total: Own posts with words of each account.
        account, text, post, time: One row a post, sorted by text, time (unknown ones last) and post; ``text`` is a
            column of ``posts``, ``post`` and ``time`` are -1 where unknown.
        object: Of each text: the number of its cluster, or of the object where texts were not matched.
        template: Of each text: why it is not counted, a key of `WORDS`; "": it is.
        judged: Of each text whether it counts unless it is common.
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
    object: Ints
    template: NDArray[np.object_]
    judged: Flags
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

    @cached_property
    def posts(self) -> csr_array:
        """Posts by account and text, of the texts that count unless they are common."""
        kept = self.judged[self.text]
        return incidence(self.account[kept], self.text[kept], (len(self.total), len(self.object)))

    @cached_property
    def firsts(self) -> tuple[Ints, Ints, Ints]:
        """Where the texts of each account start, those that count unless they are common, and when it wrote each."""
        # rows are in the order of time, so the first of a text and account is the earliest
        kept = np.flatnonzero(self.judged[self.text])
        code = self.account[kept] * max(len(self.object), 1) + self.text[kept]
        first = kept[np.unique(code, return_index=True)[1]]
        sizes = np.bincount(self.account[first], minlength=len(self.total))
        return np.append(0, np.cumsum(sizes)), self.text[first], self.time[first]


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


def own(study: Study, kind: str) -> str:
    """SQL for the own posts with words: account, object, post, time."""
    named = kind.replace("'", "''")
    plain = (
        "select distinct a.account, a.object, a.post, coalesce(p.time, a.time) as time "
        "from actions a left join posts p on p.post = a.post "
        f"where a.kind = '{named}' and a.object is not null and not coalesce(p.repost, false)"
    )
    if kind != "text" or not study.has("copies"):
        return plain
    # a text in no cluster is nobody else's: numbers below 0
    return (
        f"select o.account, coalesce(c.cluster, -1 - o.object) as object, o.post, o.time from ({plain}) o "
        "left join (select post, cluster from copies where how in ('same', 'near')) c on c.post = o.post"
    )


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
    sql = own(study, kind)
    counts = study.rows(f"select account, count(*) as n from ({sql}) o group by account")
    total = np.zeros(len(outside), dtype=np.int64)
    total[counts["account"].to_numpy()] = counts["n"].to_numpy()
    rows = study.rows(
        f"with own as ({sql}), shared as ("
        "select object from own group by object having count(distinct account) > 1) "
        "select o.account, o.object, coalesce(o.post, -1) as post, coalesce(o.time, -1) as time "
        "from own o join shared s on s.object = o.object"
    )
    account, things, post, time = (rows[n].to_numpy() for n in ("account", "object", "post", "time"))
    order = np.lexsort((account, post, time, time < 0, things))
    objects, text = np.unique(things[order], return_inverse=True)
    template = _templates(study, kind, objects, int(outside.sum()))
    users = _users(account[order], text, len(objects), outside)
    least = int(max(common * outside.sum(), FEW)) + 1
    judged = np.asarray(template == "", np.bool_)
    template[judged & (users >= least)] = "common"
    return Texts(
        study,
        total,
        account[order],
        text,
        post[order],
        time[order],
        objects,
        template,
        judged,
        _places(study, outside),
        users,
        least,
    )


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


def _users(account: Ints, text: Ints, texts: int, outside: Flags) -> Ints:
    """How many of the accounts in no community use each text."""
    (text, account), _ = distinct(text, account)
    return np.bincount(text[outside[account]], minlength=texts).astype(np.int64)


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
