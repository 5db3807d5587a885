"""A small collection whose every text attacks: handles, hashtags, links, clients, languages, bios, words of posts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import graphnet as gn
from graphnet.study import Study

ATTACKS = [
    "</script><img src=x onerror=window.__ran=1>",
    '"><svg onload=window.__ran=1>',
    "javascript:window.__ran=1",
    "o'neil",
    'x"; drop table accounts; --',
    "{name}%s{{ 7*7 }}",
    "abc\u202e\u2066gnp.exe\u2069",
    "line\u2028separator",
    "\x9b31mred",
    "=HYPERLINK(0)",
    "@SUM(A1)",
    "__proto__",
    "constructor",
    "L" * 3000,
    "Z" + "\u0301" * 300,
    "کاربر\u200c‌ایران",
]
START = 1_700_000_000
ACCOUNTS, POSTS = 20, 7


def identifier(account: int) -> str:
    """Id of an account; those of odd ones attack too."""
    return ATTACKS[account % len(ATTACKS)][:60] + str(account) if account % 2 else str(1 << 60 | account)


def posts() -> pd.DataFrame:
    """Two groups that post the same in the same minutes."""
    rows = []
    for account in range(ACCOUNTS):
        group, name = account // 10, ATTACKS[account % len(ATTACKS)]
        for turn in range(POSTS):
            attack = ATTACKS[(7 * group + turn) % len(ATTACKS)]
            row = {
                "id": f"{account * POSTS + turn}",
                "account": identifier(account),
                "name": name,
                "time": START + 3600 * turn + 7 * group + account,
                "text": f"{attack} all of group {group} say this together in turn {turn} {'!' * (account % 3)}",
                "hashtags": f"{attack} tag",
                "links": f"https://evil.example/{attack}?q='\"{turn}",
                "client": ATTACKS[(group + 3) % len(ATTACKS)],
                "lang": attack[:20],
                "account_created_at": START - 86_400 * (account % 5),
                "description": f"{attack} of {name}",
            }
            rows.append(row)
    return pd.DataFrame(rows)


def made(folder: Path) -> Study:
    """The collection with communities found in it."""
    study = gn.read(posts(), folder)
    gn.match(study)
    gn.project(study)
    gn.validate(study)
    gn.detect(study, min_size=4)
    gn.confirm(study, controls=499)
    gn.score(study, controls=19)
    gn.review(study, 1, by="A </script>\u202e", note="</script><img src=x onerror=window.__ran=1>")
    return study


def listed(folder: Path) -> Path:
    """A list of half of the accounts, in a file whose name attacks."""
    file = folder / "l'i \"st<b>.csv"
    file.write_text("userid\n" + "\n".join(str(1 << 60 | a) for a in range(0, ACCOUNTS, 2)) + "\n", encoding="utf-8")
    return file
