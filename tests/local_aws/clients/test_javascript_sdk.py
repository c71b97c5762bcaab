"""AWS's SDK for JavaScript: its own commands, waiters, pages, streams and classes of errors."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.aws.clients import CREDENTIALS
from tests.aws.sagemaker_requests import channel, deployment_requests, training_request
from tests.aws.training_data import as_csv
from tests.project import PROJECT
from tests.services.local_aws_server import LocalAwsServer

FLOW = Path(__file__).parent / "javascript" / "flow.mjs"
# Packages of JavaScript, beside the project's own environment.
PACKAGES = PROJECT / ".local" / "javascript"
NODE = shutil.which("node")
NAME, BUCKET = "javascript", "of-javascript"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.slow,
    pytest.mark.skipif(
        NODE is None or not (PACKAGES / "node_modules").is_dir(),
        reason=f"node, or what `make test-clients` puts at {PACKAGES} for it, is not there",
    ),
]


@pytest.fixture
def told(server: LocalAwsServer, rows: np.ndarray, tmp_path: Path) -> dict[str, Any]:
    """What the flow was answered."""
    requests = deployment_requests(NAME, "-")
    training = training_request(
        NAME,
        InputDataConfig=[channel(uri=f"s3://{BUCKET}/train/train.csv")],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/output"},
    )
    sent = {
        "bucket": BUCKET,
        "rows": as_csv(rows).decode(),
        "row": "2.0,0.1,-0.2",
        "training": training,
        "model": requests["Model"],
        "config": requests["EndpointConfig"],
        "endpoint": requests["Endpoint"],
    }
    # A module is looked for beside the file that imports it.
    flow = tmp_path / FLOW.name
    flow.write_text(FLOW.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(PACKAGES / "node_modules")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": server.url,
        "AWS_REGION": CREDENTIALS["region_name"],
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
    }
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(flow), json.dumps(sent)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_from_a_bucket_to_a_prediction_and_back(told: dict[str, Any]) -> None:
    score = float(told["answer"].pop())
    assert score > 0.5
    assert told == {
        "keys": ["train/empty", "train/train.csv"],
        "object": [True, "rows"],
        "created": f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{NAME}",
        "twice": [True, "ResourceInUse", 400],
        "unknown": ["ValidationException", "Requested resource not found."],
        "job": ["Completed", True, ["train:logloss"]],
        "listed": [NAME],
        "tags": [{"Key": "team", "Value": "bank"}],
        "searched": [NAME],
        "logged": True,
        "answer": ["text/csv; charset=utf-8", "AllTraffic"],
        "bad": [True, 415, 424],
    }
