"""Edge lists: which column is which, several targets in a cell, kinds."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import read, surest

from graphnet.errors import InputError
from graphnet.readers import Source
from graphnet.readers._edges import kind_of


def ends(got):
    return [(e["source"], e["target"]) for e in got.edges]


def test_all_fields(tmp_path):
    body = (
        "Source,Target,Type,Created At,Weight,tweet_id,Notes\n"
        "1198473762313818113,@jack,Retweet,2020-01-01 12:00,2,77,x\n"
        "b,c,follows,,,,\n"
    )
    got = read(tmp_path, body)
    assert got.reader == "edge_list"
    assert got.edges == [
        {
            "source": "1198473762313818113",
            "kind": "retweet",
            "target": "jack",
            "time": 1577880000,
            "post": "77",
            "weight": 2.0,
        },
        {"source": "b", "kind": "follow", "target": "c"},
    ]


def test_several_targets_in_a_cell(tmp_path):
    body = (
        "lil_lilly001,Jim_Jordan RepMattGaetz MarkMeadows\n"
        "b,x;y|z\n"
        'c,"x, y"\n'
        "d,\"['x', 'y']\"\n"
        "e,[2572896396]\n"
        'f,"[]"\n'
        "g,x\n"
    )
    got = read(tmp_path, body, "mentions.csv")
    assert ends(got) == [
        ("lil_lilly001", "Jim_Jordan"), ("lil_lilly001", "RepMattGaetz"), ("lil_lilly001", "MarkMeadows"),
        ("b", "x"), ("b", "y"), ("b", "z"), ("c", "x"), ("c", "y"), ("d", "x"), ("d", "y"),
        ("e", "2572896396"), ("g", "x"),
    ]  # fmt: skip
    assert {e["kind"] for e in got.edges} == {"mention"}
    assert got.rejected == [(6, "neither a target nor an object")]


def test_several_targets_share_the_rest_of_the_row(tmp_path):
    got = read(tmp_path, "source,target,time,weight\na,x y,5,2\nb,z,6,0\nc,u v,7,1\n")
    assert [(e["source"], e["target"], e["time"], e["weight"]) for e in got.edges] == [
        ("a", "x", 5, 2), ("a", "y", 5, 2), ("c", "u", 7, 1), ("c", "v", 7, 1),
    ]  # fmt: skip
    assert got.rejected == [(3, 'the weight "0" is not a number above 0')]


def test_names_with_spaces_are_not_taken_apart(tmp_path):
    body = "source,target\nAda Lovelace,Charles Babbage\nCharles Babbage,Ada Lovelace\n"
    assert ends(read(tmp_path, body)) == [("Ada Lovelace", "Charles Babbage"), ("Charles Babbage", "Ada Lovelace")]
    split = read(tmp_path, body, options={"split": "yes"})
    assert len(split.edges) == 4


@pytest.mark.parametrize(
    ("name", "header", "kind"),
    [
        ("retweets.csv", "source,target", "retweet"),
        ("higgs-reply_network.csv", "source,target", "reply"),
        ("quote_tweets.csv", "source,target", "quote"),
        ("mentions/20200527.csv", "source,target", "mention"),
        ("network.csv", "follower,followed", "follow"),
        ("network.csv", "user,liked_user", "like"),
        ("network.csv", "user_id,retweeted_user_id", "retweet"),
        ("network.csv", "source,target", "tie"),
        ("network.csv", "source,object", "share"),
    ],
)
def test_the_kind_is_told_from_names(tmp_path, name, header, kind):
    assert read(tmp_path, f"{header}\na,b\n", name).edges[0]["kind"] == kind


def test_the_option_goes_before_names_and_after_the_column(tmp_path):
    got = read(tmp_path, "source,target,kind\na,b,RT\na,c,\na,d,Endorse\n", "follows.csv", options={"kind": "mention"})
    assert [e["kind"] for e in got.edges] == ["retweet", "mention", "endorse"]


@pytest.mark.parametrize("word", ["unliked?", "started", "artist", "part", "network", ""])
def test_words_that_only_look_like_kinds(word):
    assert kind_of(word) is None


def test_columns_without_names_are_told_from_values(tmp_path):
    got = read(tmp_path, "a,x,1577880000,2\nb,y,1577880001,3\n")
    assert got.edges[1] == {"source": "b", "kind": "tie", "target": "y", "time": 1577880001, "weight": 3.0}
    got = read(tmp_path, "a x retweet 2020-01-01T12:00:00Z\nb y mention 2020-01-01T12:00:01Z\n")
    assert got.edges[1] == {"source": "b", "kind": "mention", "target": "y", "time": 1577880001}


def test_the_map_names_columns_by_name_or_number(tmp_path):
    body = "ego,alter,when did it\na,x,5\n"
    for mapped in (
        {"source": "EGO", "target": "Alter", "time": "3"},
        {"source": "1", "target": "2", "time": "When did it"},
    ):
        assert read(tmp_path, body, columns=mapped).edges == [{"source": "a", "kind": "tie", "target": "x", "time": 5}]
    swapped = read(tmp_path, "source,target\na,x\n", columns={"source": "target", "target": "source"})
    assert ends(swapped) == [("x", "a")]


def test_a_map_for_another_file_does_no_harm(tmp_path):
    assert ends(read(tmp_path, "source,target\na,x\n", columns={"text": "body"})) == [("a", "x")]


@pytest.mark.parametrize(
    ("header", "columns", "message"),
    [
        ("foo,bar", {}, r"no columns for source and target \(it has: foo, bar\). Map them: --map source=COL"),
        ("source,bar", {}, "column 'target' is not in in.csv"),
        ("foo,bar", {"source": "fo", "target": "bar"}, r"column 'fo' is not in in.csv \(it has: foo, bar\). Name one"),
        ("foo,bar", {"source": "3", "target": "bar"}, "column '3' is not in in.csv"),
    ],
)
def test_a_column_that_is_not_there(tmp_path, header, columns, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, f"{header}\n1,2\n", reader="edge_list", columns=columns)


def test_rounded_ids(tmp_path):
    body = "source,target,object,tweet_id\n1.5e+18,x,,\na,1.5e+18,,\nb,1.5e+18,http://x,7\nc,x,,1.5e+18\nd,98336677.0,,\nnan,x,,\n"
    got = read(tmp_path, body, options={"kind": "retweet"})
    assert [(e["source"], e.get("target"), e.get("object"), e.get("post")) for e in got.edges] == [
        ("b", None, "http://x", "7"), ("c", "x", None, None), ("d", "98336677", None, None),
    ]  # fmt: skip
    assert got.rejected == [
        (2, 'a spreadsheet rounded the id "1.5e+18"'),
        (3, 'a spreadsheet rounded the id "1.5e+18"'),
        (7, 'no source: the cell says "nan"'),
    ]
    assert got.notes == {
        "target: a spreadsheet rounded the id; left out": 1,
        "tweet_id: a spreadsheet rounded the id; left out": 1,
    }


@pytest.mark.parametrize("weight", ["0", "-1", "inf", "x"])
def test_weights_that_count_nothing(tmp_path, weight):
    got = read(tmp_path, f"source,target,weight\na,x,{weight}\na,y,\na,z,1.5\n")
    assert [e.get("weight") for e in got.edges] == [None, 1.5]
    assert got.rejected == [(2, f'the weight "{weight}" is not a number above 0')]


def test_bad_times(tmp_path):
    got = read(tmp_path, "source,target,time\na,x,soon\na,y,\na,z,1/2/2020\n")
    assert [e["target"] for e in got.edges] == ["y"]
    assert [line for line, _ in got.rejected] == [2, 4]
    assert got.rejected[0][1] == 'the time "soon" is not understood'
    assert "dates=dmy" in got.rejected[1][1]
    assert len(read(tmp_path, "source,target,time\na,z,1/2/2020\n", options={"dates": "dmy"}).edges) == 1
    with pytest.raises(InputError, match="dates is 'ymd'"):
        read(tmp_path, "source,target,time\na,z,1/2/2020\n", options={"dates": "ymd"})


def test_objects_in_lists_and_links_with_commas(tmp_path):
    body = "account,target,object,time\na,,\"['http://x/1,2', 'http://y']\",5\nb,,http://z/1,6\n"
    got = read(tmp_path, body)
    assert [(e["source"], e["object"]) for e in got.edges] == [
        ("a", "http://x/1,2"),
        ("a", "http://y"),
        ("b", "http://z/1"),
    ]
    got = read(tmp_path, 'source,object\na,"http://x/1,2;3|4 5"\n')
    assert got.edges[0]["object"] == "http://x/1,2;3|4 5"


def write(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path.read_bytes()


def test_parquet(tmp_path):
    body = write(
        tmp_path / "made",
        originating_id=[2**62, 5, None],
        receiving_id=[7, 8, 9],
        edge_weight=[1.0, 2.0, 3.0],
    )
    got = read(tmp_path, body, "mentions.parquet")
    assert got.edges == [
        {"source": str(2**62), "kind": "mention", "target": "7", "weight": 1.0},
        {"source": "5", "kind": "mention", "target": "8", "weight": 2.0},
    ]
    assert got.rejected == [(3, "no source")]
    assert (
        got.edges
        == read(
            tmp_path, body, "mentions.parquet", columns={"source": "originating_id", "target": "receiving_id"}
        ).edges
    )


def test_parquet_of_floats_lists_structs(tmp_path):
    body = write(tmp_path / "made", source=[1.0, 7.6e17, 1.5], target=[["x", "y"], ["z"], []])
    got = read(tmp_path, body, "in.parquet")
    assert ends(got) == [("1", "x"), ("1", "y")]
    assert [reason for _, reason in got.rejected] == [
        'the id "7.6e+17" is a number that lost digits: keep ids as text',
        'the id "1.5" is a number that lost digits: keep ids as text',
    ]
    body = write(tmp_path / "made", source=[{"a": 1}], target=["x"])
    with pytest.raises(InputError, match=r"column 'source' of in.parquet holds struct<a: int64>, not single values"):
        read(tmp_path, body, "in.parquet", reader="edge_list")


def test_a_damaged_parquet_file(tmp_path):
    body = write(tmp_path / "made", source=["a"], target=["b"])
    with pytest.raises(InputError, match=r"in\.parquet is a damaged Parquet file"):
        read(tmp_path, body[:40], "in.parquet", reader="edge_list")


def test_networkx_edge_list_with_attributes(tmp_path):
    body = (
        "a b {'weight': 2.0, 'created_at': 'Wed Aug 10 17:46:13 +0000 2016', 'place': nan, 'id': '7.6e+17'}\n"
        "c d {}\n"
        "nonsense\n"
        "e f {'weight': __import__('os')}\n"
        "\n"
        "g h {'weight': -1}\n"
    )
    got = read(tmp_path, body, "retweets.edgelist", reader="networkx_edgelist")
    assert got.edges == [
        {"source": "a", "kind": "retweet", "target": "b", "time": 1470851173, "weight": 2.0},
        {"source": "c", "kind": "retweet", "target": "d"},
    ]
    assert [line for line, _ in got.rejected] == [3, 4, 6]
    assert surest(Source("x", tmp_path / "retweets.edgelist")).name != "networkx_edgelist"
    (tmp_path / "good").write_text("a b {'weight': 1}\nc d {}\n")
    assert surest(Source("x", tmp_path / "good")).name == "networkx_edgelist"


handle = st.from_regex(r"\A[A-Za-z_]\w{0,8}\Z").filter(lambda h: h.lower() not in ("nan", "none", "null", "nat"))


@settings(deadline=None)
@given(st.lists(st.tuples(handle, st.lists(handle, min_size=1, max_size=4)), min_size=1), st.sampled_from(" ;|"))
def test_lists_of_targets_come_back(tmp_path_factory, rows, separator):
    body = "source,target\n" + "".join(f"{s},{separator.join(t)}\n" for s, t in rows)
    got = read(tmp_path_factory.mktemp("many"), body)
    assert ends(got) == [(s, t) for s, targets in rows for t in targets]
