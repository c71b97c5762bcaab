"""The metrics that the container computes with scikit-learn, against plain arithmetic."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import r2_score

from local_aws.algorithms.xgboost import IMAGES
from local_aws.algorithms.xgboost.custom_metrics import evaluation
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.metric_names import CUSTOM

LABELS = np.array([1, 1, 1, 0, 0, 0, 0, 1.0])
SCORES = np.array([0.9, 0.8, 0.3, 0.6, 0.1, 0.2, 0.4, 0.7])  # TP 3, FN 1, FP 1, TN 3
THREE = np.array([0, 1, 2, 2, 1.0])
PROBABILITIES = np.eye(3)[[0, 1, 2, 1, 0]]  # one 2 taken for a 1, one 1 for a 0


# Its XGBoost hands the metrics margins; local AWS runs it on one that hands them probabilities.
EARLIER = "sagemaker-xgboost:1.7-1"
NEWEST = IMAGES[0]


def values(
    names: list[str], objective: str, predictions: Any, labels: Any, image: str = EARLIER
) -> dict[str, float]:
    matrix = xgboost.DMatrix(np.zeros((len(labels), 1)), labels)
    return dict(evaluation(names, objective, image)(predictions, matrix))


def test_two_classes() -> None:
    names = [name for name in CUSTOM if name not in ("mae", "mse", "r2", "rmse")]
    found = values(names, "binary:logistic", SCORES, LABELS)
    assert found == pytest.approx(dict.fromkeys(names, 0.75))


@pytest.mark.parametrize(
    ("objective", "predictions"),
    [
        ("binary:logitraw", np.log(SCORES / (1 - SCORES))),
        ("binary:hinge", (SCORES > 0.5).astype(float)),
        ("reg:logistic", SCORES),
    ],
)
def test_what_a_prediction_is_depends_on_the_objective(objective: str, predictions: Any) -> None:
    assert values(["accuracy"], objective, predictions, LABELS) == {"accuracy": 0.75}


@pytest.mark.parametrize("objective", ["binary:logistic", "reg:logistic"])
def test_the_newest_images_take_every_probability_for_a_yes(
    objective: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = values(["accuracy", "recall", "precision", "mae"], objective, SCORES, LABELS, NEWEST)
    share = float(LABELS.mean())
    mean_error = float(np.abs(LABELS - SCORES).mean())
    assert found == pytest.approx({"accuracy": share, "recall": 1.0, "precision": share, "mae": mean_error})
    (record,) = caplog.records
    assert record.getMessage().startswith(
        "Local AWS: accuracy, precision, recall of this image take every prediction above 0 for class 1,"
    )


@pytest.mark.parametrize(
    ("objective", "predictions", "labels"),
    [
        ("binary:logitraw", np.log(SCORES / (1 - SCORES)), LABELS),
        ("binary:hinge", (SCORES > 0.5).astype(float), LABELS),
        ("multi:softprob", PROBABILITIES, THREE),
    ],
)
def test_where_they_are_right_all_the_same_nothing_is_said(
    objective: str, predictions: Any, labels: Any, caplog: pytest.LogCaptureFixture
) -> None:
    newest = values(["accuracy"], objective, predictions, labels, NEWEST)
    assert newest == values(["accuracy"], objective, predictions, labels)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("objective", "predictions"),
    [("multi:softprob", PROBABILITIES), ("multi:softmax", PROBABILITIES.argmax(axis=1).astype(float))],
)
def test_three_classes(objective: str, predictions: Any) -> None:
    found = values(
        ["accuracy", "balanced_accuracy", "f1", "precision_macro", "precision_micro", "recall_macro"],
        objective,
        predictions,
        THREE,
    )
    recalls, precisions = np.array([1, 1 / 2, 1 / 2]), np.array([1 / 2, 1 / 2, 1])
    f1 = 2 * recalls * precisions / (recalls + precisions)
    assert found == pytest.approx(
        {
            "accuracy": 3 / 5,
            "balanced_accuracy": recalls.mean(),
            "f1": f1.mean(),
            "precision_macro": precisions.mean(),
            "precision_micro": 3 / 5,
            "recall_macro": recalls.mean(),
        }
    )


def test_regression() -> None:
    labels, predictions = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0])
    errors = labels - predictions
    mse = float(np.mean(errors**2))
    assert values(["mae", "mse", "rmse", "r2"], "reg:squarederror", predictions, labels) == pytest.approx(
        {"mae": 0.5, "mse": mse, "rmse": mse**0.5, "r2": 1 - mse / float(np.var(labels))}
    )


def test_r2_of_equal_labels_is_that_of_scikit_learn() -> None:
    labels, predictions = np.array([1.0, 1.0]), np.array([1.5, 2.0])
    expected = {"r2": r2_score(labels, predictions)}
    assert values(["r2"], "reg:squarederror", predictions, labels) == expected
