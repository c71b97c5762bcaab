"""A tuning job and its state, its training jobs, and the best of them."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from local_aws.algorithms.metric import Metric
from local_aws.errors import AwsError, ResourceInUseError
from local_aws.jobs.job import Job
from local_aws.state.resources import LIVE, JsonObject
from local_aws.training.job import TrainingJob


@dataclass(frozen=True)
class Trial:
    """A training job of a tuning job."""

    job: TrainingJob
    """The training job."""
    tuned: dict[str, str]
    """The hyperparameters that the tuning job chose, by name."""
    objective: Metric
    """The metric that it is judged by."""
    counts_stopped: bool = False
    """Whether it counts, too, where it was stopped."""

    @property
    def value(self) -> float | None:
        """The value of its objective metric. None until it has completed, and where the log has none."""
        found = self.job.final_metrics.get(self.objective.name)
        ends = ("Completed", "Stopped") if self.counts_stopped else ("Completed",)
        return found["Value"] if found is not None and self.job.status in ends else None

    @property
    def objective_status(self) -> str:
        """Its ObjectiveStatus: whether there is a value of its objective metric."""
        if not self.job.is_over:
            return "Pending"
        return "Failed" if self.value is None else "Succeeded"

    def summary(self) -> JsonObject:
        """Return its HyperParameterTrainingJobSummary. Members that are None are to be left out."""
        value = self.value
        return {
            **self.job.describe(),
            "TunedHyperParameters": self.tuned,
            "ObjectiveStatus": self.objective_status,
            "FinalHyperParameterTuningJobObjectiveMetric": None
            if value is None
            else {"MetricName": self.objective.name, "Value": value},
        }


@dataclass(frozen=True)
class StartedTrial:
    """The part of a trial that is kept across a restart."""

    training_job: str
    """The name of the training job."""
    tuned: dict[str, str]
    """The hyperparameters that the tuning job chose, by name."""


@dataclass(kw_only=True, eq=False)
class TuningJob(Job):
    """A hyperparameter tuning job, its state, and its description."""

    KIND: ClassVar[str] = "hyper-parameter-tuning-job"
    NOUN: ClassVar[str] = "hyperparameter tuning job"
    API_NAME: ClassVar[str] = "HyperParameterTuningJob"
    objective: Metric
    """The metric that its training jobs are judged by."""
    started: list[StartedTrial] = field(default_factory=list)
    """Its training jobs by name, in the order of their start."""
    trials: list[Trial] = field(default_factory=list, metadata=LIVE)
    """The same training jobs, with their states."""
    parents_best: JsonObject | None = None
    """The summary of the best training job of the tuning jobs before it, where their results count here."""
    is_satisfied: bool = False
    """Whether it has what it was asked for, and starts no further training jobs."""

    @classmethod
    def taken(cls, name: str, arn: str) -> AwsError:  # noqa: ARG003 - another kind's text tells the ARN
        """Return the error for a name that another job has."""
        return ResourceInUseError(
            f"A hyperparameter tuning job with the name, {name}, already exists. Choose a different name."
        )

    @classmethod
    def absent(cls, name: str) -> AwsError:
        """Return the error for a name that no job has."""
        return AwsError(
            "ResourceNotFound",
            f"Amazon SageMaker can't find a tuning job called {name}. Type another name.",
        )

    def add_trial(self, training: TrainingJob, tuned: dict[str, str]) -> None:
        """Add a training job that was started for this tuning job."""
        # Only an assignment tells the data directory of the change.
        self.started = [*self.started, StartedTrial(training.name, tuned)]
        self.trials.append(self.trial(training, tuned))

    def trial(self, training: TrainingJob, tuned: dict[str, str]) -> Trial:
        """Return a training job of this tuning job, as it is judged."""
        is_hyperband = self.request["HyperParameterTuningJobConfig"]["Strategy"] == "Hyperband"
        return Trial(training, tuned, self.objective, is_hyperband)

    @property
    def running(self) -> list[Trial]:
        """The training jobs that are not over."""
        return [trial for trial in self.trials if not trial.job.is_over]

    @property
    def best(self) -> Trial | None:
        """The training job with the best objective metric so far, and the first among equal ones."""
        sign = 1 if self.objective.direction == "Maximize" else -1
        rated = [(sign * value, trial) for trial in self.trials if (value := trial.value) is not None]
        usable = [entry for entry in rated if not math.isnan(entry[0])]
        return max(usable, key=lambda entry: entry[0])[1] if usable else None

    @property
    def _overall_best(self) -> JsonObject | None:
        """The summary of the best training job of this and the tuning jobs before, where they count here."""
        before, best = self.parents_best, self.best
        if before is None or best is None or best.value is None:
            return before
        had = before["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        is_better = best.value != had and self.objective.is_as_good(best.value, had)
        return best.summary() | {"TuningJobName": self.name} if is_better else before

    def stop(self) -> None:
        """Stop the training jobs. The end of the last of them ends the tuning job."""
        self.enter("Stopping")
        self.stop_trials()
        if not self.running and not self.is_over:
            self.enter("Stopped")

    def stop_trials(self) -> None:
        """Begin to stop every training job that runs or waits."""
        for trial in self.running:
            if trial.job.status == "InProgress":
                trial.job.stop()

    def describe(self) -> JsonObject:
        """Return the members of DescribeHyperParameterTuningJob's answer and of its summary.

        Members that are None are to be left out.
        """
        statuses = Counter(trial.job.status for trial in self.trials)
        objectives = Counter(trial.objective_status for trial in self.trials)
        config = self.request["HyperParameterTuningJobConfig"]
        best = self.best
        return {
            **self.request,
            "HyperParameterTuningJobArn": self.arn,
            "HyperParameterTuningJobStatus": self.status,
            "Strategy": config["Strategy"],
            "ResourceLimits": config["ResourceLimits"],
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "HyperParameterTuningEndTime": self.end_time,
            "TrainingJobStatusCounters": {
                "Completed": statuses["Completed"],
                "InProgress": statuses["InProgress"] + statuses["Stopping"],
                "RetryableError": 0,
                "NonRetryableError": statuses["Failed"],
                "Stopped": statuses["Stopped"],
            },
            "ObjectiveStatusCounters": {
                status: objectives[status] for status in ("Succeeded", "Pending", "Failed")
            },
            "BestTrainingJob": best.summary() if best is not None else None,
            "OverallBestTrainingJob": self._overall_best,
            "FailureReason": self.failure_reason,
        }
