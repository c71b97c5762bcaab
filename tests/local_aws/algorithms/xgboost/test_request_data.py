"""A large body is read by another way than a small one, and to the same values."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.algorithms.xgboost import request_data
from local_aws.algorithms.xgboost.request_data import parse
from local_aws.errors import UserError

ODD = ("", "+1", "1e3", ".5", "5.", "-0.0", "NaN", "1_0", "nan(1)", " 2", "3 ", " ", "x", '"1"', "€")
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(width=32, allow_infinity=False).map(repr),
    st.floats(allow_infinity=False, min_value=-3e38, max_value=3e38).map(repr),
    st.sampled_from(ODD),
)


def values(body: bytes) -> Any:
    """Give the rows as they go into the model, or the refusal."""
    try:
        matrix = parse(body, "text/csv")
    except UserError as error:
        return str(error)
    # The matrix keeps no empty cell.
    dense = np.full((matrix.num_row(), matrix.num_col()), math.nan, np.float32)
    kept = matrix.get_data().tocoo()
    dense[kept.row, kept.col] = kept.data
    return dense.tobytes(), dense.shape


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(NUMBERS, min_size=columns, max_size=columns), min_size=1, max_size=5
        )
    ),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\n\n", "\n1"]),
)
def test_a_large_body_is_read_as_a_small_one(
    rows: list[list[str]], delimiter: str, newline: str, end: str
) -> None:
    body = (newline.join(delimiter.join(row) for row in rows) + end).encode()
    small = values(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_data, "_LARGE", 0)
        assert values(body) == small


def test_a_large_body_of_numbers_is_read_by_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("cell by cell")

    rows = np.random.default_rng(7).random((4_000, 5))
    body = "\n".join(",".join(map(repr, row)) for row in rows.tolist()).encode()
    monkeypatch.setattr(np, "array", refuse)
    matrix = parse(body, "text/csv")
    monkeypatch.undo()
    assert np.array_equal(matrix.get_data().toarray(), rows.astype(np.float32))
