import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as scikit

from include.pipeline.figures.scored_rows import ScoredRows
from include.pipeline.figures.share_interval import wilson

RANDOM = np.random.default_rng(5)


@pytest.mark.parametrize("digits", [1, 9], ids=["many ties", "no ties"])
def test_each_rows_part_is_what_a_little_more_of_it_changes(digits: int) -> None:
    rows = 120
    labels = (RANDOM.random(rows) < 0.3).astype(int)
    scores = np.clip(0.3 + 0.2 * labels + 0.2 * RANDOM.normal(size=rows), 0, 1).round(digits)
    value, step = scikit.average_precision_score(labels, scores), 1e-5
    parts = np.empty(rows)
    for row in range(rows):
        weights = np.full(rows, (1 - step) / rows)
        weights[row] += step
        parts[row] = (scikit.average_precision_score(labels, scores, sample_weight=weights) - value) / step
    freedom = min(2 * rows / (stats.kurtosis(parts, fisher=False) - 1), rows - 1)
    half = stats.t.ppf(0.975, freedom) * parts.std(ddof=1) / np.sqrt(rows)
    half /= stats.norm.pdf(stats.norm.ppf(value))
    expected = stats.norm.cdf(stats.norm.ppf(value) + np.array([-half, half]))
    found = ScoredRows(labels, scores, 0.5).average_precision_interval
    assert found is not None
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-3)


@pytest.mark.parametrize(
    ("labels", "value", "positives"),
    [([0, 0, 1, 1, 1], 1.0, 3), ([0, 0, 0, 1, 0], 0.5, 1)],
    ids=["all positives above the negatives", "one positive"],
)
def test_where_the_rows_tell_no_spread_it_is_taken_for_a_share_of_the_positives(
    labels: list[int], value: float, positives: int
) -> None:
    rows = ScoredRows(np.array(labels), np.array([0.1, 0.2, 0.3, 0.4, 0.5]), 0.5)
    assert rows.average_precision == value
    assert rows.average_precision_interval == wilson(value, positives)
