"""Lists of known accounts: joined exactly, overlaps against chance, lists that differ told from thirds of one."""

from __future__ import annotations

import base64
import csv
import hashlib
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from posted import DAY, START, Posted
from small_study import small_study, table

import graphnet as gn
from graphnet.audits import Answer, Audited
from graphnet.audits._overlay_features import Feature
from graphnet.audits._overlay_join import Book
from graphnet.audits._overlay_sets import distance
from graphnet.audits._overlay_survival import state
from graphnet.crowds import incidence
from graphnet.errors import GraphnetError, InputError
from graphnet.lists import NamedList
from graphnet.study import Study

LONG = "1012345678901234567"


def one(found: Audited, code: str, subject: str) -> Answer:
    return next(a for a in found.answers if (a.code, a.subject) == (code, subject))


def write(folder: Path, name: str, rows: list[str]) -> str:
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


# Joining -------------------------------------------------------------------------------------------------------------


def listed(*entries: str, handles: tuple[str | None, ...] = ()) -> NamedList:
    return NamedList("x", "accounts", entries, handles=handles or (None,) * len(entries))


def test_ids_come_before_handles() -> None:
    book = Book([LONG, "7", "8"], ["seven", "Ann", LONG])
    found = book.join(listed(LONG, "ann", "9"))
    assert found.account.tolist() == [0, 1]
    assert found.how == ("id", "handle")
    assert found.missing == ("9",)


def test_handles_are_exact_but_for_their_case() -> None:
    book = Book(["1", "2"], ["Ann_Lee", "annlee"])
    assert book.join(listed("ANN_LEE")).account.tolist() == [0]
    assert book.join(listed("ann lee", "ann_le", "annlee_")).account.tolist() == []


def test_a_handle_of_two_accounts_joins_neither() -> None:
    book = Book(["1", "2"], ["old", "new"], former=[(0, "Shared"), (1, "shared")])
    found = book.join(listed("shared", "old"))
    assert found.account.tolist() == [0]
    assert found.ambiguous == ("shared",)


def test_a_handle_taken_over_by_another_id_is_not_the_listed_account() -> None:
    book = Book(["12", "name:ann"], ["bob", "ann"])
    found = book.join(listed("99", "98", handles=("bob", "ann")))
    assert found.account.tolist() == [1]
    assert found.ambiguous == ("99",)
    assert found.how == ("handle",)


@pytest.mark.parametrize(
    "hashed",
    [
        hashlib.sha256(LONG.encode()).hexdigest(),
        hashlib.sha256(LONG.encode()).hexdigest().upper(),
        base64.b64encode(hashlib.sha256(LONG.encode()).digest()).decode(),
        base64.urlsafe_b64encode(hashlib.sha256(LONG.encode()).digest()).decode().rstrip("="),
        hashlib.md5(LONG.encode(), usedforsecurity=False).hexdigest(),
        hashlib.sha1(LONG.encode(), usedforsecurity=False).hexdigest(),
    ],
)
def test_hashed_ids_are_joined(hashed: str) -> None:
    book = Book(["5", LONG], [None, None])
    found = book.join(listed(hashed))
    assert (found.account.tolist(), found.how) == ([1], ("hash",))
    # a study of an archive has the same hashes as ids
    assert Book([hashed], [None]).join(listed(hashed)).how == ("id",)


# Overlap -------------------------------------------------------------------------------------------------------------


def grouped(folder: Path) -> Study:
    """300 accounts, two communities; 60 busy accounts, half of them in C1."""
    rng = np.random.default_rng(2)
    actions = [
        {"account": a, "kind": "mention", "target": (a + 1) % 300, "time": START + k * 3600, "weight": 1.0}
        for a in range(300)
        for k in range(40 if a < 60 else int(rng.integers(2, 6)))
    ]
    pairs = [{"layer": "co_retweet", "source": a, "target": 100 + a, "shared": 3, "weight": 3.0} for a in range(30)]
    return small_study(folder, 300, groups={1: range(30), 2: range(200, 230)}, actions=actions, pairs=pairs)


def test_overlap_is_counted_against_accounts_as_active(tmp_path: Path) -> None:
    study = grouped(tmp_path / "study")
    # twenty busy accounts, as many as would be expected in C1, which has half of the busy ones; five of C2
    busy = write(tmp_path, "busy.txt", [f"id{a}" for a in [*range(20, 40), *range(200, 205)]])
    inside = write(tmp_path, "inside.txt", [f"id{a}" for a in range(200, 215)])
    found = gn.audit(study, gn.audits.Overlay((busy, inside)))
    chance = one(found, "overlap", "busy · C1")
    assert (chance.value, chance.reference) == (10.0, pytest.approx(10.0))
    assert chance.p is not None
    assert chance.p > 0.3
    beyond = one(found, "overlap", "inside · C2")
    assert beyond.value == 15
    assert beyond.q is not None
    assert beyond.q < 1e-8
    assert {row["account"] for row in beyond.evidence} == {f"id{a}" for a in range(200, 215)}
    both = one(found, "overlap_of_lists", "busy · inside")
    assert both.value == 5
    rows = {(row["list"], row["with"]): row for row in found.tables["overlap"]}
    assert rows["inside", "C1"]["observed"] == 0
    assert found.summary["communities_with_overlap_beyond_chance"] >= 1


def test_neighbours_are_no_members(tmp_path: Path) -> None:
    study = grouped(tmp_path / "study")
    near = write(tmp_path, "near.txt", [f"id{a}" for a in range(100, 130)])
    found = gn.audit(study, gn.audits.Overlay((near,)))
    beside = one(found, "overlap_of_neighbours", "near · neighbours of C1")
    assert beside.value == 30
    assert beside.q is not None
    assert beside.q < 1e-10


def test_random_lists_overlap_no_more_than_chance(tmp_path: Path) -> None:
    """The tests hold their level: of random lists at most one in twenty has a p under .05."""
    study, rng = grouped(tmp_path / "study"), np.random.default_rng(6)
    files = tuple(
        write(tmp_path, f"r{k}.txt", [f"id{a}" for a in rng.choice(300, 40, replace=False)]) for k in range(30)
    )
    found = gn.audit(study, gn.audits.Overlay(files, rounds=1))
    p = np.array([row["p"] for row in found.tables["overlap"]])
    assert len(p) > 400
    assert (p <= 0.05).mean() <= 0.05
    assert found.summary["communities_with_overlap_beyond_chance"] == 0


def test_coverage_says_how_accounts_were_found(tmp_path: Path) -> None:
    study = grouped(tmp_path / "study")
    file = write(tmp_path, "mix.csv", ["userid,user_screen_name", "id1,", "gone,NAME2", "gone2,nobody", "1.2e+18,x"])
    found = gn.audit(study, gn.audits.Overlay((file,)))
    covered = one(found, "in_the_study", "mix")
    assert covered.value == 2
    assert "1 by id, 1 by handle (weaker)" in covered.reason
    assert [row["found_by"] for row in found.tables["accounts"]] == ["id", "handle"]
    assert found.tables["not_found"] == [{"list": "mix", "entry": "gone2", "why": "not in the study"}]
    (rejected,) = found.tables["rejected"]
    assert (rejected["line"], rejected["file"]) == (5, file)
    assert "spreadsheet" in rejected["reason"]
    assert any("1 row left out" in note for note in found.notes)


# Side by side --------------------------------------------------------------------------------------------------------


def habits(folder: Path, differ: bool) -> Study:
    """Three sets of 40 accounts, which post in one language each, or all in the same ones; equally busy."""
    made, rng = Posted(), np.random.default_rng(9)
    langs: list[str] = []
    for account in range(150):
        kind = account // 40 if differ and account < 120 else int(rng.integers(3))
        for k in range(int(rng.integers(10, 20))):
            tags = [f"t{kind * 5 + int(rng.integers(5))}"]
            made.post(account, START + k * DAY + int(rng.integers(DAY)), f"w {account} {k}", tags=tags, client="Web")
            langs.append(("en", "fa", "he")[kind])
    people = [{"account": a, "created": START - int(rng.integers(10**8))} for a in range(150)]
    study = made.study(folder, people, {})
    with study.step("read", {}, keep=True) as step:
        rows = [p | {"lang": lang} for p, lang in zip(made.posts, langs, strict=True)]
        step.write("posts", table("posts", rows))
    return study


def thirds(folder: Path) -> tuple[str, str, str]:
    a, b, c = (write(folder, f"set{k}.txt", [f"id{i}" for i in range(40 * k, 40 * k + 40)]) for k in range(3))
    return a, b, c


def test_three_sets_that_behave_differently_come_out_as_different(tmp_path: Path) -> None:
    found = gn.audit(habits(tmp_path / "study", differ=True), gn.audits.Overlay(thirds(tmp_path)))
    assert found.summary["behave_differently"] == ["set0 · set1", "set0 · set2", "set1 · set2"]
    for pair in found.summary["behave_differently"]:
        assert one(found, "apart_in_languages", pair).value == 1
        assert (one(found, "apart_in_languages", pair).q or 1) <= 0.05
        assert (one(found, "apart_in_hashtags", pair).q or 1) <= 0.05
        # in what they do alike they do not
        for same in ("clients", "pace", "posts", "created"):
            assert (one(found, f"apart_in_{same}", pair).q or 1) > 0.05, same
    row = one(found, "apart_in_languages", "set0 · set1").evidence[0]
    assert {row["share in set0"], row["share in set1"]} == {0.0, 1.0}


def test_three_thirds_of_one_set_do_not(tmp_path: Path) -> None:
    found = gn.audit(habits(tmp_path / "study", differ=False), gn.audits.Overlay(thirds(tmp_path)))
    assert found.summary["behave_differently"] == []
    assert len(found.summary["not_shown_to_differ"]) == 3


def test_a_single_list_is_compared_with_others_as_active(tmp_path: Path) -> None:
    study = habits(tmp_path / "study", differ=True)
    found = gn.audit(study, gn.audits.Overlay(thirds(tmp_path)[:1]))
    (pair,) = found.summary["behave_differently"]
    assert pair == "set0 · other accounts as active"
    assert [row["list"] for row in found.tables["sets"]] == ["set0", "other accounts as active"]


def test_distances_are_those_of_the_textbook() -> None:
    """Kolmogorov-Smirnov and Jensen-Shannon against scipy."""
    from scipy.spatial.distance import jensenshannon  # noqa: PLC0415
    from scipy.stats import ks_2samp  # noqa: PLC0415

    rng = np.random.default_rng(1)
    values = np.concatenate([rng.integers(0, 6, 30), rng.integers(2, 9, 45)]).astype(float)
    one_, two, strata = np.arange(30), np.arange(30, 75), np.zeros(75, dtype=np.int64)
    figure = Feature("f", "", value=values)
    found, expected, p = distance(figure, one_, two, strata, 499, 3)
    exact = ks_2samp(values[:30], values[30:])
    assert found == pytest.approx(exact.statistic)
    assert 0 < expected < found
    assert p == pytest.approx(exact.pvalue, abs=0.05)
    counts = rng.integers(0, 5, (75, 4)) + 1.0
    shares = counts / counts.sum(axis=1, keepdims=True)
    where = np.indices(shares.shape)
    profile = incidence(where[0].ravel(), where[1].ravel(), shares.shape, shares.ravel())
    found, _, p = distance(Feature("f", "", profile=profile), one_, two, strata, 99, 3)
    assert found == pytest.approx(jensenshannon(shares[:30].mean(axis=0), shares[30:].mean(axis=0), base=2))
    assert 0.05 < p <= 1


def test_accounts_are_exchanged_within_strata_only() -> None:
    """A difference that is one of activity alone is none."""
    rng = np.random.default_rng(4)
    busy = np.concatenate([rng.random(40) < 0.8, rng.random(40) < 0.2])
    values = busy * 5 + rng.random(80)
    feature, strata = Feature("f", "", value=values), busy.astype(np.int64)
    one_, two = np.arange(40), np.arange(40, 80)
    assert distance(feature, one_, two, np.zeros(80, dtype=np.int64), 199, 1)[2] < 0.02
    assert distance(feature, one_, two, strata, 199, 1)[2] > 0.05


def test_few_accounts_are_not_compared(tmp_path: Path) -> None:
    study = habits(tmp_path / "study", differ=True)
    few = write(tmp_path, "few.txt", ["id1", "id2", "id3"])
    found = gn.audit(study, gn.audits.Overlay((few, thirds(tmp_path)[1])))
    answer = one(found, "apart_in_languages", "few · set1")
    assert answer.value is None
    assert answer.reason.startswith("insufficient data")
    assert any("are needed for a test of overlap" in note for note in found.notes)


def test_the_same_lists_give_the_same_answers(tmp_path: Path) -> None:
    study = habits(tmp_path / "study", differ=True)
    first, again = (gn.audit(study, gn.audits.Overlay(thirds(tmp_path), rounds=49)) for _ in range(2))
    assert first.answers == again.answers


# Two snapshots, handles ----------------------------------------------------------------------------------------------


def snapshots(folder: Path) -> tuple[Study, str]:
    """100 accounts; of the first 20, ten are suspended later, four renamed, one is gone; of the others, two."""
    before = [{"account": a, "status": "active"} for a in range(100)]
    after: list[dict[str, Any]] = []
    for a in range(100):
        if a == 19:
            continue
        status = "Suspended" if a < 10 or a in (50, 51) else "active"
        name = f"other{a}" if 10 <= a < 14 else f"name{a}"
        after.append({"account": len(after), "id": f"id{a}", "name": name, "status": status})
    return small_study(folder / "before", before), str(small_study(folder / "after", after).path)


def test_survival_between_two_snapshots(tmp_path: Path) -> None:
    study, later = snapshots(tmp_path)
    file = write(tmp_path, "known.txt", [f"id{a}" for a in range(20)])
    found = gn.audit(study, gn.audits.Overlay((file,), later=later))
    suspended = one(found, "suspended", "known")
    assert (suspended.value, suspended.reference) == (0.5, 2 / 80)
    assert suspended.low == pytest.approx(0.299, abs=0.001)
    assert suspended.high == pytest.approx(0.701, abs=0.001)
    assert suspended.p is not None
    assert suspended.p < 1e-5
    assert one(found, "renamed", "known").value == 4 / 20
    assert one(found, "renamed", "known").reference == 0
    assert one(found, "not_in_the_later_one", "known").value == 1 / 20
    assert one(found, "active", "known").value == 9 / 20
    assert {row["account"] for row in suspended.evidence} == {f"id{a}" for a in range(10)}
    states = [r for r in found.tables["survival"] if r["became"] != "renamed"]
    assert sum(r["accounts"] for r in states) == 20


def test_snapshots_without_common_ids_say_so(tmp_path: Path) -> None:
    study, _ = snapshots(tmp_path)
    other = small_study(tmp_path / "other", [{"account": 0, "id": "x"}])
    file = write(tmp_path, "known.txt", [f"id{a}" for a in range(20)])
    found = gn.audit(study, gn.audits.Overlay((file,), later=str(other.path)))
    assert one(found, "survival", "known").reason == "not applicable: no id is in both snapshots"
    with pytest.raises(GraphnetError, match="there is no study in"):
        gn.audit(study, gn.audits.Overlay((file,), later=str(tmp_path / "nowhere")))
    with pytest.raises(InputError, match="is the study itself"):
        gn.audit(study, gn.audits.Overlay((file,), later=str(study.path)))


def test_words_for_status() -> None:
    assert [state(s) for s in ("ACTIVE", "banned", "not_found", " ", None, "limited")] == [
        "active", "suspended", "deleted", "no status", "no status", "limited",
    ]  # fmt: skip


def test_handles_used_one_after_the_other(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", 30)
    with study.step("read", {}, keep=True) as step:
        rows = [
            {"account": 0, "name": "Relay", "first": 100, "last": 200},
            {"account": 1, "name": "relay", "first": 300, "last": 400},
            {"account": 0, "name": "renamed", "first": 250, "last": 400},
            {"account": 2, "name": "own", "first": 100, "last": 400},
        ]
        step.write("handles", table("handles", rows))
    file = write(tmp_path, "known.txt", ["id0", "id2"])
    found = gn.audit(study, gn.audits.Overlay((file,)))
    shared = one(found, "shared_handle", "known")
    assert shared.value == 1
    assert [(r["account"], r["handle"], r["listed"]) for r in shared.evidence] == [
        ("id0", "Relay", True),
        ("id1", "relay", False),
    ]
    assert one(found, "renamed_within", "known").value == 1


# What cannot be asked ------------------------------------------------------------------------------------------------


def test_without_a_list_or_a_study_nothing_is_asked(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", 5)
    with pytest.raises(InputError, match="--list takedown"):
        gn.audit(study, gn.audits.Overlay())
    file = write(tmp_path, "known.txt", ["id0"])
    with pytest.raises(InputError, match="graphnet read"):
        gn.audit(None, gn.audits.Overlay((file,)))
    with pytest.raises(InputError, match="cannot read the list"):
        gn.audit(study, gn.audits.Overlay((str(tmp_path / "none.csv"),)))


def test_a_list_of_strangers_is_answered(tmp_path: Path) -> None:
    study = small_study(tmp_path / "study", 5)
    file, again = write(tmp_path, "known.txt", ["a", "b"]), write(tmp_path, "other.txt", ["c"])
    found = gn.audit(study, gn.audits.Overlay((file, again)), tmp_path / "x.html")
    assert one(found, "in_the_study", "known").value == 0
    assert one(found, "share_of_actions", "known").value is None
    with (tmp_path / "x.not_found.csv").open(encoding="utf-8-sig") as table_:
        assert [row["entry"] for row in csv.DictReader(table_)] == ["a", "b", "c"]


def test_lists_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    files = (write(tmp_path / "a", "x.txt", ["id0"]), write(tmp_path / "b", "x.txt", ["id1"]))
    found = gn.audit(small_study(tmp_path / "study", 5), gn.audits.Overlay(files))
    assert {a.subject for a in found.answers if a.code == "in_the_study"} == {"x (1)", "x (2)"}


# Real data -----------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_categories_of_troll_accounts_behave_differently(real_data: Path, tmp_path: Path) -> None:
    """Three categories of the researchers come out as different, three random thirds of one as not."""
    rows = pq.read_table(real_data / "ira_troll_tweets" / "tweets.parquet").to_pandas()
    rows = rows[rows.account_category.isin(("LeftTroll", "NonEnglish", "RightTroll"))].groupby("author").head(100)
    rows.to_parquet(tmp_path / "tweets.parquet")
    study = gn.read(str(tmp_path / "tweets.parquet"), into=tmp_path / "study")
    people = rows.drop_duplicates("author").rename(columns={"account_category": "kind"})
    sets = [write(tmp_path, f"{k}.txt", g.author.tolist()) for k, g in people.groupby("kind")]
    found = gn.audit(study, gn.audits.Overlay(tuple(sets), rounds=199))
    assert len(found.summary["behave_differently"]) == 3
    largest = people[people.kind == people.kind.value_counts().index[0]].author.sample(frac=1, random_state=5).tolist()
    parts = [write(tmp_path, f"third{k}.txt", largest[k::3]) for k in range(3)]
    assert gn.audit(study, gn.audits.Overlay(tuple(parts), rounds=199)).summary["behave_differently"] == []


@pytest.mark.real
def test_an_archive_is_read_as_a_list_of_hashes(real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "io_rna_0621" / "raw"
    users = next(f for f in sorted(folder.rglob("*.csv")) if "user" in f.name)
    tweets = next(f for f in sorted(folder.rglob("*2019*.csv")) if "reformatted" not in f.name and "tweet" in f.name)
    study = gn.read(str(tweets), into=tmp_path / "study")
    found = gn.audit(study, gn.audits.Overlay((str(users),)))
    covered = next(a for a in found.answers if a.code == "in_the_study")
    assert covered.value is not None
    assert covered.value >= 20


def test_pairs_of_lists_are_all_compared(tmp_path: Path) -> None:
    study = habits(tmp_path / "study", differ=True)
    files = tuple(write(tmp_path, f"q{k}.txt", [f"id{i}" for i in range(k * 20, k * 20 + 20)]) for k in range(4))
    found = gn.audit(study, gn.audits.Overlay(files, rounds=19))
    pairs = {a.subject for a in found.answers if a.code == "apart_in_pace"}
    assert pairs == {f"q{a} · q{b}" for a, b in combinations(range(4), 2)}
