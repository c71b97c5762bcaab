"""What it takes to find what runs have made on SageMaker, and to take it away."""

from include.pipeline.iam.scope import Scope

LIST = (
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListEndpoints",
    "sagemaker:ListModels",
    "sagemaker:ListTrainingJobs",
    "sagemaker:ListTransformJobs",
)


def kinds(scope: Scope) -> tuple[str, ...]:
    """Name what runs make, as the ARNs of these resources do."""
    jobs = ("training-job", "transform-job") if scope.config.score else ("training-job",)
    return (*jobs, "model", "endpoint-config", "endpoint")


def look_up(scope: Scope) -> tuple[str, ...]:
    """Name what it takes to look at it."""
    return (
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeTrainingJob",
        *(("sagemaker:DescribeTransformJob",) if scope.config.score else ()),
        "sagemaker:ListTags",
    )


def take_away(scope: Scope) -> tuple[str, ...]:
    """Name what it takes to delete it, or to stop it."""
    return (
        "sagemaker:DeleteEndpoint",
        "sagemaker:DeleteEndpointConfig",
        "sagemaker:DeleteModel",
        "sagemaker:StopTrainingJob",
        *(("sagemaker:StopTransformJob",) if scope.config.score else ()),
    )
