"""The SageMaker Python SDK 3 as its documents show it: trainer, tuner, transformer, processor, builder."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.aws.clients import CREDENTIALS
from tests.aws.endpoints import delete, invoke
from tests.aws.job_logs import job_log
from tests.aws.processing_jobs import SCIKIT_LEARN
from tests.aws.sagemaker_requests import HYPERPARAMETERS, IMAGE, ROLE, model_request
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


@pytest.fixture
def algorithm_trainer(session: Any) -> Any:
    """ModelTrainer of the built-in XGBoost, without a script."""
    from sagemaker.core.training import configs  # noqa: PLC0415 - as above
    from sagemaker.train import ModelTrainer  # noqa: PLC0415 - as above

    return ModelTrainer(
        training_image=IMAGE,
        compute=configs.Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
        output_data_config=configs.OutputDataConfig(s3_output_path=f"s3://{BUCKET}/output"),
        stopping_condition=configs.StoppingCondition(max_runtime_in_seconds=600),
        base_job_name="built-in",
        role=ROLE,
        hyperparameters=HYPERPARAMETERS,
        sagemaker_session=session,
    )


def test_a_tuner_finds_the_best_job(sagemaker: Any, algorithm_trainer: Any) -> None:
    from sagemaker.core.parameter import ContinuousParameter  # noqa: PLC0415 - as above
    from sagemaker.core.training import configs  # noqa: PLC0415 - as above
    from sagemaker.train.tuner import HyperparameterTuner  # noqa: PLC0415 - as above

    tuner = HyperparameterTuner(
        model_trainer=algorithm_trainer,
        objective_metric_name="validation:logloss",
        objective_type="Minimize",
        hyperparameter_ranges={"eta": ContinuousParameter(0.1, 0.5)},
        max_jobs=2,
        base_tuning_job_name="tuner",
    )
    source = {"data_source": f"s3://{BUCKET}/train/", "content_type": "text/csv"}
    tuner.tune(
        inputs=[configs.InputData(channel_name=name, **source) for name in ("train", "validation")],
        wait=True,
    )
    name = tuner.latest_tuning_job.hyper_parameter_tuning_job_name
    job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    best = job["BestTrainingJob"]
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["MetricName"] == "validation:logloss"
    assert tuner.best_training_job() == best["TrainingJobName"]


def test_a_transformer_stores_predictions(sagemaker: Any, s3: Any, session: Any, model_data: str) -> None:
    from sagemaker.core.transformer import Transformer  # noqa: PLC0415 - as above

    sagemaker.create_model(**model_request("transformer", model_data))
    s3.put_object(Bucket=BUCKET, Key="sdk-batch/rows.csv", Body=b"2.0,0.1,-0.2\n-2.0,0.1,-0.2\n")
    transformer = Transformer(
        model_name="transformer",
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=f"s3://{BUCKET}/sdk-transformed",
        base_transform_job_name="transformer",
        sagemaker_session=session,
    )
    transformer.transform(
        f"s3://{BUCKET}/sdk-batch/", content_type="text/csv", split_type="Line", wait=True, logs=False
    )
    stored = s3.get_object(Bucket=BUCKET, Key="sdk-transformed/rows.csv.out")["Body"].read().split()
    assert [float(score) > 0.5 for score in stored] == [True, False]


def test_a_processor_runs_a_script(s3: Any, session: Any, tmp_path: Path) -> None:
    from sagemaker.core import processing, shapes  # noqa: PLC0415 - as above

    script = tmp_path / "counts.py"
    script.write_text(
        "rows = open('/opt/ml/processing/input/train.csv').read().splitlines()\n"
        "open('/opt/ml/processing/output/count', 'w').write(str(len(rows)))\n"
    )
    processor = processing.ScriptProcessor(
        role=ROLE,
        image_uri=SCIKIT_LEARN,
        command=["python3"],
        instance_count=1,
        instance_type="ml.m5.large",
        volume_size_in_gb=1,
        base_job_name="processor",
        sagemaker_session=session,
    )
    source = shapes.ProcessingS3Input(
        s3_uri=f"s3://{BUCKET}/train/",
        local_path="/opt/ml/processing/input",
        s3_data_type="S3Prefix",
        s3_input_mode="File",
    )
    target = shapes.ProcessingS3Output(
        s3_uri=f"s3://{BUCKET}/sdk-processed",
        local_path="/opt/ml/processing/output",
        s3_upload_mode="EndOfJob",
    )
    processor.run(
        code=str(script),
        inputs=[shapes.ProcessingInput(input_name="rows", s3_input=source)],
        outputs=[shapes.ProcessingOutput(output_name="count", s3_output=target)],
        wait=True,
        logs=False,
    )
    assert s3.get_object(Bucket=BUCKET, Key="sdk-processed/count")["Body"].read() == b"200"


BOOSTS = """
import pathlib, xgboost

def model_fn(model_dir):
    return xgboost.Booster(model_file=bytearray(pathlib.Path(model_dir, "xgboost-model").read_bytes()))
"""


def test_a_builder_deploys_a_script(  # noqa: PLR0917 - fixtures
    sagemaker: Any,
    runtime: Any,
    session: Any,
    model_data: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It puts the script into the model archive, below code/."""
    # Its modules make clients when they are imported.
    monkeypatch.setenv("AWS_DEFAULT_REGION", CREDENTIALS["region_name"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CREDENTIALS["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CREDENTIALS["aws_secret_access_key"])
    from sagemaker.core.training import configs  # noqa: PLC0415 - as above
    from sagemaker.serve import ModelBuilder  # noqa: PLC0415 - as above

    (tmp_path / "inference.py").write_text(BOOSTS)
    builder = ModelBuilder(
        s3_model_data_url=model_data,
        image_uri=IMAGE,
        role_arn=ROLE,
        instance_type="ml.m5.large",
        source_code=configs.SourceCode(source_dir=str(tmp_path), entry_script="inference.py"),
        sagemaker_session=session,
    )
    builder.build(model_name="built")
    container = sagemaker.describe_model(ModelName="built")["PrimaryContainer"]
    assert container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"] == "/opt/ml/model/code"
    builder.deploy(endpoint_name="built", initial_instance_count=1, instance_type="ml.m5.large")
    scores = json.loads(invoke(runtime, "built", b"2.0,0.1,-0.2\n-2.0,0.1,-0.2")["Body"])
    assert [score > 0.5 for score in scores] == [True, False]
    delete(sagemaker, "built")
