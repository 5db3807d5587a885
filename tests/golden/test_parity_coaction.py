"""Numbers of coordination-network-toolkit and CooRTweet, reproduced by the kernel on their own data.

The toolkit counts posts in both directions: ``count="posts", directed=True`` gives its numbers as they are.

CooRTweet counts pairs of rows: ``count="rows"``. Its ``min_participation`` asks more than ours. Both leave out accounts
with fewer rows. CooRTweet then also drops a pair unless one of the two accounts has so many rows *that matched
somebody's*; `coortweet` below does that on top of the kernel's pairs, and both numbers are asserted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphnet.kernels.coaction import Found, co_action

pytestmark = pytest.mark.real
Pairs = dict[tuple[str, str], int]


def numbers(column: pd.Series[Any]) -> tuple[Any, Any]:
    return pd.factorize(column, sort=True)


def named(found: Found, names: Any) -> Pairs:
    return {(names[a], names[b]): int(n) for a, b, n in zip(found.source, found.target, found.shared, strict=True)}


def nodes(pairs: Pairs) -> set[str]:
    return {name for pair in pairs for name in pair}


# coordination-network-toolkit ----------------------------------------------------------------------------------------


def toolkit(real_data: Path, window: int, least: int, loops: bool) -> Pairs:
    file = real_data / "qut_cnt" / "raw" / "tests" / "data" / "coretweet_test_input.csv"
    rows = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    account, names = numbers(rows["user_id"])
    times = rows["timestamp"].astype("int64").to_numpy()
    thing, post = numbers(rows["repost_id"])[0], numbers(rows["message_id"])[0]
    options: dict[str, Any] = {"count": "posts", "directed": True, "loops": loops}
    return named(co_action(account, thing, times, post, window=window, min_shared=least, **options), names)


@pytest.mark.parametrize(
    ("window", "least", "loops", "size"),
    [(1, 1, False, 2), (1, 1, True, 3), (1, 2, False, 0), (1, 2, True, 1), (60, 1, False, 6), (60, 1, True, 7)],
)
def test_accounts_of_the_toolkits_co_retweet_graph(
    real_data: Path, window: int, least: int, loops: bool, size: int
) -> None:
    assert len(nodes(toolkit(real_data, window, least, loops))) == size


def test_weights_of_the_toolkits_co_retweet_graph(real_data: Path) -> None:
    found = toolkit(real_data, 60, 1, False)
    assert found == {
        ("uid0", "uid1"): 2, ("uid1", "uid0"): 1, ("uid2", "uid3"): 1, ("uid3", "uid2"): 1,
        ("uid4", "uid5"): 2, ("uid5", "uid4"): 2,
    }  # fmt: skip


# CooRTweet -----------------------------------------------------------------------------------------------------------


def russian(real_data: Path) -> pd.DataFrame:
    rows = pd.read_csv(real_data / "coortweet" / "russian_coord_tweets.csv", dtype=str)
    rows = rows.rename(columns={"account_id": "account", "object_id": "object", "content_id": "post"})
    return rows.assign(time=rows["timestamp_share"].astype(float).astype("int64"))


def german(real_data: Path, column: str) -> pd.DataFrame:
    """One kind of object of the German posts; a post is listed once for each combination of its objects."""
    rows = pd.read_csv(real_data / "coortweet" / "german_elections.csv", dtype=str)
    rows = rows.rename(columns={"account_id": "account", column: "object", "post_id": "post"})
    rows = rows.assign(time=rows["timestamp"].astype(float).astype("int64"))
    return rows[["account", "object", "post", "time"]].dropna().drop_duplicates()


def participating(rows: pd.DataFrame, fewest: int) -> pd.DataFrame:
    return rows[rows.groupby("account")["account"].transform("size") >= fewest]


def graphnet(rows: pd.DataFrame, window: int, fewest: int, loops: bool = False) -> Pairs:
    """What the layers do with ``count=rows`` and ``min_participation``."""
    rows = participating(rows, fewest)
    account, names = numbers(rows["account"])
    thing, times = numbers(rows["object"])[0], rows["time"].to_numpy()
    return named(co_action(account, thing, times, window=window, count="rows", loops=loops), names)


def matched(rows: pd.DataFrame, window: int, loops: bool) -> pd.Series[Any]:
    """How many rows of each account belong to posts that are near another row; each row against the next, and so on."""
    rows = rows.sort_values(["object", "time"]).reset_index(drop=True)
    posts: set[str] = set()
    for step in range(1, len(rows)):
        near, far = rows.iloc[:-step].reset_index(drop=True), rows.iloc[step:].reset_index(drop=True)
        close = (near["object"] == far["object"]) & (far["time"] - near["time"] <= window)
        if not close.any():
            break
        if not loops:
            close &= near["account"] != far["account"]
        posts |= set(near["post"][close]) | set(far["post"][close])
    return rows[rows["post"].isin(posts)].groupby("account").size()


def coortweet(rows: pd.DataFrame, window: int, fewest: int, loops: bool = False) -> Pairs:
    busy = matched(participating(rows, fewest), window, loops)
    active = set(busy[busy >= fewest].index)
    return {pair: n for pair, n in graphnet(rows, window, fewest, loops).items() if active & set(pair)}


def counts(pairs: Pairs) -> tuple[int, int, int]:
    """Pairs of rows, tied pairs of accounts, accounts."""
    return sum(pairs.values()), len(pairs), len(nodes(pairs))


@pytest.mark.parametrize(
    ("window", "theirs", "ours"),
    [
        (10, (447, 442, 525), (724, 719, 991)),
        (60, (3_791, 3_721, 2_110), (4_093, 4_023, 2_426)),
        (600, (38_172, 36_620, 3_736), (38_378, 36_826, 3_790)),
    ],
)
def test_russian_tweets(real_data: Path, window: int, theirs: tuple[int, int, int], ours: tuple[int, int, int]) -> None:
    rows = russian(real_data)
    assert counts(coortweet(rows, window, 2)) == theirs
    assert counts(graphnet(rows, window, 2)) == ours


@pytest.mark.parametrize(("loops", "expected"), [(False, (22, 20, 23)), (True, (60, 27, 30))])
def test_russian_tweets_of_active_accounts(real_data: Path, loops: bool, expected: tuple[int, int, int]) -> None:
    found = coortweet(russian(real_data), 10, 5, loops)
    assert counts(found) == expected
    assert ("9fa51ef17278c01d13d313741eddfc0b" in nodes(found)) == loops


GERMAN = {
    "url_id": (5_658, 1_453, 506),
    "phash_id": (2_131, 337, 214),
    "domain_id": (5_968, 1_659, 692),
    "hashtag_id": (3_703, 506, 314),
}


@pytest.mark.parametrize(("column", "expected"), GERMAN.items())
def test_german_posts(real_data: Path, column: str, expected: tuple[int, int, int]) -> None:
    assert counts(coortweet(german(real_data, column), 30, 2)) == expected


def test_german_links_and_images_together(real_data: Path) -> None:
    """Layers add up; a pair is flagged if it has more pairs of rows than half of the pairs."""
    links, images = (coortweet(german(real_data, column), 30, 2) for column in ("url_id", "phash_id"))
    both = {pair: links.get(pair, 0) + images.get(pair, 0) for pair in links | images}
    assert (len(both), len(nodes(both))) == (1_732, 671)
    bar = np.quantile(list(both.values()), 0.5)
    flagged = {pair: n for pair, n in both.items() if n > bar}
    assert (len(flagged), len(nodes(flagged))) == (771, 298)
