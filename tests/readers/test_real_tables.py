"""Public data comes out with the numbers of rows that its makers state."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, field

import pyarrow.compute as pc
import pytest
from reading import surest

from graphnet import schema
from graphnet.readers import Source

pytestmark = pytest.mark.real


@dataclass
class Sum:
    reader: str
    rows: Counter = field(default_factory=Counter)
    kinds: Counter = field(default_factory=Counter)
    filled: Counter = field(default_factory=Counter)
    accounts: set = field(default_factory=set)
    source: Source | None = None

    @property
    def rejected(self):
        return len(self.source.rejected)


def read(path, **more):
    source = Source(name=str(path), path=path, **more)
    reader = surest(source)
    made = Sum(reader.name, source=source)
    for table, rows in reader.read(source):
        schema.check(table, rows)
        made.rows[table.name.removeprefix("raw_")] += rows.num_rows
        for name in rows.column_names:
            made.filled[name] += rows.num_rows - rows[name].null_count
        if table is schema.RAW_EDGES:
            made.kinds.update({v["values"]: v["counts"] for v in rows["kind"].value_counts().to_pylist()})
            made.accounts.update(pc.unique(rows["source"]).to_pylist(), pc.unique(rows["target"]).to_pylist())
        if table is schema.RAW_POSTS:
            made.accounts.update(pc.unique(pc.coalesce(rows["account"], rows["name"])).to_pylist())
    return made


@pytest.mark.parametrize(
    ("file", "kind", "edges", "accounts"),
    [
        ("higgs_mention_reply/raw/data/higgs-mention_network.edgelist", "mention", 150_818, 116_408),
        ("higgs_mention_reply/raw/data/higgs-reply_network.edgelist", "reply", 32_523, 38_918),
        ("gilani_ego_edges/mentions.parquet", "mention", 597_687, 501_816),
        ("gilani_ego_edges/likes.parquet", "like", 71_488, 59_752),
        ("gilani_ego_edges/follows.parquet", "follow", 14_308, 12_826),
        ("us2016_retweets/raw/data/retweets_smaller.csv", "retweet", 7_000, 6_563),
    ],
)
def test_edge_lists(real_data, file, kind, edges, accounts):
    got = read(real_data / file)
    assert got.kinds == {kind: edges}
    assert len(got.accounts) == accounts
    assert got.rejected == 0


def test_the_map_names_the_same_columns(real_data):
    file = real_data / "gilani_ego_edges/follows.parquet"
    assert read(file, columns={"source": "originating_id", "target": "receiving_id"}).kinds == {"follow": 14_308}


def test_an_account_called_nan_is_rejected_not_read(real_data):
    got = read(real_data / "us2016_retweets/raw/data/retweets_graph_minimized.csv")
    assert got.kinds == {"retweet": 4_832}
    assert got.source.rejected == [(2683, 'no source: the cell says "nan"')]
    assert got.source.notes == {"id: a spreadsheet rounded the id; left out": 4_832}


def test_follow_and_retweet_networks(real_data):
    files = sorted((real_data / "controversy_garimella").glob("*/*.txt"))
    assert files
    for file in files:
        got = read(file)
        with file.open("rb") as lines:
            assert sum(got.kinds.values()) + got.rejected == sum(1 for _ in lines)
        assert set(got.kinds) == {file.parent.name}
        assert got.filled["weight"] == sum(got.kinds.values())


def test_several_targets_in_a_cell(real_data):
    segments = [read(f) for f in sorted((real_data / "jackattack/retweets-segments").glob("*.csv"))]
    assert sum((s.kinds for s in segments), Counter()) == {"retweet": 417_563}
    # one more than is stated; Python's csv module counts as many
    assert len(set().union(*(s.accounts for s in segments))) == 192_348
    mentions = read(real_data / "jackattack/mentions.csv")
    assert mentions.kinds == {"mention": 189_604}
    assert len(mentions.accounts) == 41_029


def test_coortweet(real_data):
    shares = read(real_data / "coortweet/russian_coord_tweets.csv")
    assert (shares.reader, shares.kinds, shares.rejected) == ("coortweet", {"share": 35_125}, 0)
    posts = read(real_data / "coortweet/german_elections.csv")
    assert posts.reader == "coortweet_posts"
    assert posts.kinds == {"link": 50_785, "hashtag": 51_194, "domain": 73_214, "media": 20_068}
    assert posts.rejected == 0


@pytest.mark.parametrize(
    ("file", "reader", "posts", "authors"),
    [
        ("ira_troll_tweets/tweets.parquet", "posts_table", 790_671, None),
        ("mayweather_mcgregor_tweets/raw/mayweather-mcgregor/tweets.csv", "posts_table", 12_118, 11_037),
        ("jackattack/hashtags.csv", "posts_table", 62_550, 45_181),
        ("hebrew_conspiracy_rt/raw/data/retweets.csv", "posts_table", 1_036, 169),
        ("hebrew_conspiracy_rt/raw/data/tweets_with_id_and_labels.csv", "posts_table", 3_298, 829),
        ("qut_cnt/raw/examples/sample_data.csv", "cnt", 100, None),
        ("qut_cnt/raw/tests/data/coretweet_test_input.csv", "cnt", 15, None),
        ("io_ira_2018_format_sample/tweets.csv", "io_archive", 2, 2),
        ("payload_fixtures/twitwi/test/resources/tweet-export.csv", "posts_table", 4, None),
    ],
)
def test_posts(real_data, file, reader, posts, authors):
    got = read(real_data / file)
    assert (got.reader, got.rows["posts"], got.rejected) == (reader, posts, 0)
    assert authors in (None, len(got.accounts))
    assert got.filled["time"] == posts


def test_retweets_with_target_and_time(real_data):
    got = read(real_data / "hebrew_conspiracy_rt/raw/data/retweets.csv")
    assert got.filled["retweet_of"] == got.filled["retweet_account"] == got.filled["retweet_time"] == 1_036


def test_posts_with_compact_times(real_data, tmp_path):
    tweets = json.loads((real_data / "disinfo_domain_tweets/raw/tweets.json").read_text())
    with (tmp_path / "tweets.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, tweets[0])
        writer.writeheader()
        writer.writerows(tweets)
    got = read(tmp_path / "tweets.csv")
    assert (got.rows["posts"], len(got.accounts), got.rejected) == (2_908, 1_156, 0)
    assert got.filled["time"] == got.filled["links"] == 2_908


RNA = "io_rna_0621/raw"


@pytest.mark.parametrize(
    ("file", "posts", "rejected"),
    [
        ("memgraph/import-data/RNA_0621_tweets_csv_hashed_2019.csv", 4_609, 0),
        ("memgraph/import-data/tweets_csv_hashed_2019_reformatted.csv", 4_609, 0),
        ("memgraph/import-data/RNA_0621_tweets_csv_hashed_2018.csv", 13, 0),
        ("memgraph/import-data/RNA_0621_tweets_csv_hashed_2016.csv", 0, 0),
        ("memgraph/import-data/RNA_0621_tweets_csv_hashed_2015.csv", 1, 0),
        ("memgraph/import-data/RNA_0621_tweets_csv_hashed_2014.csv", 18, 0),
        ("memgraph/import-data/RNA_tweets_hashed_2012.csv", 3, 0),
        ("stream/RNA_0621_tweets_csv_hashed_2017.csv", 5, 0),
        ("stream/RNA_tweets_hashed_2013-2019.csv", 148, 18),
    ],
)
def test_archive(real_data, file, posts, rejected):
    got = read(real_data / RNA / file)
    assert (got.reader, got.rows["posts"], got.rejected) == ("io_archive", posts, rejected)
    assert all("a spreadsheet rounded the id" in reason for _, reason in got.source.rejected)


def test_rejected_lines_of_the_archive_are_where_the_rows_begin(real_data):
    file = real_data / RNA / "stream/RNA_tweets_hashed_2013-2019.csv"
    lines = file.read_text(encoding="utf-8").split("\n")
    got = read(file)
    assert all("E+017," in lines[line - 1][:25] for line, _ in got.source.rejected)


def test_archive_in_full(real_data):
    got = read(real_data / RNA / "memgraph/import-data/RNA_0621_tweets_csv_hashed_2019.csv")
    assert len(got.accounts) == got.rows["accounts"] == 24
    assert got.filled["retweet_account"] == 238
    notes = got.source.notes
    assert set(notes) <= {
        f"{c}: a spreadsheet rounded the id; left out"
        for c in (
            "retweet_tweetid",
            "in_reply_to_tweetid",
            "quoted_tweet_tweetid",
            "in_reply_to_userid",
            "retweet_userid",
        )
    }
    users = read(real_data / RNA / "memgraph/import-data/hashed_2021_12_RNA_0621_RNA_0621_users_csv_hashed.csv")
    assert (users.reader, users.rows["accounts"], users.rejected) == ("io_archive_users", 50, 0)


@pytest.mark.parametrize(
    ("file", "accounts"),
    [
        ("cresci2017_profiles/raw/genuine_users.csv", 3_474),
        ("cresci2017_profiles/raw/social_spambot_users_1.csv", 991),
        ("cresci2017_profiles/raw/social_spambot_users_2.csv", 3_457),
        ("cresci2017_profiles/raw/social_spambot_users_3.csv", 464),
        ("cresci2017_profiles/raw/spambots_1.csv", 1_000),
        ("cresci2017_profiles/raw/spambots_2.csv", 100),
        ("cresci2017_profiles/raw/spambots_3.csv", 403),
        ("cresci2017_profiles/raw/spambots_4.csv", 1_128),
        ("cresci2017_profiles/raw/fake_followers.csv", 3_351),
        ("fake_followers_mib/raw/data/users.csv", 1_481),
        ("fake_followers_mib/raw/data/fusers.csv", 1_337),
        ("io_ira_2018_format_sample/users.csv", 2),
        ("payload_fixtures/twitwi/test/resources/user-export.csv", 3),
    ],
)
def test_profiles(real_data, file, accounts):
    got = read(real_data / file)
    assert (got.rows["accounts"], got.rejected) == (accounts, 0)
    assert got.filled["created"] == got.filled["followers"] == got.filled["posts"] or "io_ira" in file
    assert got.source.notes == {}
