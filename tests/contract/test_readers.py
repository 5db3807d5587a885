"""What every reader promises, whoever wrote it."""

from __future__ import annotations

import dataclasses
import gzip
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphnet import registry, schema
from graphnet.errors import InputError
from graphnet.readers import Source

READERS = [pytest.param(c, id=name) for name, c in registry.find("readers").items()]
RAW = {t.name: t for t in (schema.RAW_POSTS, schema.RAW_EDGES, schema.RAW_ACCOUNTS)}

HEADERS = (
    "source,target,kind,time,weight",
    "id,author,created_at,text,hashtags,mentions,urls",
    "object_id,account_id,content_id,timestamp_share",
    "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls",
    "tweetid,userid,user_screen_name,tweet_text,tweet_time,account_creation_date,user_profile_description",
    "userid,user_screen_name,user_profile_description,account_creation_date,follower_count",
    "account_id,post_id,url_id,hashtag_id,domain_id,phash_id,timestamp",
)
TWEET = {
    "id": 1,
    "id_str": "1",
    "text": "x",
    "created_at": "x",
    "user": {"id_str": "1", "screen_name": "\u202e</script>"},
}
BODIES = {
    "nothing": b"",
    "blank lines": b"\n \r\n\n",
    "a byte order mark": b"\xef\xbb\xbf",
    "NUL bytes": b"\0" * 5000,
    "UTF-16": "source,target\na,b\n".encode("utf-16"),
    "no UTF-8": b"\xff\xfe\xfd,\x80\n" * 50,
    "a quotation mark": b'"',
    "an open quotation mark": b'source,target\n"a,b\n' + b"c,d\n" * 2000,
    "text that turns around": "source,target\n\u202ea\u2066,</script><img src=x onerror=alert(1)>\n".encode(),
    "one long cell": b"source,target\na," + b"x" * 10_000_000 + b"\n",
    "one long line": b"x" * 3_000_000,
    "many columns": b",".join(b"%d" % i for i in range(5000)) + b"\n",
    "deep JSON": b"[" * 100_000,
    "broken JSON": b'{"id": 1, "text": "a\n',
    "strange JSON": b'[1, null, "x", [], {}, {"id": {"id": []}}]\n{"data": 5}\n{"data": [[]]}\n',
    "a tweet of sorts": json.dumps(TWEET).encode(),
    "a cut gzip file": gzip.compress(b"source,target\n" + b"a,b\n" * 100_000)[:-20],
    "a Parquet file of sorts": b"PAR1junkPAR1",
    "XML": b"<graphml><node id='a'/></graphml>",
    **{f"only the header {h[:20]}": h.encode() for h in HEADERS},
    **{
        f"only bad rows below {h[:20]}": (h + "\n" + ",".join("\0" * h.count(",")) + "\nx\n,,\n").encode()
        for h in HEADERS
    },
    **{f"empty cells below {h[:20]}": (h + "\n" + "," * h.count(",") + "\n").encode() for h in HEADERS},
}


def checked(cls, source):
    """Read a source to the end; an InputError is a fair answer, anything else is not."""
    try:
        for table, rows in cls().read(source):
            assert RAW[table.name] is table
            schema.check(table, rows)
            rows.validate(full=True)
    except InputError as error:
        assert str(error)  # noqa: PT017
    assert all(isinstance(line, int) and line >= 0 and isinstance(reason, str) for line, reason in source.rejected)


@pytest.mark.parametrize("cls", READERS)
def test_it_says_what_it_is(cls):
    assert dataclasses.is_dataclass(cls)
    assert cls.__dataclass_params__.frozen
    assert cls() == cls()
    assert cls.name == cls.name.lower()
    assert cls.title
    assert cls.__doc__
    columns = {c.name for t in RAW.values() for c in t.columns}
    assert set(cls.fields) <= columns
    assert all(cls.fields.values())


@pytest.mark.parametrize("cls", READERS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_any_file_gives_rows_rejections_or_an_input_error(tmp_path, cls, body):
    path = tmp_path / "in.csv"
    path.write_bytes(body)
    source = Source(name="in.csv", path=path)
    try:
        sure = cls().sniff(source)
    except InputError:
        sure = 0.0
    assert 0 <= sure <= 1
    checked(cls, source)


@pytest.mark.parametrize("cls", READERS)
@pytest.mark.parametrize("body", [b"", b"\n", b"\0" * 5000, b"\xff\xfe\xfd,\x80\n" * 50])
def test_nothing_is_sure_of_nothing(tmp_path, cls, body):
    path = tmp_path / "in"
    path.write_bytes(body)
    assert cls().sniff(Source(name="in", path=path)) < 0.1


@pytest.mark.parametrize("cls", READERS)
@pytest.mark.parametrize(
    "data",
    [None, 5, "text", [], {}, object(), pd.DataFrame(), pd.DataFrame({"source": [], "target": []}), pd.Series([1])],
    ids=["None", "5", "text", "list", "dict", "object", "empty frame", "frame without rows", "series"],
)
def test_any_object_gives_rows_or_an_input_error(cls, data):
    source = Source(name="<data>", data=data)
    assert 0 <= cls().sniff(source) <= 1
    checked(cls, source)


@pytest.mark.parametrize("cls", READERS)
def test_a_parquet_file_of_all_types_gives_rows_or_an_input_error(tmp_path, cls):
    path = tmp_path / "in.parquet"
    values = {
        "source": pa.array([1.5, None, 2.0**60]),
        "target": pa.array([["a"], [], None]),
        "text": pa.array([b"\xff", b"a", None]),
        "user": pa.array(["a", None, "b"]).dictionary_encode(),
        "time": pa.array([0, 2**62, None], pa.timestamp("us", "UTC")),
        "hashtags": pa.array([[{"text": "a"}], [], None]),
        "followers": pa.array([True, False, None]),
        "created": pa.array([1, 2, None], pa.time64("us")),
    }
    pq.write_table(pa.table(values), path)
    source = Source(name="in.parquet", path=path)
    assert 0 <= cls().sniff(source) <= 1
    checked(cls, source)


@pytest.mark.parametrize("cls", READERS)
def test_a_file_that_is_not_there_is_an_input_error(tmp_path, cls):
    source = Source(name="gone.csv", path=tmp_path / "gone.csv")
    with pytest.raises(InputError, match=r"gone\.csv"):
        list(cls().read(source))
