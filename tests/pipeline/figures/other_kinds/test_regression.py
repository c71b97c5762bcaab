from collections.abc import Callable

import numpy as np
import pytest
from sklearn import metrics as scikit

from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
from include.pipeline.figures.other_kinds.regression import REGRESSION_FIGURES


def draw(rows: int = 400, noise: float = 2.0, seed: int = 1) -> PredictedRows:
    random = np.random.default_rng(seed)
    labels = random.gamma(2.0, 10.0, rows)
    return PredictedRows(labels, labels * 0.9 + random.normal(0, noise, rows))


ROWS = draw()
BY_SCIKIT: dict[str, Callable[..., float]] = {
    "rmse": scikit.root_mean_squared_error,
    "mae": scikit.mean_absolute_error,
    "r2": scikit.r2_score,
}


@pytest.mark.parametrize("name", REGRESSION_FIGURES)
def test_it_is_the_figure_of_scikit_learn(name: str) -> None:
    figure = REGRESSION_FIGURES[name]
    assert figure.of(ROWS) == pytest.approx(BY_SCIKIT[name](ROWS.labels, ROWS.predictions))
    mean = np.full(len(ROWS.labels), ROWS.labels.mean())
    assert figure.of(ROWS.by_mean()) == pytest.approx(BY_SCIKIT[name](ROWS.labels, mean), abs=1e-12)


@pytest.mark.parametrize("name", REGRESSION_FIGURES)
def test_its_interval_is_as_wide_as_drawn_test_sets_make_it(name: str) -> None:
    figure = REGRESSION_FIGURES[name]
    drawn = [figure.of(draw(seed=seed)) for seed in range(2, 402)]
    intervals = [figure.interval(draw(seed=seed)) for seed in range(2, 402)]
    truth = figure.of(draw(rows=200_000))
    assert truth is not None
    held = [interval is not None and interval.low <= truth <= interval.high for interval in intervals]
    assert 0.91 <= np.mean(held) <= 0.985
    assert len(set(drawn)) == 400


@pytest.mark.parametrize("name", REGRESSION_FIGURES)
def test_a_difference_of_two_models_on_the_same_rows_is_surer_than_either(name: str) -> None:
    figure = REGRESSION_FIGURES[name]
    random = np.random.default_rng(5)
    other = PredictedRows(ROWS.labels, ROWS.predictions + random.normal(0, 1, 400))
    found, own = figure.difference(ROWS, other), figure.interval(ROWS)
    one, two = figure.of(ROWS), figure.of(other)
    assert found is not None
    assert own is not None
    assert one is not None
    assert two is not None
    assert found.low < two - one < found.high
    assert (found.low + found.high) / 2 == pytest.approx(two - one)
    assert found.high - found.low < own.high - own.low
    assert figure.difference(ROWS, ROWS) is None


def test_perfect_predictions_and_one_label_have_no_interval() -> None:
    perfect = PredictedRows(ROWS.labels, ROWS.labels)
    assert [figure.of(perfect) for figure in REGRESSION_FIGURES.values()] == [0, 0, 1]
    assert [figure.interval(perfect) for figure in REGRESSION_FIGURES.values()] == [None, None, None]
    assert PredictedRows(np.ones(3), np.arange(3.0)).r2 is None
