"""The bucket is made by the provider's operator, whose region comes from the connection."""

import pytest
from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator

from tests.local_aws_client import Aws


@pytest.mark.parametrize(
    ("region", "location"),
    [("us-east-1", None), ("eu-central-1", "eu-central-1"), ("us-west-2", "us-west-2")],
)
def test_the_bucket_is_made_in_the_connections_region_and_may_be_there_already(
    aws: Aws, region: str, location: str | None
) -> None:
    for _ in range(2):
        S3CreateBucketOperator(task_id="create_bucket", bucket_name=f"bucket-in-{region}").execute({})
    found = aws.client("s3").get_bucket_location(Bucket=f"bucket-in-{region}")
    assert found["LocationConstraint"] == location
