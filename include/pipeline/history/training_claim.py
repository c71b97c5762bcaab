"""Which of several runs of the same data and configuration trains: the first one claims it, the others wait.

A claim is one object, `<claims>/<fingerprint>.json`. S3 writes it only where there is none, or where the one
that a run has read is still there, so that two runs never have it both:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import list_objects, split_uri
from include.pipeline.document import Document
from include.pipeline.errors import DocumentError
from include.pipeline.history.accepted import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunLocations, RunPlan

log = logging.getLogger(__name__)

# What S3 answers where another run has been quicker.
_LOST = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})


class _Condition(TypedDict, total=False):
    IfMatch: str
    IfNoneMatch: str


class TrainingClaim(Document):
    """Who trains."""

    key: str
    """The run's key."""
    run_id: str


@dataclass(frozen=True)
class OtherRun:
    """A run that trains what this one needs."""

    run_id: str
    since: timedelta
    """How long ago it has claimed that."""


def claim_training(
    s3: "S3Client",
    plan: "RunPlan",
    raw_sha256: str,
    *,
    may_accept: "Callable[[str], bool]",
    longest: timedelta,
) -> OtherRun | None:
    """Claim that this run trains, unless another does and may still bring a model that passes the gate.

    Args:
        s3: Has the claims.
        plan: Plan of the run.
        raw_sha256: SHA-256 of its data.
        may_accept: Takes a run's id, and returns whether that run is under way and its gate has not judged.
            Where it does not, this run takes the claim over.
        longest: A claim that is older is taken over, too.

    Returns:
        The run to wait for; None where this run trains.
    """
    uri = f"{plan.locations.claims}/{fingerprint(plan, raw_sha256)}.json"
    own = TrainingClaim(key=plan.key, run_id=plan.identity.run_id)
    while True:
        found = _read(s3, uri)
        if found is None:
            if _write(s3, uri, own, IfNoneMatch="*"):
                return None
            continue
        held, etag, age = found
        if held.key not in {"", own.key} and age < longest and may_accept(held.run_id):
            return OtherRun(held.run_id, age)
        # Its own, of before it was cleared, is as old as that, and is written anew.
        if _write(s3, uri, own, IfMatch=etag):
            return None


def claims_of(s3: "S3Client", locations: "RunLocations") -> list[str]:
    """List the URIs of the claims that a run holds: none, but for one that ended before its gate."""
    key = locations.run.rpartition("/")[2]
    claims = list_objects(s3, f"{locations.claims}/")
    return [uri for uri in claims if (found := _read(s3, uri)) is not None and found[0].key == key]


def release_training(s3: "S3Client", plan: "RunPlan") -> None:
    """Give up what the run has claimed: its gate has judged."""
    for uri in claims_of(s3, plan.locations):
        bucket, name = split_uri(uri)
        s3.delete_object(Bucket=bucket, Key=name)


def _read(s3: "S3Client", uri: str) -> tuple[TrainingClaim, str, timedelta] | None:
    bucket, name = split_uri(uri)
    try:
        found = s3.get_object(Bucket=bucket, Key=name)
    except s3.exceptions.NoSuchKey:
        return None
    try:
        claim = TrainingClaim.read(found["Body"].read(), uri)
    except DocumentError as error:
        # Nobody's, then: a run never stops for it.
        log.warning("%s", error)
        claim = TrainingClaim(key="", run_id="")
    return claim, found["ETag"], datetime.now(UTC) - found["LastModified"]


def _write(s3: "S3Client", uri: str, claim: TrainingClaim, **condition: Unpack[_Condition]) -> bool:
    bucket, name = split_uri(uri)
    body = claim.model_dump_json().encode()
    try:
        s3.put_object(Bucket=bucket, Key=name, Body=body, ContentType="application/json", **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _LOST:
            raise
        return False
    return True
