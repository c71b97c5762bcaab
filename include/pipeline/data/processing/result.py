"""What became of a processing job, held to what the job itself has told."""

import hashlib
import logging
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.error_words import reason_in_words
from include.pipeline.aws.jobs import PROCESSING_JOB
from include.pipeline.aws.object_store import read_object
from include.pipeline.data.processing.job import SPLIT
from include.pipeline.data.processing.outcome import Outcome, packages, refusal_in
from include.pipeline.documents.split import Split
from include.pipeline.documents.table.split_job import SplitJob
from include.pipeline.errors import PipelineError, ProcessingError

if TYPE_CHECKING:
    from datetime import timedelta

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan

log = logging.getLogger(__name__)


def failure_of(job: dict[str, Any], partition: str) -> PipelineError:
    """Tell why a job did not end as Completed: what it said itself, or else SageMaker's reason.

    Args:
        job: As SageMaker describes it.
        partition: Of AWS.
    """
    if refusal := refusal_in(job.get("ExitMessage")):
        return refusal
    name, reason = job["ProcessingJobName"], job.get("FailureReason") or "no reason given"
    words = reason_in_words(reason, partition)
    return ProcessingError(
        f"processing job {name!r} ended as {job['ProcessingJobStatus']}: {reason}",
        "a processing job ends as Completed, within processing.max_runtime_seconds",
        f"{words.mend if words else 'Mend what the reason names'}; the job's log is in CloudWatch, group "
        f"{PROCESSING_JOB.log_group}, stream {name}/",
    )


def time_of(job: dict[str, Any]) -> "timedelta | None":
    """Tell for how long a job is billed; None for one that ended before it had an instance."""
    if "ProcessingStartTime" not in job:
        return None
    time: timedelta = job["ProcessingEndTime"] - job["ProcessingStartTime"]
    return time


def split_of(s3: "S3Client", plan: "RunPlan", job: dict[str, Any]) -> Split:
    """Read what a completed job has made.

    Args:
        s3: Has it.
        plan: Of the run.
        job: As SageMaker describes it.

    Raises:
        ProcessingError: split.json is not what the job has told.
        DocumentError: It cannot be read.
    """
    uri = f"{plan.locations.processing}/{SPLIT}"
    outcome = Outcome.read((job.get("ExitMessage") or "").encode(), "the job's ExitMessage")
    content = read_object(s3, uri)
    if (found := hashlib.sha256(content).hexdigest()) != outcome.split_sha256:
        raise ProcessingError(
            f"{uri} has the SHA-256 {found}",
            f"it is what the job has written, with {outcome.split_sha256}",
            "Find out who has written it. Clear split_data",
        )
    _tell_others(outcome.packages)
    time = time_of(job)
    made_by = SplitJob(
        name=job["ProcessingJobName"],
        instance_type=job["ProcessingResources"]["ClusterConfig"]["InstanceType"],
        seconds=time.total_seconds() if time else 0,
        packages=outcome.packages,
    )
    return Split.read(content, uri).model_copy(update={"job": made_by})


def _tell_others(theirs: dict[str, str]) -> None:
    own = packages()
    differing = (name for name, found in theirs.items() if found != own.get(name))
    others = [f"{name} {theirs[name]}, here {own.get(name)}" for name in differing]
    if others:
        log.warning(
            "The image of the job has other versions than this worker, so its files may have other bytes: %s",
            "; ".join(others),
        )
