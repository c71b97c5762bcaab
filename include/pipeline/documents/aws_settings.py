"""The section `aws` of a pipeline's YAML file: how its jobs and endpoints are made on AWS.

Without the section, jobs and endpoints have no network, and SageMaker's defaults else. Limits and patterns
are those of SageMaker's API, as botocore's model of it has them.
"""

from collections import Counter
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, field_validator, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.aws.tags import RESERVED_PREFIX, RunTags

_DAY = 24 * 3600
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
_LONGEST_RUN = 28 * _DAY
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
_TAG_PATTERN = r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"
_MOST_TAGS = 50 - len(RunTags(deployment_id="any", dag_id="", run_id="", expires=None).to_aws())
# Key IDs and the names of aliases: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
_KEY_ID = r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_ALIAS = r"alias/[a-zA-Z0-9/_-]{1,250}"
_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:"

KmsKey = Annotated[
    str, Field(max_length=2048, pattern=rf"^({_KEY_ID}|{_ALIAS}|{_ARN}(key/{_KEY_ID}|{_ALIAS}))$")
]
"""A key by its ID, its ARN, the name of an alias, or an alias's ARN."""
VolumeKey = Annotated[str, Field(max_length=2048, pattern=rf"^({_KEY_ID}|{_ARN}key/{_KEY_ID})$")]
"""A key by its ID or its ARN. A training job's volume takes no alias:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html"""
_VpcId = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[-0-9a-zA-Z]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VpcSettings(_Section):
    """The network of training jobs and endpoints. It needs a way to S3, such as a gateway endpoint."""

    subnets: tuple[_VpcId, ...] = Field(min_length=1, max_length=16)
    """Their IDs."""
    security_groups: tuple[_VpcId, ...] = Field(min_length=1, max_length=5)
    """Their IDs, of the same VPC."""

    def to_aws(self) -> dict[str, list[str]]:
        """Write it as SageMaker's VpcConfig."""
        return {"SecurityGroupIds": list(self.security_groups), "Subnets": list(self.subnets)}


class KeySettings(_Section):
    """Which KMS keys encrypt what. Without a key, the keys of AWS do."""

    training_volume: VolumeKey | None = None
    """The storage volumes of training instances. An instance type with local storage takes none."""
    model: KmsKey | None = None
    """The model's archive, which SageMaker writes."""
    objects: KmsKey | None = None
    """All objects that the pipeline itself writes to S3."""
    endpoint_volume: KmsKey | None = None
    """The storage volumes of endpoints. An instance type with local storage takes none."""


class SpotSettings(_Section):
    """Managed spot training, whose jobs go on from checkpoints after an interruption.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
    """

    max_wait_seconds: StrictInt = Field(ge=1)
    """The longest that a job may take, the wait for spot instances included."""


class AwsSettings(_Section):
    """How SageMaker makes a pipeline's training jobs, models and endpoints."""

    vpc: VpcSettings | None = None
    """Null for SageMaker's own network."""
    keys: KeySettings = KeySettings()
    """KMS keys."""
    network_isolation: StrictBool = True
    """Whether the containers of jobs and endpoints have no network. SageMaker moves data and models for them
    all the same, and the instances of one job reach each other. The built-in XGBoost asks for nothing else:
    https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html"""
    encrypt_between_instances: StrictBool = True
    """Whether the traffic between a job's instances is encrypted, where it has several."""
    spot: SpotSettings | None = None
    """Null for on-demand instances."""
    tags: dict[
        Annotated[str, Field(min_length=1, max_length=128, pattern=_TAG_PATTERN)],
        Annotated[str, Field(max_length=256, pattern=_TAG_PATTERN)],
    ] = Field(default={}, max_length=_MOST_TAGS)
    """Tags of all that runs make on SageMaker, beside those by which a run knows its own."""
    volume_gb: StrictInt = Field(default=10, ge=1, le=16_384)
    """Size of each training instance's storage volume."""
    max_runtime_seconds: StrictInt = Field(default=3600, ge=1, le=_LONGEST_RUN)
    """After that SageMaker stops a training job, and its bill. The tutorial's takes a minute."""
    keep_alive_seconds: StrictInt = Field(default=0, ge=0, le=21_600)
    """How long a training job's instances stay for the next job, in a warm pool. They bill on meanwhile."""

    @field_validator("tags")
    @classmethod
    def _tags_are_free(cls, tags: dict[str, str]) -> dict[str, str]:
        for key in tags:
            for reserved, owner in (("aws:", "AWS"), (RESERVED_PREFIX, "this project")):
                if key.lower().startswith(reserved):
                    raise PydanticCustomError(
                        "tag", "the tag {key} begins with {prefix}, which is kept for {owner}",
                        {"key": repr(key), "prefix": reserved, "owner": owner},
                    )  # fmt: skip
        if twice := [key for key, count in Counter(key.lower() for key in tags).items() if count > 1]:
            rule = "SageMaker takes {key} in upper and in lower case for one tag"
            raise PydanticCustomError("tag", rule, {"key": repr(twice[0])})
        return tags

    @model_validator(mode="after")
    def _times_go_together(self) -> Self:
        if self.spot and self.spot.max_wait_seconds < self.max_runtime_seconds:
            raise PydanticCustomError(
                "spot", "spot.max_wait_seconds = {wait} is below max_runtime_seconds = {run}, a part of it",
                {"wait": self.spot.max_wait_seconds, "run": self.max_runtime_seconds},
            )  # fmt: skip
        if self.spot and self.keep_alive_seconds:
            raise PydanticCustomError(
                "spot", "keep_alive_seconds = {seconds} and spot: a warm pool keeps no spot instances",
                {"seconds": self.keep_alive_seconds},
            )  # fmt: skip
        return self

    @property
    def stopping_condition(self) -> dict[str, int]:
        """When SageMaker ends a training job, as its API takes it."""
        wait = {"MaxWaitTimeInSeconds": self.spot.max_wait_seconds} if self.spot else {}
        return {"MaxRuntimeInSeconds": self.max_runtime_seconds, **wait}
