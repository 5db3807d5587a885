"""Two networks side by side: what speaks for one owner, what does not, how studies are joined, and bad input."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_study import small_study

import graphnet as gn
from graphnet import cli, registry
from graphnet._compare import NO, YES, sides
from graphnet.audits import Answer, Audited
from graphnet.errors import GraphnetError, InputError, StudyError
from graphnet.rows import FAMILIES
from graphnet.rows.shared_handles import linked

START = 1_700_000_000
DAY = 86_400
SIZE = 16
WORDS = ("amber", "willow", "falcon", "meadow", "harbor", "cedar", "stone", "river", "cloud", "maple")


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    status = 0
    try:
        cli.main([str(a) for a in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def sentence(rng: np.random.Generator) -> str:
    return " ".join("".join(rng.choice(list("abdefgiklmnoprstu"), 6)) for _ in range(8))


class Made:
    """Ordinary accounts of one interest, and two networks that have some ways in common."""

    def __init__(self, shared: Sequence[str], seed: int = 1, prefix: tuple[str, str] = ("a", "b")) -> None:
        self.rng = np.random.default_rng(seed)
        self.acts: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []
        self.people: list[dict[str, Any]] = []
        for i in range(320):
            self.account(f"o{i:03}", created=START - int(self.rng.integers(100, 2000)) * DAY)
        ways = [self.way(), self.way()]
        ways[1] |= {k: ways[0][k] for k in shared}
        self.sides = [[f"{name}{i:03}" for i in range(SIZE)] for name in prefix]
        for side, way in zip(self.sides, ways, strict=True):
            self.network(side, way)

    def way(self) -> dict[str, Any]:
        rng = self.rng
        return {
            "texts": [sentence(rng) for _ in range(10)],
            "batches": START - 400 * DAY + rng.integers(0, 90, 5) * DAY,
            "hubs": [f"o{i:03}" for i in rng.choice(320, 10, replace=False)],
            "moments": START + rng.integers(0, 24, 40) * DAY + rng.integers(36_000, 70_000, 40),
        }

    def account(self, name: str, created: int) -> None:
        rng = self.rng
        self.people.append(
            {"id": name, "name": f"name_{name}", "created": int(created), "followers": 5, "following": 9}
        )
        for _ in range(24):
            post, when = int(rng.integers(0, 60)), START + int(rng.integers(0, 25 * DAY))
            self.acts.append({"source": name, "kind": "retweet", "target": f"star{post % 8}", "object": f"p{post}",
                              "time": when})  # fmt: skip
        self.acts += [{"source": name, "kind": "follow", "target": f"o{i:03}"} for i in rng.integers(0, 320, 8)]
        own = 26 if name[0] == "o" and int(name[1:]) % 2 else 4
        self.posts += [self.post(name, START + int(rng.integers(0, 25 * DAY)), sentence(rng)) for _ in range(own)]

    def post(self, account: str, time: int, text: str) -> dict[str, Any]:
        return {"id": f"x{len(self.posts)}{account}{time}{len(text)}{self.rng.integers(10**12)}", "account": account,
                "time": time, "text": text}  # fmt: skip

    def network(self, side: Sequence[str], way: dict[str, Any]) -> None:
        rng = self.rng
        for name in side:
            self.account(name, rng.choice(way["batches"]) + rng.integers(0, 20_000))
            self.posts += [self.post(name, START + int(rng.integers(0, 25 * DAY)), t) for t in way["texts"][::2]]
            hubs = [h for h in way["hubs"] if rng.random() < 0.7]
            self.acts += [{"source": name, "kind": "follow", "target": h} for h in hubs]
        for moment in way["moments"].tolist():
            busy = [n for n in side if rng.random() < 0.7]
            self.posts += [self.post(n, moment + int(rng.integers(0, 500)), sentence(rng)) for n in busy]

    def read(self, into: Path, order: int = 0) -> gn.Study:
        frames = [pd.DataFrame(rows) for rows in (self.acts, self.posts, self.people)]
        if order:
            frames = [f.sample(frac=1, random_state=order) for f in frames]
        frames[0]["time"] = frames[0]["time"].astype("Int64")
        return gn.read(frames, into=into)


def lists(folder: Path, made: Made) -> tuple[str, str]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{name}.csv" for name in ("one", "two")]
    for path, side in zip(paths, made.sides, strict=True):
        path.write_text("id\n" + "\n".join(side) + "\n", encoding="utf-8")
    return str(paths[0]), str(paths[1])


def answer(found: Audited, code: str) -> Answer:
    return next(a for a in found.answers if a.code == code)


@pytest.fixture(scope="module")
def one_owner(tmp_path_factory: pytest.TempPathFactory) -> tuple[gn.Study, tuple[str, str]]:
    folder = tmp_path_factory.mktemp("one_owner")
    made = Made(["texts", "batches", "hubs", "moments"])
    return made.read(folder / "study"), lists(folder / "lists", made)


@pytest.fixture(scope="module")
def two_owners(tmp_path_factory: pytest.TempPathFactory) -> tuple[gn.Study, tuple[str, str]]:
    folder = tmp_path_factory.mktemp("two_owners")
    made = Made([])
    return made.read(folder / "study"), lists(folder / "lists", made)


# The verdict ---------------------------------------------------------------------------------------------------------


def test_one_owner_leaves_several_independent_traces(one_owner: tuple[gn.Study, tuple[str, str]]) -> None:
    study, (a, b) = one_owner
    found = gn.compare(study, a=a, b=b)
    assert found.summary["verdict"] == YES
    assert set(found.summary["ways_that_speak"]) == {"written", "time", "made", "follows"}
    for code in ("same_texts", "shared_clock", "creation", "followed"):
        told = answer(found, code)
        assert told.q is not None
        assert told.q <= 0.01
        assert told.low is not None
        assert told.high is not None
        assert told.value is not None
        assert told.low <= told.value <= told.high
        assert told.evidence
    assert answer(found, "same_texts").value == 5


def test_two_owners_on_one_interest_are_not_shown_to_be_one(two_owners: tuple[gn.Study, tuple[str, str]]) -> None:
    study, (a, b) = two_owners
    found = gn.compare(study, a=a, b=b)
    assert found.summary["verdict"] == NO
    assert found.summary["ways_that_speak"] == []
    assert len(found.summary["ways_tested"]) >= 3


def test_one_trait_however_strong_is_not_enough(tmp_path: Path) -> None:
    made = Made(["texts"])
    found = gn.compare(made.read(tmp_path / "s"), a=lists(tmp_path, made)[0], b=lists(tmp_path, made)[1])
    assert found.summary["ways_that_speak"] == ["written"]
    assert found.summary["verdict"] == NO


def test_words_are_never_stronger(one_owner: tuple[gn.Study, tuple[str, str]]) -> None:
    study, (a, b) = one_owner
    found = gn.compare(study, a=a, b=b)
    said = json.dumps([found.summary, found.notes, found.benign, [x.reason for x in found.answers]]).casefold()
    assert not [word for word in ("proof", "proves", "certainly", "bot ", "same owner", "fake") if word in said]


def test_every_answer_names_its_null_or_why_there_is_none(one_owner: tuple[gn.Study, tuple[str, str]]) -> None:
    study, (a, b) = one_owner
    found = gn.compare(study, a=a, b=b)
    assert {x.code for x in found.answers} == set(registry.find("rows"))
    for told in found.answers:
        cls = registry.get("rows", told.code)
        assert cls.family in FAMILIES
        if told.value is None:
            assert told.reason.startswith(("not applicable", "insufficient data"))
        else:
            assert cls.null in told.reason
            assert told.p is not None
            assert 0 < told.p <= 1


def test_the_same_answer_whatever_the_order_of_rows(
    one_owner: tuple[gn.Study, tuple[str, str]], tmp_path: Path
) -> None:
    study, (a, b) = one_owner
    other = Made(["texts", "batches", "hubs", "moments"]).read(tmp_path / "again", order=5)
    first, second = (gn.compare(s, a=a, b=b, rounds=99) for s in (study, other))
    assert [(x.code, x.value, x.p, x.low, x.reason) for x in first.answers] == [
        (x.code, x.value, x.p, x.low, x.reason) for x in second.answers
    ]


def test_sides_may_be_exchanged(one_owner: tuple[gn.Study, tuple[str, str]]) -> None:
    study, (a, b) = one_owner
    first, second = gn.compare(study, a=a, b=b), gn.compare(study, a=b, b=a)
    assert first.summary["ways_that_speak"] == second.summary["ways_that_speak"]
    for one in first.answers:
        other = answer(second, one.code)
        if one.code != "who_first":
            assert one.value == pytest.approx(other.value)


def test_random_accounts_of_one_interest_are_seldom_alike(two_owners: tuple[gn.Study, tuple[str, str]]) -> None:
    """Under the null no row's p is small more often than it says."""
    study, _ = two_owners
    rng = np.random.default_rng(11)
    p: list[float] = []
    folder = study.path.parent
    for _ in range(12):
        some = rng.choice(320, 2 * SIZE, replace=False)
        files = []
        for k, half in enumerate((some[:SIZE], some[SIZE:])):
            files.append(folder / f"random{k}.csv")
            files[-1].write_text("id\n" + "\n".join(f"o{i:03}" for i in half) + "\n")
        found = gn.compare(study, a=str(files[0]), b=str(files[1]), rounds=99)
        assert found.summary["verdict"] == NO
        p += [x.p for x in found.answers if x.p is not None]
    assert np.mean(np.array(p) <= 0.05) <= 0.05
    assert np.mean(np.array(p) <= 0.5) <= 0.6


# Sides ---------------------------------------------------------------------------------------------------------------


def test_accounts_on_both_sides_are_compared_with_nobody_twice(
    one_owner: tuple[gn.Study, tuple[str, str]], tmp_path: Path
) -> None:
    study, (a, _) = one_owner
    entries = Path(a).read_text().split()[1:]
    (tmp_path / "x.csv").write_text("id\n" + "\n".join(entries[:12]))
    (tmp_path / "y.csv").write_text("id\n" + "\n".join(entries[4:]))
    one, two = sides(study, None, str(tmp_path / "x.csv"), str(tmp_path / "y.csv"))
    assert len(np.intersect1d(one.member, two.member)) == 8
    assert len(np.intersect1d(one.own, two.own)) == 0
    assert len(one.own) == len(two.own) == 8
    found = gn.compare(study, a=str(tmp_path / "x.csv"), b=str(tmp_path / "y.csv"), rounds=99)
    assert answer(found, "shared_members").value == 8
    assert "on both sides" in " ".join(found.notes)


def test_communities_of_one_study_never_overlap(tmp_path: Path) -> None:
    acts = [{"account": i, "kind": "mention", "target": 15, "weight": 1.0} for i in range(12)]
    study = small_study(tmp_path / "s", 20, groups={1: range(6), 2: range(6, 12)}, actions=acts)
    found = gn.compare(study, a="C1", b="c2", rounds=9)
    assert answer(found, "shared_members").reason.startswith("not applicable: communities of one study")
    assert found.answers[0].subject == "C1 · C2"


def test_a_whole_interest_has_nobody_to_be_compared_with(tmp_path: Path) -> None:
    """Accounts of other interests would make any two halves of it stand out."""
    acts = [
        {"source": f"f{f}_{i:02}", "kind": "retweet", "target": f"star{f}_{k}", "object": f"p{f}_{k}"}
        for f in (0, 1)
        for i in range(200)
        for k in range(i % 7, 80, 3)
    ]
    study = gn.read(pd.DataFrame(acts), into=tmp_path / "s")
    for name, some in (("one", range(100)), ("two", range(100, 200))):
        (tmp_path / f"{name}.csv").write_text("id\n" + "\n".join(f"f0_{i:02}" for i in some))
    found = gn.compare(study, a=str(tmp_path / "one.csv"), b=str(tmp_path / "two.csv"), rounds=99)
    assert answer(found, "same_targets").value is None
    assert "too few accounts outside" in answer(found, "same_targets").reason


# Two studies ---------------------------------------------------------------------------------------------------------


def halves(made: Made, folder: Path, rename: Any = None) -> tuple[gn.Study, gn.Study]:
    """The first 12 days and the others; ids of the second half may be changed."""
    middle, studies = START + 12 * DAY, []
    for k, name in enumerate(("first", "second")):
        new = rename if k and rename else lambda x: x
        acts = [r for r in made.acts if "time" not in r or (r["time"] >= middle) == bool(k)]
        frames = [
            pd.DataFrame([r | {"source": new(r["source"]), "target": new(r["target"])} for r in acts]),
            pd.DataFrame([r | {"account": new(r["account"])} for r in made.posts if (r["time"] >= middle) == bool(k)]),
            pd.DataFrame([r | {"id": new(r["id"])} for r in made.people]),
        ]
        frames[0]["time"] = frames[0]["time"].astype("Int64")
        studies.append(gn.read(frames, into=folder / name))
    return studies[0], studies[1]


def test_one_network_in_two_periods_shares_its_members(tmp_path: Path) -> None:
    made = Made(["texts", "batches", "hubs", "moments"])
    first, second = halves(made, tmp_path)
    every = [*made.sides[0], *made.sides[1]]
    for name, some in (("one", every[:24]), ("two", every[8:])):
        (tmp_path / f"{name}.csv").write_text("id\n" + "\n".join(some))
    found = gn.compare(first, second, a=str(tmp_path / "one.csv"), b=str(tmp_path / "two.csv"))
    assert answer(found, "shared_members").value == 16
    assert {"members", "written"} <= set(found.summary["ways_that_speak"])
    assert found.summary["verdict"] == YES
    assert answer(found, "cross_ties").value is None


def test_hashed_ids_are_joined_with_the_ids_they_hash(tmp_path: Path) -> None:
    made = Made(["texts"])
    first, second = halves(made, tmp_path, lambda name: hashlib.sha256(name.encode()).hexdigest())
    one, two = sides(first, second)
    both = np.intersect1d(one.common.same[one.member], two.common.same[two.member])
    assert one.common.hashed == len(first.accounts)
    assert len(both) == 320 + 2 * SIZE


def test_other_ids_are_joined_by_handle_only_beside(tmp_path: Path) -> None:
    made = Made(["texts"])
    first, second = halves(made, tmp_path, lambda name: f"other-{name}")
    for k, name in enumerate(("one", "two")):
        some = [("other-" if k else "") + m for m in made.sides[0]]
        (tmp_path / f"{name}.csv").write_text("id\n" + "\n".join(some))
    found = gn.compare(first, second, a=str(tmp_path / "one.csv"), b=str(tmp_path / "two.csv"), rounds=99)
    assert answer(found, "shared_members").value is None
    told = answer(found, "shared_handles")
    assert told.value == SIZE
    assert told.p is not None
    assert told.p < 1e-6
    rows = found.tables["possibly_the_same_people"]
    assert {(r["certainty"], r["by"]) for r in rows} == {("possible", "handle")}
    assert len(rows) == SIZE


def test_handles_of_three_accounts_join_nobody(tmp_path: Path) -> None:
    people = [("1", "Ann"), ("2", "ann"), ("3", "bob"), ("4", "eve"), ("5", "Eve"), ("6", "EVE")]
    named = [{"account": i, "id": n, "name": h} for i, (n, h) in enumerate(people)]
    acts = [{"account": i, "kind": "mention", "target": 2, "weight": 1.0} for i in range(6)]
    study = small_study(tmp_path / "s", named, actions=acts)
    (tmp_path / "a.csv").write_text("id\n1\n3\n")
    (tmp_path / "b.csv").write_text("id\n2\n4\n")
    one, two = sides(study, None, str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    assert linked(one.common, 0, 0).tolist() == [[0, 1], [1, 0]]
    assert len(one.own) + len(two.own) == 3


def test_whole_studies_are_compared_where_nobody_else_is_needed(tmp_path: Path) -> None:
    made = Made(["texts"])
    found = gn.compare(*halves(made, tmp_path), rounds=99)
    assert found.summary["verdict"] == NO
    assert answer(found, "shared_members").p == 1.0
    assert "too few accounts outside" in answer(found, "same_texts").reason


# Output and errors ---------------------------------------------------------------------------------------------------


def test_the_command_prints_a_table_and_writes_a_page(
    capsys: pytest.CaptureFixture[str], one_owner: tuple[gn.Study, tuple[str, str]], tmp_path: Path
) -> None:
    study, (a, b) = one_owner
    given = ["compare", study.path, "--a", a, "--b", b]
    status, out, _ = run(capsys, *given, "--out", tmp_path / "x.html")
    assert status == 0
    assert YES in out
    assert "near-identical own posts" in out
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert YES in page
    assert "<script" not in page
    assert (tmp_path / "x.rows.csv").exists()
    status, out, _ = run(capsys, *given, "--json", "--row", "same_texts", "--rounds", "99")
    told = json.loads(out)
    assert status == 0
    assert [row["row"] for row in told["rows"]] == ["same_texts"]
    assert told["summary"]["verdict"] == NO


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--a", "C1"], "two networks of one study have to be named"),
        (["--a", "C1", "--b", "C2"], "graphnet detect"),
        (["--a", "LIST", "--b", "LIST"], "both sides are the same 16 accounts"),
        (["--a", "LIST", "--b", "nowhere.csv"], "nowhere.csv"),
        (["--a", "LIST", "--b", "STRANGERS"], "none of the 2 entries"),
        (["--a", "LIST", "--b", "OTHER", "--row", "same_text"], "Did you mean 'same_texts'"),
        (["--a", "LIST", "--b", "OTHER", "--out", "page.txt"], "end it in .html"),
        (["nowhere", "--a", "LIST", "--b", "OTHER"], "there is no study"),
    ],
)
def test_bad_input_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
    one_owner: tuple[gn.Study, tuple[str, str]],
    tmp_path: Path,
    given: list[str],
    words: str,
) -> None:
    study, (a, b) = one_owner
    (tmp_path / "strangers.csv").write_text("id\nzz1\nzz2\n")
    names = {"LIST": a, "OTHER": b, "STRANGERS": str(tmp_path / "strangers.csv")}
    status, _, err = run(capsys, "compare", study.path, *[names.get(g, g) for g in given])
    assert status in (2, 3)
    assert words in err
    assert "Traceback" not in err


def test_errors_are_of_this_library(one_owner: tuple[gn.Study, tuple[str, str]], tmp_path: Path) -> None:
    study, (a, b) = one_owner
    with pytest.raises(InputError, match="0 rounds"):
        gn.compare(study, a=a, b=b, rounds=0)
    with pytest.raises(StudyError):
        gn.compare(tmp_path / "none", a=a, b=b)
    with pytest.raises(GraphnetError, match="C9"):
        gn.compare(small_study(tmp_path / "s", 4, groups={1: [0, 1]}), a="C1", b="C9")


def test_families_come_in_order(one_owner: tuple[gn.Study, tuple[str, str]]) -> None:
    study, (a, b) = one_owner
    told = gn.compare(study, a=a, b=b, rounds=9).tables["rows"]
    places = [list(FAMILIES).index(row["family"]) for row in told]
    assert all(x <= y for x, y in pairwise(places))


@pytest.mark.real
def test_two_organic_hashtags_are_not_shown_to_be_one(real_data: Path, tmp_path: Path) -> None:
    studies = []
    for name in ("sxsw_threshold", "ukraine_threshold"):
        file = real_data / "controversy_garimella" / "retweet" / f"retweet_graph_{name}_largest_CC.txt"
        edges = pd.read_csv(file, names=["source", "target", "weight"], dtype={"source": str, "target": str})
        study = gn.read(edges.assign(kind="retweet"), into=tmp_path / name)
        gn.project(study, registry.make("layers", "retweet"))
        gn.detect(study)
        studies.append(study)
    assert gn.compare(*studies, a="C1", b="C1", rounds=199).summary["verdict"] == NO
    assert gn.compare(studies[0], a="C1", b="C2", rounds=199).summary["verdict"] == NO


def test_both_networks_are_drawn_at_the_same_positions(tmp_path: Path) -> None:
    rows = [(f"{side}{i}", f"{side}{p}", 100 * p + i) for side in "xy" for p in range(4) for i in range(6)]
    shares = pd.DataFrame(rows, columns=["source", "object", "time"]).assign(kind="retweet")
    study = gn.read(shares, tmp_path / "study")
    gn.project(study, gn.layers.CoRetweet(window=60))
    gn.detect(study)
    for name in ("two.html", "two.svg"):
        gn.compare(study, a="C1", b="C2", rounds=9, only=[gn.rows.SharedMembers()], panels=tmp_path / name)
        assert "C1" in (tmp_path / name).read_text(encoding="utf-8")
