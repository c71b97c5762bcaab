"""Linear Learner, from its channels to its answers, against the objective itself and plain arithmetic."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn import metrics
from werkzeug.test import Client

from local_aws.algorithms.linear_learner.model import LinearModel
from local_aws.algorithms.linear_learner.serving import application
from local_aws.algorithms.linear_learner.thresholds import best_threshold
from local_aws.algorithms.linear_learner.training import train
from local_aws.algorithms.toolkit.model_files import load_model
from local_aws.errors import ClientError
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.training_inputs import prepare

BINARY = {"predictor_type": "binary_classifier"}
THREE = {"predictor_type": "multiclass_classifier", "num_classes": "3"}
PLAIN = {
    "normalize_data": "false",
    "normalize_label": "false",
    "unbias_data": "false",
    "unbias_label": "false",
}


@pytest.fixture(scope="module")
def regression(rows: np.ndarray) -> np.ndarray:
    table = rows.copy()
    table[:, 0] = 5 + rows[:, 1:] @ [2.0, -1.0, 0.5] + 0.1 * np.random.default_rng(1).normal(size=200)
    return table


@pytest.fixture(scope="module")
def three_classes(rows: np.ndarray) -> np.ndarray:
    table = rows.copy()
    table[:, 0] = np.digitize(rows[:, 1] + 0.2 * rows[:, 2], [-0.5, 0.5])
    return table


def trained(
    base: Path, table: np.ndarray, hyperparameters: dict[str, str], **more: np.ndarray
) -> LinearModel:
    channels = {"train": table, **more}
    opt_ml = prepare(base, hyperparameters, {name: as_csv(part) for name, part in channels.items()})
    train(opt_ml)
    return load_model(LinearModel, opt_ml.model)


def minimum(table: np.ndarray, loss: Any, wd: float) -> tuple[np.ndarray, float]:
    """Weights and bias that minimize mean loss + wd/2 |w|^2, found by a general optimizer."""

    def objective(parameters: np.ndarray) -> float:
        scores = table[:, 1:] @ parameters[:3] + parameters[3]
        return float(np.mean(loss(table[:, 0], scores)) + wd / 2 * parameters[:3] @ parameters[:3])

    found = minimize(objective, np.zeros(4), method="BFGS", options={"gtol": 1e-7}).x
    return found[:3], found[3]


def test_logistic_minimizes_the_objective(tmp_path: Path, rows: np.ndarray) -> None:
    model = trained(tmp_path, rows, {**BINARY, **PLAIN, "wd": "0.01"})
    weights, bias = minimum(rows, lambda y, score: np.logaddexp(0, score) - y * score, wd=0.01)
    np.testing.assert_allclose(model.weights[:, 0], weights, atol=2e-3)
    assert model.bias[0] == pytest.approx(bias, abs=2e-3)


@pytest.mark.parametrize(
    ("loss", "function"),
    [
        ("squared_loss", lambda y, score: (y - score) ** 2 / 2),
        ("huber_loss", lambda y, s: np.where(abs(y - s) <= 1, (y - s) ** 2 / 2, abs(y - s) - 0.5)),
        ("eps_insensitive_squared_loss", lambda y, s: np.maximum(0, abs(y - s) - 0.01) ** 2),
        ("absolute_loss", lambda y, s: np.sqrt((y - s) ** 2 + 1e-8)),
    ],
)
def test_regression_minimizes_the_objective(
    tmp_path: Path, regression: np.ndarray, loss: str, function: Any
) -> None:
    wd = "0" if loss == "absolute_loss" else "0.01"
    model = trained(tmp_path, regression, {"predictor_type": "regressor", **PLAIN, "loss": loss, "wd": wd})
    weights, bias = minimum(regression, function, float(wd))
    np.testing.assert_allclose([*model.weights[:, 0], *model.bias], [*weights, bias], atol=0.03)


def test_quantile_loss(tmp_path: Path, regression: np.ndarray) -> None:
    given = {"predictor_type": "regressor", "loss": "quantile_loss", "quantile": "0.9"}
    model = trained(tmp_path, regression, given)
    assert np.mean(model.score(regression[:, 1:]) >= regression[:, 0]) == pytest.approx(0.9, abs=0.02)


def test_l1_removes_weights(tmp_path: Path, regression: np.ndarray, rows: np.ndarray) -> None:
    model = trained(tmp_path / "a", regression, {"predictor_type": "regressor", "l1": "0.5", "wd": "0"})
    assert model.weights[2, 0] == 0
    model = trained(tmp_path / "b", rows, {**BINARY, "l1": "0.1", "wd": "0"})
    assert (model.weights[1:, 0] == 0).all()


def test_normalization_is_undone_in_the_model(tmp_path: Path, regression: np.ndarray) -> None:
    stretched = regression * [1, 1000, 0.001, 1] + [0, 50, 0, 0]
    given = {"predictor_type": "regressor", "wd": "0"}
    scores = trained(tmp_path / "a", stretched, given).score(stretched[:, 1:])
    design = np.column_stack([regression[:, 1:], np.ones(200)])
    expected = design @ np.linalg.lstsq(design, regression[:, 0], rcond=None)[0]
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_without_bias(tmp_path: Path, regression: np.ndarray) -> None:
    model = trained(tmp_path, regression, {"predictor_type": "regressor", "use_bias": "false"})
    assert model.bias == [0]


def test_hinge_loss(tmp_path: Path, rows: np.ndarray) -> None:
    model = trained(tmp_path, rows, {**BINARY, "loss": "hinge_loss"})
    accuracy = np.mean(model.labels(model.score(rows[:, 1:])) == rows[:, 0])
    logistic = trained(tmp_path / "b", rows, BINARY)
    assert accuracy == pytest.approx(
        np.mean(logistic.labels(logistic.score(rows[:, 1:])) == rows[:, 0]), abs=0.03
    )


def test_several_classes(tmp_path: Path, three_classes: np.ndarray) -> None:
    model = trained(tmp_path, three_classes, THREE)
    scores = model.score(three_classes[:, 1:])
    np.testing.assert_allclose(scores.sum(axis=1), 1)
    assert np.mean(scores.argmax(axis=1) == three_classes[:, 0]) > 0.95


def test_a_class_that_no_row_has_is_never_predicted(tmp_path: Path, rows: np.ndarray) -> None:
    table = rows * [2, 1, 1, 1]  # the classes 0 and 2
    scores = trained(tmp_path, table, THREE).score(table[:, 1:])
    assert scores.shape == (200, 3)
    assert (scores[:, 1] == 0).all()
    assert np.mean(scores.argmax(axis=1) == table[:, 0]) > 0.85


@pytest.mark.parametrize("weight", ["balanced", "auto", "50"])
def test_positive_examples_weigh_more(tmp_path: Path, rows: np.ndarray, weight: str) -> None:
    rare = np.vstack([rows[rows[:, 0] == 0], rows[rows[:, 0] == 1][:15]])
    criterion = {"binary_classifier_model_selection_criteria": "loss_function"}
    plain = trained(tmp_path / "a", rare, {**BINARY, **criterion})
    given = {**BINARY, **criterion, "positive_example_weight_mult": weight}
    weighted = trained(tmp_path / "b", rare, given)
    means = [model.score(rare[:, 1:]).mean() for model in (plain, weighted)]
    assert means[1] >= means[0]
    assert (means[1] > means[0] + 0.1) == (weight != "auto")


def test_balanced_classes(tmp_path: Path, three_classes: np.ndarray) -> None:
    rare = np.vstack([three_classes[three_classes[:, 0] != 2], three_classes[three_classes[:, 0] == 2][:5]])
    plain = trained(tmp_path / "a", rare, {**THREE, "wd": "0.1"})
    balanced = trained(tmp_path / "b", rare, {**THREE, "wd": "0.1", "balance_multiclass_weights": "true"})
    assert balanced.score(rare[:, 1:])[:, 2].mean() > plain.score(rare[:, 1:])[:, 2].mean() + 0.05


LABELS = np.array([0, 0, 1, 0, 1, 1, 1, 0, 1.0])
SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.55, 0.6, 0.7, 0.8, 0.9])


@pytest.mark.parametrize(
    ("criterion", "goodness"),
    [
        ("accuracy", lambda tp, fp: (tp + 4 - fp) / 9),
        ("f_beta", lambda tp, fp: 5 * tp / (5 * tp + 4 * (5 - tp) + fp)),
        ("precision_at_target_recall", lambda tp, fp: tp / (tp + fp) if tp / 5 >= 0.8 else -1),
        ("recall_at_target_precision", lambda tp, fp: tp / 5 if tp and tp / (tp + fp) >= 0.75 else -1),
    ],
)
def test_thresholds(criterion: str, goodness: Any) -> None:
    options = {"f_beta": 2.0, "target_recall": 0.8, "target_precision": 0.75}
    chosen, value = best_threshold(
        LABELS, SCORES, {**options, "binary_classifier_model_selection_criteria": criterion}, 0.5
    )

    def at(threshold: float) -> float:
        said = threshold <= SCORES
        return float(goodness(np.sum(said & (LABELS == 1)), np.sum(said & (LABELS == 0))))

    assert value == pytest.approx(at(chosen))
    assert value == pytest.approx(max(map(at, np.linspace(0, 1, 201).tolist())))


def test_the_validation_channel_decides_the_threshold(tmp_path: Path, rows: np.ndarray) -> None:
    shifted = rows.copy()
    shifted[:, 0] = rows[:, 1] > 1
    model = trained(tmp_path, rows, BINARY, validation=shifted)
    assert model.threshold > 0.7


# The metric definitions that SageMaker keeps for the algorithm.
DEFINITIONS = {
    "objective_loss:final": r"#quality_metric: host=\S+, {} \S+_objective <loss>=(\S+)",
    "objective_loss": r"#quality_metric: host=\S+, epoch=\S+, {} \S+_objective <loss>=(\S+)",
    "binary_classification_accuracy": (
        r"#quality_metric: host=\S+, {} binary_classification_accuracy <score>=(\S+)"
    ),
    "binary_f_beta": r"#quality_metric: host=\S+, {} binary_f_\S+ <score>=(\S+)",
    "precision": r"#quality_metric: host=\S+, {} precision <score>=(\S+)",
    "recall": r"#quality_metric: host=\S+, {} recall <score>=(\S+)",
    "roc_auc_score": r"#quality_metric: host=\S+, {} roc_auc_score <score>=(\S+)",
    "mse": r"#quality_metric: host=\S+, {} mse <loss>=(\S+)",
    "absolute_loss": r"#quality_metric: host=\S+, {} absolute_loss <loss>=(\S+)",
    "multiclass_accuracy": r"#quality_metric: host=\S+, {} multiclass_accuracy <score>=(\S+)",
    "multiclass_top_k_accuracy": r"#quality_metric: host=\S+, {} multiclass_top_k_accuracy_\S+ <score>=(\S+)",
    "dcg": r"#quality_metric: host=\S+, {} dcg <score>=(\S+)",
    "macro_recall": r"#quality_metric: host=\S+, {} macro_recall <score>=(\S+)",
    "macro_precision": r"#quality_metric: host=\S+, {} macro_precision <score>=(\S+)",
    "macro_f_beta": r"#quality_metric: host=\S+, {} macro_f_\S+ <score>=(\S+)",
}


def scraped(log: str, data: str, names: Any) -> dict[str, float]:
    return {name: float(re.findall(DEFINITIONS[name].format(data), log)[0]) for name in names}


@pytest.mark.parametrize("data", ["train", "validation", "test"])
def test_metrics_of_two_classes(
    tmp_path: Path, rows: np.ndarray, caplog: pytest.LogCaptureFixture, data: str
) -> None:
    parts = {"train": rows[:100], "validation": rows[100:150], "test": rows[150:]}
    with caplog.at_level("INFO"):
        model = trained(tmp_path, parts["train"], BINARY, validation=parts["validation"], test=parts["test"])
    labels, scores = parts[data][:, 0], model.score(parts[data][:, 1:])
    predicted = scores >= model.threshold
    expected = {
        "objective_loss:final": metrics.log_loss(labels, scores),
        "binary_classification_accuracy": metrics.accuracy_score(labels, predicted),
        "binary_f_beta": metrics.f1_score(labels, predicted),
        "precision": metrics.precision_score(labels, predicted),
        "recall": metrics.recall_score(labels, predicted),
        "roc_auc_score": metrics.roc_auc_score(labels, scores),
    }
    if data != "test":
        expected["objective_loss"] = expected["objective_loss:final"]
    assert scraped(caplog.text, data, expected) == pytest.approx(expected)


def test_metrics_of_a_regression(
    tmp_path: Path, regression: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    given = {"predictor_type": "regressor", "loss": "huber_loss", "huber_delta": "0.05"}
    with caplog.at_level("INFO"):
        model = trained(tmp_path, regression[:150], given, test=regression[150:])
    errors = np.abs(regression[150:, 0] - model.score(regression[150:, 1:]))
    expected = {
        "mse": np.mean(errors**2),
        "absolute_loss": np.mean(errors),
        "objective_loss:final": np.mean(np.where(errors <= 0.05, errors**2 / 2, 0.05 * (errors - 0.025))),
    }
    assert scraped(caplog.text, "test", expected) == pytest.approx(expected)


def test_metrics_of_several_classes(
    tmp_path: Path, three_classes: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    given = {**THREE, "accuracy_top_k": "2", "f_beta": "2", "wd": "1"}
    with caplog.at_level("INFO"):
        model = trained(tmp_path, three_classes[:150], given, test=three_classes[150:])
    labels, scores = three_classes[150:, 0].astype(int), model.score(three_classes[150:, 1:])
    predicted = scores.argmax(axis=1)
    macro = {"average": "macro"}
    expected = {
        "objective_loss:final": metrics.log_loss(labels, scores),
        "multiclass_accuracy": metrics.accuracy_score(labels, predicted),
        "multiclass_top_k_accuracy": metrics.top_k_accuracy_score(labels, scores, k=2),
        "dcg": metrics.dcg_score(np.eye(3)[labels], scores),
        "macro_recall": metrics.recall_score(labels, predicted, **macro),
        "macro_precision": metrics.precision_score(labels, predicted, **macro, zero_division=0.0),
        "macro_f_beta": metrics.fbeta_score(labels, predicted, beta=2, **macro),
    }
    assert scraped(caplog.text, "test", expected) == pytest.approx(expected)
    assert "multiclass_top_k_accuracy_2 " in caplog.text


def test_hyperparameters_without_effect_are_named(
    tmp_path: Path, rows: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        trained(tmp_path, rows, {**BINARY, "epochs": "3", "optimizer": "sgd"})
    assert "Local AWS runs its solver until it converges: no effect of epochs, optimizer." in caplog.text


@pytest.mark.parametrize(
    ("given", "labels", "message"),
    [
        (BINARY, [0, 1, 2], "The labels of channel 'train' are not all in 0, ..., 1, as the predictor_type"),
        (BINARY, [-1, 1, 1], "The labels of channel 'train' are not all in 0, ..., 1, as the predictor_type"),
        (THREE, [0, 1.5, 2], "The labels of channel 'train' are not all in 0, ..., 2, as the predictor_type"),
        (THREE, [0, 1, 3], "The labels of channel 'train' are not all in 0, ..., 2, as the predictor_type"),
        (BINARY, [1, 1, 1], "The labels of channel 'train' are all of one class."),
        (
            {**BINARY, "feature_dim": "2"},
            [0, 1, 1],
            "The hyperparameter 'feature_dim' has value 2 but the data",
        ),
    ],
)
def test_what_the_data_does_not_allow(
    tmp_path: Path, given: dict[str, str], labels: list[float], message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        trained(tmp_path, np.column_stack([labels, [1.0, 2.0, 3.0]]), given)
    assert str(caught.value).startswith(message)


def test_answers(tmp_path: Path, rows: np.ndarray, three_classes: np.ndarray, regression: np.ndarray) -> None:
    def answer(base: Path, table: np.ndarray, given: dict[str, str]) -> tuple[Any, LinearModel]:
        model = trained(base, table, given)
        headers = {"Content-Type": "text/csv"}
        body = as_csv(table[:4, 1:])
        found = Client(application(base / "model")).post("/invocations", data=body, headers=headers)
        return json.loads(found.data)["predictions"], model

    found, model = answer(tmp_path / "a", rows, BINARY)
    scores = model.score(rows[:4, 1:])
    assert found == [
        {"score": score, "predicted_label": int(score >= model.threshold)} for score in scores.tolist()
    ]
    found, model = answer(tmp_path / "b", three_classes, THREE)
    scores = model.score(three_classes[:4, 1:])
    assert found == [{"score": score, "predicted_label": int(np.argmax(score))} for score in scores.tolist()]
    found, model = answer(tmp_path / "c", regression, {"predictor_type": "regressor"})
    assert found == [{"score": score} for score in model.score(regression[:4, 1:]).tolist()]
