"""Values out of JSON files of every shape, broken ones too."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from json_files import source

from graphnet.errors import InputError
from graphnet.readers import _json
from graphnet.readers._json import first, values

OBJECTS: list[dict[str, Any]] = [{"id": 1, "text": "a\nb, [c] {d}"}, {"id": 2, "in": {"x": [1, {"y": "}"}]}}, {"id": 3}]


def lines(objects: list[Any]) -> str:
    return "".join(json.dumps(o) + "\n" for o in objects)


def pretty(objects: list[Any]) -> str:
    return "\n".join(json.dumps(o, indent=4) for o in objects)


SHAPES = {
    "lines": (lines, [1, 2, 3]),
    "array in one line": (json.dumps, [1, 1, 1]),
    "array in lines": (lambda o: "[\n" + ",\n".join(map(json.dumps, o)) + "\n]\n", [2, 3, 4]),
    "indented array": (lambda o: json.dumps(o, indent=2), [2, 6, 17]),
    "objects over several lines": (pretty, [1, 5, 16]),
    "objects without a space": (lambda o: "".join(map(json.dumps, o)), [1, 1, 1]),
    "lines with commas": (lambda o: "".join(json.dumps(x) + ",\n" for x in o), [1, 2, 3]),
    "lines with empty ones": (lambda o: "\n\n".join(map(json.dumps, o)) + "\r\n\r\n", [1, 3, 5]),
    "a list a line": (lambda o: "".join(json.dumps([x]) + "\n" for x in o), [1, 2, 3]),
    "behind a byte order mark": (lambda o: "\ufeff" + lines(o), [1, 2, 3]),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_every_shape(shape: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_json, "CHUNK", chunk)
    dump, starts = SHAPES[shape]
    file = source(tmp_path, dump(OBJECTS))
    found = list(values(file))
    assert [value for _, value in found] == OBJECTS
    assert [line for line, _ in found] == starts
    assert file.rejected == []


@pytest.mark.parametrize(("shape", "at_line"), [("lines", 2), ("array in lines", 3), ("objects over several lines", 5)])
def test_reading_goes_on_behind_a_broken_object(shape: str, at_line: int, tmp_path: Path) -> None:
    broken = SHAPES[shape][0](OBJECTS).replace('"id": 2', '"id" 2')
    file = source(tmp_path, broken)
    assert [value for _, value in values(file)] == [OBJECTS[0], OBJECTS[2]]
    assert [line for line, _ in file.rejected] == [at_line]
    assert "broken JSON: expecting ':' delimiter (character" in file.rejected[0][1]


@pytest.mark.parametrize(
    "shape", ["lines", "array in lines", "indented array", "objects over several lines", "array in one line"]
)
def test_a_file_cut_short_gives_what_is_whole(shape: str, tmp_path: Path) -> None:
    whole = SHAPES[shape][0](OBJECTS)
    file = source(tmp_path, whole[: whole.index('"id": 3') + 4])
    assert [value for _, value in values(file)] == OBJECTS[:2]
    assert len(file.rejected) == 1


def test_an_unclosed_list_is_told(tmp_path: Path) -> None:
    file = source(tmp_path, '[{"a": 1},\n{"a": 2},\n')
    assert len(list(values(file))) == 2
    assert file.rejected == [(3, "the list is not closed with ]: the file ends in the middle")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": "\\ud83d x"}', {"a": "\ufffd x"}),
        (b'{"a": "x \\udc00"}', {"a": "x \ufffd"}),
        (b'{"\\ud83d": ["\\ud83d"]}', {"\ufffd": ["\ufffd"]}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'[\n{"a": "\\ud83d\\ude00 \\uD83D"}]', {"a": "😀 \ufffd"}),
        (b'{"a": "caf\xe9"}', {"a": "caf\ufffd"}),
        (b'{"a": 1408876829491015681}', {"a": 1408876829491015681}),
        (b'{"a": 14088768294910156811408876829491015681}', {"a": 14088768294910156811408876829491015681.0}),
    ],
)
def test_hard_characters_and_numbers(content: bytes, expected: Any, tmp_path: Path) -> None:
    (_, value), *rest = values(source(tmp_path, content))
    assert (value, rest) == (expected, [])


def test_not_a_number_is_read(tmp_path: Path) -> None:
    ((_, value),) = values(source(tmp_path, '{"a": NaN}'))
    assert value["a"] != value["a"]


@pytest.mark.parametrize(
    "content", ["[" * 5000, '{"a":' * 5000, "[" * 100_000 + "]" * 100_000, '{"a": ' + "9" * 6000 + "}"]
)
def test_absurd_input_is_rejected(content: str, tmp_path: Path) -> None:
    file = source(tmp_path, content)
    assert list(values(file)) == [] or "9" in content
    assert len(file.rejected) <= 1


@pytest.mark.parametrize("content", ["", " \n\n ", "\ufeff"])
def test_empty(content: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"in.json is empty"):
        list(values(source(tmp_path, content)))


PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.ZstdCompressor().compress}


@pytest.mark.parametrize("kind", PACKED)
def test_packed_files(kind: str, tmp_path: Path) -> None:
    file = source(tmp_path, PACKED[kind](lines(OBJECTS).encode()))
    assert [value for _, value in values(file)] == OBJECTS


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_file_cut_short(kind: str, tmp_path: Path) -> None:
    # long enough for the fault to lie behind what is looked at for sniffing
    many = [{"id": i, "text": str(i * 7919**5)} for i in range(60_000)]
    packed = PACKED[kind](lines(many).encode())
    file = source(tmp_path, packed[: len(packed) * 3 // 4])
    found = [value for _, value in values(file)]
    assert 0 < len(found) < len(many)
    assert found == many[: len(found)]
    assert len(file.rejected) in (1, 2)
    assert all(line >= len(found) for line, _ in file.rejected)


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_file_that_is_none(kind: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cut short or not what its first bytes say"):
        list(values(source(tmp_path, PACKED[kind](b"{}")[:6] + b"garbage" * 9)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
json_objects = st.lists(st.dictionaries(st.text(max_size=4), json_values, max_size=4), min_size=1, max_size=5)
SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(objects=json_objects, shape=st.sampled_from(sorted(SHAPES)), chunk=st.integers(1, 40))
@example(objects=[{}, {}, {"": None}], shape="objects over several lines", chunk=1)
def test_all_shapes_say_the_same(objects: list[Any], shape: str, chunk: int, tmp_path: Path) -> None:
    file = source(tmp_path, SHAPES[shape][0](objects))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_json, "CHUNK", chunk)
        assert [value for _, value in values(file)] == objects
    assert file.rejected == []


@SETTINGS
@given(
    objects=json_objects,
    shape=st.sampled_from(sorted(SHAPES)),
    at=st.integers(0, 200),
    junk=st.binary(max_size=4),
)
def test_damage_never_raises(objects: list[Any], shape: str, at: int, junk: bytes, tmp_path: Path) -> None:
    whole = SHAPES[shape][0](objects).encode()
    file = source(tmp_path, b"{" + whole[:at] + junk + whole[at + 1 :])
    found = list(values(file))
    first(file.head)
    assert found or file.rejected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            '{"data": [{"id": "1", "text": "x, [y"}, {"id": "2"}], "inclu',
            [{"data": [{"id": "1", "text": "x, [y"}, {"id": "2"}]}],
        ),
        ('[{"a": 1}, {"a": 2}, {"a', [{"a": 1}, {"a": 2}]),
        ('{"a": "long te', []),
        ('{"a": 1, "b": {"c": 2, "d": "long te', [{"a": 1, "b": {"c": 2}}]),
        ('broken\n{"a": 1}\n{"b', [{"a": 1}]),
        ("a,b\n1,2\n", []),
        ("", []),
        ("[" * 3000, []),
    ],
)
def test_first_values_of_a_cut_start(head: str, expected: list[Any]) -> None:
    assert first(head) == expected
