"""The hyperparameters of Linear Learner and their rules.

Source: "Linear learner hyperparameters" in the SageMaker developer guide.
"""

from collections.abc import Mapping
from typing import Any

from local_aws.algorithms.linear_learner.metrics import METRICS
from local_aws.algorithms.toolkit.hyperparameter_schema import (
    choice,
    integer,
    number,
    or_words,
    read,
    refusal,
)

LOSSES = {
    "binary_classifier": ("logistic", "hinge_loss"),
    "multiclass_classifier": ("softmax_loss",),
    "regressor": (
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "quantile_loss",
        "huber_loss",
    ),
}
# Hyperparameters of the image's stochastic gradient descent. The solvers here run until they converge.
OF_ANOTHER_SOLVER = {
    "beta_1": number("[0, 1]", "auto", auto=True),
    "beta_2": number("[0, 1]", "auto", auto=True),
    "bias_lr_mult": number("(0, +inf)", "auto", auto=True),
    "bias_wd_mult": number("[0, +inf)", "auto", auto=True),
    "early_stopping_patience": integer(1, default=3),
    "early_stopping_tolerance": number("(0, +inf)", 0.001),
    "epochs": integer(1, default=15),
    "init_bias": number("(-inf, +inf)", 0.0),
    "init_method": choice("uniform", "normal", default="uniform"),
    "init_scale": number("(0, +inf)", 0.07),
    "init_sigma": number("(0, +inf)", 0.01),
    "learning_rate": number("(0, +inf)", "auto", auto=True),
    "lr_scheduler_factor": number("(0, 1)", "auto", auto=True),
    "lr_scheduler_minimum_lr": number("(0, +inf)", "auto", auto=True),
    "lr_scheduler_step": integer(1, default="auto", auto=True),
    "margin": number("(0, +inf)", 1.0),
    "mini_batch_size": integer(1, default=1000),
    "momentum": number("[0, 1)", "auto", auto=True),
    "num_calibration_samples": integer(1, default="auto", auto=True),
    "num_models": integer(1, default="auto", auto=True),
    "num_point_for_scaler": integer(1, default=10_000),
    "optimizer": choice("auto", "sgd", "adam", "rmsprop", default="auto"),
    "use_lr_scheduler": choice("true", "false", default="true"),
}
SCHEMA = {
    "predictor_type": choice("binary_classifier", "multiclass_classifier", "regressor", required=True),
    "feature_dim": integer(1, default="auto", auto=True),
    "num_classes": integer(3, 1_000_000),
    "accuracy_top_k": integer(1, default=3),
    "balance_multiclass_weights": choice("true", "false", default="false"),
    "binary_classifier_model_selection_criteria": choice(
        "accuracy",
        "f_beta",
        "precision_at_target_recall",
        "recall_at_target_precision",
        "loss_function",
        default="accuracy",
    ),
    "f_beta": number("(0, +inf)", 1.0),
    "huber_delta": number("(0, +inf)", 1.0),
    "l1": number("[0, +inf)", "auto", auto=True),
    "loss": choice("auto", *(loss for losses in LOSSES.values() for loss in losses), default="auto"),
    "loss_insensitivity": number("(0, +inf)", 0.01),
    "normalize_data": choice("auto", "true", "false", default="true"),
    "normalize_label": choice("auto", "true", "false", default="auto"),
    "positive_example_weight_mult": or_words(number("(0, +inf)", 1.0), "balanced", "auto"),
    "quantile": number("(0, 1)", 0.5),
    "target_precision": number("[0, 1]", 0.8),
    "target_recall": number("[0, 1]", 0.8),
    "unbias_data": choice("auto", "true", "false", default="auto"),
    "unbias_label": choice("auto", "true", "false", default="auto"),
    "use_bias": choice("true", "false", default="true"),
    "wd": number("[0, +inf)", "auto", auto=True),
    "_tuning_objective_metric": choice(*(metric.name for metric in METRICS)),
    **OF_ANOTHER_SOLVER,
}


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check a job's hyperparameters.

    Returns:
        The values by name. `loss` is the one that "auto" stands for.

    Raises:
        ClientError: A hyperparameter is unknown, missing or refused, or two contradict each other.
    """
    values = read(SCHEMA, given)
    kind = values["predictor_type"]
    if kind == "multiclass_classifier" and values["num_classes"] is None:
        raise refusal(
            "No value(s) were specified for 'num_classes' which are required hyperparameter(s)",
            "'num_classes' is required when 'predictor_type' is 'multiclass_classifier'",
        )
    losses = LOSSES[kind]
    if values["loss"] == "auto":
        values["loss"] = losses[0]
    if values["loss"] not in losses:
        quoted = ", ".join(f"'{loss}'" for loss in ("auto", *losses))
        raise refusal(
            f"The value '{values['loss']}' is not valid for the 'loss' hyperparameter which accepts one of "
            f"the following: {quoted}",
            f"'predictor_type' is '{kind}'",
        )
    return values
