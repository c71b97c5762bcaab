"""A pipeline's YAML file: what it trains on, when it runs, and the defaults of its Params."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import include.datasets
from include.pipeline.aws.object_store import MAX_OBJECT_BYTES
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.params import RunParams, faults
from include.pipeline.errors import ConfigError

_HOURS_OF_A_YEAR = 366 * 24

DATASETS = Path(include.datasets.__file__).resolve().parent


class TableConfig(BaseModel):
    """What the columns of the data mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1, description="The column to predict, 0 or 1.")
    drop: tuple[str, ...] = Field(default=(), description="Columns the model must not see.")


class PipelineConfig(BaseModel):
    """One pipeline, as its YAML file in `include/datasets` tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    owner: str
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
    params: RunParams


def load_config(pipeline: str) -> PipelineConfig:
    """Read `include/datasets/<pipeline>.yaml`.

    Raises:
        ConfigError: There is no such file, it is not YAML, or a value in it is not valid.
    """
    path = DATASETS / f"{pipeline}.yaml"
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in DATASETS.glob("*.yaml")))
        raise ConfigError(
            f"pipeline = {pipeline!r}", f"there is no file {path.name} beside {known}", f"Write {path.name}"
        ) from None
    # ValueError: not UTF-8, or a date that there is not, such as 2026-13-01.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name}", f"the file is YAML ({error})", "Correct it") from None
    try:
        return PipelineConfig.model_validate(fields)
    except ValidationError as error:
        raise ConfigError(
            f"{path.name}: {faults(error, PipelineConfig)}",
            "a pipeline's file has the fields of PipelineConfig",
            "Correct it",
        ) from None
