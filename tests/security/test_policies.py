"""What a stranger, or another pipeline, asks of AWS with a pipeline's identities: IAM denies it."""

import json
from typing import Any

import pytest

from include.pipeline.aws.tags import PROJECT
from include.pipeline.documents.config import load_config
from include.pipeline.iam.__main__ import policies
from include.pipeline.iam.scope import Scope
from tests.pipeline.iam.policy_evaluation import AccessRequest, Values, is_allowed

ACCOUNT, STRANGER = "123456789012", "999999999999"
BUCKET = "arn:aws:s3:::airflow-sagemaker-us-east-1-123456789012"
SAGEMAKER = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonSageMaker-ExecutionRole"
POLICIES = {
    name: json.loads(document)
    for name, document in policies(
        Scope(
            "prod",
            "bank_marketing",
            load_config("bank_marketing"),
            account=ACCOUNT,
            region="us-east-1",
            partition="aws",
            buckets=("airflow-sagemaker-us-east-1-123456789012",),
            roles=(ROLE,),
        )
    ).items()
}
OWN = {"aws:ResourceAccount": ACCOUNT}


def tags(kind: str, **changes: str) -> dict[str, Values]:
    values = {"project": PROJECT, "dag_id": "bank_marketing", "deployment_id": "prod"} | changes
    return {f"aws:{kind}Tag/airflow:{name}": value for name, value in values.items()}


def training(**changes: Any) -> dict[str, Values]:
    """The condition keys of a training job as the pipeline requests it, but for some."""
    usual = tags("Request") | {
        "sagemaker:InstanceTypes": ("ml.m4.xlarge",),
        "sagemaker:MaxRuntimeInSeconds": "3600",
        "sagemaker:NetworkIsolation": "true",
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


JOB = f"{SAGEMAKER}:training-job/prod-bank-marketing-1"
ENDPOINT = f"{SAGEMAKER}:endpoint/prod-bank-marketing-1"
ALLOWED = {
    "read": ("airflow-role", AccessRequest("s3:GetObject", f"{BUCKET}/prod/bank_marketing/raw/1", OWN)),
    "train": ("airflow-role", AccessRequest("sagemaker:CreateTrainingJob", JOB, training())),
    "ask": ("airflow-role", AccessRequest("sagemaker:InvokeEndpoint", ENDPOINT, tags("Resource"))),
    "delete": ("janitor-role", AccessRequest("sagemaker:DeleteEndpoint", ENDPOINT, tags("Resource"))),
    "give role": (
        "airflow-role",
        AccessRequest("iam:PassRole", ROLE, {"iam:PassedToService": "sagemaker.amazonaws.com"}),
    ),
    "write model": (
        "sagemaker-role",
        AccessRequest(
            "s3:PutObject", f"{BUCKET}/prod/bank_marketing/runs/1/model/1/output/model.tar.gz", OWN
        ),
    ),
    "find data": (
        "sagemaker-role",
        AccessRequest("s3:ListBucket", BUCKET, OWN | {"s3:prefix": "prod/bank_marketing/runs/1/train/"}),
    ),
}


@pytest.mark.parametrize(("identity", "request_"), ALLOWED.values(), ids=ALLOWED)
def test_what_a_run_asks_is_allowed(identity: str, request_: AccessRequest) -> None:
    assert is_allowed(POLICIES[f"{identity}.json"], request_)


def other(what: str, action: str, resource: str, **context: Values) -> Any:
    return pytest.param(AccessRequest(action, resource, context), id=what)


@pytest.mark.parametrize(
    "request_",
    [
        other(
            "a stranger's bucket of our name",
            "s3:PutObject",
            f"{BUCKET}/prod/bank_marketing/raw/1",
            **{"aws:ResourceAccount": STRANGER},
        ),
        other("another bucket", "s3:GetObject", "arn:aws:s3:::hr-payroll/salaries.xlsx", **OWN),
        other("another Airflow's data", "s3:GetObject", f"{BUCKET}/dev/bank_marketing/raw/1", **OWN),
        other(
            "another Airflow's endpoint",
            "sagemaker:DeleteEndpoint",
            f"{SAGEMAKER}:endpoint/dev-bank-marketing-1",
            **tags("Resource", deployment_id="dev"),
        ),
        other(
            "another Airflow's endpoint under a name of ours",
            "sagemaker:DeleteEndpoint",
            ENDPOINT,
            **tags("Resource", deployment_id="dev"),
        ),
        other("another pipeline's data", "s3:GetObject", f"{BUCKET}/prod/churn/raw/1", **OWN),
        other(
            "another pipeline's model",
            "s3:PutObject",
            f"{BUCKET}/prod/churn/runs/1/model/model.tar.gz",
            **OWN,
        ),
        other("a bucket that nobody owns", "s3:DeleteBucket", BUCKET),
        other(
            "a foreign role",
            "iam:PassRole",
            f"arn:aws:iam::{ACCOUNT}:role/Administrator",
            **{"iam:PassedToService": "sagemaker.amazonaws.com"},
        ),
        other(
            "our role for another service",
            "iam:PassRole",
            ROLE,
            **{"iam:PassedToService": "lambda.amazonaws.com"},
        ),
        other(
            "another pipeline's endpoint",
            "sagemaker:InvokeEndpoint",
            f"{SAGEMAKER}:endpoint/prod-churn-1",
            **tags("Resource", dag_id="churn"),
        ),
        other(
            "another pipeline's endpoint with a name like ours",
            "sagemaker:DeleteEndpoint",
            f"{SAGEMAKER}:endpoint/prod-bank-marketing-europe-1",
            **tags("Resource", dag_id="bank_marketing_europe"),
        ),
        other("an endpoint of nobody", "sagemaker:DeleteEndpoint", ENDPOINT),
        other("another project's job", "sagemaker:StopTrainingJob", JOB, **tags("Resource", project="x")),
        other(
            "another account's job",
            "sagemaker:StopTrainingJob",
            f"arn:aws:sagemaker:us-east-1:{STRANGER}:training-job/prod-bank-marketing-1",
            **tags("Resource"),
        ),
        other(
            "dear instances",
            "sagemaker:CreateTrainingJob",
            JOB,
            **training(**{"sagemaker:InstanceTypes": ("ml.p5.48xlarge",)}),
        ),
        other(
            "one dear instance among others",
            "sagemaker:CreateEndpointConfig",
            f"{SAGEMAKER}:endpoint-config/prod-bank-marketing-1",
            **training(**{"sagemaker:InstanceTypes": ("ml.m4.xlarge", "ml.p5.48xlarge")}),
        ),
        other(
            "instances of no type",
            "sagemaker:CreateEndpointConfig",
            f"{SAGEMAKER}:endpoint-config/prod-bank-marketing-1",
            **training(**{"sagemaker:InstanceTypes": None}),
        ),
        other(
            "a job of a month",
            "sagemaker:CreateTrainingJob",
            JOB,
            **training(**{"sagemaker:MaxRuntimeInSeconds": "2592000"}),
        ),
        other(
            "a job that says it is another pipeline's",
            "sagemaker:CreateTrainingJob",
            JOB,
            **training(**tags("Request", dag_id="churn")),
        ),
        other(
            "tags changed afterwards",
            "sagemaker:AddTags",
            ENDPOINT,
            **tags("Request"),
        ),
        other(
            "another kind of job",
            "sagemaker:CreateProcessingJob",
            f"{SAGEMAKER}:processing-job/prod-bank-marketing-1",
        ),
    ],
)
def test_the_pipelines_identity_is_denied(request_: AccessRequest) -> None:
    assert not is_allowed(POLICIES["airflow-role.json"], request_)


@pytest.mark.parametrize(
    "request_",
    [
        other("training data", "s3:PutObject", f"{BUCKET}/prod/bank_marketing/runs/1/train/train.csv", **OWN),
        other("test labels", "s3:GetObject", f"{BUCKET}/prod/bank_marketing/runs/1/test/labels.csv", **OWN),
        other("raw data", "s3:GetObject", f"{BUCKET}/prod/bank_marketing/raw/1", **OWN),
        other(
            "figures", "s3:PutObject", f"{BUCKET}/prod/bank_marketing/runs/1/evaluation/metrics.json", **OWN
        ),
        other("the list of models", "s3:PutObject", f"{BUCKET}/prod/bank_marketing/models/1.json", **OWN),
        other(
            "another Airflow's model",
            "s3:PutObject",
            f"{BUCKET}/dev/bank_marketing/runs/1/model/model.tar.gz",
            **OWN,
        ),
        other(
            "another pipeline's model",
            "s3:GetObject",
            f"{BUCKET}/prod/churn/runs/1/model/model.tar.gz",
            **OWN,
        ),
        other("the whole bucket's list", "s3:ListBucket", BUCKET, **OWN),
        other(
            "a stranger's bucket of our name",
            "s3:PutObject",
            f"{BUCKET}/prod/bank_marketing/runs/1/model/model.tar.gz",
            **{"aws:ResourceAccount": STRANGER},
        ),
        other(
            "a deletion", "s3:DeleteObject", f"{BUCKET}/prod/bank_marketing/runs/1/model/model.tar.gz", **OWN
        ),
    ],
)
def test_sagemakers_role_is_denied(request_: AccessRequest) -> None:
    assert not is_allowed(POLICIES["sagemaker-role.json"], request_)


@pytest.mark.parametrize(
    "request_",
    [
        other("an endpoint of nobody", "sagemaker:DeleteEndpoint", ENDPOINT),
        other("a job without tags", "sagemaker:StopTrainingJob", JOB),
        other(
            "another Airflow's job", "sagemaker:StopTrainingJob", JOB, **tags("Resource", deployment_id="dev")
        ),
        other("a new endpoint", "sagemaker:CreateEndpoint", ENDPOINT, **tags("Request")),
        other("an answer", "sagemaker:InvokeEndpoint", ENDPOINT, **tags("Resource")),
        other("data", "s3:GetObject", f"{BUCKET}/prod/bank_marketing/raw/1", **OWN),
    ],
)
def test_the_janitor_is_denied(request_: AccessRequest) -> None:
    assert not is_allowed(POLICIES["janitor-role.json"], request_)


def test_only_sagemaker_of_this_account_takes_its_role_on() -> None:
    (statement,) = POLICIES["sagemaker-role-trust.json"]["Statement"]
    assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"{SAGEMAKER}:*"},
    }
