r"""``pseudonymise``: a copy of a study that names nobody, for a colleague, a reviewer or a publication.

Ids and handles of accounts become keyed pseudonyms (HMAC-SHA256): the same key gives the same account the same name in
every study, and without the key nobody can try out names. The key is a file that stays with whoever made it. Ids of
posts become pseudonyms too, since they lead to the author; handles in texts, links and errors are replaced;
descriptions are left out; creation dates are cut to the day; input files are numbered; whatever else somebody may have
written into a cell, an option or a note is cut or becomes a code (`graphnet._public`). Everything that is counted stays
as it was, so that every figure can be checked in the copy.

What stays can still identify somebody: the words of a post can be searched for, an exact time and a link can be known,
a handle without ``@`` among words, in a hashtag or in a host name stays, and so do the numbers of followers and posts.
``texts=False`` leaves the words out.

Example:
    >>> Names(b"0" * 32, {"alice": "7"}).scrub("thanks @Alice, see https://x.example/alice/status/1")
    'thanks @acct-2e63920b99, see https://x.example/acct-2e63920b99/status/5b44a037eae39130'
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from graphnet import _public, places, registry
from graphnet._review import digests
from graphnet._score import score
from graphnet.engines import Engine
from graphnet.errors import InputError, StudyError
from graphnet.places import Place, Remote
from graphnet.schema import KINDS
from graphnet.study import Study

__all__ = ["new_key", "pseudonymise"]

Change = Callable[[str], str | None]
DAY = 86_400
KEY = re.compile(rb"[0-9a-f]{64}")
"""What `new_key` writes. Any other file (a text, a list of ids) is not random, and somebody else may have it too."""
WORDS = frozenset(("hashtag", "hashtags", "domain", "link", "text"))
"""Kinds of thing whose id is words or a link; any other id is a platform's and becomes a pseudonym."""
_HANDLE = re.compile(
    r"(?<![@＠])[@＠]+(\w[\w.-]*)"  # a mention, also of networks whose handles have dots
    r"|(?:(?<=/status/)|(?<=/statuses/)|(?<=/posts/))(\d+)"  # the post a link leads to leads to its author
    r"|(?:(?<=/)(?<!://)|(?<=[=~])|(?<=%40))(\w[\w.-]*)"  # a piece of the path or query of a link
)
_CUT = re.compile("[.-]")
CUTS = 20
"""Dots and dashes of one word that a known handle may end at."""


def new_key(path: str | Path) -> Path:
    """Write a new random key to a file that nobody else can read.

    Args:
        path: A new file.

    Returns:
        The path of the file.

    Raises:
        InputError: The file exists: a key that is lost cannot be made again.
    """
    target = Path(path)
    try:
        # nobody else can read it even for the moment between making and closing
        with open(target, "x", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_hex(32) + "\n")
    except FileExistsError:
        raise InputError(f"{target} exists. Use it as --key, or name a new file.") from None
    return target


def pseudonymise(
    study: Study, into: str | Place, key: str | Path, *, texts: bool = True, engine: Engine | None = None
) -> Study:
    """Write a copy of a study in which accounts and posts have pseudonyms.

    Findings and benign explanations quote names and posts, so they are made anew in the copy with the parameters they
    were made with; audits are left out.

    Args:
        study: The study.
        into: A new folder for the copy.
        key: File with the key, from `new_key`.
        texts: Keep the words of the posts (handles in them are replaced).
        engine: Engine of the copy; None: DuckDB.

    Returns:
        The copy.

    Raises:
        InputError: The key is missing, or the file holds no key.
        StudyError: ``into`` exists.

    Example:
        >>> import graphnet as gn, pandas as pd, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> study = gn.read(pd.DataFrame({"source": ["ann", "bob"], "target": ["x", "x"], "kind": "follow"}))
        >>> copy = gn.pseudonymise(study, folder + "/public", gn.new_key(folder + "/key"))
        >>> any(copy.accounts.id.isin(["ann", "bob", "x"])), len(copy.accounts)
        (False, 3)
    """
    study.require("accounts")
    secret, target = _key(Path(key)), places.place(into)
    if target.exists():
        raise StudyError(f"{target} exists: name a new folder for the copy")
    # made beside the target, or on disk where that is remote, and moved at the end: no half-renamed copy is ever there
    with _workshop(target) as work:
        made = Path(work) / "study"
        names = Names(secret, _known(study))
        _copied(study, made, names.code)
        copy = Study.open(made, engine)
        files = {entry["name"]: f"input {n}" for n, entry in enumerate(study.manifest["inputs"], 1)}
        _rename(copy, names, files, texts=texts)
        _score_again(copy)
        # the old files are there until a further step is run or the copy is cleaned
        copy.clean()
        places.move(made, target)
    return Study.open(target, engine)


def _workshop(target: Place) -> tempfile.TemporaryDirectory[str]:
    if isinstance(target, Remote):
        return tempfile.TemporaryDirectory(prefix="graphnet-")
    target.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=".pseudonyms-", dir=target.parent)


def _score_again(copy: Study) -> None:
    scored = [s for s in copy.manifest["steps"] if s["verb"] == "score"]
    if scored:
        given = scored[-1]["parameters"]
        signals = [registry.make("signals", text) for text in given["signals"]]
        score(copy, *signals, controls=given["controls"], seed=given["seed"])


def _key(path: Path) -> bytes:
    make = f"Make one: graphnet pseudonymise --new-key {path.with_name('my.key')}"
    try:
        with path.open("rb") as file:
            text = file.read(1_000).strip()
    except OSError as error:
        raise InputError(f"the key {path} cannot be read ({error.strerror}). {make}") from None
    if not KEY.fullmatch(text):
        raise InputError(
            f"{path} is no key: a key is one line of 64 random digits and letters a to f, as graphnet makes them. What "
            f"stands in any other file others may know or guess, and with it who is who. {make}"
        )
    return text


def _known(study: Study) -> dict[str, str | None]:
    """Account id of each handle and id, in lower case; None where several accounts were seen with it."""
    rows = study.rows(
        "select handle, case when min(id) = max(id) then min(id) end as id from ("
        "select lower(name) as handle, id from accounts where name is not null union all "
        "select lower(h.name) as handle, a.id from handles h join accounts a on a.account = h.account union all "
        "select lower(id) as handle, id from accounts) as seen group by handle"
    )
    return dict(zip(rows["handle"].to_pylist(), rows["id"].to_pylist(), strict=True))


@dataclass(frozen=True)
class Names:
    """Pseudonyms under one key.

    Attributes:
        key: The key.
        known: Account id of each known handle, in lower case; None: several accounts had it.
    """

    key: bytes
    known: Mapping[str, str | None]

    def code(self, what: str, text: str, digits: int = 16) -> str:
        """Keyed hash of ``text``; ``what`` keeps ids of accounts and of posts apart."""
        return hmac.new(self.key, f"{what}\0{text}".encode(), hashlib.sha256).hexdigest()[:digits]

    def word(self, what: str, text: str) -> str:
        """A text of a column that should hold one of few words; see `graphnet._public.word`."""
        return _public.word(what, text, self.code)

    def account(self, identifier: str) -> str:
        """Handle shown for the account with this id."""
        return f"acct-{self.code('account', identifier, 10)}"

    def handle(self, handle: str) -> str:
        """Handle shown for a handle; one that belongs to no known account has a pseudonym of its own."""
        lower = handle.removeprefix("@").lower()
        identifier = self.known.get(lower)
        return self.account(f"@{lower}" if identifier is None else identifier)

    def scrub(self, text: str) -> str:
        """The text with every ``@handle``, and every known handle or post in a link, replaced."""
        return _HANDLE.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        mention, post, part = match.groups()
        if post:
            return self.code("post", post)
        known = self._handle_in(mention or part)
        if mention:
            if not known and match.string[max(match.start() - 1, 0) : match.start()].isalnum():
                return match[0]  # the host of a mail address
            known = known or mention.rstrip(".-")
            return f"@{self.handle(known)}{mention[len(known) :]}"
        return f"{self.handle(known)}{part[len(known) :]}" if known else str(part)

    def _handle_in(self, word: str) -> str:
        """The longest known handle that ``word`` starts with, up to a dot or dash; empty: none."""
        ends = [len(word), *reversed([cut.start() for cut in islice(_CUT.finditer(word), CUTS)])]
        return next((word[:end] for end in ends if word[:end].lower() in self.known), "")


def _rename(copy: Study, names: Names, files: Mapping[str, str], *, texts: bool) -> None:
    """Write the tables that name somebody anew; everything else in them stays."""
    parameters = {"key": hashlib.sha256(b"graphnet" + names.key).hexdigest()[:8], "texts": texts}
    changes = _changes(names, files, texts=texts)
    if not _own_kinds(copy):
        del changes["actions"]
    groups = _groups(copy)
    with copy.step("pseudonymise", parameters) as step:
        for table, function in changes.items():
            if copy.has(table):
                step.map(table, f"select * from {table}", function)
        if copy.has("reviews"):
            now = _groups(copy)
            known = {digest: now[community] for community, digest in groups.items()}
            step.map("reviews", "select * from reviews", partial(_reviews, names=names, groups=known))
        step.summary |= {"accounts": step.rows["accounts"], "posts": step.rows["posts"]}


def _changes(names: Names, files: Mapping[str, str], *, texts: bool) -> dict[str, Callable[[pa.Table], pa.Table]]:
    """What becomes of each table that names somebody, or that somebody may have written a name into.

    `graphnet._public.LEFT_OUT` are not among them; columns that are not here hold numbers or graphnet's own words, such
    as the names of layers.
    """
    words = names.scrub if texts else _nothing
    posts = {
        "id": partial(names.code, "post"),
        "text": words,
        "lang": partial(names.word, "language"),
        "client": partial(names.word, "program"),
    }
    return {
        "accounts": partial(_accounts, names=names),
        "posts": partial(_with, changes=posts),
        "objects": partial(_objects, names=names, texts=texts),
        "actions": partial(_with, changes={"kind": partial(names.word, "kind")}),
        "handles": partial(_with, changes={"name": names.handle}),
        "rejected": partial(_with, changes={"file": files.get, "reason": _public.cause}),
        "texts": partial(_texts, words=words, signed=texts),
        "levels": partial(_with, changes={"reason": _public.level_reason}),
    }


def _groups(study: Study) -> dict[int, str]:
    """By what a note knows the accounts of each community."""
    return {c: digest for c, (digest, _) in digests(study).items()} if study.has("members") else {}


def _own_kinds(study: Study) -> bool:
    """Whether there are kinds of action that graphnet does not know, from an edge list of the user's own."""
    return not set(study.rows("select distinct kind from actions")["kind"].to_pylist()) <= set(KINDS)


def _nothing(_text: str) -> None:
    return None


def _with(rows: pa.Table, changes: Mapping[str, Change]) -> pa.Table:
    """The rows with some text columns changed; null stays null."""
    for column, change in changes.items():
        values = [None if v is None else change(v) for v in rows[column].to_pylist()]
        rows = rows.set_column(rows.schema.get_field_index(column), column, pa.array(values, pa.string()))
    return rows


def _accounts(rows: pa.Table, names: Names) -> pa.Table:
    ids = rows["id"].to_pylist()
    rows = _with(rows, {"status": partial(names.word, "status")})
    columns = {
        "id": pa.array([names.code("account", i) for i in ids], pa.string()),
        "name": pa.array([names.account(i) for i in ids], pa.string()),
        "created": pc.multiply(pc.divide(rows["created"], DAY), DAY),
        "description": pa.nulls(len(ids), pa.string()),
    }
    return pa.table({n: columns.get(n, rows[n]) for n in rows.column_names})


def _texts(rows: pa.Table, words: Change, *, signed: bool) -> pa.Table:
    """The words, and what would tell whether a text that somebody has is one of them."""
    at = rows.schema.get_field_index("signature")
    kept = rows["signature"] if signed else pa.nulls(len(rows), pa.binary())
    return _with(rows, {"key": words}).set_column(at, "signature", kept)


def _objects(rows: pa.Table, names: Names, *, texts: bool) -> pa.Table:
    def changed(kind: str, identifier: str) -> str:
        if kind not in WORDS or (kind == "text" and not texts):
            return names.code(kind, identifier)
        return names.scrub(identifier)

    ids = [changed(k, i) for k, i in zip(rows["kind"].to_pylist(), rows["id"].to_pylist(), strict=True)]
    rows = rows.set_column(rows.schema.get_field_index("id"), "id", pa.array(ids, pa.string()))
    return _with(rows, {"kind": partial(names.word, "kind")})


def _reviews(rows: pa.Table, names: Names, groups: Mapping[str, str]) -> pa.Table:
    """That somebody looked, and at which group; not who, nor what they wrote."""

    def group(digest: str) -> str:
        return groups.get(digest) or names.code("group", digest, 64)

    return _with(rows, {"digest": group, "reviewer": partial(names.word, "reviewer"), "note": _nothing})


def _copied(study: Study, folder: Path, code: Callable[[str, str, int], str]) -> None:
    """Copy the study's files but for what only names, and what its manifest may say."""
    manifest = _public.manifest(study.manifest, code)
    folder.mkdir()
    for file in (f for parts in manifest["tables"].values() for f in parts.values()):
        places.copy(study.path / file, folder / file)
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
