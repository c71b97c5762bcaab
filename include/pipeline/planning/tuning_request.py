"""The request for the tuning job, where the pipeline's YAML has `tune`."""

from typing import TYPE_CHECKING, Any

from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.documents.training.tune import tuning_key
from include.pipeline.errors import ParamError
from include.pipeline.planning.hyperparameters.ranges import parameter_ranges

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.training.tune import TuneSettings

# SageMaker's integers have 31 bits.
_SEEDS = 2**31
_OF_THE_TUNING_JOB = frozenset({"TrainingJobName", "HyperParameters", "Tags"})


def with_tuning(plan: "RunPlan", config: "PipelineConfig") -> "RunPlan":
    """Add the request of `CreateHyperParameterTuningJob` to a run's plan, where the YAML asks for one.

    Raises:
        ParamError: There are no rows on which trials can be judged.
    """
    if config.tune is None:
        return plan
    if not plan.params.validation_fraction:
        raise ParamError(
            "validation_fraction = 0",
            "the best of a tuning job's trials is chosen on validation rows, so that the test rows judge it "
            "afresh",
            "Choose a fraction above 0, such as 0.2",
        )
    return plan.model_copy(update={"tuning": _request(plan, config.tune)})


def _request(plan: "RunPlan", tune: "TuneSettings") -> dict[str, Any]:
    training, algorithm = plan.training, plan.algorithm
    metric, direction = ALGORITHMS[algorithm].objectives[plan.table.kind]
    return {
        "HyperParameterTuningJobName": tuning_key(plan.key),
        "HyperParameterTuningJobConfig": {
            "Strategy": tune.strategy.capitalize(),
            "HyperParameterTuningJobObjective": {"Type": direction, "MetricName": metric},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": tune.max_jobs,
                "MaxParallelTrainingJobs": tune.parallel,
            },
            "ParameterRanges": parameter_ranges(tune, algorithm, plan.params.image_version),
            "TrainingJobEarlyStoppingType": "Off",
            # With it, the same run tries the same values, as far as SageMaker can:
            # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobConfig.html
            "RandomSeed": plan.params.seed % _SEEDS,
        },
        "TrainingJobDefinition": {
            "StaticHyperParameters": training["HyperParameters"],
            **{name: value for name, value in training.items() if name not in _OF_THE_TUNING_JOB},
        },
        # SageMaker gives them to each of the training jobs, too.
        "Tags": training["Tags"],
    }
