"""The metrics of predicted labels 0 and 1.

The constant classifier, which a model is compared with, says 1 to every row: the documented example has the
recall 1 and the precision of the share of positives.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics as sklearn

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.model.metrics import (
    BETAS,
    GREATER,
    LESS,
    Figures,
    Labels,
    Problem,
    Rows,
    confusion,
    numbers,
)
from local_aws.processing.analyzer.model.orders import ModelOrders
from local_aws.processing.analyzer.model.predictions import Prediction


def _rows(found: Sequence[Prediction], model: ModelOrders) -> Rows:
    probability = None
    if model.probability is not None:
        probability = numbers([one.probability for one in found], "probability")
    if model.inference is not None:
        label = numbers([one.label for one in found], "prediction")
    elif probability is not None:
        label = (probability >= model.threshold).astype(np.float64)
    else:
        raise AnalysisError("BinaryClassification needs an inference_attribute or a probability_attribute.")
    truth = numbers([one.truth for one in found], "ground truth")
    for what, values in (("ground truth", truth), ("prediction", label)):
        if not set(values) <= {0.0, 1.0}:
            other = min(set(values) - {0.0, 1.0})
            raise AnalysisError(
                f"BinaryClassification has a {what} of {other}; it has to be 0 or 1. For a probability, "
                "give the probability_attribute."
            )
    return Rows(truth.astype(np.int64), label.astype(np.int64), probability)


def _figures(rows: Rows) -> Figures:
    always = np.ones_like(rows.truth)
    (true_negative, false_positive), (false_negative, true_positive) = sklearn.confusion_matrix(
        rows.truth, rows.label, labels=[0, 1]
    )
    positive, negative = true_positive + false_negative, true_negative + false_positive
    figures = {
        "recall": _recall(rows.truth, rows.label),
        "precision": _precision(rows.truth, rows.label),
        "accuracy": float(sklearn.accuracy_score(rows.truth, rows.label)),
        "recall_best_constant_classifier": _recall(rows.truth, always),
        "precision_best_constant_classifier": _precision(rows.truth, always),
        "accuracy_best_constant_classifier": float(sklearn.accuracy_score(rows.truth, always)),
        "true_positive_rate": _ratio(true_positive, positive),
        "true_negative_rate": _ratio(true_negative, negative),
        "false_positive_rate": _ratio(false_positive, negative),
        "false_negative_rate": _ratio(false_negative, positive),
    }
    if rows.probability is not None and positive and negative:
        figures["auc"] = float(sklearn.roc_auc_score(rows.truth, rows.probability))
        figures["au_prc"] = float(sklearn.average_precision_score(rows.truth, rows.probability))
    for name, beta in BETAS.items():
        figures[name] = float(sklearn.fbeta_score(rows.truth, rows.label, beta=beta, zero_division=0.0))
        figures[f"{name}_best_constant_classifier"] = float(
            sklearn.fbeta_score(rows.truth, always, beta=beta, zero_division=0.0)
        )
    return figures


def _recall(truth: Labels, label: Labels) -> float:
    return float(sklearn.recall_score(truth, label, zero_division=0.0))


def _precision(truth: Labels, label: Labels) -> float:
    return float(sklearn.precision_score(truth, label, zero_division=0.0))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _curves(rows: Rows) -> dict[str, Any]:
    curves: dict[str, Any] = {"confusion_matrix": confusion(rows, [0, 1])}
    if rows.probability is not None and len(set(rows.truth)) > 1:
        false_rates, true_rates, _ = sklearn.roc_curve(rows.truth, rows.probability)
        precisions, recalls, _ = sklearn.precision_recall_curve(
            rows.truth, rows.probability, drop_intermediate=True
        )
        curves["receiver_operating_characteristic_curve"] = {
            "false_positive_rates": false_rates.tolist(),
            "true_positive_rates": true_rates.tolist(),
        }
        curves["precision_recall_curve"] = {
            # AWS's begins with the recall of 0.
            "precisions": precisions[::-1].tolist(),
            "recalls": recalls[::-1].tolist(),
        }
    return curves


BINARY = Problem(
    name="binary_classification",
    rows=_rows,
    figures=_figures,
    curves=_curves,
    operators={
        **dict.fromkeys(
            ("recall", "precision", "accuracy", "true_positive_rate", "true_negative_rate"), LESS
        ),
        **dict.fromkeys(("false_positive_rate", "false_negative_rate"), GREATER),
        **dict.fromkeys(("auc", *BETAS), LESS),
    },
)
