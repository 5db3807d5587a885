"""Texts alike in meaning: against a comparison pair by pair, with models good and bad."""

from __future__ import annotations

import gzip
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet import _semantic
from graphnet._semantic import WordVectors, embedder, semantic
from graphnet.errors import InputError

VECTORS = """7 3
bridge 1 0 0
brücke 0.9 0.1 0
closed 0 1 0
gesperrt 0 0.9 0.1
cats 0 0 1
the 0.3 0.3 0.3
پل 0.95 0.05 0
"""


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "made.vec"
    path.write_text(VECTORS, encoding="utf-8")
    return path


@settings(max_examples=30)
@given(st.integers(0, 40), st.integers(1, 5), st.integers(0, 99), st.floats(0.3, 0.99))
def test_against_a_comparison_pair_by_pair(n, width, seed, least):
    rows = np.random.default_rng(seed).integers(-2, 3, (n, width)).astype(float)
    found = semantic([f"t{i}" for i in range(n)], lambda _: rows if n else [], least)
    expected = []
    for i in range(n):
        for j in range(i + 1, n):
            length = np.linalg.norm(rows[i]) * np.linalg.norm(rows[j])
            if length and round(rows[i] @ rows[j] / length, 6) >= least:
                expected.append((i, j))
    assert list(zip(found.one.tolist(), found.two.tolist(), strict=True)) == expected
    assert ((found.jaccard >= least) & (found.jaccard <= 1)).all()


def test_blocks_give_the_same_as_one(monkeypatch):
    rows = np.random.default_rng(3).normal(size=(300, 8))
    texts = [f"t{i}" for i in range(300)]
    whole = semantic(texts, lambda _: rows, 0.5)
    monkeypatch.setattr(_semantic, "BLOCK", 7)
    parts = semantic(texts, lambda _: rows, 0.5)
    assert len(whole) > 100
    for name in ("one", "two", "jaccard"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_word_vectors_find_a_translation_and_no_other_text(vectors):
    texts = ["the bridge is closed", "die Brücke ist gesperrt", "the cats", "پل", "nobody knows"]
    found = semantic(texts, embedder(str(vectors)), 0.8)
    pairs = set(zip(found.one.tolist(), found.two.tolist(), strict=True))
    assert (0, 1) in pairs
    assert not any(2 in pair or 4 in pair for pair in pairs)
    assert WordVectors(vectors)(["nobody", "the"])[0].tolist() == [0, 0, 0]


def test_packed_word_vectors_are_the_same(vectors, tmp_path):
    packed = tmp_path / "made.vec.gz"
    packed.write_bytes(gzip.compress(vectors.read_bytes()))
    np.testing.assert_array_equal(embedder(str(packed))(["bridge cats"]), embedder(str(vectors))(["bridge cats"]))


def test_a_function_by_name_and_by_file(tmp_path):
    (tmp_path / "mine.py").write_text("def embed(texts):\n    return [[len(t), 1] for t in texts]\n")
    assert embedder(f"{tmp_path / 'mine.py'}:embed")(["abc"]) == [[3, 1]]
    assert embedder("builtins:sorted") is sorted


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("nothing.vec", "neither wordllama, nor a file of word vectors, nor module:function"),
        ("no_such_module:embed", "no model no_such_module:embed"),
        ("builtins:no_such_function", "no_such_function"),
        ("no/such/file.py:embed", "no model"),
    ],
)
def test_a_model_that_is_not_there(named, message):
    with pytest.raises(InputError, match=message):
        embedder(named)


def broken(_):
    raise RuntimeError("out of memory\x1b[31m")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (broken, r"RuntimeError: out of memory<U\+001B>"),
        (lambda texts: [[1.0]], r"shape \(1, 1\), expected: \(2, dimensions\)"),
        (lambda texts: [1.0, 2.0], r"shape \(2,\)"),
        (lambda texts: [[1.0], [float("nan")]], "not finite, first for: 'b'"),
        (lambda texts: "words", "the model failed"),
        (lambda texts: [[1.0], [1.0, 2.0]], "the model failed"),
    ],
)
def test_a_model_that_gives_something_else(model, message):
    with pytest.raises(InputError, match=message):
        semantic(["a", "b"], model)


def test_too_many_texts_and_a_cosine_out_of_range(monkeypatch):
    monkeypatch.setattr(_semantic, "LIMIT", 2)
    with pytest.raises(InputError, match="3 texts are too many"):
        semantic(["a", "b", "c"], lambda texts: [[1.0]] * 3)
    with pytest.raises(InputError, match="smallest cosine"):
        semantic(["a"], lambda texts: [[1.0]], 0.0)


@pytest.mark.parametrize(
    ("content", "line"), [("a 1 2\nb 1\n", 2), ("a 1 2\nb x y\n", 2), ("2 2\na 1 2\nb nan 1\n", 3)]
)
def test_a_broken_file_of_word_vectors_names_the_line(tmp_path, content, line):
    (tmp_path / "x.vec").write_text(content)
    with pytest.raises(InputError, match=f"line {line}: expected a word and 2 numbers"):
        embedder(str(tmp_path / "x.vec"))(["a b"])


def test_a_file_that_knows_no_word_is_refused(vectors):
    with pytest.raises(InputError, match="none of the 1 words"):
        embedder(str(vectors))(["zzz"])


def test_the_small_model_finds_rewordings_and_not_other_things() -> None:
    texts = [
        "The government must close the harbour before summer begins",
        "The government has to close the harbour before the summer begins",
        "I like cats and dogs and long walks on the beach",
    ]
    found = semantic(texts, embedder("wordllama"), least=0.8)
    assert list(zip(found.one.tolist(), found.two.tolist(), strict=True)) == [(0, 1)]


def test_the_small_model_loads_nothing_from_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network is used")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert np.asarray(embedder("wordllama")(["one text"])).shape == (1, 256)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordllama", None)
    with pytest.raises(InputError, match=r"graphnet-analyzer\[semantic\]"):
        embedder("wordllama")
