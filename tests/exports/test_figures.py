"""The network as a figure: what is on it, at the positions and in the looks of the pages, harmless and small."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest
from graphs import cliques, graph_of, tied_study

import graphnet as gn
from graphnet import _picture
from graphnet._detect import detect
from graphnet._export import _drawn, export
from graphnet.errors import InputError
from graphnet.exports import PDF, PNG, SVG
from graphnet.exports._figure import Picture, _Map
from graphnet.graph import Graph
from graphnet.printing import FROM_THE_LEFT
from graphnet.study import Study
from graphnet.view.scene import looks_of, scene

NS = "{http://www.w3.org/2000/svg}"
NAMES = {
    0: "</script><img src=x onerror=alert(1)>",
    1: "]]>--><!--",
    2: "$x^2$",
    3: "nul\x00 \ufffe",
    4: "\u202eright to left",
    5: "کاربر می‌خواهم",
    6: "الحقيقة",
    7: "משתמש_בדיקה",
    8: "x" * 100_000,
    9: "",
}
TIES = [("co_retweet", a, b, 2 + a, 7) for a, b in cliques([7, 6])]
TIES += [("same_text", a, b, 3, 7) for a, b in cliques([5])]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = tied_study(
        tmp_path / "study", TIES, dict(NAMES), made=["co_retweet:window=60,min_shared=2", "same_text:min_shared=2"]
    )
    detect(made, layers=["co_retweet", "same_text"])
    return made


def written(study: Study, how: Picture) -> set[str]:
    """The names on the maps of a figure; in the file they are outlines."""
    loaded, look = (
        gn.graph.load(study, communities=_picture.everyone(study), **gn.graph.detected(study)),
        looks_of(study),
    )
    sheet = _Map(_drawn(_picture.looks(loaded, look), look), how).sheet()
    return {text.get_text().removeprefix(FROM_THE_LEFT) for axes in sheet.figure.axes for text in axes.texts}


def said(file: Path) -> list[str]:
    """The texts on a figure: matplotlib writes each beside its outlines as a comment."""
    return [t.strip() for t in re.findall(r"<!-- (.*?) -->", file.read_text(encoding="utf-8"), re.DOTALL)]


def test_an_svg_names_communities_layers_and_weights(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "net.svg")
    texts = said(file)
    assert {"C1 (7)", "C2 (6)", "co_retweet"} <= set(texts)
    assert {"C1", "C2"} <= written(study, SVG())
    assert [t for t in texts if t.startswith("weight ")]
    assert "co_retweet+same_text" in texts


def test_the_caption_says_how_it_was_made(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "net.svg")
    desc = ElementTree.fromstring(file.read_bytes()).findtext(f"{NS}desc") or ""
    assert "13 accounts, 36 ties, 2 candidate communities." in desc
    assert "co_retweet (window 60 s, min shared 2); same_text (min shared 2)." in desc
    assert "Not tested against chance." in desc
    assert "leiden" in desc
    assert "Positions: seed 7." in desc
    assert "not evidence" in desc
    shown = " ".join(said(file))
    assert "Not tested against chance." in shown


def test_positions_and_looks_are_those_of_the_pages(study: Study) -> None:
    drawn = scene(study)
    loaded, look = (
        gn.graph.load(study, communities=_picture.everyone(study), **gn.graph.detected(study)),
        looks_of(study),
    )
    graph = _drawn(_picture.looks(loaded, look), look)
    nodes = graph.nodes.to_pylist()
    assert [n["account"] for n in drawn["nodes"]] == [n["account"] for n in nodes]
    here = np.array([(n["x"], -n["y"]) for n in nodes])
    assert here == pytest.approx(np.array([(n["x"], n["y"]) for n in drawn["nodes"]]), abs=0.06)
    assert [(n["colour"], n["shape"]) for n in drawn["nodes"]] == [(n["colour"], n["mark"]) for n in nodes]
    styles = [drawn["styles"][e["style"]] for e in drawn["edges"]]
    edges = graph.edges.to_pylist()
    assert [(s["colour"], " ".join(map(str, s["dash"]))) for s in styles] == [(e["ink"], e["dash"]) for e in edges]


@pytest.mark.parametrize("made", [SVG, PDF, PNG])
def test_hostile_names_do_nothing(made: type[Picture], study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / f"net.{made.name}", format=made(names=50))
    assert file.stat().st_size < 2_000_000
    if made is SVG:
        root = ElementTree.fromstring(file.read_bytes())
        assert {e.tag.removeprefix(NS) for e in root.iter() if e.tag.startswith(NS)} <= {
            *("svg", "title", "desc", "metadata", "defs", "style", "g", "path", "use", "clipPath", "rect", "image")
        }
        assert not [a for e in root.iter() for a in e.attrib if a.lower().startswith("on")]
        links = [v for e in root.iter() for a, v in e.attrib.items() if a.endswith("href")]
        assert all(link.startswith(("#", "data:image/png")) for link in links)


def test_the_strongest_accounts_are_named_unless_none_is_to_be(study: Study) -> None:
    named = written(study, SVG(names=50))
    assert {"کاربر می‌خواهم", "الحقيقة", "<U+202E>right to left", "a9"} <= named
    assert not [text for text in named if "\u202e" in text or "\x00" in text or len(text) > 30]
    assert written(study, SVG(names=0)) == {"C1", "C2"}


def test_panels_stand_side_by_side(study: Study, tmp_path: Path) -> None:
    (layers,) = export(study, tmp_path / "l.svg", format="svg:panels=layer")
    assert {"co_retweet: 36 ties", "same_text: 10 ties"} <= set(said(layers))
    (groups,) = export(study, tmp_path / "g.svg", format="svg:panels=community,columns=1")
    assert {"C1: 7 accounts, 21 ties", "C2: 6 accounts, 15 ties"} <= set(said(groups))


def test_too_many_panels_are_refused(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", [("co_retweet", a, b, 4, 7) for a, b in cliques([5] * 10)])
    detect(study, layers=["co_retweet"])
    with pytest.raises(InputError, match="room for 9 panels, and there are 10"):
        export(study, tmp_path / "g.svg", format="svg:panels=community")
    assert export(study, tmp_path / "g.svg", format="svg:panels=community", communities=[1, 2])


def test_settings_that_do_not_fit_are_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 or 2 columns"):
        export(study, tmp_path / "g.svg", format="svg:columns=3")
    with pytest.raises(InputError, match="one, community, layer"):
        export(study, tmp_path / "g.svg", format="svg:panels=all")
    with pytest.raises(InputError, match="cannot use 'columns=1'"):
        export(study, tmp_path / "g.gexf", format="gexf:columns=1")
    with pytest.raises(InputError, match="positions"):
        SVG().write(_named(graph_of([(0, 1)])), [tmp_path / "x.svg"])


def test_a_study_without_communities_is_drawn_in_grey(tmp_path: Path) -> None:
    study = tied_study(tmp_path / "study", TIES)
    (file,) = export(study, tmp_path / "net.svg")
    assert "in no community (13)" in said(file)
    assert "C1" not in said(file)


def test_a_caption_of_ones_own(study: Study, tmp_path: Path) -> None:
    (file,) = export(study, tmp_path / "net.svg", format=SVG(caption="Figure 1. Mine."))
    assert "Figure 1. Mine." in said(file)
    (bare,) = export(study, tmp_path / "bare.svg", format=SVG(caption=""))
    assert len(said(bare)) < len(said(export(study, tmp_path / "full.svg")[0]))


def _named(graph: Graph) -> Graph:
    n = len(graph.accounts)
    return graph.with_columns(id=pa.array([f"a{i}" for i in range(n)]), name=pa.array([f"n{i}" for i in range(n)]))


def _world(n: int, ties: int) -> Graph:
    dice = np.random.default_rng(1)
    ends = {(int(min(p)), int(max(p))) for p in dice.integers(0, n, (ties, 2)) if p[0] != p[1]}
    graph = _named(graph_of(sorted(ends), list(1 + dice.random(len(ends)))))
    size, colours = len(graph.accounts), np.array(["#0072b2", "#d55e00"])
    return graph.with_columns(
        community=pa.array(1 + np.arange(size) % 2),
        x=dice.normal(0, 100, size),
        y=dice.normal(0, 100, size),
        colour=pa.array(colours[np.arange(size) % 2].tolist()),
        size=np.full(size, 5.0),
    )


def test_thousands_of_ties_are_a_picture_and_the_file_stays_small(tmp_path: Path) -> None:
    few, many = _world(60, 200), _world(1_500, 6_000)
    for name, graph in (("few", few), ("many", many)):
        for made in (SVG(), PDF()):
            made.write(graph, [tmp_path / f"{name}.{made.name}"])
    assert b"data:image/png" not in (tmp_path / "few.svg").read_bytes()
    assert b"data:image/png" in (tmp_path / "many.svg").read_bytes()
    assert (tmp_path / "many.svg").stat().st_size < 9_000_000
    assert (tmp_path / "many.pdf").stat().st_size < 6_000_000
    # marks and letters stay lines
    many_svg = (tmp_path / "many.svg").read_text()
    assert many_svg.count("<use") + many_svg.count("<path") >= 1_500


def test_figures_that_are_not_finite_do_not_break_it(tmp_path: Path) -> None:
    graph = _world(10, 30)
    wrong = graph.nodes.set_column(
        graph.nodes.column_names.index("x"),
        "x",
        pa.array([float("nan"), float("inf"), *[1.0] * (len(graph.accounts) - 2)]),
    )
    SVG().write(replace(graph, nodes=wrong), [tmp_path / "x.svg"])
    assert "nan" not in (tmp_path / "x.svg").read_text()


def test_from_the_command_line(study: Study, tmp_path: Path) -> None:
    from click.testing import CliRunner  # noqa: PLC0415

    from graphnet.commands.export import export as command  # noqa: PLC0415

    out = tmp_path / "net.pdf"
    arguments = [str(study.path), str(out), "--columns", "1", "--panels", "layer", "--names", "0"]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.output == f"wrote: {out}\n"
    box = [float(n) for n in re.search(rb"/MediaBox \[([^\]]+)\]", out.read_bytes())[1].split()]  # type: ignore[index]
    assert box[2] == pytest.approx(85 / 25.4 * 72)
