"""Boost one model with the callbacks that the built-in XGBoost container gives `xgboost.train`."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.algorithms.image_rules import asked_image
from local_aws.algorithms.xgboost import IMAGES
from local_aws.algorithms.xgboost.custom_metrics import evaluation
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.metric_names import CUSTOM, MAXIMIZED

_LOG = logging.getLogger(__name__)
_CHECKPOINT = re.compile(r"xgboost-checkpoint\.(\d+)")
_CHECKPOINTS_KEPT = 5
# Hyperparameters that steer the container, not the booster.
_NOT_FOR_BOOSTER = (
    "num_round",
    "csv_weights",
    "early_stopping_rounds",
    "eval_metric",
    "save_model_on_termination",
    "use_dask_gpu_training",
    "_kfold",
    "_num_cv_round",
    "_tuning_objective_metric",
)


@dataclass(frozen=True)
class Plan:
    """What a job's hyperparameters ask of each of its boosters."""

    rounds: int
    """The number of rounds of the finished model."""
    parameters: dict[str, Any]
    """The `params` of `xgboost.train`."""
    custom_metrics: list[str]
    """The metrics that scikit-learn computes."""
    stopping_metric: str | None
    """The metric that may end training early. None where no metric may."""
    stopping_rounds: int | None
    """The number of rounds without a better value after which training ends. None where it goes on."""
    saves_every_round: bool
    """Whether a job that is stopped leaves the model of its last round."""

    @classmethod
    def of(cls, hyperparameters: Mapping[str, Any]) -> "Plan":
        """Derive the plan from validated hyperparameters."""
        asked = hyperparameters.get("eval_metric", [])
        tuned = hyperparameters.get("_tuning_objective_metric", ":").partition(":")[2]
        metrics = sorted({*asked, tuned}) if tuned and asked else [tuned] if tuned else asked
        parameters = {
            name: ",".join(value) if name == "updater" else value
            for name, value in hyperparameters.items()
            if name not in _NOT_FOR_BOOSTER
        }
        if native := [metric for metric in metrics if metric not in CUSTOM]:
            parameters["eval_metric"] = native
        stopping_metric = tuned or (asked[-1] if asked else None)
        return cls(
            hyperparameters["num_round"],
            parameters,
            [metric for metric in metrics if metric in CUSTOM],
            stopping_metric,
            hyperparameters.get("early_stopping_rounds"),
            hyperparameters.get("save_model_on_termination") == "true",
        )


@dataclass(frozen=True)
class Places:
    """Where a booster's files go."""

    model: Path
    """The model file, also that of a job that is stopped."""
    scratch: Path
    """A directory for half-written files."""
    checkpoints: Path | None
    """The directory of the checkpoints. None where the job keeps none."""


class _SaveEveryRound(xgboost.callback.TrainingCallback):
    """Keep the model of the last finished round on disk, for a job that is stopped."""

    def __init__(self, path: Path, unfinished: Path) -> None:
        self._path = path
        self._unfinished = unfinished

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002 - xgboost's interface
        """Save the model. A process that is killed meanwhile leaves the model of the round before."""
        self._unfinished.write_bytes(model.save_raw("ubj"))
        self._unfinished.rename(self._path)
        return False


class _SaveCheckpoints(xgboost.callback.TrainingCallback):
    """Keep the models of the last rounds in the checkpoint directory, one file for each round."""

    def __init__(self, directory: Path, unfinished: Path, rounds_done: int) -> None:
        self._directory = directory
        self._unfinished = unfinished
        self._rounds_done = rounds_done

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002 - xgboost's interface
        """Save the model and remove the oldest one. XGBoost counts from 0 again when training goes on."""
        number = self._rounds_done + epoch
        self._unfinished.write_bytes(model.save_raw("ubj"))
        self._unfinished.rename(self._directory / f"xgboost-checkpoint.{number}")
        (self._directory / f"xgboost-checkpoint.{number - _CHECKPOINTS_KEPT}").unlink(missing_ok=True)
        return False


def boost(
    plan: Plan, matrices: Mapping[str, Any], places: Places, evaluations: dict[str, Any] | None = None
) -> Any:
    """Boost a model, from the latest checkpoint where there is one.

    Args:
        plan: What the job asks for.
        matrices: DMatrix by name. The booster is trained on `train` and evaluated on all.
        places: Where its files go.
        evaluations: A dictionary that receives the metrics of every round.

    Returns:
        The booster.
    """
    callbacks: list[xgboost.callback.TrainingCallback] = [xgboost.callback.EvaluationMonitor()]
    start, rounds_done = None, 0
    if places.checkpoints is not None:
        places.checkpoints.mkdir(exist_ok=True)
        start, rounds_done = _latest(places.checkpoints)
        callbacks.append(_SaveCheckpoints(places.checkpoints, places.scratch / "checkpoint", rounds_done))
    if plan.saves_every_round:
        callbacks.append(_SaveEveryRound(places.model, places.scratch / "intermediate"))
    if plan.stopping_rounds is not None:
        if plan.stopping_metric is None or "validation" not in matrices:
            _LOG.warning(
                "Local AWS: early_stopping_rounds has no effect without eval_metric and a validation "
                "channel, as in the container."
            )
        else:
            callbacks.append(
                xgboost.callback.EarlyStopping(
                    rounds=plan.stopping_rounds,
                    data_name="validation",
                    metric_name=plan.stopping_metric,
                    maximize=plan.stopping_metric in MAXIMIZED,
                    save_best=True,
                )
            )
    custom_metric = None
    if plan.custom_metrics:
        objective = plan.parameters.get("objective", "")
        custom_metric = evaluation(plan.custom_metrics, objective, asked_image(IMAGES[0]))
    return xgboost.train(
        plan.parameters,
        matrices["train"],
        num_boost_round=plan.rounds - rounds_done,
        evals=[(matrix, name) for name, matrix in matrices.items()],
        custom_metric=custom_metric,
        evals_result=evaluations,
        callbacks=callbacks,
        xgb_model=start,
        verbose_eval=False,
    )


def _latest(checkpoints: Path) -> tuple[bytearray | None, int]:
    """Return the newest checkpoint's model and its number of rounds."""
    found = {
        int(named[1]): file for file in checkpoints.iterdir() if (named := _CHECKPOINT.fullmatch(file.name))
    }
    if not found:
        return None, 0
    newest = max(found)
    _LOG.info("Checkpoint loaded from %s", found[newest])
    _LOG.info("Resuming from iteration %d", newest + 1)
    return bytearray(found[newest].read_bytes()), newest + 1
