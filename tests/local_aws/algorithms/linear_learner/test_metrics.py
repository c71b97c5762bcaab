"""The metrics that a tuning job can ask Linear Learner for."""

from pathlib import Path

import numpy as np
import pytest

from local_aws.algorithms.linear_learner.metrics import METRICS
from local_aws.algorithms.linear_learner.training import train
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.training_inputs import prepare

MINIMIZED = {"objective_loss", "mse", "absolute_loss"}
OF_ANY_TYPE = {"objective_loss"}
BY_TYPE = {
    "binary_classifier": {
        "binary_classification_accuracy",
        "binary_f_beta",
        "precision",
        "recall",
        "roc_auc_score",
    },
    "multiclass_classifier": {
        "multiclass_accuracy",
        "multiclass_top_k_accuracy",
        "dcg",
        "macro_recall",
        "macro_precision",
        "macro_f_beta",
    },
    "regressor": {"mse", "absolute_loss"},
}
LINE = "[11/23/2026 06:00:57 INFO 140612345] #quality_metric: host=algo-1, "


def both(names: set[str]) -> set[str]:
    return {f"{data}:{name}" for data in ("validation", "test") for name in names}


def test_names_and_directions() -> None:
    assert {metric.name for metric in METRICS} == both(OF_ANY_TYPE.union(*BY_TYPE.values()))
    assert {metric.name for metric in METRICS if metric.direction == "Minimize"} == both(MINIMIZED)


@pytest.mark.parametrize("kind", BY_TYPE)
def test_a_job_logs_all_of_its_predictor_type_and_no_others(
    tmp_path: Path, rows: np.ndarray, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    table = rows.copy()
    if kind == "multiclass_classifier":
        table[:, 0] = np.digitize(rows[:, 1], [-0.5, 0.5])
    classes = {"num_classes": "3"} if kind == "multiclass_classifier" else {}
    channels = dict.fromkeys(("train", "validation", "test"), as_csv(table))
    with caplog.at_level("INFO"):
        train(prepare(tmp_path, {"predictor_type": kind, **classes}, channels))
    lines = caplog.text.splitlines()
    found = {metric.name for metric in METRICS if any(map(metric.regex.match, lines))}
    assert found == both(OF_ANY_TYPE | BY_TYPE[kind])


@pytest.mark.parametrize(
    ("name", "logged"),
    [
        ("validation:objective_loss", "validation binary_classification_cross_entropy_objective <loss>=0.25"),
        ("test:binary_f_beta", "test binary_f_1.000 <score>=0.25"),
        ("validation:multiclass_top_k_accuracy", "validation multiclass_top_k_accuracy_3 <score>=0.25"),
        ("test:recall", "test recall <score>=0.25"),
    ],
)
def test_a_line_of_the_log_is_of_one_metric(name: str, logged: str) -> None:
    found = {metric.name: m[1] for metric in METRICS if (m := metric.regex.match(LINE + logged))}
    assert found == {name: "0.25"}


def test_lines_of_the_training_data_are_of_none() -> None:
    assert not any(metric.regex.match(f"{LINE}train recall <score>=0.25") for metric in METRICS)
