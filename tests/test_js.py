"""The scripts of the map page: their own tests run by node, and where they repeat a rule of the library, both agree."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graphnet import safe, words
from graphnet.view import map_page

sys.path.insert(0, str(Path(__file__).parent / "view"))
import made_study

HERE = Path(__file__).parent / "js"
NODE = shutil.which("node") or shutil.which("nodejs")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not on this machine: the scripts' own tests are not run")


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(NODE), *arguments], input=given, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


@needs_node
@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.js")), ids=lambda p: p.stem)
def test_scripts(file: Path) -> None:
    done = run("--test", str(file))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "# pass 0" not in done.stdout


def ask(function: str, values: list[Any]) -> list[Any]:
    """What a function of the page answers to each value."""
    code = (
        f"const {{ gn }} = require({json.dumps(str(HERE / 'gn.js'))});"
        "const values = JSON.parse(require('fs').readFileSync(0, 'utf-8'));"
        f"process.stdout.write(JSON.stringify(values.map((v) => gn.{function}(v))));"
    )
    done = run("-e", code, given=json.dumps(values))
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@needs_node
def test_spans_read_as_elsewhere() -> None:
    seconds = [0, 1, 59, 60, 119, 120, 121, 150, 3599, 7199, 7200, 9000, 86_400, 172_800, 250_000, 10**7]
    assert ask("span", seconds) == [words.span(s) for s in seconds]


@needs_node
def test_cells_are_neutralised_as_elsewhere() -> None:
    texts = [safe.show(t, 200) for t in made_study.HOSTILE] + ["=1", " =1", "\t=1", "-3", "+a", "@a", "a@b", "\u3000=1"]
    texts += [f"{sign}x" for sign in "=+-@|%＝＋－＠'\"a1 \r\n"]
    unquoted = [t[1:-1].replace('""', '"') if t.startswith('"') and len(t) > 1 else t for t in ask("cell", texts)]
    plain = [t for t in texts if not t.startswith('"')]
    assert [u for u, t in zip(unquoted, texts, strict=True) if t in plain] == [safe.cell(t) for t in plain]


def test_every_script_is_shipped_and_small() -> None:
    folder = Path(map_page.__file__).parent / "map"
    assert {p.stem for p in folder.glob("*.js")} == set(map_page.SCRIPTS)
    for path in folder.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 300, path.name
        assert text.lstrip().startswith("/**"), f"{path.name} does not say what it is for"


def test_scripts_make_no_markup_and_run_no_text() -> None:
    _, js = map_page.shipped()
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "</script"):
        assert word not in js, word
    for word in ("XMLHttpRequest", "WebSocket", "sendBeacon", "import(", "http://", "localStorage", "fetch("):
        assert word not in js.replace("http://www.w3.org/2000/svg", ""), word
