"""Studies made by hand for the tests of views: known groups, ties, findings, and texts that attack the page."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from graphnet import schema
from graphnet.study import Step, Study

START = 1_664_000_000

HOSTILE = [
    "</script><script>window.__ran=1</script>",
    "</script><img src=x onerror=window.__ran=1>",
    '"><svg onload=window.__ran=1>',
    "<iframe srcdoc='<script>parent.__ran=1</script>'>",
    "<!--<script>",
    "]]></style><style>@import url(http://evil.example/x.css);</style>",
    "javascript:window.__ran=1",
    "<a href='javascript:window.__ran=1' onmouseover=window.__ran=1>href</a>",
    "<b>href=http://evil.example</b>",
    "{{ 7*7 }}{% raw %}${window.__ran=1}",
    "line\u2028separator\u2029paragraph",
    "abc\u202e\u2066gnp.exe\u2069",
    "nul\x00and\x1b[31mescape",
    "x" * 100_000,
    "Z" + "\u0301" * 5_000,
    "__proto__",
    "constructor",
    "toString",
    "\u200b\u200b",
    "",
    '=HYPERLINK("http://evil.example")',
    "https://evil.example/track?u=1 www.evil.example t.co/abc",
    "&lt;script&gt;&#60;img&#62;\\u003cscript\\u003e",
    "کاربر_ایران",
    "الحقيقة",
    "משתמש_בדיקה",
    "👩‍👩‍👧‍👦🏴",
]


def build(
    folder: Path,
    groups: Sequence[int] = (12, 8, 5),
    names: Sequence[str] | None = None,
    layers: Sequence[str] = ("co_retweet", "same_text"),
    findings: bool = True,
    bridges: int = 2,
) -> Study:
    """A study with groups of these sizes, each tied all round within, and a few ties between neighbouring groups."""
    study = Study.create(folder)
    total = sum(groups)
    names = [f"user_{i}" for i in range(total)] if names is None else [names[i % len(names)] for i in range(total)]
    with study.step("read", {"source": ["made.csv"]}) as step:
        _accounts(step, names)
        step.write("actions", schema.ACTIONS.empty())
        step.write("posts", schema.POSTS.empty())
        rejected = [(names[0] if total else "made.csv", i, "the time is not a time") for i in range(1, 4)]
        step.write("rejected", _rows(schema.REJECTED, [*rejected, ("made.csv", 9, "no account")]))
        step.inputs = [
            {
                "name": "made.csv",
                "reader": "edges",
                "rows": {"edges": 99},
                "rejected": 4,
                "sha256": "0" * 64,
                "bytes": 1234,
            }
        ]
        step.summary |= {
            "rows": 99,
            "rejected": 4,
            "accounts": total,
            "posts": 0,
            "actions": {"retweet": 99},
            "first": START,
            "last": START + 86400,
        }
    starts = list(itertools.accumulate([0, *groups]))
    _project(study, starts, layers, bridges)
    _detect(study, groups, starts)
    if findings:
        _score(study, groups, starts, names)
    return study


def made_as(layer: str) -> str:
    """The layer with the parameters it was made with; direct layers have no window."""
    direct = layer in ("retweet", "quote", "reply", "mention", "follow")
    return f"{layer}:min_shared=2" if direct else f"{layer}:window=60,min_shared=2"


def _rows(table: schema.Table, rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [[] for _ in table.columns]
    return pa.table([list(c) for c in columns], schema=table.arrow)


def _accounts(step: Step, names: Sequence[str]) -> None:
    # ids beyond 2^53: as numbers they would be rounded
    rows = [
        (
            i,
            name if name in HOSTILE[15:18] else str(1 << 60 | i),
            name,
            START - i * 86400,
            10 * i,
            i,
            100,
            False,
            i % 3 == 0,
            name,
            "active",
        )
        for i, name in enumerate(names)
    ]
    texts = {"id": 1, "name": 2, "description": 9}
    clean = [
        [(v.encode("utf-8", "replace").decode() if k in texts.values() else v) for k, v in enumerate(r)] for r in rows
    ]
    step.write("accounts", _rows(schema.ACCOUNTS, clean))


def _project(study: Study, starts: Sequence[int], layers: Sequence[str], bridges: int) -> None:
    with study.step("project", {"layers": [made_as(name) for name in layers]}) as step:
        for k, layer in enumerate(layers):
            inside = [
                (layer, a, b, 2 + (a + b) % 7, (a * b) % 60, float(2 + (a + b) % 7), None, None, None)
                for low, high in itertools.pairwise(starts)
                for a, b in itertools.combinations(range(low, high), 2)
                if (b - a) % 3 != k
            ]
            across = [
                (layer, low, high + i, 2, None, 2.0, None, None, None)
                for (low, high), (_, end) in itertools.pairwise(itertools.pairwise(starts))
                for i in range(min(bridges, end - high))
                if k == 0
            ]
            step.write("pairs", _rows(schema.PAIRS, inside + across), part=layer)


def _detect(study: Study, groups: Sequence[int], starts: Sequence[int]) -> None:
    with study.step("detect", {"detector": "leiden:resolution=0.1,seed=1"}) as step:
        members = [
            (a, g + 1, 1.0 + a - low, None)
            for g, (low, high) in enumerate(itertools.pairwise(starts))
            for a in range(low, high)
        ]
        step.write("members", _rows(schema.MEMBERS, members))
        cards = [
            (g + 1, n, n * (n - 1) // 2, 0.8, None, None, 0.1, 0.7, 2.5, max(1, n - 2), 0.9)
            for g, n in enumerate(groups)
        ]
        step.write("communities", _rows(schema.COMMUNITIES, cards))


def _score(study: Study, groups: Sequence[int], starts: Sequence[int], names: Sequence[str]) -> None:
    with study.step("score", {"controls": 199}) as step:
        found = []
        for g in range(len(groups)):
            low = starts[g]
            targets = [{"target": names[low], "share_inside": 0.9, "share_outside": 0.01, "lift": 90.0, "low": 45.1}]
            texts = [
                {
                    "text": names[low + i % groups[g]] + " says https://evil.example/p",
                    "first": f"@{names[low]}",
                    "accounts": 5,
                    "time": START + i,
                }
                for i in range(3)
            ]
            found += [
                (
                    "community",
                    g + 1,
                    "shared_targets",
                    0.62,
                    "share",
                    0.995,
                    f"9 of 10 members retweet {names[low]}",
                    _json(targets),
                ),
                (
                    "community",
                    g + 1,
                    "near_identical",
                    0.41,
                    "share",
                    0.9,
                    "41 % of posts repeat another member's",
                    _json(texts),
                ),
                ("community", g + 1, "creation", None, "days", None, "only 2 members have a creation date", "[]"),
            ]
            found += [
                (
                    "account",
                    a,
                    "near_identical",
                    0.5,
                    "share",
                    None,
                    f"half of the posts of {names[a]} repeat another's",
                    _json(texts),
                )
                for a in range(low, starts[g + 1])
            ]
        step.write("findings", _rows(schema.FINDINGS, found))


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows)
