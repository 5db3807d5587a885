"""Parquet files put together from chunks of others, read back by two readers."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet._chunks import Assembled, File, repeated
from graphnet.engines.duckdb import DuckDB
from graphnet.errors import StudyError

COLUMNS = pa.schema([("n", pa.int64()), ("text", pa.string()), ("flag", pa.bool_()), ("real", pa.float64())])
rows = st.lists(
    st.fixed_dictionaries(
        {
            "n": st.none() | st.integers(-(2**62), 2**62),
            "text": st.none() | st.text("aé\0'", max_size=40),
            "flag": st.none() | st.booleans(),
            "real": st.none() | st.floats(allow_nan=False),
        }
    ),
    min_size=1,
    max_size=40,
)
ways = st.fixed_dictionaries(
    {
        "compression": st.sampled_from(["none", "zstd", "snappy", "lz4"]),
        "use_dictionary": st.booleans() | st.just(["text"]),
        "write_statistics": st.booleans(),
        "write_page_index": st.booleans(),
        "row_group_size": st.integers(1, 20),
    }
)


@given(groups=st.lists(rows, max_size=20), one=ways, other=ways)
def test_columns_of_two_files_become_one_file(groups: list[Any], one: Any, other: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, whole = Path(folder) / "made.parquet", COLUMNS.empty_table()
        with path.open("wb") as file:
            made = Assembled(file, COLUMNS)
            for group in groups:
                table = pa.Table.from_pylist(group, COLUMNS)
                files = [io.BytesIO(), io.BytesIO()]
                pq.write_table(table.select(["n", "flag"]), files[0], **one | {"row_group_size": 100})
                pq.write_table(table.select(["text", "real"]), files[1], **other | {"row_group_size": 100})
                made.add(File(files[0]).group(0) | File(files[1]).group(0))
                whole = pa.concat_tables([whole, table])
            made.close()
        assert pq.read_table(path).equals(whole)
        assert DuckDB().rows(f"select * from '{path}'").to_pylist() == whole.to_pylist()
        about = pq.read_metadata(path)
        assert [about.row_group(i).num_rows for i in range(about.num_row_groups)] == [len(group) for group in groups]


@given(table=rows, how=ways)
def test_a_file_is_copied_group_by_group(table: Any, how: Any) -> None:
    whole, stored, made = pa.Table.from_pylist(table, COLUMNS), io.BytesIO(), io.BytesIO()
    pq.write_table(whole, stored, **how)
    source, copy = File(stored), Assembled(made, COLUMNS)
    for group in range(len(source)):
        copy.add(source.group(group))
    copy.close()
    assert copy.rows == len(table)
    assert pq.read_table(made).equals(whole)


def test_statistics_stay_true_and_a_copy_can_be_copied(tmp_path: Path) -> None:
    path = tmp_path / "stored.parquet"
    pq.write_table(pa.table({"n": range(10)}), path, row_group_size=5)
    made = io.BytesIO()
    with path.open("rb") as file:
        copy = Assembled(made, pa.schema([("n", pa.int64())]))
        copy.add(File(file).group(1))
        copy.close()
    about = pq.read_metadata(made).row_group(0).column(0)
    assert (about.statistics.min, about.statistics.max, about.num_values) == (5, 9, 5)


def test_a_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"n": range(1000)}), file)
    chunk = File(file).group(0)["n"]
    chunk.file.truncate(100)
    with pytest.raises(StudyError, match="cut off"):
        chunk.read()


@given(
    values=st.sampled_from([pa.string(), pa.int64(), pa.float64()]).flatmap(
        lambda type_: st.tuples(st.just(type_), {
            pa.string(): st.text("aé\0'", max_size=40),
            pa.int64(): st.integers(-(2**63), 2**63 - 1),
            pa.float64(): st.floats(allow_nan=False),
        }[type_])
    ),
    nullable=st.booleans(),
    rows=st.lists(st.integers(1, 10) | st.integers(1, 300_000), min_size=1, max_size=3),
)  # fmt: skip
def test_a_value_again_and_again(values: tuple[pa.DataType, Any], nullable: bool, rows: list[int]) -> None:
    field = pa.field("x", values[0], nullable)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.parquet"
        with path.open("wb") as file:
            made = Assembled(file, pa.schema([field]))
            for count in rows:
                made.add({"x": repeated(field, values[1], count)})
            made.close()
        assert pq.read_table(path)["x"].equals(pa.chunked_array([pa.array([values[1]] * sum(rows), values[0])]))
        read = pq.read_table(path, read_dictionary=["x"] if values[0] == pa.string() else [])["x"]
        assert read.cast(values[0]).unique().to_pylist() == [values[1]]
        assert DuckDB().rows(f"select x, count(*) as n from '{path}' group by x")["n"].to_pylist() == [sum(rows)]
        group = pq.read_metadata(path).row_group(0)
        assert group.num_rows == group.column(0).num_values == rows[0]
        assert group.column(0).total_compressed_size < 400
