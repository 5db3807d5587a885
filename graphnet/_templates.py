"""Why near-identical posts may be no evidence: nobody wrote the words, everybody uses them, or all were asked to.

==============  =====================================================================================================
campaign        near a text on the user's list: people were asked in the open to post it
app             a program posts it for its users: it was made with one program whose name stands in the words or the
                link, or the words are those of a known program ("I liked a @YouTube video")
share_button    nine in ten carry a link, and the words are the title of the page (its address says so) or end in "via"
common          more than 1 % of the accounts that write anything, and more than a hundred, use it
==============  =====================================================================================================

The last needs no look at who is coordinated, so it is only of very common phrases; the signal ``near_identical`` knows
the communities and counts among all other accounts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from graphnet.errors import InputError
from graphnet.schema import TEXT
from graphnet.words import percent

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["TEMPLATES", "allowed", "templates"]

TEMPLATES = ("campaign", "app", "share_button", "common")
MOST = 0.9
"""Share of a cluster's posts that have to show a sign."""
COMMON, MANY = 0.01, 100
TITLE = 0.6
"""Share of the words of a text that stand in the address of its page."""
PROGRAMS = re.compile(
    r"(?:i )?(?:liked|added|favou?rited|rated) an? (?:@ |youtube )?(?:video|playlist)\b"
    r"|i (?:just )?(?:posted|uploaded|added) (?:a new|\d+(?: new)?) (?:photo|video)s? (?:to|on) "
    r"|.*\b(?:person|people|users?) (?:un)?followed me\b|.*\bfollowers? .*\bunfollowers?\b"
    r"|.*\bautomatically checked by\b"
    r"|i ve (?:collected|harvested) [\d ]+|(?:i )?just (?:completed|finished) a [\d ]+(?:km|mi|mile)\b"
    r"|i just activated .*\bon my account\b|i (?:just )?scored \d+ |my top \d+ (?:artists|fans|followers)\b"
)
"""How posts of well-known programs begin, as keys."""
HEAD = 400
"""Characters that are looked at: a hostile text of a megabyte should cost no more than a post."""
NEUTRAL = re.compile(r"twitter|tweetdeck|instagramweb|web|android|iphone|ipad|mobile")
"""Programs that people write with: their name says nothing."""

LINKS_SQL = """
with linked as (
    select distinct c.cluster, c.post, o.id from copies c
    join actions a on a.post = c.post join objects o on o.object = a.object
    where a.kind = 'link'
), counted as (
    select cluster, id, count(*) as n from linked group by cluster, id
), ranked as (
    select cluster, id, row_number() over (partition by cluster order by n desc, id) as place from counted
)
select l.cluster, count(distinct l.post) as n, min(r.id) as most
from linked l join ranked r on r.cluster = l.cluster and r.place = 1 group by l.cluster"""
CLIENTS_SQL = """
with counted as (
    select c.cluster, p.client, count(*) as n from copies c join posts p on p.post = c.post
    where p.client is not null group by c.cluster, p.client
), ranked as (
    select cluster, client, n, row_number() over (partition by cluster order by n desc, client) as place from counted
)
select cluster, client as most, n from ranked where place = 1"""


def allowed(allow: str | Path | Sequence[str]) -> list[str]:
    """The keys of the texts of open campaigns.

    Args:
        allow: The path of a file with one text a line, or the texts.

    Raises:
        InputError: The file cannot be read, or a text is too short to be compared.
    """
    from graphnet.kernels import text  # noqa: PLC0415

    where = str(allow) if isinstance(allow, str | Path) else "allow"
    try:
        lines = Path(allow).read_text("utf-8-sig").splitlines() if isinstance(allow, str | Path) else list(allow)
    except (OSError, ValueError) as error:
        why = "it is not UTF-8 text" if isinstance(error, ValueError) else error.strerror
        raise InputError(f"{where}: the list of open campaigns cannot be read: {why}. One text a line.") from None
    found = []
    for number, line in enumerate(lines, 1):
        key = text.key(line)
        if line.strip() and key is None:
            raise InputError(
                f"{where}, line {number}: the text is too short to be compared: it needs {text.CHARACTERS} characters "
                f"and {text.WORDS} words without links and mentions, it has {len(text.normal(line))} characters"
            )
        found += [key] if key else []
    return sorted(set(found))


def templates(
    study: Study,
    clusters: Mapping[str, Any],
    medoid: Sequence[str],
    campaigns: Sequence[str],
    writers: int,
    least: float,
) -> dict[str, pa.Array]:
    """The columns ``template`` and ``reason`` of ``clusters``.

    Args:
        study: The study; ``copies`` is there already.
        clusters: The other columns, in the order of the clusters' numbers.
        medoid: Key of the text in the middle of each.
        campaigns: Keys of open campaigns.
        writers: Accounts that wrote anything.
        least: Smallest Jaccard similarity to an open campaign.
    """
    links, clients = (_by_cluster(study, sql) for sql in (LINKS_SQL, CLIENTS_SQL))
    asked = _asked(medoid, campaigns, least)
    reasons: list[tuple[str, str] | None] = []
    many, writing = (clusters[name].to_pylist() for name in ("posts", "accounts"))
    for place, words in enumerate(medoid):
        number, posts, accounts = place + 1, many[place], writing[place]
        linked, link = links.get(number, (0, ""))
        used, client = clients.get(number, (0, ""))
        reasons.append(
            (("campaign", "the words are on the list of open campaigns") if asked[place] else None)
            or _program(words, client if used >= MOST * posts else "", link)
            or (_button(words, link) if linked >= MOST * posts else None)
            or _everybody(accounts, writers)
        )
    return {
        "template": pa.array([found and found[0] for found in reasons], TEXT),
        "reason": pa.array([found and found[1] for found in reasons], TEXT),
    }


def _by_cluster(study: Study, sql: str) -> dict[int, tuple[int, str]]:
    return {row["cluster"]: (row["n"], row["most"]) for row in study.rows(sql).to_pylist()}


def _asked(medoid: Sequence[str], campaigns: Sequence[str], least: float) -> np.ndarray[Any, Any]:
    """Which of the texts are near one of the campaigns."""
    from graphnet.kernels import near  # noqa: PLC0415
    from graphnet.kernels.shingles import shingles  # noqa: PLC0415

    found = np.zeros(len(medoid), np.bool_)
    if campaigns and len(medoid):
        sets = shingles([*campaigns, *medoid])
        pairs = near.between(sets, len(campaigns), least)
        found[pairs.two - len(campaigns)] = True
    return found


def _program(words: str, client: str, link: str) -> tuple[str, str] | None:
    if PROGRAMS.match(words[:HEAD]):
        return "app", "the words are those that a known program posts for its users"
    name = re.sub(r"[\W_]", "", client.casefold())
    if len(name) < 4 or NEUTRAL.search(name):
        return None
    place = "words" if name in words.replace(" ", "") else "link" if name in re.sub(r"[\W_]", "", link) else ""
    why = f"made with a program whose name stands in the {place}: programs post for their users"
    return ("app", why) if place else None


def _button(words: str, link: str) -> tuple[str, str] | None:
    if words.endswith(" via") or " via @" in words:
        return "share_button", "a link, and words that end in “via”, as share buttons write them"
    path = set(re.split(r"[\W_]+", unquote(link.partition("://")[2].partition("/")[2]).casefold()))
    said = {word for word in words.split() if len(word) > 2}
    both = len(said & path)
    if both < 3 or both < TITLE * len(said):
        return None
    return "share_button", f"the words are the title of the page they link to: its address has {both} of {len(said)}"


def _everybody(accounts: int, writers: int) -> tuple[str, str] | None:
    if accounts <= max(MANY, COMMON * writers):
        return None
    share = percent(accounts / writers)
    return "common", f"{accounts:,} accounts ({share} of all that write) use it: a greeting, a quote, or a large group"
