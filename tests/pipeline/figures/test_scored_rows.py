import numpy as np
import pytest
from sklearn import metrics as scikit

from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.scored_rows import ScoredRows

LABELS = np.array([0, 1, 1, 0])


def test_the_log_loss_is_scikit_learns_also_where_the_model_was_certain() -> None:
    scores = np.array([0.0, 1.0, 0.0, 0.25])
    assert FIGURES["log_loss"].of(ScoredRows(LABELS, scores, 0.5)) == pytest.approx(
        scikit.log_loss(LABELS, scores)
    )


@pytest.mark.parametrize(
    ("threshold", "counts"),
    [
        (0.95, {"tn": 2, "fp": 0, "fn": 2, "tp": 0}),
        (0.9, {"tn": 2, "fp": 0, "fn": 1, "tp": 1}),
        (0.5, {"tn": 1, "fp": 1, "fn": 1, "tp": 1}),
        (0.2, {"tn": 1, "fp": 1, "fn": 0, "tp": 2}),
        (0.01, {"tn": 0, "fp": 2, "fn": 0, "tp": 2}),
    ],
)
def test_a_score_of_at_least_the_threshold_is_predicted_positive(
    threshold: float, counts: dict[str, int]
) -> None:
    rows = ScoredRows(LABELS, np.array([0.1, 0.9, 0.2, 0.5]), 0.5)
    assert rows.confusion_matrix_at(threshold) == ConfusionMatrix(**counts)


def test_at_another_threshold_the_figures_are_those_of_rows_that_had_it_from_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores = np.array([0.1, 0.9, 0.2, 0.5])
    first = ScoredRows(LABELS, scores, 0.5)
    assert first.confusion_matrix == ConfusionMatrix(tn=1, fp=1, fn=1, tp=1)
    expected = {name: figure.of(ScoredRows(LABELS, scores, 0.2)) for name, figure in FIGURES.items()}
    with monkeypatch.context() as patch:
        # The curve, which sorts all rows, is there already.
        patch.delattr(scikit, "confusion_matrix_at_thresholds")
        other = first.at(0.2)
        assert {name: figure.of(other) for name, figure in FIGURES.items()} == expected
    assert other.confusion_matrix == ConfusionMatrix(tn=1, fp=1, fn=0, tp=2)
    assert (first.threshold, first.confusion_matrix.tp) == (0.5, 1)
