"""The world of the scale benchmark is what it says it is, and its figures are worked out right."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import graphnet as gn

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import posts_world, scale
from benchmarks.posts_world import blocks, make, write


@pytest.fixture(scope="module")
def posts() -> pa.Table:
    return pa.concat_tables(blocks(make(30_000)))


def test_the_shares_of_retweets_words_tags_and_links(posts: pa.Table) -> None:
    texts = [text for text in posts["text"].to_pylist() if text is not None]
    assert len(texts) == 10_000
    assert posts["text"].null_count == len(posts) - posts["retweeted_id"].null_count == 20_000
    assert 0.25 < np.mean(["#" in text for text in texts]) < 0.45
    assert 0.15 < np.mean(["https://" in text for text in texts]) < 0.3
    assert 0.15 < np.mean(["@" in text for text in texts]) < 0.25
    repeated = sum(n for n in Counter(texts).values() if n > 1)
    assert 0.04 < repeated / len(texts) < 0.09


def test_retweets_name_an_earlier_post_and_its_author(posts: pa.Table) -> None:
    rows = {row["id"]: row for row in posts.to_pylist()}
    assert len(rows) == len(posts)
    for row in rows.values():
        if row["retweeted_id"] is not None:
            original = rows[row["retweeted_id"]]
            assert original["retweeted_id"] is None
            assert original["user_id"] == row["retweeted_user_id"]
            assert original["created_at"] <= row["created_at"]


def test_popularity_is_fixed() -> None:
    world = make(400_000)
    most = np.bincount(world.of[world.of >= 0]).max()
    busiest = np.bincount(world.account).max()
    # expected at most 8,000 and 1,500, and groups add a few
    assert 2_000 < most < 9_000
    assert 500 < busiest < 2_500


def test_a_world_does_not_depend_on_the_size_of_its_blocks(posts: pa.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posts_world, "BLOCK", 7_000)
    assert pa.concat_tables(blocks(make(30_000))).equals(posts)


def test_both_formats_are_read_as_the_same_study(tmp_path: Path) -> None:
    studies = []
    for form in ("csv", "jsonl"):
        write(tmp_path / form, 900, form=form)
        studies.append(gn.read(tmp_path / form, tmp_path / f"study-{form}"))
    for table in ("actions", "objects", "handles"):
        one, two = (study.rows(f"select * from {table}") for study in studies)
        assert one.equals(two), table
    assert studies[0].last("read")["rows"]["posts"] == 900


def test_no_post_is_lost_between_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posts_world, "BLOCK", 100)
    monkeypatch.setattr(posts_world, "FILE", 300)
    paths = write(tmp_path, 950)
    lines = [len(path.read_text().splitlines()) - 1 for path in paths[1:]]
    assert lines == [300, 300, 300, 50]


def test_exponents_are_slopes_and_small_sizes_do_not_count() -> None:
    figures = {
        str(n): {"read": {"cpu": n**1.5, "wall": n, "peak_mb": 7}} for n in (1_000_000, 3_000_000, 10_000_000)
    } | {"1000": {"read": {"cpu": 1e9, "wall": 1e9, "peak_mb": 1e9}}}
    assert scale.exponents(figures) == {"read": {"cpu": 1.5, "wall": 1.0, "peak_mb": 0.0}}


def test_numbers_and_their_short_form() -> None:
    assert [scale.number(text) for text in ("30M", "1.5M", "100k", "7")] == [30_000_000, 1_500_000, 100_000, 7]
    assert [scale.short(n) for n in (30_000_000, 1_500_000, 100_000)] == ["30M", "1.5M", "100k"]


def test_a_step_is_measured_with_its_children(tmp_path: Path) -> None:
    (found,) = (figures for _, figures in scale.measure(2_000, ["read"], tmp_path))
    assert found["rows"]["posts"] == 2_000
    assert 0.2 < found["cpu"] < 60
    assert 50 < found["peak_mb"] < 4_000
    with pytest.raises(RuntimeError, match="graphnet project failed"):
        (tmp_path / "study-csv-2000" / "manifest.json").unlink()
        list(scale.measure(2_000, ["project"], tmp_path))


def test_the_page_can_be_written_from_figures() -> None:
    one = {"wall": 10.0, "cpu": 12.0, "peak_mb": 500, "rows": {"posts": 10**6, "pairs/co_retweet": 5}}
    two = {"wall": 31.0, "cpu": 36.0, "peak_mb": 1500, "rows": {"posts": 3 * 10**6, "pairs/co_retweet": 9}}
    figures = {
        "machine": {"cores": 2, "memory_gib": 24, "python": "3"},
        "sizes": {"1000000": {"read": one}, "3000000": {"read": two}},
    }
    said = scale.tables(figures)
    assert "| read | 10 (12) | 31 (36) | 1.0 |" in said
    assert "| read | 12.0 | 500 | 0.6 | 500 |" in said
    assert "| pairs | 5 | 9 |" in said
