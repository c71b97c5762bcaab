"""Whether the training jobs of a pipeline may end by themselves before the janitor stops them."""

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig


def check_longest(config: "PipelineConfig") -> None:
    """Refuse training jobs that may outlast `expires_after_hours`, even of a run that is still under way.

    A time that nobody wrote is not refused: few jobs take as long as the default, and a short
    `expires_after_hours` alone says how soon leftovers go.

    Raises:
        PydanticCustomError: They may.
    """
    seconds = max(config.aws.stopping_condition.values())
    batches = config.tune.batches if config.tune else 1
    if timedelta(seconds=batches * seconds) <= timedelta(hours=config.expires_after_hours):
        return
    if config.tune:
        raise PydanticCustomError(
            "tune",
            "tune: {batches} trainings one after another, of aws.max_runtime_seconds each, may outlast "
            "expires_after_hours, after which the janitor stops them",
            {"batches": batches},
        )
    field = "spot.max_wait_seconds" if config.aws.spot else "max_runtime_seconds"
    if config.aws.spot or field in config.aws.model_fields_set:
        raise PydanticCustomError(
            "expires",
            "aws.{field} = {seconds}: a training job that long outlasts expires_after_hours = {hours}, after "
            "which the janitor stops it",
            {"field": field, "seconds": seconds, "hours": f"{config.expires_after_hours:g}"},
        )
