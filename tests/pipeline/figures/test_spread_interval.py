import numpy as np
import pytest
from scipy import stats

from include.pipeline.figures.scored_rows import ScoredRows
from include.pipeline.figures.spread_interval import LOG, LOGIT, PROBIT, Scale, spread_interval

RANDOM = np.random.default_rng(3)


def test_that_of_a_mean_worked_out_by_hand() -> None:
    values = np.array([1.0, 1.0, 1.0, 5.0])
    # Mean 2, squares 1, 1, 1 and 9: variance 3, kurtosis (3 * 1 + 81) / 4 / 9 = 7 / 3.
    half = stats.t.ppf(0.975, 3) * np.sqrt(12 / 3 / 4) / 2
    found = spread_interval(2.0, values, LOG)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((2 * np.exp(-half), 2 * np.exp(half)))
    counted = spread_interval(2.0, np.array([1.0, 5.0]), LOG, counts=np.array([3, 1]))
    assert counted is not None
    assert (counted.low, counted.high) == pytest.approx((found.low, found.high))


@pytest.mark.long
def test_of_many_rows_it_is_as_wide_as_the_bootstrap_says() -> None:
    values = RANDOM.gamma(0.5, size=5000)
    drawn = stats.bootstrap((values,), np.mean, n_resamples=4000, rng=RANDOM, batch=200).confidence_interval
    found = spread_interval(values.mean(), values, LOG)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((drawn.low, drawn.high), rel=0.01)


def test_where_few_rows_make_up_the_spread_it_is_wider_than_the_normal_one() -> None:
    values = np.array([0.01] * 200 + [3.0] * 4)
    normal = 1.96 * values.std(ddof=1) / np.sqrt(204) / values.mean()
    found = spread_interval(values.mean(), values, LOG)
    assert found is not None
    assert np.log(found.high / values.mean()) > 1.1 * normal


def test_rows_that_do_not_differ_tell_nothing_of_others() -> None:
    assert spread_interval(0.25, np.full(10, 0.25), LOG) is None
    # Each score was right to the last digit: a squared error of 0.
    rows = ScoredRows(np.array([0, 1, 0]), np.array([0.0, 1.0, 0.0]), 0.5)
    assert rows.interval_of_mean(rows.squared_errors) is None


@pytest.mark.parametrize("scale", [LOG, LOGIT, PROBIT])
@pytest.mark.parametrize("value", [0.02, 0.4, 0.97])
def test_a_scale_leads_there_and_back_with_its_slope(scale: Scale, value: float) -> None:
    assert scale.back(scale.there(value)) == pytest.approx(value)
    step = 1e-6
    assert scale.slope(value) == pytest.approx(
        (scale.there(value + step) - scale.there(value - step)) / (2 * step), rel=1e-5
    )
