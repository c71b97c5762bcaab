"""The bucket is made by the provider's operator, in the connection's region, and is never a stranger's."""

from typing import Any

import pytest
from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator
from botocore.exceptions import ClientError

from include.operators.connection import s3_of
from include.operators.create_bucket import CreateOwnBucketOperator
from include.pipeline.aws.bucket_tags import is_made_by
from include.pipeline.aws.object_store import list_objects, write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunIdentity, RunPlan
from include.pipeline.errors import BucketError, OwnerError
from include.pipeline.planning.plan import make_plan
from include.pipeline.source.policy import SourcePolicy
from tests.aws.clients import STRANGER, Aws
from tests.pipeline.planned import CONFIG, allowing
from tests.project import DEPLOYMENT_ID

THIS_RUN = RunTags(
    deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="manual__bucket", expires=None
)


def plan_of(region: str, **params: Any) -> RunPlan:
    return make_plan(
        CONFIG.params.model_dump() | params,
        identity=RunIdentity(
            deployment_id=DEPLOYMENT_ID,
            dag_id="bank_marketing",
            run_id="manual__bucket",
            account_id="123456789012",
            region=region,
            planned_at="2026-11-23T00:00:00Z",  # type: ignore[arg-type]
        ),
        config=allowing(CONFIG, params),
        default_role="arn:aws:iam::123456789012:role/sagemaker",
        source_policy=SourcePolicy(),
        iam=None,  # type: ignore[arg-type]  # an ARN is not looked up
    )


def create(plan: RunPlan) -> None:
    operator = CreateOwnBucketOperator(
        task_id="create_bucket", bucket_name=plan.bucket, plan=plan.model_dump(mode="json")
    )
    assert isinstance(operator, S3CreateBucketOperator)
    operator.execute({})


@pytest.mark.parametrize(
    ("region", "location"),
    [("us-east-1", None), ("eu-central-1", "eu-central-1"), ("us-west-2", "us-west-2")],
)
def test_the_bucket_is_made_in_the_connections_region_and_may_be_there_already(
    aws: Aws, region: str, location: str | None
) -> None:
    for _ in range(2):
        create(plan_of(region, bucket=f"bucket-in-{region}"))
    s3, name = aws.client("s3"), f"bucket-in-{region}"
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == location
    assert is_made_by(s3, name, THIS_RUN)


def test_a_bucket_that_was_there_already_bears_no_runs_tags(aws: Aws) -> None:
    s3, name = aws.client("s3"), "bucket-of-a-team"
    s3.create_bucket(Bucket=name)
    create(plan_of("us-east-1", bucket=name))
    assert not is_made_by(s3, name, THIS_RUN)
    with pytest.raises(ClientError, match="NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket=name)


@pytest.mark.parametrize("region", ["ap-south-1"])
def test_the_default_bucket_that_a_stranger_was_quicker_to_take_is_refused(aws: Aws, region: str) -> None:
    plan, stranger = plan_of(region), aws.strangers_s3()
    constraint: Any = {"LocationConstraint": region}
    stranger.create_bucket(Bucket=plan.bucket, CreateBucketConfiguration=constraint)
    with pytest.raises(OwnerError, match=f"The bucket {plan.bucket} is another account's"):
        create(plan)
    with pytest.raises(Exception, match="AccessDenied"):
        write_object(s3_of(plan), plan.locations.plan, b"{}", "application/json")
    assert list_objects(stranger, f"s3://{plan.bucket}/") == []


def test_a_strangers_bucket_is_used_where_the_param_names_its_account(aws: Aws) -> None:
    aws.strangers_s3().create_bucket(Bucket="a-partners-bucket")
    plan = plan_of("us-east-1", bucket="a-partners-bucket", bucket_owner=STRANGER)
    create(plan)
    write_object(s3_of(plan), plan.locations.plan, b"{}", "application/json")
    assert list_objects(aws.strangers_s3(), "s3://a-partners-bucket/") == [plan.locations.plan]


@pytest.mark.parametrize("region", ["eu-west-2"])
def test_a_bucket_in_another_region_is_refused(aws: Aws, region: str) -> None:
    aws.client("s3").create_bucket(Bucket="far-away")
    with pytest.raises(BucketError, match="far-away is in us-east-1"):
        create(plan_of(region, bucket="far-away"))


def test_a_plan_of_an_earlier_version_has_the_buckets_of_its_own_account() -> None:
    plan = plan_of("us-east-1").model_dump(mode="json")
    del plan["params"]["bucket_owner"]
    assert RunPlan.read(plan, "plan_run").own_bucket.owner == "123456789012"
