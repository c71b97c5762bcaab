import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as scikit

from include.pipeline.report import tables
from tests.pipeline.report.example import CONFIG, at_threshold, evaluation_of


@given(st.integers(1, 40), st.integers(1, 40))
def test_the_baseline_is_what_scikit_learn_says_of_it(noes: int, yeses: int) -> None:
    labels = np.array([0] * noes + [1] * yeses)
    scores = np.full(len(labels), yeses / len(labels))
    answers = np.full(len(labels), int(yeses > noes))
    rows = tables.metric_rows(evaluation_of(labels, scores))
    assert {row.name: row.baseline for row in rows} == pytest.approx(
        {
            "accuracy": scikit.accuracy_score(labels, answers),
            "precision": scikit.precision_score(labels, answers, zero_division=0),
            "recall": scikit.recall_score(labels, answers),
            "f1": scikit.f1_score(labels, answers),
            "roc_auc": scikit.roc_auc_score(labels, scores),
            "average_precision": scikit.average_precision_score(labels, scores),
            "log_loss": scikit.log_loss(labels, scores),
            "brier_score": scikit.brier_score_loss(labels, scores),
        }
    )


def test_each_metric_has_a_meaning() -> None:
    assert all(row.meaning for row in tables.metric_rows(evaluation_of()))


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=60))
def test_the_reach_is_that_of_the_highest_fifth(rows: list[tuple[bool, float]]) -> None:
    labels = np.array([1, 0, *(int(label) for label, _ in rows)])
    scores = np.array([0.5, 0.5, *(score for _, score in rows)])
    reach = tables.reach(evaluation_of(labels, scores).deciles)
    first = labels[np.argsort(-scores, kind="stable")[: reach.customers]]
    assert reach.called == pytest.approx(reach.customers / len(labels))
    assert reach.reached == pytest.approx(first.sum() / labels.sum())
    assert reach.lift == pytest.approx(first.mean() / labels.mean())


def test_the_threshold_in_force_has_a_profit_of_its_own() -> None:
    evaluation = evaluation_of()
    params = CONFIG.params.model_copy(update={"call_cost": 2.5, "deposit_value": 10.0})
    matrix = evaluation.confusion_matrix
    in_force = tables.threshold_in_force(evaluation, params)
    assert in_force.profit == 10 * matrix.tp - 2.5 * (matrix.tp + matrix.fp)
    assert in_force.threshold == 0.5


def test_a_threshold_that_is_best_and_in_force_is_one_row() -> None:
    labels = np.array([0, 0, 1, 1])
    evaluation = evaluation_of(labels, np.array([0.1, 0.2, 0.8, 0.9]))
    best = at_threshold(labels, np.array([0.1, 0.2, 0.8, 0.9]), 0.5)
    same = evaluation.best_f1.model_copy(update={"test": best})
    evaluation = evaluation.model_copy(update={"best_f1": same, "best_profit": same})
    marks = [row.marks for row in tables.threshold_rows(evaluation, CONFIG.params) if row.marks]
    assert marks == [("in force", "best F1", "best profit")]
