"""Twitter API v2: every field from small payloads, and the public fixtures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from json_files import ACCOUNTS, POSTS, read, source

from graphnet.errors import FormatError, InputError
from graphnet.kernels.text import mentions
from graphnet.readers import Source
from graphnet.readers.twitter_v2 import TwitterV2

READER = TwitterV2()
AMY = {
    "id": "11",
    "username": "amy",
    "name": "Amy",
    "created_at": "2008-08-27T13:08:45.000Z",
    "public_metrics": {"followers_count": 5, "following_count": 6, "tweet_count": 7, "listed_count": 8},
    "verified": True,
    "profile_image_url": "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png",
    "description": "hello 👋",
    "protected": False,
}
BOB = {**AMY, "id": "22", "username": "Bob", "protected": True, "profile_image_url": "https://pbs.twimg.com/x.png"}
CAT = {**AMY, "id": "33", "username": "cat"}


def tweet(id_: str, author: str = "11", **more: Any) -> dict[str, Any]:
    made = {"id": id_, "author_id": author, "created_at": "2022-07-28T16:10:07.000Z", "text": "words", "lang": "en"}
    return {**made, "source": "Twitter Web App", **more}


def refer(kind: str, id_: str = "1") -> dict[str, Any]:
    return {"referenced_tweets": [{"type": kind, "id": id_}]}


def page(*data: Any, users: Any = (AMY, BOB, CAT), tweets: Any = (), **more: Any) -> dict[str, Any]:
    return {"data": list(data), "includes": {"users": list(users), "tweets": list(tweets)}, "meta": {}, **more}


def posts(folder: Path, *values: Any) -> list[dict[str, Any]]:
    return read(READER, source(folder, "\n".join(map(json.dumps, values))))[POSTS]


def said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, [])}


PLAIN = {
    "id": "1",
    "account": "11",
    "name": "amy",
    "time": 1659024607,
    "text": "words",
    "lang": "en",
    "client": "Twitter Web App",
}


def test_a_plain_tweet_in_every_layout(tmp_path: Path) -> None:
    layouts = [
        page(tweet("1"), __twarc={"version": "2.3.0"}),
        {"data": tweet("1"), "includes": {"users": [AMY]}},
        tweet("1", author=AMY) | {"author_id": "11", "author": AMY},
        [page(tweet("1"))],
    ]
    for layout in layouts:
        file = source(tmp_path, json.dumps(layout))
        assert READER.sniff(file) > 0.9
        (row,) = read(READER, file)[POSTS]
        assert said(row) == PLAIN


def test_accounts(tmp_path: Path) -> None:
    rows = read(READER, source(tmp_path, json.dumps(page(tweet("1"), users=[AMY, BOB]))))[ACCOUNTS]
    assert rows[0] == {
        "id": "11",
        "name": "amy",
        "created": 1219842525,
        "followers": 5,
        "following": 6,
        "posts": 7,
        "verified": True,
        "default_image": True,
        "description": "hello 👋",
        "status": "active",
    }
    assert (rows[1]["default_image"], rows[1]["status"]) == (False, "protected")


ENTITIES = {
    "hashtags": [{"start": 0, "end": 4, "tag": "One"}, {"start": 5, "end": 9, "tag": "two"}],
    "mentions": [{"start": 10, "end": 14, "username": "cat", "id": "33"}, {"start": 20, "end": 24, "username": "dan"}],
    "urls": [
        {"expanded_url": "http://sho.rt/1", "unwound_url": "http://a.org/?q=1", "status": 200},
        {"expanded_url": "http://sho.rt/2", "unwound_url": "http://consent.org", "status": 403},
        {"expanded_url": "https://twitter.com/amy/status/9/photo/1", "display_url": "pic.twitter.com/z"},
        {"expanded_url": "https://twitter.com/Bob/status/77", "display_url": "twitter.com/Bob"},
        {"url": "https://t.co/y"},
    ],
}


def test_entities(tmp_path: Path) -> None:
    made = tweet("1", entities=ENTITIES, attachments={"media_keys": ["3_99", "13_100"]}, text="R&amp;B &lt;3")
    (row,) = posts(tmp_path, page(made))
    assert row["text"] == "R&B <3"
    assert row["hashtags"] == ["One", "two"]
    assert (row["mentions"], row["mention_names"]) == (["33", None], ["cat", "dan"])
    assert row["links"] == [
        "http://a.org/?q=1",
        "http://sho.rt/2",
        "https://twitter.com/Bob/status/77",
        "https://t.co/y",
    ]
    assert row["media"] == ["99", "100"]


def test_long_posts(tmp_path: Path) -> None:
    long = {"text": "all of it #One", "entities": {"hashtags": [{"tag": "One"}]}}
    (row,) = posts(tmp_path, page(tweet("1", text="all…", entities={"hashtags": []}, note_tweet=long)))
    assert (row["text"], row["hashtags"]) == ("all of it #One", ["One"])


def test_older_mentions_have_no_id(tmp_path: Path) -> None:
    entities = {"mentions": [{"start": 0, "end": 4, "username": "CAT"}, {"start": 5, "end": 9, "username": "eve"}]}
    (row,) = posts(tmp_path, page(tweet("1", entities=entities)))
    assert (row["mentions"], row["mention_names"]) == (["33", None], ["CAT", "eve"])


def test_without_entities_the_text_is_asked_later(tmp_path: Path) -> None:
    (row,) = posts(tmp_path, page(tweet("1")))
    assert row["hashtags"] is row["mentions"] is row["links"] is None


CUT = {"mentions": [{"start": 3, "end": 7, "username": "Bob", "id": "22"}], "hashtags": []}


def test_a_retweet(tmp_path: Path) -> None:
    original = tweet("1", "22", text="all #One", entities=ENTITIES, created_at="2022-07-28T16:00:00.000Z")
    retweet = tweet("2", text="RT @Bob: all #O…", entities=CUT, **refer("retweeted"))
    flattened = {**retweet, "author": AMY, "referenced_tweets": [{"type": "retweeted", **original, "author": BOB}]}
    for layout in (page(retweet, tweets=[original]), page(retweet, original), flattened):
        row = posts(tmp_path, layout)[0]
        assert [row[c] for c in ("retweet_of", "retweet_account", "retweet_name")] == ["1", "22", "Bob"]
        assert row["time"] - row["retweet_time"] == 607
        assert row["text"] == "RT @Bob: all #One"
        assert (row["hashtags"], row["mention_names"]) == (["One", "two"], ["cat", "dan"])


def test_a_retweet_of_a_tweet_that_is_gone(tmp_path: Path) -> None:
    """What is not in the page is null, except for the author, who is named in the words."""
    retweet = tweet(
        "2", text="RT @Bob: all #O… @cat", entities={**CUT, "hashtags": [{"tag": "O"}]}, **refer("retweeted")
    )
    retweet["entities"]["mentions"] = [*CUT["mentions"], {"start": 18, "end": 22, "username": "cat", "id": "33"}]
    (row,) = posts(tmp_path, page(retweet, users=[AMY], errors=[{"resource_id": "1"}]))
    assert [row[c] for c in ("retweet_of", "retweet_account", "retweet_name", "retweet_time")] == [
        "1",
        "22",
        "Bob",
        None,
    ]
    assert (row["text"], row["mention_names"]) == ("RT @Bob: all #O… @cat", ["cat"])
    (bare,) = posts(tmp_path, {"data": [tweet("2", **refer("retweeted"))]})
    assert [bare[c] for c in ("retweet_of", "retweet_account", "retweet_name")] == ["1", None, None]


def test_a_retweet_whose_author_is_unknown(tmp_path: Path) -> None:
    original, retweet = tweet("1", "99", text="all of it"), tweet("2", text="RT @zoe: all…", **refer("retweeted"))
    row = posts(tmp_path, page(retweet, tweets=[original]))[0]
    assert (row["retweet_account"], row["retweet_name"], row["text"]) == ("99", None, "all of it")


def test_a_quote(tmp_path: Path) -> None:
    links = {"urls": [{"expanded_url": "https://twitter.com/Bob/status/1"}, {"expanded_url": "http://a.org"}]}
    quote = tweet("2", entities=links, **refer("quoted"))
    (row,) = posts(tmp_path, page(quote, tweets=[tweet("1", "22")]))
    assert [row[c] for c in ("quote_of", "quote_account", "quote_name", "quote_time")] == ["1", "22", "Bob", 1659024607]
    assert row["links"] == ["http://a.org"]
    (bare,) = posts(tmp_path, page(quote))
    assert [bare[c] for c in ("quote_of", "quote_account", "quote_name", "quote_time")] == ["1", None, None, None]


def test_a_retweet_of_a_quote_is_a_retweet_only(tmp_path: Path) -> None:
    quote = tweet("2", "22", **refer("quoted"))
    row = posts(tmp_path, page(tweet("3", **refer("retweeted", "2")), tweets=[quote, tweet("1", "33")]))[0]
    assert (row["retweet_of"], row["quote_of"]) == ("2", None)


def test_a_reply(tmp_path: Path) -> None:
    reply = tweet("2", in_reply_to_user_id="22", **refer("replied_to"))
    (row,) = posts(tmp_path, page(reply, tweets=[tweet("1", "22")]))
    assert [row[c] for c in ("reply_to", "reply_account", "reply_name")] == ["1", "22", "Bob"]
    entities = {"mentions": [{"start": 0, "username": "dan", "id": "44"}]}
    (gone,) = posts(tmp_path, page({**reply, "in_reply_to_user_id": "44", "entities": entities}))
    assert [gone[c] for c in ("reply_to", "reply_account", "reply_name")] == ["1", "44", "dan"]
    (someone,) = posts(tmp_path, page(tweet("2", in_reply_to_user_id="22")))
    assert [someone[c] for c in ("reply_to", "reply_account", "reply_name")] == [None, "22", "Bob"]


def test_reply_and_quote_at_once(tmp_path: Path) -> None:
    both = tweet("3", referenced_tweets=[{"type": "quoted", "id": "1"}, {"type": "replied_to", "id": "2"}])
    (row,) = posts(tmp_path, page(both, tweets=[tweet("1", "22"), tweet("2", "33")]))
    assert [row[c] for c in ("quote_of", "quote_name", "reply_to", "reply_name")] == ["1", "Bob", "2", "cat"]


def test_split_files(tmp_path: Path) -> None:
    """What academictwitteR writes: tweets in one file, users and referenced tweets in another beside it."""
    retweet, original = tweet("2", text="RT @Bob: a…", **refer("retweeted")), tweet("1", "22", text="all")
    users = source(tmp_path, json.dumps({"users": [AMY, BOB], "tweets": [original]}), "users_7.json")
    data = source(tmp_path, json.dumps([tweet("1"), retweet]), "data_7.json")
    assert min(READER.sniff(users), READER.sniff(data)) > 0.9
    assert [a["name"] for a in read(READER, users)[ACCOUNTS]] == ["amy", "Bob"]
    assert read(READER, users)[POSTS] == []
    rows = read(READER, data)[POSTS]
    assert said(rows[0]) == PLAIN
    assert (rows[1]["retweet_name"], rows[1]["text"]) == ("Bob", "RT @Bob: all")
    alone = source(tmp_path, json.dumps([tweet("1"), retweet]), "data_8.json")
    assert [r["name"] for r in read(READER, alone)[POSTS]] == [None, None]


def test_errors_are_counted(tmp_path: Path) -> None:
    file = source(tmp_path, json.dumps(page(tweet("1"), errors=[{"title": "Not Found"}] * 3)) + '\n{"errors": [{}]}')
    assert len(read(READER, file)[POSTS]) == 1
    assert file.rejected == []
    assert list(file.notes.values()) == [4]


def test_an_empty_page_is_no_fault(tmp_path: Path) -> None:
    file = source(tmp_path, '{"meta": {"result_count": 0}}\n{"data": [], "meta": {}}')
    assert (read(READER, file), file.rejected) == ({POSTS: [], ACCOUNTS: []}, [])


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"id": "1", "text": "x"}, "the tweet has no author_id (a field that has to be asked of the API"),
        (tweet("1", created_at="noon"), '"noon" is not a time'),
        (tweet("1", referenced_tweets=[{"id": "1"}]), "a field is missing or of an unexpected form: KeyError 'type'"),
        (tweet("1", referenced_tweets="x"), "a field is missing or of an unexpected form"),
        (tweet("1", entities=["x"]), "a field is missing or of an unexpected form"),
        (tweet("1", text=5), "a field is missing or of an unexpected form"),
        (tweet("1", author_id=1.5e18), "the id 1.5e+18 is a decimal number"),
        ({"end": "x", "tweet_count": 5}, "neither a tweet nor a user but an object with end, tweet_count"),
        (7, "neither a tweet nor a user but a number"),
    ],
)
def test_damaged_tweets_are_rejected_with_a_reason(record: Any, reason: str, tmp_path: Path) -> None:
    file = source(tmp_path, json.dumps(page(record, tweet("2"))))
    assert [r["id"] for r in read(READER, file)[POSTS]] == ["2"]
    ((line, why),) = file.rejected
    assert line == 1
    assert reason in why


@pytest.mark.parametrize(
    "broken",
    [
        {"data": [tweet("1")], "includes": [1]},
        {"data": [tweet("1")], "includes": {"users": [{"id": [], "username": "x"}]}},
        {"data": [tweet("1")], "errors": 5},
    ],
)
def test_damaged_pages_are_rejected(broken: Any, tmp_path: Path) -> None:
    file = source(tmp_path, json.dumps(broken) + "\n" + json.dumps(page(tweet("2"))))
    assert READER.sniff(file) > 0.9
    assert [r["id"] for r in read(READER, file)[POSTS]] == ["2"]
    assert [line for line, _ in file.rejected] == [1]


def test_files_without_tweets(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="holds no tweets or users of Twitter API v2; line 1: neither"):
        read(READER, source(tmp_path, '{"data": [{"id": "1", "member_count": 3}]}'))
    with pytest.raises(InputError, match="is empty"):
        read(READER, source(tmp_path, ""))


def test_other_formats_are_left_to_others(tmp_path: Path) -> None:
    v1 = {"id": 1, "text": "x", "user": {"id": 2, "screen_name": "amy"}}
    scraped = {"data": {"user": {"result": {"rest_id": "1"}}}}
    for content in (json.dumps(v1), json.dumps(scraped), '{"id": 1, "text": "x"}', "a,b\n"):
        assert READER.sniff(source(tmp_path, content)) < 0.1


# Public data ---------------------------------------------------------------------------------------------------------


def fixture(real_data: Path, path: str) -> Source:
    file = real_data / "payload_fixtures" / path
    return Source(file.name, file)


PAGES = {"2sets": 200, "brexit": 100, "kpop": 100, "entities_test": 474, "flat": 100, "noflat": 100, "withheld": 215}
PAGES |= {"media_policy_violation_off": 100, "media_policy_violation_on": 100, "geo_tweets": 2, "two_tweets": 1}
PAGES |= dict.fromkeys(("cashtags", "cotweet", "edited", "edited_after", "edited_before", "quoted_edit"), 1)
PAGES |= dict.fromkeys(("many_urls", "media_tweet", "mentions_tweet", "verified_type"), 1)


@pytest.mark.real
@pytest.mark.parametrize("name", PAGES)
def test_twarc_csv(name: str, real_data: Path) -> None:
    file = fixture(real_data, f"twarc_csv/test-data/{name}.jsonl")
    assert READER.sniff(file) > 0.9
    rows = read(READER, file)[POSTS]
    assert len(rows) == PAGES[name]
    assert all(r["account"] and r["time"] for r in rows)
    assert sum(r["name"] is None for r in rows) == (6 if name == "withheld" else 0)  # of accounts that are withheld
    assert name != "kpop" or sum(r["retweet_of"] is not None for r in rows) == 78
    assert file.rejected == []


@pytest.mark.real
def test_twarc_csv_without_tweets(real_data: Path) -> None:
    users = fixture(real_data, "twarc_csv/test-data/users.jsonl")
    found = read(READER, users)
    assert (len(found[POSTS]), len(found[ACCOUNTS])) == (0, 91)
    for name in ("counts", "lists", "tweets_compliance", "users_compliance"):
        with pytest.raises(FormatError, match="holds no tweets or users"):
            read(READER, fixture(real_data, f"twarc_csv/test-data/{name}.jsonl"))
    with pytest.raises(InputError, match=r"empty.json is empty"):
        read(READER, fixture(real_data, "twarc_csv/test-data/empty.json"))


@pytest.mark.real
def test_twarc_csv_broken_stream(real_data: Path) -> None:
    file = fixture(real_data, "twarc_csv/test-data/streaming_output_with_error.jsonl")
    assert len(read(READER, file)[POSTS]) == 7
    ((line, reason),) = file.rejected
    assert (line, reason.startswith("broken JSON")) == (8, True)


@pytest.mark.real
def test_flat_and_paged_files_say_the_same(real_data: Path) -> None:
    """`flat` holds the flattened tweets of `noflat`."""
    flat, paged = (
        {r["id"]: r for r in read(READER, fixture(real_data, f"twarc_csv/test-data/{name}.jsonl"))[POSTS]}
        for name in ("flat", "noflat")
    )
    assert flat.keys() == paged.keys()
    assert [i for i in flat if flat[i] != paged[i]] == []


@pytest.mark.real
def test_twarc_hashtags(real_data: Path) -> None:
    rows = read(READER, fixture(real_data, "twarc_hashtags/test-data/tweets1.jsonl"))[POSTS]
    assert (len(rows), sum(r["retweet_of"] is not None for r in rows)) == (300, 242)


KINDS = ("retweet", "quote", "reply")


def user_graph(rows: list[dict[str, Any]], mentioned: Any) -> tuple[int, int]:
    """Accounts and ties of the graph of who retweets, quotes, answers and mentions whom, as twarc-network counts.

    An answer counts where the platform names the tweet that is answered; a loop counts as a tie.
    """
    parents = (("retweet", "retweet_of"), ("quote", "quote_of"), ("reply", "reply_to"))
    ties = {
        (r["account"], r[f"{kind}_account"]) for r in rows for kind, of in parents if r[of] and r[f"{kind}_account"]
    }
    ties |= {(r["account"], other) for r in rows for other in mentioned(r)}
    return len({account for tie in ties for account in tie}), len(ties)


def shown_mentions(row: dict[str, Any]) -> list[str]:
    """Mentions in what the platform shows of a retweet: its first 140 characters, & and < counted as HTML."""
    pairs = list(zip(row["mentions"] or (), row["mention_names"] or (), strict=True))
    written = row["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if row["retweet_of"] and len(written) > 140:
        shown = {name.lower() for name in mentions(written[:139] + " ")}
        pairs = [(id_, name) for id_, name in pairs if name.lower() in shown]
    return [id_ for id_, _ in pairs]


@pytest.mark.real
def test_user_graph_of_twarc_network(real_data: Path) -> None:
    rows = read(READER, fixture(real_data, "twarc_network/test-data/tweets.jsonl"))[POSTS]
    assert (len(rows), sum(r["retweet_of"] is not None for r in rows)) == (500, 367)
    assert user_graph(rows, lambda row: ()) == (484, 391)
    assert user_graph(rows, shown_mentions) == (656, 618)
    # the peer sees of a retweet only the mentions in its cut text; here they are those of the whole words
    assert user_graph(rows, lambda row: row["mentions"] or ()) == (698, 692)


@pytest.mark.real
def test_tweet_graph_of_twarc_network(real_data: Path) -> None:
    rows = read(READER, fixture(real_data, "twarc_network/test-data/tweets.jsonl"))[POSTS]
    ties = {(r["id"], r[of]) for r in rows for of in ("retweet_of", "quote_of", "reply_to") if r[of]}
    assert len({post for tie in ties for post in tie}) == 613


@pytest.mark.real
def test_academictwitter(real_data: Path) -> None:
    folder = real_data / "payload_fixtures/academictwitter_v2"
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.rglob("data_*.json")):
        file = Source(path.name, path)
        assert READER.sniff(file) > 0.9
        rows += read(READER, file)[POSTS]
        assert file.rejected == []
    assert len(rows) == 9155
    assert len({r["account"] for r in rows}) == 2763
    assert sum(r["retweet_of"] is not None for r in rows) == 2531
    # every name and every retweeted author is found in the file beside
    assert all(r["name"] for r in rows)
    assert all(r["retweet_account"] for r in rows if r["retweet_of"])
    assert min(r["time"] for r in rows) == 1579653358


@pytest.mark.real
@pytest.mark.parametrize("normalised", ["normalized-tweets-v2-all", "normalized-tweets-v2"])
def test_as_twitwi_normalises(normalised: str, real_data: Path) -> None:
    """A peer's published right answers."""
    folder = real_data / "payload_fixtures/twitwi/test/resources"
    peers = {n["id"]: n for n in json.loads((folder / f"{normalised}.json").read_text(encoding="utf-8"))}
    rows = read(READER, Source("payload-v2", folder / "payload-v2.json"))[POSTS]
    assert rows
    for row in rows:
        peer = peers[row["id"]]
        assert (row["account"], row["name"], row["time"]) == (
            peer["user_id"],
            peer["user_screen_name"],
            peer["timestamp_utc"],
        )
        if peer.get("retweeted_id") or row["retweet_of"]:
            assert (row["retweet_of"], row["retweet_account"]) == (peer["retweeted_id"], peer["retweeted_user_id"])
        else:
            assert (row["quote_of"], row["reply_to"]) == (peer.get("quoted_id"), peer.get("to_tweetid"))
