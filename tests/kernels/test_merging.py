"""Merging sorted rows, against sorting everything together."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from graphnet.kernels.merging import Keys, ascending, find, interleaved, placed, ranks, slotted, woven

texts = st.text(alphabet="ab\0é😀", max_size=3)
keys = st.lists(st.tuples(st.integers(0, 2), texts), unique=True, max_size=12).map(
    lambda rows: sorted(rows, key=lambda row: (row[0], row[1].encode()))
)


def made(rows: list[tuple[int, str]], before: int = 0) -> Keys:
    """The keys, as a slice of a longer array."""
    longer = pa.array(["x" * 5] * before + [text for _, text in rows], pa.string())
    return Keys.of(longer.slice(before), np.array([code for code, _ in rows], np.int64))


@given(stored=keys, new=keys, piece=st.integers(1, 5), before=st.integers(0, 2))
def test_places_of_texts(stored: list[tuple[int, str]], new: list[tuple[int, str]], piece: int, before: int) -> None:
    places, found = np.full(len(new), len(stored)), np.zeros(len(new), np.bool_)
    first, sought = 0, made(new, before)
    for base in range(0, len(stored), piece):
        first = find(made(stored[base : base + piece], before), sought, first, base, places, found)
    plain = [(code, text.encode()) for code, text in stored]
    wanted = [bisect_left(plain, (code, text.encode())) for code, text in new]
    assert places.tolist() == wanted
    assert found.tolist() == [row in stored for row in new]


rows = st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=12).map(sorted)


@given(stored=rows, new=rows, piece=st.integers(1, 5))
def test_merged_rows(stored: list[tuple[int, ...]], new: list[tuple[int, ...]], piece: int) -> None:
    def columns(some: list[tuple[int, ...]]) -> tuple[np.ndarray, ...]:
        return tuple(np.ascontiguousarray(np.array(some, np.int64).reshape(-1, 3)[:, part]) for part in range(3))

    out: list[tuple[int, ...]] = []
    used, starts = 0, [*range(0, len(stored), piece)] or [0]
    for base in starts:
        part = columns(stored[base : base + piece])
        places = placed(part, columns(new), used, base == starts[-1])
        made = [slotted(a, places, b, used) for a, b in zip(part, columns(new), strict=True)]
        out += zip(*(values.tolist() for values in made), strict=True)
        used += len(places)
    assert out == sorted(stored + new)
    assert used == len(new)


@given(st.data())
def test_rows_that_come_and_go(data: st.DataObject) -> None:
    stored = [f"old {i}" for i in range(data.draw(st.integers(0, 6)))]
    gone = data.draw(st.sets(st.sampled_from(range(len(stored))))) if stored else set()
    wanted: list[str] = []
    places, replaces, names = [], [], []
    for place in range(len(stored) + 1):
        added = [f"new {place} {i}" for i in range(data.draw(st.integers(0, 2)))]
        instead = place < len(stored) and place not in gone and data.draw(st.booleans())
        wanted += added
        if instead:
            added.append(f"other {place}")
            wanted.append(added[-1])
        elif place < len(stored) and place not in gone:
            wanted.append(stored[place])
        names += added
        places += [place] * len(added)
        replaces += [name.startswith("other") for name in added]
    flags, out = np.array(replaces, np.bool_), np.array(sorted(gone), np.int64)
    order = interleaved(len(stored), np.array(places, np.int64), flags, out)
    assert [[*stored, *names][i] for i in order] == wanted


@given(stored=st.lists(texts, max_size=8), new=st.lists(texts, max_size=8), before=st.integers(0, 2), data=st.data())
def test_texts_in_another_order(stored: list[str], new: list[str], before: int, data: st.DataObject) -> None:
    both = stored + new
    order = data.draw(st.lists(st.integers(0, len(both) - 1), max_size=20)) if both else []
    order = data.draw(st.sampled_from([order, sorted(order), sorted(set(order)), list(range(len(both)))]))
    old, more = (pa.array(["x" * 5] * before + some, pa.string()).slice(before) for some in (stored, new))
    made = woven(old, more, np.array(order, np.int64))
    made.validate(full=True)
    assert made.to_pylist() == [both[i] for i in order]


@given(rows)
def test_whether_rows_are_sorted(some: list[tuple[int, ...]]) -> None:
    def told(rows: list[tuple[int, ...]]) -> bool:
        return bool(ascending(tuple(np.ascontiguousarray(part) for part in np.array(rows, np.int64).reshape(-1, 3).T)))

    assert told(some)
    for i in range(1, len(some)):
        if some[i - 1] < some[i]:
            assert not told([*some[: i - 1], some[i], some[i - 1], *some[i + 1 :]])


@given(size=st.integers(0, 8), data=st.data())
def test_numbers_once_rows_came_and_went(size: int, data: st.DataObject) -> None:
    places = np.array(sorted(data.draw(st.lists(st.integers(0, size), max_size=8))), np.int64)
    gone = np.array(sorted(data.draw(st.sets(st.integers(0, size - 1)))) if size else [], np.int64)
    left = [sum(places <= i) + sum(1 for j in range(i) if j not in gone) for i in range(size)]
    assert ranks(size, places, gone).tolist() == left
