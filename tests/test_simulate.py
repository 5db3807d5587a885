"""The simulator: reproducible worlds, lifelike crowds, and planted groups that do what they are planned to do."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import defaultdict
from datetime import datetime
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import zstandard

import graphnet as gn
from graphnet import schema
from graphnet.errors import InputError, UnknownName
from graphnet.simulate import Group, World, ready, simulate
from graphnet.simulate.collection import Collection, build
from graphnet.simulate.designs import seconds
from graphnet.simulate.dice import Dice
from graphnet.simulate.evaluate import Match, evaluate
from graphnet.simulate.files import FILES
from graphnet.simulate.words import vary

WEEKEND = Path(__file__).parents[1] / "data" / "weekend"
SMALL = World(accounts=400, days=7, fandoms=3, authors=6, celebrities=4, outlets=3, news=3, fans=12, chain=4, storm=20)


def frame(made: Collection) -> pd.DataFrame:
    """The posts with group and role of their authors."""
    truth = made.truth.to_pandas().set_index("account")
    posts = made.posts.to_pandas()
    return posts.assign(
        group=truth.group.reindex(posts.account).to_numpy(), role=truth.role.reindex(posts.account).to_numpy()
    )


@pytest.fixture(scope="module")
def weekend() -> Collection:
    return build(ready("weekend"), seed=7)


@pytest.fixture(scope="module")
def four() -> Collection:
    return build(ready("four", accounts=1500), seed=3)


# The same every time --------------------------------------------------------------------------------------------------


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path: Path) -> None:
    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        simulate(tmp_path / folder, seed=seed, design=SMALL, groups=[Group("g", size=8, cover=1.0)])
    for name in FILES:
        a, b, c = ((tmp_path / folder / name).read_bytes() for folder in "abc")
        assert a == b, name
        assert a != c, name


def test_shipped_world_is_what_its_command_makes(weekend: Collection, tmp_path: Path) -> None:
    said = json.loads((WEEKEND / "world.json").read_text(encoding="utf-8"))
    simulate(tmp_path, seed=7, accounts=3000, days=14, design="weekend")
    assert said == json.loads((tmp_path / "world.json").read_text(encoding="utf-8"))
    shipped = {name: hashlib.sha256(unpacked(WEEKEND / name)).hexdigest() for name in said["sha256_uncompressed"]}
    assert shipped == said["sha256_uncompressed"]
    assert said["command"] in (WEEKEND.parent / "README.md").read_text(encoding="utf-8").replace(
        "data/weekend", "FOLDER"
    )
    assert sum(file.stat().st_size for file in WEEKEND.iterdir()) < 4_000_000


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data) if path.suffix == ".zst" else data


def test_switching_a_part_off_leaves_alone_what_the_others_write() -> None:
    written = []
    for changes in ({}, {"news": 0}, {"news": 9, "news_share": 0.5}):
        posts = build(World(**{**vars(SMALL), **changes}), seed=2).posts.to_pandas()
        own = posts[posts.retweet_of.isna() & posts.quote_of.isna() & posts.reply_to.isna()]
        written.append({row for row in zip(own.account, own.time, own.text, strict=True) if "#breaking" not in row[2]})
    assert len(written[0]) > 500
    assert written[0] == written[1] == written[2]


# Files ----------------------------------------------------------------------------------------------------------------


def test_files_are_plain_collections(tmp_path: Path) -> None:
    summary = simulate(tmp_path, design=SMALL, groups=[Group("g", size=8, cover=1.0)])
    assert sorted(f.name for f in tmp_path.iterdir()) == sorted(FILES)
    lines = [json.loads(line) for line in unpacked(tmp_path / "posts.jsonl.zst").splitlines()]
    assert len(lines) == summary["posts"]
    assert set().union(*lines) <= {*schema.RAW_POSTS.names, "screen_name"} - {"name"}
    assert all(set(line) >= {"id", "account", "screen_name", "time", "text"} for line in lines)
    times = [datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%SZ") for line in lines]
    assert times == sorted(times)
    assert times[0] >= datetime(2023, 5, 4)
    assert times[-1] < datetime(2023, 5, 11)
    with gzip.open(tmp_path / "profiles.csv.gz", "rt", encoding="utf-8", newline="") as file:
        profiles = list(csv.DictReader(file))
    assert list(profiles[0]) == ["id", "screen_name", *schema.RAW_ACCOUNTS.names[2:]]
    assert {p["verified"] for p in profiles} == {"true", "false"}
    assert {line["account"] for line in lines} <= {p["id"] for p in profiles}


def test_rows_fit_the_schema(weekend: Collection) -> None:
    schema.check(schema.RAW_POSTS, weekend.posts)
    schema.check(schema.RAW_ACCOUNTS, weekend.profiles)


def test_ids_are_19_digits_and_differ(weekend: Collection) -> None:
    for ids in (weekend.posts["id"], weekend.profiles["id"]):
        found = ids.to_pylist()
        assert len(set(found)) == len(found)
        assert all(len(i) == 19 and i.isascii() and i.isdigit() for i in found)
    posts = weekend.posts["id"].to_pylist()
    assert posts == sorted(posts)


def test_hostile_names_are_in_groups_and_in_the_crowd(weekend: Collection) -> None:
    truth = {r["account"]: r["group"] for r in weekend.truth.to_pylist()}
    names = {r["name"]: truth[r["id"]] for r in weekend.profiles.to_pylist()}
    assert {"=cmd|'/C calc'!A0", "</script><img src=x onerror=alert(1)>"} <= set(names)
    assert {bool(names[n]) for n in ("=cmd|'/C calc'!A0", "</script><img src=x onerror=alert(1)>")} == {True, False}
    assert not set(build(World(**{**vars(SMALL), "hostile": False})).profiles["name"].to_pylist()) & {
        "=cmd|'/C calc'!A0"
    }


def test_references_point_to_posts_made_before(weekend: Collection) -> None:
    posts = frame(weekend)
    by_id = posts.set_index("id")
    for ref, account, time in (
        ("retweet_of", "retweet_account", "retweet_time"),
        ("quote_of", "quote_account", "quote_time"),
    ):
        rows = posts[posts[ref].notna()]
        original = by_id.loc[rows[ref]]
        assert (original.account.to_numpy() == rows[account].to_numpy()).all()
        assert (original.time.to_numpy() == rows[time].to_numpy()).all()
        assert (original.time.to_numpy() < rows.time.to_numpy()).all()
    retweets = posts[posts.retweet_of.notna()]
    assert not retweets.duplicated(["account", "retweet_of"]).any()
    assert (retweets.text.str.startswith("RT @")).all()


def test_every_language_is_written(weekend: Collection) -> None:
    letters = {"fa": "گ", "ar": "ة", "he": "ש", "en": "e"}
    posts = weekend.posts.to_pandas()
    assert set(posts.lang) == set(letters)
    for lang, letter in letters.items():
        assert posts[posts.lang == lang].text.str.contains(letter).any(), lang


# The crowd ------------------------------------------------------------------------------------------------------------


def quietest_six_hours(times: pd.Series) -> float:
    hours = np.bincount(times // 3600 % 24, minlength=24)
    return float(min(np.roll(hours, -start)[:6].sum() for start in range(24)) / hours.sum())


def test_people_sleep_and_machines_do_not(weekend: Collection) -> None:
    posts = frame(weekend)
    busy = posts.groupby("account").filter(lambda rows: len(rows) >= 36)
    quiet = busy.groupby(["role", "account"]).time.agg(quietest_six_hours)
    for role in ("ordinary", "author", "storm", "cyborg", "person"):
        assert quiet[role].median() < 0.03, role
    assert quiet["bot"].median() > 0.08


def test_activity_is_heavy_tailed(weekend: Collection) -> None:
    posts = frame(weekend)
    counts = posts[posts.role == "ordinary"].groupby("account").size().sort_values(ascending=False)
    assert counts.iloc[: len(counts) // 10].sum() > 0.35 * counts.sum()
    assert counts.median() < 0.6 * counts.mean()
    popular = posts.retweet_of.value_counts()
    assert popular.iloc[: len(popular) // 100].sum() > 0.1 * popular.sum()


def test_follows_prefer_the_own_fandom_and_the_popular(weekend: Collection) -> None:
    follows = weekend.follows.to_pandas()
    assert not follows.duplicated().any()
    assert (follows.source != follows.target).all()
    audience = follows.target.value_counts()
    assert audience.iloc[:100].sum() > 0.3 * len(follows)
    shuffled = follows.assign(target=follows.target.sample(frac=1, random_state=1).to_numpy())
    alike, alike_by_chance = (much_in_common(rows) for rows in (follows, shuffled))
    assert alike > 2 * max(alike_by_chance, 1), "shared taste, not only shared celebrities"


def much_in_common(follows: pd.DataFrame) -> int:
    """Pairs (of a part of the accounts) who follow at least five accounts in common."""
    friends = follows.groupby("source").target.agg(frozenset).iloc[::20]
    return sum(len(a & b) >= 5 for a, b in combinations(friends, 2))


def test_breaking_news_is_shared_within_minutes(weekend: Collection) -> None:
    posts = frame(weekend)
    news = posts[posts.retweet_of.notna() & posts.text.str.contains("#breaking")]
    delay = news.time - news.retweet_time
    assert len(news) > 300
    assert delay.median() < 15 * 60


# Planted groups -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["weekend", "four"])
def test_operations_stay_within_their_windows(name: str, request: pytest.FixtureRequest) -> None:
    made: Collection = request.getfixturevalue(name)
    groups = {g.name: g for g in ready(name, accounts=3000 if name == "weekend" else 1500).groups}
    posts = {p["id"]: p for p in made.posts.to_pylist()}
    roles = {r["account"]: (r["group"], r["role"]) for r in made.truth.to_pylist()}
    times, everybody = defaultdict(list), defaultdict(set)
    for row in made.operations.to_pylist():
        post = posts[row["post"]]
        group, role = roles[post["account"]]
        assert group == row["group"]
        everybody[group].add(post["account"])
        if role != "person":
            times[group, row["operation"]].append(post["time"])
    assert set(everybody) == set(groups)
    for (group, _), seen in times.items():
        assert max(seen) - min(seen) <= groups[group].window
    for group, members in everybody.items():
        assert len(members) > 0.8 * groups[group].size
        sizes = [len(seen) for (g, _), seen in times.items() if g == group]
        assert np.mean(sizes) > 0.5 * groups[group].size * groups[group].participation * (1 - groups[group].people)


def test_attack_is_on_the_weekend_and_against_the_target(weekend: Collection) -> None:
    posts = frame(weekend).merge(weekend.operations.to_pandas()[["post"]], left_on="id", right_on="post")
    inside = posts.time.between(seconds("2023-05-13") - 12 * 3600, seconds("2023-05-15") + 12 * 3600)
    assert 0.7 < inside.mean() < 0.95
    words = posts[posts.retweet_of.isna() & posts.links.map(len, na_action="ignore").eq(0)]
    assert words.text.str.contains("@AlderHarbourTrust", regex=False).mean() > 0.95


def test_members_do_ordinary_things_as_well(weekend: Collection) -> None:
    posts = frame(weekend)
    planned = set(weekend.operations["post"].to_pylist())
    members = posts[posts.group != ""]
    together = members.id.isin(planned).groupby(members.account).mean()
    assert 0.1 < together.median() < 0.5
    assert (together == 1).mean() < 0.05


def test_creation_dates_crowd_in_four_months(weekend: Collection) -> None:
    made = weekend.profiles.to_pandas().set_index("id").created
    group = weekend.truth.to_pandas().set_index("account").group.reindex(made.index)
    window = made.between(seconds("2022-10-03"), seconds("2023-01-28"))
    assert window[group == "north"].mean() > 0.6
    assert window[group == ""].mean() < 0.1
    assert made[group == ""].max() - made[group == ""].min() > 10 * 365 * 86_400


def test_truth_covers_all_accounts(weekend: Collection) -> None:
    truth = weekend.truth.to_pandas()
    assert truth.group.value_counts().to_dict() == {"": 3000, "north": 350, "south": 75}
    assert set(truth.account) == set(weekend.profiles["id"].to_pylist())
    assert set(truth[truth.group != ""].role) == {"bot", "cyborg", "person"}


@pytest.mark.parametrize("seed", [1, 2])
def test_organic_world_has_no_planted_signal(seed: int) -> None:
    made = build(ready("organic", accounts=1500), seed)
    assert made.operations.num_rows == 0
    posts = frame(made)
    retweets = posts[posts.retweet_of.notna()]
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for _, rows in retweets.groupby("retweet_of"):
        shares = sorted(zip(rows.account, rows.time, rows.role, strict=True))
        for (a, at, role_a), (b, bt, role_b) in combinations(shares, 2):
            if abs(at - bt) <= 10 and not {role_a, role_b} <= {"fan"}:
                pairs[a, b] += 1
    assert max(pairs.values()) <= 3, "nobody but notification fans is together again and again"
    assert sum(n >= 2 for n in pairs.values()) < 0.005 * len(set(retweets.account))


def test_group_parameters_have_their_effect() -> None:
    def coordinated(**changes: object) -> tuple[int, int]:
        made = build(World(**{**vars(SMALL), "groups": (Group("g", **{"size": 20, **changes}),)}), seed=4)
        posts = frame(made)
        return made.operations.num_rows, int((posts.group == "g").sum())

    few, many = coordinated(participation=0.3), coordinated(participation=0.9)
    assert many[0] > 2 * few[0]
    none, much = coordinated(cover=0.0), coordinated(cover=20.0)
    assert none[1] == none[0]
    assert much[1] > 5 * none[1]


def test_copies_are_near_identical() -> None:
    text = "nobody wants to answer a simple question in this town, who is with us?"
    copies = {vary(text, "en", how) for how in range(64)}
    assert len(copies) > 10
    shingles = [{c[i : i + 3] for i in range(len(c) - 2)} for c in copies]
    whole = {text[i : i + 3] for i in range(len(text) - 2)}
    assert min(len(s & whole) / len(s | whole) for s in shingles) > 0.6
    assert any("\u200b" in c for c in copies)
    assert any("ي" in vary("مردم می‌گویند یکی", "fa", how) for how in range(64))


# Wrong parameters -----------------------------------------------------------------------------------------------------


def test_wrong_parameters_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"no design is called 'weekand'\. Did you mean 'weekend'"):
        simulate(tmp_path, design="weekand")
    with pytest.raises(InputError, match="accounts is 10, it has to be from 100 to"):
        simulate(tmp_path, accounts=10)
    with pytest.raises(InputError, match="group 'g': participation is 2, it has to be from"):
        Group("g", participation=2)
    with pytest.raises(InputError, match=r"unknown acts dance\. There are: retweet"):
        Group("g", acts={"dance": 1.0})
    with pytest.raises(InputError, match="a name of its own; these are: g, g"):
        World(groups=(Group("g"), Group("g")))
    with pytest.raises(InputError, match="to reply it needs a target"):
        Group("g", acts={"reply": 1.0})
    with pytest.raises(InputError, match="120 accounts are too few for"):
        World(accounts=120)
    with pytest.raises(InputError, match=r"group 'g': period is \(6, 8\), the world has days 0 to 7"):
        World(days=7, groups=(Group("g", period=(6, 8)),))
    with pytest.raises(InputError, match="'4 May' is no date"):
        seconds("4 May")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot write the world to .*file: .* Name another folder"):
        simulate(tmp_path / "file", design=SMALL)


@pytest.mark.parametrize(
    "world",
    [
        World(accounts=100, days=2, fandoms=1, authors=2, celebrities=1, outlets=1, news=0, fans=0, chain=0, storm=0,
              trend=0.0, part_time=1.0, groups=(Group("pair", size=2, window=0, operations=1, cover=0.0),)),
        World(accounts=100, days=2, pace=0.05, fandoms=20, authors=2, celebrities=1, outlets=1, fans=1, chain=1,
              storm=1, part_time=0.0, groups=(Group("slow", size=40, window=4 * 3600, people=1.0, bots=0.0),)),
        World(accounts=150, days=3, fandoms=2, authors=3, celebrities=2, outlets=2, fans=5, chain=3, storm=5,
              groups=(Group("busy", size=60, seeds="author", operations=500), Group("he", lang="he", bots=1.0))),
    ],
    ids=["nothing else", "people only", "many operations"],
)  # fmt: skip
def test_extreme_worlds(world: World) -> None:
    made = build(world, seed=1)
    schema.check(schema.RAW_POSTS, made.posts)
    assert made.truth.num_rows == world.accounts + sum(g.size for g in world.groups)
    assert (made.posts["time"].to_numpy() < world.end).all()


def test_dice_follow_their_laws() -> None:
    dice = Dice(1, "test")
    assert abs(dice.normal(50_000).std() - 1) < 0.02
    assert abs(np.median(dice.lognormal(60.0, 1.0, 50_000)) - 60) < 2
    assert abs(dice.geometric(3.0, 50_000).mean() - 3) < 0.05
    assert dice.geometric(3.0, 50_000).min() == 1
    assert np.allclose(np.bincount(dice.pick((1, 0, 3), 50_000)) / 50_000, (0.25, 0, 0.75), atol=0.01)
    assert sorted(dice.sample(np.arange(5), 9).tolist()) == [0, 1, 2, 3, 4]


# Judging what was found -----------------------------------------------------------------------------------------------

TRUTH = pd.DataFrame(
    [("1", "a", "bot"), ("2", "a", "bot"), ("3", "a", "person"), ("4", "b", "bot"), ("5", "b", "bot"), ("6", "", "fan"),
     ("7", "", "fan"), ("8", "", "ordinary"), ("9", "", "ordinary")],
    columns=["account", "group", "role"],
)  # fmt: skip


def judged(found: dict[int, str], **options: object) -> dict[str, Match]:
    """The rows of `evaluate` for communities given as strings of one-digit ids."""
    members = [(int(a), c) for c, text in found.items() for a in text]
    study = SimpleNamespace(
        accounts=pd.DataFrame({"account": range(10), "id": list("0123456789")}),
        members=pd.DataFrame(members, columns=["account", "community"]),
    )
    return {row.group: row for row in evaluate(study, TRUTH, **options)}


def test_evaluate_perfect() -> None:
    rows = judged({1: "123", 2: "45"})
    assert list(rows) == ["a", "b", ""]
    assert all(row.precision == row.recall == 1 for row in rows.values())
    assert rows["a"].communities == (1,)
    assert rows["a"].roles == {"bot": (2, 2), "person": (1, 1)}


def test_evaluate_joins_the_communities_that_match_best() -> None:
    rows = judged({1: "12", 2: "36", 3: "789"})
    assert rows["a"].communities == (1, 2)
    assert (rows["a"].precision, rows["a"].recall) == (3 / 4, 1)
    assert rows["a"].others == {"fan": 1}
    assert (rows["b"].found, rows["b"].precision, rows["b"].recall) == (0, None, 0)
    assert (rows[""].precision, rows[""].recall) == (3 / 7, 3 / 5)
    assert rows[""].others == {"fan": 2, "ordinary": 2}


def test_evaluate_does_not_join_a_crowd_for_one_member() -> None:
    rows = judged({1: "12", 2: "36789"})
    assert rows["a"].communities == (1,)
    assert (rows["a"].precision, rows["a"].recall) == (1, 2 / 3)


def test_evaluate_a_community_with_two_groups() -> None:
    rows = judged({1: "12345"})
    assert (rows["a"].precision, rows["a"].others) == (3 / 5, {"b": 2})
    assert rows["b"].precision == 2 / 5
    assert rows[""].precision == 1


def test_evaluate_only_the_named_communities_or_none() -> None:
    assert judged({1: "12", 2: "45"}, communities=[2])["a"].found == 0
    empty = judged({})[""]
    assert (empty.precision, empty.recall, empty.flagged) == (None, 0, 0)


def test_evaluate_strangers_to_the_truth(tmp_path: Path) -> None:
    assert judged({1: "120"})["a"].others == {"not in the truth": 1}
    TRUTH.to_csv(tmp_path / "truth.csv", index=False)
    study = SimpleNamespace(
        accounts=pd.DataFrame({"account": [0], "id": ["1"]}), members=pd.DataFrame({"account": [0], "community": [1]})
    )
    assert evaluate(study, tmp_path / "truth.csv") == evaluate(study, TRUTH)
    with pytest.raises(InputError, match="the truth has no column role"):
        evaluate(study, TRUTH.drop(columns="role"))
    with pytest.raises(InputError, match="cannot read the truth from"):
        evaluate(study, tmp_path / "none.csv")


# Together with the rest -----------------------------------------------------------------------------------------------


def test_the_files_are_read_as_they_were_made(tmp_path: Path) -> None:
    simulate(tmp_path, seed=9, design=SMALL, groups=[Group("g", size=8, cover=1.0)])
    made = build(World(**{**vars(SMALL), "groups": (Group("g", size=8, cover=1.0),)}), seed=9)
    names = ("posts.jsonl.zst", "follows.csv.gz", "profiles.csv.gz")
    study = gn.read([str(tmp_path / name) for name in names], into=tmp_path / "study")
    assert study.rejected.empty
    assert set(study.accounts.id) == set(made.profiles["id"].to_pylist())
    profiles = made.profiles.to_pandas().set_index("id")
    read = study.accounts.set_index("id")
    assert (read.name == profiles.name.reindex(read.index)).all()
    assert (read.created == profiles.created.reindex(read.index)).all()
    assert len(study.posts) == made.posts.num_rows
    kinds = study.actions.kind.value_counts()
    posts = made.posts.to_pandas()
    assert kinds["follow"] == made.follows.num_rows
    for kind, column in (("retweet", "retweet_of"), ("quote", "quote_of"), ("reply", "reply_to")):
        assert kinds[kind] == posts[column].notna().sum()
