import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as scikit

from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.report.sections.binary.metrics import gather, metric_rows
from tests.pipeline.report.example import SCORES, contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page


# The first example imports what scikit-learn computes with.
@pytest.mark.slow
@given(st.integers(1, 40), st.integers(1, 40))
def test_the_baseline_is_what_scikit_learn_says_of_it(negatives: int, positives: int) -> None:
    labels = np.array([0] * negatives + [1] * positives)
    scores = np.full(len(labels), positives / len(labels))
    answers = np.full(len(labels), int(positives > negatives))
    rows = metric_rows(evaluation_of(labels, scores))
    assert {row.name: row.baseline for row in rows} == pytest.approx(
        {
            "accuracy": scikit.accuracy_score(labels, answers),
            # Calling at random.
            "precision": positives / len(labels),
            "recall": scikit.recall_score(labels, answers),
            "f1": scikit.f1_score(labels, answers),
            "roc_auc": scikit.roc_auc_score(labels, scores),
            "average_precision": scikit.average_precision_score(labels, scores),
            "log_loss": scikit.log_loss(labels, scores),
            "brier_score": scikit.brier_score_loss(labels, scores),
            "reach": 0.2,
            "mcc": scikit.matthews_corrcoef(labels, answers),
            "gini": 2 * scikit.roc_auc_score(labels, scores) - 1,
            "ks": 0,
            "brier_skill": 0,
        }
    )


def test_each_metric_has_a_meaning() -> None:
    assert all(row.meaning for row in metric_rows(evaluation_of()))


@pytest.mark.slow
def test_metrics_stand_beside_their_intervals_and_the_baseline(page: Page) -> None:
    rows = {row[0]: row[1:4] for row in page.table("Baseline: always predicting")[1:]}
    evaluation = evaluation_of()
    accuracy, brier = evaluation.accuracy, evaluation.brier_score
    assert rows["Accuracy"] == [
        f"{accuracy:.4f}",
        f"{accuracy - 0.01:.4f} to {accuracy + 0.01:.4f}",
        "0.8500",
    ]
    # 30 positives in 200 rows: 0.15 * 0.85.
    assert rows["Brier score"] == [f"{brier:.4f}", f"{brier - 0.01:.4f} to {brier + 0.01:.4f}", "0.1275"]
    assert len(rows) == len(FIGURES)
    assert "Accuracy says little here: always predicting negative gives 85.0 %" in page.text


@pytest.mark.parametrize(("share", "says"), [(0.15, True), (0.5, False), (0.85, True)])
def test_accuracy_says_little_only_where_one_class_is_rare(share: float, says: bool) -> None:
    labels = (np.arange(200) < 200 * share).astype(int)
    assert gather(contents_of(labels, SCORES)).is_lopsided is says
