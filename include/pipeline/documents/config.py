"""A pipeline's YAML file: what it trains on, when it runs, and the defaults of its Params."""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

import include.datasets
from include.pipeline.aws.object_store import MAX_OBJECT_BYTES
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.limits import Limits
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.scoring.champion import ROLLBACK, SERVE, ServeSettings
from include.pipeline.documents.scoring.notify import Receiver
from include.pipeline.documents.scoring.registration import RegistrySettings
from include.pipeline.documents.scoring.settings import SCORE, ScoreSettings
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.documents.table.costs import Costs
from include.pipeline.documents.table.kind import kind_faults
from include.pipeline.documents.table.split_job import ProcessingSettings, SplitOn, check_split_on
from include.pipeline.documents.table.words import Words
from include.pipeline.documents.training.algorithm import ALGORITHMS, XGBOOST, AlgorithmName
from include.pipeline.documents.training.contenders import ContenderSettings, check_contenders
from include.pipeline.documents.training.longest import check_longest
from include.pipeline.documents.training.suitable import check_suits
from include.pipeline.documents.training.tune import TuneSettings, check_tune
from include.pipeline.errors import ConfigError
from include.pipeline.values.faults import faults

_HOURS_OF_A_YEAR = 366 * 24

DATASETS = Path(include.datasets.__file__).resolve().parent
EXAMPLE = "example"
"""The tag of pipelines that are there to be looked at."""
LIMITS_FILE = "PIPELINE_LIMITS_FILE"
"""The environment variable that names a deployment's own file of limits: YAML, a section a pipeline."""
WATCHER = "_source"
"""What follows a pipeline's name in the id of the DAG that watches its source."""
REGISTRY = "_registry"
"""What follows a pipeline's name in the id of the DAG that registers its accepted models."""


_OTHERS = {
    SCORE: "scores new rows by the model",
    REGISTRY: "registers the models",
    SERVE: "promotes the models",
    ROLLBACK: "takes the models back",
}


class ModelCard(BaseModel):
    """What people have to know who use the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    use: str = Field(min_length=1, description="What the scores are for, and who decides.")
    limits: str = Field(min_length=1, description="Whom they do not fit, and what they must not be used for.")
    not_known: tuple[str, ...] = Field(
        default=(), description="Features whose values are not known yet when a score is needed."
    )


class PipelineConfig(BaseModel):
    """One pipeline, as its YAML file in `include/datasets` tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    description: str = Field(default="", description="What the pipeline is for, in one line.")
    about: str = Field(default="", description="The question that its model answers, in Markdown.")
    owner: str
    owner_link: str | None = Field(
        default=None,
        pattern=r"^(https?://\S+|mailto:\S+@\S+)$",
        description="Where the owner is reached: a URL, or mailto: with an address.",
    )
    documents: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="Where the project's documents are, for the pages of its DAG.",
    )
    tags: tuple[str, ...]
    schedule: str | None = Field(description="A cron expression or preset, or null for by hand only.")
    watch: str | None = Field(
        description="When the source of `params` is looked at for a change, as a cron expression or preset, "
        "or null for by hand only."
    )
    max_active_runs: int = Field(ge=1)
    table: TableConfig
    algorithm: AlgorithmName = Field(
        default=XGBOOST, description="With which of SageMaker's algorithms the model is trained."
    )
    algorithms: tuple[ContenderSettings, ...] | None = Field(
        default=None,
        min_length=2,
        max_length=4,
        description="Instead of algorithm: several that train on the same rows. The run goes on with the one "
        "that is the best on the validation rows. Image and hyperparameters of the first stand in params.",
    )
    tune: TuneSettings | None = Field(
        default=None,
        description="Hyperparameters that a tuning job chooses by the validation rows; null for one training "
        "with those of params.",
    )
    split_on: SplitOn = Field(
        default="worker", description="Whether Airflow's worker splits any table, or a job the large ones."
    )
    processing: ProcessingSettings | None = Field(
        default=None, description="That job; null where the worker splits any table."
    )
    max_source_bytes: int = Field(
        gt=0, le=MAX_OBJECT_BYTES, description="A source larger than this is refused."
    )
    expires_after_hours: float = Field(
        gt=0,
        le=_HOURS_OF_A_YEAR,
        description="After that, what a run has left on SageMaker and is not to be kept may be deleted.",
    )
    drift: DriftLimits | None = Field(
        description="What a new version of the data may differ from the previous one; null for anything."
    )
    aws: AwsSettings = Field(default=AwsSettings(), description="How jobs and endpoints are made on AWS.")
    limits: Limits = Field(default=Limits(), description="What the Params of a run may choose.")
    card: ModelCard | None = Field(default=None, description="What the report says of the model's use.")
    score: ScoreSettings | None = Field(
        default=None, description="How new rows are scored; null for a pipeline without such a DAG."
    )
    registry: RegistrySettings | None = Field(
        default=None, description="How accepted models are registered with SageMaker; null for not at all."
    )
    serve: ServeSettings | None = Field(
        default=None, description="The endpoint that serves the best model so far; null for none."
    )
    notify: tuple[Receiver, ...] = Field(
        default=(), description="Who is told of what becomes of runs and models."
    )
    words: Words = Field(default=Words(), description="How people call what the model is about.")
    costs: Costs | None = Field(
        default=None,
        description="What each of the four outcomes of a row is worth. Params that a run may change take its "
        "place: call_cost and deposit_value. Without either, no profit is told.",
    )
    params: RunParams

    @model_validator(mode="before")
    @classmethod
    def _first_algorithm(cls, fields: Any) -> Any:
        match fields:
            case {"algorithm": _, "algorithms": list()}:
                raise PydanticCustomError("algorithms", "algorithm and algorithms: give one of them")
            case {"algorithms": [{"name": str(first)}, *_]} if first in ALGORITHMS:
                return {**fields, "algorithm": first}
        return fields

    @model_validator(mode="after")
    def _params_are_of_the_kind(self) -> Self:
        if wrong := "; ".join(kind_faults(self.params, self.table.kind)):
            raise PydanticCustomError("kind", "params: {wrong}", {"wrong": wrong})
        for name in ("costs", "score", "serve") if self.table.kind != "binary" else ():
            if getattr(self, name):
                raise PydanticCustomError("kind", "{name}: is for kind: binary alone", {"name": name})
        return self

    @model_validator(mode="after")
    def _costs_are_told_once(self) -> Self:
        if self.costs and self.params.costs:
            raise PydanticCustomError("costs", "costs: the params call_cost and deposit_value say them too")
        if self.params.threshold_rule == "best_profit" and not (self.costs or self.params.costs):
            raise PydanticCustomError("costs", "params.threshold_rule = best_profit: needs costs")
        return self

    @model_validator(mode="after")
    def _jobs_can_do_it(self) -> Self:
        check_split_on(self)
        check_tune(self)
        check_longest(self)
        # What trials choose, there is, too.
        first = dict.fromkeys(self.tune.ranges if self.tune else (), 1) | self.params.hyperparameters
        check_suits(self, self.algorithm, first, "params.hyperparameters")
        if self.algorithms:
            check_contenders(self)
            for place, other in enumerate(self.algorithms[1:], 1):
                where = f"algorithms.{place}.hyperparameters"
                check_suits(self, other.name, other.hyperparameters or {}, where)
        return self


def is_example(pipeline: str) -> bool:
    """Tell whether a pipeline is there to be looked at, by its tag; one whose file is not valid is none."""
    try:
        return EXAMPLE in load_config(pipeline).tags
    except ConfigError:
        return False


def pipeline_names() -> list[str]:
    """List the pipelines that have a YAML file, in the order of the alphabet."""
    return sorted(file.stem for file in DATASETS.glob("*.yaml"))


def load_config(pipeline: str) -> PipelineConfig:
    """Read `include/datasets/<pipeline>.yaml`.

    Where the environment variable `PIPELINE_LIMITS_FILE` names a file that has a section for the pipeline,
    that section takes the place of the YAML's `limits`.

    Raises:
        ConfigError: There is no such file, its name is another DAG's, it is not YAML, or a value in it is not
            valid.
    """
    if pipeline.endswith(WATCHER):
        raise ConfigError(
            f"pipeline = {pipeline!r}",
            f"a DAG whose id ends with {WATCHER} watches the source of a pipeline",
            "Give the file another name",
        )
    for suffix, what in _OTHERS.items():
        other = pipeline.removesuffix(suffix)
        if other != pipeline and other in pipeline_names():
            raise ConfigError(
                f"pipeline = {pipeline!r}",
                f"a DAG of that id {what} of {other}",
                "Give the file another name",
            )
    path = DATASETS / f"{pipeline}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"pipeline = {pipeline!r}: there is no file {path.name}",
            f"it is one of {', '.join(pipeline_names())}",
            f"Write {path.name}",
        ) from None
    except ValueError as error:  # not UTF-8
        raise _not_yaml(path.name, error) from None
    config = _configuration(text, path.name)
    limits = _limits_of_the_deployment().get(pipeline)
    return config.model_copy(update={"limits": limits}) if limits else config


# A task asks several times, and YAML is slow to read.
@lru_cache(maxsize=64)
def _configuration(text: str, name: str) -> PipelineConfig:
    fields = _parse(text, name)
    try:
        return PipelineConfig.model_validate(fields)
    except ValidationError as error:
        raise ConfigError(
            f"{name}: {faults(error, PipelineConfig)}",
            "a pipeline's file has the fields of PipelineConfig",
            "Correct it",
        ) from None


def _limits_of_the_deployment() -> Mapping[str, Limits]:
    # A file that cannot be read never means the limits of before: they may be wider.
    if not (name := os.environ.get(LIMITS_FILE)):
        return {}
    where = f"{LIMITS_FILE} = {name!r}"
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{where} ({error})", "it names a file in UTF-8", "Correct the setting") from None
    sections = _parse(text, where)
    if not isinstance(sections, dict) or not set(sections) <= set(pipeline_names()):
        raise ConfigError(
            where,
            f"the file has a section for pipelines that there are: {', '.join(pipeline_names())}",
            "Correct the file",
        )
    try:
        return {pipeline: Limits.model_validate(section) for pipeline, section in sections.items()}
    except ValidationError as error:
        raise ConfigError(
            f"{where}: {faults(error, Limits)}", "a section has the fields of Limits", "Correct the file"
        ) from None


def _parse(text: str, where: str) -> Any:
    try:
        return yaml.safe_load(text)
    # ValueError: a date that there is not, such as 2026-13-01.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(where, error) from None


def _not_yaml(where: str, error: Exception) -> ConfigError:
    return ConfigError(f"{where}: {' '.join(str(error).split())}", "the file is YAML", "Correct it")
