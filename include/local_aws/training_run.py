"""Runs a training job: downloads its input, trains in a container, uploads the model."""

import io
import json
import logging
import subprocess
import tarfile
import time

from include.local_aws.algorithms.errors import ClientError
from include.local_aws.container import Container
from include.local_aws.resources import Region
from include.local_aws.storage import NoSuchObjectError, S3Url
from include.local_aws.training_channels import download_channel, download_objects
from include.local_aws.training_states import TrainingJob

_LOG = logging.getLogger(__name__)
# SageMaker's jobs start for a minute; ours for long enough that whoever asks at once sees it.
_STARTING_SECONDS = 0.25


def run_training(region: Region, job: TrainingJob) -> None:
    """Takes a job from Starting to its end: download, training, upload. A failure is the job's."""
    log = region.log_stream("/aws/sagemaker/TrainingJobs", f"{job.name}/algo-1-{int(time.time())}")
    if job.algorithm.image != job.algorithm.kept_image:
        log.append(f"Local AWS runs {job.algorithm.image} on the libraries of {job.algorithm.kept_image}.")
    if job.request["ResourceConfig"].get("InstanceCount", 1) > 1:
        log.append("Local AWS trains on one host, whatever InstanceCount asks for.")
    try:
        environment = job.request.get("Environment", {})
        with region.background.container(job.algorithm.name, "train", environment, log.append) as container:
            _run_in(container, region, job)
    except Exception as error:
        _LOG.exception("training job %s failed inside local AWS", job.name)
        with region.lock:
            job.fail(f"InternalServerError: {error}")


def _run_in(container: Container, region: Region, job: TrainingJob) -> None:
    time.sleep(_STARTING_SECONDS)
    with region.lock:
        if job.status == "Stopping":
            job.end_stopped()
            return
        job.start_time = time.time()
        job.enter("Downloading", "Downloading input data")
    try:
        _write_input(container, region, job)
    except (NoSuchObjectError, ValueError, OSError) as error:
        with region.lock:
            job.fail(f"ClientError: Data download failed: {error}")
        return
    with region.lock:
        if job.status == "Stopping":
            job.end_stopped()
            return
        container.start()
        job.container = container
        job.enter("Training", "Training image download completed. Training in progress.")
    exit_code, is_out_of_time = _wait(container, job)
    with region.lock:
        job.container = None
        is_cut_short = is_out_of_time or job.status == "Stopping"
        if exit_code != 0 and not is_cut_short:
            job.fail(_failure_reason(container, exit_code))
            return
        if not is_cut_short:
            job.enter("Uploading", "Uploading generated training model")
    try:
        _upload(container, region, job)
    except NoSuchObjectError as error:
        with region.lock:
            job.fail(f"ClientError: Artifact upload failed: there is no bucket for {error}")
        return
    with region.lock:
        if is_out_of_time:
            message = "Training job runtime exceeded MaxRuntimeInSeconds provided"
            job.end("Stopped", "MaxRuntimeExceeded", message)
        elif job.status == "Stopping":
            job.end_stopped()
        else:
            job.end("Completed", "Completed", "Training job completed")


def _write_input(container: Container, region: Region, job: TrainingJob) -> None:
    opt_ml = container.opt_ml
    channels = job.request.get("InputDataConfig", [])
    config = {
        channel["ChannelName"]: {
            "TrainingInputMode": "File",
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
        }
        for channel in channels
    }
    hosts = {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"}
    opt_ml.input_data_config.write_text(json.dumps(config))
    opt_ml.resource_config.write_text(json.dumps(hosts))
    opt_ml.hyperparameters.write_text(json.dumps(job.request.get("HyperParameters", {})))
    for channel in channels:
        download_channel(channel, opt_ml, region.storage)
    if "CheckpointConfig" in job.request:
        download_objects(_checkpoints_at(job), opt_ml.checkpoints, region.storage)


def _wait(container: Container, job: TrainingJob) -> tuple[int, bool]:
    """Waits for the end of training: the exit code, and whether MaxRuntimeInSeconds brought it about."""
    try:
        return container.wait(job.longest_run), False
    except subprocess.TimeoutExpired:
        container.terminate()
        return container.wait(), True


def _failure_reason(container: Container, exit_code: int) -> str:
    failure = container.opt_ml.failure
    if failure.is_file():
        kind = "ClientError" if exit_code == ClientError.exit_code else "AlgorithmError"
        return f"{kind}: {failure.read_text(errors='replace')}"
    # A shell's way, and SageMaker's, of telling a signal.
    shown = 128 - exit_code if exit_code < 0 else exit_code
    return f"AlgorithmError: , exit code: {shown}"


def _upload(container: Container, region: Region, job: TrainingJob) -> None:
    """Packs what the algorithm left in model/ and output/data/, if anything, and keeps its checkpoints."""
    opt_ml, artifacts = container.opt_ml, job.artifacts
    output = S3Url(artifacts.bucket, artifacts.key.replace("model.tar.gz", "output.tar.gz"))
    for directory, target in ((opt_ml.model, artifacts), (opt_ml.output_data, output)):
        if directory.is_dir() and (files := sorted(directory.iterdir())):
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w:gz") as packed:
                for file in files:
                    packed.add(file, arcname=file.name)
            region.storage.write(target, archive.getvalue())
    if "CheckpointConfig" in job.request:
        kept_at = _checkpoints_at(job)
        for file in opt_ml.checkpoints.rglob("*"):
            if file.is_file():
                key = f"{kept_at.key}{file.relative_to(opt_ml.checkpoints)}"
                region.storage.write(S3Url(kept_at.bucket, key), file.read_bytes())


def _checkpoints_at(job: TrainingJob) -> S3Url:
    """The prefix of the job's checkpoints, which ends in a slash where it is not empty."""
    url = S3Url.parse(job.request["CheckpointConfig"]["S3Uri"])
    return S3Url(url.bucket, url.key and f"{url.key.rstrip('/')}/")
