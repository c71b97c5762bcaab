"""Processing jobs through the API: a script of the caller's, its files, its messages and its ends."""

import json
from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.job_logs import job_log
from tests.aws.lists import listed
from tests.aws.processing_jobs import SCIKIT_LEARN, SCRIPT, ended, processing_request, s3_input, s3_output
from tests.aws.training_data import BUCKET
from tests.aws.waiting import wait_until

pytestmark = pytest.mark.usefixtures("s3")

OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/mine:1"
COPIES = """
import argparse, json, os, pathlib, sys
parser = argparse.ArgumentParser()
parser.add_argument("--to", type=pathlib.Path)
target = parser.parse_args().to
rows = open("/opt/ml/processing/input/data/train.csv").read()
target.joinpath("deep").mkdir()
target.joinpath("deep", "rows.csv").write_text(rows.upper())
target.joinpath("facts.json").write_text(json.dumps({
    "arguments": sys.argv[1:], "environment": dict(os.environ), "path": sys.path,
    "config": json.load(open("/opt/ml/config/processingjobconfig.json")),
    "hosts": json.load(open("/opt/ml/config/resourceconfig.json")),
}))
open("/opt/ml/output/message", "w").write("copied " + "x" * 2000)
print("a line\\tof the log")
"""


def processed(s3: Any, sagemaker: Any, name: str, script: str, *arguments: str, **members: Any) -> Any:
    """Runs a script to its end and describes the job."""
    s3.put_object(Bucket=BUCKET, Key=f"{name}/script.py", Body=script.encode())
    sagemaker.create_processing_job(**processing_request(name, *arguments, **members))
    return ended(sagemaker, name)


def content(s3: Any, key: str) -> bytes:
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


@pytest.fixture(scope="module")
def copied(s3: Any, sagemaker: Any) -> dict[str, Any]:
    return processed(
        s3,
        sagemaker,
        "copies",
        COPIES,
        "--to",
        "/opt/ml/processing/output",
        Environment={"ASKED_FOR": "yes"},
    )


@pytest.fixture(scope="module")
def facts(copied: dict[str, Any], s3: Any) -> dict[str, Any]:
    assert copied["ProcessingJobStatus"] == "Completed", copied
    return json.loads(content(s3, "processed/copies/facts.json"))


def test_a_script_finds_its_input_where_aws_puts_it_and_its_output_is_stored(
    copied: dict[str, Any], s3: Any
) -> None:
    assert copied["ProcessingJobStatus"] == "Completed"
    assert content(s3, "processed/copies/deep/rows.csv") == content(s3, "train/train.csv").upper()


def test_arguments_environment_and_configuration_are_the_requests(facts: dict[str, Any]) -> None:
    assert facts["arguments"] == ["--to", "/opt/ml/processing/output"]
    assert facts["environment"]["ASKED_FOR"] == "yes"
    assert facts["config"]["AppSpecification"]["ContainerEntrypoint"] == ["python3", SCRIPT]
    assert facts["config"]["ProcessingJobArn"].endswith(":processing-job/copies")
    assert facts["hosts"] == {"current_host": "algo-1", "hosts": ["algo-1"]}


def test_the_callers_credentials_and_our_own_modules_are_out_of_reach(facts: dict[str, Any]) -> None:
    assert not [name for name in facts["environment"] if name.startswith(("AWS_", "AIRFLOW"))]
    assert "PYTHONPATH" not in facts["environment"]


def test_describe_tells_request_times_and_the_first_kilobyte_of_the_message(copied: dict[str, Any]) -> None:
    request = processing_request("copies", "--to", "/opt/ml/processing/output")
    assert {member: copied[member] for member in request} == request
    assert copied["ExitMessage"] == ("copied " + "x" * 2000)[:1024]
    assert copied["CreationTime"] <= copied["ProcessingStartTime"] <= copied["ProcessingEndTime"]
    assert copied["ProcessingJobArn"] == "arn:aws:sagemaker:us-east-1:123456789012:processing-job/copies"


def test_the_log_has_the_scripts_lines(copied: dict[str, Any], client: Any) -> None:
    assert job_log(client, "ProcessingJobs", copied["ProcessingJobName"]) == ["a line#011of the log"]


def test_boto3s_waiter_sees_the_end(s3: Any, sagemaker: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="waited/script.py", Body=b"pass")
    sagemaker.create_processing_job(**processing_request("waited"))
    assert (
        sagemaker.describe_processing_job(ProcessingJobName="waited")["ProcessingJobStatus"] == "InProgress"
    )
    waiter = sagemaker.get_waiter("processing_job_completed_or_stopped")
    waiter.wait(ProcessingJobName="waited", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert ended(sagemaker, "waited")["ProcessingJobStatus"] == "Completed"


@pytest.mark.parametrize(
    ("name", "script", "reason"),
    [
        ("exits", "raise SystemExit(3)", "AlgorithmError: , exit code: 3"),
        ("raises", "raise ValueError('no')", "AlgorithmError: , exit code: 1"),
        ("is-killed", "import os; os.kill(os.getpid(), 9)", "AlgorithmError: , exit code: 137"),
        (
            "garbles",
            "open('/opt/ml/output/message', 'wb').write(b'\\xff')",
            "ClientError: the exit message is not UTF-8",
        ),
    ],
)
def test_a_failed_job_says_why_and_stores_nothing(
    s3: Any, sagemaker: Any, name: str, script: str, reason: str
) -> None:
    writes = "open('/opt/ml/processing/output/half', 'w').write('x')\n"
    job = processed(s3, sagemaker, name, writes + script)
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)
    assert not s3.list_objects_v2(Bucket=BUCKET, Prefix=f"processed/{name}/")["KeyCount"]


def test_a_manifest_chooses_the_input(s3: Any, sagemaker: Any) -> None:
    for name in ("a", "b"):
        s3.put_object(Bucket=BUCKET, Key=f"listed/deep/{name}.csv", Body=name.encode())
    manifest = [{"prefix": f"s3://{BUCKET}/listed/"}, "deep/b.csv"]
    s3.put_object(Bucket=BUCKET, Key="chosen.manifest", Body=json.dumps(manifest).encode())
    path = "/opt/ml/processing/input/data"
    inputs = [
        s3_input("code", f"s3://{BUCKET}/chooses/script.py", "/opt/ml/processing/input/code"),
        s3_input("data", f"s3://{BUCKET}/chosen.manifest", path, S3DataType="ManifestFile"),
    ]
    script = (
        "import pathlib; print(*[(f.name, f.read_text()) for f in "
        f"pathlib.Path({path!r}).rglob('*.*')], file=open('/opt/ml/output/message', 'w'))"
    )
    job = processed(s3, sagemaker, "chooses", script, ProcessingInputs=inputs)
    assert (job["ProcessingJobStatus"], job["ExitMessage"]) == ("Completed", "('b.csv', 'b')\n")


def test_a_failed_jobs_message_is_shown(s3: Any, sagemaker: Any) -> None:
    script = "open('/opt/ml/output/message', 'w').write('rows are missing'); raise SystemExit(1)"
    job = processed(s3, sagemaker, "tells", script)
    assert (job["ProcessingJobStatus"], job["ExitMessage"]) == ("Failed", "rows are missing")


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        (
            "no-input",
            {
                "ProcessingInputs": [
                    s3_input("data", f"s3://{BUCKET}/nothing/", "/opt/ml/processing/input/data")
                ]
            },
            f'ClientError: No S3 objects found under S3 URL "s3://{BUCKET}/nothing/"',
        ),
        (
            "no-bucket",
            {"ProcessingOutputConfig": {"Outputs": [s3_output(S3Uri="s3://no-such-bucket/x")]}},
            "ClientError: Artifact upload failed: there is no bucket for s3://no-such-bucket/x/file",
        ),
        (
            "no-command",
            {"AppSpecification": {"ImageUri": SCIKIT_LEARN, "ContainerEntrypoint": ["no-such-command"]}},
            "AlgorithmError: , exit code: 127",
        ),
    ],
)
def test_what_aws_finds_out_when_the_job_runs(
    s3: Any, sagemaker: Any, name: str, changes: dict[str, Any], reason: str
) -> None:
    job = processed(s3, sagemaker, name, "open('/opt/ml/processing/output/file', 'w').write('x')", **changes)
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)


WAITS = """
import signal, sys, time
def leave(*_):
    print("told to stop", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
time.sleep(60)
"""


def test_stop_lets_the_script_put_itself_in_order(s3: Any, sagemaker: Any, client: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="stopped/script.py", Body=WAITS.encode())
    sagemaker.create_processing_job(**processing_request("stopped"))
    group = {"logGroupName": "/aws/sagemaker/ProcessingJobs", "logStreamNamePrefix": "stopped/"}
    wait_until(lambda: client("logs").describe_log_streams(**group)["logStreams"])
    wait_until(lambda: "ready" in job_log(client, "ProcessingJobs", "stopped"))
    sagemaker.stop_processing_job(ProcessingJobName="stopped")
    assert ended(sagemaker, "stopped")["ProcessingJobStatus"] == "Stopped"
    assert job_log(client, "ProcessingJobs", "stopped") == ["ready", "told to stop"]
    assert refused(sagemaker.stop_processing_job, ProcessingJobName="stopped") == (
        "ValidationException",
        "The request was rejected because the processing job is in status Stopped.",
    )


@pytest.mark.slow
def test_longest_run(s3: Any, sagemaker: Any) -> None:
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 1}}
    job = processed(s3, sagemaker, "too-long", "import time; time.sleep(60)", **limit)
    assert job["ProcessingJobStatus"] == "Stopped"
    seconds = (job["ProcessingEndTime"] - job["ProcessingStartTime"]).total_seconds()
    assert 1 <= seconds < 5


def test_a_script_of_an_image_that_is_not_sagemakers_runs_in_this_environment(
    s3: Any, sagemaker: Any, client: Any
) -> None:
    own = {"ImageUri": OWN, "ContainerEntrypoint": ["python3", SCRIPT]}
    script = "import numpy; print(numpy.__name__)"
    job = processed(s3, sagemaker, "own-image", script, AppSpecification=own)
    assert job["ProcessingJobStatus"] == "Completed"
    assert job_log(client, "ProcessingJobs", "own-image") == [
        "Local AWS has no such image: the command has the packages of this environment.",
        "numpy",
    ]


def application(**members: Any) -> dict[str, Any]:
    return {"AppSpecification": {"ImageUri": SCIKIT_LEARN, "ContainerEntrypoint": ["python3"], **members}}


def with_input(**members: Any) -> dict[str, Any]:
    path = "/opt/ml/processing/input/data"
    return {"ProcessingInputs": [s3_input("data", f"s3://{BUCKET}/train/", path, **members)]}


def with_output(**members: Any) -> dict[str, Any]:
    return {"ProcessingOutputConfig": {"Outputs": [s3_output(**members)]}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            application(
                ImageUri="173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.5"
            ),
            'Local AWS cannot process with the image "173754725891.dkr.ecr.us-east-1.amazonaws.com/'
            'sagemaker-spark-processing:3.5". '
            "It runs scripts for these SageMaker images, of any version and under any registry account: "
            "sagemaker-scikit-learn, ",
            id="unknown-image",
        ),
        pytest.param(
            application(ImageUri="mine:1"),
            'Local AWS cannot process with the image "mine:1".',
            id="no-image-of-ecr",
        ),
        pytest.param(
            application(ImageUri="382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"),
            'Local AWS cannot process with the image "382416733822.dkr.ecr.us-east-1.amazonaws.com/'
            'linear-learner:1".',
            id="an-algorithms-image",
        ),
        pytest.param(
            application(ImageUri=OWN, ContainerEntrypoint=["/opt/program"]),
            f'Local AWS has no image "{OWN}", whose command "/opt/program" may be anything: it runs python3.',
            id="a-program-of-another-image",
        ),
        pytest.param(
            {"AppSpecification": {"ImageUri": SCIKIT_LEARN}},
            "Local AWS needs the command as AppSpecification.ContainerEntrypoint.",
            id="no-entrypoint",
        ),
        pytest.param(
            with_input(S3InputMode="Pipe"),
            "Input data: local AWS has no S3InputMode Pipe; it has File.",
            id="pipe",
        ),
        pytest.param(
            with_input(S3CompressionType="Gzip"),
            "Input data: S3CompressionType Gzip needs S3InputMode Pipe, and it is File.",
            id="gzip",
        ),
        pytest.param(
            with_input(LocalPath="/tmp/data"),  # noqa: S108 - refused
            "Input data: LocalPath must be a path below /opt/ml/processing.",
            id="input-elsewhere",
        ),
        pytest.param(
            with_output(path="/opt/ml/processing/../../etc"),
            "Output out: LocalPath must be a path below /opt/ml/processing.",
            id="output-leads-out",
        ),
        pytest.param(
            with_output(S3UploadMode="Continuous"),
            "Output out: local AWS has no S3UploadMode Continuous; it has EndOfJob.",
            id="continuous",
        ),
        pytest.param(
            {"ProcessingInputs": [{"InputName": "data"}]},
            "Input data: local AWS has no input but S3Input.",
            id="no-s3-input",
        ),
        pytest.param(
            {"ProcessingOutputConfig": {"Outputs": [{"OutputName": "out"}]}},
            "Output out: local AWS has no output but S3Output.",
            id="no-s3-output",
        ),
        pytest.param(
            {"ProcessingInputs": with_input()["ProcessingInputs"] * 2},
            "Input names must be unique within a processing job.",
            id="input-twice",
        ),
        pytest.param(
            {
                "ProcessingInputs": [
                    s3_input(name, f"s3://{BUCKET}/train/", "/opt/ml/processing/x") for name in ("a", "b")
                ]
            },
            "LocalPaths of inputs must be unique within a processing job.",
            id="path-twice",
        ),
    ],
)
def test_refused_before_it_starts(sagemaker: Any, changes: dict[str, Any], message: str) -> None:
    request = {**processing_request("refused"), **changes}
    code, text = refused(sagemaker.create_processing_job, **request)
    assert code == "ValidationException"
    assert text.startswith(message)


def test_a_name_is_used_once_until_its_job_is_deleted(copied: dict[str, Any], sagemaker: Any) -> None:
    assert refused(sagemaker.create_processing_job, **processing_request("copies")) == (
        "ResourceInUse",
        (
            "Job name must be unique within an AWS account and region, and a job with this name already "
            f"exists ({copied['ProcessingJobArn']})"
        ),
    )


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("describe_processing_job", "ValidationException"),
        ("stop_processing_job", "ValidationException"),
        ("delete_processing_job", "ResourceNotFound"),
    ],
)
def test_an_absent_job(sagemaker: Any, operation: str, code: str) -> None:
    answer = refused(getattr(sagemaker, operation), ProcessingJobName="absent")
    assert answer == (code, "Could not find requested job with name: absent")


def test_list_and_delete(s3: Any, sagemaker: Any) -> None:
    for name in ("listed-1", "listed-2"):
        processed(s3, sagemaker, name, "pass")
    found = listed(sagemaker, "list_processing_jobs", NameContains="listed-", StatusEquals="Completed")
    assert [job["ProcessingJobName"] for job in found] == ["listed-2", "listed-1"]
    sagemaker.delete_processing_job(ProcessingJobName="listed-1")
    found = listed(sagemaker, "list_processing_jobs", NameContains="listed-")
    assert [job["ProcessingJobName"] for job in found] == ["listed-2"]
