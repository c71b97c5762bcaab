"""Numbers as text, against Python and pandas."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.pipeline.data.writing.csv_file import csv_text, float_text

floats = st.floats(allow_infinity=False) | st.integers(-(10**17), 10**17).map(float)


@given(st.lists(floats, max_size=20))
@example(
    [0.0, -0.0, 1e-4, 9.999e-5, 1e-5, 1e10, 9999999999.5, 1e15, 1e16, 1e22, 5e-324, 1.7e308, 123456789012.5]
)
def test_a_float_is_written_as_python_does(values: list[float]) -> None:
    expected = [None if np.isnan(value) else str(value) for value in values]
    assert float_text(np.array(values, dtype="float64")).to_pylist() == expected


columns = {
    "digit": st.integers(0, 9),
    "whole": st.integers(-(2**63), 2**63 - 1),
    "fraction": st.floats(allow_infinity=False),
}


@pytest.mark.long
@given(st.data(), st.lists(st.sampled_from(list(columns)), min_size=2, max_size=8), st.integers(1, 9))
def test_lines_are_those_of_pandas(data: st.DataObject, kinds: list[str], rows: int) -> None:
    frame = pd.DataFrame(
        {
            f"{kind} {at}": np.array(
                data.draw(st.lists(columns[kind], min_size=rows, max_size=rows)),
                dtype="float64" if kind == "fraction" else "int64",
            )
            for at, kind in enumerate(kinds)
        }
    )
    # Not from_pandas, which makes NaN null.
    table = pa.table({name: pa.array(frame[name].to_numpy()) for name in frame.columns})
    assert csv_text(table).to_pybytes() == frame.to_csv(header=False, index=False).encode()


@pytest.mark.parametrize("kind", ["int8", "int16", "int64"])
def test_a_column_of_digits_alone_is_written_line_by_line(kind: str) -> None:
    table = pa.table({"a": np.array([0, 9, 5], dtype=kind)})
    assert csv_text(table).to_pybytes() == b"0\n9\n5\n"
