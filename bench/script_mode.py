"""Seconds and memory of script mode: a training job that does next to nothing, an endpoint of a script."""

import io
import statistics
import tarfile
from typing import Any

import psutil

from bench.figures import Figure, show
from bench.tutorial import NAME, LocalAws, local_aws, poll
from tests.aws.sagemaker_requests import deployment_requests, model_request, training_request
from tests.aws.training_data import BUCKET

_TRAINS = b"open('/opt/ml/model/model', 'w').write('trained')"
_SERVES = b"""
import pathlib
import xgboost

def model_fn(model_dir):
    return xgboost.Booster(model_file=bytearray(pathlib.Path(model_dir, "xgboost-model").read_bytes()))
"""
_TIMES = 5


def _packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return content.getvalue()


def _train(aws: LocalAws, name: str) -> float:
    """Train with the script. Return the seconds that its container ran."""
    directory = f"s3://{BUCKET}/code/train.tar.gz"
    script = {"sagemaker_program": "train.py", "sagemaker_submit_directory": directory}
    aws.sagemaker.create_training_job(**training_request(name, HyperParameters=script))

    def job() -> dict[str, Any]:
        described: dict[str, Any] = aws.sagemaker.describe_training_job(TrainingJobName=name)
        return described

    if (status := poll(lambda: job()["TrainingJobStatus"], {"InProgress"})) != "Completed":
        raise SystemExit(f"the script's training ended as {status}")
    (ran,) = (one for one in job()["SecondaryStatusTransitions"] if one["Status"] == "Training")
    seconds: float = (ran["EndTime"] - ran["StartTime"]).total_seconds()
    return seconds


def _configure_script(aws: LocalAws) -> None:
    """Make a model of the tutorial's booster that a script serves, and a configuration of it."""
    built_in = aws.sagemaker.describe_model(ModelName=NAME)["PrimaryContainer"]["ModelDataUrl"]
    body = aws.s3.get_object(Bucket=BUCKET, Key=built_in.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        booster = archive.extractfile("xgboost-model")
        if booster is None:
            raise SystemExit("the tutorial's model is no file")
        packed = _packed({"xgboost-model": booster.read(), "code/inference.py": _SERVES})
    aws.s3.put_object(Bucket=BUCKET, Key="code/model.tar.gz", Body=packed)
    request = model_request("script", f"s3://{BUCKET}/code/model.tar.gz")
    request["PrimaryContainer"]["Environment"] = {"SAGEMAKER_PROGRAM": "inference.py"}
    aws.sagemaker.create_model(**request)
    aws.sagemaker.create_endpoint_config(**deployment_requests("script", "")["EndpointConfig"])


def _memory_below(server: psutil.Process) -> float:
    """Return what the processes below the server hold, in MB of 2**20 bytes; shared pages in shares."""
    return sum(child.memory_full_info().pss for child in server.children(recursive=True)) / 2**20


def main() -> None:
    """Print the figures: medians of five, and the memory of an endpoint that has served."""
    with local_aws() as aws:
        aws.s3.put_object(Bucket=BUCKET, Key="code/train.tar.gz", Body=_packed({"train.py": _TRAINS}))
        training = [_train(aws, f"script-{number}") for number in range(_TIMES)]
        aws.train(NAME)
        aws.configure(NAME)
        _configure_script(aws)
        starts = []
        for number in range(_TIMES):
            starts.append(aws.deploy(f"script-{number}", "script"))
            if number < _TIMES - 1:
                aws.sagemaker.delete_endpoint(EndpointName=f"script-{number}")
        server = psutil.Process(aws.server.process.pid)
        row = ",".join(["1"] * 59).encode()
        last = f"script-{_TIMES - 1}"
        aws.runtime.invoke_endpoint(EndpointName=last, ContentType="text/csv", Body=row)["Body"].read()
        memory = _memory_below(server)
    show(
        [
            Figure("training container of an empty script", statistics.median(training), "s", at_most=2),
            Figure("endpoint of a script, Creating to InService", statistics.median(starts), "s", at_most=8),
            Figure("memory of a script's endpoint that has served", memory, "MB", at_most=350),
        ]
    )


if __name__ == "__main__":
    main()
