"""A pipeline's YAML file: what it trains on, when it runs, and the defaults of its Params."""

import math
import os
from collections.abc import Mapping
from operator import not_
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

import include.datasets
from include.pipeline.aws.object_store import MAX_OBJECT_BYTES
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.columns import (
    CategoryColumn,
    CellText,
    Column,
    DateColumn,
    IdentifierColumn,
    NumberColumn,
    TextColumn,
    check_columns,
)
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.limits import Limits
from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ConfigError
from include.pipeline.faults import faults

_HOURS_OF_A_YEAR = 366 * 24

DATASETS = Path(include.datasets.__file__).resolve().parent
LIMITS_FILE = "PIPELINE_LIMITS_FILE"
"""The environment variable that names a deployment's own file of limits: YAML, a section a pipeline."""
ONE_HOT = "*"
"""What follows the beginning of the names of a group's one-hot columns."""
WATCHER = "_source"
"""What follows a pipeline's name in the id of the DAG that watches its source."""


class TableConfig(BaseModel):
    """What the columns of the data mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(
        min_length=1, description="The column to predict: 0 or 1, or text of which positive is the 1."
    )
    positive: CellText | None = Field(
        default=None,
        exclude_if=not_,
        description="The label's value to find, where it is not 0 and 1. It has exactly one other.",
    )
    drop: tuple[str, ...] = Field(default=(), description="Columns the model must not see.")
    leaks: tuple[str, ...] = Field(
        default=(),
        exclude_if=not_,
        description="Columns that are known only after what is predicted. They are left out as those of "
        "drop, and the report says so.",
    )
    columns: dict[str, Column] = Field(
        default={}, exclude_if=not_, description="What is not a number. A column not named here is one."
    )
    missing: tuple[CellText, ...] = Field(
        default=(),
        exclude_if=not_,
        description="What stands for an empty cell in any column, beside what does so anyway.",
    )
    show_values: bool | tuple[str, ...] = Field(
        default=False,
        description="Of which columns people may see values, and counts of fewer than ten rows, in messages, "
        "logs and profiles: yes for all, or their names. Others are told by row and column.",
    )

    split: Literal["shuffle", "hash"] = Field(
        default="shuffle",
        description="How rows are put on the sides of training and test. shuffle: anew for each version of "
        "the data, as AWS's tutorial does. hash: by the key, or else the features, so that a row is on one "
        "side for all versions.",
    )
    key: str | None = Field(
        default=None,
        min_length=1,
        description="The column that tells whose a row is, for split: hash. All rows of one key are on one "
        "side. It may be among those that are dropped.",
    )
    groups: dict[str, tuple[float, ...]] = Field(
        default={},
        description="By which columns figures are told: the name of each feature, with the values at which "
        "it is cut; without them, each value is a group, or, of more than ten, each quarter. A name that "
        "ends in * stands for the one-hot columns that begin so.",
    )

    @model_validator(mode="after")
    def _key_is_hashed(self) -> Self:
        if self.key is not None and self.split != "hash":
            raise PydanticCustomError("key", "key: needs split: hash")
        return self

    @model_validator(mode="after")
    def _columns_are_one_thing(self) -> Self:
        check_columns(self.columns, label=self.label, drop=self.drop, leaks=self.leaks)
        return self

    @model_validator(mode="after")
    def _groups_tell_no_value(self) -> Self:
        for name, cuts in self.groups.items():
            if list(cuts) != sorted(set(cuts)) or not all(math.isfinite(cut) for cut in cuts):
                raise PydanticCustomError("cuts", "groups: the cuts of {name} rise", {"name": name})
            if name.endswith(ONE_HOT):
                if cuts:
                    raise PydanticCustomError("cuts", "groups: {name}, one-hot, has no cuts", {"name": name})
            elif not cuts and not self.shows(name):
                raise PydanticCustomError(
                    "cuts", "groups: {name} needs cuts, as show_values does not name it", {"name": name}
                )
        return self

    def shows(self, column: str) -> bool:
        """Tell whether values of a column may be seen."""
        return self.show_values if isinstance(self.show_values, bool) else column in self.show_values

    @property
    def encoded(self) -> dict[str, CategoryColumn | DateColumn]:
        """The columns that the model gets as others that are made of them."""
        kinds = (CategoryColumn, DateColumn)
        return {name: column for name, column in self.columns.items() if isinstance(column, kinds)}

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The columns that are written beside the predictions, in the YAML's order."""
        return tuple(name for name, column in self.columns.items() if isinstance(column, IdentifierColumn))

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns of free text."""
        return tuple(name for name, column in self.columns.items() if isinstance(column, TextColumn))

    @property
    def numbers(self) -> frozenset[str]:
        """The columns that the YAML names as numbers."""
        return frozenset(name for name, column in self.columns.items() if isinstance(column, NumberColumn))

    @property
    def left_out(self) -> tuple[str, ...]:
        """All columns that the model does not get, for whichever reason."""
        return (*self.drop, *self.leaks, *self.identifiers, *self.texts)

    @property
    def shows_rows(self) -> bool:
        """Whether a whole row may be seen, with what it holds in columns that are dropped."""
        return self.show_values is True


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
    params: RunParams


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
    fields = _parse(text, path.name)
    try:
        config = PipelineConfig.model_validate(fields)
    except ValidationError as error:
        raise ConfigError(
            f"{path.name}: {faults(error, PipelineConfig)}",
            "a pipeline's file has the fields of PipelineConfig",
            "Correct it",
        ) from None
    limits = _limits_of_the_deployment().get(pipeline)
    return config.model_copy(update={"limits": limits}) if limits else config


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
