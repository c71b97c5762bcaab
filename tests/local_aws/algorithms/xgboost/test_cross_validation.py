"""`_kfold`: a booster a fold, out-of-fold predictions, and the mean of the folds' metrics in the log."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.training import train
from local_aws.opt_ml import OptMl

# A warning of the wheel itself, which the container gives too.
pytestmark = pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated:UserWarning")


def prepare(base: Path, hyperparameters: dict[str, str], table: np.ndarray) -> OptMl:
    opt_ml = OptMl(base)
    opt_ml.create()
    opt_ml.hyperparameters.write_text(json.dumps(hyperparameters))
    opt_ml.input_data_config.write_text(json.dumps({"train": {"ContentType": "text/csv"}}))
    opt_ml.channel("train").mkdir(parents=True)
    lines = (",".join(map(str, row)) + "\n" for row in table.tolist())
    (opt_ml.channel("train") / "train.csv").write_text("".join(lines))
    return opt_ml


def predictions_of(opt_ml: OptMl) -> np.ndarray:
    return np.loadtxt(opt_ml.output_data / "predictions.csv", delimiter=",")


@pytest.mark.long
def test_classification(tmp_path: Path, rows: np.ndarray, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"num_round": "3", "objective": "binary:logistic", "_kfold": "4", "_num_cv_round": "2"}
    opt_ml = prepare(tmp_path, {**asked, "seed": "5"}, rows)
    train(opt_ml)
    assert sorted(file.name for file in opt_ml.model.iterdir()) == [f"xgboost-model-{n}" for n in range(8)]
    probabilities = np.zeros((200, 2))
    losses: dict[str, list[float]] = {"train": [], "validation": []}
    folds = RepeatedStratifiedKFold(n_splits=4, n_repeats=2, random_state=5).split(rows, rows[:, 0])
    for number, (others, fold) in enumerate(folds):
        matrix = xgboost.DMatrix(rows[others, 1:], rows[others, 0])
        booster = xgboost.train({"objective": "binary:logistic", "seed": 5}, matrix, 3)
        probabilities[fold, number // 4] = booster.predict(xgboost.DMatrix(rows[fold, 1:]))
        kept = xgboost.Booster(model_file=bytearray((opt_ml.model / f"xgboost-model-{number}").read_bytes()))
        assert kept.predict(matrix).tolist() == booster.predict(matrix).tolist()
        losses["train"].append(log_loss(rows[others, 0], booster.predict(matrix)))
        losses["validation"].append(log_loss(rows[fold, 0], probabilities[fold, number // 4]))
    found = predictions_of(opt_ml)
    np.testing.assert_array_equal(found[:, 0], rows[:, 0])
    np.testing.assert_allclose(found[:, 1], probabilities.mean(axis=1), atol=1e-6)
    # One repeat against one: the smaller class is the more frequent.
    np.testing.assert_array_equal(found[:, 2], (probabilities > 0.5).all(axis=1))
    overall = capsys.readouterr().out.splitlines()[-1]
    means = {name: f"{np.mean(values):.5f}" for name, values in losses.items()}
    assert overall == f"[3]\ttrain-logloss:{means['train']}\tvalidation-logloss:{means['validation']}"


@pytest.mark.long
def test_regression(tmp_path: Path, rows: np.ndarray) -> None:
    opt_ml = prepare(tmp_path, {"num_round": "2", "objective": "reg:squarederror", "_kfold": "3"}, rows)
    train(opt_ml)
    expected = np.zeros(200)
    for others, fold in RepeatedKFold(n_splits=3, n_repeats=1, random_state=0).split(rows):
        matrix = xgboost.DMatrix(rows[others, 1:], rows[others, 0])
        booster = xgboost.train({"objective": "reg:squarederror"}, matrix, 2)
        expected[fold] = booster.predict(xgboost.DMatrix(rows[fold, 1:]))
    np.testing.assert_allclose(predictions_of(opt_ml), np.column_stack([rows[:, 0], expected]), atol=1e-6)


def test_three_classes(tmp_path: Path, rows: np.ndarray) -> None:
    table = rows.copy()
    table[:, 0] = np.arange(200) % 3
    asked = {"num_round": "2", "objective": "multi:softprob", "num_class": "3", "_kfold": "2"}
    opt_ml = prepare(tmp_path, asked, table)
    train(opt_ml)
    found: Any = predictions_of(opt_ml)
    assert set(found[:, 2]) == {0, 1, 2}
    assert (found[:, 1] >= 1 / 3).all()
