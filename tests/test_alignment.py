"""Matching communities of two times, against a slow reading of the definitions; identities over many times."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.alignment import Link, Rules, align, follow
from graphnet.errors import InputError

NAMES = "abcdefghijkl"


@st.composite
def partitions(draw: st.DrawFn) -> dict[int, list[str]]:
    """Some of twelve accounts in up to four communities."""
    homes = draw(st.lists(st.integers(0, 4), min_size=len(NAMES), max_size=len(NAMES)))
    found: dict[int, list[str]] = {}
    for name, home in zip(NAMES, homes, strict=True):
        if home:
            found.setdefault(home, []).append(name)
    return found


rules = st.builds(
    Rules,
    overlap=st.sampled_from([0.1, 0.3, 0.5, 1.0]),
    share=st.sampled_from([0.4, 0.5, 1.0]),
    least=st.integers(1, 3),
    steady=st.sampled_from([0.0, 0.1, 0.5]),
)


def linked(one: set[str], two: set[str], by: Rules) -> bool:
    shared = len(one & two)
    enough = shared >= by.least or one <= two or two <= one
    near = shared / len(one | two) >= by.overlap or shared / min(len(one), len(two)) >= by.share
    return shared > 0 and enough and near


def slow(before: dict[int, list[str]], after: dict[int, list[str]], by: Rules) -> tuple[Any, Any, set[tuple[int, int]]]:
    """The definitions, read off one by one."""
    one, two = ({k: set(v) for k, v in groups.items()} for groups in (before, after))
    pairs = [(a, b) for a, b in product(one, two) if linked(one[a], two[b], by)]
    main: set[tuple[int, int]] = set()
    rest = list(pairs)
    while rest:
        # the best that is left, then nothing else of either
        a, b = min(
            rest,
            key=lambda p: (
                -len(one[p[0]] & two[p[1]]) / len(one[p[0]] | two[p[1]]),
                -len(one[p[0]] & two[p[1]]),
                min(one[p[0]]),
                min(two[p[1]]),
            ),
        )
        main.add((a, b))
        rest = [p for p in rest if p[0] != a and p[1] != b]
    later: dict[int, set[str]] = {}
    for b in two:
        mine = [p for p in pairs if p[1] == b]
        words = {"born"} if not mine else set()
        words |= {"merged"} if len(mine) > 1 else set()
        source = [a for a, c in main if c == b]
        if source:
            n, m = len(one[source[0]]), len(two[b])
            change = max(n, m) / min(n, m) - 1
            size = "unchanged" if one[source[0]] == two[b] else "continued"
            if change > by.steady + 1e-12:
                size = "grown" if m > n else "shrunk"
            words |= {size} | ({"split"} if len([p for p in pairs if p[0] == source[0]]) > 1 else set())
        elif mine:
            words |= {"split off"}
        later[b] = words
    earlier = {}
    for a in one:
        mine = [p for p in pairs if p[0] == a]
        words = {"died"} if not mine else {"split"} if len(mine) > 1 else set()
        words |= {"merged into"} if mine and a not in {p[0] for p in main} else set()
        earlier[a] = words or later[next(b for c, b in main if c == a)]
    return earlier, later, main


@given(before=partitions(), after=partitions(), by=rules)
def test_against_the_definitions_read_one_by_one(
    before: dict[int, list[str]], after: dict[int, list[str]], by: Rules
) -> None:
    found = align(before, after, by)
    earlier, later, main = slow(before, after, by)
    assert {k: set(v) for k, v in found.before.items()} == earlier
    assert {k: set(v) for k, v in found.after.items()} == later
    assert {(x.before, x.after) for x in found.links if x.main} == main
    for link in found.links:
        a, b = set(before[link.before]), set(after[link.after])
        assert (link.shared, link.jaccard) == (len(a & b), len(a & b) / len(a | b))
        assert (link.of_before, link.of_after) == (len(a & b) / len(a), len(a & b) / len(b))


@given(before=partitions(), after=partitions(), by=rules, data=st.data())
def test_numbers_and_order_do_not_matter(
    before: dict[int, list[str]], after: dict[int, list[str]], by: Rules, data: st.DataObject
) -> None:
    new = [data.draw(st.permutations([11, 12, 13, 14])) for _ in range(2)]
    moved = [
        {names[k - 1]: data.draw(st.permutations(groups[k])) for k in reversed(groups)}
        for groups, names in ((before, new[0]), (after, new[1]))
    ]
    one, two = align(before, after, by), align(*moved, by)
    assert {new[0][k - 1]: v for k, v in one.before.items()} == two.before
    assert {new[1][k - 1]: v for k, v in one.after.items()} == two.after
    assert {(new[0][x.before - 1], new[1][x.after - 1], x.shared, x.main) for x in one.links} == {
        (x.before, x.after, x.shared, x.main) for x in two.links
    }


def test_the_textbook_cases() -> None:
    one = {1: "abcdef", 2: "ghi", 3: "jkl", 4: "mn"}
    two = {1: "abc", 2: "def", 3: "ghijkl", 9: "xyz"}
    found = align(one, two)
    assert found.after == {1: ("shrunk", "split"), 2: ("split off",), 3: ("grown", "merged"), 9: ("born",)}
    assert found.before == {1: ("split",), 2: ("grown", "merged"), 3: ("merged into",), 4: ("died",)}
    assert found.continues == {1: 1, 3: 2}
    assert found.links[0] == Link(1, 1, 3, 0.5, 0.5, 1.0, main=True)


def test_one_stray_account_links_nothing() -> None:
    assert not align({1: "abcdefgh"}, {1: ["a", *"stuvwxyz"]}).links
    assert align({1: "abcdefgh"}, {1: "a"}).after == {1: ("shrunk",)}


def test_refusals() -> None:
    with pytest.raises(InputError, match="'a' is in two communities of one time"):
        align({1: "ab", 2: "ac"}, {})
    for wrong in ({"overlap": 0}, {"share": 1.1}, {"least": 0}, {"steady": -1}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            Rules(**wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="patience"):
        follow([], patience=-1)


# Many times ----------------------------------------------------------------------------------------------------------


def story(times: list[dict[int, Any]], **more: Any) -> list[tuple[Any, ...]]:
    return [(s.time, s.identity, s.size, ", ".join(s.events)) for s in follow(times, **more)]


def test_an_identity_lives_on_through_changes_of_number() -> None:
    times: list[dict[int, Any]] = [
        {1: "abcd", 2: "wxyz"},
        {1: "wxyz", 2: "abcde"},
        {5: "abcdewxyz"},
        {3: "abcd", 4: "wxyz"},
    ]
    assert story(times) == [
        (0, 1, 4, "first"),
        (0, 2, 4, "first"),
        (1, 1, 5, "grown"),
        (1, 2, 4, "unchanged"),
        (2, 1, 9, "grown, merged"),
        (2, 2, 0, "merged into"),
        (3, 1, 4, "shrunk, split"),
        (3, 3, 4, "split off"),
    ]
    last = follow(times)[-1]
    assert [(x.before, x.shared, x.main) for x in last.links] == [(1, 4, False)]
    assert (last.came, last.stayed, last.left) == (tuple("wxyz"), (), ())


def test_patience_finds_a_community_again_after_a_pause() -> None:
    times: list[dict[int, Any]] = [{1: "abcd"}, {}, {1: "abcd"}]
    assert story(times) == [(0, 1, 4, "first"), (1, 1, 0, "died"), (2, 2, 4, "born")]
    assert story(times, patience=1) == [
        (0, 1, 4, "first"),
        (1, 1, 0, "not found"),
        (2, 1, 4, "back, unchanged"),
    ]
    longer: list[dict[int, Any]] = [{1: "abcd"}, {}, {}, {1: "abcd"}]
    assert [s[1:] for s in story(longer, patience=1)] == [
        (1, 4, "first"),
        (1, 0, "not found"),
        (1, 0, "died"),
        (2, 4, "born"),
    ]


def test_who_moved_on_is_not_sought_in_the_old_place() -> None:
    """The front of an identity that is missed has accounts that are in another one by now."""
    times: list[dict[int, Any]] = [{1: "abcdef"}, {1: "uvab"}, {1: "uvab", 2: "cdef"}]
    rules = Rules(share=1.0)
    assert story(times, rules=rules, patience=2)[-2] == (2, 1, 4, "back, shrunk")


@given(times=st.lists(partitions(), min_size=1, max_size=5), by=rules, patience=st.integers(0, 2))
def test_every_community_has_one_identity_and_nobody_is_lost(
    times: list[dict[int, list[str]]], by: Rules, patience: int
) -> None:
    stages = follow(times, by, patience)
    for time, groups in enumerate(times):
        there = [s for s in stages if s.time == time and s.community is not None]
        assert sorted(s.community or 0 for s in there) == sorted(groups)
        assert len({s.identity for s in there}) == len(there)
        for stage in there:
            assert {*stage.came, *stage.stayed} == set(groups[stage.community or 0])
            assert stage.size == len(stage.came) + len(stage.stayed)
    ended: set[int] = set()
    for stage in stages:
        assert stage.identity not in ended
        ended |= {stage.identity} if {"died", "merged into"} & set(stage.events) else set()


@given(one=partitions(), two=partitions(), by=rules)
def test_two_times_are_one_alignment(one: dict[int, list[str]], two: dict[int, list[str]], by: Rules) -> None:
    found = align(one, two, by)
    stages = [s for s in follow([one, two], by) if s.time == 1 and s.community is not None]
    assert {s.community: s.events for s in stages} == found.after
