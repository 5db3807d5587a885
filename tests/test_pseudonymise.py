"""A copy with pseudonyms names nobody, counts the same, and has the same names under the same key."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from spread import Spread

import graphnet as gn
from graphnet import cli
from graphnet._pseudonymise import Names
from graphnet.errors import InputError, StudyError

HANDLES = [f"Realname{i}" for i in range(8)]
IDS = [str(7_700_000_000 + i) for i in range(8)]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> gn.Study:
    """Eight accounts that say the same thing, mention each other and link to one another, over five days."""
    folder = tmp_path_factory.mktemp("named")
    rows = [
        {
            "id": str(9_000_000_000 + 10 * day + i), "account": IDS[i], "name": HANDLES[i], "time": day * 86_400 + i,
            "text": f"@{HANDLES[(i + 1) % 8]} the harbour must stay open, day {day} #harbour "
            f"https://x.example/{HANDLES[(i + 2) % 8]}/status/1",
        }
        for day in range(1, 6) for i in range(8)
    ]  # fmt: skip
    profiles = folder / "realname_users.csv"
    pd.DataFrame(
        {"id": IDS, "name": HANDLES, "created": "2020-05-05T05:05:05Z", "description": [f"I am {h}" for h in HANDLES]}
    ).to_csv(profiles, index=False)
    pd.DataFrame(rows).to_csv(folder / "realname_posts.csv", index=False)
    made = gn.run([str(folder / "realname_posts.csv"), str(profiles)], folder / "study", folder / "report.html")
    assert len(made.communities)
    return made


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gn.new_key(tmp_path_factory.mktemp("key") / "my.key")


@pytest.fixture(scope="module")
def public(study: gn.Study, key: Path, tmp_path_factory: pytest.TempPathFactory) -> gn.Study:
    return gn.pseudonymise(study, tmp_path_factory.mktemp("public") / "copy", key)


def leaks(text: str) -> list[str]:
    """What of the people's names and ids stands in a text."""
    low = text.lower()
    return re.findall(r"realname\w*|77000000\d\d|900000\d{4}", low)


def test_no_file_of_the_copy_names_anybody(public: gn.Study) -> None:
    files = sorted(public.path.glob("*.parquet"))
    assert files
    for file in files:
        # read, since names are compressed in the file
        assert leaks(json.dumps(pq.read_table(file).to_pylist(), default=str)) == [], file.name
    assert leaks((public.path / "manifest.json").read_text()) == []


def test_no_page_of_the_copy_names_anybody(study: gn.Study, key: Path, tmp_path: Path) -> None:
    assert leaks(gn.report(study, tmp_path / "named.html").read_text())  # what is looked for would be seen
    page = gn.report(study, tmp_path / "public.html", pseudonyms=key)
    assert leaks(page.read_text()) == []
    assert leaks(page.with_suffix(".json").read_text()) == []
    assert "acct-" in page.read_text()


def test_what_is_counted_stays(study: gn.Study, public: gn.Study) -> None:
    for table in ("actions", "pairs", "members", "communities", "levels"):
        assert public.frame(f"select * from {table}").equals(study.frame(f"select * from {table}")), table
    wanted = "select scope, subject, code, value, control from findings order by scope, subject, code"
    assert public.frame(wanted).equals(study.frame(wanted))
    assert (public.accounts.created % 86_400 == 0).all()
    assert public.accounts.description.isna().all()


def test_the_same_key_gives_the_same_names(study: gn.Study, public: gn.Study, key: Path, tmp_path: Path) -> None:
    alone = gn.read(pd.DataFrame({"source": [IDS[0]], "target": [IDS[3]], "kind": "follow"}))
    other = gn.pseudonymise(alone, tmp_path / "same", key)
    assert set(other.accounts.id) <= set(public.accounts.id)
    elsewhere = gn.pseudonymise(alone, tmp_path / "other", gn.new_key(tmp_path / "other.key"))
    assert not set(elsewhere.accounts.id) & set(public.accounts.id)


def test_the_copy_is_the_same_where_workers_make_it(
    study: gn.Study, public: gn.Study, key: Path, tmp_path: Path
) -> None:
    copy = gn.pseudonymise(study, tmp_path / "copy", key, engine=Spread())
    for table in public.manifest["tables"]:
        assert copy.rows(f"select * from {table}").equals(public.rows(f"select * from {table}")), table


def test_mentions_become_the_pseudonym_of_the_account(public: gn.Study) -> None:
    text, names = public.posts.text.iloc[0], set(public.accounts.name)
    found = re.findall(r"acct-[0-9a-f]{10}", text)
    assert len(found) == 2  # the mention, and the handle in the link
    assert set(found) <= names
    assert "the harbour must stay open" in text


def test_without_texts(study: gn.Study, key: Path, tmp_path: Path) -> None:
    silent = gn.pseudonymise(study, tmp_path / "silent", key, texts=False)
    assert silent.posts.text.isna().all()
    assert "harbour must stay" not in json.dumps(silent.objects.to_dict("records"), default=str)
    assert len(silent.actions) == len(study.actions)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail me at someone@example.org", "mail me at someone@example.org"),
        ("https://news.example/politics/harbour", "https://news.example/politics/harbour"),
        ("no names here", "no names here"),
    ],
)
def test_what_is_no_handle_stays(text: str, kept: str) -> None:
    assert Names(b"k" * 32, {"ann": "1"}).scrub(text) == kept


@pytest.mark.parametrize("text", ["@ann", "thx @ANN!", "x.example/ann", "https://x.example/@ann?x=1", "سلام @ann"])
def test_handles_are_found_in_all_their_places(text: str) -> None:
    names = Names(b"k" * 32, {"ann": "1"})
    assert names.account("1") in names.scrub(text)
    assert "ann" not in names.scrub(text).lower()


def test_keys_are_private_and_kept(tmp_path: Path) -> None:
    made = gn.new_key(tmp_path / "k")
    assert made.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="exists"):
        gn.new_key(made)


@pytest.mark.parametrize("texts", ["abc", "alice\nbob\n", "a" * 64 + "\n" + "b" * 64, "g" * 64, "a" * 63, "", "é" * 64])
def test_a_key_is_what_new_key_writes(study: gn.Study, tmp_path: Path, texts: str) -> None:
    (tmp_path / "ids.txt").write_text(texts)
    with pytest.raises(InputError, match=r"ids\.txt is no key: .*64 .*--new-key"):
        gn.pseudonymise(study, tmp_path / "x", tmp_path / "ids.txt")
    assert not (tmp_path / "x").exists()


def test_what_cannot_be_done_is_said(study: gn.Study, key: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--new-key"):
        gn.pseudonymise(study, tmp_path / "x", tmp_path / "nowhere")
    (tmp_path / "full").mkdir()
    with pytest.raises(StudyError, match="exists"):
        gn.pseudonymise(study, tmp_path / "full", key)
    assert [f.name for f in tmp_path.iterdir() if f.name.startswith(".")] == []


def test_command(study: gn.Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--into", str(tmp_path / "public"), "--new-key", str(tmp_path / "my.key")]
    cli.main(["pseudonymise", str(study.path), *arguments])
    assert "8" in capsys.readouterr().out
    assert leaks(json.dumps(gn.Study.open(tmp_path / "public").posts.to_dict("records"), default=str)) == []
    with pytest.raises(SystemExit):
        cli.main(["pseudonymise", str(study.path)])
    assert "--key" in capsys.readouterr().err
