"""Sheets for print: sizes, letters of every script, heads of files, the same bytes every time."""

from __future__ import annotations

import ast
import logging
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest

import graphnet
from graphnet import printing
from graphnet.errors import InputError
from graphnet.printing import FORMATS, Sheet, drawable, file_format, font, named, text_width

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(graphnet.__file__).parent
MADE = """
from graphnet.printing import Sheet
import sys
sheet = Sheet(1, 30)
sheet.write_text(2, 28, "سلام abc משתמש")
sys.stdout.buffer.write(b"".join(sheet.bytes(f, "t", "n") for f in ("svg", "pdf", "png")))
"""


def sheet(text: str = "abc", columns: int = 1) -> Sheet:
    made = Sheet(columns, 30)
    made.write_text(2, 28, text)
    return made


@pytest.mark.parametrize(("columns", "wide"), [(1, 85), (2, 180)])
def test_a_sheet_is_as_wide_as_a_column(columns: int, wide: float) -> None:
    root = ElementTree.fromstring(sheet(columns=columns).bytes("svg", "t", "n"))
    assert float(root.get("width", "").removesuffix("pt")) == pytest.approx(wide / 25.4 * 72)
    assert float(root.get("height", "").removesuffix("pt")) == pytest.approx(30 / 25.4 * 72)
    pdf = sheet(columns=columns).bytes("pdf", "t", "n")
    box = [float(n) for n in re.search(rb"/MediaBox \[([^\]]+)\]", pdf)[1].split()]  # type: ignore[index]
    assert box[2:] == pytest.approx([wide / 25.4 * 72, 30 / 25.4 * 72])
    png = sheet(columns=columns).bytes("png", "t", "n")
    assert int.from_bytes(png[16:20], "big") == int(wide / 25.4 * 300)


def test_other_widths_are_refused() -> None:
    with pytest.raises(InputError, match="1 or 2 columns wide"):
        Sheet(3, 30)


def test_an_svg_says_what_it_shows_and_runs_nothing() -> None:
    made = sheet("<script>x</script>-->").bytes("svg", "A <title>", "See </desc><script>here\x00")
    root = ElementTree.fromstring(made)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "A <title>"
    assert root.findtext(f"{SVG}desc") == "See </desc><script>here "
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    assert b"<dc:date>" not in made


def test_a_pdf_embeds_whole_fonts_and_has_no_date() -> None:
    made = sheet("سلام abc").bytes("pdf", "Title", "What is to be seen")
    assert b"/FontFile2" in made
    assert b"/Type3" not in made
    assert b"CreationDate" not in made
    assert b"(Title)" in made
    assert b"(What is to be seen)" in made


def test_a_png_says_what_it_shows() -> None:
    made = sheet().bytes("png", "Title", "What is to be seen")
    assert b"Description" in made
    assert b"What is to be seen" in made


def test_other_formats_are_refused() -> None:
    with pytest.raises(InputError, match="svg, pdf, png"):
        sheet().bytes("gif", "t", "n")
    with pytest.raises(InputError, match="no figure"):
        file_format(Path("x.gif"))


@pytest.mark.parametrize("text", ["abc", "کاربر می‌خواهم", "الحقيقة", "משתמש", "Ünïcode ☃", "Ελληνικά", "русский"])
def test_letters_of_many_scripts_need_no_other_font(text: str) -> None:
    assert drawable(text) == text
    assert font(text, 7).get_family() == [printing.LETTERS]


def test_arabic_letters_are_joined_and_run_from_the_right() -> None:
    """Letters that join are narrower than the same letters by themselves."""
    word = "سلام"
    assert text_width(word, 10) < 0.95 * sum(text_width(letter, 10) for letter in word)
    # the two words of a line take turns: Persian is drawn from the right, so its first letter stands last
    first, second = (sheet(said).bytes("svg", "t", "n") for said in ("ا\u200cب", "ب\u200cا"))
    assert first != second


def test_what_no_font_has_is_written_as_a_code_and_said(caplog: pytest.LogCaptureFixture) -> None:
    printing._report.cache_clear()
    with caplog.at_level(logging.WARNING, logger="graphnet"):
        assert drawable("a\U000e0aaa") == "a<U+E0AAA>"
        drawable("b\U000e0aaa")
    assert [r.message for r in caplog.records if "U+E0AAA" in r.message] == [caplog.records[0].message]


def test_dollars_are_no_formulas() -> None:
    assert sheet("$x^2$ and $").bytes("svg", "t", "n").count(b"<!-- $x^2$ and $ -->") == 1


def test_the_same_bytes_whatever_the_run() -> None:
    made = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", MADE], capture_output=True, env=environment, check=True, timeout=120
        )
        made.add(run.stdout)
    assert len(made) == 1
    assert made.pop()


def test_sheets_can_be_made_in_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda i: sheet("سلام").bytes(FORMATS[i % 3], "t", "n"), range(12)))
    assert len(set(made)) == 3


def test_matplotlib_is_imported_in_few_files_inside_functions_and_never_pyplot() -> None:
    where = set()
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        late = {n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)}
        typing_only = {n for b in ast.walk(tree) if isinstance(b, ast.If) for n in ast.walk(b)}
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "matplotlib" for name in names):
                assert node in late or node in typing_only, path
                assert not [name for name in names if "pyplot" in name]
                where |= {str(path.relative_to(ROOT))} if node in late else set()
    assert where == {"printing.py", "exports/_figure.py", "view/print_plots.py"}


def test_a_name_keeps_the_order_of_its_parts() -> None:
    """A sign written out as a code is not torn apart behind Hebrew letters: "<" stands left of the code."""
    name = "מיכל<U+202E>evil"
    assert drawable(named(name)).endswith(name)
    drawn = []
    for text in (name, named(name)):
        sheet = Sheet(1, 10)
        sheet.write_text(2, 8, text)
        drawn.append(sheet.bytes("png", "a", "b"))
    assert drawn[0] != drawn[1]
    assert text_width(named(name), 7) == text_width(name, 7)
