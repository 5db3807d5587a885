"""DataFrames, Arrow tables and graphs."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import igraph
import networkx as nx
import pandas as pd
import pyarrow as pa
import pytest
from reading import read_source

from graphnet.errors import InputError
from graphnet.readers import Source


def got(data, **more):
    return read_source(Source(name="<data>", data=data, **more))


def test_a_frame_of_edges():
    frame = pd.DataFrame(
        {
            "source": [1198473762313818113, 2],
            "target": ["x y", "z"],
            "time": pd.to_datetime(["2020-01-01 12:00", None]),
            "kind": pd.Categorical(["RT", "follow"]),
            "weight": [1, 2],
        }
    )
    assert got(frame).edges == [
        {"source": "1198473762313818113", "kind": "retweet", "target": "x", "time": 1577880000, "weight": 1.0},
        {"source": "1198473762313818113", "kind": "retweet", "target": "y", "time": 1577880000, "weight": 1.0},
        {"source": "2", "kind": "follow", "target": "z", "weight": 2.0},
    ]


def test_a_frame_of_posts():
    frame = pd.DataFrame(
        {
            "id": [1, 2],
            "author": ["a", None],
            "created_at": [datetime(2020, 1, 1, 12, tzinfo=UTC)] * 2,
            "text": ["hi", "ho"],
            "hashtags": [["x", "y"], []],
        },
        index=[7, 7],
    )
    read = got(frame)
    assert read.posts == [{"id": "1", "account": "a", "time": 1577880000, "text": "hi", "hashtags": ["x", "y"]}]
    assert read.rejected == [(2, "no author")]


def test_a_frame_of_profiles():
    frame = pd.DataFrame({"user_id": ["a"], "followers_count": [3.0], "verified": [True], "created_at": ["2014-01-01"]})
    assert got(frame).accounts == [{"id": "a", "created": 1388534400, "followers": 3, "verified": True}]


def test_an_arrow_table():
    assert got(pa.table({"follower": ["a"], "followed": ["b"]})).edges == [
        {"source": "a", "kind": "follow", "target": "b"}
    ]


def test_a_frame_that_mixes_types():
    frame = pd.DataFrame({"source": [1, "b", 1.5e18, None], "target": ["x"] * 4}, dtype=object)
    read = got(frame)
    assert [e["source"] for e in read.edges] == ["1", "b"]
    assert read.rejected == [(3, 'a spreadsheet rounded the id "1.5e+18"'), (4, "no source")]


def test_ids_that_pandas_made_floats():
    read = got(pd.DataFrame({"source": [3575972834.0, float("nan"), 7.6e17], "target": ["x"] * 3}))
    assert [e["source"] for e in read.edges] == ["3575972834"]
    assert [line for line, _ in read.rejected] == [2, 3]


def test_a_long_frame_is_read_in_pieces(monkeypatch):
    monkeypatch.setattr("graphnet.readers._input.MEMORY_ROWS", 3)
    frame = pd.DataFrame({"source": [f"a{i}" for i in range(10)], "target": [*"xyz", None, *"xyzxyz"]})
    read = got(frame)
    assert [e["source"] for e in read.edges] == [f"a{i}" for i in range(10) if i != 3]
    assert read.rejected == [(4, "neither a target nor an object")]


def test_a_frame_that_is_nothing_we_know():
    message = r"columns of <data> are not those of edges, posts or profiles \(it has: a, b\)"
    with pytest.raises(InputError, match=message):
        got(pd.DataFrame({"a": [1], "b": [2]}))
    assert got(pd.DataFrame({"a": [1], "b": [2]}), columns={"source": "a", "target": "b"}).edges[0]["target"] == "2"


def test_an_empty_frame():
    assert got(pd.DataFrame({"source": [], "target": []})).edges == []


@pytest.mark.parametrize("make", [nx.DiGraph, nx.MultiDiGraph])
def test_a_directed_networkx_graph(make):
    graph = make()
    graph.add_node(1, screen_name="ann", followers_count=5)
    graph.add_node("lonely one")
    graph.add_edge(1, "b b", weight=2, type="RT", id="3", colour=(1, 2))
    graph.add_edge("b b", 1, created_at="2020-01-01 12:00")
    read = got(graph)
    assert read.edges == [
        {"source": "1", "kind": "retweet", "target": "b b", "weight": 2.0},
        {"source": "b b", "kind": "tie", "target": "1", "time": 1577880000},
    ]
    assert sorted(read.accounts, key=lambda a: a["id"]) == [
        {"id": "1", "name": "ann", "followers": 5},
        {"id": "b b"},
        {"id": "lonely one"},
    ]


def test_an_undirected_edge_is_read_both_ways():
    graph = nx.Graph([("a", "b"), ("c", "c")])
    assert sorted((e["source"], e["target"]) for e in got(graph).edges) == [("a", "b"), ("b", "a"), ("c", "c")]


def test_an_igraph_graph():
    graph = igraph.Graph(n=3, edges=[(0, 1), (1, 0)], directed=True)
    assert [(e["source"], e["target"]) for e in got(graph, options={"kind": "follow"}).edges] == [
        ("0", "1"),
        ("1", "0"),
    ]
    graph.vs["name"] = ["a", "b", "c"]
    graph.vs["description"] = ["x", None, "y"]
    graph.es["weight"] = [1.5, 0]
    read = got(graph)
    assert read.edges == [{"source": "a", "kind": "tie", "target": "b", "weight": 1.5}]
    assert read.rejected == [(2, 'the weight "0.0" is not a number above 0')]
    assert read.accounts == [{"id": "a", "description": "x"}, {"id": "b"}, {"id": "c", "description": "y"}]


@pytest.mark.parametrize("graph", [nx.Graph(), igraph.Graph()])
def test_an_empty_graph(graph):
    assert got(graph).edges == []


def test_no_graph_library_is_needed_to_recognise_a_graph():
    code = (
        "import sys; from graphnet import registry; from graphnet.readers import Source\n"
        "readers = registry.find('readers')\n"
        "[c().sniff(Source(name='x', data=object())) for c in readers.values()]\n"
        "sys.exit('networkx' in sys.modules or 'igraph' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
