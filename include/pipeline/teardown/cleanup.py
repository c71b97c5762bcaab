"""What a run stored on S3, taken away again in every version."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from include.pipeline.aws.bucket_tags import is_made_by
from include.pipeline.aws.object_store import list_objects, split_uri
from include.pipeline.aws.object_versions import Stored, delete_stored, list_stored
from include.pipeline.aws.tags import RunTags
from include.pipeline.history.accepted import is_listed_for
from include.pipeline.history.training_claim import claims_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunLocations


class DeletedData(BaseModel):
    """What became of a run's data."""

    model_config = ConfigDict(frozen=True)

    objects: tuple[str, ...] = ()
    """The URIs of what was deleted, each once."""
    versions: int = 0
    """How many versions of them."""
    delete_markers: int = 0
    """How many marks of an earlier deletion, in a bucket that keeps versions."""
    uploads: int = 0
    """How many unfinished uploads were aborted."""
    bucket_is_deleted: bool = False
    """Whether the bucket is gone too."""
    stays: tuple[str, ...] = ()
    """What is still there, and why."""

    def __str__(self) -> str:
        counts = (
            f"{len(self.objects)} objects ({self.versions} versions, {self.delete_markers} delete markers, "
            f"{self.uploads} unfinished uploads)"
        )
        return "; ".join((f"Deleted {counts}{' and the bucket' * self.bucket_is_deleted}", *self.stays))


def find_data(s3: "S3Client", locations: "RunLocations") -> list[Stored]:
    """Find all that is left on S3 of one run alone, whether it is shown or not.

    Returns:
        Its place in the list of models first, so that no other run takes what is about to go.
    """
    key = locations.run.rpartition("/")[2]
    listed = [each for each in list_stored(s3, f"{locations.models}/") if is_listed_for(each.uri, key)]
    claimed = [each for uri in claims_of(s3, locations) for each in list_stored(s3, uri)]
    return [*listed, *claimed, *list_stored(s3, f"{locations.run}/")]


def delete_run(s3: "S3Client", locations: "RunLocations", made_by: RunTags | None) -> DeletedData:
    """Delete all that a run stored, in every version, and what no other run needs any more.

    Raw data, its profiles and the list of models are shared: they go with the last run. The bucket goes where
    its tags say that this run made it, and nothing at all is in it.

    Args:
        s3: The client.
        locations: Of the run.
        made_by: The run whose bucket it may be; None for a bucket of another account, which is no run's.

    Raises:
        CleanupError: S3 keeps some of it.
    """
    runs, _, key = locations.run.rpartition("/")
    own = find_data(s3, locations)
    # Two steps: a model that is still listed is one that another run may take.
    deleted = delete_stored(s3, (each for each in own if is_listed_for(each.uri, key)))
    deleted += delete_stored(s3, (each for each in own if not is_listed_for(each.uri, key)))
    stays: list[str] = []
    shared = (locations.raw, locations.profiles, locations.models, locations.claims)
    if list_objects(s3, f"{runs}/"):
        stays.append(f"{', '.join(shared)} stay: other runs are in {runs}")
    else:
        deleted += [each for place in shared for each in delete_stored(s3, list_stored(s3, f"{place}/"))]
    bucket, _ = split_uri(locations.run)
    obstacle = _delete_bucket(s3, bucket, made_by) if made_by else "it is another account's"
    if obstacle:
        stays.append(f"s3://{bucket} stays: {obstacle}")
    return DeletedData(
        objects=tuple(dict.fromkeys(each.uri for each in deleted)),
        versions=_count(deleted, "version"),
        delete_markers=_count(deleted, "delete marker"),
        uploads=_count(deleted, "upload"),
        bucket_is_deleted=obstacle is None,
        stays=tuple(stays),
    )


def _delete_bucket(s3: "S3Client", bucket: str, run: RunTags) -> str | None:
    """Delete a bucket that the run made and that is empty in every version, or tell why it stays."""
    try:
        if not is_made_by(s3, bucket, run):
            return "its tags do not say that this run made it"
        if left := list_stored(s3, f"s3://{bucket}/"):
            return f"{left[0]} is in it ({len(left)} in all)"
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "NoSuchBucket":
                # Another run has been quicker.
                return None
            case "BucketNotEmpty":
                return "another run has just put something there"
            case _:
                raise
    return None


def _count(deleted: list[Stored], kind: str) -> int:
    return sum(each.kind == kind for each in deleted)
