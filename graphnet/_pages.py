"""Pages that lie beside each other in a folder: how they are called, and which of them are about the same study.

Each page ends with a mark of the state of the study that it shows. A page links to one beside it only where that bears
the same mark: so a page that names nobody never leads to the named pages of the same study, nor to another study's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphnet.errors import InputError
from graphnet.study import Study

__all__ = ["beside", "checked", "named", "stamp"]

ENDINGS = (".html", ".htm")
SHOWN = frozenset(("read", "match", "project", "validate", "detect", "confirm", "score", "pseudonymise"))
"""Steps that decide what a page shows."""
DONE_AGAIN = frozenset(("score", "pseudonymise"))
"""Those that each page with pseudonyms does anew in a copy of its own: their time says nothing."""
MARK = "<!-- graphnet {} -->\n"
_MARK = re.compile(rb"<!-- graphnet ([0-9a-f]{32}) -->\s*\Z")


def checked(path: str | Path, what: str = "page") -> Path:
    """The path of a page that is to be written, after a look at whether it can be.

    Args:
        path: Where it is to be.
        what: What to call it in the message.

    Raises:
        InputError: There is no such folder, it cannot be written to, or the name is not that of a page.
    """
    target = Path(path)
    if target.suffix.lower() not in ENDINGS or target.is_dir():
        raise InputError(
            f"the {what} cannot be written to {target}: it is a page, so name a file that ends in .html, such as "
            f"{target.with_name((target.stem or what) + '.html')}"
        )
    if not target.parent.is_dir():
        raise InputError(
            f"the {what} cannot be written to {target}: there is no folder {target.parent} (the current folder is "
            f"{Path.cwd()}). Make it first, or name another"
        )
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise InputError(f"the {what} cannot be written to {target}: no permission. Name a file in another folder")
    return target


def named(report: Path, what: str) -> Path:
    """The page of another kind that belongs to a report.

    Example:
        >>> named(Path("out/march.html"), "map").name
        'march.map.html'
    """
    return report.with_name(f"{report.stem}.{what}{report.suffix}")


def stamp(path: Path, study: Study) -> None:
    """Write the mark of the study at the end of a page."""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(MARK.format(_mark(study)))


def beside(page: Path, what: str, study: Study) -> str | None:
    """File name of the page of another kind that lies beside a page and shows the same; None: there is none.

    Args:
        page: The page.
        what: ``report``, ``map`` or ``clusters``.
        study: What both are about.
    """
    stem = page.stem.removesuffix(".map").removesuffix(".clusters")
    own = f"{stem}{page.suffix}" if what == "report" else f"{stem}.{what}{page.suffix}"
    names = (name for name in (own, f"{what}.html") if name != page.name)
    mark = _mark(study)
    return next((name for name in names if _marked(page.with_name(name)) == mark), None)


def _mark(study: Study) -> str:
    steps = [_kept(step) for step in study.manifest["steps"] if step["verb"] in SHOWN]
    text = json.dumps([steps, study.manifest["inputs"]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _kept(step: Mapping[str, Any]) -> dict[str, Any]:
    when = None if step["verb"] in DONE_AGAIN else [step["when"], step["seconds"]]
    return {"verb": step["verb"], "when": when, "parameters": step["parameters"], "rows": step["rows"]}


def _marked(path: Path) -> str | None:
    """The mark at the end of a file; None: it has none, or there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 100))
            found = _MARK.search(file.read(100))
    except OSError:
        return None
    return found[1].decode() if found else None
