"""Sketches: all numbers where there are few, and ranks that are nearly right where there are many."""

import numpy as np
import pytest

from local_aws.processing.analyzer.sketch import sketch_of, weighted


def test_up_to_2048_numbers_are_all_in_it() -> None:
    numbers = np.array([3.0, 1.0, 2.0, 2.0])
    assert sketch_of(numbers) == {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[1.0, 2.0, 2.0, 3.0]]}
    found, weights = weighted(sketch_of(np.arange(2048.0)))
    assert (found.tolist(), set(weights)) == (list(range(2048)), {1.0})


@pytest.mark.parametrize("count", [2049, 5000, 41_188, 100_001])
def test_of_more_it_has_a_sample_whose_ranks_are_nearly_right(count: int) -> None:
    numbers = np.random.default_rng(count).normal(size=count)
    sketch = sketch_of(numbers)
    assert len(sketch["data"][-1]) <= 2048
    found, weights = weighted(sketch)
    assert weights.sum() == count
    ordered = np.sort(numbers)
    ranks, exact = weights.cumsum(), np.searchsorted(ordered, found, side="right")
    assert np.abs(ranks - exact).max() <= 2 ** (len(sketch["data"]) - 1)
