"""The metrics that a tuning job can ask Factorization Machines for."""

from pathlib import Path

import numpy as np
import pytest

from local_aws.algorithms.factorization_machines.metrics import METRICS
from local_aws.algorithms.factorization_machines.training import train
from tests.local_aws.algorithms.records import dense
from tests.local_aws.algorithms.training_inputs import RECORDIO, prepare

BY_TYPE = {
    "binary_classifier": {
        "test:binary_classification_accuracy",
        "test:binary_classification_cross_entropy",
        "test:binary_f_beta",
    },
    "regressor": {"test:rmse"},
}


def test_names_and_directions() -> None:
    assert {metric.name: metric.direction for metric in METRICS} == {
        "test:rmse": "Minimize",
        "test:binary_classification_accuracy": "Maximize",
        "test:binary_classification_cross_entropy": "Minimize",
        "test:binary_f_beta": "Maximize",
    }


@pytest.mark.parametrize("kind", BY_TYPE)
def test_a_job_logs_all_of_its_predictor_type_once_and_no_others(
    tmp_path: Path, rows: np.ndarray, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    records = dense(rows[:, 1:].tolist(), rows[:, 0].tolist())
    given = {"feature_dim": "3", "num_factors": "2", "predictor_type": kind, "epochs": "2"}
    with caplog.at_level("INFO"):
        train(prepare(tmp_path, given, {"train": records, "test": records}, RECORDIO))
    lines = caplog.text.splitlines()
    found = [metric.name for metric in METRICS for line in lines if metric.regex.match(line)]
    assert sorted(found) == sorted(BY_TYPE[kind])
