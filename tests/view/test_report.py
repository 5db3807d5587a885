"""The report and its figures as JSON, for studies of every state."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import made_study
import pyarrow as pa
import pytest

from graphnet import schema
from graphnet._draw import draw
from graphnet._report import DETAILED, MEMBERS, report, summary
from graphnet.errors import InputError, MissingTable
from graphnet.study import Study

VOID = {"meta", "br", "hr", "link", "input", "path", "circle"}


class Balanced(HTMLParser):
    """Fails on a tag that is not closed where it should be; collects text and ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.ids += [v for k, v in attributes if k == "id" and v]
        if tag not in VOID or not self.get_starttag_text().endswith("/>"):  # type: ignore[union-attr]
            self.open += [tag] if tag not in VOID or tag == "path" else []

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return made_study.build(tmp_path_factory.mktemp("report") / "study")


@pytest.fixture(scope="module")
def page(study: Study, tmp_path_factory: pytest.TempPathFactory) -> str:
    return report(study, tmp_path_factory.mktemp("page") / "report.html").read_text(encoding="utf-8")


def read(path: Path) -> Balanced:
    return Balanced(path.read_text(encoding="utf-8"))


def test_summary_is_plain_json(study: Study) -> None:
    facts = summary(study)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_summary_says_what_was_read_and_dropped(study: Study) -> None:
    facts = summary(study)
    assert facts["inputs"] == [
        {"name": "made.csv", "reader": "edges", "rows": 99, "rejected": 4, "bytes": 1234, "sha256": "0" * 64}
    ]
    assert facts["rejected"]["rows"] == 4
    first = {"reason": "the time is not a time", "rows": 3, "file": "user_0", "line": 1}
    assert facts["rejected"]["top"][0] == first | {"example": "the time is not a time"}
    assert [s["verb"] for s in facts["steps"]] == ["read", "project", "detect", "score"]


def test_summary_describes_each_community(study: Study) -> None:
    first = summary(study)["communities"][0]
    assert (first["name"], first["size"], first["card"]["density"]) == ("C1", 12, 0.8)
    assert [f["code"] for f in first["findings"]] == ["shared_targets", "near_identical", "creation"]
    assert [m["label"] for m in first["members"]][:2] == ["user_11", "user_10"]
    assert first["members"][0]["figures"]["near_identical"]["figure"] == "50 %"
    assert first["members"][0]["id"] == str(1 << 60 | 11)


def test_paths_of_the_analysts_machine_stay_there(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study")
    with study.step("read", {"inputs": ["/home/ann/secret project/posts.csv", r"C:\\Users\\ann\\follows.csv"]}) as step:
        step.write("accounts", schema.ACCOUNTS.empty())
        step.inputs = [{"name": "/home/ann/secret project/posts.csv", "rows": {}, "rejected": 0}]
        step.summary |= {"accounts": 0, "posts": 0, "actions": {}, "first": None, "last": None}
    path = report(study, tmp_path / "report.html")
    for file in (path, path.with_suffix(".json")):
        text = file.read_text(encoding="utf-8")
        assert "ann" not in re.findall(r"[A-Za-z]+", text)
        assert "posts.csv" in text
        assert str(tmp_path) not in text


def test_page_says_candidates_and_settings_plainly(page: str) -> None:
    text = Balanced(page).text
    assert "These are candidates." in text
    assert "No tie on this page was tested against chance" in text
    assert "are not evidence" in text
    assert "leiden: resolution=0.1, seed=1" in text
    assert "co_retweet: window=60, min_shared=2" in text


@pytest.mark.parametrize("word", ["bot army", "fake account", "paid troll", "state-backed"])
def test_page_accuses_nobody(page: str, word: str) -> None:
    assert word not in page.lower()


def test_page_is_well_formed_with_unique_ids(page: str) -> None:
    ids = Balanced(page).ids
    assert len(set(ids)) == len(ids)
    assert {"first", "map", "table", "C1", "C2", "C3", "read", "method"} <= set(ids)


def test_page_has_no_script_no_style_attribute_and_a_policy(page: str) -> None:
    assert "<script" not in page
    assert " style=" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert "script-src 'none'" in html.unescape(policy[1])
    assert not re.search(r"(?:href|src)=\"(?!#)", page.replace('href="clusters.html"', ""))


def test_page_tells_findings_with_control_reason_and_evidence(page: str) -> None:
    text = Balanced(page).text
    assert "62 %" in text
    assert "above 99.5 % of control groups" in text
    assert "9 of 10 members retweet user_0." in text
    assert "insufficient data" in text
    assert "user_0 says hxxps://evil[.]example/p" in text
    assert "2022-09-24 06:13:20 UTC" in text


def test_same_study_same_page(study: Study, page: str, tmp_path: Path) -> None:
    assert report(study, tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_json_beside_the_page_is_the_summary(study: Study, tmp_path: Path) -> None:
    path = report(study, tmp_path / "out.html")
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == summary(study)


def test_links_to_the_interactive_page_only_if_it_is_there(study: Study, tmp_path: Path) -> None:
    assert "clusters.html" not in report(study, tmp_path / "report.html").read_text(encoding="utf-8")
    draw(study, tmp_path / "clusters.html")
    assert 'href="clusters.html"' in report(study, tmp_path / "report.html").read_text(encoding="utf-8")


def test_hostile_texts_are_text(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(15, 12), names=made_study.HOSTILE)
    path = report(study, tmp_path / "report.html")
    found = read(path)
    assert "</script><script>window.__ran=1</script>" in found.text
    assert "{{ 7*7 }}" in found.text
    assert not re.search("[\x00\u2028\u202e\u2066]", path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 300_000


def test_one_community(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(6,))
    assert "1 candidate community of accounts" in read(report(study, tmp_path / "r.html")).text


def test_five_hundred_communities(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(4,) * 500, bridges=1)
    found = read(path := report(study, tmp_path / "r.html"))
    assert f"C{DETAILED}" in found.ids
    assert f"C{DETAILED + 1}" not in found.ids
    assert "C500" in found.text
    assert "table has the" not in found.text
    assert path.stat().st_size < 1_500_000
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert len(facts["communities"]) == 500
    assert [bool(c["findings"][0]["evidence"]["rows"]) for c in facts["communities"]] == [True] * DETAILED + [
        False
    ] * 476
    assert all(len(c["findings"]) == 3 for c in facts["communities"])


def test_map_and_table_say_what_they_leave_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = made_study.build(tmp_path / "study", groups=(5, 4, 4, 3, 3), findings=False)
    monkeypatch.setattr("graphnet._report.MAPPED", 4)
    monkeypatch.setattr("graphnet._report.DETAILED", 2)
    monkeypatch.setattr("graphnet.view.page.LISTED", 3)
    text = read(report(study, tmp_path / "r.html")).text
    assert "The 4 largest of 5 communities." in text
    assert "The 2 largest have a section below. The table has the 3 largest. The figures of all 5" in text


def test_large_community_names_its_strongest_members(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(120,), layers=("co_retweet",))
    assert len(summary(study)["communities"][0]["members"]) == MEMBERS
    assert f"The {MEMBERS} with the strongest ties of 120." in read(report(study, tmp_path / "r.html")).text


def test_direct_ties_only(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(6, 5), layers=("follow",), findings=False)
    text = read(report(study, tmp_path / "r.html")).text
    assert "No findings" in text
    assert "follow" in text


def test_no_communities(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(), findings=False)
    text = read(report(study, tmp_path / "r.html")).text
    assert "No candidate communities" in text
    assert "Nothing found" in text
    assert "no proof that there is nothing" in text


def test_communities_too_small(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(3,), findings=False)
    with study.step("detect", {"min_size": 5}) as step:
        step.write("members", schema.MEMBERS.empty())
        step.write("communities", schema.COMMUNITIES.empty())
    assert "none is as large as the settings ask for" in read(report(study, tmp_path / "r.html")).text


def test_only_read(tmp_path: Path) -> None:
    study = made_study.build(tmp_path / "study", groups=(3,))
    accounts = study.rows("select * from accounts")
    with study.step("read", {}) as step:
        step.write("accounts", accounts)
    text = read(report(study, tmp_path / "r.html")).text
    assert "No layer of acting together was projected yet" in text
    assert "no times in the input" in text


UNTESTED = "No tie on this page was tested against chance"
LAYER = {
    "things": "posts", "accounts": 40, "tests": 780, "kept": 6, "expected_false": 0.06, "cap": None,
    "not_applicable": {"diffusion": "no times are known"},
}  # fmt: skip
LEVEL = {
    "level": "L2", "reason": "suspected: half of the members are tied beyond chance", "basis": "ties",
    "layers_beyond_chance": "co_retweet", "independent": 2, "held_out": "retweets", "held_out_pairs": 28,
    "held_out_p": 0.0005, "held_out_q": 0.01, "held_out_note": "groups of accounts as active", "capped_by": None,
}  # fmt: skip


def judged(folder: Path, layer: dict[str, object], level: dict[str, object], *, calibrated: bool = False) -> Study:
    """A study with two groups that was validated and confirmed; the second group is a shared audience."""
    study = made_study.build(folder / "study", groups=(6, 5), layers=("co_retweet",))
    kept = {t: study.rows(f"select * from {t}") for t in ("members", "communities", "findings")}
    with study.step("validate", {"fdr": 0.01}) as step:
        step.write("ties", schema.TIES.empty(), part="co_retweet")
        step.write("merged", schema.MERGED.empty())
        step.summary |= {
            "layers": {"co_retweet": layer}, "merged": {"kept": 6},
            "skipped": {"reply": "it ties two sides", "quote": "it ties two sides"},
        }  # fmt: skip
    with study.step("detect", {}) as step:
        for name in ("members", "communities"):
            step.write(name, kept[name])
    low = level | {"level": "L0", "reason": "shared audience", "held_out_p": None, "held_out_note": "not found again"}
    rows = [level | {"community": 1}, low | {"community": 2, "basis": "pairs", "capped_by": "co_retweet: no times"}]
    with study.step("confirm", {}) as step:
        step.write("levels", pa.Table.from_pylist(rows, schema=schema.LEVELS.arrow))
    clues = [
        {"says": "for", "speaks": 0.5, "role": "sign", "words": made_study.HOSTILE[0]},
        {"says": "for", "speaks": 1.0, "role": "core", "words": "9 of 9 links lead to tide.example/…"},
        {"says": "against", "speaks": -0.5, "role": "sign", "words": f"“evil.example” {made_study.HOSTILE[1]}"},
        {"says": "unknown", "speaks": None, "role": "sign", "words": "unknown: no programs in this data"},
    ]
    told = [
        {"community": c, "code": code, "support": s, "verdict": v, "reason": "so.", "evidence": json.dumps(clues)}
        for c, code, s, v in ((1, "pod", None, "unknown"), (1, "team", -1.0, "against"), (1, "newsroom", 0.75, "for"))
    ]
    with study.step("score", {}) as step:
        step.write("findings", kept["findings"])
        step.write("benign", pa.Table.from_pylist(told, schema=schema.BENIGN.arrow))
    if calibrated:
        with study.step("calibrate", {}) as step:
            step.write("calibration", schema.CALIBRATION.empty())
            step.summary["sentence"] = "on shuffled data this pipeline finds 0 suspected groups"
    return study


def test_the_caveat_stays_until_shared_interest_was_excluded(tmp_path: Path, page: str) -> None:
    assert UNTESTED in Balanced(page).text
    capped = LAYER | {"cap": "L0"}
    text = read(report(judged(tmp_path, capped, LEVEL | {"level": "L1"}), tmp_path / "r.html")).text
    assert UNTESTED in text
    assert "Shared interest is not excluded: at most L0." in text


def test_levels_and_held_out_days(tmp_path: Path) -> None:
    study = judged(tmp_path, LAYER, LEVEL)
    facts = summary(study)
    assert facts["levels"] == {"L0": 1, "L1": 0, "L2": 1, "L3": 0}
    assert facts["explained"] == 1
    text = read(report(study, tmp_path / "r.html")).text
    assert UNTESTED not in text
    # nobody is suspected in the title of whom something harmless is as good an explanation
    assert "Accounts that act together in" in text
    assert "Suspected coordination in" not in text
    assert "but something harmless fits it as well: look there first" in text
    assert "L2 suspected coordination, fits as well: a newsroom, or several accounts of one owner" in text
    assert "Suspected: half of the members are tied beyond chance." in text
    assert "Confirmed in retweets: 28 unexplained pairs inside on the other days (p < 0.001, q = 0.01)" in text
    assert "Kept down by missing information. Co_retweet: no times." in text
    assert "graphnet calibrate STUDY" in text


def test_what_was_tested(tmp_path: Path) -> None:
    study = judged(tmp_path, LAYER, LEVEL, calibrated=True)
    text = read(report(study, tmp_path / "r.html")).text
    assert "On shuffled data this pipeline finds 0 suspected groups." in text
    assert "Diffusion: no times are known." in text
    assert "quote, reply (it ties two sides)." in text
    tested = summary(study)["tested"]
    assert [row["tests"] for row in tested["layers"]] == [780]
    assert (tested["merged"], tested["fdr"]) == (6, 0.01)


def test_what_else_could_explain_it(tmp_path: Path) -> None:
    study = judged(tmp_path, LAYER, LEVEL)
    told = summary(study)["communities"][0]["benign"]
    assert [(e["code"], e["words"]) for e in told] == [
        ("newsroom", "fits the data"), ("team", "does not fit the data"), ("pod", "cannot be told"),
    ]  # fmt: skip
    assert told[0]["clues"]["for"][0] == "9 of 9 links lead to tide[.]example/…"
    assert told[0]["clues"]["unknown"] == ["No programs in this data."]
    made = report(study, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<img src=x" not in made
    assert "“evil[.]example”" in made
    assert "evil.example”" not in made
    assert "Speaks against it" in Balanced(made).text
    assert "Not checked" in Balanced(made).text, "the second community was not weighed"


def test_nothing_read_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match="graphnet read"):
        report(Study.create(tmp_path / "study"), tmp_path / "r.html")


def test_a_page_about_one_community(study: Study, tmp_path: Path) -> None:
    whole = report(study, tmp_path / "all.html").read_text(encoding="utf-8")
    path = report(study, tmp_path / "one.html", communities=[2])
    text = path.read_text(encoding="utf-8")
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert [c["name"] for c in facts["communities"]] == ["C2"]
    assert 'id="C2"' in text
    assert 'id="C1"' in whole
    assert 'id="C1"' not in text
    assert "this page shows C2" in text
    assert "this page shows" not in whole
    with pytest.raises(InputError, match="no community C99"):
        report(study, tmp_path / "none.html", communities=[99])
