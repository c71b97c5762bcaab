"""The requests by which a model is promoted: model, configurations, alarm, metrics, and how traffic moves."""

from typing import TYPE_CHECKING, Any

from include.pipeline.planning.deployment_request import VARIANT, model_request

if TYPE_CHECKING:
    from include.pipeline.documents.aws_settings import AwsSettings
    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.scoring.champion import ServeSettings

_MINUTE = 60
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
_NAMESPACE = "AWS/SageMaker"


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
    return {
        "Model": model_request(settings, name=name, container=container, role_arn=role_arn, tags=tags),
        "EndpointConfig": {
            "EndpointConfigName": name,
            "ProductionVariants": [_variant(serve, VARIANT, name)],
            "Tags": tags,
            **_key(serve, settings),
        },
    }


def shadow_request(
    serve: "ServeSettings",
    settings: "AwsSettings",
    *,
    name: str,
    model: str,
    before: str,
    tags: list[dict[str, str]],
) -> dict[str, Any]:
    """Build the request of `CreateEndpointConfig` that has a model in the shadow of the one that serves.

    Args:
        serve: The section of the YAML.
        settings: The pipeline's.
        name: Of the endpoint configuration.
        model: Of the model in the shadow, which gets a copy of each request.
        before: Of the model that serves.
        tags: In SageMaker's form.
    """
    return {
        "EndpointConfigName": name,
        "ProductionVariants": [_variant(serve, VARIANT, before)],
        "ShadowProductionVariants": [_variant(serve, shadow_variant(model), model)],
        "Tags": tags,
        **_key(serve, settings),
    }


def shadow_variant(model: str) -> str:
    """Name the variant of a model in the shadow: CloudWatch has the figures of others, of before, too."""
    return f"Shadow-{model.rpartition('-')[2]}"


def metric_queries(endpoint: str, variant: str) -> dict[str, dict[str, Any]]:
    """Build the queries of `GetMetricData`, by what they ask of a variant for each minute.

    `asked` is how many requests it had, `failed` how many of them its model did not answer with success, and
    `microseconds` how long it took for all together.
    """
    metrics = {"asked": "Invocations", "failed": "InvocationModelErrors", "microseconds": "ModelLatency"}
    dimensions = _dimensions(endpoint, variant)
    return {
        name: {
            "Id": name,
            "MetricStat": {
                "Metric": {"Namespace": _NAMESPACE, "MetricName": metric, "Dimensions": dimensions},
                "Period": _MINUTE,
                "Stat": "Sum",
            },
        }
        for name, metric in metrics.items()
    }


def _variant(serve: "ServeSettings", name: str, model: str) -> dict[str, Any]:
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
    return {"VariantName": name, "ModelName": model, "InitialVariantWeight": 1.0, **capacity}


def _key(serve: "ServeSettings", settings: "AwsSettings") -> dict[str, str]:
    key = None if serve.serverless else settings.keys.endpoint_volume
    return {"KmsKeyId": key} if key else {}


def _dimensions(endpoint: str, variant: str) -> list[dict[str, str]]:
    return [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]


def alarm_name(endpoint: str) -> str:
    """Name the alarm on an endpoint's errors."""
    return f"{endpoint}-errors"


def alarm_request(serve: "ServeSettings", endpoint: str) -> dict[str, Any]:
    """Build the request of `PutMetricAlarm`: on answers with an HTTP status of 500 or above."""
    return {
        "AlarmName": alarm_name(endpoint),
        "AlarmDescription": "Rolls back a promotion: the endpoint answers with errors.",
        "Namespace": _NAMESPACE,
        "MetricName": "Invocation5XXErrors",
        "Dimensions": _dimensions(endpoint, VARIANT),
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
