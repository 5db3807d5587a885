"""Text tables: delimiters, headers, quotation marks, damaged rows and their lines."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
from dataclasses import replace
from itertools import pairwise

import pytest
import zstandard
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from reading import read

from graphnet.errors import InputError
from graphnet.readers import Source
from graphnet.readers import _delimited as module
from graphnet.readers._delimited import Delimited


def edges(got):
    return [(e["source"], e["target"]) for e in got.edges]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("header", [["source", "target", "weight"], None])
def test_delimiters_line_ends_bom_header(tmp_path, delimiter, end, bom, header):
    rows = [*([header] if header else []), ["a", "x", "2"], ["b", "x", "3"], ["b", "", "3"], ["c", "y", "1"]]
    got = read(tmp_path, bom + end.join(delimiter.join(r) for r in rows) + end)
    assert edges(got) == [("a", "x"), ("b", "x"), ("c", "y")]
    assert [e["weight"] for e in got.edges] == [2, 3, 1]
    assert got.rejected == [(4 if header else 3, "neither a target nor an object")]


@pytest.mark.parametrize(
    ("ending", "compress"),
    [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zstandard.ZstdCompressor().compress)],
)
def test_compressed_files(tmp_path, ending, compress):
    got = read(tmp_path, compress("\ufeffsource,target\na,x\nb\n".encode()), f"follows.csv.{ending}")
    assert edges(got) == [("a", "x")]
    assert got.rejected == [(3, "1 columns instead of 2")]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, zstandard.ZstdCompressor().compress])
def test_a_compressed_file_that_is_cut_is_an_error(tmp_path, compress):
    body = "source,target\n" + "".join(f"a{i * 7919 % 10007},b{i * 104729 % 20011}\n" for i in range(100_000))
    with pytest.raises(InputError, match="cut short or not what its first bytes say"):
        read(tmp_path, compress(body.encode())[:-2000])


def test_lines_count_line_ends_inside_cells_and_blank_lines(tmp_path):
    body = 'source,target,text\n\na,x,"one\ntwo"\n\nb,,"three\n\nfour"\nc,y\n"d\n",z,"five"\ne,,\n'
    got = read(tmp_path, body, reader="edge_list")
    assert edges(got) == [("a", "x"), ("d", "z")]
    assert got.rejected == [
        (6, "neither a target nor an object"),
        (9, "2 columns instead of 3"),
        (12, "neither a target nor an object"),
    ]


def test_a_row_of_wrong_width_over_several_lines_says_so(tmp_path):
    got = read(tmp_path, 'source,target,text\na,x,"1"\nb,"y,2\nc,z",3,4\nd,y,"5"\n')
    assert got.rejected == [(3, "4 columns instead of 3 (with line ends inside, down to line 4)")]
    assert edges(got) == [("a", "x"), ("d", "y")]


def test_bytes_that_are_no_utf8_cost_their_row(tmp_path):
    got = read(tmp_path, b"source,target,note\na,x,\xff\n\xfe,x,\nb,y,\nc\xff\n")
    assert edges(got) == [("a", "x"), ("b", "y")]
    assert got.rejected == [(3, "column 'source' is not UTF-8 text"), (5, "1 columns instead of 3")]


def test_nul_bytes(tmp_path):
    got = read(tmp_path, "id,user,text\n1,a,x\0y\n2,b\0c,z\n")
    assert got.posts == [{"id": "1", "account": "a", "text": "xy"}]
    assert got.rejected == [(3, 'the id "b�c" has control characters')]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(tmp_path):
    rows = [f"a{i},b{i},{i + 1}" for i in range(5000)]
    rows[100] = 'x,"y,1'
    got = read(tmp_path, "source,target,weight\n" + "\n".join(rows) + "\n")
    assert len(got.edges) == 4999
    assert got.rejected == [(102, "a quotation mark opens a cell and is not closed within 1,000 lines or 1 MB")]


def test_one_in_the_last_column_too(tmp_path):
    rows = [f"a{i},b{i},note" for i in range(5000)]
    rows[100] = 'x,y,"note'
    got = read(tmp_path, "source,target,note\n" + "\n".join(rows) + "\n")
    assert len(got.edges) == 4999
    assert [line for line, _ in got.rejected] == [102]


def test_a_cell_of_ten_megabytes_costs_one_row(tmp_path):
    got = read(tmp_path, f'id,user,text\n1,a,"{"x" * 10_000_000}"\n2,b,y\n3,\n')
    assert [p["id"] for p in got.posts] == ["2"]
    assert [line for line, _ in got.rejected] == [2, 4]


def test_the_slow_way_reads_what_the_fast_one_reads(tmp_path, monkeypatch):
    body = "id,user,text\n" + "".join(f'{i},u{i % 7},"t ""{i}"",\n{i}"\n' for i in range(1000)) + "x\n"
    fast = read(tmp_path, body)
    monkeypatch.setattr(Delimited, "_fast", lambda self, file: (_ for _ in ()).throw(module._Runaway))
    slow = read(tmp_path, body)
    assert len(fast.posts) == 1000
    assert (fast.posts, fast.rejected) == (slow.posts, slow.rejected)


def test_pieces_of_arrow_hold_together(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 4096)
    body = "id,user,text\n" + "".join(f'{i},u,"{"x" * (i % 50)}\n{i}"\n' for i in range(3000))
    body += f'9000,u,"{"y" * 20_000}"\n9001,u,z\n9002,u\n9003,,z\n'
    got = read(tmp_path, body)
    assert [int(p["id"]) for p in got.posts] == [*range(3000), 9000, 9001]
    assert got.rejected == [(6004, "2 columns instead of 3"), (6005, "no author")]


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)
rows_ = st.lists(st.tuples(st.integers(0, 10**19), st.integers(0, 99), cell), min_size=1, max_size=20)


@settings(max_examples=150, deadline=None)
@given(rows_, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_the_csv_module_writes_is_read(tmp_path_factory, rows, delimiter, end, everything):
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(
        [("id", "user", "text"), *rows]
    )
    got = read(tmp_path_factory.mktemp("csv"), text.getvalue())
    assert [(p["id"], p["account"], p["text"]) for p in got.posts] == [(str(i), str(u), t) for i, u, t in rows]
    assert got.rejected == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([b"a", b'"', b",", b"\n", b"\r\n", b"\r", b"\0", b" ", b'""']), max_size=40))
@example([b'"', b",", b"a"])
def test_both_ways_see_the_same_rows(tmp_path_factory, parts):
    assume(parts.count(b"\0") < 3)  # a file of which much is NUL is refused as a whole, before there are rows
    path = tmp_path_factory.mktemp("odd") / "odd.csv"
    path.write_bytes(b"source,target\n" + b"".join(parts))
    table = Delimited(Source(name="odd.csv", path=path))
    table.layout = replace(table.layout, delimiter=",", skip=1, newline="\n")
    table.width, table._read = 2, [0, 1]
    with table.source.reading() as file:
        fast = [tuple(r.values()) for b in _until_empty(table._fast(file)) for r in b.to_pylist()]
    slow = [tuple(c.encode("latin-1") for c in r.cells) for r in table._records() if r.fault is None]
    assert fast == slow
    lines = [r.line for r in table._records()]
    assert all(a <= b for a, b in pairwise(lines))


def _until_empty(batches):
    try:
        yield from batches
    except module.pa.ArrowInvalid as error:
        assert "Empty CSV file" in str(error)  # noqa: PT017


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["edge_list", "posts_table", "profiles", "io_archive", "cnt"]))
def test_any_bytes_end_in_rows_rejections_or_an_input_error(tmp_path_factory, data, reader):
    for start in (b"", b"source,target,time\n", b"id,user,text,created_at,hashtags\n"):
        try:
            got = read(tmp_path_factory.mktemp("any"), start + data, reader=reader)
        except InputError as error:
            assert str(error)  # noqa: PT017
        else:
            assert all(line > 0 and reason for line, reason in got.rejected)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "in.csv is empty"),
        ("\n \n", "in.csv is empty"),
        ("source,target\na,x\n".encode("utf-16"), "in.csv is UTF-16 or no text at all. Save it as UTF-8"),
    ],
)
def test_what_is_no_table_is_an_error(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, content, reader="edge_list")


def test_notes_above_the_header_are_left_out(tmp_path):
    got = read(tmp_path, "A note\nAnother, one\nuser,created,text\na,2020-01-01,x\nb,2020-01-02,y\n")
    assert [p["text"] for p in got.posts] == ["x", "y"]
    assert got.rejected == [(1, "stands above the header"), (2, "stands above the header")]


def test_a_header_of_unknown_names_is_told_from_its_rows(tmp_path):
    got = read(tmp_path, "who,whom\n12,13\n14,15\n", columns={"source": "1", "target": "2"})
    assert edges(got) == [("12", "13"), ("14", "15")]


def test_the_user_may_say_whether_there_is_a_header(tmp_path):
    said = {"columns": {"source": "1", "target": "2"}}
    body = "anna,berta\nberta,carla\n"
    assert edges(read(tmp_path, body, options={"header": "no"}, **said)) == [("anna", "berta"), ("berta", "carla")]
    assert edges(read(tmp_path, body, options={"header": "yes"}, **said)) == [("berta", "carla")]


def test_row_numbers_of_r_have_no_name(tmp_path):
    got = read(tmp_path, '"source" "target"\n"1" "a" "x"\n"2" "b" "y"\n')
    assert edges(got) == [("a", "x"), ("b", "y")]


def test_a_file_without_rows_gives_none(tmp_path):
    got = read(tmp_path, "source,target\n")
    assert (got.edges, got.rejected) == ([], [])


def test_a_file_of_bad_rows_gives_none(tmp_path):
    got = read(tmp_path, "source,target\n,\n,x\ny,\n", reader="edge_list")
    assert got.edges == []
    assert [line for line, _ in got.rejected] == [2, 3, 4]
