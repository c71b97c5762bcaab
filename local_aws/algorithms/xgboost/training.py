"""Train as the built-in XGBoost container trains: the same matrices, parameters and callbacks."""

import json
import logging
import sys
from typing import Any

import numpy as np

from local_aws.algorithms.image_rules import asked_image
from local_aws.algorithms.xgboost import IMAGES
from local_aws.algorithms.xgboost.boosting import Places, Plan, boost
from local_aws.algorithms.xgboost.channels import DataFormat, check_channels
from local_aws.algorithms.xgboost.hyperparameters import validate
from local_aws.algorithms.xgboost.training_data import read_matrix
from local_aws.errors import UserError
from local_aws.opt_ml import OptMl

MODEL_FILE = "xgboost-model"
_LOG = logging.getLogger(__name__)
# The mistakes of users that the container reports in XGBoost's own words.
_USER_ERRORS = (
    "label must be in [0,1] for logistic regression",
    "label must be in [0, num_class)",
    "Target is multiclass but average='binary'",
    "feature_names mismatch",
    "Check failed: preds.size() == info.labels_.size()",
    "Check failed: !auc_error AUC: the dataset only contains pos or neg samples",
    "Check failed: base_score > 0.0f && base_score < 1.0f base_score must be in (0,1) for logistic loss",
    "Check failed: label_correct PoissonRegression: label must be nonnegative",
    "Check failed: label_correct TweedieRegression: label must be nonnegative",
    "Parameter reg_lambda should be greater equal to 0",
)


def train(opt_ml: OptMl) -> None:
    """Train a booster and save it as `xgboost-model`.

    With `_kfold`, train a booster for each fold, and save them as `xgboost-model-0`, `xgboost-model-1` etc.

    Raises:
        UserError: The hyperparameters, channels or data are not valid.
    """
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format="[%(asctime)s:%(levelname)s] %(message)s",
        datefmt="%Y-%m-%d:%H:%M:%S",
    )
    version = asked_image(IMAGES[0]).partition(":")[2]
    hyperparameters = _without_silent(validate(json.loads(opt_ml.hyperparameters.read_text()), version))
    channels = json.loads(opt_ml.input_data_config.read_text())
    data_format = check_channels(channels)
    weights = hyperparameters.get("csv_weights", 0)
    matrices = {
        name: read_matrix({name: opt_ml.channel(name)}, data_format, weights)
        for name in ("train", "validation")
        if name in channels
    }
    _LOG.info(
        "Train matrix has %d rows and %d columns", matrices["train"].num_row(), matrices["train"].num_col()
    )
    if "validation" in matrices:
        _LOG.info("Validation matrix has %d rows", matrices["validation"].num_row())
    try:
        if "_kfold" in hyperparameters:
            _train_folds(hyperparameters, matrices, data_format, opt_ml)
        else:
            places = _places(opt_ml)
            booster = boost(Plan.of(hyperparameters), matrices, places)
            places.model.write_bytes(booster.save_raw("ubj"))
    except Exception as error:
        # The container, too, makes a failure of the job of whatever XGBoost and scikit-learn raise.
        if any(known in str(error) for known in _USER_ERRORS):
            raise UserError(str(error)) from error
        raise UserError(f"XGB train call failed with exception:\n {error}") from error


def _without_silent(hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Return hyperparameters in which verbosity stands for `silent`, which XGBoost does not know any more."""
    if "silent" not in hyperparameters:
        return hyperparameters
    rest = {name: value for name, value in hyperparameters.items() if name != "silent"}
    if hyperparameters["silent"]:
        rest["verbosity"] = 0
    _LOG.info(
        "Local AWS: XGBoost has no silent any more; verbosity=%d stands for it.", rest.get("verbosity", 1)
    )
    return rest


def _places(opt_ml: OptMl) -> Places:
    checkpoints = opt_ml.checkpoints if opt_ml.checkpoints.is_dir() else None
    return Places(opt_ml.model / MODEL_FILE, opt_ml.output, checkpoints)


def _train_folds(
    hyperparameters: dict[str, Any], matrices: dict[str, Any], data_format: DataFormat, opt_ml: OptMl
) -> None:
    # scikit-learn takes 2 s to import: only a job that asks for folds should pay for it.
    from local_aws.algorithms.xgboost.cross_validation import cross_validate  # noqa: PLC0415 - as above

    everything = matrices["train"]
    if len(matrices) > 1:
        _LOG.info("Read both train and validation data into one DMatrix")
        directories = {name: opt_ml.channel(name) for name in matrices}
        everything = read_matrix(directories, data_format, hyperparameters.get("csv_weights", 0))
    boosters, predictions = cross_validate(
        Plan.of(hyperparameters),
        everything,
        hyperparameters["_kfold"],
        hyperparameters.get("_num_cv_round", 1),
        _places(opt_ml),
    )
    for number, booster in enumerate(boosters):
        (opt_ml.model / f"{MODEL_FILE}-{number}").write_bytes(booster.save_raw("ubj"))
    opt_ml.output_data.mkdir(exist_ok=True)
    np.savetxt(opt_ml.output_data / "predictions.csv", predictions, delimiter=",", fmt="%f")
