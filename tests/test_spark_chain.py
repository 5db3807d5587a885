"""The usual chain gives the same tables on Spark as on DuckDB, and either engine goes on with the other's study."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import graphnet as gn
from graphnet import _numbers
from graphnet.engines import Engine
from graphnet.engines.duckdb import DuckDB
from graphnet.errors import InputError
from graphnet.simulate import Group, World
from tests.sparked import spark

SMALL = World(
    accounts=120, days=4, fandoms=2, authors=4, celebrities=2, outlets=3, news=2, fans=8, chain=3, storm=8,
    groups=(Group("g", size=8, cover=0.6),),
)  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("world")
    gn.simulate(folder, seed=5, design=SMALL)
    return [folder / name for name in ("posts.jsonl.zst", "follows.csv.gz", "profiles.csv.gz")]


def _chain(files: list[Path], folder: Path, engine: Engine) -> gn.Study:
    study = gn.read(files, folder, engine=engine)
    gn.match(study)
    gn.project(
        study,
        gn.layers.CoRetweet(min_shared=2),
        gn.layers.NearText(min_shared=1),
        gn.layers.Retweet(),
    )
    gn.validate(study, gn.nulls.Popularity(), gn.nulls.Interest(), gn.nulls.Diffusion())
    gn.detect(study, min_size=3)
    gn.confirm(study)
    gn.score(study)
    return study


@pytest.fixture(scope="module")
def both(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[gn.Study, gn.Study]]:
    """The same steps on DuckDB and on Spark."""
    folder = tmp_path_factory.mktemp("studies")
    engine = spark()
    with pytest.MonkeyPatch.context() as patch:
        # posts and objects are more: their numbers come from several tasks, those of accounts from one
        patch.setattr(_numbers, "MOST", 500)
        yield _chain(files, folder / "duckdb", DuckDB(memory="1GB", threads=2)), _chain(files, folder / "spark", engine)
    engine.close()


def _canonical(study: gn.Study, table: str) -> pd.DataFrame:
    rows = study.frame(f"select * from {table}")
    # by all columns but the real numbers: these may differ in the last digit
    by = [name for name in rows.columns if not pd.api.types.is_float_dtype(rows[name])]
    return rows.sort_values(by, key=lambda c: c.map(repr), kind="stable").reset_index(drop=True)


def test_every_table_is_the_same(both: tuple[gn.Study, gn.Study]) -> None:
    ours, theirs = both
    assert sorted(ours.manifest["tables"]) == sorted(theirs.manifest["tables"])
    for table in ours.manifest["tables"]:
        assert ours.parts(table) == theirs.parts(table)
        pd.testing.assert_frame_equal(
            _canonical(ours, table), _canonical(theirs, table), rtol=1e-9, atol=1e-12, obj=table, check_dtype=True
        )
    assert len(ours.actions) > 1000
    assert ours.ties["kept"].any()
    assert len(ours.communities)
    assert len(ours.levels)


def test_every_step_says_the_same(both: tuple[gn.Study, gn.Study]) -> None:
    for ours, theirs in zip(both[0].manifest["steps"], both[1].manifest["steps"], strict=True):
        for said in ("verb", "rows", "parameters"):
            assert ours[said] == theirs[said]
        assert (ours["engine"], theirs["engine"]) == ("duckdb", "spark")
        assert set(theirs["versions"]) - set(ours["versions"]) == {"pyspark"}


def test_workers_of_spark_say_of_a_bad_file_what_duckdb_says(files: list[Path], tmp_path: Path) -> None:
    cut = tmp_path / "cut.csv.gz"
    rows = "".join(f"{i},{hashlib.sha256(str(i).encode()).hexdigest()}\n" for i in range(4000))
    cut.write_bytes(gzip.compress(f"source,target\n{rows}".encode())[:-4000])
    said = []
    for engine in (DuckDB(memory="1GB", threads=2), spark()):
        with pytest.raises(InputError) as refused:
            gn.read([files[1], cut, files[2]], tmp_path / engine.name, engine=engine)
        said.append((refused.type, str(refused.value)))
        engine.close()
    assert said[0] == said[1]
    assert "cut.csv.gz is cut short" in said[1][1]


def _stored(study: gn.Study) -> set[str]:
    """The table files and folders that lie in the study's folder."""
    return {path.name for path in Path(study.path).iterdir() if path.suffix == ".parquet"}


def _named(study: gn.Study) -> set[str]:
    return {file for parts in study.manifest["tables"].values() for file in parts.values()}


def test_duckdb_goes_on_with_a_study_of_spark(both: tuple[gn.Study, gn.Study], tmp_path: Path) -> None:
    ours, theirs = both
    shutil.copytree(theirs.path, tmp_path / "study")
    study = gn.Study.open(tmp_path / "study", DuckDB(memory="1GB", threads=2))
    assert any((tmp_path / "study" / name).is_dir() for name in _stored(study))
    assert gn.explain(study, community=1) == gn.explain(ours, community=1)
    gn.report(study, tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size > 10_000
    gn.project(study, gn.layers.CoRetweet(min_shared=2))
    gn.detect(study, min_size=3)
    study.clean()
    assert _stored(study) == _named(study)
    assert study.parts("pairs") == theirs.parts("pairs")


def test_spark_goes_on_with_a_study_of_duckdb(both: tuple[gn.Study, gn.Study], tmp_path: Path) -> None:
    ours, _ = both
    shutil.copytree(ours.path, tmp_path / "study")
    engine = spark()
    study = gn.Study.open(tmp_path / "study", engine)
    gn.detect(study, min_size=3)
    gn.score(study)
    for table in ("members", "communities", "findings"):
        pd.testing.assert_frame_equal(_canonical(study, table), _canonical(ours, table), rtol=1e-9, obj=table)
    study.clean()
    assert _stored(study) == _named(study)
    engine.close()
