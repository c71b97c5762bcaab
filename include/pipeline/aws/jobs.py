"""Jobs of SageMaker of each kind that runs start: by which names its API has them."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

# SageMaker's codes for a job that is not there: which one, depends on the kind.
_ABSENT = frozenset({"ResourceNotFound", "ValidationException"})


@dataclass(frozen=True)
class JobKind:
    """One kind of job."""

    title: str
    """As people say it: `training job`."""
    api_name: str
    """As the API's operations and members begin or end: `TrainingJob`."""
    method: str
    """The same in the names of the client's methods: `training_job`."""
    log_group: str
    """Of CloudWatch Logs; of a tuning job, that of its training jobs."""

    @property
    def name_member(self) -> str:
        """Its name in requests: `TrainingJobName`."""
        return f"{self.api_name}Name"

    @property
    def arn_member(self) -> str:
        """Its ARN in descriptions."""
        return f"{self.api_name}Arn"

    @property
    def status_member(self) -> str:
        """Its status in descriptions."""
        return f"{self.api_name}Status"

    @property
    def list(self) -> str:
        """Client method, and paginator, that lists them."""
        return f"list_{self.method}s"

    @property
    def list_member(self) -> str:
        """The member of lists that holds them."""
        return f"{self.api_name}Summaries"


TRAINING_JOB = JobKind("training job", "TrainingJob", "training_job", "/aws/sagemaker/TrainingJobs")
TRANSFORM_JOB = JobKind("transform job", "TransformJob", "transform_job", "/aws/sagemaker/TransformJobs")
TUNING_JOB = JobKind(
    "tuning job", "HyperParameterTuningJob", "hyper_parameter_tuning_job", TRAINING_JOB.log_group
)
PROCESSING_JOB = JobKind("processing job", "ProcessingJob", "processing_job", "/aws/sagemaker/ProcessingJobs")
# In the order in which they are stopped: a tuning job would start another training job for one that ends.
JOB_KINDS = (PROCESSING_JOB, TUNING_JOB, TRAINING_JOB, TRANSFORM_JOB)


def describe_job(sagemaker: Any, kind: JobKind, name: str) -> dict[str, Any] | None:
    """Describe a job, or answer None when it is not there."""
    try:
        job: dict[str, Any] = getattr(sagemaker, f"describe_{kind.method}")(**{kind.name_member: name})
    except ClientError as error:
        if error.response["Error"]["Code"] not in _ABSENT:
            raise
        return None
    return job


def create_job(sagemaker: Any, kind: JobKind, request: dict[str, Any]) -> None:
    """Start a job.

    Raises:
        ClientError: SageMaker refuses it: `ResourceInUse` where there is one of the name.
    """
    getattr(sagemaker, f"create_{kind.method}")(**request)


def stop_job(sagemaker: Any, kind: JobKind, name: str) -> None:
    """Ask SageMaker to stop a job.

    Raises:
        ClientError: It has ended, or is not there.
    """
    getattr(sagemaker, f"stop_{kind.method}")(**{kind.name_member: name})
