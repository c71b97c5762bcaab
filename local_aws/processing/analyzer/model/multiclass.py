"""The metrics of predicted classes.

The constant classifier, which a model is compared with, says the most frequent class to every row.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics as sklearn

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.model.metrics import (
    BETAS,
    LESS,
    Figures,
    Problem,
    Rows,
    confusion,
    present,
)
from local_aws.processing.analyzer.model.orders import ModelOrders
from local_aws.processing.analyzer.model.predictions import Prediction


def _class(text: str) -> str:
    """Return the name of a class. `1.0`, as XGBoost answers, is the class `1`."""
    try:
        return str(int(number)) if (number := float(text)).is_integer() else text
    except ValueError:
        return text


def _rows(found: Sequence[Prediction], model: ModelOrders) -> Rows:
    if model.inference is None:
        raise AnalysisError("MulticlassClassification needs the variable inference_attribute.")
    label = np.array([_class(text) for text in present([one.label for one in found], "prediction")])
    return Rows(np.array([_class(one.truth) for one in found]), label, None)


def _figures(rows: Rows) -> Figures:
    names, counts = np.unique(rows.truth, return_counts=True)
    constant = np.full_like(rows.truth, names[counts.argmax()])
    figures = {}
    for label, suffix in ((rows.label, ""), (constant, "_best_constant_classifier")):
        weighted: dict[str, Any] = {"average": "weighted", "zero_division": 0.0}
        figures[f"accuracy{suffix}"] = float(sklearn.accuracy_score(rows.truth, label))
        figures[f"weighted_recall{suffix}"] = float(sklearn.recall_score(rows.truth, label, **weighted))
        figures[f"weighted_precision{suffix}"] = float(sklearn.precision_score(rows.truth, label, **weighted))
        for name, beta in BETAS.items():
            figures[f"weighted_{name}{suffix}"] = float(
                sklearn.fbeta_score(rows.truth, label, beta=beta, **weighted)
            )
    return figures


def _curves(rows: Rows) -> dict[str, Any]:
    labels = sorted({*rows.truth.tolist(), *rows.label.tolist()})
    return {"confusion_matrix": confusion(rows, labels)}


MULTICLASS = Problem(
    name="multiclass_classification",
    rows=_rows,
    figures=_figures,
    curves=_curves,
    operators=dict.fromkeys(
        ("accuracy", "weighted_recall", "weighted_precision", *(f"weighted_{name}" for name in BETAS)), LESS
    ),
)
