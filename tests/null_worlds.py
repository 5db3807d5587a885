"""Small worlds without coordination, each with what its null allows for and more; and groups to plant in them.

They are drawn share by share; nothing of the nulls' formulas is used.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphnet.nulls import Shares

DAY = 86_400
START = 1_600_000_000
Random = np.random.Generator


def crowd(random: Random, accounts: int = 250, objects: int = 900, shares: int = 9000) -> Shares:
    """Everybody draws from the same things by popularity; accounts differ in how much they share."""
    who = _uneven(random, accounts, shares, 1.2)
    what = _uneven(random, objects, shares, 0.9)
    return Shares.of(who, what, accounts=accounts)


def fandoms(random: Random, accounts: int = 240, days: int = 14, shares: int = 14_000, topics: int = 6) -> Shares:
    """Fandoms with favourite authors, celebrities for all, part-time accounts, busy days, uneven posts; no times."""
    per = 12
    authors = topics * per + 8
    fandom = random.integers(0, topics, accounts)
    taste = random.dirichlet(np.full(per, 0.4), accounts)
    present = random.random((accounts, days)) < random.uniform(0.3, 1.0, (accounts, 1))
    present[:, 0] = True
    busy = random.lognormal(0, 0.5, days)
    who = _uneven(random, accounts, shares, 1.0)
    author = np.array([fandom[i] * per + random.choice(per, p=taste[i]) for i in who])
    star = random.random(shares) < 0.2
    author[star] = topics * per + random.integers(0, 8, star.sum())
    weight = present * busy
    day = np.array([random.choice(days, p=weight[i] / weight[i].sum()) for i in who])
    posts = random.poisson(2.0, (authors, days)) + 1
    first = np.concatenate(([0], np.cumsum(posts.ravel())))
    cell = author * days + day
    # some posts of an author do better than others
    place = (posts.ravel()[cell] * random.random(shares) ** 1.5).astype(np.int64)
    of = np.repeat(np.arange(authors * days), posts.ravel())
    created = START + (of % days) * DAY + 3600
    return Shares.of(who, first[cell] + place, author=of // days, created=created)


def spreading(random: Random, accounts: int = 300, posts: int = 900, news: int = 4) -> Shares:
    """Posts spread for hours, news within minutes; some people are quick, all sleep, sessions last minutes."""
    created = START + np.sort(random.integers(0, 14 * DAY, posts))
    speed = random.lognormal(0, 1.0, accounts)
    wakes = random.integers(0, DAY, accounts)
    breaking = np.isin(np.arange(posts), random.choice(posts, news, replace=False))
    who, what, when = [], [], []
    for post in range(posts):
        size = int(min(accounts * 0.6, 60 if breaking[post] else random.pareto(1.3) * 4 + 2))
        some = random.choice(accounts, size, replace=False)
        delay = random.lognormal(np.log(240 if breaking[post] else 3600), 1.2, size) * speed[some]
        time = created[post] + delay
        # who sleeps then (8 hours) shares after waking up, within a session of some minutes
        asleep = (time - wakes[some]) % DAY > 16 * 3600
        until = DAY - (time - wakes[some]) % DAY
        time = np.where(asleep, time + until + random.exponential(600, size), time)
        who.append(some)
        what.append(np.full(size, post))
        when.append(time)
    rows = [np.concatenate(x) for x in (who, what, when)]
    return Shares.of(
        rows[0], rows[1], rows[2].astype(np.int64), author=np.arange(posts) % 40, created=created, accounts=accounts
    )


def plant(shares: Shares, random: Random, size: int, times: int, window: int, part: float = 0.8) -> Shares:
    """The first ``size`` accounts also share ``times`` random objects, each time within ``window`` seconds."""
    who, what, when = [shares.account], [shares.object], [shares.time]
    for thing in random.choice(shares.objects, times, replace=False):
        some = np.flatnonzero(random.random(size) < part)
        begin = shares.created[thing] + random.integers(600, 20_000)
        who.append(some)
        what.append(np.full(len(some), thing))
        when.append(begin + random.integers(0, window + 1, len(some)))
    rows = [np.concatenate(x) for x in (who, what, when)]
    return Shares.of(*rows, author=shares.author, created=shares.created, accounts=shares.accounts)


def _uneven(random: Random, n: int, draws: int, tail: float) -> NDArray[np.int64]:
    """Draws of n things of uneven weight."""
    weight = np.minimum(random.pareto(tail, n) + 1, 50)
    return random.choice(n, draws, p=weight / weight.sum())
