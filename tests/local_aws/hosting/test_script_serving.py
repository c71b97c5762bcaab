"""Models that scripts serve, and pipelines of them: endpoints, transform jobs, what a script may reach."""

import io
import json
import pickle
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from tests.aws.answers import refused
from tests.aws.endpoints import delete, invoke, settled
from tests.aws.processing_jobs import SCIKIT_LEARN
from tests.aws.sagemaker_requests import IMAGE, ROLE, variant
from tests.aws.training_data import BUCKET, as_csv
from tests.aws.transform_jobs import stored, transformed
from tests.project import PROJECT

SCALES = """
import pathlib, pickle

from scaling import SHIFT

def model_fn(model_dir):
    return pickle.loads(pathlib.Path(model_dir, "scaler.pickle").read_bytes())

def predict_fn(data, model):
    return model.transform(data) + SHIFT
"""
BOOSTS = """
import pathlib, xgboost

def model_fn(model_dir):
    return xgboost.Booster(model_file=pathlib.Path(model_dir, "xgboost-model.ubj"))

def output_fn(prediction, accept):
    return "".join(f"{score:.6f};{accept}\\n" for score in prediction), "text/plain"
"""
REACHES = """
import json, os, pathlib, tempfile

def model_fn(model_dir):
    seen = {}
    for folder in ("/", "/etc", "/opt", "/var/tmp", PROJECT, OUTSIDE):
        try:
            pathlib.Path(folder, "by-a-script").write_text("x")
            seen[folder] = "wrote"
        except OSError as error:
            seen[folder] = error.strerror
    pathlib.Path(model_dir, "own").write_text("x")
    pathlib.Path(tempfile.mkdtemp(), "own").write_text("x")
    names = [name for name in os.environ if name.startswith(("AWS_", "AIRFLOW"))]
    processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return {"seen": seen, "credentials": names, "processes": len(processes)}

def transform_fn(model, body, content_type, accept):
    if body == "end":
        os._exit(3)
    return json.dumps(model), "application/json"
"""


def packed(files: dict[str, bytes | str]) -> bytes:
    """Make a tar.gz of files by their paths."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return content.getvalue()


@pytest.fixture(scope="module")
def scaler(rows: np.ndarray) -> StandardScaler:
    return StandardScaler().fit(rows[:, 1:] * 7 + 3)


@pytest.fixture(scope="module")
def preprocessing(s3: Any, scaler: StandardScaler) -> dict[str, Any]:
    """A scikit-learn container in the form of SDK 2: the script beside the model, on S3."""
    scaled = packed({"scaler.pickle": pickle.dumps(scaler)})
    s3.put_object(Bucket=BUCKET, Key="scripts/scaler.tar.gz", Body=scaled)
    source = packed({"scales.py": SCALES, "scaling.py": "SHIFT = 0.0\n"})
    s3.put_object(Bucket=BUCKET, Key="scripts/source.tar.gz", Body=source)
    environment = {
        "SAGEMAKER_PROGRAM": "scales.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{BUCKET}/scripts/source.tar.gz",
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "20",
        "SAGEMAKER_REGION": "us-east-1",
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
    }
    model_data = f"s3://{BUCKET}/scripts/scaler.tar.gz"
    return {"Image": SCIKIT_LEARN, "ModelDataUrl": model_data, "Environment": environment}


@pytest.fixture(scope="module")
def boosting(s3: Any, model_data: str) -> dict[str, Any]:
    """An XGBoost container in the form of SDK 3: the script in the model archive, below code/."""
    body = s3.get_object(Bucket=BUCKET, Key=model_data.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        file = archive.extractfile("xgboost-model")
        assert file is not None
        booster = file.read()
    content = packed({"xgboost-model.ubj": booster, "code/inference.py": BOOSTS})
    s3.put_object(Bucket=BUCKET, Key="scripts/boosts.tar.gz", Body=content)
    environment = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
    }
    return {
        "Image": IMAGE,
        "ModelDataUrl": f"s3://{BUCKET}/scripts/boosts.tar.gz",
        "Environment": environment,
    }


def deploy(sagemaker: Any, name: str, *containers: dict[str, Any]) -> dict[str, Any]:
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, Containers=list(containers))
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant(name)])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return settled(sagemaker, name)


@pytest.fixture(scope="module")
def pipeline(sagemaker: Any, preprocessing: dict[str, Any], boosting: dict[str, Any]) -> Iterator[str]:
    """An endpoint whose model scales the rows with scikit-learn, and boosts them with XGBoost."""
    endpoint = deploy(sagemaker, "pipeline", preprocessing, boosting)
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    (shown,) = endpoint["ProductionVariants"]
    assert [image["SpecifiedImage"] for image in shown["DeployedImages"]] == [SCIKIT_LEARN, IMAGE]
    yield "pipeline"
    delete(sagemaker, "pipeline")


def test_each_container_gets_the_answer_of_the_one_before(
    *,
    sagemaker: Any,
    runtime: Any,
    s3: Any,
    endpoint: str,
    rows: np.ndarray,
    scaler: StandardScaler,
    pipeline: str,
) -> None:
    """The scaler undoes what was done to the rows: the scores are the plain endpoint's."""
    asked = as_csv(rows[:20, 1:] * 7 + 3)
    answer = invoke(runtime, pipeline, asked, Accept="application/pdf")["Body"].decode().splitlines()
    scaled = as_csv(scaler.transform(rows[:20, 1:] * 7 + 3))
    expected = invoke(runtime, endpoint, scaled)["Body"].decode().split()
    # What the caller accepts is asked of the last container alone.
    assert {line.split(";")[1] for line in answer} == {"application/pdf"}
    scores = [float(line.split(";")[0]) for line in answer]
    np.testing.assert_allclose(scores, [float(score) for score in expected], atol=1e-5)
    s3.put_object(Bucket=BUCKET, Key="scripts/rows.csv", Body=asked)
    job = transformed(
        sagemaker,
        "pipeline",
        uri=f"s3://{BUCKET}/scripts/rows.csv",
        ModelName="pipeline",
        TransformOutput={"Accept": "application/pdf"},
    )
    assert job["TransformJobStatus"] == "Completed", job
    assert stored(s3, "pipeline")["rows.csv.out"].decode().splitlines() == answer


def test_each_container_has_its_log(client: Any, pipeline: str) -> None:
    logs = client("logs")
    group = f"/aws/sagemaker/Endpoints/{pipeline}"
    names = [
        stream["logStreamName"] for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]
    ]
    assert sorted(name.rpartition("/")[2] for name in names) == ["container-1", "container-2"]
    events = logs.get_log_events(logGroupName=group, logStreamName=names[0])["events"]
    assert events[0]["message"].startswith("Local AWS installs nothing: the script has the packages that")


def test_an_error_names_its_container(runtime: Any, pipeline: str) -> None:
    code, message = refused(
        runtime.invoke_endpoint, EndpointName=pipeline, Body=b"a", ContentType="image/png"
    )
    assert code == "ModelError"
    assert message.startswith('Received client error (415) from container-1 with message "{"error": "Unsup')


def test_a_script_writes_nowhere_but_in_its_folders(
    sagemaker: Any, runtime: Any, s3: Any, tmp_path: Path
) -> None:
    """And what ends its process does not end the endpoint."""
    script = f"PROJECT, OUTSIDE = {str(PROJECT)!r}, {str(tmp_path)!r}\n{REACHES}"
    content = packed({"code/inference.py": script})
    s3.put_object(Bucket=BUCKET, Key="scripts/reaches.tar.gz", Body=content)
    environment = {"SAGEMAKER_PROGRAM": "inference.py", "MINE": "yes"}
    endpoint = deploy(
        sagemaker,
        "reaches",
        {
            "Image": SCIKIT_LEARN,
            "ModelDataUrl": f"s3://{BUCKET}/scripts/reaches.tar.gz",
            "Environment": environment,
        },
    )
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    seen = json.loads(invoke(runtime, "reaches", b"1")["Body"])
    assert set(seen["seen"].values()) <= {"Read-only file system", "No such file or directory"}
    assert seen["seen"]["/etc"] == seen["seen"]["/"] == "Read-only file system"
    assert list(tmp_path.iterdir()) == []
    assert seen["credentials"] == []
    assert seen["processes"] <= 3
    assert refused(runtime.invoke_endpoint, EndpointName="reaches", Body=b"end", ContentType="text/csv")[
        0
    ] == ("ModelError")
    assert json.loads(invoke(runtime, "reaches", b"1")["Body"])["credentials"] == []
    delete(sagemaker, "reaches")


def test_a_script_that_cannot_serve_fails_the_endpoint(sagemaker: Any, s3: Any, client: Any) -> None:
    s3.put_object(
        Bucket=BUCKET, Key="scripts/fails.tar.gz", Body=packed({"code/serve.py": "import nothing\n"})
    )
    container = {
        "Image": SCIKIT_LEARN,
        "ModelDataUrl": f"s3://{BUCKET}/scripts/fails.tar.gz",
        "Environment": {"SAGEMAKER_PROGRAM": "serve.py"},
    }
    endpoint = deploy(sagemaker, "fails", container)
    assert endpoint["EndpointStatus"] == "Failed"
    assert endpoint["FailureReason"].startswith("The primary container for production variant AllTraffic did")
    group = "/aws/sagemaker/Endpoints/fails"
    (stream,) = client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    events = client("logs").get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])[
        "events"
    ]
    assert events[-1]["message"] == "ModuleNotFoundError: No module named 'nothing'"


def test_a_source_that_is_not_there_fails_the_endpoint(sagemaker: Any, preprocessing: dict[str, Any]) -> None:
    gone = f"s3://{BUCKET}/scripts/gone.tar.gz"
    environment = {**preprocessing["Environment"], "SAGEMAKER_SUBMIT_DIRECTORY": gone}
    endpoint = deploy(sagemaker, "gone", {**preprocessing, "Environment": environment})
    assert endpoint["EndpointStatus"] == "Failed"
    assert gone in endpoint["FailureReason"]
