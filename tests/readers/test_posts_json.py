"""Posts in JSON of no platform in particular, and every public payload through every JSON reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from json_files import ACCOUNTS, POSTS, read, source

from graphnet import registry
from graphnet.errors import FormatError, GraphnetError, InputError
from graphnet.readers import Reader, Source
from graphnet.readers import posts_json as module
from graphnet.readers.posts_json import PostsJson

READER = PostsJson()
JSON_READERS = ("twitter_v1", "twitter_v2", "posts_json")


def said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


PLAIN = [
    {
        "id": "p1",
        "author": "amy",
        "created_at": "2022-07-28T16:10:07Z",
        "text": "hello",
        "hashtags": ["a", "b"],
    },
    {"id": 10**17 + 1, "author": "bob", "created_at": 1659024608, "text": "RT", "hashtags": [], "extra": {"x": None}},
]


def test_flat_objects_under_common_names(tmp_path: Path) -> None:
    for content in (
        json.dumps(PLAIN),
        "\n".join(map(json.dumps, PLAIN)),
        "\n".join(json.dumps(p, indent=1) for p in PLAIN),
    ):
        file = source(tmp_path, content)
        assert 0.1 < READER.sniff(file) < 0.5
        rows = read(READER, file)[POSTS]
        assert said(rows[0]) == {
            "id": "p1",
            "account": "amy",
            "time": 1659024607,
            "text": "hello",
            "hashtags": ["a", "b"],
        }
        assert (rows[1]["id"], rows[1]["time"], rows[1]["hashtags"]) == ("100000000000000001", 1659024608, [])


NESTED = {
    "post": {"pk": 77, "when": "2022-07-28 16:10:07", "words": "see #x"},
    "by": {"pk": 1408876829491015681, "nick": "@Amy"},
    "tags": [{"label": "x"}, {"label": "y"}, {}],
    "people": [{"ref": {"pk": 5}}, {"ref": {"pk": 6}}],
    "urls": [{"expanded_url": "http://a.org"}, {"expanded_url": "http://b.org/1,2"}],
    "shared": None,
}
MAP = {
    "id": "post.pk",
    "account": "by.pk",
    "name": "by.nick",
    "time": "post.when",
    "text": "post.words",
    "hashtags": "tags.label",
    "mentions": "people.ref.pk",
}


def test_the_users_paths(tmp_path: Path) -> None:
    shared = {**NESTED, "shared": {"pk": 3, "by": {"pk": 4}}}
    paths = MAP | {"retweet_of": "shared.pk", "retweet_account": "shared.by.pk"}
    file = source(tmp_path, json.dumps([NESTED, shared]), columns=paths)
    assert READER.sniff(file) > 0.1
    rows = read(READER, file)[POSTS]
    assert said(rows[0]) == {
        "id": "77",
        "account": "1408876829491015681",
        "name": "Amy",
        "time": 1659024607,
        "text": "see #x",
        "hashtags": ["x", "y"],
        "mentions": ["5", "6"],
        "mention_names": [None, None],
        "links": ["http://a.org", "http://b.org/1,2"],
    }
    assert (rows[1]["retweet_of"], rows[1]["retweet_account"]) == ("3", "4")


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    file = source(tmp_path, json.dumps(PLAIN), columns={"account": "user.id"})
    with pytest.raises(InputError, match=r"'user.id' \(for account\) is not in .* of in.json, which have: id, aut"):
        read(READER, file)


def test_no_author(tmp_path: Path) -> None:
    file = source(tmp_path, '{"id": 1, "text": "x", "who": {"pk": 5}}')
    with pytest.raises(InputError, match=r"'account' is not in in.json \(it has: id, text, who.pk\).*--map account="):
        read(READER, file)


def test_what_is_said_of_authors(tmp_path: Path) -> None:
    post = {"id": 1, "text": "x", "user": {"id": 5, "screen_name": "amy", "followers_count": 9, "verified": True}}
    (row,) = read(READER, source(tmp_path, json.dumps(post)))[ACCOUNTS]
    assert said(row) == {"id": "5", "name": "amy", "followers": 9, "verified": True}


def test_ids_are_never_rounded(tmp_path: Path) -> None:
    rows = [{"id": 1, "author": 1.4088768294910157e18, "text": "x"}, {"id": 2, "author": 12.0, "text": "y"}]
    file = source(tmp_path, "\n\n".join(map(json.dumps, rows)))
    assert [(r["id"], r["account"]) for r in read(READER, file)[POSTS]] == [("2", "12")]
    ((line, reason),) = file.rejected
    assert (line, "rounded" in reason or "lost" in reason) == (1, True)


def test_rejections_keep_their_lines_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 3)
    lines = [json.dumps({"id": i, "author": "amy" if i % 4 else None, "text": "x"}) for i in range(1, 12)]
    lines[4] = "7"
    lines[5] = '{"id": '
    file = source(tmp_path, "\n".join(lines))
    found = read(READER, file)[POSTS]
    assert [r["id"] for r in found] == ["1", "2", "3", "7", "9", "10", "11"]
    assert sorted(line for line, _ in file.rejected) == [4, 5, 6, 8]
    assert dict(file.rejected)[5] == "not an object but a number"


def test_odd_values_do_not_cost_the_file(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "1", "author": "amy", "text": ["two", "parts"], "hashtags": "one two"},
        {"id": "2", "author": {"deep": 1}, "text": {"t": 1}, "hashtags": ["x", None, 3, {"a": 1}]},
        {"id": "3", "author": "bob", "text": True, "hashtags": None},
        {"id": "4", "author": "cat", "text": "plain"},
    ]
    file = source(tmp_path, "\n".join(map(json.dumps, rows)))
    found = {r["id"]: r for r in read(READER, file)[POSTS]}
    assert {i: r["text"] for i, r in found.items()} == {"1": "two parts", "3": "true", "4": "plain"}
    assert found["1"]["hashtags"] == ["one", "two"]
    assert file.rejected == [(2, "no author")]


@pytest.mark.parametrize("content", ["[1, 2]", '"text"', "[]", "[[[]]]"])
def test_no_objects(content: str, tmp_path: Path) -> None:
    file = source(tmp_path, content)
    assert READER.sniff(file) == 0
    with pytest.raises(FormatError, match=r"in.json holds no JSON objects"):
        read(READER, file)


def test_other_files_are_left_to_others(tmp_path: Path) -> None:
    for content in ("id,author,text\n1,2,3\n", "PAR1", '{"source": "a", "target": "b"}', '{"account": 5}'):
        assert READER.sniff(source(tmp_path, content)) < 0.1


# Public data ---------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_hashed_tweets_of_osome(real_data: Path) -> None:
    """Pretty-printed objects one after another, every name with a tail: read by naming the paths."""
    path = real_data / "osome_coordination/raw/CS4/data/sample.json"
    columns = {
        "id": "id_str_h",
        "account": "user.id_str_h",
        "name": "user.screen_name_h",
        "text": "text_m",
        "retweet_of": "retweeted_status.id_str_h",
        "retweet_account": "retweeted_status.user.id_str_h",
        "retweet_time": "retweeted_status.created_at",
        "mentions": "entities.user_mentions.id_str_h",
    }
    file = Source("sample.json", path, columns=columns)
    assert READER.sniff(file) > 0.1
    rows = read(READER, file)[POSTS]
    assert (len(rows), sum(r["retweet_of"] is not None for r in rows)) == (17, 8)
    assert all(r["account"] and r["time"] and r["text"] for r in rows)
    assert all(r["retweet_time"] <= r["time"] and r["retweet_account"] for r in rows if r["retweet_of"])
    assert file.rejected == []


@pytest.mark.real
def test_activity_streams_by_path(real_data: Path) -> None:
    path = (
        real_data
        / "payload_fixtures/twitterdev_tweet_parser/test/tweet_payload_examples/activity_streams_examples.json"
    )
    columns = {"account": "actor.id", "name": "actor.preferredUsername", "text": "body", "time": "postedTime"}
    rows = read(READER, Source(path.name, path, columns=columns))[POSTS]
    assert len(rows) == 25
    assert {r["name"] for r in rows} >= {"RobotPrincessFi"}


@pytest.mark.real
def test_normalised_tweets_of_twitwi(real_data: Path) -> None:
    path = real_data / "payload_fixtures/twitwi/test/resources/normalized-tweets-v2.json"
    peers = json.loads(path.read_text(encoding="utf-8"))
    rows = read(READER, Source(path.name, path))[POSTS]
    assert [(r["id"], r["account"], r["time"]) for r in rows] == [
        (p["id"], p["user_id"], p["timestamp_utc"]) for p in peers
    ]
    assert [r["retweet_of"] for r in rows] == [p.get("retweeted_id") for p in peers]


def complaint(reader: Reader, file: Source) -> str:
    """What a reader says against a file; empty where it reads it."""
    assert 0 <= reader.sniff(file) <= 1
    try:
        read(reader, file)
    except GraphnetError as error:
        return str(error)
    return ""


@pytest.mark.real
def test_every_payload_through_every_json_reader(real_data: Path) -> None:
    """Whatever is in a file, a reader yields rows or says in a sentence what is wrong."""
    files = [p for p in (real_data / "payload_fixtures").rglob("*") if p.suffix in (".json", ".jsonl")]
    assert len(files) == 286
    for name in JSON_READERS:
        reader = registry.get("readers", name)()
        said = {path.name: complaint(reader, Source(path.name, path)) for path in sorted(files)}
        assert [path for path, words in said.items() if words and path not in words] == []
        assert 100 < sum(map(bool, said.values())) < 286


@pytest.mark.real
def test_formats_are_told_apart(real_data: Path) -> None:
    """The surest of all readers is the right one."""
    folder = real_data / "payload_fixtures"
    expected = {
        "twitter_v1": [
            "twitter_ruby/test/fixtures/statuses.json",
            "twitwi/test/resources/normalization-payload-stream.json",
        ],
        "twitter_v2": ["twarc_network/test-data/tweets.jsonl", "twarc_csv/test-data/flat.jsonl"],
        "posts_json": ["twitwi/test/resources/normalized-tweets-v2.json"],
    }
    readers = [cls() for cls in registry.find("readers").values()]
    for name, paths in expected.items():
        for path in paths:
            file = Source(path, folder / path)
            assert max(readers, key=lambda r: r.sniff(file)).name == name
