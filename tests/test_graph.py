"""The pairs of a study as one graph."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pytest
from graphs import graph_of, pairs_table, tied_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphnet import graph
from graphnet.errors import InputError, MissingTable
from graphnet.schema import COMMUNITIES, MEMBERS, PAIRS
from graphnet.study import Study

TIES = [
    ("co_retweet", 0, 1, 3, 20),
    ("co_retweet", 1, 2, 4, 5),
    ("same_text", 0, 1, 2, 90),
    ("follow", 1, 0, 1, None),
    ("follow", 0, 1, 1, None),
    ("follow", 3, 1, 1, None),
]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = tied_study(tmp_path / "study", TIES, {0: "ann", 3: "</script>"})
    with made.step("detect", {"layers": ["co_retweet"]}) as step:
        members = [{"account": 0, "community": 1, "strength": 3.0}, {"account": 1, "community": 1, "strength": 3.0}]
        step.write(
            "members",
            MEMBERS.empty().from_pylist(
                [*members, {"account": 3, "community": 2, "strength": 0.0}], schema=MEMBERS.arrow
            ),
        )
        step.write("communities", COMMUNITIES.empty())
    return made


def test_layers_are_merged_into_one_row_a_pair(study: Study) -> None:
    rows = graph.edges(study, ["same_text", "co_retweet"]).to_pylist()
    assert rows == [
        {"source": 0, "target": 1, "shared": 5, "weight": 5.0, "layers": "co_retweet+same_text", "quickest": 20},
        {"source": 1, "target": 2, "shared": 4, "weight": 4.0, "layers": "co_retweet", "quickest": 5},
    ]


def test_direction_is_kept_where_all_layers_have_one(study: Study) -> None:
    assert [(r["source"], r["target"]) for r in graph.edges(study, ["follow"]).to_pylist()] == [(0, 1), (1, 0), (3, 1)]
    assert graph.load(study, ["follow"]).directed


def test_direction_goes_where_layers_are_mixed_or_it_is_unwanted(study: Study) -> None:
    mixed = graph.edges(study)
    assert [(r["source"], r["target"], r["shared"]) for r in mixed.to_pylist()] == [(0, 1, 7), (1, 2, 4), (1, 3, 1)]
    flat = graph.edges(study, ["follow"], directed=False)
    assert [(r["source"], r["target"], r["weight"]) for r in flat.to_pylist()] == [(0, 1, 2.0), (1, 3, 1.0)]
    assert not graph.load(study).directed


@pytest.mark.parametrize(
    ("least", "kept"),
    [
        ({"min_weight": 4.5}, [(0, 1)]),
        ({"min_weight": 5.0}, [(0, 1)]),
        ({"min_shared": 4}, [(0, 1), (1, 2)]),
        ({"min_layers": 2}, [(0, 1)]),
        ({"min_layers": 3}, []),
    ],
)
def test_weak_ties_can_be_left_out(study: Study, least: dict[str, float], kept: list[tuple[int, int]]) -> None:
    rows = graph.edges(study, ["co_retweet", "same_text"], **least)  # type: ignore[arg-type]
    assert [(r["source"], r["target"]) for r in rows.to_pylist()] == kept


def test_accounts_and_communities_can_be_chosen(study: Study) -> None:
    assert graph.edges(study, communities=[1])["target"].to_pylist() == [1]
    assert graph.edges(study, accounts=[1, 2])["source"].to_pylist() == [1]
    assert graph.edges(study, accounts=[]).num_rows == 0
    both = graph.load(study, communities=[1, 2], accounts=[0, 3])
    assert both.accounts.tolist() == [0, 3]
    assert both.edges.num_rows == 0


def test_chosen_accounts_are_there_even_without_a_tie(study: Study) -> None:
    assert graph.load(study, ["co_retweet"], communities=[2]).accounts.tolist() == [3]
    assert graph.load(study, ["co_retweet"]).accounts.tolist() == [0, 1, 2]


def test_a_layer_or_community_that_is_not_there_is_named(study: Study) -> None:
    with pytest.raises(InputError, match=r"no pairs of layer 'co_link' \(it has: co_retweet, follow, same_text\)"):
        graph.edges(study, ["co_link"])
    with pytest.raises(InputError, match=r"no community C7 .* it has 2"):
        graph.edges(study, communities=[1, 7])


def test_missing_steps_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match="graphnet project"):
        graph.edges(Study.create(tmp_path / "new"))
    with pytest.raises(MissingTable, match="graphnet detect"):
        graph.edges(tied_study(tmp_path / "study", TIES), communities=[1])


def test_a_layer_without_ties_is_no_error(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "study")
    with study.step("project", {}) as step:
        step.write("pairs", PAIRS.empty(), part="co_retweet")
    assert graph.edges(study, ["co_retweet"]).num_rows == 0
    assert graph.load(study).to_igraph().vcount() == 0
    assert graph.to_networkx(study).number_of_nodes() == 0


def test_igraph_carries_everything(study: Study) -> None:
    found = study.to_igraph(["co_retweet", "same_text"])
    assert isinstance(found, igraph.Graph)
    assert found.vs["account"] == [0, 1, 2]
    assert found.vs["id"] == ["a0", "a1", "a2"]
    assert found.vs["name"] == ["ann", None, None]
    assert found.vs["community"] == [1, 1, None]
    assert found.vs["strength"] == [3.0, 3.0, None]
    assert [e.tuple for e in found.es] == [(0, 1), (1, 2)]
    assert found.es["layers"] == ["co_retweet+same_text", "co_retweet"]
    assert found.es["quickest"] == [20, 5]
    assert not found.is_directed()


def test_networkx_is_keyed_by_id_and_leaves_out_nulls(study: Study) -> None:
    found = study.to_networkx(["follow"])
    assert isinstance(found, nx.DiGraph)
    assert sorted(found.edges) == [("a0", "a1"), ("a1", "a0"), ("a3", "a1")]
    assert found.nodes["a3"] == {"account": 3, "name": "</script>", "community": 2, "strength": 0.0}
    assert found.edges["a3", "a1"] == {"shared": 1, "weight": 1.0, "layers": "follow"}


def test_networkx_can_be_written_by_networkx(study: Study, tmp_path: Path) -> None:
    nx.write_graphml(study.to_networkx(), tmp_path / "out.graphml")
    assert nx.read_graphml(tmp_path / "out.graphml").number_of_edges() == 3


def test_an_account_without_a_profile_is_called_by_its_number(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "study")
    with study.step("project", {}) as step:
        step.write("pairs", pairs_table([("co_link", 5, 9, 2, None, None)]), part="co_link")
    assert list(study.to_networkx().nodes) == ["5", "9"]


def test_layers_whose_direction_nobody_knows_show_it(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", [("theirs", 1, 0), ("others", 0, 1)])
    assert graph.directed_layers(study) == {"theirs"}


def test_the_ties_of_the_communities(study: Study, tmp_path: Path) -> None:
    assert graph.detected(study) == {"layers": ["co_retweet"]}
    assert graph.detected(tied_study(tmp_path / "other", TIES)) == {}


rows = st.lists(
    st.tuples(
        st.sampled_from(["co_link", "co_post", "co_retweet"]),
        st.integers(0, 6),
        st.integers(0, 6),
        st.integers(1, 9),
        st.none() | st.integers(0, 99),
        st.floats(0, 1, width=16),
    ).filter(lambda r: r[1] < r[2]),
    unique_by=lambda r: r[:3],
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows, order=st.randoms(use_true_random=False))
def test_merging_is_what_a_loop_does_and_the_order_of_rows_never_shows(
    rows: list[tuple], order, tmp_path_factory
) -> None:  # type: ignore[no-untyped-def,type-arg]
    shuffled = list(rows)
    order.shuffle(shuffled)
    found = [graph.edges(tied_study(tmp_path_factory.mktemp("s") / "x", r)) for r in (rows, shuffled)]
    assert found[0].equals(found[1])
    slow: dict[tuple[int, int], dict[str, object]] = {}
    for a, b in sorted({r[1:3] for r in rows}):
        mine = sorted(r for r in rows if r[1:3] == (a, b))
        gaps = [r[4] for r in mine if r[4] is not None]
        slow[a, b] = {
            "source": a,
            "target": b,
            "shared": sum(r[3] for r in mine),
            "weight": sum(r[5] for r in mine),
            "layers": "+".join(r[0] for r in mine),
            "quickest": min(gaps, default=None),
        }
    assert found[0].to_pylist() == list(slow.values())


def test_only_and_within() -> None:
    whole = graph_of([(0, 1), (1, 2), (2, 5)], [1.0, 2.0, 3.0])
    assert whole.only(whole.weight > 1).accounts.tolist() == [1, 2, 5]
    inner = whole.within(np.array([True, True, True, False]))
    assert inner.ends.tolist() == [[0, 1], [1, 2]]
    assert whole.within(np.array([True, False, True, False])).accounts.tolist() == [0, 2]


def test_backbone_keeps_what_stands_out() -> None:
    whole = graph_of([(0, i) for i in range(1, 6)], [96.0, 1, 1, 1, 1])
    assert graph.backbone(whole, 0.01).edges["target"].to_pylist() == [1]
    assert graph.backbone(whole, 1e-9).edges.num_rows == 0


def test_importing_graphnet_loads_no_graph_library() -> None:
    heavy = "{'igraph', 'networkx', 'community', 'pandas'}"
    code = f"import sys, graphnet.graph, graphnet.cards; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
