"""The section `serve` of a pipeline's YAML: the endpoint that always serves the best model so far."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.values.params import InstanceType

SERVE, ROLLBACK = "_serve", "_rollback"
"""What follows a pipeline's name in the ids of the DAGs that promote a model, and take it back."""
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html
_LONGEST_WAIT, _LARGEST_CANARY = 3600, 50
_LONGEST_SHADOW = 24 * 3600
# What an update takes at the most: the instances of the new variants, and their containers.
_UPDATE = 1800
# Less the pipeline's own: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoRollbackConfig.html
_MOST_ALARMS = 9


class Serverless(BaseModel):
    """An endpoint without instances of its own, billed by the request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    memory_mb: Literal[1024, 2048, 3072, 4096, 5120, 6144] = 2048
    """Its memory."""
    max_concurrency: StrictInt = Field(default=5, ge=1, le=200)
    """How many requests it answers at once."""


class Shadow(BaseModel):
    """A time before the canary in which a challenger gets a copy of each request, and nobody its answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: StrictInt = Field(default=900, ge=1, le=_LONGEST_SHADOW)
    """How long. The endpoint has instances for both models meanwhile."""
    slower: float = Field(default=3.0, ge=1)
    """A challenger that takes, in the mean, more than so many times as long as the served model breaks."""


class ServeSettings(BaseModel):
    """How the best model so far is served."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str = Field(default="champion", max_length=20, pattern=r"^[a-z0-9](-*[a-z0-9])*$")
    """The end of its name, which begins with the deployment's id and the pipeline's name."""
    instance_type: InstanceType = "ml.m5.large"
    """Of the endpoint."""
    instance_count: StrictInt = Field(default=1, ge=1, le=20)
    """How many."""
    serverless: Serverless | None = None
    """In place of instances; null for instances. SageMaker has no canary and no alarms for it."""
    shadow: Shadow | None = None
    """Before the canary; null for none. SageMaker has none for a serverless endpoint."""
    canary_percent: StrictInt = Field(default=10, ge=1, le=_LARGEST_CANARY)
    """What a new model gets of the traffic first."""
    canary_seconds: StrictInt = Field(default=300, ge=0, le=_LONGEST_WAIT)
    """How long the alarms are watched, after the canary and once more after all traffic."""
    keep_old_seconds: StrictInt = Field(default=300, ge=0, le=_LONGEST_WAIT)
    """How long the old model's instances stay after that."""
    errors_a_minute: StrictInt = Field(default=5, ge=0)
    """More answers with an HTTP status of 500 or above in a minute roll back."""
    alarms: tuple[str, ...] = Field(default=(), max_length=_MOST_ALARMS)
    """CloudWatch alarms of your own that roll back, too, by name."""
    keep_versions: StrictInt = Field(default=5, ge=2, le=50)
    """So many models stay on SageMaker for a rollback. They cost nothing there."""

    @model_validator(mode="after")
    def _guardrails_are_for_instances(self) -> Self:
        if self.serverless and self.alarms:
            raise PydanticCustomError("alarms", "alarms: SageMaker watches none for a serverless endpoint")
        if self.serverless and self.shadow:
            raise PydanticCustomError("shadow", "shadow: SageMaker has none for a serverless endpoint")
        return self

    @property
    def longest_seconds(self) -> int:
        """How long an update may take, waits and half an hour for the instances included."""
        return 2 * self.canary_seconds + self.keep_old_seconds + _UPDATE

    @property
    def longest_shadow_seconds(self) -> int:
        """How long a shadow may take, with the updates by which it begins and ends."""
        return self.shadow.seconds + 2 * _UPDATE if self.shadow else 0
