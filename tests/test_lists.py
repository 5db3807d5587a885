"""Lists that users bring: shapes of files, what is told from them, what is left out and where."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import InputError
from graphnet.lists import read_list

LONG = "1012345678901234567"
HASHED = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def write(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "kind", "entries"),
    [
        (f"{LONG}\n2\n", "accounts", (LONG, "2")),
        ("@one\n\n# a comment\n#another\n@two\n", "accounts", ("one", "two")),
        (f"user_id,note\n{LONG},x\n98336677.0,y\n", "accounts", (LONG, "98336677")),
        (f"{HASHED}\n{HASHED[::-1]}\n3\n", "hashed accounts", (HASHED, HASHED[::-1], "3")),
        ("example.org\nhttps://a.example/x?y=1\n", "domains", ("example.org", "https://a.example/x?y=1")),
        ("#One\n# not this\n#بندر\nTwo\n", "hashtags", ("One", "بندر", "Two")),
        ("tag;n\nOne;1\n#Two;2\n", "hashtags", ("One", "Two")),
        ("stop this, now\nand never again\n", "phrases", ("stop this, now", "and never again")),
        (f'["{LONG}", {LONG[::-1]}]', "accounts", (LONG, LONG[::-1])),
        (f'{{"author_id": {LONG}, "n": 1}}\n{{"author_id": "7"}}\n', "accounts", (LONG, "7")),
        ('"domain"\n"a.example"\n"b.example"\n', "domains", ("a.example", "b.example")),
        ("\ufeffhandle\tx\r\n@ann\t1\r\n", "accounts", ("ann",)),
        ("1\r2\r", "accounts", ("1", "2")),
    ],
)  # fmt: skip
def test_shapes_and_kinds(tmp_path: Path, text: str, kind: str, entries: tuple[str, ...]) -> None:
    found = read_list(write(tmp_path, text))
    assert (found.kind, found.entries, found.name) == (kind, entries, "list")


def test_the_handle_beside_an_id_is_kept(tmp_path: Path) -> None:
    found = read_list(write(tmp_path, "userid,user_screen_name\n1,Ann\n2,2\n3,\n"))
    assert found.entries == ("1", "2", "3")
    assert found.handles == ("Ann", None, None)
    assert found.column == "userid"


def test_what_is_left_out_says_where_and_why(tmp_path: Path) -> None:
    path = write(tmp_path, "id,note\n1,a\n1.19e+18,b\n,c\n1,d\n5\n\n# c\nan id,e\n9\x00,f\n")
    found = read_list(path)
    assert found.entries == ("1",)
    lines = {line: reason for _, line, reason in found.rejected}
    assert sorted(lines) == [3, 4, 5, 6, 9, 10]
    assert lines[3] == "a spreadsheet rounded the id '1.19e+18'"
    assert lines[4] == "empty"
    assert lines[5] == "stands already in line 2"
    assert lines[6] == "1 columns instead of 2"
    assert "no id or handle" in lines[9]
    assert "control characters" in lines[10]
    assert {file for file, _, _ in found.rejected} == {str(path)}


def test_ids_that_a_spreadsheet_cut_to_fifteen_digits_are_left_out(tmp_path: Path) -> None:
    cut = [f"{101234567890123 + i}0000" for i in range(6)]
    found = read_list(write(tmp_path, "\n".join(["id", *cut, "7"])))
    assert found.entries == ("7",)
    assert found.rejected[0][1:] == (
        2, f"a spreadsheet kept 15 digits of the id '{cut[0]}' and put zeros for the others"
    )  # fmt: skip
    assert len(read_list(write(tmp_path, "\n".join(["id", *cut, LONG]))).entries) == 7


def test_comments_inside_quoted_cells_are_text(tmp_path: Path) -> None:
    found = read_list(write(tmp_path, 'userid,about\n1,"hello\n#world\nx"\n# comment\n2,y\n1,again\n'))
    assert found.entries == ("1", "2")
    assert [line for _, line, _ in found.rejected] == [7]


def test_archives_quote_everything(tmp_path: Path) -> None:
    text = (
        f'"userid","user_screen_name","user_profile_description"\n"{HASHED}","{HASHED}","a, b\n#c ""d"""\n"7","x",""\n'
    )
    found = read_list(write(tmp_path, text), kind="accounts")
    assert (found.entries, found.handles, found.column) == ((HASHED, "7"), (None, "x"), "userid")


def test_a_column_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, "troll,category\nann,x\nbob,y\n")
    assert read_list(f"{path}::troll").entries == ("ann", "bob")
    assert read_list(path, column="2", kind="phrases").entries == ("category", "x", "y")
    with pytest.raises(InputError, match=r"which column of .* is the list\?"):
        read_list(path)
    with pytest.raises(InputError, match=r"'nobody' is not in .*it has"):
        read_list(path, column="nobody")


def test_compressed_files_and_utf16(tmp_path: Path) -> None:
    packed = tmp_path / "known.csv.gz"
    packed.write_bytes(gzip.compress(b"id\n12\n"))
    assert (read_list(packed).entries, read_list(packed).name) == (("12",), "known")
    wide = tmp_path / "wide.txt"
    wide.write_bytes("@ann\r\n@bob\r\n".encode("utf-16"))
    assert read_list(wide).entries == ("ann", "bob")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "id\n", "[]", '{"a": ', "id\n1e+18\n"])
def test_files_without_entries_are_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"list\.csv"):
        read_list(write(tmp_path, text), kind="accounts")


def test_missing_files_and_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the list"):
        read_list(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot read the list"):
        read_list(tmp_path)
    with pytest.raises(InputError, match="hashed accounts"):
        read_list(write(tmp_path, "1\n"), kind="bots")


def test_what_is_there_is_said_where_a_list_is_not(tmp_path: Path) -> None:
    (tmp_path / "takedown.csv").write_text("1\n")
    for missing, told in (
        (tmp_path / "takedwn.csv", "there is no such file. Files in .*: takedown.csv$"),
        (tmp_path, "it is a folder. Files in .*: takedown.csv$"),
        (tmp_path / "nowhere" / "x.csv", "there is no folder .*nowhere"),
        ("https://example.org/list.csv", "is a URL.* Download it first"),
    ):
        with pytest.raises(InputError, match=told) as error:
            read_list(missing)
        assert "Errno" not in str(error.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "x.txt"
    path.write_bytes(data)
    try:
        found = read_list(path)
    except InputError:
        return
    assert found.entries
    assert len(set(found.entries)) == len(found.entries) == len(found.handles)
    assert not any("\n" in e or "\x00" in e for e in found.entries)


@given(st.lists(st.from_regex(r"[1-9][0-9]{0,18}", fullmatch=True), min_size=1, unique=True))
def test_ids_come_back_as_written(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    path = tmp_path_factory.mktemp("ids") / "x.csv"
    path.write_text("user id,n\n" + "".join(f"{i},1\n" for i in ids))
    assert read_list(path).entries == tuple(ids)
