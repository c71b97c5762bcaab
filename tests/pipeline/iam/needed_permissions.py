"""Which permissions AWS asks for at a call of boto3's.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_sagemaker.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.pipeline.iam.policy_evaluation import AccessRequest, Values

# Where a call's permission has another name than the call.
_S3_ACTIONS = {
    "DeleteObjects": "DeleteObject",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjectsV2": "ListBucket",
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}
_NAMES = {
    "TrainingJobName": "training-job",
    "HyperParameterTuningJobName": "hyper-parameter-tuning-job",
    "ProcessingJobName": "processing-job",
    "TransformJobName": "transform-job",
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
    "ModelName": "model",
}
_LOG_CALLS = {"DescribeLogStreams", "GetLogEvents"}


@dataclass(frozen=True)
class Account:
    """Where the calls are made, and what AWS knows of the resources there."""

    number: str
    region: str
    owner_of: Callable[[str], str]
    """Takes a bucket's name, and returns the account that has it."""
    tags_of: Callable[[str], Mapping[str, str]]
    """Takes the ARN of a resource on SageMaker, and returns its tags; none where it is not there."""

    def needed(self, service: str, operation: str, call: Mapping[str, Any]) -> Iterator[AccessRequest]:
        """Yield the permissions that a call needs.

        Args:
            service: boto3's name of it.
            operation: As the API names it.
            call: The call's parameters.
        """
        if service == "s3":
            yield from self._s3(operation, call)
        elif service in {"sagemaker", "sagemaker-runtime"}:
            yield from self._sagemaker(operation, call)
        elif service == "logs":
            assert operation in _LOG_CALLS
            group = f"log-group:{call['logGroupName']}:log-stream:"
            yield AccessRequest(f"logs:{operation}", f"arn:aws:logs:{self.region}:{self.number}:{group}")
        elif service == "iam":
            arn = f"arn:aws:iam::{self.number}:role/{call['RoleName']}"
            yield AccessRequest(f"iam:{operation}", arn)
        elif (service, operation) == ("cloudwatch", "PutMetricAlarm"):
            alarm = f"arn:aws:cloudwatch:{self.region}:{self.number}:alarm:{call['AlarmName']}"
            yield AccessRequest("cloudwatch:PutMetricAlarm", alarm)
        elif (service, operation) == ("sns", "Publish"):
            yield AccessRequest("sns:Publish", call["TargetArn"])
        elif service == "cloudwatch":
            assert operation in {"DescribeAlarms", "GetMetricData"}
            yield AccessRequest(f"cloudwatch:{operation}", "*")
        else:
            # It needs no permission.
            assert (service, operation) == ("sts", "GetCallerIdentity")

    def _s3(self, operation: str, call: Mapping[str, Any]) -> Iterator[AccessRequest]:
        bucket = call["Bucket"]
        context = {} if operation == "CreateBucket" else {"aws:ResourceAccount": self.owner_of(bucket)}
        if "Prefix" in call:
            context["s3:prefix"] = call["Prefix"]
        action = f"s3:{_S3_ACTIONS.get(operation, operation)}"
        arn = f"arn:aws:s3:::{bucket}"
        if operation == "DeleteObjects":
            for each in call["Delete"]["Objects"]:
                version = "Version" if "VersionId" in each else ""
                yield AccessRequest(action + version, f"{arn}/{each['Key']}", context)
        elif operation == "CopyObject":
            source = call["CopySource"]
            from_bucket = {"aws:ResourceAccount": self.owner_of(source["Bucket"])}
            yield AccessRequest(
                "s3:GetObject", f"arn:aws:s3:::{source['Bucket']}/{source['Key']}", from_bucket
            )
            yield AccessRequest("s3:PutObject", f"{arn}/{call['Key']}", context)
        else:
            yield AccessRequest(action, f"{arn}/{call['Key']}" if "Key" in call else arn, context)

    def _sagemaker(self, operation: str, call: Mapping[str, Any]) -> Iterator[AccessRequest]:
        action = f"sagemaker:{operation}"
        if operation.startswith("List") and operation != "ListTags":
            yield AccessRequest(action, "*")
            return
        if "ResourceArn" in call:
            yield AccessRequest(action, call["ResourceArn"], self._resource_tags(call["ResourceArn"]))
            return
        if operation.endswith(("ModelPackage", "ModelPackageGroup")):
            yield AccessRequest(action, self._registered(operation, call))
            return
        tags = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in call.get("Tags", [])}
        own = self._own_kind(operation)
        for name, kind in _NAMES.items():
            if name in call and (kind == own or operation in {"CreateEndpoint", "UpdateEndpoint"}):
                arn = f"arn:aws:sagemaker:{self.region}:{self.number}:{kind}/{call[name]}"
                # Of a tuning job, what its training jobs have alike.
                made = call.get("TrainingJobDefinition", call)
                context = {**tags, **self._resource_tags(arn), **_of_request(made)}
                yield AccessRequest(action, arn, context)
                if tags and kind == own:
                    tagging = {**tags, "sagemaker:TaggingAction": operation}
                    yield AccessRequest("sagemaker:AddTags", arn, tagging)
        definition = call.get("TrainingJobDefinition", {})
        if role := call.get("RoleArn") or call.get("ExecutionRoleArn") or definition.get("RoleArn"):
            yield AccessRequest("iam:PassRole", role, {"iam:PassedToService": "sagemaker.amazonaws.com"})

    def _registered(self, operation: str, call: Mapping[str, Any]) -> str:
        here = f"arn:aws:sagemaker:{self.region}:{self.number}"
        if operation == "CreateModelPackageGroup":
            return f"{here}:model-package-group/{call['ModelPackageGroupName']}"
        if operation == "CreateModelPackage":
            return f"{here}:model-package/{call['ModelPackageGroupName']}/1"
        arn: str = call.get("ModelPackageArn") or call["ModelPackageName"]
        return arn

    def _own_kind(self, operation: str) -> str:
        for suffix, kind in (
            ("HyperParameterTuningJob", "hyper-parameter-tuning-job"),
            ("TrainingJob", "training-job"),
            ("ProcessingJob", "processing-job"),
            ("TransformJob", "transform-job"),
            ("EndpointConfig", "endpoint-config"),
            ("Endpoint", "endpoint"),
            ("Model", "model"),
        ):
            if operation.endswith(suffix):
                return kind
        raise AssertionError(f"{operation} is not known: say here which resource it is for")

    def _resource_tags(self, arn: str) -> dict[str, Values]:
        return {f"aws:ResourceTag/{key}": value for key, value in self.tags_of(arn).items()}


def _of_request(call: Mapping[str, Any]) -> dict[str, Values]:
    context: dict[str, Values] = {}
    if "EnableNetworkIsolation" in call or "PrimaryContainer" in call or "ResourceConfig" in call:
        context["sagemaker:NetworkIsolation"] = str(call.get("EnableNetworkIsolation", False)).lower()
    if "ResourceConfig" in call:
        context["sagemaker:InstanceTypes"] = (call["ResourceConfig"]["InstanceType"],)
        context["sagemaker:MaxRuntimeInSeconds"] = str(call["StoppingCondition"]["MaxRuntimeInSeconds"])
    if "ProcessingResources" in call:
        isolated = call["NetworkConfig"]["EnableNetworkIsolation"]
        context["sagemaker:NetworkIsolation"] = str(isolated).lower()
        instances = call["ProcessingResources"]["ClusterConfig"]
        context["sagemaker:InstanceTypes"] = (instances["InstanceType"],)
        context["sagemaker:MaxRuntimeInSeconds"] = str(call["StoppingCondition"]["MaxRuntimeInSeconds"])
    if "TransformResources" in call:
        context["sagemaker:InstanceTypes"] = (call["TransformResources"]["InstanceType"],)
    if "ProductionVariants" in call:
        variants = (*call["ProductionVariants"], *call.get("ShadowProductionVariants", ()))
        types = tuple(variant["InstanceType"] for variant in variants)
        context["sagemaker:InstanceTypes"] = types
    return context
