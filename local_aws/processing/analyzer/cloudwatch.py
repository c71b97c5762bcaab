"""The metrics that the analyzer leaves for CloudWatch.

Sources: developer guide, "CloudWatch Metrics" and "CloudWatch Metrics for Bring Your Own Containers" of Model
Monitor.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_aws.processing.analyzer.statistics import Document, completeness


def metrics_of(
    statistics: Document, distances: Mapping[str, float], emitted: Mapping[str, bool]
) -> Iterator[dict[str, Any]]:
    """Yield the metrics of each feature: its numbers, its completeness and its drift.

    Args:
        statistics: The content of statistics.json.
        distances: The drift of features.
        emitted: Whether a feature's metrics are wanted; those of others are.
    """
    for feature in statistics["features"]:
        name = feature["name"]
        if not emitted.get(name, True):
            continue
        if numbers := feature.get("numerical_statistics"):
            yield {
                "MetricName": f"feature_data_{name}",
                "StatisticValues": {
                    "SampleCount": numbers["common"]["num_present"],
                    "Sum": numbers["sum"],
                    "Minimum": numbers["min"],
                    "Maximum": numbers["max"],
                },
            }
        yield {"MetricName": f"feature_non_null_{name}", "Value": completeness(feature)}
        if name in distances:
            yield {"MetricName": f"feature_baseline_drift_{name}", "Value": distances[name]}


def write(
    metrics: Iterator[dict[str, Any]], dimensions: Mapping[str, str], moment: datetime, directory: Path
) -> None:
    """Write metrics as JSON Lines, with their dimensions and time, to where SageMaker takes them from."""
    common = {
        "Timestamp": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "cloudwatch_metrics.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps({**metric, **common})}\n" for metric in metrics)
