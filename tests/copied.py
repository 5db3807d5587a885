"""A study in which six accounts copy texts in Persian, Hebrew and English, each a little differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from small_study import table

import graphnet as gn
from graphnet._hidden import obfuscations
from graphnet.study import Study

START = 1_700_000_000
PERSIAN = "امروز همه با هم به خیابان می‌آییم تا صدای مردم شنیده شود و آزادی را فریاد بزنیم"
HEBREW = "כולנו יוצאים היום אל הרחובות כדי להגן על הדמוקרטיה ועל עתיד ילדינו, בואו איתנו"
ENGLISH = "The new bridge is a danger to us all, share this before they close the river road https://example.org/a?b=1"
HOSTILE = "<img src=x onerror=__ran=1>"
COPIES = {
    PERSIAN: [
        PERSIAN,
        PERSIAN.replace("می\u200cآییم", "مي\u200cآییم"),
        PERSIAN + " 👍🏽",
        PERSIAN.replace("مردم", "ملت"),
        PERSIAN.replace("آزادی", "آز\u2060ادی"),
        PERSIAN,
    ],
    HEBREW: [
        HEBREW,
        HEBREW + "!",
        HEBREW.replace("היום", "מחר"),
        HEBREW,
        "\u200f" + HEBREW,
        HEBREW.replace("בואו", "בוא"),
    ],
    ENGLISH: [
        ENGLISH,
        ENGLISH.replace("bridge", "br\u200bidge"),
        ENGLISH.replace("danger", "d\u0430nger"),
        ENGLISH.upper(),
        f"{ENGLISH} {HOSTILE}",
        ENGLISH.replace("example.org", "example.com"),
    ],
}


def written() -> list[dict[str, Any]]:
    """Posts as rows of a table: those that are copied, one of account 29 before all, and everybody's own."""
    posts: list[dict[str, Any]] = []

    def post(account: int, time: int | None, text: str) -> None:
        posts.append(
            {
                "id": f"p{len(posts)}",
                "account": f"id{account:02}",
                "name": f"user_{account}",
                "time": time,
                "text": text,
            }
        )

    for nth, copies in enumerate(COPIES.values()):
        for account, text in enumerate(copies):
            post(account, START + 5000 * nth + 10 * account * (nth + 1), text)
    for account in range(30):
        post(
            account, START + 999 * account, f"own words of {account}: " + " ".join(f"w{account}x{i}" for i in range(9))
        )
    post(29, START + 10_000 - 3600, ENGLISH)
    return posts


def study(
    folder: Path, groups: Mapping[int, Iterable[int]] | None = None, posts: list[dict[str, Any]] | None = None
) -> Study:
    """The study with its texts matched; ``groups`` are communities of account numbers by their own number."""
    made = gn.read(pd.DataFrame(written() if posts is None else posts), into=folder)
    gn.match(made)
    if not made.has("obfuscations"):
        with made.step("match", {}, keep=True) as step:
            obfuscations(step)
    some = {1: range(6)} if groups is None else groups
    with made.step("project", {"layers": []}) as step:
        step.write("pairs", table("pairs", []), "none")
    with made.step("detect", {}) as step:
        members = [{"account": a, "community": c, "strength": 1.0} for c, held in some.items() for a in held]
        step.write("members", table("members", members))
        sizes = [{"community": c, "size": len(list(held))} for c, held in some.items()]
        step.write("communities", table("communities", sizes))
    return made
