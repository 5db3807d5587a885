"""Engines whose rows no single process holds: the same ties, whatever the tasks; nothing that grows is collected."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Literal

import null_worlds as worlds
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posted import START, Posted
from small_study import small_study
from spread import Counting, Spread
from test_validate import planted, study_of

import graphnet as gn
from graphnet import nulls
from graphnet._validate import validate
from graphnet.errors import InputError
from graphnet.nulls import NO_TIME, Model, Null, Outcome, Pairs, Seeker, Shares
from graphnet.nulls._gather import bounds
from graphnet.nulls._shares import most_within
from graphnet.study import Study

ORDER = {"ties": "layer, source, target", "merged": "source, target"}


def again(study: Study, folder: Path, engine: Spread | None = None) -> Study:
    """A copy of a study on an engine that claims to be spread."""
    shutil.copytree(str(study.path), folder)
    return Study.open(folder, engine or Spread())


def plain(summary: dict[str, Any]) -> dict[str, Any]:
    """A summary without what is no result: how long it took, and where."""
    layers = {
        name: {key: value for key, value in layer.items() if key not in ("seconds", "collected")}
        for name, layer in summary["layers"].items()
    }
    return summary | {"layers": layers}


def same(study: Study, folder: Path, *used: Null, parts: tuple[int, ...] = (2, 5), **how: Any) -> dict[str, Any]:
    """Validate on both sorts of engines, with tasks of some shares, and compare all tables; returns the summary."""
    wanted = validate(study, *used, **how)
    shares = study.rows("select count(*) as n from actions")["n"][0].as_py()
    for part in parts:
        copy = again(study, folder / str(part))
        got = validate(copy, *used, at_once=max(2 * shares // part, 1), **how)
        for table, order in ORDER.items():
            one, two = (s.frame(f"select * from {table} order by {order}") for s in (study, copy))
            pd.testing.assert_frame_equal(two, one, rtol=1e-9, atol=0)
            # written in order, not only sorted afterwards
            pd.testing.assert_frame_equal(copy.frame(f"select * from {table}"), two)
        assert plain(got) == plain(wanted)
    return wanted


@pytest.fixture(scope="module")
def shares() -> Shares:
    return planted()


@pytest.mark.parametrize("parts", [1, 2, 3, 5, 40])
def test_ties_are_the_same_whatever_the_tasks(shares: Shares, tmp_path: Path, parts: int) -> None:
    study = study_of(tmp_path / "study", shares, twice=True, seed=3)
    done = same(study, tmp_path, parts=(parts,))
    assert done["layers"]["co_retweet"]["kept"] > 40
    assert done["merged"]["kept"] > 40


KNOWN: dict[str, Callable[[Shares], Shares]] = {
    "no times": lambda s: replace(s, time=np.full(len(s), NO_TIME)),
    "neither times nor creation": lambda s: replace(
        s, time=np.full(len(s), NO_TIME), created=np.full(s.objects, NO_TIME)
    ),
    "some times": lambda s: replace(s, time=np.where(np.arange(len(s)) % 5 == 0, NO_TIME, s.time)),
    "times to the minute": lambda s: replace(s, time=s.time // 60 * 60),
    "some authors": lambda s: replace(s, author=np.where(np.arange(s.objects) % 4 == 0, -1, s.author)),
    "no authors": lambda s: replace(s, author=np.full(s.objects, -1)),
    "no creation": lambda s: replace(s, created=np.full(s.objects, NO_TIME)),
    "creation to the day": lambda s: replace(s, created=s.created // 86_400 * 86_400),
    "created after it was shared": lambda s: replace(s, created=s.created + 5_000),
    "before 1970": lambda s: replace(s, time=s.time - 2_000_000_000, created=s.created - 2_000_000_000),
}


def with_gaps(folder: Path, shares: Shares) -> Study:
    """A study of these retweets in which what is not known is null."""

    def known(values: Any, missing: int) -> list[int | None]:
        return [None if value == missing else value for value in values.tolist()]

    rows = zip(shares.account.tolist(), shares.object.tolist(), known(shares.time, NO_TIME), strict=True)
    things = zip(known(shares.author, -1), known(shares.created, NO_TIME), strict=True)
    study = small_study(
        folder, shares.accounts,
        actions=[{"account": a, "kind": "retweet", "object": o, "time": t, "weight": 1.0} for a, o, t in rows],
        objects=[{"object": o, "kind": "post", "id": f"p{o}", "author": a, "created": c}
                 for o, (a, c) in enumerate(things)],
    )  # fmt: skip
    gn.project(study, gn.layers.CoRetweet(window=None, min_shared=1))
    return study


@pytest.mark.parametrize("what", KNOWN)
def test_it_matters_what_is_known_and_alike_on_both(shares: Shares, tmp_path: Path, what: str) -> None:
    same(with_gaps(tmp_path / "study", KNOWN[what](shares)), tmp_path, parts=(3,))


@pytest.mark.parametrize(
    "used",
    [
        (nulls.Popularity(),),
        (nulls.Interest(),),
        (nulls.Diffusion(),),
        (nulls.Popularity(budget=5000), nulls.Interest(entries=900), nulls.Diffusion(quick=5, slow=100)),
        (nulls.Popularity(budget=1), nulls.Diffusion()),
    ],
    ids=["popularity", "interest", "diffusion", "other parameters", "nothing left"],
)
def test_every_null(shares: Shares, tmp_path: Path, used: tuple[Null, ...]) -> None:
    same(study_of(tmp_path / "study", shares), tmp_path, *used, floor=3, method="by")


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_small_worlds_of_any_shape(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    seed, accounts = data.draw(st.integers(0, 10**6)), data.draw(st.integers(1, 30))
    random = np.random.default_rng(seed)
    n, objects = data.draw(st.integers(1, 400)), data.draw(st.integers(1, 60))
    who, what = random.integers(0, accounts, n), random.integers(0, objects, n) ** 2 % objects
    created = worlds.START + random.integers(0, 4 * 86_400, objects)
    time = created[what] + random.integers(-100, 9000, n)
    world = Shares.of(who, what, time, author=np.arange(objects) % 5, created=created, accounts=accounts)
    folder = tmp_path_factory.mktemp("world")
    floor = data.draw(st.integers(2, 9))
    same(study_of(folder / "study", world), folder, parts=(data.draw(st.sampled_from([1, 2, 3, 7])),), floor=floor)


def talk(seed: int = 1) -> Posted:
    """Accounts that post links, tags, texts and pictures on two days, some of them together; follows and mentions."""
    random, made = np.random.default_rng(seed), Posted()
    for day in range(2):
        for item in range(60):
            words = " ".join(f"{random.integers(16**6, 16**7):x}" for _ in range(8))
            together = range(5) if item % 4 == 0 else ()
            some = random.choice(np.arange(5, 40), random.integers(2, 12), replace=False).tolist()
            for account in [*together, *some]:
                delay = account if account in together else int(random.integers(0, 700))
                when = START + 86_400 * day + 900 * item + delay
                topic, site = f"t{item % 5}", ("https://a.test", "https://t.me/room", "https://b.test", "nowhere")
                made.post(
                    account, when, words, tags=(topic, f"u{item % 7}"),
                    link=f"{site[item % 4]}/{day}-{item}",
                )  # fmt: skip
                last = len(made.posts) - 1
                made.act(account, "media", when, object=made.object("media", f"m{day}-{item}"), post=last)
                made.act(account, "mention", when, target=int(random.integers(0, 40)))
                made.act(account, "follow", None, target=int(random.integers(0, 40)))
    return made


@pytest.mark.parametrize("order", [0, 4])
def test_every_kind_of_layer(tmp_path: Path, order: int) -> None:
    study = talk().study(tmp_path / "study", 40, {}, order=order)
    gn.match(study)
    every = [gn.registry.make("layers", n) for n in ("co_link", "same_text", "near_text", "co_media", "co_hashtag",
             "co_mention", "co_follow", "hashtag_sequence")]  # fmt: skip
    gn.project(study, *(layer for layer in every if not layer.missing(study)))
    done = same(study, tmp_path, parts=(3,), floor=2)
    assert {"co_link", "same_text", "near_text", "co_media", "co_hashtag", "co_mention"} <= set(done["layers"])
    assert any(layer["unexplained"] for layer in done["layers"].values())


def test_layers_that_are_collected_say_so(tmp_path: Path) -> None:
    study = again(_tagged(tmp_path / "study"), tmp_path / "copy")
    layers = validate(study)["layers"]
    assert "all shares at once" in layers["co_hashtag"]["collected"]
    assert "all shares at once" in layers["co_mention"]["collected"]
    assert "collected" not in layers["co_link"]


def _tagged(folder: Path) -> Study:
    study = talk().study(folder, 40, {})
    gn.project(study, *(gn.registry.make("layers", n) for n in ("co_link", "co_hashtag", "co_mention")))
    return study


@dataclass(frozen=True)
class Never(Null):
    """A null of one's own, which knows nothing of tasks."""

    name: ClassVar[str] = "never"
    title: ClassVar[str] = "nothing"
    side: ClassVar[Literal["what", "when"]] = "what"

    def missing(self, shares: Shares) -> str | None:
        return None if len(shares) else "nothing is shared"

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        return Everything()

    def sentence(self, seen: int, expected: float, things: str = "objects") -> str:
        return f"{expected} {things} expected, {seen} seen"


class Everything(Model):
    notes: dict[str, Any] = {}  # noqa: RUF012

    def test(self, pairs: Pairs) -> Outcome:
        return Outcome(pairs.shared.astype(np.int64), np.full(len(pairs), 9.0), np.ones(len(pairs)))


def test_a_null_that_needs_everything_gets_it(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares)
    used = (nulls.Popularity(), nulls.Diffusion(), Never())
    same(study, tmp_path, *used, parts=(2,))
    copy = again(study, tmp_path / "copy")
    assert "never" in validate(copy, *used)["layers"]["co_retweet"]["collected"]


def test_what_is_collected_does_not_grow_with_the_shares(tmp_path: Path) -> None:
    largest = []
    for times in (1, 4):
        random = np.random.default_rng(7)
        world = worlds.spreading(random, accounts=300 * times, posts=900 * times)
        engine = Counting()
        study = again(study_of(tmp_path / f"study{times}", world), tmp_path / f"copy{times}", engine)
        engine.collected.clear()
        done = validate(study, at_once=len(world))["layers"]["co_retweet"]
        assert done["unexplained"] < 50
        largest.append((len(world), max(engine.collected)))
    (few, one), (many, two) = largest
    assert many > 3 * few
    # the sizes that things have, and ranges of account numbers, of which there are as many as accounts in a small world
    assert one <= 300
    assert two <= 1200 < many // 4


def test_no_rows_and_no_active_accounts(tmp_path: Path) -> None:
    nobody = with_gaps(tmp_path / "one", Shares.of([0, 1, 2], [0, 0, 1], [5, 6, 7]))
    done = same(nobody, tmp_path / "few", parts=(1, 3))
    assert done["layers"]["co_retweet"]["tests"] == 0
    empty = with_gaps(tmp_path / "two", Shares.of([0], [0], [5]))
    with empty.step("read", {}) as step:
        for table in ("accounts", "objects"):
            step.carry(table)
        step.write("actions", empty.rows("select * from actions limit 0"))
    with empty.step("project", {"layers": ["co_retweet"]}) as step:
        step.write("pairs", gn.schema.PAIRS.empty(), "co_retweet")
    done = same(empty, tmp_path / "none", parts=(1,))
    assert done["layers"]["co_retweet"]["not_applicable"]["popularity"] == "there are no shares"


def test_a_wrong_size_of_tasks_is_named(shares: Shares, tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", shares)
    with pytest.raises(InputError, match="at_once is 0, it has to be 1 or more shares"):
        validate(study, at_once=0)


@pytest.mark.parametrize("null", [nulls.Popularity(cut=1.0), nulls.Diffusion()], ids=["screen", "meetings"])
@pytest.mark.parametrize("cut", [0, 1, 60, 299, 300])
def test_seekers_pair_only_across_a_cut(shares: Shares, null: Null, cut: int) -> None:
    model = null.fit(shares)
    assert isinstance(model, Seeker)
    active = np.arange(shares.accounts) % 7 > 0
    every, across = (
        Pairs.joined(model.candidates(lambda pairs: pairs, active, cut=where)) for where in (None, cut)
    )  # fmt: skip
    wanted = every.among((every.source < cut) & (every.target >= cut))
    assert len(every) > 100
    assert across.source.tolist() == wanted.source.tolist()
    assert across.target.tolist() == wanted.target.tolist()
    assert across.shared.tolist() == wanted.shared.tolist()


@given(sizes=st.lists(st.integers(1, 1000), max_size=60), groups=st.integers(1, 12))
def test_groups_have_about_as_many_shares(sizes: list[int], groups: int) -> None:
    low = [10 * i for i in range(len(sizes))]
    cuts = bounds(low, sizes, groups)
    assert list(cuts) == sorted(set(cuts) & set(low))
    assert len(cuts) < groups
    ends = [0, *(low.index(cut) for cut in cuts), len(sizes)]
    share = sum(sizes) / groups
    for start, stop in pairwise(ends):
        assert sum(sizes[start:stop]) <= share + max(sizes, default=0)


@given(sizes=st.lists(st.integers(0, 50), max_size=40), budget=st.floats(0.1, 5000))
def test_the_most_popular_are_left_out_by_the_sizes_alone(sizes: list[int], budget: float) -> None:
    found, how_many = np.unique(np.array(sizes, np.int64), return_counts=True)
    most = most_within(found, how_many, budget)
    kept = [d for d in sizes if most is None or d <= most]
    assert sum(d**2 for d in kept) <= budget
    more = [d for d in sizes if most is not None and d > most]
    if more:
        next_ = min(more)
        assert sum(d**2 for d in sizes if d <= next_) > budget
