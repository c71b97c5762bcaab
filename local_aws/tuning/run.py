"""Run a tuning job: start training jobs as others end, until there are enough or one is good enough."""

import secrets
import threading
from collections.abc import Iterator
from functools import partial

from local_aws.errors import AwsError
from local_aws.state.resources import JsonObject, Region
from local_aws.training.job import TrainingJob
from local_aws.training.operations import create_training_job
from local_aws.tuning.hyperband import Hyperband
from local_aws.tuning.job import TuningJob

# AWS gives up after so many failures without a success (the text of its FailureReason).
_ATTEMPTS = 5
# The members of a training job definition that become members of a training job unchanged.
_PASSED_ON = (
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "VpcConfig",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "CheckpointConfig",
    "RetryStrategy",
    "Environment",
)


class TuningRun:
    """One run of a tuning job. It has no thread of its own: the end of a training job starts the next one.

    Args:
        region: The region of its training jobs.
        job: The tuning job.
        candidates: The hyperparameters to try, in that order.
        most: The largest number of training jobs.
        hyperband: Stops training jobs early. None where none is.
    """

    def __init__(
        self,
        region: Region,
        job: TuningJob,
        candidates: Iterator[dict[str, str]],
        most: float,
        hyperband: Hyperband | None = None,
    ) -> None:
        self._region = region
        self._job = job
        self._candidates = candidates
        self._most = most
        self._hyperband = hyperband
        config = job.request["HyperParameterTuningJobConfig"]
        self._limits: JsonObject = config["ResourceLimits"]
        self._criteria: JsonObject = config.get("TuningJobCompletionCriteria", {})
        self._timer: threading.Timer | None = None

    def start(self) -> None:
        """Start the first training jobs. The region's lock is held."""
        self._job.when_over = self._end_timer
        if (seconds := self._limits.get("MaxRuntimeInSeconds")) is not None:
            self._timer = threading.Timer(seconds, self._run_out)
            self._timer.daemon = True
            self._timer.start()
        self._advance()

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _run_out(self) -> None:
        with self._region.lock:
            self._finish_early()

    def _finish_early(self) -> None:
        """Start no further training jobs, and stop those that run."""
        self._job.is_satisfied = True
        self._job.stop_trials()
        self._region.background.wake()

    def _advance(self) -> None:
        """Do what is next. Call it at the start and at the end of each training job, with the lock held."""
        job = self._job
        if job.is_over or self._region.background.is_closing:
            return
        if job.status == "Stopping":
            if not job.running:
                job.enter("Stopped")
            return
        if not job.is_satisfied and self._is_enough():
            self._finish_early()
        try:
            while self._may_start() and (candidate := next(self._candidates, None)) is not None:
                self._launch(candidate)
        except AwsError as error:
            # The training job was valid when the tuning job began, and is not any more: its data is gone.
            job.is_satisfied = True
            job.fail(error.message)
            job.stop_trials()
            return
        if not job.running and not job.is_over:
            self._end()

    def _may_start(self) -> bool:
        job = self._job
        has_place = len(job.running) < self._limits["MaxParallelTrainingJobs"]
        return not job.is_satisfied and has_place and len(job.trials) < self._most

    def _is_enough(self) -> bool:
        """Tell whether a completion criterion is met, or too many training jobs failed without a success."""
        job, best = self._job, self._job.best
        if best is None or best.value is None:
            return len([trial for trial in job.trials if trial.job.status == "Failed"]) >= _ATTEMPTS
        target: float | None = self._criteria.get("TargetObjectiveMetricValue")
        if target is not None and best.objective.is_as_good(best.value, target):
            return True
        not_improving = self._criteria.get("BestObjectiveNotImproving", {})
        patience: int | None = not_improving.get("MaxNumberOfTrainingJobsNotImproving")
        if patience is None:
            return False
        over = sorted(
            (trial for trial in job.trials if trial.job.is_over), key=lambda trial: trial.job.end_time or 0
        )
        return len(over) - 1 - over.index(best) >= patience

    def _launch(self, tuned: dict[str, str]) -> None:
        """Start a training job with some hyperparameters."""
        job = self._job
        definition = job.request["TrainingJobDefinition"]
        name = f"{job.name}-{len(job.trials) + 1:03d}-{secrets.token_hex(4)}"
        create_training_job(
            self._region,
            {
                "TrainingJobName": name,
                "TuningJobArn": job.arn,
                "AlgorithmSpecification": definition["AlgorithmSpecification"],
                "HyperParameters": {**definition["StaticHyperParameters"], **tuned},
                "Tags": job.request.get("Tags", []),
                **{member: definition[member] for member in _PASSED_ON if member in definition},
            },
        )
        training = self._region.of(TrainingJob)[name]
        job.add_trial(training, tuned)
        training.when_over = self._advance
        if self._hyperband is not None:
            training.when_measured = partial(self._measure, self._hyperband, training)

    def _measure(self, hyperband: Hyperband, training: TrainingJob, metric: str, value: float) -> None:
        """Stop a training job where its metric so far is not among the better ones."""
        if hyperband.goes_on(training.name, metric, value):
            return
        with self._region.lock:
            if training.status == "InProgress":
                training.stop()
        self._region.background.wake()

    def _end(self) -> None:
        job = self._job
        if job.best is not None:
            job.enter("Completed")
            return
        job.fail(
            f"No training job succeeded after {len(job.trials)} attempts. Please take a look at the training "
            "job failures to get more details."
        )
