"""Pages on many domains that turn out to be in few hands: 353 pages on 132 domains.

The data are generated, in the shape of published investigations: a list of pages, and a table of who registered the
domains and where they are served. Of the ten domains with most pages, eight share an address or a registration with
another of them; the other two share what says nothing, a content network and a privacy service. The names end in
``.example``, so they are nobody's.

Run: python examples/domains.py [FOLDER]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import graphnet as gn
from graphnet.audits import Audited

TOP_PAGES = (40, 32, 28, 22, 18, 15, 13, 11, 9, 8)
REST = (2,) * 35 + (1,) * 87
"""Pages of each of the other 122 domains."""
PRIVACY = "REDACTED FOR PRIVACY"
CONTENT_NETWORK = "104.21.7.7"
TOP_OWNERS = (
    ("192.0.2.10", "Lantern Media Ltd"),
    ("192.0.2.10", PRIVACY),
    ("192.0.2.10", PRIVACY),
    (CONTENT_NETWORK, "Lantern Media Ltd"),
    ("192.0.2.10", PRIVACY),
    ("198.51.100.4", "M. Harrow"),
    ("198.51.100.4", PRIVACY),
    (CONTENT_NETWORK, "M. Harrow"),
    (CONTENT_NETWORK, PRIVACY),
    (CONTENT_NETWORK, PRIVACY),
)


def main(folder: Path = Path("demo")) -> Audited:
    """Write the two tables, ask which domains hang together, print the answer and write its page."""
    folder.mkdir(parents=True, exist_ok=True)
    pages, attributes = folder / "pages.csv", folder / "domains.csv"
    write(pages, ("page",), page_rows())
    write(attributes, ("domain", "ip", "registrant"), owner_rows())
    question = gn.audits.Domains(attributes=str(attributes), pages=str(pages))
    found = gn.audit(None, question, folder / "domains-found.html")
    print(f"{found.summary['pages']} pages on {found.summary['sites']} domains")
    print(f"{found.summary['top_sharing']} of the top {found.summary['top']} share an address or registration")
    for answer in found.answers:
        if answer.code in ("top_sharing", "cluster_size"):
            print(f"{answer.subject}: {answer.reason}.")
    return found


def names() -> list[str]:
    """The domains, those with most pages first."""
    return [f"daily-{i:03}.example" for i in range(1, len(TOP_PAGES) + len(REST) + 1)]


def page_rows() -> list[tuple[str]]:
    """One row a page, in mixed order."""
    sizes = zip(names(), TOP_PAGES + REST, strict=True)
    rows = [(f"https://www.{name}/story/{i}?utm_source=feed",) for name, size in sizes for i in range(size)]
    return sorted(rows, key=lambda row: row[0][::-1])


def owner_rows() -> list[tuple[str, str, str]]:
    """One row a domain: most of the others are served and registered alone, some share a cheap host."""
    rest = names()[len(TOP_PAGES) :]
    others = []
    for i, name in enumerate(rest):
        address = CONTENT_NETWORK if i % 3 == 0 else f"203.0.113.{i if i < 100 else 100 + i // 2}"
        others.append((name, address, PRIVACY if i % 2 else f"Owner {i}"))
    return [(n, *owner) for n, owner in zip(names(), TOP_OWNERS, strict=False)] + others


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([tuple(header), *rows])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
