"""The command line: the same calls as the library, exit statuses, and messages instead of tracebacks."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click import Context

from graphnet import cli
from graphnet.commands import commands
from graphnet.study import Study


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    status = 0
    try:
        cli.main([str(a) for a in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Retweets: eight accounts repeat the same twelve posts within seconds, thirty others do as they like."""
    rng = random.Random(1)
    acts = [(p, i) for p in range(12) for i in range(8)]
    rows = [(f"group{i}", f"p{p}", f"star{p % 3}", 100_000 * p + rng.randrange(20)) for p, i in acts]
    rows += [
        (f"other{i}", f"p{rng.randrange(200)}", "star0", rng.randrange(20_000_000))
        for i in range(30)
        for _ in range(20)
    ]
    file = tmp_path_factory.mktemp("in") / "retweets.csv"
    lines = ["source,object,target,time,kind", *(f"{s},{o},{t},{at},retweet" for s, o, t, at in rows)]
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture(scope="module")
def study(edges: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    cli.main(["run", str(edges), "--into", str(folder / "study"), "--out", str(folder / "report.html")])
    return folder / "study"


def test_run_finds_the_group_and_writes_the_pages(study: Path) -> None:
    opened = Study.open(study)
    names = dict(zip(opened.accounts["account"], opened.accounts["id"], strict=True))
    first = opened.members.query("community == 1")["account"].map(names)
    assert sorted(first) == [f"group{i}" for i in range(8)]
    report = study.parent / "report.html"
    assert "group" in report.read_text()
    assert json.loads(report.with_suffix(".json").read_text())
    assert "group0" in (study.parent / "report.clusters.html").read_text()


def test_every_step_is_a_command_of_its_own(
    capsys: pytest.CaptureFixture[str], edges: Path, study: Path, tmp_path: Path
) -> None:
    steps = tmp_path / "steps"
    for words in (
        ["read", edges, "--into", steps],
        ["project", steps],
        ["validate", steps],
        ["detect", steps],
        ["confirm", steps],
        ["score", steps],
        ["draw", steps, "--out", tmp_path / "clusters.html"],
        ["report", steps, "--out", tmp_path / "report.html"],
        ["export", steps, tmp_path / "graph.gexf"],
        ["explain", steps, "group0", "group1"],
    ):
        status, out, err = run(capsys, *words)
        assert status == 0, err
        assert out
    whole, parts = Study.open(study), Study.open(steps)
    for table in ("pairs", "ties", "members", "communities", "levels", "findings"):
        assert getattr(whole, table).equals(getattr(parts, table)), table


def test_json_summaries(capsys: pytest.CaptureFixture[str], study: Path) -> None:
    status, out, _ = run(capsys, "detect", study, "--json")
    said = json.loads(out)
    assert status == 0
    assert said["steps"][0]["verb"] == "detect"
    assert said["steps"][0]["seconds"] >= 0
    run(capsys, "score", study)


def test_a_group_is_reviewed_and_the_data_shuffled(capsys: pytest.CaptureFixture[str], study: Path) -> None:
    note = ["--by", "R. Reader", "--note", "read all posts"]
    assert run(capsys, "confirm", study)[0] == 0
    assert "there is no community C99" in run(capsys, "review", study, "--community", "99", *note)[2]
    status, out, err = run(capsys, "review", study, "--community", "1", *note, "--json")
    assert status == 0, err
    assert json.loads(out)["steps"][0]["summary"]["notes"] == 1
    status, out, err = run(capsys, "calibrate", study)
    assert status == 0, err
    assert "on shuffled data this pipeline finds 0 suspected groups" in out


def test_run_without_validation(capsys: pytest.CaptureFixture[str], edges: Path, tmp_path: Path) -> None:
    words = ["run", edges, "--into", tmp_path / "study", "--out", tmp_path / "report.html", "--no-validate", "--json"]
    status, out, err = run(capsys, *words)
    assert status == 0, err
    assert [s["verb"] for s in json.loads(out)["steps"]] == ["read", "project", "detect", "score"]


def test_run_says_where_nothing_can_be_validated(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "mentions.csv"
    file.write_text("source,target\n" + "".join(f"a{i},a{j}\n" for i in range(6) for j in range(6) if i != j))
    words = ["run", file, "--kind", "follow", "--layer", "follow", "--into", tmp_path / "study"]
    status, _, err = run(capsys, *words, "--out", tmp_path / "report.html")
    assert status == 0, err
    assert "nothing could be validated" in err
    assert not Study.open(tmp_path / "study").has("levels")


def test_explain_shows_both_posts_and_the_gap(capsys: pytest.CaptureFixture[str], study: Path) -> None:
    status, out, _ = run(capsys, "explain", study, "group0", "group1", "--json")
    assert status == 0
    told = json.loads(out)
    assert "gap" in json.dumps(told)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["read", "nowhere.csv", "--into", "s"], 2, "does not exist"),
        (["read", "{edges}", "--into", "s", "--format", "edgelist"], 2, "Did you mean 'edge_list'"),
        (["read", "{edges}", "--into", "s", "--map", "source"], 2, "NAME=VALUE"),
        (["read", "{edges}", "--into", "s", "--map", "acount=x"], 2, "Did you mean 'account'"),
        (["read", "{edges}", "--into", "s", "--option", "dates=ymd"], 2, "dmy, mdy"),
        (["project", "nowhere"], 3, "there is no study"),
        (["project", "{study}", "--layer", "co_retwet"], 2, "Did you mean 'co_retweet'"),
        (["project", "{study}", "--layer", "co_retweet:windw=3"], 2, "It takes: window="),
        (["project", "{study}", "--layer", "co_retweet:window=soon"], 2, "a whole number or none"),
        (["detect", "{study}", "--detector", "leiden:objective=CPN"], 2, "one of: "),
        (["validate", "{study}", "--fdr", "2"], 2, "fdr is 2.0"),
        (["validate", "{study}", "--null", "intrest"], 2, "Did you mean 'interest'"),
        (["explain", "{study}", "group0", "nobody"], 2, "no account has the id or handle"),
        (["explain", "{study}", "--community", "99"], 2, "99"),
        (["read", "{edges}", "--into", "{edges}"], 3, "is a file; a study is a folder"),
        (["read", "{edges}", "--into", "s", "--map", "author=x"], 2, "--map FIELD=COLUMN"),
        (["read", "https://me:word@example.org/x.csv", "--into", "s"], 2, "https://example.org/x.csv is a URL"),
        (["run", "{edges}", "--into", "s", "--out", "nowhere/x.html"], 2, "there is no folder nowhere"),
        (["map", "{study}", "--out", "nowhere/x.html"], 2, "there is no folder nowhere"),
        (["map", "{study}", "--out", "x.txt"], 2, "such as x.html"),
        (["compare", "{study}", "--a", "foo", "--b", "C1"], 2, "neither a community, such as C1, nor a list"),
        (["audit", "overlay", "{study}", "--list", "no.csv"], 2, "there is no such file. Files in"),
        (["report", "{study}", "--out", "x.html", "--pseudonyms", "{edges}"], 2, "is no key"),
        (["report", "{study}", "--out", "{edges}/report.html"], 2, "report.html"),
        (["export", "{study}", "graph.docx"], 2, "gexf"),
        (["frobnicate"], 2, "No such command"),
        (["read"], 2, "Missing argument"),
    ],
)
def test_errors_are_sentences_with_a_status(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    study: Path,
    edges: Path,
    words: list[str],
    status: int,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended, out, err = run(capsys, *(w.format(study=study, edges=edges) for w in words))
    assert (ended, out) == (status, "")
    assert says in err
    assert "Traceback" not in err


def test_an_error_leaves_no_half_made_study(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert run(capsys, "read", empty, "--into", tmp_path / "study")[0] == 2
    assert not (tmp_path / "study").exists()


def test_help_of_every_command_has_examples() -> None:
    for command in commands():
        name = command.name or ""
        text = command.get_help(Context(command, info_name=name))
        assert "Examples:" in text, name
        assert f"graphnet {name}" in text


def test_lists(capsys: pytest.CaptureFixture[str]) -> None:
    assert "gexf" in run(capsys, "formats")[1]
    assert "co_retweet" in run(capsys, "layers")[1]
    found = json.loads(run(capsys, "layers", "--json")[1])
    assert "leiden" in found["detectors"]


def test_help_answers_without_loading_the_libraries() -> None:
    code = "import sys, graphnet.cli; print([m for m in ('duckdb', 'pyarrow', 'numba', 'pandas') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    # the package itself imports the verbs; what is heavy waits until it is used
    assert "numba" not in said.stdout
    assert "pandas" not in said.stdout


def test_commands_are_commands() -> None:
    named = (
        "run read project validate detect confirm score review calibrate explain draw report export simulate formats"
    )
    assert set(named.split()) <= set(cli.cli.commands)
    assert all((c.name or "").split()[0] in cli.cli.commands for c in commands())


def test_a_file_that_is_no_text_is_called_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for content in (bytes(range(128, 256)) * 9, "account,time\na,1\n".encode("utf-16")):
        file = tmp_path / "in.csv"
        file.write_bytes(content)
        status, _, err = run(capsys, "read", file, "--into", tmp_path / "study")
        assert status == 2
        assert "no text in UTF-8" in err


def test_ctrl_c_in_a_query_is_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, study: Path
) -> None:
    class Interrupted:
        """A connection on which Ctrl-C was pressed."""

        def sql(self, _sql: str) -> None:
            """Stop as DuckDB does."""
            raise RuntimeError("Query interrupted")

        def execute(self, _sql: str) -> None:
            """Opening tables goes well."""

    monkeypatch.setattr("graphnet.engines.duckdb.duckdb.connect", lambda *_, **__: Interrupted())
    status, _, err = run(capsys, "explain", study, "group0", "group1")
    assert status == 130
    assert "interrupted" in err


def test_too_little_memory_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path, edges: Path) -> None:
    status, _, err = run(capsys, "read", edges, "--into", tmp_path / "study", "--memory", "1MB")
    assert status == 1
    assert "--memory 4GB" in err


def test_what_a_repeated_step_takes_away_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, study: Path
) -> None:
    copy = tmp_path / "study"
    shutil.copytree(study, copy)
    _, _, err = run(capsys, "detect", copy)
    assert "no longer in the study" in err
    assert "graphnet confirm" in err
    assert "graphnet validate" not in err


def test_a_damaged_study_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path, study: Path) -> None:
    copy = tmp_path / "study"
    shutil.copytree(study, copy)
    for file in copy.glob("members*.parquet"):
        file.write_bytes(b"xx")
    status, _, err = run(capsys, "report", copy, "--out", tmp_path / "report.html")
    assert status == 3
    assert "'members' cannot be read" in err
