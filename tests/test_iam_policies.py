"""The pipeline's calls, recorded, against the policy that allows them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.client
import pytest
from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator

from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.documents.plan import RunIdentity, RunLocations, RunPlan
from include.pipeline.documents.training_job import CompletedTrainingJob
from include.pipeline.evaluation.evaluate import evaluate_endpoint, read_evaluation
from include.pipeline.history.accepted import accept
from include.pipeline.history.manifest import record_run
from include.pipeline.history.reuse import reuse_model
from include.pipeline.planning.plan import make_plan, write_plan
from include.pipeline.report.writing import write_report
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.teardown.cleanup import delete_run
from include.pipeline.teardown.deployed import look_up_deployed
from include.pipeline.teardown.janitor import sweep
from tests.local_aws_client import Aws
from tests.local_aws_server import local_aws_server
from tests.project import PROJECT

pytestmark = pytest.mark.slow

POLICY = json.loads((PROJECT / "docs" / "iam" / "airflow-role.json").read_text())
# Which permission a call needs, where it is not its own name; a copy is read, too, as other objects are:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
ACTIONS = {
    "s3:CopyObject": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sagemaker-runtime:InvokeEndpoint": "sagemaker:InvokeEndpoint",
}
# What AWS checks without a call of that name; and a call that anybody may make.
NOT_CALLED = {"iam:PassRole", "sagemaker:AddTags"}
FREE = {"sts:GetCallerIdentity"}


@pytest.fixture
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        yield Aws(server.url)


@pytest.fixture
def called(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The actions of all calls that any boto3 client makes; Airflow's connection leads to local AWS."""
    connection = {
        "conn_type": "aws",
        "login": "local-aws-key-id",
        "password": "local-aws-secret-key",
        "extra": {"region_name": "us-east-1", "endpoint_url": aws.url},
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    actions: set[str] = set()
    make_call = botocore.client.BaseClient._make_api_call

    def record(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        call = f"{client.meta.service_model.service_name}:{operation}"
        actions.add(ACTIONS.get(call, call))
        return make_call(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", record)
    return actions


def run_everything(aws: Aws) -> None:
    """Do in this process what the DAG's tasks do, stop a job, and sweep."""
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    config = load_config("bank_marketing")
    aws.client("iam").create_role(RoleName="AmazonSageMaker-test", AssumeRolePolicyDocument="{}")
    plan = make_plan(
        config.params.model_dump()
        | {"data_url": "bank_marketing_sample.csv", "role": "AmazonSageMaker-test"},
        identity=RunIdentity(
            dag_id="bank_marketing",
            run_id="manual__iam",
            account_id=aws.client("sts").get_caller_identity()["Account"],
            region="us-east-1",
            planned_at=datetime.now(UTC),
        ),
        config=config,
        default_role=None,
        source_policy=SourcePolicy(local_folder=DATASETS),
        iam=aws.client("iam"),
    )
    S3CreateBucketOperator(task_id="create_bucket", bucket_name=plan.bucket).execute({})
    write_plan(s3, plan)
    raw = fetch(
        plan.params.data_url, policy=SourcePolicy(local_folder=DATASETS), s3=s3, raw_uri=plan.locations.raw
    )
    assert reuse_model(s3, plan, raw.sha256) is None
    split = split_to_s3(s3, raw, plan)
    training = ResumableSageMakerTrainingOperator(
        task_id="train_model", config=plan.training, check_interval=1
    )
    job = CompletedTrainingJob.describe(sagemaker, training.execute({})["Training"]["TrainingJobName"])
    training.on_kill()
    deploy(plan, job.model_uri)
    evaluate_endpoint(
        plan, split, job, s3=s3, runtime=aws.client("sagemaker-runtime"), logs=aws.client("logs")
    )
    delete(DeleteSageMakerEndpointOperator, plan)
    delete(DeleteSageMakerEndpointConfigOperator, plan)
    delete(DeleteSageMakerModelOperator, plan)
    manifest = record_run(s3, plan, read_evaluation(s3, plan), raw=raw, split=split, training=job)
    accept(s3, plan, manifest)
    # The next run of the same data uses the model again, and takes over its figures.
    next_run = plan.model_copy(
        update={"key": "next", "locations": RunLocations.of(plan.bucket, "bank_marketing", "next")}
    )
    assert reuse_model(s3, next_run, raw.sha256)
    delete_run(s3, next_run.locations)
    write_report(s3, plan, manifest, look_up_deployed(sagemaker, plan, {}))
    delete_run(s3, plan.locations)
    sweep(sagemaker, now=datetime.now(UTC), is_over=lambda *_: True, dry_run=False, report=print)


def deploy(plan: RunPlan, archive: str) -> None:
    for _ in range(2):  # the second finds what the first made, and asks whose it is
        RunSageMakerEndpointOperator(
            task_id="deploy_endpoint",
            config=plan.deployment,
            model_data_url=archive,
            check_interval=1,
        ).execute({})


def delete(operator: type, plan: RunPlan) -> None:
    operator(task_id="delete", name=plan.key, check_interval=1).execute({"dag_run": plan.identity})


def test_the_policy_allows_what_the_pipeline_calls_and_nothing_else(aws: Aws, called: set[str]) -> None:
    run_everything(aws)
    allowed = {action for statement in POLICY["Statement"] for action in statement["Action"]}
    # Made by the test alone.
    called.discard("iam:CreateRole")
    assert called - FREE == allowed - NOT_CALLED


def test_no_statement_allows_every_action_or_every_object() -> None:
    for statement in POLICY["Statement"]:
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in statement["Action"])
        if statement["Resource"] == "*":
            # AWS has no narrower resource for these.
            assert all(action.startswith("sagemaker:List") for action in statement["Action"])
