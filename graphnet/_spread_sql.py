"""The SQL of `graphnet._spread`, from shares to buckets and from what these find to pairs.

Tables made on the way: ``spread_shares`` (those that can be used), ``spread_cells`` (objects by time), ``spread_near``
(shares with somebody in reach), ``spread_found`` (what the buckets found), and for the weights ``spread_squares`` (of
objects) and ``spread_margins`` (of accounts).
"""

from __future__ import annotations

from graphnet.layers import CoAction

__all__ = ["SIZES", "TOLD", "cells", "kept", "margins", "near", "pairs", "participating", "routed", "squares", "usable"]

TOLD = """
select count(*) as shares, count(time) as timed, min(time) as first, max(time) as last
from ({rows}) r where object is not null"""

SIZES = """
select accounts, count(*) as objects, cast(sum(shares) as bigint) as shares
from spread_cells group by accounts order by accounts"""


def width(layer: CoAction) -> int:
    """Seconds of a cell: whoever is within the window of a share is in its cell or in the one before or after."""
    return max(layer.window or 0, 1)


def usable(layer: CoAction) -> str:
    """The layer's shares, with the cell of each: the second at which the cell starts."""
    wide = width(layer)
    thing = "object" if layer.of else "cast(object as string)"
    cell = "0" if layer.window is None else f"time - ((time % {wide}) + {wide}) % {wide}"
    post = "post" if layer.count == "posts" else "cast(null as bigint)"
    timed = "" if layer.window is None else "and time is not null"
    return (
        f"select account, {thing} as object, {cell} as cell, time, {post} as post "
        f"from ({layer.rows()}) r where object is not null {timed}"
    )


def participating(shares: str, fewest: int) -> str:
    """Those of the shares whose account has at least so many of them."""
    if fewest <= 1:
        return shares
    busy = f"select account from ({shares}) n group by account having count(*) >= {fewest}"
    return (
        f"select s.account, s.object, s.cell, s.time, s.post from ({shares}) s join ({busy}) b on b.account = s.account"
    )


def cells(layer: CoAction, shares: str) -> str:
    """One row an object and cell; the number of accounts only where it is asked for, since it is dear."""
    accounts = "count(distinct account)" if layer.window is None else "cast(null as bigint)"
    return (
        "select object, cell, count(*) as shares, min(account) as low, max(account) as high, "
        f"{accounts} as accounts from {shares} s group by object, cell"
    )


def kept(most: int | None) -> str:
    """The shares of objects that have at most so many accounts."""
    if most is None:
        return "select account, object, cell, time, post from spread_shares"
    return (
        "select s.account, s.object, s.cell, s.time, s.post from spread_shares s "
        f"join spread_cells c on c.object = s.object and c.cell = s.cell where c.accounts <= {most}"
    )


# Weights -------------------------------------------------------------------------------------------------------------


def squares(shares: str, accounts: int) -> str:
    """TF-IDF: the squared idf of each object."""
    return (
        f"select object, power(ln({accounts}e0 / count(distinct account)), 2) as square "
        f"from ({shares}) s group by object"
    )


def margins(layer: CoAction, shares: str) -> str:
    """What the weights need of each account: its number of objects, or the norm of its TF-IDF vector."""
    if layer.weight == "jaccard":
        return f"select account, cast(count(distinct object) as double) as margin from ({shares}) s group by account"
    return (
        f"select s.account, sqrt(sum(q.square)) as margin from (select distinct account, object from ({shares}) d) s "
        "join spread_squares q on q.object = s.object group by s.account"
    )


# Buckets -------------------------------------------------------------------------------------------------------------


def near(layer: CoAction, most: int | None) -> str:
    """The shares that have another account in their cell or beside it, of accounts that have enough of these."""
    reach = (
        f"select object, cell, least(low, {', '.join(_beside(layer, 'low'))}) as low, "
        f"greatest(high, {', '.join(_beside(layer, 'high'))}) as high "
        "from spread_cells window w as (partition by object order by cell)"
    )
    shares = (
        f"select s.account, s.object, s.cell, s.time, s.post from ({kept(most)}) s "
        f"join (select object, cell from ({reach}) r where low < high) c on c.object = s.object and c.cell = s.cell"
    )
    # one share may match many of the other account, and so be all that one end of a pair has, if rows are counted
    return participating(shares, 1 if layer.count == "rows" else layer.min_shared)


def _beside(layer: CoAction, what: str) -> tuple[str, str]:
    """What the rows of the cells before and after say, if these are beside this one; else null."""
    wide = width(layer)
    return (
        f"case when lag(cell) over w = cell - {wide} then lag({what}) over w end",
        f"case when lead(cell) over w = cell + {wide} then lead({what}) over w end",
    )


def costs(layer: CoAction, numbers: list[int]) -> str:
    """How many neighbours are looked at in all, and how many rows are sent to so many buckets, at most."""
    before, after = (f"coalesce({shares}, 0)" for shares in _beside(layer, "shares"))
    seats = "accounts" if layer.window is None else f"shares + {before} + {after}"
    reach = (
        f"select cast(shares as double) as shares, {seats} as seats from ({cells(layer, 'spread_near')}) c "
        "window w as (partition by object order by cell)"
    )
    sent = ", ".join(f"coalesce(sum(shares * least(seats, {n})), 0e0) as sent_{n}" for n in numbers)
    return f"select coalesce(sum(shares * seats), 0e0) as work, {sent} from ({reach}) r"


def routed(layer: CoAction, buckets: int) -> str:
    """The shares with each bucket they go to, and whether their account is one of the bucket's own.

    A share goes where, in its object, in its cell or in one beside it, an account of that bucket is. Since the lower
    of two accounts finds the pair, it has to be there only if that one is lower (unless both directions are counted).
    """
    if buckets == 1:
        return _sent(layer, "spread_near s", "0", "true")
    home = (
        f"select object, cell, account % {buckets} as bucket, min(account) as low "
        f"from spread_near s group by object, cell, account % {buckets}"
    )
    steps = ("0",) if layer.window is None else (f"-{width(layer)}", "0", f"{width(layer)}")
    reached = " union all ".join(f"select object, cell + {step} as cell, bucket, low from ({home}) h" for step in steps)
    routes = f"select object, cell, bucket, min(low) as low from ({reached}) r group by object, cell, bucket"
    higher = "" if layer.count == "posts" else "and s.account >= t.low"
    joined = f"spread_near s join ({routes}) t on t.object = s.object and t.cell = s.cell {higher}"
    return _sent(layer, joined, "t.bucket", f"s.account % {buckets} = t.bucket")


def _sent(layer: CoAction, shares: str, bucket: str, ours: str) -> str:
    columns = f"s.account, s.object, s.time, s.post, {bucket} as bucket, {ours} as ours"
    if layer.weight != "tfidf":
        return f"select {columns} from {shares}"
    return f"select {columns}, q.square from {shares} join spread_squares q on q.object = s.object"


# Pairs ---------------------------------------------------------------------------------------------------------------

BOTH = """
select least(source, target) as source, greatest(source, target) as target, min(shared) as shared,
    min(quickest) as quickest, max(total) as total
from spread_found where target is not null
group by least(source, target), greatest(source, target) having count(*) = 2"""


def pairs(layer: CoAction) -> str:
    """The rows of the table ``pairs``, in order."""
    found = BOTH if layer.count == "posts" else "select * from spread_found where target is not null"
    weight = {
        "count": "cast(p.shared as double)",
        "jaccard": "p.shared / (a.margin + b.margin - p.shared)",
        "tfidf": "case when a.margin * b.margin > 0 then p.total / (a.margin * b.margin) else 0e0 end",
    }[layer.weight]
    margin = "join spread_margins a on a.account = p.source join spread_margins b on b.account = p.target"
    return (
        f"select '{layer.name}' as layer, p.source, p.target, p.shared, p.quickest, {weight} as weight, "
        "cast(null as double) as expected, cast(null as double) as p, cast(null as double) as q "
        f"from ({found}) p {'' if layer.weight == 'count' else margin} order by p.source, p.target"
    )
