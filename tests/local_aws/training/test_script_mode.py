"""Script mode of the XGBoost image: the user's program trains, with what SageMaker's toolkit gives it."""

import io
import json
import tarfile
from typing import Any

import pytest
import sklearn

from tests.aws.answers import refused
from tests.aws.job_logs import job_log
from tests.aws.processing_jobs import SCIKIT_LEARN
from tests.aws.sagemaker_requests import channel, training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import finished, in_training
from tests.aws.tuning_jobs import tuning_request
from tests.aws.waiting import wait_until
from tests.project import PROJECT

pytestmark = pytest.mark.usefixtures("s3")

KNN = "382416733822.dkr.ecr.us-east-1.amazonaws.com/knn:1"
TRAINS = """
import argparse, json, os
from pathlib import Path

import numpy as np
import xgboost

import helper

parser = argparse.ArgumentParser()
parser.add_argument("--num_round", type=int)
parser.add_argument("--objective")
arguments = parser.parse_args()
rows = np.loadtxt(Path(os.environ["SM_CHANNEL_TRAIN"]) / "train.csv", delimiter=",")
matrix = xgboost.DMatrix(rows[:, 1:], rows[:, 0])
booster = xgboost.train({"objective": arguments.objective}, matrix, arguments.num_round)
booster.save_model(Path(os.environ["SM_MODEL_DIR"]) / "model.json")
seen = {name: text for name, text in os.environ.items() if name.startswith("SM_") or name == "MINE"}
seen |= {"here": os.getcwd(), "helped": helper.ANSWER}
(Path(os.environ["SM_OUTPUT_DATA_DIR"]) / "seen.json").write_text(json.dumps(seen))
print("trained on", len(rows), "rows")
"""
ENDS = """
import signal, sys, time

def save(*_):
    open("/opt/ml/model/saved", "w").write("in time")
    sys.exit(0)

signal.signal(signal.SIGTERM, save)
print("ready", flush=True)
time.sleep(600)
"""


def put_source(s3: Any, name: str, **files: str) -> dict[str, str]:
    """Put an archive of Python files; returns the hyperparameters that name it, as SDKs write them."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for stem, text in files.items():
            member = tarfile.TarInfo(f"{stem}.py")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    s3.put_object(Bucket=BUCKET, Key=f"source/{name}.tar.gz", Body=content.getvalue())
    directory = f"s3://{BUCKET}/source/{name}.tar.gz"
    return {"sagemaker_program": '"train.py"', "sagemaker_submit_directory": json.dumps(directory)}


def start(sagemaker: Any, s3: Any, name: str, source: dict[str, str], **given: str) -> None:
    """Start a job of a source's files, with hyperparameters of the script's own."""
    hyperparameters = {**put_source(s3, name, **source), **given}
    request = training_request(name, HyperParameters=hyperparameters, Environment={"MINE": "yes"})
    sagemaker.create_training_job(**request)


def unpacked(s3: Any, name: str, archive: str) -> dict[str, bytes]:
    """Read the files of an archive that a job has left."""
    body = s3.get_object(Bucket=BUCKET, Key=f"output/{name}/output/{archive}")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as files:
        opened = {member.name: files.extractfile(member) for member in files.getmembers()}
        return {member: file.read() for member, file in opened.items() if file is not None}


def test_a_script_trains(sagemaker: Any, s3: Any, client: Any) -> None:
    source = {"train": TRAINS, "helper": "ANSWER = 42\n"}
    start(sagemaker, s3, "script", source, num_round="3", objective='"binary:logistic"')
    job = finished(sagemaker, "script")
    lines = job_log(client, "TrainingJobs", "script")
    assert job["TrainingJobStatus"] == "Completed", lines
    assert "trained on 200 rows" in lines
    assert list(unpacked(s3, "script", "model.tar.gz")) == ["model.json"]
    seen = json.loads(unpacked(s3, "script", "output.tar.gz")["seen.json"])
    assert (seen["helped"], seen["here"], seen["MINE"]) == (42, "/opt/ml/code", "yes")
    assert json.loads(seen["SM_HPS"]) == {"num_round": 3, "objective": "binary:logistic"}
    assert json.loads(seen["SM_USER_ARGS"]) == ["--num_round", "3", "--objective", "binary:logistic"]
    assert (seen["SM_HP_NUM_ROUND"], seen["SM_CHANNELS"]) == ("3", '["train"]')
    assert (seen["SM_MODEL_DIR"], seen["SM_HOSTS"]) == ("/opt/ml/model", '["algo-1"]')


def test_the_scikit_learn_image_runs_scripts(sagemaker: Any, s3: Any, client: Any) -> None:
    trains = "import sklearn\nopen('/opt/ml/model/version', 'w').write(sklearn.__version__)\n"
    specification = {"TrainingImage": SCIKIT_LEARN, "TrainingInputMode": "File"}
    source = put_source(s3, "sklearn", train=trains)
    request = training_request("sklearn", AlgorithmSpecification=specification, HyperParameters=source)
    sagemaker.create_training_job(**request)
    assert finished(sagemaker, "sklearn")["TrainingJobStatus"] == "Completed"
    assert unpacked(s3, "sklearn", "model.tar.gz") == {"version": sklearn.__version__.encode()}
    assert "Local AWS runs sagemaker-scikit-learn:1.2-1 on the libraries of" in "".join(
        job_log(client, "TrainingJobs", "sklearn")
    )
    request = training_request("no-script", AlgorithmSpecification=specification, HyperParameters={})
    assert refused(sagemaker.create_training_job, **request) == (
        "ValidationException",
        (
            "The image sagemaker-scikit-learn:1.2-1 has no algorithm of its own. Name your script by the "
            "hyperparameters sagemaker_program and sagemaker_submit_directory, or a command as "
            "ContainerEntrypoint."
        ),
    )


def test_values_are_told_as_the_toolkit_tells_them(sagemaker: Any, s3: Any) -> None:
    writes = (
        "import os, sys\n"
        "told = sys.argv[1:] + [os.environ['SM_HP_' + name] for name in ('FLAG', 'MAP', 'WORD')]\n"
        "open('/opt/ml/model/told', 'w').write('|'.join(told))\n"
    )
    start(
        sagemaker, s3, "told", {"train": writes}, flag="true", map='{"b": 1, "a": "x"}', word="plain", x="[1]"
    )
    assert finished(sagemaker, "told")["TrainingJobStatus"] == "Completed"
    assert unpacked(s3, "told", "model.tar.gz")["told"].decode().split("|") == [
        *("--flag", "True", "--map", "a=x,b=1", "--word", "plain", "-x", "[1]"),
        *("true", '{"a":"x","b":1}', "plain"),
    ]


def test_a_script_that_fails_fails_the_job_with_its_exit_code(sagemaker: Any, s3: Any) -> None:
    start(
        sagemaker,
        s3,
        "exits",
        {"train": "import sys\nsys.exit(3)\n"},
        depth="2",
        sagemaker_region='"us-east-1"',
    )
    job = finished(sagemaker, "exits")
    assert (job["TrainingJobStatus"], job["FailureReason"]) == (
        "Failed",
        (
            'AlgorithmError: ExecuteUserScriptError:\nExitCode 3\nErrorMessage ""\n'
            'Command "python3 train.py --depth 2", exit code: 3'
        ),
    )


COMMANDS: list[Any] = [
    ("exits", "exit 3", [], "AlgorithmError: , exit code: 3"),
    ("tells", "echo no rows > /opt/ml/output/failure; exit 1", [], "AlgorithmError: no rows\n"),
    ("saves", 'cp /opt/ml/input/data/train/train.csv "/opt/ml/model/$0"', ["rows.csv"], None),
    ("reaches", 'echo x > "$0"', [str(PROJECT / "by-a-command")], "AlgorithmError: , exit code: "),
]


@pytest.mark.parametrize(
    ("name", "command", "arguments", "reason"), COMMANDS, ids=[one[0] for one in COMMANDS]
)
def test_a_command_of_the_users_runs(  # noqa: PLR0917 - fixtures
    sagemaker: Any, s3: Any, name: str, command: str, arguments: list[str], reason: str | None
) -> None:
    specification = {
        "TrainingImage": SCIKIT_LEARN,
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["/bin/bash", "-c", command],
        **({"ContainerArguments": arguments} if arguments else {}),
    }
    job_name = f"command-{name}"
    sagemaker.create_training_job(**training_request(job_name, AlgorithmSpecification=specification))
    job = finished(sagemaker, job_name)
    assert job["TrainingJobStatus"] == ("Completed" if reason is None else "Failed")
    assert (job.get("FailureReason") or "").startswith(reason or "")
    assert not (PROJECT / "by-a-command").exists()
    if reason is None:
        train = s3.get_object(Bucket=BUCKET, Key="train/train.csv")["Body"].read()
        assert unpacked(s3, job_name, "model.tar.gz") == {"rows.csv": train}


def test_what_a_script_writes_to_the_failure_file_is_the_reason(sagemaker: Any, s3: Any) -> None:
    tells = 'open("/opt/ml/output/failure", "w").write("no rows")\nraise SystemExit(1)\n'
    start(sagemaker, s3, "tells", {"train": tells})
    assert finished(sagemaker, "tells")["FailureReason"] == "AlgorithmError: no rows"


def test_a_script_that_is_stopped_saves(sagemaker: Any, s3: Any, client: Any) -> None:
    start(sagemaker, s3, "ends", {"train": ENDS})
    in_training(sagemaker, "ends")
    wait_until(lambda: "ready" in job_log(client, "TrainingJobs", "ends"))
    sagemaker.stop_training_job(TrainingJobName="ends")
    assert finished(sagemaker, "ends")["TrainingJobStatus"] == "Stopped"
    assert unpacked(s3, "ends", "model.tar.gz") == {"saved": b"in time"}


def test_a_script_without_its_source_fails(sagemaker: Any, s3: Any) -> None:
    given = {**put_source(s3, "gone", train=""), "sagemaker_submit_directory": f"s3://{BUCKET}/gone.tar.gz"}
    sagemaker.create_training_job(**training_request("gone", HyperParameters=given))
    job = finished(sagemaker, "gone")
    assert job["FailureReason"] == f"ClientError: Data download failed: s3://{BUCKET}/gone.tar.gz"


@pytest.mark.parametrize(
    ("changes", "members", "message"),
    [
        ({"sagemaker_submit_directory": ""}, {}, "Script mode needs both hyperparameters, "),
        ({"sagemaker_mpi_enabled": "true"}, {}, "Local AWS has no sagemaker_mpi_enabled in script mode; "),
        ({"sagemaker_program": "train.sh"}, {}, "Local AWS cannot run sagemaker_program train.sh. "),
        ({"sagemaker_program": "../train.py"}, {}, "Local AWS cannot run sagemaker_program ../train.py. "),
        (
            {"sagemaker_submit_directory": "/opt/ml/code"},
            {},
            "Local AWS cannot read sagemaker_submit_directory /opt/ml/code. ",
        ),
        ({}, {"EnableNetworkIsolation": True}, "EnableNetworkIsolation keeps the container from s3://"),
        (
            {},
            {"AlgorithmSpecification": {"TrainingImage": KNN, "TrainingInputMode": "File"}},
            "Local AWS has no script mode for knn:1, and would ignore the hyperparameter sagemaker_program. ",
        ),
    ],
)
def test_refused(
    sagemaker: Any, s3: Any, changes: dict[str, str], members: dict[str, Any], message: str
) -> None:
    hyperparameters = {**put_source(s3, "refused", train=""), **changes}
    request = training_request("refused-script", HyperParameters=hyperparameters, **members)
    code, told = refused(sagemaker.create_training_job, **request)
    assert code == "ValidationException"
    assert told.startswith(message)


def test_a_tuning_job_tunes_no_script(sagemaker: Any, s3: Any) -> None:
    channels = [channel(), channel("validation")]
    request = tuning_request(
        "scripts", static=put_source(s3, "tuned", train=""), definition={"InputDataConfig": channels}
    )
    assert refused(sagemaker.create_hyper_parameter_tuning_job, **request)[1].startswith(
        "Local AWS has no script mode for tuning jobs, and would ignore the hyperparameter sagemaker_program."
    )
