"""``review``: what a person who looked at a community says of it."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pyarrow as pa

from graphnet.errors import InputError
from graphnet.schema import LEVELS, REVIEWS
from graphnet.study import Study

__all__ = ["digests", "review", "reviewed"]


def review(study: Study, community: int, *, by: str, note: str) -> dict[str, Any]:
    """Write down that a person looked at a community, and what they think of it.

    A note is never changed or dropped; it holds for exactly the accounts that the community has now, whatever its
    number will be when communities are sought again. It lifts a community from L2 to L3.

    Args:
        study: A study with levels.
        community: Number of the community.
        by: Who looked at it.
        note: What they say: what was looked at, which benign explanations were weighed.

    Returns:
        The ``community``, its ``level`` before and after (``was``), and how many ``notes`` there are on it.

    Raises:
        MissingTable: The communities have no levels yet.
        InputError: There is no such community, or a name or note is missing.
    """
    study.require("members", "levels")
    known = digests(study)
    if community not in known:
        raise InputError(f"there is no community C{community} in {study.path}: it has {len(known)}, from C1 on")
    for what, text in (("by", by), ("note", note)):
        if not text.strip():
            raise InputError(f"{what} is empty: a review says who looked, and what they found")
    with study.step("review", {"community": community, "by": by.strip()}, keep=True) as step:
        levels = study.rows("select * from levels order by community").to_pylist()
        was = next(row["level"] for row in levels if row["community"] == community)
        digest, size = known[community]
        new = {
            "digest": digest,
            "community": community,
            "size": size,
            "level": was,
            "reviewer": by.strip(),
            "note": note.strip(),
            "time": int(time.time()),
        }
        notes = [*study.rows("select * from reviews").to_pylist(), new]
        step.write("reviews", pa.Table.from_pylist(notes, schema=REVIEWS.arrow))
        for row in levels:
            if row["community"] == community and was == "L2":
                row["level"], row["reason"] = "L3", f"{row['reason']}; reviewed by {by.strip()}"
        step.write("levels", pa.Table.from_pylist(levels, schema=LEVELS.arrow))
        now = next(row["level"] for row in levels if row["community"] == community)
        step.summary |= {
            "community": community,
            "level": now,
            "was": was,
            "notes": sum(row["digest"] == digest for row in notes),
        }
    return dict(step.summary)


def reviewed(study: Study) -> dict[int, str]:
    """The communities of exactly whose accounts there is a note, with the name of the last reviewer."""
    if not study.has("reviews"):
        return {}
    names = {r["digest"]: r["reviewer"] for r in study.rows("select * from reviews order by time").to_pylist()}
    return {c: names[digest] for c, (digest, _) in digests(study).items() if digest in names}


def digests(study: Study) -> dict[int, tuple[str, int]]:
    """Of each community: SHA-256 of its members' ids, and its size."""
    rows = study.rows(
        "select m.community, coalesce(a.id, a.name) as id from members m join accounts a on a.account = m.account"
    ).to_pylist()
    ids: dict[int, list[str]] = {}
    for row in rows:
        ids.setdefault(row["community"], []).append(row["id"])
    return {
        c: (hashlib.sha256("\n".join(sorted(some)).encode()).hexdigest(), len(some)) for c, some in sorted(ids.items())
    }
