"""Whether chance explains a difference, against scipy and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from include.pipeline.figures.chance import chance_of_bins, chance_of_shares

bins = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=12)


@given(st.lists(st.tuples(st.integers(20, 300), st.integers(20, 300)), min_size=3, max_size=8))
def test_full_bins_are_compared_by_the_chi_square_test(counts: list[tuple[int, int]]) -> None:
    new, previous = ([pair[side] for pair in counts] for side in (0, 1))
    both = np.array([new, previous])
    expected = both.sum(axis=1, keepdims=True) * both.sum(axis=0) / both.sum()
    # K. Pearson's sum, by hand.
    distance = ((both - expected) ** 2 / expected).sum()
    if expected.min() >= 5:
        assert chance_of_bins(new, previous) == pytest.approx(stats.chi2.sf(distance, len(counts) - 1))


def test_bins_of_few_rows_are_taken_together() -> None:
    # The last three have 3, 2 and 1 of the 200 rows: 6 of them, so that 3 are expected in either version.
    new, previous = (60, 34, 3, 2, 1), (55, 45, 0, 0, 0)
    # Alone they are too few, and go with the smaller of the full bins.
    assert chance_of_bins(new, previous) == pytest.approx(stats.fisher_exact([(60, 40), (55, 45)]).pvalue)


def test_one_row_of_a_few_is_no_surprise_in_a_small_addition() -> None:
    """A chi-square test without joined bins finds p below 1e-20 here."""
    assert stats.chi2_contingency([(99, 1), (10_000, 0)], correction=False).pvalue < 1e-20
    assert chance_of_bins((99, 1), (10_000, 0)) == 1


@given(bins)
def test_a_chance_is_a_share_whatever_is_counted(counts: list[tuple[int, int]]) -> None:
    new, previous = ([pair[side] for pair in counts] for side in (0, 1))
    assert 0 <= chance_of_bins(new, previous) <= 1
    if sum(new):
        assert chance_of_bins(new, new) == pytest.approx(1)


def test_shares_are_compared_by_fishers_exact_test() -> None:
    table = [[12, 88], [3, 97]]
    assert chance_of_shares(12, 100, 3, 100) == pytest.approx(stats.fisher_exact(table).pvalue)
    assert chance_of_shares(12, 100, 3, 100, more=True) == pytest.approx(
        stats.fisher_exact(table, alternative="greater").pvalue
    )
    assert chance_of_shares(0, 100, 0, 7) == 1


def test_that_all_of_some_rows_are_new_has_the_chance_of_drawing_them() -> None:
    # Three marked rows, all in the second of two halves of 100: 100/200 x 99/199 x 98/198.
    assert chance_of_shares(3, 100, 0, 100, more=True) == pytest.approx(100 / 200 * 99 / 199 * 98 / 198)
