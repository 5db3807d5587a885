"""When in the week somebody acts, as a plot.

Example:
    >>> plot = hours_kept("C1", np.array([9 * 3600]), "acts")
    >>> plot.title, plot.values[3][9]
    ('Hours kept: C1', 1.0)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphnet.plots import Heat

__all__ = ["WEEK", "hours_kept"]

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY, HOUR = 86_400, 3600


def hours_kept(who: str, times: NDArray[np.int64], what: str) -> Heat:
    """Posts or other acts by weekday and hour (UTC).

    Args:
        who: Whose.
        times: Seconds since 1970, at least one.
        what: What is counted: ``posts``, ``acts``.
    """
    # the first of January 1970 was a Thursday
    place = (times // DAY + 3) % 7 * 24 + times % DAY // HOUR
    counts = np.bincount(place, minlength=168).reshape(7, 24)
    hours = counts.sum(axis=0)
    silent, fullest = int((hours == 0).sum()), int(hours.argmax())
    note = (
        f"{what.capitalize()} by hour of the day and day of the week (UTC); {silent} of 24 hours have none, "
        f"the fullest is {fullest:02d}:00. Sleep shows as an empty band; several people, or several time zones, fill it"
    )
    values = tuple(tuple(float(v) for v in row) for row in counts)
    columns = tuple(f"{hour:02d}" for hour in range(24))
    return Heat(f"Hours kept: {who}", "hour (UTC)", "day", note, rows=WEEK, columns=columns, values=values, unit=what)
