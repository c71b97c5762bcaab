"""An endpoint and its state."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar

from local_aws.hosting.deployment import Deployment
from local_aws.hosting.resource import HostingResource
from local_aws.hosting.variant import EndpointVariant
from local_aws.state.resources import LIVE, JsonObject

_LONGEST_FAILURE_REASON = 1024
_SERVING = ("InService", "Updating", "RollingBack")


@dataclass(kw_only=True, eq=False)
class Endpoint(HostingResource):
    """An endpoint, its state, and its description."""

    KIND: ClassVar[str] = "endpoint"
    NOUN: ClassVar[str] = "endpoint"
    deployment: Deployment
    """The deployment that it serves, or is to serve first."""
    status: str | None = "Creating"
    variants: list[EndpointVariant] = field(default_factory=list, metadata=LIVE)
    """The variants that serve."""
    queue: tuple[int, ThreadPoolExecutor] | None = field(default=None, metadata=LIVE)
    """The queue of InvokeEndpointAsync, after the number of requests that it sends at once."""
    failure_reason: str | None = None

    @property
    def is_serving(self) -> bool:
        """Whether it answers InvokeEndpoint."""
        return self.status in _SERVING

    def enter(self, status: str) -> None:
        """Enter a status."""
        self.status = status
        self.last_modified_time = time.time()

    def fail(self, reason: str) -> None:
        """Return to InService where variants serve, or else to Failed."""
        self.failure_reason = reason[:_LONGEST_FAILURE_REASON]
        self.enter("InService" if self.variants else "Failed")

    def describe(self) -> JsonObject:
        """Return the members of DescribeEndpoint's answer. Members that are None are to be left out."""
        config = self.deployment.config
        summaries = [_summary(variant, self.creation_time) for variant in self.variants]
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "EndpointConfigName": config["EndpointConfigName"],
            "ProductionVariants": summaries or None,
            "DataCaptureConfig": _capture_summary(config.get("DataCaptureConfig")),
            "AsyncInferenceConfig": config.get("AsyncInferenceConfig"),
            "ExplainerConfig": config.get("ExplainerConfig"),
            "EndpointStatus": self.status,
            "FailureReason": self.failure_reason,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
        }


def _summary(variant: EndpointVariant, resolution_time: float) -> JsonObject:
    instances = variant.spec.get("InitialInstanceCount")
    serverless = variant.spec.get("ServerlessConfig")
    return {
        "VariantName": variant.name,
        "DeployedImages": [
            {"SpecifiedImage": process.image, "ResolutionTime": resolution_time}
            for process in variant.processes
        ],
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
        "CurrentInstanceCount": instances,
        "DesiredInstanceCount": instances,
        "CurrentServerlessConfig": serverless,
        "DesiredServerlessConfig": serverless,
    }


def _capture_summary(config: JsonObject | None) -> JsonObject | None:
    """Return the DataCaptureConfigSummary."""
    if config is None:
        return None
    is_on = config.get("EnableCapture", True)
    return {
        "EnableCapture": is_on,
        "CaptureStatus": "Started" if is_on else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }
