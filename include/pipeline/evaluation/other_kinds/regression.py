"""How good predictions of a number are."""

from typing import Any

from include.pipeline.documents.metrics import RegressionEvaluation
from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
from include.pipeline.figures.other_kinds.regression import REGRESSION_FIGURES

_DIGITS = 12


def evaluate_numbers(rows: PredictedRows, **common: Any) -> RegressionEvaluation:
    """Work out metrics.json of a label that is a number.

    Args:
        rows: Labels and predictions of the test rows.
        common: What metrics.json has whatever the label is.
    """
    constant = rows.by_mean()
    baseline = {name: figure.of(constant) for name, figure in REGRESSION_FIGURES.items()}
    intervals = {name: figure.interval(rows) for name, figure in REGRESSION_FIGURES.items()}
    return RegressionEvaluation(
        rows=len(rows.labels),
        # Rounded, so that no R² of 1e-16 is told.
        baseline={name: round(value, _DIGITS) for name, value in baseline.items() if value is not None},
        intervals={name: interval for name, interval in intervals.items() if interval},
        **{name: figure.of(rows) for name, figure in REGRESSION_FIGURES.items()},
        **common,
    )
