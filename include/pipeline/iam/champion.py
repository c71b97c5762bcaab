"""For the identity of the Airflow connection: what it takes to promote a model, and to take it back."""

from collections.abc import Iterator

from include.pipeline.iam.policy import Conditions, Statement, both
from include.pipeline.iam.scope import Scope
from include.pipeline.scoring.champion.requests import alarm_name

_MADE = ("CreateEndpoint", "CreateEndpointConfig", "CreateModel")


def champion(scope: Scope) -> Iterator[Statement]:
    """Yield the statements; none for a pipeline without `serve`.

    What the pipeline's other DAGs and the janitor may delete has other tags than the endpoint.
    """
    serve, endpoint = scope.config.serve, scope.champion_endpoint
    if serve is None or endpoint is None:
        return
    isolated: Conditions = (
        {"Bool": {"sagemaker:NetworkIsolation": "true"}} if scope.config.aws.network_isolation else {}
    )
    instances: Conditions = (
        {}
        if serve.serverless
        else {
            "ForAllValues:StringEquals": {"sagemaker:InstanceTypes": (serve.instance_type,)},
            "Null": {"sagemaker:InstanceTypes": "false"},
        }
    )
    configs, models = scope.sagemaker("endpoint-config"), scope.sagemaker("model")
    named = (scope.sagemaker_arn(f"endpoint/{endpoint}"),)
    request, own = scope.serving_tags("aws:RequestTag"), scope.serving_tags("aws:ResourceTag")
    yield Statement("MakeServedModel", ("sagemaker:CreateModel",), models, both(request, isolated))
    yield Statement(
        "ConfigureChampion", ("sagemaker:CreateEndpointConfig",), configs, both(request, instances)
    )
    yield Statement("MakeChampion", ("sagemaker:CreateEndpoint",), (*named, *configs), request)
    yield Statement(
        "TagChampion",
        ("sagemaker:AddTags",),
        (*named, *configs, *models),
        both(request, {"StringEquals": {"sagemaker:TaggingAction": _MADE}}),
    )
    yield Statement("PromoteAndGoBack", ("sagemaker:UpdateEndpoint",), (*named, *configs), own)
    # The endpoint itself is deleted only where the first model does not come into service.
    yield Statement(
        "AskChampionAndForgetOldModels",
        (
            "sagemaker:DeleteEndpoint",
            "sagemaker:DeleteEndpointConfig",
            "sagemaker:DeleteModel",
            "sagemaker:InvokeEndpoint",
        ),
        (*named, *configs, *models),
        own,
    )
    if serve.serverless:
        return
    yield Statement(
        "AlarmOfChampion",
        ("cloudwatch:PutMetricAlarm",),
        (f"arn:{scope.partition}:cloudwatch:{scope.region}:{scope.account}:alarm:{alarm_name(endpoint)}",),
    )
    if serve.shadow:
        # It has none for figures, either.
        yield Statement("LookAtShadow", ("cloudwatch:GetMetricData",))
    if serve.alarms:
        # CloudWatch has no narrower resource for a list.
        yield Statement("LookAtAlarms", ("cloudwatch:DescribeAlarms",))
