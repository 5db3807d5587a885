"""Appending gives the same tables as reading everything at once, without reading the earlier files again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet import _append, _splice, _splice_actions, cli
from graphnet._splice_actions import ORDER
from graphnet.errors import InputError
from tests.spread import Spread

TABLES = ("accounts", "posts", "objects", "actions", "handles")


IN_ORDER = {"actions": " order by " + ", ".join(f"{name} nulls last" for name in ORDER)}
"""Tables whose rows may lie in another order once others came."""


def same(a: gn.Study, b: gn.Study) -> None:
    """Whether two studies hold the same tables, row by row."""
    for table in TABLES:
        one, other = (s.rows(f"select * from {table}{IN_ORDER.get(table, '')}").to_pylist() for s in (a, b))
        assert one == other, table


def written(folder: Path, name: str, rows: list[dict[str, Any]]) -> str:
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True, scope="module")
def _any_size() -> Iterator[None]:
    """However many rows come, they are brought into the tables, which have row groups of a few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_append, "MOST", 1e9)
        patch.setattr(_splice, "GROUP", 4)
        yield


@pytest.fixture(autouse=True, scope="module", params=["behind", "among"])
def _where(request: pytest.FixtureRequest) -> Iterator[None]:
    """Actions that come stay behind the others, or are brought to their places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_splice_actions, "RECENT", 1e9 if request.param == "behind" else 0)
        yield


def made(study: gn.Study) -> str:
    """How the tables came about."""
    return str(study.last("read")["summary"]["made"])


handles = st.sampled_from(["ann", "Bob", "cyd", "dee"])
posts = st.fixed_dictionaries(
    {
        "id": st.integers(1, 30).map(str),
        "account": st.sampled_from(["1", "2", "3", "@ann", "9"]),
        "time": st.integers(0, 400),
    },
    optional={
        "name": handles,
        "text": st.sampled_from(["hello @ann #tag", "https://x.example/a @Bob", "سلام دنیا #tag #two", "same words"]),
        "retweet_of": st.integers(1, 30).map(str),
        "retweet_account": st.sampled_from(["1", "2", "3"]),
    },
)


@settings(max_examples=15, deadline=None)
@given(days=st.lists(st.lists(posts, min_size=1, max_size=8), min_size=2, max_size=3))
def test_appended_posts_are_as_if_read_at_once(
    days: list[list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("days")
    files = [written(folder, f"day{i}", day) for i, day in enumerate(days)]
    options = {"format": "posts_json"}
    whole = gn.read(files, folder / "whole", **options)  # type: ignore[arg-type]
    grown = gn.read(files[0], folder / "grown", grow=True, **options)  # type: ignore[arg-type]
    for file in files[1:]:
        Path(files[0]).unlink(missing_ok=True)  # it is not needed any more
        grown = gn.read(file, folder / "grown", append=True, **options)  # type: ignore[arg-type]
    same(whole, grown)


edges = st.fixed_dictionaries(
    {"source": st.sampled_from("abcde"), "target": st.sampled_from("abcxyz"), "time": st.integers(0, 9)},
    optional={"post": st.integers(1, 9).map(str)},
)


@settings(max_examples=12, deadline=None)
@given(days=st.lists(st.lists(edges, min_size=1, max_size=8), min_size=2, max_size=3))
def test_appended_edges_are_as_if_read_at_once(
    days: list[list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("edges")
    frames = [pd.DataFrame(day, columns=["source", "target", "time", "post"]).assign(kind="mention") for day in days]
    whole = gn.read(frames, folder / "whole")
    for frame in frames:
        grown = gn.read(frame, folder / "grown", append=True)
    same(whole, grown)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Three days of two accounts that retweet the same posts; the second names one of them by handle only."""
    days = []
    for day in range(3):
        rows = [
            {"id": f"{day}{i}{p}", "account": str(i), "time": 86_400 * day + 10 * p + i, "retweet_of": f"o{p}"}
            for i in (1, 2) for p in range(4)
        ]  # fmt: skip
        days.append(written(tmp_path, f"day{day}", rows))
    return days


def test_the_summary_counts_everything(files: list[str], tmp_path: Path) -> None:
    gn.read(files[0], tmp_path / "grown", append=True)
    grown = gn.read(files[1:], tmp_path / "grown", append=True)
    whole = gn.read(files, tmp_path / "whole")
    mine, all_at_once = (s.last("read")["summary"] for s in (grown, whole))
    assert mine == all_at_once | {"made": "appended"}
    assert [e["name"] for e in grown.manifest["inputs"]] == files
    assert grown.last("read")["parameters"]["appended"][0]["inputs"] == files[1:]
    assert len([s for s in grown.manifest["steps"] if s["verb"] == "read"]) == 1


def test_what_is_there_already_is_passed_over(files: list[str], tmp_path: Path) -> None:
    grown = gn.read(files[:2], tmp_path / "grown", append=True)
    number = grown.last("read")["number"]
    again = gn.read(files[1], tmp_path / "grown", append=True)
    assert again.last("read")["number"] == number
    same(gn.read(files, tmp_path / "whole"), gn.read(files, tmp_path / "grown", append=True))


def test_what_follows_is_outdated_and_gives_the_same(files: list[str], tmp_path: Path) -> None:
    grown = gn.read(files[0], tmp_path / "grown", append=True)
    gn.project(grown, gn.layers.CoRetweet(window=60))
    grown = gn.read(files[1:], tmp_path / "grown", append=True)
    assert not grown.has("pairs")
    gn.project(grown, gn.layers.CoRetweet(window=60))
    whole = gn.read(files, tmp_path / "whole")
    gn.project(whole, gn.layers.CoRetweet(window=60))
    assert grown.pairs.equals(whole.pairs)
    assert len(whole.pairs)


def test_a_study_that_kept_nothing_reads_its_inputs_once_more(files: list[str], tmp_path: Path) -> None:
    gn.read(files[:2], tmp_path / "grown")
    grown = gn.read(files[2], tmp_path / "grown", append=True)
    same(gn.read(files, tmp_path / "whole"), grown)
    assert grown.has("staged_posts")


def test_gone_or_changed_inputs_are_named(files: list[str], tmp_path: Path) -> None:
    gn.read(files[0], tmp_path / "grown")
    Path(files[0]).write_text(Path(files[1]).read_text())
    with pytest.raises(InputError, match=r"day0\.jsonl is gone or has changed.*--grow"):
        gn.read(files[1], tmp_path / "grown", append=True)


def test_an_interrupted_append_leaves_the_study(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gn.read(files[0], tmp_path / "grown", append=True)
    before = gn.Study.open(tmp_path / "grown").posts
    with monkeypatch.context() as patch:
        patch.setattr("graphnet._read._rejected", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            gn.read(files[1], tmp_path / "grown", append=True)
    assert gn.Study.open(tmp_path / "grown").posts.equals(before)
    same(gn.read(files[:2], tmp_path / "whole"), gn.read(files[1], tmp_path / "grown", append=True))


def test_other_settings_are_refused(files: list[str], tmp_path: Path) -> None:
    gn.read(files[0], tmp_path / "grown", append=True, repost_content=True)
    with pytest.raises(InputError, match="with --repost-content"):
        gn.read(files[1], tmp_path / "grown", append=True)
    with pytest.raises(InputError, match="folder"):
        gn.read(files[1], append=True)


def test_a_pseudonymised_copy_has_no_staged_rows(files: list[str], tmp_path: Path) -> None:
    grown = gn.read(files[0], tmp_path / "grown", append=True)
    copy = gn.pseudonymise(grown, tmp_path / "copy", gn.new_key(tmp_path / "key"))
    assert not [t for t in copy.manifest["tables"] if t.startswith("staged")]
    assert not list((tmp_path / "copy").glob("staged*"))


def test_command(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in files[:2]:
        cli.main(["read", file, "--into", str(tmp_path / "grown"), "--append"])
    assert "16" in capsys.readouterr().out
    same(gn.read(files[:2], tmp_path / "whole"), gn.Study.open(tmp_path / "grown"))


WEEKEND = Path(__file__).parents[1] / "data" / "weekend"


def test_all_that_follows_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_splice, "GROUP", 2000)
    with pa.input_stream(str(WEEKEND / "posts.jsonl.zst")) as file:
        lines = file.read().splitlines(keepends=True)[::3]
    days = [tmp_path / f"{day}.jsonl" for day in range(3)]
    for day, path in enumerate(days):
        path.write_bytes(b"".join(lines[day * len(lines) // 3 : (day + 1) * len(lines) // 3]))
    sources = [str(path) for path in (WEEKEND / "profiles.csv.gz", *days)]
    whole, grown = gn.read(sources, tmp_path / "whole"), gn.read(sources[:2], tmp_path / "grown", grow=True)
    for source in sources[2:]:
        gn.project(grown)
        grown = gn.read(source, tmp_path / "grown", append=True)
        assert made(grown) == "appended"
    for study in (whole, grown):
        gn.match(study)
        gn.project(study)
        gn.validate(study)
        gn.detect(study)
        gn.confirm(study)
        gn.score(study)
    same(whole, grown)
    for table in set(whole.manifest["tables"]) - set(TABLES):
        assert whole.rows(f"select * from {table}").equals(grown.rows(f"select * from {table}")), table
    assert whole.communities.size
    assert len(whole.findings) > 100


@pytest.mark.parametrize("fewest", [1, 6])
def test_sums_are_the_same_wherever_actions_lie(fewest: int, tmp_path: Path) -> None:
    who, weights = [f"a{i}" for i in range(5)], [0.1, 0.2, 0.3, 0.7, 1.5]
    rows = pd.DataFrame(
        [(who[i % 5], who[i * 7 % 4], i * 37 % 101, weights[i * i % 13 % 5]) for i in range(300)],
        columns=["source", "target", "time", "weight"],
    ).assign(kind="mention")
    days = [rows[:220], rows[220:]]
    studies = [gn.read(days, tmp_path / "whole")]
    for day in days:
        grown = gn.read(day, tmp_path / "grown", append=True)
    for study in (*studies, grown):
        gn.project(study, gn.layers.Mention(min_shared=fewest))
    assert len(grown.pairs)
    assert grown.pairs.equals(studies[0].pairs)


# What comes later and changes what was read before -------------------------------------------------------------------

POSTS = [f"p{i}" for i in range(12)]
AUTHORS = {post: ["1", "2", "3", "bob"][i % 4] for i, post in enumerate(POSTS)}
NAMES = {"1": "Ann", "2": "bob", "3": "cyd", "bob": "dee"}


@st.composite
def steady(draw: st.DrawFn) -> dict[str, Any]:
    """A post of a world in which a post always says the same, and what others say of it is true."""
    id_ = draw(st.sampled_from(POSTS))
    place = POSTS.index(id_)
    of = POSTS[place * 7 % 12]
    row: dict[str, Any] = {"id": id_, "account": AUTHORS[id_], "time": 100 + place}
    if draw(st.booleans()):  # what says who an account is comes with some copies of a post and not with others
        row["name"] = NAMES[AUTHORS[id_]]
    if place % 2:
        return row | {"retweet_of": of} | ({"retweet_account": AUTHORS[of]} if place % 3 else {})
    return row | {"text": f"hello @{'ann' if place % 4 else 'dee'} this is #tag{place % 3}", "reply_to": of}


steady_edges = st.fixed_dictionaries(
    {"source": st.sampled_from(["1", "2", "@ann", "x"]), "kind": st.sampled_from(["mention", "retweet", "hashtag"])},
    optional={
        "target": st.sampled_from(["1", "3", "@cyd"]),
        "object": st.sampled_from(POSTS[:4]),
        "post": st.sampled_from([*POSTS[8:], "e1", "e2"]),
        "time": st.integers(0, 3),
        "weight": st.sampled_from([1.0, 2.5]),
    },
)
profiles = st.fixed_dictionaries(
    {"id": st.sampled_from("1239"), "name": st.sampled_from(["Ann", "zoe"]), "followers": st.integers(1, 3)},
    optional={"posts": st.integers(1, 2), "verified": st.booleans(), "description": st.sampled_from("ab")},
)
day = st.tuples(
    st.lists(steady(), min_size=1, max_size=8), st.lists(steady_edges, max_size=3), st.lists(profiles, max_size=2)
)
EDGE = ["source", "kind", "target", "object", "post", "time", "weight"]
PROFILE = ["id", "name", "followers", "posts", "verified", "description"]


def inputs(folder: Path, name: str, rows: tuple[list[Any], list[Any], list[Any]]) -> list[Any]:
    posts, edges, people = rows
    # no two files are the same: that would be told by their digests
    own = {"id": f"only {name}", "account": "1", "time": 1, "text": f"hello from {name}"}
    sources: list[Any] = [written(folder, name, [own, *posts])]
    sources += [pd.DataFrame(edges, columns=EDGE)] * bool(edges)
    return sources + [pd.DataFrame(people, columns=PROFILE)] * bool(people)


@settings(max_examples=25, deadline=None)
@given(days=st.lists(day, min_size=2, max_size=3), repost_content=st.booleans())
def test_everything_together(days: list[Any], repost_content: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("all")
    sources = [inputs(folder, f"day{i}", rows) for i, rows in enumerate(days)]
    whole = gn.read([s for day in sources for s in day], folder / "whole", repost_content=repost_content)
    for some in sources:
        grown = gn.read(some, folder / "grown", append=True, repost_content=repost_content)
    same(whole, grown)
    mine, all_at_once = (s.last("read")["summary"] for s in (grown, whole))
    assert mine == all_at_once | {"made": made(grown)}


def later(tmp_path: Path, first: list[Any], then: list[Any]) -> str:
    """How the tables came about when the second rows came to the first; they are as if read at once."""
    sources = [written(tmp_path, f"day{i}", rows) for i, rows in enumerate((first, then))]
    options: dict[str, Any] = {"format": "posts_json"}
    whole = gn.read(sources, tmp_path / "whole", **options)
    for source in sources:
        grown = gn.read(source, tmp_path / "grown", append=True, **options)
    same(whole, grown)
    return made(grown)


def post(id_: str, account: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "account": account, "time": 10, **more}


COMMON = {
    "the same post again": ([post("b", "1", text="a b c #x")], [post("b", "1", text="a b c #x"), post("a", "2")]),
    "the post others retweeted": ([post("c", "1", retweet_of="b")], [post("b", "2"), post("d", "3", retweet_of="b")]),
    "who wrote what others retweeted": (
        [post("c", "1", retweet_of="b"), post("d", "1")],
        [post("e", "2", retweet_of="b", retweet_account="7")],
    ),
    "the id of who was mentioned": (
        [post("c", "1", text="hello @ann you there"), post("d", "9", text="and @zoe there")],
        [post("e", "2", name="Ann"), post("f", "0", name="Cyd")],
    ),
    "an id between the others": ([post("a", "1"), post("c", "3")], [post("b", "2")]),
}
RARE = {
    "other content": ([post("b", "1", text="a b")], [post("b", "1", text="a b c")], "with other content: 1"),
    "a handle of two": (
        [post("a", "1", name="ann"), post("b", "2", text="hello @ann you")],
        [post("c", "3", name="Ann")],
        "turned out to be of several: 1",
    ),
    "another author": (
        [post("c", "1", retweet_of="b", retweet_account="2")],
        [post("b", "3", text="hello")],
        "turned out to be others: 1",
    ),
}


@pytest.mark.parametrize("case", COMMON)
def test_what_is_common_does_not_make_tables_anew(case: str, tmp_path: Path) -> None:
    assert later(tmp_path, *COMMON[case]) == "appended"


@pytest.mark.parametrize("case", RARE)
def test_what_is_rare_makes_them_anew_and_says_why(case: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, then, why = RARE[case]
    with caplog.at_level("INFO"):
        assert later(tmp_path, first, then).endswith(why)
    assert why in caplog.text


def test_a_post_that_edges_told_of_gets_its_words(tmp_path: Path) -> None:
    edges = pd.DataFrame({"source": ["1"], "kind": ["retweet"], "object": ["o"], "post": ["b"], "time": [10]})
    days = [[edges], [written(tmp_path, "posts", [post("b", "1", text="hello there"), post("a", "2")])]]
    whole = gn.read([s for day in days for s in day], tmp_path / "whole")
    for some in days:
        grown = gn.read(some, tmp_path / "grown", append=True)
    same(whole, grown)
    assert made(grown) == "appended"
    assert grown.posts.text.tolist()[1] == "hello there"


COPIES = {
    "less than there was": ([post("b", "1", text="a b c")], [post("b", "1", text="a b")]),
    "two that came together": ([post("a", "1")], [post("b", "1", text="a b"), post("b", "2", text="a b")]),
    "once more": (
        [post("b", "1", text="a b c"), post("b", "1", text="a b"), post("a", "2")],
        [post("b", "1", text="a"), post("c", "1", text="a"), post("c", "1", text="a"), post("a", "2")],
    ),
}


@pytest.mark.parametrize("case", COPIES)
def test_copies_that_differ_are_counted(case: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, then = COPIES[case]
    assert later(tmp_path, first, then) == "appended"
    mine, whole = (gn.Study.open(tmp_path / name).last("read")["summary"] for name in ("grown", "whole"))
    assert mine == whole | {"made": "appended"}
    assert mine["differing_posts"] == 1
    # said once as all are read, and once by the one of the two steps that found it
    assert caplog.text.count("came with different authors, times or texts") == 2


@pytest.mark.parametrize("table", ["accounts", "posts", "objects"])
def test_rows_in_another_order_make_the_tables_anew(table: str, files: list[str], tmp_path: Path) -> None:
    grown = gn.read(files[:2], tmp_path / "grown", append=True)
    path = Path(str(grown.path), *grown.files(table).values())
    pq.write_table(pq.read_table(path)[::-1], path)
    grown = gn.read(files[2], tmp_path / "grown", append=True)
    assert made(grown) == f"anew because the rows of {table} are in another order"
    same(gn.read(files, tmp_path / "whole"), grown)


def test_many_rows_make_the_tables_anew(files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_append, "MOST", 0.5)
    gn.read(files[0], tmp_path / "grown", append=True)
    grown = gn.read(files[1:], tmp_path / "grown", append=True)
    assert made(grown) == "anew because 16 rows came to 8"
    same(gn.read(files, tmp_path / "whole"), grown)


def test_on_several_machines_the_tables_are_made_anew(files: list[str], tmp_path: Path) -> None:
    for some in (files[:2], files[2:]):
        grown = gn.read(some, tmp_path / "grown", append=True, engine=Spread())
    assert made(grown).startswith("anew because")
    same(gn.read(files, tmp_path / "whole"), grown)


def parts(study: gn.Study) -> dict[str, list[int]]:
    """Rows of each file of what is kept of names."""
    tables = ("staged_keys", "staged_names", "staged_profiles")
    return {t: [pq.read_metadata(Path(str(study.path / f))).num_rows for f in study.files(t).values()] for t in tables}


def people(*rows: tuple[str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["id", "name", "followers"])
    return frame.assign(posts=1, verified=True)


def days_of(
    tmp_path: Path, *days: tuple[list[Any], pd.DataFrame | None]
) -> tuple[gn.Study, list[dict[str, list[int]]]]:
    """Days appended one after the other, each compared with reading all of them at once; and the files after each."""
    sources: list[list[Any]] = []
    counts = []
    for i, (rows, profile_rows) in enumerate(days):
        sources.append([written(tmp_path, f"day{i}", rows)] + ([] if profile_rows is None else [profile_rows]))
        grown = gn.read(sources[-1], tmp_path / "grown", append=True)
        assert made(grown) == ("appended" if i else "at once")
        same(gn.read([s for day in sources for s in day], tmp_path / f"whole{i}"), grown)
        counts.append(parts(grown))
    return grown, counts


FIRST = [post(str(i), f"{i}0", name=f"name{i}", text=f"hello there {i} @nobody") for i in range(8)]


def test_what_is_kept_of_names_is_added_until_it_is_much(tmp_path: Path) -> None:
    everybody = people(*((f"{i}0", f"name{i}", 5) for i in range(8)))
    later = [
        post(f"x{day}", "10", name="name1", text=f"hello again {day} @new{day}") | {"time": 20 + day}
        for day in range(4)
    ]
    days = [([row], people(("10", "name1", 7 + i))) for i, row in enumerate(later)]
    grown, counts = days_of(tmp_path, (FIRST, everybody), *days)
    # 8 names: what is new of one of them comes as a file of its own, until that is half as much
    assert [c["staged_names"] for c in counts] == [[8], [8, 1], [8, 1, 1], [8, 1, 1, 1], [8, 1, 1, 1, 1]]
    assert [c["staged_keys"] for c in counts] == [[9], [9, 1], [9, 1, 1], [9, 1, 1, 1], [9, 1, 1, 1, 1]]
    assert [c["staged_profiles"] for c in counts][-1] == [8, 1, 1, 1, 1]
    more = [post(f"y{i}", f"{i}0", name=f"name{i}", text="hello at last") | {"time": 50 + i} for i in range(3)]
    source = written(tmp_path, "last", more)
    grown = gn.read(source, tmp_path / "grown", append=True)
    assert parts(grown)["staged_names"] == [8]
    names = grown.rows("select * from staged_names order by id").to_pylist()
    assert [n["last"] for n in names[:3]] == [50, 51, 52]


def test_a_key_that_is_taken_for_another_one_is_kept_once(tmp_path: Path) -> None:
    """Somebody known by handle only gets an id: the account goes, its actions are those of the other one."""
    second = [post("z", "99", name="Nobody", text="it was me all along")]
    grown, counts = days_of(tmp_path, (FIRST, None), (second, None), ([post("w", "98", text="hi @nobody you")], None))
    assert counts[0]["staged_keys"] == [9]
    assert counts[1]["staged_keys"] == [10]
    assert grown.accounts["id"].tolist() == [f"{i}0" for i in range(8)] + ["98", "99"]
    assert grown.rows("select id from staged_keys where key = '@nobody'").to_pylist() == [{"id": "99"}]


def test_accounts_of_whom_nothing_is_new_stay_in_their_file(tmp_path: Path) -> None:
    files = []
    for i, rows in enumerate((FIRST, [post("z", "30", name="name3", text="hello @name4 there")])):
        grown = gn.read(written(tmp_path, f"d{i}", rows), tmp_path / "grown", append=True)
        files.append([grown.files(table)[""] for table in ("accounts", "handles")])
    assert files[0][0] == files[1][0]
    assert made(grown) == "appended"
    assert grown.last("read")["rows"]["accounts"] == 9
    grown = gn.read(
        written(tmp_path, "d2", [post("y", "31", name="zoe", text="hello")]), tmp_path / "grown", append=True
    )
    assert grown.files("accounts")[""] != files[1][0]


def test_names_and_profiles_are_kept_once(tmp_path: Path) -> None:
    people = pd.DataFrame(
        {"id": ["1", "1"], "name": ["ann", "ann"], "followers": [1, 2], "posts": [1, 1], "verified": [True, True]}
    )
    for i in range(3):
        grown = gn.read(
            [written(tmp_path, f"d{i}", [post(f"p{i}", "1", name="ann", text="hi")]), people],
            tmp_path / "g",
            append=True,
        )
    counts = {
        t: grown.rows(f"select count(*) as n from {t}")["n"][0].as_py() for t in ("staged_names", "staged_profiles")
    }
    assert counts == {"staged_names": 1, "staged_profiles": 1}
