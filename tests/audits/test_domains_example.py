"""The worked example has the published shape and prints it."""

from __future__ import annotations

import runpy
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "domains.py"


def test_353_pages_on_132_domains_and_8_of_the_top_10_share(tmp_path, capsys):
    found = runpy.run_path(str(EXAMPLE))["main"](tmp_path)
    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == [
        "353 pages on 132 domains",
        "8 of the top 10 share an address or registration",
    ]
    top = next(a for a in found.answers if a.code == "top_sharing")
    assert (top.value, len(top.evidence)) == (8.0, 8)
    # ten domains taken at random share next to nothing
    assert top.reference < 0.5
    assert top.p < 0.001
    assert {r["site"] for r in top.evidence} == {f"daily-{i:03}.example" for i in range(1, 9)}
    assert "353 pages" in (tmp_path / "domains-found.html").read_text(encoding="utf-8")
