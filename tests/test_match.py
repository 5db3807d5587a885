"""`match`: from posts to texts, clusters and copies; what is no evidence; what bad input is told."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet.errors import InputError, MissingTable
from graphnet.kernels import text
from graphnet.kernels.minhash import bands, unpacked
from graphnet.kernels.shingles import shingles

SLOGAN = "The new bridge is a danger to all of us and has to be stopped before sunday"
OTHER = "Nobody asked the people of the valley whether they want a larger airport here"
FILLER = "apple bread cloud dream eagle field grass house iron juice kite lemon moon night ocean pearl".split()  # noqa: SIM905


def posts(*rows: tuple[str, str, int | None], **columns: Any) -> pd.DataFrame:
    """(account, words, time)."""
    frame = pd.DataFrame(rows, columns=["account", "text", "time"]).astype({"time": "Int64"})
    return frame.assign(id=[f"p{i:05}" for i in range(len(rows))], **columns)


def read(tmp_path: Path, *rows: tuple[str, str, int | None], **columns: Any) -> gn.Study:
    return gn.read(posts(*rows, **columns), tmp_path / "study")


def listed(study: gn.Study, sql: str) -> list[dict[str, Any]]:
    return study.rows(sql).to_pylist()


def test_copies_with_a_word_changed_are_one_cluster(tmp_path: Path) -> None:
    study = read(
        tmp_path,
        ("a", SLOGAN, 100), ("b", SLOGAN + "!!", 160), ("c", SLOGAN.replace("sunday", "monday"), 400),
        ("c", "Something that nobody else says at all, with words enough", 500), ("d", "too short", 600),
    )  # fmt: skip
    about = gn.match(study)
    assert {n: about[n] for n in ("own_posts", "posts", "texts", "clusters", "copies", "accounts")} == {
        "own_posts": 5, "posts": 4, "texts": 3, "clusters": 1, "copies": 3, "accounts": 3
    }  # fmt: skip
    (cluster,) = listed(study, "select * from clusters")
    assert {n: cluster[n] for n in ("texts", "posts", "accounts", "first", "last", "gap", "template")} == {
        "texts": 2, "posts": 3, "accounts": 3, "first": 100, "last": 400, "gap": 150.0, "template": None
    }  # fmt: skip
    assert cluster["leader"] == study.account("a")
    rows = listed(study, "select how, similarity, t.key from copies c join texts t on t.text = c.text order by c.post")
    assert [r["how"] for r in rows] == ["same", "same", "near"]
    one, two = (set(map("".join, zip(k, k[1:], k[2:], strict=False))) for k in (rows[0]["key"], rows[2]["key"]))
    assert rows[2]["similarity"] == len(one & two) / len(one | two)


def test_reposts_and_repetitions_of_one_account_are_no_copies(tmp_path: Path) -> None:
    rows = [("a", SLOGAN, 1), ("a", SLOGAN + " now", 2), ("b", "RT @a: " + SLOGAN, 3)]
    study = read(tmp_path, *rows)
    about = gn.match(study)
    assert (about["posts"], about["texts"], about["clusters"], about["copies"]) == (2, 2, 0, 0)
    assert listed(study, "select distinct cluster from texts") == [{"cluster": None}]


def test_texts_keep_their_signatures(tmp_path: Path) -> None:
    study = read(tmp_path, ("a", SLOGAN, 1), ("b", OTHER, 2), ("c", OTHER, 3), ("c", OTHER, 4))
    gn.match(study)
    rows = listed(study, "select * from texts order by text")
    keys = sorted(text.key(t) or "" for t in (SLOGAN, OTHER))
    assert [r["key"] for r in rows] == keys
    assert [(r["length"], r["words"]) for r in rows] == [(len(k), len(k.split())) for k in keys]
    assert [(r["posts"], r["accounts"], r["cluster"]) for r in rows] == [(3, 2, 1), (1, 1, None)]
    assert (unpacked([r["signature"] for r in rows]) == bands(shingles(keys))).all()


def crowd(seed: int, n: int = 150) -> list[tuple[str, str, int | None]]:
    """Posts of a few templates, changed by words, by accounts a0 to a9; some without a time."""
    dice = random.Random(seed)
    bases = [" ".join(dice.choices(FILLER, k=dice.randint(8, 16))) for _ in range(6)]
    rows = []
    for _ in range(n):
        words = dice.choice(bases).split()
        for _ in range(dice.randint(0, 3)):
            words[dice.randrange(len(words))] = dice.choice(FILLER)
        time = None if dice.random() < 0.1 else dice.randrange(10_000)
        rows.append((f"a{dice.randrange(10)}", " ".join(words), time))
    return rows


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_figures_of_clusters_against_a_naive_count(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    study = read(tmp_path_factory.mktemp("s"), *crowd(seed))
    gn.match(study, exact=True)
    of: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in listed(study, "select * from copies"):
        of[row["cluster"]].append(row)
    clusters = listed(study, "select * from clusters order by cluster")
    assert sorted(of) == [c["cluster"] for c in clusters] == list(range(1, len(clusters) + 1))
    for cluster in clusters:
        rows = of[cluster["cluster"]]
        assert cluster["posts"] == len(rows)
        assert cluster["texts"] == len({r["text"] for r in rows})
        assert cluster["accounts"] == len({r["account"] for r in rows}) >= 2
        assert {r["how"] == "same" for r in rows if r["text"] == cluster["medoid"]} <= {True}
        times = sorted(r["time"] for r in rows if r["time"] is not None)
        assert (cluster["first"], cluster["last"]) == ((times[0], times[-1]) if times else (None, None))
        first: dict[int, int] = {}
        for r in rows:
            if r["time"] is not None:
                first[r["account"]] = min(r["time"], first.get(r["account"], r["time"]))
        gaps = np.diff(sorted(first.values()))
        assert cluster["gap"] == (np.median(gaps) if len(gaps) else None)
        leaders = [a for a, t in first.items() if t == min(first.values())]
        assert cluster["leader"] == (leaders[0] if len(leaders) == 1 else None)
    sizes = [(-c["accounts"], -c["posts"], c["medoid"]) for c in clusters]
    assert sizes == sorted(sizes)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_and_threads_change_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    frame = posts(*crowd(seed))
    told = []
    for order in (0, 1):
        study = gn.read(frame.sample(frac=1, random_state=order), tmp_path_factory.mktemp("s") / "study")
        gn.match(study, threads=1 + 3 * order, reworded=True)
        told.append([study.rows(f"select * from {t}").to_pylist() for t in ("texts", "clusters", "copies")])
    assert told[0] == told[1]


def test_the_quick_way_finds_what_the_exact_one_does(tmp_path: Path) -> None:
    study = read(tmp_path, *crowd(5, 600))
    quick, exact = gn.match(study), None
    rows = listed(study, "select * from copies")
    exact = gn.match(study, exact=True)
    assert exact["search"]["method"] == "exact join"
    assert quick["search"]["pairs"] >= 0.99 * exact["search"]["pairs"]
    if quick["search"]["pairs"] == exact["search"]["pairs"]:
        assert listed(study, "select * from copies") == rows


def test_the_same_words_in_another_order_only_where_asked_for(tmp_path: Path) -> None:
    said = "the valley needs no second airport because nobody here wants the noise of planes"
    turned = "because nobody here wants the noise of planes the valley needs no second airport"
    mixed = "noise valley because airport planes the nobody of needs wants second the no here"
    study = read(tmp_path, ("a", said, 1), ("b", mixed, 2), ("c", OTHER, 3))
    assert gn.match(study)["clusters"] == 0
    found = gn.match(study, reworded=True)
    assert (found["clusters"], found["search"]["pairs_reworded"]) == (1, 1)
    assert sorted(r["how"] for r in listed(study, "select how from copies")) == ["reworded", "same"]
    assert {r["similarity"] for r in listed(study, "select similarity from copies")} == {1.0}
    study = read(tmp_path / "2", ("a", said, 1), ("b", turned, 2))
    assert gn.match(study, reworded=True)["clusters"] == 1


def test_short_texts_have_to_be_more_alike(tmp_path: Path) -> None:
    short = "we want our old bridge back at last now"
    study = read(tmp_path, ("a", short, 1), ("b", short.replace("now", "soon"), 2))
    one, two = (set(map("".join, zip(k, k[1:], k[2:], strict=False))) for k in (short, short.replace("now", "soon")))
    assert 0.7 < len(one & two) / len(one | two) < 0.85
    assert gn.match(study)["clusters"] == (len(one & two) / len(one | two) >= 0.8)
    assert gn.match(study, jaccard=0.6)["clusters"] == 1


def test_scripts_without_spaces_need_no_number_of_words(tmp_path: Path) -> None:
    chinese = "新しい橋は私たちみんなにとって危険です日曜日の前に止めなければならないと思います"
    study = read(tmp_path, ("a", chinese, 1), ("b", chinese.replace("日曜日", "月曜日"), 2))
    assert gn.match(study)["clusters"] == 1


# What is no evidence --------------------------------------------------------------------------------------------------


def sort_of(study: gn.Study, **options: Any) -> tuple[str | None, str | None]:
    gn.match(study, **options)
    (row,) = listed(study, "select template, reason from clusters")
    return row["template"], row["reason"]


def test_a_text_on_the_list_is_an_open_campaign(tmp_path: Path) -> None:
    (tmp_path / "petition.txt").write_text(f"\ufeff{SLOGAN} https://example.org/sign\n\n", encoding="utf-8")
    study = read(tmp_path, ("a", SLOGAN, 1), ("b", SLOGAN + " :)", 2))
    told = sort_of(study, allow=tmp_path / "petition.txt")
    assert told == ("campaign", "the words are on the list of open campaigns")
    assert sort_of(study, allow=[SLOGAN.replace("sunday", "monday")])[0] == "campaign"
    assert sort_of(study, allow=[OTHER]) == (None, None)
    assert study.last("match")["parameters"]["allow"] == [text.key(OTHER)]


def test_page_titles_with_their_link_are_of_a_share_button(tmp_path: Path) -> None:
    rows = [
        (a, f"{OTHER} https://news.example.org/valley/nobody-asked-people-valley-larger-airport-here", 1) for a in "ab"
    ]
    assert sort_of(read(tmp_path, *rows))[0] == "share_button"
    rows = [(a, f"{OTHER} https://news.example.org/12345", 1) for a in "ab"]
    assert sort_of(read(tmp_path / "2", *rows)) == (None, None)
    rows = [(a, f"{OTHER} https://news.example.org/12345 via @news", 1) for a in "ab"]
    assert sort_of(read(tmp_path / "3", *rows))[0] == "share_button"
    # without a link it is a person who says "via"
    rows = [(a, f"{OTHER} via @news", 1) for a in "ab"]
    assert sort_of(read(tmp_path / "4", *rows)) == (None, None)


def test_what_programs_post_is_told_by_their_name_or_their_words(tmp_path: Path) -> None:
    said = "My week on the run: 7 tracks and 3 friends, see how I did it with RunKeeper Pro"
    rows = [("a", said, 1), ("b", said, 2)]
    assert sort_of(read(tmp_path, *rows, client=["RunKeeper Pro"] * 2)) == (
        "app", "made with a program whose name stands in the words: programs post for their users"
    )  # fmt: skip
    assert sort_of(read(tmp_path / "2", *rows, client=["Twitter Web Client"] * 2)) == (None, None)
    # one of two posts made with it is not nine in ten
    assert sort_of(read(tmp_path / "3", *rows, client=["RunKeeper Pro", "Twitter for iPhone"])) == (None, None)
    video = [
        (a, "I liked a @YouTube video from @somebody https://youtu.be/x The best songs of the year", 1) for a in "ab"
    ]
    assert sort_of(read(tmp_path / "4", *video))[0] == "app"


def test_a_phrase_of_very_many_accounts_is_common(tmp_path: Path) -> None:
    rows = [(f"a{i}", SLOGAN, i) for i in range(101)]
    told = sort_of(read(tmp_path, *rows))
    assert told == ("common", "101 accounts (100 % of all that write) use it: a greeting, a quote, or a large group")
    assert sort_of(read(tmp_path / "2", *rows[:100])) == (None, None)


# Use ------------------------------------------------------------------------------------------------------------------


def test_texts_come_before_pairs_in_the_usual_chain(tmp_path: Path) -> None:
    rows = [(f"a{i}", f"{words} {n}", 100 * n + i) for n, words in enumerate((SLOGAN, OTHER)) for i in range(6)]
    study = gn.run(posts(*rows), into=tmp_path / "study")
    assert [s["verb"] for s in study.manifest["steps"]][:3] == ["read", "match", "project"]
    assert "near_text" in study.parts("pairs")
    assert "same_text" in study.parts("pairs")
    pairs = listed(study, "select shared, quickest from pairs where layer = 'near_text'")
    assert len(pairs) == 15
    assert {p["shared"] for p in pairs} == {2}
    shown = gn.explain(study, "a0", "a1")
    assert text.normal(SLOGAN) in str(shown)


def test_a_study_without_posts_needs_no_matching(tmp_path: Path) -> None:
    follows = pd.DataFrame({"source": list("abc"), "target": list("xxx"), "kind": "follow"})
    study = gn.run(follows, into=tmp_path / "study")
    assert not study.has("texts")
    about = gn.match(study)
    assert (about["texts"], about["clusters"], about["templates"]) == (0, 0, {})


def test_matching_again_outdates_the_pairs(tmp_path: Path) -> None:
    study = read(tmp_path, ("a", SLOGAN, 1), ("b", SLOGAN, 2))
    gn.match(study)
    gn.project(study)
    gn.match(study)
    assert not study.has("pairs")


def test_bad_input_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match="graphnet read"):
        gn.match(gn.Study.create(tmp_path / "empty"))
    study = read(tmp_path, ("a", SLOGAN, 1))
    with pytest.raises(InputError, match=r"jaccard is 0\.2, it has to be from 0\.4 to 1"):
        gn.match(study, jaccard=0.2)
    with pytest.raises(InputError, match=r"none.txt: the list of open campaigns cannot be read: No such file"):
        gn.match(study, allow=tmp_path / "none.txt")
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputError, match="it is not UTF-8 text"):
        gn.match(study, allow=str(tmp_path / "list.txt"))
    (tmp_path / "list.txt").write_text(f"{SLOGAN}\nsign now\n")
    with pytest.raises(InputError, match=r"list.txt, line 2: the text is too short .* has 8 characters"):
        gn.match(study, allow=tmp_path / "list.txt")


def graphnet(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "graphnet", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    study = read(tmp_path, ("a", SLOGAN, 1), ("b", SLOGAN, 2))
    (tmp_path / "list.txt").write_text(SLOGAN)
    done = graphnet("match", str(study.path), "--allow", str(tmp_path / "list.txt"), "--exact")
    assert done.returncode == 0, done.stderr
    assert "exact join" in done.stdout
    assert listed(gn.Study.open(study.path), "select template from clusters") == [{"template": "campaign"}]
    done = graphnet("match", str(study.path), "--jaccard", "2")
    assert done.returncode == 2
    assert "has to be from 0.4 to 1" in done.stderr


@pytest.mark.real
def test_most_copies_of_a_published_set_are_found(tmp_path: Path, real_data: Path) -> None:
    """Copies of 299 seed texts with small changes, made for another tool's test."""
    folder = real_data / "d3lta_synthetic"
    texts = pd.read_csv(folder / "documents_matched.csv", dtype=str)
    pairs = pd.read_csv(folder / "d3lta_pairs.csv", dtype=str)
    study = gn.read(
        pd.DataFrame({"id": texts.doc_id, "account": "a" + texts.doc_id, "text": texts.text}), tmp_path / "study"
    )
    copies = pairs[pairs.d3lta_dup_type == "copy-pasta"]
    true = dict(zip(texts.doc_id, texts.true_cluster, strict=True))
    for jaccard, least in ((0.7, 0.85), (0.45, 0.97)):
        gn.match(study, jaccard=jaccard)
        rows = study.frame("select p.id, c.cluster from copies c join posts p on p.post = c.post")
        of = dict(zip(rows.id, rows.cluster, strict=True))
        found = [of.get(a, -1) == of.get(b, -2) for a, b in zip(copies.source, copies.target, strict=True)]
        assert np.mean(found) > least
        assert rows.groupby("cluster").id.agg(lambda ids: len({true[i] for i in ids})).max() == 1


def test_texts_alike_in_meaning_are_marked_and_do_not_count(tmp_path: Path) -> None:
    words = [
        "the government must close the harbour before summer begins, all of it",
        "the government has to close the harbour before the summer begins, all of it",
        "i like cats and dogs and long walks on the beach with my friends",
    ]
    posts = pd.DataFrame({"id": ["1", "2", "3"], "account": ["a", "b", "c"], "time": [1, 2, 3], "text": words})
    study = gn.read(posts, tmp_path / "study")
    assert gn.match(study, jaccard=0.9)["copies"] == 0
    found = gn.match(study, jaccard=0.9, semantic="wordllama")
    assert found["search"]["pairs_of_meaning"] == 1
    assert sorted(study.copies.how) == ["same", "semantic"]
    shares = gn.layers.NearText().rows()
    shared = f"select object from ({shares}) r group by object having count(distinct account) > 1"
    assert listed(study, f"select count(*) as n from ({shares}) r") == [{"n": 3}]
    assert listed(study, shared) == []
