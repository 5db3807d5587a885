"""Contacts with lists against a count by hand, and communities near to a list against those that are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posted import Posted
from small_study import shuffled, small_study

import graphnet as gn
from graphnet.audits._affinity import affinity, corrected
from graphnet.audits._list_contacts import contacts
from graphnet.audits.lists import Lists
from graphnet.crowds import Crowds, incidence
from graphnet.errors import InputError
from graphnet.lists import NamedList

TAG = st.tuples(st.integers(0, 9), st.integers(0, 5))


@settings(max_examples=25)
@given(
    st.lists(TAG, min_size=1, max_size=40),
    st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=3),
    st.integers(0, 99),
)
def test_contacts_are_different_things_on_the_list(tmp_path_factory, acts, lists, seed):
    rows = [{"account": a, "kind": "hashtag", "object": t, "weight": 1.0} for a, t in acts * 2]
    objects = [{"object": t, "kind": "hashtag", "id": f"tag{t}"} for t in range(6)]
    study = small_study(tmp_path_factory.mktemp("s"), 10, actions=shuffled(rows, seed), objects=objects)
    named = [NamedList(f"l{i}", "hashtags", tuple(f"Tag{t}" for t in sorted(held))) for i, held in enumerate(lists)]
    found = contacts(study, "hashtags", named)
    for account in range(10):
        mine = {t for a, t in acts if a == account}
        assert found.totals[account] == len(mine)
        assert found.hits[[account]].toarray().ravel().tolist() == [len(mine & held) for held in lists]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 2)), max_size=60), st.sets(st.integers(0, 19), min_size=1))
def test_shares_inside_and_outside_are_those_of_a_count(cells, members):
    account, column = (np.array([c[k] for c in cells], dtype=np.int64) for k in (0, 1))
    hits = incidence(account, column, (20, 3))
    totals = np.bincount(account, minlength=20) + np.arange(20) % 3
    groups = Crowds.of([1] * len(members), sorted(members))
    for row in affinity(groups, hits, totals.astype(np.int64), 0, 7):
        touched = {a for a, c in cells if c == row.column}
        able = {a for a in range(20) if totals[a]}
        assert (row.members, row.of) == (len(touched & members), len(able & members))
        assert (row.others, row.of_others) == (len(touched - members), len(able - members))
        assert row.contacts == sum(a in members and c == row.column for a, c in cells)
        assert row.of_contacts == sum(totals[a] for a in members)
        assert row.contacts + row.other_contacts == sum(c == row.column for _, c in cells)
        assert np.isnan(row.members_p)
        if row.of and row.of_others and row.others:
            lift = (row.members / row.of) / (row.others / row.of_others)
            assert row.low <= lift * (1 + 1e-9)
            assert lift <= row.high * (1 + 1e-9)


def test_p_counts_the_matched_groups_with_as_large_a_share():
    """Everybody has one contact; ten of 210 are on the list, five of them in the group of ten."""
    on_list = np.array([*range(5), *range(100, 105)])
    hits = incidence(on_list, np.zeros(10, dtype=np.int64), (210, 1))
    groups = Crowds.of([4] * 10, range(10))
    row = corrected(affinity(groups, hits, np.ones(210, dtype=np.int64), 999, 7))[0]
    assert row.group == 4
    assert row.groups == 999
    # five or more of ten drawn from 200 with five marked: C(195, 5) / C(200, 10), next to nothing
    assert row.members_p == row.members_q == pytest.approx(1 / 1000)
    assert row.expected_members == pytest.approx(5 / 200, abs=0.005)


def a_study(folder):
    """Accounts 0 to 9 share outlet.example, use #now and write the slogan; 50 others do other things."""
    posted = Posted()
    for account in range(60):
        ours = account < 10
        for n in range(4):
            site = "outlet.example" if ours and n < 3 else f"paper{account % 7}.example"
            text = "Friends, the HARBOUR must close!" if ours and n == 0 else "the harbours must close early"
            posted.post(account, n * 86400, text, tags=("Now" if ours else "later",), link=f"https://www.{site}/{n}")
        posted.act(account, "retweet", 5, target=59 if ours else 58)
    return posted.study(folder, 60, {1: range(10), 2: range(20, 30)})


@pytest.fixture
def study(tmp_path):
    return a_study(tmp_path / "study")


CASES = {
    "domains": ("outlet.example\nunheard.example\n", 30),
    "hashtags": ("#NOW\n", 10),
    "phrases": ("phrase\nThe harbour must close\n", 10),
    "accounts": ("account\n@NAME59\nid999\n", 10),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_community_near_to_a_list_stands_out_and_another_does_not(study, tmp_path, kind):
    text, touching = CASES[kind]
    path = tmp_path / "known.csv"
    path.write_text(text)
    found = gn.audit(study, Lists((f"{kind}={path}",), controls=199), tmp_path / "lists.html")
    assert found.summary["communities_beyond_chance"] == ["C1"]
    row = next(r for r in found.tables["affinity"] if r["community"] == "C1")
    assert (row["kind"], row["members"], row["of_members"], row["contacts"]) == (kind, 10, 10, touching)
    answers = {(a.code, a.subject): a for a in found.answers}
    near = answers["members_on_list", "C1 · known"]
    assert (near.value, near.p, near.reference) == (1.0, 1 / 200, pytest.approx(0, abs=0.05))
    assert near.evidence[0]["members"] == 10
    assert ("members_on_list", "C2 · known") not in answers
    assert {m["community"] for m in found.tables["members"]} == {"C1"}
    assert (tmp_path / "lists.html").exists()


def test_entries_of_an_account_on_a_platform_and_of_a_host_below_a_domain(tmp_path):
    posted = Posted()
    for i, link in enumerate(
        ["https://deutsch.rt.example/a", "https://rt.example/b", "https://t.me/Chan/1", "https://t.me/other/1"]
    ):
        posted.post(i, 0, "x", link=link)
    study = posted.study(tmp_path / "s", 4, {1: range(4)})
    entries = ("deutsch.rt.example", "RT.example", "https://t.me/s/chan", "t.me")
    found = contacts(study, "domains", [NamedList(e, "domains", (e,)) for e in entries])
    assert found.hits.toarray().tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]


def test_an_account_is_no_contact_of_its_own(tmp_path):
    acts = [{"account": 0, "kind": "reply", "target": 0}, {"account": 1, "kind": "mention", "target": 0}]
    study = small_study(tmp_path / "s", 2, actions=acts, groups={1: [0, 1]})
    found = contacts(study, "accounts", [NamedList("a", "accounts", ("id0",))])
    assert found.hits.toarray().ravel().tolist() == [0, 1]


def test_lists_that_occur_nowhere_and_hashed_ones_are_not_applicable(study, tmp_path):
    (tmp_path / "none.txt").write_text("#unheard\n#of\n")
    (tmp_path / "hashed.csv").write_text("userid\n" + "\n".join(f"{i:064x}" for i in range(5)) + "\n")
    found = gn.audit(study, Lists((str(tmp_path / "none.txt"), str(tmp_path / "hashed.csv")), controls=19))
    told = {a.subject: a.reason for a in found.answers}
    assert "none of its 2 entries occurs" in told["none"]
    assert "look like hashes" in told["hashed"]
    assert all(a.value is None for a in found.answers)


def test_lists_of_one_name_are_told_apart(study, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "known.txt").write_text("#now\n" if name == "a" else "#later\n")
    given = tuple(str(tmp_path / name / "known.txt") for name in ("a", "b"))
    found = gn.audit(study, Lists(given, controls=19))
    assert {r["list"] for r in found.tables["affinity"]} == {"known", "known (2)"}


def test_same_question_same_answer(tmp_path):
    (tmp_path / "known.txt").write_text("#now\n#later\n")
    found = [gn.audit(a_study(tmp_path / n), Lists((str(tmp_path / "known.txt"),), controls=19)) for n in "ab"]
    assert found[0] == found[1]


def test_what_cannot_be_asked_says_why(study, tmp_path):
    with pytest.raises(InputError, match="name at least one list"):
        gn.audit(study, Lists())
    with pytest.raises(InputError, match="takes a study"):
        gn.audit(None, Lists(("x",)))
    with pytest.raises(InputError, match=r"cannot read the list nowhere\.csv"):
        gn.audit(study, Lists(("nowhere.csv",)))
    with pytest.raises(InputError, match="controls is -1"):
        Lists(controls=-1)
    empty = gn.read(pd_frame(), into=tmp_path / "fresh")
    with pytest.raises(InputError, match="Run: graphnet detect"):
        gn.audit(empty, Lists(("x",)))


def pd_frame():
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "kind": ["retweet"] * 2})
