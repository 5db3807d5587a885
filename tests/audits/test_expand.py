"""Closeness against linear algebra, reasons against a count, and the ranking on worlds with a known answer."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import shuffled, small_study

import graphnet as gn
from graphnet.audits._closeness import FUSION, RESTART, SHRINK, STEPS, Network, closeness, fused
from graphnet.audits._held_out import check, folds, place_above
from graphnet.audits.expand import Expand
from graphnet.errors import InputError
from graphnet.simulate.collection import build
from graphnet.simulate.designs import Group, World

EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 5)), min_size=1, max_size=25)


def network(edges, width, name="net"):
    held = [(a, b, w) for a, b, w in edges if a != b] or [(0, 1, 1)]
    source, target, weight = (np.array(c) for c in zip(*held, strict=True))
    return Network.of(name, source, target, weight.astype(float), width)


@given(EDGES, st.sets(st.integers(0, 8), min_size=1, max_size=4))
def test_closeness_solves_its_equation(edges, seeds):
    made = network(edges, 9)
    weights = made.ties.toarray()
    degree = weights.sum(axis=1)
    median = np.median(degree[degree > 0])
    start = np.zeros(9)
    start[sorted(seeds)] = 1.0
    step = np.array([row / (d + SHRINK * median) if d else row * 0 for row, d in zip(weights, degree, strict=True)])
    exact = np.linalg.solve(np.eye(9) - (1 - RESTART) * step, RESTART * start)
    found = closeness(made, start[:, None])[:, 0]
    assert np.abs(found - exact).max() <= (1 - RESTART) ** STEPS
    assert ((found >= 0) & (found <= 1)).all()


@given(st.lists(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.3]), min_size=6, max_size=6), min_size=1, max_size=4))
def test_scores_add_up_reciprocal_places(rows):
    found = fused([np.array(r) for r in rows], np.array([0, 2, 3, 5]), 6)
    for account in (0, 2, 3, 5):
        expected = 0.0
        for row in rows:
            others = [row[c] for c in (0, 2, 3, 5)]
            place = sum(o > row[account] for o in others) + (sum(o == row[account] for o in others) + 1) / 2
            expected += 1 / (FUSION + place) if row[account] > 0 else 0
        assert found[account] == pytest.approx(expected)
    assert found[1] == found[4] == 0


@given(st.floats(0, 1), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_the_share_of_others_above_which_an_account_stands(value, others):
    above, place = place_above(value, np.array(others))
    assert above == pytest.approx(sum((o < value) + (o == value) / 2 for o in others) / len(others))
    assert place == pytest.approx(1 + sum((o > value) + (o == value) / 2 for o in others))


def test_hubs_and_accounts_of_one_faint_tie_do_not_lead():
    """0 to 4 are given; 5 is tied to three of them, 6 to all and to 60 others, 7 faintly to one of them."""
    edges = [(s, 5, 2) for s in range(3)] + [(s, 6, 2) for s in range(5)] + [(6, 100 + i, 2) for i in range(60)]
    edges += [(0, 7, 0.01), *((a, b, 2) for a in range(5) for b in range(a))]
    edges += [(200 + i, 200 + i + 1, 2) for i in range(50)]
    start = np.zeros((300, 1))
    start[:5] = 1.0
    close = closeness(network(edges, 300), start)[:, 0]
    assert close[5] > close[6] > close[100] > 0 == close[200]
    assert close[5] > close[7]


def test_every_known_account_is_held_back_once():
    for n in (5, 9, 10, 23):
        fold = folds(n, 7)
        assert len(np.unique(fold)) == (n if n < 10 else 5)
        assert np.ptp(np.bincount(fold)) <= 1


def planted(seed, strangers=200, members=40):
    """A network of members more often tied to one another than to strangers, who are as busy."""
    rng = np.random.default_rng(seed)
    width = strangers + members
    both = rng.random((width, width)) < 0.04
    both[:members, :members] |= rng.random((members, members)) < 0.3
    both[members:, members:] |= rng.random((strangers, strangers)) < 0.045
    return network([(a, b, 1) for a, b in zip(*np.nonzero(np.triu(both, 1)), strict=True)], width), width


def test_held_back_members_are_found_again_and_better_than_by_ties():
    made, width = planted(1)
    held = check([made], np.arange(20), width, 7)
    assert held.above.mean() > 0.9
    assert held.above.mean() > held.by_degree.mean() + 0.1
    assert held.others == 220
    assert held.of_networks[0].mean() == pytest.approx(held.above.mean(), abs=1e-9)


def study_of(folder, edges, accounts, seed=0, **more):
    pairs = [
        {"layer": "co_retweet", "source": a, "target": b, "shared": w, "weight": float(w), "quickest": 5}
        for a, b, w in edges
    ]
    return small_study(folder, accounts, pairs=shuffled(pairs, seed), **more)


def seeds_file(tmp_path, names):
    path = tmp_path / "known.csv"
    path.write_text("account\n" + "\n".join(names) + "\n")
    return str(path)


def test_random_accounts_are_not_found_again_and_the_page_warns(tmp_path):
    rng = random.Random(5)
    edges = {tuple(sorted(rng.sample(range(120), 2))) for _ in range(700)}
    study = study_of(tmp_path / "s", [(a, b, 1) for a, b in sorted(edges)], 120)
    found = gn.audit(study, Expand(seeds_file(tmp_path, [f"id{i}" for i in range(0, 120, 8)])))
    assert found.summary["better_than_ties_alone"] is False
    assert 0.25 < found.summary["held_out_auc"] < 0.75
    assert any(note.startswith("WARNING") for note in found.notes)
    auc = next(a for a in found.answers if a.code == "held_out_auc")
    assert auc.low < 0.5 < auc.high
    assert "do not rely on it" in auc.reason


def test_busy_accounts_are_found_by_their_ties_alone_and_the_page_warns(tmp_path):
    """The known accounts are simply the busiest: the ranking must not look better than a count of ties."""
    rng = random.Random(3)
    edges = {tuple(sorted(rng.sample(range(30), 2))) for _ in range(300)}
    edges |= {tuple(sorted((rng.randrange(30), rng.randrange(30, 200)))) for _ in range(1500)}
    study = study_of(tmp_path / "s", [(a, b, 1) for a, b in sorted(edges)], 200)
    found = gn.audit(study, Expand(seeds_file(tmp_path, [f"id{i}" for i in range(0, 30, 2)])))
    assert found.summary["auc_of_ties_alone"] > 0.9
    assert found.summary["better_than_ties_alone"] is False


def shared_posts(tmp_path, seed=0):
    """0, 1, 2 are known; 3 shared posts p0 to p2 with 0 and p0 with 1 too; 4 is tied to 3 only; 5, 6 to each other."""
    shares = [(a, f"p{n}") for a, ns in {0: (0, 1, 2), 1: (0,), 2: (9,), 3: (0, 1, 2)}.items() for n in ns]
    names = sorted({p for _, p in shares})
    objects = [{"object": i, "kind": "post", "id": p} for i, p in enumerate(names)]
    acts = [
        {"account": a, "kind": "retweet", "object": names.index(p), "time": 10 * a, "post": i, "weight": 1.0}
        for i, (a, p) in enumerate(shares)
    ]
    edges = [(0, 3, 3), (1, 3, 1), (3, 4, 1), (5, 6, 1), (0, 1, 1)]
    return study_of(tmp_path, edges, 7, seed, actions=shuffled(acts, seed), objects=objects)


def test_reasons_name_layers_known_accounts_and_shared_things(tmp_path):
    path = tmp_path / "known.csv"
    path.write_text("id,handle\n1,@Name0\n2,nobody\nid1,\nid2,\nid777,\n")
    found = gn.audit(shared_posts(tmp_path / "s"), Expand(str(path)), tmp_path / "expand.html")
    first, second = found.tables["candidates"]
    assert [(c["account"], c["tied_to_given"]) for c in (first, second)] == [("id3", 2), ("id4", 0)]
    assert first["why"].startswith("tied to 2 of the 3 given accounts · co_retweet: 4 with 2 of them, quickest 5 s")
    assert "p0 (with 2)" in first["why"]
    assert second["why"] == "tied to no given account itself, but to accounts that are"
    rows = [(r["thing"], r["given"], r["posts"]) for r in found.tables["shared"]]
    assert rows == [("p0", 2, 1), ("p1", 1, 1), ("p2", 1, 1)]
    assert all("candidate to look at, not evidence" in c["note"] for c in found.tables["candidates"])
    told = next(a for a in found.answers if a.code == "candidate")
    assert (told.subject, told.value, told.unit) == ("id3", 1.0, "of 2")
    assert "not evidence" in told.reason
    assert found.summary["in_the_study"] == 3
    assert any("2 of the known accounts are not in the study" in n for n in found.notes)
    checked = next(a for a in found.answers if a.code == "held_out_auc")
    assert checked.value is None
    assert "at least 5" in checked.reason


def test_the_order_of_rows_does_not_matter(tmp_path):
    question = Expand(seeds_file(tmp_path, ["id0", "id1", "id2"]))
    assert gn.audit(shared_posts(tmp_path / "a", 1), question) == gn.audit(shared_posts(tmp_path / "b", 2), question)


def test_what_cannot_be_asked_says_why(tmp_path):
    study = shared_posts(tmp_path / "s")
    known = seeds_file(tmp_path, ["id2"])
    for question, message in (
        (Expand(), "name the known accounts"),
        (Expand(known, layers="co_link"), r"no pairs of co_link \(there are: co_retweet\)"),
        (Expand(known), "none of the 1 known account .* has a tie"),
        (Expand(str(tmp_path / "no.csv")), "cannot read the list"),
    ):
        with pytest.raises(InputError, match=message):
            gn.audit(study, question)
    with pytest.raises(InputError, match="takes a study"):
        gn.audit(None, Expand(known))
    with pytest.raises(InputError, match="top is 0"):
        Expand(top=0)


def test_handles_of_several_accounts_and_hashes_are_nobodys(tmp_path):
    people = [{"account": i, "name": "Twin" if i < 2 else f"name{i}"} for i in range(7)]
    pairs = [{"layer": "co_retweet", "source": i, "target": i + 1, "shared": 2, "weight": 2.0} for i in range(6)]
    study = small_study(tmp_path / "s", people, pairs=pairs)
    found = gn.audit(study, Expand(seeds_file(tmp_path, ["@twin", "@NAME3", "O'Hara"])))
    assert found.summary["in_the_study"] == 1
    assert any(note.startswith("2 of the known accounts are not in the study") for note in found.notes)
    hashed = seeds_file(tmp_path, [f"{i:064x}" for i in range(3)])
    with pytest.raises(InputError, match="look like hashes"):
        gn.audit(study, Expand(hashed))


def test_ids_that_are_hashes_are_ids_all_the_same(tmp_path):
    people = [{"account": i, "id": f"{i:064x}"} for i in range(5)]
    pairs = [{"layer": "co_retweet", "source": i, "target": i + 1, "shared": 2, "weight": 2.0} for i in range(4)]
    study = small_study(tmp_path / "s", people, pairs=pairs)
    found = gn.audit(study, Expand(seeds_file(tmp_path, [f"{i:064x}" for i in (0, 1)])))
    assert found.tables["candidates"][0]["account"] == f"{2:064x}"


def auc(score, positive):
    """Share of (member, other) pairs in which the member stands higher, pair by pair."""
    mine, others = score[positive], score[~positive]
    return np.mean([(m > others).mean() + (m == others).mean() / 2 for m in mine])


def test_twenty_known_members_lead_to_the_rest_of_a_planted_group(tmp_path):
    """The others of 60 members stand far above 600 ordinary accounts, and the held-out check says so."""
    group = Group("echo", size=60, window=60, operations=60, acts={"retweet": 0.6, "post": 0.4})
    made = build(World(accounts=600, days=7, fandoms=4, storm=0, groups=(group,)), seed=11)
    files = {"posts": made.posts, "follows": made.follows, "profiles": made.profiles}
    follows = made.follows.append_column("kind", [["follow"] * made.follows.num_rows])
    study = gn.read([files["posts"], follows, files["profiles"]], into=tmp_path / "s")
    gn.project(study)
    truth = made.truth.to_pylist()
    members = sorted(t["account"] for t in truth if t["group"])
    known = random.Random(1).sample(members, 20)
    found = gn.audit(study, Expand(seeds_file(tmp_path, known), top=660))
    assert found.summary["in_the_study"] == 20
    place = {c["account"]: c["rank"] for c in found.tables["candidates"]}
    others = [t for t in truth if t["account"] not in known]
    score = np.array([-place.get(t["account"], 10_000) for t in others], dtype=float)
    assert auc(score, np.array([bool(t["group"]) for t in others])) > 0.95
    assert found.summary["held_out_auc"] > 0.9
    assert found.summary["better_than_ties_alone"] is True
    first = [c["account"] for c in found.tables["candidates"][:20]]
    assert sum(a in members for a in first) >= 18
