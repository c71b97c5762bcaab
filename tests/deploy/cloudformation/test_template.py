"""The template passes cfn-lint; its stack gives the permissions of `include.pipeline.iam` and no others."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.pipeline.iam.airflow_role import airflow_role
from include.pipeline.iam.policy import write_policy
from include.pipeline.iam.sagemaker_role import sagemaker_role, sagemaker_trust
from include.pipeline.iam.scope import Scope
from tests.aws.clients import Aws
from tests.deploy.cloudformation.stack_life import life_of_stack
from tests.pipeline.planned import CONFIG
from tests.project import PROJECT
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

TOOLS = PROJECT / ".local" / "cloudformation" / "venv" / "bin"
"""`make test` makes them."""
NETWORK = {
    "Vpc",
    "Routes",
    "SubnetA",
    "SubnetB",
    "SubnetARoutes",
    "SubnetBRoutes",
    "ToS3",
    "SecurityGroup",
    "AmongInstances",
}
# Local AWS takes a template with them, and does not make them.
LEFT_OUT = {"BucketPolicy", "Budget", "AmongInstancesOut"}
Run = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "stack.yaml"
    command = [sys.executable, "-m", "deploy.cloudformation", "bank_marketing", "--deployment", "prod"]
    subprocess.run([*command, "--to", file], cwd=PROJECT, check=True, capture_output=True)
    return file


@pytest.fixture(scope="module")
def template(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(file.read_text())
    return document


def lint(file: Path) -> Run:
    return subprocess.run([TOOLS / "cfn-lint", file], capture_output=True, text=True, check=False)


def test_cfn_lint_finds_nothing(file: Path, tmp_path: Path) -> None:
    linted = lint(file)
    assert (linted.returncode, linted.stdout) == (0, "")
    broken = tmp_path / "broken.yaml"
    broken.write_text(file.read_text().replace("SSEAlgorithm: AES256", "SSEAlgorithm: ROT13"))
    assert "ROT13" in lint(broken).stdout


@pytest.fixture(scope="module")
def stack(file: Path) -> dict[str, Any]:
    """What becomes of the stack on local AWS: made, changed, deleted."""
    with local_aws_server() as server:
        return life_of_stack(Aws(server.url), file.read_text())


def test_the_stack_is_made_changed_and_deleted(stack: dict[str, Any], template: dict[str, Any]) -> None:
    always = {"Bucket", "SageMakerRole", "AirflowPolicy", "JanitorPolicy"}
    assert set(template["Resources"]) == always | NETWORK | LEFT_OUT
    assert set(stack["first"]) == always
    assert set(stack["second"]) == always | NETWORK
    assert set(stack["kept"]) == always
    assert stack["left"] == {
        "stacks": ["DELETE_COMPLETE"],
        "roles": [],
        "policies": [],
        "networks": [],
        "buckets": [stack["outputs"]["BucketName"]],
    }


def test_its_permissions_are_those_of_the_pipeline_and_no_others(stack: dict[str, Any]) -> None:
    bucket = "airflow-sagemaker-us-east-1-123456789012"
    scope = Scope(
        "prod",
        "bank_marketing",
        CONFIG,
        account="123456789012",
        region="us-east-1",
        partition="aws",
        buckets=(bucket,),
        roles=(stack["role_arn"],),
    )
    assert stack["outputs"]["BucketName"] == bucket
    assert stack["outputs"]["SageMakerRoleArn"] == stack["role_arn"]
    assert stack["trust"] == json.loads(write_policy([sagemaker_trust(scope)]))
    assert stack["airflow"] == json.loads(write_policy([*airflow_role(scope)]))
    # moto gives this one as Python writes it.
    assert ast.literal_eval(stack["role"]) == json.loads(write_policy([*sagemaker_role(scope)]))


def test_a_policy_is_not_longer_than_iam_takes(stack: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(json.dumps(stack["airflow"], separators=(",", ":"))) <= 6144


def test_the_bucket_is_private_encrypted_and_kept(template: dict[str, Any], stack: dict[str, Any]) -> None:
    bucket = template["Resources"]["Bucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    about = bucket["Properties"]
    assert set(about["PublicAccessBlockConfiguration"].values()) == {True}
    assert about["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = {rule["Id"]: rule for rule in about["LifecycleConfiguration"]["Rules"]}
    assert set(rules) == {"unfinished-uploads", "old-versions", "raw-data"}
    # Models and reports stay: what is deleted by its age is below raw/ alone.
    assert [rule.get("Prefix") for rule in rules.values() if "ExpirationInDays" in rule] == [
        "prod/bank_marketing/raw/"
    ]
    (told,) = stack["encryption"]["Rules"]
    assert told["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    (statement,) = template["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_budget_tells_before_it_is_spent(template: dict[str, Any]) -> None:
    about = template["Resources"]["Budget"]["Properties"]
    assert about["Budget"]["CostFilters"] == {"Service": ["Amazon SageMaker"]}
    told = [one["Notification"] for one in about["NotificationsWithSubscribers"]]
    assert [(one["NotificationType"], one["Threshold"]) for one in told] == [
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    ]


@pytest.mark.parametrize(
    "arguments", [["bank_marketing", "--deployment", "No Id"], ["none", "--deployment", "a"]]
)
def test_what_is_not_valid_is_refused(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.cloudformation", *arguments, "--to", tmp_path / "stack.yaml"]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert not (tmp_path / "stack.yaml").exists()
