"""Links to sites, sites to clusters, clusters back to accounts and communities."""

from __future__ import annotations

import json
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from small_study import shuffled, small_study

import graphnet as gn
from graphnet.audits._attributes import read_attributes
from graphnet.audits._domain_links import NEVER, from_study, from_table
from graphnet.audits._domain_spread import spread
from graphnet.audits._domain_ties import ties
from graphnet.audits.domains import Domains
from graphnet.discovery import benjamini_hochberg
from graphnet.errors import InputError

DAY = 86_400
OWNERS = "domain,analytics,ip\nx.example,UA-1,192.0.2.1\ny.example,UA-1,\nz.example,,192.0.2.3\n"


def study_of(folder, links, groups=None, accounts=60, seed=0):
    """A study of links (account, url, time)."""
    urls = sorted({url for _, url, _ in links})
    objects = [{"object": i, "kind": "link", "id": url} for i, url in enumerate(urls)]
    acts = [
        {"account": a, "kind": "link", "object": urls.index(url), "time": t, "post": i, "weight": 1.0}
        for i, (a, url, t) in enumerate(links)
    ]
    return small_study(folder, accounts, actions=shuffled(acts, seed), objects=objects, groups=groups or {})


def page(site, number):
    return f"https://{site}.example/{number}"


def spreaders():
    """Accounts 0 to 7 link to x and y only, the other 52 each to as many pages elsewhere."""
    ours = [(a, page(site, n), DAY * n) for a, site, n in product(range(8), "xy", range(3))]
    others = [(a, page("other" + str(a % 9), n), DAY) for a, n in product(range(8, 60), range(6))]
    return ours + others + [(20, page("x", 1), 5 * DAY)]


@pytest.fixture
def owners(tmp_path):
    path = tmp_path / "owners.csv"
    path.write_text(OWNERS)
    return str(path)


def test_sites_pages_and_times_of_a_study(tmp_path):
    links = [(0, "https://a.example/1", 10), (1, "https://a.example/1", 30), (0, "https://a.example/2", 5)]
    linked = from_study(study_of(tmp_path / "s", [*links, (2, "https://b.example", None)]))
    assert linked.sites == ["a.example", "b.example"]
    assert linked.pages == ["https://a.example/1", "https://a.example/2", "https://b.example"]
    rows = list(zip(linked.account.tolist(), linked.page.tolist(), linked.first.tolist(), strict=True))
    assert rows == [(0, 0, 10), (0, 1, 5), (1, 0, 30), (2, 2, NEVER)]


def test_clusters_are_spread_by_those_who_link_to_them(tmp_path, owners):
    study = study_of(tmp_path / "s", spreaders(), {1: range(8), 2: range(30, 40)})
    found = gn.audit(study, Domains(owners, controls=199))
    assert [(c["cluster"], c["names"]) for c in found.tables["clusters"]] == [("D1", "x.example y.example")]
    assert [a["account"] for a in found.tables["accounts"]] == [f"id{i}" for i in range(8)]
    answers = {(a.code, a.subject): a for a in found.answers}
    near = answers["members_on_list", "C1 · D1"]
    assert (near.value, near.reference, near.p) == (1.0, pytest.approx(1 / 52, abs=0.02), 1 / 200)
    assert near.q is not None
    assert ("members_on_list", "C2 · D1") not in answers
    assert answers["cluster_size", "D1"].value == 2
    assert "analytics ua-1 (2 of 2 domains)" in answers["cluster_size", "D1"].reason
    assert study.rows("select count(*) as n from audits where audit = 'domains'")["n"][0].as_py() == len(found.answers)


def hypergeometric(hits, whole, marked, drawn):
    """Share of all draws with as many marked contacts, draw by draw."""
    draws = list(combinations(range(whole), drawn))
    return sum(sum(d < marked for d in draw) >= hits for draw in draws) / len(draws)


def test_the_p_of_an_account_is_the_share_of_all_draws_with_as_many_pages(tmp_path, owners, monkeypatch):
    links = [(0, page("x", 1), 1), (0, page("y", 1), 1), (0, page("z", 1), 1), (1, page("x", 2), 1)]
    links += [(a, page("other", a), 1) for a in range(2, 9)]
    study = study_of(tmp_path / "s", links)
    attributes = Domains(owners)
    linked = from_study(study)
    tied = ties(read_attributes(owners, {}), attributes.cut, attributes.background)
    monkeypatch.setattr("graphnet.audits._domain_spread.Q", 1.0)
    found = spread(study, linked, tied, 0, 7)
    assert [(a.id, a.pages, a.of) for a in found.accounts] == [("id0", 2, 3)]
    assert found.accounts[0].p == pytest.approx(hypergeometric(2, 11, 3, 3))
    assert found.accounts[0].expected == pytest.approx(3 * 3 / 11)


def test_the_order_of_rows_does_not_matter(tmp_path, owners):
    studies = [study_of(tmp_path / str(seed), spreaders(), {1: range(8)}, seed=seed) for seed in (1, 2)]
    first, second = (gn.audit(study, Domains(owners, controls=19)) for study in studies)
    assert first == second


def test_a_table_of_pages_needs_no_study(tmp_path, owners):
    table = tmp_path / "pages.csv"
    table.write_text(
        "URL,Author,Date\nhttps://x.example/1,@amy,2020-11-30T19:13:37Z\nhttps://X.example/1?utm_source=a,bob,\n"
        "y.example,amy,20201201000000\nnonsense,amy,\nhttps://bit.ly/1,amy,\n"
    )
    found = gn.audit(None, Domains(owners, str(table)), tmp_path / "page.html")
    assert (found.summary["pages"], found.summary["sites"], found.summary["links_left_out"]) == (3, 2, 1)
    first = found.tables["sites"][0]
    assert (first["site"], first["links"], first["pages"], first["accounts"]) == ("x.example", 2, 1, 2)
    assert first["first_seen"] == first["last_seen"] == "2020-11-30T19:13:37Z"
    assert [s["site"] for s in found.tables["sites"]][-1] == "bit.ly"
    assert json.loads((tmp_path / "page.json").read_text())["summary"] == dict(found.summary)
    assert linked_names(table) == ["amy", "bob"]
    edges = {(r["source"], r["target"]) for r in found.tables["graph"]}
    assert {("amy", "https://y.example"), ("https://y.example", "y.example")} <= edges
    assert ("y.example", "analytics: ua-1") in edges


def linked_names(table):
    return from_table(str(table)).names


def test_a_table_of_domains_alone_is_enough_for_clusters(owners):
    found = gn.audit(None, Domains(owners))
    assert (found.summary["clusters"], found.summary["tied_domains"]) == (1, 2)
    assert [a.value for a in found.answers if a.code == "top_sharing"] == [None]


def test_domains_without_links_are_taken_as_they_are(tmp_path):
    acts = [{"account": a, "kind": "domain", "object": a % 2, "weight": 1.0} for a in range(6)]
    objects = [{"object": i, "kind": "domain", "id": f"{i}77"} for i in range(2)]
    found = gn.audit(small_study(tmp_path / "s", 6, actions=acts, objects=objects), Domains())
    assert [(r["site"], r["accounts"]) for r in found.tables["sites"]] == [("077", 3), ("177", 3)]
    assert "numbers or codes" in " ".join(found.notes)


def test_text_from_the_data_is_no_formula_and_no_markup(tmp_path):
    (tmp_path / "pages.csv").write_text("page,author\nhttps://x.example/<script>,=cmd()\ny.example,=cmd()\n")
    (tmp_path / "who.csv").write_text("domain,registrant\nx.example,=1+1<b>\ny.example,=1+1<b>\n")
    gn.audit(None, Domains(str(tmp_path / "who.csv"), str(tmp_path / "pages.csv")), tmp_path / "p.html")
    graph = (tmp_path / "p.graph.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd()" in graph
    assert "\n=cmd()" not in graph


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda study: gn.audit(None, Domains()), "name a study, or a table"),
        (lambda study: gn.audit(study, Domains()), "no links and no domains"),
        (lambda study: gn.audit(study, Domains(pages="x.csv")), "not both"),
        (lambda study: gn.audit(None, Domains(pages="nowhere.csv")), "cannot read nowhere.csv"),
        (lambda study: Domains(cut=0), "cut is 0"),
        (lambda study: Domains(attributes="x.csv", count=("colour",)), "COLUMN=FAMILY"),
        (lambda study: Domains(count=("colour=address",)), "which is not given"),
    ],
)
def test_what_cannot_be_asked_says_why(tmp_path, made, message):
    with pytest.raises(InputError, match=message):
        made(small_study(tmp_path / "s", 3))


@pytest.mark.parametrize("text", ["title\nx\n", "page\nnonsense\n"])
def test_tables_without_pages_say_so(tmp_path, text):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(InputError, match=r"p\.csv"):
        from_table(str(tmp_path / "p.csv"))


def test_q_is_that_of_benjamini_and_hochberg():
    p = np.array([0.001, 0.2, 0.04, np.nan, 0.04])
    assert benjamini_hochberg(p).tolist()[:3] == pytest.approx([0.004, 0.2, 0.16 / 3])
    assert benjamini_hochberg(p, 100)[0] == pytest.approx(0.1)


@pytest.mark.real
def test_real_links_fold_onto_the_listed_domains(real_data, tmp_path):
    """2,908 posts on 20 listed domains, 5 of them hosts of two registrable domains: 18 remain."""
    rows = json.loads((real_data / "disinfo_domain_tweets" / "raw" / "tweets.json").read_text())
    names = {"ID": "id", "ACCOUNT": "name", "TIME": "time", "TEXT_BODY": "text", "LINK": "links"}
    posts = pd.DataFrame(rows).rename(columns=names)[list(names.values())]
    found = gn.audit(gn.read(posts, into=tmp_path / "s"), Domains())
    listed = {r["DOMAIN"] for r in rows}
    folded = {".".join(d.split(".")[-2:]) for d in listed}
    assert folded <= {r["site"] for r in found.tables["sites"]}
    assert found.summary["pages"] < len({r["LINK"] for r in rows})


@pytest.mark.real
def test_real_domains_under_numbers_keep_their_counts(real_data, tmp_path):
    """The published table has 3,620 domains."""
    found = gn.audit(gn.read(str(real_data / "coortweet" / "german_elections.csv"), into=tmp_path / "s"), Domains())
    assert found.summary["sites"] == 3620
