"""The scikit-learn estimator of each loss, with the objective: mean loss + wd/2 |w|^2 + l1 |w|."""

import math
from typing import Any

from sklearn.linear_model import (
    ElasticNet,
    LogisticRegression,
    QuantileRegressor,
    Ridge,
    SGDClassifier,
    SGDRegressor,
)

# The value of "auto". It is large enough to keep the weights of separable classes finite.
_AUTO_WD = 1e-4
_SGD = {
    "learning_rate": "adaptive",
    "eta0": 0.01,
    "max_iter": 1000,
    "random_state": 0,
    "penalty": "elasticnet",
}
_ITERATIONS = 10_000


def estimator(hyperparameters: dict[str, Any], rows: int, positive_weight: float | None = None) -> Any:
    """Return the unfitted estimator.

    Args:
        hyperparameters: The job's hyperparameters.
        rows: The number of rows that it will be fitted to.
        positive_weight: The weight of positive examples, for a binary classifier.
    """
    loss = hyperparameters["loss"]
    l1 = 0.0 if hyperparameters["l1"] == "auto" else hyperparameters["l1"]
    wd = _AUTO_WD if hyperparameters["wd"] == "auto" else hyperparameters["wd"]
    penalty = wd + l1
    l1_ratio = l1 / penalty if penalty else 0.0
    fit_intercept = hyperparameters["use_bias"] == "true"
    if loss in ("logistic", "softmax_loss"):
        return LogisticRegression(
            C=1 / (rows * penalty) if penalty else math.inf,
            l1_ratio=l1_ratio,
            solver="saga" if l1 else "lbfgs",
            max_iter=_ITERATIONS,
            random_state=0,
            fit_intercept=fit_intercept,
            class_weight=_class_weight(hyperparameters, positive_weight),
        )
    if loss == "squared_loss":
        if l1:
            return ElasticNet(alpha=penalty, l1_ratio=l1_ratio, fit_intercept=fit_intercept)
        return Ridge(alpha=rows * wd, fit_intercept=fit_intercept)
    if loss in ("absolute_loss", "quantile_loss"):
        quantile = hyperparameters["quantile"] if loss == "quantile_loss" else 0.5
        return QuantileRegressor(quantile=quantile, alpha=l1, fit_intercept=fit_intercept)
    shared = {**_SGD, "alpha": penalty, "l1_ratio": l1_ratio, "fit_intercept": fit_intercept}
    if loss == "hinge_loss":
        return SGDClassifier(
            loss="hinge", class_weight=_class_weight(hyperparameters, positive_weight), **shared
        )
    name, epsilon = {
        "huber_loss": ("huber", "huber_delta"),
        "eps_insensitive_absolute_loss": ("epsilon_insensitive", "loss_insensitivity"),
        "eps_insensitive_squared_loss": ("squared_epsilon_insensitive", "loss_insensitivity"),
    }[loss]
    return SGDRegressor(loss=name, epsilon=hyperparameters[epsilon], **shared)


def _class_weight(hyperparameters: dict[str, Any], positive_weight: float | None) -> Any:
    if positive_weight is not None:
        return {0: 1.0, 1: positive_weight}
    return "balanced" if hyperparameters["balance_multiclass_weights"] == "true" else None
