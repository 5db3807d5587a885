"""Hostile data, files and studies against every verb: no traceback, no sign a terminal obeys, no name that leaks."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import hostile_world
import pytest

import graphnet as gn
from graphnet._pseudonymise import Names
from graphnet.cli import main
from graphnet.engines.duckdb import DuckDB
from graphnet.errors import InputError, StudyError
from graphnet.lists import read_list
from graphnet.study import Step, Study

OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
COLOURS = re.compile(r"\x1b\[(0|1|31|32|33)m")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return hostile_world.made(tmp_path_factory.mktemp('it\'s a "folder"') / "study")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command as on a terminal, which gets every sign; returns exit status and all that was printed."""
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_a, **_k: False)

    def run(*arguments: object) -> tuple[int, str, str]:
        status = 0
        try:
            main([str(a) for a in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        held = capsys.readouterr()
        return status, COLOURS.sub("", held.out), COLOURS.sub("", held.err)

    return run


# Terminal ------------------------------------------------------------------------------------------------------------

ASKED = [
    ("campaign", "--text", "group 0 say"),
    ("campaign", "--hashtag", "o'neil"),
    ("campaign", "--target", "@o'neil' or 1=1 --"),
    ("campaign", "--cluster", "1"),
    ("audit", "creation", "--community", "1"),
    ("audit", "creation", "--hashtag", "x'; drop table accounts; --"),
    ("audit", "creation", "--hashtag", "tag", "--seed", "-1"),
    ("explain", "--community", "1"),
    ("explain", "--cluster", "1"),
    ("explain", "@31mred"),
    ("explain", "@o'neil"),
    ("explain", "--community", "1", "--finding", "x'; --"),
]


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["plain", "json"])
@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_nothing_printed_steers_the_terminal(
    hostile: Study, terminal: Any, asked: tuple[str, ...], as_json: tuple[str, ...]
) -> None:
    words = 2 if asked[0] == "audit" else 1
    status, out, err = terminal(*asked[:words], hostile.path, *asked[words:], *as_json)
    assert status in (0, 2)
    assert not OBEYED.search(out + err)
    if status == 0 and as_json:
        json.loads(out)


def test_a_column_and_a_path_in_a_message_are_written_out(tmp_path: Path, terminal: Any) -> None:
    table = tmp_path / "a\x1b[31mb.csv"
    table.write_text("use\x1b[2Jrs,other\x9b\n1,2\n", encoding="utf-8")
    for arguments in (("audit", "followers", table), ("read", tmp_path / "no\x1b[31m", "--into", tmp_path / "s")):
        status, out, err = terminal(*arguments)
        assert status == 2
        assert "U+001B" in err
        assert not OBEYED.search(out + err)


# Files that cannot be used -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[" * 200_000, '[{"a":' * 50_000, "\x00" * 50, "\ufeff", "[]", "null", "{}"])
@pytest.mark.parametrize("kind", [None, "accounts", "domains", "hashtags", "phrases"])
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str, kind: str | None) -> None:
    file = tmp_path / "list.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_list(file, kind=kind)


@pytest.mark.parametrize("name", ["no/such/r.html", "folder", "file/r.html", "r.json", "n" * 300 + ".html"])
def test_a_page_that_cannot_be_written_is_told(hostile: Study, tmp_path: Path, terminal: Any, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    status, _, err = terminal("report", hostile.path, "--out", tmp_path / name)
    assert status == 2
    assert "graphnet: " in err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize("memory", ["foo", ""])
def test_memory_that_is_none_is_told(memory: str) -> None:
    with pytest.raises(InputError, match="memory"):
        DuckDB(memory=memory)


@pytest.mark.parametrize("layer", ["co_retweet:window=1" + "0" * 30, "same_text:window=-1" + "0" * 30])
def test_a_number_beyond_all_bounds_is_told(hostile: Study, terminal: Any, layer: str) -> None:
    status, _, err = terminal("project", hostile.path, "--layer", layer)
    assert status == 2
    assert "smaller" in err


# Studies from others -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../outside.parquet", "/etc/passwd", "a/b.parquet"])
def test_a_manifest_cannot_name_files_outside_of_the_study(tmp_path: Path, name: str) -> None:
    study = gn.read(hostile_world.posts().head(9), tmp_path / "study")
    manifest = json.loads((study.path / "manifest.json").read_text(encoding="utf-8"))
    manifest["tables"]["posts"][""] = name
    (study.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StudyError, match="outside"):
        Study.open(study.path)


@pytest.mark.parametrize("text", ["[]", "null", "7", '"x"', "{"])
def test_a_manifest_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError):
        Study.open(tmp_path)


def test_a_damaged_table_is_told(tmp_path: Path) -> None:
    study = gn.read(hostile_world.posts().head(9), tmp_path / "study")
    (study.path / study.files("posts")[""]).write_bytes(b"PAR1 no more")
    with pytest.raises(StudyError, match="posts"):
        Study.open(study.path)


# Interrupted ---------------------------------------------------------------------------------------------------------


def _state(study: Study) -> tuple[str, dict[str, bytes]]:
    manifest = (study.path / "manifest.json").read_text(encoding="utf-8")
    named = {f for parts in json.loads(manifest)["tables"].values() for f in parts.values()}
    return manifest, {name: (study.path / name).read_bytes() for name in sorted(named)}


@pytest.mark.parametrize("verb", ["match", "audit", "score", "project"])
def test_an_interrupted_step_leaves_the_last_good_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    study = hostile_world.made(tmp_path / "study")
    before = _state(study)
    does = {
        "match": lambda: gn.match(study, jaccard=0.9),
        "audit": lambda: gn.audit(study, gn.audits.Creation(hashtag="tag", draws=19)),
        "score": lambda: gn.score(study, controls=19),
        "project": lambda: gn.project(study),
    }[verb]

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Step, "_wrote", stopped)
        with pytest.raises(KeyboardInterrupt):
            does()
    assert _state(study) == before
    assert not (study.path / ".scratch").exists()
    does()
    assert Study.open(study.path).last(verb)["verb"] == verb


def test_interrupted_pseudonyms_leave_nothing_behind(
    hostile: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, before = gn.new_key(tmp_path / "key"), _state(hostile)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Names, "scrub", stopped)
        with pytest.raises(KeyboardInterrupt):
            gn.pseudonymise(hostile, tmp_path / "copy", key)
    assert [p.name for p in tmp_path.iterdir()] == ["key"]
    assert _state(hostile) == before


# Pseudonyms ----------------------------------------------------------------------------------------------------------

NAMES = Names(b"k" * 32, {"secretalice": "1", "first.last": "2", "hy-phen": "3", "9" * 18: "4", "shared": None})


@pytest.mark.parametrize(
    "text",
    [
        "@SecretAlice",
        "＠SecretAlice",
        "@@SecretAlice",
        "(@SecretAlice)",
        "glued@SecretAlice.",
        "@first.last: no",
        "@hy-phen's",
        "@unknown.secretalice@elsewhere",
        "see x.com/SecretAlice, and",
        "(https://x.com/SecretAlice)",
        "https://x.com/SecretAlice.",
        "https://x.com/@SecretAlice/status/5",
        'https://x.com/SecretAlice"',
        "https://x.com/~first.last/",
        "https://x.com/intent?screen_name=SecretAlice&a=b",
        "https://x.com/%40SecretAlice",
        f"https://x.com/i/user/{'9' * 18}",
        "https://x.com/shared/1",
        "@" + "SecretAlice" * 9,
    ],
)
def test_no_handle_is_left_in_mentions_and_links(text: str) -> None:
    found = NAMES.scrub(text).lower()
    assert "acct-" in found
    assert not any(name in found for name in NAMES.known)


def test_a_link_to_a_post_leads_nowhere_and_stays_the_same_post() -> None:
    found = NAMES.scrub("https://x.com/i/status/1234567890123456789?s=20")
    assert found == f"https://x.com/i/status/{NAMES.code('post', '1234567890123456789')}?s=20"


@pytest.mark.parametrize(
    "text", ["@" * 10**6, "@-" * 10**6, "/a." * 10**6, "x/" + "a." * 10**6, "@a" + "-" * 10**6, "=" * 10**6]
)
def test_no_text_makes_scrubbing_slow(text: str) -> None:
    start = time.perf_counter()
    NAMES.scrub(text)
    # a second or two on a slow machine; a pattern that backtracks takes hours
    assert time.perf_counter() - start < 30


def test_a_key_is_never_readable_by_others(tmp_path: Path) -> None:
    assert gn.new_key(tmp_path / "key").stat().st_mode & 0o777 == 0o600
