"""The exported files, read back with other programs' readers."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import igraph
import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from graphs import cliques, graph_of, tied_study
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet._detect import detect
from graphnet._export import export
from graphnet.exports import CSV, GEXF, Export, GraphML, Parquet, keys
from graphnet.graph import Graph
from graphnet.study import Study

NAMES = {
    0: "</script><img src=x onerror=alert(1)>",
    1: "]]><x/>&amp;\"'",
    2: '=HYPERLINK("http://x")',
    3: "nul\x00 \ufffe",
    4: "\u202eright to left\u2066",
    5: "two\r\nlines\t,",
    6: "سلام‌ها",
    7: "@SUM(A1)",
    8: "-1+2",
}
SHOWN = NAMES | {3: "nul<U+0000> <U+FFFE>"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    ties = [("co_retweet", a, b, 2 + a, 7) for a, b in cliques([6])] + [
        ("co_link", 5, i, 1, None, 0.5) for i in (6, 7, 8)
    ]
    made = tied_study(tmp_path / "study", ties, dict(NAMES))
    detect(made, layers=["co_retweet", "co_link"])
    return made


# GEXF ----------------------------------------------------------------------------------------------------------------

GEXF_NS = {"g": "http://gexf.net/1.3", "viz": "http://gexf.net/1.3/viz"}


def test_gexf_is_read_by_networkx(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "graph.gexf")
    found = nx.read_gexf(file, version="1.3")
    expected = study.to_networkx()
    assert set(found.nodes) == set(expected.nodes)
    assert {frozenset(e) for e in found.edges} == {frozenset(e) for e in expected.edges}
    assert {n: d["label"] for n, d in found.nodes(data=True)} == {f"a{i}": name for i, name in SHOWN.items()}
    assert found.edges["a0", "a1"]["weight"] == 2.0
    assert found.edges["a0", "a1"]["layers"] == "co_retweet"
    assert "quickest" not in found.edges["a5", "a6"]
    assert found.nodes["a0"]["community"] == 1
    assert "community" not in found.nodes["a7"]


def test_gexf_keeps_to_the_rules_of_the_format(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "graph.gexf")
    root = ElementTree.parse(file).getroot()
    assert root.get("version") == "1.3"
    assert [child.tag.split("}")[1] for child in root.find("g:graph", GEXF_NS)] == [
        "attributes",
        "attributes",
        "nodes",
        "edges",
    ]
    nodes, edges = root.findall(".//g:node", GEXF_NS), root.findall(".//g:edge", GEXF_NS)
    ids = [n.get("id") for n in nodes]
    assert len(ids) == len(set(ids)) == 9
    assert {e.get(end) for e in edges for end in ("source", "target")} <= set(ids)
    assert len({e.get("id") for e in edges}) == len(edges) == 18
    for what, items in (("node", nodes), ("edge", edges)):
        declared = {
            a.get("id"): a.get("type") for a in root.findall(f".//g:attributes[@class='{what}']/g:attribute", GEXF_NS)
        }
        assert set(declared.values()) <= {"long", "double", "boolean", "string"}
        for item in items:
            used = [v.get("for") for v in item.findall("g:attvalues/g:attvalue", GEXF_NS)]
            assert len(used) == len(set(used))
            assert set(used) <= set(declared)


def test_gexf_shows_positions_colours_and_sizes(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "graph.gexf")
    nodes = {n.get("id"): n for n in ElementTree.parse(file).getroot().findall(".//g:node", GEXF_NS)}
    looks = {
        key: [n.find(f"viz:{part}", GEXF_NS).attrib for part in ("color", "position", "size")]
        for key, n in nodes.items()
    }
    colours = {key: tuple(int(look[0][c]) for c in "rgb") for key, look in looks.items()}
    assert len({colours[f"a{i}"] for i in range(6)}) == 1
    assert colours["a7"] != colours["a0"]
    places = np.array([[float(look[1][c]) for c in "xyz"] for look in looks.values()])
    assert np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == 9
    assert float(looks["a0"][2]["value"]) > float(looks["a7"][2]["value"]) > 0


def test_a_graph_without_looks_has_no_viz(tmp_path: Path) -> None:
    graph = _named(graph_of([(0, 1)]), ["x", "y"])
    GEXF().write(graph, [tmp_path / "g.gexf"])
    assert "viz:color" not in (tmp_path / "g.gexf").read_text()


# GraphML -------------------------------------------------------------------------------------------------------------


def test_graphml_is_read_by_networkx(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "graph.graphml")
    found = nx.read_graphml(file)
    expected = study.to_networkx()
    for node, data in expected.nodes(data=True):
        assert found.nodes[node] == data | {"name": SHOWN[data["account"]]}
    assert {frozenset(e): d for *e, d in found.edges(data=True)} == {
        frozenset(e): d for *e, d in expected.edges(data=True)
    }


def test_graphml_is_read_by_igraph(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "graph.graphml")
    found, expected = igraph.Graph.Read_GraphML(str(file)), study.to_igraph()
    assert found.get_edgelist() == expected.get_edgelist()
    assert found.vs["id"] == expected.vs["id"]
    assert found.vs["name"] == list(SHOWN.values())
    assert found.es["weight"] == expected.es["weight"]


# CSV and Parquet -----------------------------------------------------------------------------------------------------


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_csv_tables(study: Study, tmp_path: Path) -> None:
    nodes, edges = export(study, tmp_path / "my.graph.csv")
    assert (nodes.name, edges.name) == ("my.graph.nodes.csv", "my.graph.edges.csv")
    first = _rows(edges)[0]
    assert first == {
        "source": "a0",
        "target": "a1",
        "type": "Undirected",
        "shared": "2",
        "weight": "2.0",
        "layers": "co_retweet",
        "quickest": "7",
    }
    assert [r["id"] for r in _rows(nodes)] == [f"a{i}" for i in range(9)]
    assert _rows(nodes)[7]["community"] == ""


def test_csv_cells_are_no_formulas(study: Study, tmp_path: Path) -> None:
    nodes, _ = export(study, tmp_path / "graph.csv")
    labels = [r["label"] for r in _rows(nodes)]
    assert labels == [("'" if i in (2, 7, 8) else "") + SHOWN[i] for i in range(9)]
    assert not [cell for row in _rows(nodes) for cell in row.values() if re.match(r"[=+\-@\t\r]", cell)]


def test_csv_ids_and_negative_figures(tmp_path: Path) -> None:
    graph = _named(graph_of([(0, 1)], [-2.5], directed=True), ["=1+1", "-5"])
    CSV().write(graph, [tmp_path / "n.csv", tmp_path / "e.csv"])
    assert _rows(tmp_path / "e.csv") == [{"source": "'=1+1", "target": "'-5", "type": "Directed", "weight": "-2.5"}]


def test_parquet_tables_change_nothing(study: Study, tmp_path: Path) -> None:
    nodes, edges = (pq.read_table(f) for f in export(study, tmp_path / "graph.parquet"))
    assert nodes["name"].to_pylist() == list(NAMES.values())
    assert nodes.schema.field("account").type == pa.int64()
    assert edges["source"].to_pylist()[:2] == ["a0", "a0"]
    assert edges["weight"].to_pylist() == study.to_igraph().es["weight"]


def test_an_export_can_be_read_again_as_an_edge_list(study: Study, tmp_path: Path) -> None:
    _, edges = export(study, tmp_path / "graph.csv", communities=[1])
    assert {frozenset((r["source"], r["target"])) for r in _rows(edges)} == {
        frozenset((f"a{a}", f"a{b}")) for a, b in cliques([6])
    }


# Hostile text, everywhere --------------------------------------------------------------------------------------------

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", "]]>", "\x00", "\x01", "<U+0000>", "<U+0000> #0", "a\nb", "&#0;", "=1", "'=1", "\r"]
)


def _named(graph: Graph, ids: list[str]) -> Graph:
    return graph.with_columns(id=pa.array(ids, pa.string()), name=pa.array(ids, pa.string()))


@settings(max_examples=100, deadline=None)
@given(ids=st.lists(anything, min_size=3, max_size=3, unique=True))
def test_no_id_breaks_a_file_or_becomes_another(ids: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    graph = _named(graph_of([(0, 1), (1, 2)], [1.0, 2.0]), ids)
    shown = keys(graph)
    assert len(set(shown)) == 3
    exports: list[Export] = [GEXF(), GraphML(), CSV(), Parquet()]
    for made in exports:
        made.write(graph, made.files(folder / f"g.{made.name}"))
    for found in (nx.read_gexf(folder / "g.gexf", version="1.3"), nx.read_graphml(folder / "g.graphml")):
        assert {frozenset(e) for e in found.edges} == {frozenset(shown[:2]), frozenset(shown[1:])}
    edges = _rows(folder / "g.edges.csv")
    assert len({r["source"] for r in edges} | {r["target"] for r in edges}) == 3
    assert pq.read_table(folder / "g.nodes.parquet")["id"].to_pylist() == ids


def test_figures_that_are_not_finite_are_left_out(tmp_path: Path) -> None:
    graph = _named(graph_of([(0, 1)]), ["x", "y"]).with_columns(strength=[float("nan"), float("inf")])
    GraphML().write(graph, [tmp_path / "g.graphml"])
    assert "strength" not in nx.read_graphml(tmp_path / "g.graphml").nodes["x"]
