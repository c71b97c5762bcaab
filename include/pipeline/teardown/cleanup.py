"""What a run stored on S3, taken away again."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from more_itertools import batched

from include.pipeline.aws.object_store import list_objects, split_uri
from include.pipeline.errors import CleanupError
from include.pipeline.history.accepted import listed_for

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunLocations

# Of one DeleteObjects.
_MOST_KEYS = 1000


def delete_run(s3: "S3Client", locations: "RunLocations") -> list[str]:
    """Delete all that a run stored, and what no other run needs any more.

    Raw data, its profiles and the list of models are shared: they go with the last run. The bucket goes once
    it is empty.

    Returns:
        The URIs of what was deleted, the bucket's included.
    """
    runs, _, key = locations.run.rpartition("/")
    # Its place in the list of models first, so that no other run takes what is about to go.
    listed = listed_for(s3, locations.models, key)
    deleted = _delete(s3, [*listed, *list_objects(s3, f"{locations.run}/")])
    if not list_objects(s3, f"{runs}/"):
        for shared in (locations.raw, locations.profiles, locations.models):
            deleted += _delete(s3, list_objects(s3, f"{shared}/"))
    bucket, _ = split_uri(locations.run)
    if not list_objects(s3, f"s3://{bucket}/"):
        try:
            s3.delete_bucket(Bucket=bucket)
        except ClientError as error:
            # Another run has just put something there, or has been quicker.
            if error.response["Error"]["Code"] not in {"BucketNotEmpty", "NoSuchBucket"}:
                raise
        else:
            deleted.append(f"s3://{bucket}")
    return deleted


def _delete(s3: "S3Client", uris: list[str]) -> list[str]:
    for batch in batched(uris, _MOST_KEYS):
        bucket, _ = split_uri(batch[0])
        answer = s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": split_uri(uri)[1]} for uri in batch], "Quiet": True}
        )
        if faults := answer.get("Errors"):
            raise CleanupError(
                f"s3://{bucket}/{faults[0].get('Key')}: {faults[0].get('Message')} ({len(faults)} in all)",
                "what delete_data names can be deleted",
                "Allow s3:DeleteObject on the bucket, then clear this task",
            )
    return uris
