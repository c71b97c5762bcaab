"""The requests by which a model is promoted: model, configuration, endpoint, alarm, and how traffic moves."""

from typing import TYPE_CHECKING, Any

from include.pipeline.planning.deployment_request import VARIANT, model_request

if TYPE_CHECKING:
    from include.pipeline.documents.aws_settings import AwsSettings
    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.scoring.champion import ServeSettings

_MINUTE = 60


def version_requests(
    serve: "ServeSettings",
    settings: "AwsSettings",
    *,
    name: str,
    manifest: "RunManifest",
    role_arn: str,
    tags: list[dict[str, str]],
) -> dict[str, dict[str, Any]]:
    """Build the requests of `CreateModel` and `CreateEndpointConfig`: `Model` and `EndpointConfig`.

    Args:
        serve: The section of the YAML.
        settings: The pipeline's.
        name: Of both.
        manifest: Of the accepted model.
        role_arn: Reads the model's archive.
        tags: Of both, in SageMaker's form.
    """
    container = {"Image": manifest.image_uri, "ModelDataUrl": manifest.training.model_uri}
    capacity: dict[str, Any] = (
        {
            "ServerlessConfig": {
                "MemorySizeInMB": serve.serverless.memory_mb,
                "MaxConcurrency": serve.serverless.max_concurrency,
            }
        }
        if serve.serverless
        else {"InstanceType": serve.instance_type, "InitialInstanceCount": serve.instance_count}
    )
    variant = {"VariantName": VARIANT, "ModelName": name, "InitialVariantWeight": 1.0, **capacity}
    key = None if serve.serverless else settings.keys.endpoint_volume
    return {
        "Model": model_request(settings, name=name, container=container, role_arn=role_arn, tags=tags),
        "EndpointConfig": {
            "EndpointConfigName": name,
            "ProductionVariants": [variant],
            "Tags": tags,
            **({"KmsKeyId": key} if key else {}),
        },
    }


def alarm_name(endpoint: str) -> str:
    """Name the alarm on an endpoint's errors."""
    return f"{endpoint}-errors"


def alarm_request(serve: "ServeSettings", endpoint: str) -> dict[str, Any]:
    """Build the request of `PutMetricAlarm`: on answers with an HTTP status of 500 or above.

    Metrics: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
    """
    return {
        "AlarmName": alarm_name(endpoint),
        "AlarmDescription": "Rolls back a promotion: the endpoint answers with errors.",
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocation5XXErrors",
        "Dimensions": [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": VARIANT},
        ],
        "Statistic": "Sum",
        "Period": _MINUTE,
        "EvaluationPeriods": 1,
        "Threshold": float(serve.errors_a_minute),
        "ComparisonOperator": "GreaterThanThreshold",
        # Where nobody asks, nothing is wrong.
        "TreatMissingData": "notBreaching",
    }


def deployment_config(serve: "ServeSettings", endpoint: str) -> dict[str, Any] | None:
    """Build the `DeploymentConfig` of an update; None for a serverless endpoint, for which there is none.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html
    """
    if serve.serverless:
        return None
    alarms = (alarm_name(endpoint), *serve.alarms)
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {
                "Type": "CANARY",
                "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": serve.canary_percent},
                "WaitIntervalInSeconds": serve.canary_seconds,
            },
            "TerminationWaitInSeconds": serve.keep_old_seconds,
            "MaximumExecutionTimeoutInSeconds": serve.longest_seconds,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in alarms]},
    }
