"""Trains as the built-in XGBoost container trains: the same matrices, parameters and callbacks."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from include.local_aws.algorithms.errors import UserError
from include.local_aws.algorithms.xgboost.channels import check_channels, read_matrix
from include.local_aws.algorithms.xgboost.hyperparameters import MAXIMIZED_METRICS, validate
from include.local_aws.algorithms.xgboost.library import xgboost
from include.local_aws.opt_ml import OptMl

MODEL_FILE = "xgboost-model"
_LOG = logging.getLogger(__name__)
# Hyperparameters that steer the container, not the booster.
_NOT_FOR_BOOSTER = ("num_round", "csv_weights", "early_stopping_rounds", "save_model_on_termination")


class _SaveEveryRound(xgboost.callback.TrainingCallback):
    """Keeps the model of the last finished round on disk, for a job that is stopped."""

    def __init__(self, path: Path, unfinished: Path) -> None:
        self._path = path
        self._unfinished = unfinished

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002 - xgboost's interface
        """Saves the model. A process that is killed meanwhile leaves the one of the round before."""
        model.save_model(self._unfinished)
        self._unfinished.rename(self._path)
        return False


def train(opt_ml: OptMl) -> None:
    """Trains a booster and saves it as `xgboost-model`.

    Raises:
        UserError: The hyperparameters, channels or data do not do.
    """
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format="[%(asctime)s:%(levelname)s] %(message)s",
        datefmt="%Y-%m-%d:%H:%M:%S",
    )
    parameters = validate(json.loads(opt_ml.hyperparameters.read_text()))
    channels = json.loads(opt_ml.input_data_config.read_text())
    data_format = check_channels(channels)
    weights = parameters.get("csv_weights", 0)
    matrices = {
        name: read_matrix(opt_ml.channel(name), data_format, weights)
        for name in ("train", "validation")
        if name in channels
    }
    _LOG.info(
        "Train matrix has %d rows and %d columns", matrices["train"].num_row(), matrices["train"].num_col()
    )
    if "validation" in matrices:
        _LOG.info("Validation matrix has %d rows", matrices["validation"].num_row())
    try:
        booster = _boost(parameters, matrices, opt_ml)
    except xgboost.core.XGBoostError as error:
        raise UserError(f"XGB train call failed with exception:\n{error}") from error
    booster.save_model(opt_ml.model / MODEL_FILE)


def _boost(parameters: dict[str, Any], matrices: dict[str, Any], opt_ml: OptMl) -> Any:
    callbacks: list[xgboost.callback.TrainingCallback] = [xgboost.callback.EvaluationMonitor()]
    if "early_stopping_rounds" in parameters and "validation" in matrices:
        metric = parameters["eval_metric"][-1] if "eval_metric" in parameters else None
        callbacks.append(
            xgboost.callback.EarlyStopping(
                rounds=parameters["early_stopping_rounds"],
                data_name="validation",
                metric_name=metric,
                maximize=metric.partition("@")[0] in MAXIMIZED_METRICS if metric is not None else None,
                save_best=True,
            )
        )
    if parameters.get("save_model_on_termination") == "true":
        callbacks.append(_SaveEveryRound(opt_ml.model / MODEL_FILE, opt_ml.output / MODEL_FILE))
    booster_parameters = {
        name: ",".join(value) if name == "updater" else value
        for name, value in parameters.items()
        if name not in _NOT_FOR_BOOSTER
    }
    return xgboost.train(
        booster_parameters,
        matrices["train"],
        num_boost_round=parameters["num_round"],
        evals=[(matrix, name) for name, matrix in matrices.items()],
        callbacks=callbacks,
        verbose_eval=False,
    )
