"""Many numbers are written by another way than a few, and to the same lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.algorithms.toolkit import number_lines
from local_aws.algorithms.toolkit.number_lines import write_lines

ODD = (0.0, -0.0, 0.5, 1.0, 1e-4, 9.999e-5, 1e-5, 1e-10, 1e16, 123456789.0, 1e22, -0.25)


@pytest.mark.long
@given(
    st.lists(
        st.one_of(st.floats(0, 1, width=32), st.floats(width=32, allow_nan=True), st.sampled_from(ODD)),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([np.float32, np.float64]),
)
@settings(max_examples=300, deadline=None)
def test_many_numbers_are_written_as_python_writes_each(numbers: list[float], kind: type) -> None:
    with np.errstate(over="ignore"):
        values = np.array(numbers, kind)
    expected = "".join(f"{number}\n" for number in values.tolist())
    assert write_lines(values) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(number_lines, "_MANY", 0)
        assert write_lines(values) == expected.encode()


def test_probabilities_of_a_large_answer_are_those_of_python() -> None:
    scores = np.random.default_rng(11).beta(0.3, 3, 100_000).astype(np.float32)
    assert write_lines(scores) == "".join(f"{score}\n" for score in scores.tolist()).encode()
