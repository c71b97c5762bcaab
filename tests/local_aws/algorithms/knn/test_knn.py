"""k-NN, from its channels to its answers, against plain numpy."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from local_aws.algorithms.knn.model import KnnModel
from local_aws.algorithms.knn.projection import projection
from local_aws.algorithms.knn.serving import application
from local_aws.algorithms.knn.training import train
from local_aws.algorithms.toolkit.model_files import load_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.training_inputs import prepare

K = 5
CLASSIFIER = {"feature_dim": "3", "k": str(K), "predictor_type": "classifier", "sample_size": "150"}
REGRESSOR = {**CLASSIFIER, "predictor_type": "regressor"}


def trained(base: Path, rows: np.ndarray, hyperparameters: dict[str, str]) -> OptMl:
    """Trains on 150 rows and tests on 50."""
    opt_ml = prepare(base, hyperparameters, {"train": as_csv(rows[:150]), "test": as_csv(rows[150:])})
    train(opt_ml)
    return opt_ml


def nearest(rows: np.ndarray, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Distances and labels of the K nearest of the first 150 rows to each of the others, by brute force."""
    points, queries = rows[:150, 1:], rows[150:, 1:]
    if metric == "L2":
        distances = np.sqrt(((queries[:, None] - points[None]) ** 2).sum(axis=2))
    else:
        distances = -queries @ points.T
        if metric == "COSINE":
            norms = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(points, axis=1)
            distances = 1 + distances / norms
    order = np.argsort(distances, axis=1)[:, :K]
    return np.take_along_axis(distances, order, axis=1), rows[:150, 0][order]


def answers(opt_ml: OptMl, rows: np.ndarray) -> list[dict[str, Any]]:
    headers = {"Content-Type": "text/csv", "Accept": "application/json; verbose=true"}
    answer = Client(application(opt_ml.model)).post(
        "/invocations", data=as_csv(rows[150:, 1:]), headers=headers
    )
    predictions: list[dict[str, Any]] = json.loads(answer.data)["predictions"]
    return predictions


@pytest.mark.parametrize("metric", ["L2", "COSINE", "INNER_PRODUCT"])
def test_classification(tmp_path: Path, rows: np.ndarray, metric: str) -> None:
    found = answers(trained(tmp_path, rows, {**CLASSIFIER, "index_metric": metric}), rows)
    distances, labels = nearest(rows, metric)
    np.testing.assert_allclose([one["distances"] for one in found], distances, atol=1e-7)
    assert [one["labels"] for one in found] == labels.tolist()
    assert [one["predicted_label"] for one in found] == (labels.mean(axis=1) > 0.5).astype(float).tolist()


def test_regression(tmp_path: Path, rows: np.ndarray) -> None:
    found = answers(trained(tmp_path, rows, REGRESSOR), rows)
    _, labels = nearest(rows, "L2")
    np.testing.assert_allclose([one["predicted_label"] for one in found], labels.mean(axis=1))


def test_equally_frequent_labels_mean_the_smallest() -> None:
    model = KnnModel(2, "classifier", "L2", np.zeros((2, 1)), np.array([7.0, 3.0]), np.eye(1))
    assert model.predict(np.zeros((1, 1)), is_verbose=False) == [{"predicted_label": 3.0}]


@pytest.mark.parametrize(
    ("hyperparameters", "name", "kind"), [(CLASSIFIER, "accuracy", "score"), (REGRESSOR, "mse", "loss")]
)
def test_the_log_carries_the_metric(  # noqa: PLR0917 - fixtures
    tmp_path: Path,
    rows: np.ndarray,
    caplog: pytest.LogCaptureFixture,
    hyperparameters: dict[str, str],
    name: str,
    kind: str,
) -> None:
    with caplog.at_level("INFO"):
        trained(tmp_path, rows, hyperparameters)
    _, labels = nearest(rows, "L2")
    means, truth = labels.mean(axis=1), rows[150:, 0]
    expected = {"accuracy": np.mean((means > 0.5) == truth), "mse": np.mean((means - truth) ** 2)}[name]
    (value,) = re.findall(rf"#quality_metric: host=\S+, test {name} <{kind}>=(\S+)", caplog.text)
    assert float(value) == pytest.approx(expected)
    assert f"#test_score (algo-1) : ('{name}', {value})" in caplog.text


def test_a_sample_of_the_rows(tmp_path: Path, rows: np.ndarray) -> None:
    model = load_model(KnnModel, trained(tmp_path, rows, {**CLASSIFIER, "sample_size": "60"}).model)
    kept = {tuple(row) for row in np.column_stack([model.labels, model.points]).tolist()}
    assert len(kept) == len(model.labels) == 60
    assert kept <= {tuple(row) for row in rows[:150].tolist()}


@pytest.mark.parametrize("method", ["sign", "fjlt"])
def test_projections_nearly_keep_distances(method: str) -> None:
    points = np.random.default_rng(3).normal(size=(40, 400))
    projected = points @ projection(method, 400, 200)
    assert projected.shape == (40, 200)
    before = np.linalg.norm(points[:20] - points[20:], axis=1)
    after = np.linalg.norm(projected[:20] - projected[20:], axis=1)
    np.testing.assert_allclose(after / before, 1, atol=0.25)
    assert np.mean(after / before) == pytest.approx(1, abs=0.06)


def test_a_reduced_model_takes_rows_as_they_were(tmp_path: Path, rows: np.ndarray) -> None:
    reduction = {"dimension_reduction_type": "sign", "dimension_reduction_target": "2"}
    model = load_model(KnnModel, trained(tmp_path, rows, {**CLASSIFIER, **reduction}).model)
    assert (model.width, model.points.shape) == (3, (150, 2))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"k": "151"}, "k is 151, but there are only 150 points."),
        ({"k": "21", "sample_size": "20"}, "k is 21, but there are only 20 points."),
        ({"feature_dim": "4"}, "The hyperparameter 'feature_dim' has value 4 but the data has 3 features."),
    ],
)
def test_what_the_data_does_not_allow(
    tmp_path: Path, rows: np.ndarray, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        trained(tmp_path, rows, {**CLASSIFIER, **changes})
    assert str(caught.value) == message
