"""Times of all spellings become seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.readers._times import Times

NOON = 1577880000  # 2020-01-01 12:00:00


def parse(values, order=None, kind=None):
    column = pa.array(values, kind)
    times = Times(lambda: iter([column]), order)
    seconds, strange = times.parse(column)
    return seconds.to_pylist(), strange.tolist(), times


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1577880000", NOON),
        ("1577880000.0", NOON),
        ("1577880000.9", NOON),
        ("1.57788e9", NOON),
        ("1577880000123", NOON),
        ("1577880000123L", NOON),
        ("1577880000123456", NOON),
        ("1577880000123456789", NOON),
        ("0", 0),
        ("59", 59),
        ("-5", -5),
        ("2020-01-01T12:00:00Z", NOON),
        ("2020-01-01T12:00:00.999Z", NOON),
        ("2020-01-01T14:00:00+02:00", NOON),
        ("2020-01-01 14:00:00+0200", NOON),
        ("2020-01-01 09:00:00-03", NOON),
        ("2020-01-01T12", NOON),
        ("2020-01-01 12:00:00 UTC", NOON),
        ("2020-01-01 12:00:00", NOON),
        ("2020-01-01 12:00", NOON),
        ("2020-01-01 12:00:00.1234567", NOON),
        ("2020/01/01 12:00", NOON),
        ("  2020-01-01 12:00 ", NOON),
        ("2020-01-01", NOON - 43200),
        ("20200101120000", NOON),
        ("20200101T120000Z", NOON),
        ("Wed Jan 01 12:00:00 +0000 2020", NOON),
        ("Wed Jan 01 07:00:00 -0500 2020", NOON),
        ("Wed, 01 Jan 2020 12:00:00 GMT", NOON),
        ("1/1/2020 12:00", NOON),
        ("01.01.2020 12:00", NOON),
        ("1/1/2020 12:00 PM", NOON),
        ("1/1/2020 12:00 AM", NOON - 43200),
        ("31/12/2019 12:00", NOON - 86400),
        ("12/31/2019 12:00", NOON - 86400),
        ("12/31/19 12:00", NOON - 86400),
        ("2020-01-01 12:00 PM", NOON),
        ("2020-01-01T01:00:00 am", NOON - 11 * 3600),
    ],
)
def test_one_value(text, seconds):
    assert parse([text])[:2] == ([seconds], [False])


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2020-02-30",
        "2020-13-01 10:00",
        "2020-01-01 25:00",
        "20201341120000",
        "inf",
        "1e400",
        "13:00 PM",
        "2020-01-01 13:00 PM",
        "1/13/38",
    ],
)
def test_what_is_no_time_is_told(text):
    seconds, strange, times = parse([text])
    assert (seconds, strange) == ([None], [True])
    assert times.reason(text) == f'the time "{text}" is not understood'


@pytest.mark.parametrize("text", ["", " ", "nan", "NaT", "None", "NULL", None])
def test_no_time_is_not_a_strange_time(text):
    assert parse([text], kind=pa.string())[:2] == ([None], [False])


def test_spellings_may_be_mixed_in_any_order():
    values = ["2020-01-01 12:00", "1577880000", "Wed Jan 01 12:00:00 +0000 2020", "2020-01-01T12:00:00Z", "x", ""]
    for turned in (values, values[::-1]):
        seconds, strange, _ = parse(turned)
        assert sorted(zip(turned, seconds, strict=True)) == sorted(
            [(v, NOON if v not in ("x", "") else None) for v in values]
        )
        assert sum(strange) == 1


def test_one_day_above_twelve_decides_for_the_column():
    assert parse(["02/01/2020", "13/01/2020"])[0] == [NOON - 43200 + 86400, NOON - 43200 + 12 * 86400]
    assert parse(["01/02/2020", "01/13/2020"])[0] == [NOON - 43200 + 86400, NOON - 43200 + 12 * 86400]


def test_undecided_dates_are_not_guessed():
    seconds, strange, times = parse(["01/02/2020", "03/03/2020"])
    assert seconds == [None, 1583193600]
    assert strange == [True, False]
    assert times.reason("01/02/2020") == (
        'the time "01/02/2020" can be read day first or month first and no row tells: '
        "say --option dates=dmy or --option dates=mdy"
    )


def test_a_year_of_two_digits_needs_a_day_above_twelve_in_the_second_place_or_an_order():
    first = NOON - 43200
    assert parse(["1/2/20", "1/13/20"])[:2] == ([first + 86400, first + 12 * 86400], [False, False])
    # 13/1/20 could be the 20th of January 2013, and 1/1/20 the same of 2001
    for text in ("13/1/20", "1/1/20", "1/2/20"):
        seconds, strange, times = parse([text])
        assert (seconds, strange) == ([None], [True])
        assert "--option dates=dmy" in times.reason(text)
    assert parse(["13/1/20", "1/1/20"], "dmy")[0] == [first + 12 * 86400, first]
    assert parse(["1/1/20", "1/13/37"], "mdy")[0] == parse(["2020-01-01", "2037-01-13"])[0]


def test_one_slip_does_not_turn_a_column_of_days_into_seconds():
    days = ["20200101", "20200102", "20200199"]
    assert parse(days)[0] == [NOON - 43200, NOON + 43200, 20200199]
    assert parse(pa.array([int(d) for d in days]))[0] == [NOON - 43200, NOON + 43200, 20200199]


def test_a_column_that_contradicts_itself_is_not_guessed():
    assert parse(["13/01/2020", "01/13/2020", "01/02/2020"])[1] == [False, False, True]


@pytest.mark.parametrize(("order", "day"), [("dmy", "2020-02-01"), ("mdy", "2020-01-02")])
def test_the_user_may_say_the_order(order, day):
    assert parse(["01/02/2020"], order)[0] == parse([day])[0]


def test_the_whole_column_is_asked_not_the_piece():
    whole = pa.array(["01/02/2020", "01/13/2020"])
    seconds, strange = Times(lambda: iter([whole])).parse(whole.slice(0, 1))
    assert (seconds.to_pylist(), strange.tolist()) == (parse(["2020-01-02"])[0], [False])


def test_eight_digits_are_a_date_only_where_all_are():
    assert parse(["20200101", "20200102"])[0] == [NOON - 43200, NOON - 43200 + 86400]
    assert parse(["20200101", "20200199"])[0] == [20200101, 20200199]
    assert parse(["20200101", "7"])[0] == [20200101, 7]


@pytest.mark.parametrize(
    ("column", "seconds"),
    [
        (pa.array([NOON], pa.int64()), [NOON]),
        (pa.array([NOON * 1000, None], pa.int64()), [NOON, None]),
        (pa.array([NOON + 0.9, float("nan")], pa.float64()), [NOON, None]),
        (pa.array([datetime(2020, 1, 1, 12)], pa.timestamp("us")), [NOON]),
        (pa.array([datetime(2020, 1, 1, 12, tzinfo=UTC), None], pa.timestamp("ns", "Asia/Tehran")), [NOON, None]),
        (pa.array([datetime(1969, 12, 31, 23, 59, 59, 500_000)], pa.timestamp("us")), [-1]),
        (pa.array([datetime(2020, 1, 1).date()], pa.date32()), [NOON - 43200]),
        (pa.array(["2020-01-01 12:00"]).dictionary_encode(), [NOON]),
        (pa.array(["2020-01-01 12:00"], pa.large_string()), [NOON]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_typed_columns(column, seconds):
    got, strange = Times(lambda: iter([column])).parse(column)
    assert got.to_pylist() == seconds
    assert got.type == pa.int64()
    assert not strange.any()


@settings(deadline=None)
@given(st.lists(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)), min_size=1), st.sampled_from(
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%a %b %d %H:%M:%S +0000 %Y", "%a, %d %b %Y %H:%M:%S GMT",
     "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"]
))  # fmt: skip
def test_what_python_writes_is_read(moments, form):
    expected = [(m - datetime(1970, 1, 1)) // timedelta(seconds=1) for m in moments]
    assert parse([m.strftime(form) for m in moments])[0] == expected


def test_what_the_quick_way_reads_the_careful_one_reads_too():
    dates = ["2020-01-01", "2020-1-1", "0001-01-01", "9999-12-31", "2020-02-30", "20200101"]
    clocks = ["", "10", "10:11", "10:11:12", "10:11:12.5", "101112", "24:00", "10:11:60", "1:11"]
    zones = ["", "Z", "z", "+02:00", "+0200", "+02", " UTC", "+02:60", "-00:30"]
    values = [d + s + c + z for d, s, c, z in product(dates, ["T", " ", "  ", ""], clocks, zones)]
    # eight bare digits are for the whole column to decide
    values = [v for v in values if v.strip() != "20200101"]
    quick = [parse([v])[0][0] for v in values]
    # a stray value among them makes the quick way fail for all
    assert parse(["soon", *values])[0] == [None, *quick]
    assert sum(q is not None for q in quick) > 100


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_no_text_is_a_crash(values):
    seconds, strange, _ = parse(values, kind=pa.string())
    assert len(seconds) == len(strange) == len(values)
    assert not any(s is not None and odd for s, odd in zip(seconds, strange, strict=True))


@settings(deadline=None)
@given(st.lists(st.from_regex(r"\A[0-9TZ:/. +-]{1,25}\Z"), min_size=1, max_size=5))
def test_a_value_is_read_the_same_alone_and_among_others(values):
    together = parse(values, "dmy")[0]
    eight = any(len(v.strip()) == 8 for v in values)
    assert eight or together == [parse([v], "dmy")[0][0] for v in values]


def test_many_values_are_read_at_once():
    values = [f"2020-01-01 {h:02}:{m:02}" for h in range(24) for m in range(60)]
    assert np.diff(parse(values)[0]).tolist() == [60] * (len(values) - 1)
