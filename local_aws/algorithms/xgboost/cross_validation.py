"""Repeated k-fold cross-validation: one booster for each fold, and each row's out-of-fold prediction.

The hyperparameters `_kfold` and `_num_cv_round` ask for it.
"""

import logging
from typing import Any

import numpy as np
from scipy import stats  # type: ignore[import-untyped]
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

from local_aws.algorithms.xgboost.boosting import Places, Plan, boost

_LOG = logging.getLogger(__name__)
_SURE = 0.5


def cross_validate(
    plan: Plan, matrix: Any, folds: int, repeats: int, places: Places
) -> tuple[list[Any], np.ndarray[Any, Any]]:
    """Train a booster for each fold, on the rows outside of it.

    Args:
        plan: What the job asks for.
        matrix: The rows of all channels.
        folds: The number of folds, k.
        repeats: How often the rows are divided into folds.
        places: Where the files go. The number of the fold is appended to the model's name.

    Returns:
        The boosters, and a table with a line for each row. Its columns are the label, for classification the
        mean probability over the repeats, and the prediction (the mean, or the most frequent class).
    """
    rows, labels = matrix.num_row(), matrix.get_label()
    is_classification = "num_class" in plan.parameters or plan.parameters.get("objective", "").startswith(
        "binary:"
    )
    _LOG.info("Run %d-round of %d-fold cross validation with %d rows", repeats, folds, rows)
    divided = RepeatedStratifiedKFold if is_classification else RepeatedKFold
    division = divided(n_splits=folds, n_repeats=repeats, random_state=plan.parameters.get("seed", 0))
    boosters: list[Any] = []
    evaluations: list[dict[str, Any]] = []
    predicted, probability = np.zeros((rows, repeats)), np.zeros((rows, repeats))
    for train_rows, validation_rows in division.split(np.arange(rows), labels if is_classification else None):
        number = len(boosters)
        _LOG.info("Train cross validation fold %d", number % folds + 1)
        validation = matrix.slice(validation_rows)
        evaluations.append({})
        booster = boost(
            plan,
            {"train": matrix.slice(train_rows), "validation": validation},
            Places(
                places.model.with_name(f"{places.model.name}-{number}"),
                places.scratch,
                places.checkpoints and places.checkpoints / f"model-{number}",
            ),
            evaluations[-1],
        )
        boosters.append(booster)
        answer = booster.predict(validation)
        at = (validation_rows, number // folds)
        if is_classification:
            predicted[at] = answer.argmax(axis=1) if answer.ndim > 1 else answer > _SURE
            probability[at] = answer.max(axis=1) if answer.ndim > 1 else answer
        else:
            predicted[at] = answer
        if len(boosters) % folds == 0:
            _LOG.info("The metrics of round %d cross validation", len(boosters) // folds)
            _print_means(plan.rounds, evaluations[-folds:])
    if repeats > 1:
        _LOG.info("The overall metrics of %d-round cross validation", repeats)
        _print_means(plan.rounds, evaluations)
    if is_classification:
        columns = [labels, probability.mean(axis=1), stats.mode(predicted, axis=1).mode]
    else:
        columns = [labels, predicted.mean(axis=1)]
    return boosters, np.column_stack(columns)


def _print_means(rounds: int, evaluations: list[dict[str, Any]]) -> None:
    """Print the mean over the folds of each metric's last value, in the form of the line of a round."""
    means = (
        f"\t{data}-{metric}:{np.mean([evaluation[data][metric][-1] for evaluation in evaluations]):.5f}"
        for metric in evaluations[0]["train"]
        for data in ("train", "validation")
    )
    print(f"[{rounds}]" + "".join(means), flush=True)
