"""Who else is close to known accounts, over all layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphnet.audits import Answer, Audit, Audited
from graphnet.audits._candidates import CANDIDATE, answers, listed, profiles, shared
from graphnet.audits._closeness import Network, closeness, fused, networks
from graphnet.audits._held_out import FEWEST, HeldOut, at_most, better, check, gain, mean_interval
from graphnet.crowds import Ints, Numbers
from graphnet.errors import InputError
from graphnet.lists import NamedList, read_list
from graphnet.plots import Bars, Lines, Plot, Series
from graphnet.safe import show
from graphnet.study import Study
from graphnet.words import count, percent

__all__ = ["Expand"]

DEPTHS = (10, 50, 100)
BENIGN = (
    "Friends, colleagues and fans of the given accounts are close to them as fellow members are.",
    "Those whom the given accounts talk about or attack are tied to them too: authors, targets, journalists.",
    "The ranking orders all accounts; its first place is taken even where nobody else belongs.",
)


@dataclass(frozen=True)
class Expand(Audit):
    """Given known accounts, who else is close to them: a ranking, a held-out check of it, and the reasons.

    Each layer's pairs are a network, and so are its ties beyond chance where the study was validated. In each, an
    account's closeness is the share of a walk from it, with restart, that is spent among the given accounts; networks
    are put together by ranks (`graphnet.audits._closeness`). The ranking is checked by holding back given accounts,
    against ranking accounts by their ties alone.

    Args:
        seeds: File of known accounts (`graphnet.lists.read_list`), ids or handles.
        layers: Layers to use, joined by ``+``; empty: all.
        top: How many candidates to list.
        seed: Of the folds that are held back.

    Raises:
        InputError: ``top`` is below 1.

    Example:
        >>> import graphnet as gn
        >>> found = gn.audit(study, Expand("known.csv"), "expand.html")  # doctest: +SKIP
        >>> found.summary["held_out_auc"]  # doctest: +SKIP
        0.97
    """

    name: ClassVar[str] = "expand"
    title: ClassVar[str] = "Accounts close to known ones"
    seeds: str = ""
    layers: str = ""
    top: int = 100
    seed: int = 7

    def __post_init__(self) -> None:
        if self.top < 1:
            raise InputError(f"expand: top is {self.top}, it has to be 1 or more")

    def missing(self, study: Study | None) -> str | None:
        """See `Audit.missing`."""
        if not self.seeds:
            return "name the known accounts: --seeds known.csv"
        if study is None:
            return "it takes a study, whose layers are walked"
        if not study.has("pairs"):
            return f"the study has no pairs yet. Run: graphnet project {study.path}"
        known = set(study.parts("pairs"))
        wrong = sorted(set(self._layers()) - known)
        return f"there are no pairs of {', '.join(wrong)} (there are: {', '.join(sorted(known))})" if wrong else None

    def _layers(self) -> list[str]:
        return [name for name in self.layers.split("+") if name]

    def look(self, study: Study | None) -> Audited:
        """See `Audit.look`."""
        assert study is not None
        known = read_list(self.seeds, kind="accounts")
        seeds, unknown = _found(study, known)
        found = networks(study, self._layers())
        width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
        reached = _reached(found, seeds)
        if not reached:
            hashes = "; its entries look like hashes, the study's ids do not" * (known.kind == "hashed accounts")
            raise InputError(
                f"none of the {count(len(known.entries), 'known account')} of {self.seeds} has a tie in this study "
                f"({len(seeds):,} of them are in it{hashes})"
            )
        start = np.zeros((width, 1))
        start[seeds] = 1.0
        close = [closeness(n, start)[:, 0] for n in found]
        score, order = _ranked(found, close, seeds, width)
        held = check(found, seeds, width, self.seed) if len(seeds) >= FEWEST else None
        told = listed(study, order[: self.top], seeds, score, found, close, self._layers())
        return Audited(
            self.name,
            self.title,
            _summary(known, seeds, reached, found, order, held, self.seed),
            [*_checked(held, len(seeds), self.seed), *answers(told, len(order))],
            _plots(held, found),
            {"candidates": [t.row for t in told], "shared": shared(told), **_held_rows(study, held, found)},
            BENIGN,
            _notes(known, unknown, seeds, reached, held, self.seed),
        )


def _found(study: Study, known: NamedList) -> tuple[Ints, list[str]]:
    """Our numbers of the known accounts, and the entries that are nobody's, or several accounts' handle."""
    beside = known.handles or (None,) * len(known.entries)
    names = {text.lower() for text in (*known.entries, *beside) if text}
    rows = study.rows(
        "select account, id, lower(name) as name from accounts "
        f"where id in ({_quoted(known.entries)}) or lower(name) in ({_quoted(names)}) order by account"
    ).to_pylist()
    ids = {r["id"]: r["account"] for r in rows}
    handles: dict[str, list[int]] = {}
    for row in rows:
        handles.setdefault(row["name"] or "", []).append(row["account"])
    seeds, unknown = set(), []
    for entry, handle in zip(known.entries, beside, strict=True):
        named = [handles.get(text.lower(), []) for text in (entry, handle) if text]
        one = ids.get(entry, next((n[0] for n in named if len(n) == 1), None))
        if one is None:
            unknown.append(entry)
        else:
            seeds.add(one)
    return np.array(sorted(seeds), dtype=np.int64), unknown


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in sorted(texts))


def _reached(found: Sequence[Network], seeds: Ints) -> int:
    """How many known accounts have a tie in any network."""
    return int(np.any([n.degree[seeds] > 0 for n in found], axis=0).sum()) if found and len(seeds) else 0


def _ranked(found: Sequence[Network], close: Sequence[Numbers], seeds: Ints, width: int) -> tuple[Numbers, Ints]:
    """Score of every account, and the candidates the walk reaches, the closest first."""
    tied = np.any([n.degree > 0 for n in found], axis=0)
    tied[seeds] = False
    candidates = np.flatnonzero(tied)
    score = fused(close, candidates, width)
    order = candidates[np.argsort(-score[candidates], kind="stable")]
    return score, order[score[order] > 0]


# The check -----------------------------------------------------------------------------------------------------------


def _checked(held: HeldOut | None, seeds: int, seed: int) -> list[Answer]:
    if held is None or not held.others:
        fewer = f"{count(seeds, 'known account')} in the study, at least {FEWEST} are needed to hold some back"
        why = f"insufficient data: {fewer if held is None else 'there are no other accounts'}"
        return [Answer("held_out_auc", "ranking", None, "AUC", why)]
    auc, low, high = mean_interval(held.above)
    degree = float(held.by_degree.mean())
    more, least, most = gain(held, seed)
    told = (
        f"a known account that was held back stands above {percent(auc)} of the {held.others:,} accounts not given; "
        f"by its ties alone it would stand above {percent(degree)} ({more:+.3f}, 95 % interval {least:+.3f} to "
        f"{most:+.3f})"
    )
    if least <= 0:
        told += "; the ranking is no better than ranking accounts by their ties: do not rely on it"
    elif not better(held, seed):
        told += "; they stand no higher than any other accounts would: do not rely on it"
    words = "accounts ranked by their ties alone"
    found = [Answer("held_out_auc", "ranking", auc, "AUC", told, low, high, degree, words)]
    for k in DEPTHS:
        share, low, high = at_most(held.place, k)
        by_ties = at_most(held.degree_place, k)[0]
        reason = f"{round(share * len(held.seeds))} of {len(held.seeds)} held-back accounts are among the first {k}"
        found.append(Answer(f"held_out_recall_at_{k}", "ranking", share, "share", reason, low, high, by_ties, words))
    return found


def _held_rows(study: Study, held: HeldOut | None, found: Sequence[Network]) -> dict[str, list[Mapping[str, Any]]]:
    """Each held-back account, and what each network finds by itself."""
    if held is None or not held.others:
        return {}
    known = profiles(study, held.seeds)
    rows: list[Mapping[str, Any]] = [
        {
            "account": known[account]["id"],
            "name": known[account]["name"],
            "place": float(held.place[i]),
            "of": held.others + 1,
            "above": round(float(held.above[i]), 4),
            "above_by_ties_alone": round(float(held.by_degree[i]), 4),
        }
        for i, account in enumerate(held.seeds.tolist())
    ]
    layers: list[Mapping[str, Any]] = []
    for network, above in zip(found, held.of_networks, strict=True):
        auc, low, high = mean_interval(above)
        accounts = int((network.degree > 0).sum())
        figures = {"held_out_auc": round(auc, 4), "low": round(low, 4), "high": round(high, 4)}
        layers.append({"network": network.name, "accounts": accounts, "ties": network.ties.nnz // 2, **figures})
    return {"held_out": rows, "networks": layers}


def _summary(
    known: NamedList,
    seeds: Ints,
    reached: int,
    found: Sequence[Network],
    order: Ints,
    held: HeldOut | None,
    seed: int,
) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "known_accounts": len(known.entries),
        "in_the_study": len(seeds),
        "with_ties": reached,
        "networks": len(found),
        "candidates": len(order),
    }
    if held is not None and held.others:
        summary |= {
            "held_out_auc": round(float(held.above.mean()), 4),
            "auc_of_ties_alone": round(float(held.by_degree.mean()), 4),
            "better_than_ties_alone": better(held, seed),
            **{f"held_out_recall_at_{k}": round(at_most(held.place, k)[0], 4) for k in DEPTHS},
        }
    return summary


def _plots(held: HeldOut | None, found: Sequence[Network]) -> list[Plot]:
    if held is None or not held.others:
        return []
    depths = tuple(float(k) for k in np.unique(np.geomspace(1, held.others, 60).astype(np.int64)))
    drawn = [("this ranking", held.place), ("by ties alone", held.degree_place)]
    series = tuple(Series(name, depths, tuple(at_most(p, int(k))[0] for k in depths)) for name, p in drawn)
    note = f"{percent(at_most(held.place, 100)[0])} of the held-back accounts are among the first 100."
    curve = Lines(
        "Known accounts found again", "accounts looked at, from the first", "share found", note, series=series
    )
    aucs = tuple(float(above.mean()) for above in held.of_networks)
    best = max(zip(aucs, (n.name for n in found), strict=True))
    told = f"By itself {best[1]} finds held-back accounts best: {best[0]:.2f} (0.5 is chance)."
    names = tuple(n.name for n in found)
    return [curve, Bars("What each network finds by itself", "network", "AUC", told, heights=aucs, labels=names)]


def _notes(
    known: NamedList, unknown: Sequence[str], seeds: Ints, reached: int, held: HeldOut | None, seed: int
) -> list[str]:
    found = [f"every account listed is a {CANDIDATE}"]
    if held is not None and held.others and not better(held, seed):
        found.append("WARNING: the ranking is no better than chance or than ties alone: do not rely on it")
    if unknown:
        some = ", ".join(show(u, 30) for u in unknown[:5])
        found.append(f"{len(unknown):,} of the known accounts are not in the study (or not one account's): {some}")
    if reached < len(seeds):
        found.append(f"{len(seeds) - reached:,} known accounts have no tie in any layer")
    if known.rejected:
        _, line, why = known.rejected[0]
        found.append(f"{count(len(known.rejected), 'row')} of {known.name} left out; the first: line {line}, {why}")
    return found
