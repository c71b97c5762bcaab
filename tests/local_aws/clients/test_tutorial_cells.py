"""The tutorial's own cells in a notebook of SDK 2, and the steps that its text leaves out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.clients import CREDENTIALS
from tests.aws.job_logs import job_log
from tests.aws.sagemaker_requests import ROLE
from tests.local_aws.clients.tutorial_cells import cells, mends, needs_tutorial
from tests.project import PROJECT
from tests.services.local_aws_server import LocalAwsServer
from tests.tutorial_data import needs_bank_clean

PYTHON = PROJECT / ".local" / "clients" / "venv" / "bin" / "python"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.slow,
    needs_tutorial,
    needs_bank_clean,
    pytest.mark.skipif(
        not PYTHON.is_file(), reason=f"SDK 2 is not at {PYTHON} (`make test-clients` puts it there)"
    ),
]

BUCKET = "the-tutorials-bucket"
# Steps 5 to 7 of the walk-through that the tutorial comes from, which its text leaves out.
REST = """
xgb_predictor = xgb.deploy(
    initial_instance_count=1, instance_type="ml.m4.xlarge", serializer=CSVSerializer()
)
test_data_array = test_data.drop(["y_no", "y_yes"], axis=1).values
predictions = xgb_predictor.predict(test_data_array).decode("utf-8")
predictions_array = np.array(predictions.split(","), float)
table = pd.crosstab(test_data["y_yes"], np.round(predictions_array))
endpoint = xgb_predictor.endpoint_name
xgb_predictor.delete_endpoint()
bucket_to_delete = boto3.resource("s3").Bucket(bucket_name)
bucket_to_delete.objects.all().delete()
bucket_to_delete.delete()
with open("seen.json", "w") as seen:
    json.dump(
        {
            "role": role,
            "split": [train_data.shape, test_data.shape],
            "confusion": table.to_numpy().ravel().tolist(),
            "job": xgb.latest_training_job.name,
            "endpoint": endpoint,
        },
        seen,
    )
"""
# A notebook instance finds its own name, and so its role, below /opt/ml.
IN_A_NOTEBOOK = """
import subprocess, sys
from pathlib import Path
from local_aws.containers.private_mount import mount_at_opt_ml

mount_at_opt_ml(Path(sys.argv[1]))
sys.exit(subprocess.run(sys.argv[2:]).returncode)
"""


@pytest.fixture
def notebook(sagemaker: Any, tmp_path: Path) -> Path:
    """The folder of the tutorial's notebook instance, with the file that names it."""
    name = "MySageMakerInstance"
    sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t2.medium", RoleArn=ROLE)
    arn = sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceArn"]
    (tmp_path / "metadata").mkdir()
    metadata = {"ResourceArn": arn, "ResourceName": name}
    (tmp_path / "metadata" / "resource-metadata.json").write_text(json.dumps(metadata))
    return tmp_path


def run_in(notebook: Path, server: LocalAwsServer, code: str) -> "subprocess.CompletedProcess[str]":
    (notebook / "cells.py").write_text(code)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(notebook),
        "PYTHONPATH": str(PROJECT),
        "MPLBACKEND": "agg",
        "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
        "AWS_ENDPOINT_URL": server.url,
        "AWS_DEFAULT_REGION": CREDENTIALS["region_name"],
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
    }
    return subprocess.run(
        [sys.executable, "-c", IN_A_NOTEBOOK, str(notebook), str(PYTHON), "-P", "cells.py"],
        env=environment,
        cwd=notebook,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


def test_the_cells_train_deploy_and_judge_the_tutorials_model(
    sagemaker: Any, client: Any, server: LocalAwsServer, notebook: Path
) -> None:
    ran = run_in(notebook, server, "\n".join([*cells(BUCKET), REST]))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for line in (
        "You will use the 811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest container",
        "S3 bucket created successfully",
        "Success: downloaded bank_clean.csv.",
        "Success: Data loaded into dataframe.",
        "(28831, 61) (12357, 61)",
    ):
        assert line in ran.stdout
    seen = json.loads((notebook / "seen.json").read_text())
    assert seen["role"] == ROLE
    # Of the tutorial's split and hyperparameters on today's library, whatever client asks for them.
    assert seen["confusion"] == [10789, 147, 1138, 283]
    job = sagemaker.describe_training_job(TrainingJobName=seen["job"])
    assert job["TrainingJobStatus"] == "Completed"
    assert job["HyperParameters"]["silent"] == "0"
    assert "Local AWS runs xgboost:latest on the libraries of sagemaker-xgboost:3.2-0." in job_log(
        client, "TrainingJobs", seen["job"]
    )
    assert refused(sagemaker.describe_endpoint, EndpointName=seen["endpoint"])[0] == "ValidationException"
    assert BUCKET not in [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]


def test_each_mend_has_its_reason() -> None:
    assert all(mend.found != mend.put and mend.reason for mend in mends(BUCKET))
