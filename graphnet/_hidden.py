"""What is hidden in the posts' words, counted while the step ``match`` runs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphnet import schema
from graphnet.study import Step

__all__ = ["obfuscations"]

OWN = "select post, text from posts where text is not null and not coalesce(repost, false) order by post"
"""The words of a repost are another account's."""


def obfuscations(step: Step) -> int:
    """Write the table ``obfuscations``: the own posts in which something is hidden, and how much of each kind.

    Args:
        step: The running step of a study that has posts.

    Returns:
        How many posts there are.

    Example:
        >>> from graphnet._hidden import obfuscations
        >>> with study.step("match", {}) as step:  # doctest: +SKIP
        ...     step.summary["posts_with_hidden_characters"] = obfuscations(step)
    """
    return step.map("obfuscations", OWN, _rows)


def _rows(posts: pa.Table) -> pa.Table:
    from graphnet.kernels.hidden import KINDS, counts  # noqa: PLC0415  (numba, half a second)

    found = counts(posts["text"])
    some = np.flatnonzero(found.any(axis=1))
    columns = {"post": posts["post"].take(some)} | {kind: found[some, i] for i, kind in enumerate(KINDS)}
    return pa.table(columns).cast(schema.OBFUSCATIONS.arrow)
