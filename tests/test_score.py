"""``score``: findings with their place among random groups, and what it says when it cannot."""

from __future__ import annotations

import json

import numpy as np
import pytest
from small_study import shuffled, small_study

from graphnet import _score, signals
from graphnet._score import score
from graphnet.errors import InputError, MissingTable
from graphnet.study import Study


def retweets(n=400, targets=40, seed=3):
    """Members 0 to 19 retweet the same five, the other accounts five of forty; all are about as active."""
    rng = np.random.default_rng(seed)
    rows = [(a, t) for a in range(20) for t in range(n, n + 5)]
    rows += [(a, n + int(t)) for a in range(20, n) for t in rng.choice(targets, 5, replace=False)]
    return [{"account": a, "kind": "retweet", "target": t, "time": 0, "weight": 1.0} for a, t in rows]


def a_study(folder, groups=None, order=0, **more):
    acts = shuffled(retweets(), order)
    return small_study(folder, 440, groups={1: range(20)} if groups is None else groups, actions=acts, **more)


def findings(study):
    return study.rows("select * from findings order by scope, subject, code").to_pylist()


def of_community(study, code, number=1):
    return next(f for f in findings(study) if (f["scope"], f["subject"], f["code"]) == ("community", number, code))


def test_the_place_among_control_groups_in_figures_and_words(tmp_path):
    study = a_study(tmp_path)
    score(study, signals.SharedTargets())
    found = of_community(study, "shared_targets")
    assert found["value"] == pytest.approx(1)
    assert found["control"] == 1
    assert found["reason"].endswith("; more than 199 of 199 groups drawn from members and accounts as active.")


def test_a_group_like_all_others_stands_in_the_middle(tmp_path):
    """Every group has 0 repeated posts, so a group with 0 is at .5: equal ones count half."""
    words = [{"account": a, "kind": "text", "object": a, "time": 0, "weight": 1.0} for a in range(440)]
    study = small_study(tmp_path, 440, groups={1: range(20)}, actions=words)
    score(study, signals.NearIdentical())
    found = of_community(study, "near_identical")
    assert (found["value"], found["control"]) == (0, 0.5)
    assert found["reason"].endswith(
        "more than 0 of 199 groups drawn from members and accounts as active, the same as 199."
    )


def test_no_eligible_accounts_no_place_and_the_reason_says_so(tmp_path):
    acts = [{"account": a, "kind": "retweet", "target": 8 + a % 2, "weight": 1.0} for a in range(8)]
    study = small_study(tmp_path, 10, groups={1: range(8)}, actions=acts)
    score(study, signals.SharedTargets())
    found = of_community(study, "shared_targets")
    assert found["value"] is not None
    assert found["control"] is None
    assert "no control groups: too few accounts outside it for random groups of 8" in found["reason"]


def test_control_groups_without_the_figure_give_no_place(tmp_path):
    people = [{"account": a, "created": a if a < 8 else None} for a in range(200)]
    study = small_study(tmp_path, people, groups={1: range(8)})
    score(study, signals.Creation())
    found = of_community(study, "creation")
    assert (found["value"], found["control"]) == (1, None)
    assert found["reason"].endswith("the figure is known of 0 of 199 groups drawn from members and accounts as active.")


def test_without_controls_nothing_is_compared(tmp_path):
    study = a_study(tmp_path)
    score(study, controls=0)
    assert {f["control"] for f in findings(study)} == {None}
    assert "groups of accounts" not in of_community(study, "shared_targets")["reason"]


def test_all_signals_by_default_and_what_was_done_is_on_record(tmp_path):
    study = a_study(tmp_path)
    summary = score(study, seed=3)
    assert (summary["communities"], summary["members"]) == (1, 20)
    assert summary["signals"]["shared_targets"] == {
        "findings": 21,
        "with_value": 21,
        "communities_above_controls": 1,
    }
    assert set(summary["signals"]) == {f["code"] for f in findings(study)}
    compared = [f["control"] for f in findings(study) if f["scope"] == "community" and f["control"] is not None]
    assert len(compared) >= 1
    assert (summary["compared"], summary["above_controls"]) == (len(compared), sum(c > 0.95 for c in compared))
    assert summary["above_controls_by_chance"] == round(0.05 * len(compared), 1)
    step = study.last("score")
    assert step["parameters"]["seed"] == 3
    assert "shared_targets:top=10" in step["parameters"]["signals"]
    assert step["summary"] == summary
    assert step["seconds_of"]["shared_targets: controls"] >= 0
    assert Study.open(tmp_path).has("findings")


def test_order_of_rows_and_size_of_batches_change_nothing(tmp_path_factory, monkeypatch):
    groups = {1: range(20), 2: range(50, 80), 3: range(100, 104)}
    one, two = (a_study(tmp_path_factory.mktemp("s"), groups, order) for order in (1, 2))
    score(one)
    monkeypatch.setattr(_score, "BATCH", 1)
    score(two)
    assert findings(one) == findings(two)


def test_another_seed_draws_other_groups(tmp_path):
    study = a_study(tmp_path, {2: range(50, 80)})
    places = []
    for seed in (1, 2):
        score(study, signals.SharedTargets(), seed=seed)
        places.append(of_community(study, "shared_targets", 2)["control"])
    assert places[0] != places[1]
    assert abs(places[0] - places[1]) < 0.2


def test_evidence_is_json_whatever_the_names_are(tmp_path):
    people = [{"account": a} for a in range(440)]
    people[400] = {"account": 400, "name": '"\\\u2028</script>\x00\u202e', "id": "'; drop table findings; --"}
    study = small_study(tmp_path, people, groups={1: range(20)}, actions=retweets())
    score(study)
    rows = json.loads(of_community(study, "shared_targets")["evidence"])
    hostile = next(r for r in rows if r["target"] == "'; drop table findings; --")
    assert hostile["name"] == '"\\\u2028</script>\x00\u202e'


def test_a_study_without_communities_sought_says_what_to_run(tmp_path):
    study = Study.create(tmp_path)
    with pytest.raises(MissingTable, match="graphnet detect"):
        score(study)


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        ((), {"controls": -1}, "controls is -1"),
        ((signals.Pace(), signals.Pace(within=3)), {}, "named twice: pace, pace"),
    ],
)
def test_unusable_settings_are_refused(tmp_path, arguments, settings, words):
    with pytest.raises(InputError, match=words):
        score(a_study(tmp_path), *arguments, **settings)


def test_scoring_again_replaces_the_findings(tmp_path):
    study = a_study(tmp_path)
    score(study)
    score(study, signals.SharedTargets())
    assert {f["code"] for f in findings(study)} == {"shared_targets"}
