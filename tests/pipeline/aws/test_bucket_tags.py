from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from include.pipeline.aws.bucket_tags import is_made_by, mark_as_made_by
from include.pipeline.aws.tags import RunTags
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RUN, OTHER = (
    RunTags(deployment_id=DEPLOYMENT_ID, dag_id="pipeline", run_id=run_id, expires=None)
    for run_id in ("manual__1", "manual__2")
)


def test_a_bucket_tells_which_run_made_it(s3: "S3Client") -> None:
    assert not is_made_by(s3, "bucket", RUN)
    mark_as_made_by(s3, "bucket", RUN)
    assert is_made_by(s3, "bucket", RUN)
    assert not is_made_by(s3, "bucket", OTHER)


def test_what_a_bucket_says_already_is_not_written_over(s3: "S3Client") -> None:
    mark_as_made_by(s3, "bucket", RUN)
    mark_as_made_by(s3, "bucket", OTHER)
    assert is_made_by(s3, "bucket", RUN)


def test_a_bucket_does_not_expire(s3: "S3Client") -> None:
    mark_as_made_by(s3, "bucket", RUN)
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket="bucket")["TagSet"]}
    assert tags["airflow:expires"] == "never"


def test_a_bucket_that_is_gone_is_told(s3: "S3Client") -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        is_made_by(s3, "not-there", RUN)
