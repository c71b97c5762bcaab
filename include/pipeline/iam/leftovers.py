"""What it takes to find what runs have made on SageMaker, and to take it away."""

from include.pipeline.iam.scope import Scope

LIST = (
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListEndpoints",
    "sagemaker:ListHyperParameterTuningJobs",
    "sagemaker:ListModels",
    "sagemaker:ListProcessingJobs",
    "sagemaker:ListTrainingJobs",
    "sagemaker:ListTransformJobs",
)


def kinds(scope: Scope) -> tuple[str, ...]:
    """Name what runs make, as the ARNs of these resources do."""
    splitting = ("processing-job",) if scope.config.processing else ()
    tuning = ("hyper-parameter-tuning-job",) if scope.config.tune else ()
    scoring = ("transform-job",) if scope.config.score else ()
    return (*splitting, "training-job", *tuning, *scoring, "model", "endpoint-config", "endpoint")


def look_up(scope: Scope) -> tuple[str, ...]:
    """Name what it takes to look at it."""
    return (
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeTrainingJob",
        *(("sagemaker:DescribeProcessingJob",) if scope.config.processing else ()),
        *(("sagemaker:DescribeHyperParameterTuningJob",) if scope.config.tune else ()),
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
        *(("sagemaker:StopProcessingJob",) if scope.config.processing else ()),
        *(("sagemaker:StopHyperParameterTuningJob",) if scope.config.tune else ()),
        *(("sagemaker:StopTransformJob",) if scope.config.score else ()),
    )
