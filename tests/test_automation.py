"""What the indicators say of people, clocks and both at one account; and of data that are broken, cut or coarse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rhythmic import DAY, START, clock, cyborg, person, rhythmic

from graphnet import showing, timelines
from graphnet.automation import CLASSES, FEATURES, PLACE, Composition, figures, judge

PEOPLE = 160
"""Controls; the smallest p of one figure is then 1 in 161."""


def classes(found, accounts):
    return [CLASSES[found.place[a]] for a in accounts]


def judged(folder, more, **kinds):
    """People as controls, and these timelines asked about."""
    lines = [person(seed) for seed in range(PEOPLE)] + list(more)
    asked = range(PEOPLE, len(lines))
    study = rhythmic(folder, lines, {1: asked}, **kinds)
    subject = np.arange(len(lines)) >= PEOPLE
    return study, judge(study, subject, ~subject)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Twelve clocks, twelve cyborgs, twelve people, and four who hardly posted."""
    more = [clock(s) for s in range(12)] + [cyborg(900 + s) for s in range(12)] + [person(700 + s) for s in range(12)]
    more += [person(800 + s, days=3) for s in range(4)]
    return judged(tmp_path_factory.mktemp("world"), more)


def test_clocks_cyborgs_and_people_are_told_apart(world):
    _, found = world
    assert classes(found, range(160, 172)) == ["bot-like"] * 12
    assert classes(found, range(172, 184)) == ["cyborg-like"] * 12
    assert classes(found, range(184, 196)).count("person-like") >= 11
    assert classes(found, range(196, 200)) == ["insufficient data"] * 4


def test_one_family_alone_makes_no_class_of_an_account_that_rests(world):
    _, found = world
    speaks = {name: i for i, name in enumerate(found.against.names)}
    for only in ("speed", "schedule"):
        alone = replace(found)
        alone.__dict__["speaking"] = np.zeros_like(found.speaking)
        alone.__dict__["speaking"][172:184, speaks[only]] = True
        assert classes(alone, range(172, 184)) == ["unclear"] * 12
        alone = replace(found)
        alone.__dict__["speaking"] = np.zeros_like(found.speaking)
        alone.__dict__["speaking"][172:184, [speaks[only], speaks["rhythm"]]] = True
        assert classes(alone, range(172, 184)) == ["cyborg-like"] * 12


def test_quiet_hours_alone_make_no_machine(world):
    _, found = world
    alone = replace(found)
    alone.__dict__["speaking"] = np.zeros_like(found.speaking)
    alone.__dict__["speaking"][160:172, found.against.names.index("rhythm")] = True
    assert classes(alone, range(160, 172)) == ["unclear"] * 12


def test_the_families_that_speak_are_named(world):
    _, found = world
    assert all({"rhythm", "schedule"} <= set(found.families(a)) for a in range(160, 172))
    assert all(found.level[a] == "several" for a in range(160, 172))
    assert all("schedule" in found.families(a) for a in range(172, 184))
    told = found.tell(160)
    assert told.startswith("automation indicators: several (")
    assert "where accounts as active have" in told
    assert found.tell(184).startswith("automation indicators: none (")
    assert found.tell(196).startswith("insufficient data: ")


def test_hardly_any_control_has_indicators_by_the_same_rule(world):
    _, found = world
    assert found.flagged[:PEOPLE].mean() <= 0.05


def test_people_alone_have_no_indicators(tmp_path):
    _, found = judged(tmp_path, [person(500 + s) for s in range(80)])
    assert found.flagged[PEOPLE:].sum() <= 2


@pytest.mark.parametrize(("unit", "resolution"), [(60, 60), (3600, 3600), (DAY, DAY)])
def test_coarse_times_of_the_accounts_asked_about_are_no_sign_of_a_machine(tmp_path, unit, resolution):
    cut = [[t // unit * unit for t in person(300 + s)] for s in range(20)]
    _, found = judged(tmp_path, cut)
    assert (found.lines.rhythms.step[PEOPLE:] == resolution).all()
    assert np.isnan(found.values[PEOPLE:, PLACE["second"]]).all()
    assert found.flagged[PEOPLE:].sum() <= 1
    assert "bot-like" not in classes(found, range(PEOPLE, PEOPLE + 20))


def test_a_clock_is_found_among_minutes_too(tmp_path):
    lines = [[t // 60 * 60 for t in person(seed)] for seed in range(PEOPLE)]
    lines += [[t // 60 * 60 for t in clock(seed)] for seed in range(6)]
    study = rhythmic(tmp_path, lines, {})
    subject = np.arange(len(lines)) >= PEOPLE
    found = judge(study, subject, ~subject)
    assert classes(found, range(PEOPLE, len(lines))) == ["bot-like"] * 6


def test_posts_without_a_time_are_counted_and_in_no_figure(tmp_path):
    lines = [person(1), person(2)]
    study = rhythmic(tmp_path, lines, {1: [0]})
    with study.step("read", {}, keep=True) as step:
        step.save("posts", f"select post, id, account, case when post % 3 = 0 then null else time end as time, text, "
                           f"lang, client, repost from posts where time > {START - DAY}")  # fmt: skip
    found = timelines.load(study)
    kept = [t for i, t in enumerate(lines[0]) if i % 3]
    assert (found.of(0) - START).tolist() == kept
    assert found.untimed[0] == len(lines[0]) - len(kept)
    assert found.rhythms.posts[0] == len(kept)


def test_the_order_of_rows_and_the_other_accounts_change_nothing(tmp_path):
    more = [clock(1), cyborg(2), person(3)]
    first, second = (judged(tmp_path / str(order), more, order=order)[1] for order in (1, 2))
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.p, second.p)
    assert first.tell(PEOPLE) == second.tell(PEOPLE)


def test_without_accounts_to_compare_with_nothing_is_said(tmp_path):
    study = rhythmic(tmp_path, [clock(1)] * 5, {1: range(5)})
    found = judge(study, np.ones(5, dtype=bool), np.zeros(5, dtype=bool))
    assert found.level == ["insufficient data"] * 5
    assert found.tell(0) == "insufficient data: there are only 0 accounts to compare it with"


def test_shares_of_words_retweets_and_programs(tmp_path):
    lines = [person(seed) for seed in range(130)]
    study = rhythmic(
        tmp_path, lines, {1: [0]}, client={a: "own app" if a == 0 else "Web" for a in range(130)},
        accounts={0: {"created": START - 100 * DAY, "posts": 5000, "followers": 9, "following": 99,
                      "default_image": True, "description": " "}},
    )  # fmt: skip
    texts = [{"account": 0, "kind": "text", "object": n % 8, "post": n, "weight": 1.0} for n in range(20)]
    retweets = [
        {"account": 0, "kind": "retweet", "object": 100 + n, "time": START + 60 * n + (3 if n < 5 else 30), "post": n}
        for n in range(20)
    ]
    objects = [{"object": 100 + n, "kind": "post", "id": str(n), "created": START + 60 * n} for n in range(20)]
    from small_study import table  # noqa: PLC0415

    with study.step("read", {}, keep=True) as step:
        step.write("actions", table("actions", texts + retweets))
        step.write("objects", table("objects", objects))
    lines_ = timelines.load(study)
    found = figures(study, lines_, np.arange(130) > 0)[0]
    span = (lines_.time.max() - (START - 100 * DAY)) / DAY
    assert found[PLACE["repeats"]] == 12 / 20
    assert found[PLACE["fast"]] == 5 / 20
    assert found[PLACE["rare_client"]] == 1
    assert found[PLACE["lifetime"]] == pytest.approx(5000 / span)
    assert found[PLACE["follows"]] == 10
    assert (found[PLACE["default_image"]], found[PLACE["no_description"]]) == (1, 1)
    others = figures(study, lines_, np.arange(130) > 0)[1]
    assert others[PLACE["rare_client"]] == 0
    assert np.isnan(others[[PLACE["repeats"], PLACE["fast"], PLACE["lifetime"]]]).all()


def test_the_posts_that_show_it(world):
    study, found = world
    shown = showing.posts(study, found, [160, 184])
    assert set(shown) <= {160, 184}
    rows = shown[160]
    speaking = [r["feature"] for r in rows if "feature" in r]
    assert [FEATURES[i].name for i in found.strongest(160)] == speaking
    for row in rows:
        if "feature" not in row:
            assert row["shows"] in speaking
            assert row["text"].startswith("words 160 ")
            assert row["post"].startswith("p")


@pytest.mark.parametrize(
    ("feature", "times", "expected"),
    [
        ("quiet", [h * 3600 for h in (0, 3, 6, 9, 12, 18)], [4]),
        ("longest", [0, 3600, 7200, 90_000, 91_000], [0, 2]),
        ("modal", [0, 600, 1200, 1300], [0, 1, 2]),
        ("second", [5, 65, 130], [0, 1]),
        ("minute", [5, 3605, 130], [0, 1]),
        ("even", [0, 600, 1200, 1800, 2400, 9000], [0, 1, 2, 3, 4]),
        ("most", [0, 86_400, 86_401], [1, 2]),
        ("lifetime", [0, 1], []),
    ],
)
def test_which_posts_show_a_figure(feature, times, expected):
    assert showing.places(feature, np.array(times), 1).tolist() == expected


def test_a_composition_adds_up():
    composed = Composition(1, 2, 3, 4, 10)
    assert (composed.judged, composed.size) == (10, 20)
    assert composed.share("person-like")[0] == 0.3
    assert composed.share("insufficient data")[0] == 0.5
    assert np.isnan(Composition(0, 0, 0, 0, 3).share("bot-like")[0])
