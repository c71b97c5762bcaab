"""What a tuning job takes over from those before it: WarmStartConfig.

Source: "Run a Warm Start Hyperparameter Tuning Job" in the SageMaker developer guide.
"""

from dataclasses import dataclass
from typing import Self

from local_aws.algorithms.metric import Metric
from local_aws.errors import ValidationError
from local_aws.jobs.operations import find_job
from local_aws.state.resources import JsonObject, Region
from local_aws.tuning.job import Trial, TuningJob
from local_aws.tuning.parzen import Observation
from local_aws.tuning.ranges import Range


@dataclass(frozen=True)
class WarmStart:
    """The tuning jobs before one, all of which are over."""

    parents: tuple[TuningJob, ...] = ()
    is_identical: bool = False
    """Whether they had the same data and algorithm, so that their results are its own."""

    @classmethod
    def of(cls, region: Region, request: JsonObject, objective: Metric, names: int) -> Self:
        """Read the WarmStartConfig of a request, where it has one.

        Args:
            region: Where the parents are.
            request: The request of the tuning job.
            objective: Its metric.
            names: The number of its hyperparameters, static and tuned.

        Raises:
            AwsError: A parent is not there, or not over, or does not fit.
        """
        config = request.get("WarmStartConfig")
        if config is None:
            return cls()
        parents = tuple(
            find_job(region, TuningJob, one["HyperParameterTuningJobName"])
            for one in config["ParentHyperParameterTuningJobs"]
        )
        is_identical = config["WarmStartType"] == "IdenticalDataAndAlgorithm"
        for parent in parents:
            _check(parent, objective, names)
            if is_identical:
                _check_same(parent, request["TrainingJobDefinition"])
        return cls(parents, is_identical)

    @property
    def best(self) -> JsonObject | None:
        """The summary of the best training job of all parents, where their results count as its own."""
        found = [(parent, parent.best) for parent in self.parents] if self.is_identical else []
        rated = [(parent, best) for parent, best in found if best is not None]
        if not rated:
            return None
        sign = 1 if rated[0][0].objective.direction == "Maximize" else -1
        parent, best = max(rated, key=lambda one: sign * (one[1].value or 0.0))
        return best.summary() | {"TuningJobName": parent.name}

    def observations(self, ranges: list[Range]) -> list[Observation]:
        """Return what the parents' training jobs tell of the ranges."""
        return [
            one
            for parent in self.parents
            for trial in parent.trials
            if (one := observation(trial, ranges)) is not None
        ]

    def tried(self, ranges: list[Range]) -> set[tuple[str, ...]]:
        """Return the combinations that would tell nothing new."""
        return {one.values for one in self.observations(ranges)} if self.is_identical else set()


def observation(trial: Trial, ranges: list[Range]) -> Observation | None:
    """Return what a training job tells of some ranges. None where it has no value there, or no metric."""
    hyperparameters = trial.job.request["HyperParameters"]
    values = tuple(hyperparameters.get(one.name, "") for one in ranges)
    metric = trial.value
    if metric is None or metric != metric:  # noqa: PLR0124 - not a number
        return None
    if not all(one.has(value) for one, value in zip(ranges, values, strict=True)):
        return None
    return Observation(values, metric if trial.objective.direction == "Maximize" else -metric)


def _check(parent: TuningJob, objective: Metric, names: int) -> None:
    if not parent.is_over:
        raise ValidationError(
            f"The parent tuning job {parent.name} is {parent.status}. Each parent has to be Completed, "
            "Stopped or Failed."
        )
    if parent.objective.name != objective.name:
        raise ValidationError(
            f"The parent tuning job {parent.name} has the objective metric {parent.objective.name}, this one "
            f"{objective.name}. They have to be the same."
        )
    had = _names(parent.request)
    if had != names:
        raise ValidationError(
            f"The parent tuning job {parent.name} has {had} hyperparameters, static and tuned, this one "
            f"{names}. The number has to be the same."
        )


def _names(request: JsonObject) -> int:
    ranges = request["HyperParameterTuningJobConfig"].get("ParameterRanges", {})
    tuned = sum(len(of_kind) for of_kind in ranges.values())
    static = request["TrainingJobDefinition"]["StaticHyperParameters"].keys() - {"_tuning_objective_metric"}
    return tuned + len(static)


def _check_same(parent: TuningJob, definition: JsonObject) -> None:
    had = parent.request["TrainingJobDefinition"]
    image, had_image = (one["AlgorithmSpecification"]["TrainingImage"] for one in (definition, had))
    if image != had_image or definition.get("InputDataConfig") != had.get("InputDataConfig"):
        raise ValidationError(
            "WarmStartType IdenticalDataAndAlgorithm needs the TrainingImage and the InputDataConfig of the "
            f"parent tuning job {parent.name}. Take TransferLearning for others."
        )
