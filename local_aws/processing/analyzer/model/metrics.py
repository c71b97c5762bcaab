"""Metrics of a model with their spread, the constraints that they suggest, and what breaks those.

Source: developer guide, "Model quality metrics and Amazon CloudWatch monitoring".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics as sklearn

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.model.orders import ModelOrders
from local_aws.processing.analyzer.model.predictions import Prediction

Labels = npt.NDArray[Any]
Figures = dict[str, float]
# The least rows with a standard deviation, the draws that it is of, and the share that each draws.
_LEAST, _DRAWS, _SHARE = 200, 5, 0.8
LESS, GREATER = "LessThanThreshold", "GreaterThanThreshold"
BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}
"""The F-scores, by how much recall weighs."""


@dataclass(frozen=True)
class Rows:
    """Predictions of one kind of problem, as arrays of one length."""

    truth: Labels
    label: Labels
    probability: npt.NDArray[np.float64] | None

    def some(self, places: npt.NDArray[np.int64]) -> "Rows":
        """Return the rows at some places."""
        probability = None if self.probability is None else self.probability[places]
        return Rows(self.truth[places], self.label[places], probability)


@dataclass(frozen=True)
class Problem:
    """What is computed for a kind of problem."""

    name: str
    """As statistics.json and constraints.json begin: `<name>_metrics`, `<name>_constraints`."""
    rows: Callable[[Sequence[Prediction], ModelOrders], Rows]
    figures: Callable[[Rows], Figures]
    curves: Callable[[Rows], dict[str, Any]]
    """What is no single figure."""
    operators: Mapping[str, str]
    """The comparison operator of each figure that is constrained."""


def measured(problem: Problem, rows: Rows) -> dict[str, Any]:
    """Return the metrics of some rows, each with its standard deviation where there are rows enough."""
    values = problem.figures(rows)
    spread = _spread(problem, rows)
    return {
        **problem.curves(rows),
        **{
            name: {"value": value, "standard_deviation": spread.get(name, "NaN")}
            for name, value in values.items()
        },
    }


def _spread(problem: Problem, rows: Rows) -> Figures:
    """Return the standard deviation of each figure over draws of 80 % of the rows."""
    count = len(rows.truth)
    if count < _LEAST:
        return {}
    # Seeded, so that the same data gives the same file.
    draws = np.random.default_rng(0)
    found = [
        problem.figures(rows.some(draws.choice(count, int(count * _SHARE), replace=False)))
        for _ in range(_DRAWS)
    ]
    return {name: float(np.std([one[name] for one in found])) for name in found[0]}


def suggested(problem: Problem, measures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints that metrics suggest: none of them worse than now."""
    return {
        name: {"threshold": measures[name]["value"], "comparison_operator": operator}
        for name, operator in problem.operators.items()
        if name in measures
    }


def violations(constraints: Mapping[str, Any], measures: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return which metrics are beyond their thresholds.

    Raises:
        AnalysisError: A constraint is of another form.
    """
    found = []
    for name, constraint in constraints.items():
        if name not in measures:
            continue
        operator, threshold = constraint.get("comparison_operator"), constraint.get("threshold")
        if operator not in (LESS, GREATER) or not isinstance(threshold, (int, float)):
            raise AnalysisError(
                f"The constraint of {name} is {constraint}. It has to have a threshold, and a "
                f"comparison_operator, {LESS} or {GREATER}."
            )
        value, deviation = measures[name]["value"], measures[name]["standard_deviation"]
        if value < threshold if operator == LESS else value > threshold:
            found.append(
                {
                    "constraint_check_type": operator,
                    "description": f"Metric {name} with {value} +/- {deviation} was {operator} '{threshold}'",
                    "metric_name": name,
                }
            )
    return found


def numbers(values: Sequence[str | None], what: str) -> npt.NDArray[np.float64]:
    """Return values as numbers.

    Raises:
        AnalysisError: One is none, or missing.
    """
    try:
        return np.array([float(value) for value in present(values, what)], dtype=np.float64)
    except ValueError as error:
        raise AnalysisError(f"A {what} is no number: {error}.") from error


def present(values: Sequence[str | None], what: str) -> list[str]:
    """Return values, none of which is missing.

    Raises:
        AnalysisError: One is.
    """
    found = [value for value in values if value is not None]
    if len(found) < len(values):
        raise AnalysisError(f"A {what} is missing.")
    return found


def confusion(rows: Rows, labels: Sequence[Any]) -> dict[str, dict[str, int]]:
    """Return how many rows of each true label have each predicted one."""
    counts = sklearn.confusion_matrix(rows.truth, rows.label, labels=labels).tolist()
    return {
        str(true): {str(label): count for label, count in zip(labels, line, strict=True)}
        for true, line in zip(labels, counts, strict=True)
    }
