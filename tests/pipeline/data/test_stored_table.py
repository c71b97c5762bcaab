"""A table in pieces, in memory and on disk."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from include.pipeline.data.stored_table import StoredTable, TableWriter, narrowed


def batch(**columns: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


@pytest.fixture(params=["in memory", "on disk"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> StoredTable:
    """A table whose columns get wider from piece to piece."""
    writer = TableWriter(tmp_path if request.param == "on disk" else None)
    writer.append(
        batch(a=pa.array([1, 2], pa.int8()), b=pa.array([1, 2], pa.int8()), c=pa.array([0.5, np.nan]))
    )
    writer.append(batch(a=pa.array([300], pa.int16()), b=pa.array([0.5]), c=pa.array([7], pa.int8())))
    return writer.finish()


def test_a_column_has_the_type_that_holds_all_its_numbers(table: StoredTable) -> None:
    assert table.rows == 3
    assert table.schema == pa.schema([("a", pa.int16()), ("b", pa.float64()), ("c", pa.float64())])
    assert table.names == ("a", "b", "c")
    assert (table.column("a").dtype, table.column("a").tolist()) == (np.int16, [1, 2, 300])
    assert table.column("b").tolist() == [1, 2, 0.5]
    np.testing.assert_array_equal(table.column("c"), [0.5, np.nan, 7])


@pytest.mark.parametrize("names", [["c", "a"], ["b"], ["a", "b", "c"], ["c", "b", "a"]])
def test_batches_have_the_columns_that_are_asked_for(table: StoredTable, names: list[str]) -> None:
    batches = list(table.batches(names))
    assert [found.num_rows for found in batches] == [2, 1]
    for found in batches:
        assert found.schema == pa.schema([table.schema.field(name) for name in names])
    for at, name in enumerate(names):
        joined = np.concatenate([found.column(at).to_numpy() for found in batches])
        np.testing.assert_array_equal(joined, table.column(name))


@pytest.mark.parametrize(
    ("numbers", "bits"),
    [
        ([0, 1], 8),
        ([-128, 127], 8),
        ([128], 16),
        ([-129], 16),
        ([2**15], 32),
        ([2**31], 64),
        ([-(2**63)], 64),
        ([], 64),
    ],
)
def test_whole_numbers_take_as_few_bits_as_hold_them(numbers: list[int], bits: int) -> None:
    found = narrowed(pa.array(numbers, pa.int64()))
    assert (found.type.bit_width, found.to_pylist()) == (bits, numbers)
