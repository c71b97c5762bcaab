"""Transform jobs through the API: the model's real predictions, their place, refusals and ends."""

import gzip
import json
from typing import Any

import numpy as np
import pytest

from tests.aws.answers import refused
from tests.aws.endpoints import invoke
from tests.aws.job_logs import job_log
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import model_request
from tests.aws.training_data import BUCKET
from tests.aws.transform_jobs import RESOURCES, SEE_LOGS, ended, stored, transform_request, transformed
from tests.aws.waiting import wait_until
from tests.local_aws.hosting.model_archives import archive


@pytest.fixture(scope="module")
def model(sagemaker: Any, model_data: str) -> str:
    sagemaker.create_model(**model_request("transforms", model_data))
    return "transforms"


@pytest.fixture(scope="module")
def features(s3: Any, rows: np.ndarray) -> bytes:
    """The features as CSV, in S3 at batch/all.csv and, the first 50 of them, batch/deep/some.csv."""
    lines = [",".join(map(str, row)) + "\n" for row in rows[:, 1:].tolist()]
    s3.put_object(Bucket=BUCKET, Key="batch/all.csv", Body="".join(lines).encode())
    s3.put_object(Bucket=BUCKET, Key="batch/deep/some.csv", Body="".join(lines[:50]).encode())
    return "".join(lines).encode()


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("whole", {"TransformInput": {"SplitType": "None"}}),
        ("lines", {"BatchStrategy": "MultiRecord"}),
        ("one-by-one", {"BatchStrategy": "SingleRecord"}),
        ("at-once", {"BatchStrategy": "SingleRecord", "MaxConcurrentTransforms": 4}),
        ("assembled", {"BatchStrategy": "SingleRecord", "TransformOutput": {"AssembleWith": "Line"}}),
        ("without-limit", {"MaxPayloadInMB": 0}),
    ],
)
@pytest.mark.usefixtures("model")
def test_however_it_is_cut_the_predictions_are_the_endpoints(
    *,
    sagemaker: Any,
    s3: Any,
    runtime: Any,
    endpoint: str,
    features: bytes,
    name: str,
    members: dict[str, Any],
) -> None:
    assert transformed(sagemaker, name, **members)["TransformJobStatus"] == "Completed"
    assert stored(s3, name) == {"all.csv.out": invoke(runtime, endpoint, features)["Body"]}


@pytest.mark.usefixtures("model", "features")
def test_every_object_below_a_prefix_has_an_output_of_its_own(sagemaker: Any, s3: Any) -> None:
    job = transformed(sagemaker, "prefix", uri=f"s3://{BUCKET}/batch/")
    assert job["TransformJobStatus"] == "Completed"
    output = stored(s3, "prefix")
    assert set(output) == {"all.csv.out", "deep/some.csv.out"}
    assert output["all.csv.out"].startswith(output["deep/some.csv.out"])
    assert output["deep/some.csv.out"].count(b"\n") == 50


@pytest.mark.usefixtures("model")
def test_accept_chooses_the_form_of_the_answers(
    sagemaker: Any, s3: Any, runtime: Any, endpoint: str, features: bytes
) -> None:
    """The image writes JSON in batch mode where the environment selects what it answers."""
    transformed(
        sagemaker,
        "json",
        TransformOutput={"Accept": "application/jsonlines", "AssembleWith": "Line"},
        BatchStrategy="SingleRecord",
        Environment={"SAGEMAKER_INFERENCE_OUTPUT": "probability"},
    )
    answers = [json.loads(line) for line in stored(s3, "json")["all.csv.out"].splitlines()]
    scores = invoke(runtime, endpoint, features)["Body"].split()
    assert answers == [{"probability": float(score)} for score in scores]


@pytest.mark.usefixtures("model", "features")
def test_describe_repeats_the_request_and_tells_the_times(sagemaker: Any) -> None:
    request = transform_request("described", MaxPayloadInMB=1)
    sagemaker.create_transform_job(**request)
    first = sagemaker.describe_transform_job(TransformJobName="described")
    assert first["TransformJobStatus"] == "InProgress"
    waiter = sagemaker.get_waiter("transform_job_completed_or_stopped")
    waiter.wait(TransformJobName="described", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    job = ended(sagemaker, "described")
    # AWS shows these whether or not they were given.
    request["TransformInput"] = {"CompressionType": "None", **request["TransformInput"]}
    request["TransformOutput"] = {"AssembleWith": "None", "KmsKeyId": "", **request["TransformOutput"]}
    request["DataProcessing"] = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
    assert {member: job[member] for member in request} == request
    assert job["TransformJobArn"] == "arn:aws:sagemaker:us-east-1:123456789012:transform-job/described"
    assert job["CreationTime"] <= job["TransformStartTime"] <= job["TransformEndTime"]


@pytest.mark.usefixtures("model", "features")
def test_the_logs_tell_how_the_input_was_sent(sagemaker: Any, client: Any) -> None:
    resources = {**RESOURCES, "InstanceCount": 2}
    limits = {"MaxConcurrentTransforms": 3, "MaxPayloadInMB": 2, "BatchStrategy": "SingleRecord"}
    transformed(sagemaker, "logged", TransformResources=resources, **limits)
    (line,) = job_log(client, "TransformJobs", "logged", data_log=True)
    assert line.endswith(
        ":[sagemaker logs]: MaxConcurrentTransforms=3, MaxPayloadInMB=2, BatchStrategy=SINGLE_RECORD"
    )
    container = job_log(client, "TransformJobs", "logged")
    assert container[0] == "Local AWS transforms on one host, whatever InstanceCount asks for."
    assert any("Model loaded successfully" in line for line in container)


@pytest.mark.usefixtures("model", "features")
@pytest.mark.parametrize(
    ("name", "key", "body", "members", "reason", "lines"),
    [
        pytest.param(
            "header",
            "bad/header.csv",
            b"age,job,housing\n1,2,3\n",
            {},
            f"ClientError: {SEE_LOGS}",
            [": ClientError: 415", "bad/header.csv: Message:", "could not convert string to float"],
            id="header",
        ),
        pytest.param(
            "wide",
            "bad/wide.csv",
            b"1,2,3,4,5\n",
            {},
            f"ClientError: {SEE_LOGS}",
            [": ClientError: 400", "Unable to evaluate payload provided"],
            id="too-many-columns",
        ),
        pytest.param(
            "accept",
            "bad/fine.csv",
            b"1,2,3\n",
            {"TransformOutput": {"Accept": "text/html"}},
            f"ClientError: {SEE_LOGS}",
            [": ClientError: 406"],
            id="accept",
        ),
        pytest.param(
            "large",
            "bad/large.csv",
            b"1,2,3\n" * 200_000,
            {"TransformInput": {"SplitType": "None"}, "MaxPayloadInMB": 1},
            f"ClientError: {SEE_LOGS}",
            ["a record of 1200000 bytes is larger than MaxPayloadInMB"],
            id="too-large",
        ),
    ],
)
def test_what_the_container_refuses_fails_the_job_and_stands_in_the_data_log(
    *,
    sagemaker: Any,
    s3: Any,
    client: Any,
    name: str,
    key: str,
    body: bytes,
    members: dict[str, Any],
    reason: str,
    lines: list[str],
) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    job = transformed(sagemaker, f"bad-{name}", uri=f"s3://{BUCKET}/{key}", **members)
    assert (job["TransformJobStatus"], job["FailureReason"]) == ("Failed", reason)
    log = "\n".join(job_log(client, "TransformJobs", f"bad-{name}", data_log=True))
    assert [line for line in lines if line not in log] == []
    assert stored(s3, f"bad-{name}") == {}


@pytest.mark.usefixtures("features")
@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("no-model-file", archive(), f"AlgorithmError: {SEE_LOGS}"),
        ("no-archive", gzip.compress(b"x"), "ClientError: Failed to extract model data archive from URL"),
    ],
    ids=["no-model-file", "no-archive"],  # the bytes hold the time of day
)
def test_a_model_that_does_not_come_up(s3: Any, sagemaker: Any, name: str, data: bytes, reason: str) -> None:
    s3.put_object(Bucket=BUCKET, Key=f"models/{name}.tar.gz", Body=data)
    sagemaker.create_model(**model_request(name, f"s3://{BUCKET}/models/{name}.tar.gz"))
    job = transformed(sagemaker, name, ModelName=name)
    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)


@pytest.mark.usefixtures("model", "features")
@pytest.mark.parametrize(
    ("name", "members", "reason"),
    [
        (
            "no-objects",
            {"uri": f"s3://{BUCKET}/nothing/"},
            f'ClientError: No S3 objects found under S3 URL "s3://{BUCKET}/nothing/"',
        ),
        (
            "no-bucket",
            {"TransformOutput": {"S3OutputPath": "s3://no-such-bucket/x"}},
            "ClientError: Artifact upload failed: there is no bucket for s3://no-such-bucket/x/all.csv.out",
        ),
    ],
)
def test_what_aws_finds_out_when_the_job_runs(
    sagemaker: Any, name: str, members: dict[str, Any], reason: str
) -> None:
    job = transformed(sagemaker, f"run-{name}", **members)
    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)


@pytest.mark.usefixtures("model")
def test_stop_stores_nothing(s3: Any, sagemaker: Any, client: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="batch-many/rows.csv", Body=b"1,2,3\n" * 300_000)
    many = {"uri": f"s3://{BUCKET}/batch-many/", "BatchStrategy": "SingleRecord"}
    sagemaker.create_transform_job(**transform_request("stopped", **many))
    group = {"logGroupName": "/aws/sagemaker/TransformJobs", "logStreamNamePrefix": "stopped/"}
    wait_until(
        lambda: any(
            stream["logStreamName"].endswith("data-log")
            for stream in client("logs").describe_log_streams(**group)["logStreams"]
        )
    )
    sagemaker.stop_transform_job(TransformJobName="stopped")
    job = ended(sagemaker, "stopped")
    assert job["TransformJobStatus"] == "Stopped"
    assert "FailureReason" not in job
    assert stored(s3, "stopped") == {}
    assert refused(sagemaker.stop_transform_job, TransformJobName="stopped") == (
        "ValidationException",
        "The request was rejected because the transform job is in status Stopped.",
    )


@pytest.mark.usefixtures("model", "features")
@pytest.mark.parametrize(
    ("members", "message"),
    [
        pytest.param(
            {"ModelName": "absent"},
            'Could not find model "arn:aws:sagemaker:us-east-1:123456789012:model/absent".',
            id="no-model",
        ),
        pytest.param(
            {"TransformInput": {"SplitType": "RecordIO"}},
            "Local AWS has no SplitType RecordIO; it splits input by None or Line.",
            id="recordio",
        ),
        pytest.param(
            {
                "TransformInput": {
                    "DataSource": {
                        "S3DataSource": {"S3DataType": "AugmentedManifestFile", "S3Uri": f"s3://{BUCKET}/m"}
                    }
                }
            },
            "Local AWS has no S3DataType AugmentedManifestFile for transform jobs; it reads S3Prefix and "
            "ManifestFile.",
            id="augmented-manifest",
        ),
        pytest.param(
            {"DataProcessing": {"InputFilter": "$.a_b"}},
            'Invalid InputFilter: "$.a_b". Unexpected "a" in JsonPath. Supported operators for "text/csv" '
            "are ['$', '[', ']', '*', '.', ' ', ',', ':', '-']",
            id="filter",
        ),
        pytest.param(
            {"MaxPayloadInMB": 101},
            "MaxPayloadInMB, and MaxConcurrentTransforms * MaxPayloadInMB, cannot exceed 100.",
            id="payload",
        ),
        pytest.param(
            {"MaxPayloadInMB": 30, "MaxConcurrentTransforms": 4},
            "MaxPayloadInMB, and MaxConcurrentTransforms * MaxPayloadInMB, cannot exceed 100.",
            id="payloads-at-once",
        ),
    ],
)
def test_refused_before_it_starts(sagemaker: Any, members: dict[str, Any], message: str) -> None:
    request = transform_request("refused", **members)
    assert refused(sagemaker.create_transform_job, **request) == ("ValidationException", message)


@pytest.mark.parametrize("operation", ["describe_transform_job", "stop_transform_job"])
def test_an_absent_job(sagemaker: Any, operation: str) -> None:
    answer = refused(getattr(sagemaker, operation), TransformJobName="absent")
    assert answer == ("ValidationException", "Could not find requested job with name: absent")


@pytest.mark.usefixtures("model", "features")
def test_list_shows_the_newest_first_and_a_name_is_used_once(sagemaker: Any) -> None:
    for name in ("listed-1", "listed-2"):
        transformed(sagemaker, name)
    found = listed(sagemaker, "list_transform_jobs", NameContains="listed-")
    assert [job["TransformJobName"] for job in found] == ["listed-2", "listed-1"]
    code, message = refused(sagemaker.create_transform_job, **transform_request("listed-1"))
    assert code == "ResourceInUse"
    assert message.endswith(f"a job with this name already exists ({found[1]['TransformJobArn']})")
