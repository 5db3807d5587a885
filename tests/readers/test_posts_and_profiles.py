"""Tables of posts and of profiles, and the formats with columns of their own."""

from __future__ import annotations

import pytest
from reading import read

from graphnet.errors import InputError


def test_all_fields_of_posts(tmp_path):
    body = (
        "tweet_id,user_id,user_screen_name,created_at,full_text,lang,source,retweeted_status_id,retweeted_user_id,"
        "retweeted_user_screen_name,quoted_id,in_reply_to_status_id,in_reply_to_user_id,in_reply_to_screen_name,"
        "hashtags,user_mentions,urls,user_followers_count,user_created_at,user_verified\n"
        '1,9,@ann,2020-01-01 12:00,RT @bo: hi,en,"<a href=""http://x"" rel=""nofollow"">Web App</a>",5,8,bo,'
        "6,4,7,cy,\"['a', 'b']\",\"bo, 123\",http://x|http://y,12,Wed Jan 01 12:00:00 +0000 2014,TRUE\n"
    )
    got = read(tmp_path, body)
    assert got.reader == "posts_table"
    assert got.posts == [
        {
            "id": "1", "account": "9", "name": "ann", "time": 1577880000, "text": "RT @bo: hi", "lang": "en",
            "client": "Web App", "retweet_of": "5", "retweet_account": "8", "retweet_name": "bo", "quote_of": "6",
            "reply_to": "4", "reply_account": "7", "reply_name": "cy", "hashtags": ["a", "b"],
            "mentions": [None, "123"], "mention_names": ["bo", None], "links": ["http://x", "http://y"],
        }
    ]  # fmt: skip
    assert got.accounts == [{"id": "9", "name": "ann", "created": 1388577600, "followers": 12, "verified": True}]


def test_lists_that_have_no_column_are_left_to_the_text_and_empty_ones_are_empty(tmp_path):
    bare = read(tmp_path, "user,text\na,hi #x\n").posts[0]
    assert bare == {"account": "a", "text": "hi #x"}
    full = read(tmp_path, "user,text,hashtags\na,hi #x,\n").posts[0]
    assert full["hashtags"] == []


def test_lists_of_json_objects_are_left_to_the_text(tmp_path):
    body = 'user,text,hashtags,user_mentions\na,hi #x,"[{""text"": ""x""}]","[{""id"": 1}]"\nb,ho,y,z\n'
    assert read(tmp_path, body).posts == [
        {"account": "a", "text": "hi #x"},
        {"account": "b", "text": "ho", "hashtags": ["y"], "mentions": [None], "mention_names": ["z"]},
    ]


def test_posts_without_ids_and_text(tmp_path):
    got = read(tmp_path, "created,user,hashtags\n2020-05-27 15:36:34,Najdfreee,ترامب a\n2020-05-27 15:36:36,b,\n")
    assert got.posts == [
        {"account": "Najdfreee", "time": 1590593794, "hashtags": ["ترامب", "a"]},
        {"account": "b", "time": 1590593796, "hashtags": []},
    ]


def test_bad_rows_of_posts(tmp_path):
    body = "id,user,time,text,retweet_id\n,a,1,x,\n2,,1,x,\n3,a,soon,x,\n1.5e+18,a,1,x,\n5,a,,x,1.5e+18\n"
    got = read(tmp_path, body)
    assert got.posts == [{"id": "5", "account": "a", "text": "x"}]
    assert got.rejected == [
        (2, "no post id"),
        (3, "no author"),
        (4, 'the time "soon" is not understood'),
        (5, 'a spreadsheet rounded the id "1.5e+18"'),
    ]
    assert got.notes == {"retweet_id: a spreadsheet rounded the id; left out": 1}


def test_a_table_of_posts_without_author_says_what_to_map(tmp_path):
    with pytest.raises(
        InputError, match=r"column 'account' is not in in.csv \(it has: id, text\). Map it: --map account="
    ):
        read(tmp_path, "id,text\n1,x\n")
    got = read(tmp_path, "id,text,von\n1,x,a\n", columns={"account": "von"})
    assert got.posts[0]["account"] == "a"


def test_the_posts_own_addresses_are_no_links(tmp_path):
    rows = "".join(f"{900 + i},a,x,https://example.org/status/{900 + i}\n" for i in range(5))
    assert "links" not in read(tmp_path, "id,user,text,link\n" + rows).posts[0]
    shared = "".join(f"{900 + i},a,x,https://example.org/page\n" for i in range(5))
    assert read(tmp_path, "id,user,text,link\n" + shared).posts[0]["links"] == ["https://example.org/page"]


def test_text_is_kept_to_the_letter(tmp_path):
    text = "  \u202e</script>\u200b 1.5e+18 nan "
    assert read(tmp_path, f'user,text\na,"{text}"\nb,nan\n').posts == [
        {"account": "a", "text": text},
        {"account": "b", "text": "nan"},
    ]


def test_of_each_author_the_newest_state_is_kept_whatever_the_order(tmp_path):
    rows = [
        "a,x,2020-01-01,10,5",
        "a,y,2020-01-03,30,7",
        "a,z,2020-01-02,20,6",
        "b,x,2020-01-01,1,",
        "a,u,2020-01-04,,9",
    ]
    expected = [{"id": "a", "followers": 30, "posts": 9}, {"id": "b", "followers": 1}]
    for order in (rows, rows[::-1]):
        got = read(tmp_path, "user,text,time,followers,updates\n" + "\n".join(order) + "\n")
        assert sorted(got.accounts, key=lambda a: a["id"]) == expected


def test_profiles(tmp_path):
    body = (
        '"id","name","screen_name","statuses_count","followers_count","friends_count","created_at","url","verified",'
        '"default_profile_image","following","description"\n'
        '"80479674","Yi Yuan","yi_tw","29","19","255","Wed Oct 07 03:19:21 +0000 2009",NULL,,"1",,"real, estate"\n'
        '"3.6e+17","x","y","1","1","1","","","","",,""\n'
        '"7","x","y","absent","1.0","1","1183552203000L","","false","",,""\n'
        '"","x","y","1","1","1","soon","","","",,""\n'
    )
    got = read(tmp_path, body)
    assert got.reader == "profiles"
    assert got.accounts == [
        {
            "id": "80479674", "name": "yi_tw", "created": 1254885561, "followers": 19, "following": 255, "posts": 29,
            "default_image": True, "description": "real, estate",
        },
        {
            "id": "7", "name": "y", "created": 1183552203, "followers": 1, "following": 1, "verified": False,
            "description": "",
        },
    ]  # fmt: skip
    assert got.rejected == [(3, 'a spreadsheet rounded the id "3.6e+17"'), (5, "no account id")]
    assert got.notes == {"created_at: not understood; left out": 1}


def test_profiles_known_by_handle_only(tmp_path):
    got = read(tmp_path, "username,followers,following\nann,1,2\n,3,4\n")
    assert got.accounts == [{"name": "ann", "followers": 1, "following": 2}]
    assert got.rejected == [(3, "no account")]


CNT = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"


def test_coordination_network_toolkit(tmp_path):
    body = (
        "\ufeff" + CNT + '0,uid0,name0,rt0,,"Example, text",1606451159,""\n'
        "1,1,user_1,,0,camel,1606451170.518142,\"['http://example.com/4', 'http://example.com/6']\"\n"
        "2,,x,,,y,1606451165,\n3,a,x,,,y,soon,\n"
    )
    got = read(tmp_path, body)
    assert got.reader == "cnt"
    assert got.posts == [
        {
            "id": "0", "account": "uid0", "name": "name0", "time": 1606451159, "text": "Example, text",
            "retweet_of": "rt0", "links": [],
        },
        {
            "id": "1", "account": "1", "name": "user_1", "time": 1606451170, "text": "camel", "reply_to": "0",
            "links": ["http://example.com/4", "http://example.com/6"],
        },
        {"id": "2", "name": "x", "time": 1606451165, "text": "y", "links": []},
    ]  # fmt: skip
    assert got.rejected == [(5, 'the time "soon" is not understood')]


def test_coortweet_shares(tmp_path):
    header = "object_id,account_id,content_id,timestamp_share\n"
    body = header + "o1,a1,c1,1623881091.0\n,a1,c2,1623881095\no2,a2,c3,1623881096\n"
    got = read(tmp_path, body, "russian_retweets.csv")
    assert got.reader == "coortweet"
    assert got.edges[0] == {"source": "a1", "kind": "share", "object": "o1", "time": 1623881091, "post": "c1"}
    assert len(got.edges) == 2
    assert got.rejected == [(3, "neither a target nor an object")]
    assert {e["kind"] for e in read(tmp_path, body, options={"kind": "retweet"}).edges} == {"retweet"}


def test_coortweet_posts(tmp_path):
    body = (
        "account_id,post_id,url_id,hashtag_id,domain_id,phash_id,timestamp\n"
        "fb_1,10,23678,,3498,,1629589836.0\ntw_2,11,,,,,1629589835\ntw_3,12,,7,,9,1629589839\n,13,1,,,,1629589837\ntw_4,14,1,,,,x\n"
    )
    got = read(tmp_path, body)
    assert got.reader == "coortweet_posts"
    assert [(e["source"], e["kind"], e["object"], e["time"], e["post"]) for e in got.edges] == [
        ("fb_1", "link", "23678", 1629589836, "10"),
        ("tw_3", "hashtag", "7", 1629589839, "12"),
        ("fb_1", "domain", "3498", 1629589836, "10"),
        ("tw_3", "media", "9", 1629589839, "12"),
    ]
    assert got.rejected == [(5, "no source"), (6, 'the time "x" is not understood')]


LATER = (
    "tweetid,userid,user_display_name,user_screen_name,user_reported_location,user_profile_description,user_profile_url,"
    "follower_count,following_count,account_creation_date,account_language,tweet_language,tweet_text,tweet_time,"
    "tweet_client_name,in_reply_to_userid,in_reply_to_tweetid,quoted_tweet_tweetid,is_retweet,retweet_userid,"
    "retweet_tweetid,latitude,longitude,quote_count,reply_count,like_count,retweet_count,hashtags,urls,user_mentions\n"
)
OF_2018 = LATER.replace("in_reply_to_userid,in_reply_to_tweetid", "in_reply_to_tweetid,in_reply_to_userid").replace(
    "user_mentions\n", "user_mentions,poll_choices\n"
)
SHORT = LATER.replace(",hashtags,urls,user_mentions", "")
USERS = LATER[: LATER.index(",tweet_language")].removeprefix("tweetid,") + "\n"


def test_archive_of_2018(tmp_path):
    body = OF_2018 + (
        '"877919995476496385","2490","2490","2490","Moscow","Hi","","132","120","2013-12-07","ru","ru",'
        '"RT @ru: ""so""","2017-06-22 16:03","TweetDeck","5","6","","true","2572896396","877917212119416832","","",'
        '"0","0","0","0","[]","[http://ru-open.livejournal.com/374284.html]","[2572896396, f0a1+=]",""\n'
    )
    got = read(tmp_path, body)
    assert got.reader == "io_archive"
    assert got.posts == [
        {
            "id": "877919995476496385", "account": "2490", "time": 1498147380, "text": 'RT @ru: "so"', "lang": "ru",
            "client": "TweetDeck", "retweet_of": "877917212119416832", "retweet_account": "2572896396",
            "reply_to": "5", "reply_account": "6", "hashtags": [], "mentions": ["2572896396", "f0a1+="],
            "mention_names": [None, None], "links": ["http://ru-open.livejournal.com/374284.html"],
        }
    ]  # fmt: skip
    assert got.accounts == [
        {"id": "2490", "created": 1386374400, "followers": 132, "following": 120, "description": "Hi"}
    ]


def test_later_archives(tmp_path):
    body = LATER + (
        '1198490071219032064,r69=,r69=,Ann_1,Harare,,,3141,1670,2019-06-19,en,en,"@Iam Oh no( \nAnd you?",'
        "2019-11-24 06:34,Twitter Web App,98336677.0,1.198473762313818e+18,,False,,,absent,absent,0,1,0,0,"
        "\"['UN', 'X']\",['http://ow.ly/oDnGq'],\"['98336677', '726133273']\"\n"
        "3.65082069254156E+017,F,F,F,,,,1,1,2013-07-01,en,en,x,2013-08-07 12:08,web,"
        ",,,True,,,absent,absent,0,0,0,0,,,\n"
    )
    got = read(tmp_path, body)
    assert got.posts == [
        {
            "id": "1198490071219032064", "account": "r69=", "name": "Ann_1", "time": 1574577240,
            "text": "@Iam Oh no( \nAnd you?", "lang": "en", "client": "Twitter Web App", "reply_account": "98336677",
            "hashtags": ["UN", "X"], "mentions": ["98336677", "726133273"], "mention_names": [None, None],
            "links": ["http://ow.ly/oDnGq"],
        }
    ]  # fmt: skip
    assert got.rejected == [(4, 'a spreadsheet rounded the id "3.65082069254156E+017"')]
    assert got.notes == {"in_reply_to_tweetid: a spreadsheet rounded the id; left out": 1}


def test_archive_without_lists_and_archive_without_rows(tmp_path):
    row = "2,F,F,F,,,,1,1,2013-07-01,en,en,x #y,2013-08-07 12:08,web,,,,True,,,absent,absent,0,0,0,0\n"
    got = read(tmp_path, SHORT + row)
    assert got.reader == "io_archive"
    assert "hashtags" not in got.posts[0]
    empty = read(tmp_path, LATER)
    assert (empty.reader, empty.posts, empty.rejected) == ("io_archive", [], [])


def test_archive_users(tmp_path):
    got = read(tmp_path, USERS + '94c=,94c=,94c=,USA,"Pro, life",,1541,1676,2014-06-13,en\n,,,,,,1,1,2014-06-13,en\n')
    assert got.reader == "io_archive_users"
    assert got.accounts == [
        {"id": "94c=", "created": 1402617600, "followers": 1541, "following": 1676, "description": "Pro, life"}
    ]
    assert got.rejected == [(3, "no account id")]
