"""The interactive page: what pyvis is given, what is refused, what a notebook gets."""

from __future__ import annotations

import hashlib
import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import made_study
import pyarrow as pa
import pytest
from pyvis.network import Network

from graphnet import schema
from graphnet._draw import draw
from graphnet.errors import InputError, MissingTable
from graphnet.study import Study
from graphnet.view import clusters

# what pyvis 0.3.2 ships, line ends normalised: another version has to be looked at before it is trusted
VIS_JS = "f3c1229464749a6f5a80c80867189edfdc0198be0d015c3d770aff196cb6c0a1"
VIS_CSS = "2e82d445ad5878ea881652470ce632601f8f55f1b99e6ebecdff8614600e6d0e"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return made_study.build(tmp_path_factory.mktemp("draw") / "study", groups=(12, 8, 5, 4))


@pytest.fixture(scope="module")
def network(study: Study) -> Any:
    return draw(study)


def block(page: str, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="data-{name}">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


def test_draws_the_largest_communities(network: Any) -> None:
    assert network.heading == "The 3 largest of 4 communities: C1, C2, C3"
    assert len(network.nodes) == 25
    assert [c["name"] for c in network.info["communities"]] == ["C1", "C2", "C3"]


def test_draws_chosen_communities_and_layers(study: Study) -> None:
    network = draw(study, communities=[4, 2], layers=["same_text"])
    assert network.heading == "2 communities: C2, C4"
    assert len(network.nodes) == 12
    assert {e[0] for e in network.info["edges"]} == {"same_text"}
    assert draw(study, communities=[4]).heading == "C4, 4 accounts: candidate community"


def test_is_a_pyvis_network(network: Any) -> None:
    assert isinstance(network, Network)
    assert network.num_nodes() == 25
    assert network.get_node(3)["label"] == "user_3"
    assert all(isinstance(n["id"], int) for n in network.nodes)


def test_nothing_moves_by_itself(network: Any) -> None:
    options = block(network.generate_html(), "options")
    assert options["physics"] == {"enabled": False}
    assert options["edges"]["smooth"] is False
    assert options["nodes"]["font"]["multi"] is False
    assert all({"x", "y"} <= set(n) for n in network.nodes)


def test_marks_and_lines_say_strength_community_layer_and_weight(network: Any) -> None:
    by_strength = sorted(range(12), key=lambda i: network.info["nodes"][i]["strength"])
    sizes = [network.nodes[i]["size"] for i in by_strength]
    assert sizes == sorted(sizes)
    assert len({n["color"] for n in network.nodes}) == 3
    assert len({n["shape"] for n in network.nodes}) == 3
    heavy = sorted(range(len(network.edges)), key=lambda i: network.info["edges"][i][3])
    widths = [network.edges[i]["width"] for i in heavy]
    assert widths == sorted(widths)
    dashed = {network.info["edges"][i][0]: bool(e["dashes"]) for i, e in enumerate(network.edges)}
    assert dashed == {"co_retweet": False, "same_text": True, "co_retweet + same_text": False}


def test_tooltip_has_the_evidence(network: Any) -> None:
    assert network.nodes[3]["title"].splitlines()[:2] == ["user_3", f"id {1 << 60 | 3}"]
    assert "Half of the posts of user_3" in network.nodes[3]["title"]
    assert any("shared, quickest gap" in e["title"] for e in network.edges)


def test_page_says_what_it_is_not(network: Any) -> None:
    page = network.generate_html()
    assert "the gaps between discs come from the drawing and are not evidence" in page
    assert "a lead to check, not proof" in page


def test_same_study_same_page(study: Study, network: Any) -> None:
    assert draw(study).generate_html() == network.generate_html()


def test_saves_as_pyvis_does(network: Any, tmp_path: Path) -> None:
    assert network.save(tmp_path / "a.html") == tmp_path / "a.html"
    network.write_html(str(tmp_path / "b.html"))
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_show_in_a_notebook_writes_and_frames(
    network: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = network.show("view.html")
    assert (tmp_path / "view.html").exists()
    assert "view.html" in frame._repr_html_()


def test_notebook_frame_holds_the_page_escaped(network: Any) -> None:
    frame = network._repr_html_()
    assert frame.count("<") == 2
    assert 'sandbox="allow-scripts"' in frame
    inside = re.search(r'srcdoc="([^"]*)"', frame)
    assert inside
    assert html.unescape(inside[1]) == network.generate_html()


def test_write_html_can_open_a_browser(network: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    network.write_html(tmp_path / "x.html", open_browser=True)
    assert opened == [(tmp_path / "x.html").as_uri()]


def test_policy_blesses_only_shipped_files(network: Any) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', network.generate_html())
    assert policy
    assert html.unescape(policy[1]).count("sha256-") == 4
    assert "unsafe-inline" not in policy[1]


def test_vis_network_is_the_file_that_was_looked_at() -> None:
    _, _, css, js = clusters.shipped()
    assert hashlib.sha256(js.encode()).hexdigest() == VIS_JS
    assert hashlib.sha256(css.encode()).hexdigest() == VIS_CSS


def test_shipped_files_cannot_close_their_element() -> None:
    for text in clusters.shipped():
        assert "</script" not in text.lower()
        assert "</style" not in text.lower()


def test_large_chosen_communities_are_refused_with_a_way_out(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(90, 60), layers=("co_retweet",), findings=False)
    limit = pytest.MonkeyPatch()
    limit.setattr(clusters, "MAX_ACCOUNTS", 100)
    with limit.context(), pytest.raises(InputError, match=r"150 accounts \(C1 90, C2 60\).*100.*--community.*--top 1"):
        draw(study, communities=[1, 2])
    limit.undo()


def test_largest_communities_are_cut_to_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = made_study.build(tmp_path / "study", groups=(90, 60), layers=("co_retweet",), findings=False)
    monkeypatch.setattr(clusters, "MAX_ACCOUNTS", 100)
    monkeypatch.setattr(clusters, "MAX_EDGES", 500)
    network = draw(study)
    assert len(network.nodes) == 100
    assert len(network.edges) == 500
    page = network.generate_html()
    assert "Shown are 100 of 150 accounts" in page
    assert re.search(r"Shown are 500 of [\d,]+ ties", page)


def test_unknown_community_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match="C99"):
        draw(study, communities=[99])


def test_no_communities_says_what_to_try(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(), findings=False)
    with pytest.raises(InputError, match="no communities to draw"):
        draw(study)


def test_no_detect_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingTable):
        draw(Study.create(tmp_path / "study"))


def test_directed_ties_have_arrows(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(6,), layers=("follow",))
    network = draw(study)
    assert network.options["edges"]["arrows"]["to"]["enabled"] is True
    assert network.directed is True


def test_importing_graphnet_imports_no_pyvis() -> None:
    heavy = "[m for m in ('pyvis', 'IPython', 'igraph') if m in sys.modules]"
    code = f"import sys, graphnet._draw, graphnet._report; print({heavy})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_page_of_its_own_says_the_level_and_what_else_fits(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study")
    with study.step("confirm", {}) as step:
        step.write("levels", pa.Table.from_pylist([{"community": 1, "level": "L2"}], schema=schema.LEVELS.arrow))
    network = draw(study, communities=[1])
    assert network.heading.endswith("accounts: L2 suspected coordination")
    assert "C1: L2 suspected coordination" in network.generate_html()
