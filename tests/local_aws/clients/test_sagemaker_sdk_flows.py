"""The SageMaker Python SDK 3 as its documents show it: ModelTrainer with a script of the user's."""

import io
import tarfile
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.aws.clients import CREDENTIALS
from tests.aws.job_logs import job_log
from tests.aws.processing_jobs import SCIKIT_LEARN
from tests.aws.sagemaker_requests import ROLE
from tests.aws.training_data import BUCKET
from tests.services.local_aws_server import LocalAwsServer

pytestmark = [
    pytest.mark.clients,
    pytest.mark.slow,
    pytest.mark.usefixtures("s3"),
    # Of the SDK's own modules, which import each other by names of before.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # It leaves a temporary folder to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TRAINS = """
import argparse, os, pathlib, sys

parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int)
depth = parser.parse_args().depth
rows = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv").read_text().splitlines()
print("depth", depth, "rows", len(rows))
if depth > 5:
    sys.exit(3)
pathlib.Path(os.environ["SM_MODEL_DIR"], "model").write_text(f"{depth} {len(rows)}")
"""


@pytest.fixture
def session(server: LocalAwsServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    from sagemaker.core.helper.session_helper import Session  # noqa: PLC0415 - 4 s

    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    # IAM of local AWS simulates no policies.
    monkeypatch.setenv("SAGEMAKER_VALIDATE_ROLE", "false")
    return Session(boto3.Session(**CREDENTIALS), default_bucket=BUCKET)


def trainer(session: Any, folder: Path, depth: int) -> Any:
    from sagemaker.core.training import configs  # noqa: PLC0415 - as above
    from sagemaker.train import ModelTrainer  # noqa: PLC0415 - as above

    (folder / "train.py").write_text(TRAINS)
    return ModelTrainer(
        training_image=SCIKIT_LEARN,
        source_code=configs.SourceCode(source_dir=str(folder), entry_script="train.py"),
        compute=configs.Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
        output_data_config=configs.OutputDataConfig(s3_output_path=f"s3://{BUCKET}/output"),
        stopping_condition=configs.StoppingCondition(max_runtime_in_seconds=600),
        base_job_name="trainer",
        role=ROLE,
        hyperparameters={"depth": depth},
        sagemaker_session=session,
    )


def test_a_script_trains(sagemaker: Any, client: Any, s3: Any, session: Any, tmp_path: Path) -> None:
    from sagemaker.core.training import configs  # noqa: PLC0415 - as above

    trains = trainer(session, tmp_path, depth=4)
    trains.train(
        input_data_config=[configs.InputData(channel_name="train", data_source=f"s3://{BUCKET}/train/")],
        wait=True,
        logs=False,
    )
    name = trains._latest_training_job.training_job_name
    job = sagemaker.describe_training_job(TrainingJobName=name)
    assert job["TrainingJobStatus"] == "Completed"
    assert "depth 4 rows 200" in job_log(client, "TrainingJobs", name)
    key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{BUCKET}/")
    with tarfile.open(fileobj=io.BytesIO(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())) as archive:
        file = archive.extractfile("model")
        assert file is not None
        assert file.read() == b"4 200"
