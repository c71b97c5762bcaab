"""The evaluation metrics that the built-in XGBoost accepts, by the direction in which they are better."""

from local_aws.algorithms.image_rules import read_table

_METRICS = read_table("xgboost")["metrics"]

MAXIMIZED: tuple[str, ...] = tuple(_METRICS["maximized"])
MINIMIZED: tuple[str, ...] = tuple(_METRICS["minimized"])
WITH_THRESHOLD: tuple[str, ...] = tuple(_METRICS["with_threshold"])
"""Those that also take a number, as in `error@0.7`."""
# Those that the container computes with scikit-learn instead of XGBoost.
CUSTOM = (
    "accuracy",
    "balanced_accuracy",
    "f1",
    "f1_binary",
    "f1_macro",
    "mae",
    "mse",
    "precision",
    "precision_macro",
    "precision_micro",
    "r2",
    "recall",
    "recall_macro",
    "recall_micro",
    "rmse",
)
