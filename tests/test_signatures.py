"""Matching a study that grew: known texts are not hashed again, and the answer is that of a study read at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet._signatures import KEPT, Signed, kept
from graphnet.kernels import minhash
from graphnet.kernels.shingles import shingles
from graphnet.schema import BYTES, INT, TEXT

TABLES = ("texts", "clusters", "copies")
WORDS = [
    "the",
    "new",
    "bridge",
    "is",
    "a",
    "danger",
    "to",
    "us",
    "and",
    "it",
    "has",
    "to",
    "go",
    "before",
    "winter",
    ".",
]


def posts(texts: list[str], day: int) -> pd.DataFrame:
    rows = [
        {"id": f"{day}-{i}", "account": f"a{(i + day) % 4}", "time": 1000 * day + i, "text": text}
        for i, text in enumerate(texts)
    ]
    return pd.DataFrame(rows)


def same(one: gn.Study, two: gn.Study) -> None:
    for table in TABLES:
        first, second = (s.rows(f"select * from {table}").to_pylist() for s in (one, two))
        assert first == second, table
    assert one.last("match")["summary"] == two.last("match")["summary"]


def changed(place: int, word: str) -> str:
    """The same words but one."""
    return " ".join([*WORDS[:place], word, *WORDS[place + 1 :]])


texts = st.lists(
    st.one_of(
        st.builds(changed, st.integers(0, 15), st.text("ab", max_size=4)),
        st.text("abcd e", min_size=1, max_size=30),
        st.sampled_from(["سلام دنیای نو و روشن ما", "one two", "!"]),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=8)
@given(days=st.lists(texts, min_size=2, max_size=3), jaccard=st.sampled_from([0.5, 0.7, 0.9]), exact=st.booleans())
def test_a_grown_study_is_matched_as_if_read_at_once(
    days: list[list[str]], jaccard: float, exact: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("grown")
    frames = [posts(day, i) for i, day in enumerate(days)]
    for frame in frames:
        grown = gn.read(frame, folder / "grown", append=True)
        gn.match(grown, jaccard=jaccard, exact=exact)
    whole = gn.read(frames, folder / "whole")
    gn.match(whole, jaccard=jaccard, exact=exact)
    same(whole, grown)


@pytest.fixture
def grown(tmp_path: Path) -> gn.Study:
    """A study that was matched and has grown by one text."""
    study = gn.read(posts([" ".join(WORDS[i:]) for i in range(6)], 0), tmp_path / "grown", append=True)
    gn.match(study)
    return gn.read(posts(["another text of which nobody has heard before"], 1), tmp_path / "grown", append=True)


def test_only_new_texts_are_hashed(grown: gn.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(grown)
    known = grown.rows(f"select key, signature from {KEPT} order by key").to_pylist()
    hashed: list[int] = []
    signatures = minhash.signatures

    def counted(keys: Any, *more: Any) -> Any:
        hashed.append(len(keys))
        return signatures(keys, *more)

    monkeypatch.setattr(minhash, "signatures", counted)
    new = [{"key": "zzz quite new and long", "signature": None}, {"key": "cut short", "signature": b"1234"}]
    rows = [r | {"text": i, "posts": 1, "accounts": 1} for i, r in enumerate(known + new)]
    types = {"text": INT, "key": TEXT, "posts": INT, "accounts": INT, "signature": BYTES}
    given = pa.Table.from_pylist(rows, pa.schema(types.items())).rename_columns([*list(types)[:-1], "known"])
    signed = Signed(1)(given)
    assert hashed == [2]
    keys = [r["key"] for r in rows]
    assert (minhash.unpacked(signed["signature"]) == minhash.bands(shingles(keys))).all()
    assert signed["length"].to_pylist() == list(map(len, keys))
    assert signed["words"].to_pylist() == [len(key.split()) for key in keys]


def test_they_are_kept_over_several_appends(grown: gn.Study, tmp_path: Path) -> None:
    before = grown.rows(f"select count(*) as n from {KEPT}")["n"][0].as_py()
    assert before == 6
    again = gn.read(posts(["the words of a third day, all of them new"], 2), tmp_path / "grown", append=True)
    assert again.rows(f"select count(distinct key) as n from {KEPT}")["n"][0].as_py() == before
    gn.match(again)
    last = gn.read(posts(["a fourth day of it"], 3), tmp_path / "grown", append=True)
    assert last.rows(f"select count(*) as n, count(distinct key) as d from {KEPT}").to_pylist() == [{"n": 8, "d": 8}]


def test_signatures_of_another_hash_are_not_used(grown: gn.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    signatures = minhash.signatures
    monkeypatch.setattr(minhash, "signatures", lambda *args: signatures(*args) + 1)
    assert not kept(grown)


def test_a_study_that_did_not_grow_keeps_none(tmp_path: Path) -> None:
    study = gn.read(posts(["one text"], 0), tmp_path / "once")
    gn.match(study)
    assert not kept(study)
