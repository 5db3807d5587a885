"""What benchmarks measured is kept, compared with the last run, and shown."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import record
from record import Measured, Run


def run(*measured: Measured, when: str = "2026-01-01") -> Run:
    return Run(when, "abc", {"processor": "a <b>", "cores": 2, "memory_gb": 24.0, "system": "Linux"}, {}, measured)


def one(*values: float, better: str = "more", name: str = "a / b") -> Measured:
    return Measured(name, values, "times", better)  # type: ignore[arg-type]


values = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=5).map(tuple)
measures = st.builds(
    Measured, st.text(max_size=8), values, st.sampled_from(["times", "GB"]), st.sampled_from(["more", "less"])
)


@given(st.lists(st.lists(measures, max_size=4), max_size=4))
def test_runs_come_back_as_they_were_kept(tmp_path_factory: pytest.TempPathFactory, many: list[list[Measured]]) -> None:
    history = tmp_path_factory.mktemp("history") / "history.jsonl"
    kept = [run(*some, when=str(i)) for i, some in enumerate(many)]
    for made in kept:
        record.stored(made, history)
    assert record.runs(history) == kept
    assert record.last(history) == (kept[-1] if kept else None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (one(3.0, 3.2), one(2.0, 2.1), "worse: a / b: 2.05 times, was 3.1"),
        (one(3.0, 3.2, better="less"), one(2.0, 2.1, better="less"), "better: a / b: 2.05 times, was 3.1"),
        (one(2.0), one(3.0), "better: a / b: 3 times, was 2"),
        (one(3.0), one(2.5), None),  # by less than a fifth
        (one(1.0, 3.0), one(1.5, 1.6, 1.7), None),  # the rounds overlap
    ],
)
def test_a_change_counts_if_it_is_large_and_the_rounds_do_not_overlap(
    old: Measured, new: Measured, said: str | None
) -> None:
    assert record.compared(run(old), run(new)) == ([said] if said else [])


def test_what_is_new_or_gone_is_no_change_but_gone_is_said() -> None:
    assert record.compared(run(one(1.0, name="gone")), run(one(1.0, name="new"))) == ["not measured this time: gone"]


def test_the_page_shows_the_newest_runs_and_every_name_in_them() -> None:
    many = [run(one(float(i), i + 1.0), when=f"day {i}") for i in range(9)] + [run(one(5.0, name="other"), when="last")]
    lines = record.page(many).splitlines()
    assert lines[0].count("day ") == record.SHOWN - 1
    assert "day 5" not in lines[0]
    assert "last (abc)" in lines[0]
    assert any(line.startswith("| other |") for line in lines)
    assert "| 8.5 (8 to 9) |" in "\n".join(lines)


def test_the_table_is_put_between_its_marks_and_nothing_else_changes() -> None:
    page = record.PAGE.read_text(encoding="utf-8")
    once = record.written(page, "| table |")
    assert record.written(once, "| table |") == once
    assert once.startswith(page.partition(record.START)[0])
    assert once.endswith(page.partition(record.END)[2])


def test_the_machine_is_described_and_not_named() -> None:
    about = record.machine()
    assert about["cores"] >= 1
    assert about["memory_gb"] > 0
    assert socket.gethostname() not in str(about)


def test_the_page_in_the_docs_is_that_of_the_history() -> None:
    found = record.runs()
    table = record.page(found) if found else ""
    assert table in record.PAGE.read_text(encoding="utf-8")
