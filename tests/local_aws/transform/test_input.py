"""Transform jobs through the API: what they do with their input before it is sent, and to its answers."""

import gzip
import json
from typing import Any

import numpy as np
import pytest

from tests.aws.job_logs import job_log
from tests.aws.sagemaker_requests import model_request, training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import finished
from tests.aws.transform_jobs import SEE_LOGS, stored, transformed

KNN = "382416733822.dkr.ecr.us-east-1.amazonaws.com/knn:1"
ASSEMBLED = {"AssembleWith": "Line"}


@pytest.fixture(scope="module")
def model(sagemaker: Any, model_data: str) -> str:
    sagemaker.create_model(**model_request("transforms-input", model_data))
    return "transforms-input"


def from_manifest(key: str) -> dict[str, Any]:
    source = {"S3DataType": "ManifestFile", "S3Uri": f"s3://{BUCKET}/{key}"}
    return {"DataSource": {"S3DataSource": source}}


@pytest.fixture(scope="module")
def features(rows: np.ndarray) -> list[str]:
    return [",".join(map(str, row)) for row in rows[:20, 1:].tolist()]


@pytest.fixture(scope="module")
def scores(s3: Any, sagemaker: Any, model: str, features: list[str]) -> list[str]:
    """The predictions for the features, line by line, as a plain job stores them."""
    s3.put_object(Bucket=BUCKET, Key="input/plain.csv", Body="\n".join(features).encode())
    transformed(sagemaker, "input-plain", uri=f"s3://{BUCKET}/input/plain.csv", ModelName=model)
    return stored(s3, "input-plain")["plain.csv.out"].decode().splitlines()


def test_an_id_column_is_kept_from_the_model_and_stored_with_its_prediction(
    *, s3: Any, sagemaker: Any, model: str, features: list[str], scores: list[str]
) -> None:
    with_ids = [f'"customer, {number}",{line}' for number, line in enumerate(features)]
    s3.put_object(Bucket=BUCKET, Key="input/ids.csv", Body="\n".join(with_ids).encode())
    job = transformed(
        sagemaker,
        "input-ids",
        uri=f"s3://{BUCKET}/input/ids.csv",
        ModelName=model,
        TransformOutput=ASSEMBLED,
        MaxPayloadInMB=1,
        DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"},
    )
    assert job["TransformJobStatus"] == "Completed", job
    assert job["DataProcessing"]["OutputFilter"] == "$[0,-1]"
    assert stored(s3, "input-ids")["ids.csv.out"].decode().splitlines() == [
        f'"customer, {number}",{score}' for number, score in enumerate(scores)
    ]


@pytest.mark.parametrize("strategy", ["MultiRecord", "SingleRecord"])
def test_every_row_is_joined_with_its_own_answer_however_many_are_sent_at_once(
    *, s3: Any, sagemaker: Any, model: str, features: list[str], scores: list[str], strategy: str
) -> None:
    name = f"input-{strategy.lower()}"
    transformed(
        sagemaker,
        name,
        uri=f"s3://{BUCKET}/input/plain.csv",
        ModelName=model,
        TransformOutput=ASSEMBLED,
        BatchStrategy=strategy,
        MaxConcurrentTransforms=4,
        DataProcessing={"JoinSource": "Input"},
    )
    joined = [f"{row},{score}" for row, score in zip(features, scores, strict=True)]
    assert stored(s3, name)["plain.csv.out"].decode().splitlines() == joined


def test_json_lines_get_the_prediction_as_an_attribute(s3: Any, sagemaker: Any, rows: np.ndarray) -> None:
    request = training_request(
        "input-knn",
        HyperParameters={"feature_dim": "3", "k": "3", "sample_size": "200", "predictor_type": "classifier"},
    )
    request["AlgorithmSpecification"] = {"TrainingImage": KNN, "TrainingInputMode": "File"}
    sagemaker.create_training_job(**request)
    model_data = finished(sagemaker, "input-knn")["ModelArtifacts"]["S3ModelArtifacts"]
    records = [
        {"id": f"customer {number}", "instance": {"features": row}}
        for number, row in enumerate(rows[:5, 1:].tolist())
    ]
    lines = "\n".join(map(json.dumps, records))
    s3.put_object(Bucket=BUCKET, Key="input/records.jsonl", Body=lines.encode())
    sagemaker.create_model(**model_request("transforms-knn", model_data, KNN))
    job = transformed(
        sagemaker,
        "input-jsonlines",
        uri=f"s3://{BUCKET}/input/records.jsonl",
        ModelName="transforms-knn",
        TransformInput={"ContentType": "application/jsonlines"},
        TransformOutput={"Accept": "application/jsonlines", **ASSEMBLED},
        DataProcessing={
            "InputFilter": "$.instance",
            "JoinSource": "Input",
            "OutputFilter": "$['id','SageMakerOutput']",
        },
    )
    assert job["TransformJobStatus"] == "Completed", job
    answers = [json.loads(line) for line in stored(s3, "input-jsonlines")["records.jsonl.out"].splitlines()]
    assert [answer["id"] for answer in answers] == [record["id"] for record in records]
    assert {answer["SageMakerOutput"]["predicted_label"] for answer in answers} <= {0.0, 1.0}


def test_a_row_without_the_selected_column_fails_the_job_and_stands_in_the_data_log(
    s3: Any, sagemaker: Any, client: Any, model: str
) -> None:
    s3.put_object(Bucket=BUCKET, Key="input/short.csv", Body=b"1,2,3,4\n1\n")
    job = transformed(
        sagemaker,
        "input-short",
        uri=f"s3://{BUCKET}/input/short.csv",
        ModelName=model,
        DataProcessing={"InputFilter": "$[1:]"},
    )
    assert (job["TransformJobStatus"], job["FailureReason"]) == ("Failed", f"ClientError: {SEE_LOGS}")
    assert job_log(client, "TransformJobs", "input-short", data_log=True)[-1].endswith(
        f"{BUCKET}/input/short.csv: ClientError: InputFilter: index 1 is out of range: there are 1 elements"
    )
    assert stored(s3, "input-short") == {}


def test_gzip_input_is_decompressed_and_its_output_keeps_the_name(
    *, s3: Any, sagemaker: Any, model: str, features: list[str], scores: list[str]
) -> None:
    body = gzip.compress("\n".join(features).encode())
    s3.put_object(Bucket=BUCKET, Key="input/plain.csv.gz", Body=body)
    transformed(
        sagemaker,
        "input-gzip",
        uri=f"s3://{BUCKET}/input/plain.csv.gz",
        ModelName=model,
        TransformInput={"CompressionType": "Gzip"},
    )
    assert stored(s3, "input-gzip")["plain.csv.gz.out"].decode().splitlines() == scores


def test_gzip_input_that_is_none_fails_the_job_and_stands_in_the_data_log(
    s3: Any, sagemaker: Any, client: Any, model: str
) -> None:
    s3.put_object(Bucket=BUCKET, Key="input/not.csv.gz", Body=b"1,2,3\n")
    job = transformed(
        sagemaker,
        "input-not-gzip",
        uri=f"s3://{BUCKET}/input/not.csv.gz",
        ModelName=model,
        TransformInput={"CompressionType": "Gzip"},
    )
    assert (job["TransformJobStatus"], job["FailureReason"]) == ("Failed", f"ClientError: {SEE_LOGS}")
    line = job_log(client, "TransformJobs", "input-not-gzip", data_log=True)[-1]
    assert f"{BUCKET}/input/not.csv.gz: ClientError: cannot decompress it as Gzip" in line


def test_a_manifest_chooses_the_objects_and_its_paths_name_the_outputs(
    *, s3: Any, sagemaker: Any, model: str, features: list[str], scores: list[str]
) -> None:
    for key, row in (("a", 0), ("deep/b", 1), ("c", 2)):
        s3.put_object(Bucket=BUCKET, Key=f"input/listed/{key}.csv", Body=features[row].encode())
    manifest = [{"prefix": f"s3://{BUCKET}/input/listed/"}, "deep/b.csv", "c.csv"]
    s3.put_object(Bucket=BUCKET, Key="input/chosen.manifest", Body=json.dumps(manifest).encode())
    source = from_manifest("input/chosen.manifest")
    transformed(sagemaker, "input-manifest", ModelName=model, TransformInput=source)
    output = {path: content.decode().strip() for path, content in stored(s3, "input-manifest").items()}
    assert output == {"deep/b.csv.out": scores[1], "c.csv.out": scores[2]}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "absent",
            None,
            f'ClientError: No S3 objects found under S3 URL "s3://{BUCKET}/input/absent.manifest"',
        ),
        (
            "malformed",
            b"a.csv",
            f"ClientError: Data download failed: the manifest s3://{BUCKET}/input/malformed.manifest is",
        ),
    ],
)
def test_a_manifest_that_cannot_be_used_fails_the_job(
    *, s3: Any, sagemaker: Any, model: str, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        s3.put_object(Bucket=BUCKET, Key=f"input/{name}.manifest", Body=content)
    source = from_manifest(f"input/{name}.manifest")
    job = transformed(sagemaker, f"input-{name}", ModelName=model, TransformInput=source)
    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)
