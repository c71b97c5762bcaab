"""The analysis of data: its statistics, the constraints they suggest, and what breaks a baseline's."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer import cloudwatch
from local_aws.processing.analyzer.constraints import suggested
from local_aws.processing.analyzer.dataset import UNNAMED, read
from local_aws.processing.analyzer.environment import Orders
from local_aws.processing.analyzer.files import baseline_file, write
from local_aws.processing.analyzer.statistics import Document, features, statistics_of
from local_aws.processing.analyzer.violations import Evaluation, emits_metrics, evaluate


def data_quality(orders: Orders, metrics: Path) -> int:
    """Analyze data, and write the results.

    Args:
        orders: What is analyzed, and where the results go.
        metrics: The directory of the metrics for CloudWatch.

    Returns:
        How many violations there are. Without constraints there are none.

    Raises:
        AnalysisError: The data or a baseline file is not usable.
    """
    frame = read(orders)
    constraints = _baseline(orders.constraints, "constraints")
    baseline = _baseline(orders.statistics, "statistics")
    if constraints is not None:
        frame = _with_names_of(constraints, frame)
    statistics = statistics_of(frame)
    write(orders.output, "statistics", statistics)
    write(orders.output, "constraints", suggested(statistics))
    found = Evaluation([], {})
    if constraints is not None:
        found = evaluate(frame, statistics, constraints, baseline)
        write(orders.output, "constraint_violations", {"violations": found.violations})
    if orders.publishes:
        emitted = emits_metrics(constraints) if constraints is not None else {}
        moment = orders.start or datetime.now(UTC)
        cloudwatch.write(
            cloudwatch.metrics_of(statistics, found.distances, emitted), orders.dimensions, moment, metrics
        )
    return len(found.violations)


def _baseline(path: Path | None, name: str) -> Document | None:
    if path is None:
        return None
    document = baseline_file(path, name)
    try:
        features(document)
    except (KeyError, TypeError) as error:
        raise AnalysisError(
            f"The baseline's {name}, {path.name}, have no features with a name, as a baselining job writes "
            "them."
        ) from error
    return document


def _with_names_of(constraints: Document, frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns without names those of the baseline, in their order."""
    if not all(UNNAMED.fullmatch(name) for name in frame.columns):
        return frame
    names = list(features(constraints))[: len(frame.columns)]
    return frame.set_axis([*names, *frame.columns[len(names) :]], axis="columns")
