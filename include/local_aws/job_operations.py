"""What Create, Stop and Delete do for jobs of every kind, and a restart."""

from collections.abc import Callable
from typing import TypeVar

from include.local_aws.aws_errors import AwsError, ResourceInUseError, ValidationError
from include.local_aws.jobs import ContainerJob, Job
from include.local_aws.resources import JsonObject, Region

J = TypeVar("J", bound=Job)


def find_job(region: Region, kind: type[J], name: str) -> J:
    """Returns a job.

    Raises:
        AwsError: There is none, in the words of its kind.
    """
    if name not in region.of(kind):
        raise kind.absent(name)
    return region.of(kind)[name]


def free_arn(region: Region, kind: type[Job], name: str) -> str:
    """Returns the ARN for a new job.

    Raises:
        AwsError: The name is taken, in the words of its kind.
    """
    arn = region.arn(kind, name)
    if region.with_arn(arn) is not None:
        raise kind.taken(name, arn)
    return arn


def start_job(region: Region, job: ContainerJob, run: Callable[[], None]) -> None:
    """Registers a job, which runs when a core is free."""
    region.of(type(job))[job.name] = job
    job.turn = region.background.run_job(run)


def stop_job(region: Region, job: Job) -> JsonObject:
    """Begins to stop a job; one that is stopping already goes on stopping.

    Raises:
        ValidationError: The job is over.
    """
    if job.is_over:
        raise ValidationError(f"The request was rejected because the {job.NOUN} is in status {job.status}.")
    if job.status == "InProgress":
        job.stop()
        region.background.wake()
    return {}


def resume(region: Region) -> None:
    """After a restart: jobs that ran are lost."""
    for job in region.all():
        if isinstance(job, Job) and not job.is_over:
            job.fail(f"InternalServerError: local AWS ended while the {job.NOUN} ran.")


def delete_job(region: Region, kind: type[Job], name: str) -> JsonObject:
    """Removes a job that is over; its name can be used again.

    Raises:
        AwsError: `ResourceNotFound` or `ResourceInUse`.
    """
    if name not in region.of(kind):
        raise AwsError("ResourceNotFound", kind.absent(name).message)
    job = region.of(kind)[name]
    if not job.is_over:
        raise ResourceInUseError(
            f"The request was rejected because the {job.NOUN} is in status {job.status}."
        )
    del region.of(kind)[name]
    return {}
