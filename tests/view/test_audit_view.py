"""The page of an audit and the files beside it."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import made_audit
import numpy as np
import pytest

from graphnet.audits import Answer, Audited
from graphnet.errors import InputError
from graphnet.view import audit_page, plots

ALLOWED_LINK = re.compile(r"#[a-z]+\Z|audit\.(json|newest\.csv|none\.csv|t\.csv)\Z")


class Page(HTMLParser):
    """Tags, attributes and text of a page as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.words += f"{data} "


def page(found: Audited) -> Page:
    return Page(audit_page.render(found, "audit.html"))


def test_it_says_what_a_reader_needs() -> None:
    words = " ".join(page(made_audit.plain()).words.split())
    for said in (
        "How did the followers come?",
        "Accounts 15,000",
        "2017-12-11 00:00:00 UTC",
        "An advertisement or a broadcast brings new followers in a day.",
        "3,200 accounts a day (3,100 to 3,300)",
        "253.5 baseline of September to November",
        "p < 0.001",
        "q = 0.004",
        "41 % (40 % to 42 %)",
        "11 Dec 2017",
        "2 rows of evidence",
        "Insufficient data: 3 accounts have 50 posts or more.",
        "Two rows without a date were left out.",
        "Newest, 3 rows",
        "graphnet ",
    ):
        assert said in words, said


def test_what_is_missing_is_told_apart() -> None:
    words = page(made_audit.plain()).words
    assert words.count("insufficient data") == 1
    assert words.count("not applicable") == 2  # the answer, and what it means on top
    assert words.count("Not applicable: no post") == 1


def test_an_audit_without_answers_has_a_page() -> None:
    words = page(made_audit.empty()).words
    assert "none of the questions could be asked" in words
    assert "Plots" not in words


@pytest.mark.parametrize("found", [made_audit.plain(), made_audit.hostile()], ids=["plain", "hostile"])
def test_nothing_on_it_runs_or_leads_away(found: Audited) -> None:
    seen = page(found)
    assert not {tag for tag, _ in seen.tags} & {"script", "iframe", "img", "object", "link", "form", "base", "embed"}
    for tag, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if tag == "a":
            assert ALLOWED_LINK.match(attributes["href"] or "")


def test_hostile_text_is_text_and_links_are_broken() -> None:
    text = audit_page.render(made_audit.hostile(), "audit.html")
    assert "\u202e" not in text
    assert "https://evil.example" not in text
    assert "hxxps://evil[.]example" in text
    assert "\x00" not in text


def test_the_policy_names_the_shipped_styles_only() -> None:
    plain, hostile = (audit_page.render(f, "a.html") for f in (made_audit.plain(), made_audit.hostile()))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', plain)
    assert policy
    assert "script-src &#39;none&#39;" in policy[1] or "script-src 'none'" in policy[1]
    assert policy[0] in hostile
    assert plots.css() in plain


def test_files_beside_the_page(tmp_path: Path) -> None:
    files = audit_page.write(made_audit.plain(), tmp_path / "audit.html")
    assert [f.name for f in files] == ["audit.html", "audit.json", "audit.newest.csv", "audit.none.csv"]
    facts = json.loads(files[1].read_text(encoding="utf-8"))
    assert facts["answers"][0]["value"] == 3200.0
    assert facts["plots"][0]["kind"] == "bars"
    assert facts["plots"][0]["heights"][101] == 3199
    with files[2].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{"id": "1152921504606846977", "name": "'=1+1", "gap": "-3.5"}] * 3


def test_hostile_findings_make_strict_json_and_harmless_csv(tmp_path: Path) -> None:
    files = audit_page.write(made_audit.hostile(), tmp_path / "audit.html")

    def refuse(name: str) -> None:
        raise AssertionError(name)

    facts = json.loads(files[1].read_text(encoding="utf-8"), parse_constant=refuse)
    assert facts["answers"][0]["value"] is None
    assert "nan" not in files[2].read_text(encoding="utf-8-sig").lower()


def test_figures_of_numpy_are_plain_figures(tmp_path: Path) -> None:
    answer = Answer("a", "b", np.float64(0.5), "share", "half", evidence=[{"n": np.int64(3)}])  # type: ignore[arg-type]
    found = Audited("a", "A", {"n": np.int64(7), "share": np.float64("nan")}, [answer])
    files = audit_page.write(found, tmp_path / "a.html")
    facts = json.loads(files[1].read_text(encoding="utf-8"))
    assert facts["summary"] == {"n": 7, "share": None}
    assert facts["answers"][0]["evidence"] == [{"n": 3}]
    assert "50 %" in files[0].read_text(encoding="utf-8")


def test_a_name_that_is_no_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"end it in \.html, such as audit\.html"):
        audit_page.write(made_audit.empty(), tmp_path / "audit.json")
    with pytest.raises(InputError, match="folder that exists"):
        audit_page.write(made_audit.empty(), tmp_path / "none" / "audit.html")


def test_file_names_are_no_addresses() -> None:
    text = audit_page.render(made_audit.plain(), "javascript:alert(1).html")
    assert 'href="javascript%3Aalert%281%29.json"' in text


def test_of_many_answers_the_first_are_shown_and_the_rest_counted() -> None:
    many = [Answer("a", f"account {i}", 1.0, "posts", "one") for i in range(450)]
    text = audit_page.render(Audited("a", "A", {}, many), "a.html")
    assert "The first 400 of 450 answers" in text
    assert "account 399<" in text
    assert "account 400<" not in text


def test_the_same_findings_give_the_same_bytes() -> None:
    assert audit_page.render(made_audit.plain(), "a.html") == audit_page.render(made_audit.plain(), "a.html")
