"""An endpoint and its state."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from local_aws.hosting.deployment import Deployment
from local_aws.hosting.resource import HostingResource
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.state.resources import LIVE, JsonObject

_LONGEST_FAILURE_REASON = 1024
_SERVING = ("InService", "Updating", "RollingBack")
VariantStage = Literal["Creating", "ActivatingTraffic", "Baking", "Deleting"]


@dataclass(kw_only=True)
class PendingDeployment:
    """What is about to take over."""

    deployment: Deployment
    stage: VariantStage = "Creating"
    """How far its variants are, as AWS names it."""
    started: float = field(default_factory=time.time)
    stage_since: float = field(default_factory=time.time)

    def enter(self, stage: VariantStage) -> None:
        """Enter a stage."""
        self.stage = stage
        self.stage_since = time.time()

    def describe(self) -> JsonObject:
        """Return a PendingDeploymentSummary."""
        has_capacity = self.stage != "Creating"
        return {
            "EndpointConfigName": self.deployment.config["EndpointConfigName"],
            "StartTime": self.started,
            "ProductionVariants": [self._summary(spec, has_capacity) for spec in self.deployment.variants],
            "ShadowProductionVariants": [
                self._summary(spec, has_capacity) for spec in self.deployment.shadows
            ]
            or None,
        }

    def _summary(self, spec: JsonObject, has_capacity: bool) -> JsonObject:
        instances, weight = spec.get("InitialInstanceCount"), float(spec.get("InitialVariantWeight", 1.0))
        return {
            "VariantName": spec["VariantName"],
            "CurrentWeight": weight if has_capacity else 0.0,
            "DesiredWeight": weight,
            "CurrentInstanceCount": instances if has_capacity or instances is None else 0,
            "DesiredInstanceCount": instances,
            "InstanceType": spec.get("InstanceType"),
            "DesiredServerlessConfig": spec.get("ServerlessConfig"),
            "VariantStatus": [{"Status": self.stage, "StartTime": self.stage_since}],
        }


@dataclass(kw_only=True, eq=False)
class Endpoint(HostingResource):
    """An endpoint, its state, and its description."""

    KIND: ClassVar[str] = "endpoint"
    NOUN: ClassVar[str] = "endpoint"
    deployment: Deployment
    """The deployment that it serves, or is to serve first."""
    status: str | None = "Creating"
    variants: list[EndpointVariant] = field(default_factory=list, metadata=LIVE)
    """The variants that serve. During an update, the old ones."""
    queue: tuple[int, ThreadPoolExecutor] | None = field(default=None, metadata=LIVE)
    """The queue of InvokeEndpointAsync, after the number of requests that it sends at once."""
    new_variants: list[EndpointVariant] = field(default_factory=list, metadata=LIVE)
    """During an update, the new ones."""
    new_share: float = field(default=0.0, metadata=LIVE)
    """What these have of the traffic."""
    pending: PendingDeployment | None = field(default=None, metadata=LIVE)
    """What is about to take over."""
    last_deployment_config: JsonObject | None = None
    """The DeploymentConfig of the last request that had one, or was told to retain it."""
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
        shadows = [_summary(one.shadow, self.creation_time) for one in self.variants if one.shadow]
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "EndpointConfigName": config["EndpointConfigName"],
            "ProductionVariants": summaries or None,
            "ShadowProductionVariants": shadows or None,
            "DataCaptureConfig": _capture_summary(config.get("DataCaptureConfig")),
            "AsyncInferenceConfig": config.get("AsyncInferenceConfig"),
            "ExplainerConfig": config.get("ExplainerConfig"),
            "EndpointStatus": self.status,
            "FailureReason": self.failure_reason,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "LastDeploymentConfig": self.last_deployment_config,
            "PendingDeploymentSummary": self.pending.describe() if self.pending else None,
        }


def _summary(variant: EndpointVariant, resolution_time: float) -> JsonObject:
    instances = variant.spec.get("InitialInstanceCount")
    serverless = variant.spec.get("ServerlessConfig")
    return {
        "VariantName": variant.name,
        "DeployedImages": [
            {"SpecifiedImage": server.image, "ResolutionTime": resolution_time} for server in variant.servers
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
