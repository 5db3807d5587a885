"""What every export that the registry finds has to keep to."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import tied_study

from graphnet import registry
from graphnet._export import export
from graphnet.exports import Export
from graphnet.study import Study

EVERY = sorted(registry.find("exports"))
HOSTILE = {
    0: "</script><img src=x onerror=alert(1)>",
    1: "]]>&amp;\"'",
    2: '=HYPERLINK("http://x")',
    3: "nul\x00 bell\x07 \ufffe",
    4: "\u202eright to left\u2066",
    5: "line\r\nbreak\ttab,comma;",
    6: "سلام‌ها",
    7: "",
}
TIES = [("co_retweet", a, b, a + 1, 5) for a in range(8) for b in range(a + 1, 8)]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return tied_study(tmp_path / "study", TIES, dict(HOSTILE))


@pytest.fixture(params=EVERY)
def chosen(request: pytest.FixtureRequest) -> type[Export]:
    found: type[Export] = registry.get("exports", request.param)
    return found


def test_the_usual_ones_are_there() -> None:
    assert {"csv", "gexf", "graphml", "parquet"} <= set(EVERY)


def test_it_says_what_it_is(chosen: type[Export]) -> None:
    assert chosen.title
    assert chosen.suffixes
    assert all(s.startswith(".") and s == s.lower() for s in chosen.suffixes)


def test_no_ending_means_two_formats() -> None:
    endings = [s for cls in registry.find("exports").values() for s in cls.suffixes]
    assert len(endings) == len(set(endings))


def test_it_writes_the_files_it_names_and_nothing_else(chosen: type[Export], study: Study, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    files = export(study, out / f"graph{chosen.suffixes[0]}")
    assert sorted(out.iterdir()) == sorted(files)
    assert files == chosen().files(out / f"graph{chosen.suffixes[0]}")
    assert all(f.stat().st_size for f in files)


def test_the_same_study_gives_the_same_bytes(chosen: type[Export], tmp_path: Path) -> None:
    made = []
    for i, ties in enumerate((TIES, TIES[::-1])):
        study = tied_study(tmp_path / f"study{i}", ties, dict(HOSTILE))
        made.append([f.read_bytes() for f in export(study, tmp_path / f"{i}{chosen.suffixes[0]}")])
    assert made[0] == made[1]


def test_a_graph_without_accounts_can_be_written(chosen: type[Export], study: Study, tmp_path: Path) -> None:
    assert all(f.exists() for f in export(study, tmp_path / f"none{chosen.suffixes[0]}", accounts=[]))


def test_what_was_there_stays_if_writing_fails(
    chosen: type[Export], study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"graph{chosen.suffixes[0]}"
    before = {f: f.read_bytes() for f in export(study, path)}
    whole = chosen.write

    def break_off(self: Export, graph: object, files: list[Path]) -> None:
        whole(self, graph, files)  # type: ignore[arg-type]
        files[0].write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(chosen, "write", break_off)
    with pytest.raises(KeyboardInterrupt):
        export(study, path)
    assert {f: f.read_bytes() for f in before} == before
    assert not list(tmp_path.glob(".*.new"))
