"""The analysis of a model: its metrics, the constraints they suggest, and what breaks a baseline's."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer import cloudwatch
from local_aws.processing.analyzer.environment import Orders
from local_aws.processing.analyzer.files import baseline_file, write
from local_aws.processing.analyzer.model.binary import BINARY
from local_aws.processing.analyzer.model.metrics import measured, suggested, violations
from local_aws.processing.analyzer.model.multiclass import MULTICLASS
from local_aws.processing.analyzer.model.orders import ModelOrders
from local_aws.processing.analyzer.model.predictions import predictions
from local_aws.processing.analyzer.model.regression import REGRESSION
from local_aws.processing.analyzer.statistics import VERSION

_PROBLEMS = {
    "BinaryClassification": BINARY,
    "MulticlassClassification": MULTICLASS,
    "Regression": REGRESSION,
}


def model_quality(orders: Orders, model: ModelOrders, metrics: Path) -> int:
    """Analyze a model's predictions, and write the results.

    Args:
        orders: What is analyzed, and where the results go.
        model: What the predictions are, and where they are.
        metrics: The directory of the metrics for CloudWatch.

    Returns:
        How many violations there are. Without constraints there are none.

    Raises:
        AnalysisError: The data or a baseline file is not usable.
    """
    problem = _PROBLEMS[model.problem]
    found = predictions(orders, model)
    measures = measured(problem, problem.rows(found, model))
    write(
        orders.output,
        "statistics",
        {"version": VERSION, "dataset": _dataset(len(found), orders), f"{problem.name}_metrics": measures},
    )
    member = f"{problem.name}_constraints"
    write(orders.output, "constraints", {"version": VERSION, member: suggested(problem, measures)})
    broken: list[dict[str, str]] = []
    if orders.constraints is not None:
        constraints = baseline_file(orders.constraints, "constraints")
        if member not in constraints:
            raise AnalysisError(
                f"The baseline's constraints have no {member}, which {model.problem} is held to."
            )
        broken = violations(constraints[member], measures)
        write(orders.output, "constraint_violations", {"violations": broken})
    if orders.publishes:
        cloudwatch.write(_published(measures), orders.dimensions, orders.start or datetime.now(UTC), metrics)
    return len(broken)


def _dataset(count: int, orders: Orders) -> dict[str, Any]:
    times = {"start_time": orders.start, "end_time": orders.end, "evaluation_time": datetime.now(UTC)}
    return {"item_count": count, **{name: moment.isoformat() for name, moment in times.items() if moment}}


def _published(measures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (
        {"MetricName": name, "Value": measure["value"]}
        for name, measure in measures.items()
        if "value" in measure
    )
