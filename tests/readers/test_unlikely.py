"""Times that cannot be meant are told from times that count from a start of their own."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from reading import read, read_source

from graphnet.readers import Source
from graphnet.readers._unlikely import EARLY

REAL = 1704103200  # 2024-01-01 10:00:00


def times(folder, values, kind="author"):
    body = f"{kind},time,text\n" + "".join(f"a{i},{v},x\n" for i, v in enumerate(values))
    return read(folder, body)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("0", "lies before 1990"),
        ("1970-01-01T00:00:00Z", "lies before 1990"),
        ("-5", "lies before 1990"),
        ("45292.5", "looks like a spreadsheet's day number: format the column as date and time, then export it"),
        ("45292", "looks like a spreadsheet's day number: format the column as date and time, then export it"),
        ("20240101", "would be seconds in 1970: write days as 2024-01-31"),
        ("2099-01-01", "lies after today"),
        ("4070908800", "lies after today"),
    ],
)
def test_among_real_times_it_is_left_out_with_the_reason(tmp_path, value, why):
    got = times(tmp_path, [REAL, value, f"{REAL}000", "2024-01-01T10:00:00Z"])
    assert [p["time"] for p in got.posts] == [REAL] * 3
    assert got.rejected == [(3, f'the time "{value}" {why}')]
    assert got.notes == {}


def test_seconds_from_a_start_of_their_own_are_kept_and_noted(tmp_path):
    got = times(tmp_path, [0, 30_000, 86_400, "soon"])
    assert [p["time"] for p in got.posts] == [0, 30_000, 86_400]
    assert got.rejected == [(5, 'the time "soon" is not understood')]
    assert got.notes == {f"time: {EARLY}": 3}


def test_a_column_of_spreadsheet_days_with_hours_is_none_of_seconds(tmp_path):
    got = times(tmp_path, [45292.5, 45293, 45293.25])
    assert got.posts == []
    assert len(got.rejected) == 3
    assert all("spreadsheet's day number" in why for _, why in got.rejected)
    assert len(times(tmp_path, [45292, 45293]).posts) == 2  # whole numbers may be seconds: kept and noted
    assert len(times(tmp_path, [5, 45292.5]).posts) == 2


def test_today_and_a_wrong_clock_are_no_future(tmp_path):
    now = int(time.time())
    got = times(tmp_path, [now, now + 86_400, now + 4 * 86_400])
    assert [p["time"] for p in got.posts] == [now, now + 86_400]
    assert [line for line, _ in got.rejected] == [4]


def test_typed_columns_are_judged_alike():
    made = pd.to_datetime(["2024-01-01", "1970-01-01", "2099-01-01"])
    got = read_source(Source("frame", data=pd.DataFrame({"author": list("abc"), "time": made, "text": "x"})))
    assert [p["account"] for p in got.posts] == ["a"]
    assert [why.split()[-2:] for _, why in got.rejected] == [["before", "1990"], ["after", "today"]]


def test_a_creation_date_that_cannot_be_meant_is_left_out_and_its_account_kept(tmp_path):
    body = "id,screen_name,created_at,followers_count\n1,a,2010-01-01,5\n2,b,0,5\n3,c,2099-01-01,5\n"
    got = read(tmp_path, body)
    assert [a.get("created") for a in got.accounts] == [1262304000, None, None]
    assert got.notes == {"created_at: before 1990 or after today; left out": 2}
