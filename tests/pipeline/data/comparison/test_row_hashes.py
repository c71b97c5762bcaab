"""Rows told apart, against pandas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.data.comparison.row_hashes import content_sha256, duplicates, row_hashes
from include.pipeline.data.stored_table import StoredTable
from tests.pipeline.data.tables import stored

NAN = float("nan")
tables = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0, 2.5, NAN]), st.sampled_from([0.0, -1.0])), min_size=1, max_size=30
)


def stored_frame(columns: dict[str, object]) -> StoredTable:
    return stored(pd.DataFrame(columns))


def content(frame: pd.DataFrame, rows: int | None = None) -> str:
    return content_sha256(row_hashes(stored(frame))[:rows], frame.columns)


@pytest.mark.long
@given(tables)
def test_duplicates_are_what_pandas_finds(cells: list[tuple[float, float]]) -> None:
    frame = pd.DataFrame(cells, columns=["a", "b"])
    assert duplicates(row_hashes(stored(frame)), len(frame)) == int(frame.duplicated().sum())


def test_zero_is_zero_and_an_empty_cell_an_empty_cell() -> None:
    other_nan = np.array([0x7FF8000000000001], dtype="uint64").view("float64")[0]
    first, second = row_hashes(stored_frame({"a": [0.0, -0.0], "b": [NAN, other_nan]}))
    assert first == second


def test_a_number_is_the_same_whatever_its_column_was_read_as() -> None:
    whole, fractions = pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1.0, 2.0]})
    assert content(whole) == content(fractions)


def test_the_columns_of_a_row_are_not_exchanged() -> None:
    first, second = row_hashes(stored_frame({"a": [1, 2], "b": [2, 1]}))
    assert first != second


def test_among_more_rows_as_many_are_drawn_as_are_asked_for() -> None:
    hashes = row_hashes(stored_frame({"a": [*range(1000), *range(1000)]}))
    assert duplicates(hashes, 2000) == 1000
    # Of 1000 drawn of 1000 pairs, about a quarter of the pairs is there whole.
    assert 200 < duplicates(hashes, 1000) < 300


def test_what_a_table_begins_with_is_known_again() -> None:
    frame = pd.DataFrame({"a": [1, NAN, 3], "b": [0, 1, 0]})
    longer = pd.concat([frame, pd.DataFrame({"a": [9], "b": [1]})], ignore_index=True)
    assert content(longer, 3) == content(frame)
    assert content(longer, 2) != content(frame)
    assert content(frame[::-1]) != content(frame)
    assert content(frame.rename(columns={"a": "c"})) != content(frame)
