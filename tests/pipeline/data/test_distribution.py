"""Values counted, against sorted lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.data.distribution import distribution_of

numbers = st.lists(st.floats(-5, 5).map(lambda value: round(value, 1)) | st.just(float("nan")), max_size=50)


@pytest.mark.long
@given(numbers)
def test_each_value_is_counted_once(values: list[float]) -> None:
    found = distribution_of(np.array(values, dtype="float64"))
    present = sorted(value for value in values if value == value)  # noqa: PLR0124 - NaN is not itself
    assert found.values.tolist() == sorted(set(present))
    assert found.rows.tolist() == [present.count(value) for value in found.values]
    assert (found.present, found.missing) == (len(present), len(values) - len(present))
    for place, value in enumerate(present):
        assert found.at(place) == value
    assert found.at(np.arange(-len(present), 0)).tolist() == present
    assert found.rows_where(found.values > 0) == sum(value > 0 for value in present)


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64"])
def test_whole_numbers_are_counted_alike_in_any_type(kind: str) -> None:
    found = distribution_of(np.array([3, -128, 3, 127, 0, 3], dtype=kind))
    assert found.values.tolist() == [-128, 0, 3, 127]
    assert found.values.dtype == np.float64
    assert (found.rows.tolist(), found.missing) == ([1, 1, 3, 1], 0)
