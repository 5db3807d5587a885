"""One plot of every kind, made up, and the same with hostile or missing data."""

from __future__ import annotations

import math
import random

from graphnet.plots import Area, Bars, Heat, Lines, Mark, Plot, Points, Series

DAY = 86_400
START = 1_504_224_000  # 1 September 2017
EVIL = "</title></desc><script>window.__ran=1</script>\u202egnp"
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def bars() -> Bars:
    """About 250 followers a day, and 3,200 on two days."""
    dice = random.Random(4)
    days = [START + i * DAY for i in range(111)]
    gained = [253 + dice.gauss(0, 30) for _ in days[1:]]
    gained[101:103] = [3_199, 3_240]
    return Bars(
        "Followers gained a day",
        "day (UTC)",
        "followers gained",
        "About 250 a day until 11 December, then about 3,200 on two days.",
        times=True,
        edges=tuple(days),
        heights=tuple(gained),
        standing_out=(101, 102),
        expected=(253.5,) * 110,
        marks=(Mark(days[101], "change point 11 Dec"), Mark(253.5, "baseline 253.5", "y")),
    )


def named() -> Bars:
    """Bars with long names, one of them Persian and unknown."""
    return Bars(
        "Composition of the newest 15,000",
        "sign",
        "share",
        "New accounts are more frequent than in the comparison set.",
        labels=("created in the year", "created in the last 40 days", "fewer than 10 posts", "کاربر ایران بدون تصویر"),
        heights=(0.588, 0.411, 0.346, math.nan),
        expected=(0.2, 0.05, 0.1, 0.1),
        standing_out=(0, 1),
    )


def week() -> Bars:
    """Upright bars with short names."""
    heights = (3, 5, 2, 8, 1, 0, 4)
    return Bars("By weekday", "weekday", "posts", "Most on Thursdays.", labels=WEEK, heights=heights, standing_out=(3,))


def lines() -> Lines:
    """Three lines, one with limits, one with a gap."""
    hours = tuple(START + i * 3_600 for i in range(72))
    waves = [50 + 30 * math.sin(i / 4) for i in range(72)]
    return Lines(
        "Volume by hour",
        "hour (UTC)",
        "posts",
        "Three waves in three days.",
        times=True,
        series=(
            Series("all", hours, tuple(waves), tuple(w - 10 for w in waves), tuple(w + 10 for w in waves)),
            Series("suspected", hours, tuple(math.nan if i in (30, 31) else w / 3 for i, w in enumerate(waves))),
            Series("من", hours[::4], tuple(float(i) for i in range(18))),
        ),
        marks=(Mark(hours[10], "burst starts"), Mark(hours[14], "burst ends"), Mark(72, "72 a day", "y")),
    )


def heat() -> Heat:
    """Hour by weekday, one cell unknown."""
    values = [[max(0, round(40 * math.sin((h - 4) / 6))) for h in range(24)] for _ in WEEK]
    cells = tuple(tuple(None if (d, h) == (2, 5) else v for h, v in enumerate(row)) for d, row in enumerate(values))
    columns = tuple(map(str, range(24)))
    return Heat("Hour by weekday", "hour", "weekday", "By day.", rows=WEEK, columns=columns, values=cells, unit="posts")


def points(n: int = 15_000) -> Points:
    """Followers in order by creation date, with a block of new accounts."""
    dice = random.Random(4)
    made = [START - abs(dice.gauss(0, 1)) * 900 * DAY for _ in range(n)]
    third = range(n // 3, n // 2)
    made = [START - dice.random() * 40 * DAY if i in third else at for i, at in enumerate(made)]
    return Points(
        "Order of followers by creation date",
        "place in the order of following",
        "created (UTC)",
        "A block of accounts made within 40 days.",
        at_x=tuple(range(n)),
        at_y=tuple(made),
        y_times=True,
        areas=(Area(third.start, third.stop, START - 40 * DAY, START, "made within 40 days"),),
        lines=(Series("running maximum", (0, n / 3, n), (START - 300 * DAY, START - 20 * DAY, START)),),
    )


def every() -> list[Plot]:
    """One of each kind."""
    return [bars(), named(), week(), lines(), heat(), points(), points(200)]


def hostile() -> list[Plot]:
    """Every text an attack, every figure that is none, axes of no length."""
    wrong = (math.nan, math.inf, -math.inf, 1e308, -3.0)
    labels = (EVIL, "\u202eabc", "الحقيقة", "x" * 1000, "")
    said = (EVIL, EVIL, EVIL, EVIL)
    marks = (Mark(math.nan, EVIL), Mark(1.0, EVIL), Mark(2.0, EVIL, "y"))
    odd = Series(EVIL, wrong, wrong, wrong, wrong)
    return [
        Bars(*said, labels=labels, heights=wrong, standing_out=(0, 4, 99, -1), expected=wrong, marks=marks),
        Bars(*said, edges=(0, 1, 2), heights=(1,), expected=(math.inf,), times=True),
        Bars(*said, edges=(1e30, 2e30), heights=(1,), times=True),
        Lines(*said, series=(odd, Series(EVIL, (5.0,), (7.0,))), marks=marks),
        Lines(*said, series=(Series(EVIL, (1e30, 0.0), (1.0, 2.0)),), times=True),
        Heat(*said, rows=labels, columns=labels, values=(wrong, (None, 1.0)), unit=EVIL),
        Points(
            *said, at_x=wrong, at_y=wrong, areas=(Area(math.nan, 1, 1, 1, EVIL), Area(3, 1, 2, 0, EVIL)), marks=marks
        ),
    ]


def empty() -> list[Plot]:
    """Nothing, or nothing that could be drawn."""
    said = ("Nothing", "x", "y", "Nothing is known.")
    return [
        Bars(*said, heights=()),
        Bars(*said, labels=("a", "b"), heights=(math.nan, math.inf)),
        Lines(*said, series=()),
        Lines(*said, series=(Series("a", (math.nan,), (1.0,)),)),
        Heat(*said, rows=(), columns=(), values=()),
        Heat(*said, rows=("a",), columns=("b",), values=((None,),)),
        Points(*said, at_x=(), at_y=()),
    ]
