"""Twitter API v1.1: every field from small payloads, and the public fixtures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from json_files import ACCOUNTS, POSTS, read, source

from graphnet.errors import FormatError, InputError
from graphnet.readers import Source
from graphnet.readers._records import ident, number, unix
from graphnet.readers.twitter_v1 import TwitterV1

READER = TwitterV1()
AMY = {
    "id": 11,
    "id_str": "11",
    "screen_name": "amy",
    "created_at": "Wed Aug 27 13:08:45 +0000 2008",
    "followers_count": 5,
    "friends_count": 6,
    "statuses_count": 7,
    "verified": True,
    "default_profile_image": False,
    "description": "hello 👋",
    "protected": False,
}
BOB = {**AMY, "id": 22, "id_str": "22", "screen_name": "Bob", "protected": True, "followers_count": -1}
CAT = {**AMY, "id": 33, "id_str": "33", "screen_name": "cat"}


def tweet(number_: int, user: dict[str, Any] = AMY, **more: Any) -> dict[str, Any]:
    plain = {
        "id": number_,
        "id_str": str(number_),
        "created_at": "Thu Jul 28 16:10:07 +0000 2022",
        "text": "words",
        "source": '<a href="http://twitter.com" rel="nofollow">Twitter Web Client</a>',
        "lang": "en",
        "user": user,
        "entities": {"hashtags": [], "user_mentions": [], "urls": []},
    }
    return {**plain, **more}


def posts(folder: Path, *tweets: dict[str, Any]) -> list[dict[str, Any]]:
    return read(READER, source(folder, "\n".join(map(json.dumps, tweets))))[POSTS]


def said(row: dict[str, Any]) -> dict[str, Any]:
    """What a row says: neither null nor an empty list."""
    return {name: value for name, value in row.items() if value not in (None, [])}


PLAIN = {
    "id": "1",
    "account": "11",
    "name": "amy",
    "time": 1659024607,
    "text": "words",
    "lang": "en",
    "client": "Twitter Web Client",
}


def test_a_plain_tweet(tmp_path: Path) -> None:
    (row,) = posts(tmp_path, tweet(1))
    assert said(row) == PLAIN
    assert row["hashtags"] == row["mentions"] == row["links"] == []


def test_accounts(tmp_path: Path) -> None:
    rows = read(READER, source(tmp_path, json.dumps([tweet(1), tweet(2, BOB)])))[ACCOUNTS]
    assert rows[0] == {
        "id": "11",
        "name": "amy",
        "created": 1219842525,
        "followers": 5,
        "following": 6,
        "posts": 7,
        "verified": True,
        "default_image": False,
        "description": "hello 👋",
        "status": "active",
    }
    assert (rows[1]["followers"], rows[1]["status"]) == (None, "protected")


def test_of_several_states_of_an_account_the_latest_is_kept(tmp_path: Path) -> None:
    states = [{**AMY, "statuses_count": n, "description": str(n)} for n in (3, 9, 4)]
    renamed = {**AMY, "screen_name": "amy2"}
    rows = read(READER, source(tmp_path, json.dumps([tweet(i, u) for i, u in enumerate([*states, renamed], 1)])))[
        ACCOUNTS
    ]
    assert [(r["name"], r["description"]) for r in rows] == [("amy", "9"), ("amy2", "hello 👋")]


ENTITIES = {
    "hashtags": [{"text": "One"}, {"text": "two"}],
    "user_mentions": [{"id": 33, "id_str": "33", "screen_name": "cat"}, {"id": 44, "screen_name": "dan"}],
    "urls": [
        {"url": "https://t.co/x", "expanded_url": "http://a.org/?q=1"},
        {"url": "https://t.co/y", "expanded_url": None},
    ],
    "media": [{"id": 9, "id_str": "9"}],
}


@pytest.mark.parametrize(
    "layout",
    [
        {"text": "all #One #two", "entities": ENTITIES},
        {"full_text": "all #One #two", "text": None, "entities": ENTITIES},
        {"text": "al…", "truncated": True, "extended_tweet": {"full_text": "all #One #two", "entities": ENTITIES}},
        {
            "full_text": "all #One #two",
            "entities": {**ENTITIES, "media": []},
            "extended_entities": {"media": [{"id": 9}]},
        },
    ],
    ids=["classic", "extended", "compatibility", "extended entities"],
)
def test_entities_and_whole_words(layout: dict[str, Any], tmp_path: Path) -> None:
    (row,) = posts(tmp_path, tweet(1, **layout))
    assert row["text"] == "all #One #two"
    assert row["hashtags"] == ["One", "two"]
    assert row["mentions"] == ["33", "44"]
    assert row["mention_names"] == ["cat", "dan"]
    assert row["links"] == ["http://a.org/?q=1", "https://t.co/y"]
    assert row["media"] == ["9"]


def test_without_entities_the_text_is_asked_later(tmp_path: Path) -> None:
    made = tweet(1)
    del made["entities"]
    (row,) = posts(tmp_path, made)
    assert row["hashtags"] is row["mentions"] is row["links"] is None


def test_a_retweet(tmp_path: Path) -> None:
    original = tweet(
        1, BOB, text="R&amp;B #One by @cat &lt;3", entities=ENTITIES, created_at="Thu Jul 28 16:00:00 +0000 2022"
    )
    cut = {"hashtags": [], "user_mentions": [{"id": 22, "id_str": "22", "screen_name": "Bob"}], "urls": []}
    file = source(tmp_path, json.dumps(tweet(2, text="RT @Bob: R&amp;B #O…", retweeted_status=original, entities=cut)))
    found = read(READER, file)
    (row,) = found[POSTS]
    assert [row[c] for c in ("retweet_of", "retweet_account", "retweet_name")] == ["1", "22", "Bob"]
    assert row["time"] - row["retweet_time"] == 607
    assert row["text"] == "RT @Bob: R&B #One by @cat <3"
    assert (row["hashtags"], row["mention_names"], row["media"]) == (["One", "two"], ["cat", "dan"], ["9"])
    assert [a["name"] for a in found[ACCOUNTS]] == ["amy", "Bob"]


def test_a_quote(tmp_path: Path) -> None:
    status = "https://twitter.com/Bob/status/1"
    links = {"urls": [{"expanded_url": status}, {"expanded_url": "https://twitter.com/Bob/status/77"}]}
    (row,) = posts(tmp_path, tweet(2, quoted_status=tweet(1, BOB), quoted_status_id_str="1", entities=links))
    assert [row[c] for c in ("quote_of", "quote_account", "quote_name", "quote_time")] == ["1", "22", "Bob", 1659024607]
    assert row["links"] == ["https://twitter.com/Bob/status/77"]
    (bare,) = posts(
        tmp_path, tweet(2, quoted_status_id_str="1", quoted_status_permalink={"expanded": status}, entities=links)
    )
    assert [bare[c] for c in ("quote_of", "quote_account", "quote_name", "quote_time")] == ["1", None, "Bob", None]
    assert bare["links"] == ["https://twitter.com/Bob/status/77"]


def test_a_retweet_of_a_quote_is_a_retweet_only(tmp_path: Path) -> None:
    quote = tweet(2, BOB, quoted_status=tweet(1, CAT), quoted_status_id_str="1")
    made = tweet(3, retweeted_status=quote, quoted_status=tweet(1, CAT), quoted_status_id_str="1")
    found = read(READER, source(tmp_path, json.dumps(made)))
    (row,) = found[POSTS]
    assert (row["retweet_of"], row["quote_of"], row["quote_account"]) == ("2", None, None)
    assert {a["name"] for a in found[ACCOUNTS]} == {"amy", "Bob", "cat"}


def test_a_reply(tmp_path: Path) -> None:
    to = {"in_reply_to_status_id": 1, "in_reply_to_user_id": 22, "in_reply_to_user_id_str": "22"}
    (row,) = posts(tmp_path, tweet(2, **to, in_reply_to_screen_name="Bob"))
    assert [row[c] for c in ("reply_to", "reply_account", "reply_name")] == ["1", "22", "Bob"]


def test_ids_are_never_rounded(tmp_path: Path) -> None:
    rounded = tweet(867468138991964200, id_str="867468138991964160")
    old = {**tweet(55709764298092545), "user": {"id": 7505382, "screen_name": "erik"}}
    del old["id_str"]
    assert [r["id"] for r in posts(tmp_path, rounded, old)] == ["867468138991964160", "55709764298092545"]
    file = source(tmp_path, json.dumps({**old, "id": 5.5e16}) + "\n" + json.dumps(old))
    assert len(read(READER, file)[POSTS]) == 1
    assert file.rejected == [(1, "the id 5.5e+16 is a decimal number: its last digits are lost")]


@pytest.mark.parametrize("wrapper", ["statuses", "results"])
def test_pages(wrapper: str, tmp_path: Path) -> None:
    page = json.dumps({wrapper: [tweet(1), tweet(2)], "next": "x", "search_metadata": {}})
    file = source(tmp_path, page)
    assert READER.sniff(file) > 0.9
    assert len(read(READER, file)[POSTS]) == 2


def test_users_alone(tmp_path: Path) -> None:
    for content in (json.dumps([AMY, BOB]), json.dumps({"users": [AMY, BOB], "next_cursor_str": "0"})):
        file = source(tmp_path, content)
        assert READER.sniff(file) >= 0.9
        found = read(READER, file)
        assert ([a["name"] for a in found[ACCOUNTS]], found[POSTS]) == (["amy", "Bob"], [])


def test_a_stream_with_notices_and_a_broken_line(tmp_path: Path) -> None:
    stream = [{"friends": [1, 2]}, {"delete": {"status": {"id": 1}}}, {"limit": {"track": 5}}]
    content = "\r\n".join([*map(json.dumps, stream), "", json.dumps(tweet(1)), '{"id": 2, "te', json.dumps(tweet(3))])
    file = source(tmp_path, content)
    assert READER.sniff(file) > 0.9
    assert [r["id"] for r in read(READER, file)[POSTS]] == ["1", "3"]
    assert [line for line, _ in file.rejected] == [6]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"user": None}, "the tweet has no author (user)"),
        ({"created_at": "yesterday"}, '"yesterday" is not a time'),
        ({"entities": {"hashtags": ["x"]}}, "a field is missing or of an unexpected form"),
        ({"entities": [1]}, "a field is missing or of an unexpected form"),
        ({"retweeted_status": "x"}, "a field is missing or of an unexpected form"),
        ({"sender": {}}, "neither a tweet nor a user but an object with id, id_str, created_at, text"),
        ({"id_str": {"$oid": 1}}, "a dict stands where an id was expected"),
    ],
)
def test_damaged_tweets_are_rejected_with_a_reason(damage: dict[str, Any], reason: str, tmp_path: Path) -> None:
    file = source(tmp_path, json.dumps(tweet(1, **damage)) + "\n" + json.dumps(tweet(2)))
    assert [r["id"] for r in read(READER, file)[POSTS]] == ["2"]
    ((line, said_),) = file.rejected
    assert line == 1
    assert reason in said_


def test_odd_details_do_not_cost_a_tweet(tmp_path: Path) -> None:
    user = {
        **AMY,
        "followers_count": "many",
        "statuses_count": 2**70,
        "created_at": "?",
        "description": 5,
        "verified": "yes",
    }
    found = read(READER, source(tmp_path, json.dumps(tweet(1, user, lang=7, source=None))))
    assert said(found[POSTS][0]) == {k: v for k, v in PLAIN.items() if k not in ("lang", "client")}
    assert said(found[ACCOUNTS][0]) == {
        "id": "11",
        "name": "amy",
        "following": 6,
        "default_image": False,
        "status": "active",
    }


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ('{"ids": [1, 2], "next_cursor": 0}', r"in.json holds no tweets or users of Twitter API v1.1; line 1: neither"),
        ("[1, 2, 3]", "neither a tweet nor a user but a number"),
        ('{"errors": [{"code": 34}]}', "an object with errors"),
        ("nothing of the kind", "broken JSON"),
    ],
)
def test_files_without_tweets(content: str, match: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=match):
        read(READER, source(tmp_path, content))
    with pytest.raises(InputError, match="is empty"):
        read(READER, source(tmp_path, ""))


def test_other_formats_are_left_to_others(tmp_path: Path) -> None:
    for content in (
        '{"data": [{"id": "1", "text": "x", "author_id": "2"}]}',
        '{"user": "amy", "text": "x", "id": 1}',
        "a,b\n",
    ):
        assert READER.sniff(source(tmp_path, content)) < 0.1


def test_ids_counts_and_times() -> None:
    assert ident(True if False else " 12 ") == "12"
    assert (number(True), number(2.0), number(0)) == (None, None, 0)
    assert unix("Fri, 21 Jan 2011 06:16:20 +0000") == unix("2011-01-21T06:16:20") == 1295590580
    assert unix("Fri Jan 21 06:16:20 -0200 2011") == unix("2011-01-21T08:16:20Z")
    assert unix("1969-12-31T23:59:59.500Z") == -1
    for wrong in ("soon", "Xyz Jan", "2011-13-01T00:00:00Z", "9" * 30):
        with pytest.raises(ValueError, match="is not a time"):
            unix(wrong)


# Public data ---------------------------------------------------------------------------------------------------------


def fixture(real_data: Path, path: str) -> Source:
    file = real_data / "payload_fixtures" / path
    return Source(file.name, file)


def users_in(value: Any) -> set[tuple[str, str]]:
    """Every user object anywhere in a payload."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = set().union(*map(users_in, inside))
    if isinstance(value, dict) and "followers_count" in value:
        found.add((str(value["id"]), value["screen_name"]))
    return found


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "count"),
    [
        *(("statuses", 20), ("search", 3), ("retweet", 1), ("followers_list", 0), ("users", 0)),
        *(("premium_search_emoji", 100), ("premium_search_from", 58), ("premium_search_point_radius", 100)),
        *(("premium_search_to", 100), ("premium_search_url", 4)),
    ],
)
def test_twitter_ruby(name: str, count: int, real_data: Path) -> None:
    file = fixture(real_data, f"twitter_ruby/test/fixtures/{name}.json")
    assert READER.sniff(file) >= 0.9
    found = read(READER, file)
    assert len(found[POSTS]) == count
    assert file.path is not None
    assert {(a["id"], a["name"]) for a in found[ACCOUNTS]} == users_in(
        json.loads(file.path.read_text(encoding="utf-8"))
    )
    assert file.rejected == []


@pytest.mark.real
def test_streams_of_twitter_ruby(real_data: Path) -> None:
    for name, count in (("track_streaming", 2), ("track_streaming_user", 1)):
        file = fixture(real_data, f"twitter_ruby/test/fixtures/{name}.json")
        assert READER.sniff(file) > 0.2
        assert (len(read(READER, file)[POSTS]), file.rejected) == (count, [])


@pytest.mark.real
def test_tweet_updates_of_2016(real_data: Path) -> None:
    """The change from 140 to 280 characters, in all its payloads: words are whole and retweets keep their original."""
    folder = real_data / "payload_fixtures/twitterdev_tweet_updates/samples"
    files = sorted(p for part in ("original", "initial") for p in (folder / part).rglob("*.json"))
    assert len(files) == 31
    for path in files:
        file = Source(path.name, path)
        assert READER.sniff(file) > 0.9
        rows = read(READER, file)[POSTS]
        # two of the samples hold a second tweet, one of them with a stray bracket between
        assert len(rows) == (2 if path.name in ("tweet.json", "compatibility_classic_13995.json") else 1)
        assert len(file.rejected) == (path.name == "compatibility_classic_13995.json")
        for row in rows:
            assert not row["text"].endswith("…")
            assert (row["retweet_of"] is not None) == path.name.startswith("retweet")
            assert row["quote_of"] is not None or not path.name.startswith("quote")
            assert row["reply_to"] is not None or not path.name.startswith("repl")


@pytest.mark.real
def test_original_format_examples(real_data: Path) -> None:
    folder = "twitterdev_tweet_parser/test/tweet_payload_examples"
    assert len(read(READER, fixture(real_data, f"{folder}/original_format_examples.json"))[POSTS]) == 25
    sample = f"{folder}/broken_and_unsupported_payloads/public_api_sample.json"
    assert len(read(READER, fixture(real_data, sample))[POSTS]) == 20
    rounded = f"{folder}/broken_and_unsupported_payloads/original_format_missing_field.json"
    assert read(READER, fixture(real_data, rounded))[POSTS][0]["id"] == "867468138991964160"


@pytest.mark.real
def test_handle_reuse_of_osome(real_data: Path) -> None:
    path = real_data / "osome_coordination/raw/CS1/tweets.json"
    found = read(READER, Source("tweets.json", path))
    assert len(found[POSTS]) == 11
    assert {a["name"] for a in found[ACCOUNTS] if a["id"] == "222222"} == {"kittie", "tiger", "super_dog"}


def twitwi(real_data: Path, name: str) -> Any:
    return json.loads((real_data / "payload_fixtures/twitwi/test/resources" / name).read_text(encoding="utf-8"))


@pytest.mark.real
def test_as_twitwi_normalises(real_data: Path, tmp_path: Path) -> None:
    """A peer's published right answers for nine payloads."""
    cases = twitwi(real_data, "normalization.json")
    assert len(cases) == 9
    for case in cases:
        (row,) = read(READER, source(tmp_path, json.dumps(case["source"])))[POSTS]
        peer = next(n for n in case["normalized"] if n["id"] == row["id"])
        assert (row["account"], row["name"], row["time"]) == (
            peer["user_id"],
            peer["user_screen_name"],
            peer["timestamp_utc"],
        )
        words, same = ([w for w in t.split() if "://" not in w] for t in (row["text"], peer["text"]))
        assert words[:12] == same[:12]
        assert [row[c] for c in ("retweet_of", "retweet_account", "retweet_name", "retweet_time")] == [
            peer[c] for c in ("retweeted_id", "retweeted_user_id", "retweeted_user", "retweeted_timestamp_utc")
        ]
        assert (row["reply_to"], row["reply_account"]) == (peer["to_tweetid"], peer["to_userid"])
        # the peer adds those of a quoted tweet, and the author of a retweeted one
        assert {h.lower() for h in row["hashtags"]} <= set(peer["hashtags"])
        assert set(row["mentions"]) <= set(peer["mentioned_ids"])
        if not row["retweet_of"]:
            assert (row["quote_of"], row["quote_account"]) == (peer["quoted_id"], peer["quoted_user_id"])
