import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.share_interval import f1_interval, wilson


@given(st.integers(1, 10_000).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_it_is_the_one_that_scipy_computes(counted: tuple[int, int]) -> None:
    of, rows = counted
    expected = stats.binomtest(of, rows).proportion_ci(0.95, method="wilson")
    found = wilson(of / rows, rows)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert found.low <= of / rows <= found.high


def test_one_of_one_is_not_certain() -> None:
    found = wilson(1.0, 1)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(1 / (1 + 1.959964**2), abs=1e-6), 1)


def test_of_no_rows_there_is_none() -> None:
    assert wilson(0.0, 0) is None
    assert f1_interval(ConfusionMatrix(tn=9, fp=0, fn=0, tp=0)) is None


def test_that_of_f1_comes_of_the_share_of_true_positives() -> None:
    found = f1_interval(ConfusionMatrix(tn=500, fp=15, fn=25, tp=30))
    low, high = stats.binomtest(30, 70).proportion_ci(0.95, method="wilson")
    assert found is not None
    # 2 TP / (2 TP + rest) of TP / (TP + rest).
    assert (found.low, found.high) == pytest.approx((2 * low / (low + 1), 2 * high / (high + 1)))
    assert found.low < 60 / 100 < found.high
