"""CloudWatch's metrics of the analyzer, which are moto's to keep.

Source: developer guide, "CloudWatch Metrics for Bring Your Own Containers" of Model Monitor.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from local_aws.state.resources import Region

_NAMESPACES = {
    "DATA_QUALITY": "aws/sagemaker/Endpoints/data-metrics",
    "MODEL_QUALITY": "aws/sagemaker/Endpoints/model-metrics",
}


def publish(region: Region, directory: Path, analysis: str) -> None:
    """Publish what a container has left.

    Args:
        region: Whose CloudWatch.
        directory: That of the metrics, with JSON Lines.
        analysis: DATA_QUALITY or MODEL_QUALITY, which have a namespace each.
    """
    data: list[dict[str, Any]] = [
        json.loads(line)
        for file in sorted(directory.glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    for metric in data:
        # moto compares times without a zone.
        moment = datetime.fromisoformat(metric["Timestamp"]).astimezone(UTC).replace(tzinfo=None)
        metric["Timestamp"] = moment
    cloudwatch_backends[region.account][region.name].put_metric_data(_NAMESPACES[analysis], data)
