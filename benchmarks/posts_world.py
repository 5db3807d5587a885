"""A generated world of posts as the files a user has, at any size and in bounded memory.

One account for ten posts. Two thirds of the posts are retweets, one third has words of its own: most are distinct,
6 % repeat a slogan word for word, 6 % are near-copies (a template with one word exchanged). Hashtags in a third of
them, links in a quarter, mentions in a fifth. Popularity is fixed: tails are heavy, but the busiest account (1,500
retweets), the most popular post (8,000), tag (4,000), site, slogan and template are as large in a world of 30 million
posts as in one of a million, as in a collection that runs for longer or covers more countries. 2 % of the posts belong
to groups of 25 accounts that retweet the same posts within a minute.

Everything is worked out from the seed and the number of the post, block by block.

Example:
    >>> import tempfile
    >>> from pathlib import Path
    >>> from benchmarks.posts_world import write
    >>> [path.name for path in write(Path(tempfile.mkdtemp()), 500, seed=1)]
    ['accounts.csv', 'posts-000.csv']
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.worlds import DAYS, START, heavy, shares_of

__all__ = ["World", "blocks", "make", "write"]

FILE = 1_000_000
"""Posts in a file."""
BLOCK = 250_000
"""Posts made at a time."""
WORDS = 40_000
"""Words of the language; the commonest is one word in fifteen."""
LONGEST = 26
TEXTS = ("distinct", "slogan", "template")
SHARE = np.array([0.88, 0.06, 0.06])
USES = {"tag": 4_000, "site": 8_000, "slogan": 200, "template": 40}
"""Expected uses of the most used of each, whatever the size of the world."""
INTEREST = 300
"""Accounts that share an interest: half of their tags come from 8 of its own, half of their links lead to 4 sites."""
CLIENTS = ("Web App", "for Android", "for iPhone", "Scheduler", "for iPad")
LANGUAGES = ("en", "es", "pt", "fr", "de", "tr", "ar", "ja")

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Maker = Callable[["World", Ints], pa.Table]


@dataclass(frozen=True)
class World:
    """The numbers of a world, one entry a post, in the order of time.

    Attributes:
        account: Who posts.
        time: When, in seconds.
        of: Place of the retweeted post; negative: a post with words of its own.
        accounts: How many accounts there are.
        seed: What everything follows from.
    """

    account: NDArray[np.int32]
    time: Ints
    of: NDArray[np.int32]
    accounts: int
    seed: int

    def __len__(self) -> int:
        return len(self.time)


def make(n: int, seed: int = 1) -> World:
    """Who posts and retweets what when; 16 bytes a post stay in memory, some 60 while it is made."""
    random = np.random.default_rng(seed)
    accounts, own = max(n // 10, 30), max(n // 3, 10)
    planted = n // 50 // 25 * 25
    free = n - own - planted
    account = _heavy(random, accounts, own + free, 1.3, 1_500)
    birth = START + random.integers(0, DAYS * 86_400, own)
    thing = _heavy(random, own, free, 1.1, 8_000)
    after = random.lognormal(np.log(3600), 1.7, free).astype(np.int64)
    who, what, when = _groups(random, planted, accounts, own)
    account = np.concatenate((account, who))
    of = np.concatenate((np.full(own, -1, np.int32), thing, what))
    time = np.concatenate((birth, birth[thing] + after, birth[what] + when))
    order = np.argsort(time, kind="stable")
    place = np.empty(n, np.int32)
    place[order] = np.arange(n, dtype=np.int32)
    of = of[order]
    of[of >= 0] = place[of[of >= 0]]
    return World(account[order], time[order], of, accounts, seed)


def _heavy(random: np.random.Generator, n: int, size: int, tail: float, most: int) -> NDArray[np.int32]:
    return heavy(random, n, size, tail, most).astype(np.int32)


def _groups(
    random: np.random.Generator, planted: int, accounts: int, own: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], Ints]:
    """Groups of 25 accounts; each time, all of one group retweet one post within a minute of each other."""
    rounds = planted // 25
    groups = random.integers(0, accounts, (max(rounds // 40, 1), 25))
    who = groups[random.integers(0, len(groups), rounds)].ravel()
    what = np.repeat(random.integers(0, own, rounds), 25)
    when = np.repeat(random.integers(60, 7200, rounds), 25) + random.integers(0, 60, len(what))
    return who.astype(np.int32), what.astype(np.int32), when


# Posts as rows -------------------------------------------------------------------------------------------------------


def blocks(world: World) -> Iterator[pa.Table]:
    """The posts as rows with the columns of a collector's table, `BLOCK` at a time."""
    words, tables = _vocabulary(), _popularity(world)
    for start in range(0, len(world), BLOCK):
        yield _rows(world, np.arange(start, min(start + BLOCK, len(world))), words, tables)


def _rows(world: World, post: Ints, words: pa.Array, tables: dict[str, NDArray[np.float64]]) -> pa.Table:
    account, of = world.account[post], world.of[post].astype(np.int64)
    again = pa.array(of < 0)
    author = _account_ids(world.account[np.maximum(of, 0)])
    habit = _hash(world.seed, 11, account)
    return pa.table(
        {
            "id": _post_ids(post),
            "user_id": _account_ids(account),
            "username": _handles(account),
            "created_at": pa.array(world.time[post], pa.timestamp("s")),
            "text": _texts(world, post, of < 0, words, tables),
            "lang": _one_of(LANGUAGES, habit % 100, (60, 72, 80, 86, 91, 95, 98)),
            "source": _one_of(CLIENTS, habit // 128 % 100, (30, 62, 92, 97)),
            "retweeted_id": pc.if_else(again, None, _post_ids(of)),
            "retweeted_user_id": pc.if_else(again, None, author),
        }
    )


def _one_of(names: Sequence[str], value: NDArray[np.uint64], ends: Sequence[int]) -> pa.Array:
    return pa.array(names).take(pa.array(np.searchsorted(ends, value, side="right")))


def _post_ids(post: Ints) -> pa.Array:
    return _text(15 * 10**17 + 977 * post)


def _account_ids(account: NDArray[Any]) -> pa.Array:
    return _text(7 * 10**11 + 7_919 * account.astype(np.int64))


def _handles(account: NDArray[Any]) -> pa.Array:
    return pc.binary_join_element_wise("user_", _text(account.astype(np.int64)), "")


def _text(numbers: Any) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _hash(seed: int, what: int, numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """62 even bits from numbers (splitmix64); another stream for every ``what``."""
    x = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed * 1_000_003 + what * 7_368_787)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray((x ^ (x >> np.uint64(31))) >> np.uint64(2))


def _even(hashed: NDArray[np.uint64]) -> NDArray[np.float64]:
    return np.asarray(hashed / 2.0**62)


# Words ---------------------------------------------------------------------------------------------------------------


def _vocabulary() -> pa.Array:
    """Words of two to four syllables, each another."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    parts = len(syllables)

    def word(number: int) -> str:
        code = number * 7_919 % (parts**3)
        return "".join(syllables[code // parts**i % parts] for i in range(2 + number % 2)) + "nsrl"[number % 4]

    words = list(dict.fromkeys(word(i) for i in range(2 * WORDS)))[:WORDS]
    return pa.array(words)


def _popularity(world: World) -> dict[str, NDArray[np.float64]]:
    """For tags, sites, slogans and templates the shares of use, summed up."""
    random = np.random.default_rng(world.seed)
    own = max(len(world) // 3, 10)
    wanted = {"tag": own // 2, "site": own // 4, "slogan": own // 16, "template": own // 16}
    kinds = {"tag": own // 30, "site": own // 100, "slogan": own // 400, "template": own // 300}
    return {
        name: np.cumsum(shares_of(random, max(kinds[name], 5), max(size, 1), 1.1, USES[name]))
        for name, size in wanted.items()
    }


def _texts(world: World, post: Ints, own: Flags, words: pa.Array, tables: dict[str, NDArray[np.float64]]) -> pa.Array:
    """The words of the posts that have some; null for retweets."""
    chosen = post[own]
    draw = lambda what: _even(_hash(world.seed, what, chosen))  # noqa: E731  (one stream a purpose)
    kind = np.searchsorted(np.cumsum(SHARE)[:-1], draw(21), side="right")
    slogan, template = (np.searchsorted(tables[k], draw(22)) for k in ("slogan", "template"))
    base = np.choose(kind, [chosen + 10**9, slogan + 10**7, template + 2 * 10**7])
    sentence = _sentences(world, chosen, base, kind == TEXTS.index("template"), words)
    parts = [sentence, *_extras(world, chosen, kind == TEXTS.index("slogan"), draw, tables)]
    made = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
    place = np.cumsum(own) - 1
    return made.take(pa.array(place, mask=~own))


def _sentences(world: World, post: Ints, base: Ints, changed: Flags, words: pa.Array) -> pa.Array:
    """Sentences of 8 to 26 words; where ``changed`` one word of them is the post's own."""
    length = 8 + (_hash(world.seed, 31, base) % np.uint64(LONGEST - 7)).astype(np.int64)
    sentence = np.repeat(np.arange(len(post)), length)
    starts = np.concatenate(([0], np.cumsum(length)))
    position = np.arange(len(sentence)) - starts[sentence]
    code = _even(_hash(world.seed, 32, base[sentence] * 32 + position))
    # word frequencies fall nearly with their rank: WORDS ** u is log-uniform, so Zipf's law
    rank = (WORDS**code).astype(np.int64) - 1
    other = np.flatnonzero(changed)
    at = starts[other] + (_hash(world.seed, 33, post[other]) % length[other].astype(np.uint64)).astype(np.int64)
    rank[at] = (_hash(world.seed, 34, post[other]) % np.uint64(WORDS)).astype(np.int64)
    lists = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), words.take(pa.array(rank)))
    return pc.binary_join(lists, " ")


def _extras(
    world: World,
    post: Ints,
    bare: Flags,
    draw: Callable[[int], NDArray[np.float64]],
    tables: dict[str, NDArray[np.float64]],
) -> Iterator[pa.Array]:
    """Hashtags, a mention and a link behind the words, null where there is none; slogans have none."""

    def some(array: pa.Array, has: Flags) -> pa.Array:
        return pc.if_else(pa.array(has & ~bare), array, None)

    tagged = draw(41)
    interest = world.account[post] // INTEREST
    for i, share in enumerate((0.35, 0.15)):
        tag = np.searchsorted(tables["tag"], draw(42 + i))
        ours = 10**7 + 8 * interest + (8 * draw(44 + i)).astype(np.int64)
        tag = np.where(draw(46 + i) < 0.5, ours, tag)
        yield some(pc.binary_join_element_wise("#Tag", _text(tag), ""), tagged < share)
    account = (draw(51) * world.accounts).astype(np.int64)
    yield some(pc.binary_join_element_wise("@", _handles(account), ""), draw(52) < 0.2)
    site, page = np.searchsorted(tables["site"], draw(61)), (draw(62) ** 3 * 2_000).astype(np.int64)
    site = np.where(draw(64) < 0.5, 10**6 + 4 * interest + (4 * draw(65)).astype(np.int64), site)
    link = pc.binary_join_element_wise("https://www.site", _text(site), ".com/news/", _text(page), "?utm_source=x", "")
    yield some(link, draw(63) < 0.25)


# Files ---------------------------------------------------------------------------------------------------------------


def write(folder: Path, n: int, seed: int = 1, form: str = "csv") -> list[Path]:
    """Write the world as ``accounts.csv`` and ``posts-000.csv``, … with a million posts each.

    Args:
        folder: Where to; made if it is not there.
        n: Posts.
        seed: Another number, another world.
        form: ``csv``, or ``jsonl`` for the posts as Twitter's JSON Lines.

    Returns:
        The files, in the order of their names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = make(n, seed)
    csv.write_csv(_accounts(world), folder / "accounts.csv")
    save = {"csv": _write_csv, "jsonl": _write_jsonl}[form]
    made = blocks(world)
    paths = [folder / f"posts-{i:03}.{form}" for i in range(-(-n // FILE))]
    for path in paths:
        save(path, list(islice(made, FILE // BLOCK)))
    return [folder / "accounts.csv", *paths]


def _accounts(world: World) -> pa.Table:
    account = np.arange(world.accounts)
    draw = lambda what: _even(_hash(world.seed, what, account))  # noqa: E731
    counts = {name: (10 ** (1 + 3 * draw(what))).astype(np.int64) for name, what in COUNTS.items()}
    made = START - 86_400 - (draw(74) * 3600 * 24 * 3000).astype(np.int64)
    columns = {
        "id": _account_ids(account),
        "username": _handles(account),
        "created_at": pa.array(made, pa.timestamp("s")),
    }
    return pa.table(columns | {name: pa.array(values) for name, values in counts.items()})


COUNTS = {"followers_count": 71, "following_count": 72, "tweet_count": 73}


def _write_csv(path: Path, pieces: Sequence[pa.Table]) -> None:
    with csv.CSVWriter(path, pieces[0].schema) as file:
        for piece in pieces:
            file.write_table(piece)


def _write_jsonl(path: Path, pieces: Sequence[pa.Table]) -> None:
    """As twarc flattens what Twitter's API v2 gives: the author, and the retweeted post, inside each post."""
    import orjson  # noqa: PLC0415

    with path.open("wb") as file:
        for piece in pieces:
            file.writelines(orjson.dumps(_tweet(row)) + b"\n" for row in piece.to_pylist())


def _tweet(row: dict[str, Any]) -> dict[str, Any]:
    of, author = row.pop("retweeted_id"), row.pop("retweeted_user_id")
    tweet = {name: row[name] for name in ("id", "lang", "source")} | {
        "text": row["text"] or "RT",
        "author_id": row["user_id"],
    }
    tweet |= {"created_at": f"{row['created_at']:%Y-%m-%dT%H:%M:%S.000Z}"}
    tweet["author"] = {"id": row["user_id"], "username": row["username"]}
    if of:
        tweet["referenced_tweets"] = [{"type": "retweeted", "id": of, "author_id": author}]
    return tweet
