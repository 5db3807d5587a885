"""What `graphnet.explain` answers with, and how it reads in a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from graphnet.differences import brief, marked
from graphnet.safe import show
from graphnet.words import figure, span

__all__ = ["Explanation", "Row"]

Row = dict[str, Any]

SPANS = ("gap", "quickest", "spread", "after")
"""Figures that are seconds."""
COMPARED = 320
"""Characters shown of a text that is compared with another; what both share is left out first."""


@dataclass(frozen=True)
class Explanation:
    """What is behind a tie, an account, a community or a finding.

    Attributes:
        title: What it is about.
        sentences: What there is to say of it.
        rows: What shows it, one dict a row. ``posts``, where a row has them, is a list of dicts with ``id``,
            ``account``, ``name``, ``time`` (ISO 8601, UTC) and ``text``, and, where texts are compared, ``pieces`` (see
            `graphnet.differences`); other values are figures or text. Text is as it stands in the data: printing the
            explanation makes it safe for a terminal, the rows are raw.
    """

    title: str
    sentences: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain lists and dicts."""
        return asdict(self)

    def __str__(self) -> str:
        return self.text()

    def text(self, *, colour: bool = False) -> str:
        """The explanation as lines for a terminal; with ``colour``, what differs between texts has one too."""
        lines = [show(self.title, 200), *(f"- {show(s, 1000)}" for s in self.sentences)]
        before: Any = True
        for row in self.rows:
            posts = row.get("posts")
            lines += [""] * bool(posts or before) + [
                _line(row),
                *(f"    {_post_line(post, colour)}" for post in posts or ()),
            ]
            before = posts
        return "\n".join(lines)


def _line(row: Row) -> str:
    """The figures of a row, those that are unknown left out."""
    told: list[str] = []
    for name, value in row.items():
        # posts are printed below the row, and name what its lists would name again
        if value is None or (isinstance(value, list) and (row.get("posts") or not value)):
            continue
        told.append(f"{name.replace('_', ' ')}: {_shown(name)(value)}")
    return "  " + ", ".join(told)


def _shown(name: str) -> Callable[[Any], str]:
    if name in SPANS:
        return span
    return lambda value: {True: "yes", False: "no"}[value] if isinstance(value, bool) else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(show(item, 40) for item in value)
    return figure(value) if isinstance(value, float) else show(value, 120)


def _post_line(post: Row, colour: bool) -> str:
    who = show(f"@{post['name']}" if post["name"] else post["account"], 40)
    words = f"  {show(post['text'], 160)}" if post["text"] else ""
    if "pieces" in post:
        words = f"  {marked(brief(post['pieces'], COMPARED), colour=colour)}"
    which = f"  [{show(post['id'], 40)}]" if post["id"] is not None else ""
    return f"{post['time'] or 'no time':20}  {who}{words}{which}"
