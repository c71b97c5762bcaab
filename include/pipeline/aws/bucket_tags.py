"""The tags by which a bucket tells which run made it: only that run may delete it."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from include.pipeline.aws.tags import RunTags

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import TagTypeDef


def mark_as_made_by(s3: "S3Client", bucket: str, run: RunTags) -> None:
    """Put a run's tags on a bucket that it has just made; where there are tags already, another was quicker.

    Raises:
        ClientError: S3 refuses it. The bucket stays unmarked, and no run deletes it.
    """
    if _tags_of(s3, bucket):
        return
    # A bucket does not bill by itself: nothing takes it away after some time.
    tags = run.model_copy(update={"expires": None}).to_aws()
    tag_set: list[TagTypeDef] = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_set})


def is_made_by(s3: "S3Client", bucket: str, run: RunTags) -> bool:
    """Tell whether a bucket says that a run made it.

    Raises:
        ClientError: The bucket is not there, or S3 answers otherwise.
    """
    return run.is_same_run(RunTags.from_aws(_tags_of(s3, bucket)))


def _tags_of(s3: "S3Client", bucket: str) -> list[dict[str, str]]:
    try:
        found = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return []
    return [{"Key": tag["Key"], "Value": tag["Value"]} for tag in found]
