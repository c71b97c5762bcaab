"""`tune` of a pipeline's YAML: hyperparameters that a tuning job of SageMaker's chooses."""

import re
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.values.params import HyperparameterName, HyperparameterValue

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.plan import RunPlan

READABLE_OF_TUNING = 16
"""Characters of a tuning job's name before the run's digest: 32, less those of the digest and "-99"."""
# Each is described once it has ended, and has a row of the report.
_MOST_JOBS = 100
_Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]


class Range(BaseModel):
    """What one hyperparameter may be: a number from `min` to `max`, or one of the values of a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: _Number | None = None
    max: _Number | None = None
    scale: Literal["auto", "linear", "logarithmic"] = "auto"
    """How the numbers between are tried: evenly, or as many from 0.01 to 0.1 as from 0.1 to 1. SageMaker
    chooses where it is `auto`."""
    values: tuple[HyperparameterValue, ...] = Field(default=(), max_length=10)

    @model_validator(mode="before")
    @classmethod
    def _list(cls, fields: Any) -> Any:
        return {"values": fields} if isinstance(fields, list | tuple) else fields

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.values:
            is_range = self.min is None and self.max is None and len(set(map(str, self.values))) > 1
        else:
            is_range = self.min is not None and self.max is not None and self.min < self.max
        if not is_range:
            raise PydanticCustomError(
                "range",
                "is two numbers, min and max, the first below the second, or a list of two values or more",
            )
        if self.scale == "logarithmic" and (self.min is None or self.min <= 0):
            raise PydanticCustomError("range", "scale = logarithmic is for numbers above 0")
        return self

    @property
    def ends(self) -> tuple[str, ...]:
        """The values that it cannot go beyond, as SageMaker takes them: both ends, or all of a list."""
        return tuple(str(value) for value in (self.values or (self.min, self.max)))


class TuneSettings(BaseModel):
    """How many trainings there are, and what each may try."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ranges: dict[HyperparameterName, Range] = Field(
        min_length=1, max_length=10, description="By the names that the image knows."
    )
    max_jobs: StrictInt = Field(ge=2, le=_MOST_JOBS, description="Training jobs in all.")
    parallel: StrictInt = Field(default=1, ge=1, le=_MOST_JOBS, description="Of them at the same time.")
    strategy: Literal["bayesian", "random", "grid"] = Field(
        default="bayesian",
        description="How the next values are chosen: by those before, by chance, or all of lists.",
    )

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        if self.parallel > self.max_jobs:
            raise PydanticCustomError(
                "tune", "parallel = {parallel} is above max_jobs = {most}",
                {"parallel": self.parallel, "most": self.max_jobs},
            )  # fmt: skip
        if self.strategy != "grid":
            return self
        if number := next((name for name, each in self.ranges.items() if not each.values), None):
            raise PydanticCustomError(
                "tune", "ranges.{name}: strategy = grid is for lists of values alone", {"name": number}
            )
        if (combinations := prod(len(each.values) for each in self.ranges.values())) != self.max_jobs:
            raise PydanticCustomError(
                "tune", "max_jobs = {most}: strategy = grid tries all {all} combinations",
                {"most": self.max_jobs, "all": combinations},
            )  # fmt: skip
        return self

    @property
    def batches(self) -> int:
        """How many training jobs there are one after another, at the most."""
        return TrainingJobs(self.max_jobs, self.parallel).batches


def tuning_key(key: str) -> str:
    """Derive the name of a run's tuning job, of which SageMaker takes 32 characters.

    Args:
        key: The run key, whose last part, a digest, it has, too.

    Returns:
        At most 29 characters: there is room for a second job's "-2". SageMaker names the training jobs
        `<tuning job>-001-1a2b3c4d`, and so on.
    """
    readable, _, digest = key.rpartition("-")
    return f"{readable[:READABLE_OF_TUNING].strip('-')}-{digest}"


def is_trial_of(job_name: str, key: str) -> bool:
    """Tell whether SageMaker gives the name to a training job of a tuning job of the run of this key."""
    return re.fullmatch(rf"{re.escape(tuning_key(key))}(-\d{{1,2}})?-\d{{3}}-[0-9a-z]+", job_name) is not None


@dataclass(frozen=True)
class TrainingJobs:
    """How many training jobs a run buys."""

    in_all: int
    at_once: int

    @classmethod
    def of(cls, plan: "RunPlan") -> Self:
        """Count them in a run's plan: one, one for each of several algorithms, or the trials."""
        if plan.tuning is None:
            several = max(1, len(plan.contenders))
            return cls(several, several)
        limits = plan.tuning["HyperParameterTuningJobConfig"]["ResourceLimits"]
        return cls(limits["MaxNumberOfTrainingJobs"], limits["MaxParallelTrainingJobs"])

    @property
    def batches(self) -> int:
        """How many there are one after another, at the most."""
        return -(-self.in_all // self.at_once)


def check_tune(config: "PipelineConfig") -> None:
    """Refuse `tune` where a run could not choose the best of its trials.

    Raises:
        PydanticCustomError: It is such a pipeline.
    """
    tune, algorithm = config.tune, ALGORITHMS[config.algorithm]
    if tune is None:
        return
    if config.algorithms:
        raise PydanticCustomError(
            "tune",
            "tune: is for one algorithm: with algorithms, each trains once, with its own hyperparameters",
        )
    if config.table.kind not in algorithm.objectives:
        raise PydanticCustomError(
            "tune", "tune: {title} tells no metric of validation rows, by which trials could be compared",
            {"title": algorithm.title},
        )  # fmt: skip
    if not config.params.validation_fraction:
        raise PydanticCustomError(
            "tune", "tune: trials are judged on validation rows, a params.validation_fraction above 0"
        )
    if twice := sorted(set(tune.ranges) & set(config.params.hyperparameters)):
        raise PydanticCustomError(
            "tune", "tune.ranges.{name}: params.hyperparameters has {name} too: leave one of them out",
            {"name": twice[0]},
        )  # fmt: skip
    for name in ("spot", "keep_alive_seconds"):
        if getattr(config.aws, name):
            raise PydanticCustomError(
                "tune", "aws.{name}: is for pipelines without tune, whose jobs SageMaker starts by itself",
                {"name": name},
            )  # fmt: skip
