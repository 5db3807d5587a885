"""Lists and counts of followers out of files: orders, shapes, bad rows."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import pytest

import graphnet as gn
from graphnet.audits._lists import bounds, in_order, records
from graphnet.errors import InputError


def rows(n=400, seed=1):
    """Followers in the order in which they followed: made at random before that, ids long and close together."""
    rng = np.random.default_rng(seed)
    followed = pd.Timestamp("2020-01-01", tz="UTC") + pd.to_timedelta(np.sort(rng.integers(0, 500, n)), "D")
    made = followed - pd.to_timedelta((rng.exponential(300, n)).astype(int), "D")
    return pd.DataFrame(
        {
            "user_id": [str(1_400_000_000_000_000_001 + i) for i in range(n)],
            "screen_name": [f"u{i}" for i in range(n)],
            "created_at": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "statuses_count": rng.integers(0, 100, n),
            "friends_count": rng.integers(0, 100, n),
            "followers_count": rng.integers(0, 100, n),
            "description": ["" if i % 4 == 0 else "hello" for i in range(n)],
            "followed_at": followed.strftime("%Y-%m-%d"),
        }
    )


def only(question):
    (held,) = question.given.lists
    return held


def of(path, **settings):
    return only(gn.followers(path, **settings))


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("newest_first", [True, False])
def test_the_order_is_told(tmp_path, dated, newest_first):
    frame = rows() if dated else rows().drop(columns="followed_at")
    (frame[::-1] if newest_first else frame).to_csv(tmp_path / "a.csv", index=False)
    held = of(tmp_path / "a.csv")
    # of one day's followers any may stand first
    assert held.ids[:50].tolist() == rows()["user_id"][:50].tolist() or dated
    assert np.nanmedian(held.created[:100]) < np.nanmedian(held.created[-100:])
    told = "by follow date" if dated else ("newest first" if newest_first else "oldest first")
    assert held.order.startswith(told)


def test_an_order_that_cannot_be_told_is_asked_for(tmp_path):
    frame = rows().drop(columns="followed_at").sample(frac=1, random_state=1)
    frame.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match="--order newest or --order oldest"):
        of(tmp_path / "a.csv")
    held = of(tmp_path / "a.csv", order="newest")
    assert held.ids.tolist() == frame["user_id"].tolist()[::-1]
    assert held.order == "newest first in the file, as you said"
    with pytest.raises(InputError, match="--order"):
        frame.drop(columns="created_at").to_csv(tmp_path / "b.csv", index=False)
        of(tmp_path / "b.csv")


def test_every_shape_gives_the_same_list(tmp_path):
    frame = rows(60)
    frame.to_csv(tmp_path / "a.tsv", sep="\t", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    records_ = frame.to_dict("records")
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(r) for r in records_))
    (tmp_path / "a.json").write_text(json.dumps({"users": records_}))
    with gzip.open(tmp_path / "a.json.gz", "wt") as file:
        json.dump(records_, file)
    of_frame = of(frame)
    for name in ("a.tsv", "a.parquet", "a.jsonl", "a.json", "a.json.gz"):
        held = of(tmp_path / name)
        assert held.ids.tolist() == of_frame.ids.tolist(), name
        for field in ("created", "followed", "posts", "following", "followers", "described"):
            assert getattr(held, field).tolist() == getattr(of_frame, field).tolist(), (name, field)
        assert held.name == "a"
    assert of_frame.described.sum() == 45


def test_user_objects_of_the_second_api(tmp_path):
    users = [
        {
            "id": str(10**18 + i),
            "username": f"u{i}",
            "name": "Any Name",
            "created_at": f"2020-01-{i + 1:02d}T00:00:00.000Z",
            "public_metrics": {"followers_count": i, "following_count": 2 * i, "tweet_count": 3 * i},
            "profile_image_url": "https://abs.example/default_profile_normal.png"
            if i % 2
            else "https://x.example/a.png",
            "description": "",
        }
        for i in range(30)
    ]
    (tmp_path / "v2.json").write_text(json.dumps({"data": users, "meta": {"result_count": 30}}))
    held = of(tmp_path / "v2.json", order="oldest")
    assert held.names[3] == "u3"
    assert (held.followers[3], held.following[3], held.posts[3]) == (3, 6, 9)
    assert held.default_image.tolist() == [0.0, 1.0] * 15
    assert held.described.tolist() == [0.0] * 30


def test_bad_rows_are_counted_and_listed(tmp_path):
    frame = rows(40).astype(str)
    frame.loc[3, "user_id"] = "1.4e+18"
    frame.loc[5, "user_id"] = ""
    frame.loc[5, "screen_name"] = ""
    frame.loc[7, "created_at"] = "soon"
    frame.loc[9] = frame.loc[8]
    frame.loc[11, "statuses_count"] = "many"
    text = frame.to_csv(index=False) + "only,three,cells\n"
    (tmp_path / "a.csv").write_text(text)
    held = of(tmp_path / "a.csv")
    reasons = {line: reason for _, line, reason in held.rejected}
    # line 1 is the header; the account of line 5 is known by its handle still
    assert sorted(reasons) == [7, 11, 42]
    assert "again" in reasons[11]
    assert "3 columns instead of 8" in reasons[42]
    assert len(held) == 38
    assert "u3" in held.ids
    assert np.isnan(held.created).sum() == 1
    assert np.isnan(held.posts).sum() == 1
    assert any("created_at: not understood" in note for note in held.notes)
    found = gn.audit(None, gn.followers(tmp_path / "a.csv"))
    assert [r["line"] for r in found.tables["rejected"]] == [7, 11, 42]
    assert any(note.startswith("3 rows left out") for note in found.notes)


def test_one_file_with_the_followers_of_several(tmp_path):
    first, second = rows(50), rows(60, seed=2)
    first["of"], second["of"] = "alpha", "beta"
    pd.concat([first, second]).to_csv(tmp_path / "a.csv", index=False)
    held = gn.followers(tmp_path / "a.csv").given.lists
    # the same account may follow both
    assert [(x.name, len(x)) for x in held] == [("alpha", 50), ("beta", 60)]


def test_files_of_one_name_are_told_apart(tmp_path):
    (tmp_path / "x").mkdir()
    rows(50).to_csv(tmp_path / "a.csv", index=False)
    rows(50, seed=3).to_csv(tmp_path / "x" / "a.csv", index=False)
    held = gn.followers([tmp_path / "a.csv", tmp_path / "x" / "a.csv"]).given.lists
    assert [x.name for x in held] == ["a", "a (2)"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("colour,size\nred,3\n", "Map it: --map id=COLUMN"),
        ("user_id,created_at\n,2020-01-01\n", "no follower that can be used"),
        ("[]", "no account"),
    ],
)
def test_files_that_hold_no_followers(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        gn.followers(tmp_path / "a.csv")


def test_columns_of_other_names(tmp_path):
    rows(60).rename(columns={"followed_at": "joined the list"}).to_csv(tmp_path / "a.csv", index=False)
    assert of(tmp_path / "a.csv", columns={"followed": "joined the list"}).order == "by follow date"
    with pytest.raises(InputError, match=r"FIELD=COLUMN\) is called 'folowed'\. Did you mean 'followed'"):
        of(tmp_path / "a.csv", columns={"folowed": "joined the list"})
    with pytest.raises(InputError, match="column 'when' is not in"):
        of(tmp_path / "a.csv", columns={"followed": "when"})


def test_a_missing_file_and_a_strange_object(tmp_path):
    with pytest.raises(InputError, match="cannot open"):
        gn.followers(tmp_path / "none.csv")
    with pytest.raises(InputError, match="no file and no table"):
        gn.followers([7])


def test_dates_that_can_be_read_in_two_ways_are_asked_for(tmp_path):
    (tmp_path / "c.csv").write_text("date,followers\n" + "".join(f"0{i}/01/2021,{100 * i}\n" for i in range(2, 9)))
    with pytest.raises(InputError, match="no dated count"):
        gn.followers(counts=tmp_path / "c.csv")
    (series,) = gn.followers(counts=tmp_path / "c.csv", options={"dates": "dmy"}).given.counts
    assert np.diff(series.day).tolist() == [1] * 6


def test_counts(tmp_path):
    (tmp_path / "c.csv").write_text(
        "account,day,followers_count\nx,2021-01-01,10\nx,2021-01-02,\ny,2021-01-01,5\nx,never,3\nx,2021-01-03,-4\nx,2021-01-05,90\n"
    )
    found = {c.name: c for c in gn.followers(counts=tmp_path / "c.csv").given.counts}
    assert found["x"].followers.tolist() == [10, 90]
    assert found["y"].followers.tolist() == [5]
    assert [(line, reason) for _, line, reason in found["x"].rejected] == [
        (3, "no number of followers"),
        (5, 'the time "never" is not understood'),
        (6, "a number of followers below 0"),
    ]


def test_a_map_for_the_counts_alone(tmp_path):
    rows().rename(columns={"followed_at": "since"}).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "c.csv").write_text("since,w,n\n2020-01-01,2021-05-01,5\n2020-01-01,2021-05-02,9\n")
    files = (tmp_path / "a.csv", tmp_path / "c.csv")
    made = gn.followers(*files, columns={"followed": "since"}, counts_columns={"time": "w", "count": "n"})
    assert made.given.counts[0].followers.tolist() == [5, 9]
    assert not np.isnan(made.given.lists[0].followed).any()
    with pytest.raises(InputError, match=r"--counts-map FIELD=COLUMN\) is called 'followed'"):
        gn.followers(*files, counts_columns={"followed": "since"})


def test_all_fields_that_have_no_column_are_named_at_once(tmp_path):
    (tmp_path / "c.csv").write_text("x,y\n1,2\n")
    with pytest.raises(InputError, match=r"time and count .it has: x, y.*--map time=COLUMN --map count=COLUMN"):
        gn.followers(counts=tmp_path / "c.csv")


def test_nobody_follows_before_being_made():
    rng = np.random.default_rng(4)
    followed = np.sort(rng.uniform(1e9, 1.1e9, 300))
    made = followed - rng.exponential(1e6, 300)
    made[::7] = np.nan
    low, high = bounds(made, np.full(300, np.nan), 1.2e9)
    known = ~np.isnan(low)
    assert (low[known] <= followed[known]).all()
    assert (high >= followed).all()
    assert (np.diff(low[known]) >= 0).all()
    some = np.where(np.arange(300) % 10 == 0, followed, np.nan)
    tight_low, tight_high = bounds(made, some, 1.2e9)
    known = ~np.isnan(tight_low)
    assert (tight_low[known] <= followed[known] + 1e-6).all()
    assert (tight_high >= followed - 1e-6).all()
    assert (tight_high - np.nan_to_num(tight_low)).sum() < (high - np.nan_to_num(low)).sum()


def test_records_and_order_do_not_depend_on_unknown_dates():
    held = of(rows(300).drop(columns="followed_at"))
    assert records(held.created) > 3 * records(held.created[::-1])
    assert in_order(held, "oldest").ids.tolist() == held.ids.tolist()


@pytest.mark.real
def test_public_profiles(real_data):
    """Two sets of labelled profiles are read whole, and their composition differs as it should."""
    mib = real_data / "fake_followers_mib" / "raw" / "data"
    bought, genuine = (of(mib / f"{name}.csv", order="oldest") for name in ("fusers", "users"))
    assert (len(bought), len(genuine)) == (1337, 1481)
    assert not bought.rejected
    assert np.isnan(bought.created).sum() == np.isnan(genuine.created).sum() == 0
    assert 0.15 < 1 - bought.described.mean() < 0.25
    assert 1 - genuine.described.mean() < 0.03
    cresci = of(real_data / "cresci2017_profiles" / "raw" / "fake_followers.csv", order="oldest")
    assert len(cresci) == 3351
    assert 0.1 < (cresci.posts < 10).mean() < 0.25
