"""A tuning job that has ended: its trials, and which of them is the best."""

import math
from operator import not_
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.training.algorithm import Direction

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


class Trial(Document):
    """One of its training jobs."""

    job_name: str
    hyperparameters: dict[str, str]
    """Those that the tuning job chose."""
    status: str
    """As SageMaker tells it: `Completed`, `Failed`, `Stopped`."""
    value: float | None
    """Of the metric; None where it has none."""
    billable_seconds: int
    """Seconds billed for each instance."""
    failure: str | None = Field(default=None, exclude_if=not_)
    """Why it has no model."""


class Tuning(Document):
    """All of them."""

    job_name: str
    """Of the tuning job."""
    strategy: str
    """As SageMaker names it."""
    metric: str
    """Of the validation rows, as SageMaker names it."""
    direction: Direction
    best: str | None
    """The training job that the run goes on with; None where none has a value."""
    trials: tuple[Trial, ...]
    """In the order of their start."""

    @property
    def billable_seconds(self) -> int:
        """Seconds billed for all of them together, for each instance."""
        return sum(trial.billable_seconds for trial in self.trials)

    @property
    def chosen(self) -> dict[str, str]:
        """The hyperparameters that the best one has from the tuning job."""
        return next((trial.hyperparameters for trial in self.trials if trial.job_name == self.best), {})

    @classmethod
    def describe(cls, sagemaker: "SageMakerClient", name: str) -> Self:
        """Ask SageMaker for a tuning job that has ended, and for each of its training jobs."""
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        config = job["HyperParameterTuningJobConfig"]
        objective = config["HyperParameterTuningJobObjective"]
        pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
            HyperParameterTuningJobName=name
        )
        found: list[Any] = [summary for page in pages for summary in page["TrainingJobSummaries"]]
        return cls(
            job_name=name,
            strategy=config["Strategy"],
            metric=objective["MetricName"],
            direction=objective["Type"],
            best=job.get("BestTrainingJob", {}).get("TrainingJobName"),
            trials=tuple(
                _trial(sagemaker, summary)
                for summary in sorted(found, key=lambda one: one["TrainingJobName"])
            ),
        )


def _trial(sagemaker: "SageMakerClient", summary: dict[str, Any]) -> Trial:
    name = summary["TrainingJobName"]
    # The list does not tell what is billed.
    job = sagemaker.describe_training_job(TrainingJobName=name)
    value = summary.get("FinalHyperParameterTuningJobObjectiveMetric", {}).get("Value")
    return Trial(
        job_name=name,
        hyperparameters=summary["TunedHyperParameters"],
        status=summary["TrainingJobStatus"],
        value=value if value is not None and math.isfinite(value) else None,
        # A job that ended before it trained has none.
        billable_seconds=job.get("BillableTimeInSeconds", 0),
        failure=summary.get("FailureReason"),
    )
