"""DOT, JSON, Cytoscape, STIX and dynamic GEXF, read back with other programs' readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pandas as pd
import pydot
import pytest
import stix2
from exports_hostile import NAMES
from graphs import cliques, graph_of, tied_study
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet import disarm
from graphnet._detect import detect
from graphnet._export import export
from graphnet.exports import DOT, JSON, STIX, Cytoscape, keys
from graphnet.study import Study

GEXF = {"g": "http://gexf.net/1.3"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    ties = [("co_retweet", a, b, 2 + a, 7) for a, b in cliques([6])]
    ties += [("co_link", 5, i, 1, None, 0.5) for i in (6, 7, 8)]
    made = tied_study(tmp_path / "study", ties, dict(NAMES))
    detect(made, layers=["co_retweet", "co_link"])
    return made


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Five accounts that retweet ten posts, one a day, each a second after the other."""
    rows = [(f"u{i}", f"p{d}", d * 86_400 + i) for d in range(10) for i in range(5)]
    table = pd.DataFrame(rows, columns=["source", "object", "time"]).assign(kind="retweet")
    made = gn.read(table, tmp_path_factory.mktemp("timed") / "study")
    gn.project(made, gn.layers.CoRetweet(window=60))
    gn.detect(made, min_size=3)
    return made


def _edges(found: nx.Graph[Any]) -> set[frozenset[Any]]:
    return {frozenset(e) for e in found.edges}


def test_json_is_read_by_networkx(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "g.json")
    found = nx.node_link_graph(json.loads(file.read_text()), edges="edges")
    expected = study.to_networkx()
    assert _edges(found) == _edges(expected)
    assert found.edges["a0", "a1"]["weight"] == 2.0
    assert {n: d["name"] for n, d in found.nodes(data=True)} == {f"a{i}": n for i, n in NAMES.items()}
    assert {"x", "y", "colour"} <= found.nodes["a0"].keys()


def test_cytoscape_json_is_read_by_networkx(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "g.cyjs")
    data = json.loads(file.read_text())
    found = nx.cytoscape_graph(data)
    assert _edges(found) == _edges(study.to_networkx())
    assert all(set(n["position"]) == {"x", "y"} for n in data["elements"]["nodes"])
    assert len({e["data"]["id"] for e in data["elements"]["edges"]}) == 18


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pydot's own parser
def test_dot_is_read_by_pydot(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "g.dot")
    (found,) = pydot.graph_from_dot_data(file.read_text(encoding="utf-8")) or []
    edges = {frozenset((e.get_source().strip('"'), e.get_destination().strip('"'))) for e in found.get_edges()}
    assert edges == _edges(study.to_networkx())
    assert found.get_type() == "graph"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["\\", '\\"', "]; a", "\n", '"']
)


@settings(max_examples=60, deadline=None)
@given(ids=st.lists(texts, min_size=3, max_size=3, unique=True))
def test_no_id_breaks_a_file_or_becomes_another(ids: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    graph = graph_of([(0, 1), (1, 2)], [1.0, 2.0]).with_columns(id=ids, name=ids)
    expected = {frozenset(keys(graph, str)[:2]), frozenset(keys(graph, str)[1:])}
    JSON().write(graph, [folder / "g.json"])
    assert _edges(nx.node_link_graph(json.loads((folder / "g.json").read_text()), edges="edges")) == expected
    Cytoscape().write(graph, [folder / "g.cyjs"])
    cyjs = json.loads((folder / "g.cyjs").read_text())["elements"]["edges"]
    assert {frozenset((e["data"]["source"], e["data"]["target"])) for e in cyjs} == expected
    DOT().write(graph, [folder / "g.dot"])
    lines = (folder / "g.dot").read_text(encoding="utf-8").split("\n")
    # a statement a line, whatever the names: three nodes, two edges, head (2), foot, and the end of the file
    assert len(lines) == 9


def test_ties_have_the_times_of_the_acts(timed: Study, tmp_path: Path) -> None:
    (file,) = export(timed, tmp_path / "g.json", times=True)
    edges = json.loads(file.read_text())["edges"]
    first = {(e["source"], e["target"]): (e["first"], e["last"], e["times"]) for e in edges}
    assert first["u0", "u4"] == (0, 9 * 86_400 + 4, 10)
    assert len(first) == 10


def test_gexf_with_times_is_dynamic(timed: Study, tmp_path: Path) -> None:
    (file,) = export(timed, tmp_path / "g.gexf", times=True)
    root = ElementTree.parse(file).getroot()
    graph = root.find("g:graph", GEXF)
    assert graph is not None
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "double")
    edge = root.find(".//g:edge[@source='u0'][@target='u4']", GEXF)
    assert edge is not None
    assert (edge.get("start"), edge.get("end")) == ("0.0", "777604000.0")
    assert all(n.get("start") for n in root.findall(".//g:node", GEXF))
    assert nx.read_gexf(file, version="1.3").number_of_edges() == 10


def test_a_period_counts_only_what_happened_in_it(timed: Study, tmp_path: Path) -> None:
    (file,) = export(timed, tmp_path / "g.json", period=(2 * 86_400, 4 * 86_400 + 2))
    edges = {(e["source"], e["target"]): e for e in json.loads(file.read_text())["edges"]}
    # two whole days, and of the third day the first three accounts
    assert edges["u0", "u1"]["shared"] == 3
    assert edges["u0", "u4"]["shared"] == 2
    assert edges["u0", "u1"]["weight"] == 3.0
    (file,) = export(timed, tmp_path / "g.json", period=(99 * 86_400, None))
    assert json.loads(file.read_text())["edges"] == []


def test_periods_agree_with_a_study_of_that_period(timed: Study, tmp_path: Path) -> None:
    low, high = 86_400, 5 * 86_400
    rows = timed.frame(
        "select s.id as source, o.id as object, x.time, x.kind from actions x join accounts s on s.account = x.account "
        f"join objects o on o.object = x.object where x.time between {low} and {high}"
    )
    part = gn.read(rows, tmp_path / "part")
    gn.project(part, gn.layers.CoRetweet(window=60, min_shared=1))
    expected = part.frame(
        "select a.id as a, b.id as b, p.shared from pairs p join accounts a on a.account = p.source "
        "join accounts b on b.account = p.target"
    )
    (file,) = export(timed, tmp_path / "g.json", period=(low, high))
    found = {(e["source"], e["target"], e["shared"]) for e in json.loads(file.read_text())["edges"]}
    assert found == set(expected.itertuples(index=False, name=None))


def test_ego_keeps_what_is_near(study: Study, tmp_path: Path) -> None:
    def around(who: int, steps: int) -> set[str]:
        (file,) = export(study, tmp_path / "g.json", ego=[who], steps=steps)
        return {n["id"] for n in json.loads(file.read_text())["nodes"]}

    assert around(7, 0) == {"a7"}
    assert around(7, 1) == {"a7", "a5"}
    assert around(7, 2) == {f"a{i}" for i in range(9)}
    with pytest.raises(gn.GraphnetError, match="none of the accounts"):
        export(study, tmp_path / "g.json", ego=[999])


def test_stix_bundle_is_valid_and_cautious(timed: Study, tmp_path: Path) -> None:
    (file,) = export(timed, tmp_path / "g.stix")
    bundle = stix2.parse(file.read_text(encoding="utf-8"), allow_custom=False)
    kinds = [o.type for o in bundle.objects]
    assert kinds.count("user-account") == 5
    assert kinds.count("relationship") == 10
    (group,) = [o for o in bundle.objects if o.type == "grouping"]
    # nothing was judged, so nothing is suspected and no technique is named
    assert group.context == "unspecified"
    assert "attack-pattern" not in kinds
    (author,) = [o for o in bundle.objects if o.type == "identity"]
    assert "nothing here says who runs an account" in author.description


def test_stix_names_techniques_of_suspected_groups_only(tmp_path: Path) -> None:
    graph = graph_of([(0, 1), (1, 2), (0, 2), (3, 4), (5, 6), (7, 8)])
    nodes = graph.with_columns(
        id=list("abcdefghi"), community=[1, 1, 1, 2, 2, 3, 3, 4, 4], name=[*"abcd", *[None] * 5],
        level=["L2", "L2", "L2", "L0", "L0", "L2", "L2", "L3", "L3"], benign=[*[None] * 5, *["a newsroom"] * 4],
    ).nodes  # fmt: skip
    edges = graph.edges.append_column("layers", [["co_retweet+near_text"] * 6])
    STIX().write(gn.graph.Graph(nodes, edges), [tmp_path / "g.stix"])
    bundle = stix2.parse((tmp_path / "g.stix").read_text(), allow_custom=False)
    patterns = {o.id: o for o in bundle.objects if o.type == "attack-pattern"}
    assert {p.external_references[0].external_id for p in patterns.values()} == {"T0084.001", "T0118"}
    groups = {o.name: o for o in bundle.objects if o.type == "grouping"}
    newsroom, reviewed = (
        "C3, L2 suspected; fits as well: a newsroom",
        "C4, L3 suspected, reviewed; fits as well: a newsroom",
    )
    assert set(groups) == {"C1, L2 suspected", "C2, L0 not suspected", newsroom, reviewed}
    for name in ("C1, L2 suspected", reviewed):
        assert set(patterns) < set(groups[name].object_refs)
        assert groups[name].context == "suspicious-activity"
    for name in ("C2, L0 not suspected", newsroom):
        assert not set(patterns) & set(groups[name].object_refs)
        assert groups[name].context == "unspecified"


def test_techniques_have_an_id_of_the_framework() -> None:
    assert [t.id for t in disarm.techniques(["fast_retweet", "unknown"])] == ["T0049.003"]
    assert disarm.techniques([]) == []
