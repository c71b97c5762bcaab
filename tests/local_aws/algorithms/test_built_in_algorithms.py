"""Amazon's own algorithms through the real server: job, log, endpoint; and an algorithm added by a folder."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.aws.clients import make_client
from tests.aws.endpoints import create_deployment, invoke, settled
from tests.aws.sagemaker_requests import channel, deployment_requests, model_request, training_request
from tests.aws.training_data import BUCKET, as_csv, put_training_data
from tests.aws.training_jobs import finished
from tests.aws.transform_jobs import stored, transformed
from tests.local_aws.algorithms.records import dense
from tests.project import PROJECT
from tests.services.local_aws_server import CREDENTIALS_FILE

ECR = "382416733822.dkr.ecr.us-east-1.amazonaws.com"
KNN = {"feature_dim": "3", "k": "5", "predictor_type": "classifier", "sample_size": "200"}
LINEAR = {"predictor_type": "binary_classifier", "feature_dim": "3"}


def train(sagemaker: Any, name: str, image: str, hyperparameters: dict[str, str], *channels: Any) -> Any:
    specification = {"TrainingImage": f"{ECR}/{image}", "TrainingInputMode": "File"}
    sagemaker.create_training_job(
        **training_request(
            name,
            AlgorithmSpecification=specification,
            HyperParameters=hyperparameters,
            InputDataConfig=list(channels),
        )
    )
    return finished(sagemaker, name)


def deploy(sagemaker: Any, name: str, image: str, model_data: str) -> Any:
    requests = deployment_requests(name, model_data)
    requests["Model"] = model_request(name, model_data, f"{ECR}/{image}")
    create_deployment(sagemaker, requests)
    return settled(sagemaker, name)


@pytest.mark.parametrize(("image", "hyperparameters"), [("knn:1", KNN), ("linear-learner:1", LINEAR)])
def test_from_rows_to_answers(  # noqa: PLR0917 - fixtures
    sagemaker: Any,
    runtime: Any,
    client: Callable[..., Any],
    s3: Any,
    rows: np.ndarray,
    image: str,
    hyperparameters: dict[str, str],
) -> None:
    name = image.partition(":")[0]
    records = dense(rows[:, 1:].tolist(), rows[:, 0].tolist())
    s3.put_object(Bucket=BUCKET, Key="records/train.pbr", Body=records)
    test = channel("test", f"s3://{BUCKET}/records/", ContentType="application/x-recordio-protobuf")
    job = train(sagemaker, name, image, hyperparameters, channel(), test)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    logs = client("logs")
    group = "/aws/sagemaker/TrainingJobs"
    (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
    assert any("#quality_metric: host=algo-1, test " in event["message"] for event in events)
    endpoint = deploy(sagemaker, name, image, job["ModelArtifacts"]["S3ModelArtifacts"])
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    answer = json.loads(invoke(runtime, name, as_csv(rows[:, 1:]))["Body"])["predictions"]
    labels = np.array([prediction["predicted_label"] for prediction in answer])
    assert np.mean(labels == rows[:, 0]) > 0.8
    sagemaker.delete_endpoint(EndpointName=name)


def test_rows_of_protobuf_and_json_lines(sagemaker: Any, runtime: Any, s3: Any, rows: np.ndarray) -> None:
    """Factorization Machines, which take no CSV: a job, an endpoint, and a transform job of the same rows."""
    name, image = "factorization-machines", "factorization-machines:1"
    records = dense(rows[:, 1:].tolist(), rows[:, 0].tolist())
    s3.put_object(Bucket=BUCKET, Key="factorized/train.pbr", Body=records)
    uri = f"s3://{BUCKET}/factorized/"
    channels = [channel(of, uri, ContentType="application/x-recordio-protobuf") for of in ("train", "test")]
    rates = {"epochs": "20", "linear_lr": "0.1", "mini_batch_size": "50"}
    given = {"feature_dim": "3", "num_factors": "2", "predictor_type": "binary_classifier", **rates}
    job = train(sagemaker, name, image, given, *channels)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    metrics = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    endpoint = deploy(sagemaker, name, image, job["ModelArtifacts"]["S3ModelArtifacts"])
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    instances = [{"features": row} for row in rows[:, 1:].tolist()]
    asked = json.dumps({"instances": instances}).encode()
    answer = invoke(runtime, name, asked, ContentType="application/json")["Body"]
    predictions = json.loads(answer)["predictions"]
    correct = np.mean([one["predicted_label"] for one in predictions] == rows[:, 0])
    assert metrics["test:binary_classification_accuracy"] == pytest.approx(correct, abs=1e-6)
    assert correct > 0.8
    s3.put_object(Bucket=BUCKET, Key="factorized-batch", Body="\n".join(map(json.dumps, instances)).encode())
    job = transformed(
        sagemaker,
        name,
        uri=f"s3://{BUCKET}/factorized-batch",
        ModelName=name,
        TransformInput={"ContentType": "application/jsonlines"},
        TransformOutput={"Accept": "application/jsonlines"},
    )
    assert job["TransformJobStatus"] == "Completed", job
    assert [json.loads(line) for line in stored(s3, name)["factorized-batch.out"].splitlines()] == predictions
    sagemaker.delete_endpoint(EndpointName=name)


@pytest.mark.parametrize(
    ("image", "given", "answered"),
    [
        ("kmeans:1", {"k": "4"}, ["closest_cluster", "distance_to_cluster"]),
        ("pca:1", {"num_components": "2", "mini_batch_size": "50"}, ["projection"]),
        ("randomcutforest:1", {"num_trees": "50"}, ["score"]),
    ],
)
def test_rows_without_labels(  # noqa: PLR0917 - fixtures
    sagemaker: Any, s3: Any, rows: np.ndarray, image: str, given: dict[str, str], answered: list[str]
) -> None:
    """A training job whose channel has the features alone, and a transform job of the same rows."""
    name = image.partition(":")[0]
    s3.put_object(Bucket=BUCKET, Key="unlabelled/rows.csv", Body=as_csv(rows[:, 1:]))
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"s3://{BUCKET}/unlabelled/",
        "S3DataDistributionType": "ShardedByS3Key",
    }
    of_features = {"ContentType": "text/csv;label_size=0", "DataSource": {"S3DataSource": source}}
    job = train(sagemaker, name, image, {"feature_dim": "3", **given}, channel(**of_features))
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    metrics = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    assert metrics["train:throughput"] > 0
    model_data = job["ModelArtifacts"]["S3ModelArtifacts"]
    sagemaker.create_model(**model_request(name, model_data, f"{ECR}/{image}"))
    job = transformed(
        sagemaker,
        name,
        uri=f"s3://{BUCKET}/unlabelled/rows.csv",
        ModelName=name,
        TransformOutput={"Accept": "application/jsonlines"},
    )
    assert job["TransformJobStatus"] == "Completed", job
    answers = [json.loads(line) for line in stored(s3, name)["rows.csv.out"].splitlines()]
    assert len(answers) == len(rows)
    assert all(list(answer) == answered for answer in answers)


@pytest.mark.parametrize(
    ("image", "hyperparameters", "reason"),
    [
        (
            "knn:1",
            {**KNN, "k": "0"},
            "ClientError: The value '0' is not valid for the 'k' hyperparameter which expects an integer",
        ),
        (
            "linear-learner:1",
            {},
            (
                "ClientError: No value(s) were specified for 'predictor_type' which are required "
                "hyperparameter(s) (caused by ValidationError)\n\nCaused by: 'predictor_type' is a required "
                "property"
            ),
        ),
    ],
)
@pytest.mark.usefixtures("s3")
def test_a_refused_job_is_the_clients_error(
    sagemaker: Any, image: str, hyperparameters: dict[str, str], reason: str
) -> None:
    job = train(sagemaker, f"refused-{image.partition(':')[0]}", image, hyperparameters, channel())
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)


MEAN = {
    "__init__.py": '"""Predicts the mean label."""\n\nIMAGES = ("mean:1",)\n',
    "training.py": """
from pathlib import Path

def train(opt_ml):
    rows = [line.split(",") for line in (opt_ml.channel("train") / "train.csv").read_text().splitlines()]
    (opt_ml.model / "mean").write_text(str(sum(float(row[0]) for row in rows) / len(rows)))
""",
    "serving.py": """
def application(model_dir):
    mean = (model_dir / "mean").read_bytes()

    def respond(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/csv")])
        return [mean]

    return respond
""",
}


@pytest.mark.slow
def test_an_algorithm_is_added_by_its_folder_alone(tmp_path: Path, rows: np.ndarray) -> None:
    package = tmp_path / "local_aws"
    shutil.copytree(PROJECT / "local_aws", package)
    folder = package / "algorithms" / "mean"
    folder.mkdir()
    for name, text in MEAN.items():
        (folder / name).write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "local_aws", "--port", "0", "--credentials-file", str(CREDENTIALS_FILE)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().split()[-1]
        s3, sagemaker, runtime = (make_client(name, url) for name in ("s3", "sagemaker", "sagemaker-runtime"))
        put_training_data(s3, rows)
        job = train(sagemaker, "mean", "mean:1", {}, channel())
        deploy(sagemaker, "mean", "mean:1", job["ModelArtifacts"]["S3ModelArtifacts"])
        answer = float(invoke(runtime, "mean", b"1,2,3")["Body"])
        for made in (s3, sagemaker, runtime):
            made.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        process.stdout.close()
    assert answer == pytest.approx(rows[:, 0].mean())
