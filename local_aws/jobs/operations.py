"""The operations that are alike for jobs of every kind, and what a restart does to jobs."""

from collections.abc import Callable
from typing import Literal, TypeVar

from local_aws.errors import AwsError, ResourceInUseError, ValidationError
from local_aws.jobs.job import ContainerJob, Job
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region

Operation = Callable[[Region, JsonObject], JsonObject]
J = TypeVar("J", bound=Job)


def find_job(region: Region, kind: type[J], name: str) -> J:
    """Return a job.

    Raises:
        AwsError: There is no such job, in the words of its kind.
    """
    if name not in region.of(kind):
        raise kind.absent(name)
    return region.of(kind)[name]


def free_arn(region: Region, kind: type[Job], name: str) -> str:
    """Return the ARN for a new job.

    Raises:
        AwsError: The name is taken, in the words of its kind.
    """
    arn = region.arn(kind, name)
    if region.with_arn(arn) is not None:
        raise kind.taken(name, arn)
    return arn


def start_job(region: Region, job: ContainerJob, run: Callable[[], None]) -> None:
    """Register a job, and run it when a core is free."""
    region.of(type(job))[job.name] = job
    job.turn = region.background.run_job(run)


def operations_of(
    kind: type[Job],
    default_order: Literal["Ascending", "Descending"],
    default_key: str = "CreationTime",
    *,
    has_delete: bool = True,
) -> dict[str, Operation]:
    """Return the operations that are alike for every kind: Describe, Stop, List and Delete.

    Args:
        kind: The kind of job.
        default_order: The order of a list where the request has no SortOrder.
        default_key: The key that a list is sorted by where the request has no SortBy.
        has_delete: Whether AWS has the Delete operation for this kind.

    Returns:
        The operations by name.
    """
    member = f"{kind.API_NAME}Name"

    def describe(region: Region, request: JsonObject) -> JsonObject:
        return find_job(region, kind, request[member]).describe()

    def stop(region: Region, request: JsonObject) -> JsonObject:
        job = find_job(region, kind, request[member])
        if job.is_over:
            raise ValidationError(_in_status(job))
        if job.status == "InProgress":
            job.stop()
            region.background.wake()
        return {}

    def delete(region: Region, request: JsonObject) -> JsonObject:
        job = region.of(kind).get(request[member])
        if job is None:
            raise AwsError("ResourceNotFound", kind.absent(request[member]).message)
        if not job.is_over:
            raise ResourceInUseError(_in_status(job))
        del region.of(kind)[job.name]
        return {}

    def list_page(region: Region, request: JsonObject) -> JsonObject:
        page, token = page_of(region.of(kind).values(), request, default_order, default_key)
        return {f"{kind.API_NAME}Summaries": [job.describe() for job in page], "NextToken": token}

    operations: dict[str, Operation] = {
        f"Describe{kind.API_NAME}": describe,
        f"Stop{kind.API_NAME}": stop,
        f"List{kind.API_NAME}s": list_page,
    }
    if has_delete:
        operations[f"Delete{kind.API_NAME}"] = delete
    return operations


def resume(region: Region) -> None:
    """Fail the jobs that ran before a restart: they are lost."""
    for job in region.all():
        if isinstance(job, Job) and not job.is_over:
            job.fail(f"InternalServerError: local AWS ended while the {job.NOUN} ran.")


def _in_status(job: Job) -> str:
    return f"The request was rejected because the {job.NOUN} is in status {job.status}."
