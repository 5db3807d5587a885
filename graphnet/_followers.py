"""``followers``: lists of followers and counts of followers out of files, ready to be audited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphnet.audits._lists import Order
from graphnet.audits.followers import Followers

__all__ = ["followers"]


def followers(
    lists: Any = (),
    counts: Any = (),
    *,
    against: Any = None,
    order: Order | None = None,
    columns: Mapping[str, str] | None = None,
    counts_columns: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    **settings: Any,
) -> Followers:
    """The follower audit of files (or DataFrames), for `graphnet.audit`.

    A list of followers has one profile a row in the order in which they followed (CSV, TSV, JSON, Parquet), with or
    without follow dates; a column ``of`` names the followed account where one file holds the followers of several,
    otherwise it is called like the file. Repeated followers and rows that cannot be used are left out and listed.

    Args:
        lists: One or several files with followers.
        counts: One or several files with dates and numbers of followers.
        against: A file with other profiles to compare the newest followers with; None: the older followers.
        order: Which followers stand first in the files, ``newest`` or ``oldest``; None: told from the dates.
        columns: Which column holds a field, such as ``{"followed": "since"}``.
        counts_columns: The same for the counts; None: ``columns`` is for them, too.
        options: As for `graphnet.read`: ``dates`` (``dmy`` or ``mdy``), ``header``.
        settings: Parameters of `graphnet.audits.Followers`: ``newest``, ``as_of``, ``baseline``.

    Returns:
        The question, to be asked with ``gn.audit(None, question, "page.html")``.

    Raises:
        InputError: A file cannot be read, has no followers, or its order cannot be told.

    Example:
        >>> import pandas as pd, graphnet as gn
        >>> days = pd.DataFrame({"date": pd.date_range("2021-03-01", periods=41), "followers": range(0, 410, 10)})
        >>> found = gn.audit(None, gn.followers(counts=days))
        >>> found.summary["the table"]["baseline"]
        10.0
    """
    from graphnet import _follower_files as files  # noqa: PLC0415  (Arrow's functions load pandas, and take 0.5 s)

    made = {"columns": dict(columns or {}), "options": dict(options or {})}
    given = files.given(lists, counts, against, order, made, counts_columns)
    return Followers(given=given, **settings)
