"""Whether the jobs of a pipeline may end by themselves before the janitor stops them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig

_FIELD = "max_runtime_seconds"


def check_longest(config: "PipelineConfig") -> None:
    """Refuse jobs that may outlast `expires_after_hours`, even of a run that is still under way.

    A time that nobody wrote is not refused: few jobs take as long as the default, and a short
    `expires_after_hours` alone says how soon leftovers go.

    Raises:
        PydanticCustomError: They may.
    """
    left = timedelta(hours=config.expires_after_hours)
    if config.tune and timedelta(seconds=config.tune.batches * _training_seconds(config)) > left:
        raise PydanticCustomError(
            "tune",
            "tune: {batches} trainings one after another, of aws.max_runtime_seconds each, may outlast "
            "expires_after_hours, after which the janitor stops them",
            {"batches": config.tune.batches},
        )
    for field, kind, seconds in _written(config):
        if timedelta(seconds=seconds) > left:
            raise PydanticCustomError(
                "expires",
                "{field} = {seconds}: a {kind} job that long outlasts expires_after_hours = {hours}, after "
                "which the janitor stops it",
                {
                    "field": field,
                    "seconds": seconds,
                    "kind": kind,
                    "hours": f"{config.expires_after_hours:g}",
                },
            )


def _training_seconds(config: "PipelineConfig") -> int:
    return max(config.aws.stopping_condition.values())


def _written(config: "PipelineConfig") -> Iterator[tuple[str, str, int]]:
    """List the times that somebody wrote: field, kind of job, seconds."""
    if config.aws.spot:
        # The wait for spot instances is a part of it.
        yield "aws.spot.max_wait_seconds", "training", _training_seconds(config)
    elif _FIELD in config.aws.model_fields_set:
        yield f"aws.{_FIELD}", "training", _training_seconds(config)
    if config.processing and _FIELD in config.processing.model_fields_set:
        yield f"processing.{_FIELD}", "processing", config.processing.max_runtime_seconds
    if config.score and _FIELD in config.score.model_fields_set:
        yield f"score.{_FIELD}", "transform", config.score.max_runtime_seconds
