"""How well the communities that were found match the groups that were planted.

Example:
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> study = SimpleNamespace(
    ...     accounts=pd.DataFrame({"account": [0, 1, 2, 3], "id": ["10", "11", "12", "13"]}),
    ...     members=pd.DataFrame({"account": [0, 1, 3], "community": [1, 1, 1]}),
    ... )
    >>> truth = pd.DataFrame(
    ...     {"account": ["10", "11", "12", "13"], "group": ["a", "a", "a", ""], "role": ["bot", "bot", "bot", "fan"]}
    ... )
    >>> row = evaluate(study, truth)[0]
    >>> row.group, row.found, row.planted, round(row.precision, 2), round(row.recall, 2), row.others
    ('a', 2, 3, 0.67, 0.67, {'fan': 1})
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from graphnet.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Found", "Match", "evaluate"]

COLUMNS = ("account", "group", "role")


class Found(Protocol):
    """What is needed of a study: ``accounts`` (account, id) and ``members`` (account, community)."""

    @property
    def accounts(self) -> pd.DataFrame:
        """All accounts."""

    @property
    def members(self) -> pd.DataFrame:
        """Community of each account that has one."""


@dataclass(frozen=True)
class Match:
    """One planted group against what was found, or all of them together.

    Attributes:
        group: Name of the planted group; "" for all of them together.
        planted: Accounts that were planted.
        found: How many of them are in the communities.
        flagged: All accounts of the communities.
        communities: Numbers of the communities: for a group the ones that match it best, for all groups every one.
        roles: Found and planted members by role.
        others: Accounts in the communities that were not planted (in this group), by role or by group.
    """

    group: str
    planted: int
    found: int
    flagged: int
    communities: tuple[int, ...]
    roles: Mapping[str, tuple[int, int]]
    others: Mapping[str, int]

    @property
    def precision(self) -> float | None:
        """Share of the communities' accounts that were planted; None where there is no community."""
        return self.found / self.flagged if self.flagged else None

    @property
    def recall(self) -> float | None:
        """Share of the planted accounts that are in the communities; None where nothing was planted."""
        return self.found / self.planted if self.planted else None


def evaluate(
    study: Found, truth: str | Path | pd.DataFrame, *, communities: Collection[int] | None = None
) -> list[Match]:
    """Compare the communities of a study with the truth of a simulated world.

    A group is matched with the communities whose union has the highest F1 for it; a community may serve two groups.
    The last row takes all communities together, so nothing is chosen there. Planted accounts that never appear in the
    data count as missed.

    Args:
        study: A study with communities.
        truth: ``truth.csv`` of the world, or a DataFrame with its columns (account, group, role).
        communities: The ones to judge; None: all.

    Returns:
        A row for each planted group, by name, and one for all of them together.

    Raises:
        InputError: The truth cannot be read or lacks a column.
    """
    label, role = _labels(truth)
    ids = dict(zip(study.accounts["account"].tolist(), study.accounts["id"].tolist(), strict=True))
    accounts: dict[int, set[str]] = defaultdict(set)
    for account, community in zip(study.members["account"].tolist(), study.members["community"].tolist(), strict=True):
        if communities is None or community in communities:
            accounts[int(community)].add(ids[account])
    groups = sorted(set(label.values()) - {""})
    rows = [_match(group, {a for a in label if label[a] == group}, accounts, label, role) for group in groups]
    planted = {a for a in label if label[a]}
    return [*rows, _row("", planted, sorted(accounts), accounts, label, role)]


def _labels(truth: str | Path | pd.DataFrame) -> tuple[dict[str, str], dict[str, str]]:
    """Group and role of each account."""
    if isinstance(truth, str | Path):
        try:
            with Path(truth).open(encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file)
                columns, rows = list(reader.fieldnames or []), list(reader)
        except OSError as error:
            raise InputError(f"cannot read the truth from {truth}: {error.strerror or error}") from None
    else:
        columns, rows = list(truth.columns), [{str(k): v for k, v in row.items()} for row in truth.to_dict("records")]
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise InputError(f"the truth has no column {', '.join(missing)} (it has: {', '.join(map(str, columns))})")
    return {r["account"]: r["group"] for r in rows}, {r["account"]: r["role"] for r in rows}


def _match(
    group: str, planted: set[str], accounts: Mapping[int, set[str]], label: Mapping[str, str], role: Mapping[str, str]
) -> Match:
    """The group against the union of communities with the highest F1: a first few of those richest in members."""
    share = {c: len(a & planted) / len(a) for c, a in accounts.items()}
    ranked = sorted((c for c in accounts if share[c]), key=lambda c: (-share[c], -len(accounts[c]), c))
    best, best_f1, found, flagged = 0, 0.0, 0, 0
    for i, community in enumerate(ranked, start=1):
        found += len(accounts[community] & planted)
        flagged += len(accounts[community])
        f1 = 2 * found / (flagged + len(planted))
        if f1 > best_f1:
            best, best_f1 = i, f1
    return _row(group, planted, ranked[:best], accounts, label, role)


def _row(
    group: str,
    planted: set[str],
    communities: Sequence[int],
    accounts: Mapping[int, set[str]],
    label: Mapping[str, str],
    role: Mapping[str, str],
) -> Match:
    flagged = set().union(*(accounts[c] for c in communities))
    found = flagged & planted
    of_role, found_of_role = Counter(role[a] for a in planted), Counter(role[a] for a in found)
    others = Counter(label.get(a) or role.get(a, "not in the truth") for a in flagged - planted)
    return Match(
        group=group,
        planted=len(planted),
        found=len(found),
        flagged=len(flagged),
        communities=tuple(sorted(communities)),
        roles={r: (found_of_role[r], of_role[r]) for r in sorted(of_role)},
        others=dict(sorted(others.items(), key=lambda item: (-item[1], item[0]))),
    )
