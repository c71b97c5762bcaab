"""What an endpoint's variants tell CloudWatch of their answers, which moto keeps.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.serving.answered import MinuteOfAnswers
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.state.resources import JsonObject, Region

NAMESPACE = "AWS/SageMaker"
STATUSES = {
    "Invocations": range(1000),
    "Invocation4XXErrors": range(400, 500),
    "Invocation5XXErrors": range(500, 600),
}
"""The metrics that count answers of some HTTP statuses."""
_COUNTED = STATUSES | {"InvocationModelErrors": range(400, 600)}
_MICROSECONDS = 1_000_000


def publish_metrics(region: Region) -> None:
    """Publish what was answered since the last call: whoever asks CloudWatch next sees it."""
    with region.lock:
        for endpoint in region.of(Endpoint).values():
            publish(region, endpoint.name, [*endpoint.variants, *endpoint.new_variants])


def publish(region: Region, endpoint_name: str, fleet: Iterable[EndpointVariant]) -> None:
    """Publish what some variants of an endpoint, and their shadows, have answered since the last call."""
    data: list[JsonObject] = [
        datum
        for variant in fleet
        for one in variant.with_shadow
        for minute, answers in one.answered.take_minutes().items()
        for datum in _data(endpoint_name, one.name, minute, answers)
    ]
    if data:
        backend: Any = cloudwatch_backends[region.account][region.name]
        backend.put_metric_data(NAMESPACE, data)


def _data(
    endpoint_name: str, variant_name: str, minute: datetime, answers: MinuteOfAnswers
) -> Iterator[JsonObject]:
    of_variant = {
        # moto compares times without a zone.
        "Timestamp": minute.replace(tzinfo=None),
        "Dimensions": [
            {"Name": "EndpointName", "Value": endpoint_name},
            {"Name": "VariantName", "Value": variant_name},
        ],
    }
    total = answers.statuses.total()
    for name, statuses in _COUNTED.items():
        # Each answer sends a 1 or a 0.
        count = sum(many for status, many in answers.statuses.items() if status in statuses)
        values = {
            "Sum": count,
            "SampleCount": total,
            "Minimum": int(count == total),
            "Maximum": int(count > 0),
        }
        yield {**of_variant, "MetricName": name, "Unit": "None", "StatisticValues": values}
    whole, least, most = (seconds * _MICROSECONDS for seconds in answers.seconds)
    latency = {"Sum": whole, "SampleCount": total, "Minimum": least, "Maximum": most}
    yield {**of_variant, "MetricName": "ModelLatency", "Unit": "Microseconds", "StatisticValues": latency}
