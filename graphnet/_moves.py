"""Who came, left, was renamed or vanished between one time and the next."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graphnet._snapshots import Snapshot
from graphnet.alignment import Stage
from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import interval, two_shares
from graphnet.audits._overlay_survival import state
from graphnet.words import count

__all__ = ["became", "became_rows", "homes", "moves", "renamed_within"]

Row = dict[str, Any]
ABSENT = "not there"


def homes(stages: Sequence[Stage], snapshots: Sequence[Snapshot]) -> list[dict[str, int]]:
    """The identity of each member at each time."""
    found: list[dict[str, int]] = [{} for _ in snapshots]
    for stage in stages:
        if stage.community is not None:
            found[stage.time] |= dict.fromkeys((*stage.came, *stage.stayed), stage.identity)
    return found


def _names(snapshot: Snapshot, only: set[str]) -> dict[str, tuple[str | None, str | None]]:
    """Handle and status of some of those who were there."""
    rows = snapshot.there.filter(pc.is_in(snapshot.there["id"], pa.array(sorted(only), pa.string())))
    return {row["id"]: (row["name"], row["status"]) for row in rows.to_pylist()}


def moves(stages: Sequence[Stage], snapshots: Sequence[Snapshot]) -> Iterator[Row]:
    """One row for each account that came into an identity or left it, from the second time on."""
    home = homes(stages, snapshots)
    of_time: dict[int, list[Stage]] = defaultdict(list)
    for stage in stages:
        of_time[stage.time].append(stage)
    for time in range(1, len(snapshots)):
        mine = of_time[time]
        who = {a for stage in mine for a in (*stage.came, *stage.left)}
        before, now = (_names(snapshots[t], who) for t in (time - 1, time))
        for stage in mine:
            for what, some in (("came", stage.came), ("left", stage.left)):
                other = home[time - 1] if what == "came" else home[time]
                there = before if what == "came" else now
                for account in some:
                    name, status = now.get(account) or before.get(account) or (None, None)
                    yield {
                        "period": snapshots[time].name,
                        "identity": f"I{stage.identity}",
                        "account": account,
                        "name": name,
                        "move": what,
                        "from_or_to": _place(other.get(account), account in there),
                        "status": status,
                    }


def _place(identity: int | None, there: bool) -> str:
    return f"I{identity}" if identity else "in no community" if there else ABSENT


# Vanished and renamed ------------------------------------------------------------------------------------------------


def became_rows(snapshots: Sequence[Snapshot], *, cut: bool) -> Iterator[Row]:
    """Members of communities who at the next time are not there, have another handle, or another status.

    Args:
        snapshots: In order.
        cut: Whether they are periods of one study, which has one handle and status for all of them.
    """
    for before, after in itertools.pairwise(snapshots):
        community = {a: c for c, some in before.groups.items() for a in some}
        then, now = (_names(s, set(community)) for s in (before, after))
        for account, (name, status) in then.items():
            words = _became((name, status), now.get(account), cut=cut)
            if words:
                yield {
                    "period": after.name,
                    "account": account,
                    "became": ", ".join(words),
                    "handle_before": name,
                    "handle_after": now.get(account, (None, None))[0],
                    "status_before": status,
                    "status_after": now.get(account, (None, None))[1],
                    "community_before": f"C{community[account]}",
                }


def _became(then: tuple[str | None, str | None], now: tuple[str | None, str | None] | None, *, cut: bool) -> list[str]:
    if now is None:
        return [ABSENT]
    if cut:
        return []
    renamed = then[0] and now[0] and then[0].casefold() != now[0].casefold()
    other = state(now[1]) not in ("no status", state(then[1]))
    return ["renamed"] * bool(renamed) + [state(now[1])] * other


def became(snapshots: Sequence[Snapshot], rows: Sequence[Row], *, cut: bool) -> Iterator[Answer]:
    """How many members were not there, or renamed, at the next time, beside everybody else."""
    for before, after in itertools.pairwise(snapshots):
        mine = {a for some in before.groups.values() for a in some}
        ids, later = before.there["id"], after.there["id"]
        if not mine:
            continue
        subject = f"{before.name} to {after.name}"
        if not pc.any(pc.is_in(ids, later)).as_py():
            reason = "not applicable: no account's id is in both, so nobody can be followed"
            yield Answer("not_there", subject, None, "share", reason)
            continue
        member = pc.is_in(ids, pa.array(sorted(mine), pa.string()))
        gone = pc.invert(pc.is_in(ids, later))
        some = [r for r in rows if r["period"] == after.name]
        yield _share("not_there", subject, gone, member, _missing(cut), [r for r in some if r["became"] == ABSENT])
        if not cut:
            renamed = _renamed(before.there, after.there)
            named = [r for r in some if "renamed" in r["became"]]
            yield _share("renamed", subject, renamed, member, "have another handle in the later study", named)


def _missing(cut: bool) -> str:
    if cut:
        return "did nothing in the later period; most people are not there every day"
    return "are not in the later study, which is not to say that they are gone"


def _renamed(before: pa.Table, after: pa.Table) -> pa.ChunkedArray:
    """Which of the earlier accounts have another handle later."""
    place = pc.index_in(before["id"], after["id"].combine_chunks())
    now = after["name"].take(place)
    return pc.fill_null(pc.not_equal(pc.utf8_lower(before["name"]), pc.utf8_lower(now)), False)


def _share(
    code: str, subject: str, flags: pa.ChunkedArray, member: pa.ChunkedArray, said: str, rows: Sequence[Row]
) -> Answer:
    x, n = (int(pc.sum(v).as_py() or 0) for v in (pc.and_(flags, member), member))
    rest, others = int(pc.sum(flags).as_py() or 0) - x, len(member) - n
    low, high = interval(x, n)
    return Answer(
        code,
        subject,
        x / n,
        "share",
        f"{x:,} of {count(n, 'member')} of communities, {rest:,} of {others:,} other accounts {said}"
        + ("; p: Fisher's exact test" if others else ""),
        low,
        high,
        rest / others if others else None,
        "all other accounts" if others else "",
        p=two_shares(x, n, rest, others) if others else None,
        evidence=rows[:EVIDENCE],
    )


RENAMED_SQL = """
select a.id as account, h.name as handle, h.first, h.last from handles h join accounts a on a.account = h.account
where h.name is not null order by h.account, h.first nulls last, h.name"""


def renamed_within(study: Any, members: set[str]) -> list[Row]:
    """Members of communities that one study saw with more than one handle: each handle and when it was seen."""
    from graphnet.words import iso  # noqa: PLC0415

    if not study.has("handles"):
        return []
    held: dict[str, list[Row]] = defaultdict(list)
    for row in study.rows(RENAMED_SQL).to_pylist():
        if row["account"] in members:
            held[row["account"]].append({**row, "first": iso(row["first"]), "last": iso(row["last"])})
    return [row for rows in held.values() if len({r["handle"].casefold() for r in rows}) > 1 for row in rows]
