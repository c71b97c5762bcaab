"""Rows put into another order on disk, against numpy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.data.writing import buckets as module
from include.pipeline.data.writing.buckets import fill_buckets
from include.pipeline.data.writing.rows import Rows, shuffled
from tests.pipeline.data.tables import stored


@pytest.mark.long
@given(
    rows=st.integers(1, 400),
    taken=st.floats(0, 1),
    sizes=st.fixed_dictionaries(
        {
            "_BUCKET_BYTES": st.integers(1, 2000),
            "_ROWS_AT_ONCE": st.integers(1, 500),
            "_MOST_BUCKETS": st.integers(1, 300),
        }
    ),
)
def test_rows_come_in_the_new_order_whatever_the_size_of_a_bucket(
    rows: int,
    taken: float,
    sizes: dict[str, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("buckets")
    table = stored(pd.DataFrame({"number": np.arange(rows), "half": np.arange(rows) / 2}))
    chosen = np.random.RandomState(rows).permutation(rows)[: int(taken * rows)]
    with pytest.MonkeyPatch.context() as patch:
        for name, size in sizes.items():
            patch.setattr(module, name, size)
        filled = fill_buckets(Rows(table, chosen), ["half", "number"], folder)
    assert len(filled) <= sizes["_MOST_BUCKETS"]
    found = [bucket.take() for bucket in filled]
    assert all(part.column_names == ["half", "number"] for part in found)
    numbers = [number for part in found for number in part["number"].to_pylist()]
    halves = [half for part in found for half in part["half"].to_pylist()]
    assert numbers == chosen.tolist()
    assert halves == (chosen / 2).tolist()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("rows", [1, 2, 200, 255, 256, 70_000])
def test_a_table_is_shuffled_as_pandas_samples_it(rows: int) -> None:
    frame = pd.DataFrame({"number": np.arange(rows)})
    for seed in (0, 1729, 2**32 - 1):
        found = shuffled(stored(frame), seed)
        assert found.column("number").tolist() == frame.sample(frac=1, random_state=seed)["number"].tolist()
