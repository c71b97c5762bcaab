"""The section `limits` of a pipeline's YAML file: what the Params of a run may choose.

Who presses Trigger is not who answers for what a run reads, writes and buys: the limits are the
administrator's word. Without the section, and with each default, a run has what the tutorial has.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.values.params import Account, InstanceType

_DAY = 24 * 3600
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"

BucketName = Annotated[str, Field(pattern=rf"^{_BUCKET}$")]
# It ends with a slash, as s3://team/bank would be the beginning of s3://team/bank-of-others/ too.
SourcePrefix = Annotated[str, Field(max_length=1100, pattern=rf"^s3://{_BUCKET}/(.+/)?$")]
_Usd = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Limits(BaseModel):
    """What a pipeline's Params may choose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    buckets: tuple[BucketName, ...] = ()
    """Buckets of the run's own account that `bucket` may name, beside the default one."""
    partner_buckets: dict[BucketName, Account] = {}
    """Buckets of other accounts that `bucket` may name, each with the account that `bucket_owner` names."""
    roles: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Names or ARNs that `role` may have, beside that of the Airflow Variable `sagemaker_role`."""
    s3_sources: tuple[SourcePrefix, ...] = ()
    """Prefixes, each with a slash at its end, below which `data_url` may name an object on S3."""
    source_connections: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,250}$")], ...] = ()
    """Airflow connections of type http that `source_connection` may name."""
    image_versions: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=("3.2-0", "3.0-5", "1.7-1"), min_length=1
    )
    """Versions that `image_version` may have."""
    instance_types: tuple[InstanceType, ...] | None = Field(
        default=("ml.m4.xlarge", "ml.m5.large", "ml.m5.xlarge"), min_length=1
    )
    """Instance types for training and endpoint; null for any, where `max_usd_per_hour` is set."""
    max_usd_per_hour: _Usd | None = None
    """Highest price of all training instances together, and of all of the endpoint, in USD an hour."""
    max_training_instances: StrictInt = Field(default=1, ge=1)
    """Highest `training_instance_count`."""
    max_endpoint_instances: StrictInt = Field(default=1, ge=1)
    """Highest `endpoint_instance_count`."""
    max_runtime_seconds: StrictInt = Field(default=3600, ge=1, le=28 * _DAY)
    """Highest `aws.max_runtime_seconds`: how long a training job may run."""
    max_cost: _Usd | None = None
    """Highest cost of a run in USD, whether or not the Param `max_cost` asks for less; null for any."""
    keep_endpoint: StrictBool = False
    """Whether a run may leave its endpoint up."""
    delete_data: StrictBool = False
    """Whether a run may delete what it stored."""

    @model_validator(mode="after")
    def _something_bounds_the_price(self) -> Self:
        if self.instance_types is None and self.max_usd_per_hour is None:
            raise PydanticCustomError(
                "limits", "instance_types = null allows any, which max_usd_per_hour then has to bound"
            )
        return self

    @model_validator(mode="after")
    def _a_bucket_is_of_one_account(self) -> Self:
        if both := set(self.buckets) & set(self.partner_buckets):
            raise PydanticCustomError(
                "limits", "{bucket} is in buckets and in partner_buckets: it is of one account",
                {"bucket": repr(min(both))},
            )  # fmt: skip
        return self
