"""Evidence, ties and clusters against a slow count pair by pair; attributes that say nothing."""

from __future__ import annotations

import gzip
import math
import random
from contextlib import suppress
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.audits._attributes import FAMILIES, Attributes, clean, read_attributes
from graphnet.audits._domain_links import from_table
from graphnet.audits._domain_ties import Tied, evidence, ties
from graphnet.errors import InputError

NAMES = [f"d{i}.example" for i in range(8)]
COLUMNS = {"ip": "address", "analytics": "identifier", "adsense": "identifier", "ns": "server"}
CELLS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(COLUMNS)), st.integers(0, 3)), min_size=1, max_size=40
)


def attributes_of(cells):
    """Attributes from (domain, column, value)."""
    values = {}
    for domain, column, value in cells:
        values.setdefault(column, {}).setdefault(f"{column}{value}", set()).add(domain)
    frozen = {c: {v: frozenset(d) for v, d in held.items()} for c, held in values.items()}
    return Attributes(frozen, {c: COLUMNS[c] for c in frozen}, frozenset(d for d, _, _ in cells))


def naive(cells, cut, background):
    """Evidence of every pair that reaches the cut, written out."""
    known = {c: {d for d, column, _ in cells if column == c} for c in COLUMNS}
    found = {}
    for pair in combinations(NAMES, 2):
        best = {}
        for column, family in COLUMNS.items():
            for value in range(4):
                having = {d for d, c, v in cells if (c, v) == (column, value)}
                if set(pair) <= having:
                    worth = FAMILIES[family].weight * math.log(max(len(known[column]), background) / len(having))
                    best[family] = max(best.get(family, 0.0), worth)
        if sum(best.values()) >= cut:
            found[pair] = sum(best.values())
    return found


def naive_clusters(pairs):
    """What is joined, by growing each group until nothing is added."""
    groups = [set(p) for p in pairs]
    while True:
        joined = next(((a, b) for a, b in combinations(groups, 2) if a & b), None)
        if joined is None:
            return sorted((sorted(g) for g in groups), key=lambda g: (-len(g), g))
        groups = [g for g in groups if g is not joined[0] and g is not joined[1]] + [joined[0] | joined[1]]


@given(CELLS, st.sampled_from([0.05, 0.4, 1.2, 2.5]), st.sampled_from([1, 5, 100]))
def test_ties_and_clusters_are_those_of_a_count_pair_by_pair(cells, cut, background):
    found = ties(attributes_of(cells), cut, background)
    expected = naive(cells, cut, background)
    close = {pair for pair, worth in expected.items() if abs(worth - cut) < 1e-9}
    assert {(t.first, t.second) for t in found.ties} - close == set(expected) - close
    for tie in found.ties:
        assert tie.evidence == pytest.approx(expected[tie.first, tie.second])
        assert tie.shared
    assert [list(c.domains) for c in found.clusters] == naive_clusters([(t.first, t.second) for t in found.ties])
    assert sum(len(c.ties) for c in found.clusters) == len(found.ties)


@settings(max_examples=20)
@given(CELLS, st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(cells, seed):
    mixed = list(cells)
    random.Random(seed).shuffle(mixed)
    assert ties(attributes_of(cells), 0.4, 100) == ties(attributes_of(mixed), 0.4, 100)


def test_what_everybody_has_says_nothing_and_an_identifier_more_than_an_address():
    assert evidence("identifier", 50, 50, 1) == 0
    assert evidence("identifier", 2, 50, 1) == pytest.approx(2 * evidence("address", 2, 50, 1))
    assert evidence("address", 2, 1000, 1) > evidence("address", 2, 50, 1) > evidence("address", 20, 50, 1)
    # of a small table nobody knows how common its values are elsewhere
    assert evidence("address", 8, 10, 100) > 1.2 > evidence("address", 8, 10, 1)


def test_a_value_that_all_domains_share_is_no_tie():
    cells = [(name, "ip", 0) for name in NAMES]
    cells += [(name, "analytics", max(i - 1, 0)) for i, name in enumerate(NAMES[:4])]
    found = ties(attributes_of(cells), 0.5, 1)
    assert [(t.first, t.second) for t in found.ties] == [("d0.example", "d1.example")]
    assert [s.attribute for s in found.ties[0].shared] == ["analytics"]


def test_a_cluster_is_as_strong_as_its_weakest_part():
    strong = [("d0.example", "analytics", 1), ("d1.example", "analytics", 1)]
    joined = [*strong, ("d1.example", "ip", 1), ("d2.example", "ip", 1)]
    assert [c.tier for c in ties(attributes_of(strong), 1.2, 100).clusters] == ["strong"]
    cluster = ties(attributes_of(joined), 1.2, 100).clusters[0]
    assert (cluster.tier, cluster.density) == ("moderate", pytest.approx(2 / 3))
    both = [*joined, ("d0.example", "adsense", 2), ("d2.example", "adsense", 2)]
    assert ties(attributes_of(both), 1.2, 100).clusters[0].tier == "strong"


def test_the_most_popular_values_are_left_out_when_there_are_too_many_pairs(monkeypatch):
    monkeypatch.setattr("graphnet.audits._domain_ties.PAIRS", 10)
    cells = [(name, "ip", 0) for name in NAMES] + [("d0.example", "ns", 1), ("d1.example", "ns", 1)]
    found = ties(attributes_of(cells), 0.1, 100)
    assert [s.value for s in found.left_out] == ["ip0"]
    assert len(found.ties) == 1


@pytest.mark.parametrize(
    ("family", "cell", "value", "dropped"),
    [
        ("registration", "  Jane   DOE ", "jane doe", False),
        ("registration", "REDACTED FOR PRIVACY", None, True),
        ("registration", "Domains By Proxy, LLC", None, True),
        ("registration", "Whois Guard Protected", None, True),
        ("address", "192.0.2.010", None, True),
        ("address", "192.0.2.10", "192.0.2.10", False),
        ("address", "2001:DB8:0:0::1", "2001:db8::1", False),
        ("address", "104.18.2.3", None, True),
        ("address", "127.0.0.1", None, True),
        ("address", "10.1.2.3", None, True),
        ("address", "soon", None, True),
        ("server", "NS1.Example.ORG.", "ns1.example.org", False),
        ("server", "lia.ns.cloudflare.com", None, True),
        ("server", "ns01.domaincontrol.com", None, True),
        ("identifier", "UA-123-1", "ua-123-1", False),
        ("identifier", "n/a", "", False),
    ],
)
def test_values_are_put_into_one_form_and_empty_ones_left_out(family, cell, value, dropped):
    found, why = clean(family, cell)
    assert bool(why) == dropped
    if not dropped:
        assert found == value


WIDE = "Domain;IP Address;Registrant;colour\nwww.A.example;192.0.2.1 | 192.0.2.2;x;red\nhttps://b.example/p;192.0.2.2;;red\n"
LONG = (
    "domain,attribute,value\na.example,ip,192.0.2.1\na.example,ip,192.0.2.2\na.example,registrant,X\n"
    "b.example,IP,192.0.2.2\nco.uk,ip,192.0.2.9\nfacebook.com,ip,192.0.2.9\nb.example,colour,red\n"
)


@pytest.mark.parametrize("text", [WIDE, LONG], ids=["wide", "long"])
def test_wide_and_long_tables_say_the_same(tmp_path, text):
    path = tmp_path / "domains.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    found = read_attributes(str(path), {})
    held = {v: sorted(d) for values in found.values.values() for v, d in values.items()}
    assert held == {"192.0.2.1": ["a.example"], "192.0.2.2": ["a.example", "b.example"], "x": ["a.example"]}
    assert found.domains == {"a.example", "b.example"}
    assert "colour" in found.notes[0]


def test_rows_without_a_domain_of_somebody_are_left_out_with_their_line(tmp_path):
    path = tmp_path / "domains.csv"
    path.write_text(LONG)
    rejected = dict(read_attributes(str(path), {}).rejected)
    assert rejected[6] == "a bare public suffix"
    assert "facebook.com" in rejected[7]


def test_a_column_counts_where_the_user_says_so(tmp_path):
    path = tmp_path / "domains.csv"
    path.write_text(WIDE.replace("b.example/p;192.0.2.2", "b.example/p;192.0.2.9"))
    assert not ties(read_attributes(str(path), {}), 1.2, 100).ties
    counted = ties(read_attributes(str(path), {"colour": "identifier"}), 1.2, 100)
    assert [s.words for t in counted.ties for s in t.shared] == ["colour red (2 of 2 domains)"]


@pytest.mark.parametrize(
    ("text", "also", "message"),
    [
        ("ip,registrant\n192.0.2.1,x\n", {}, "names the domain"),
        ("domain,colour\na.example,red\n", {}, "has no attribute that is known here"),
        ("domain,ip\n", {}, "a header but no rows"),
        ("", {}, "no rows"),
        (WIDE, {"size": "address"}, "column 'size' is not in"),
    ],
)
def test_tables_that_cannot_be_used_say_why(tmp_path, text, also, message):
    path = tmp_path / "domains.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_attributes(str(path), also)


@settings(max_examples=60)
@given(
    st.binary(max_size=200)
    | st.text(alphabet='domain,ip;\t"\r\n|a.example192.0-\u202e\x00=', max_size=120).map(str.encode)
)
def test_no_table_breaks_the_reading(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_bytes(b"domain,ip\n" * (len(data) % 2) + data)
    for read in (lambda: read_attributes(str(path), {}), lambda: from_table(str(path))):
        # whatever else is raised fails the test
        with suppress(InputError):
            read()


def test_no_attributes_are_no_ties():
    assert ties(Attributes(), 1.2, 100) == Tied()
