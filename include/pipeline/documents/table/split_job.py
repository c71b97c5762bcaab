"""`split_on` and `processing` of a pipeline's YAML: where the table is split."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt
from pydantic_core import PydanticCustomError

from include.pipeline.aws.object_store import MAX_OBJECT_BYTES
from include.pipeline.document import Document
from include.pipeline.values.params import InstanceType

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig

SplitOn = Literal["worker", "processing"]
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingStoppingCondition.html
_LONGEST_RUN = 777_600
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html
_IMAGE = (
    r"^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?"
    r"/[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$"
)

PROCESSING = "/opt/ml/processing"
"""The container's folder that SageMaker copies from S3 and to it:
https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html"""
CODE, ORDER, DATA, RUN, PROFILES = "input/code", "input/order", "input/data", "output/run", "output/profiles"
"""What is where below that: the project's code, what is to be split and how, the file; what becomes the run's
objects, and the profile of the file."""


class ProcessingSettings(BaseModel):
    """The processing job of SageMaker's that splits large tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    above_bytes: StrictInt = Field(
        ge=0, lt=MAX_OBJECT_BYTES, description="A larger file is split by the job, any other by the worker."
    )
    image: Annotated[str, Field(max_length=255, pattern=_IMAGE)] = Field(
        description="Image in ECR with Python and the packages of the project, in the run's region."
    )
    instance_type: InstanceType = Field(default="ml.m5.xlarge", description="Of its one instance.")
    volume_gb: StrictInt = Field(default=30, ge=1, le=16_384, description="Size of its storage volume.")
    max_runtime_seconds: StrictInt = Field(
        default=3600, ge=1, le=_LONGEST_RUN, description="After that SageMaker stops the job."
    )

    @property
    def repository(self) -> tuple[str, str, str]:
        """Tell where the image lies: account, region, and name of its repository."""
        registry, _, rest = self.image.partition("/")
        account, _, _, region, *_ = registry.split(".")
        return account, region, rest.partition("@")[0].partition(":")[0]


class SplitJob(Document):
    """The processing job that has split a table."""

    name: str
    instance_type: str
    seconds: float
    """From its start to its end: SageMaker bills them."""
    packages: dict[str, str]
    """Versions of Python and of the packages that made the files."""


def check_split_on(config: "PipelineConfig") -> None:
    """Refuse `split_on` and `processing` that do not go together.

    Raises:
        PydanticCustomError: They do not.
    """
    if (config.split_on == "processing") is (config.processing is not None):
        return
    raise PydanticCustomError(
        "split_on",
        "split_on = processing needs processing, with above_bytes and image"
        if config.processing is None
        else "processing: is for split_on = processing alone",
    )
