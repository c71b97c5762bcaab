"""Run a training job: download its channels, train in a container, upload the model."""

import io
import json
import shutil
import subprocess
import tarfile
import time
from typing import ClassVar

from local_aws.containers.container import Container
from local_aws.errors import ClientError
from local_aws.jobs.job import Phase
from local_aws.jobs.run import JobRun
from local_aws.jobs.s3_input import data_objects, download
from local_aws.state.latency import SpotInterruption
from local_aws.state.resources import Region
from local_aws.storage.log_streams import LogStream, shown
from local_aws.storage.objects import S3Url
from local_aws.training.channels import download_channel, input_mode
from local_aws.training.command import Command
from local_aws.training.job import TrainingJob
from local_aws.training.limits import without_effect
from local_aws.training.script_mode import Script


class TrainingRun(JobRun[TrainingJob]):
    """One run of a training job. A job that is stopped keeps the model that it has saved."""

    UPLOADS_WHEN_CUT_SHORT: ClassVar[bool] = True
    CLIENT_ERRORS: ClassVar[tuple[int, ...]] = (ClientError.exit_code,)

    _log: LogStream
    """Of the instance that it has now."""
    _is_out_of_wait = False

    def __init__(self, region: Region, job: TrainingJob, script: Script | Command | None = None) -> None:
        super().__init__(region, job)
        self._script = script

    def _new_stream(self) -> LogStream:
        """Return the log stream of the next instance."""
        return self.region.log_stream(
            "/aws/sagemaker/TrainingJobs", f"{self.job.name}/algo-1-{int(time.time())}"
        )

    def open_container(self) -> Container:
        """Make a container of the job's algorithm, which logs to the job's stream."""
        job = self.job
        log = self._log = self._new_stream()
        if job.algorithm.image != job.algorithm.kept_image:
            log.append(
                f"Local AWS runs {job.algorithm.image} on the libraries of {job.algorithm.kept_image}."
            )
        if job.request["ResourceConfig"].get("InstanceCount", 1) > 1:
            log.append("Local AWS trains on one host, whatever InstanceCount asks for.")
        for note in without_effect(job.request):
            log.append(note)
        for channel in job.request.get("InputDataConfig", []):
            if input_mode(channel, job.request) == "FastFile":
                name = channel["ChannelName"]
                log.append(
                    f"Local AWS copies channel {name} before the start, as in File mode, where FastFile "
                    "streams it."
                )

        def show(line: str) -> None:
            self._log.append(line)
            job.take_metrics(shown(line))

        if self._script is not None:
            log.append("Local AWS installs nothing: the script has the packages that local AWS runs on.")
            # The entrypoint alone gets the job's environment, from its description.
            return self.region.background.container("script", "process", {}, show)
        environment = {**job.request.get("Environment", {}), **job.algorithm.environment}
        return self.region.background.container(job.algorithm.name, "train", environment, show)

    def download(self, container: Container) -> None:
        """Write the channels, the configuration, and the checkpoints that training goes on from."""
        opt_ml = container.opt_ml
        channels = self.job.request.get("InputDataConfig", [])
        config = {
            channel["ChannelName"]: {
                **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
                "TrainingInputMode": "Pipe" if input_mode(channel, self.job.request) == "Pipe" else "File",
                "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                    "S3DataDistributionType", "FullyReplicated"
                ),
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            }
            for channel in channels
        }
        instance_type = self.job.request["ResourceConfig"].get("InstanceType", "")
        group = {
            "instance_group_name": "homogeneousCluster",
            "instance_type": instance_type,
            "hosts": ["algo-1"],
        }
        hosts = {
            "current_host": "algo-1",
            "current_instance_type": instance_type,
            "current_group_name": group["instance_group_name"],
            "hosts": group["hosts"],
            "instance_groups": [group],
            "network_interface_name": "lo",
        }
        opt_ml.input_data_config.write_text(json.dumps(config))
        opt_ml.resource_config.write_text(json.dumps(hosts))
        opt_ml.hyperparameters.write_text(json.dumps(self.job.request.get("HyperParameters", {})))
        if self._script is not None:
            self._script.write(opt_ml, self.region.storage, self.job.request)
        for channel in channels:
            if input_mode(channel, self.job.request) != "Pipe":
                download_channel(channel, opt_ml, self.region.storage)
        if "CheckpointConfig" in self.job.request:
            checkpoints = data_objects(self.region.storage, self._checkpoints_at())
            download(self.region.storage, checkpoints, opt_ml.checkpoints)

    def work(self, container: Container) -> bool:
        """Wait until the job has trained, on a spot instance with the interruption that there is to be."""
        interruption = self.region.background.latency.spot_interruption
        if interruption is not None and self.job.request.get("EnableManagedSpotTraining"):
            try:
                container.wait(interruption.after)
            except subprocess.TimeoutExpired:
                self._interrupt(container, interruption)
        return self._is_out_of_wait or super().work(container)

    def _failure_reason(self, container: Container, exit_code: int) -> str:
        told = super()._failure_reason(container, exit_code)
        if self._script is None or container.opt_ml.failure.is_file():
            return told
        return self._script.failure_reason(exit_code) or told

    def _interrupt(self, container: Container, interruption: SpotInterruption) -> None:
        """Take the instance from the job, and go on from its checkpoints on another, unless it is to stop."""
        container.terminate()
        container.wait()
        self._keep_checkpoints(container)
        if not self._goes_on("Interrupted"):
            return
        began = time.time()
        wait = self.job.request["StoppingCondition"]["MaxWaitTimeInSeconds"]
        left = self.job.creation_time + wait - began
        self._pause(min(interruption.wait, left))
        with self.region.lock:
            self.job.interrupted_seconds = time.time() - began
        self._is_out_of_wait = interruption.wait >= left and self._goes_on("Stopping")
        if self._is_out_of_wait or not (self._goes_on("Starting") and self._goes_on("Downloading")):
            return
        self._log = self._new_stream()
        shutil.rmtree(container.opt_ml.checkpoints, ignore_errors=True)
        self.download(container)
        with self.region.lock:
            if self._goes_on("Running"):
                self.start(container)

    def _run_in(self, container: Container) -> Phase:
        end = super()._run_in(container)
        return "MaxWaitTimeExceeded" if self._is_out_of_wait else end

    def upload(self, container: Container) -> None:
        """Upload model/ and output/data/ where they hold files, as archives, and the checkpoints.

        A CompressionType of NONE is that of the model alone.
        """
        opt_ml, artifacts, storage = container.opt_ml, self.job.artifacts, self.region.storage
        key = self.job.request["OutputDataConfig"].get("KmsKeyId")
        folder = artifacts.key.removesuffix("/").rpartition("/")[0]
        output = S3Url(artifacts.bucket, f"{folder}/output.tar.gz")
        if not self.job.is_compressed:
            for file in sorted(opt_ml.model.rglob("*")):
                if file.is_file():
                    path = f"{artifacts.key}{file.relative_to(opt_ml.model)}"
                    storage.write(S3Url(artifacts.bucket, path), file.read_bytes(), key)
        model = ((opt_ml.model, artifacts),) if self.job.is_compressed else ()
        for directory, target in (*model, (opt_ml.output_data, output)):
            if directory.is_dir() and (files := sorted(directory.iterdir())):
                archive = io.BytesIO()
                with tarfile.open(fileobj=archive, mode="w:gz") as packed:
                    for file in files:
                        packed.add(file, arcname=file.name)
                storage.write(target, archive.getvalue(), key)
        self._keep_checkpoints(container)

    def _keep_checkpoints(self, container: Container) -> None:
        opt_ml, storage = container.opt_ml, self.region.storage
        if "CheckpointConfig" in self.job.request:
            kept_at = self._checkpoints_at()
            for file in opt_ml.checkpoints.rglob("*"):
                if file.is_file():
                    key = f"{kept_at.key}{file.relative_to(opt_ml.checkpoints)}"
                    storage.write(S3Url(kept_at.bucket, key), file.read_bytes())

    def _checkpoints_at(self) -> S3Url:
        """Return the prefix of the job's checkpoints. It ends with a slash where it is not empty."""
        url = S3Url.parse(self.job.request["CheckpointConfig"]["S3Uri"])
        return S3Url(url.bucket, url.key and f"{url.key.rstrip('/')}/")
