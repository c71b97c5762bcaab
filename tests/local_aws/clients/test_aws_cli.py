"""The AWS CLI: the tutorial's steps from a shell."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.aws.clients import CREDENTIALS
from tests.aws.endpoints import settled
from tests.aws.sagemaker_requests import IMAGE, channel, deployment_requests, training_request
from tests.aws.training_jobs import finished
from tests.project import PROJECT
from tests.services.local_aws_server import LocalAwsServer

# 160 MB that nothing else needs: beside the project's own environment, not in it.
AWS_CLI = PROJECT / ".local" / "awscli"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not AWS_CLI.is_dir(), reason=f"the AWS CLI is not at {AWS_CLI} (`make test` puts it there)"
    ),
]


@pytest.fixture
def aws(server: LocalAwsServer, tmp_path: Path) -> Callable[..., Any]:
    """Runs an `aws` command and returns what its JSON says."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(AWS_CLI),
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": server.url,
        "AWS_DEFAULT_REGION": CREDENTIALS["region_name"],
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
    }

    def run(*command: str, **request: Any) -> Any:
        arguments = [sys.executable, "-m", "awscli", *command]
        if request:
            arguments += ["--cli-input-json", json.dumps(request)]
        done = subprocess.run(
            arguments, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout

    return run


def test_from_a_bucket_to_a_prediction_and_back(
    aws: Callable[..., Any], sagemaker: Any, rows: np.ndarray, tmp_path: Path
) -> None:
    np.savetxt(tmp_path / "train.csv", rows, delimiter=",")
    (tmp_path / "empty").touch()
    aws("s3", "mb", "s3://aws-cli")
    for name in ("train.csv", "empty"):
        aws("s3", "cp", name, "s3://aws-cli/train/")
    assert aws("s3", "ls", "s3://aws-cli/train/").split()[-1] == "train.csv"
    request = training_request(
        "aws-cli",
        InputDataConfig=[channel(uri="s3://aws-cli/train/train.csv")],
        OutputDataConfig={"S3OutputPath": "s3://aws-cli/output"},
    )
    assert aws("sagemaker", "create-training-job", **request)["TrainingJobArn"].endswith("/aws-cli")
    # The waiters look once a minute and every 30 seconds.
    finished(sagemaker, "aws-cli")
    aws("sagemaker", "wait", "training-job-completed-or-stopped", "--training-job-name", "aws-cli")
    described = aws("sagemaker", "describe-training-job", "--training-job-name", "aws-cli")
    assert described["TrainingJobStatus"] == "Completed"

    archive = described["ModelArtifacts"]["S3ModelArtifacts"]
    requests = deployment_requests("aws-cli", archive)
    aws("sagemaker", "create-model", **requests["Model"])
    aws("sagemaker", "create-endpoint-config", **requests["EndpointConfig"])
    aws("sagemaker", "create-endpoint", **requests["Endpoint"])
    settled(sagemaker, "aws-cli")
    aws("sagemaker", "wait", "endpoint-in-service", "--endpoint-name", "aws-cli")
    (tmp_path / "row.csv").write_text("2.0,0.1,-0.2")
    invocation = ["--endpoint-name", "aws-cli", "--content-type", "text/csv", "--body", "fileb://row.csv"]
    aws("sagemaker-runtime", "invoke-endpoint", *invocation, "score.csv")
    assert float((tmp_path / "score.csv").read_text()) > 0.5

    aws("sagemaker", "delete-endpoint", "--endpoint-name", "aws-cli")
    aws("sagemaker", "wait", "endpoint-deleted", "--endpoint-name", "aws-cli")
    aws("sagemaker", "delete-endpoint-config", "--endpoint-config-name", "aws-cli")
    aws("sagemaker", "delete-model", "--model-name", "aws-cli")
    aws("s3", "rb", "--force", "s3://aws-cli")
    assert "aws-cli" not in aws("s3", "ls")


def test_the_model_registry(aws: Callable[..., Any], model_data: str) -> None:
    aws("sagemaker", "create-model-package-group", "--model-package-group-name", "aws-cli")
    arn = aws(
        "sagemaker",
        "create-model-package",
        ModelPackageGroupName="aws-cli",
        InferenceSpecification={"Containers": [{"Image": IMAGE, "ModelDataUrl": model_data}]},
    )["ModelPackageArn"]
    approval = ["--model-package-arn", arn, "--model-approval-status", "Approved"]
    aws("sagemaker", "update-model-package", *approval)
    (listed,) = aws("sagemaker", "list-model-packages", "--model-package-group-name", "aws-cli")[
        "ModelPackageSummaryList"
    ]
    assert (listed["ModelPackageArn"], listed["ModelApprovalStatus"]) == (arn, "Approved")
    aws("sagemaker", "delete-model-package", "--model-package-name", arn)
    aws("sagemaker", "delete-model-package-group", "--model-package-group-name", "aws-cli")
