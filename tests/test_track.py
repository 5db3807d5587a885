"""Communities over successive studies and over the days of one study."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from small_study import small_study

import graphnet as gn
from graphnet._periods import periods
from graphnet._snapshots import of_periods, of_studies
from graphnet.alignment import Rules
from graphnet.errors import InputError, MissingTable
from graphnet.study import Study
from tests.spread import Spread

DAY = 86_400
START = 19_675 * DAY
"""A Tuesday."""
LAYERS = ("co_retweet:window=60,min_shared=2", "near_text:min_shared=1")


def posts_of(day: int, seed: int) -> pd.DataFrame:
    """Two groups that retweet together, one that copies texts from the second day on, and bystanders."""
    dice = random.Random(1000 * seed + day)
    rows: list[dict[str, Any]] = []

    def add(account: int, time: int, **more: Any) -> None:
        rows.append(
            {"id": f"{day}-{len(rows)}", "account": f"a{account:02}", "name": f"u{account}", "time": time, **more}
        )

    for group, (low, high) in enumerate(((0, 8), (8, 14))):
        for k in range(5):
            at = START + day * DAY + dice.randrange(80_000)
            for account in range(low, high):
                if dice.random() < 0.8:
                    of = {"retweet_of": f"o{day}{group}{k}", "retweet_account": f"s{group}"}
                    add(account, at + dice.randrange(30), **of)
    for k in range(3 if day else 0):
        words = f"the harbour trust has to go away for good and soon, part {day} {'abc'[k] * 9}"
        for account in range(20, 26):
            add(account, START + day * DAY + dice.randrange(80_000), text=words + "!" * dice.randrange(2))
    for _ in range(60):
        add(dice.randrange(40), START + day * DAY + dice.randrange(DAY), text=f"just {dice.random()} words of mine")
    return pd.DataFrame(rows)


def found(study: Study) -> Study:
    """A study with communities."""
    gn.match(study)
    layers = [gn.registry.make("layers", text) for text in LAYERS]
    gn.project(study, *[layer for layer in layers if layer.missing(study) is None])
    gn.detect(study, layers=[layer.name for layer in layers if layer.missing(study) is None])
    return study


@pytest.fixture(scope="module")
def days() -> list[pd.DataFrame]:
    return [posts_of(day, 1) for day in range(3)]


@pytest.fixture(scope="module")
def whole(days: list[pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Study:
    return found(gn.read(days, tmp_path_factory.mktemp("whole") / "study"))


@pytest.fixture(scope="module")
def separate(days: list[pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> list[Study]:
    folder = tmp_path_factory.mktemp("separate")
    return [found(gn.read(day, folder / f"day{i}")) for i, day in enumerate(days)]


def test_a_day_of_a_study_is_as_if_read_by_itself(whole: Study, separate: list[Study]) -> None:
    apart = of_studies(separate)
    with of_periods(whole, "day") as cut:
        assert [s.name for s in cut] == ["2023-11-14", "2023-11-15", "2023-11-16"]
        for mine, other in zip(cut, apart, strict=True):
            assert mine.groups == other.groups
            assert len(mine.groups) >= 2
            columns = ["shared", "weight", "layers", "quickest"]
            assert mine.ties.edges.select(columns).equals(other.ties.edges.select(columns))
            for table in ("pairs", "members"):
                here, there = (
                    s.study.frame(f"select * from {table}").drop(
                        columns=["source", "target", "account"], errors="ignore"
                    )
                    for s in (mine, other)
                )
                assert here.equals(there)


def test_days_are_cut_on_an_engine_like_that_of_the_study(whole: Study) -> None:
    spread = Study.open(whole.path, Spread(memory="1GB", threads=2))
    with of_periods(spread, "day") as cut, of_periods(whole, "day") as expected:
        assert all(isinstance(snapshot.study.engine, Spread) for snapshot in cut)
        for mine, other in zip(cut, expected, strict=True):
            assert (mine.name, mine.groups) == (other.name, other.groups)
            assert mine.ties.edges.equals(other.ties.edges)
    with pytest.raises(duckdb.ConnectionException):
        cut[0].study.rows("select 1 as one")
    spread.engine.close()


def test_following_days_is_following_separate_reads(whole: Study, separate: list[Study]) -> None:
    by, apart = gn.track(whole, by="day"), gn.track(*separate)
    rows, others = (
        [{k: v for k, v in row.items() if k != "period"} for row in t.tables["timeline"]] for t in (by, apart)
    )
    assert rows == others
    assert next(r["events"] for r in rows if r["identity"] == "I1") == "first"
    assert any(r["events"] == "born" for r in rows)
    assert {k: v for k, v in by.summary.items() if k != "communities"} == {
        k: v for k, v in apart.summary.items() if k != "communities"
    }
    alike = [[(a.code, a.value) for a in t.answers if "s" in a.code and a.p is None] for t in (by, apart)]
    assert alike[0] == alike[1]


def test_the_study_that_is_cut_stays_as_it_is(whole: Study) -> None:
    before = json.dumps(whole.manifest)
    gn.track(whole, by="week")
    assert json.dumps(Study.open(whole.path).manifest) == before


def test_weeks_start_on_mondays(whole: Study) -> None:
    (week,) = periods(whole, "week")
    assert (week.name, week.end - week.start) == ("2023-11-13", 7 * DAY)


# Snapshots -----------------------------------------------------------------------------------------------------------


def snapshot(folder: Path, people: dict[int, tuple[str, str | None]], groups: dict[int, list[int]]) -> Study:
    """A study of accounts with these ids, handles and status; ``groups`` are ids; all of a group are tied."""
    numbers = {identifier: i for i, identifier in enumerate(sorted(people, key=str))}
    rows = [
        {"account": numbers[i], "id": str(i), "name": name, "status": status} for i, (name, status) in people.items()
    ]
    pairs = [
        {"layer": "co_retweet", "source": min(a, b), "target": max(a, b), "shared": 2, "weight": 2.0}
        for some in groups.values()
        for j, x in enumerate(some)
        for y in some[j + 1 :]
        for a, b in [(numbers[x], numbers[y])]
    ]
    return small_study(folder, rows, groups={c: [numbers[i] for i in some] for c, some in groups.items()}, pairs=pairs)


def people(ids: range, **status: str) -> dict[int, tuple[str, str | None]]:
    return {i: (f"user{i}", status.get(f"s{i}", "active")) for i in ids}


@pytest.fixture
def two(tmp_path: Path) -> list[Study]:
    """Ten accounts of two groups; then one group has lost two members, one of whom has another handle."""
    later = people(range(1, 14), s4="suspended")
    del later[5]
    later[3] = ("نام_تازه", "active")
    return [
        snapshot(tmp_path / "may", people(range(1, 13)), {1: [1, 2, 3, 4, 5, 6], 2: [7, 8, 9, 10]}),
        snapshot(tmp_path / "june", later, {1: [7, 8, 9, 10, 13], 2: [1, 2, 3, 6]}),
    ]


def test_who_vanished_was_renamed_or_suspended(two: list[Study]) -> None:
    told = gn.track(*two)
    became = {r["account"]: r for r in told.tables["became"]}
    assert {a: r["became"] for a, r in became.items()} == {"3": "renamed", "4": "suspended", "5": "not there"}
    assert (became["3"]["handle_before"], became["3"]["handle_after"]) == ("user3", "نام_تازه")
    answers = {a.code: a for a in told.answers}
    gone, renamed = answers["not_there"], answers["renamed"]
    assert (gone.value, gone.reference, gone.subject) == (0.1, 0.0, "may to june")
    assert (renamed.value, [r["account"] for r in renamed.evidence]) == (0.1, ["3"])
    assert gone.p == pytest.approx(1.0)


def test_moves_name_who_and_where(two: list[Study]) -> None:
    moves = {(r["account"], r["move"]): r for r in gn.track(*two).tables["moves"]}
    assert {k: r["from_or_to"] for k, r in moves.items()} == {
        ("13", "came"): "not there",
        ("4", "left"): "in no community",
        ("5", "left"): "not there",
    }
    assert moves["4", "left"]["status"] == "suspended"


def test_the_timeline_keeps_identities(two: list[Study]) -> None:
    rows = gn.track(*two).tables["timeline"]
    assert [(r["identity"], r["period"], r["community"], r["size"], r["events"]) for r in rows] == [
        ("I1", "may", "C1", 6, "first"),
        ("I1", "june", "C2", 4, "shrunk"),
        ("I2", "may", "C2", 4, "first"),
        ("I2", "june", "C1", 5, "grown"),
    ]
    assert rows[1]["jaccard"] == pytest.approx(4 / 6, abs=1e-4)


def test_rules_and_patience_reach_the_alignment(two: list[Study], tmp_path: Path) -> None:
    assert gn.track(*two, rules=Rules(steady=0.5)).summary["continued"] == 2
    assert gn.track(*two).summary["continued"] == 0
    other = snapshot(tmp_path / "other", people(range(1, 14)), {})
    assert gn.track(*two, other).summary["died"] == 2
    assert gn.track(*two, other, patience=1).summary["not_found"] == 2


def test_bands_hold_what_the_tables_say(two: list[Study]) -> None:
    (plot,) = gn.track(*two).plots
    assert plot.sizes == ((6.0, 4.0), (4.0, 5.0))  # type: ignore[attr-defined]
    assert [(f.source, f.target, f.size) for f in plot.flows] == [(0, 0, 4.0), (1, 1, 4.0)]  # type: ignore[attr-defined]


def test_files(two: list[Study], tmp_path: Path) -> None:
    gn.track(*two, out=tmp_path / "x.html", figures=tmp_path / "figs", figure=tmp_path / "two.pdf", columns=1)
    assert "x-two.html" in (tmp_path / "x.html").read_text()
    assert "<h1><bdi>may</bdi> and <bdi>june</bdi></h1>" in (tmp_path / "x-two.html").read_text()
    assert (tmp_path / "x.moves.csv").read_text(encoding="utf-8-sig").startswith("period,identity,account")
    assert (tmp_path / "two.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(f.name for f in (tmp_path / "figs").iterdir()) == ["track-1.pdf", "track-1.png", "track-1.svg"]


def test_strangers_cannot_be_followed(two: list[Study], tmp_path: Path) -> None:
    other = snapshot(tmp_path / "other", people(range(70, 80)), {1: [71, 72, 73]})
    told = gn.track(two[0], other)
    (gone,) = (a for a in told.answers if a.code == "not_there")
    assert gone.value is None
    assert "nobody can be followed" in gone.reason
    assert (told.summary["died"], told.summary["born"]) == (2, 1)


def test_refusals(two: list[Study], whole: Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two studies or more"):
        gn.track(two[0])
    with pytest.raises(InputError, match="named twice"):
        gn.track(two[0], two[0])
    with pytest.raises(InputError, match="one study at a time"):
        gn.track(*two, by="day")
    with pytest.raises(InputError, match=r"no action in .* has a time"):
        gn.track(two[0], by="day")
    with pytest.raises(InputError, match="by day or week, not by 'month'"):
        gn.track(whole, by="month")
    with pytest.raises(InputError, match="end its name in"):
        gn.track(*two, figure=tmp_path / "x.doc")
    with pytest.raises(MissingTable, match="graphnet project"):
        gn.track(two[0], gn.read(posts_of(0, 1), tmp_path / "bare"))


def test_too_many_days_are_refused(tmp_path: Path) -> None:
    rows = [{"id": str(i), "account": "a", "time": i * 300 * DAY, "text": "#alder harbour"} for i in range(3)]
    with pytest.raises(InputError, match=r"spans 601 days, and 400 can be followed. Take --by week"):
        periods(gn.read(pd.DataFrame(rows), tmp_path / "long"), "day")
