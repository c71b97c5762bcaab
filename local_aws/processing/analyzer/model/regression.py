"""The metrics of predicted numbers."""

from collections.abc import Sequence

import numpy as np
from sklearn import metrics as sklearn

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.model.metrics import GREATER, LESS, Figures, Problem, Rows, numbers
from local_aws.processing.analyzer.model.orders import ModelOrders
from local_aws.processing.analyzer.model.predictions import Prediction


def _rows(found: Sequence[Prediction], model: ModelOrders) -> Rows:
    if model.inference is None:
        raise AnalysisError("Regression needs the variable inference_attribute.")
    truth, label = [one.truth for one in found], [one.label for one in found]
    return Rows(numbers(truth, "ground truth"), numbers(label, "prediction"), None)


def _figures(rows: Rows) -> Figures:
    mse = float(sklearn.mean_squared_error(rows.truth, rows.label))
    figures = {
        "mae": float(sklearn.mean_absolute_error(rows.truth, rows.label)),
        "mse": mse,
        "rmse": float(np.sqrt(mse)),
    }
    # Of one row it is not defined.
    if len(rows.truth) > 1:
        figures["r2"] = float(sklearn.r2_score(rows.truth, rows.label))
    return figures


REGRESSION = Problem(
    name="regression",
    rows=_rows,
    figures=_figures,
    curves=lambda _: {},
    operators={"mae": GREATER, "mse": GREATER, "rmse": GREATER, "r2": LESS},
)
