"""The metrics that a tuning job can ask k-NN for."""

from pathlib import Path

import numpy as np
import pytest

from local_aws.algorithms.knn.metrics import METRICS
from local_aws.algorithms.knn.training import train
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.training_inputs import prepare


def test_names_and_directions() -> None:
    assert [(metric.name, metric.direction) for metric in METRICS] == [
        ("test:accuracy", "Maximize"),
        ("test:mse", "Minimize"),
    ]


@pytest.mark.parametrize(
    ("kind", "name", "value"), [("classifier", "test:accuracy", 1.0), ("regressor", "test:mse", 0.0)]
)
def test_a_job_logs_the_one_of_its_predictor_type(  # noqa: PLR0917 - fixtures
    tmp_path: Path, rows: np.ndarray, caplog: pytest.LogCaptureFixture, kind: str, name: str, value: float
) -> None:
    hyperparameters = {"feature_dim": "3", "k": "1", "predictor_type": kind, "sample_size": "200"}
    with caplog.at_level("INFO"):
        train(prepare(tmp_path, hyperparameters, {"train": as_csv(rows), "test": as_csv(rows)}))
    lines = caplog.text.splitlines()
    found = {
        metric.name: float(m[1]) for metric in METRICS for line in lines if (m := metric.regex.match(line))
    }
    assert found == {name: value}
